/* serial.h
 * Comparison of TCP sequence numbers, modulo 2^32 (RFC 9293 section 3.4).
 *
 * Every comparison is between two numbers that are less than 2^31 apart, and so
 * only ever between numbers of the same moment of a connection: its latest
 * number and the one that has just arrived, never its latest and its first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_SERIAL_H
#define SIMTCP_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* How far a is ahead of b: negative if it is behind. */
static inline int32_t serial_distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline bool serial_less(uint32_t a, uint32_t b)
{
    return serial_distance(a, b) < 0;
}

static inline bool serial_at_least(uint32_t a, uint32_t b)
{
    return serial_distance(a, b) >= 0;
}

/* Is first <= number <= last? */
static inline bool serial_between(uint32_t number, uint32_t first, uint32_t last)
{
    return number - first <= last - first;
}

/* The distance between two numbers, whichever is ahead. */
static inline uint32_t serial_gap(uint32_t a, uint32_t b)
{
    uint32_t ahead = a - b, behind = b - a;

    return ahead < behind ? ahead : behind;
}

/* Is that distance less than limit, which is at most 2^30? */
static inline bool serial_near(uint32_t a, uint32_t b, uint32_t limit)
{
    return a - b + (limit - 1) < 2 * limit - 1;
}

#endif
