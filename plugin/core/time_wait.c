/* time_wait.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "simtcp.h"

unsigned simtcp_waits(const struct simtcp_connection *connection, struct simtcp_wait waits[2])
{
    (void)connection;
    (void)waits;
    return 0;
}

bool simtcp_reuse(const struct simtcp_connection *connection, struct simtcp_reuse *reuse)
{
    (void)connection;
    (void)reuse;
    return false;
}
