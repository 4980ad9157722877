/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generators, each as a child whose capture is read from a descriptor. */
#ifndef SIMTCPDUMP_CHILD_H
#define SIMTCPDUMP_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t process;  /* 0 if none runs */
    int descriptor; /* where its capture is read, -1 if nowhere */
};

/* Starts simtcp-sim, whose capture comes through a pipe. Arguments end with NULL; the first one is replaced by the
 * program's path. False, and a line on standard error, if that fails. */
bool child_simulate(struct child *child, char *arguments[]);

/* Lets simtcp-gen turn a script into a capture, which the descriptor then holds; no file is left. False, and a line
 * on standard error unless the program was told to stop, if that fails. */
bool child_generate(struct child *child, char *script);

/* Ends what still runs and closes the descriptor. With all true the child has to have ended well by itself:
 * false if it did not. */
bool child_end(struct child *child, bool all);

#endif
