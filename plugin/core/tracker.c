/* tracker.c
 * A hash table of flows; in each flow, its incarnations and, once there are several,
 * a list of the frames at which it turned from one to another. That list is all
 * that is needed to find the connection of a frame again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker.h"

#include <string.h>

#define FIRST_BUCKETS 1024
#define FIRST_CHANGES 4

void *tracker_allocate(struct simtcp_tracker *tracker, size_t size)
{
    void *memory = tracker->memory.allocate(tracker->memory.context, size);

    if (memory)
        memset(memory, 0, size);
    return memory;
}

#define ALIGNMENT sizeof(uint64_t)

void *tracker_keep(struct simtcp_tracker *tracker, size_t size)
{
    void *object;

    if (size > tracker->memory.piece)
        return tracker_allocate(tracker, size);
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > tracker->chunk_left) {
        tracker->chunk = tracker->memory.allocate(tracker->memory.context, tracker->memory.piece);
        tracker->chunk_left = tracker->chunk ? tracker->memory.piece : 0;
    }
    if (size > tracker->chunk_left)
        return NULL;
    object = tracker->chunk;
    tracker->chunk += size;
    tracker->chunk_left -= size;
    return memset(object, 0, size);
}

void tracker_release(struct simtcp_tracker *tracker, void *memory)
{
    if (memory)
        tracker->memory.release(tracker->memory.context, memory);
}

struct simtcp_tracker *simtcp_tracker_new(const struct simtcp_settings *settings,
                                          const struct simtcp_memory *memory)
{
    struct simtcp_tracker *tracker = memory->allocate(memory->context, sizeof *tracker);

    if (!tracker)
        return NULL;
    *tracker = (struct simtcp_tracker){ .settings = *settings, .memory = *memory };
    tracker->buckets = tracker_allocate(tracker, FIRST_BUCKETS * sizeof *tracker->buckets);
    if (!tracker->buckets)
        return NULL;
    tracker->bucket_count = FIRST_BUCKETS;
    tracker->waiting.next = INT64_MAX;
    return tracker;
}

/* Mixes one word into a hash so that every bit of it reaches the low ones. */
static uint32_t mix(uint32_t hash, uint32_t word)
{
    hash = (hash ^ word) * 0x9e3779b1u;
    return hash ^ hash >> 15;
}

uint32_t tracker_hash(const struct simtcp_endpoint *end)
{
    uint32_t hash = (uint32_t)end->kind << 24 | end->port;
    uint32_t words[SIMTCP_ADDRESS_MAX / 4];

    memcpy(words, end->address, sizeof words);
    for (unsigned i = 0; i * 4 < end->length; i++)
        hash = mix(hash, words[i]);
    return mix(hash, end->length);
}

/* Orders endpoints, so that both directions of a flow have one key. */
static int compare_endpoints(const struct simtcp_endpoint *a, const struct simtcp_endpoint *b)
{
    if (a->port != b->port)
        return a->port < b->port ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return memcmp(a->address, b->address, sizeof a->address);
}

struct key {
    const struct simtcp_endpoint *end[2];
    uint32_t hash;
    unsigned side;                      /* which end is the sender */
    bool self;
};

static struct key make_key(const struct simtcp_endpoint *src, const struct simtcp_endpoint *dst)
{
    int order = compare_endpoints(src, dst);
    struct key key = { .end = { src, dst }, .side = 0, .self = order == 0 };

    if (order > 0)
        key = (struct key){ .end = { dst, src }, .side = 1 };
    key.hash = mix(tracker_hash(key.end[0]), tracker_hash(key.end[1]));
    return key;
}

static bool has_end(const struct flow *flow, unsigned end, const struct simtcp_endpoint *endpoint)
{
    const uint8_t *address = flow->address + (end ? flow->length[0] : 0);

    return flow->port[end] == endpoint->port && flow->kind[end] == endpoint->kind
        && flow->length[end] == endpoint->length && memcmp(address, endpoint->address, endpoint->length) == 0;
}

