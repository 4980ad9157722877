/* nearest.h
 * The incarnation whose latest numbers a segment is nearest to. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_NEAREST_H
#define SIMTCP_NEAREST_H

#include "connection.h"

/* The recent incarnation that a segment, sent by this end of the flow, is nearest to, the newer one if equal; NULL if
 * it fits none. */
struct simtcp_connection *nearest_incarnation(const struct flow *flow, unsigned side,
                                              const struct simtcp_segment *segment);

#endif
