/* check.c
 * Assertions on what a frame shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

/* --- what is written --- */

/* Reads one assertion, "now open Three-way", up to the next bar. */
static const char *read_assertion(const char *text, char when[8], char key[16], char value[TEXT_SIZE])
{
    int used = 0;
    size_t length;

    when[0] = key[0] = '\0';
    sscanf(text, " %15[a-z]%n", key, &used);
    text += used;
    if (strcmp(key, "now") == 0 || strcmp(key, "always") == 0) {
        snprintf(when, 8, "%.7s", key);
        used = 0;
        sscanf(text, " %15[a-z]%n", key, &used);
        text += used;
    }
    text += strspn(text, " ");
    length = strcspn(text, "|");
    snprintf(value, TEXT_SIZE, "%.*s", (int)length, text);
    for (size_t end = length; end > 0 && value[end - 1] == ' '; end--)
        value[end - 1] = '\0';
    return text + length;
}

static void check_assertions(struct run *run, uint32_t frame, const char *text, const struct simtcp_place *place,
                             const struct simtcp_view *view, bool now)
{
    while (*text) {
        char when[8], key[16], value[TEXT_SIZE], actual[TEXT_SIZE], label[40];
        struct sight sight = { run, place, view, value, now };

        text = read_assertion(text, when, key, value);
        if (*text == '|')
            text++;
        if (!describe(&sight, key, actual))
            fail_msg("%s:%d: no such key: %s", run->file, run->line, key);
        if (now ? !when[0] : strcmp(when, "now") == 0)
            continue;
        snprintf(label, sizeof label, "%s%s", now ? "now " : "", key);
        if (strcmp(value, actual) != 0)
            script_fail(run, frame, label, value, actual);
    }
}

void check_line(struct run *run, uint32_t frame, const char *line, const struct simtcp_place *place,
                const struct simtcp_view *view, bool now)
{
    const char *bar = strchr(line, '|');

    if (bar)
        check_assertions(run, frame, bar + 1, place, view, now);
}

/* --- what always holds --- */

static void check(struct run *run, uint32_t frame, bool holds, const char *what)
{
    if (!holds)
        script_fail(run, frame, "always", what, "otherwise");
}

/* Where the frame belongs at the end, as the plugin asks for it. */
static struct simtcp_place place_at_end(struct run *run, uint32_t frame)
{
    const struct played *played = &run->frames[frame - 1];
    struct simtcp_place place;

    if (played->place.note)
        return simtcp_place_of(played->place.note);
    place = simtcp_find(run->tracker, &played->src, &played->dst, frame);
    check(run, frame,
          place.connection == played->place.connection && place.sender == played->place.sender && !place.note,
          "a frame without a note is found where it was observed");
    return place;
}

static void check_frame(struct run *run, uint32_t frame, const struct simtcp_place *place,
                        const struct simtcp_view *view)
{
    char notation[SIMTCP_NOTATION_SIZE], why[SIMTCP_WHY_SIZE];
    size_t length;

    simtcp_notation(place, view, notation);
    simtcp_why(place, view, why);
    length = strlen(why);
    check(run, frame, view->role_count <= 2, "at most two roles");
    check(run, frame, (view->role_count == 0) == (view->phase == SIMTCP_PHASE_NONE), "a role has a phase");
    check(run, frame, (view->role_count == 0) == (notation[0] == '\0'), "a role has a notation");
    check(run, frame, !view->role_count || view->n_known, "a role has n");
    check(run, frame, !view->repeat || view->role_count, "only a role repeats");
    check(run, frame, !view->answers || view->answers < frame, "it answers an earlier frame");
    check(run, frame, view->partner != frame, "it does not cross itself");
    check(run, frame, view->enter_count == 0 || view->time_wait_starts, "entering TIME-WAIT starts it");
    check(run, frame, length == 0 || why[length - 1] == '.', "the sentence ends");
    check(run, frame, (view->simopen || view->close == SIMTCP_CLOSE_SIMULTANEOUS) <= view->flagged,
          "what is unusual is flagged");
    check(run, frame,
          view->simopen
              == (view->open_stands
                  && (view->open == SIMTCP_OPEN_SIMULTANEOUS || view->open == SIMTCP_OPEN_SELF_CONNECT)),
          "simopen is for Simultaneous and Self-connect");
    check(run, frame, view->simclose || view->close != SIMTCP_CLOSE_SIMULTANEOUS, "a simultaneous close has simclose");
}

