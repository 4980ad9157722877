/* role.c
 * A role is arithmetic: 2.ACK k+1 is the segment whose acknowledgement number is k+1, where k
 * is the number of the SYN (or FIN) of the end that was captured second. The verdict decides
 * the step: what is sent without knowledge of the peer's number is step 1 on both sides when
 * they crossed, and steps 1 and 3 when one answers the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "role.h"

#include <stdio.h>

/* The first frame with this end's SYN, bare or not; 0 if there is none. */
static uint32_t first_syn_frame(const struct simtcp_connection *connection, unsigned end)
{
    const struct half *half = connection_half(connection, end);
    uint32_t syn, syn_ack;

    if (!half || !half->has_isn)
        return 0;
    syn = half->begin.syn_frame;
    syn_ack = half->begin.syn_ack_frame;
    if (!syn || !syn_ack)
        return syn | syn_ack;
    return syn < syn_ack ? syn : syn_ack;
}

static uint32_t first_frame(const struct simtcp_connection *connection, enum simtcp_phase phase, unsigned end)
{
    const struct fin *fin;

    if (phase == SIMTCP_PHASE_OPEN)
        return first_syn_frame(connection, end);
    fin = close_fin(connection, end);
    return fin ? fin->first_frame : 0;
}

int role_end_of_n(const struct simtcp_connection *connection, enum simtcp_phase phase)
{
    uint32_t first = first_frame(connection, phase, 0);
    uint32_t second = first_frame(connection, phase, 1);

    if (!first && !second)
        return -1;
    if (!first || !second)
        return first ? 0 : 1;
    return first <= second ? 0 : 1;
}

char role_letter(const struct simtcp_connection *connection, enum simtcp_phase phase, unsigned end)
{
    if (connection->self)
        return 'n';
    return role_end_of_n(connection, phase) == (int)end ? 'n' : 'k';
}

static void add_role(struct simtcp_view *view, uint8_t step, int kind, char letter)
{
    if (view->role_count == 2)
        return;
    view->roles[view->role_count].step = step;
    view->roles[view->role_count].kind = kind;
    view->roles[view->role_count].letter = letter;
    view->role_count++;
}

/* The step of a segment without SYN that is the first to acknowledge a SYN; 0: none. */
static uint8_t step_of_ack(const struct simtcp_connection *connection, unsigned sender, const struct open_verdict *open)
{
    switch (open->open) {
    case SIMTCP_OPEN_THREE_WAY: return open->initiator == (int)sender ? 3 : 0;
    case SIMTCP_OPEN_UNKNOWN: return half_sent_syn_ack(connection_half(connection, 1 - sender)) ? 3 : 0;
    case SIMTCP_OPEN_SIMULTANEOUS:
    case SIMTCP_OPEN_SPLIT_HANDSHAKE:
    case SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT: return 2;
    default: return 0;
    }
}

static void assign_open(const struct simtcp_connection *connection, const struct simtcp_note *note,
                        const struct open_verdict *open, struct simtcp_view *view)
{
    unsigned sender = note->sender;
    char own = role_letter(connection, SIMTCP_PHASE_OPEN, sender);
    char peer = role_letter(connection, SIMTCP_PHASE_OPEN, 1 - sender);
    uint8_t step;

    /* its SYN+ACK answered an attempt from which its SYN has moved */
    if (role_end_of_n(connection, SIMTCP_PHASE_OPEN) < 0)
        return;
    if (note->facts & FACT_SYN) {
        add_role(view, 1, SIMTCP_ROLE_SYN, own);
        view->repeat = note->facts & FACT_REPEAT;
    } else if (note->facts & FACT_SYN_ACK) {
        add_role(view, 2, SIMTCP_ROLE_ACK, peer);
        view->repeat = note->facts & FACT_REPEAT;
    } else if (note->facts & FACT_ACKS_SYN) {
        step = step_of_ack(connection, sender, open);
        if (step)
            add_role(view, step, SIMTCP_ROLE_ACK, peer);
    }
    if (view->role_count)
        view->phase = SIMTCP_PHASE_OPEN;
}

/* Is this end's FIN in the note the one that counts, of several numbers? The note has the number of
 * the sender's own FIN, if it is one, else that of the FIN it acknowledges. */
static bool is_the_fin(const struct simtcp_connection *connection, const struct simtcp_note *note, unsigned end)
{
    const struct fin *fin = close_fin(connection, end);
    bool in_note = note->facts & FACT_FIN ? end == note->sender : end != note->sender;

    return fin && (!in_note || fin->number == note->fin_number);
}

