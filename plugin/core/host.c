/* host.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "host.h"

#include <stdlib.h>
#include <string.h>

#include "time_wait.h"
#include "tracker.h"

#define FIRST_BUCKETS 64

/* How many there are from this frame on. */
struct tally {
    uint32_t frame;
    int32_t count;
};

struct host {
    struct host *next;  /* in the same bucket */
    struct stay *stays; /* newest first, but those that are folded */
    struct tally *log;  /* by frame; NULL: to be made */
    uint32_t log_length;
    uint32_t folded; /* the newest of those; 0: none */
    uint32_t stay_count;
    uint32_t now; /* stays that are not over */
    uint32_t hash;
    struct simtcp_endpoint address; /* its port is 0 */
};

static struct simtcp_endpoint without_port(const struct simtcp_endpoint *end)
{
    struct simtcp_endpoint address = *end;

    address.port = 0;
    return address;
}

static struct host *find(const struct simtcp_tracker *tracker, const struct simtcp_endpoint *address, uint32_t hash)
{
    struct host *host = tracker->hosts ? tracker->hosts[hash & (tracker->host_bucket_count - 1)] : NULL;

    while (host && (host->hash != hash || memcmp(&host->address, address, sizeof *address) != 0))
        host = host->next;
    return host;
}

/* Doubles the buckets, or makes the first; a table that can't grow goes on, more slowly. */
static void grow(struct simtcp_tracker *tracker)
{
    uint32_t count = tracker->hosts ? tracker->host_bucket_count * 2 : FIRST_BUCKETS;
    struct host **buckets = tracker_allocate(tracker, count * sizeof *buckets);

    if (!buckets)
        return;
    for (uint32_t i = 0; i < tracker->host_bucket_count; i++) {
        for (struct host *host = tracker->hosts[i], *next; host; host = next) {
            next = host->next;
            host->next = buckets[host->hash & (count - 1)];
            buckets[host->hash & (count - 1)] = host;
        }
    }
    tracker_release(tracker, tracker->hosts);
    tracker->hosts = buckets;
    tracker->host_bucket_count = count;
}

/* The host of this end, made if need be; NULL if memory is exhausted. */
static struct host *make(struct simtcp_tracker *tracker, const struct simtcp_endpoint *end)
{
    struct simtcp_endpoint address = without_port(end);
    uint32_t hash = tracker_hash(tracker, &address);
    struct host *host = find(tracker, &address, hash), **bucket;

    if (host)
        return host;
    if (tracker->host_count >= tracker->host_bucket_count)
        grow(tracker);
    host = tracker->hosts ? tracker_keep(tracker, sizeof *host) : NULL;
    if (!host)
        return NULL;
    host->address = address;
    host->hash = hash;
    bucket = &tracker->hosts[hash & (tracker->host_bucket_count - 1)];
    host->next = *bucket;
    *bucket = host;
    tracker->host_count++;
    return host;
}

static struct host *host_of(struct simtcp_tracker *tracker, const struct stay *stay)
{
    struct simtcp_endpoint end = flow_end(stay->connection->flow, stay->end);

    return make(tracker, &end);
}

static void forget_log(struct simtcp_tracker *tracker, struct host *host)
{
    tracker_release(tracker, host->log);
    host->log = NULL;
}

void host_enters(struct simtcp_tracker *tracker, struct stay *stay)
{
    struct host *host = host_of(tracker, stay);

    if (!host)
        return;
    stay->next = host->stays;
    host->stays = stay;
    host->stay_count++;
    host->now++;
    forget_log(tracker, host);
}

static void leaves(struct simtcp_tracker *tracker, struct host *host)
{
    if (!host || !host->now)
        return;
    host->now--;
    forget_log(tracker, host);
}

void host_leaves(struct simtcp_tracker *tracker, const struct stay *stay)
{
    leaves(tracker, host_of(tracker, stay));
}

void host_returns(struct simtcp_tracker *tracker, const struct stay *stay)
{
    struct host *host = host_of(tracker, stay);

    if (!host)
        return;
    host->now++;
    forget_log(tracker, host);
}

