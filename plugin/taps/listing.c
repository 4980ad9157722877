/* listing.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "listing.h"

#include <stdio.h>

#include "clock.h"
#include "endpoint.h"
#include "fields.h"
#include "table.h"

#define MOST_ROWS 1000

static const struct table_column columns[] = {
    { "Connection", true }, { "Opened by, or A", false }, { "Peer, or B", false },  { "First frame", true },
    { "Open", false },      { "Close", false },           { "Duration (s)", true }, { "Holds TIME-WAIT", false },
};

const char *listing_holders(wmem_allocator_t *pool, const struct facts *facts)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pool, "");

    for (unsigned i = 0; i < facts->view.holder_count; i++)
        wmem_strbuf_append_printf(text, "%s%s", i > 0 ? ", " : "", endpoint_text(pool, &facts->view.holders[i]));
    return wmem_strbuf_finalize(text);
}

static void add_row(struct table *table, const struct simtcp_connection *connection)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    struct facts facts;

    facts_of(connection, &facts);
    table_cell(table, "%u", facts.view.number);
    table_cell(table, "%s", endpoint_text(pool, &facts.ends[0]));
    table_cell(table, "%s", endpoint_text(pool, &facts.ends[1]));
    table_cell(table, "%u", facts.span.first_frame);
    table_cell(table, "%s", val_to_str_const(facts.view.open, open_strings, "?"));
    table_cell(table, "%s", val_to_str_const(facts.view.close, close_strings, "?"));
    table_cell(table, "%.6f", clock_seconds(facts.span.first, facts.span.last));
    table_cell(table, "%s", facts.view.holder_count > 0 ? listing_holders(pool, &facts) : "-");
    wmem_destroy_allocator(pool);
}

static void print(const struct report *report)
{
    struct table *table = table_new(columns, G_N_ELEMENTS(columns));
    unsigned count = report->connections->len;

    for (unsigned i = 0; i < MIN(count, MOST_ROWS); i++)
        add_row(table, g_ptr_array_index(report->connections, i));
    table_print(table);
    table_free(table);
    if (count > MOST_ROWS)
        printf("... and %u more connections; add a filter to see them\n", count - MOST_ROWS);
    printf("\nConnections: %u\n", count);
}

void listing_register(void)
{
    static const struct command command = {
        .name = "simtcp,connections",
        .title = "simtcp: TCP connections",
        .print = print,
    };

    command_register(&command);
}
