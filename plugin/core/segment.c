/* segment.c
 * Reading one TCP header.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "segment.h"

#include "serial.h"

enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_WINDOW_SCALE = 3,
    OPTION_SACK = 5,
    OPTION_TIMESTAMPS = 8,
    WINDOW_SCALE_MAX = 14 /* RFC 7323 section 2.3 */
};

static uint16_t read16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t read32(const uint8_t *bytes)
{
    return (uint32_t)read16(bytes) << 16 | read16(bytes + 2);
}

bool simtcp_segment_read(struct simtcp_segment *segment, const uint8_t *header, size_t captured, uint32_t data_length)
{
    size_t header_length;

    if (captured < SIMTCP_HEADER_MIN)
        return false;
    header_length = (size_t)(header[12] >> 4) * 4;
    if (header_length < SIMTCP_HEADER_MIN)
        return false;
    segment->options_cut = header_length > captured;
    if (segment->options_cut)
        header_length = captured;

    segment->src.port = read16(header);
    segment->dst.port = read16(header + 2);
    segment->seq = read32(header + 4);
    segment->ack = read32(header + 8);
    segment->flags = header[13];
    segment->window = read16(header + 14);
    segment->length = data_length;
    segment->options_length = (uint8_t)(header_length - SIMTCP_HEADER_MIN);
    segment->options = segment->options_length ? header + SIMTCP_HEADER_MIN : NULL;
    return true;
}

/* The contents of the first option of this kind, of at least size octets; NULL if
 * there is none or it is cut. */
static const uint8_t *find_option(const struct simtcp_segment *segment, uint8_t kind, unsigned size)
{
    const uint8_t *option = segment->options;
    unsigned left = segment->options_length;

    while (left > 0 && option[0] != OPTION_END) {
        if (option[0] == OPTION_NOP) {
            option++;
            left--;
            continue;
        }
        if (left < 2 || option[1] < 2 || option[1] > left)
            return NULL;
        if (option[0] == kind)
            return option[1] >= 2 + size ? option + 2 : NULL;
        left -= option[1];
        option += option[1];
    }
    return NULL;
}

int simtcp_segment_window_scale(const struct simtcp_segment *segment)
{
    const uint8_t *shift = find_option(segment, OPTION_WINDOW_SCALE, 1);

    if (!shift)
        return segment->options_cut ? SIMTCP_WINDOW_SCALE_CUT : -1;
    return *shift <= WINDOW_SCALE_MAX ? *shift : WINDOW_SCALE_MAX;
}

bool simtcp_segment_timestamp(const struct simtcp_segment *segment, uint32_t *value)
{
    const uint8_t *timestamps = find_option(segment, OPTION_TIMESTAMPS, 8);

    if (timestamps)
        *value = read32(timestamps);
    return timestamps != NULL;
}

bool simtcp_segment_reports_duplicate(const struct simtcp_segment *segment, uint32_t number)
{
    const uint8_t *block = find_option(segment, OPTION_SACK, 8);
    uint32_t left, right;

    if (!block)
        return false;
    left = read32(block);
    right = read32(block + 4);
    return serial_at_least(segment->ack, right) && serial_at_least(number, left) && serial_less(number, right);
}
