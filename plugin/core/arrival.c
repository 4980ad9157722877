/* arrival.c
 * Taking in a segment that may be more than data: let it change what is known of both halves, and keep a note of it if
 * it took part in the opening or closing. What it proves is not stored but judged anew from the halves whenever
 * somebody looks (look.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "arrival.h"

#include "close.h"
#include "history.h"
#include "open.h"
#include "reset.h"
#include "reuse.h"
#include "state.h"
#include "time_wait.h"
#include "tracker.h"

/* Copies of one frame, taken at two ports of a switch, come within this time. */
#define DUPLICATE_NS 1000000

/* Is the segment an exact copy of the last one of its kind? Remembers it if not. */
static bool is_duplicate(struct half *from, const struct simtcp_segment *segment)
{
    uint32_t digest = (segment->seq * 31 + segment->ack) * 31 + segment->length * 31 + segment->flags;
    int64_t since = segment->time - from->noted_time;

    if (digest == from->noted_digest && since >= 0 && since < DUPLICATE_NS)
        return true;
    from->noted_digest = digest;
    from->noted_time = segment->time;
    return false;
}

/* --- states --- */

static enum sent_event fin_event(const struct arrival *arrival, const struct fin *peer_fin)
{
    if (!peer_fin)
        return SENT_FIRST_FIN;
    if (serial_less(arrival->segment->ack, peer_fin->number + 1))
        return SENT_CROSSING_FIN;
    return close_verdict(arrival->connection, false).crossed ? SENT_RESENT_FIN : SENT_LAST_FIN;
}

/* Was the peer's FIN sent before it could know of this side's, and sent once? */
static bool has_crossed(const struct fin *own, const struct fin *peer_fin)
{
    return own && peer_fin->transmissions == 1 && serial_less(peer_fin->ack, own->number + 1)
        && serial_less(own->ack, peer_fin->number + 1);
}

static void sender_changes(struct arrival *arrival, uint8_t *state)
{
    const struct simtcp_connection *connection = arrival->connection;
    const struct fin *own = close_fin(connection, arrival->side);
    const struct fin *peer_fin = close_fin(connection, 1 - arrival->side);
    const struct half *from = arrival->from;
    enum simtcp_state now = *state;

    if (arrival->facts & FACT_SYN) {
        /* a late copy says nothing: its sender was past it */
        if (!from->begin.syn_ack_frame && !from->sent_plain)
            now = state_after_sending(state, SENT_SYN);
    } else if (arrival->facts & FACT_SYN_ACK) {
        now = state_after_sending(state, SENT_SYN_ACK);
    } else {
        now = state_after_sending(state, SENT_ACK);
    }
    if (arrival->facts & FACT_FIN && !(arrival->facts & FACT_UNSOLICITED))
        now = state_after_sending(state, fin_event(arrival, peer_fin));
    else if (arrival->facts & FACT_ACKS_FIN)
        now = state_after_sending(state, has_crossed(own, peer_fin) ? SENT_ACK_OF_CROSSING_FIN : SENT_ACK_OF_FIN);
    arrival->src_state = (uint8_t)now;
}

/* A segment that does not acknowledge the peer's FIN was sent before that arrived. */
static enum simtcp_state state_before_fin(enum simtcp_state state)
{
    switch (state) {
    case SIMTCP_STATE_CLOSE_WAIT: return SIMTCP_STATE_ESTABLISHED;
    case SIMTCP_STATE_CLOSING: return SIMTCP_STATE_FIN_WAIT_1;
    case SIMTCP_STATE_TIME_WAIT: return SIMTCP_STATE_FIN_WAIT_2;
    default: return state;
    }
}

static void sender_lacks_fin(struct arrival *arrival)
{
    const struct fin *fin = close_fin(arrival->connection, 1 - arrival->side);

    if (fin && arrival->segment->flags & TCP_ACK && !arrival->connection->self
        && serial_less(arrival->segment->ack, fin->number + 1))
        arrival->src_state = (uint8_t)state_before_fin((enum simtcp_state)arrival->src_state);
}

