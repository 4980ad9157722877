/* look.c
 * What a frame shows, judged from all that is known when somebody looks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "history.h"
#include "reset.h"
#include "reuse.h"
#include "role.h"
#include "time_wait.h"

struct verdicts {
    struct open_verdict open;
    struct close_verdict close;
    uint32_t reset_frame;   /* of the RST that ended it; 0: none */
    uint32_t pending_frame; /* of one that may yet turn out to; 0: none */
};

static bool is_unusual(const struct verdicts *verdicts)
{
    switch (verdicts->open.open) {
    case SIMTCP_OPEN_SIMULTANEOUS:
    case SIMTCP_OPEN_SELF_CONNECT:
    case SIMTCP_OPEN_SPLIT_HANDSHAKE:
    case SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT: return true;
    default: return verdicts->close.crossed || verdicts->close.close == SIMTCP_CLOSE_UNDECIDABLE;
    }
}

/* n's first. */
static void add_holders(const struct simtcp_connection *connection, const struct close_verdict *close,
                        struct simtcp_view *view)
{
    unsigned n = role_end_of_n(connection, SIMTCP_PHASE_CLOSE) == 1 ? 1 : 0;

    for (unsigned i = 0; i < (connection->self ? 1u : 2u); i++) {
        unsigned end = i == 0 ? n : 1 - n;

        if (close->holds[end])
            view->holders[view->holder_count++] = flow_end(connection->flow, end);
    }
}

static void look_at_connection(const struct simtcp_connection *connection, const struct verdicts *verdicts,
                               struct simtcp_view *view)
{
    const struct open_verdict *open = &verdicts->open;
    const struct close_verdict *close = &verdicts->close;

    view->number = connection->number;
    view->open = open->open;
    view->open_stands = open->stands;
    view->open_completed = open->completed;
    view->simopen = open->stands && (open->open == SIMTCP_OPEN_SIMULTANEOUS || open->open == SIMTCP_OPEN_SELF_CONNECT);
    view->close = close->close;
    view->close_stands = close->stands;
    view->close_completed = close->completed;
    view->simclose = close->crossed;
    view->flagged = is_unusual(verdicts);
    add_holders(connection, close, view);
}

/* --- states --- */

static void look_up_states(const struct simtcp_place *place, struct simtcp_view *view)
{
    const struct simtcp_connection *connection = place->connection;
    const struct simtcp_note *note = place->note ? place->note : connection_note_before(connection, place->frame);
    bool self = connection->self;

    view->src_state = view->dst_state = SIMTCP_STATE_UNKNOWN;
    if (place->note) {
        view->src_state = note->src_state;
        view->dst_state = note->dst_state;
    } else if (note) {
        view->src_state = note_state_after(note, self ? 0 : place->sender);
        view->dst_state = note_state_after(note, self ? 0 : 1 - place->sender);
    }
}

/* After a RST that counts there is no connection. A passive end whose handshake was reset
 * listens again (RFC 9293 section 3.10.7.4, second). */
static enum simtcp_state state_after_reset(const struct simtcp_connection *connection, unsigned end,
                                           enum simtcp_state state)
{
    const struct half *half = connection_half(connection, end);

    if (state == SIMTCP_STATE_SYN_RECEIVED && half_sent_syn_ack(half) && !half_sent_syn(half)
        && reset_counts(connection, 1 - end, true))
        return SIMTCP_STATE_LISTEN;
    return SIMTCP_STATE_CLOSED;
}

/* When the FINs crossed, neither end was ever in CLOSE-WAIT: the one that arrives finds its receiver in
 * FIN-WAIT-1, even if that one's own FIN was not captured. In the middle of a capture the FINs also tell what came
 * before. */
static void correct_by_close(const struct simtcp_note *note, const struct close_verdict *close,
                             struct simtcp_view *view)
{
    bool fin = note && note->facts & FACT_FIN && !(note->facts & (FACT_ACKS_FIN | FACT_UNSOLICITED));

