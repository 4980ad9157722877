/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a scenario as a pcapng file: a section header, the interfaces (name, description, nanoseconds) and one
 * enhanced packet block for each frame, with the expected roles as its comment. The bytes depend on nothing but
 * the scenario; numbers are little-endian on every machine.
 */
#ifndef SIMTCP_GEN_PCAPNG_H
#define SIMTCP_GEN_PCAPNG_H

#include "buffer.h"
#include "scenario.h"

/* Appends what stands before the first packet: the section header, which names the application, and the interfaces. */
void pcapng_begin(struct buffer *out, const struct scenario *scenario, const char *application);

/* Appends one packet; the frame need not be one of the scenario's. */
void pcapng_packet(struct buffer *out, const struct scenario *scenario, const struct frame *frame);

/* Appends the whole file's content to out. */
void pcapng_build(struct buffer *out, const struct scenario *scenario);

/*
 * Puts the content into a file of that name, by way of a temporary one beside it, so that the name never stands
 * for a part of a file. On failure the target is as it was, and errno tells why.
 */
bool pcapng_save(const struct buffer *content, const char *path);

#endif
