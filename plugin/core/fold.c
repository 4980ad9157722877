/* fold.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fold.h"

#include <string.h>

#include "flow.h"
#include "host.h"
#include "time_wait.h"
#include "tracker.h"

/* A connection of more notes is not folded; an ordinary one has four to seven. */
#define MOST_NOTES 12

#define MOST_SHAPES 256

/* Copies that are kept, a power of two: some tens of connections go on at the same time, and who scrolls or reads a
 * capture again comes to them in turn. */
#define COPIES 128

/* A connection in one piece. Its pointers are 0 until it is linked. */
struct image {
    struct simtcp_connection connection;
    struct half half[2];
    struct ending ending[2];
    struct stay stay;
    struct simtcp_note notes[MOST_NOTES];
};

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

/* Where the objects of a connection are. */
struct parts {
    struct flow *flow;
    struct simtcp_connection *connection;
    struct half *half[2];
    struct ending *ending[2];
    struct stay *stay;
    struct simtcp_note *notes[MOST_NOTES];
};

static size_t image_size(const struct image *image)
{
    return offsetof(struct image, notes) + image->connection.note_count * sizeof image->notes[0];
}

static const uint8_t *numbers_of(const struct folded *folded)
{
    return folded->bytes + heads_end(folded->head, 0).length + heads_end(folded->head, 1).length;
}

/* --- numbers --- */

/* Takes numbers out of an image, which leaves the shape, or puts them back in. Both ways go through the same
 * functions in the same order. */
struct codec {
    bool folding;
    bool failed;                /* this image can't be folded */
    uint8_t *to;                /* folding: where the next number goes */
    const uint8_t *from;        /* unfolding: where it is */
    uint32_t frame[MOST_NOTES]; /* of the notes */
    int64_t time[MOST_NOTES];
    unsigned notes;
};

/* The most bytes that the numbers of a connection take: of 64 bits seven at a time, of all but a few 32. */
#define MOST_BYTES 1024

static void put_number(struct codec *codec, uint64_t number)
{
    for (; number > 0x7f; number >>= 7)
        *codec->to++ = (uint8_t)(number | 0x80);
    *codec->to++ = (uint8_t)number;
}

static uint64_t get_number(struct codec *codec)
{
    uint64_t number = 0;

    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *codec->from++;

        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
}

/* Small numbers of both signs are small ones without. */
static uint64_t without_sign(uint64_t difference)
{
    return difference << 1 ^ (0 - (difference >> 63));
}

static uint64_t with_sign(uint64_t number)
{
    return number >> 1 ^ (0 - (number & 1));
}

/* A time that is another for each connection; returns it. */
static int64_t differs_64(struct codec *codec, int64_t *field, int64_t expected)
{
    int64_t value = *field;

    if (codec->folding)
        put_number(codec, without_sign((uint64_t)value - (uint64_t)expected));
    else
        value = (int64_t)((uint64_t)expected + with_sign(get_number(codec)));
    *field = codec->folding ? 0 : value;
    return value;
}

/* The same for what is modulo 2^32. */
static uint32_t differs(struct codec *codec, uint32_t *field, uint32_t expected)
{
    uint32_t value = *field;

    if (codec->folding)
        put_number(codec, without_sign((uint64_t)(int64_t)(int32_t)(value - expected)));
    else
        value = expected + (uint32_t)with_sign(get_number(codec));
    *field = codec->folding ? 0 : value;
    return value;
}

/* A number that is most often as expected, or differs by the same few as others do: that goes into the shape.
 * Returns it. */
static uint32_t hardly_differs(struct codec *codec, uint32_t *field, uint32_t expected)
{
    enum { MOST = 15 };
    uint32_t value = *field, difference;

    if (!codec->folding && *field < MOST)
        return *field += expected;
    difference = value - expected;
    if (codec->folding && difference < MOST) {
        *field = difference;
        return value;
    }
    value = differs(codec, field, expected);
    if (codec->folding)
        *field = MOST;
    return value;
}

/* A frame of one of the notes, or 0. */
static void is_frame(struct codec *codec, uint32_t *field)
{
    unsigned i = 0;

    if (*field == 0)
        return;
    if (!codec->folding) {
        *field = codec->frame[*field - 1];
        return;
    }
    while (i < codec->notes && codec->frame[i] != *field)
        i++;
    codec->failed |= i == codec->notes;
    *field = i + 1;
}

