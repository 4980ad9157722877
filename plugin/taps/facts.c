/* facts.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts.h"

#include <string.h>

#include "endpoint.h"

void facts_of(const struct simtcp_connection *connection, struct facts *facts)
{
    struct simtcp_place whole = simtcp_whole(connection);
    int opener;

    simtcp_look(&whole, true, &facts->view);
    facts->span = simtcp_span(connection);
    facts->wait_count = simtcp_waits(connection, facts->waits);
    facts->reused = simtcp_reuse(connection, &facts->reuse);
    opener = simtcp_initiator(connection);
    facts->opener_known = opener >= 0;
    facts->ends[0] = simtcp_end(connection, opener == 1 ? 1 : 0);
    facts->ends[1] = simtcp_end(connection, opener == 1 ? 0 : 1);
}

const struct simtcp_endpoint *facts_refused_by(const struct facts *facts)
{
    bool refused = facts->reused && facts->reuse.answer_known && facts->reuse.answer != SIMTCP_ANSWER_ACCEPTED;

    return refused ? &facts->reuse.holder : NULL;
}

const char *facts_answer(enum simtcp_answer answer)
{
    static const char *const answers[] = {
        [SIMTCP_ANSWER_ACCEPTED] = "Accepted",
        [SIMTCP_ANSWER_CHALLENGED] = "Challenged",
        [SIMTCP_ANSWER_REFUSED] = "Refused",
        [SIMTCP_ANSWER_IGNORED] = "Ignored",
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
