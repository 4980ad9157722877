/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many worlds, one capture. Each world is simulated from beginning to end at once; its frames then wait in a heap
 * until every world that begins before them has been simulated too. So memory holds only the worlds whose frames
 * overlap in time, however many there are.
 */
#ifndef SIMTCP_SIM_RUN_H
#define SIMTCP_SIM_RUN_H

#include "capture.h"
#include "settings.h"

/* Writes the whole capture, and the truth if wanted. False, with a line on standard error, after an error. */
bool run(const struct settings *settings);

/* From a signal handler: end soon. */
void run_interrupt(void);

#endif
