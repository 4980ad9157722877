/* invariants.c
 * What holds whatever was captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "play.h"

#include <string.h>

static bool is_same_end(const struct simtcp_endpoint *a, const struct simtcp_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* --- one view --- */

static void check_ranges(const struct simtcp_view *view, uint32_t frame)
{
    HOLDS(view->open <= SIMTCP_OPEN_REFUSED && view->close <= SIMTCP_CLOSE_UNDECIDABLE, frame);
    HOLDS(view->phase <= SIMTCP_PHASE_NONE && view->role_count <= 2, frame);
    HOLDS(view->src_state <= SIMTCP_STATE_TIME_WAIT && view->dst_state <= SIMTCP_STATE_TIME_WAIT, frame);
    HOLDS(view->holder_count <= 2 && view->enter_count <= 2, frame);
    HOLDS(view->answer <= SIMTCP_ANSWER_IGNORED, frame);
    for (unsigned i = 0; i < view->role_count; i++) {
        HOLDS(view->roles[i].step >= 1 && view->roles[i].step <= 4, frame);
        HOLDS(view->roles[i].letter == 'n' || view->roles[i].letter == 'k', frame);
        HOLDS(view->roles[i].kind <= SIMTCP_ROLE_FIN, frame);
    }
}

static void check_open(const struct simtcp_view *view, bool final, uint32_t frame)
{
    bool simultaneous = view->open == SIMTCP_OPEN_SIMULTANEOUS || view->open == SIMTCP_OPEN_SELF_CONNECT;

    HOLDS(view->open_stands || !final, frame);
    HOLDS(view->simopen == (view->open_stands && simultaneous), frame);
    HOLDS(!view->simopen || view->flagged, frame);
    HOLDS(final || !view->open_stands || view->open != SIMTCP_OPEN_INCOMPLETE, frame);
    HOLDS(view->open != SIMTCP_OPEN_INCOMPLETE || !view->open_completed, frame);
}

static void check_close(const struct simtcp_view *view, bool self, bool final, uint32_t frame)
{
    unsigned expected = 0;

    HOLDS(view->close_stands || !final, frame);
    HOLDS(view->close != SIMTCP_CLOSE_SIMULTANEOUS || view->simclose, frame);
    HOLDS(!view->simclose || view->flagged, frame);
    HOLDS(!view->simclose || view->close == SIMTCP_CLOSE_SIMULTANEOUS || view->close == SIMTCP_CLOSE_RESET, frame);
    HOLDS(final || !view->close_stands || (view->close != SIMTCP_CLOSE_OPEN && view->close != SIMTCP_CLOSE_HALF_CLOSED),
          frame);
    if (view->close_completed && view->close == SIMTCP_CLOSE_ORDERLY)
        expected = 1;
    else if (view->close_completed && view->close == SIMTCP_CLOSE_SIMULTANEOUS)
        expected = self ? 1 : 2;
    HOLDS(view->holder_count == expected, frame);
    HOLDS(expected < 2 || !is_same_end(&view->holders[0], &view->holders[1]), frame);
}

static bool is_holder(const struct simtcp_view *view, const struct simtcp_endpoint *end)
{
    for (unsigned i = 0; i < view->holder_count; i++)
        if (is_same_end(&view->holders[i], end))
            return true;
    return false;
}

static void check_time_wait(const struct simtcp_view *view, uint32_t frame)
{
    HOLDS(!view->enter_count || view->time_wait_starts, frame);
    for (unsigned i = 0; i < view->enter_count; i++)
        HOLDS(is_holder(view, &view->enters[i]), frame);
    HOLDS(!view->assassinated || view->reset, frame);
    HOLDS(!view->reuse || view->reuse_age >= 0, frame);
}

static void check_step(const struct play *play, const struct simtcp_view *view, uint32_t frame)
{
    bool dropped = play->input->repeats_frames && !play->copies;

    HOLDS((view->role_count == 0) == (view->phase == SIMTCP_PHASE_NONE), frame);
    HOLDS(!view->role_count || view->n_known, frame);
    HOLDS(!view->repeat || view->role_count, frame);
    HOLDS(view->reset || !view->reset_ignored, frame);
    /* a dropped frame has the number of the one after it */
    HOLDS(view->answers < frame || (dropped && view->answers == frame), frame);
    HOLDS(view->partner != frame || dropped, frame);
}

void check_view(const struct play *play, const struct sight *sight, const struct simtcp_place *place,
                const struct simtcp_view *view, bool final)
{
    struct simtcp_endpoint first = simtcp_end(place->connection, 0), second = simtcp_end(place->connection, 1);

    check_ranges(view, sight->frame);
    check_open(view, final, sight->frame);
    check_close(view, is_same_end(&first, &second), final, sight->frame);
    check_time_wait(view, sight->frame);
    check_step(play, view, sight->frame);
    HOLDS(!view->events || simtcp_may_be_event(place), sight->frame);
    HOLDS(place->sender <= 1, sight->frame);
    HOLDS(is_same_end(place->sender ? &second : &first, &sight->src), sight->frame);
}

