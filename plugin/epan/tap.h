/* tap.h
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the statistics feed on.
 *
 * The tap "simtcp" gives out, once for each frame whose segment belongs to a connection, its
 * const struct simtcp_place * (see simtcp.h); with the frame's packet_info that is all there
 * is. Nothing has to be gathered on the way: the core knows the whole connection when a
 * listener draws, in one pass as in two. So a listener does no more than select connections,
 * all or those with a frame that its filter matches.
 *
 * The place itself lasts for the call. Its connection and note, which the tap holds for them, last until the
 * listener's reset, which must drop them. In one pass a crossing SYN can still move to another
 * connection: keep its note, and ask simtcp_place_of() when drawing.
 */

#ifndef SIMTCP_TAP_H
#define SIMTCP_TAP_H

#include "compat.h"
#include "simtcp.h"

#define SIMTCP_TAP_NAME "simtcp"

/* Registers the tap; once. */
void tap_register(void);

/* Is anybody listening? Looking up frames that prove nothing is then worth it. */
bool tap_is_wanted(void);

/* Gives the place to the listeners. */
void tap_place(packet_info *pinfo, const struct simtcp_place *place);

#endif
