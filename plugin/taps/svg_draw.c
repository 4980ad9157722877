/* svg_draw.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "svg_draw.h"

#include <math.h>
#include <string.h>

/* Pixels. Text is as wide as its reader's font makes it: there is room for wide ones. */
enum {
    WIDTH = 860,
    MARGIN = 24,
    FRAME = 66, /* where frame numbers end */
    TIME = 156, /* where times end */
    LEFT = 280,
    RIGHT = WIDTH - 130,
    SPAN = RIGHT - LEFT,
    TITLE_HEIGHT = 26,
    TEXT_HEIGHT = 19,
    HEADING_COLUMNS = 104, /* characters */
    NAME_COLUMNS = 24,     /* of a name that fits over its lifeline */
    STRAIGHT_HEIGHT = 38,  /* of a line with a segment that crosses nothing */
    CROSSING_HEIGHT = 22,  /* of one on which one of two that cross leaves or lands */
    MEETING_HEIGHT = 56,   /* of the one on which they meet */
    GAP_HEIGHT = 30,
    SLANT = 10, /* a segment takes time */
    HEAD = 9    /* of an arrow */
};

/* Colours for a white background, then for a dark one. */
static const char style[] =
    "text { font-family: 'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif; font-size: 12px; fill: #1f2328; }\n"
    ".paper { fill: #ffffff; stroke: #d1d9e0; }\n"
    ".title { font-size: 15px; font-weight: bold; }\n"
    ".name, .state { font-weight: bold; }\n"
    ".name { font-size: 13px; }\n"
    ".number, .gap { fill: #59636e; }\n"
    ".label { text-anchor: middle; paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }\n"
    ".end { text-anchor: end; }\n"
    ".middle { text-anchor: middle; }\n"
    ".life { stroke: #818b98; stroke-width: 1.5; }\n"
    ".pause { stroke-dasharray: 2 4; }\n"
    ".established { stroke: #1a7f37; stroke-width: 4; }\n"
    ".time-wait { stroke: #d4a017; stroke-width: 6; }\n"
    ".arrow { stroke-width: 1.6; }\n"
    ".opening .arrow { stroke: #0969da; } .opening .head { fill: #0969da; }\n"
    ".closing .arrow { stroke: #8250df; } .closing .head { fill: #8250df; }\n"
    ".reset .arrow { stroke: #cf222e; } .reset .head { fill: #cf222e; }\n"
    ".other .arrow { stroke: #59636e; } .other .head { fill: #59636e; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "text { fill: #e6edf3; }\n"
    ".label { stroke: #0d1117; }\n"
    ".paper { fill: #0d1117; stroke: #3d444d; }\n"
    ".number, .gap { fill: #9198a1; }\n"
    ".life { stroke: #656c76; }\n"
    ".established { stroke: #3fb950; }\n"
    ".time-wait { stroke: #d29922; }\n"
    ".opening .arrow { stroke: #4493f8; } .opening .head { fill: #4493f8; }\n"
    ".closing .arrow { stroke: #ab7df8; } .closing .head { fill: #ab7df8; }\n"
    ".reset .arrow { stroke: #f85149; } .reset .head { fill: #f85149; }\n"
    ".other .arrow { stroke: #9198a1; } .other .head { fill: #9198a1; }\n"
    "}\n";

/* A point of the picture. */
struct point {
    double x, y;
};

/* --- elements --- */

/* A number as SVG wants it in every language: with a point. */
static const char *number(double value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
    return g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, "%.1f", value);
}

static void add_text(struct svg_sheet *sheet, int x, int y, const char *class, const char *text)
{
    char *escaped = g_markup_escape_text(text, -1);

    g_string_append_printf(sheet->body, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class, escaped);
    g_free(escaped);
}

