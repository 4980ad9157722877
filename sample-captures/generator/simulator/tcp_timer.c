/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timer goes off (RFC 9293 section 3.10.8): retransmission with backoff, delayed ACK, TIME-WAIT, FIN-WAIT-2. */
#include "tcp.h"

#include "world.h"

static void give_up(struct host *host)
{
    if (host->habits.resets_when_giving_up && host->tcb.state >= TCP_ESTABLISHED)
        tcp_send_reset(host);
    tcp_end(host, ENDING_GAVE_UP);
}

static void retransmit(struct host *host)
{
    struct tcb *tcb = &host->tcb;
    bool syn = tcb->state == TCP_SYN_SENT || tcb->state == TCP_SYN_RECEIVED;

    if (tcb->tries >= (syn ? host->habits.syn_tries : host->habits.tries)) {
        give_up(host);
        return;
    }
    tcb->rto *= 2;
    if (syn) {
        tcp_send_syn(host, tcb->state == TCP_SYN_RECEIVED && !tcb->split);
        return;
    }
    tcb->tries++;
    tcb->cwnd = tcb->mss;
    tcb->recovering = true;
    tcb->recover = tcb->snd_nxt;
    tcp_retransmit(host);
    tcp_timer_start(host, TIMER_RETRANSMIT, tcb->rto);
}

void tcp_timeout(struct host *host, enum tcp_timer timer)
{
    if (!host->exists)
        return;
    host->timer_set[timer] = false;
    switch (timer) {
    case TIMER_RETRANSMIT: retransmit(host); break;
    case TIMER_DELAYED_ACK: tcp_send_ack(host); break;
    default: tcp_end(host, host->tcb.state == TCP_TIME_WAIT ? ENDING_TIME_WAIT : ENDING_GAVE_UP); break;
    }
}