/* A time of one of the notes, or 0. */
static void is_time(struct codec *codec, int64_t *field)
{
    unsigned i = 0;

    if (*field == 0)
        return;
    if (!codec->folding) {
        *field = codec->time[*field - 1];
        return;
    }
    while (i < codec->notes && codec->time[i] != *field)
        i++;
    codec->failed |= i == codec->notes;
    *field = i + 1;
}

static void squeeze_notes(struct codec *codec, struct image *image, uint32_t frame, int64_t time)
{
    codec->notes = image->connection.note_count;
    for (unsigned i = 0; i < codec->notes; i++) {
        struct simtcp_note *note = &image->notes[i];

        codec->frame[i] = frame = differs(codec, &note->frame, frame);
        codec->time[i] = time = differs_64(codec, &note->time, time);
    }
}

/* The numbers of a half when both ends have closed. */
static void squeeze_half(struct codec *codec, struct half *half, struct ending *ending, uint32_t fin, uint32_t peer_fin)
{
    uint32_t ack = hardly_differs(codec, &ending->fin.ack, peer_fin), end;

    /* a FIN's, mostly without data */
    hardly_differs(codec, &half->noted_digest, (fin * 31 + ack) * 31 + (TCP_FIN | TCP_ACK));
    is_frame(codec, &half->begin.syn_frame);
    is_frame(codec, &half->begin.syn_ack_frame);
    is_frame(codec, &half->last_bare_syn_frame);
    is_frame(codec, &half->syn_acked_frame);
    is_frame(codec, &ending->fin.first_frame);
    is_frame(codec, &ending->fin.last_frame);
    is_frame(codec, &ending->fin_ack_frame);
    is_frame(codec, &ending->fin_ack_last_frame);
    is_frame(codec, &ending->time_wait_frame);
    is_time(codec, &half->noted_time);
    end = hardly_differs(codec, &half->snd_end, fin + 1);
    hardly_differs(codec, &half->ack_at_end, ack);
    hardly_differs(codec, &half->seq_at_ack, end - 1);
    ack = hardly_differs(codec, &half->ack, peer_fin + 1);
    differs(codec, &half->window_edge, ack);
    hardly_differs(codec, &ending->timestamp, 0);
}

/* Once more, now that all frames and numbers are known: what the notes refer to. */
static void squeeze_references(struct codec *codec, struct image *image, const uint32_t fin[2])
{
    for (unsigned i = 0; i < codec->notes; i++) {
        struct simtcp_note *note = &image->notes[i];
        bool any = note->facts & (FACT_FIN | FACT_ACKS_FIN | FACT_ACKS_AGAIN);

        is_frame(codec, &note->answers);
        hardly_differs(codec, &note->fin_number,
                       any ? fin[note->facts & FACT_FIN ? note->sender : 1 - note->sender] : 0);
    }
}

/* The whole image; entered is about when TIME-WAIT was. */
static void squeeze(struct codec *codec, struct image *image, const struct folded *folded, int64_t entered)
{
    uint32_t isn[2], fin[2];

    entered = differs_64(codec, &image->stay.entered, entered);
    differs(codec, &image->connection.number, 0);
    differs_64(codec, &image->connection.last_time, entered);
    squeeze_notes(codec, image, folded->frame, entered);
    for (unsigned end = 0; end < 2; end++) {
        isn[end] = differs(codec, &image->half[end].begin.isn, 0);
        fin[end] = differs(codec, &image->ending[end].fin.number, isn[end] + 1);
    }
    for (unsigned end = 0; end < 2; end++)
        squeeze_half(codec, &image->half[end], &image->ending[end], fin[end], fin[1 - end]);
    squeeze_references(codec, image, fin);
}

/* --- parts --- */

static struct parts parts_of(const struct simtcp_connection *connection)
{
    struct parts parts = { .flow = connection->flow, .connection = (struct simtcp_connection *)connection };
    struct simtcp_note *note = connection->first_note;

    for (unsigned end = 0; end < 2; end++) {
        parts.half[end] = connection->half[end];
        parts.ending[end] = parts.half[end]->ending;
        if (parts.ending[end]->stay)
            parts.stay = parts.ending[end]->stay;
    }
    for (unsigned i = 0; i < connection->note_count; i++, note = note->next)
        parts.notes[i] = note;
    return parts;
}

/* The parts of an image that stand where they are. */
static struct parts parts_in(struct image *image, struct flow *flow)
{
    struct parts parts = { .flow = flow, .connection = &image->connection, .stay = &image->stay };

