/* close.c
 * One number decides how a connection closed: the acknowledgement that each side's first FIN
 * carried. Acknowledgements are cumulative, so a FIN that acknowledges the peer's was sent
 * after that one had been processed, and a FIN that does not was sent before
 * (RFC 9293 section 3.6). Retransmissions carry newer acknowledgements and prove nothing;
 * where the first FIN was not captured, what its sender sent right after it may tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "close.h"

#include "incarnation.h"
#include "reset.h"
#include "serial.h"

/* Had a side processed the peer's FIN when it first sent its own? */
enum processed { NOT_PROCESSED, PROCESSED, UNDECIDED };

/* Acknowledgements are cumulative, but one of data beyond a FIN is none of the FIN: that was damaged, or forged. */
static bool fin_is_acked(const struct fin *fin, const struct half *half, const struct half *peer)
{
    if (!peer || !peer->has_ack)
        return false;
    return peer->ack == fin->number + 1
        || (half->snd_end == fin->number + 1 && serial_at_least(peer->ack, fin->number + 1));
}

static struct fin *candidate(struct ending *ending, unsigned i)
{
    return i == 0 ? &ending->fin : &ending->oddities->fin;
}

const struct fin *close_fin(const struct simtcp_connection *connection, unsigned end)
{
    const struct half *half = connection_half(connection, end);
    const struct half *peer = connection_half(connection, 1 - end);
    const struct fin *first = NULL;

    if (!half || !half->ending)
        return NULL;
    for (unsigned i = 0; i < half->ending->fin_count; i++) {
        const struct fin *fin = candidate(half->ending, i);

        if (peer && peer->has_ack && peer->ack == fin->number + 1)
            return fin;
        if (!first && !fin->unsolicited)
            first = fin;
    }
    return first;
}

bool close_fin_acked(const struct simtcp_connection *connection, unsigned end)
{
    const struct fin *fin = close_fin(connection, end);

    return fin && fin_is_acked(fin, connection_half(connection, end), connection_half(connection, 1 - end));
}

bool close_completed(const struct simtcp_connection *connection)
{
    return close_fin_acked(connection, 0) && close_fin_acked(connection, 1);
}

/* The FIN of this side beyond which nothing of it was captured; NULL if there is none. Where its data goes on beyond
 * a FIN, that was damaged, or forged. */
static const struct fin *last_fin(const struct simtcp_connection *connection, unsigned end)
{
    const struct fin *fin = close_fin(connection, end);

    return fin && connection_half(connection, end)->snd_end == fin->number + 1 ? fin : NULL;
}

/* Does the segment acknowledge what can't be, where this FIN is its receiver's last? More than a FIN is what was never
 * sent (RFC 9293 section 3.10.7.4, fifth); and once its sender has acknowledged the FIN, it acknowledges nothing else,
 * unless the segment was delayed. */
static bool acknowledges_beyond(const struct half *from, const struct fin *fin, const struct simtcp_segment *segment)
{
    if (!(segment->flags & TCP_ACK))
        return false;
    return serial_less(fin->number + 1, segment->ack)
        || (from && from->ending && from->ending->fin_ack_frame && fin->number + 1 - segment->ack > FIT_LIMIT);
}

/* Does the segment lie beyond what an end sent last? Nobody sends anything after its FIN. */
bool close_lies_beyond(const struct simtcp_connection *connection, unsigned side, const struct simtcp_segment *segment)
{
    const struct fin *own = last_fin(connection, side), *peers = last_fin(connection, 1 - side);

    return (own && serial_less(own->number + 1, segment->seq))
        || (peers && acknowledges_beyond(connection_half(connection, side), peers, segment));
}

static struct fin *find_fin(struct ending *ending, uint32_t number)
{
    for (unsigned i = 0; i < ending->fin_count; i++)
        if (candidate(ending, i)->number == number)
            return candidate(ending, i);
    return NULL;
}

/* The first FIN at this number. */
static void add_fin(struct arrival *arrival, struct ending *ending, uint32_t number)
{
    const struct half *from = arrival->from, *to = arrival->to;
    const struct simtcp_segment *segment = arrival->segment;
    bool shown_early = from->has_seq && from->snd_end == number + 1;

    if (ending->fin_count == FIN_CANDIDATES
        || ((ending->fin_count || shown_early) && !half_make_oddities(arrival->tracker, arrival->from)))
        return;
    if (shown_early)
        ending->oddities->early_ack[ending->fin_count] = from->ack_at_end;
    *candidate(ending, ending->fin_count++) = (struct fin){
        .number = number,
        .ack = segment->ack,
        .first_frame = segment->frame,
        .last_frame = segment->frame,
        .transmissions = 1,
        .prompts = 1,
        .shown_early = shown_early,
        .acked_early = to && to->has_ack && to->ack == number + 1,
        .unsolicited = half_sent_syn(to) && !to->has_ack && !from->has_isn,
    };
}