void host_changes(struct simtcp_tracker *tracker, const struct stay *stay)
{
    struct host *host = host_of(tracker, stay);

    if (host)
        forget_log(tracker, host);
}

/* --- stays that are folded --- */

/* The host, which was made when the stay began; NULL if memory was exhausted then. */
static struct host *known_host(const struct simtcp_tracker *tracker, const uint32_t head[2], unsigned end)
{
    struct simtcp_endpoint holder = heads_end(head, end), address = without_port(&holder);

    return find(tracker, &address, tracker_hash(tracker, &address));
}

bool host_last_entered(const struct simtcp_tracker *tracker, const struct stay *stay)
{
    const struct host *host = known_host(tracker, stay->connection->flow->head, stay->end);

    return host && host->stays == stay;
}

void host_folds(struct simtcp_tracker *tracker, const struct stay *stay, struct folded *folded, uint32_t at)
{
    struct host *host = known_host(tracker, folded->head, folded->end);

    host->stays = stay->next;
    folded->host_next = host->folded;
    host->folded = at;
}

void host_unfolds(struct simtcp_tracker *tracker, struct stay *stay)
{
    struct host *host = known_host(tracker, stay->connection->flow->head, stay->end);

    stay->next = host->stays;
    host->stays = stay;
}

void host_folded_leaves(struct simtcp_tracker *tracker, const struct folded *folded)
{
    leaves(tracker, known_host(tracker, folded->head, folded->end));
}

/* --- the log --- */

static int by_frame(const void *a, const void *b)
{
    uint32_t first = ((const struct tally *)a)->frame, second = ((const struct tally *)b)->frame;

    return first < second ? -1 : first > second;
}

/* The changes, in no order: how many. */
static uint32_t list_changes(const struct simtcp_tracker *tracker, const struct host *host, struct tally *changes)
{
    const struct folded *folded;
    uint32_t count = 0;

    for (const struct stay *stay = host->stays; stay; stay = stay->next) {
        if (stay->status == STAY_MISTAKEN)
            continue;
        changes[count++] = (struct tally){ stay->frame, 1 };
        if (stay->status != STAY_WAITING)
            changes[count++] = (struct tally){ stay->left_frame, -1 };
    }
    for (uint32_t at = host->folded; at; at = folded->host_next) {
        folded = tracker_at(tracker, at);
        if (folded->unfolded)
            continue;
        changes[count++] = (struct tally){ folded->frame, 1 };
        if (!folded->waiting)
            changes[count++] = (struct tally){ folded->next, -1 };
    }
    return count;
}

/* Returns false if memory is exhausted. */
static bool make_log(struct simtcp_tracker *tracker, struct host *host)
{
    int32_t count = 0;

    if (host->log || (!host->stays && !host->folded))
        return host->log != NULL;
    host->log = tracker_allocate(tracker, 2 * (size_t)host->stay_count * sizeof *host->log);
    if (!host->log)
        return false;
    host->log_length = list_changes(tracker, host, host->log);
    qsort(host->log, host->log_length, sizeof *host->log, by_frame);
    for (uint32_t i = 0; i < host->log_length; i++)
        host->log[i].count = count += host->log[i].count;
    return true;
}

/* The last tally at or before this frame, or NULL. */
static const struct tally *tally_at(const struct host *host, uint32_t frame)
{
    uint32_t low = 0, high = host->log_length;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (host->log[middle].frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &host->log[low - 1] : NULL;
}

bool simtcp_concurrent(struct simtcp_tracker *tracker, const struct simtcp_endpoint *end, uint32_t frame, bool final,
                       uint32_t *count)
{
    struct simtcp_endpoint address = without_port(end);
    struct host *host = find(tracker, &address, tracker_hash(tracker, &address));
    const struct tally *tally;

    if (!host)
        return false;
    *count = host->now;
    if (!final)
        return true;
    tally = make_log(tracker, host) ? tally_at(host, frame) : NULL;
    if (!tally)
        return false;
    *count = tally->count > 0 ? (uint32_t)tally->count : 0;
    return true;
}
