/* incarnation.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A connection is identified by its 4-tuple and its pair of ISNs, so:
 *
 * - a SYN belongs to the attempt that has its ISN; else, if the peer's SYN is alive and
 *   waits for one, it is the crossing SYN; else it begins an incarnation;
 * - a SYN+ACK belongs to the attempt whose SYN it acknowledges;
 * - a RST that acknowledges a SYN belongs to that SYN;
 * - everything else belongs to the incarnation whose latest numbers it is nearest to.
 *
 * A peer's unanswered SYN goes along when a new attempt is made: with hole punching,
 * one end retries with new ISNs while the other's SYN stays the same.
 */

#include "incarnation.h"

#include "close.h"
#include "flow.h"
#include "history.h"
#include "nearest.h"
#include "open.h"
#include "reset.h"
#include "serial.h"
#include "tracker.h"

/* How far past a segment that did not fit the next one may be to confirm a jump. */
#define JUMP_STEP (UINT32_C(1) << 20)

static bool syn_is_stale(const struct simtcp_tracker *tracker, const struct half *half, int64_t time)
{
    return half->begin.syn_frame && half->last_syn && time - half->last_syn->time > tracker->settings.syn_timeout;
}

/* Can this end's SYN still be answered? */
static bool syn_is_alive(const struct simtcp_tracker *tracker, const struct simtcp_connection *connection, unsigned end,
                         int64_t time)
{
    const struct half *half = connection_half(connection, end);

    return half_sent_syn(half) && !syn_is_stale(tracker, half, time) && !reset_ended(connection, false);
}

/* Has the incarnation ended, so that even its own ISN would begin another? */
static bool is_over(const struct simtcp_connection *connection)
{
    const struct half *a = connection_half(connection, 0), *b = connection_half(connection, 1);

    if (close_completed(connection))
        return true;
    return a && b && a->syn_acked_frame && b->syn_acked_frame && reset_ended(connection, false);
}

static void move_half(struct simtcp_tracker *tracker, struct simtcp_connection *from, struct simtcp_connection *to,
                      unsigned end)
{
    struct half *half = from->half[end], *peer = from->half[1 - end];

    /* its peer went on, whatever RST it had sent for this SYN */
    if (half_oddities(peer) && half_oddities(peer)->reset.against_syn)
        half_oddities(peer)->reset.status = RESET_REVOKED;
    history_follow(tracker, from, to, end);
    from->half[end] = NULL;
    to->half[end] = half;
    half->connection = to;
    half->moved = true;
    to->state[end] = from->state[end];
    from->state[end] = SIMTCP_STATE_UNKNOWN;
}

/* The recent incarnation in which this end has this ISN, or NULL. */
static struct simtcp_connection *find_isn(const struct flow *flow, unsigned end, uint32_t isn)
{
    struct simtcp_connection *connection = flow->latest;

    for (unsigned i = 0; connection && i < RECENT_INCARNATIONS; i++) {
        const struct half *half = connection_half(connection, end);

        if (half
            && ((half->has_isn && half->begin.isn == isn)
                || (half->has_other_isn && half_oddities(half)->other.isn == isn)))
            return connection;
        connection = connection_previous(connection);
    }
    return NULL;
}

/* The recent incarnation in which ack acknowledges this end's SYN, or NULL. */
static struct simtcp_connection *find_acked_syn(const struct flow *flow, unsigned end, uint32_t ack)
{
    struct simtcp_connection *connection = flow->latest;

    for (unsigned i = 0; connection && i < RECENT_INCARNATIONS; i++) {
        const struct half *half = connection_half(connection, end);

        if (half
            && (half_syn_is_acked_by(half, ack)
                || (half->has_other_isn && !half->syn_acked_frame && ack == half_oddities(half)->other.isn + 1)))
            return connection;
        connection = connection_previous(connection);
    }
    return NULL;
}

/* Did this end send data with lower numbers before this SYN, in another attempt therefore? Acknowledgements alone may
 * answer the SYN of a peer that has forgotten their connection. */