    if (close->crossed && view->src_state == SIMTCP_STATE_CLOSE_WAIT)
        view->src_state = SIMTCP_STATE_CLOSING;
    if (close->crossed && view->dst_state == SIMTCP_STATE_CLOSE_WAIT)
        view->dst_state = SIMTCP_STATE_CLOSING;
    if (!fin || (!close->crossed && close->active != (int)note->sender))
        return;
    if (view->src_state == SIMTCP_STATE_UNKNOWN)
        view->src_state = SIMTCP_STATE_FIN_WAIT_1;
    if (view->dst_state == SIMTCP_STATE_UNKNOWN)
        view->dst_state = close->crossed ? SIMTCP_STATE_CLOSING : SIMTCP_STATE_CLOSE_WAIT;
}

/* Did the peer of this end answer its SYN from CLOSED? */
static bool is_refused(const struct simtcp_connection *connection, unsigned end, bool final)
{
    const struct half *peer = connection_half(connection, 1 - end);

    return reset_counts(connection, 1 - end, final) && half_oddities(peer)->reset.against_syn;
}

/* Had the SYN in this note not arrived when the peer sent its own, which its sender repeated later? */
static bool is_overtaken(const struct simtcp_note *note, const struct half *peer)
{
    return note->half->last_bare_syn_frame > note->frame && half_sent_syn(peer)
        && peer->last_bare_syn_frame > note->frame;
}

/* That a SYN arrives, and somebody listens there, is an assumption. */
static void correct_by_open(const struct simtcp_place *place, const struct verdicts *verdicts, bool final,
                            struct simtcp_view *view)
{
    const struct simtcp_connection *connection = place->connection;
    const struct simtcp_note *note = place->note;
    const struct half *peer = connection_half(connection, 1 - place->sender);

    if (is_refused(connection, place->sender, final) && note && note->facts & FACT_SYN)
        view->dst_state = SIMTCP_STATE_CLOSED;
    else if (is_refused(connection, 1 - place->sender, final) && !half_sent_syn(note ? note->half : NULL))
        view->src_state = SIMTCP_STATE_CLOSED;
    else if (verdicts->open.open == SIMTCP_OPEN_INCOMPLETE && final
             && half_sent_syn(connection_half(connection, place->sender)))
        view->dst_state = SIMTCP_STATE_UNKNOWN;
    else if (note && note->facts & FACT_SYN && !connection->self && is_overtaken(note, peer))
        view->dst_state = peer->begin.syn_frame < note->frame ? SIMTCP_STATE_SYN_SENT : SIMTCP_STATE_UNKNOWN;
}

/* Does this SYN reach its receiver in the TIME-WAIT of an older connection, and is not accepted so far? */
static bool is_for_time_wait(const struct simtcp_place *place)
{
    const struct reuse *reuse = reuse_of(place->connection);

    return reuse && !reuse->by_holder && place->note && place->note->facts & FACT_SYN
        && place->sender != reuse->stay->end && time_wait_held(reuse->stay->connection, reuse->stay->end, place->frame)
        && !(reuse->answer_frame && reuse->answer == SIMTCP_ANSWER_ACCEPTED);
}

/* A segment has shown that an end is no longer in TIME-WAIT, or still is. */
static void correct_by_time_wait(const struct simtcp_place *place, bool final, struct simtcp_view *view)
{
    enum simtcp_answer answer;

    if (is_for_time_wait(place))
        view->dst_state =
            reuse_answered(place->connection, final, &answer) ? SIMTCP_STATE_TIME_WAIT : SIMTCP_STATE_UNKNOWN;
    if (view->src_state == SIMTCP_STATE_TIME_WAIT && time_wait_was_left(place->connection, place->sender, place->frame))
        view->src_state = SIMTCP_STATE_CLOSED;
    if (view->dst_state == SIMTCP_STATE_TIME_WAIT
        && time_wait_was_left(place->connection, 1 - place->sender, place->frame))
        view->dst_state = SIMTCP_STATE_CLOSED;
}

