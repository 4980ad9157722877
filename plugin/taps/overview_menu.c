/* overview_menu.c
 * Statistics > SimTCP Overview
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "overview.h"

#include "menu.h"
#include "tap.h"

/* A branch is one table of the dialog. */
struct count {
    unsigned count;
    unsigned row;
};

static struct {
    struct count all;
    GHashTable *counts; /* by leaf */
} branches[BRANCH_COUNT];

static void fill(stat_tap_table_ui *ui);
static void reset(stat_tap_table *table);
static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *data_of_tap,
                              tap_flags_t flags);

static stat_tap_table_item columns[] = { { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "What", "%s" },
                                         { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Count", "%u" },
                                         { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Share (%)", "%.2f" } };

static tap_param filter = { PARAM_FILTER, "filter", "Filter", NULL, TRUE };

static stat_tap_table_ui ui = { .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                .title = "SimTCP Overview",
                                .tap_name = SIMTCP_TAP_NAME,
                                .cli_string = "simtcp,tree",
                                .stat_tap_init_cb = fill,
                                .packet_func = take,
                                .stat_tap_reset_table_cb = reset,
                                .nfields = G_N_ELEMENTS(columns),
                                .fields = columns,
                                .nparams = 1,
                                .params = &filter };

static struct menu menu = { .ui = &ui };

static void clear(void)
{
    menu_clear(&menu);
    for (unsigned i = 0; i < BRANCH_COUNT; i++) {
        if (branches[i].counts)
            g_hash_table_destroy(branches[i].counts);
        branches[i].counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        branches[i].all = (struct count){ 0, 0 };
    }
}

static void fill(stat_tap_table_ui *ui _U_)
{
    clear();
}

static void reset(stat_tap_table *table _U_)
{
    clear();
}

/* With each connection the shares of all leaves change; of addresses there are too many for that. */
static bool has_shares(enum branch branch)
{
    return branch != BRANCH_STAYS && branch != BRANCH_ASSASSINATIONS;
}

static void show(enum branch branch, const char *leaf, struct count *count)
{
    const stat_tap_table_item_type cells[] = { menu_string(&menu, leaf), menu_number(count->count),
                                               has_shares(branch)
                                                   ? menu_float(100.0 * count->count / branches[branch].all.count)
                                                   : menu_string(&menu, "") };

    menu_put(&menu, branch, &count->row, cells);
}

static void tick(void *context _U_, enum branch branch, const char *leaf)
{
    struct count *count = g_hash_table_lookup(branches[branch].counts, leaf);
    GHashTableIter iterator;
    void *name, *value;

    if (!count) {
        count = g_new0(struct count, 1);
        g_hash_table_insert(branches[branch].counts, g_strdup(leaf), count);
    }
    count->count++;
    branches[branch].all.count++;
    show(branch, "(all)", &branches[branch].all);
    if (!has_shares(branch)) {
        show(branch, leaf, count);
        return;
    }
    g_hash_table_iter_init(&iterator, branches[branch].counts);
    while (g_hash_table_iter_next(&iterator, &name, &value))
        show(branch, name, value);
}

static tap_packet_status take(void *data _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data_of_tap,
                              tap_flags_t flags _U_)
{
    const struct simtcp_place *place = data_of_tap;

    if (!menu_is_new(&menu, place->connection))
        return TAP_PACKET_DONT_REDRAW;
    overview_count(place->connection, tick, NULL);
    return TAP_PACKET_REDRAW;
}

void overview_register_menu(void)
{
    for (unsigned i = 0; i < BRANCH_COUNT; i++)
        menu.titles[i] = branch_titles[i];
    register_stat_tap_table_ui(&ui);
}
