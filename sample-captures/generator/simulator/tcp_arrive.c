/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A segment arrives: RFC 9293 section 3.10.7, in its order, one function for each step. */
#include "tcp.h"

#include "world.h"

#include "../packet.h"

static uint32_t occupied(const struct tcp_segment *segment)
{
    return segment->length + !!(segment->flags & TCP_SYN) + !!(segment->flags & TCP_FIN);
}

/* The options of the peer's SYN settle what both may use. */
static void negotiate(struct host *host, const struct tcp_segment *syn)
{
    struct tcb *tcb = &host->tcb;
    const struct habits *habits = &host->habits;

    tcb->timestamps = habits->timestamps && syn->timestamps;
    tcb->ts_recent = syn->timestamps ? syn->ts_value : 0;
    tcb->sack = habits->sack && syn->sack_permitted;
    bool scale = habits->window_scale >= 0 && syn->window_scale >= 0;
    tcb->snd_scale = scale ? syn->window_scale : 0;
    tcb->rcv_scale = scale ? habits->window_scale : 0;
    tcb->mss = syn->mss && syn->mss < habits->mss ? syn->mss : habits->mss;
    if (tcb->timestamps)
        tcb->mss -= 12;
    tcb->cwnd = 4u * tcb->mss;
    tcb->irs = syn->seq;
    tcb->rcv_nxt = syn->seq + 1;
    tcb->snd_wnd = syn->window;
    tcb->snd_wl1 = syn->seq;
    tcb->snd_wl2 = syn->ack;
    world_peer_known(host);
}

static void measure(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (!tcb->timing || before(tcb->snd_una, tcb->timed_seq))
        return;
    tcb->timing = false;
    int64_t rtt = host->world->now - tcb->timed_at;
    tcb->rtt = tcb->rtt ? (7 * tcb->rtt + rtt) / 8 : rtt;
}

/* The timer's value without backoff (RFC 6298, simplified). */
static int64_t timeout(const struct host *host)
{
    int64_t rto = host->tcb.rtt ? 2 * host->tcb.rtt + 50000 : host->habits.rto_initial;
    return rto < host->habits.rto_least ? host->habits.rto_least : rto;
}

static void established(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->tries = 0;
    measure(host);
    tcb->rto = timeout(host);
    tcp_timer_stop(host, TIMER_RETRANSMIT);
    if (tcb->snd_una != tcb->snd_nxt) /* data on the SYN was not taken */
        tcb->snd_nxt = tcb->snd_una;
    tcp_enter(host, TCP_ESTABLISHED);
    if (tcb->fin_queued) /* closed while the handshake went on */
        tcp_enter(host, TCP_FIN_WAIT_1);
}

/* In LISTEN: section 3.10.7.2. */
static void arrive_listen(struct host *host, const struct tcp_segment *segment)
{
    if (segment->flags & TCP_RST)
        return;
    if (segment->flags & TCP_ACK) {
        tcp_send_reset_for(host, segment);
        return;
    }
    if (!(segment->flags & TCP_SYN))
        return;
    struct tcb *tcb = tcp_begin(host, true);
    tcb->split = host->split;
    host->accepted++;
    negotiate(host, segment);
    if (host->fast_open && segment->cookie) {
        tcb->rcv_nxt += segment->length;
        tcb->received += segment->length;
    }
    tcp_enter(host, TCP_SYN_RECEIVED);
    if (tcb->split == SPLIT_FIVE)
        tcp_send_ack(host);
    tcp_send_syn(host, !tcb->split);
}

/* Without a connection: section 3.10.7.1. */
static void arrive_closed(struct host *host, const struct tcp_segment *segment)
{
    if (!(segment->flags & TCP_RST))
        tcp_send_reset_for(host, segment);
}