static bool went_before(const struct half *half, const struct simtcp_segment *segment)
{
    return half->has_seq && half->sent_data && serial_less(half->snd_end, segment->seq);
}

/* Is the sender's first SYN, with this ISN, the one the peer's SYN crosses with? */
static bool is_crossing_syn(const struct simtcp_tracker *tracker, const struct simtcp_connection *connection,
                            unsigned side, const struct simtcp_segment *segment)
{
    const struct half *from = connection_half(connection, side);
    const struct half *to = connection_half(connection, 1 - side);

    if (!to || (from && (from->has_isn || went_before(from, segment))))
        return false;
    /* captured late: the peer may have sent data with its acknowledgement */
    if (to->has_ack && to->ack == segment->seq + 1)
        return half_sent_syn(to) && !syn_is_stale(tracker, to, segment->time) && !reset_ended(connection, false);
    /* who goes on, though only by a RST with the number after its SYN, had been answered */
    return syn_is_alive(tracker, connection, 1 - side, segment->time) && !to->sent_plain;
}

/* Has this end shown nothing but acknowledgements with the number of this SYN, of a SYN that was not captured? So a
 * split handshake begins. */
static bool was_announced(const struct simtcp_connection *connection, unsigned side,
                          const struct simtcp_segment *segment)
{
    const struct half *from = connection_half(connection, side);

    return from && !from->has_isn && from->has_seq && from->has_ack && !from->sent_data && from->snd_end == segment->seq
        && half_is_unheard(connection_half(connection, 1 - side));
}

/* Was the acknowledgement of this SYN, bare or with ACK, captured before it, and nothing of its sender? */
static bool was_acknowledged(const struct simtcp_connection *connection, unsigned side,
                             const struct simtcp_segment *segment)
{
    const struct half *to = connection_half(connection, 1 - side);

    return to && !to->has_isn && to->has_ack && to->ack == segment->seq + 1
        && half_is_unheard(connection_half(connection, side));
}

/* Was this SYN, or a copy of it, captured after all else of its connection? Its sender's SYN+ACK had the number first. */
static bool comes_late(const struct simtcp_tracker *tracker, const struct simtcp_connection *connection, unsigned side,
                       const struct simtcp_segment *segment)
{
    const struct half *half = connection_half(connection, side);

    return half_sent_syn_ack(half) && half->begin.isn == segment->seq
        && (!half->begin.syn_frame || half->begin.syn_frame > half->begin.syn_ack_frame) && half->last_syn
        && segment->time - half->last_syn->time <= tracker->settings.syn_timeout;
}

static struct simtcp_connection *place_syn(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                           const struct simtcp_segment *segment)
{
    struct simtcp_connection *latest = flow->latest;
    struct simtcp_connection *connection = find_isn(flow, side, segment->seq);
    const struct half *peer;

    if (connection && comes_late(tracker, connection, side, segment))
        return connection;
    if (connection && !is_over(connection) && !syn_is_stale(tracker, connection_half(connection, side), segment->time))
        return connection;
    if (latest && !flow_is_self(flow) && is_crossing_syn(tracker, latest, side, segment))
        return latest;
    if (latest && !flow_is_self(flow)
        && (was_announced(latest, side, segment) || was_acknowledged(latest, side, segment)))
        return latest;

    connection = tracker_new_connection(tracker, flow, segment);
    if (!connection || !latest || flow_is_self(flow))
        return connection;
    peer = latest->half[1 - side];
    if (syn_is_alive(tracker, latest, 1 - side, segment->time) && !peer->syn_acked_frame && !peer->begin.syn_ack_frame
        && half_is_movable(peer))
        move_half(tracker, latest, connection, 1 - side);
    return connection;
}

/* Where a SYN+ACK belongs whose number its sender's SYN has in one attempt, and that acknowledges the peer's of
 * another. NULL: nowhere. */
