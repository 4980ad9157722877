/* overview_menu.c
 * Statistics > SimTCP Overview
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "overview.h"

#include "tap.h"

/* Of each tree that is being filled the connections that were counted; dialogs that stay open are trees too. */
static GHashTable *seen;

/* The branches' numbers in a tree: the same in all, since all begin with them. */
static int branches[BRANCH_COUNT];

static void free_connections(void *connections)
{
    g_hash_table_destroy(connections);
}

static void init(stats_tree *tree)
{
    if (!seen)
        seen = g_hash_table_new_full(NULL, NULL, NULL, free_connections);
    g_hash_table_insert(seen, tree, g_hash_table_new(NULL, NULL));
    for (unsigned i = 0; i < BRANCH_COUNT; i++)
        branches[i] = stats_tree_create_node(tree, branch_titles[i], 0, STAT_DT_INT, TRUE);
}

static void cleanup(stats_tree *tree)
{
    if (seen)
        g_hash_table_remove(seen, tree);
}

static void tick(void *context, enum branch branch, const char *leaf)
{
    stats_tree *tree = context;

    tick_stat_node(tree, branch_titles[branch], 0, TRUE);
    tick_stat_node(tree, leaf, branches[branch], FALSE);
}

static tap_packet_status take(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                              const void *data, tap_flags_t flags _U_)
{
    const struct simtcp_place *place = data;
    GHashTable *connections = g_hash_table_lookup(seen, tree);

    if (!g_hash_table_add(connections, (void *)place->connection))
        return TAP_PACKET_DONT_REDRAW;
    overview_count(place->connection, tick, tree);
    return TAP_PACKET_REDRAW;
}

void overview_register_menu(void)
{
    stats_tree_register_plugin(SIMTCP_TAP_NAME, "simtcp", "SimTCP Overview", TL_REQUIRES_NOTHING, take, init,
                               cleanup);
}
