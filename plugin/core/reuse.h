/* reuse.h
 * A SYN that comes for a 4-tuple in TIME-WAIT (RFC 6191). Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_REUSE_H
#define SIMTCP_REUSE_H

#include "connection.h"

struct reuse {
    struct stay *stay; /* the one it came for */
    int64_t time;
    int64_t age; /* how long the stay had lasted */
    uint32_t syn_frame;
    uint32_t answer_frame; /* 0: none was captured */
    uint8_t answer;        /* with answer_frame: enum simtcp_answer */
    bool by_holder;        /* the holder itself sent the SYN */
    uint8_t allowance;     /* enum simtcp_allowance */
    bool outlasted;        /* TIME-WAIT ran out before anything was captured of the holder */
    bool prompted;         /* its sender sent something on the old connection since, so an
                                         * acknowledgement there need not be an answer to the SYN */
};

/* A segment has been taken in: does it reuse a 4-tuple in TIME-WAIT, or answer one that does? To be
 * called before time_wait_follow(). */
void reuse_follow(struct arrival *arrival);

/* The reuse with which the connection began; NULL if with none. */
const struct reuse *reuse_of(const struct simtcp_connection *connection);

/* Is it known what became of it? With final, that no answer was captured counts. */
bool reuse_answered(const struct simtcp_connection *connection, bool final, enum simtcp_answer *answer);

#endif
