/* close.h
 * How a connection closed. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_CLOSE_H
#define SIMTCP_CLOSE_H

#include "connection.h"

struct close_verdict {
    enum simtcp_close close;
    bool stands;    /* proved by what has been captured so far */
    bool crossed;   /* the FINs crossed, whatever came after */
    bool completed; /* both FINs were acknowledged */
    int active;     /* orderly: the end that closed first; else -1 */
    bool holds[2];  /* does this end enter TIME-WAIT? */
};

/* The FIN of this end of the connection: of several numbers the acknowledged one. NULL if it
 * sent none. */
const struct fin *close_fin(const struct simtcp_connection *connection, unsigned end);

/* Was this end's FIN acknowledged? */
bool close_fin_acked(const struct simtcp_connection *connection, unsigned end);

/* Were both? */
bool close_completed(const struct simtcp_connection *connection);

/* Does the segment lie beyond what an end sent last? */
bool close_lies_beyond(const struct simtcp_connection *connection, unsigned side, const struct simtcp_segment *segment);

/* A segment with FIN has arrived. */
void close_fin_arrives(struct arrival *arrival);

/* A segment with data has arrived: does its sender repeat what it had sent before its FIN? */
void close_data_arrives(struct arrival *arrival);

/* The sender's acknowledgement number has risen: is it a FIN that it acknowledges? To be
 * called when the half's ack has been updated. */
void close_ack_rises(struct arrival *arrival);

/* The sender acknowledges what it had acknowledged before: because a FIN was repeated? */
void close_ack_repeats(struct arrival *arrival);

/* The frame with which this end, which holds it, enters TIME-WAIT. The active closer enters with its acknowledgement
 * of the peer's FIN; after crossing FINs, each end with what it still lacks. */
uint32_t close_entry_frame(const struct simtcp_connection *connection, const struct close_verdict *close, unsigned end);

struct close_verdict close_verdict(const struct simtcp_connection *connection, bool final);

#endif
