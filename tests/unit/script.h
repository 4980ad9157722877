/* script.h
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plays a connection written in packetdrill's manner to the core, and holds what the core
 * makes of it against what is written beside each segment.
 *
 *     PLAY("a > S 0:0(0)            | role 1.SYN n | states SYN-SENT/LISTEN",
 *          "b > SA 0:0(0) ack 1     | role 2.ACK n+1 | now open -",
 *          "+0.2 a > . 1:1(0) ack 1 | role 3.ACK k+1 | now open Three-way",
 *          "= open Three-way | close Open");
 *
 * A segment is [+SECONDS] END > FLAGS SEQ:END(LENGTH) [ack N] [win N] [<OPTIONS>]
 *
 * - +SECONDS since the segment before; 0.01 if not given.
 * - END is a or b, which talk to each other, c or d, likewise, or s, which talks to itself. a2 is a
 *   with its second ISN, 100000000 past the first; the line "isn a2 65637" puts it elsewhere.
 * - FLAGS are any of S A F R P and . (ACK), or - for none.
 * - Numbers count from the sender's ISN, after ack and in options from the ISN the receiver used
 *   last; "ack b1:1" names another. They are taken modulo 2^32. "zero" instead of SEQ:END(LENGTH) is 0 itself, as
 *   who has no connection sends it.
 * - OPTIONS: "ws N", "sack LEFT:RIGHT" and "ts TSVAL", separated by commas; or "cut": they were not captured.
 *
 * "a sends 5000000000 by 250000": a transfer in segments of that size, each acknowledged.
 *
 * After a bar come assertions, a key and a value each. They are about the frame at the end, when the
 * whole script has been observed; after "now" in one pass, when nothing that follows had been;
 * after "always" both. A line "= ..." asserts the same of every frame of the connection, and
 * "=1 ..." of those of connection 1. A line "~ REASON" says that one pass can't avoid
 * contradicting the end here.
 *
 *     open, close             the verdict's string; - while it does not stand
 *     simopen, simclose, opened, closed, flagged, starts      yes or no
 *     holders, enters         ends, or -
 *     conn                    the connection's number; - for a stray
 *     role                    roles, separated by commas, and (repeat); or -
 *     notation, phase
 *     n, k                    as a:0, or -
 *     states                  SENDER/RECEIVER, either of which may be *
 *     partner, answers        a frame, counted from 1; or -
 *     reset                   counts, ignored, or - if it is none
 *     events                  simopen simclose self-connect split-handshake not-a-retransmission reuse refused
 *                             assassination; or -
 *     age                     of the TIME-WAIT that the SYN reuses, in seconds; or -
 *     answer                  Accepted, Challenged, Refused, Ignored, or -
 *     assassinated            yes or no
 *     concurrent              TIME-WAITs of the sender's address, or -
 *     note                    yes or no: was the frame worth remembering?
 *     why                     a part of the sentence
 *
 * TIME-WAIT lasts 60 seconds.
 *
 * Every script is played for each pair of ISNs in a table, over IPv4 and IPv6, with either end's port
 * the lower one or both equal. What must always hold is asserted of every frame besides (see check.h),
 * also where the capture starts or stops at any line, lacks any line, has two in the other order, or has
 * every segment twice.
 */

#ifndef SCRIPT_H
#define SCRIPT_H

#include "pool.h"
#include "simtcp.h"

#define PLAY(...) script_play((const char *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)

/* The same, with memory that gives nothing from the n-th request on, and with memory that
 * refuses the n-th request only, for every n. Nothing is asserted but that it ends well. */
#define EXHAUST(...) script_exhaust((const char *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)

/* Frames 1 to 6 of many scripts: an ordinary open, 100 bytes from a, 200 from b. The FINs are a:101 and b:201. */
#define EXCHANGE \
    "a > S 0:0(0)", \
        "b > SA 0:0(0) ack 1", \
        "a > . 1:1(0) ack 1", \
        "a > P. 1:101(100) ack 1", \
        "b > P. 1:201(200) ack 101", \
        "a > . 101:101(0) ack 201"

/* And frames 7 to 9 of some: a closes first. */
#define CLOSED \
    EXCHANGE, \
        "a > F. 101:101(0) ack 201", \
        "b > F. 201:201(0) ack 102", \
        "a > . 102:102(0) ack 202"

#define TEST(name) cmocka_unit_test(name)

#define SCRIPT_ENDS 5
#define SCRIPT_ISNS 9
#define SCRIPT_OPTIONS 40
#define SCRIPT_SYN_TIMEOUT INT64_C(180000000000)
#define SCRIPT_TIME_WAIT INT64_C(60000000000)

/* One frame that was played. */
struct played {
    const char *line;          /* NULL: part of a transfer */
    struct simtcp_place place; /* as it was observed */
    struct simtcp_view now;    /* in one pass */
    struct simtcp_endpoint src, dst;
};

/* One playing of a script. */
struct run {
    struct simtcp_tracker *tracker;
    const char *pair;    /* name of the ISN pair */
    const char *variant; /* of the endpoints */
    struct simtcp_endpoint end[SCRIPT_ENDS];
    uint32_t isn[SCRIPT_ENDS][SCRIPT_ISNS];
    unsigned isn_used[SCRIPT_ENDS]; /* index of the last */
    uint64_t next[SCRIPT_ENDS];     /* relative number after the last segment */
    int64_t time;
    struct simtcp_tracker *twin; /* that folds; NULL: none */
    struct played *frames;       /* frame 1 is the first */
    uint32_t frame_count, frame_capacity;
    struct simtcp_segment last; /* with its frame, 0: no segment since the last repetition */
    uint8_t last_options[SCRIPT_OPTIONS];
    bool mute; /* what is written beside the segments is not asserted */
    bool contradicts;
    unsigned failures;
    bool quiet; /* another combination has failed already */
    const char *file;
    int line;
};

void script_play(const char *const *lines, const char *file, int line);
void script_exhaust(const char *const *lines, const char *file, int line);

/* Reports one failure of this frame. */
void script_fail(struct run *run, uint32_t frame, const char *key, const char *expected, const char *actual);

#endif
