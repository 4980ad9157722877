/* diagram.h
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The sequence diagram of one connection, before it is drawn as text or as a picture.
 *
 * Two lifelines, the end captured first on the left, and lines counted from the top. Time
 * runs downwards in the order of the capture. A segment leaves its sender's lifeline on one line
 * and arrives at the other on the same line or on a later one. Of two segments that crossed, each
 * leaves before the other arrives:
 *
 *     |------- 1.SYN n -------\                              |     first leaves
 *     |                        \ /-------- 1.SYN k ----------|     second leaves
 *     |                         X                            |
 *     |                        / \-------------------------->|     first arrives
 *     |<----------------------/                              |     second arrives
 *
 * So there is never more than one state to write at one end of a line. The core is asked for
 * everything when a diagram is made, and nothing here outlasts diagram_free().
 */

#ifndef SIMTCP_DIAGRAM_H
#define SIMTCP_DIAGRAM_H

#include "compat.h"
#include "simtcp.h"

#define DIAGRAM_LABEL_SIZE 80
#define DIAGRAM_TIME_SIZE 32

/* Of a connection's segments, those in the middle are left out when there are more. */
#define DIAGRAM_SEGMENTS_MAX 100

#define DIAGRAM_NONE (-1)

enum { DIAGRAM_LEFT, DIAGRAM_RIGHT };

struct diagram_segment {
    uint32_t frame;
    int64_t time;                   /* nanoseconds since the capture began */
    char label[DIAGRAM_LABEL_SIZE]; /* "2.SYN n, ACK k+1 (again)" */
    uint8_t from;                   /* DIAGRAM_LEFT or DIAGRAM_RIGHT */
    bool arrives;                   /* false: a SYN of which nothing captured shows that it arrived */
    enum simtcp_phase phase;
    int leaves, lands; /* lines */
    int crossed;       /* index of the segment it crossed, or DIAGRAM_NONE */
    bool reset;        /* a RST */
    int lane;          /* crossing segments: how many pairs were on their way already */

    /* for the lay-out */
    uint8_t sender;   /* end of the connection */
    uint32_t partner; /* frame of the segment it crossed; 0: none */
    bool is_new;      /* takes a step, and not once more */
    enum simtcp_state sender_state, receiver_state;
};

struct diagram_line {
    int leaving, landing; /* indices of segments, or DIAGRAM_NONE */
    const char *state[2]; /* the end's new state; NULL: as before */
    const char *gap;      /* what is known of the time without segments to draw; NULL: no gap */
};

struct diagram {
    wmem_allocator_t *pool; /* owns all texts */
    const struct simtcp_connection *connection;
    struct simtcp_view view;                /* of the whole connection */
    int64_t start;                          /* when the capture began */
    bool self;                              /* one socket connected to itself: left is what it sends, right what
                                         * arrives */
    uint8_t left;                           /* the connection's end on the left */
    const char *end[2];                     /* left and right endpoint */
    GPtrArray *heading;                     /* const char *: title first, then a paragraph each */
    GArray *segments;                       /* struct diagram_segment, in the order of their frames */
    GArray *lines;                          /* struct diagram_line */
    int cut;                                /* segments from this index on come after those left out, or DIAGRAM_NONE */
    unsigned left_out;                      /* how many */
    uint32_t left_out_first, left_out_last; /* their frames */
};

/* The diagram of a connection in a capture that began at start, in the core's time. To be freed with
 * diagram_free(). */
struct diagram *diagram_new(const struct simtcp_connection *connection, int64_t start);

void diagram_free(struct diagram *diagram);

static inline struct diagram_segment *diagram_segment(const struct diagram *diagram, int index)
{
    return &g_array_index(diagram->segments, struct diagram_segment, index);
}

static inline struct diagram_line *diagram_line(const struct diagram *diagram, int index)
{
    return &g_array_index(diagram->lines, struct diagram_line, index);
}

/* "12.345678", seconds. Returns text. */
char *diagram_time_text(int64_t nanoseconds, char text[DIAGRAM_TIME_SIZE]);

/* How many characters of text fit into a line of this width, broken at a space. Sets rest to what follows. */
size_t diagram_break(const char *text, size_t width, const char **rest);

/* The steps of diagram_new(), each in a file of its own. */

/* Fills segments, and left with the end that comes there. */
void diagram_collect(struct diagram *diagram);

/* Gives the segments their lines, with gaps and states. */
void diagram_lay_out(struct diagram *diagram);

/* Fills heading. */
void diagram_head(struct diagram *diagram);

/* --- n and k --- */

/* The numbers of one phase, as far as they are known. */
struct diagram_numbers {
    bool known[2]; /* by end of the connection */
    uint32_t number[2];
    uint8_t n_end; /* whose number is n */
    bool any;
};

/* SYNs' or FINs' numbers, from the connection's notes. */
void diagram_find_numbers(const struct diagram *diagram, enum simtcp_phase phase, struct diagram_numbers *numbers);

#endif
