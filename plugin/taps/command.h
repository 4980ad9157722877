/* command.h
 * A statistic as tshark knows it: -z NAME[,FILTER], or -z NAME,FILE[,FILTER] if it makes a file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_COMMAND_H
#define SIMTCP_COMMAND_H

#include "compat.h"
#include "simtcp.h"

/* What is printed when the capture has been read. */
struct report {
    GPtrArray *connections; /* const struct simtcp_connection *, in the order of their numbers */
    int64_t start;          /* the time that relative times count from: the capture's first frame */
    const char *file;       /* the name the user gave, if the statistic makes one */
};

struct command {
    const char *name; /* "simtcp,connections" */
    const char *title;
    void (*print)(const struct report *report);
    bool makes_file; /* print writes report->file, and nothing to standard output */
};

/* Is the file one that can be replaced as a whole? Devices and pipes can't. */
bool command_replaces(const char *file);

/* Writes the report's file: it appears at once and whole, or not at all. Ends the program with a message if it
 * can't be written. */
void command_write(const struct report *report, const GString *text);

/* Makes tshark know the command, which must last. Wireshark has its own dialogs for what follows its -z,
 * and there this does nothing. */
void command_register(const struct command *command);

#endif
