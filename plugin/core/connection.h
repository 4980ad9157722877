/* connection.h
 * What is remembered of a connection. Internal to the core.
 *
 * A flow is a 4-tuple; its connections are its incarnations, newest first. Each
 * connection has two halves, one for each end: what that end's segments showed. A
 * half is made when its end is first heard of, so a SYN that is never answered
 * costs one. It is reached through a pointer from both sides, connection and note,
 * because an unanswered SYN may turn out to belong to a newer attempt of its peer:
 * then its half moves, and every note of it with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_CONNECTION_H
#define SIMTCP_CONNECTION_H

#include "simtcp.h"

/* How a side began. syn_frame and syn_ack_frame are 0 when there was none. */
struct beginning {
    uint32_t isn;
    uint32_t syn_frame;     /* first bare SYN */
    uint32_t syn_ack_frame; /* first SYN+ACK */
};

/* One number at which a side sent FIN. */
struct fin {
    uint32_t number; /* of the FIN itself: seq + length */
    uint32_t ack;    /* the lowest its transmissions carried: acknowledgements never
                                         * decrease, so this is that of the transmission sent first */
    uint32_t first_frame, last_frame;
    uint8_t transmissions; /* captured ones, exact duplicates not counted; UINT8_MAX: or more */
    uint8_t prompts;       /* captured segments that may have drawn an acknowledgement of it:
                                         * these, duplicates, and data sent again after it; UINT8_MAX: or more */
    bool shown_early : 1;  /* a segment with seq number + 1 was captured before any FIN */
    bool acked_early : 1;  /* so was the peer's acknowledgement of it */
    bool unsolicited : 1;  /* sent to an end still in SYN-SENT: a stray unless acknowledged */
};

enum reset_status {
    RESET_NONE,
    RESET_PENDING, /* in the window but not exact: counts if its receiver falls silent */
    RESET_COUNTS,
    RESET_REVOKED /* its alleged sender went on, or its receiver did */
};

/* The RST of a side that ended the connection, or seemed to. */
struct reset {
    uint32_t frame;
    uint32_t seq;
    uint32_t peer_end;      /* with peer_end_known: the peer's highest number then */
    uint32_t acked, acks;   /* with acks_known: what the peer had acknowledged then, and its sender */
    uint32_t earlier_frame; /* of one with a greater number, pending, whose place it took; 0: there was none */
    uint32_t earlier_seq;   /* its number */
    uint32_t later_frame;   /* of one with a greater number that would count in its place; 0: there was none */
    uint32_t later_seq;     /* its number */
    bool peer_end_known;
    bool acks_known;
    bool against_syn; /* it acknowledged a SYN of an end in SYN-SENT */
    enum reset_status status;
};

/* The number of FINs at different numbers that are remembered of a side. */
#define FIN_CANDIDATES 2

/* What hardly any side needs. */
struct oddities {
    struct fin fin;                     /* with fin_count 2: at another number, by a stray or a sender that was wrong */
    uint32_t early_ack[FIN_CANDIDATES]; /* with shown_early of the first and this FIN: the ack of the segment that
                                         * showed it */
    struct reset reset;
    struct beginning other; /* with has_other_isn: a SYN+ACK's number changed */
    uint32_t jump_seq;      /* with jumped: a segment far from snd_end started here */
    uint32_t other_syn_ack; /* with has_other_syn_ack: the number of a SYN+ACK, where the peer acknowledged another */
    bool has_other_syn_ack;
};

/* What a side showed of the connection's end, made with its first FIN or RST or its first acknowledgement of a
 * FIN; or for something odd. */
