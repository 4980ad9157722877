/* history.h
 * The notes of a connection: in which lists they are, and which is a frame's. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_HISTORY_H
#define SIMTCP_HISTORY_H

#include "connection.h"

/* Puts the note at the end of the connection's list. */
void history_append(struct simtcp_tracker *tracker, struct simtcp_connection *connection, struct simtcp_note *note);

/* The last note at or before frame in the connection's list, or NULL. */
const struct simtcp_note *connection_note_before(const struct simtcp_connection *connection, uint32_t frame);

/* Remembers, before this end's half moves from one incarnation to another, where its notes are. */
void history_follow(struct simtcp_tracker *tracker, const struct simtcp_connection *from, struct simtcp_connection *to,
                    unsigned end);

#endif