static void check_holders(struct run *run, uint32_t frame, const struct simtcp_place *place,
                          const struct simtcp_view *view)
{
    struct simtcp_endpoint end[2] = { simtcp_end(place->connection, 0), simtcp_end(place->connection, 1) };
    bool self = memcmp(&end[0], &end[1], sizeof end[0]) == 0;
    unsigned expected = 0;

    if (view->close_completed && view->close == SIMTCP_CLOSE_ORDERLY)
        expected = 1;
    else if (view->close_completed && view->close == SIMTCP_CLOSE_SIMULTANEOUS)
        expected = self ? 1 : 2;
    check(run, frame, view->holder_count == expected, "as many holders as the close has");
}

/* The stays are counted as segments arrive, the holders are judged at the end: they must be the same, and
 * begin where the frames say so. */
static void check_waits(struct run *run, uint32_t frame, const struct simtcp_place *place,
                        const struct simtcp_view *view)
{
    struct simtcp_wait waits[2];
    unsigned count = simtcp_waits(place->connection, waits), entered = 0;

    check(run, frame, count == view->holder_count, "each holder has a stay");
    for (unsigned i = 0; i < count; i++) {
        entered += waits[i].frame == frame;
        check(run, frame, waits[i].until >= waits[i].entered || run->mute, "a stay ends after it began");
    }
    check(run, frame, entered == view->enter_count, "a stay begins with the frame that enters it");
}

static struct simtcp_place final_place(const struct run *run, uint32_t frame)
{
    const struct played *played = &run->frames[frame - 1];

    if (played->place.note)
        return simtcp_place_of(played->place.note);
    return simtcp_find(run->tracker, &played->src, &played->dst, frame);
}

/* Looked back upon, the connection begins with its first frame and has this frame's note, in order. */
static void check_history(struct run *run, uint32_t frame, const struct simtcp_place *place)
{
    const struct simtcp_note *notes[256];
    struct simtcp_span span = simtcp_span(place->connection);
    size_t count = simtcp_notes(place->connection, notes, 256);
    uint32_t last = 0;
    bool found = !place->note || count > 256;

    for (size_t i = 0; i < count && i < 256; i++) {
        uint32_t number = simtcp_place_of(notes[i]).frame;

        check(run, frame, number > last || run->mute, "the notes are in order");
        last = number;
        found |= notes[i] == place->note;
    }
    check(run, frame, found, "the frame's note is among the connection's");
    check(run, frame, span.first_frame <= frame, "no frame is before the first");
    check(run, frame, final_place(run, span.first_frame).connection == place->connection,
          "the first frame is one of the connection's");
}

static bool is_among(const struct simtcp_endpoint *end, const struct simtcp_view *view)
{
    for (unsigned i = 0; i < view->holder_count; i++)
        if (memcmp(end, &view->holders[i], sizeof *end) == 0)
            return true;
    return false;
}

/* fields.md's promise about one pass. */
static void check_contradiction(struct run *run, uint32_t frame, const struct simtcp_view *now,
                                const struct simtcp_view *end)
{
    /* "Unknown" says nothing yet */
    bool more_precise = now->open == SIMTCP_OPEN_UNKNOWN
        || (now->open == SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT
            && (end->open == SIMTCP_OPEN_SIMULTANEOUS || end->open == SIMTCP_OPEN_SPLIT_HANDSHAKE));

    if (run->contradicts)
        return;
    /* in parts of a script, what can't be avoided is as likely as not */
    if (run->mute && (now->number != end->number || now->close == SIMTCP_CLOSE_RESET))
        return;
    check(run, frame, !now->open_stands || now->open == end->open || more_precise,
          "what open said in one pass holds in the end");
    check(run, frame, !now->close_stands || now->close == end->close, "what close said in one pass holds in the end");
    check(run, frame, now->simopen <= end->simopen, "simopen of one pass holds in the end");
    check(run, frame, now->simclose <= end->simclose, "simclose of one pass holds in the end");
    check(run, frame, now->open_completed <= end->open_completed, "completed of one pass holds in the end");
    check(run, frame, now->close_completed <= end->close_completed, "completed of one pass holds in the end");
    check(run, frame, now->number == end->number, "a frame stays in its connection");
    for (unsigned i = 0; i < now->holder_count; i++)
        check(run, frame, is_among(&now->holders[i], end), "a holder of one pass is one in the end");
    check(run, frame, now->open_stands <= (now->open != SIMTCP_OPEN_INCOMPLETE), "Incomplete is known at the end only");
    check(run, frame, now->close_stands <= (now->close != SIMTCP_CLOSE_OPEN && now->close != SIMTCP_CLOSE_HALF_CLOSED),
          "Open and Half-closed are known at the end only");
}

