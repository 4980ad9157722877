/* arrival.h
 * A segment arrives: what changes with each, data too, and with those that may be more than data. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_ARRIVAL_H
#define SIMTCP_ARRIVAL_H

#include "incarnation.h"
#include "serial.h"

/* Takes in a segment of this end of the flow that may be anything. Returns its connection, with whatever note it gets in
 * *note, always one if keep; NULL if it belongs to none, or memory is exhausted. */
struct simtcp_connection *arrival_take_in(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                          const struct simtcp_segment *segment, bool keep,
                                          const struct simtcp_note **note);

/* A note of a segment that is nothing but data; NULL if memory is exhausted. */
const struct simtcp_note *arrival_keep_data(struct simtcp_tracker *tracker, struct simtcp_connection *connection,
                                            unsigned side, const struct simtcp_segment *segment);

/* The number after its last octet: SYN and FIN take one, too (RFC 9293 section 3.4). */
static inline uint32_t segment_end(const struct simtcp_segment *segment)
{
    return segment->seq + segment->length + (segment->flags & TCP_SYN ? 1 : 0) + (segment->flags & TCP_FIN ? 1 : 0);
}

/* Is number ahead of the latest one? One that belongs to the connection and is further behind than
 * any reordering brings it is ahead, too, by almost 2^32: the capture lost much. */
static inline bool number_is_ahead(uint32_t number, uint32_t latest)
{
    return number != latest && number - latest < 0 - FIT_LIMIT;
}

/* What the segment says of how far its sender has sent. */
static inline void half_advance_seq(struct half *from, const struct simtcp_segment *segment)
{
    uint32_t end = segment_end(segment);
    bool ahead = !from->has_seq || number_is_ahead(end, from->snd_end);

    /* a SYN whose number a SYN+ACK has changed is not where its sender is */
    if (segment->flags & TCP_SYN && segment->seq != from->begin.isn)
        return;
    if (!(segment->flags & TCP_SYN) && end != segment->seq)
        from->sent_data = true;
    if (!ahead)
        return;
    if (from->has_seq && segment->length && !(segment->flags & TCP_SYN))
        from->sent_new_data = true;
    from->has_seq = true;
    from->snd_end = end;
    from->ack_at_end = segment->ack;
    if (from->near_isn && end - from->begin.isn >= NEAR_ISN)
        from->near_isn = false;
}

/* How far the peer may send, as this segment says. */
static inline void half_open_window(struct half *from, const struct half *to, const struct simtcp_segment *segment)
{
    uint32_t window = segment->window;

    /* a SYN's own window is never scaled (RFC 7323 section 2.2) */
    if (!(segment->flags & TCP_SYN)) {
        if (from->window_scale == WINDOW_SCALE_UNKNOWN)
            window <<= 14;
        else if (to && to->window_scale != 0)
            window <<= from->window_scale;
    }
    from->window_edge = segment->ack + window;
}

/* What it says of how far its sender has received, with ACK. Returns whether the acknowledgement number has risen. */
static inline bool half_advance_ack(struct half *from, const struct half *to, const struct simtcp_segment *segment)
{
    bool rises = !from->has_ack || number_is_ahead(segment->ack, from->ack);

    if (rises) {
        from->has_ack = true;
        from->ack = segment->ack;
        from->seq_at_ack = segment->seq;
    }
    if (from->ack == segment->ack)
        half_open_window(from, to, segment);
    return rises;
}

#endif
