/* tracker.c
 * A hash table of flows; in each flow, its incarnations and, once there are several,
 * a list of the frames at which it turned from one to another. That list is all
 * that is needed to find the connection of a frame again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker.h"

#include "flow.h"
#include "history.h"

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

struct simtcp_tracker *simtcp_tracker_new(const struct simtcp_settings *settings, const struct simtcp_memory *memory)
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

uint32_t tracker_hash(const struct simtcp_tracker *tracker, const struct simtcp_endpoint *end)
{
    return (uint32_t)flow_hash(tracker, flow_head(end), end->address);
}

struct simtcp_endpoint flow_end(const struct flow *flow, unsigned end)
{
    struct simtcp_endpoint first = { 0 }, second = { 0 };

    memcpy(&first, &flow->head[0], sizeof flow->head[0]);
    memcpy(first.address, flow->address, first.length);
    if (end == 0)
        return first;
    memcpy(&second, &flow->head[1], sizeof flow->head[1]);
    memcpy(second.address, flow->address + first.length, second.length);
    return second;
}

/* Orders endpoints, so that a flow's ends don't depend on which of them was captured first. */
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

static struct flow *new_flow(struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side)
{
    int order = compare_endpoints(key->src, key->dst);
    const struct simtcp_endpoint *ends[2] = { order > 0 ? key->dst : key->src, order > 0 ? key->src : key->dst };
    struct flow *flow = tracker_keep(tracker, sizeof *flow + ends[0]->length + ends[1]->length);

    if (!flow)
        return NULL;
    for (unsigned end = 0; end < 2; end++) {
        flow->head[end] = flow_head(ends[end]);
        memcpy(flow->address + (end ? ends[0]->length : 0), ends[end]->address, ends[end]->length);
    }
    *side = order > 0 ? 1 : 0;
    return flow;
}

static void put_into_bucket(struct flow **buckets, uint32_t count, uint32_t hash, struct flow *flow)
{
    flow->next = buckets[hash & (count - 1)];
    buckets[hash & (count - 1)] = flow;
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
            struct simtcp_endpoint ends[2] = { flow_end(flow, 0), flow_end(flow, 1) };

            next = flow->next;
            put_into_bucket(buckets, count, flow_key(tracker, &ends[0], &ends[1]).hash, flow);
        }
    }
    tracker_release(tracker, tracker->buckets);
    tracker->buckets = buckets;
    tracker->bucket_count = count;
}

struct flow *tracker_new_flow(struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side)
{
    struct flow *flow = new_flow(tracker, key, side);

    if (!flow)
        return NULL;
    if (tracker->flow_count++ >= tracker->bucket_count)
        grow(tracker);
    put_into_bucket(tracker->buckets, tracker->bucket_count, key->hash, flow);
    return flow;
}

/* NULL while the flow has one incarnation. */
static struct timeline *timeline_of(const struct flow *flow)
{
    return flow->latest && flow->latest->rarities ? flow->latest->rarities->timeline : NULL;
}

/* The flow's timeline with room for one more change; NULL, with nothing changed, if memory is exhausted. */
static struct timeline *reserve_change(struct simtcp_tracker *tracker, const struct flow *flow)
{
    struct timeline *old = timeline_of(flow), *timeline;
    uint32_t capacity = old ? old->capacity * 2 : FIRST_CHANGES;

    if (old && old->count < old->capacity)
        return old;
    timeline = tracker_allocate(tracker, sizeof *timeline + capacity * sizeof *timeline->changes);
    if (!timeline)
        return NULL;
    if (old) {
        memcpy(timeline, old, sizeof *old + old->count * sizeof *old->changes);
        tracker_release(tracker, old);
        flow->latest->rarities->timeline = timeline;
    } else if (connection_first_frame(flow->latest)) {
        /* the first connection needs no entry until there is a second */
        timeline->changes[timeline->count++] = (struct change){ connection_first_frame(flow->latest), flow->latest };
        timeline->current = flow->latest;
    }
    timeline->capacity = capacity;
    return timeline;
}