struct ending {
    struct oddities *oddities;   /* NULL: nothing odd */
    struct stay *stay;           /* in TIME-WAIT; NULL: none so far */
    struct fin fin;              /* with fin_count */
    uint32_t fin_ack_frame;      /* where it first acknowledged the peer's FIN */
    uint32_t fin_ack_last_frame; /* where it last did */
    uint32_t time_wait_frame;    /* the last one with which it may have entered TIME-WAIT; 0: none */
    uint32_t timestamp;          /* with has_timestamp: its newest TSval while it closes */
    uint8_t fin_ack_prompts;     /* how often the peer had asked for it when this side first
                                         * acknowledged its FIN; 0: the FIN had not been captured */
    uint8_t fin_count;           /* 0 to 2 */
    bool fin_ack_duplicate : 1;  /* see fin_ack_prompts: it carried a D-SACK of the FIN */
    bool has_timestamp : 1;
};

struct half {
    struct simtcp_connection *connection;
    struct ending *ending;
    const struct simtcp_note *last_syn; /* of the last segment with its SYN; NULL: none */
    int64_t noted_time;                 /* of the last SYN, FIN or RST, to recognise exact duplicates */
    uint32_t noted_digest;

    struct beginning begin;       /* with has_isn */
    uint32_t last_bare_syn_frame; /* last segment with its SYN without ACK, late copies aside */
    uint32_t syn_acked_frame;     /* first segment of the peer, RSTs aside, that acknowledges its SYN */

    uint32_t snd_end;     /* with has_seq: highest end of a segment: its SND.NXT or less */
    uint32_t ack_at_end;  /* acknowledgement number of the first segment that reached snd_end */
    uint32_t ack;         /* with has_ack: highest acknowledgement: its RCV.NXT or less */
    uint32_t seq_at_ack;  /* sequence number of the first segment that carried ack */
    uint32_t window_edge; /* ack + window: the peer may send up to here */

    uint16_t syn_length;      /* octets of data on its SYN (RFC 7413); UINT16_MAX: or more */
    uint8_t window_scale : 4; /* WINDOW_SCALE_UNKNOWN until its SYN is seen, with its options */
    bool has_isn : 1;
    bool has_other_isn : 1;
    bool has_seq : 1;
    bool has_ack : 1;
    bool near_isn : 1;       /* snd_end is less than 2^30 past the ISN: they can be compared */
    bool syn_was_acked : 1;  /* by an acknowledgement of it and no more: the peer knows this ISN */
    bool sent_data : 1;      /* data or FIN after its SYN */
    bool sent_new_data : 1;  /* data past what was captured before */
    bool sent_plain : 1;     /* a segment without SYN after its own SYN */
    bool answered_first : 1; /* acknowledged the peer's SYN before it sent its own */
    bool jumped : 1;
    bool moved : 1; /* here from another attempt */
};

/* No scale is greater than 14. */
#define WINDOW_SCALE_UNKNOWN 15

/* Numbers further than this from the ISN are no longer compared with it. */
#define NEAR_ISN (UINT32_C(1) << 30)

/* What hardly any connection needs. */
struct rarities {
    struct simtcp_connection *previous; /* the incarnation before; NULL: none */
    struct timeline *timeline;          /* of the flow, in its newest connection if there are several */
    struct reuse *reuse;                /* of a 4-tuple in TIME-WAIT, with which it began; NULL: none */
    struct marks *marks;                /* NULL: it has few notes */
    struct lists *lists;                /* two, by end, of halves that moved here; NULL: none did, or not known */
    int64_t first_time;                 /* with first_frame */
    uint32_t first_frame;               /* of its first segment, if that has no note; 0: it has */
    uint32_t open_proof, close_proof;   /* frames that proved open_seen and simclose; 0: none */
    uint8_t open_seen;                  /* enum simtcp_open, the last verdict that was an event */
};

/* One in so many of a connection's notes is marked, so that a search has to walk through no more than these. */
#define MANY_NOTES 32

/* Marked notes, by frame. */
struct marks {
    uint32_t count, capacity;
    const struct simtcp_note *notes[];
};

/* The connections whose lists can hold notes of a half that moved: all incarnations between these two. */
struct lists {
    const struct simtcp_connection *newest, *oldest; /* newest NULL: not known; oldest NULL: the flow's first */
};

