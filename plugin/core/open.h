/* open.h
 * How a connection opened. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_OPEN_H
#define SIMTCP_OPEN_H

#include "connection.h"

struct open_verdict {
    enum simtcp_open open;
    bool stands;    /* proved by what has been captured so far */
    bool completed; /* each side's SYN was acknowledged */
    int initiator;  /* three-way, split handshake: the end that sent the first SYN; else -1 */
};

/* A bare SYN has arrived. */
void open_syn_arrives(struct arrival *arrival);

/* A SYN+ACK has arrived; makes the receiver's half if it had not been heard of. */
void open_syn_ack_arrives(struct arrival *arrival);

/* A segment with ACK, not a RST, has arrived: is it a SYN that it acknowledges? */
void open_ack_arrives(struct arrival *arrival);

/* This number of a half's SYN+ACK is not the one that the peer acknowledges, or not as far as is known: what its sender
 * goes on with from there is of another attempt. */
void open_disown_syn_ack(struct simtcp_tracker *tracker, struct half *half, uint32_t seq);

/* Has a SYN+ACK that nobody acknowledged taken the place of this half's bare SYN, which may have crossed the peer's?
 * NULL: no. */
bool open_gave_up_syn(const struct half *half);

struct open_verdict open_verdict(const struct simtcp_connection *connection, bool final);

#endif
