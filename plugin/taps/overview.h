/* overview.h
 * -z simtcp,tree: connections by how they opened and closed, who holds TIME-WAIT, what came of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_OVERVIEW_H
#define SIMTCP_OVERVIEW_H

#include "command.h"

/* What is counted; each branch has leaves of its own. */
enum branch {
    BRANCH_OPENING,
    BRANCH_CLOSING,
    BRANCH_HOLDERS,        /* connections by which ends hold TIME-WAIT */
    BRANCH_STAYS,          /* TIME-WAITs by the holder's address */
    BRANCH_REUSES,         /* SYNs for a 4-tuple in TIME-WAIT */
    BRANCH_ASSASSINATIONS, /* by the holder's address */
    BRANCH_COUNT
};

extern const char *const branch_titles[BRANCH_COUNT];

/* Calls tick for everything that the connection counts as. The leaf lasts for the call. */
void overview_count(const struct simtcp_connection *connection,
                    void (*tick)(void *context, enum branch branch, const char *leaf), void *context);

/* In tshark. */
void overview_register(void);

/* In Wireshark's menu. */
void overview_register_menu(void);

#endif