static void count(uint8_t *number)
{
    if (*number < UINT8_MAX)
        ++*number;
}

void close_fin_arrives(struct arrival *arrival)
{
    const struct simtcp_segment *segment = arrival->segment;
    uint32_t number = segment->seq + segment->length + (segment->flags & TCP_SYN ? 1 : 0);
    struct ending *ending = half_make_ending(arrival->tracker, arrival->from);
    struct fin *fin;

    /* nothing comes before the SYN's own number */
    if (!ending || (arrival->from->has_isn && arrival->from->near_isn && number == arrival->from->begin.isn))
        return;
    arrival->facts |= FACT_FIN;
    arrival->fin_number = number;
    fin = find_fin(ending, number);
    if (!fin) {
        add_fin(arrival, ending, number);
        fin = find_fin(ending, number);
    } else {
        arrival->facts |= FACT_REPEAT;
        if (!arrival->duplicate)
            count(&fin->transmissions);
        count(&fin->prompts);
        fin->last_frame = segment->frame;
        if (serial_less(segment->ack, fin->ack))
            fin->ack = segment->ack;
        /* its receiver has left SYN-SENT since */
        if (arrival->to && arrival->to->has_ack)
            fin->unsolicited = false;
    }
    if (fin && fin->unsolicited)
        arrival->facts |= FACT_UNSOLICITED;
}

void close_data_arrives(struct arrival *arrival)
{
    struct ending *ending = arrival->from->ending;

    if (!ending || !arrival->segment->length || arrival->facts & FACT_FIN)
        return;
    for (unsigned i = 0; i < ending->fin_count; i++)
        count(&candidate(ending, i)->prompts);
}

/* The FIN of the other side that the sender's acknowledgement number reaches. */
static const struct fin *acked_fin(const struct arrival *arrival)
{
    const struct half *to = arrival->to;

    if (!to || !to->ending || !arrival->from->has_ack)
        return NULL;
    return find_fin(to->ending, arrival->from->ack - 1);
}

/* The frame with the FIN that this segment acknowledges; in a self-connect it may carry the same
 * FIN again. */
static uint32_t answered_frame(const struct arrival *arrival, const struct fin *fin)
{
    uint32_t frame = arrival->segment->frame;

    if (fin->last_frame != frame)
        return fin->last_frame;
    return fin->first_frame != frame ? fin->first_frame : 0;
}

/* A FIN that acknowledged the sender's SYN was none to an end in SYN-SENT, if the sender acknowledges something and no
 * SYN of the FIN's sender has come meanwhile: then the handshake was not captured. */
static void believe_fins(const struct arrival *arrival)
{
    const struct half *from = arrival->from, *to = arrival->to;

    if (!to || !to->ending || to->has_isn || !from->has_isn)
        return;
    for (unsigned i = 0; i < to->ending->fin_count; i++)
        if (serial_at_least(candidate(to->ending, i)->ack, from->begin.isn + 1))
            candidate(to->ending, i)->unsolicited = false;
}

void close_ack_rises(struct arrival *arrival)
{
    const struct fin *fin;
    struct ending *ending;

    believe_fins(arrival);
    fin = acked_fin(arrival);
    if (!fin)
        return;
    ending = half_make_ending(arrival->tracker, arrival->from);
    if (!ending)
        return;
    ending->fin_ack_prompts = fin->prompts;
    ending->fin_ack_duplicate = simtcp_segment_reports_duplicate(arrival->segment, fin->number);
    ending->fin_ack_frame = ending->fin_ack_last_frame = arrival->segment->frame;
    arrival->facts |= FACT_ACKS_FIN;
    arrival->answers = answered_frame(arrival, fin);
    if (!(arrival->facts & FACT_FIN))
        arrival->fin_number = fin->number;
}

