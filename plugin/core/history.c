/* history.c
 * A whole connection, looked back upon.
 *
 * The notes of a connection are in its own list; those of a SYN that moved here from an older
 * attempt are still in the lists of the attempts it was sent in, and found by walking back
 * to the first of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "connection.h"

/* The first bare SYN of both ends; the connection's own first frame if that is earlier. */
static uint32_t earliest_frame(const struct simtcp_connection *connection)
{
    uint32_t earliest = connection->first_frame;

    for (unsigned end = 0; end < 2; end++) {
        const struct half *half = connection_half(connection, end);

        if (half_sent_syn(half) && half->begin.syn_frame < earliest)
            earliest = half->begin.syn_frame;
    }
    return earliest;
}

static bool is_note_of(const struct simtcp_note *note, const struct simtcp_connection *connection)
{
    return note->half->connection == connection && !(note->facts & FACT_NOT_SHOWN);
}

/* The notes in this list that belong to connection: how many; and into notes as many as there is room for. */
static size_t notes_in(const struct simtcp_connection *list, const struct simtcp_connection *connection,
                       const struct simtcp_note **notes, size_t room)
{
    size_t count = 0;

    for (const struct simtcp_note *note = list->first_note; note; note = note->next) {
        if (!is_note_of(note, connection))
            continue;
        if (count < room)
            notes[count] = note;
        count++;
    }
    return count;
}

/* The list that is older than this one, if notes of connection can be there. */
static const struct simtcp_connection *older_list(const struct simtcp_connection *list, uint32_t earliest)
{
    return list->first_frame > earliest ? list->previous : NULL;
}

size_t simtcp_notes(const struct simtcp_connection *connection, const struct simtcp_note **notes,
                    size_t room)
{
    uint32_t earliest = earliest_frame(connection);
    size_t count = 0, position;

    for (const struct simtcp_connection *list = connection; list; list = older_list(list, earliest))
        count += notes_in(list, connection, NULL, 0);
    position = count;
    for (const struct simtcp_connection *list = connection; list && room; list = older_list(list, earliest)) {
        position -= notes_in(list, connection, NULL, 0);
        if (position < room)
            notes_in(list, connection, notes + position, room - position);
    }
    return count;
}

int64_t simtcp_note_time(const struct simtcp_note *note)
{
    return note->time;
}

struct simtcp_place simtcp_whole(const struct simtcp_connection *connection)
{
    return (struct simtcp_place){ .connection = connection, .frame = connection->first_frame };
}

struct simtcp_span simtcp_span(const struct simtcp_connection *connection)
{
    struct simtcp_span span = {
        .first_frame = connection->first_frame,
        .first = connection->first_time,
        .last = connection->last_time,
    };
    const struct simtcp_note *note;

    if (earliest_frame(connection) < span.first_frame && simtcp_notes(connection, &note, 1)) {
        span.first_frame = note->frame;
        span.first = note->time;
    }
    return span;
}
