/* open.c
 * Two bare SYNs and two SYN+ACKs that acknowledge each other are a simultaneous open
 * (RFC 9293 section 3.5, figure 7); the SYN+ACKs alone prove it, because an end sends one only
 * after it has sent its own SYN and received the other's. Of fewer segments the rest follows
 * from one more fact: in a split handshake the responder's SYN is an answer, and passes every
 * point of the path after the initiator's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "open.h"

#include "reset.h"
#include "serial.h"

/* What is known of a side once its ISN is. */
static void learn_isn(struct half *half, uint32_t isn)
{
    half->has_isn = half->has_seq = half->near_isn = true;
    half->begin = (struct beginning){ .isn = isn };
    half->snd_end = isn + 1;
    half->ack_at_end = 0;
    half->syn_length = 0;
    half->sent_data = half->sent_new_data = half->sent_plain = half->syn_was_acked = false;
}

static void learn_window_scale(struct half *half, const struct simtcp_segment *segment)
{
    int scale = simtcp_segment_window_scale(segment);

    if (scale == SIMTCP_WINDOW_SCALE_CUT)
        return;
    half->window_scale = scale < 0 ? 0 : (uint8_t)scale;
}

/* The sender's SYN, bare or with ACK, is on its way (again). */
static void syn_is_sent(struct arrival *arrival)
{
    struct half *from = arrival->from;
    const struct simtcp_segment *segment = arrival->segment;

    arrival->sends_syn = true;
    /* sent again without its data, the SYN may still be acknowledged with it */
    if (segment->length > from->syn_length)
        from->syn_length = segment->length < UINT16_MAX ? (uint16_t)segment->length : UINT16_MAX;
    learn_window_scale(from, segment);
}

/* The sender's SYN shows that what it acknowledged before, to an end in SYN-SENT, was of an
 * incarnation that it had not yet forgotten: other numbers, or the peer's SYN with a number below its own. */
static void forget_stale_ack(struct half *from, struct half *to, uint32_t isn)
{
    if (from->has_isn || !from->has_ack || !half_sent_syn(to) || to->begin.syn_ack_frame || to->has_ack
        || (half_syn_is_acked_by(to, from->ack) && serial_at_least(from->seq_at_ack, isn)))
        return;
    from->has_ack = false;
    to->syn_acked_frame = 0;
}

/* What acknowledges the sender's SYN may have been captured before it. */
static void find_late_acknowledgement(struct arrival *arrival)
{
    struct half *from = arrival->from;
    const struct half *to = arrival->to;

    if (to && to->has_ack && half_syn_is_acked_by(from, to->ack)) {
        from->syn_acked_frame = arrival->segment->frame;
        from->syn_was_acked = true;
    }
}

void open_syn_arrives(struct arrival *arrival)
{
    struct half *from = arrival->from;
    const struct simtcp_segment *segment = arrival->segment;

    arrival->facts |= FACT_SYN;
    forget_stale_ack(from, arrival->to, segment->seq);
    if (!from->has_isn) {
        learn_isn(from, segment->seq);
        find_late_acknowledgement(arrival);
    }
    if (from->begin.isn != segment->seq) {
        /* a SYN+ACK with another number has taken this one's place */
        arrival->facts |= FACT_REPEAT;
        return;
    }
    if (from->begin.syn_frame) {
        arrival->facts |= FACT_REPEAT;
    } else {
        from->begin.syn_frame = segment->frame;
        /* a pure acknowledgement that its SYN preceded says nothing, nor one of an attempt before: only the SYN's own
         * number is of this one, and before it */
        from->answered_first = arrival->to && arrival->to->syn_acked_frame && from->has_ack
            && !from->begin.syn_ack_frame && from->seq_at_ack == segment->seq;
    }
    /* after its SYN+ACK a bare one is a late copy */
    if (!from->begin.syn_ack_frame || !from->last_bare_syn_frame)
        from->last_bare_syn_frame = segment->frame;
    syn_is_sent(arrival);
}

/* The number of the sender's SYN+ACK is not that of the SYN it sent before: a cookie, or a
 * middlebox. The one that is acknowledged will tell which is its ISN. */
static void change_isn(struct simtcp_tracker *tracker, struct half *from, uint32_t isn)
{
    struct oddities *oddities = half_make_oddities(tracker, from);
    struct beginning before = from->begin;
    bool known;

    if (!oddities)
        return;
    known = from->has_other_isn && oddities->other.isn == isn;
    learn_isn(from, isn);
    if (known)
        from->begin = oddities->other;
    oddities->other = before;
    from->has_other_isn = true;
}

void open_disown_syn_ack(struct simtcp_tracker *tracker, struct half *half, uint32_t seq)
{
    struct oddities *oddities = half_make_oddities(tracker, half);

    if (!oddities)
        return;
    oddities->other_syn_ack = seq;
    oddities->has_other_syn_ack = true;
}