/* In SYN-SENT: section 3.10.7.3. */
static void arrive_syn_sent(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;
    bool ack = segment->flags & TCP_ACK;

    if (ack && (before_or_at(segment->ack, tcb->iss) || before(tcb->snd_nxt, segment->ack))) {
        if (!(segment->flags & TCP_RST))
            tcp_send_reset_for(host, segment);
        return;
    }
    if (segment->flags & TCP_RST) {
        if (ack)
            tcp_end(host, ENDING_REFUSED);
        return;
    }
    if (!(segment->flags & TCP_SYN))
        return;
    negotiate(host, segment);
    if (ack) {
        tcb->snd_una = segment->ack;
        established(host);
        tcp_output(host, true);
        return;
    }
    /* the SYNs crossed: data on either is not taken (RFC 7413 section 4.2.2 leaves the choice) */
    tcb->tries = 0;
    tcb->rto = host->habits.rto_initial;
    tcb->snd_nxt = tcb->iss + 1;
    tcp_enter(host, TCP_SYN_RECEIVED);
    tcp_send_syn(host, true);
}

/* First, is any of it in the window? */
static bool acceptable(const struct host *host, const struct tcp_segment *segment)
{
    const struct tcb *tcb = &host->tcb;
    uint32_t length = occupied(segment), window = host->habits.window;
    uint32_t last = segment->seq + (length ? length - 1 : 0);

    return segment->seq - tcb->rcv_nxt < window || (length && last - tcb->rcv_nxt < window)
        || (length && before(segment->seq, tcb->rcv_nxt) && before(tcb->rcv_nxt, last));
}

/* In SYN-RECEIVED the peer's SYN again, with or without ACK. True if that settles the segment. */
static bool arrive_syn_again(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (tcb->state != TCP_SYN_RECEIVED || !(segment->flags & TCP_SYN) || segment->flags & TCP_RST
        || segment->seq != tcb->irs)
        return false;
    if (!(segment->flags & TCP_ACK)) {
        if (tcb->split)
            tcp_send_syn(host, false);
        else if (tcb->passive && host->habits.syn_ack_again)
            tcp_send_syn(host, true);
        else
            tcp_send_ack(host);
        return true;
    }
    if (before_or_at(segment->ack, tcb->iss) || before(tcb->snd_nxt, segment->ack)) {
        tcp_send_reset_for(host, segment);
        return true;
    }
    bool split = tcb->split, itself = host->world->self;
    if (!split && !itself && host->habits.crossing == CROSSING_CHALLENGE) {
        tcp_send_ack(host);
        return true;
    }
    tcb->snd_una = segment->ack;
    tcb->snd_wnd = segment->window;
    established(host);
    if (split)
        tcp_output(host, true);
    else if (host->habits.crossing == CROSSING_ACK)
        tcp_send_duplicate_ack(host, segment);
    tcp_output(host, false);
    return true;
}

/* Second, a RST: RFC 5961 section 3.2. */
static void arrive_reset(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (segment->seq != tcb->rcv_nxt) {
        tcp_send_ack(host);
        return;
    }
    if (tcb->state == TCP_SYN_RECEIVED && !tcb->passive)
        tcp_end(host, ENDING_REFUSED);
    else
        tcp_end(host, ENDING_RESET);
}

static void congestion(struct tcb *tcb)
{
    if (tcb->cwnd < 65536)
        tcb->cwnd += tcb->mss;
}

static void new_ack(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    tcb->snd_una = segment->ack;
    if (before(tcb->snd_nxt, tcb->snd_una))
        tcb->snd_nxt = tcb->snd_una;
    tcb->tries = 0;
    tcb->duplicate_acks = 0;
    measure(host);
    tcb->rto = timeout(host);
    congestion(tcb);
    tcp_timer_stop(host, TIMER_RETRANSMIT);
    if (tcb->snd_una == tcb->snd_nxt) {
        tcb->recovering = false;
        return;
    }
    tcp_timer_start(host, TIMER_RETRANSMIT, tcb->rto);
    if (tcb->recovering && before(tcb->snd_una, tcb->recover))
        tcp_retransmit(host);
    else
        tcb->recovering = false;
}

static void same_ack(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (segment->ack != tcb->snd_una || occupied(segment) || tcb->snd_una == tcb->snd_nxt || tcb->recovering)
        return;
    if (++tcb->duplicate_acks == 3) {
        tcb->recovering = true;
        tcb->recover = tcb->snd_nxt;
        tcb->cwnd = 2u * tcb->mss;
        tcp_retransmit(host);
    }
}

