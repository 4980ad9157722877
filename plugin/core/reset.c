/* reset.c
 * Injected and stale RSTs are common, so a RST is believed only as far as its receiver
 * would believe it, and only until its alleged sender goes on. What the receiver compares
 * it with, RCV.NXT, is not on the wire: it lies between the receiver's last
 * acknowledgement and the sender's highest captured number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reset.h"

#include "close.h"
#include "incarnation.h"
#include "serial.h"

/* What comes sooner after a SYN is no retransmission of it, in nanoseconds: RFC 6298 section 2 says a second. */
#define SYN_RTO_MIN INT64_C(200000000)

/* Is this side in SYN-SENT, as far as its own segments show? */
static bool is_in_syn_sent(const struct half *half)
{
    return half_sent_syn(half) && !half->begin.syn_ack_frame && !half->has_ack && !half->sent_plain;
}

/* Is seq what the receiver, to, expects next (RFC 5961 section 3.2)? */
static bool is_exact(const struct half *from, const struct half *to, uint32_t seq)
{
    if (!to->has_ack)
        return from->has_seq && seq == from->snd_end;
    if (!from->has_seq)
        return seq == to->ack;
    /* what the capture missed of the sender can turn the two around */
    if (serial_less(from->snd_end, to->ack))
        return serial_between(seq, from->snd_end, to->ack);
    return serial_between(seq, to->ack, from->snd_end);
}

/* Has the RST's sender answered the SYN by a SYN+ACK, and is the RST's number of that? */
static bool goes_with_syn_ack(const struct half *from, const struct simtcp_segment *segment)
{
    return half_sent_syn_ack(from) && segment->seq != 0 && segment->seq - (from->begin.isn + 1) < NEAR_ISN;
}

/* Has the RST the number of one from CLOSED, and acknowledges what nobody was seen to have sent? It answers another SYN,
 * that was not captured. */
static bool is_from_closed(const struct half *from, const struct half *to, const struct simtcp_segment *segment)
{
    return segment->seq == 0 && segment->flags & TCP_ACK && to->has_seq
        && !serial_between(segment->ack, from->has_ack ? from->ack : to->snd_end, to->snd_end);
}

static enum reset_status judge(const struct arrival *arrival, bool *against_syn)
{
    const struct half *from = arrival->from, *to = arrival->to;
    const struct simtcp_segment *segment = arrival->segment;

    *against_syn = false;
    /* nothing of the receiver was captured; that it is there the sender's acknowledgements say, and what it
     * expects at most, the sender's numbers */
    if (!to)
        return from->has_ack && from->has_seq && segment->seq == from->snd_end ? RESET_COUNTS : RESET_NONE;
    if (is_in_syn_sent(to)) {
        if (segment->flags & TCP_ACK && half_syn_is_acked_by(to, segment->ack)) {
            *against_syn = !goes_with_syn_ack(from, segment);
            return RESET_COUNTS;
        }
        /* unless the sender's own SYN has brought it out of SYN-SENT */
        if (!from->has_isn)
            return RESET_NONE;
    }
    /* sent from SYN-SENT, against an ACK that does not acknowledge its SYN */
    if (is_in_syn_sent(from) && to->has_ack && !half_sent_syn_ack(to) && !from->syn_was_acked
        && !half_syn_is_acked_by(from, to->ack))
        return RESET_NONE;
    if (is_exact(from, to, segment->seq))
        return RESET_COUNTS;
    if (is_from_closed(from, to, segment))
        return RESET_NONE;
    if (to->has_ack && serial_between(segment->seq, to->ack, to->window_edge))
        return RESET_PENDING;
    return RESET_NONE;
}

