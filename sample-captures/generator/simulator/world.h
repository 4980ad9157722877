/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One world: two hosts, the path between them, and their applications, for one 4-tuple. Worlds know nothing of each
 * other. A world runs on a clock of its own, in microseconds from 0, by taking the next event from a heap, and writes
 * down everything that happens: each transmission with the times at which it passed the three capture points, and
 * each life of each host.
 */
#ifndef SIMTCP_SIM_WORLD_H
#define SIMTCP_SIM_WORLD_H

#include "program.h"
#include "random.h"
#include "tcp.h"

#include "../address.h"

#include <stddef.h>

enum point { POINT_A, POINT_MIDDLE, POINT_B, POINT_COUNT };

/* The path. Times in microseconds, one way, end to end. */
struct network {
    int64_t delay, jitter;
    double loss, duplicate, reorder;
};

/* One transmission; a copy that the network made is one too. */
struct transmission {
    struct tcp_segment segment;
    int64_t time;            /* when it was sent */
    int64_t at[POINT_COUNT]; /* when it passed the point; -1: it did not */
    unsigned from;           /* side of the sender */
    int life;                /* the sender's life, or of one that is over, whose peer it answers; -1: nobody's */
    int cause;               /* the transmission it answers from CLOSED; -1: none */
    int original;            /* what it is a copy of; -1: nothing */
};

enum { LIFE_STEPS = 12 };

/* A life of a host: what it really went through. */
struct life {
    unsigned side;
    bool passive;
    enum split split;
    uint32_t iss, irs;
    bool irs_known;
    bool crossed;                /* from SYN-SENT to SYN-RECEIVED */
    bool established, time_wait; /* it was there */
    bool syn_ack_sent;
    int last_syn;          /* last transmission of its SYN without ACK; -1: none */
    bool fin_known;        /* a FIN was on the wire */
    uint32_t fin, fin_ack; /* the FIN's number; the acknowledgement number of the first transmission */
    int64_t fin_time;
    int64_t peer_fin_acked; /* when it first sent an acknowledgement of the peer's FIN; -1: never */
    bool acked;             /* it has sent an acknowledgement: */
    uint32_t last_ack;      /* the last one */
    int64_t reset_tried;    /* when it last sent a RST; -1: never */
    int64_t reset_sent;     /* when a RST first went out with which it ended, or that its host sent after its end and
                                  * that fits what the peer had acknowledged; -1: never */
    enum tcp_ending ending;
    int64_t ended;
    int peer; /* the peer's life; -1: none */
    unsigned steps;
    struct {
        int64_t time;
        enum tcp_state state;
    } step[LIFE_STEPS];
};

struct event {
    int64_t time;
    uint64_t order; /* of two events at one time, the one that was scheduled first */
    enum { EVENT_ARRIVAL, EVENT_TIMER, EVENT_PROGRAM } kind;
    uint8_t side, timer;
    uint32_t number; /* transmission, or generation of the timer or step */
};

struct world {
    struct random random;
    struct network network;
    struct endpoint ends[2];
    bool self; /* both ends are one socket; only host 0 exists */
    struct host hosts[2];
    struct program programs[2];
    bool filtered[2];      /* its firewall lets in only what answers */
    bool silent[2];        /* nothing gets through to it */
    bool opened[2];        /* it has sent something */
    double wrap;           /* how often an ISN is near 2^32 */
    const char *behaviour; /* static */

    int64_t now, limit;     /* the world ends there */
    int cause;              /* the transmission that is being processed; -1: none */
    int64_t clear_at[2][2]; /* by sender and half of the path: nothing overtakes what passed before */
    uint64_t order;
    struct event *events; /* a heap */
    size_t event_count, event_room;
    struct transmission *transmissions;
    size_t transmission_count, transmission_room;
    struct life *lives;
    size_t life_count, life_room;
};

/* A world without past; keeps the memory of the one that was there, which must be zero the first time. */
void world_clear(struct world *world);
void world_free(struct world *world);

/* Runs until nothing can happen any more, or the limit. */
void world_run(struct world *world);

/* Adds a transmission; returns its number. The pointer to earlier ones may change. */
int world_transmission(struct world *world, const struct transmission *transmission);

/* What a host tells and asks. */
void world_send(struct host *host, const struct tcp_segment *segment);
int world_life(struct host *host);
void world_state(struct host *host, enum tcp_state state);
void world_peer_known(struct host *host);
void world_ended(struct host *host, enum tcp_ending ending);
void world_timer(struct host *host, enum tcp_timer timer, int64_t delay);
void world_schedule(struct world *world, const struct event *event);

#endif
