/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"

#include "../packet.h"

#include <string.h>

enum { NOP = 1, MSS = 2, WINDOW_SCALE = 3, SACK_PERMITTED = 4, SACK = 5, TIMESTAMPS = 8, FAST_OPEN = 34 };

static void put(struct segment *out, unsigned byte)
{
    out->options[out->options_length++] = (uint8_t)byte;
}

static void put_u32(struct segment *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        put(out, value >> shift & 0xff);
}

static void options(struct segment *out, const struct tcp_segment *segment)
{
    if (segment->mss) {
        put(out, MSS);
        put(out, 4);
        put(out, segment->mss >> 8);
        put(out, segment->mss & 0xff);
    }
    if (segment->sack_permitted) {
        put(out, SACK_PERMITTED);
        put(out, 2);
    }
    if (segment->timestamps) {
        if (!segment->sack_permitted) {
            put(out, NOP);
            put(out, NOP);
        }
        put(out, TIMESTAMPS);
        put(out, 10);
        put_u32(out, segment->ts_value);
        put_u32(out, segment->ts_echo);
    }
    if (segment->window_scale >= 0) {
        put(out, NOP);
        put(out, WINDOW_SCALE);
        put(out, 3);
        put(out, (unsigned)segment->window_scale);
    }
    if (segment->cookie) {
        put(out, FAST_OPEN);
        put(out, 2u + segment->cookie);
        put_u32(out, UINT32_C(0x5ca1ab1e));
        put_u32(out, UINT32_C(0x0ddba11e));
    }
    if (segment->duplicate_sack) {
        put(out, NOP);
        put(out, NOP);
        put(out, SACK);
        put(out, 10);
        put_u32(out, segment->sack_left);
        put_u32(out, segment->sack_right);
    }
}

void frame_build(struct buffer *out, struct buffer *datagram, const struct endpoint ends[2],
                 const struct tcp_segment *segment, const struct frame_info *info)
{
    static const struct link ethernet = { .type = LINK_ETHERNET };
    struct segment wire = { .source = ends[info->from],
                            .destination = ends[!info->from],
                            .ip = { .ttl = info->ttl, .id = info->ip_id },
                            .seq = segment->seq,
                            .ack = segment->ack,
                            .window = segment->window,
                            .flags = segment->flags,
                            .payload_length = segment->length };

    options(&wire, segment);
    datagram->length = 0;
    packet_datagram(datagram, &wire);
    packet_frame(out, &ethernet, datagram);
}

size_t frame_tcp_offset(const struct endpoint ends[2])
{
    return 14 + (ends[0].address.length == 16 ? 40 : 20);
}
