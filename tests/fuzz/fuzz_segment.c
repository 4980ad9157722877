/* fuzz_segment.c
 * libFuzzer's target for the reader of TCP headers: any bytes, cut anywhere, are refused or read without looking
 * past what was captured.
 *
 * Input: 4 bytes for the length of the data and 4 for the number that a D-SACK is asked about, then the header.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "segment.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { PREFIX = 8 };

static void require(bool condition)
{
    if (!condition)
        abort();
}

static uint32_t number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void check_fields(const struct simtcp_segment *segment, const uint8_t *header)
{
    require(segment->seq == number_at(header + 4) && segment->ack == number_at(header + 8));
    require(segment->src.port == number_at(header) >> 16 && segment->dst.port == (number_at(header) & 0xffff));
    require(segment->flags == header[13] && segment->window == number_at(header + 12) % 65536);
}

static void check_options(const struct simtcp_segment *segment, uint32_t number)
{
    int scale = simtcp_segment_window_scale(segment);
    int none = segment->options_cut ? SIMTCP_WINDOW_SCALE_CUT : -1;
    bool duplicate = simtcp_segment_reports_duplicate(segment, number);

    require((scale >= 0 && scale <= 14) || scale == none);
    if (segment->options_length < 3)
        require(scale == none);
    if (segment->options_length < 10)
        require(!duplicate);
    /* what lies beyond the acknowledgement has not been received twice */
    if (number == segment->ack)
        require(!duplicate);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t captured = size - PREFIX, length;
    struct simtcp_segment segment = { 0 };
    uint8_t *header;
    bool good;

    if (size < PREFIX)
        return 0;
    /* the header ends where its memory does */
    header = malloc(captured ? captured : 1);
    if (!header)
        return 0;
    memcpy(header, bytes + PREFIX, captured);
    good = simtcp_segment_read(&segment, header, captured, number_at(bytes));
    length = captured >= SIMTCP_HEADER_MIN ? (size_t)(header[12] >> 4) * 4 : 0;
    require(good == (captured >= SIMTCP_HEADER_MIN && length >= SIMTCP_HEADER_MIN));
    if (good) {
        length = length < captured ? length : captured;
        require(segment.length == number_at(bytes));
        require(segment.options_length == length - SIMTCP_HEADER_MIN);
        require(segment.options_length ? segment.options == header + SIMTCP_HEADER_MIN : !segment.options);
        check_fields(&segment, header);
        check_options(&segment, number_at(bytes + 4));
    }
    free(header);
    return 0;
}
