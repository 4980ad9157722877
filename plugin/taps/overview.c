/* overview.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "overview.h"

#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "fields.h"

/* Of addresses that hold TIME-WAIT there can be any number. */
#define MOST_LEAVES 50

const char *const branch_titles[BRANCH_COUNT] = {
    [BRANCH_OPENING] = "Connections by opening",
    [BRANCH_CLOSING] = "Connections by closing",
    [BRANCH_HOLDERS] = "Connections by who holds TIME-WAIT",
    [BRANCH_STAYS] = "TIME-WAITs by holder",
    [BRANCH_REUSES] = "SYNs for a 4-tuple in TIME-WAIT (estimate) by answer",
    [BRANCH_ASSASSINATIONS] = "TIME-WAITs that a RST ended (assassination) by holder",
};

/* Handed on to whoever counts. */
struct counting {
    wmem_allocator_t *pool;
    void (*tick)(void *context, enum branch branch, const char *leaf);
    void *context;
};

static bool same(const struct simtcp_endpoint *a, const struct simtcp_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static const char *holders_leaf(const struct facts *facts)
{
    if (facts->view.holder_count == 0)
        return "Nobody";
    if (facts->view.open == SIMTCP_OPEN_SELF_CONNECT)
        return "The socket connected to itself";
    if (facts->view.holder_count == 2)
        return "Both ends";
    if (!facts->opener_known)
        return "One end";
    return same(&facts->view.holders[0], &facts->ends[0]) ? "The end that opened the connection"
                                                          : "The end that was dialled";
}

static const char *reuse_leaf(const struct simtcp_reuse *reuse)
{
    if (reuse->by_holder)
        return "Sent by the holder itself";
    return reuse->answer_known ? facts_answer(reuse->answer) : "Not captured";
}

static void count_wait(const struct counting *counting, const struct simtcp_wait *wait)
{
    const char *holder = facts_address(counting->pool, &wait->holder);

    counting->tick(counting->context, BRANCH_STAYS, holder);
    if (wait->assassinated)
        counting->tick(counting->context, BRANCH_ASSASSINATIONS, holder);
}

void overview_count(const struct simtcp_connection *connection,
                    void (*tick)(void *context, enum branch branch, const char *leaf), void *context)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    const struct counting counting = { pool, tick, context };
    struct facts facts;

    facts_of(connection, &facts);
    tick(context, BRANCH_OPENING, val_to_str_const(facts.view.open, open_strings, "?"));
    tick(context, BRANCH_CLOSING, val_to_str_const(facts.view.close, close_strings, "?"));
    tick(context, BRANCH_HOLDERS, holders_leaf(&facts));
    for (unsigned i = 0; i < facts.wait_count; i++)
        count_wait(&counting, &facts.waits[i]);
    if (facts.reused)
        tick(context, BRANCH_REUSES, reuse_leaf(&facts.reuse));
    wmem_destroy_allocator(pool);
}

/* Printing */

struct leaf {
    const char *name;
    unsigned count;
};

static void tick_leaf(void *context, enum branch branch, const char *name)
{
    GHashTable **branches = context;
    unsigned *count = g_hash_table_lookup(branches[branch], name);

    if (!count) {
        count = g_new0(unsigned, 1);
        g_hash_table_insert(branches[branch], g_strdup(name), count);
    }
    ++*count;
}

/* The largest first. */
static int by_count(const void *a, const void *b)
{
    const struct leaf *first = a, *second = b;

    if (first->count != second->count)
        return first->count < second->count ? 1 : -1;
    return strcmp(first->name, second->name);
}

static GArray *sorted_leaves(GHashTable *branch, unsigned *total)
{
    GArray *leaves = g_array_new(FALSE, FALSE, sizeof(struct leaf));
    GHashTableIter iterator;
    void *name, *count;

    *total = 0;
    g_hash_table_iter_init(&iterator, branch);
    while (g_hash_table_iter_next(&iterator, &name, &count)) {
        const struct leaf leaf = { name, *(unsigned *)count };

        g_array_append_val(leaves, leaf);
        *total += leaf.count;
    }
    g_array_sort(leaves, by_count);
    return leaves;
}

static void print_branch(const char *title, GHashTable *branch)
{
    unsigned total;
    GArray *leaves = sorted_leaves(branch, &total);

    printf("%-56s %10u\n", title, total);
    for (unsigned i = 0; i < MIN(leaves->len, MOST_LEAVES); i++) {
        const struct leaf *leaf = &g_array_index(leaves, struct leaf, i);

        printf("  %-54s %10u %7.2f%%\n", leaf->name, leaf->count, 100.0 * leaf->count / total);
    }
    if (leaves->len > MOST_LEAVES)
        printf("  ... and %u more; add a filter to see them\n", leaves->len - MOST_LEAVES);
    g_array_free(leaves, TRUE);
}

static void print(const struct report *report)
{
    GHashTable *branches[BRANCH_COUNT];

    for (unsigned i = 0; i < BRANCH_COUNT; i++)
        branches[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (unsigned i = 0; i < report->connections->len; i++)
        overview_count(g_ptr_array_index(report->connections, i), tick_leaf, branches);
    for (unsigned i = 0; i < BRANCH_COUNT; i++) {
        if (i > 0)
            printf("\n");
        print_branch(branch_titles[i], branches[i]);
        g_hash_table_destroy(branches[i]);
    }
}

void overview_register(void)
{
    static const struct command command = {
        .name = "simtcp,tree",
        .title = "simtcp: how TCP connections opened and closed",
        .print = print,
    };

    command_register(&command);
}