struct simtcp_connection {
    struct flow *flow;
    struct rarities *rarities; /* NULL: none */
    struct half *half[2];      /* by end of the flow; NULL: not heard of; in a self-connect both are one */
    struct simtcp_note *first_note, *last_note;
    int64_t last_time; /* the latest of those without a note; INT64_MIN: there was none */
    uint32_t number;
    uint8_t state[2];   /* enum simtcp_state of both ends, once all that was captured is
                                         * delivered; a self-connect has the first only */
    uint8_t note_count; /* since the last one that was marked */
    bool self : 1;      /* both ends are one */
    bool settled : 1;   /* the flow's newest, to which its last segment belonged, established and no
                                         * FIN or RST yet: nothing but data expected */
    bool held : 1;      /* not to be folded: somebody keeps a pointer to it, or it once was */
    bool copied : 1;    /* this is a copy, to look at, of one that is folded */
};

/* What a note's segment did. */
enum {
    FACT_SYN = 1 << 0, /* bare SYN */
    FACT_SYN_ACK = 1 << 1,
    FACT_FIN = 1 << 2,
    FACT_RST = 1 << 3,
    FACT_ACKS_SYN = 1 << 4,         /* first of its side to acknowledge the peer's SYN */
    FACT_ACKS_FIN = 1 << 5,         /* first of its side to acknowledge the peer's FIN */
    FACT_ACKS_AGAIN = 1 << 6,       /* repeats the acknowledgement of a repeated SYN+ACK or FIN */
    FACT_REPEAT = 1 << 7,           /* the SYN or FIN it carries had been captured before */
    FACT_SYN_REPEATED = 1 << 8,     /* its SYN had been captured before, bare */
    FACT_RST_UNACCEPTABLE = 1 << 9, /* its receiver does not believe this RST */
    FACT_UNSOLICITED = 1 << 10,     /* a FIN to an end still in SYN-SENT */
    FACT_STRAY = 1 << 11,
    FACT_NOT_SHOWN = 1 << 12,  /* its frame's number went to the next frame */
    FACT_CHALLENGES = 1 << 13, /* a holder of TIME-WAIT answers a SYN with its last acknowledgement */
    FACTS_MAX = (1 << 14) - 1
};

#define FACTS_OF_OPENING (FACT_SYN | FACT_SYN_ACK | FACT_ACKS_SYN | FACT_RST)
#define FACTS_OF_CLOSING (FACT_FIN | FACT_ACKS_FIN)

struct simtcp_note {
    struct simtcp_note *next; /* of its connection, by frame */
    struct half *half;        /* its sender's; NULL: a stray */
    int64_t time;
    uint32_t frame;
    uint32_t answers;    /* frame whose SYN or FIN it acknowledges; 0: none */
    uint32_t fin_number; /* with FACT_FIN: its FIN's; with FACT_ACKS_FIN alone: the acknowledged FIN's */
    uint16_t facts : 15;
    uint16_t sender : 1;
    uint8_t src_state : 4; /* enum simtcp_state, as simtcp.src.state and .dst.state */
    uint8_t dst_state : 4;
    uint8_t after_0 : 4; /* states of both ends once everything so far is delivered */
    uint8_t after_1 : 4;
};

/* The state of an end after the note, once everything so far is delivered. */
static inline uint8_t note_state_after(const struct simtcp_note *note, unsigned end)
{
    return end == 0 ? note->after_0 : note->after_1;
}

/* From a frame on, the flow's segments belong to this connection. */
struct change {
    uint32_t frame;
    struct simtcp_connection *connection;
};

/* A flow of several incarnations. */
struct timeline {
    struct simtcp_connection *current; /* the one the last segment belonged to; NULL: there was no memory for that */
    uint32_t count, capacity;
    struct change changes[]; /* by frame */
};

struct flow {
    struct simtcp_connection *latest; /* the newest incarnation */
    uint32_t head[2];                 /* of both ends, whichever was captured first: kind, length and port, as
                                         * they lie in struct simtcp_endpoint */
    uint8_t address[];                /* of both, no more octets than they have */
};

/* An end of the flow. */
struct simtcp_endpoint flow_end(const struct flow *flow, unsigned end);

