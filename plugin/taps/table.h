/* table.h
 * A table of texts on standard output, its columns as wide as what is in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_TABLE_H
#define SIMTCP_TABLE_H

#include <stdbool.h>

#include <glib.h>

struct table_column {
    const char *title;
    bool to_the_right; /* numbers */
};

struct table;

/* The columns are borrowed. */
struct table *table_new(const struct table_column *columns, unsigned count);

/* The next cell, from left to right, row by row; printf's formats. */
void table_cell(struct table *table, const char *format, ...) G_GNUC_PRINTF(2, 3);

void table_print(const struct table *table);

void table_free(struct table *table);

#endif