static bool goes_on_from_other_syn_ack(const struct half *from, const struct simtcp_segment *segment)
{
    const struct oddities *oddities = half_oddities(from);

    return oddities && oddities->has_other_syn_ack && segment->seq == oddities->other_syn_ack + 1;
}

/* The receiver has not been heard of, but what is acknowledged is its SYN. */
static void infer_isn(struct half *to, uint32_t ack)
{
    struct half before;

    if (!to || to->has_isn)
        return;
    before = *to;
    learn_isn(to, ack - 1);
    /* what it sent after its SYN was captured before this; in a split handshake it acknowledges with the number of
     * its SYN, before that */
    to->sent_plain = before.has_seq && before.snd_end != ack - 1;
    if (before.has_seq && serial_less(to->snd_end, before.snd_end)) {
        to->sent_data = before.sent_data;
        to->sent_new_data = before.sent_new_data;
        to->snd_end = before.snd_end;
        to->ack_at_end = before.ack_at_end;
        to->near_isn = before.snd_end - to->begin.isn < NEAR_ISN;
    }
}

void open_syn_ack_arrives(struct arrival *arrival)
{
    struct half *from = arrival->from;
    const struct simtcp_segment *segment = arrival->segment;

    arrival->facts |= FACT_SYN_ACK;
    forget_stale_ack(from, arrival->to, segment->seq);
    if (!from->has_isn)
        learn_isn(from, segment->seq);
    else if (from->begin.isn != segment->seq && !from->syn_acked_frame)
        change_isn(arrival->tracker, from, segment->seq);
    if (from->begin.isn != segment->seq) {
        arrival->facts |= FACT_REPEAT;
        open_disown_syn_ack(arrival->tracker, from, segment->seq);
        return;
    }
    if (from->begin.syn_frame)
        arrival->facts |= FACT_SYN_REPEATED;
    if (from->begin.syn_ack_frame)
        arrival->facts |= FACT_REPEAT;
    else
        from->begin.syn_ack_frame = segment->frame;
    syn_is_sent(arrival);
    if (!arrival->to)
        arrival->to = connection_make_half(arrival->tracker, arrival->connection, 1 - arrival->side);
    infer_isn(arrival->to, segment->ack);
    /* what acknowledges it may have been captured before; in a split handshake with the number of its sender's SYN */
    if (arrival->to && !from->syn_acked_frame && arrival->to->has_ack
        && (arrival->to->sent_plain || arrival->to->seq_at_ack == arrival->to->begin.isn)
        && arrival->to->ack == segment->seq + 1)
        from->syn_acked_frame = segment->frame;
}

/* The receiver's SYN of before its SYN+ACK is acknowledged: that SYN+ACK was of another attempt, and did not acknowledge
 * the sender's SYN in this one. */
static void return_to_isn(struct arrival *arrival)
{
    struct half *from = arrival->from, *to = arrival->to;

    open_disown_syn_ack(arrival->tracker, to, to->begin.isn);
    change_isn(arrival->tracker, to, half_oddities(to)->other.isn);
    if (from->syn_acked_frame == half_oddities(to)->other.syn_ack_frame)
        from->syn_acked_frame = 0;
}

void open_ack_arrives(struct arrival *arrival)
{
    struct half *from = arrival->from, *to = arrival->to;
    const struct simtcp_segment *segment = arrival->segment;

    if (from->has_isn && !(segment->flags & TCP_SYN) && serial_at_least(segment->seq, from->begin.isn + 1))
        from->sent_plain = true;
    if (!to || !to->has_isn)
        return;
    if (to->has_other_isn && !to->syn_acked_frame && segment->ack == half_oddities(to)->other.isn + 1
        && segment->ack != to->begin.isn + 1)
        return_to_isn(arrival);
    if (arrival->facts & FACT_SYN_ACK ? from->begin.isn != segment->seq : goes_on_from_other_syn_ack(from, segment))
        return;
    if (half_syn_is_acked_by(to, segment->ack))
        to->syn_was_acked = true;
    /* a SYN+ACK answers a bare SYN; another SYN+ACK it crosses */
    if (arrival->facts & FACT_SYN_ACK)
        arrival->answers = to->last_bare_syn_frame;
    if (to->syn_acked_frame || (to->near_isn && !serial_at_least(segment->ack, to->begin.isn + 1)))
        return;
    to->syn_acked_frame = segment->frame;
    arrival->facts |= FACT_ACKS_SYN;
    if (!(arrival->facts & FACT_SYN_ACK))
        arrival->answers = half_last_syn_frame(to);
}

/* Do both sides' SYN+ACKs acknowledge each other? A SYN+ACK was let into the connection only
 * if it acknowledges the other's SYN. */
static bool both_sent_syn_ack(const struct half *a, const struct half *b)
{
    return half_sent_syn_ack(a) && half_sent_syn_ack(b);
}

