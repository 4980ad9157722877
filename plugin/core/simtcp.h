/* simtcp.h
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How TCP connections begin and end, told from their segments alone: the core's
 * public interface. It knows nothing of Wireshark, allocates only through its
 * caller, prints nothing, and keeps no state outside a tracker.
 *
 * Call simtcp_observe() once for each segment, in the order of the capture. It
 * returns where the segment belongs: a connection and, when the segment takes
 * part in the opening or closing of one, a note of its own. What the segment
 * shows is then read with simtcp_look(), at once or after the whole capture has
 * been observed: what later segments prove is then part of the answer.
 *
 *     frame -> segment -> simtcp_observe() -> place -> simtcp_look() -> view
 *
 * Memory: a connection costs a fixed number of bytes and each segment of its
 * opening and closing one note; an ordinary one that has ended, about a hundred bytes in all
 * (settings.fold). Data segments cost nothing.
 */

#ifndef SIMTCP_H
#define SIMTCP_H

#include "segment.h"

/* Where a tracker's memory comes from. */
struct simtcp_memory {
    /* Returns size bytes (never 0), aligned for any object, or NULL. */
    void *(*allocate)(void *context, size_t size);
    /* Takes back a table that has been replaced by a larger one; may do nothing.
     * Everything else lives until the caller discards the tracker and all its
     * memory at once. */
    void (*release)(void *context, void *memory);
    void *context;
    /* Small objects are cut from pieces of this many bytes, because each request for memory costs some of
     * its own; 0: each is asked for by itself. */
    size_t piece;
};

struct simtcp_settings {
    int64_t syn_timeout; /* nanoseconds after which a SYN is stale (RFC 9293 section 3.8.3) */
    int64_t time_wait;   /* nanoseconds that TIME-WAIT lasts: 2 MSL, which is not on the wire, so
                                         * that every end of a TIME-WAIT that this yields is an estimate */
    uint64_t seed;       /* any number that who made the capture can't know: without it, endpoints
                                         * can be chosen that make every look-up slow */
    bool fold;           /* ordinary connections that have ended take little memory. Then what a place
                                         * points to lasts until the next call of simtcp_observe() or
                                         * simtcp_find(), or else simtcp_hold() it; without, as long as
                                         * the tracker */
};

/* All 4-tuples of one capture. */
struct simtcp_tracker;

/* One incarnation of a 4-tuple. */
struct simtcp_connection;

/* What is kept of one segment that opens, closes or resets a connection. */
struct simtcp_note;

/* Where a segment belongs. */
struct simtcp_place {
    const struct simtcp_connection *connection; /* NULL: to none that is known (a stray) */
    const struct simtcp_note *note;             /* NULL: nothing of its own to show */
    uint32_t frame;
    uint8_t sender; /* which end of the connection sent it: 0 or 1 */
    bool detached;  /* simtcp_find() can't give this place back: its caller
                                                     * must keep the note */
};

/* How a connection opened; simtcp.open's values, so the order is fixed. */
enum simtcp_open {
    SIMTCP_OPEN_UNKNOWN,               /* the segments that would tell were not captured */
    SIMTCP_OPEN_THREE_WAY,             /* RFC 9293 figure 6 */
    SIMTCP_OPEN_SIMULTANEOUS,          /* RFC 9293 figure 7 */
    SIMTCP_OPEN_SELF_CONNECT,          /* one socket whose SYN reached itself */
    SIMTCP_OPEN_SPLIT_HANDSHAKE,       /* SYN answered by a bare SYN */
    SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT, /* two histories fit */
    SIMTCP_OPEN_INCOMPLETE,            /* SYN never answered */
    SIMTCP_OPEN_REFUSED                /* SYN answered by RST */
};

/* How it closed; simtcp.close's values, so the order is fixed. */
enum simtcp_close {
    SIMTCP_CLOSE_OPEN,         /* no FIN and no RST that counts */
    SIMTCP_CLOSE_ORDERLY,      /* RFC 9293 figure 12: one end answered the other's FIN */
    SIMTCP_CLOSE_SIMULTANEOUS, /* RFC 9293 figure 13: the FINs crossed */
    SIMTCP_CLOSE_HALF_CLOSED,  /* one FIN */
    SIMTCP_CLOSE_RESET,        /* RST before both FINs were acknowledged */
    SIMTCP_CLOSE_UNDECIDABLE   /* an original FIN was not captured */
};

