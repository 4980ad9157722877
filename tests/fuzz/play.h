/* play.h
 * Playing an input to the core, and what must hold of the answers whatever the input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FUZZ_PLAY_H
#define FUZZ_PLAY_H

#include "input.h"

/* Ends the process, as a sanitizer does, unless condition holds. */
#define HOLDS(condition, frame) play_holds(condition, #condition, __FILE__, __LINE__, frame)

void play_holds(bool condition, const char *what, const char *file, int line, uint32_t frame);

/* Memory of which every block is a block of its own, so that a sanitizer sees where it ends. */
struct blocks {
    struct block *first;
    unsigned requests, limit; /* limit 0: none */
    bool once;
};

/* What a frame showed. */
struct sight {
    const struct piece *piece;
    struct simtcp_endpoint src, dst;
    uint32_t frame;
    struct simtcp_place place; /* as it was observed */
    bool dropped;              /* the next frame has its number */
    bool known;                /* it belongs to a connection in the end */
    struct simtcp_place place_at_end;
    struct simtcp_view now, end;            /* in one pass; in the second. All 0 for a stray */
    int64_t now_concurrent, end_concurrent; /* stays in TIME-WAIT of the sender's address; -1: has held none */
    char now_why[SIMTCP_WHY_SIZE], end_why[SIMTCP_WHY_SIZE];
};

/* One playing of an input. */
struct play {
    const struct input *input;
    struct blocks blocks;
    struct simtcp_tracker *tracker; /* NULL: memory gave none */
    struct simtcp_tracker *twin;    /* the same that folds; NULL: memory may be refused */
    bool mirrored, copies;
    uint32_t shift;
    bool starved;     /* memory may be refused */
    bool resets_at_0; /* some RST has the number 0, which is that of an end without a connection (RFC 9293 section
                       * 3.10.7.1) and so means something by itself */
    size_t count;
    struct sight sights[2 * INPUT_PIECES];
};

void play_start(struct play *play, const struct input *input, bool mirrored, bool copies, uint32_t shift);

/* Observes every segment, checks each view in one pass, then all in the second. */
void play_run(struct play *play);

/* Gives the memory back. */
void play_stop(struct play *play);

/* --- invariants.c --- */

/* Of a single view. */
void check_view(const struct play *play, const struct sight *sight, const struct simtcp_place *place,
                const struct simtcp_view *view, bool final);

/* Writes the texts of a view into why and checks them. */
void check_texts(const struct simtcp_place *place, const struct simtcp_view *view, char why[SIMTCP_WHY_SIZE],
                 uint32_t frame);

/* Of one pass against two. */
void check_passes(const struct play *play, const struct sight *sight);

/* Of all frames of a connection, and of what is told about it as a whole. */
void check_connections(const struct play *play);

/* Of two playings of the same input. */
void check_same(const struct play *play, const struct play *other);
void check_copies(const struct play *play, const struct play *copies);

#endif