static void look_at_states(const struct simtcp_place *place, const struct verdicts *verdicts, bool final,
                           struct simtcp_view *view)
{
    look_up_states(place, view);
    correct_by_close(place->note, &verdicts->close, view);
    correct_by_open(place, verdicts, final, view);
    correct_by_time_wait(place, final, view);
    /* a RST that may count or not has been captured */
    if (verdicts->pending_frame && place->frame >= verdicts->pending_frame)
        view->src_state = view->dst_state = SIMTCP_STATE_UNKNOWN;
    if (verdicts->reset_frame && place->frame >= verdicts->reset_frame) {
        view->src_state = state_after_reset(place->connection, place->sender, view->src_state);
        view->dst_state = state_after_reset(place->connection, 1 - place->sender, view->dst_state);
    }
}

/* --- the frame --- */

/* The segment of the peer's that this one crossed; 0 if that is not proved. Of SYNs sent again and again,
 * the last ones: neither end had the other's when it sent it. */
static uint32_t find_partner(const struct simtcp_place *place, const struct verdicts *verdicts)
{
    const struct simtcp_note *note = place->note;
    const struct half *peer = connection_half(place->connection, 1 - place->sender);
    const struct fin *fin;

    if (place->connection->self || !peer)
        return 0;
    if (verdicts->open.open == SIMTCP_OPEN_SIMULTANEOUS) {
        if (note->facts & FACT_SYN)
            return note->frame == note->half->last_bare_syn_frame ? peer->last_bare_syn_frame : 0;
        if (note->facts & FACT_SYN_ACK && !(note->facts & FACT_REPEAT))
            return peer->begin.syn_ack_frame;
    }
    if (!verdicts->close.crossed || !(note->facts & FACT_FIN) || note->facts & (FACT_ACKS_FIN | FACT_REPEAT))
        return 0;
    fin = close_fin(place->connection, 1 - place->sender);
    return fin ? fin->first_frame : 0;
}

static void look_at_time_wait(const struct simtcp_place *place, const struct close_verdict *close,
                              struct simtcp_view *view)
{
    const struct simtcp_connection *connection = place->connection;

    for (unsigned end = 0; end < (connection->self ? 1u : 2u); end++)
        if (close->holds[end] && close_entry_frame(connection, close, end) == place->frame)
            view->enters[view->enter_count++] = flow_end(connection->flow, end);
    /* the peer's FIN came again, and has been acknowledged again */
    view->time_wait_starts = view->enter_count || (place->note->facts & FACT_ACKS_AGAIN && close->holds[place->sender]);
}

static bool was_refused(enum simtcp_answer answer)
{
    return answer != SIMTCP_ANSWER_ACCEPTED;
}

/* The SYN that came for a 4-tuple in TIME-WAIT, and what answers it. */
static void look_at_reuse(const struct simtcp_place *place, bool final, struct simtcp_view *view)
{
    const struct reuse *reuse = reuse_of(place->connection);

    if (place->note->facts & FACT_CHALLENGES) {
        view->answer_known = true;
        view->answer = SIMTCP_ANSWER_CHALLENGED;
    } else if (reuse && reuse->syn_frame == place->frame) {
        view->reuse = true;
        view->reuse_age = reuse->age;
        view->answer_known = final && reuse_answered(place->connection, true, &view->answer);
    } else if (reuse && reuse->answer_frame == place->frame) {
        view->answer_known = reuse_answered(place->connection, final, &view->answer);
    }
}

/* One event for the SYN, and one where it was not accepted: on the answer, on the SYN if there was none. */
static unsigned find_reuse_events(const struct simtcp_view *view)
{
    unsigned events = view->reuse ? SIMTCP_EVENT_TIME_WAIT_REUSE : 0;

    if (view->answer_known && was_refused(view->answer) && (!view->reuse || view->answer == SIMTCP_ANSWER_IGNORED))
        events |= SIMTCP_EVENT_TIME_WAIT_REFUSED;
    return events;
}

/* A handshake step that repeats a sequence number: a SYN+ACK after its sender's SYN, or a FIN sent again
 * to acknowledge the peer's. */
static bool looks_like_a_retransmission(unsigned facts)
{
    return (facts & FACT_SYN_ACK && facts & FACT_SYN_REPEATED && !(facts & FACT_REPEAT))
        || (facts & FACT_FIN && facts & FACT_REPEAT && facts & FACT_ACKS_FIN);
}