/* RFC 9293 section 3.3.2; simtcp.src.state's values, so the order is fixed. */
enum simtcp_state {
    SIMTCP_STATE_UNKNOWN,      /* nothing captured proves a state */
    SIMTCP_STATE_CLOSED,       /* no connection */
    SIMTCP_STATE_LISTEN,       /* back to waiting after a reset handshake */
    SIMTCP_STATE_SYN_SENT,     /* sent a SYN */
    SIMTCP_STATE_SYN_RECEIVED, /* received a SYN, own SYN not yet acknowledged */
    SIMTCP_STATE_ESTABLISHED,  /* both SYNs acknowledged */
    SIMTCP_STATE_FIN_WAIT_1,   /* sent FIN */
    SIMTCP_STATE_FIN_WAIT_2,   /* own FIN acknowledged */
    SIMTCP_STATE_CLOSE_WAIT,   /* received FIN */
    SIMTCP_STATE_CLOSING,      /* FINs crossed, own FIN not yet acknowledged */
    SIMTCP_STATE_LAST_ACK,     /* sent FIN after the peer's */
    SIMTCP_STATE_TIME_WAIT     /* waiting out 2 MSL */
};

enum simtcp_phase {
    SIMTCP_PHASE_OPEN,
    SIMTCP_PHASE_CLOSE,
    SIMTCP_PHASE_NONE /* the segment takes no step */
};

/* A step of an opening or closing: "2.ACK k+1". */
struct simtcp_role {
    uint8_t step; /* 1 to 4 */
    enum { SIMTCP_ROLE_SYN, SIMTCP_ROLE_ACK, SIMTCP_ROLE_FIN } kind;
    char letter; /* 'n' or 'k': the number that is sent or acknowledged */
};

/* The most a role's text takes, its NUL included. */
#define SIMTCP_ROLE_SIZE 16
#define SIMTCP_NOTATION_SIZE 40
#define SIMTCP_WHY_SIZE 1024

/* What the holder of a TIME-WAIT did with a SYN that came for its 4-tuple;
 * simtcp.time_wait.answer's values, so the order is fixed. */
enum simtcp_answer {
    SIMTCP_ANSWER_ACCEPTED,   /* SYN+ACK (RFC 6191) */
    SIMTCP_ANSWER_CHALLENGED, /* an acknowledgement of the old numbers (RFC 9293 section 3.10.7.4) */
    SIMTCP_ANSWER_REFUSED,    /* RST */
    SIMTCP_ANSWER_IGNORED     /* nothing was captured: known at the end only */
};

/* May a SYN for a 4-tuple in TIME-WAIT be accepted (RFC 6191 section 2)? */
enum simtcp_allowance {
    SIMTCP_NOT_ALLOWED,         /* neither its number nor its timestamp is newer */
    SIMTCP_ALLOWED_BY_NUMBER,   /* its ISN is beyond the last number of the old connection */
    SIMTCP_ALLOWED_BY_TIMESTAMP /* its timestamp is newer, or the old connection had none */
};

/* What a frame proves, each on one frame of a connection. */
enum simtcp_event {
    SIMTCP_EVENT_SIMOPEN = 1 << 0,
    SIMTCP_EVENT_SIMCLOSE = 1 << 1,
    SIMTCP_EVENT_SELF_CONNECT = 1 << 2,
    SIMTCP_EVENT_SPLIT_HANDSHAKE = 1 << 3,
    /* a handshake step that repeats a sequence number, which tools take for a retransmission */
    SIMTCP_EVENT_NOT_A_RETRANSMISSION = 1 << 4,
    SIMTCP_EVENT_TIME_WAIT_REUSE = 1 << 5,   /* a SYN for a 4-tuple in TIME-WAIT */
    SIMTCP_EVENT_TIME_WAIT_REFUSED = 1 << 6, /* it was not accepted */
    SIMTCP_EVENT_ASSASSINATION = 1 << 7      /* a RST ended a TIME-WAIT early (RFC 1337) */
};

