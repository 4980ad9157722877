/* state.c
 * An observer sees segments, not their arrival. So each end's state is the one it has once
 * everything that was captured has arrived, and a segment it sends corrects that: a bare SYN
 * from an end that should be in SYN-RECEIVED proves that the peer's SYN is still on its way,
 * so its sender was in SYN-SENT when it sent it, and will be in SYN-RECEIVED in the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "state.h"

#include <stdbool.h>

struct transition {
    bool defined; /* others change nothing */
    uint8_t now;  /* once the segment was sent */
    uint8_t then; /* once everything captured has arrived */
};

#define STATE_COUNT (SIMTCP_STATE_TIME_WAIT + 1)

/* clang-format off */
#define TO(state) { true, SIMTCP_STATE_##state, SIMTCP_STATE_##state }
#define FIRST(state, later) { true, SIMTCP_STATE_##state, SIMTCP_STATE_##later }
/* clang-format on */

static const struct transition sending[SENT_EVENTS][STATE_COUNT] = {
    [SENT_SYN] = {
        [SIMTCP_STATE_UNKNOWN] = TO(SYN_SENT),
        [SIMTCP_STATE_SYN_RECEIVED] = FIRST(SYN_SENT, SYN_RECEIVED),
        [SIMTCP_STATE_ESTABLISHED] = FIRST(SYN_SENT, ESTABLISHED),
    },
    [SENT_SYN_ACK] = {
        [SIMTCP_STATE_UNKNOWN] = TO(SYN_RECEIVED),
        [SIMTCP_STATE_SYN_SENT] = TO(SYN_RECEIVED),
        [SIMTCP_STATE_ESTABLISHED] = FIRST(SYN_RECEIVED, ESTABLISHED),
    },
    [SENT_ACK] = {
        /* it has received a SYN+ACK that was not captured */
        [SIMTCP_STATE_SYN_SENT] = TO(ESTABLISHED),
    },
    [SENT_FIRST_FIN] = {
        [SIMTCP_STATE_SYN_SENT] = TO(FIN_WAIT_1),
        [SIMTCP_STATE_SYN_RECEIVED] = TO(FIN_WAIT_1),
        [SIMTCP_STATE_ESTABLISHED] = TO(FIN_WAIT_1),
        [SIMTCP_STATE_FIN_WAIT_2] = FIRST(FIN_WAIT_1, FIN_WAIT_2),
    },
    [SENT_CROSSING_FIN] = {
        [SIMTCP_STATE_UNKNOWN] = FIRST(FIN_WAIT_1, CLOSING),
        [SIMTCP_STATE_SYN_RECEIVED] = FIRST(FIN_WAIT_1, CLOSING),
        [SIMTCP_STATE_ESTABLISHED] = FIRST(FIN_WAIT_1, CLOSING),
        [SIMTCP_STATE_CLOSE_WAIT] = FIRST(FIN_WAIT_1, CLOSING),
        [SIMTCP_STATE_FIN_WAIT_2] = FIRST(FIN_WAIT_1, FIN_WAIT_2),
        [SIMTCP_STATE_CLOSING] = FIRST(FIN_WAIT_1, CLOSING),
        [SIMTCP_STATE_TIME_WAIT] = FIRST(FIN_WAIT_1, TIME_WAIT),
    },
    [SENT_LAST_FIN] = {
        [SIMTCP_STATE_UNKNOWN] = TO(LAST_ACK),
        [SIMTCP_STATE_SYN_RECEIVED] = TO(LAST_ACK),
        [SIMTCP_STATE_ESTABLISHED] = TO(LAST_ACK),
        [SIMTCP_STATE_CLOSE_WAIT] = TO(LAST_ACK),
        [SIMTCP_STATE_CLOSED] = FIRST(LAST_ACK, CLOSED),
        /* its FIN again, from CLOSING */
        [SIMTCP_STATE_FIN_WAIT_1] = TO(CLOSING),
        [SIMTCP_STATE_FIN_WAIT_2] = FIRST(CLOSING, TIME_WAIT),
        [SIMTCP_STATE_TIME_WAIT] = FIRST(CLOSING, TIME_WAIT),
    },
    [SENT_RESENT_FIN] = {
        [SIMTCP_STATE_UNKNOWN] = TO(CLOSING),
        [SIMTCP_STATE_ESTABLISHED] = TO(CLOSING),
        [SIMTCP_STATE_FIN_WAIT_1] = TO(CLOSING),
        [SIMTCP_STATE_CLOSE_WAIT] = TO(CLOSING),
        [SIMTCP_STATE_FIN_WAIT_2] = FIRST(CLOSING, TIME_WAIT),
        [SIMTCP_STATE_TIME_WAIT] = FIRST(CLOSING, TIME_WAIT),
    },
    [SENT_ACK_OF_FIN] = {
        [SIMTCP_STATE_ESTABLISHED] = TO(CLOSE_WAIT),
        [SIMTCP_STATE_FIN_WAIT_1] = TO(CLOSING),
        [SIMTCP_STATE_FIN_WAIT_2] = TO(TIME_WAIT),
    },
    [SENT_ACK_OF_CROSSING_FIN] = {
        [SIMTCP_STATE_FIN_WAIT_1] = TO(CLOSING),
        [SIMTCP_STATE_FIN_WAIT_2] = TO(TIME_WAIT),
        /* the FIN is answered at once; the acknowledgement of its own is still on its way */
        [SIMTCP_STATE_TIME_WAIT] = FIRST(CLOSING, TIME_WAIT),
    },
};