/* The same, of whatever has the heads with the addresses behind them. */
struct simtcp_endpoint heads_end(const uint32_t head[2], unsigned end);

/* A place in the table of flows. Enough of the hash is in it to pass by others without touching them. */
struct slot {
    uint32_t hash : 31;
    uint32_t folded : 1; /* its only connection is: at is that of a struct folded */
    uint32_t at;         /* of the flow, see tracker_at(); 0: empty */
};

/* Flows that are going on, so that a segment of one touches no slot: these are too many for any cache. A power of
 * two of them. */
#define RECENT_FLOWS 256

struct recent {
    uint32_t hash;
    uint32_t at; /* of the flow; 0: none */
};

/* Small objects are reused by others of their size, up to this many units. */
#define SPARE_UNITS 24

/* An object that is not needed any more. */
struct spare {
    struct spare *next;
    uint32_t at; /* 0: it has none */
};

/* The stays in TIME-WAIT that are not over (time_wait.c). */
struct wait_queue {
    struct stay **stays; /* a heap: the first is over first */
    uint32_t count, capacity;
    int64_t next;        /* when it is, or the first of those that are folded; INT64_MAX: there is none */
    int64_t folded_next; /* when the first of those is (fold.c) */
};

struct simtcp_tracker {
    struct simtcp_settings settings;
    struct simtcp_memory memory;
    uint8_t *chunk; /* what is left of the piece that small objects are cut from */
    size_t chunk_left;
    uint8_t **pieces; /* all of them, by number, from 1 */
    uint32_t piece_count, piece_capacity;
    unsigned piece_shift;                    /* a piece has two to the power of this many units, or less */
    uint32_t piece_mask;                     /* of the bits of a reference that name the unit */
    struct spare *spare[2][SPARE_UNITS + 1]; /* by whether they have a reference, and units */
    struct slot *slots;                      /* a power of two of them, one at least empty */
    uint32_t slot_count, flow_count;
    struct recent recent[RECENT_FLOWS]; /* by hash */
    uint32_t connection_count;
    struct simtcp_connection *touched; /* by the last segment, if that was no data: may it be folded now? */
    struct folding *folding;           /* fold.c; NULL: nothing has been folded */
    struct simtcp_note *last_note;     /* the newest that simtcp_find() can find */
    struct wait_queue waiting;
    struct host **hosts; /* addresses that have held TIME-WAIT: a power of two of buckets (host.c) */
    uint32_t host_bucket_count, host_count;
};

/* A segment being taken in: where it belongs and what it has shown so far. */
struct arrival {
    struct simtcp_tracker *tracker;
    const struct simtcp_segment *segment;
    struct simtcp_connection *connection;
    struct half *from, *to; /* sender's and receiver's halves; to is NULL if not heard of */
    unsigned side;          /* the sender's */
    unsigned facts;
    uint32_t answers;
    uint32_t fin_number;
    uint8_t src_state; /* the sender's once it had sent this */
    bool is_first;     /* the first of the connection */
    bool sends_syn;    /* its sender's SYN, first or again */
    bool duplicate;    /* an exact copy of the segment before it */
};

/* The place of an end's state. */
static inline uint8_t *connection_state(struct simtcp_connection *connection, unsigned end)
{
    return &connection->state[connection->self ? 0 : end];
}

/* The incarnation before, NULL if there is none. */
static inline struct simtcp_connection *connection_previous(const struct simtcp_connection *connection)
{
    return connection->rarities ? connection->rarities->previous : NULL;
}

/* The connection's rarities, made if need be; NULL if memory is exhausted. */
struct rarities *connection_make_rarities(struct simtcp_tracker *tracker, struct simtcp_connection *connection);

/* The frame of its first segment; 0: there was no memory for any so far. */
static inline uint32_t connection_first_frame(const struct simtcp_connection *connection)
{
    if (connection->rarities && connection->rarities->first_frame)
        return connection->rarities->first_frame;
    return connection->first_note ? connection->first_note->frame : 0;
}