bool simtcp_may_be_event(const struct simtcp_place *place)
{
    const struct simtcp_connection *connection = place->connection;
    const struct rarities *rarities = connection ? connection->rarities : NULL;

    return connection && place->note
        && ((rarities && (rarities->open_proof == place->frame || rarities->close_proof == place->frame))
            || looks_like_a_retransmission(place->note->facts) || place->note->facts & FACT_CHALLENGES
            || (rarities && rarities->reuse && place->note->facts & (FACT_SYN | FACT_RST))
            || (place->note->facts & FACT_RST && time_wait_stay(connection, 1 - place->sender)));
}

static unsigned find_events(const struct simtcp_place *place, const struct verdicts *verdicts)
{
    const struct rarities *rarities = place->connection->rarities;
    unsigned events = 0;

    if (rarities && rarities->open_proof == place->frame && rarities->open_seen == verdicts->open.open) {
        if (verdicts->open.open == SIMTCP_OPEN_SIMULTANEOUS)
            events |= SIMTCP_EVENT_SIMOPEN;
        else if (verdicts->open.open == SIMTCP_OPEN_SELF_CONNECT)
            events |= SIMTCP_EVENT_SELF_CONNECT;
        else
            events |= SIMTCP_EVENT_SPLIT_HANDSHAKE;
    }
    if (rarities && rarities->close_proof == place->frame && verdicts->close.crossed)
        events |= SIMTCP_EVENT_SIMCLOSE;
    if (looks_like_a_retransmission(place->note->facts))
        events |= SIMTCP_EVENT_NOT_A_RETRANSMISSION;
    return events;
}

/* A RST to an end in TIME-WAIT ends that, or was ignored by it (RFC 1337). */
static void look_at_late_rst(const struct simtcp_place *place, struct simtcp_view *view)
{
    const struct stay *stay = time_wait_stay(place->connection, 1 - place->sender);

    if (!stay || place->frame <= stay->frame)
        return;
    view->assassinated = stay->status == STAY_ASSASSINATED && stay->left_frame == place->frame;
    if (time_wait_survived(stay))
        view->reset_ignored = true;
}

static void look_at_rst(const struct simtcp_place *place, struct simtcp_view *view)
{
    const struct simtcp_note *note = place->note;
    const struct oddities *oddities = half_oddities(note->half);
    const struct reset *reset = oddities ? &oddities->reset : NULL;

    view->reset = true;
    view->reset_ignored =
        note->facts & FACT_RST_UNACCEPTABLE || !reset || note->frame < reset->frame || reset->status == RESET_REVOKED;
    look_at_late_rst(place, view);
    /* injected, or sent by an end that has forgotten the connection */
    if (view->reset_ignored)
        view->src_state = SIMTCP_STATE_UNKNOWN;
    if (view->assassinated)
        view->events |= SIMTCP_EVENT_ASSASSINATION;
}

static void look_at_note(const struct simtcp_place *place, const struct verdicts *verdicts, bool final,
                         struct simtcp_view *view)
{
    const struct simtcp_note *note = place->note;

    view->partner = find_partner(place, verdicts);
    view->answers = note->answers;
    view->events = find_events(place, verdicts);
    look_at_time_wait(place, &verdicts->close, view);
    look_at_reuse(place, final, view);
    view->events |= find_reuse_events(view);
    if (note->facts & FACT_RST)
        look_at_rst(place, view);
}

void simtcp_look(const struct simtcp_place *place, bool final, struct simtcp_view *view)
{
    const struct simtcp_connection *connection = place->connection;
    struct verdicts verdicts = {
        .open = open_verdict(connection, final),
        .close = close_verdict(connection, final),
        .reset_frame = reset_frame(connection, final),
    };

    if (!final && !verdicts.reset_frame)
        verdicts.pending_frame = reset_frame(connection, true);
    *view = (struct simtcp_view){ .phase = SIMTCP_PHASE_NONE };
    look_at_connection(connection, &verdicts, view);
    role_assign(connection, place->note, &verdicts.open, &verdicts.close, view);
    look_at_states(place, &verdicts, final, view);
    if (place->note)
        look_at_note(place, &verdicts, final, view);
}
