/* history.c
 * The notes of a connection, and the whole of it, looked back upon.
 *
 * A connection's notes are in its own list, by frame. One in MANY_NOTES of them is marked, so that a frame is found
 * among many as soon as among few, in whatever order somebody looks. The notes of a half that moved here from another
 * attempt stay in the lists of the incarnations it was in: which these are is remembered with each move.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "open.h"
#include "role.h"

#define FIRST_MARKS 8

/* --- by frame --- */

/* Marks with room for one more; NULL, with nothing changed, if memory is exhausted. */
static struct marks *reserve_mark(struct simtcp_tracker *tracker, struct rarities *rarities)
{
    struct marks *old = rarities->marks, *marks;
    uint32_t capacity = old ? old->capacity * 2 : FIRST_MARKS;

    if (old && old->count < old->capacity)
        return old;
    marks = tracker_allocate(tracker, sizeof *marks + capacity * sizeof(struct simtcp_note *));
    if (!marks)
        return NULL;
    if (old) {
        marks->count = old->count;
        memcpy(marks->notes, old->notes, old->count * sizeof(struct simtcp_note *));
        tracker_release(tracker, old);
    }
    marks->capacity = capacity;
    rarities->marks = marks;
    return marks;
}

/* Without memory for it, a search walks further. */
static void mark(struct simtcp_tracker *tracker, struct simtcp_connection *connection, const struct simtcp_note *note)
{
    struct rarities *rarities = connection_make_rarities(tracker, connection);
    struct marks *marks = rarities ? reserve_mark(tracker, rarities) : NULL;

    if (marks)
        marks->notes[marks->count++] = note;
}

void history_append(struct simtcp_tracker *tracker, struct simtcp_connection *connection, struct simtcp_note *note)
{
    if (connection->last_note)
        connection->last_note->next = note;
    else
        connection->first_note = note;
    connection->last_note = note;
    if (++connection->note_count == MANY_NOTES) {
        mark(tracker, connection, note);
        connection->note_count = 0;
    }
}