static void add_change(struct timeline *timeline, struct simtcp_connection *connection, uint32_t frame)
{
    timeline->changes[timeline->count++] = (struct change){ frame, connection };
    if (timeline->current)
        timeline->current->settled = false;
    timeline->current = connection;
}

bool tracker_turn_to(struct simtcp_tracker *tracker, struct simtcp_connection *connection, uint32_t frame)
{
    struct flow *flow = connection->flow;
    struct timeline *timeline = timeline_of(flow);

    if (!timeline || timeline->current == connection)
        return true;
    timeline = reserve_change(tracker, flow);
    if (timeline)
        add_change(timeline, connection, frame);
    return timeline != NULL;
}

struct rarities *connection_make_rarities(struct simtcp_tracker *tracker, struct simtcp_connection *connection)
{
    if (!connection->rarities)
        connection->rarities = tracker_keep(tracker, sizeof *connection->rarities);
    return connection->rarities;
}

/* Makes connection, which begins with this frame, follow the flow's newest. Returns false, with nothing
 * changed, if memory is exhausted. */
static bool follow_latest(struct simtcp_tracker *tracker, struct simtcp_connection *connection, uint32_t frame)
{
    struct simtcp_connection *latest = connection->flow->latest;
    struct rarities *rarities = connection_make_rarities(tracker, connection);
    struct timeline *timeline = rarities ? reserve_change(tracker, connection->flow) : NULL;

    if (!timeline)
        return false;
    add_change(timeline, connection, frame);
    rarities->previous = latest;
    rarities->timeline = timeline;
    if (latest->rarities)
        latest->rarities->timeline = NULL;
    return true;
}

struct simtcp_connection *tracker_new_connection(struct simtcp_tracker *tracker, struct flow *flow,
                                                 const struct simtcp_segment *segment)
{
    struct simtcp_connection *connection = tracker_keep(tracker, sizeof *connection);

    if (!connection)
        return NULL;
    connection->flow = flow;
    connection->self = flow_is_self(flow);
    connection->last_time = INT64_MIN;
    if (flow->latest && !follow_latest(tracker, connection, segment->frame))
        return NULL;
    connection->number = tracker->connection_count++;
    flow->latest = connection;
    return connection;
}

/* Does the flow's only connection reach back to this frame? To none, if there was no memory for its first. */
static bool frame_is_of(const struct simtcp_connection *connection, uint32_t frame)
{
    uint32_t first = connection_first_frame(connection);

    return first && first <= frame;
}

/* The flow's connection at this frame, by the last change at or before it. */
static struct simtcp_connection *connection_at(const struct flow *flow, uint32_t frame)
{
    const struct timeline *timeline = timeline_of(flow);
    uint32_t low = 0, high = timeline ? timeline->count : 0;

    if (!timeline)
        return flow->latest && frame_is_of(flow->latest, frame) ? flow->latest : NULL;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (timeline->changes[middle].frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? timeline->changes[low - 1].connection : NULL;
}

struct simtcp_place simtcp_find(const struct simtcp_tracker *tracker, const struct simtcp_endpoint *src,
                                const struct simtcp_endpoint *dst, uint32_t frame)
{
    struct flow_key key = flow_key(tracker, src, dst);
    unsigned side = 0;
    const struct flow *flow = flow_find(tracker, &key, &side);
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

struct half *connection_make_half(struct simtcp_tracker *tracker, struct simtcp_connection *connection, unsigned end)
{
    struct half *half = connection->half[end];

    if (half)
        return half;
    half = tracker_keep(tracker, sizeof *half);
    if (!half)
        return NULL;
    half->connection = connection;
    half->window_scale = WINDOW_SCALE_UNKNOWN;
    connection->half[end] = half;
    if (connection->self)
        connection->half[1 - end] = half;
    return half;
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
