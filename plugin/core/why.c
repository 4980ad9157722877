/* why.c
 * The evidence in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "close.h"
#include "open.h"
#include "reset.h"
#include "reuse.h"
#include "role.h"
#include "serial.h"
#include "time_wait.h"

/* A sentence under construction. */
struct sentence {
    char *text;
    size_t used;
};

/* The formatter takes sentences over several lines for something else. */
/* clang-format off */

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void say(struct sentence *sentence, const char *format, ...)
{
    size_t left = SIMTCP_WHY_SIZE - sentence->used;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(sentence->text + sentence->used, left, format, arguments);
    va_end(arguments);
    if (length > 0)
        sentence->used += (size_t)length < left ? (size_t)length : left - 1;
}

/* The two ends by letter, with their halves; half[1] may be NULL. */
struct ends {
    unsigned end[2];                    /* n's, k's */
    const struct half *half[2];
};

static struct ends find_ends(const struct simtcp_connection *connection, enum simtcp_phase phase)
{
    int n = role_end_of_n(connection, phase);
    struct ends ends = { .end = { n < 0 ? 0 : (unsigned)n, n < 0 ? 1 : 1 - (unsigned)n } };

    for (int i = 0; i < 2; i++)
        ends.half[i] = connection_half(connection, ends.end[i]);
    return ends;
}

/* --- the opening --- */

static void explain_three_way(struct sentence *sentence, const struct ends *ends, int initiator)
{
    unsigned first = ends->end[0] == (unsigned)initiator ? 0 : 1;
    const struct beginning *asks = &ends->half[first]->begin, *answers = &ends->half[1 - first]->begin;

    say(sentence, "SYN %c (frame %u) was answered by SYN+ACK (frame %u), and no other SYN was captured: "
        "an ordinary three-way handshake", "nk"[first], asks->syn_frame, answers->syn_ack_frame);
}

static void explain_simultaneous(struct sentence *sentence, const struct ends *ends)
{
    const struct beginning *n = &ends->half[0]->begin, *k = &ends->half[1]->begin;

    if (n->syn_frame && k->syn_frame)
        say(sentence, "SYN n (frame %u) and SYN k (frame %u) crossed: ", ends->half[0]->last_bare_syn_frame,
            ends->half[1]->last_bare_syn_frame);
    if (n->syn_ack_frame && k->syn_ack_frame)
        say(sentence, "the SYN+ACKs in frames %u and %u acknowledge each other's SYN, so each end had sent "
            "its own before the other's arrived (RFC 9293 section 3.5)",
            n->syn_ack_frame, k->syn_ack_frame);
    else
        say(sentence, "the end that alone sent SYN+ACK (frame %u) sent its own SYN after the peer's was on "
            "its way, as no split handshake does (RFC 9293 section 3.5)",
            n->syn_ack_frame ? n->syn_ack_frame : k->syn_ack_frame);
}

static void explain_either(struct sentence *sentence, const struct ends *ends)
{
    const struct half *n = ends->half[0], *k = ends->half[1];
    const struct half *changed = open_gave_up_syn(n) ? n : open_gave_up_syn(k) ? k : NULL;

    if (changed) {
        say(sentence, "one end sent a bare SYN (frame %u) and then SYN+ACK with another number (frame %u), which "
            "nobody acknowledged: the first SYN crossed the peer's, or an attempt after it answers that",
            half_oddities(changed)->other.syn_frame, changed->begin.syn_ack_frame);
        return;
    }
    if (!half_sent_syn(k) || !half_sent_syn(n)) {
        const struct beginning *own = half_sent_syn(n) ? &n->begin : &k->begin;

        say(sentence, "one end sent a SYN (frame %u) and then SYN+ACK (frame %u), the peer's SYN was not "
            "captured: it crossed the first or answered it", own->syn_frame, own->syn_ack_frame);
        return;
    }
    say(sentence, "both ends sent a bare SYN (frames %u and %u)", n->begin.syn_frame, k->begin.syn_frame);
    if (half_sent_syn_ack(n) || half_sent_syn_ack(k))
        say(sentence, ", but only one sent SYN+ACK (frame %u)",
            half_sent_syn_ack(n) ? n->begin.syn_ack_frame : k->begin.syn_ack_frame);
    else
        say(sentence, " and neither a SYN+ACK");
    say(sentence, ": the SYNs crossed, or the second answers the first");
}

