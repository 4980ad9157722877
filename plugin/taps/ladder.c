/* ladder.c
 * Sequence diagrams as text, in ASCII as the figures of RFC 9293.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ladder.h"

#include <stdio.h>
#include <string.h>

#include "diagram_all.h"

/* The columns of the lifelines; right of the left one stand frame, time and the left end's state. */
enum {
    WIDTH = 100,
    LEFT = 33,
    RIGHT = 86,
    INSIDE = RIGHT - LEFT - 1, /* columns between the lifelines, numbered from 0 */
    STATE = 12,                /* the longest state */
    LANE = 4                   /* pairs that cross at the same time do so this far apart */
};

/* One line of output. */
struct row {
    char text[WIDTH + 1];
};

static void row_begin(struct row *row, char lifeline)
{
    memset(row->text, ' ', WIDTH);
    row->text[WIDTH] = '\0';
    row->text[LEFT] = row->text[RIGHT] = lifeline;
}

/* Whatever of text fits. */
static void put(struct row *row, int column, const char *text)
{
    for (; *text != '\0' && column < WIDTH; column++, text++)
        if (column >= 0)
            row->text[column] = *text;
}

static void put_centred(struct row *row, int from, int to, const char *text)
{
    put(row, from + MAX(0, (to - from - (int)strlen(text)) / 2), text);
}

static void row_print(struct row *row)
{
    g_strchomp(row->text);
    puts(row->text);
}

/* --- arrows --- */

/* In a diagram's mirror image an arrow from the right is one from the left: column 0 is next to its
 * sender's lifeline. */
static void put_inside(struct row *row, unsigned from, int column, char character)
{
    row->text[from == DIAGRAM_LEFT ? LEFT + 1 + column : RIGHT - 1 - column] = character;
}

static char mirrored(unsigned from, char character)
{
    if (from == DIAGRAM_LEFT)
        return character;
    return character == '\\' ? '/' : (character == '>' ? '<' : character);
}

/* A shaft from one column up to another, counted from the sender, with a label in its middle. */
static void put_shaft(struct row *row, unsigned from, int begin, int end, const char *label)
{
    char text[DIAGRAM_LABEL_SIZE + 2];
    int left = from == DIAGRAM_LEFT ? LEFT + 1 + begin : RIGHT - end;

    for (int column = begin; column < end; column++)
        put_inside(row, from, column, '-');
    if (!label || end - begin < 4)
        return;
    snprintf(text, sizeof text, " %.*s ", end - begin - 2, label);
    put_centred(row, left, left + end - begin, text);
}

static void put_straight(struct row *row, const struct diagram_segment *segment)
{
    unsigned from = segment->from;

    if (segment->arrives) {
        put_shaft(row, from, 0, INSIDE - 1, segment->label);
        put_inside(row, from, INSIDE - 1, mirrored(from, '>'));
        return;
    }
    /* as in RFC 9293: still in the network */
    put_shaft(row, from, 0, INSIDE - 8, segment->label);
    put_inside(row, from, INSIDE - 8, ' ');
    for (int column = INSIDE - 7; column < INSIDE - 4; column++)
        put_inside(row, from, column, '.');
}

/* Where the first of two that crossed is when they meet, counted from its sender. */
static int meeting_column(const struct diagram_segment *first)
{
    return INSIDE / 2 - LANE * MIN(first->lane, 2);
}

/* The first, on one of the lines from its leaving on; met is that of the meeting. */
static void put_first(struct row *row, const struct diagram_segment *first, int line, int met)
{
    int column = meeting_column(first);
    unsigned from = first->from;

    if (line == first->leaves)
        put_shaft(row, from, 0, column - 2, first->label);
    if (line == first->leaves)
        put_inside(row, from, column - 2, mirrored(from, '\\'));
    else if (line < met - 1)
        put_inside(row, from, column - 2, ':'); /* on its way while others come and go */
    else if (line == met - 1)
        put_inside(row, from, column - 1, mirrored(from, '\\'));
    else if (line == met)
        put_inside(row, from, column, 'X');
    if (line != first->lands)
        return;
    put_inside(row, from, column + 1, mirrored(from, '\\'));
    put_shaft(row, from, column + 2, INSIDE - 1, NULL);
    put_inside(row, from, INSIDE - 1, mirrored(from, '>'));
}

