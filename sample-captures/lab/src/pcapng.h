/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small pcapng writer: one section, some interfaces, packets. Nothing about
 * the machine is written: no hardware, operating system or application option.
 */
#ifndef SIMTCP_LAB_PCAPNG_H
#define SIMTCP_LAB_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* Which way a packet passed the interface, as pcapng's epb_flags has it. */
enum pcapng_direction {
    PCAPNG_UNKNOWN = 0,
    PCAPNG_INBOUND = 1,
    PCAPNG_OUTBOUND = 2,
};

/* Starts a section. `comment` (UTF-8) may be NULL. Returns false if writing failed; errno says why. */
bool pcapng_section(FILE *file, const char *comment);

/* Adds an Ethernet interface with nanosecond times; the first one has number 0. Returns false if writing failed. */
bool pcapng_interface(FILE *file, const char *name, const char *description);

/* Adds a packet of `length` bytes, all of them captured, and flushes. Returns false if writing failed. */
bool pcapng_packet(FILE *file, uint32_t interface, const struct timespec *when, const unsigned char *bytes,
                   size_t length, enum pcapng_direction direction);

#endif
