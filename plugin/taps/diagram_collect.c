/* diagram_collect.c
 * Which segments a diagram shows, and what stands on their arrows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "diagram.h"

/* What the walk through the notes remembers. */
struct walk {
    enum simtcp_state state[2]; /* of both ends, as far as shown */
    bool sided;                 /* the left end is known */
};

/* Whose number do these roles call n? A SYN or FIN goes by its sender's letter, an acknowledgement by
 * its receiver's. */
static uint8_t end_of_n(const struct simtcp_role *role, uint8_t sender)
{
    bool own = role->kind != SIMTCP_ROLE_ACK;

    return (role->letter == 'n') == own ? sender : 1 - sender;
}

static bool changes_state(const struct walk *walk, const struct simtcp_view *view, uint8_t sender)
{
    return (view->src_state != SIMTCP_STATE_UNKNOWN && view->src_state != walk->state[sender])
        || (view->dst_state != SIMTCP_STATE_UNKNOWN && view->dst_state != walk->state[1 - sender]);
}

/* In a tunnel every segment has a note, those that only carry data too. */
static bool is_worth_an_arrow(const struct walk *walk, const struct simtcp_view *view, uint8_t sender)
{
    return view->role_count || view->reset || view->answers || view->enter_count || view->answer_known
        || changes_state(walk, view, sender);
}

/* The core doesn't tell the flags of a segment that takes no step. One that is shown all the same is an
 * acknowledgement nearly always; what the words claim is true of others too. */
static const char *word_without_role(const struct simtcp_view *view)
{
    if (view->reset)
        return "RST";
    if (view->answer_known && view->answer == SIMTCP_ANSWER_CHALLENGED)
        return "challenge ACK";
    return view->answers ? "ACK" : "(no step)";
}

static void add_remark(GString *label, bool *open, const char *remark)
{
    g_string_append_printf(label, "%s%s", *open ? ", " : " (", remark);
    *open = true;
}

static void write_label(const struct simtcp_place *place, const struct simtcp_view *view, char text[DIAGRAM_LABEL_SIZE])
{
    char notation[SIMTCP_NOTATION_SIZE];
    GString *label = g_string_new(simtcp_notation(place, view, notation));
    bool open = false;

    if (label->len == 0)
        g_string_append(label, word_without_role(view));
    if (view->repeat)
        add_remark(label, &open, "again");
    if (view->reset && view->reset_ignored)
        add_remark(label, &open, "ignored");
    if (view->assassinated)
        add_remark(label, &open, "ends TIME-WAIT");
    if (view->reuse)
        add_remark(label, &open, "reuse");
    if (open)
        g_string_append_c(label, ')');
    g_strlcpy(text, label->str, DIAGRAM_LABEL_SIZE);
    g_string_free(label, TRUE);
}

/* A bare SYN that left its receiver as it was, or in a state that nobody knows: lost, or not answered. */
static bool is_seen_to_arrive(const struct diagram *diagram, const struct simtcp_view *view)
{
    return diagram->self || view->role_count != 1 || view->roles[0].kind != SIMTCP_ROLE_SYN
        || (view->dst_state != SIMTCP_STATE_UNKNOWN && view->dst_state != SIMTCP_STATE_SYN_SENT);
}

static void add_segment(struct diagram *diagram, struct walk *walk, const struct simtcp_note *note)
{
    struct diagram_segment segment = { .crossed = DIAGRAM_NONE };
    struct simtcp_place place = simtcp_place_of(note);
    struct simtcp_view view;
    uint8_t sender = diagram->self ? 0 : place.sender;

    if (place.connection != diagram->connection)
        return;
    simtcp_look(&place, true, &view);
    if (!is_worth_an_arrow(walk, &view, sender))
        return;
    if (!walk->sided && view.role_count) {
        diagram->left = diagram->self ? 0 : end_of_n(&view.roles[0], sender);
        walk->sided = true;
    }
    segment.frame = place.frame;
    segment.time = simtcp_note_time(note) - diagram->start;
    segment.sender = sender;
    segment.partner = view.partner;
    segment.phase = view.phase;
    segment.reset = view.reset;
    segment.is_new = view.role_count && !view.repeat;
    segment.arrives = is_seen_to_arrive(diagram, &view);
    segment.sender_state = view.src_state;
    segment.receiver_state = view.dst_state;
    write_label(&place, &view, segment.label);
    walk->state[sender] = view.src_state;
    walk->state[1 - sender] = view.dst_state;
    g_array_append_val(diagram->segments, segment);
}

static void leave_out_the_middle(struct diagram *diagram)
{
    unsigned head = DIAGRAM_SEGMENTS_MAX / 2;

    if (diagram->segments->len <= DIAGRAM_SEGMENTS_MAX)
        return;
    diagram->cut = (int)head;
    diagram->left_out = diagram->segments->len - DIAGRAM_SEGMENTS_MAX;
    diagram->left_out_first = diagram_segment(diagram, (int)head)->frame;
    diagram->left_out_last = diagram_segment(diagram, (int)(head + diagram->left_out) - 1)->frame;
    g_array_remove_range(diagram->segments, head, diagram->left_out);
}

