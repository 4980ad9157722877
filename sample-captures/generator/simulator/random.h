/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pseudo-random numbers that are the same on every machine. Each stream is named by the seed of the run, an index
 * (which world) and a purpose, so that drawing more numbers in one stream never changes another.
 */
#ifndef SIMTCP_SIM_RANDOM_H
#define SIMTCP_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

enum random_purpose { RANDOM_START, RANDOM_WORLD, RANDOM_CAPTURE };

void random_seed(struct random *random, uint64_t seed, uint64_t index, enum random_purpose purpose);

uint64_t random_next(struct random *random);
uint32_t random_below(struct random *random, uint32_t limit);               /* 0 to limit - 1; limit > 0 */
int64_t random_between(struct random *random, int64_t first, int64_t last); /* both included; first <= last */
double random_unit(struct random *random);                                  /* at least 0, less than 1 */
bool random_chance(struct random *random, double probability);              /* draws a number in any case */

#endif