static void add_line(struct svg_sheet *sheet, const char *class, struct point from, struct point to)
{
    char x1[G_ASCII_DTOSTR_BUF_SIZE], y1[G_ASCII_DTOSTR_BUF_SIZE];
    char x2[G_ASCII_DTOSTR_BUF_SIZE], y2[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(sheet->body, "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n",
                           number(from.x, x1), number(from.y, y1), number(to.x, x2), number(to.y, y2), class);
}

/* Along the way from one point to the other, 0 to 1, and so far to its side. */
static struct point along(struct point from, struct point to, double share, double aside)
{
    double dx = to.x - from.x, dy = to.y - from.y, length = hypot(dx, dy);

    return (struct point){ from.x + share * dx - aside * dy / length, from.y + share * dy + aside * dx / length };
}

static void add_head(struct svg_sheet *sheet, struct point from, struct point to)
{
    double back = 1 - HEAD / hypot(to.x - from.x, to.y - from.y);
    struct point corner[3] = { to, along(from, to, back, HEAD / 2.5), along(from, to, back, -HEAD / 2.5) };

    g_string_append(sheet->body, "<polygon class=\"head\" points=\"");
    for (unsigned i = 0; i < 3; i++) {
        char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];

        g_string_append_printf(sheet->body, "%s%s,%s", i > 0 ? " " : "", number(corner[i].x, x),
                               number(corner[i].y, y));
    }
    g_string_append(sheet->body, "\"/>\n");
}

/* Above the way from one point to the other, along it. */
static void add_label(struct svg_sheet *sheet, struct point from, struct point to, double share, const char *text)
{
    struct point left = from.x < to.x ? from : to, right = from.x < to.x ? to : from;
    struct point at = along(left, right, from.x < to.x ? share : 1 - share, -5);
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE], angle[G_ASCII_DTOSTR_BUF_SIZE];
    char *escaped = g_markup_escape_text(text, -1);

    number(at.x, x);
    number(at.y, y);
    number(atan2(right.y - left.y, right.x - left.x) * 45 / atan(1), angle);
    g_string_append_printf(sheet->body,
                           "<text x=\"%s\" y=\"%s\" class=\"label\" transform=\"rotate(%s %s %s)\">%s</text>\n", x, y,
                           angle, x, y, escaped);
    g_free(escaped);
}

/* --- a diagram's lines --- */

static bool is_straight(const struct diagram *diagram, int index)
{
    const struct diagram_line *line = diagram_line(diagram, index);

    return line->leaving != DIAGRAM_NONE && line->leaving == line->landing;
}

static int line_height(const struct diagram *diagram, int index)
{
    const struct diagram_line *line = diagram_line(diagram, index);

    if (line->gap)
        return GAP_HEIGHT;
    if (line->leaving == DIAGRAM_NONE && line->landing == DIAGRAM_NONE)
        return MEETING_HEIGHT;
    return is_straight(diagram, index) ? STRAIGHT_HEIGHT : CROSSING_HEIGHT;
}

/* The lines' upper edges, and the last one's lower edge: to be freed. */
static int *find_edges(const struct diagram *diagram, int top)
{
    int count = (int)diagram->lines->len;
    int *edge = g_new(int, count + 1);

    edge[0] = top;
    for (int i = 0; i < count; i++)
        edge[i + 1] = edge[i] + line_height(diagram, i);
    return edge;
}

/* Where what leaves, or lands, on this line does so. */
static int event_height(const struct diagram *diagram, const int *edge, int line, bool landing)
{
    if (!is_straight(diagram, line))
        return edge[line] + CROSSING_HEIGHT / 2;
    return edge[line] + STRAIGHT_HEIGHT / 2 + (landing ? SLANT : 0);
}

static const char *segment_class(const struct diagram_segment *segment)
{
    if (segment->reset)
        return "reset";
    if (segment->phase == SIMTCP_PHASE_OPEN)
        return "opening";
    return segment->phase == SIMTCP_PHASE_CLOSE ? "closing" : "other";
}

static void draw_arrow(struct svg_sheet *sheet, const struct diagram_segment *segment, struct point from,
                       struct point to)
{
    struct point end = along(from, to, segment->arrives ? 1 - 6.0 / SPAN : 0.76, 0);
    /* where nothing else is: before it meets another, in the middle of what is drawn */
    double share = segment->crossed != DIAGRAM_NONE ? 0.22 : (segment->arrives ? 0.5 : 0.38);