void close_ack_repeats(struct arrival *arrival)
{
    const struct fin *fin = acked_fin(arrival);
    struct ending *ending = arrival->from->ending;

    if (!fin || !ending || arrival->segment->ack != fin->number + 1 || fin->last_frame <= ending->fin_ack_last_frame)
        return;
    ending->fin_ack_last_frame = arrival->segment->frame;
    arrival->facts |= FACT_ACKS_AGAIN;
    arrival->answers = answered_frame(arrival, fin);
    if (!(arrival->facts & FACT_FIN))
        arrival->fin_number = fin->number;
}

/* The first segment after an unseen first FIN already acknowledged the peer's FIN. A pure
 * acknowledgement answers a FIN at once, so if the peer's was sent only once, this end's was
 * already under way when it came. If it had come before (it or data before it was sent again, it
 * was doubled, or a D-SACK says so, RFC 2883), this is a second answer: the first may have been a FIN that acknowledged
 * the peer's and was lost, or a pure acknowledgement in CLOSING that was. */
static enum processed judge_by_first_ack(const struct ending *ending)
{
    if (ending->fin_ack_prompts == 1 && !ending->fin_ack_duplicate)
        return NOT_PROCESSED;
    return UNDECIDED;
}

/* With shown_early: what the segment that showed this FIN of the side acknowledged. */
static uint32_t early_ack(const struct ending *ending, const struct fin *fin)
{
    return ending->oddities->early_ack[fin == &ending->fin ? 0 : 1];
}

static enum processed had_processed(const struct simtcp_connection *connection, unsigned end)
{
    const struct half *half = connection_half(connection, end);
    const struct fin *own = close_fin(connection, end);
    uint32_t answer = close_fin(connection, 1 - end)->number + 1;

    if (serial_less(own->ack, answer))
        return NOT_PROCESSED;
    if (own->shown_early && serial_less(early_ack(half->ending, own), answer))
        return NOT_PROCESSED;
    if (own->shown_early && half->ack == answer && half->seq_at_ack == own->number + 1)
        return judge_by_first_ack(half->ending);
    if (own->acked_early && !own->shown_early)
        return UNDECIDED;
    return PROCESSED;
}

/* Both FINs were captured. */
static void judge_order(const struct simtcp_connection *connection, struct close_verdict *verdict)
{
    enum processed first = had_processed(connection, 0), second = had_processed(connection, 1);

    verdict->crossed = first == NOT_PROCESSED && second == NOT_PROCESSED;
    if (verdict->crossed) {
        verdict->close = SIMTCP_CLOSE_SIMULTANEOUS;
    } else if (first == NOT_PROCESSED && second == PROCESSED) {
        verdict->close = SIMTCP_CLOSE_ORDERLY;
        verdict->active = 0;
    } else if (first == PROCESSED && second == NOT_PROCESSED) {
        verdict->close = SIMTCP_CLOSE_ORDERLY;
        verdict->active = 1;
    } else {
        verdict->close = SIMTCP_CLOSE_UNDECIDABLE;
    }
}

static uint32_t later(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

uint32_t close_entry_frame(const struct simtcp_connection *connection, const struct close_verdict *close, unsigned end)
{
    const struct half *half = connection_half(connection, end), *peer = connection_half(connection, 1 - end);
    uint32_t frame = close->crossed ? half->ending->time_wait_frame : half->ending->fin_ack_frame;

    if (frame)
        return frame;
    /* acknowledgements were captured before the FINs: then it has entered once all are there */
    frame = later(close_fin(connection, end)->first_frame, close_fin(connection, 1 - end)->first_frame);
    return later(frame, peer->ending->fin_ack_frame);
}

/* RFC 9293 section 3.6.1: who waits. */
static void name_holders(struct close_verdict *verdict)
{
    for (int end = 0; end < 2; end++)
        verdict->holds[end] = verdict->completed && (verdict->crossed || verdict->active == end);
}

struct close_verdict close_verdict(const struct simtcp_connection *connection, bool final)
{
    bool first = close_fin(connection, 0) != NULL, second = close_fin(connection, 1) != NULL;
    struct close_verdict verdict = {
        .close = SIMTCP_CLOSE_OPEN,
        .active = -1,
        .completed = close_completed(connection),
    };

    if (first && second)
        judge_order(connection, &verdict);
    else if (first || second)
        verdict.close = SIMTCP_CLOSE_HALF_CLOSED;
    if (reset_ended(connection, final)) {
        verdict.close = SIMTCP_CLOSE_RESET;
        verdict.stands = true;
        return verdict;
    }
    name_holders(&verdict);
    verdict.stands = final || verdict.completed;
    return verdict;
}