static void cross(struct diagram *diagram, int first, int second)
{
    diagram_segment(diagram, first)->crossed = second;
    diagram_segment(diagram, second)->crossed = first;
}

/* Each is the other's partner. */
static void pair_partners(struct diagram *diagram, int index)
{
    const struct diagram_segment *first = diagram_segment(diagram, index);

    for (int i = index + 1; i < (int)diagram->segments->len && first->crossed == DIAGRAM_NONE; i++) {
        const struct diagram_segment *second = diagram_segment(diagram, i);

        if (second->frame == first->partner && second->partner == first->frame && second->from != first->from)
            cross(diagram, index, i);
    }
}

/* The second's sender was still in the state that it had before the first arrived, although the first changes
 * that: so it sent the second before. The ACKs of crossing FINs are an example: each leaves its sender in
 * CLOSING. Of segments sent again nothing of the kind is known, as the first may have been lost. */
static void pair_by_state(struct diagram *diagram, int index, const enum simtcp_state state[2])
{
    const struct diagram_segment *first = diagram_segment(diagram, index), *second = first + 1;

    if (index + 1 < (int)diagram->segments->len && first->crossed == DIAGRAM_NONE && second->crossed == DIAGRAM_NONE
        && second->from != first->from && first->is_new && second->is_new && second->phase == first->phase
        && second->sender_state != SIMTCP_STATE_UNKNOWN && second->sender_state == state[second->from]
        && first->receiver_state != SIMTCP_STATE_UNKNOWN && first->receiver_state != second->sender_state)
        cross(diagram, index, index + 1);
}

/* The states of both ends once this segment has left and, unless it is the first of two that crossed, arrived. */
static void advance(const struct diagram *diagram, int index, enum simtcp_state state[2])
{
    const struct diagram_segment *segment = diagram_segment(diagram, index);

    state[segment->from] = segment->sender_state;
    if (segment->crossed <= index)
        state[1 - segment->from] = segment->receiver_state;
    if (segment->crossed != DIAGRAM_NONE && segment->crossed < index)
        state[segment->from] = diagram_segment(diagram, segment->crossed)->receiver_state;
}

static void pair_up(struct diagram *diagram)
{
    enum simtcp_state state[2] = { SIMTCP_STATE_UNKNOWN, SIMTCP_STATE_UNKNOWN };
    int count = (int)diagram->segments->len;

    for (int i = 0; i < count; i++) {
        struct diagram_segment *segment = diagram_segment(diagram, i);

        segment->from = segment->sender == diagram->left ? DIAGRAM_LEFT : DIAGRAM_RIGHT;
    }
    for (int i = 0; i < count && !diagram->self; i++)
        if (diagram_segment(diagram, i)->partner)
            pair_partners(diagram, i);
    for (int i = 0; i < count && !diagram->self; i++) {
        pair_by_state(diagram, i, state);
        advance(diagram, i, state);
    }
}

/* Notes that may be left out are looked at as well: what they show is known only then. */
void diagram_collect(struct diagram *diagram)
{
    size_t count = simtcp_notes(diagram->connection, NULL, 0);
    const struct simtcp_note **notes = g_new(const struct simtcp_note *, count + 1);
    struct walk walk = { .sided = false };

    simtcp_notes(diagram->connection, notes, count);
    for (size_t i = 0; i < count; i++)
        add_segment(diagram, &walk, notes[i]);
    g_free(notes);
    if (!walk.sided && diagram->segments->len)
        diagram->left = diagram_segment(diagram, 0)->sender;
    leave_out_the_middle(diagram);
    pair_up(diagram);
}

static void take_numbers(struct diagram_numbers *numbers, const struct simtcp_view *view, uint8_t sender)
{
    /* the last role is that of the view's phase: an acknowledgement of a SYN comes before a FIN */
    uint8_t n_end = end_of_n(&view->roles[view->role_count - 1], sender);

    numbers->any = true;
    numbers->n_end = n_end;
    numbers->known[n_end] = view->n_known;
    numbers->number[n_end] = view->n;
    numbers->known[1 - n_end] = view->k_known;
    numbers->number[1 - n_end] = view->k;
}

void diagram_find_numbers(const struct diagram *diagram, enum simtcp_phase phase, struct diagram_numbers *numbers)
{
    size_t count = simtcp_notes(diagram->connection, NULL, 0);
    const struct simtcp_note **notes = g_new(const struct simtcp_note *, count + 1);

    memset(numbers, 0, sizeof *numbers);
    simtcp_notes(diagram->connection, notes, count);
    for (size_t i = 0; i < count && !numbers->any; i++) {
        struct simtcp_place place = simtcp_place_of(notes[i]);
        struct simtcp_view view;

        if (place.connection != diagram->connection)
            continue;
        simtcp_look(&place, true, &view);
        if (view.phase == phase && view.role_count)
            take_numbers(numbers, &view, diagram->self ? 0 : place.sender);
    }
    g_free(notes);
}