    add_line(sheet, "arrow", from, end);
    if (segment->arrives) {
        add_head(sheet, from, to);
    } else {
        struct point dots = along(from, to, 0.81, 0);

        add_text(sheet, (int)dots.x, (int)dots.y + 4, "middle", "...");
    }
    add_label(sheet, from, to, share, segment->label);
}

static void draw_segment(struct svg_sheet *sheet, const struct diagram *diagram, const struct diagram_segment *segment,
                         const int *edge)
{
    bool left = segment->from == DIAGRAM_LEFT;
    struct point from = { left ? LEFT : RIGHT, event_height(diagram, edge, segment->leaves, false) };
    struct point to = { left ? RIGHT : LEFT, event_height(diagram, edge, segment->lands, true) };
    char time[DIAGRAM_TIME_SIZE], frame[16];

    snprintf(frame, sizeof frame, "%u", segment->frame);
    diagram_time_text(segment->time, time);
    g_string_append_printf(sheet->body, "<g class=\"%s\" data-frame=\"%s\">\n<title>Frame %s, %s s: %s</title>\n",
                           segment_class(segment), frame, frame, time, segment->label);
    add_text(sheet, FRAME, (int)from.y + 4, "number end", frame);
    add_text(sheet, TIME, (int)from.y + 4, "number end", time);
    draw_arrow(sheet, segment, from, to);
    g_string_append(sheet->body, "</g>\n");
}

/* --- lifelines --- */

static const char *life_class(const char *state)
{
    if (strcmp(state, "ESTABLISHED") == 0)
        return "life established";
    return strcmp(state, "TIME-WAIT") == 0 ? "life time-wait" : "life";
}

static void draw_life_part(struct svg_sheet *sheet, int x, int from, int to, const char *class)
{
    if (from < to)
        add_line(sheet, class, (struct point){ x, from }, (struct point){ x, to });
}

/* From one change of state to the next. A socket connected to itself changes on both sides at once. */
static void draw_life(struct svg_sheet *sheet, const struct diagram *diagram, unsigned side, const int *edge)
{
    int x = side == DIAGRAM_LEFT ? LEFT : RIGHT, from = edge[0] - 8, last = (int)diagram->lines->len;
    const char *class = "life";

    for (int i = 0; i < last; i++) {
        const struct diagram_line *line = diagram_line(diagram, i);

        if (line->gap) {
            draw_life_part(sheet, x, from, edge[i], class);
            add_line(sheet, "life pause", (struct point){ x, edge[i] }, (struct point){ x, edge[i + 1] });
            from = edge[i + 1];
        }
        for (unsigned at = DIAGRAM_LEFT; at <= DIAGRAM_RIGHT; at++) {
            int y = event_height(diagram, edge, i,
                                 line->landing != DIAGRAM_NONE && at != diagram_segment(diagram, line->landing)->from);

            if (!line->state[at] || (at != side && !diagram->self))
                continue;
            draw_life_part(sheet, x, from, y, class);
            from = y;
            class = life_class(line->state[at]);
        }
    }
    draw_life_part(sheet, x, from, edge[last] + 8, class);
}

static void draw_states(struct svg_sheet *sheet, const struct diagram *diagram, int index, const int *edge)
{
    const struct diagram_line *line = diagram_line(diagram, index);

    for (unsigned side = DIAGRAM_LEFT; side <= DIAGRAM_RIGHT; side++) {
        bool landing = line->landing != DIAGRAM_NONE && side != diagram_segment(diagram, line->landing)->from;
        int y = event_height(diagram, edge, index, landing) + 4;

        if (line->state[side])
            add_text(sheet, side == DIAGRAM_LEFT ? LEFT - 10 : RIGHT + 10, y,
                     side == DIAGRAM_LEFT ? "state end" : "state", line->state[side]);
    }
}

