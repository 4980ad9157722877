/* input.h
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the bytes of an input stand for: a sequence of segments.
 *
 * An input is a header of 8 bytes and a record of 16 bytes for each segment, so that a mutation
 * of one byte changes one thing of one segment. Numbers are written relative to what the same
 * flow has shown before, because random ones would hardly ever be near each other.
 *
 *     header   0     CHECK_... bits: what is compared beside the input itself
 *              1     memory: 0 unlimited, else gives out after so many times MEMORY_STEP requests
 *              2     1: only that one request is refused
 *              3     settings: SYN timeout and TIME-WAIT
 *              4-7   what is added to all numbers in the comparison CHECK_SHIFT
 *     record   0     flow (bits 0-2), direction (3), same frame number (4), keep (5), copy of the
 *                    segment before (6), look back at earlier frames (7)
 *              1     the header's flags
 *              2     time: a step (bits 0-3), or a jump (4-7)
 *              3     sequence number: base (bits 0-3); acknowledgement: base (4-7)
 *              4-7   sequence number: offset from its base
 *              8-11  acknowledgement number: the same
 *              12    length of the data
 *              13    window
 *              14,15 options
 */

#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include "simtcp.h"

enum {
    INPUT_HEADER = 8,
    INPUT_RECORD = 16,
    INPUT_PIECES = 256, /* the most segments of one input */
    INPUT_FLOWS = 8,
    MEMORY_STEP = 1
};

enum {
    CHECK_MIRROR = 1 << 0, /* the ends of each flow in the other order */
    CHECK_SHIFT = 1 << 1,  /* other ISNs */
    CHECK_COPIES = 1 << 2  /* each segment twice, as at a mirror port */
};

struct piece {
    struct simtcp_segment segment; /* its endpoints are set by input_endpoint() */
    uint8_t options[40];
    uint8_t flow, side;
    bool keep, same_frame, look_back;
};

struct input {
    struct simtcp_settings settings;
    unsigned checks;       /* CHECK_..., OR-ed */
    unsigned memory_limit; /* requests; 0: unlimited */
    bool refuse_once;
    uint32_t shift;
    size_t count;
    bool repeats_frames; /* some piece has the frame number of the one before */
    struct piece pieces[INPUT_PIECES];
};

/* Reads the bytes; any bytes are an input. */
void input_read(struct input *input, const uint8_t *bytes, size_t size);

/* End 0 or 1 of a flow; mirrored, any two compare the other way round. Both ends of flow 3 are one. */
struct simtcp_endpoint input_endpoint(unsigned flow, unsigned side, bool mirrored);

/* Prints the segments in the notation of tests/unit/script.h, as far as it has words for them. */
void input_print(const struct input *input);

#endif
