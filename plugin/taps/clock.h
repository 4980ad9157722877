/* clock.h
 * Times as the statistics print them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_CLOCK_H
#define SIMTCP_CLOCK_H

#include "compat.h"

/* The moment that Wireshark's relative times count from: the capture's first frame, or a time reference. In
 * nanoseconds as in simtcp_segment.time. */
int64_t clock_start(const packet_info *pinfo);

/* Seconds; negative if to is before from. */
double clock_seconds(int64_t from, int64_t to);

/* "2026-01-05 09:01:00.010000", in UTC; "-" if no calendar goes that far. Belongs to pool. */
const char *clock_text(wmem_allocator_t *pool, int64_t time);

#endif
