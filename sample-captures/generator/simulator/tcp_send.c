/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments leave: new data and FINs, acknowledgements, resets, and everything again (RFC 9293 section 3.8). */
#include "tcp.h"

#include "world.h"

#include "../packet.h"

static uint32_t timestamp(const struct host *host)
{
    /* each host's clock has its own start; the world's beginning is far enough from 0 */
    return (uint32_t)(host->world->now / 1000) + 1000000u * (host->side + 1);
}

static uint16_t window(const struct host *host, bool syn)
{
    uint32_t octets = host->habits.window;
    int scale = syn || !host->exists ? 0 : host->tcb.rcv_scale;

    octets >>= scale;
    return octets > UINT16_MAX ? UINT16_MAX : (uint16_t)octets;
}

static struct tcp_segment make(const struct host *host, unsigned flags, uint32_t seq, uint32_t length)
{
    const struct tcb *tcb = &host->tcb;
    struct tcp_segment segment = { .seq = seq,
                                   .length = length,
                                   .flags = (uint16_t)flags,
                                   .window_scale = -1,
                                   .window = window(host, flags & TCP_SYN) };

    if (flags & TCP_ACK)
        segment.ack = tcb->rcv_nxt;
    segment.timestamps = flags & TCP_SYN && !(flags & TCP_ACK) ? host->habits.timestamps : tcb->timestamps;
    if (segment.timestamps) {
        segment.ts_value = timestamp(host);
        segment.ts_echo = tcb->ts_recent;
    }
    return segment;
}

static void acknowledged_now(struct host *host)
{
    host->tcb.acks_owed = 0;
    if (host->timer_set[TIMER_DELAYED_ACK])
        tcp_timer_stop(host, TIMER_DELAYED_ACK);
}

void tcp_send_syn(struct host *host, bool ack)
{
    struct tcb *tcb = &host->tcb;
    uint32_t length = !ack && tcb->tries == 0 ? tcb->syn_data : 0;
    struct tcp_segment segment = make(host, TCP_SYN | (ack ? TCP_ACK : 0), tcb->iss, length);

    segment.mss = host->habits.mss;
    segment.sack_permitted = ack && !tcb->split ? tcb->sack : host->habits.sack;
    segment.window_scale = (int8_t)(ack && tcb->rcv_scale == 0 ? -1 : host->habits.window_scale);
    if (!ack && tcb->syn_data)
        segment.cookie = 8;
    if (tcb->tries == 0) {
        tcb->timing = true;
        tcb->timed_seq = tcb->iss + 1;
        tcb->timed_at = host->world->now;
    } else
        tcb->timing = false;
    if (before(tcb->snd_nxt, tcb->iss + 1 + length))
        tcb->snd_nxt = tcb->iss + 1 + length;
    tcb->tries++;
    world_send(host, &segment);
    tcp_timer_start(host, TIMER_RETRANSMIT, tcb->rto);
}

void tcp_send_ack(struct host *host)
{
    struct tcb *tcb = &host->tcb;
    struct tcp_segment segment = make(host, TCP_ACK, tcb->snd_nxt, 0);

    /* this stack's output builds every segment of these states with FIN, and finds the FIN at the end again */
    if (host->habits.fin_with_every_ack && tcb->fin_sent && !tcp_fin_acked(tcb) && tcb->snd_nxt == tcb->write_end + 1) {
        segment.flags |= TCP_FIN;
        segment.seq--;
    }
    acknowledged_now(host);
    world_send(host, &segment);
}

void tcp_send_duplicate_ack(struct host *host, const struct tcp_segment *of)
{
    struct tcb *tcb = &host->tcb;
    uint32_t end = of->seq + of->length + !!(of->flags & TCP_SYN) + !!(of->flags & TCP_FIN);

    if (!host->habits.duplicate_sack || !tcb->sack || end == of->seq || before(tcb->rcv_nxt, end)) {
        tcp_send_ack(host);
        return;
    }
    struct tcp_segment segment = make(host, TCP_ACK, tcb->snd_nxt, 0);
    segment.duplicate_sack = true;
    segment.sack_left = of->seq;
    segment.sack_right = end;
    acknowledged_now(host);
    world_send(host, &segment);
}

