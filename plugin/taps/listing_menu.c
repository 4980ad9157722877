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
#include "tap.h"

static void fill(stat_tap_table_ui *ui);
static void reset(stat_tap_table *table);
static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *data_of_tap,
                              tap_flags_t flags);

static stat_tap_table_item columns[] = { { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Connection", "%u" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Opened by, or A", "%s" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Peer, or B", "%s" },
                                         { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%u" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Open", "%s" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Close", "%s" },
                                         { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Duration (s)", "%.6f" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Holds TIME-WAIT", "%s" } };

static tap_param filter = { PARAM_FILTER, "filter", "Filter", NULL, TRUE };

static stat_tap_table_ui ui = { .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                .title = "SimTCP Connections",
                                .tap_name = SIMTCP_TAP_NAME,
                                .cli_string = "simtcp,connections",
                                .stat_tap_init_cb = fill,
                                .packet_func = take,
                                .stat_tap_reset_table_cb = reset,
                                .nfields = G_N_ELEMENTS(columns),
                                .fields = columns,
                                .nparams = 1,
                                .params = &filter };

static struct menu menu = { .ui = &ui, .titles = { "Connections" } };

static void fill(stat_tap_table_ui *ui _U_)
{
    menu_clear(&menu);
}

static void reset(stat_tap_table *table _U_)
{
    menu_clear(&menu);
}

static void add_row(const struct simtcp_connection *connection)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    struct facts facts;
    unsigned row = 0;

    facts_of(connection, &facts);
    const stat_tap_table_item_type cells[] = { menu_number(facts.view.number),
                                               menu_string(&menu, endpoint_text(pool, &facts.ends[0])),
                                               menu_string(&menu, endpoint_text(pool, &facts.ends[1])),
                                               menu_number(facts.span.first_frame),
                                               menu_string(&menu, val_to_str_const(facts.view.open, open_strings, "?")),
                                               menu_string(&menu,
                                                           val_to_str_const(facts.view.close, close_strings, "?")),
                                               menu_float(clock_seconds(facts.span.first, facts.span.last)),
                                               menu_string(&menu, listing_holders(pool, &facts)) };
    menu_put(&menu, 0, &row, cells);
    wmem_destroy_allocator(pool);
}

static tap_packet_status take(void *data _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data_of_tap,
                              tap_flags_t flags _U_)
{
    const struct simtcp_place *place = data_of_tap;

    if (!menu_is_new(&menu, place->connection))
        return TAP_PACKET_DONT_REDRAW;
    add_row(place->connection);
    return TAP_PACKET_REDRAW;
}

void listing_register_menu(void)
{
    register_stat_tap_table_ui(&ui);
}
