/* check.h
 * What a frame shows, in words, and what must hold of every frame.
 *
 * - At the end both verdicts stand, all frames of a connection say the same of it, and each event
 *   is on exactly one frame.
 * - Holders are as the close says: the active closer, both, the one socket, or nobody.
 * - A frame that got no note is found again where it was observed.
 * - One pass says less than the end, or the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef CHECK_H
#define CHECK_H

#include "script.h"

/* Asserts what is written after the first bar of a line, as far as it is about one pass (now),
 * or about the end. */
void check_line(struct run *run, uint32_t frame, const char *line, const struct simtcp_place *place,
                const struct simtcp_view *view, bool now);

/* Looks at every frame again, at the end. */
void check_end(struct run *run, const char *const *lines);

/* What the frame shows at the end; all 0 if it is a stray. */
struct simtcp_view check_view(const struct run *run, uint32_t frame);

/* Reads everything there is of every frame, and asserts nothing. */
void check_nothing(struct run *run);

#endif
