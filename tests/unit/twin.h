/* twin.h
 * The same segments in a tracker that folds: what it tells must be the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TWIN_H
#define TWIN_H

#include "simtcp.h"

/* A tracker with these settings that folds; NULL if memory gave none. */
struct simtcp_tracker *twin_new(const struct simtcp_settings *settings, const struct simtcp_memory *memory);

/* Takes the segment in. With eager, its connection is folded at once if it may be, and not when the next segment
 * comes, whose frame must then have another number. */
void twin_observe(struct simtcp_tracker *twin, const struct simtcp_segment *segment, bool keep, bool eager);

/* Of what kind is the first difference between what the twin tells of this frame and what plain does, which does not
 * fold? NULL: there is none. */
const char *twin_difference(struct simtcp_tracker *twin, struct simtcp_tracker *plain,
                            const struct simtcp_endpoint *src, const struct simtcp_endpoint *dst, uint32_t frame,
                            bool final);

#endif