static struct simtcp_connection *bring_together(struct simtcp_tracker *tracker, struct simtcp_connection *own,
                                                struct simtcp_connection *acked, unsigned side)
{
    struct half *half = connection_half(own, side), *peer = connection_half(acked, 1 - side);

    /* the peer's SYN belongs to the attempt whose SYN+ACK acknowledges it */
    if (!connection_half(own, 1 - side) && half_is_movable(peer) && !peer->syn_acked_frame) {
        move_half(tracker, acked, own, 1 - side);
        /* what it acknowledged was in the attempt before */
        peer->begin.syn_ack_frame = 0;
        peer->has_ack = false;
        return own;
    }
    /* or its own to that of the SYN it acknowledges, whoever had acknowledged it in the attempt before */
    if (!connection_half(acked, side) && half_is_movable(half) && !half->begin.syn_ack_frame) {
        half->syn_acked_frame = 0;
        move_half(tracker, own, acked, side);
        return acked;
    }
    /* the peer has gone on in the attempt whose SYN it acknowledges, or that was reset meanwhile */
    return half_has_isn(connection_half(own, 1 - side)) ? NULL : own;
}

/* A SYN that came along from an earlier attempt stays there, if its sender answers the new one with another number. */
static void send_back(struct simtcp_tracker *tracker, struct simtcp_connection *acked, unsigned side, uint32_t isn)
{
    struct half *half = connection_half(acked, side);
    struct simtcp_connection *before = acked;

    if (!half || !half->moved || !half->has_isn || half->begin.isn == isn || half->begin.syn_ack_frame
        || half->syn_acked_frame || !half_is_movable(half))
        return;
    while (before && connection_first_frame(before) > half->begin.syn_frame)
        before = connection_previous(before);
    if (before && before != acked && !connection_half(before, side))
        move_half(tracker, acked, before, side);
}

/* Has the peer acknowledged more than this end's SYN, or answered it by a SYN+ACK? */
static bool was_answered(const struct half *half, const struct half *peer)
{
    if (!half->syn_acked_frame || !peer)
        return false;
    return peer->begin.syn_ack_frame
        || (half->near_isn && peer->has_ack && serial_less(half->begin.isn + 1 + half->syn_length, peer->ack));
}

/* Can a SYN+ACK still be expected for this end's SYN, so that one which does not acknowledge it is a stray? Not once
 * it was answered, or its sender went on: then the SYN that the SYN+ACK does acknowledge was not captured. */
static bool awaits_syn_ack(const struct simtcp_tracker *tracker, const struct simtcp_connection *connection,
                           unsigned end, int64_t time)
{
    const struct half *half = connection_half(connection, end);

    return syn_is_alive(tracker, connection, end, time) && !half->sent_plain
        && !was_answered(half, connection_half(connection, 1 - end));
}

/* Or can this SYN+ACK, which does not belong to the SYN of either end, only be a stray? An end whose SYN was
 * acknowledged has given that attempt up, if it answers with another number. */
static bool is_unexpected(const struct simtcp_tracker *tracker, const struct simtcp_connection *connection,
                          unsigned side, int64_t time)
{
    const struct half *from = connection_half(connection, side);

    return awaits_syn_ack(tracker, connection, 1 - side, time)
        || (awaits_syn_ack(tracker, connection, side, time) && !from->syn_acked_frame);
}

/* And does this SYN+ACK acknowledge just what precedes the acknowledgement of its own number? In a split handshake that
 * has the number of its sender's SYN. */
static bool acknowledges_what_precedes(const struct simtcp_connection *connection, unsigned side,
                                       const struct simtcp_segment *segment)
{
    return segment->ack - connection_half(connection, 1 - side)->seq_at_ack <= 1;
}

/* Was what its sender sent next, when the peer's SYN came again, captured before this SYN+ACK, and nothing else? */
static bool was_overtaken(const struct simtcp_connection *connection, unsigned side,
                          const struct simtcp_segment *segment)
{
    const struct half *from = connection_half(connection, side);

    return from && !from->has_isn && from->has_seq && from->has_ack && from->snd_end == segment->seq + 1
        && from->ack == segment->ack && half_is_unheard(connection_half(connection, 1 - side));
}

