/* selection.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "selection.h"

struct selection {
    /* A note tells its connection when asked: a crossing SYN can still move to another one. */
    GHashTable *notes;
    GHashTable *connections;
};

struct numbered {
    uint32_t number;
    const struct simtcp_connection *connection;
};

struct selection *selection_new(void)
{
    struct selection *selection = g_new(struct selection, 1);

    selection->notes = g_hash_table_new(NULL, NULL);
    selection->connections = g_hash_table_new(NULL, NULL);
    return selection;
}

void selection_reset(struct selection *selection)
{
    g_hash_table_remove_all(selection->notes);
    g_hash_table_remove_all(selection->connections);
}

void selection_free(struct selection *selection)
{
    if (!selection)
        return;
    g_hash_table_destroy(selection->notes);
    g_hash_table_destroy(selection->connections);
    g_free(selection);
}

void selection_add(struct selection *selection, const struct simtcp_place *place)
{
    if (place->note)
        g_hash_table_add(selection->notes, (void *)place->note);
    else if (place->connection)
        g_hash_table_add(selection->connections, (void *)place->connection);
}

static GHashTable *resolve(const struct selection *selection)
{
    GHashTable *connections = g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    void *item;

    g_hash_table_iter_init(&iterator, selection->connections);
    while (g_hash_table_iter_next(&iterator, &item, NULL))
        g_hash_table_add(connections, item);
    g_hash_table_iter_init(&iterator, selection->notes);
    while (g_hash_table_iter_next(&iterator, &item, NULL)) {
        struct simtcp_place place = simtcp_place_of(item);

        if (place.connection)
            g_hash_table_add(connections, (void *)place.connection);
    }
    return connections;
}

static int by_number(const void *a, const void *b)
{
    const struct numbered *first = a, *second = b;

    return (first->number > second->number) - (first->number < second->number);
}

static uint32_t number_of(const struct simtcp_connection *connection)
{
    struct simtcp_place whole = simtcp_whole(connection);
    struct simtcp_view view;

    simtcp_look(&whole, true, &view);
    return view.number;
}

GPtrArray *selection_connections(const struct selection *selection)
{
    GHashTable *connections = resolve(selection);
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(struct numbered), g_hash_table_size(connections));
    GPtrArray *result = g_ptr_array_sized_new(g_hash_table_size(connections));
    GHashTableIter iterator;
    void *connection;

    g_hash_table_iter_init(&iterator, connections);
    while (g_hash_table_iter_next(&iterator, &connection, NULL)) {
        struct numbered item = { number_of(connection), connection };

        g_array_append_val(sorted, item);
    }
    g_array_sort(sorted, by_number);
    for (unsigned i = 0; i < sorted->len; i++)
        g_ptr_array_add(result, (void *)g_array_index(sorted, struct numbered, i).connection);
    g_array_free(sorted, TRUE);
    g_hash_table_destroy(connections);
    return result;
}
