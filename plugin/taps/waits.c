/* waits.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "waits.h"

#include <string.h>

#include "endpoint.h"
#include "overlap.h"
#include "preferences.h"

/* The share from which on a warning is given. */
#define MUCH 0.8

struct waits {
    GHashTable *groups; /* struct group, its own key */
};

/* FNV-1a */
static unsigned hash_bytes(unsigned hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 16777619u;
    return hash;
}

static unsigned group_hash(const void *key)
{
    const struct group *group = key;

    return hash_bytes(hash_bytes(2166136261u + group->kind, &group->holder, sizeof group->holder), &group->remote,
                      sizeof group->remote);
}

static gboolean group_equal(const void *a, const void *b)
{
    const struct group *first = a, *second = b;

    return first->kind == second->kind && memcmp(&first->holder, &second->holder, sizeof first->holder) == 0
        && memcmp(&first->remote, &second->remote, sizeof first->remote) == 0;
}

static void group_free(void *data)
{
    struct group *group = data;

    overlap_free(group->overlap);
    g_free(group);
}

struct waits *waits_new(void)
{
    struct waits *waits = g_new(struct waits, 1);

    waits->groups = g_hash_table_new_full(group_hash, group_equal, NULL, group_free);
    return waits;
}

void waits_free(struct waits *waits)
{
    g_hash_table_destroy(waits->groups);
    g_free(waits);
}

/* Which end has the ephemeral port, the one that the system chose? The end that opened the connection;
 * if that is not known, or both did, the end with the higher port. */
static bool is_ephemeral(const struct facts *facts, const struct simtcp_endpoint *end,
                         const struct simtcp_endpoint *other)
{
    if (facts->opener_known)
        return endpoint_equal(end, &facts->ends[0]);
    return end->port >= other->port;
}

static struct group *find(struct waits *waits, const struct group *key)
{
    struct group *group = g_hash_table_lookup(waits->groups, key);

    if (!group) {
        group = g_new(struct group, 1);
        *group = *key;
        group->overlap = overlap_new();
        g_hash_table_add(waits->groups, group);
    }
    return group;
}

/* The two groups in which a TIME-WAIT of this holder counts. */
static void find_groups(struct waits *waits, const struct facts *facts, const struct simtcp_endpoint *holder,
                        const struct simtcp_endpoint *remote, struct group *groups[2])
{
    bool at_client = is_ephemeral(facts, holder, remote);
    struct group of_address, of_ports;

    memset(&of_address, 0, sizeof of_address);
    of_address.kind = GROUP_OF_ADDRESS;
    of_address.holder = *holder;
    of_address.holder.port = 0;
    groups[0] = find(waits, &of_address);

    memset(&of_ports, 0, sizeof of_ports);
    of_ports.kind = at_client ? GROUP_AT_CLIENT : GROUP_AT_SERVICE;
    of_ports.holder = *holder;
    of_ports.remote = *remote;
    *(at_client ? &of_ports.holder.port : &of_ports.remote.port) = 0;
    groups[1] = find(waits, &of_ports);
}

static void note_changed(GPtrArray *changed, struct group *groups[2])
{
    for (unsigned i = 0; changed && i < 2; i++)
        g_ptr_array_add(changed, groups[i]);
}

static void add_wait(struct waits *waits, const struct facts *facts, const struct simtcp_wait *wait, GPtrArray *changed)
{
    struct group *groups[2];

    find_groups(waits, facts, &wait->holder, &wait->peer, groups);
    for (unsigned i = 0; i < 2; i++) {
        groups[i]->entered++;
        overlap_add(groups[i]->overlap, wait->entered, wait->until);
        groups[i]->peak = overlap_peak(groups[i]->overlap, &groups[i]->peak_time);
    }
    note_changed(changed, groups);
}

static void add_refusal(struct waits *waits, const struct facts *facts, const struct simtcp_endpoint *holder,
                        GPtrArray *changed)
{
    const struct simtcp_endpoint *sender = &facts->ends[endpoint_equal(holder, &facts->ends[0]) ? 1 : 0];
    struct group *groups[2];

    find_groups(waits, facts, holder, sender, groups);
    for (unsigned i = 0; i < 2; i++) {
        if (groups[i]->refused_frame && groups[i]->refused_frame < facts->reuse.frame)
            continue;
        groups[i]->refused_frame = facts->reuse.frame;
        groups[i]->refused_answer = facts->reuse.answer;
    }
    note_changed(changed, groups);
}

void waits_add(struct waits *waits, const struct simtcp_connection *connection, GPtrArray *changed)
{
    const struct simtcp_endpoint *refused_by;
    struct facts facts;

    facts_of(connection, &facts);
    for (unsigned i = 0; i < facts.wait_count; i++)
        add_wait(waits, &facts, &facts.waits[i], changed);
    refused_by = facts_refused_by(&facts);
    if (refused_by)
        add_refusal(waits, &facts, refused_by, changed);
}

/* The same on every run, whatever the order of a hash table. */
static int by_peak(const void *a, const void *b)
{
    const struct group *first = *(struct group *const *)a, *second = *(struct group *const *)b;
    int order;

    if (first->peak != second->peak)
        return first->peak < second->peak ? 1 : -1;
    if (first->entered != second->entered)
        return first->entered < second->entered ? 1 : -1;
    order = memcmp(&first->holder, &second->holder, sizeof first->holder);
    if (order == 0)
        order = memcmp(&first->remote, &second->remote, sizeof first->remote);
    return order != 0 ? order : (int)first->kind - (int)second->kind;
}

GPtrArray *waits_groups(const struct waits *waits, bool of_addresses)
{
    GPtrArray *groups = g_ptr_array_new();
    GHashTableIter iterator;
    void *group;

    g_hash_table_iter_init(&iterator, waits->groups);
    while (g_hash_table_iter_next(&iterator, &group, NULL)) {
        if ((((struct group *)group)->kind == GROUP_OF_ADDRESS) == of_addresses)
            g_ptr_array_add(groups, group);
    }
    g_ptr_array_sort(groups, by_peak);
    return groups;
}

double waits_share(const struct group *group)
{
    return preferences.ephemeral_ports > 0 ? (double)group->peak / preferences.ephemeral_ports : 0;
}

const char *waits_end(wmem_allocator_t *pool, const struct simtcp_endpoint *end)
{
    return end->port ? endpoint_text(pool, end) : facts_any_port(pool, end);
}

const char *waits_refused(wmem_allocator_t *pool, const struct group *group)
{
    if (!group->refused_frame)
        return "";
    return wmem_strdup_printf(pool, "frame %u: %s", group->refused_frame, facts_answer(group->refused_answer));
}

const char *waits_meaning(const struct group *group)
{
    if (group->kind == GROUP_OF_ADDRESS || waits_share(group) <= MUCH)
        return NULL;
    if (group->kind == GROUP_AT_CLIENT)
        return "when all are taken, new connections fail with EADDRNOTAVAIL until the oldest TIME-WAIT ends";
    return "a new connection from one of them meets the old one, and is let through only if its timestamp or"
           " sequence number is newer (RFC 6191)";
}
