/* facts.h
 * What the statistics tell of one connection, gathered from the core when they are drawn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_FACTS_H
#define SIMTCP_FACTS_H

#include "compat.h"
#include "simtcp.h"

struct facts {
    struct simtcp_view view;
    struct simtcp_span span;
    struct simtcp_endpoint ends[2]; /* first the one that opened the connection, if that is known */
    bool opener_known;
    unsigned wait_count;
    struct simtcp_wait waits[2];
    bool reused; /* it began with a SYN for a 4-tuple in TIME-WAIT */
    struct simtcp_reuse reuse;
};

void facts_of(const struct simtcp_connection *connection, struct facts *facts);

/* The holder in whose TIME-WAIT this SYN was not let through; NULL if there is none. */
const struct simtcp_endpoint *facts_refused_by(const struct facts *facts);

/* "Accepted", as in simtcp.time_wait.answer */
const char *facts_answer(enum simtcp_answer answer);

/* "10.0.0.1", "2001:db8::1" */
const char *facts_address(wmem_allocator_t *pool, const struct simtcp_endpoint *endpoint);

/* "10.0.0.1:*", "[2001:db8::1]:*": the address with any port. */
const char *facts_any_port(wmem_allocator_t *pool, const struct simtcp_endpoint *endpoint);

#endif