/* Zero, UNKNOWN, stands for no change: nothing that arrives makes a state unknown. */
static const uint8_t receiving[RECEIVED_EVENTS][STATE_COUNT] = {
    [RECEIVED_SYN] = {
        [SIMTCP_STATE_UNKNOWN] = SIMTCP_STATE_SYN_RECEIVED,
        [SIMTCP_STATE_SYN_SENT] = SIMTCP_STATE_SYN_RECEIVED,
    },
    [RECEIVED_SYN_ACK] = {
        [SIMTCP_STATE_UNKNOWN] = SIMTCP_STATE_ESTABLISHED,
        [SIMTCP_STATE_SYN_SENT] = SIMTCP_STATE_ESTABLISHED,
        [SIMTCP_STATE_SYN_RECEIVED] = SIMTCP_STATE_ESTABLISHED,
    },
    [RECEIVED_ACK_OF_SYN] = {
        [SIMTCP_STATE_SYN_RECEIVED] = SIMTCP_STATE_ESTABLISHED,
    },
    [RECEIVED_ACK_OF_FIN] = {
        [SIMTCP_STATE_FIN_WAIT_1] = SIMTCP_STATE_FIN_WAIT_2,
        [SIMTCP_STATE_CLOSING] = SIMTCP_STATE_TIME_WAIT,
        [SIMTCP_STATE_LAST_ACK] = SIMTCP_STATE_CLOSED,
    },
    [RECEIVED_FIN] = {
        [SIMTCP_STATE_SYN_RECEIVED] = SIMTCP_STATE_CLOSE_WAIT,
        [SIMTCP_STATE_ESTABLISHED] = SIMTCP_STATE_CLOSE_WAIT,
        [SIMTCP_STATE_FIN_WAIT_1] = SIMTCP_STATE_CLOSING,
        [SIMTCP_STATE_FIN_WAIT_2] = SIMTCP_STATE_TIME_WAIT,
    },
};

enum simtcp_state state_after_sending(uint8_t *state, enum sent_event event)
{
    const struct transition *transition = &sending[event][*state];

    if (!transition->defined)
        return *state;
    *state = transition->then;
    return transition->now;
}

void state_after_receiving(uint8_t *state, enum received_event event)
{
    uint8_t next = receiving[event][*state];

    if (next != SIMTCP_STATE_UNKNOWN)
        *state = next;
}