/* The second: it leaves on the line before the meeting, and arrives two lines after it. */
static void put_second(struct row *row, const struct diagram_segment *second, int column, int line, int met)
{
    unsigned from = second->from;

    if (line == second->leaves) {
        put_shaft(row, from, 0, column - 1, second->label);
        put_inside(row, from, column - 1, mirrored(from, '\\'));
    } else if (line == met + 1) {
        put_inside(row, from, column + 1, mirrored(from, '\\'));
    } else if (line == second->lands) {
        put_inside(row, from, column + 2, mirrored(from, '\\'));
        put_shaft(row, from, column + 3, INSIDE - 1, NULL);
        put_inside(row, from, INSIDE - 1, mirrored(from, '>'));
    }
}

static void put_crossing(struct row *row, const struct diagram *diagram, int line)
{
    for (int i = 0; i < (int)diagram->segments->len; i++) {
        const struct diagram_segment *first = diagram_segment(diagram, i);
        const struct diagram_segment *second;

        if (first->crossed < i)
            continue;
        second = diagram_segment(diagram, first->crossed);
        if (line < first->leaves || line > second->lands)
            continue;
        put_first(row, first, line, second->leaves + 1);
        put_second(row, second, INSIDE - 1 - meeting_column(first), line, second->leaves + 1);
    }
}

/* --- a line --- */

static void put_leaving(struct row *row, const struct diagram_segment *segment)
{
    char time[DIAGRAM_TIME_SIZE], text[LEFT + DIAGRAM_TIME_SIZE];

    snprintf(text, sizeof text, "%6u %12s", segment->frame, diagram_time_text(segment->time, time));
    put(row, 0, text);
    if (segment->crossed == DIAGRAM_NONE)
        put_straight(row, segment);
}

static void print_line(const struct diagram *diagram, int index)
{
    const struct diagram_line *line = diagram_line(diagram, index);
    struct row row;

    row_begin(&row, line->gap ? ':' : '|');
    put_crossing(&row, diagram, index);
    if (line->leaving != DIAGRAM_NONE)
        put_leaving(&row, diagram_segment(diagram, line->leaving));
    if (line->gap)
        put_centred(&row, LEFT + 1, RIGHT, line->gap);
    if (line->state[DIAGRAM_LEFT])
        put(&row, LEFT - 1 - (int)strlen(line->state[DIAGRAM_LEFT]), line->state[DIAGRAM_LEFT]);
    if (line->state[DIAGRAM_RIGHT])
        put(&row, RIGHT + 2, line->state[DIAGRAM_RIGHT]);
    row_print(&row);
}

/* --- above the lines --- */

static void print_paragraph(const char *text, const char *indent)
{
    while (*text != '\0') {
        const char *rest;
        size_t length = diagram_break(text, WIDTH - strlen(indent), &rest);

        printf("%s%.*s\n", indent, (int)length, text);
        text = rest;
    }
}

/* Each name over its lifeline; on two lines if they are long. */
static void print_names(const struct diagram *diagram)
{
    struct row row;
    int begin[2], length[2];

    for (unsigned side = DIAGRAM_LEFT; side <= DIAGRAM_RIGHT; side++) {
        length[side] = (int)strlen(diagram->end[side]);
        begin[side] = CLAMP((side == DIAGRAM_LEFT ? LEFT : RIGHT) - length[side] / 2, 0, MAX(0, WIDTH - length[side]));
    }
    row_begin(&row, ' ');
    put(&row, begin[DIAGRAM_LEFT], diagram->end[DIAGRAM_LEFT]);
    if (begin[DIAGRAM_LEFT] + length[DIAGRAM_LEFT] + 2 > begin[DIAGRAM_RIGHT]) {
        row_print(&row);
        row_begin(&row, ' ');
        row.text[LEFT] = '|';
    }
    put(&row, begin[DIAGRAM_RIGHT], diagram->end[DIAGRAM_RIGHT]);
    row_print(&row);
    row_begin(&row, '|');
    put(&row, 0, " frame      seconds");
    row_print(&row);
}

static void print_diagram(const struct diagram *diagram, void *context)
{
    bool *first = context;

    if (!*first)
        putchar('\n');
    *first = false;
    for (unsigned i = 0; i < diagram->heading->len; i++)
        print_paragraph(g_ptr_array_index(diagram->heading, i), i == 0 ? "" : "  ");
    putchar('\n');
    print_names(diagram);
    for (int line = 0; line < (int)diagram->lines->len; line++)
        print_line(diagram, line);
}

static void print_ladder(const struct report *report)
{
    bool first = true;
    char *rest = diagram_each(report, print_diagram, &first);

    if (rest[0] != '\0')
        printf("%s%s\n", first ? "" : "\n", rest);
    g_free(rest);
}

void ladder_register(void)
{
    static const struct command command = {
        .name = "simtcp,ladder",
        .title = "Sequence diagrams of TCP connections",
        .print = print_ladder,
    };

    command_register(&command);
}
