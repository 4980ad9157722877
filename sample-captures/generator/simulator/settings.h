/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked for on the command line. */
#ifndef SIMTCP_SIM_SETTINGS_H
#define SIMTCP_SIM_SETTINGS_H

#include "behaviour.h"
#include "habits.h"
#include "world.h"

struct settings {
    const char *output, *truth; /* truth: NULL for none */
    char *truth_beside;         /* its name if it was not given */
    uint64_t connections, seed;
    enum point point;
    enum profile profile;
    struct network network;
    double capture_loss, ipv6, wrap;
    double rate; /* connections that begin in a second */
    uint32_t snaplen;
    enum behaviour behaviour;
    double realtime; /* 0: as fast as possible */
};

enum settings_result { SETTINGS_GOOD, SETTINGS_DONE, SETTINGS_BAD };

/*
 * Reads the command line. DONE: it asked for a text, which was printed. BAD: a line on standard error says why.
 * Other strings are argv's. After GOOD settings_free() is due.
 */
enum settings_result settings_read(struct settings *settings, char **argv);
void settings_free(struct settings *settings);

#endif
