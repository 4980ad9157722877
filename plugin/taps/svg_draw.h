/* svg_draw.h
 * A sheet of sequence diagrams in the picture format SVG 1.1: one file that needs no other, texts as text, no
 * scripts. Its own background makes it readable wherever it is shown; a viewer that prefers dark colours gets dark
 * ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_SVG_DRAW_H
#define SIMTCP_SVG_DRAW_H

#include "diagram.h"

struct svg_sheet {
    GString *body;
    int height; /* what is drawn so far */
};

void svg_begin(struct svg_sheet *sheet);

/* Draws a diagram below the others. */
void svg_add_diagram(struct svg_sheet *sheet, const struct diagram *diagram);

/* A line of text below the diagrams. */
void svg_add_remark(struct svg_sheet *sheet, const char *text);

/* The whole file, to be freed with g_string_free(). The sheet is over. */
GString *svg_end(struct svg_sheet *sheet);

#endif
