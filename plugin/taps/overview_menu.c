/* overview_menu.c
 * Statistics > SimTCP Overview
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "overview.h"

#include "menu.h"

/* A branch is one table of the dialog. */
struct count {
    unsigned count;
    unsigned row;
};

static struct {
    struct count all;
    GHashTable *counts; /* by leaf */
} branches[BRANCH_COUNT];

static stat_tap_table_item columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "What", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Count", "%u" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Share (%)", "%.2f" },
};

static void forget(void)
{
    for (unsigned i = 0; i < BRANCH_COUNT; i++) {
        if (branches[i].counts)
            g_hash_table_destroy(branches[i].counts);
        branches[i].counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        branches[i].all = (struct count){ 0, 0 };
    }
}

/* With each connection the shares of all leaves change; of addresses there are too many for that. */
static bool has_shares(enum branch branch)
{
    return branch != BRANCH_STAYS && branch != BRANCH_ASSASSINATIONS;
}

static void show(struct menu *menu, enum branch branch, const char *leaf, struct count *count)
{
    const stat_tap_table_item_type cells[] = {
        menu_string(menu, leaf),
        menu_number(count->count),
        has_shares(branch) ? menu_float(100.0 * count->count / branches[branch].all.count) : menu_string(menu, ""),
    };

    menu_put(menu, branch, &count->row, cells);
}

static void tick(void *context, enum branch branch, const char *leaf)
{
    struct menu *menu = context;
    struct count *count = g_hash_table_lookup(branches[branch].counts, leaf);
    GHashTableIter iterator;
    void *name, *value;

    if (!count) {
        count = g_new0(struct count, 1);
        g_hash_table_insert(branches[branch].counts, g_strdup(leaf), count);
    }
    count->count++;
    branches[branch].all.count++;
    show(menu, branch, "(all)", &branches[branch].all);
    if (!has_shares(branch)) {
        show(menu, branch, leaf, count);
        return;
    }
    g_hash_table_iter_init(&iterator, branches[branch].counts);
    while (g_hash_table_iter_next(&iterator, &name, &value))
        show(menu, branch, name, value);
}

static void add(struct menu *menu, const struct simtcp_connection *connection, int64_t start _U_)
{
    overview_count(connection, tick, menu);
}

static void reset(stat_tap_table *table);

static struct menu menu = {
    .ui = {
        .title = "SimTCP Overview",
        .cli_string = "simtcp,tree",
        .stat_tap_reset_table_cb = reset,
        .nfields = G_N_ELEMENTS(columns),
        .fields = columns,
    },
    .add = add,
    .forget = forget,
};

static void reset(stat_tap_table *table _U_)
{
    menu_clear(&menu);
}

void overview_register_menu(void)
{
    for (unsigned i = 0; i < BRANCH_COUNT; i++)
        menu.titles[i] = branch_titles[i];
    menu_register(&menu);
}