/* Does the RST show that its sender, of whom only a bare SYN was captured, had left SYN-SENT? */
static bool shows_progress(const struct arrival *arrival)
{
    const struct half *from = arrival->from;
    const struct simtcp_segment *segment = arrival->segment;
    uint32_t next = from->begin.isn + 1;

    if (!is_in_syn_sent(from))
        return false;
    /* one without ACK has the number that was acknowledged: an answer to its SYN that was not captured */
    if (!(segment->flags & TCP_ACK))
        return segment->seq == next;
    /* no end in SYN-SENT sends one with ACK; one that has forgotten its SYN sends 0 */
    return from != arrival->to && segment->seq != 0 && segment->seq - next < NEAR_ISN;
}

/* The highest number of the receiver's that the sender can have known: what the capture missed it acknowledges itself. */
static uint32_t peer_end(const struct arrival *arrival)
{
    const struct half *from = arrival->from, *to = arrival->to;
    const struct simtcp_segment *segment = arrival->segment;

    if (segment->flags & TCP_ACK && from->has_ack && serial_between(segment->ack, to->snd_end, from->window_edge))
        return segment->ack;
    return to->snd_end;
}

void reset_arrives(struct arrival *arrival)
{
    bool against_syn;
    enum reset_status status;
    struct oddities *oddities;
    struct reset before;

    arrival->facts |= FACT_RST;
    if (shows_progress(arrival))
        arrival->from->sent_plain = true;
    status = judge(arrival, &against_syn);
    if (against_syn)
        arrival->answers = half_last_syn_frame(arrival->to);
    if (status == RESET_NONE) {
        arrival->facts |= FACT_RST_UNACCEPTABLE;
        return;
    }
    oddities = half_make_oddities(arrival->tracker, arrival->from);
    if (oddities && oddities->reset.status == RESET_COUNTS && status == RESET_COUNTS
        && serial_less(oddities->reset.seq, arrival->segment->seq)) {
        oddities->reset.later_frame = arrival->segment->frame;
        oddities->reset.later_seq = arrival->segment->seq;
    }
    /* the first of several is the one that counts */
    if (!oddities || oddities->reset.status == RESET_COUNTS || oddities->reset.status == status)
        return;
    before = oddities->reset;
    oddities->reset = (struct reset){
        .frame = arrival->segment->frame,
        .seq = arrival->segment->seq,
        .peer_end = arrival->to ? peer_end(arrival) : 0,
        .peer_end_known = arrival->to && arrival->to->has_seq,
        .against_syn = against_syn,
        .acked = arrival->to ? arrival->to->ack : 0,
        .acks = arrival->from->ack,
        .acks_known = arrival->to && arrival->to->has_ack && arrival->from->has_ack,
        .status = status,
    };
    if (before.status == RESET_PENDING && serial_less(arrival->segment->seq, before.seq)) {
        oddities->reset.earlier_frame = before.frame;
        oddities->reset.earlier_seq = before.seq;
    }
}

/* The number after its data and FIN; its SYN takes none here. */
static uint32_t data_end(const struct simtcp_segment *segment)
{
    return segment->seq + segment->length + (segment->flags & TCP_FIN ? 1 : 0);
}

/* Does this segment show that its sender never sent the RST in its name? */
static bool goes_on(const struct reset *reset, const struct simtcp_segment *segment)
{
    if (!(segment->flags & TCP_ACK))
        return false;
    /* one from CLOSED has 0, and is near to other numbers by chance */
    if (reset->against_syn && reset->seq - data_end(segment) > (reset->seq == 0 ? 1 : FIT_LIMIT))
        return true;
    return serial_less(reset->seq, data_end(segment))
        || (reset->peer_end_known && serial_less(reset->peer_end, segment->ack));
}

/* An end's RST has the next number it would send, or one before that (RFC 9293 section 3.10.7.1). So what ends just where
 * one stood that was beyond all that had been captured had been sent before it, came late, and makes it exact. */
