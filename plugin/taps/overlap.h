/* overlap.h
 * How many of some stretches of time overlap at the most, and since when.
 *
 * Stretches are added one by one in any order, and the answer can be had after each: a dialog
 * of Wireshark is never told which one was the last. The moments at which a stretch begins or
 * ends are kept in a balanced tree (a treap), each of whose subtrees knows the highest level that
 * is reached in it: adding one takes a number of steps that grows with the logarithm.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_OVERLAP_H
#define SIMTCP_OVERLAP_H

#include <stdint.h>

struct overlap;

struct overlap *overlap_new(void);

void overlap_free(struct overlap *overlap);

/* From begin to just before end. One that ends before it begins lasts no time. */
void overlap_add(struct overlap *overlap, int64_t begin, int64_t end);

/* The most that overlap at one moment; with time, the first such moment, if the result is not 0. */
unsigned overlap_peak(const struct overlap *overlap, int64_t *time);

#endif