/* --- a diagram --- */

static void draw_heading(struct svg_sheet *sheet, const struct diagram *diagram)
{
    if (sheet->height > 0)
        add_line(sheet, "life", (struct point){ MARGIN, sheet->height },
                 (struct point){ WIDTH - MARGIN, sheet->height });
    sheet->height += MARGIN + 8;
    for (unsigned i = 0; i < diagram->heading->len; i++) {
        const char *text = g_ptr_array_index(diagram->heading, i);

        while (*text != '\0') {
            const char *rest;
            char *part = g_strndup(text, diagram_break(text, HEADING_COLUMNS, &rest));

            add_text(sheet, MARGIN, sheet->height, i == 0 ? "title" : "note", part);
            sheet->height += i == 0 ? TITLE_HEIGHT : TEXT_HEIGHT;
            g_free(part);
            text = rest;
        }
    }
}

/* Over their lifelines; names that are too long for that below each other. */
static void draw_names(struct svg_sheet *sheet, const struct diagram *diagram)
{
    bool left_fits = strlen(diagram->end[DIAGRAM_LEFT]) <= NAME_COLUMNS;
    bool right_fits = strlen(diagram->end[DIAGRAM_RIGHT]) <= NAME_COLUMNS;

    sheet->height += 14;
    add_text(sheet, left_fits ? LEFT : MARGIN, sheet->height, left_fits ? "name middle" : "name",
             diagram->end[DIAGRAM_LEFT]);
    if (!left_fits || !right_fits)
        sheet->height += TEXT_HEIGHT;
    add_text(sheet, right_fits ? RIGHT : WIDTH - MARGIN, sheet->height, right_fits ? "name middle" : "name end",
             diagram->end[DIAGRAM_RIGHT]);
    add_text(sheet, FRAME, sheet->height, "number end", "frame");
    add_text(sheet, TIME, sheet->height, "number end", "seconds");
    sheet->height += 18;
}

void svg_add_diagram(struct svg_sheet *sheet, const struct diagram *diagram)
{
    int *edge;

    g_string_append(sheet->body, "<g>\n");
    draw_heading(sheet, diagram);
    draw_names(sheet, diagram);
    edge = find_edges(diagram, sheet->height);
    draw_life(sheet, diagram, DIAGRAM_LEFT, edge);
    draw_life(sheet, diagram, DIAGRAM_RIGHT, edge);
    for (int i = 0; i < (int)diagram->lines->len; i++) {
        const struct diagram_line *line = diagram_line(diagram, i);

        if (line->gap)
            add_text(sheet, (LEFT + RIGHT) / 2, edge[i] + GAP_HEIGHT / 2 + 4, "gap middle", line->gap);
        draw_states(sheet, diagram, i, edge);
        if (line->leaving != DIAGRAM_NONE)
            draw_segment(sheet, diagram, diagram_segment(diagram, line->leaving), edge);
    }
    g_string_append(sheet->body, "</g>\n");
    sheet->height = edge[diagram->lines->len] + MARGIN;
    g_free(edge);
}

void svg_add_remark(struct svg_sheet *sheet, const char *text)
{
    sheet->height += MARGIN;
    add_text(sheet, MARGIN, sheet->height, "note", text);
}

void svg_begin(struct svg_sheet *sheet)
{
    sheet->body = g_string_new(NULL);
    sheet->height = 0;
}

GString *svg_end(struct svg_sheet *sheet)
{
    GString *file = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    int height = sheet->height + MARGIN / 4;

    g_string_append_printf(file,
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                           "viewBox=\"0 0 %d %d\" role=\"img\">\n"
                           "<title>Sequence diagrams of TCP connections</title>\n<style>\n%s</style>\n"
                           "<rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n",
                           WIDTH, height, WIDTH, height, style, WIDTH - 1, height - 1);
    g_string_append_len(file, sheet->body->str, (gssize)sheet->body->len);
    g_string_append(file, "</svg>\n");
    g_string_free(sheet->body, TRUE);
    return file;
}
