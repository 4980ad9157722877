/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NANOSECONDS 1000000000

bool seconds_parse(const char *text, int64_t *nanoseconds)
{
    char *end;
    double seconds = strtod(text, &end);

    /* Written so that a NaN fails too. */
    if (end == text || *end != '\0' || !(seconds >= 0 && seconds <= 1e9))
        return false;
    *nanoseconds = (int64_t)(seconds * NANOSECONDS);
    return true;
}

bool step_parse(const char *text, struct step *step)
{
    char time[32];
    int used = 0;

    memset(step, 0, sizeof *step);
    if (sscanf(text, " %31s %15s %n", time, step->verb, &used) < 2 || used == 0)
        return false;
    if (strlen(text + used) >= sizeof step->argument)
        return false;
    strcpy(step->argument, text + used);
    if (strcmp(time, "+") == 0) {
        step->at = STEP_NOW;
        return true;
    }
    return seconds_parse(time, &step->at);
}

int64_t monotonic_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

void monotonic_sleep_until(int64_t nanoseconds)
{
    struct timespec until = {
        .tv_sec = (time_t)(nanoseconds / NANOSECONDS),
        .tv_nsec = (long)(nanoseconds % NANOSECONDS),
    };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        continue;
}