static void assign_close(const struct simtcp_connection *connection, const struct simtcp_note *note,
                         const struct close_verdict *close, struct simtcp_view *view)
{
    unsigned sender = note->sender;
    bool passive = close->active >= 0 && close->active != (int)sender;
    bool acks = note->facts & FACT_ACKS_FIN, acks_again = note->facts & FACT_ACKS_AGAIN;
    bool fin = note->facts & FACT_FIN && is_the_fin(connection, note, sender);
    uint8_t ack_step = close->active >= 0 && !passive ? 4 : 2;
    struct simtcp_view roles = { .phase = SIMTCP_PHASE_CLOSE };

    if ((acks || (acks_again && !fin)) && is_the_fin(connection, note, 1 - sender))
        add_role(&roles, ack_step, SIMTCP_ROLE_ACK, role_letter(connection, SIMTCP_PHASE_CLOSE, 1 - sender));
    /* a FIN sent again to acknowledge the peer's is that step and no other */
    if (fin && !(acks && note->facts & FACT_REPEAT))
        add_role(&roles, passive ? 3 : 1, SIMTCP_ROLE_FIN, role_letter(connection, SIMTCP_PHASE_CLOSE, sender));
    if (!roles.role_count)
        return;
    view->phase = SIMTCP_PHASE_CLOSE;
    view->repeat = !acks && (acks_again || note->facts & FACT_REPEAT);
    if (view->role_count + roles.role_count > 2)
        view->role_count = 0;
    for (unsigned i = 0; i < roles.role_count; i++)
        view->roles[view->role_count++] = roles.roles[i];
}

/* The number of this end's SYN or FIN in a phase. */
static bool find_number(const struct simtcp_connection *connection, enum simtcp_phase phase, unsigned end,
                        uint32_t *number)
{
    const struct half *half = connection_half(connection, end);
    const struct fin *fin;

    if (phase == SIMTCP_PHASE_OPEN) {
        if (half && half->has_isn)
            *number = half->begin.isn;
        return half && half->has_isn;
    }
    fin = close_fin(connection, end);
    if (fin)
        *number = fin->number;
    return fin;
}

void role_assign(const struct simtcp_connection *connection, const struct simtcp_note *note,
                 const struct open_verdict *open, const struct close_verdict *close, struct simtcp_view *view)
{
    int n_end;

    view->phase = SIMTCP_PHASE_NONE;
    if (!note || note->facts & FACT_RST)
        return;
    assign_open(connection, note, open, view);
    assign_close(connection, note, close, view);
    if (view->phase == SIMTCP_PHASE_NONE)
        return;
    n_end = role_end_of_n(connection, view->phase);
    if (n_end < 0)
        return;
    view->n_known = find_number(connection, view->phase, (unsigned)n_end, &view->n);
    view->k_known = find_number(connection, view->phase, 1 - (unsigned)n_end, &view->k);
}

static const char *const kinds[] = {
    [SIMTCP_ROLE_SYN] = "SYN",
    [SIMTCP_ROLE_ACK] = "ACK",
    [SIMTCP_ROLE_FIN] = "FIN",
};

char *simtcp_role_text(const struct simtcp_role *role, char text[SIMTCP_ROLE_SIZE])
{
    snprintf(text, SIMTCP_ROLE_SIZE, "%u.%s %c%s", role->step, kinds[role->kind], role->letter,
             role->kind == SIMTCP_ROLE_ACK ? "+1" : "");
    return text;
}

/* Does the segment carry a SYN or FIN again that its role does not name? */
static const char *find_carried(const struct simtcp_note *note)
{
    if (note->facts & FACT_SYN_ACK)
        return "SYN";
    return note->facts & FACT_FIN && note->facts & FACT_REPEAT && note->facts & FACT_ACKS_FIN ? "FIN" : NULL;
}

char *simtcp_notation(const struct simtcp_place *place, const struct simtcp_view *view, char text[SIMTCP_NOTATION_SIZE])
{
    char first[SIMTCP_ROLE_SIZE], second[SIMTCP_ROLE_SIZE];
    const struct simtcp_role *role = view->roles;
    const char *carried;

    text[0] = '\0';
    if (!view->role_count)
        return text;
    carried = find_carried(place->note);
    if (view->role_count == 2)
        snprintf(text, SIMTCP_NOTATION_SIZE, "%s, %s", simtcp_role_text(&role[0], first),
                 simtcp_role_text(&role[1], second));
    else if (carried)
        snprintf(text, SIMTCP_NOTATION_SIZE, "%u.%s %c, ACK %c+1", role->step, carried,
                 role_letter(place->connection, view->phase, place->sender), role->letter);
    else
        simtcp_role_text(role, text);
    return text;
}
