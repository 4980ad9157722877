/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a simulated segment to the bytes of an Ethernet frame. */
#ifndef SIMTCP_SIM_FRAME_H
#define SIMTCP_SIM_FRAME_H

#include "world.h"

#include "../buffer.h"

/* What the frame has besides the segment. */
struct frame_info {
    unsigned from; /* side of the sender */
    uint16_t ip_id;
    uint8_t ttl;
};

/* Appends the frame; the datagram is scratch space, emptied first. */
void frame_build(struct buffer *out, struct buffer *datagram, const struct endpoint ends[2],
                 const struct tcp_segment *segment, const struct frame_info *info);

/* Octets of the frame that come before the TCP header. */
size_t frame_tcp_offset(const struct endpoint ends[2]);

#endif
