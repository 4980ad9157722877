/* listing_menu.c
 * Statistics > SimTCP Connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "listing.h"

#include "clock.h"
#include "endpoint.h"
#include "fields.h"
#include "menu.h"

static stat_tap_table_item columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Connection", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Opened by, or A", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Peer, or B", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Open", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Close", "%s" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Duration (s)", "%.6f" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Holds TIME-WAIT", "%s" },
};

static void add_row(struct menu *menu, const struct simtcp_connection *connection, int64_t start _U_)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    struct facts facts;
    unsigned row = 0;

    facts_of(connection, &facts);
    const stat_tap_table_item_type cells[] = {
        menu_number(facts.view.number),
        menu_string(menu, endpoint_text(pool, &facts.ends[0])),
        menu_string(menu, endpoint_text(pool, &facts.ends[1])),
        menu_number(facts.span.first_frame),
        menu_string(menu, val_to_str_const(facts.view.open, open_strings, "?")),
        menu_string(menu, val_to_str_const(facts.view.close, close_strings, "?")),
        menu_float(clock_seconds(facts.span.first, facts.span.last)),
        menu_string(menu, listing_holders(pool, &facts)),
    };
    menu_put(menu, 0, &row, cells);
    wmem_destroy_allocator(pool);
}

static void reset(stat_tap_table *table);

static struct menu menu = {
    .ui = {
        .title = "SimTCP Connections",
        .cli_string = "simtcp,connections",
        .stat_tap_reset_table_cb = reset,
        .nfields = G_N_ELEMENTS(columns),
        .fields = columns,
    },
    .titles = { "Connections" },
    .add = add_row,
};

static void reset(stat_tap_table *table _U_)
{
    menu_clear(&menu);
}

void listing_register_menu(void)
{
    menu_register(&menu);
}