/* Both sent a bare SYN, from alone sent SYN+ACK too. */
static enum simtcp_open judge_one_syn_ack(const struct half *from, const struct half *to)
{
    /* who answers with another number has given up the SYN that was acknowledged */
    if (half_oddities(to)
        && (half_oddities(to)->has_other_syn_ack || (to->has_other_isn && half_oddities(to)->other.syn_ack_frame)))
        return SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT;
    if (from->begin.syn_frame > to->begin.syn_frame)
        return SIMTCP_OPEN_SIMULTANEOUS;
    return to->answered_first ? SIMTCP_OPEN_SPLIT_HANDSHAKE : SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT;
}

bool open_gave_up_syn(const struct half *half)
{
    return half && half->has_other_isn && half_oddities(half)->other.syn_frame && !half->syn_acked_frame;
}

/* From alone sent SYN+ACK. */
static enum simtcp_open judge_syn_ack(const struct half *from, const struct half *to)
{
    if (open_gave_up_syn(from))
        return SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT;
    if (half_sent_syn(from))
        return half_sent_syn(to) ? judge_one_syn_ack(from, to) : SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT;
    return half_sent_syn(to) ? SIMTCP_OPEN_THREE_WAY : SIMTCP_OPEN_UNKNOWN;
}

/* From alone sent a SYN, and no SYN+ACK was captured. */
static enum simtcp_open judge_lone_syn(const struct simtcp_connection *connection, unsigned end, bool final)
{
    const struct half *from = connection_half(connection, end);
    const struct half *to = connection_half(connection, 1 - end);

    if (from->has_ack || from->sent_data || from->sent_plain || from->syn_acked_frame)
        return SIMTCP_OPEN_UNKNOWN;
    if (to && reset_counts(connection, 1 - end, final) && half_oddities(to)->reset.against_syn)
        return SIMTCP_OPEN_REFUSED;
    return to && to != from && to->has_seq ? SIMTCP_OPEN_UNKNOWN : SIMTCP_OPEN_INCOMPLETE;
}

static enum simtcp_open judge_self(const struct simtcp_connection *connection, bool final)
{
    const struct half *half = connection_half(connection, 0);

    if (half_sent_syn_ack(half))
        return SIMTCP_OPEN_SELF_CONNECT;
    /* who refuses a SYN has no number yet; this RST was sent later, after a SYN+ACK that was not captured */
    if (half_sent_syn(half) && half_oddities(half) && half_oddities(half)->reset.against_syn
        && half_oddities(half)->reset.seq == half->begin.isn + 1)
        return SIMTCP_OPEN_UNKNOWN;
    return half_sent_syn(half) ? judge_lone_syn(connection, 0, final) : SIMTCP_OPEN_UNKNOWN;
}

static enum simtcp_open judge(const struct simtcp_connection *connection, bool final)
{
    const struct half *a = connection_half(connection, 0), *b = connection_half(connection, 1);

    if (connection->self)
        return judge_self(connection, final);
    if (both_sent_syn_ack(a, b))
        return SIMTCP_OPEN_SIMULTANEOUS;
    if (half_sent_syn_ack(a))
        return judge_syn_ack(a, b);
    if (half_sent_syn_ack(b))
        return judge_syn_ack(b, a);
    if (half_sent_syn(a) && half_sent_syn(b))
        return SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT;
    if (half_sent_syn(a))
        return judge_lone_syn(connection, 0, final);
    if (half_sent_syn(b))
        return judge_lone_syn(connection, 1, final);
    return SIMTCP_OPEN_UNKNOWN;
}

/* The end whose SYN was first, where one was. */
static int find_initiator(const struct simtcp_connection *connection, enum simtcp_open open)
{
    if (open == SIMTCP_OPEN_THREE_WAY)
        return half_sent_syn_ack(connection_half(connection, 0)) ? 1 : 0;
    if (open == SIMTCP_OPEN_SPLIT_HANDSHAKE)
        return half_sent_syn_ack(connection_half(connection, 0)) ? 0 : 1;
    return -1;
}

/* Until the end that has sent no SYN+ACK goes on without one, it may still send it, and the
 * verdict be another. */
static bool is_settled(const struct simtcp_connection *connection, const struct open_verdict *verdict)
{
    switch (verdict->open) {
    case SIMTCP_OPEN_INCOMPLETE: return false;
    case SIMTCP_OPEN_THREE_WAY: return connection_half(connection, (unsigned)verdict->initiator)->sent_plain;
    case SIMTCP_OPEN_SPLIT_HANDSHAKE: return connection_half(connection, 1 - (unsigned)verdict->initiator)->sent_plain;
    default: return true;
    }
}

struct open_verdict open_verdict(const struct simtcp_connection *connection, bool final)
{
    const struct half *a = connection_half(connection, 0), *b = connection_half(connection, 1);
    struct open_verdict verdict = { .open = judge(connection, final) };

    verdict.initiator = find_initiator(connection, verdict.open);
    verdict.completed = a && b && a->syn_acked_frame && b->syn_acked_frame;
    verdict.stands = final || is_settled(connection, &verdict) || reset_ended(connection, false);
    if (verdict.open == SIMTCP_OPEN_INCOMPLETE)
        verdict.stands = final;
    return verdict;
}