static void update_window(struct tcb *tcb, const struct tcp_segment *segment)
{
    if (before(tcb->snd_wl1, segment->seq)
        || (tcb->snd_wl1 == segment->seq && before_or_at(tcb->snd_wl2, segment->ack))) {
        tcb->snd_wnd = (uint32_t)segment->window << tcb->snd_scale;
        tcb->snd_wl1 = segment->seq;
        tcb->snd_wl2 = segment->ack;
    }
}

/* Our FIN was acknowledged. False if that was the end. */
static bool fin_acknowledged(struct host *host)
{
    switch (host->tcb.state) {
    case TCP_FIN_WAIT_1: tcp_enter(host, TCP_FIN_WAIT_2); return true;
    case TCP_CLOSING: tcp_enter(host, TCP_TIME_WAIT); return true;
    case TCP_LAST_ACK: tcp_end(host, ENDING_CLOSED); return false;
    default: return true;
    }
}

/* Fifth, the acknowledgement. False if the segment is done with. */
static bool arrive_ack(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (tcb->state == TCP_SYN_RECEIVED) {
        if (before_or_at(segment->ack, tcb->iss) || before(tcb->snd_nxt, segment->ack)) {
            tcp_send_reset_for(host, segment);
            return false;
        }
        tcb->snd_una = segment->ack;
        tcb->snd_wnd = (uint32_t)segment->window << tcb->snd_scale;
        tcb->snd_wl1 = segment->seq;
        tcb->snd_wl2 = segment->ack;
        established(host);
        return true;
    }
    if (before(tcb->snd_nxt, segment->ack)) {
        tcp_send_ack(host);
        return false;
    }
    if (before(tcb->snd_una, segment->ack))
        new_ack(host, segment);
    else
        same_ack(host, segment);
    if (before_or_at(tcb->snd_una, segment->ack))
        update_window(tcb, segment);
    return !tcp_fin_acked(tcb) || fin_acknowledged(host);
}

static void keep(struct tcb *tcb, uint32_t start, uint32_t end, bool fin)
{
    if (tcb->queued < OUT_OF_ORDER_MAX)
        tcb->queue[tcb->queued++] = (struct range){ start, end, fin };
}

/* Takes in data and FIN up to end, and what had come before its turn. True if the FIN was reached. */
static bool take(struct tcb *tcb, uint32_t end, bool fin)
{
    if (before(tcb->rcv_nxt, end)) {
        tcb->received += end - tcb->rcv_nxt;
        tcb->rcv_nxt = end;
    }
    for (unsigned i = 0; i < tcb->queued && !fin; i++) {
        const struct range *range = &tcb->queue[i];
        if (before(tcb->rcv_nxt, range->start) || (before_or_at(range->end, tcb->rcv_nxt) && !range->fin))
            continue;
        if (before(tcb->rcv_nxt, range->end)) {
            tcb->received += range->end - tcb->rcv_nxt;
            tcb->rcv_nxt = range->end;
        }
        fin = range->fin;
        i = UINT32_MAX; /* from the start: ranges are in no order */
    }
    return fin;
}

static void owe_ack(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (++tcb->acks_owed >= 2 && segment->length)
        tcp_output(host, true);
    else if (!host->timer_set[TIMER_DELAYED_ACK])
        tcp_timer_start(host, TIMER_DELAYED_ACK, host->habits.delayed_ack);
}

/* Eighth, the FIN, now in its turn. */
static void arrive_fin(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    tcb->peer_fin = true;
    tcb->rcv_nxt++;
    switch (tcb->state) {
    case TCP_ESTABLISHED:
        tcp_enter(host, TCP_CLOSE_WAIT);
        if (host->habits.fin_acked_late) {
            if (!host->timer_set[TIMER_DELAYED_ACK])
                tcp_timer_start(host, TIMER_DELAYED_ACK, host->habits.delayed_ack);
            tcp_output(host, false);
            return;
        }
        tcp_output(host, true);
        break;
    case TCP_FIN_WAIT_1: /* our FIN was not acknowledged, and may not even have left */
        tcp_enter(host, TCP_CLOSING);
        tcp_output(host, true);
        break;
    case TCP_FIN_WAIT_2:
        tcp_enter(host, TCP_TIME_WAIT);
        tcp_send_ack(host);
        break;
    default: break;
    }
}

