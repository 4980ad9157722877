/* state.h
 * The state machine of RFC 9293 section 3.3.2, driven from outside. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_STATE_H
#define SIMTCP_STATE_H

#include "simtcp.h"

/* What a segment says of its sender. */
enum sent_event {
    SENT_SYN, /* bare */
    SENT_SYN_ACK,
    SENT_ACK,                 /* neither SYN nor RST */
    SENT_FIRST_FIN,           /* nothing was captured of a FIN of the peer's */
    SENT_CROSSING_FIN,        /* it does not acknowledge the peer's */
    SENT_LAST_FIN,            /* it acknowledges the peer's */
    SENT_RESENT_FIN,          /* it acknowledges the peer's, but was first sent before that arrived */
    SENT_ACK_OF_FIN,          /* the first that acknowledges the peer's FIN */
    SENT_ACK_OF_CROSSING_FIN, /* the same, in answer to a FIN that crossed its own */
    SENT_EVENTS
};

/* What a segment does to its receiver. */
enum received_event {
    RECEIVED_SYN,        /* bare */
    RECEIVED_SYN_ACK,    /* of its own SYN */
    RECEIVED_ACK_OF_SYN, /* without SYN */
    RECEIVED_ACK_OF_FIN,
    RECEIVED_FIN,
    RECEIVED_EVENTS
};

/* Takes note of a sent segment in *state and returns the state its sender was in once it had
 * sent it. The two differ when a segment that is still under way to the sender has been
 * captured already: *state assumes that it will arrive. */
enum simtcp_state state_after_sending(uint8_t *state, enum sent_event event);

/* Takes note of a segment as if it had arrived. */
void state_after_receiving(uint8_t *state, enum received_event event);

#endif