    for (unsigned end = 0; end < 2; end++) {
        parts.half[end] = &image->half[end];
        parts.ending[end] = &image->ending[end];
    }
    for (unsigned i = 0; i < image->connection.note_count; i++)
        parts.notes[i] = &image->notes[i];
    return parts;
}

static size_t flow_size(const uint32_t head[2])
{
    return sizeof(struct flow) + heads_end(head, 0).length + heads_end(head, 1).length;
}

/* Gives the parts, some of which may be NULL, to whoever needs others of their size. */
static void drop(struct simtcp_tracker *tracker, const struct parts *parts, unsigned notes)
{
    tracker_reuse(tracker, parts->connection, sizeof *parts->connection, 0);
    for (unsigned end = 0; end < 2; end++) {
        tracker_reuse(tracker, parts->half[end], sizeof *parts->half[end], 0);
        tracker_reuse(tracker, parts->ending[end], sizeof *parts->ending[end], 0);
    }
    tracker_reuse(tracker, parts->stay, sizeof *parts->stay, 0);
    for (unsigned i = 0; i < notes; i++)
        tracker_reuse(tracker, parts->notes[i], sizeof *parts->notes[i], 0);
}

/* Makes all parts but the flow. Returns false if memory is exhausted. */
static bool make(struct simtcp_tracker *tracker, struct parts *parts, unsigned notes)
{
    bool made = (parts->connection = tracker_keep(tracker, sizeof *parts->connection)) != NULL;

    for (unsigned end = 0; end < 2; end++) {
        made &= (parts->half[end] = tracker_keep(tracker, sizeof *parts->half[end])) != NULL;
        made &= (parts->ending[end] = tracker_keep(tracker, sizeof *parts->ending[end])) != NULL;
    }
    made &= (parts->stay = tracker_keep(tracker, sizeof *parts->stay)) != NULL;
    for (unsigned i = 0; i < notes; i++)
        made &= (parts->notes[i] = tracker_keep(tracker, sizeof *parts->notes[i])) != NULL;
    if (!made)
        drop(tracker, parts, notes);
    return made;
}

/* The last note with this half's SYN. */
static const struct simtcp_note *last_syn(const struct parts *parts, const struct half *half)
{
    const struct simtcp_note *last = NULL;

    for (unsigned i = 0; i < parts->connection->note_count; i++)
        if (parts->notes[i]->half == half && parts->notes[i]->facts & (FACT_SYN | FACT_SYN_ACK))
            last = parts->notes[i];
    return last;
}

/* Sets all pointers. */
static void link_parts(const struct parts *parts, unsigned holder)
{
    struct simtcp_connection *connection = parts->connection;
    unsigned notes = connection->note_count;

    parts->flow->latest = connection;
    connection->flow = parts->flow;
    connection->first_note = parts->notes[0];
    connection->last_note = parts->notes[notes - 1];
    for (unsigned i = 0; i < notes; i++) {
        parts->notes[i]->next = i + 1 < notes ? parts->notes[i + 1] : NULL;
        parts->notes[i]->half = parts->half[parts->notes[i]->sender];
    }
    for (unsigned end = 0; end < 2; end++) {
        connection->half[end] = parts->half[end];
        parts->half[end]->connection = connection;
        parts->half[end]->ending = parts->ending[end];
        parts->half[end]->last_syn = last_syn(parts, parts->half[end]);
    }
    parts->ending[holder]->stay = parts->stay;
    parts->stay->connection = connection;
}

/* --- images --- */

/* A copy of the parts, without pointers and what struct folded has. */
static void take_image(struct image *image, const struct parts *parts)
{
    image->connection = *parts->connection;
    image->connection.flow = NULL;
    image->connection.first_note = image->connection.last_note = NULL;
    for (unsigned end = 0; end < 2; end++) {
        image->half[end] = *parts->half[end];
        image->half[end].connection = NULL;
        image->half[end].ending = NULL;
        image->half[end].last_syn = NULL;
        image->connection.half[end] = NULL;
        image->ending[end] = *parts->ending[end];
        image->ending[end].stay = NULL;
    }
    image->stay = *parts->stay;
    image->stay.next = NULL;
    image->stay.connection = NULL;
    image->stay.left = 0;
    image->stay.frame = image->stay.left_frame = image->stay.position = 0;
    for (unsigned i = 0; i < image->connection.note_count; i++) {
        image->notes[i] = *parts->notes[i];
        image->notes[i].next = NULL;
        image->notes[i].half = NULL;
    }
}