/* RFC 9293 section 3.5.2: such that the other end finds it acceptable. */
void tcp_send_reset_for(struct host *host, const struct tcp_segment *of)
{
    struct tcp_segment segment = { .window_scale = -1 };

    if (of->flags & TCP_ACK) {
        segment.flags = TCP_RST;
        segment.seq = of->ack;
    } else {
        segment.flags = TCP_RST | TCP_ACK;
        segment.ack = of->seq + of->length + !!(of->flags & TCP_SYN) + !!(of->flags & TCP_FIN);
    }
    world_send(host, &segment);
}

void tcp_send_reset(struct host *host)
{
    struct tcp_segment segment = make(host, TCP_RST | TCP_ACK, host->tcb.snd_nxt, 0);
    world_send(host, &segment);
}

bool tcp_fin_acked(const struct tcb *tcb)
{
    return tcb->fin_sent && before(tcb->write_end, tcb->snd_una);
}

static void transmit(struct host *host, uint32_t seq, uint32_t length, bool fin, bool again)
{
    struct tcb *tcb = &host->tcb;
    bool push = length && seq + length == tcb->write_end;
    struct tcp_segment segment = make(host, TCP_ACK | (fin ? TCP_FIN : 0) | (push ? TCP_PSH : 0), seq, length);
    uint32_t end = seq + length + fin;

    if (fin && !tcb->fin_sent) {
        tcb->fin_sent = true;
        tcb->fin_ack = segment.ack;
    } else if (fin && again && host->habits.retransmits_old_ack)
        segment.ack = tcb->fin_ack;
    if (before(tcb->snd_nxt, end))
        tcb->snd_nxt = end;
    if (!again && !tcb->timing) {
        tcb->timing = true;
        tcb->timed_seq = end;
        tcb->timed_at = host->world->now;
    } else if (again)
        tcb->timing = false;
    acknowledged_now(host);
    world_send(host, &segment);
    if (!host->timer_set[TIMER_RETRANSMIT])
        tcp_timer_start(host, TIMER_RETRANSMIT, tcb->rto);
}

/* The octets that may leave now: what is written, within the windows of the peer and of the path. */
static uint32_t usable(const struct tcb *tcb)
{
    uint32_t limit = tcb->snd_wnd < tcb->cwnd ? tcb->snd_wnd : tcb->cwnd;
    uint32_t in_flight = tcb->snd_nxt - tcb->snd_una;
    uint32_t queued = before(tcb->snd_nxt, tcb->write_end) ? tcb->write_end - tcb->snd_nxt : 0;
    uint32_t room = in_flight < limit ? limit - in_flight : 0;

    return queued < room ? queued : room;
}

void tcp_output(struct host *host, bool ack_now)
{
    struct tcb *tcb = &host->tcb;
    bool sent = false;

    if (!host->exists || tcb->state < TCP_ESTABLISHED || tcb->state == TCP_TIME_WAIT)
        return;
    for (uint32_t octets = usable(tcb); octets; octets = usable(tcb)) {
        uint32_t length = octets < tcb->mss ? octets : tcb->mss;
        bool fin = tcb->fin_queued && tcb->snd_nxt + length == tcb->write_end;
        transmit(host, tcb->snd_nxt, length, fin, false);
        sent = true;
    }
    if (tcb->fin_queued && !tcb->fin_sent && tcb->snd_nxt == tcb->write_end) {
        transmit(host, tcb->snd_nxt, 0, true, false);
        sent = true;
    }
    if (ack_now && !sent)
        tcp_send_ack(host);
}

void tcp_retransmit(struct host *host)
{
    struct tcb *tcb = &host->tcb;
    uint32_t data = before(tcb->snd_una, tcb->write_end) ? tcb->write_end - tcb->snd_una : 0;
    uint32_t sent = tcb->snd_nxt - tcb->snd_una - (tcb->fin_sent && !tcp_fin_acked(tcb));
    uint32_t length = data < sent ? data : sent;

    if (length > tcb->mss)
        length = tcb->mss;
    bool fin = tcb->fin_sent && tcb->snd_una + length == tcb->write_end;
    if (!length && !fin) {
        if (tcb->snd_wnd == 0 && data) /* a zero-window probe of one octet */
            transmit(host, tcb->snd_una, 1, false, true);
        return;
    }
    transmit(host, tcb->snd_una, length, fin, true);
}
