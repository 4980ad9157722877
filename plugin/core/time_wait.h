/* time_wait.h
 * Who stays in TIME-WAIT, and what ends a stay (RFC 9293 section 3.6.1). Internal to the core.
 *
 * An end enters when the verdict on the close names it as holder. It leaves when 2 MSL have
 * passed since the timer was last started, which is an estimate; or earlier, when a segment
 * proves that it has: its own SYN or SYN+ACK on the 4-tuple, its own RST, or a RST to it that hits
 * exactly what it expects (RFC 1337), unless it answers what came after that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_TIME_WAIT_H
#define SIMTCP_TIME_WAIT_H

#include "connection.h"

enum stay_status {
    STAY_WAITING,
    STAY_EXPIRED,      /* by the estimate */
    STAY_LEFT,         /* the holder has used the 4-tuple again, or forgotten it */
    STAY_ASSASSINATED, /* a RST ended it */
    STAY_MISTAKEN      /* the verdict on the close has changed: it never was */
};

/* What hardly any stay meets with. */
struct disturbance {
    struct reuse *reuse;     /* the SYN that waits for this holder's answer; NULL: none */
    int64_t estimate;        /* once it has ended early: when it would have been over */
    uint32_t survived_frame; /* which proved that a RST had not ended it; 0: none */
};

struct stay {
    struct stay *next; /* of the same address */
    struct simtcp_connection *connection;
    struct disturbance *disturbance; /* NULL: none */
    int64_t entered;
    int64_t left;        /* when it is over: an estimate while waiting and once expired */
    uint32_t frame;      /* with which it was entered */
    uint32_t left_frame; /* the first for which it was over; unless waiting */
    uint32_t position;   /* in the tracker's queue, while waiting */
    uint16_t owed;       /* answers to what its peer had sent, before a RST came */
    uint8_t end : 1;
    uint8_t status : 3; /* enum stay_status */
    bool prompted : 1;  /* its peer sent something after the RST that ended it */
};

/* The stay's disturbance, made if need be; NULL if memory is exhausted. */
struct disturbance *time_wait_disturb(struct simtcp_tracker *tracker, struct stay *stay);

/* The SYN that waits for the holder's answer; NULL: none. */
static inline struct reuse *time_wait_reuse(const struct stay *stay)
{
    return stay && stay->disturbance ? stay->disturbance->reuse : NULL;
}

/* The frame which proved that a RST had not ended the stay; 0: none. */
static inline uint32_t time_wait_survived(const struct stay *stay)
{
    return stay && stay->disturbance ? stay->disturbance->survived_frame : 0;
}

/* This end's stay; NULL if it does not, as far as has been captured, hold TIME-WAIT. */
struct stay *time_wait_stay(const struct simtcp_connection *connection, unsigned end);

/* Is the end in TIME-WAIT now? */
bool time_wait_holds(const struct simtcp_connection *connection, unsigned end);

/* Was the end in TIME-WAIT at this frame? */
bool time_wait_held(const struct simtcp_connection *connection, unsigned end, uint32_t frame);

/* Did this end leave at or before frame, as a segment showed? */
bool time_wait_was_left(const struct simtcp_connection *connection, unsigned end, uint32_t frame);

/* Ends the stays that are over at this segment's time. */
void time_wait_expire(struct simtcp_tracker *tracker, const struct simtcp_segment *segment);

/* When the first of those that are folded is over; INT64_MAX: there is none. */
void time_wait_set_folded(struct simtcp_tracker *tracker, int64_t next);

/* The stay, which is not over, is folded: it leaves the queue. */
void time_wait_fold(struct simtcp_tracker *tracker, const struct stay *stay);

/* It is unfolded, and comes back if it is not over. Returns false, with nothing changed, if memory is exhausted. */
bool time_wait_unfold(struct simtcp_tracker *tracker, struct stay *stay);

/* A segment has been taken in: which stays does it begin, start anew or end? */
void time_wait_follow(struct arrival *arrival);

#endif