/* A capture that began in the middle knows a receiver's state once its own FIN is known not to
 * have acknowledged the one that arrives. */
static void resolve_unknown(const struct arrival *arrival, uint8_t *state)
{
    const struct fin *fin = close_fin(arrival->connection, 1 - arrival->side);
    const struct fin *arriving = close_fin(arrival->connection, arrival->side);

    if (*state == SIMTCP_STATE_UNKNOWN && fin && arriving && serial_less(fin->ack, arriving->number + 1))
        *state = SIMTCP_STATE_FIN_WAIT_1;
}

static void receiver_changes(const struct arrival *arrival, uint8_t *state)
{
    const struct simtcp_segment *segment = arrival->segment;
    const struct half *to = arrival->to;
    unsigned receiver = 1 - arrival->side;

    if (arrival->facts & FACT_FIN)
        resolve_unknown(arrival, state);
    if (arrival->facts & FACT_SYN)
        state_after_receiving(state, RECEIVED_SYN);
    else if (arrival->facts & FACT_SYN_ACK)
        state_after_receiving(state, RECEIVED_SYN_ACK);
    /* of an end that was not captured, a first acknowledgement is of its SYN */
    else if (!to || !to->has_isn || to->syn_acked_frame)
        state_after_receiving(state, RECEIVED_ACK_OF_SYN);
    if (segment->flags & TCP_ACK && close_fin_acked(arrival->connection, receiver))
        state_after_receiving(state, RECEIVED_ACK_OF_FIN);
    if (arrival->facts & FACT_FIN && !(arrival->facts & FACT_UNSOLICITED))
        state_after_receiving(state, RECEIVED_FIN);
}

/* When does the end that receives this segment enter TIME-WAIT, if it closes simultaneously? When it has
 * both the peer's FIN and the acknowledgement of its own. If it sends its FIN again after that, the
 * acknowledgement has not arrived: the next one counts. */
static void receiver_waits(struct arrival *arrival, uint8_t before, uint8_t after)
{
    struct half *to = arrival->to;
    bool enters = before != SIMTCP_STATE_TIME_WAIT && after == SIMTCP_STATE_TIME_WAIT;

    if (to && to->ending && (enters || (arrival->facts & FACT_ACKS_AGAIN && after == SIMTCP_STATE_TIME_WAIT)))
        to->ending->time_wait_frame = arrival->segment->frame;
}

/* In the middle of a connection, new data from both ends proves that neither has sent FIN. */
static void both_send_data(struct simtcp_connection *connection)
{
    const struct half *a = connection_half(connection, 0), *b = connection_half(connection, 1);

    if (connection->state[0] == SIMTCP_STATE_UNKNOWN && connection->state[1] == SIMTCP_STATE_UNKNOWN && a && b
        && a->sent_new_data && b->sent_new_data && !a->ending && !b->ending)
        connection->state[0] = connection->state[1] = SIMTCP_STATE_ESTABLISHED;
}

static void change_states(struct arrival *arrival)
{
    struct simtcp_connection *connection = arrival->connection;
    uint8_t *sender = connection_state(connection, arrival->side);
    uint8_t *receiver = connection_state(connection, 1 - arrival->side);
    uint8_t before;

    arrival->src_state = *sender;
    if (arrival->facts & FACT_RST || arrival->duplicate)
        return;
    sender_changes(arrival, sender);
    before = *receiver;
    receiver_changes(arrival, receiver);
    receiver_waits(arrival, before, *receiver);
    both_send_data(connection);
    if (!arrival->facts)
        arrival->src_state = *sender;
    sender_lacks_fin(arrival);
}

/* --- notes --- */

/* Would the last note's states be wrong for this segment? */
static bool states_changed(const struct arrival *arrival)
{
    struct simtcp_connection *connection = arrival->connection;
    const struct simtcp_note *last = connection->last_note;

    return connection->state[0] != (last ? last->after_0 : SIMTCP_STATE_UNKNOWN)
        || connection->state[1] != (last ? last->after_1 : SIMTCP_STATE_UNKNOWN)
        || arrival->src_state != *connection_state(connection, arrival->side);
}

