/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user can choose: the dialog's fields and the command line's options, from one table. */
#ifndef SIMTCPDUMP_OPTIONS_H
#define SIMTCPDUMP_OPTIONS_H

#include <stdbool.h>

enum option_name {
    OPTION_SOURCE,
    OPTION_SCRIPT,
    OPTION_SPEED,
    OPTION_CONNECTIONS,
    OPTION_SEED,
    OPTION_RATE,
    OPTION_BEHAVIOUR,
    OPTION_PROFILE,
    OPTION_IPV6,
    OPTION_WRAP,
    OPTION_DELAY,
    OPTION_JITTER,
    OPTION_LOSS,
    OPTION_DUPLICATE,
    OPTION_REORDER,
    OPTION_POINT,
    OPTION_CAPTURE_LOSS,
    OPTION_COUNT
};

enum {
    FIRST_OF_SIMULATOR = OPTION_CONNECTIONS, /* from here on simtcp-sim has options of the same names */
    OPTIONS_ARGUMENTS = 2 * OPTION_COUNT     /* as many arguments options_for_simulator() makes at most */
};

/* The value of OPTION_SOURCE that is no scenario. */
extern const char options_simulator[];

struct options {
    char *values[OPTION_COUNT]; /* NULL: not given, or given as "" */
};

/* The number of the option with this name ("--seed"), or -1. */
int option_find(const char *name, unsigned long length);

/* Remembers the value, which has to outlive the options. False, and a line on standard error, if it can't be one. */
bool option_set(struct options *options, int name, char *value);

/* The number that was given, or the option's default. */
double option_number(const struct options *options, int name);

/* Writes names and values that were given and that simtcp-sim takes, then NULL. */
void options_for_simulator(const struct options *options, char **arguments);

/* Prints the dialog's fields. */
void options_print_dialog(void);

/* Prints the options for a reader. */
void options_print_help(void);

#endif
