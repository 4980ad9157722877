/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ending a recorder in order: SIGTERM and SIGINT ask it to finish its file. */
#ifndef SIMTCP_LAB_STOP_SIGNAL_H
#define SIMTCP_LAB_STOP_SIGNAL_H

#include <signal.h>
#include <stdbool.h>

/*
 * Blocks both signals, so that they arrive only inside ppoll() when it is given
 * `waiting` as its mask: none can slip in between the test and the sleep.
 */
void stop_signal_catch(sigset_t *waiting);

/* Whether one of them has arrived. */
bool stop_requested(void);

#endif