struct simtcp_endpoint flow_end(const struct flow *flow, unsigned end)
{
    struct simtcp_endpoint endpoint = {
        .kind = flow->kind[end], .length = flow->length[end], .port = flow->port[end]
    };

    memcpy(endpoint.address, flow->address + (end ? flow->length[0] : 0), endpoint.length);
    return endpoint;
}

static struct flow *find(const struct simtcp_tracker *tracker, const struct key *key)
{
    struct flow *flow = tracker->buckets[key->hash & (tracker->bucket_count - 1)];

    while (flow && (flow->hash != key->hash || !has_end(flow, 0, key->end[0]) || !has_end(flow, 1, key->end[1])))
        flow = flow->next;
    return flow;
}

static struct flow *new_flow(struct simtcp_tracker *tracker, const struct key *key)
{
    struct flow *flow = tracker_keep(tracker, sizeof *flow + key->end[0]->length + key->end[1]->length);

    if (!flow)
        return NULL;
    for (unsigned end = 0; end < 2; end++) {
        flow->kind[end] = key->end[end]->kind;
        flow->length[end] = key->end[end]->length;
        flow->port[end] = key->end[end]->port;
        memcpy(flow->address + (end ? flow->length[0] : 0), key->end[end]->address, flow->length[end]);
    }
    flow->hash = key->hash;
    flow->self = key->self;
    return flow;
}

struct flow *tracker_find_flow(const struct simtcp_tracker *tracker,
                               const struct simtcp_endpoint *src,
                               const struct simtcp_endpoint *dst, unsigned *side)
{
    struct key key = make_key(src, dst);

    *side = key.side;
    return find(tracker, &key);
}

/* Doubles the buckets; a table that can't grow goes on, more slowly. */
static void grow(struct simtcp_tracker *tracker)
{
    uint32_t count = tracker->bucket_count * 2;
    struct flow **buckets = tracker_allocate(tracker, count * sizeof *buckets);

    if (!buckets)
        return;
    for (uint32_t i = 0; i < tracker->bucket_count; i++) {
        for (struct flow *flow = tracker->buckets[i], *next; flow; flow = next) {
            next = flow->next;
            flow->next = buckets[flow->hash & (count - 1)];
            buckets[flow->hash & (count - 1)] = flow;
        }
    }
    tracker_release(tracker, tracker->buckets);
    tracker->buckets = buckets;
    tracker->bucket_count = count;
}

struct flow *tracker_make_flow(struct simtcp_tracker *tracker, const struct simtcp_endpoint *src,
                               const struct simtcp_endpoint *dst, unsigned *side)
{
    struct key key = make_key(src, dst);
    struct flow *flow = find(tracker, &key);
    struct flow **bucket;

    *side = key.side;
    if (flow)
        return flow;
    flow = new_flow(tracker, &key);
    if (!flow)
        return NULL;
    if (tracker->flow_count++ >= tracker->bucket_count)
        grow(tracker);
    bucket = &tracker->buckets[key.hash & (tracker->bucket_count - 1)];
    flow->next = *bucket;
    *bucket = flow;
    return flow;
}

/* Makes room for one more change of the flow's connection; false if there is none. */
static bool reserve_change(struct simtcp_tracker *tracker, struct flow *flow)
{
    struct timeline *old = flow->timeline, *timeline;
    uint32_t capacity = old ? old->capacity * 2 : FIRST_CHANGES;

    if (old && old->count < old->capacity)
        return true;
    timeline = tracker_allocate(tracker, sizeof *timeline + capacity * sizeof *timeline->changes);
    if (!timeline)
        return false;
    if (old) {
        memcpy(timeline, old, sizeof *old + old->count * sizeof *old->changes);
        tracker_release(tracker, old);
    } else {
        /* the first connection needs no entry until there is a second */
        timeline->changes[timeline->count++] = (struct change){ flow->latest->first_frame, flow->latest };
    }
    timeline->capacity = capacity;
    flow->timeline = timeline;
    return true;
}

struct simtcp_connection *tracker_current(const struct flow *flow)
{
    return flow->timeline ? flow->timeline->current : flow->latest;
}

