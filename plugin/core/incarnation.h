/* incarnation.h
 * Which incarnation of its 4-tuple a segment belongs to. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_INCARNATION_H
#define SIMTCP_INCARNATION_H

#include "connection.h"

/* Incarnations older than this many are not asked whether a segment is theirs, so
 * that a 4-tuple reused without end costs the same each time. */
#define RECENT_INCARNATIONS 8

/* A segment belongs to a connection only if both its numbers lie within this distance of
 * the latest. */
#define FIT_LIMIT (UINT32_C(1) << 26)

/* Or one of them this near, wherever the other: the capture has lost much of one direction. */
#define FIT_NEAR (UINT32_C(1) << 20)

/* The connection the segment, sent by this end of the flow, belongs to: a known one or
 * one that begins with it. NULL if it fits none, or if memory is exhausted. May move
 * the half of a peer whose SYN turns out to belong to another attempt. */
struct simtcp_connection *incarnation_of(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                         const struct simtcp_segment *segment);

#endif