/* What a frame shows. */
struct simtcp_view {
    /* of the connection */
    uint32_t number; /* from 0 in order of first frame */
    enum simtcp_open open;
    enum simtcp_close close;
    bool open_stands, close_stands; /* is open, close proved so far? */
    bool simopen, simclose;         /* proved to have been simultaneous */
    bool open_completed;            /* each side's SYN was acknowledged */
    bool close_completed;           /* both FINs were acknowledged */
    bool flagged;                   /* opened or closed, perhaps, in another than the ordinary way; that it
                                         * was refused, reset or not captured is nothing special */
    uint8_t holder_count;           /* ends that enter TIME-WAIT, 0 to 2 */
    struct simtcp_endpoint holders[2];

    /* of the frame */
    enum simtcp_phase phase;
    uint8_t role_count; /* 0 to 2 */
    struct simtcp_role roles[2];
    bool repeat; /* a retransmission of a segment that had this role */
    bool n_known, k_known;
    uint32_t n, k; /* the numbers the roles of this phase refer to */
    enum simtcp_state src_state, dst_state;
    uint32_t partner;          /* frame of the segment it crossed; 0: none */
    uint32_t answers;          /* frame whose SYN or FIN it acknowledges; 0: none */
    bool reset, reset_ignored; /* a RST; one that does not count */
    uint8_t enter_count;       /* ends that enter TIME-WAIT with this frame, 0 to 2 */
    struct simtcp_endpoint enters[2];
    bool time_wait_starts; /* TIME-WAIT is entered, or its timer restarted, by this frame */
    bool reuse;            /* this SYN came for a 4-tuple in TIME-WAIT */
    int64_t reuse_age;     /* with reuse: for how many nanoseconds it had been */
    bool answer_known;     /* on the answering frame; finally also on the SYN */
    enum simtcp_answer answer;
    bool assassinated; /* this RST ended a TIME-WAIT early */
    unsigned events;   /* enum simtcp_event, OR-ed */
};

/* Returns a tracker without connections, or NULL if memory gave none. Both
 * arguments are copied. */
struct simtcp_tracker *simtcp_tracker_new(const struct simtcp_settings *settings, const struct simtcp_memory *memory);

/* Takes in the next segment and says where it belongs. With keep, a segment that
 * belongs to a connection always gets a note, so that its caller can find it
 * again by something else than simtcp_find(). When memory is exhausted the
 * segment counts as a stray. A frame may have the number of the one before it:
 * that one is then taken for dropped, and can't be found any more. */
struct simtcp_place simtcp_observe(struct simtcp_tracker *tracker, const struct simtcp_segment *segment, bool keep);

/* Where the segment from src to dst in a frame that has been observed belongs, and
 * its note: what simtcp_observe() returned, unless that was detached. */
struct simtcp_place simtcp_find(struct simtcp_tracker *tracker, const struct simtcp_endpoint *src,
                                const struct simtcp_endpoint *dst, uint32_t frame);

/* Makes the place, which has just been returned, point to what lasts as long as the tracker. Whoever keeps a
 * pointer to a connection or note must call it; a place whose note simtcp_observe() kept is held already. Returns
 * false, with the place unchanged, if memory is exhausted. */
bool simtcp_hold(struct simtcp_tracker *tracker, struct simtcp_place *place);

/* How many TIME-WAITs the address of end, whose port does not matter, holds at this frame: the newest that
 * was observed or, if final says that the whole capture has been, any. That they end is an estimate, and in
 * one pass those of a simultaneous close count only once both FINs were acknowledged. Returns false, with count
 * undefined, if it has held none. */
bool simtcp_concurrent(struct simtcp_tracker *tracker, const struct simtcp_endpoint *end, uint32_t frame, bool final,
                       uint32_t *count);

