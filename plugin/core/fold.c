/* fold.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fold.h"

#include <string.h>

#include "flow.h"
#include "host.h"
#include "image.h"
#include "tracker.h"

#define MOST_SHAPES 256

/* Copies that are kept: some tens of connections go on at the same time, and who scrolls or reads a capture again comes
 * to them in turn. */
#define COPIES 128

struct copy {
    uint32_t at; /* of the folded connection; 0: none */
    struct image image;
    _Alignas(struct flow) uint8_t flow[sizeof(struct flow) + 2 * SIMTCP_ADDRESS_MAX];
};

struct shape {
    uint64_t hash;
    struct image *image;
};

struct folding {
    struct copy *copies;  /* NULL: nobody has looked */
    uint32_t first, last; /* those that wait, by the time when they are over; first 0: none */
    unsigned shape_count;
    struct shape shapes[MOST_SHAPES];
};

static size_t addresses_size(const uint32_t head[2])
{
    return (size_t)heads_end(head, 0).length + heads_end(head, 1).length;
}

/* --- shapes --- */

static uint64_t hash_of(const struct image *image)
{
    const uint8_t *bytes = (const uint8_t *)image;
    uint64_t hash = 0;

    for (size_t i = 0; i < image_size(image); i += sizeof(uint64_t))
        hash = ((hash << 5 | hash >> 59) ^ flow_load(bytes + i)) * UINT64_C(0x9e3779b97f4a7c15);
    return hash;
}

_Static_assert(sizeof(struct simtcp_note) % sizeof(uint64_t) == 0, "an image is a whole number of words");

/* The number of the shape that this image is, which may be new; MOST_SHAPES: there are too many, or memory is
 * exhausted. */
static unsigned shape_of(struct simtcp_tracker *tracker, const struct image *image)
{
    struct folding *folding = tracker->folding;
    uint64_t hash = hash_of(image);
    size_t size = image_size(image);
    struct image *kept;

    for (unsigned i = 0; i < folding->shape_count; i++)
        if (folding->shapes[i].hash == hash && memcmp(folding->shapes[i].image, image, size) == 0)
            return i;
    if (folding->shape_count == MOST_SHAPES)
        return MOST_SHAPES;
    kept = tracker_keep(tracker, size);
    if (!kept)
        return MOST_SHAPES;
    memcpy(kept, image, size);
    folding->shapes[folding->shape_count] = (struct shape){ hash, kept };
    return folding->shape_count++;
}

/* --- folding --- */

static bool made_folding(struct simtcp_tracker *tracker)
{
    if (!tracker->folding)
        tracker->folding = tracker_allocate(tracker, sizeof *tracker->folding);
    return tracker->folding != NULL;
}

/* The stay of a connection with an image. */
static struct stay *stay_of(const struct simtcp_connection *connection)
{
    const struct ending *first = connection->half[0]->ending, *second = connection->half[1]->ending;

    return first->stay ? first->stay : second->stay;
}

/* It goes behind those that are over before: if clocks have stepped back, the queue would have to be sorted. */
static bool may_wait(const struct simtcp_tracker *tracker, const struct stay *stay)
{
    const struct folding *folding = tracker->folding;

    return stay->status == STAY_WAITING && !stay->disturbance && host_last_entered(tracker, stay)
        && (!folding->first || ((const struct folded *)tracker_at(tracker, folding->last))->left <= stay->left);
}

static void wait_in_turn(struct simtcp_tracker *tracker, struct folded *folded, uint32_t at)
{
    struct folding *folding = tracker->folding;

    if (folding->first)
        ((struct folded *)tracker_at(tracker, folding->last))->next = at;
    else
        folding->first = at;
    folding->last = at;
    folded->waiting = true;
    if (folding->first == at)
        time_wait_set_folded(tracker, folded->left);
}

static struct slot *slot_of(const struct simtcp_tracker *tracker, const uint32_t head[2])
{
    const struct simtcp_endpoint ends[2] = { heads_end(head, 0), heads_end(head, 1) };
    struct flow_key key = flow_key(tracker, &ends[0], &ends[1]);
    unsigned side;

    return flow_find(tracker, &key, &side);
}

/* What the connection is folded to; NULL if that can't be. */
static struct folded *make_folded(struct simtcp_tracker *tracker, const struct simtcp_connection *connection,
                                  uint32_t *at)
{
    const struct stay *stay = stay_of(connection);
    size_t addresses = addresses_size(connection->flow->head), length;
    uint8_t numbers[IMAGE_NUMBERS];
    struct image image;
    struct folded *folded;
    unsigned shape;

    image_take(&image, connection);
    image.stay.left = 0;
    image.stay.frame = image.stay.left_frame = image.stay.position = 0;
    length = image_squeeze(&image, stay->frame, stay->left - tracker->settings.time_wait, numbers);
    shape = length ? shape_of(tracker, &image) : MOST_SHAPES;
    if (shape == MOST_SHAPES)
        return NULL;
    folded = tracker_keep_at(tracker, offsetof(struct folded, bytes) + addresses + length, at);
    if (!folded)
        return NULL;
    folded->left = stay->left;
    folded->frame = stay->frame;
    folded->end = stay->end;
    folded->shape = (uint8_t)shape;
    memcpy(folded->head, connection->flow->head, sizeof folded->head);
    memcpy(folded->bytes, connection->flow->address, addresses);
    memcpy(folded->bytes + addresses, numbers, length);
    return folded;
}

