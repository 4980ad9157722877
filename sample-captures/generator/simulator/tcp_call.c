/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The application's calls (RFC 9293 section 3.10.1 to 3.10.5), and the beginning and end of a life. */
#include "tcp.h"

#include "world.h"

#include "../packet.h"

static uint32_t initial_sequence_number(struct host *host)
{
    struct random *random = &host->world->random;
    bool wraps = random_chance(random, host->world->wrap);
    uint32_t any = (uint32_t)random_next(random);

    /* RFC 6528: a clock of 250 kHz, so that a new incarnation starts beyond the old one */
    if (host->has_last && host->habits.clocked_isn)
        return host->last_iss + (uint32_t)((host->world->now - host->last_begin) / 4) + 1;
    if (wraps)
        return UINT32_MAX - 3000 + any % 4000;
    return any;
}

struct tcb *tcp_begin(struct host *host, bool passive)
{
    struct tcb *tcb = &host->tcb;

    *tcb = (struct tcb){ .state = passive ? TCP_LISTEN : TCP_CLOSED,
                         .passive = passive,
                         .mss = 536,
                         .rto = host->habits.rto_initial,
                         .snd_scale = 0 };
    host->exists = true;
    tcb->iss = initial_sequence_number(host);
    tcb->snd_una = tcb->snd_nxt = tcb->iss;
    tcb->write_end = tcb->iss + 1;
    tcb->life = world_life(host);
    host->last_begin = host->world->now;
    return tcb;
}

void tcp_enter(struct host *host, enum tcp_state state)
{
    if (host->tcb.state == state)
        return;
    host->tcb.state = state;
    host->tcb.entered = host->world->now;
    if (state == TCP_TIME_WAIT) {
        tcp_timer_stop(host, TIMER_RETRANSMIT);
        tcp_timer_start(host, TIMER_LINGER, host->habits.two_msl);
    }
    if (state == TCP_FIN_WAIT_2 && host->tcb.application_gone && host->habits.fin_wait_2_limit)
        tcp_timer_start(host, TIMER_LINGER, host->habits.fin_wait_2_limit);
    world_state(host, state);
}

void tcp_end(struct host *host, enum tcp_ending ending)
{
    if (!host->exists)
        return;
    for (unsigned timer = 0; timer < TIMER_COUNT; timer++)
        tcp_timer_stop(host, (enum tcp_timer)timer);
    host->has_last = true;
    host->last_iss = host->tcb.iss;
    host->last_snd_nxt = host->tcb.snd_nxt;
    world_ended(host, ending);
    host->tcb.state = TCP_CLOSED;
    host->exists = false;
}

void tcp_timer_start(struct host *host, enum tcp_timer timer, int64_t delay)
{
    host->timer_set[timer] = true;
    host->timer_generation[timer]++;
    world_timer(host, timer, delay);
}

void tcp_timer_stop(struct host *host, enum tcp_timer timer)
{
    host->timer_set[timer] = false;
    host->timer_generation[timer]++;
}

bool tcp_was_established(const struct host *host)
{
    return host->exists && host->tcb.state >= TCP_ESTABLISHED;
}

void tcp_listen(struct host *host, enum split split, bool fast_open)
{
    host->listening = true;
    host->split = split;
    host->fast_open = fast_open;
}

void tcp_connect(struct host *host, uint32_t syn_data)
{
    bool reuse = false;
    uint32_t beyond = 0;

    if (host->exists) {
        /* a stack that tells incarnations apart by timestamp need not wait for the end of TIME-WAIT, only for the
         * timestamp to have moved on */
        if (host->tcb.state != TCP_TIME_WAIT || !host->habits.reuses_own_time_wait || !host->tcb.timestamps
            || host->world->now - host->tcb.entered < 1000000)
            return;
        reuse = true;
        beyond = host->tcb.snd_nxt + 65537;
        tcp_end(host, ENDING_REUSED);
    }
    struct tcb *tcb = tcp_begin(host, false);
    if (reuse) {
        tcb->iss = tcb->snd_una = tcb->snd_nxt = beyond;
        tcb->write_end = beyond + 1;
        host->world->lives[tcb->life].iss = beyond;
    }
    tcb->syn_data = syn_data;
    tcb->write_end += syn_data;
    tcp_enter(host, TCP_SYN_SENT);
    tcp_send_syn(host, false);
}