/* That segment's time. */
static inline int64_t connection_first_time(const struct simtcp_connection *connection)
{
    if (connection->rarities && connection->rarities->first_frame)
        return connection->rarities->first_time;
    return connection->first_note ? connection->first_note->time : 0;
}

/* The half of an end, NULL if not heard of. A self-connect has one for both. */
static inline struct half *connection_half(const struct simtcp_connection *connection, unsigned end)
{
    return connection->half[end];
}

/* The same, made if need be; NULL if memory is exhausted. */
struct half *connection_make_half(struct simtcp_tracker *tracker, struct simtcp_connection *connection, unsigned end);

/* The half's ending, made if need be; NULL if memory is exhausted. */
struct ending *half_make_ending(struct simtcp_tracker *tracker, struct half *half);

/* Whatever is odd about the half, made if need be; NULL if memory is exhausted. */
struct oddities *half_make_oddities(struct simtcp_tracker *tracker, struct half *half);

/* The same where it is; NULL: nothing. */
static inline struct oddities *half_oddities(const struct half *half)
{
    return half && half->ending ? half->ending->oddities : NULL;
}

/* Objects lie at multiples of this many bytes. */
#define TRACKER_UNIT sizeof(uint64_t)

/* Zeroed memory for an object that lives as long as the tracker, or until tracker_reuse(); or NULL. */
void *tracker_keep(struct simtcp_tracker *tracker, size_t size);

/* The same, and in *at a reference to it: half of a pointer's size, never 0. */
void *tracker_keep_at(struct simtcp_tracker *tracker, size_t size, uint32_t *at);

/* The object of a reference. */
static inline void *tracker_at(const struct simtcp_tracker *tracker, uint32_t at)
{
    size_t unit = at & tracker->piece_mask;

    return tracker->pieces[at >> tracker->piece_shift] + unit * TRACKER_UNIT;
}

/* The object of this size, whose reference is at if it has one, may be another from now on. */
void tracker_reuse(struct simtcp_tracker *tracker, void *object, size_t size, uint32_t at);

/* Zeroed memory for a table that may be given back, or NULL. */
void *tracker_allocate(struct simtcp_tracker *tracker, size_t size);

/* Gives back a table that has been replaced; NULL: nothing. */
void tracker_release(struct simtcp_tracker *tracker, void *memory);

/* The last frame with the side's SYN, 0 if there is none. */
static inline uint32_t half_last_syn_frame(const struct half *half)
{
    return half->last_syn ? half->last_syn->frame : 0;
}

/* Is the number of this end's SYN known? RSTs alone say nothing of it. */
static inline bool half_has_isn(const struct half *half)
{
    return half && half->has_isn;
}

static inline bool half_sent_syn(const struct half *half)
{
    return half && half->has_isn && half->begin.syn_frame;
}

static inline bool half_sent_syn_ack(const struct half *half)
{
    return half && half->has_isn && half->begin.syn_ack_frame;
}

/* Is nothing known of this end but RSTs, if that? */
static inline bool half_is_unheard(const struct half *half)
{
    return !half || (!half->has_seq && !half->has_ack);
}

/* Has this end answered its peer's SYN by a RST? */
static inline bool half_has_refused(const struct half *half)
{
    const struct oddities *oddities = half_oddities(half);

    return oddities && oddities->reset.against_syn;
}

/* May a half that has taken part in one attempt be moved to another? */
static inline bool half_is_movable(const struct half *half)
{
    return !half->sent_data && !half->sent_plain && !half_has_refused(half);
}

/* Has the connection no numbers yet? It has seen RSTs alone. */
static inline bool connection_is_blank(const struct simtcp_connection *connection)
{
    return half_is_unheard(connection_half(connection, 0)) && half_is_unheard(connection_half(connection, 1));
}

/* Does ack acknowledge this side's SYN and nothing after it but the SYN's own
 * data? A peer may accept that data or not (RFC 7413 section 4.2). */
bool half_syn_is_acked_by(const struct half *half, uint32_t ack);

#endif