/* Where the segment of this note belongs now: a crossing SYN can move to a newer
 * attempt. A note of a stray has no connection. */
struct simtcp_place simtcp_place_of(const struct simtcp_note *note);

/* What the segment at place shows, as far as the segments observed until now
 * prove it. final says that the whole capture has been observed, so that what is
 * missing counts as missing. place->connection must not be NULL. */
void simtcp_look(const struct simtcp_place *place, bool final, struct simtcp_view *view);

/* Could the segment at place prove anything (view.events)? Cheaper than a look. */
bool simtcp_may_be_event(const struct simtcp_place *place);

/* The ends of a connection: end 0 or 1. In a self-connect both are the same. */
struct simtcp_endpoint simtcp_end(const struct simtcp_connection *connection, unsigned end);

/* --- A whole connection, for statistics; at the end of a capture --- */

/* A place that stands for the whole connection: a look at it has what is known of the
 * connection, and nothing of a frame. */
struct simtcp_place simtcp_whole(const struct simtcp_connection *connection);

/* Where the SYN that a connection began with has moved to another, what follows without a note is not counted. */
struct simtcp_span {
    uint32_t first_frame;
    int64_t first, last; /* times of its first and last segment, nanoseconds as in
                                         * simtcp_segment.time; of several copies of time the latest is last */
};

struct simtcp_span simtcp_span(const struct simtcp_connection *connection);

/* The end that dialled, 0 or 1; -1: both did, or it is not known. */
int simtcp_initiator(const struct simtcp_connection *connection);

/* The connection's notes in the order of their frames, those aside that can't be found any more. Returns
 * how many there are, and puts them into notes if there is room for all; notes may be NULL if room is 0. */
size_t simtcp_notes(const struct simtcp_connection *connection, const struct simtcp_note **notes, size_t room);

/* When its segment was captured, nanoseconds as in simtcp_segment.time. */
int64_t simtcp_note_time(const struct simtcp_note *note);

/* One end's stay in TIME-WAIT. */
struct simtcp_wait {
    struct simtcp_endpoint holder, peer;
    uint32_t frame;    /* with which it entered */
    int64_t entered;   /* that frame's time */
    int64_t until;     /* its end: seen, or estimated from the last time the timer started */
    bool seen_ending;  /* a segment showed that it was over before the estimate */
    bool assassinated; /* that was a RST of the peer's */
};

/* The connection's stays in TIME-WAIT: how many, 0 to 2. */
unsigned simtcp_waits(const struct simtcp_connection *connection, struct simtcp_wait waits[2]);

/* A SYN that came for a 4-tuple in TIME-WAIT. */
struct simtcp_reuse {
    uint32_t frame; /* of the SYN */
    int64_t time;   /* the SYN's */
    int64_t age;    /* how long the 4-tuple had been in TIME-WAIT, nanoseconds */
    struct simtcp_endpoint holder;
    bool by_holder;                  /* the holder itself dials: nobody has to answer for the old connection */
    enum simtcp_allowance allowance; /* unless by_holder */
    bool answer_known;
    enum simtcp_answer answer; /* with answer_known */
    uint32_t answer_frame;     /* 0: none was captured */
};

/* Did the connection begin by reusing a 4-tuple in TIME-WAIT? If not, returns false with reuse
 * undefined. */
bool simtcp_reuse(const struct simtcp_connection *connection, struct simtcp_reuse *reuse);

/* Texts; each writes at most its SIZE bytes, always ends with NUL, and returns text. */

/* "1.SYN n" */
char *simtcp_role_text(const struct simtcp_role *role, char text[SIMTCP_ROLE_SIZE]);

/* The whole segment: "2.SYN k, ACK n+1"; empty if it takes no step. */
char *simtcp_notation(const struct simtcp_place *place, const struct simtcp_view *view,
                      char text[SIMTCP_NOTATION_SIZE]);

/* The evidence for the verdicts on the opening and closing, in one sentence with frame
 * numbers; empty while nothing is proved. */
char *simtcp_why(const struct simtcp_place *place, const struct simtcp_view *view, char text[SIMTCP_WHY_SIZE]);

#endif
