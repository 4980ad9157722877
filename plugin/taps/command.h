/* command.h
 * A statistic as tshark knows it: -z NAME[,FILTER].
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_COMMAND_H
#define SIMTCP_COMMAND_H

#include "compat.h"
#include "simtcp.h"

/* What is printed when the capture has been read. */
struct report {
    GPtrArray *connections;             /* const struct simtcp_connection *, in the order of their numbers */
    int64_t start;                      /* the time that relative times count from: the capture's first frame */
};

struct command {
    const char *name;                   /* "simtcp,connections" */
    const char *title;
    void (*print)(const struct report *report);
};

/* Makes tshark know the command, which must last. Wireshark has its own dialogs for what follows its -z,
 * and there this does nothing. */
void command_register(const struct command *command);

#endif
