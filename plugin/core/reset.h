/* reset.h
 * Which RST counts (RFC 9293 section 3.10.7, RFC 5961 section 3). Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_RESET_H
#define SIMTCP_RESET_H

#include "connection.h"

/* A RST has arrived. */
void reset_arrives(struct arrival *arrival);

/* A segment other than a RST has arrived: are the sender's own RST, and the RST it was sent,
 * still to be believed? To be called before the segment changes either half. */
void reset_is_put_to_test(struct arrival *arrival);

/* Does a RST of this end of the connection count? A pending one does in the end. */
bool reset_counts(const struct simtcp_connection *connection, unsigned end, bool final);

/* Did a RST that counts end the connection before both FINs were acknowledged? */
bool reset_ended(const struct simtcp_connection *connection, bool final);

/* The frame of the first RST that did, or 0. */
uint32_t reset_frame(const struct simtcp_connection *connection, bool final);

#endif
