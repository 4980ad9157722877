/* nearest.c
 * Of what has neither SYN nor RST: the incarnation whose latest numbers it is nearest to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "nearest.h"

#include "close.h"
#include "incarnation.h"
#include "reset.h"
#include "serial.h"

/* The distance of a segment that can't belong. */
#define IMPOSSIBLE UINT64_MAX

/* How far the number is from where the half's numbers have got to. peer knows them too, by its
 * acknowledgements. A number before the first of the half's is impossible, unless it is so far
 * before that it must be ahead: more than 2^31 octets were not captured. */
static uint64_t distance_of(const struct half *half, const struct half *peer, uint32_t number, uint32_t first)
{
    uint32_t base;

    if (half && half->has_seq)
        base = half->snd_end;
    else if (peer && peer->has_ack)
        base = peer->ack;
    else
        return 0;
    if (half && half->has_isn && half->near_isn && serial_less(number, half->begin.isn + first)
        && half->begin.isn - number <= NEAR_ISN)
        return IMPOSSIBLE;
    return serial_gap(number, base);
}

/* Is all that is known of this end that it refused a SYN, and its number was not this? */
static bool refused_with_another_number(const struct half *half, uint32_t number)
{
    return half && half_has_refused(half) && !half->has_seq && half_oddities(half)->reset.seq != number;
}

/* How far the segment is from the connection's latest numbers. */
static uint64_t distance(const struct simtcp_connection *connection, unsigned side,
                         const struct simtcp_segment *segment)
{
    const struct half *from = connection_half(connection, side);
    const struct half *to = connection_half(connection, 1 - side);
    bool has_ack = segment->flags & TCP_ACK;
    /* a keep-alive before any data has the SYN's own number (RFC 9293 section 3.8.4) */
    uint64_t seq = distance_of(from, to, segment->seq, 0), ack = 0;

    if (to && to->has_other_isn && segment->ack == half_oddities(to)->other.isn + 1)
        ack = 0;
    else if (has_ack)
        ack = distance_of(to, from, segment->ack, 1);
    if (seq == IMPOSSIBLE || ack == IMPOSSIBLE || connection_is_blank(connection)
        || close_lies_beyond(connection, side, segment))
        return IMPOSSIBLE;
    /* who refused a SYN has no number in that attempt: any other that it fits comes first */
    if (reset_ended(connection, false)) {
        if (!(from && from->has_seq) && !(to && to->has_ack))
            seq = FIT_LIMIT;
        if (has_ack && !(from && from->has_ack) && refused_with_another_number(to, segment->ack))
            ack = FIT_LIMIT;
    }
    if (seq <= FIT_LIMIT && ack <= FIT_LIMIT)
        return seq + ack;
    /* only where both directions are known can one vouch for the other; but not for where its sender ends, nor that a
     * connection which was reset goes on */
    if (has_ack && from && to && from->has_seq && to->has_seq && from->sent_plain == from->has_isn
        && !reset_ended(connection, false) && (seq <= FIT_NEAR || (ack <= FIT_NEAR && !(segment->flags & TCP_FIN))))
        return seq + ack;
    return IMPOSSIBLE;
}

/* Is the segment what its sender sends right after its SYN in this attempt, of which it can't be? Then the peer's SYN
 * was not captured, and another attempt's taken for it. */
static bool follows_syn_elsewhere(const struct simtcp_connection *connection, unsigned side,
                                  const struct simtcp_segment *segment)
{
    const struct half *from = connection_half(connection, side);

    return from && half_sent_syn(from) && half_is_movable(from) && segment->seq == from->begin.isn + 1;
}

/* Does the segment leave a gap behind all that was captured of its sender, or had that refused this attempt? */
static bool leaves_gap(const struct simtcp_connection *connection, unsigned side, const struct simtcp_segment *segment)
{
    const struct half *from = connection_half(connection, side);

    if (!from || !from->has_seq)
        return half_has_refused(from);
    return serial_less(from->snd_end, segment->seq);
}

/* Does the number of an end lie beyond a SYN of its with this number, and all that was captured of the connection before
 * it? Then it is of that SYN's attempt. */
static bool lies_beyond_syn(const struct simtcp_connection *connection, unsigned end, uint32_t number, uint32_t isn)
{
    const struct half *half = connection_half(connection, end), *peer = connection_half(connection, 1 - end);
    bool acked = peer && peer->has_ack, known = half && half->has_seq;
    uint32_t base = acked ? peer->ack : 0;

    if (known && (!acked || serial_less(base, half->snd_end)))
        base = half->snd_end;
    return (known || acked) && serial_at_least(isn, base) && serial_less(isn, number);
}

/* The same of a SYN+ACK that was taken for a stray. */
static bool lies_beyond_stray_syn_ack(const struct simtcp_connection *connection, unsigned end, uint32_t number)
{
    const struct oddities *oddities = half_oddities(connection_half(connection, end));

    return oddities && oddities->has_other_syn_ack && !connection->self
        && lies_beyond_syn(connection, end, number, oddities->other_syn_ack);
}

/* newer: what is known of each end in the next newer attempt in which it has a number; NULL: there is none. */
static bool is_of_newer(const struct simtcp_connection *connection, unsigned side, const struct simtcp_segment *segment,
                        const struct half *const newer[2])
{
    if (newer[side] && lies_beyond_syn(connection, side, segment->seq, newer[side]->begin.isn))
        return true;
    /* whose SYN nobody has answered goes on where it answered another */
    if (half_is_unheard(connection_half(connection, 1 - side))
        && lies_beyond_stray_syn_ack(connection, side, segment->seq))
        return true;
    if (!(segment->flags & TCP_ACK))
        return false;
    return (newer[1 - side] && lies_beyond_syn(connection, 1 - side, segment->ack, newer[1 - side]->begin.isn))
        || lies_beyond_stray_syn_ack(connection, 1 - side, segment->ack);
}

struct simtcp_connection *nearest_incarnation(const struct flow *flow, unsigned side,
                                              const struct simtcp_segment *segment)
{
    struct simtcp_connection *connection = flow->latest, *nearest = NULL;
    const struct half *newer[2] = { NULL, NULL };
    uint64_t least = IMPOSSIBLE;
    bool elsewhere = false;

    for (unsigned i = 0; connection && i < RECENT_INCARNATIONS; i++) {
        uint64_t gap = is_of_newer(connection, side, segment, newer) ? IMPOSSIBLE : distance(connection, side, segment);

        elsewhere |= gap == IMPOSSIBLE && follows_syn_elsewhere(connection, side, segment);
        if (gap < least) {
            least = gap;
            nearest = connection;
        }
        for (unsigned end = 0; end < 2; end++)
            if (half_has_isn(connection_half(connection, end)))
                newer[end] = connection_half(connection, end);
        connection = connection_previous(connection);
    }
    return elsewhere && nearest && leaves_gap(nearest, side, segment) ? NULL : nearest;
}