/* This end answers by its SYN's number a SYN that was not captured: has it answered nothing else, and been answered by
 * nobody? */
static bool met_unseen_syn(const struct simtcp_connection *connection, unsigned side)
{
    const struct half *from = connection_half(connection, side);

    return half_sent_syn(from) && half_is_movable(from) && !from->begin.syn_ack_frame && !from->has_ack
        && !from->syn_acked_frame;
}

static struct simtcp_connection *place_syn_ack(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                               const struct simtcp_segment *segment)
{
    struct simtcp_connection *latest = flow->latest;
    struct simtcp_connection *own = find_isn(flow, side, segment->seq);
    struct simtcp_connection *acked = find_acked_syn(flow, 1 - side, segment->ack);

    if (own && flow_is_self(flow) && !is_over(own))
        return own;
    /* an end may choose the ISN of an incarnation that has ended again */
    if (own && acked && own->number < acked->number && is_over(own))
        own = NULL;
    if (acked && acked != own && is_over(acked))
        acked = NULL;
    if (own && acked)
        return own == acked ? own : bring_together(tracker, own, acked, side);
    if (acked) {
        send_back(tracker, acked, side, segment->seq);
        return acked;
    }
    /* its own SYN was captured, the peer's was not */
    if (own && (!connection_half(own, 1 - side) || !connection_half(own, 1 - side)->has_isn))
        return own;
    if (own && own == latest && met_unseen_syn(own, side)) {
        struct simtcp_connection *connection = tracker_new_connection(tracker, flow, segment);

        if (connection)
            move_half(tracker, own, connection, side);
        return connection;
    }
    if (latest && was_acknowledged(latest, side, segment) && acknowledges_what_precedes(latest, side, segment))
        return latest;
    if (latest && !flow_is_self(flow) && was_overtaken(latest, side, segment))
        return latest;
    if (latest && is_unexpected(tracker, latest, side, segment->time)) {
        struct half *from = latest->half[side];

        if (from && from->has_isn && from->begin.isn != segment->seq)
            open_disown_syn_ack(tracker, from, segment->seq);
        return NULL;
    }
    return tracker_new_connection(tracker, flow, segment);
}

/* A capture that lost more than FIT_LIMIT of a flow's data goes on far from where it was.
 * Two segments in a row that agree with each other are then believed. */
static struct simtcp_connection *follow_jump(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                             const struct simtcp_segment *segment)
{
    struct simtcp_connection *connection = flow->latest;
    struct half *from = connection_half(connection, side);
    struct half *to = connection_half(connection, 1 - side);
    struct oddities *oddities;
    uint32_t step;

    if (!from || !to || !from->has_seq || !to->has_seq || !from->sent_data || !segment->length)
        return NULL;
    oddities = half_make_oddities(tracker, from);
    if (!oddities)
        return NULL;
    step = segment->seq - oddities->jump_seq;
    if (!from->jumped || step == 0 || step > JUMP_STEP) {
        from->jumped = true;
        oddities->jump_seq = segment->seq;
        return NULL;
    }
    /* nothing follows an end: this is a connection whose handshake was not captured */
    if (is_over(connection) || close_lies_beyond(connection, side, segment))
        return tracker_new_connection(tracker, flow, segment);
    from->jumped = from->near_isn = to->near_isn = false;
    from->has_ack = to->has_ack = true;
    from->snd_end = to->ack = segment->seq;
    from->ack = to->snd_end = segment->ack;
    return connection;
}

/* The recent incarnation that expects exactly this RST without ACK. Where the receiver is in SYN-SENT, it can't be
 * (RFC 9293 section 3.10.7.3). */