void check_texts(const struct simtcp_place *place, const struct simtcp_view *view, char why[SIMTCP_WHY_SIZE],
                 uint32_t frame)
{
    char notation[SIMTCP_NOTATION_SIZE], role[SIMTCP_ROLE_SIZE];
    size_t length;

    memset(notation, 'x', sizeof notation);
    HOLDS(simtcp_notation(place, view, notation) == notation && memchr(notation, '\0', sizeof notation), frame);
    HOLDS((view->role_count == 0) == (notation[0] == '\0'), frame);
    for (unsigned i = 0; i < view->role_count; i++) {
        memset(role, 'x', sizeof role);
        HOLDS(simtcp_role_text(&view->roles[i], role) == role && memchr(role, '\0', sizeof role), frame);
        HOLDS(role[0], frame);
    }
    memset(why, 'x', SIMTCP_WHY_SIZE);
    HOLDS(simtcp_why(place, view, why) == why && memchr(why, '\0', SIMTCP_WHY_SIZE), frame);
    length = strlen(why);
    HOLDS(length + 1 < SIMTCP_WHY_SIZE, frame); /* a sentence that fills it has been cut */
    HOLDS(length == 0 || why[length - 1] == '.', frame);
}

/* --- one pass against two --- */

void check_passes(const struct play *play, const struct sight *sight)
{
    const struct simtcp_view *now = &sight->now, *end = &sight->end;

    /* a crossing SYN may move to a newer attempt, a dropped frame is not there, and with too
     * little memory all is lost */
    if (play->starved || !sight->known || now->number != end->number)
        return;
    HOLDS(now->reset == end->reset, sight->frame);
    /* what one pass may contradict, docs/how-it-decides.md says: too much for the rest to be an invariant of
     * any input; tests/unit holds it of every script */
    if (now->open_stands && now->open == SIMTCP_OPEN_SELF_CONNECT)
        HOLDS(end->open == now->open, sight->frame);
}

/* --- a whole connection --- */

/* Does a frame belong to the same connection in the end? */
static const struct sight *first_of(const struct play *play, const struct simtcp_connection *connection)
{
    for (size_t i = 0; i < play->count; i++)
        if (play->sights[i].known && play->sights[i].place_at_end.connection == connection)
            return &play->sights[i];
    return NULL;
}

static void check_all_say_the_same(const struct sight *sight, const struct sight *first)
{
    const struct simtcp_view *a = &first->end, *b = &sight->end;

    HOLDS(a->number == b->number, sight->frame);
    HOLDS(a->open == b->open && a->close == b->close, sight->frame);
    HOLDS(a->simopen == b->simopen && a->simclose == b->simclose && a->flagged == b->flagged, sight->frame);
    HOLDS(a->open_completed == b->open_completed && a->close_completed == b->close_completed, sight->frame);
    HOLDS(a->holder_count == b->holder_count, sight->frame);
    HOLDS(strcmp(first->end_why, sight->end_why) == 0, sight->frame);
}

/* On how many frames of the connection is the event? */
static unsigned count_events(const struct play *play, const struct simtcp_connection *connection, unsigned events)
{
    unsigned count = 0;

    for (size_t i = 0; i < play->count; i++)
        if (play->sights[i].known && play->sights[i].place_at_end.connection == connection
            && play->sights[i].end.events & events)
            count++;
    return count;
}

static void check_events(const struct play *play, const struct sight *sight)
{
    const struct simtcp_connection *connection = sight->place_at_end.connection;

    HOLDS(count_events(play, connection, SIMTCP_EVENT_SIMOPEN | SIMTCP_EVENT_SELF_CONNECT) == sight->end.simopen,
          sight->frame);
    HOLDS(count_events(play, connection, SIMTCP_EVENT_SIMCLOSE) == sight->end.simclose, sight->frame);
    /* where the capture ends before its sender goes on, no frame proves it */
    HOLDS(count_events(play, connection, SIMTCP_EVENT_SPLIT_HANDSHAKE)
              <= (sight->end.open == SIMTCP_OPEN_SPLIT_HANDSHAKE),
          sight->frame);
}

