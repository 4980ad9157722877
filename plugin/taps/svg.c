/* svg.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "svg.h"

#include "diagram_all.h"
#include "svg_draw.h"

static void add_diagram(const struct diagram *diagram, void *sheet)
{
    svg_add_diagram(sheet, diagram);
}

static void print_svg(const struct report *report)
{
    struct svg_sheet sheet;
    GString *text;
    char *rest;

    svg_begin(&sheet);
    rest = diagram_each(report, add_diagram, &sheet);
    if (rest[0] != '\0')
        svg_add_remark(&sheet, rest);
    text = svg_end(&sheet);
    command_write(report, text);
    g_string_free(text, TRUE);
    g_free(rest);
}

void svg_register(void)
{
    static const struct command command = {
        .name = "simtcp,svg",
        .title = "Sequence diagrams of TCP connections, as a picture",
        .print = print_svg,
        .makes_file = true,
    };

    command_register(&command);
}
