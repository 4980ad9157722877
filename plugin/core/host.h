/* host.h
 * How many TIME-WAITs an address holds at a frame. Internal to the core.
 *
 * Each address that ever held TIME-WAIT has a list of its stays and a running count. The count
 * at an earlier frame is read off a log: each frame at which it changed, made from the list when
 * somebody asks and kept until a stay changes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_HOST_H
#define SIMTCP_HOST_H

#include "connection.h"
#include "fold.h"

/* A stay has begun or is over, or goes on after all. */
void host_enters(struct simtcp_tracker *tracker, struct stay *stay);
void host_leaves(struct simtcp_tracker *tracker, const struct stay *stay);
void host_returns(struct simtcp_tracker *tracker, const struct stay *stay);

/* Of all stays of its address that are not folded, did this one begin last? */
bool host_last_entered(const struct simtcp_tracker *tracker, const struct stay *stay);

/* That one is folded, with this reference. */
void host_folds(struct simtcp_tracker *tracker, const struct stay *stay, struct folded *folded, uint32_t at);

/* It is unfolded for good. */
void host_unfolds(struct simtcp_tracker *tracker, struct stay *stay);

/* It is over, folded. */
void host_folded_leaves(struct simtcp_tracker *tracker, const struct folded *folded);

/* The frame at which a stay began has been found to be another one. */
void host_changes(struct simtcp_tracker *tracker, const struct stay *stay);

#endif
