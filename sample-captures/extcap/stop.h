/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Being told to stop: SIGTERM (how Wireshark ends a capture), SIGINT or SIGHUP. */
#ifndef SIMTCPDUMP_STOP_H
#define SIMTCPDUMP_STOP_H

#include <stdbool.h>

/* From now on these signals are noticed instead of ending the program, and SIGPIPE is ignored: a write that
 * nobody reads fails instead. False if there are no descriptors left. */
bool stop_install(void);

bool stop_asked(void);

/* Readable as soon as the program shall stop; for poll(). */
int stop_descriptor(void);

#endif
