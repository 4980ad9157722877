/* tracker.c
 * A hash table of flows; in each flow, its incarnations and, once there are several,
 * a list of the frames at which it turned from one to another. That list is all
 * that is needed to find the connection of a frame again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker.h"

#include "flow.h"
#include "fold.h"
#include "history.h"

#define FIRST_SLOTS 1024
#define FIRST_PIECES 16
#define FIRST_CHANGES 4

void *tracker_allocate(struct simtcp_tracker *tracker, size_t size)
{
    void *memory = tracker->memory.allocate(tracker->memory.context, size);

    if (memory)
        memset(memory, 0, size);
    return memory;
}

/* --- small objects --- */

static size_t units_of(size_t size)
{
    return (size + TRACKER_UNIT - 1) / TRACKER_UNIT;
}

/* Room for one more piece in their list; false if memory is exhausted. */
static bool reserve_piece(struct simtcp_tracker *tracker)
{
    uint32_t capacity = tracker->piece_capacity ? tracker->piece_capacity * 2 : FIRST_PIECES;
    uint8_t **pieces;

    if (tracker->piece_count < tracker->piece_capacity)
        return tracker->piece_count <= UINT32_MAX >> tracker->piece_shift;
    pieces = tracker_allocate(tracker, capacity * sizeof *pieces);
    if (!pieces)
        return false;
    if (tracker->pieces)
        memcpy(pieces, tracker->pieces, tracker->piece_count * sizeof *pieces);
    tracker_release(tracker, tracker->pieces);
    tracker->pieces = pieces;
    tracker->piece_capacity = capacity;
    /* no reference is 0 */
    if (!tracker->piece_count)
        tracker->piece_count = 1;
    return reserve_piece(tracker);
}

static uint8_t *new_piece(struct simtcp_tracker *tracker, size_t size)
{
    uint8_t *piece = reserve_piece(tracker) ? tracker->memory.allocate(tracker->memory.context, size) : NULL;

    if (piece)
        tracker->pieces[tracker->piece_count++] = piece;
    return piece;
}

/* An object that is not needed any more; NULL if there is none of this size. */
static struct spare *take_spare(struct simtcp_tracker *tracker, bool referred, size_t units)
{
    struct spare *spare = units <= SPARE_UNITS ? tracker->spare[referred][units] : NULL;

    if (spare)
        tracker->spare[referred][units] = spare->next;
    return spare;
}

/* An object cut from the last piece, or from a new one; NULL if memory is exhausted. */
static void *cut(struct simtcp_tracker *tracker, size_t size)
{
    void *object;

    if (size > tracker->chunk_left) {
        tracker->chunk = new_piece(tracker, tracker->memory.piece);
        tracker->chunk_left = tracker->chunk ? tracker->memory.piece / TRACKER_UNIT * TRACKER_UNIT : 0;
    }
    if (size > tracker->chunk_left)
        return NULL;
    object = tracker->chunk;
    tracker->chunk += size;
    tracker->chunk_left -= size;
    return object;
}

void *tracker_keep(struct simtcp_tracker *tracker, size_t size)
{
    size_t units = units_of(size);
    void *object;

    if (units * TRACKER_UNIT > tracker->memory.piece)
        return tracker_allocate(tracker, size);
    object = take_spare(tracker, false, units);
    if (!object)
        object = cut(tracker, units * TRACKER_UNIT);
    return object ? memset(object, 0, size) : NULL;
}

/* The reference to an object in the last piece. */
static uint32_t reference_to(const struct simtcp_tracker *tracker, const uint8_t *object)
{
    uint32_t piece = tracker->piece_count - 1;

    return (piece << tracker->piece_shift) + (uint32_t)((size_t)(object - tracker->pieces[piece]) / TRACKER_UNIT);
}

void *tracker_keep_at(struct simtcp_tracker *tracker, size_t size, uint32_t *at)
{
    size_t units = units_of(size);
    struct spare *spare = take_spare(tracker, true, units);
    void *object = spare;

    if (spare) {
        *at = spare->at;
        return memset(object, 0, size);
    }
    if (units * TRACKER_UNIT <= tracker->memory.piece) {
        object = cut(tracker, units * TRACKER_UNIT);
    } else {
        object = new_piece(tracker, size);
        /* what is left of the piece before can't be referred to any more */
        tracker->chunk_left = 0;
    }
    if (!object)
        return NULL;
    *at = reference_to(tracker, object);
    return memset(object, 0, size);
}