static void explain_lone_syn(struct sentence *sentence, const struct simtcp_connection *connection,
                             const struct ends *ends, enum simtcp_open open)
{
    const struct half *half = ends->half[0];

    say(sentence, "SYN n (frame %u", half->begin.syn_frame);
    if (half_last_syn_frame(half) != half->begin.syn_frame)
        say(sentence, ", last sent in frame %u", half_last_syn_frame(half));
    if (open == SIMTCP_OPEN_REFUSED)
        say(sentence, ") was refused by a RST (frame %u)", reset_frame(connection, true));
    else if (open == SIMTCP_OPEN_INCOMPLETE)
        say(sentence, ") was not answered");
    else
        say(sentence, ") was answered, but the peer's SYN was not captured");
}

static void explain_unknown(struct sentence *sentence, const struct simtcp_connection *connection,
                            const struct ends *ends)
{
    if (half_sent_syn(ends->half[0]))
        explain_lone_syn(sentence, connection, ends, SIMTCP_OPEN_UNKNOWN);
    else if (half_sent_syn_ack(ends->half[0]))
        say(sentence, "a SYN+ACK was captured (frame %u), but not the SYN it answers",
            ends->half[0]->begin.syn_ack_frame);
    else
        say(sentence, "the capture does not hold the handshake");
}

static void explain_open(struct sentence *sentence, const struct simtcp_connection *connection, bool final)
{
    struct open_verdict open = open_verdict(connection, final);
    struct ends ends = find_ends(connection, SIMTCP_PHASE_OPEN);

    switch (open.open) {
    case SIMTCP_OPEN_UNKNOWN:
        explain_unknown(sentence, connection, &ends);
        break;
    case SIMTCP_OPEN_THREE_WAY:
        explain_three_way(sentence, &ends, open.initiator);
        break;
    case SIMTCP_OPEN_SIMULTANEOUS:
        explain_simultaneous(sentence, &ends);
        break;
    case SIMTCP_OPEN_SELF_CONNECT:
        say(sentence, "both ends are one socket: its own SYN (sent in frame %u) reached it, and it answered "
            "with SYN+ACK (frame %u)", ends.half[0]->begin.syn_frame ? ends.half[0]->begin.syn_frame
            : ends.half[0]->begin.syn_ack_frame, ends.half[0]->begin.syn_ack_frame);
        break;
    case SIMTCP_OPEN_SPLIT_HANDSHAKE:
        say(sentence, "frame %u acknowledged SYN n (frame %u) before SYN k (frame %u) was sent, so SYN k is an "
            "answer: a split handshake", ends.half[0]->syn_acked_frame, ends.half[0]->begin.syn_frame,
            ends.half[1]->begin.syn_frame);
        break;
    case SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT:
        explain_either(sentence, &ends);
        break;
    case SIMTCP_OPEN_INCOMPLETE:
    case SIMTCP_OPEN_REFUSED:
        explain_lone_syn(sentence, connection, &ends, open.open);
        break;
    }
}

/* --- the closing --- */

static void explain_orderly(struct sentence *sentence, const struct fin *active, const struct fin *passive,
                            char letter)
{
    say(sentence, "FIN %c (frame %u) does not acknowledge the peer's FIN, FIN %c (frame %u) does: "
        "the end that sent FIN %c closed first", letter, active->first_frame, letter == 'n' ? 'k' : 'n',
        passive->first_frame, letter);
}

static void explain_crossing(struct sentence *sentence, const struct simtcp_connection *connection,
                             const struct ends *ends)
{
    const struct fin *n = close_fin(connection, ends->end[0]), *k = close_fin(connection, ends->end[1]);
    bool late_n = serial_less(k->number, n->ack), late_k = serial_less(n->number, k->ack);

    if (connection->self)
        say(sentence, "the socket's own FIN (frame %u) reached it in FIN-WAIT-1", n->first_frame);
    else if (late_n || late_k)
        say(sentence, "FIN %c was first sent before frame %u, when the peer's FIN (frame %u) had not been "
            "processed: the FINs crossed (RFC 9293 section 3.6)", late_n ? 'n' : 'k',
            late_n ? n->first_frame : k->first_frame, late_n ? k->first_frame : n->first_frame);
    else
        say(sentence, "FIN n (frame %u) and FIN k (frame %u) do not acknowledge each other: they crossed "
            "(RFC 9293 section 3.6)", n->first_frame, k->first_frame);
}

static bool has_handshake(const struct simtcp_connection *connection)
{
    return role_end_of_n(connection, SIMTCP_PHASE_OPEN) >= 0;
}

