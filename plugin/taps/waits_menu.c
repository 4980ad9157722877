/* waits_menu.c
 * Statistics > SimTCP TIME-WAIT
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "waits.h"

#include "clock.h"
#include "menu.h"

enum { TABLE_OF_ADDRESSES, TABLE_OF_PORTS };

static stat_tap_table_item columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Held at", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Remote end", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Entered", "%u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Peak (estimate)", "%u" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Ports taken (%, estimate)", "%.2f" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Peak at (s)", "%.6f" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "First SYN not let through", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Warning (estimate)", "%s" },
};

static struct waits *waits;

static void forget(void)
{
    if (waits)
        waits_free(waits);
    waits = waits_new();
}

static void show(struct menu *menu, struct group *group, int64_t start)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    bool of_address = group->kind == GROUP_OF_ADDRESS;
    unsigned table = of_address ? TABLE_OF_ADDRESSES : TABLE_OF_PORTS;
    const char *meaning = waits_meaning(group);
    const stat_tap_table_item_type nothing = menu_string(menu, "");
    const stat_tap_table_item_type cells[] = {
        menu_string(menu, of_address ? facts_address(pool, &group->holder) : waits_end(pool, &group->holder)),
        of_address ? nothing : menu_string(menu, waits_end(pool, &group->remote)),
        menu_number(group->entered),
        menu_number(group->peak),
        of_address ? nothing : menu_float(100 * waits_share(group)),
        menu_float(group->peak > 0 ? clock_seconds(start, group->peak_time) : 0),
        menu_string(menu, waits_refused(pool, group)),
        menu_string(menu, meaning ? meaning : ""),
    };

    menu_put(menu, table, &group->row, cells);
    wmem_destroy_allocator(pool);
}

static void add(struct menu *menu, const struct simtcp_connection *connection, int64_t start)
{
    GPtrArray *changed = g_ptr_array_new();

    waits_add(waits, connection, changed);
    for (unsigned i = 0; i < changed->len; i++)
        show(menu, g_ptr_array_index(changed, i), start);
    g_ptr_array_unref(changed);
}

static void reset(stat_tap_table *table);

static struct menu menu = {
    .ui = {
        .title = "SimTCP TIME-WAIT",
        .cli_string = "simtcp,time_wait",
        .stat_tap_reset_table_cb = reset,
        .nfields = G_N_ELEMENTS(columns),
        .fields = columns,
    },
    .titles = { "By holder", "By ports taken" },
    .add = add,
    .forget = forget,
};

static void reset(stat_tap_table *table _U_)
{
    menu_clear(&menu);
}

void waits_register_menu(void)
{
    menu_register(&menu);
}
