/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What really happened in a world, as JSON: one object for each connection, that is, each pair of lives that met, or
 * each life that met none. The words are those of the fields simtcp.open and simtcp.close.
 */
#ifndef SIMTCP_SIM_TRUTH_H
#define SIMTCP_SIM_TRUTH_H

#include "world.h"

#include "../buffer.h"

/* Says why a capture lacks a transmission, NULL if it has it; and in *copy whether it has one the network made. */
typedef const char *truth_lacks(const void *context, int transmission, bool *copy);

/* How many connections a finished world has, and which one each life belongs to (an array of life_count). */
unsigned truth_connections(const struct world *world, unsigned *connection_of_life);

/* Which connection a transmission belongs to. */
unsigned truth_connection_of(const struct world *world, const unsigned *connection_of_life, int transmission);

/* What a line needs besides the world. */
struct truth_context {
    const unsigned *connection_of_life;
    uint64_t number; /* of the world's first connection in the run */
    int64_t start;   /* the world's time 0, microseconds since 1970 */
    const char *point;
    truth_lacks *lacks;
    const void *context; /* for lacks */
};

/* Appends the object of one of the world's connections, without its end: a list of frame numbers and "}" follow. */
void truth_build(struct buffer *out, const struct world *world, unsigned connection,
                 const struct truth_context *context);

#endif