/* The last marked note at or before frame; the connection's first note if there is none. */
static const struct simtcp_note *marked_note_before(const struct simtcp_connection *connection, uint32_t frame)
{
    const struct marks *marks = connection->rarities ? connection->rarities->marks : NULL;
    uint32_t low = 0, high = marks ? marks->count : 0;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (marks->notes[middle]->frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? marks->notes[low - 1] : connection->first_note;
}

const struct simtcp_note *connection_note_before(const struct simtcp_connection *connection, uint32_t frame)
{
    const struct simtcp_note *note = marked_note_before(connection, frame);

    if (!note || note->frame > frame)
        return NULL;
    while (note->next && note->next->frame <= frame)
        note = note->next;
    return note;
}

/* --- lists --- */

static bool half_has_moved(const struct simtcp_connection *connection, unsigned end)
{
    const struct half *half = connection_half(connection, end);

    return half && half->moved;
}

static bool has_moved(const struct simtcp_connection *connection)
{
    return half_has_moved(connection, 0) || half_has_moved(connection, 1);
}

static const struct simtcp_connection *older(const struct simtcp_connection *a, const struct simtcp_connection *b)
{
    return a->number < b->number ? a : b;
}

static const struct simtcp_connection *newer(const struct simtcp_connection *a, const struct simtcp_connection *b)
{
    return a->number < b->number ? b : a;
}

/* The lists that can hold notes of the connection's half of this end: all of the flow's, if there was no memory to
 * remember. */
static struct lists lists_of_end(const struct simtcp_connection *connection, unsigned end)
{
    const struct lists *lists = connection->rarities ? connection->rarities->lists : NULL;

    if (!half_has_moved(connection, end))
        return (struct lists){ connection, connection };
    if (lists && lists[end].newest)
        return lists[end];
    return (struct lists){ connection->flow->latest, NULL };
}

void history_follow(struct simtcp_tracker *tracker, const struct simtcp_connection *from, struct simtcp_connection *to,
                    unsigned end)
{
    struct lists lists = lists_of_end(from, end);
    struct rarities *rarities = connection_make_rarities(tracker, to);

    if (!rarities)
        return;
    if (!rarities->lists)
        rarities->lists = tracker_keep(tracker, 2 * sizeof *rarities->lists);
    if (rarities->lists)
        rarities->lists[end] = (struct lists){ newer(lists.newest, to), lists.oldest ? older(lists.oldest, to) : NULL };
}

/* The lists that can hold notes of the connection. */
static struct lists lists_of(const struct simtcp_connection *connection)
{
    struct lists a = lists_of_end(connection, 0), b = lists_of_end(connection, 1);

    return (struct lists){ newer(a.newest, b.newest), a.oldest && b.oldest ? older(a.oldest, b.oldest) : NULL };
}

/* The next older one, NULL after the last. */
static const struct simtcp_connection *next_list(const struct lists *lists, const struct simtcp_connection *list)
{
    return list == lists->oldest ? NULL : connection_previous(list);
}

/* --- looking back --- */

static bool is_note_of(const struct simtcp_note *note, const struct simtcp_connection *connection)
{
    return note->half->connection == connection && !(note->facts & FACT_NOT_SHOWN);
}

/* Appends the notes in this list that belong to connection; with notes NULL only counts them. */
static size_t gather(const struct simtcp_connection *list, const struct simtcp_connection *connection,
                     const struct simtcp_note **notes, size_t count)
{
    for (const struct simtcp_note *note = list->first_note; note; note = note->next) {
        if (!is_note_of(note, connection))
            continue;
        if (notes)
            notes[count] = note;
        count++;
    }
    return count;
}

static size_t gather_all(const struct simtcp_connection *connection, const struct simtcp_note **notes)
{
    struct lists lists = lists_of(connection);
    size_t count = 0;

    for (const struct simtcp_connection *list = lists.newest; list; list = next_list(&lists, list))
        count = gather(list, connection, notes, count);
    return count;
}

static int by_frame(const void *a, const void *b)
{
    const struct simtcp_note *const *first = a, *const *second = b;

    return (*first)->frame < (*second)->frame ? -1 : (*first)->frame > (*second)->frame;
}

size_t simtcp_notes(const struct simtcp_connection *connection, const struct simtcp_note **notes, size_t room)
{
    size_t count = gather_all(connection, NULL);

    if (count && count <= room) {
        gather_all(connection, notes);
        if (has_moved(connection))
            qsort(notes, count, sizeof *notes, by_frame);
    }
    return count;
}

int64_t simtcp_note_time(const struct simtcp_note *note)
{
    return note->time;
}

struct simtcp_place simtcp_whole(const struct simtcp_connection *connection)
{
    return (struct simtcp_place){ .connection = connection, .frame = connection_first_frame(connection) };
}

/* Has the segment that the connection began with moved to another attempt since? */
static bool first_has_moved(const struct simtcp_connection *connection)
{
    const struct simtcp_note *first = connection->first_note;

    return first && first->frame == connection_first_frame(connection) && first->half->connection != connection;
}

static void include(struct simtcp_span *span, const struct simtcp_note *note)
{
    if (!span->first_frame || note->frame < span->first_frame) {
        span->first_frame = note->frame;
        span->first = note->time;
    }
    if (note->time > span->last)
        span->last = note->time;
}

struct simtcp_span simtcp_span(const struct simtcp_connection *connection)
{
    struct simtcp_span span = { .last = connection->last_time };
    struct lists lists = lists_of(connection);

    if (!first_has_moved(connection)) {
        span.first_frame = connection_first_frame(connection);
        span.first = connection_first_time(connection);
    }
    for (const struct simtcp_connection *list = lists.newest; list; list = next_list(&lists, list))
        for (const struct simtcp_note *note = list->first_note; note; note = note->next)
            if (is_note_of(note, connection))
                include(&span, note);
    /* which of those without a note was first is not known any more */
    if (!span.first_frame) {
        span.first_frame = connection_first_frame(connection);
        span.first = connection_first_time(connection);
    }
    return span;
}

int simtcp_initiator(const struct simtcp_connection *connection)
{
    struct open_verdict verdict = open_verdict(connection, true);

    if (verdict.open == SIMTCP_OPEN_INCOMPLETE || verdict.open == SIMTCP_OPEN_REFUSED)
        return role_end_of_n(connection, SIMTCP_PHASE_OPEN);
    return verdict.initiator;
}