/* Others may have the memory of all its objects, the flow's included. */
static void drop(struct simtcp_tracker *tracker, struct simtcp_connection *connection, uint32_t flow_at)
{
    struct flow *flow = connection->flow;

    tracker_reuse(tracker, stay_of(connection), sizeof(struct stay), 0);
    for (unsigned end = 0; end < 2; end++) {
        tracker_reuse(tracker, connection->half[end]->ending, sizeof(struct ending), 0);
        tracker_reuse(tracker, connection->half[end], sizeof(struct half), 0);
    }
    for (struct simtcp_note *note = connection->first_note, *next; note; note = next) {
        next = note->next;
        tracker_reuse(tracker, note, sizeof *note, 0);
    }
    tracker_reuse(tracker, connection, sizeof *connection, 0);
    tracker_reuse(tracker, flow, sizeof *flow + addresses_size(flow->head), flow_at);
}

void fold_touched(struct simtcp_tracker *tracker)
{
    struct simtcp_connection *connection = tracker->touched;
    struct slot *slot;
    struct folded *folded;
    uint32_t at;

    tracker->touched = NULL;
    if (!tracker->settings.fold || connection->held || !image_links(connection) || !made_folding(tracker)
        || !may_wait(tracker, stay_of(connection)))
        return;
    folded = make_folded(tracker, connection, &at);
    if (!folded)
        return;
    time_wait_fold(tracker, stay_of(connection));
    host_folds(tracker, stay_of(connection), folded, at);
    wait_in_turn(tracker, folded, at);
    slot = slot_of(tracker, folded->head);
    tracker->recent[slot->hash % RECENT_FLOWS].at = 0;
    drop(tracker, connection, slot->at);
    slot->folded = 1;
    slot->at = at;
}

/* --- unfolding --- */

/* Puts the connection into flow and image. */
static void restore(const struct simtcp_tracker *tracker, const struct folded *folded, struct flow *flow,
                    struct image *image)
{
    const struct image *shape = tracker->folding->shapes[folded->shape].image;
    size_t addresses = addresses_size(folded->head);

    memcpy(flow->head, folded->head, sizeof flow->head);
    memcpy(flow->address, folded->bytes, addresses);
    memcpy(image, shape, image_size(shape));
    image_restore(image, folded->frame, folded->left - tracker->settings.time_wait, folded->bytes + addresses);
    image->stay.left = folded->left;
    image->stay.frame = folded->frame;
    image->stay.status = folded->waiting ? STAY_WAITING : STAY_EXPIRED;
    image->stay.left_frame = folded->waiting ? 0 : folded->next;
    image_link(image, flow, folded->end);
}

struct flow *fold_unfold(struct simtcp_tracker *tracker, struct slot *slot)
{
    struct folded *folded = tracker_at(tracker, slot->at);
    size_t flow_size = sizeof(struct flow) + addresses_size(folded->head);
    uint32_t at = 0;
    struct flow *flow = tracker_keep_at(tracker, flow_size, &at);
    struct image *image = tracker_keep(tracker, image_size(tracker->folding->shapes[folded->shape].image));

    if (flow && image) {
        restore(tracker, folded, flow, image);
        if (!time_wait_unfold(tracker, &image->stay))
            image = NULL;
    }
    if (!flow || !image) {
        tracker_reuse(tracker, flow, flow_size, at);
        return NULL;
    }
    host_unfolds(tracker, &image->stay);
    image->connection.held = true;
    folded->unfolded = true;
    slot->folded = 0;
    slot->at = at;
    return flow;
}

const struct flow *fold_copy(struct simtcp_tracker *tracker, uint32_t at)
{
    struct folding *folding = tracker->folding;
    struct copy *copy;
    struct flow *flow;

    if (!folding->copies)
        folding->copies = tracker_allocate(tracker, COPIES * sizeof *folding->copies);
    if (!folding->copies)
        return NULL;
    copy = &folding->copies[at % COPIES];
    flow = (struct flow *)copy->flow;
    if (copy->at == at)
        return flow;
    restore(tracker, tracker_at(tracker, at), flow, &copy->image);
    copy->image.connection.copied = true;
    copy->at = at;
    return flow;
}

bool simtcp_hold(struct simtcp_tracker *tracker, struct simtcp_place *place)
{
    struct simtcp_connection *connection = (struct simtcp_connection *)place->connection;
    const struct simtcp_note *note = NULL, *copied;
    struct slot *slot;
    struct flow *flow;

    if (!connection)
        return true;
    if (!connection->copied) {
        connection->held = true;
        return true;
    }
    slot = slot_of(tracker, connection->flow->head);
    flow = slot->folded ? fold_unfold(tracker, slot) : tracker_at(tracker, slot->at);
    if (!flow)
        return false;
    if (place->note)
        note = flow->latest->first_note;
    for (copied = connection->first_note; note && copied != place->note; copied = copied->next)
        note = note->next;
    place->connection = flow->latest;
    place->note = note;
    return true;
}

/* Whatever copy there is of it is wrong from now on. */
static void forget_copy(struct simtcp_tracker *tracker, uint32_t at)
{
    struct copy *copies = tracker->folding->copies;

    if (copies && copies[at % COPIES].at == at)
        copies[at % COPIES].at = 0;
}

void fold_expire(struct simtcp_tracker *tracker, const struct simtcp_segment *segment)
{
    struct folding *folding = tracker->folding;

    while (folding && folding->first) {
        uint32_t at = folding->first;
        struct folded *folded = tracker_at(tracker, at);

        if (segment->time < folded->left)
            break;
        folding->first = folded->next;
        folded->waiting = false;
        folded->next = segment->frame;
        if (folded->unfolded)
            continue;
        forget_copy(tracker, at);
        host_folded_leaves(tracker, folded);
    }
    time_wait_set_folded(
        tracker, folding && folding->first ? ((struct folded *)tracker_at(tracker, folding->first))->left : INT64_MAX);
}
