/* tracker.h
 * The table of flows, and which of a flow's connections a frame belongs to.
 * Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_TRACKER_H
#define SIMTCP_TRACKER_H

#include "connection.h"

struct flow_key;

/* The flow, which may be new, and in *side which of its ends is key's src. NULL if memory is exhausted. */
struct flow *tracker_flow(struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side);

/* A hash of the endpoint, every bit of it in the low ones. */
uint32_t tracker_hash(const struct simtcp_tracker *tracker, const struct simtcp_endpoint *end);

/* A new incarnation of the flow that begins with this segment, or NULL. */
struct simtcp_connection *tracker_new_connection(struct simtcp_tracker *tracker, struct flow *flow,
                                                 const struct simtcp_segment *segment);

/* From this frame on, the flow's segments belong to connection until said
 * otherwise. Returns false, with nothing changed, if memory is exhausted. */
bool tracker_turn_to(struct simtcp_tracker *tracker, struct simtcp_connection *connection, uint32_t frame);

#endif