static void explain_close(struct sentence *sentence, const struct simtcp_connection *connection, bool final)
{
    struct close_verdict close = close_verdict(connection, final);
    struct ends ends = find_ends(connection, SIMTCP_PHASE_CLOSE);
    const struct fin *n = close_fin(connection, ends.end[0]);
    const char *start = sentence->used ? "; " : "";

    if (close.crossed) {
        say(sentence, "%s", start);
        explain_crossing(sentence, connection, &ends);
        start = "; ";
    }
    if (!close.stands)
        return;
    if (close.close == SIMTCP_CLOSE_RESET && open_verdict(connection, final).open != SIMTCP_OPEN_REFUSED) {
        say(sentence, "%sa RST (frame %u) ended the %s%s", start, reset_frame(connection, final),
            open_verdict(connection, final).completed || !has_handshake(connection) ? "connection" : "attempt",
            n ? " before both FINs were acknowledged" : "");
    } else if (close.close == SIMTCP_CLOSE_ORDERLY) {
        say(sentence, "%s", start);
        explain_orderly(sentence, close_fin(connection, (unsigned)close.active),
                        close_fin(connection, 1 - (unsigned)close.active),
                        role_letter(connection, SIMTCP_PHASE_CLOSE, (unsigned)close.active));
    } else if (close.close == SIMTCP_CLOSE_HALF_CLOSED) {
        say(sentence, "%sonly one end's FIN was captured (frame %u)", start, n->first_frame);
    } else if (close.close == SIMTCP_CLOSE_UNDECIDABLE) {
        say(sentence, "%sof an end whose FIN acknowledges the peer's the first FIN may not have been captured, "
            "so either could have closed first, or both at once", start);
    }
}

/* --- TIME-WAIT --- */

static const char *allowance_text(const struct reuse *reuse)
{
    switch (reuse->allowance) {
    case SIMTCP_ALLOWED_BY_NUMBER:
        return "its number, beyond the last of the old connection, allows it to be accepted";
    case SIMTCP_ALLOWED_BY_TIMESTAMP:
        return "its timestamp, newer than any of the old connection, allows it to be accepted";
    default:
        return "neither its number nor its timestamp allows it to be accepted";
    }
}

static void explain_answer(struct sentence *sentence, const struct simtcp_connection *connection, bool final)
{
    static const char *const texts[] = { "accepted it", "challenged it", "refused it" };
    enum simtcp_answer answer;

    if (!reuse_answered(connection, final, &answer))
        return;
    if (answer == SIMTCP_ANSWER_IGNORED)
        say(sentence, ", and the end in TIME-WAIT did not answer");
    else
        say(sentence, ", and the end in TIME-WAIT %s (frame %u)", texts[answer], reuse_of(connection)->answer_frame);
}

static void explain_reuse(struct sentence *sentence, const struct simtcp_connection *connection, bool final)
{
    const struct reuse *reuse = reuse_of(connection);

    if (!reuse)
        return;
    say(sentence, "%sthe SYN (frame %u) is for a 4-tuple that had been in TIME-WAIT for %.3f s (since frame %u)",
        sentence->used ? "; " : "", reuse->syn_frame, (double)reuse->age / 1e9, reuse->stay->frame);
    if (reuse->by_holder) {
        say(sentence, ", by the end that held it");
        return;
    }
    say(sentence, ": %s (RFC 6191)", allowance_text(reuse));
    explain_answer(sentence, connection, final);
}

static void explain_end_of_time_wait(struct sentence *sentence, const struct simtcp_connection *connection)
{
    for (unsigned end = 0; end < (connection->self ? 1u : 2u); end++) {
        const struct stay *stay = time_wait_stay(connection, end);

        if (stay && stay->status == STAY_ASSASSINATED)
            say(sentence, "; a RST (frame %u) ended TIME-WAIT early (RFC 1337)", stay->left_frame);
        else if (time_wait_survived(stay))
            say(sentence, "; the end in TIME-WAIT went on after a RST (frame %u), as RFC 1337 recommends",
                time_wait_survived(stay));
    }
}

/* clang-format on */

char *simtcp_why(const struct simtcp_place *place, const struct simtcp_view *view, char text[SIMTCP_WHY_SIZE])
{
    struct sentence sentence = { .text = text };
    bool final = view->open_stands && view->close_stands;

    text[0] = '\0';
    if (view->open_stands)
        explain_open(&sentence, place->connection, final);
    explain_reuse(&sentence, place->connection, final);
    explain_close(&sentence, place->connection, final);
    explain_end_of_time_wait(&sentence, place->connection);
    if (sentence.used && sentence.used < SIMTCP_WHY_SIZE - 1) {
        if (text[0] >= 'a' && text[0] <= 'z')
            text[0] = (char)(text[0] - 'a' + 'A');
        say(&sentence, ".");
    }
    return text;
}
