/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of a TCP connection, after RFC 9293, RFC 5961, RFC 6191 and RFC 7413.
 *
 *     the application          tcp_connect() ... tcp_abort()      tcp_call.c
 *     a segment arrives        tcp_arrive()                       tcp_arrive.c
 *     a timer goes off         tcp_timeout()                      tcp_timer.c
 *     segments leave           tcp_output() and the like          tcp_send.c
 *
 * A host has at most one transmission control block here, since a simulated world has one 4-tuple. Each block is one
 * "life" of the host, from its creation to its end, with a number of its own. What goes out, and what the blocks go
 * through, is told to the world (world.h). Data has no content: only its sequence numbers.
 */
#ifndef SIMTCP_SIM_TCP_H
#define SIMTCP_SIM_TCP_H

#include "habits.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

/* RFC 9293 section 3.3.2. */
enum tcp_state {
    TCP_CLOSED,
    TCP_LISTEN,       /* the application waits for a SYN */
    TCP_SYN_SENT,     /* sent a SYN */
    TCP_SYN_RECEIVED, /* got a SYN; its own is not acknowledged */
    TCP_ESTABLISHED,  /* both SYNs acknowledged */
    TCP_FIN_WAIT_1,   /* closed first, as far as it knows; its FIN may still wait behind data */
    TCP_FIN_WAIT_2,   /* its FIN was acknowledged */
    TCP_CLOSE_WAIT,   /* got a FIN; the application has not closed */
    TCP_CLOSING,      /* got a FIN while its own was not acknowledged */
    TCP_LAST_ACK,     /* closed after the peer */
    TCP_TIME_WAIT     /* both closed; waits for 2 MSL */
};

enum tcp_timer { TIMER_RETRANSMIT, TIMER_DELAYED_ACK, TIMER_LINGER, TIMER_COUNT };

/* How a life ended. */
enum tcp_ending {
    ENDING_NONE,      /* it did not */
    ENDING_CLOSED,    /* LAST-ACK and acknowledged, or closed before there was a connection */
    ENDING_TIME_WAIT, /* 2 MSL passed */
    ENDING_REUSED,    /* a new connection took over from TIME-WAIT */
    ENDING_RESET,     /* a RST was accepted */
    ENDING_REFUSED,   /* the same in SYN-SENT, or in SYN-RECEIVED after dialling */
    ENDING_ABORTED,   /* the application aborted, or data came after it had closed */
    ENDING_GAVE_UP,   /* too many retransmissions, or the peer's FIN never came */
    ENDING_CRASHED    /* the host forgot it */
};

/* How a listener answers a SYN. */
enum split { SPLIT_NOT, SPLIT_FOUR /* with its own bare SYN */, SPLIT_FIVE /* with ACK, then its own bare SYN */ };

/* A segment on the way. Numbers as on the wire; flags are those of packet.h. */
struct tcp_segment {
    uint32_t seq, ack, length;
    uint16_t flags, window;
    bool timestamps, sack_permitted, duplicate_sack;
    int8_t window_scale; /* -1: none */
    uint8_t cookie;      /* a TFO cookie of that many octets */
    uint16_t mss;        /* 0: none */
    uint32_t ts_value, ts_echo;
    uint32_t sack_left, sack_right;
};

enum { OUT_OF_ORDER_MAX = 16 };

struct range {
    uint32_t start, end; /* data; a FIN is at end */
    bool fin;
};

struct tcb {
    enum tcp_state state;
    int64_t entered; /* when it entered that state */
    int life;        /* number of this life in the world */
    bool passive;    /* began in LISTEN */
    enum split split;
    bool application_gone; /* closed: nobody will read */
    uint32_t iss, irs;
    uint32_t snd_una, snd_nxt, snd_wnd, snd_wl1, snd_wl2;
    uint32_t rcv_nxt;
    uint32_t write_end;        /* the number after the last octet the application has written */
    bool fin_queued, fin_sent; /* the FIN's number is write_end */
    uint32_t fin_ack;          /* acknowledgement number of its first transmission */
    bool peer_fin;             /* the peer's FIN was processed */
    uint32_t received;         /* octets of data taken in */
    uint32_t syn_data;         /* octets of data on the SYN (RFC 7413) */
    bool timestamps, sack;     /* agreed upon */
    int snd_scale, rcv_scale;
    uint32_t ts_recent;
    uint16_t mss;
    uint32_t cwnd, recover;
    bool recovering;
    unsigned duplicate_acks, tries, acks_owed;
    bool timing;
    uint32_t timed_seq;
    int64_t timed_at, rtt, rto;
    struct range queue[OUT_OF_ORDER_MAX];
    unsigned queued;
};

struct host {
    struct world *world;
    unsigned side; /* 0: a, 1: b */
    struct habits habits;
    bool listening;
    enum split split;
    bool fast_open; /* a listener takes data on a SYN */
    bool exists;    /* tcb is in use */
    struct tcb tcb;
    bool has_last; /* an earlier life's numbers, for the next ISN */
    uint32_t last_iss, last_snd_nxt;
    int64_t last_begin;
    unsigned accepted; /* lives that began in LISTEN */
    uint32_t timer_generation[TIMER_COUNT];
    bool timer_set[TIMER_COUNT];
};

/* Serial numbers (RFC 9293 section 3.4). */
static inline bool before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}
static inline bool before_or_at(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) <= 0;
}

/* The application's calls; each does nothing where RFC 9293 section 3.10 returns an error. */
void tcp_listen(struct host *host, enum split split, bool fast_open);
void tcp_connect(struct host *host, uint32_t syn_data);
void tcp_write(struct host *host, uint32_t octets);
void tcp_half_close(struct host *host);
void tcp_close(struct host *host, bool unread); /* unread: data the application did not take is waiting */
void tcp_abort(struct host *host);
void tcp_crash(struct host *host);
void tcp_keep_alive(struct host *host);

void tcp_arrive(struct host *host, const struct tcp_segment *segment);
void tcp_timeout(struct host *host, enum tcp_timer timer);

/* Has the life's connection been made? False without one. */
bool tcp_was_established(const struct host *host);

const char *tcp_state_name(enum tcp_state state);
const char *tcp_ending_name(enum tcp_ending ending);

/* What the parts of an end use of each other. */
struct tcb *tcp_begin(struct host *host, bool passive);
void tcp_enter(struct host *host, enum tcp_state state);
void tcp_end(struct host *host, enum tcp_ending ending);
void tcp_timer_start(struct host *host, enum tcp_timer timer, int64_t delay);
void tcp_timer_stop(struct host *host, enum tcp_timer timer);
void tcp_fin_queue(struct host *host, enum tcp_state next);
bool tcp_fin_acked(const struct tcb *tcb);

void tcp_send_syn(struct host *host, bool ack);
void tcp_send_ack(struct host *host);
void tcp_send_duplicate_ack(struct host *host, const struct tcp_segment *of);
void tcp_send_reset_for(struct host *host, const struct tcp_segment *of);
void tcp_send_reset(struct host *host);
void tcp_output(struct host *host, bool ack_now);
void tcp_retransmit(struct host *host);

#endif