static struct simtcp_connection *find_expecting(const struct flow *flow, unsigned side,
                                                const struct simtcp_segment *segment)
{
    struct simtcp_connection *connection = flow->latest;

    for (unsigned i = 0; connection && i < RECENT_INCARNATIONS; i++) {
        const struct half *to = connection_half(connection, 1 - side);

        if (to && to->has_ack && to->ack == segment->seq)
            return connection;
        connection = connection_previous(connection);
    }
    return NULL;
}

static struct simtcp_connection *place_rst(struct flow *flow, unsigned side, const struct simtcp_segment *segment)
{
    struct simtcp_connection *connection = NULL;
    struct simtcp_segment unacknowledging = *segment;

    if (segment->flags & TCP_ACK)
        connection = find_acked_syn(flow, 1 - side, segment->ack);
    /* in SYN-SENT the acknowledgement decides, whatever the sequence number */
    if (connection && !connection_half(connection, 1 - side)->has_ack)
        return connection;
    connection = segment->flags & TCP_ACK ? NULL : find_expecting(flow, side, segment);
    if (!connection)
        connection = nearest_incarnation(flow, side, segment);
    /* the acknowledgement of a RST may mean nothing */
    unacknowledging.flags &= (uint8_t)~TCP_ACK;
    if (!connection)
        connection = nearest_incarnation(flow, side, &unacknowledging);
    /* shown where a user looks for it, as one that does not count */
    return connection ? connection : flow->latest;
}

/* Is the segment its sender's first to acknowledge a SYN+ACK that was taken for a stray, because a SYN still waited for
 * another? */
static bool acknowledges_stray_syn_ack(const struct simtcp_connection *connection, unsigned side,
                                       const struct simtcp_segment *segment)
{
    const struct half *from = connection_half(connection, side);
    const struct oddities *oddities = half_oddities(connection_half(connection, 1 - side));

    return oddities && oddities->has_other_syn_ack && segment->ack == oddities->other_syn_ack + 1
        && !(from && from->has_ack && from->ack == segment->ack);
}

/* Does the segment show that its sender's SYN, though refused or without an answer in one attempt, was of another, in
 * which it acknowledges the peer's? Then that SYN goes along. NULL: it does not. */
static struct simtcp_connection *follow_syn(struct simtcp_tracker *tracker, const struct flow *flow, unsigned side,
                                            const struct simtcp_segment *segment)
{
    struct simtcp_connection *own = find_isn(flow, side, segment->seq - 1);
    struct simtcp_connection *acked = own ? find_acked_syn(flow, 1 - side, segment->ack) : NULL;
    const struct half *half = own ? connection_half(own, side) : NULL;

    if (!acked || acked->number <= own->number || connection_half(acked, side) || !half_sent_syn(half)
        || !half_is_movable(half) || half->begin.syn_ack_frame || half->syn_acked_frame)
        return NULL;
    move_half(tracker, own, acked, side);
    return acked;
}

static struct simtcp_connection *place_other(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                             const struct simtcp_segment *segment)
{
    struct simtcp_connection *connection;

    if (!(segment->flags & (TCP_ACK | TCP_RST)))
        return NULL;
    if (!flow->latest)
        return tracker_new_connection(tracker, flow, segment);
    if (segment->flags & TCP_RST)
        return place_rst(flow, side, segment);
    if (connection_is_blank(flow->latest))
        return flow->latest;
    if (!flow_is_self(flow) && acknowledges_stray_syn_ack(flow->latest, side, segment))
        return tracker_new_connection(tracker, flow, segment);
    connection = follow_syn(tracker, flow, side, segment);
    if (!connection)
        connection = nearest_incarnation(flow, side, segment);
    return connection ? connection : follow_jump(tracker, flow, side, segment);
}

struct simtcp_connection *incarnation_of(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                         const struct simtcp_segment *segment)
{
    /* SYN with RST set is a RST */
    if (!(segment->flags & TCP_SYN) || segment->flags & TCP_RST)
        return place_other(tracker, flow, side, segment);
    if (segment->flags & TCP_ACK)
        return place_syn_ack(tracker, flow, side, segment);
    return place_syn(tracker, flow, side, segment);
}