/* Seventh, the text. */
static void arrive_text(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;
    bool fin = segment->flags & TCP_FIN;
    uint32_t start = segment->seq + !!(segment->flags & TCP_SYN), end = start + segment->length;

    if (!segment->length && !fin)
        return;
    if (tcb->peer_fin) {
        tcp_send_duplicate_ack(host, segment);
        return;
    }
    /* RFC 9293 section 3.6.1: what nobody will read is answered with a RST */
    if (segment->length && tcb->application_gone && before(tcb->rcv_nxt, end)) {
        tcp_send_reset(host);
        tcp_end(host, ENDING_ABORTED);
        return;
    }
    if (before(tcb->rcv_nxt, start)) {
        keep(tcb, start, end, fin);
        tcp_send_ack(host);
        return;
    }
    bool gap = tcb->queued;
    if (take(tcb, end, fin)) {
        arrive_fin(host);
        return;
    }
    if (gap)
        tcp_output(host, true);
    else
        owe_ack(host, segment);
}

/* A SYN for a connection in TIME-WAIT: RFC 9293 section 3.6.1 and RFC 6191. True if that settles it. */
static bool arrive_time_wait_syn(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (tcb->state != TCP_TIME_WAIT || (segment->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
        return false;
    bool later = tcb->timestamps && segment->timestamps && before(tcb->ts_recent, segment->ts_value);
    if (!host->listening || (!later && before_or_at(segment->seq, tcb->rcv_nxt)))
        return false;
    uint32_t beyond = tcb->snd_nxt + 65537;
    tcp_end(host, ENDING_REUSED);
    host->last_iss = beyond;
    bool clocked = host->habits.clocked_isn;
    host->habits.clocked_isn = true;
    arrive_listen(host, segment);
    host->habits.clocked_isn = clocked;
    return true;
}

/* In every other state: section 3.10.7.4. */
static void arrive_other(struct host *host, const struct tcp_segment *segment)
{
    struct tcb *tcb = &host->tcb;

    if (arrive_time_wait_syn(host, segment) || arrive_syn_again(host, segment))
        return;
    if (!acceptable(host, segment)) {
        if (segment->flags & TCP_RST)
            return;
        if (tcb->state == TCP_TIME_WAIT && segment->flags & TCP_FIN)
            tcp_timer_start(host, TIMER_LINGER, host->habits.two_msl);
        /* what is old may still acknowledge something new: most stacks look */
        if (segment->flags & TCP_ACK && !(segment->flags & TCP_SYN) && tcb->state > TCP_SYN_RECEIVED
            && before(segment->seq, tcb->rcv_nxt) && before(tcb->snd_una, segment->ack)
            && host->habits.profile != PROFILE_RFC && !arrive_ack(host, segment))
            return;
        tcp_send_duplicate_ack(host, segment);
        tcp_output(host, false); /* which may be possible now */
        return;
    }
    if (segment->flags & TCP_RST) {
        arrive_reset(host, segment);
        return;
    }
    if (segment->flags & TCP_SYN) { /* fourth; RFC 5961 section 4.2 */
        tcp_send_ack(host);
        return;
    }
    if (!(segment->flags & TCP_ACK))
        return;
    if (segment->timestamps && before_or_at(segment->seq, tcb->rcv_nxt))
        tcb->ts_recent = segment->ts_value;
    if (!arrive_ack(host, segment))
        return;
    if (tcb->state == TCP_TIME_WAIT && segment->flags & TCP_FIN)
        tcp_timer_start(host, TIMER_LINGER, host->habits.two_msl);
    arrive_text(host, segment);
    tcp_output(host, false);
}

void tcp_arrive(struct host *host, const struct tcp_segment *segment)
{
    if (!host->exists && host->listening)
        arrive_listen(host, segment);
    else if (!host->exists)
        arrive_closed(host, segment);
    else if (host->tcb.state == TCP_SYN_SENT)
        arrive_syn_sent(host, segment);
    else
        arrive_other(host, segment);
}
