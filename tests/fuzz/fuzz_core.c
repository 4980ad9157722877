/* fuzz_core.c
 * libFuzzer's target for the core: any sequence of segments is taken in without a fault, and what
 * the core then says is consistent (invariants.c).
 *
 * With SIMTCP_FUZZ_PRINT set in the environment, inputs are printed too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t maximum, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t maximum);

static struct input input;
static struct play play, other;

/* What the frames showed, by the numbers of the enumerations. */
static void print_sights(const struct play *played, const char *what)
{
    printf("%s\n", what);
    for (size_t i = 0; i < played->count; i++) {
        const struct sight *sight = &played->sights[i];
        const struct simtcp_view *now = &sight->now, *end = &sight->end;

        printf("%3u  ", sight->frame);
        if (sight->known)
            printf("connection %u, at last %u; open %d%s, at last %d%s; close %d%s, at last %d%s; %s\n", now->number,
                   end->number, now->open, now->open_stands ? "" : " (does not stand)", end->open,
                   end->open_completed ? " completed" : "", now->close, now->close_stands ? "" : " (does not stand)",
                   end->close, end->close_completed ? " completed" : "", sight->end_why);
        else
            printf("%s\n", sight->dropped ? "dropped" : "stray");
    }
    fflush(stdout);
}

static void compare(bool mirrored, bool copies, uint32_t shift)
{
    play_start(&other, &input, mirrored, copies, shift);
    play_run(&other);
    if (getenv("SIMTCP_FUZZ_PRINT"))
        print_sights(&other, copies ? "with copies" : mirrored ? "mirrored" : "shifted");
    if (copies)
        check_copies(&play, &other);
    else if (!shift || !(play.resets_at_0 || other.resets_at_0))
        check_same(&play, &other);
    play_stop(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    input_read(&input, bytes, size);
    if (getenv("SIMTCP_FUZZ_PRINT"))
        input_print(&input);
    play_start(&play, &input, false, false, 0);
    play_run(&play);
    if (getenv("SIMTCP_FUZZ_PRINT"))
        print_sights(&play, "itself");
    /* of two segments with one frame number, the addresses may decide which was first */
    if (!play.starved && input.checks & CHECK_MIRROR && !input.repeats_frames)
        compare(true, false, 0);
    if (!play.starved && input.checks & CHECK_SHIFT)
        compare(false, false, input.shift);
    if (!play.starved && input.checks & CHECK_COPIES && !input.repeats_frames)
        compare(false, true, 0);
    play_stop(&play);
    return 0;
}

static uint8_t *record(uint8_t *bytes, size_t number)
{
    return bytes + INPUT_HEADER + number * INPUT_RECORD;
}

/* Mutates whole segments: two change places, one comes again, is missing or goes elsewhere. */
static size_t mutate_records(uint8_t *bytes, size_t size, size_t maximum, unsigned seed)
{
    size_t count = (size - INPUT_HEADER) / INPUT_RECORD, from = (seed >> 8) % count, to = (seed >> 16) % count;
    uint8_t saved[INPUT_RECORD];

    memcpy(saved, record(bytes, from), INPUT_RECORD);
    switch (seed & 3) {
    case 0:
        memcpy(record(bytes, from), record(bytes, to), INPUT_RECORD);
        memcpy(record(bytes, to), saved, INPUT_RECORD);
        return size;
    case 1:
        if (size + INPUT_RECORD > maximum)
            return 0;
        memmove(record(bytes, to + 1), record(bytes, to), size - (size_t)(record(bytes, to) - bytes));
        memcpy(record(bytes, to), saved, INPUT_RECORD);
        return size + INPUT_RECORD;
    case 2:
        if (count < 2)
            return 0;
        memmove(record(bytes, from), record(bytes, from + 1), size - (size_t)(record(bytes, from + 1) - bytes));
        return size - INPUT_RECORD;
    default:
        record(bytes, from)[0] ^= 8; /* the other end sends it */
        return size;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t maximum, unsigned seed)
{
    size_t mutated = 0;

    if (seed >> 28 < 6 && size >= INPUT_HEADER + INPUT_RECORD)
        mutated = mutate_records(bytes, size, maximum, seed);
    return mutated ? mutated : LLVMFuzzerMutate(bytes, size, maximum);
}