/* The image of a folded connection, but for its pointers. */
static void restore_image(const struct simtcp_tracker *tracker, const struct folded *folded, struct image *image)
{
    const struct image *shape = tracker->folding->shapes[folded->shape].image;
    struct codec codec = { .from = numbers_of(folded) };

    memcpy(image, shape, image_size(shape));
    squeeze(&codec, image, folded, folded->left - tracker->settings.time_wait);
    image->stay.left = folded->left;
    image->stay.frame = folded->frame;
    image->stay.status = folded->waiting ? STAY_WAITING : STAY_EXPIRED;
    image->stay.left_frame = folded->waiting ? 0 : folded->next;
}

static uint64_t hash_of(const struct image *image)
{
    const uint8_t *bytes = (const uint8_t *)image;
    uint64_t hash = 0;

    for (size_t i = 0; i < image_size(image); i += sizeof(uint64_t))
        hash = flow_mix(hash + flow_load(bytes + i));
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

/* The end that is in TIME-WAIT, undisturbed; -1: none, or both are. */
static int find_holder(const struct simtcp_connection *connection)
{
    const struct stay *first = connection->half[0]->ending->stay, *second = connection->half[1]->ending->stay;
    const struct stay *stay = first ? first : second;

    if ((first && second) || !stay || stay->status != STAY_WAITING || stay->disturbance)
        return -1;
    return first ? 0 : 1;
}

static bool half_is_ordinary(const struct simtcp_connection *connection, unsigned end)
{
    const struct half *half = connection->half[end];

    return half && half->ending && !half->ending->oddities && !half->moved && half->connection == connection;
}

static bool notes_are_ordinary(const struct parts *parts)
{
    for (unsigned i = 0; i < parts->connection->note_count; i++)
        if (parts->notes[i]->half != parts->half[parts->notes[i]->sender])
            return false;
    return parts->half[0]->last_syn == last_syn(parts, parts->half[0])
        && parts->half[1]->last_syn == last_syn(parts, parts->half[1]);
}

/* Nothing outside points to it, and it consists of what an image has. */
static bool is_ordinary(const struct simtcp_connection *connection)
{
    return half_is_ordinary(connection, 0) && half_is_ordinary(connection, 1) && !connection->held
        && !connection->rarities && !connection->self && connection->flow->latest == connection
        && connection->note_count > 0 && connection->note_count <= MOST_NOTES && find_holder(connection) >= 0;
}

/* After those that are over before. Of times that step back, the queue would have to be sorted. */
static bool may_wait(const struct simtcp_tracker *tracker, const struct stay *stay)
{
    const struct folding *folding = tracker->folding;

    return !folding->first || ((const struct folded *)tracker_at(tracker, folding->last))->left <= stay->left;
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

/* What the parts are folded to; NULL if they can't be. */
static struct folded *make_folded(struct simtcp_tracker *tracker, const struct parts *parts, uint32_t *at)
{
    const struct flow *flow = parts->flow;
    struct folded head = { .left = parts->stay->left, .frame = parts->stay->frame, .end = parts->stay->end }, *folded;
    size_t addresses = flow_size(flow->head) - sizeof *flow, length;
    uint8_t numbers[MOST_BYTES];
    struct codec codec = { .folding = true, .to = numbers };
    struct image image;
    unsigned shape;

    take_image(&image, parts);
    squeeze(&codec, &image, &head, head.left - tracker->settings.time_wait);
    shape = codec.failed ? MOST_SHAPES : shape_of(tracker, &image);
    if (shape == MOST_SHAPES)
        return NULL;
    length = (size_t)(codec.to - numbers);
    folded = tracker_keep_at(tracker, offsetof(struct folded, bytes) + addresses + length, at);
    if (!folded)
        return NULL;
    *folded = head;
    folded->shape = (uint8_t)shape;
    memcpy(folded->head, flow->head, sizeof folded->head);
    memcpy(folded->bytes, flow->address, addresses);
    memcpy(folded->bytes + addresses, numbers, length);
    return folded;
}

static void fold(struct simtcp_tracker *tracker, const struct parts *parts)
{
    struct slot *slot = slot_of(tracker, parts->flow->head);
    struct folded *folded;
    uint32_t at;

    folded = make_folded(tracker, parts, &at);
    if (!folded)
        return;
    time_wait_fold(tracker, parts->stay);
    host_folds(tracker, parts->stay, folded, at);
    wait_in_turn(tracker, folded, at);
    tracker_reuse(tracker, parts->flow, flow_size(folded->head), slot->at);
    slot->folded = 1;
    slot->at = at;
    drop(tracker, parts, parts->connection->note_count);
}

void fold_touched(struct simtcp_tracker *tracker)
{
    const struct simtcp_connection *connection = tracker->touched;
    struct parts parts;

    tracker->touched = NULL;
    if (!tracker->settings.fold || !is_ordinary(connection) || !made_folding(tracker))
        return;
    parts = parts_of(connection);
    if (notes_are_ordinary(&parts) && may_wait(tracker, parts.stay) && host_last_entered(tracker, parts.stay))
        fold(tracker, &parts);
}

/* --- unfolding --- */

/* Whatever copy there is of it is wrong from now on. */
static void forget_copy(struct simtcp_tracker *tracker, uint32_t at)
{
    struct copy *copies = tracker->folding->copies;

    if (copies && copies[at % COPIES].at == at)
        copies[at % COPIES].at = 0;
}

static void copy_heads(struct flow *flow, const struct folded *folded)
{
    memcpy(flow->head, folded->head, sizeof flow->head);
    memcpy(flow->address, folded->bytes, flow_size(folded->head) - sizeof *flow);
}

static void set_parts(const struct parts *parts, const struct image *image)
{
    *parts->connection = image->connection;
    *parts->stay = image->stay;
    for (unsigned end = 0; end < 2; end++) {
        *parts->half[end] = image->half[end];
        *parts->ending[end] = image->ending[end];
    }
    for (unsigned i = 0; i < image->connection.note_count; i++)
        *parts->notes[i] = image->notes[i];
}

/* The objects of a folded connection, made anew. Returns false if memory is exhausted. */
static bool make_objects(struct simtcp_tracker *tracker, const struct folded *folded, struct parts *parts)
{
    struct image image;

    restore_image(tracker, folded, &image);
    if (!make(tracker, parts, image.connection.note_count))
        return false;
    set_parts(parts, &image);
    copy_heads(parts->flow, folded);
    link_parts(parts, folded->end);
    if (time_wait_unfold(tracker, parts->stay))
        return true;
    drop(tracker, parts, image.connection.note_count);
    return false;
}

struct flow *fold_unfold(struct simtcp_tracker *tracker, struct slot *slot)
{
    struct folded *folded = tracker_at(tracker, slot->at);
    size_t size = flow_size(folded->head);
    struct parts parts;
    uint32_t at;

    parts.flow = tracker_keep_at(tracker, size, &at);
    if (!parts.flow)
        return NULL;
    if (!make_objects(tracker, folded, &parts)) {
        tracker_reuse(tracker, parts.flow, size, at);
        return NULL;
    }
    host_unfolds(tracker, parts.stay);
    parts.connection->held = true;
    forget_copy(tracker, slot->at);
    folded->unfolded = true;
    slot->folded = 0;
    slot->at = at;
    return parts.flow;
}

const struct flow *fold_copy(struct simtcp_tracker *tracker, uint32_t at)
{
    struct folding *folding = tracker->folding;
    const struct folded *folded = tracker_at(tracker, at);
    struct copy *copy;
    struct parts parts;

    if (!folding->copies)
        folding->copies = tracker_allocate(tracker, COPIES * sizeof *folding->copies);
    if (!folding->copies)
        return NULL;
    copy = &folding->copies[at % COPIES];
    if (copy->at == at)
        return (struct flow *)copy->flow;
    restore_image(tracker, folded, &copy->image);
    parts = parts_in(&copy->image, (struct flow *)copy->flow);
    copy_heads(parts.flow, folded);
    link_parts(&parts, folded->end);
    parts.connection->copied = true;
    copy->at = at;
    return parts.flow;
}

bool simtcp_hold(struct simtcp_tracker *tracker, struct simtcp_place *place)
{
    struct simtcp_connection *connection = (struct simtcp_connection *)place->connection;
    const struct simtcp_note *note = NULL, *copied;
    struct flow *flow;

    if (!connection)
        return true;
    if (!connection->copied) {
        connection->held = true;
        return true;
    }
    flow = fold_unfold(tracker, slot_of(tracker, connection->flow->head));
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