/* What is counted of one connection. */
struct tally {
    bool used;
    struct simtcp_view view;
    unsigned events[5];
};

static void tally_frame(struct run *run, struct tally *tallies, uint32_t frame, const struct simtcp_view *view)
{
    struct tally *tally;

    if (view->number >= run->frame_count) {
        check(run, frame, false, "connections are numbered one by one");
        return;
    }
    tally = &tallies[view->number];
    if (tally->used)
        check(run, frame,
              tally->view.open == view->open && tally->view.close == view->close
                  && tally->view.simclose == view->simclose && tally->view.flagged == view->flagged
                  && tally->view.open_completed == view->open_completed
                  && tally->view.close_completed == view->close_completed
                  && tally->view.holder_count == view->holder_count,
              "at the end all frames say the same of their connection");
    tally->used = true;
    tally->view = *view;
    for (unsigned i = 0; i < 5; i++)
        tally->events[i] += view->events >> i & 1;
}

static void check_tallies(struct run *run, const struct tally *tallies)
{
    for (uint32_t i = 0; i < run->frame_count; i++) {
        const struct tally *tally = &tallies[i];

        if (!tally->used)
            continue;
        check(run, 0, tally->events[0] + tally->events[2] == tally->view.simopen, "simopen is proved on one frame");
        check(run, 0, tally->events[1] == tally->view.simclose, "simclose is proved on one frame");
        check(run, 0, tally->events[2] == (tally->view.open == SIMTCP_OPEN_SELF_CONNECT),
              "a self-connect is proved on one frame");
        /* where the capture stops early, only its end proves it */
        check(run, 0,
              tally->events[3] == (tally->view.open == SIMTCP_OPEN_SPLIT_HANDSHAKE)
                  || (run->mute && tally->events[3] == 0),
              "a split handshake is proved on one frame");
    }
}

static void check_frame_at_end(struct run *run, const char *const *lines, uint32_t frame, struct tally *tallies)
{
    const struct played *played = &run->frames[frame - 1];
    struct simtcp_place place = place_at_end(run, frame);
    struct simtcp_view view = { 0 };

    if (place.connection) {
        simtcp_look(&place, true, &view);
        check(run, frame, view.open_stands && view.close_stands, "at the end the verdicts stand");
        check_frame(run, frame, &place, &view);
        check_frame(run, frame, &played->place, &played->now);
        check_holders(run, frame, &place, &view);
        check_waits(run, frame, &place, &view);
        check_history(run, frame, &place);
        check_contradiction(run, frame, &played->now, &view);
        tally_frame(run, tallies, frame, &view);
    }
    if (played->line && !run->mute)
        check_line(run, frame, played->line, &place, &view, false);
    for (unsigned i = 0; lines[i]; i++)
        if (lines[i][0] == '=' && place.connection && strtoul(lines[i] + 1, NULL, 10) == view.number)
            check_assertions(run, frame, lines[i] + 1 + strspn(lines[i] + 1, "0123456789"), &place, &view, false);
}

void check_end(struct run *run, const char *const *lines)
{
    struct tally *tallies = calloc(run->frame_count + 1, sizeof *tallies);

    assert_non_null(tallies);
    for (uint32_t frame = 1; frame <= run->frame_count; frame++)
        check_frame_at_end(run, lines, frame, tallies);
    check_tallies(run, tallies);
    free(tallies);
}

struct simtcp_view check_view(const struct run *run, uint32_t frame)
{
    struct simtcp_place place = final_place(run, frame);
    struct simtcp_view view = { 0 };

    if (place.connection)
        simtcp_look(&place, true, &view);
    return view;
}

void check_nothing(struct run *run)
{
    for (uint32_t frame = 1; frame <= run->frame_count; frame++) {
        struct simtcp_place place = final_place(run, frame);

        if (place.connection) {
            struct simtcp_view view;
            struct sight sight = { run, &place, &view, "", false };

            simtcp_look(&place, true, &view);
            describe_all(&sight);
        }
    }
}
