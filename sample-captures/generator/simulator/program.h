/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An application: a list of steps, each of which waits for something, then for some time, and then makes one call.
 * If the connection is gone before, its remaining steps are passed over up to the next STEP_ANEW, if any.
 * A server's steps from its handler on begin again with each connection it accepts.
 */
#ifndef SIMTCP_SIM_PROGRAM_H
#define SIMTCP_SIM_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

struct world;

enum wait {
    WAIT_NOTHING, /* the step before */
    WAIT_TIME,    /* the delay is a time of the world's clock */
    WAIT_ESTABLISHED,
    WAIT_RECEIVED, /* count octets, or the peer's FIN */
    WAIT_PEER_FIN,
    WAIT_GONE /* no connection, or one in TIME-WAIT */
};

enum call {
    CALL_LISTEN,
    CALL_CONNECT, /* count octets of data on the SYN */
    CALL_WRITE,   /* count octets */
    CALL_HALF_CLOSE,
    CALL_CLOSE,
    CALL_CLOSE_UNREAD, /* close() with data unread */
    CALL_ABORT,
    CALL_CRASH,
    CALL_KEEP_ALIVE,
    CALL_CANCEL, /* close() if the dialling has had no answer */
    CALL_DEAF    /* the host stops listening */
};

struct step {
    enum wait wait;
    int64_t delay; /* microseconds */
    enum call call;
    uint32_t count;
    uint32_t received; /* WAIT_RECEIVED: how many octets */
    bool anew;         /* begins another connection: wanted also if the one before failed */
};

enum { PROGRAM_STEPS = 40 };

struct program {
    struct step steps[PROGRAM_STEPS];
    unsigned count, at;
    int handler; /* first step of a server for each connection; -1: no server */
    bool scheduled;
    uint32_t generation; /* an event with another one is void */
    unsigned seen;       /* connections accepted that the handler has begun with */
    bool began;          /* the current connection has existed */
    int answer, listen;  /* listen: the kind of listener, enum split; answer: it takes TFO data */
};

/* Adds a step at the end; surplus ones are dropped. */
struct step *program_add(struct program *program, enum wait wait, int64_t delay, enum call call, uint32_t count);

/* Something has happened to the host: see whether a step can begin. */
void program_poll(struct world *world, unsigned side);
/* The scheduled step's time has come. */
void program_run(struct world *world, unsigned side);

#endif
