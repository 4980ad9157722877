/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What two applications do with each other, drawn at random: programs, times, addresses, habits. */
#ifndef SIMTCP_SIM_BEHAVIOUR_H
#define SIMTCP_SIM_BEHAVIOUR_H

#include "world.h"

enum behaviour {
    BEHAVIOUR_MIXED,
    BEHAVIOUR_DIAL,
    BEHAVIOUR_SIMULTANEOUS_OPEN,
    BEHAVIOUR_SIMULTANEOUS_CLOSE,
    BEHAVIOUR_SIMULTANEOUS_OPEN_AND_CLOSE,
    BEHAVIOUR_HALF_CLOSE,
    BEHAVIOUR_CLOSE_WITH_DATA,
    BEHAVIOUR_ABORT,
    BEHAVIOUR_REFUSED,
    BEHAVIOUR_SILENT,
    BEHAVIOUR_SELF_CONNECT,
    BEHAVIOUR_SPLIT_HANDSHAKE,
    BEHAVIOUR_HOLE_PUNCHING,
    BEHAVIOUR_RECONNECT,
    BEHAVIOUR_CRASH,
    BEHAVIOUR_FAST_OPEN,
    BEHAVIOUR_IDLE,
    BEHAVIOUR_CHAOS,
    BEHAVIOUR_COUNT
};

struct settings;

/* The name on the command line; NULL past the last. */
const char *behaviour_name(unsigned behaviour);

/* Fills a cleared world. The same settings, seed and index always give the same world, at every capture point. */
void behaviour_draw(struct world *world, const struct settings *settings, uint64_t index);

#endif
