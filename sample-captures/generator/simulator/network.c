/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

enum { LOOPBACK_DELAY = 25 }; /* microseconds */

/* The time at which a segment that enters a half of the path leaves it. */
static int64_t half_delay(struct world *world, unsigned from, unsigned half, int64_t time)
{
    const struct network *network = &world->network;
    int64_t *clear = &world->clear_at[from][half];
    int64_t jitter = network->jitter / 2 ? random_between(&world->random, 0, network->jitter / 2) : 0;
    bool held = random_chance(&world->random, network->reorder / 2);
    int64_t hold = random_between(&world->random, 1000, network->delay + 3000);

    time += network->delay / 2 + jitter;
    if (held)
        return time + hold;
    if (time < *clear)
        time = *clear;
    *clear = time + 1;
    return time;
}

static void arrival(struct world *world, int number)
{
    const struct transmission *transmission = &world->transmissions[number];
    unsigned to = world->self ? 0 : !transmission->from;
    int64_t time = transmission->at[to ? POINT_B : POINT_A];

    world_schedule(
        world, &(struct event){ .time = time, .kind = EVENT_ARRIVAL, .side = (uint8_t)to, .number = (uint32_t)number });
}

static int copy(struct world *world, int number)
{
    struct transmission twin = world->transmissions[number];

    twin.original = number;
    for (int point = 0; point < POINT_COUNT; point++)
        twin.at[point] = -1;
    return world_transmission(world, &twin);
}

/* Through a half, from the point before it to the one behind. Returns false if it was lost there. */
static bool pass(struct world *world, int number, unsigned half)
{
    unsigned from = world->transmissions[number].from;
    int64_t lost_before = half == 0 ? world->transmissions[number].time : world->transmissions[number].at[POINT_MIDDLE];
    bool lost = random_chance(&world->random, world->network.loss / 2);
    int64_t time = half_delay(world, from, half, lost_before);

    if (lost)
        return false;
    world->transmissions[number].at[half == 0 ? POINT_MIDDLE : from ? POINT_A : POINT_B] = time;
    return true;
}

static void second_half(struct world *world, int number)
{
    bool twice = random_chance(&world->random, world->network.duplicate / 2);

    if (twice) {
        int twin = copy(world, number);
        world->transmissions[twin].at[POINT_MIDDLE] = world->transmissions[number].at[POINT_MIDDLE];
        if (pass(world, twin, 1))
            arrival(world, twin);
        world->transmissions[twin].at[POINT_MIDDLE] = -1;
    }
    if (pass(world, number, 1))
        arrival(world, number);
}

void network_carry(struct world *world, int number)
{
    unsigned from = world->transmissions[number].from;
    int64_t time = world->transmissions[number].time;

    if (world->self) {
        for (int point = 0; point < POINT_COUNT; point++)
            world->transmissions[number].at[point] = time;
        world_schedule(
            world,
            &(struct event){
                .time = time + LOOPBACK_DELAY, .kind = EVENT_ARRIVAL, .side = 0, .number = (uint32_t)number });
        return;
    }
    world->opened[from] = true;
    world->transmissions[number].at[from ? POINT_B : POINT_A] = time;
    if (random_chance(&world->random, world->network.duplicate / 2)) {
        int twin = copy(world, number);
        if (pass(world, twin, 0))
            second_half(world, twin);
    }
    if (pass(world, number, 0))
        second_half(world, number);
}
