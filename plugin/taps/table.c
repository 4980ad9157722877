/* table.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct table {
    const struct table_column *columns;
    unsigned count;
    GPtrArray *cells; /* owned texts, row after row */
};

struct table *table_new(const struct table_column *columns, unsigned count)
{
    struct table *table = g_new(struct table, 1);

    table->columns = columns;
    table->count = count;
    table->cells = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void table_cell(struct table *table, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(table->cells, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static const char *text_at(const struct table *table, unsigned row, unsigned column)
{
    return g_ptr_array_index(table->cells, row * table->count + column);
}

/* All texts are ASCII, so bytes are columns of the screen. */
static size_t width_of(const struct table *table, unsigned column)
{
    size_t width = strlen(table->columns[column].title);

    for (unsigned row = 0; row < table->cells->len / table->count; row++)
        width = MAX(width, strlen(text_at(table, row, column)));
    return width;
}

static void print_cell(const struct table *table, unsigned column, size_t width, const char *text)
{
    bool last = column + 1 == table->count;

    if (table->columns[column].to_the_right)
        printf("%*s%s", (int)width, text, last ? "\n" : "  ");
    else if (last)
        printf("%s\n", text); /* no blanks at the end of a line */
    else
        printf("%-*s  ", (int)width, text);
}

void table_print(const struct table *table)
{
    size_t *widths = g_new(size_t, table->count);

    for (unsigned column = 0; column < table->count; column++) {
        widths[column] = width_of(table, column);
    }
    for (unsigned column = 0; column < table->count; column++)
        print_cell(table, column, widths[column], table->columns[column].title);
    for (unsigned row = 0; row < table->cells->len / table->count; row++) {
        for (unsigned column = 0; column < table->count; column++)
            print_cell(table, column, widths[column], text_at(table, row, column));
    }
    g_free(widths);
}

void table_free(struct table *table)
{
    g_ptr_array_free(table->cells, TRUE);
    g_free(table);
}
