/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "random.h"

/* The finaliser of a 64-bit hash: every bit of the input changes every bit of the output with chance one half. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    return x;
}

/* A Weyl sequence: an odd step visits every 64-bit number once before it repeats. */
static const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);

void random_seed(struct random *random, uint64_t seed, uint64_t index, enum random_purpose purpose)
{
    random->state = mix(mix(mix(seed + step) + index) + (uint64_t)purpose * step);
}

uint64_t random_next(struct random *random)
{
    random->state += step;
    return mix(random->state);
}

uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)((random_next(random) >> 32) * limit >> 32);
}

int64_t random_between(struct random *random, int64_t first, int64_t last)
{
    uint64_t count = (uint64_t)(last - first) + 1;
    return first + (int64_t)(random_next(random) % count);
}

double random_unit(struct random *random)
{
    return (double)(random_next(random) >> 11) / (double)(UINT64_C(1) << 53);
}

bool random_chance(struct random *random, double probability)
{
    return random_unit(random) < probability;
}
