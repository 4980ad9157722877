/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the programs and scenarios are that belong to this one, in a build folder or installed. */
#ifndef SIMTCPDUMP_PLACE_H
#define SIMTCPDUMP_PLACE_H

enum { PLACE_SIZE = 4096 };

/* To be called first, with argv[0]. Symbolic links are followed. */
void place_begin(const char *own_name);

/* The path of a program, or its bare name, to be looked for in PATH, if it is not where it should be. */
void place_of_program(const char *name, char path[PLACE_SIZE]);

/* The folder of scenarios, or "" if there is none. */
void place_of_scenarios(char path[PLACE_SIZE]);

#endif
