/* diagram_layout.c
 * Which line each segment leaves and arrives on, what stands in the gaps, and where states change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "diagram.h"
#include "fields.h"

/* A pause that a reader should see: longer than what a network takes, shorter than a SYN's first timeout. */
#define PAUSE INT64_C(500000000)

static int add_line(struct diagram *diagram)
{
    struct diagram_line line = { .leaving = DIAGRAM_NONE, .landing = DIAGRAM_NONE };

    g_array_append_val(diagram->lines, line);
    return (int)diagram->lines->len - 1;
}

static void add_gap(struct diagram *diagram, const char *text)
{
    int line = add_line(diagram);

    diagram_line(diagram, line)->gap = text;
}

/* --- gaps --- */

/* Three digits: the times at the side have more. */
static const char *pause_text(struct diagram *diagram, int64_t pause, const char *what)
{
    char text[DIAGRAM_TIME_SIZE];

    diagram_time_text(pause, text);
    text[strlen(text) - 3] = '\0';
    return wmem_strdup_printf(diagram->pool, "%s s%s", text, what);
}

/* The octets that each end sent between its SYN and its FIN, where both numbers are known: their difference,
 * so modulo 4 GiB. Nothing else tells of data that has no part in opening and closing. */
static void add_data_gap(struct diagram *diagram)
{
    static const char *const arrows[] = { [DIAGRAM_LEFT] = "->", [DIAGRAM_RIGHT] = "<-" };
    struct diagram_numbers syn, fin;
    GString *text = g_string_new(NULL);

    diagram_find_numbers(diagram, SIMTCP_PHASE_OPEN, &syn);
    diagram_find_numbers(diagram, SIMTCP_PHASE_CLOSE, &fin);
    for (int side = DIAGRAM_LEFT; side <= (diagram->self ? DIAGRAM_LEFT : DIAGRAM_RIGHT); side++) {
        unsigned end = side == DIAGRAM_LEFT ? diagram->left : 1u - diagram->left;
        uint32_t octets = fin.number[end] - syn.number[end] - 1;

        if (syn.known[end] && fin.known[end] && octets != 0)
            g_string_append_printf(text, "%s %u octets %s", text->len ? "," : "data:", octets, arrows[side]);
    }
    if (text->len)
        add_gap(diagram, wmem_strdup(diagram->pool, text->str));
    g_string_free(text, TRUE);
}

static void add_left_out(struct diagram *diagram)
{
    add_gap(diagram,
            wmem_strdup_printf(diagram->pool, "%u segments left out, frames %u to %u", diagram->left_out,
                               diagram->left_out_first, diagram->left_out_last));
}

static void add_gaps_before(struct diagram *diagram, int index)
{
    const struct diagram_segment *segment = diagram_segment(diagram, index);
    const struct diagram_segment *before = index > 0 ? segment - 1 : NULL;
    struct simtcp_span span = simtcp_span(diagram->connection);

    if (!before && span.first_frame != segment->frame)
        add_gap(diagram,
                pause_text(diagram, segment->time - (span.first - diagram->start),
                           wmem_strdup_printf(diagram->pool, " since its first segment, frame %u", span.first_frame)));
    if (!before)
        return;
    if (index == diagram->cut)
        add_left_out(diagram);
    else if (segment->time - before->time >= PAUSE)
        add_gap(diagram, pause_text(diagram, segment->time - before->time, ""));
}

static void add_last_gap(struct diagram *diagram)
{
    struct simtcp_span span = simtcp_span(diagram->connection);
    int count = (int)diagram->segments->len;
    int64_t pause;

    if (count == 0) {
        add_gap(diagram, "no segment that opened or closed it was captured");
        return;
    }
    pause = span.last - diagram->start - diagram_segment(diagram, count - 1)->time;
    if (pause >= PAUSE)
        add_gap(diagram, pause_text(diagram, pause, " until its last segment"));
}

/* --- lines --- */

/* Of two that crossed, the second leaves on the first's next line, unless others come between. */
static void place_second(struct diagram *diagram, struct diagram_segment *first, struct diagram_segment *second)
{
    second->lane = first->lane;
    second->leaves = add_line(diagram);
    add_line(diagram); /* here they meet */
    first->lands = add_line(diagram);
    second->lands = add_line(diagram);
}

static void place_segments(struct diagram *diagram)
{
    int on_their_way = 0;
    bool opened = false, closing = false;

    for (int i = 0; i < (int)diagram->segments->len; i++) {
        struct diagram_segment *segment = diagram_segment(diagram, i);

        if (on_their_way == 0) {
            if (opened && !closing && segment->phase == SIMTCP_PHASE_CLOSE)
                add_data_gap(diagram);
            add_gaps_before(diagram, i);
        }
        opened |= segment->phase == SIMTCP_PHASE_OPEN;
        closing |= segment->phase == SIMTCP_PHASE_CLOSE;
        if (segment->crossed == DIAGRAM_NONE) {
            segment->leaves = segment->lands = add_line(diagram);
        } else if (segment->crossed > i) {
            segment->lane = on_their_way++;
            segment->leaves = add_line(diagram);
        } else {
            on_their_way--;
            place_second(diagram, diagram_segment(diagram, segment->crossed), segment);
        }
    }
}

/* --- states --- */

/* state: of both ends so far; a socket connected to itself has one. */
static void write_state(const struct diagram *diagram, int line, unsigned side, enum simtcp_state new_state,
                        enum simtcp_state state[2])
{
    unsigned end = diagram->self ? 0 : side;

    if (new_state == SIMTCP_STATE_UNKNOWN || new_state == state[end])
        return;
    state[end] = new_state;
    diagram_line(diagram, line)->state[side] = val_to_str_const(new_state, state_strings, "");
}

static void write_states(struct diagram *diagram)
{
    enum simtcp_state state[2] = { SIMTCP_STATE_UNKNOWN, SIMTCP_STATE_UNKNOWN };

    for (int i = 0; i < (int)diagram->segments->len; i++) {
        const struct diagram_segment *segment = diagram_segment(diagram, i);

        diagram_line(diagram, segment->leaves)->leaving = i;
        diagram_line(diagram, segment->lands)->landing = i;
    }
    for (int line = 0; line < (int)diagram->lines->len; line++) {
        const struct diagram_line *here = diagram_line(diagram, line);

        if (here->leaving != DIAGRAM_NONE) {
            const struct diagram_segment *segment = diagram_segment(diagram, here->leaving);

            write_state(diagram, line, segment->from, segment->sender_state, state);
        }
        if (here->landing != DIAGRAM_NONE) {
            const struct diagram_segment *segment = diagram_segment(diagram, here->landing);

            write_state(diagram, line, 1 - segment->from, segment->receiver_state, state);
        }
    }
}

void diagram_lay_out(struct diagram *diagram)
{
    place_segments(diagram);
    add_last_gap(diagram);
    write_states(diagram);
}
