/* fold.h
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Connections that have ended, made small. Internal to the core.
 *
 * A connection takes some 750 bytes while it lives. Most end as they should, and nothing is heard of
 * them again. Such a one is folded: the objects that it consists of are put together to one image,
 * which is then split in two. What differs from one connection to the next - numbers, frames,
 * times - is kept by itself, as the difference to what it would be expected to be, in as many bytes
 * as that needs: some 60 for all. What is left of the image, its shape, is the same for most
 * connections and stored once for all of them. The objects are free for the next connection.
 *
 * Unfolding adds up the same differences to the same shape, so it gives back what there was to
 * the last bit: nothing is judged anew. A member that is added to one of the structures is part of the shape
 * without further ado; one that differs from connection to connection belongs into squeeze().
 *
 * A folded connection is unfolded for good when a segment of its 4-tuple comes or somebody holds a
 * pointer to it, and a copy of it for those who just look. Copies last until another needs their place.
 */

#ifndef SIMTCP_FOLD_H
#define SIMTCP_FOLD_H

#include "connection.h"

/* A folded connection: the only one of its flow, of which one end is, or was until TIME-WAIT had run out, in
 * TIME-WAIT. */
struct folded {
    int64_t left;       /* when TIME-WAIT is over */
    uint32_t frame;     /* with which it was entered */
    uint32_t next;      /* waiting: the one that is over next, 0: none; else the first frame for which it was over */
    uint32_t host_next; /* of the same address; 0: none */
    uint8_t shape;
    uint8_t end : 1; /* that holds TIME-WAIT */
    bool waiting : 1;
    bool unfolded : 1; /* for good: this is no more than a link between others */
    uint32_t head[2];  /* as in struct flow; the addresses and the numbers follow */
    uint8_t bytes[];
};

/* Folds the connection that was touched last, if it is ordinary. All pointers to it are invalid then. */
void fold_touched(struct simtcp_tracker *tracker);

/* Unfolds for good what is in this slot. NULL, with nothing changed, if memory is exhausted. */
struct flow *fold_unfold(struct simtcp_tracker *tracker, struct slot *slot);

/* A copy of the folded connection, to be looked at before the next call. NULL if memory is exhausted. */
const struct flow *fold_copy(struct simtcp_tracker *tracker, uint32_t at);

/* Ends those stays in TIME-WAIT that are over at this segment's time. */
void fold_expire(struct simtcp_tracker *tracker, const struct simtcp_segment *segment);

#endif