static void check_notes(const struct play *play, const struct simtcp_connection *connection)
{
    static const struct simtcp_note *notes[2 * INPUT_PIECES + 1], *some[2 * INPUT_PIECES + 1];
    size_t count = simtcp_notes(connection, notes, 2 * INPUT_PIECES), expected = 0;

    for (size_t i = 0; i < play->count; i++) {
        const struct sight *sight = &play->sights[i];

        if (!sight->dropped && sight->known && sight->place_at_end.connection == connection && sight->place.note)
            expected++;
    }
    HOLDS(count == expected, 0);
    for (size_t i = 0; i < count; i++) {
        struct simtcp_place place = simtcp_place_of(notes[i]);

        HOLDS(place.connection == connection && place.note == notes[i], place.frame);
        HOLDS(i == 0 || simtcp_place_of(notes[i - 1]).frame < place.frame, place.frame);
    }
    /* all or, where there is no room for all, none */
    HOLDS(simtcp_notes(connection, NULL, 0) == count, 0);
    if (count > 1) {
        some[0] = some[count - 1] = NULL;
        HOLDS(simtcp_notes(connection, some, count - 1) == count && !some[0], 0);
    }
    HOLDS(simtcp_notes(connection, some, count) == count && memcmp(some, notes, count * sizeof *notes) == 0, 0);
}

/* Has a segment that was captured before this one, or just its note, gone from its connection? */
static bool has_lost_its_first(const struct play *play, const struct sight *sight)
{
    for (const struct sight *before = play->sights; before < sight; before++)
        if (before->place.connection == sight->place_at_end.connection
            && (before->dropped || before->place_at_end.connection != sight->place_at_end.connection))
            return true;
    return false;
}

static void check_span(const struct play *play, const struct simtcp_connection *connection)
{
    struct simtcp_span span = simtcp_span(connection);

    HOLDS(span.first_frame >= 1, 0);
    for (size_t i = 0; i < play->count; i++) {
        const struct sight *sight = &play->sights[i];

        if (!sight->known || sight->place_at_end.connection != connection)
            continue;
        HOLDS(span.first_frame <= sight->frame || (!sight->place.note && has_lost_its_first(play, sight)),
              sight->frame);
        if (sight->place.note)
            HOLDS(simtcp_note_time(sight->place.note) == sight->piece->segment.time, sight->frame);
    }
}

static void check_waits(const struct simtcp_connection *connection)
{
    struct simtcp_endpoint ends[2] = { simtcp_end(connection, 0), simtcp_end(connection, 1) };
    struct simtcp_wait waits[2];
    unsigned count = simtcp_waits(connection, waits);
    struct simtcp_reuse reuse;

    HOLDS(count <= 2, 0);
    for (unsigned i = 0; i < count; i++) {
        HOLDS(is_same_end(&waits[i].holder, &ends[0]) || is_same_end(&waits[i].holder, &ends[1]), waits[i].frame);
        HOLDS(is_same_end(&waits[i].peer, &ends[0]) || is_same_end(&waits[i].peer, &ends[1]), waits[i].frame);
        HOLDS(waits[i].frame > 0, waits[i].frame);
    }
    if (!simtcp_reuse(connection, &reuse))
        return;
    HOLDS(reuse.frame > 0 && reuse.age >= 0, reuse.frame);
    HOLDS(is_same_end(&reuse.holder, &ends[0]) || is_same_end(&reuse.holder, &ends[1]), reuse.frame);
    HOLDS(reuse.by_holder || reuse.allowance <= SIMTCP_ALLOWED_BY_TIMESTAMP, reuse.frame);
    HOLDS(!reuse.answer_known || reuse.answer <= SIMTCP_ANSWER_IGNORED, reuse.frame);
    HOLDS(!reuse.answer_known || (reuse.answer == SIMTCP_ANSWER_IGNORED) == (reuse.answer_frame == 0), reuse.frame);
}

static void check_whole(const struct simtcp_connection *connection, const struct sight *first)
{
    struct simtcp_place whole = simtcp_whole(connection);
    struct simtcp_view view;
    char why[SIMTCP_WHY_SIZE];

    simtcp_look(&whole, true, &view);
    HOLDS(view.open == first->end.open && view.close == first->end.close && view.number == first->end.number, 0);
    HOLDS(view.role_count == 0 && view.events == 0, 0);
    check_texts(&whole, &view, why, 0);
    HOLDS(strcmp(why, first->end_why) == 0, 0);
}

void check_connections(const struct play *play)
{
    for (size_t i = 0; i < play->count; i++) {
        const struct sight *sight = &play->sights[i], *first;

        if (!sight->known)
            continue;
        first = first_of(play, sight->place_at_end.connection);
        if (first != sight) {
            check_all_say_the_same(sight, first);
            continue;
        }
        check_span(play, sight->place_at_end.connection);
        check_waits(sight->place_at_end.connection);
        check_whole(sight->place_at_end.connection, sight);
        if (play->starved || play->input->repeats_frames)
            continue;
        check_events(play, sight);
        check_notes(play, sight->place_at_end.connection);
    }
}
