/* twin.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "twin.h"

#include <string.h>

#include "connection.h"
#include "fold.h"

#define MOST_NOTES 64

struct simtcp_tracker *twin_new(const struct simtcp_settings *settings, const struct simtcp_memory *memory)
{
    struct simtcp_settings folding = *settings;

    folding.fold = true;
    return simtcp_tracker_new(&folding, memory);
}

void twin_observe(struct simtcp_tracker *twin, const struct simtcp_segment *segment, bool keep, bool eager)
{
    simtcp_observe(twin, segment, keep);
    if (!eager)
        return;
    twin->last_note = NULL;
    if (twin->touched)
        fold_touched(twin);
}

static bool is_same_end(const struct simtcp_endpoint *a, const struct simtcp_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool are_same_waits(const struct simtcp_connection *a, const struct simtcp_connection *b)
{
    struct simtcp_wait one[2], two[2];
    unsigned count = simtcp_waits(a, one);

    if (simtcp_waits(b, two) != count)
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!is_same_end(&one[i].holder, &two[i].holder) || !is_same_end(&one[i].peer, &two[i].peer)
            || one[i].frame != two[i].frame || one[i].entered != two[i].entered || one[i].until != two[i].until
            || one[i].seen_ending != two[i].seen_ending || one[i].assassinated != two[i].assassinated)
            return false;
    return true;
}

static bool are_same_notes(const struct simtcp_connection *a, const struct simtcp_connection *b)
{
    const struct simtcp_note *one[MOST_NOTES], *two[MOST_NOTES];
    size_t count = simtcp_notes(a, one, MOST_NOTES);

    if (simtcp_notes(b, two, MOST_NOTES) != count)
        return false;
    for (size_t i = 0; i < count && count <= MOST_NOTES; i++) {
        struct simtcp_place first = simtcp_place_of(one[i]), second = simtcp_place_of(two[i]);

        if (simtcp_note_time(one[i]) != simtcp_note_time(two[i]) || first.frame != second.frame
            || first.sender != second.sender || first.connection != a || second.connection != b)
            return false;
    }
    return true;
}

static const char *connection_difference(const struct simtcp_connection *a, const struct simtcp_connection *b)
{
    struct simtcp_span one = simtcp_span(a), two = simtcp_span(b);
    struct simtcp_endpoint ends[4] = { simtcp_end(a, 0), simtcp_end(b, 0), simtcp_end(a, 1), simtcp_end(b, 1) };
    struct simtcp_place whole = simtcp_whole(a), other = simtcp_whole(b);
    struct simtcp_reuse reuse;

    if (!is_same_end(&ends[0], &ends[1]) || !is_same_end(&ends[2], &ends[3]))
        return "ends";
    if (one.first_frame != two.first_frame || one.first != two.first || one.last != two.last)
        return "span";
    if (whole.frame != other.frame || simtcp_initiator(a) != simtcp_initiator(b))
        return "initiator";
    if (!are_same_waits(a, b))
        return "stays in TIME-WAIT";
    if (simtcp_reuse(a, &reuse) != simtcp_reuse(b, &reuse))
        return "reuse";
    return are_same_notes(a, b) ? NULL : "notes";
}

static const char *view_difference(const struct simtcp_place *a, const struct simtcp_place *b, bool final)
{
    struct simtcp_view one, two;
    char text[2][SIMTCP_WHY_SIZE];

    simtcp_look(a, final, &one);
    simtcp_look(b, final, &two);
    if (one.number != two.number)
        return "number";
    if (simtcp_may_be_event(a) != simtcp_may_be_event(b))
        return "perhaps an event";
    if (strcmp(simtcp_why(a, &one, text[0]), simtcp_why(b, &two, text[1])) != 0)
        return "why";
    if (strcmp(simtcp_notation(a, &one, text[0]), simtcp_notation(b, &two, text[1])) != 0)
        return "notation";
    return memcmp(&one, &two, sizeof one) == 0 ? NULL : "view";
}

const char *twin_difference(struct simtcp_tracker *twin, struct simtcp_tracker *plain,
                            const struct simtcp_endpoint *src, const struct simtcp_endpoint *dst, uint32_t frame,
                            bool final)
{
    struct simtcp_place a = simtcp_find(plain, src, dst, frame), b = simtcp_find(twin, src, dst, frame);
    uint32_t one = 0, two = 0;
    const char *difference;

    if (simtcp_concurrent(plain, src, frame, final, &one) != simtcp_concurrent(twin, src, frame, final, &two)
        || one != two)
        return "concurrent stays in TIME-WAIT";
    if (!a.connection != !b.connection || !a.note != !b.note || a.sender != b.sender || a.frame != b.frame)
        return "place";
    if (!a.connection)
        return NULL;
    difference = view_difference(&a, &b, final);
    return difference ? difference : connection_difference(a.connection, b.connection);
}
