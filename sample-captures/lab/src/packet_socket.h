/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole Ethernet frames in and out of one network device (AF_PACKET; needs CAP_NET_RAW). */
#ifndef SIMTCP_LAB_PACKET_SOCKET_H
#define SIMTCP_LAB_PACKET_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* The longest frame that is read whole: lo's MTU is 65536, plus the Ethernet header. */
#define FRAME_MAX (65536 + 14)

/* Opens a socket bound to `device`. Returns a non-blocking descriptor, or -1 with errno set. */
int packet_socket_open(const char *device);

/*
 * Reads one frame. `when` gets the kernel's time of it (CLOCK_REALTIME), `outgoing`
 * whether this host sent it. Returns its length, or -1: errno is EAGAIN if there is none.
 */
ssize_t packet_socket_read(int descriptor, unsigned char *bytes, size_t size, struct timespec *when, bool *outgoing);

/*
 * Whether a frame goes to a group: what hosts send of their own accord (IPv6 neighbour
 * and multicast discovery). It has no part in a scenario, so it is neither carried nor recorded.
 */
bool frame_is_multicast(const unsigned char *bytes, size_t length);

#endif
