/* waits_menu.c
 * Statistics > SimTCP TIME-WAIT
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "waits.h"

#include "clock.h"
#include "menu.h"
#include "tap.h"

enum { TABLE_OF_ADDRESSES, TABLE_OF_PORTS };

static void fill(stat_tap_table_ui *ui);
static void reset(stat_tap_table *table);
static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *data_of_tap,
                              tap_flags_t flags);

static stat_tap_table_item columns[] = { { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Held at", "%s" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Remote end", "%s" },
                                         { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Entered", "%u" },
                                         { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Peak (estimate)", "%u" },
                                         { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Ports taken (%, estimate)", "%.2f" },
                                         { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Peak at (s)", "%.6f" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "First SYN not let through", "%s" },
                                         { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Warning (estimate)", "%s" } };

static tap_param filter = { PARAM_FILTER, "filter", "Filter", NULL, TRUE };

static stat_tap_table_ui ui = { .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                .title = "SimTCP TIME-WAIT",
                                .tap_name = SIMTCP_TAP_NAME,
                                .cli_string = "simtcp,time_wait",
                                .stat_tap_init_cb = fill,
                                .packet_func = take,
                                .stat_tap_reset_table_cb = reset,
                                .nfields = G_N_ELEMENTS(columns),
                                .fields = columns,
                                .nparams = 1,
                                .params = &filter };

static struct menu menu = { .ui = &ui, .titles = { "By holder", "By ports taken" } };

static struct waits *waits;

static void clear(void)
{
    menu_clear(&menu);
    if (waits)
        waits_free(waits);
    waits = waits_new();
}

static void fill(stat_tap_table_ui *ui _U_)
{
    clear();
}

static void reset(stat_tap_table *table _U_)
{
    clear();
}

static void show(struct group *group, int64_t start)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    bool of_address = group->kind == GROUP_OF_ADDRESS;
    unsigned table = of_address ? TABLE_OF_ADDRESSES : TABLE_OF_PORTS;
    const char *meaning = waits_meaning(group);
    const stat_tap_table_item_type nothing = menu_string(&menu, "");
    const stat_tap_table_item_type cells[] = {
        menu_string(&menu, of_address ? facts_address(pool, &group->holder) : waits_end(pool, &group->holder)),
        of_address ? nothing : menu_string(&menu, waits_end(pool, &group->remote)),
        menu_number(group->entered),
        menu_number(group->peak),
        of_address ? nothing : menu_float(100 * waits_share(group)),
        menu_float(group->peak > 0 ? clock_seconds(start, group->peak_time) : 0),
        menu_string(&menu, waits_refused(pool, group)),
        menu_string(&menu, meaning ? meaning : "")
    };

    menu_put(&menu, table, &group->row, cells);
    wmem_destroy_allocator(pool);
}

static tap_packet_status take(void *data _U_, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data_of_tap,
                              tap_flags_t flags _U_)
{
    const struct simtcp_place *place = data_of_tap;
    GPtrArray *changed;

    if (!menu_is_new(&menu, place->connection))
        return TAP_PACKET_DONT_REDRAW;
    changed = g_ptr_array_new();
    waits_add(waits, place->connection, changed);
    for (unsigned i = 0; i < changed->len; i++)
        show(g_ptr_array_index(changed, i), clock_start(pinfo));
    g_ptr_array_unref(changed);
    return TAP_PACKET_REDRAW;
}

void waits_register_menu(void)
{
    register_stat_tap_table_ui(&ui);
}
