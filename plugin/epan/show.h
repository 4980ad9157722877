/* show.h
 * What a frame shows, as tree items, Info column and expert infos.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_SHOW_H
#define SIMTCP_SHOW_H

#include "compat.h"
#include "simtcp.h"

/* Items go under this protocol's; once, while registering. */
void show_register(int proto);

/* Does anyone look at every frame's items or Info column? Otherwise, only frames that prove
 * something have anything to show: an expert info. */
bool show_wants_frames(const packet_info *pinfo, proto_tree *tree);

/* Shows what is known of the segment at place. tree may be NULL. */
void show_frame(const struct simtcp_place *place, bool final, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
