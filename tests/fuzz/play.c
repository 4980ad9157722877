/* play.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segment.h"
#include "twin.h"

void play_holds(bool condition, const char *what, const char *file, int line, uint32_t frame)
{
    if (condition)
        return;
    fprintf(stderr, "%s:%d: frame %u: does not hold: %s\n", file, line, frame, what);
    abort();
}

/* --- memory --- */

struct block {
    struct block *next, **from;
    _Alignas(max_align_t) uint8_t bytes[];
};

static void *blocks_allocate(void *context, size_t size)
{
    struct blocks *blocks = context;
    struct block *block;

    blocks->requests++;
    if (blocks->limit && (blocks->once ? blocks->requests == blocks->limit : blocks->requests >= blocks->limit))
        return NULL;
    HOLDS(size > 0 && size < UINT32_C(1) << 24, 0);
    block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    /* the core must not rely on zeroes */
    memset(block->bytes, 0xa5, size);
    block->next = blocks->first;
    block->from = &blocks->first;
    if (block->next)
        block->next->from = &block->next;
    blocks->first = block;
    return block->bytes;
}

static void blocks_release(void *context, void *memory)
{
    struct block *block = (struct block *)((uint8_t *)memory - offsetof(struct block, bytes));

    (void)context;
    *block->from = block->next;
    if (block->next)
        block->next->from = block->from;
    free(block);
}

/* --- playing --- */

void play_start(struct play *play, const struct input *input, bool mirrored, bool copies, uint32_t shift)
{
    struct simtcp_memory memory = { .allocate = blocks_allocate, .release = blocks_release, .context = &play->blocks };

    memset(play, 0, offsetof(struct play, sights));
    play->input = input;
    play->mirrored = mirrored;
    play->copies = copies;
    play->shift = shift;
    play->blocks.limit = input->memory_limit;
    play->blocks.once = input->refuse_once;
    play->starved = input->memory_limit != 0;
    play->tracker = simtcp_tracker_new(&input->settings, &memory);
    play->twin = play->starved ? NULL : twin_new(&input->settings, &memory);
}

void play_stop(struct play *play)
{
    while (play->blocks.first) {
        struct block *next = play->blocks.first->next;

        free(play->blocks.first);
        play->blocks.first = next;
    }
}

/* What is added to the numbers of this end. */
static uint32_t shift_of(const struct play *play, const struct piece *piece, unsigned side)
{
    return play->shift * (2 * piece->flow + side + 1);
}

/* The options, shifted too; SACK blocks are about the peer's numbers. */
static void shift_options(uint8_t *options, size_t length, uint32_t shift)
{
    if (length < 12 || options[2] != 5)
        return;
    for (size_t at = 4; at + 4 <= length; at += 4) {
        uint32_t number = (uint32_t)options[at] << 24 | (uint32_t)options[at + 1] << 16 | (uint32_t)options[at + 2] << 8
            | options[at + 3];

        number += shift;
        for (int i = 0; i < 4; i++)
            options[at + i] = (uint8_t)(number >> (24 - 8 * i));
    }
}

static bool is_same_place(const struct simtcp_place *a, const struct simtcp_place *b)
{
    return a->connection == b->connection && a->note == b->note && a->frame == b->frame && a->sender == b->sender;
}

static void look(struct play *play, struct sight *sight, const struct simtcp_place *place, bool final)
{
    struct simtcp_view *view = final ? &sight->end : &sight->now;
    char *why = final ? sight->end_why : sight->now_why;

    simtcp_look(place, final, view);
    check_view(play, sight, place, view, final);
    check_texts(place, view, why, sight->frame);
}

static int64_t concurrent(struct play *play, const struct sight *sight, bool final)
{
    uint32_t count;

    if (!simtcp_concurrent(play->tracker, &sight->src, sight->frame, final, &count))
        return -1;
    HOLDS(count <= 2 * play->count, sight->frame);
    return count;
}

/* Finds a frame as the second pass does. */
static struct simtcp_place find(const struct play *play, const struct sight *sight)
{
    if (sight->place.note && sight->place.detached)
        return simtcp_place_of(sight->place.note);
    return simtcp_find(play->tracker, &sight->src, &sight->dst, sight->frame);
}

static void check_found(const struct play *play, const struct sight *sight)
{
    struct simtcp_place found = simtcp_find(play->tracker, &sight->src, &sight->dst, sight->frame),
                        expected = sight->place;

    if (sight->place.detached || sight->dropped)
        return;
    if (sight->place.note)
        expected = simtcp_place_of(sight->place.note);
    HOLDS(is_same_place(&found, &expected), sight->frame);
}

