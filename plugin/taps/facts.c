/* facts.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts.h"

#include <string.h>

#include "endpoint.h"

/* A handshake's first bare SYN is hardly ever behind more notes than these. */
#define FIRST_NOTES 32

/* Was one end there first and the other answered? Otherwise both opened, or nobody knows. */
static bool has_one_opener(enum simtcp_open open)
{
    return open == SIMTCP_OPEN_THREE_WAY || open == SIMTCP_OPEN_SPLIT_HANDSHAKE ||
           open == SIMTCP_OPEN_INCOMPLETE || open == SIMTCP_OPEN_REFUSED;
}

static bool is_bare_syn(const struct simtcp_view *view)
{
    return view->phase == SIMTCP_PHASE_OPEN && view->role_count == 1 &&
           view->roles[0].kind == SIMTCP_ROLE_SYN;
}

/* The end, 0 or 1, whose bare SYN is the first; -1: not known. In a split handshake the second one is the answer,
 * in a three-way handshake there is but one. */
static int opener_of(const struct simtcp_connection *connection)
{
    const struct simtcp_note *notes[FIRST_NOTES];
    size_t count = MIN(simtcp_notes(connection, notes, FIRST_NOTES), FIRST_NOTES);

    for (size_t i = 0; i < count; i++) {
        struct simtcp_place place = simtcp_place_of(notes[i]);
        struct simtcp_view view;

        simtcp_look(&place, true, &view);
        if (is_bare_syn(&view))
            return place.sender;
    }
    return -1;
}

void facts_of(const struct simtcp_connection *connection, struct facts *facts)
{
    struct simtcp_place whole = simtcp_whole(connection);
    int opener;

    simtcp_look(&whole, true, &facts->view);
    facts->span = simtcp_span(connection);
    facts->wait_count = simtcp_waits(connection, facts->waits);
    facts->reused = simtcp_reuse(connection, &facts->reuse);
    opener = has_one_opener(facts->view.open) ? opener_of(connection) : -1;
    facts->opener_known = opener >= 0;
    facts->ends[0] = simtcp_end(connection, opener == 1 ? 1 : 0);
    facts->ends[1] = simtcp_end(connection, opener == 1 ? 0 : 1);
}

const struct simtcp_endpoint *facts_refused_by(const struct facts *facts)
{
    bool refused = facts->reused && !facts->reuse.by_holder &&
                   facts->reuse.answer != SIMTCP_ANSWER_ACCEPTED;

    return refused ? &facts->reuse.holder : NULL;
}

const char *facts_answer(enum simtcp_answer answer)
{
    static const char *const answers[] = {
        [SIMTCP_ANSWER_ACCEPTED] = "Accepted",
        [SIMTCP_ANSWER_CHALLENGED] = "Challenged",
        [SIMTCP_ANSWER_REFUSED] = "Refused",
        [SIMTCP_ANSWER_IGNORED] = "Ignored"
    };

    return answers[answer];
}

/* Up to the colon before the port. */
static char *without_port(wmem_allocator_t *pool, const struct simtcp_endpoint *endpoint)
{
    const char *text = endpoint_text(pool, endpoint);

    return wmem_strndup(pool, text, (size_t)(strrchr(text, ':') - text));
}

const char *facts_address(wmem_allocator_t *pool, const struct simtcp_endpoint *endpoint)
{
    char *text = without_port(pool, endpoint);
    size_t length = strlen(text);

    if (text[0] != '[')
        return text;
    text[length - 1] = '\0';
    return text + 1;
}

const char *facts_any_port(wmem_allocator_t *pool, const struct simtcp_endpoint *endpoint)
{
    return wmem_strdup_printf(pool, "%s:*", without_port(pool, endpoint));
}