void tracker_reuse(struct simtcp_tracker *tracker, void *object, size_t size, uint32_t at)
{
    size_t units = units_of(size);
    struct spare *spare = object;

    if (!object)
        return;
    if (units * TRACKER_UNIT > tracker->memory.piece) {
        tracker_release(tracker, object);
    } else if (units <= SPARE_UNITS && size >= sizeof *spare) {
        *spare = (struct spare){ tracker->spare[at != 0][units], at };
        tracker->spare[at != 0][units] = spare;
    }
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
    tracker->slots = tracker_allocate(tracker, FIRST_SLOTS * sizeof *tracker->slots);
    if (!tracker->slots)
        return NULL;
    tracker->slot_count = FIRST_SLOTS;
    while (TRACKER_UNIT << tracker->piece_shift < memory->piece)
        tracker->piece_shift++;
    tracker->piece_mask = (UINT32_C(1) << tracker->piece_shift) - 1;
    tracker->waiting.next = tracker->waiting.folded_next = INT64_MAX;
    return tracker;
}

uint32_t tracker_hash(const struct simtcp_tracker *tracker, const struct simtcp_endpoint *end)
{
    return (uint32_t)flow_hash(tracker, flow_head(end), end->address);
}

struct simtcp_endpoint heads_end(const uint32_t head[2], unsigned end)
{
    const uint8_t *address = (const uint8_t *)(head + 2);
    struct simtcp_endpoint first = { 0 }, second = { 0 };

    memcpy(&first, &head[0], sizeof head[0]);
    memcpy(first.address, address, first.length);
    if (end == 0)
        return first;
    memcpy(&second, &head[1], sizeof head[1]);
    memcpy(second.address, address + first.length, second.length);
    return second;
}

struct simtcp_endpoint flow_end(const struct flow *flow, unsigned end)
{
    return heads_end(flow->head, end);
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

static struct flow *new_flow(struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side, uint32_t *at)
{
    int order = compare_endpoints(key->src, key->dst);
    const struct simtcp_endpoint *ends[2] = { order > 0 ? key->dst : key->src, order > 0 ? key->src : key->dst };
    struct flow *flow = tracker_keep_at(tracker, sizeof *flow + ends[0]->length + ends[1]->length, at);

    if (!flow)
        return NULL;
    for (unsigned end = 0; end < 2; end++) {
        flow->head[end] = flow_head(ends[end]);
        memcpy(flow->address + (end ? ends[0]->length : 0), ends[end]->address, ends[end]->length);
    }
    *side = order > 0 ? 1 : 0;
    return flow;
}

static void put_into_slot(struct slot *slots, uint32_t count, struct slot slot)
{
    uint32_t i = slot.hash & (count - 1);

    while (slots[i].at)
        i = (i + 1) & (count - 1);
    slots[i] = slot;
}

/* Doubles the slots; a table that can't grow goes on, more slowly. */
static void grow(struct simtcp_tracker *tracker)
{
    uint32_t count = tracker->slot_count * 2;
    struct slot *slots = tracker_allocate(tracker, count * sizeof *slots);

    if (!slots)
        return;
    for (uint32_t i = 0; i < tracker->slot_count; i++)
        if (tracker->slots[i].at)
            put_into_slot(slots, count, tracker->slots[i]);
    tracker_release(tracker, tracker->slots);
    tracker->slots = slots;
    tracker->slot_count = count;
}

static struct flow *add_flow(struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side)
{
    struct slot slot = { .hash = key->hash & 0x7fffffff };
    struct flow *flow = NULL;

    /* runs of slots that are taken get long beyond four fifths */
    if (tracker->flow_count >= tracker->slot_count / 5 * 4)
        grow(tracker);
    if (tracker->flow_count + 1 < tracker->slot_count)
        flow = new_flow(tracker, key, side, &slot.at);
    if (!flow)
        return NULL;
    tracker->flow_count++;
    put_into_slot(tracker->slots, tracker->slot_count, slot);
    flow_is_recent(tracker, &slot);
    return flow;
}

struct flow *tracker_flow(struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side)
{
    struct slot *slot = flow_find(tracker, key, side);
    struct flow *flow;

    if (!slot->at)
        return add_flow(tracker, key, side);
    flow = slot->folded ? fold_unfold(tracker, slot) : tracker_at(tracker, slot->at);
    if (flow)
        flow_is_recent(tracker, slot);
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

/* The flow in this slot, to be looked at; NULL if memory is exhausted. */
static const struct flow *flow_in(struct simtcp_tracker *tracker, const struct slot *slot)
{
    return slot->folded ? fold_copy(tracker, slot->at) : tracker_at(tracker, slot->at);
}

struct simtcp_place simtcp_find(struct simtcp_tracker *tracker, const struct simtcp_endpoint *src,
                                const struct simtcp_endpoint *dst, uint32_t frame)
{
    struct flow_key key = flow_key(tracker, src, dst);
    unsigned side = 0;
    const struct slot *slot = flow_find(tracker, &key, &side);
    const struct flow *flow = slot->at ? flow_in(tracker, slot) : NULL;
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