static const struct simtcp_note *keep_note(const struct arrival *arrival)
{
    struct simtcp_connection *connection = arrival->connection;
    struct simtcp_note *note = tracker_keep(arrival->tracker, sizeof *note);

    if (!note)
        return NULL;
    *note = (struct simtcp_note){
        .half = arrival->from,
        .time = arrival->segment->time,
        .frame = arrival->segment->frame,
        .answers = arrival->answers,
        .fin_number = arrival->fin_number,
        .facts = arrival->facts & FACTS_MAX,
        .sender = arrival->side & 1,
        .src_state = arrival->src_state & 0xf,
        .dst_state = *connection_state(connection, 1 - arrival->side) & 0xf,
        .after_0 = connection->state[0] & 0xf,
        .after_1 = connection->state[1] & 0xf,
    };
    history_append(arrival->tracker, connection, note);
    if (arrival->sends_syn)
        arrival->from->last_syn = note;
    arrival->tracker->last_note = note;
    return note;
}

/* --- what is proved --- */

static bool is_event(enum simtcp_open open)
{
    return open == SIMTCP_OPEN_SIMULTANEOUS || open == SIMTCP_OPEN_SELF_CONNECT || open == SIMTCP_OPEN_SPLIT_HANDSHAKE;
}

/* Remembers on which frame a verdict that is an event of its own was proved. */
static bool mark_open_proof(const struct arrival *arrival)
{
    struct open_verdict open = open_verdict(arrival->connection, false);
    struct rarities *rarities;

    if (!open.stands || !is_event(open.open))
        return false;
    rarities = connection_make_rarities(arrival->tracker, arrival->connection);
    if (!rarities || rarities->open_seen == open.open)
        return false;
    rarities->open_seen = (uint8_t)open.open;
    rarities->open_proof = arrival->segment->frame;
    return true;
}

static bool mark_close_proof(const struct arrival *arrival)
{
    struct rarities *rarities;

    if (!close_verdict(arrival->connection, false).crossed)
        return false;
    rarities = connection_make_rarities(arrival->tracker, arrival->connection);
    if (!rarities || rarities->close_proof)
        return false;
    rarities->close_proof = arrival->segment->frame;
    return true;
}

/* Nothing but data is expected until a SYN, FIN or RST comes. */
static bool is_settled(const struct simtcp_connection *connection)
{
    const struct half *a = connection_half(connection, 0), *b = connection_half(connection, 1);

    return *connection_state((struct simtcp_connection *)connection, 0) == SIMTCP_STATE_ESTABLISHED
        && *connection_state((struct simtcp_connection *)connection, 1) == SIMTCP_STATE_ESTABLISHED && a && b
        && a->has_seq && b->has_seq && a->has_ack && b->has_ack && !a->ending && !b->ending
        && (!a->has_isn || a->syn_acked_frame) && (!b->has_isn || b->syn_acked_frame) && (!a->has_isn || a->sent_plain)
        && (!b->has_isn || b->sent_plain);
}

/* --- one segment --- */

static void take_in_rst(struct arrival *arrival)
{
    arrival->duplicate = is_duplicate(arrival->from, arrival->segment);
    reset_arrives(arrival);
}

static void take_in_ack(struct arrival *arrival)
{
    const struct simtcp_segment *segment = arrival->segment;

    open_ack_arrives(arrival);
    if (half_advance_ack(arrival->from, arrival->to, segment))
        close_ack_rises(arrival);
    else
        close_ack_repeats(arrival);
}

/* What a SYN that reuses the 4-tuple is held against (RFC 6191). */
static void note_timestamp(const struct arrival *arrival)
{
    struct ending *ending = arrival->from->ending;
    uint32_t timestamp;

    if (!ending || !simtcp_segment_timestamp(arrival->segment, &timestamp))
        return;
    if (!ending->has_timestamp || serial_less(ending->timestamp, timestamp))
        ending->timestamp = timestamp;
    ending->has_timestamp = true;
}

