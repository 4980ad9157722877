/* track.h
 * The connections of the open capture file, and what is remembered of its frames.
 *
 * The first time a frame is dissected, its segment goes to the core. On every later
 * pass it is looked up by its endpoints and number. Where that would not find it, and
 * where something is proved, the core's note is attached to the frame; the others cost no
 * memory here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_TRACK_H
#define SIMTCP_TRACK_H

#include "compat.h"
#include "simtcp.h"

/* Keeps what belongs to a frame under this protocol's number, and forgets everything
 * when a capture file is closed or dissected anew. Once, while registering. */
void track_register(int proto);

/* Where the segment in this frame belongs. final: this is not the first pass, so
 * that the whole capture has been seen. With events_only, frames that prove nothing
 * need not be looked up. Returns false if there is nothing to show. */
bool track_frame(packet_info *pinfo, proto_tree *tree, bool events_only, struct simtcp_place *place, bool *final);

/* Makes what the place points to last until the capture file is closed or dissected anew: see simtcp_hold(). Without,
 * it lasts until the next frame. */
bool track_hold(struct simtcp_place *place);

/* How many TIME-WAITs the sender's address holds at the frame of this place: see simtcp_concurrent(). */
bool track_concurrent(const struct simtcp_place *place, bool final, uint32_t *count);

#endif