bool tracker_turn_to(struct simtcp_tracker *tracker, struct simtcp_connection *connection,
                     uint32_t frame)
{
    struct flow *flow = connection->flow;
    struct timeline *timeline;

    if (tracker_current(flow) == connection)
        return true;
    if (!reserve_change(tracker, flow))
        return false;
    timeline = flow->timeline;
    timeline->changes[timeline->count++] = (struct change){ frame, connection };
    timeline->current = connection;
    return true;
}

struct simtcp_connection *tracker_new_connection(struct simtcp_tracker *tracker, struct flow *flow,
                                                 const struct simtcp_segment *segment)
{
    struct simtcp_connection *connection = tracker_keep(tracker, sizeof *connection);

    if (!connection)
        return NULL;
    connection->flow = flow;
    connection->first_frame = segment->frame;
    connection->first_time = connection->last_time = segment->time;
    if (flow->latest && !tracker_turn_to(tracker, connection, segment->frame))
        return NULL;
    connection->previous = flow->latest;
    connection->number = tracker->connection_count++;
    flow->latest = connection;
    return connection;
}

/* The flow's connection at this frame, by the last change at or before it. */
static struct simtcp_connection *connection_at(const struct flow *flow, uint32_t frame)
{
    const struct timeline *timeline = flow->timeline;
    uint32_t low = 0, high = timeline ? timeline->count : 0;

    if (!timeline)
        return flow->latest && flow->latest->first_frame <= frame ? flow->latest : NULL;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (timeline->changes[middle].frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? timeline->changes[low - 1].connection : NULL;
}

/* Frames are mostly looked at in order, so the search goes on from where the last one ended. */
const struct simtcp_note *connection_note_before(const struct simtcp_connection *connection,
                                                 uint32_t frame)
{
    const struct simtcp_note *note = connection->cursor;

    if (!note || note->frame > frame)
        note = connection->first_note;
    if (!note || note->frame > frame)
        return NULL;
    while (note->next && note->next->frame <= frame)
        note = note->next;
    /* a cache: it changes nothing that can be seen */
    ((struct simtcp_connection *)connection)->cursor = note;
    return note;
}

struct simtcp_place simtcp_find(const struct simtcp_tracker *tracker,
                                const struct simtcp_endpoint *src,
                                const struct simtcp_endpoint *dst, uint32_t frame)
{
    unsigned side;
    const struct flow *flow = tracker_find_flow(tracker, src, dst, &side);
    struct simtcp_place place = { .frame = frame, .sender = (uint8_t)side };
    const struct simtcp_note *note;

    if (!flow)
        return place;
    place.connection = connection_at(flow, frame);
    if (!place.connection)
        return place;
    note = connection_note_before(place.connection, frame);
    if (note && note->frame == frame && !(note->facts & FACT_NOT_SHOWN))
        place = simtcp_place_of(note);
    return place;
}

struct simtcp_endpoint simtcp_end(const struct simtcp_connection *connection, unsigned end)
{
    return flow_end(connection->flow, end);
}

struct half *connection_make_half(struct simtcp_tracker *tracker,
                                  struct simtcp_connection *connection, unsigned end)
{
    struct half **half = &connection->half[connection->flow->self ? 0 : end];

    if (!*half) {
        *half = tracker_keep(tracker, sizeof **half);
        if (*half) {
            (*half)->connection = connection;
            (*half)->window_scale = WINDOW_SCALE_UNKNOWN;
        }
    }
    return *half;
}

struct ending *half_make_ending(struct simtcp_tracker *tracker, struct half *half)
{
    if (!half->ending)
        half->ending = tracker_keep(tracker, sizeof *half->ending);
    return half->ending;
}

struct oddities *half_make_oddities(struct simtcp_tracker *tracker, struct half *half)
{
    struct ending *ending = half_make_ending(tracker, half);

    if (ending && !ending->oddities)
        ending->oddities = tracker_keep(tracker, sizeof *ending->oddities);
    return ending ? ending->oddities : NULL;
}

bool half_syn_is_acked_by(const struct half *half, uint32_t ack)
{
    return half->has_isn && ack - half->begin.isn - 1 <= half->syn_length;
}
