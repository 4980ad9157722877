/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs of the lab are told to do, and when. A step is one argument,
 * "TIME VERB [ARGUMENT...]": TIME is in seconds after the common start of all
 * programs, or "+" for right after the step before.
 */
#ifndef SIMTCP_LAB_STEPS_H
#define SIMTCP_LAB_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#define STEP_NOW (-1) /* "+": not before anything */

struct step {
    int64_t at; /* nanoseconds after the start, or STEP_NOW */
    char verb[16];
    char argument[200]; /* the rest of the line, may be empty */
};

/* Parses one step. Returns false if `text` is not one. */
bool step_parse(const char *text, struct step *step);

/* Parses seconds ("12.5") into nanoseconds. Returns false unless it is a number from 0 to 1e9. */
bool seconds_parse(const char *text, int64_t *nanoseconds);

/* CLOCK_MONOTONIC, in nanoseconds: the clock of the common start. */
int64_t monotonic_now(void);

/* Sleeps until that moment of CLOCK_MONOTONIC. */
void monotonic_sleep_until(int64_t nanoseconds);

#endif
