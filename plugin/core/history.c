/* history.c
 * A whole connection, looked back upon.
 *
 * The notes of a connection are in its own list. Those of a SYN that moved here from another attempt
 * can be in the list of any incarnation of the flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdlib.h>

#include "open.h"
#include "role.h"

static bool has_moved(const struct simtcp_connection *connection)
{
    const struct half *a = connection_half(connection, 0), *b = connection_half(connection, 1);

    return (a && a->moved) || (b && b->moved);
}

/* The lists that can hold notes of the connection, from the newest back. */
static const struct simtcp_connection *first_list(const struct simtcp_connection *connection)
{
    return has_moved(connection) ? connection->flow->latest : connection;
}

static const struct simtcp_connection *next_list(const struct simtcp_connection *connection,
                                                 const struct simtcp_connection *list)
{
    return has_moved(connection) ? connection_previous(list) : NULL;
}

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
    const struct simtcp_connection *list = first_list(connection);
    size_t count = 0;

    for (; list; list = next_list(connection, list))
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
    const struct simtcp_connection *list = first_list(connection);

    if (!first_has_moved(connection)) {
        span.first_frame = connection_first_frame(connection);
        span.first = connection_first_time(connection);
    }
    for (; list; list = next_list(connection, list))
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
