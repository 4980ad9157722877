/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenarios that there are: scripts of simtcp-gen, NAME.pkt in one folder. */
#ifndef SIMTCPDUMP_SCENARIOS_H
#define SIMTCPDUMP_SCENARIOS_H

#include "place.h"

#include <stdbool.h>

/* Prints a line of the dialog's choice for each, sorted by name: its name as the value, its title as the text. */
void scenarios_print(unsigned argument);

/* The path of the scenario of this name; false if there is none. */
bool scenario_path(const char *name, char path[PLACE_SIZE]);

#endif
