/* image.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "image.h"

#include <string.h>

/* --- pointers --- */

void image_take(struct image *image, const struct simtcp_connection *connection)
{
    const struct simtcp_note *note = connection->first_note;

    image->connection = *connection;
    image->connection.flow = NULL;
    image->connection.first_note = image->connection.last_note = NULL;
    for (unsigned end = 0; end < 2; end++) {
        const struct half *half = connection->half[end];

        image->half[end] = *half;
        image->half[end].connection = NULL;
        image->half[end].ending = NULL;
        image->half[end].last_syn = NULL;
        image->connection.half[end] = NULL;
        image->ending[end] = *half->ending;
        image->ending[end].stay = NULL;
        if (half->ending->stay)
            image->stay = *half->ending->stay;
    }
    image->stay.next = NULL;
    image->stay.connection = NULL;
    for (unsigned i = 0; i < image->connection.note_count; i++, note = note->next) {
        image->notes[i] = *note;
        image->notes[i].next = NULL;
        image->notes[i].half = NULL;
    }
}

/* The last note with this half's SYN. */
static const struct simtcp_note *last_syn(const struct simtcp_connection *connection, const struct half *half)
{
    const struct simtcp_note *last = NULL;

    for (const struct simtcp_note *note = connection->first_note; note; note = note->next)
        if (note->half == half && note->facts & (FACT_SYN | FACT_SYN_ACK))
            last = note;
    return last;
}

void image_link(struct image *image, struct flow *flow, unsigned holder)
{
    struct simtcp_connection *connection = &image->connection;
    unsigned notes = connection->note_count;

    flow->latest = connection;
    connection->flow = flow;
    connection->first_note = &image->notes[0];
    connection->last_note = &image->notes[notes - 1];
    for (unsigned i = 0; i < notes; i++) {
        image->notes[i].next = i + 1 < notes ? &image->notes[i + 1] : NULL;
        image->notes[i].half = &image->half[image->notes[i].sender];
    }
    for (unsigned end = 0; end < 2; end++) {
        struct half *half = connection->half[end] = &image->half[end];

        half->connection = connection;
        half->ending = &image->ending[end];
        half->last_syn = last_syn(connection, half);
    }
    image->ending[holder].stay = &image->stay;
    image->stay.connection = connection;
}

/* What can be told without a walk along the notes: most connections have no image yet. */
static bool has_ended(const struct simtcp_connection *connection)
{
    const struct ending *first = connection->half[0] ? connection->half[0]->ending : NULL;
    const struct ending *second = connection->half[1] ? connection->half[1]->ending : NULL;

    return first && second && first != second && !first->oddities && !second->oddities && !first->stay != !second->stay
        && !connection->rarities && connection->flow->latest == connection && connection->note_count > 0
        && connection->note_count <= IMAGE_NOTES;
}

bool image_links(const struct simtcp_connection *connection)
{
    struct half *const *half = connection->half;
    unsigned notes = 0;

    if (!has_ended(connection))
        return false;
    for (unsigned end = 0; end < 2; end++)
        if (half[end]->connection != connection || half[end]->last_syn != last_syn(connection, half[end]))
            return false;
    /* without memory for marks a long list seems to be a short one */
    for (const struct simtcp_note *note = connection->first_note; note; note = note->next, notes++)
        if (note->half != half[note->sender])
            return false;
    return notes == connection->note_count;
}

/* --- numbers --- */

/* Takes numbers out of an image, which leaves the shape, or puts them back in. Both ways go through the same
 * functions in the same order. */
struct codec {
    bool folding;
    bool failed;                 /* this image can't be folded */
    uint8_t *to;                 /* folding: where the next number goes */
    const uint8_t *from;         /* unfolding: where it is */
    uint32_t frame[IMAGE_NOTES]; /* of the notes */
    int64_t time[IMAGE_NOTES];
    unsigned notes;
};

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

/* The whole image, of a connection that ended in about this frame at about this time. */
static void squeeze(struct codec *codec, struct image *image, uint32_t frame, int64_t entered)
{
    uint32_t isn[2], fin[2];

    entered = differs_64(codec, &image->stay.entered, entered);
    differs(codec, &image->connection.number, 0);
    differs_64(codec, &image->connection.last_time, entered);
    squeeze_notes(codec, image, frame, entered);
    for (unsigned end = 0; end < 2; end++) {
        isn[end] = differs(codec, &image->half[end].begin.isn, 0);
        fin[end] = differs(codec, &image->ending[end].fin.number, isn[end] + 1);
    }
    for (unsigned end = 0; end < 2; end++)
        squeeze_half(codec, &image->half[end], &image->ending[end], fin[end], fin[1 - end]);
    squeeze_references(codec, image, fin);
}

size_t image_squeeze(struct image *image, uint32_t frame, int64_t time, uint8_t numbers[IMAGE_NUMBERS])
{
    struct codec codec = { .folding = true, .to = numbers };

    squeeze(&codec, image, frame, time);
    return codec.failed ? 0 : (size_t)(codec.to - numbers);
}

void image_restore(struct image *image, uint32_t frame, int64_t time, const uint8_t *numbers)
{
    struct codec codec = { .from = numbers };

    squeeze(&codec, image, frame, time);
}