static void take_in_other(struct arrival *arrival)
{
    const struct simtcp_segment *segment = arrival->segment;

    if (segment->flags & (TCP_SYN | TCP_FIN))
        arrival->duplicate = is_duplicate(arrival->from, segment);
    reset_is_put_to_test(arrival);
    if (segment->flags & TCP_SYN && segment->flags & TCP_ACK)
        open_syn_ack_arrives(arrival);
    else if (segment->flags & TCP_SYN)
        open_syn_arrives(arrival);
    /* a FIN without ACK is a stray (RFC 9293 section 3.10.7.4, fifth) */
    if (segment->flags & TCP_FIN && segment->flags & TCP_ACK)
        close_fin_arrives(arrival);
    close_data_arrives(arrival);
    if (segment->flags & TCP_ACK)
        take_in_ack(arrival);
    half_advance_seq(arrival->from, segment);
    note_timestamp(arrival);
}

/* A connection may begin with a segment that gets no note. Returns false if memory is exhausted. */
static bool remember_first(const struct arrival *arrival)
{
    struct rarities *rarities;

    if (connection_first_frame(arrival->connection))
        return true;
    rarities = connection_make_rarities(arrival->tracker, arrival->connection);
    if (!rarities)
        return false;
    rarities->first_frame = arrival->segment->frame;
    rarities->first_time = arrival->segment->time;
    return true;
}

static const struct simtcp_note *take_in(struct arrival *arrival, bool keep)
{
    struct simtcp_connection *connection = arrival->connection;
    bool had_gone_on = arrival->from->sent_plain, proves = false;

    if (arrival->segment->flags & TCP_RST)
        take_in_rst(arrival);
    else
        take_in_other(arrival);
    change_states(arrival);
    /* a split handshake is proved by a segment that takes no step: its sender goes on */
    if (arrival->facts & FACTS_OF_OPENING || (arrival->from->sent_plain && !had_gone_on))
        proves = mark_open_proof(arrival);
    if (arrival->facts & FACTS_OF_CLOSING)
        proves |= mark_close_proof(arrival);
    reuse_follow(arrival);
    time_wait_follow(arrival);
    connection->settled = connection == connection->flow->latest && is_settled(connection);
    if (arrival->facts || proves || keep || states_changed(arrival))
        return keep_note(arrival);
    return NULL;
}

const struct simtcp_note *arrival_keep_data(struct simtcp_tracker *tracker, struct simtcp_connection *connection,
                                            unsigned side, const struct simtcp_segment *segment)
{
    const struct arrival arrival = {
        .tracker = tracker,
        .segment = segment,
        .connection = connection,
        .side = side,
        .from = connection_half(connection, side),
        .src_state = *connection_state(connection, side),
    };

    return keep_note(&arrival);
}

struct simtcp_connection *arrival_take_in(struct simtcp_tracker *tracker, struct flow *flow, unsigned side,
                                          const struct simtcp_segment *segment, bool keep,
                                          const struct simtcp_note **note)
{
    const struct simtcp_connection *latest = flow->latest;
    struct simtcp_connection *connection = incarnation_of(tracker, flow, side, segment);
    struct arrival arrival = { .tracker = tracker, .segment = segment, .connection = connection, .side = side };

    if (!connection || !tracker_turn_to(tracker, connection, segment->frame))
        return NULL;
    arrival.is_first = flow->latest != latest;
    arrival.from = connection_make_half(tracker, connection, side);
    arrival.to = connection_half(connection, 1 - side);
    if (!arrival.from)
        return NULL;
    *note = take_in(&arrival, keep);
    if (arrival.from->ending)
        tracker->touched = connection;
    if (!remember_first(&arrival)) {
        connection->settled = false;
        return NULL;
    }
    return connection;
}