/* Folding is not to be noticed. */
static void check_twin(const struct play *play, const struct sight *sight, bool final)
{
    const char *difference;

    if (!play->twin)
        return;
    difference = twin_difference(play->twin, play->tracker, &sight->src, &sight->dst, sight->frame, final);
    if (difference)
        play_holds(false, difference, __FILE__, __LINE__, sight->frame);
}

static void observe(struct play *play, const struct piece *piece, uint32_t frame)
{
    struct sight *sight = &play->sights[play->count++];
    uint8_t options[40];
    struct simtcp_segment segment = piece->segment;
    unsigned peer = piece->side;
    struct simtcp_view view;

    memset(sight, 0, offsetof(struct sight, now_why));
    sight->now_why[0] = sight->end_why[0] = '\0';
    sight->piece = piece;
    sight->frame = segment.frame = frame;
    sight->src = segment.src = input_endpoint(piece->flow, piece->side, play->mirrored);
    sight->dst = segment.dst = input_endpoint(piece->flow, 1 - piece->side, play->mirrored);
    if (memcmp(&sight->src, &sight->dst, sizeof sight->src) != 0)
        peer = 1 - piece->side;
    segment.seq += shift_of(play, piece, piece->side);
    segment.ack += shift_of(play, piece, peer);
    /* placed against the end of a buffer */
    if (segment.options) {
        memcpy(options + sizeof options - segment.options_length, piece->options, segment.options_length);
        segment.options = options + sizeof options - segment.options_length;
        shift_options(options + sizeof options - segment.options_length, segment.options_length,
                      shift_of(play, piece, peer));
    }
    if (piece->same_frame && !play->copies)
        sight[-1].dropped = true;
    play->resets_at_0 |= segment.flags & TCP_RST && segment.seq == 0;
    sight->place = simtcp_observe(play->tracker, &segment, piece->keep);
    HOLDS(sight->place.frame == frame, frame);
    if (play->twin)
        twin_observe(play->twin, &segment, piece->keep, !play->input->repeats_frames || play->copies);
    check_found(play, sight);
    check_twin(play, sight, false);
    sight->now_concurrent = concurrent(play, sight, false);
    if (!sight->place.connection)
        return;
    HOLDS(!sight->place.note || simtcp_place_of(sight->place.note).connection == sight->place.connection, frame);
    look(play, sight, &sight->place, false);
    simtcp_look(&sight->place, true, &view);
    check_view(play, sight, &sight->place, &view, true);
}

/* A user looks at frames in any order while the capture is still being read. */
static void look_back(struct play *play)
{
    size_t step = play->count / 4 + 1;

    for (size_t i = play->count; i-- > 0; i = i > step ? i - step : 0) {
        struct sight *sight = &play->sights[i];
        struct simtcp_place place = find(play, sight);
        struct simtcp_view view;
        char why[SIMTCP_WHY_SIZE];

        check_found(play, sight);
        check_twin(play, sight, false);
        if (!place.connection || sight->dropped)
            continue;
        simtcp_look(&place, false, &view);
        check_view(play, sight, &place, &view, false);
        check_texts(&place, &view, why, sight->frame);
    }
}

static void end(struct play *play)
{
    for (size_t i = 0; i < play->count; i++) {
        struct sight *sight = &play->sights[i];

        if (sight->dropped)
            continue;
        check_found(play, sight);
        check_twin(play, sight, true);
        sight->end_concurrent = concurrent(play, sight, true);
        sight->place_at_end = find(play, sight);
        sight->known = sight->place_at_end.connection != NULL;
        if (sight->known)
            look(play, sight, &sight->place_at_end, true);
        HOLDS(play->starved || sight->known == (sight->place.connection != NULL), sight->frame);
        check_passes(play, sight);
    }
    check_connections(play);
}

void play_run(struct play *play)
{
    if (!play->tracker)
        return;
    for (size_t i = 0; i < play->input->count; i++) {
        const struct piece *piece = &play->input->pieces[i];

        if (play->copies) {
            observe(play, piece, (uint32_t)(2 * i + 1));
            observe(play, piece, (uint32_t)(2 * i + 2));
        } else {
            observe(play, piece, piece->segment.frame);
        }
        if (piece->look_back)
            look_back(play);
    }
    end(play);
}
