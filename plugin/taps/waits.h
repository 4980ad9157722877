/* waits.h
 * TIME-WAITs, grouped: what -z simtcp,time_wait prints and Wireshark's dialog shows.
 *
 * Each TIME-WAIT is in two groups: that of its holder's address, and that of the ports it takes.
 * Which ports these are depends on whose is the ephemeral one. Where the holder opened the connection it is the
 * holder's: each TIME-WAIT takes one of the ports from which the holder can reach this service,
 * and when all are taken connect() fails. Where the holder was dialled it is the peer's: no
 * port of the holder is taken, but a SYN from such a port of the peer meets the old connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_WAITS_H
#define SIMTCP_WAITS_H

#include "command.h"
#include "facts.h"

enum group_kind {
    GROUP_OF_ADDRESS, /* all of one holder */
    GROUP_AT_CLIENT,  /* of one holder to one service */
    GROUP_AT_SERVICE  /* of one service to one remote address */
};

struct group {
    enum group_kind kind;
    struct simtcp_endpoint holder; /* port 0: any */
    struct simtcp_endpoint remote; /* port 0: any; no address in a GROUP_OF_ADDRESS */
    unsigned entered;
    unsigned peak;          /* at one moment, as far as 2 MSL can be estimated */
    int64_t peak_time;      /* the first such moment; undefined if peak is 0 */
    uint32_t refused_frame; /* the first SYN that a holder didn't let through; 0: none */
    enum simtcp_answer refused_answer;

    struct overlap *overlap;
    unsigned row; /* for whoever shows it; 0 at first */
};

struct waits;

struct waits *waits_new(void);

void waits_free(struct waits *waits);

/* Counts a connection, which must not have been counted yet. With changed, adds to it the
 * struct group * that are not as they were, one perhaps more than once. */
void waits_add(struct waits *waits, const struct simtcp_connection *connection, GPtrArray *changed);

/* The struct group * of addresses, or the others, by falling peak. To be freed by the caller, with
 * g_ptr_array_unref(); the groups belong to waits. */
GPtrArray *waits_groups(const struct waits *waits, bool of_addresses);

/* Of the ephemeral ports of a host, what share is taken at the peak? 1 is all of them. */
double waits_share(const struct group *group);

/* "10.0.0.1:*", "10.0.0.2:80" */
const char *waits_end(wmem_allocator_t *pool, const struct simtcp_endpoint *end);

/* "frame 17: Challenged"; empty if every SYN was let through. */
const char *waits_refused(wmem_allocator_t *pool, const struct group *group);

/* In plain words what it means that so many ports are taken, if somebody should know; else NULL. */
const char *waits_meaning(const struct group *group);

/* In tshark. */
void waits_register(void);

/* In Wireshark's menu. */
void waits_register_menu(void);

#endif