static void catch_up(struct reset *reset, const struct simtcp_segment *segment)
{
    if (reset->status == RESET_COUNTS && reset->earlier_frame && goes_on(reset, segment)) {
        reset->frame = reset->earlier_frame;
        reset->seq = reset->earlier_seq;
        reset->earlier_frame = 0;
        reset->status = RESET_PENDING;
    }
    /* an empty segment may be newer */
    if (reset->status == RESET_PENDING && data_end(segment) == reset->seq && segment->seq != reset->seq)
        reset->status = RESET_COUNTS;
}

/* Is this the SYN that a network has copied or delayed, and not one sent again? */
static bool is_copy_of_syn(const struct half *from, const struct simtcp_segment *segment)
{
    return !(segment->flags & TCP_ACK) && from->last_syn && segment->time - from->last_syn->time < SYN_RTO_MIN;
}

/* Does this segment show that its sender, to whom the RST was sent, did not accept it? What was
 * in flight when an exact one came proves nothing. */
static bool survives(const struct reset *reset, const struct half *from, const struct simtcp_segment *segment)
{
    if (reset->status == RESET_PENDING)
        return true;
    /* the last transmission of a SYN decides; a SYN+ACK shows that it was past SYN-SENT */
    if (reset->against_syn)
        return segment->flags & TCP_SYN && !is_copy_of_syn(from, segment);
    /* what was beyond the RST had arrived before it, or later: either way it was not believed */
    return segment->flags & TCP_ACK && serial_less(reset->seq, segment->ack);
}

/* The receiver of this RST had gone beyond it, but not beyond one that came later. */
static void try_later(struct reset *reset, const struct simtcp_segment *segment)
{
    if (reset->later_frame && serial_at_least(reset->later_seq, segment->ack)) {
        reset->frame = reset->later_frame;
        reset->seq = reset->later_seq;
    } else {
        reset->status = RESET_REVOKED;
    }
    reset->later_frame = 0;
}

void reset_is_put_to_test(struct arrival *arrival)
{
    struct oddities *own = half_oddities(arrival->from);
    struct oddities *theirs = half_oddities(arrival->to);
    const struct simtcp_segment *segment = arrival->segment;

    /* a SYN+ACK with another number is of another attempt */
    if (arrival->duplicate
        || (segment->flags & TCP_SYN && arrival->from->syn_acked_frame && segment->seq != arrival->from->begin.isn))
        return;
    if (own)
        catch_up(&own->reset, segment);
    if (own && own->reset.status != RESET_NONE && goes_on(&own->reset, segment))
        own->reset.status = RESET_REVOKED;
    if (theirs)
        theirs->reset.earlier_frame = 0;
    if (theirs && theirs->reset.status != RESET_NONE && survives(&theirs->reset, arrival->from, segment))
        try_later(&theirs->reset, segment);
}

bool reset_counts(const struct simtcp_connection *connection, unsigned end, bool final)
{
    const struct oddities *oddities = half_oddities(connection_half(connection, end));
    const struct reset *reset;

    if (!oddities)
        return false;
    reset = &oddities->reset;
    return reset->status == RESET_COUNTS || (final && reset->status == RESET_PENDING);
}

/* Had both FINs been acknowledged before this end's RST, whenever they were captured? */
static bool came_after_close(const struct simtcp_connection *connection, unsigned end, const struct reset *reset)
{
    return reset->acks_known && close_completed(connection)
        && serial_at_least(reset->acked, close_fin(connection, end)->number + 1)
        && serial_at_least(reset->acks, close_fin(connection, 1 - end)->number + 1);
}

uint32_t reset_frame(const struct simtcp_connection *connection, bool final)
{
    uint32_t first = 0;

    for (unsigned end = 0; end < 2; end++) {
        const struct reset *reset;

        if (!reset_counts(connection, end, final))
            continue;
        reset = &half_oddities(connection_half(connection, end))->reset;
        if (!came_after_close(connection, end, reset) && (!first || reset->frame < first))
            first = reset->frame;
    }
    return first;
}

bool reset_ended(const struct simtcp_connection *connection, bool final)
{
    return reset_frame(connection, final) != 0;
}
