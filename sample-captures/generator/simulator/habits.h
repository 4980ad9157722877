/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stacks do differently where RFC 9293 leaves them the choice, or where they don't care. */
#ifndef SIMTCP_SIM_HABITS_H
#define SIMTCP_SIM_HABITS_H

#include "random.h"

enum profile { PROFILE_LINUX, PROFILE_BSD, PROFILE_RFC, PROFILE_MIXED };

/* What an end in SYN-RECEIVED does with the SYN+ACK that crossed its own. */
enum crossing {
    CROSSING_SILENT,   /* takes it, as in RFC 9293 figure 7 */
    CROSSING_ACK,      /* takes it and acknowledges the SYN, which came twice */
    CROSSING_CHALLENGE /* finds it unacceptable, acknowledges, and waits for the peer's ACK */
};

/* Times in microseconds. */
struct habits {
    enum profile profile;
    bool timestamps, sack; /* offered in the SYN */
    int window_scale;      /* offered in the SYN; -1: none */
    uint32_t window;       /* octets of receive buffer */
    uint16_t mss;
    enum crossing crossing;
    bool duplicate_sack;      /* an ACK of what came twice says so (RFC 2883) */
    bool fin_with_every_ack;  /* while its FIN is not acknowledged, each ACK carries it again */
    bool retransmits_old_ack; /* its FIN comes again exactly as it was first sent */
    bool syn_ack_again;       /* a listener answers a repeated SYN with SYN+ACK, not ACK */
    bool fin_acked_late;      /* the ACK of a FIN may wait for the application's close */
    bool resets_when_giving_up;
    bool reuses_own_time_wait; /* connect() from a 4-tuple in TIME-WAIT, with timestamps, after a second */
    bool clocked_isn;          /* the next ISN of a 4-tuple lies beyond the last one (RFC 6528) */
    int64_t rto_initial, rto_least, delayed_ack, two_msl;
    int64_t fin_wait_2_limit;  /* how long a closed end waits for the peer's FIN; 0: without limit */
    unsigned syn_tries, tries; /* transmissions before giving up */
};

/* Draws one host's habits. PROFILE_MIXED draws the profile too. */
void habits_draw(struct habits *habits, enum profile profile, struct random *random);

const char *profile_name(enum profile profile);

#endif