void tcp_write(struct host *host, uint32_t octets)
{
    struct tcb *tcb = &host->tcb;

    if (!host->exists || tcb->fin_queued)
        return;
    tcb->write_end += octets;
    if (tcb->state >= TCP_ESTABLISHED)
        tcp_output(host, false);
}

/* The FIN follows what is queued (RFC 9293 section 3.10.4). */
void tcp_fin_queue(struct host *host, enum tcp_state next)
{
    if (host->tcb.fin_queued)
        return;
    host->tcb.fin_queued = true;
    tcp_enter(host, next);
    tcp_output(host, false);
}

void tcp_half_close(struct host *host)
{
    if (!host->exists)
        return;
    switch (host->tcb.state) {
    case TCP_ESTABLISHED: tcp_fin_queue(host, TCP_FIN_WAIT_1); break;
    case TCP_SYN_RECEIVED: /* the FIN leaves once the connection is made */ host->tcb.fin_queued = true; break;
    case TCP_CLOSE_WAIT: tcp_fin_queue(host, TCP_LAST_ACK); break;
    default: break;
    }
}

void tcp_close(struct host *host, bool unread)
{
    if (!host->exists)
        return;
    host->tcb.application_gone = true;
    if (host->tcb.state == TCP_SYN_SENT) {
        tcp_end(host, ENDING_CLOSED);
        return;
    }
    if (unread && host->tcb.received && host->tcb.state >= TCP_ESTABLISHED && host->tcb.state != TCP_TIME_WAIT) {
        tcp_abort(host); /* RFC 9293 section 3.10.4: the peer must learn that its data is lost */
        return;
    }
    if (host->tcb.state == TCP_FIN_WAIT_2 && host->habits.fin_wait_2_limit)
        tcp_timer_start(host, TIMER_LINGER, host->habits.fin_wait_2_limit);
    tcp_half_close(host);
}

void tcp_abort(struct host *host)
{
    if (!host->exists)
        return;
    switch (host->tcb.state) {
    case TCP_SYN_RECEIVED:
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT_1:
    case TCP_FIN_WAIT_2:
    case TCP_CLOSE_WAIT:
        tcp_send_reset(host);
        tcp_end(host, ENDING_ABORTED);
        break;
    case TCP_SYN_SENT: tcp_end(host, ENDING_CLOSED); break;
    default: /* RFC 9293 section 3.10.5: nothing is sent */ tcp_end(host, ENDING_CLOSED); break;
    }
}

void tcp_crash(struct host *host)
{
    tcp_end(host, ENDING_CRASHED);
}

void tcp_keep_alive(struct host *host)
{
    struct tcb *tcb = &host->tcb;

    if (!host->exists || (tcb->state != TCP_ESTABLISHED && tcb->state != TCP_CLOSE_WAIT)
        || tcb->snd_nxt != tcb->snd_una)
        return;
    tcb->snd_nxt--;
    tcp_send_ack(host);
    tcb->snd_nxt++;
}

const char *tcp_state_name(enum tcp_state state)
{
    static const char *const names[] = { "CLOSED",      "LISTEN",     "SYN-SENT",   "SYN-RECEIVED",
                                         "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
                                         "CLOSING",     "LAST-ACK",   "TIME-WAIT" };
    return names[state];
}

const char *tcp_ending_name(enum tcp_ending ending)
{
    static const char *const names[] = { "alive",   "closed",  "2 MSL passed", "reused", "reset by peer",
                                         "refused", "aborted", "gave up",      "crashed" };
    return names[ending];
}
