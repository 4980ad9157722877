/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "behaviour.h"

#include "settings.h"

#include <string.h>

#define MS INT64_C(1000)
#define SECONDS INT64_C(1000000)

enum { LIMIT_SECONDS = 1200, A = 0, B = 1 };

static const struct {
    const char *name;
    unsigned weight; /* in "mixed", out of 100 */
} behaviours[BEHAVIOUR_COUNT] = {
    [BEHAVIOUR_MIXED] = { "mixed", 0 },
    [BEHAVIOUR_DIAL] = { "dial", 20 },
    [BEHAVIOUR_SIMULTANEOUS_OPEN] = { "simultaneous-open", 12 },
    [BEHAVIOUR_SIMULTANEOUS_CLOSE] = { "simultaneous-close", 13 },
    [BEHAVIOUR_SIMULTANEOUS_OPEN_AND_CLOSE] = { "simultaneous-open-and-close", 8 },
    [BEHAVIOUR_HALF_CLOSE] = { "half-close", 5 },
    [BEHAVIOUR_CLOSE_WITH_DATA] = { "close-with-data", 6 },
    [BEHAVIOUR_ABORT] = { "abort", 5 },
    [BEHAVIOUR_REFUSED] = { "refused", 3 },
    [BEHAVIOUR_SILENT] = { "silent", 2 },
    [BEHAVIOUR_SELF_CONNECT] = { "self-connect", 2 },
    [BEHAVIOUR_SPLIT_HANDSHAKE] = { "split-handshake", 4 },
    [BEHAVIOUR_HOLE_PUNCHING] = { "hole-punching", 5 },
    [BEHAVIOUR_RECONNECT] = { "reconnect", 5 },
    [BEHAVIOUR_CRASH] = { "crash", 2 },
    [BEHAVIOUR_FAST_OPEN] = { "fast-open", 3 },
    [BEHAVIOUR_IDLE] = { "idle", 2 },
    [BEHAVIOUR_CHAOS] = { "chaos", 3 },
};

const char *behaviour_name(unsigned behaviour)
{
    return behaviour < BEHAVIOUR_COUNT ? behaviours[behaviour].name : NULL;
}

static enum behaviour any_behaviour(struct random *random)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < BEHAVIOUR_COUNT; i++)
        sum += behaviours[i].weight;
    unsigned draw = random_below(random, sum);
    for (unsigned i = 0;; i++) {
        if (draw < behaviours[i].weight)
            return (enum behaviour)i;
        draw -= behaviours[i].weight;
    }
}

static void address(struct address *address, bool ipv6, unsigned side, uint32_t number)
{
    static const uint8_t networks[2][2] = { { 10, 0 }, { 198, 18 } };
    unsigned bits = side == A ? 24 : 16;

    memset(address, 0, sizeof *address);
    address->length = ipv6 ? 16 : 4;
    if (ipv6) {
        memcpy(address->bytes, "\x20\x01\x0d\xb8", 4);
        address->bytes[5] = (uint8_t)(side == A ? 0xa : 0xb);
    } else
        memcpy(address->bytes, networks[side], 2);
    for (unsigned shift = 0; shift < bits; shift += 8)
        address->bytes[address->length - 1 - shift / 8] = (uint8_t)(number >> shift);
}

/* The address and port of a are unique to the world, so no two worlds share a 4-tuple. */
static void draw_ends(struct world *world, uint64_t index, double ipv6)
{
    static const uint16_t services[] = { 22, 25, 80, 443, 5060, 7000, 8080, 9000 };
    enum { PORTS = 32, SPREAD = 2000 };
    struct random *random = &world->random;
    bool v6 = random_chance(random, ipv6);
    uint32_t host = (uint32_t)(index / PORTS) + 1;

    address(&world->ends[A].address, v6, A, host);
    world->ends[A].port = (uint16_t)(1024 + (index % PORTS) * SPREAD + random_below(random, SPREAD));
    address(&world->ends[B].address, v6, B, 1 + random_below(random, 65000));
    world->ends[B].port =
        random_chance(random, 0.7) ? services[random_below(random, 8)] : (uint16_t)(1024 + random_below(random, 64000));
}

static void draw_network(struct world *world, const struct network *mean)
{
    world->network = *mean;
    world->network.delay = (int64_t)((double)mean->delay * (0.4 + 1.2 * random_unit(&world->random)));
}

/* An application's pause: often none, mostly short. */
static int64_t pause(struct world *world)
{
    struct random *random = &world->random;
    double draw = random_unit(random);

    if (draw < 0.25)
        return 0;
    return draw < 0.8 ? random_between(random, 100, 30 * MS) : random_between(random, 0, 500 * MS);
}

static uint32_t octets(struct world *world)
{
    struct random *random = &world->random;
    double draw = random_unit(random);

    if (draw < 0.25)
        return 0;
    return draw < 0.8 ? 1 + random_below(random, 1200) : 1 + random_below(random, 7000);
}

static struct step *add(struct world *world, unsigned side, enum wait wait, int64_t delay, enum call call,
                        uint32_t count)
{
    return program_add(&world->programs[side], wait, delay, call, count);
}

static void server(struct world *world, unsigned side, int64_t at)
{
    add(world, side, WAIT_TIME, at, CALL_LISTEN, 0);
    world->programs[side].handler = 1;
}

static void dial(struct world *world, unsigned side, int64_t at)
{
    add(world, side, WAIT_TIME, at, CALL_CONNECT, 0);
}

/* Time 0.1 s is early enough for everything that has to be there first. */
static const int64_t start = 100000;

/* Both dial, so close together that the SYNs cross more often than not. */
static void dial_both(struct world *world)
{
    int64_t delay = world->network.delay;
    int64_t apart = random_between(&world->random, -delay * 5 / 4, delay * 5 / 4);

    dial(world, A, start);
    dial(world, B, start + apart < 0 ? 0 : start + apart);
    for (unsigned side = 0; side < 2; side++)
        world->filtered[side] = random_chance(&world->random, 0.6);
    if (random_chance(&world->random, 0.3))
        world->ends[B].port = world->ends[A].port;
}

/* A request and its answer; each may be empty. Returns the octets of the answer. */
static uint32_t talk(struct world *world, unsigned client)
{
    uint32_t request = octets(world), answer = octets(world);

    if (request)
        add(world, client, WAIT_ESTABLISHED, pause(world), CALL_WRITE, request);
    if (request)
        add(world, !client, WAIT_RECEIVED, pause(world), CALL_WRITE, answer)->received = request;
    else
        add(world, !client, WAIT_ESTABLISHED, pause(world), CALL_WRITE, answer);
    return answer;
}

static struct step *after(struct world *world, unsigned side, uint32_t received, int64_t delay, enum call call)
{
    struct step *step = add(world, side, received ? WAIT_RECEIVED : WAIT_ESTABLISHED, delay, call, 0);

    step->received = received;
    return step;
}

/* One end closes, the other follows. */
static void close_in_turn(struct world *world, unsigned first, uint32_t received)
{
    after(world, first, received, pause(world), CALL_CLOSE);
    add(world, !first, WAIT_PEER_FIN, pause(world), CALL_CLOSE, 0);
}

/* Both close at about the same time: the server one delay after its answer left, the client when it is there. */
static void close_both(struct world *world, unsigned client, uint32_t answer)
{
    int64_t delay = world->network.delay, later = random_between(&world->random, 0, 200 * MS);
    int64_t apart = random_between(&world->random, -delay * 5 / 4, delay * 5 / 4);
    int64_t mine = later + (apart > 0 ? apart : 0), other = later + (apart < 0 ? -apart : 0);

    after(world, client, answer, mine, CALL_CLOSE);
    if (answer)
        add(world, !client, WAIT_NOTHING, other + delay, CALL_CLOSE, 0);
    else
        add(world, !client, WAIT_ESTABLISHED, other, CALL_CLOSE, 0);
}

static void close_anyhow(struct world *world)
{
    uint32_t answer = talk(world, A);
    double draw = random_unit(&world->random);

    if (draw < 0.4)
        close_in_turn(world, A, answer);
    else if (draw < 0.8)
        close_in_turn(world, B, 0);
    else if (draw < 0.95)
        close_both(world, A, answer);
    /* or not at all */
}

static void half_close(struct world *world)
{
    uint32_t answer = octets(world);

    add(world, A, WAIT_ESTABLISHED, pause(world), CALL_WRITE, octets(world));
    add(world, A, WAIT_NOTHING, pause(world), CALL_HALF_CLOSE, 0);
    add(world, B, WAIT_PEER_FIN, pause(world), CALL_WRITE, answer);
    add(world, B, WAIT_NOTHING, pause(world), CALL_WRITE, octets(world));
    if (random_chance(&world->random, 0.8))
        add(world, B, WAIT_NOTHING, pause(world), CALL_CLOSE, 0);
    if (random_chance(&world->random, 0.7))
        add(world, A, WAIT_PEER_FIN, pause(world), CALL_CLOSE, 0);
}

/* close() while more is queued than the windows let out; the peer's FIN comes about then. */
static void close_with_data(struct world *world)
{
    int64_t delay = world->network.delay;
    unsigned writer = random_below(&world->random, 2);

    add(world, writer, WAIT_ESTABLISHED, 50 * MS, CALL_WRITE, 4000 + random_below(&world->random, 16000));
    add(world, writer, WAIT_NOTHING, 0, random_chance(&world->random, 0.5) ? CALL_CLOSE : CALL_HALF_CLOSE, 0);
    add(world, !writer, WAIT_ESTABLISHED, 50 * MS + random_between(&world->random, 0, 5 * delay),
        random_chance(&world->random, 0.85) ? CALL_HALF_CLOSE : CALL_CLOSE, 0);
}

/* Anything at any time. */
static void chaos(struct world *world, unsigned steps)
{
    static const enum call calls[] = { CALL_WRITE, CALL_WRITE,   CALL_HALF_CLOSE, CALL_CLOSE,        CALL_CLOSE,
                                       CALL_ABORT, CALL_CONNECT, CALL_CRASH,      CALL_CLOSE_UNREAD, CALL_CANCEL };
    int64_t span = 6 * world->network.delay + 50 * MS;

    for (unsigned side = 0; side < 2; side++) {
        int64_t time = start;
        for (unsigned i = 0; i < steps; i++) {
            time += random_between(&world->random, 0, span);
            enum call call = calls[random_below(&world->random, sizeof calls / sizeof *calls)];
            struct step *step = add(world, side, WAIT_TIME, time, call, call == CALL_WRITE ? octets(world) : 0);
            step->anew = true; /* also on a connection that is gone */
        }
    }
}

static void abort_somewhere(struct world *world)
{
    uint32_t answer = talk(world, A);
    unsigned who = random_below(&world->random, 2);
    enum call call = random_chance(&world->random, 0.7) ? CALL_ABORT : CALL_CLOSE_UNREAD;

    if (random_chance(&world->random, 0.4)) {
        close_in_turn(world, !who, who == B ? answer : 0);
        add(world, who, WAIT_TIME, start + random_between(&world->random, 0, 8 * world->network.delay), call, 0);
    } else
        after(world, who, who == A ? answer : 0, pause(world), call);
}

static void again(struct world *world, int64_t delay)
{
    add(world, A, WAIT_GONE, delay, CALL_CONNECT, 0)->anew = true;
}

static void refused(struct world *world)
{
    dial(world, A, start);
    if (random_chance(&world->random, 0.3))
        server(world, B, start + random_between(&world->random, 0, 2 * SECONDS));
    for (unsigned retry = random_below(&world->random, 3); retry; retry--)
        again(world, random_between(&world->random, 0, 2 * SECONDS));
    close_anyhow(world);
}

static void self_connect(struct world *world)
{
    uint32_t said = octets(world);

    world->self = true;
    world->ends[B] = world->ends[A];
    dial(world, A, start);
    if (said)
        add(world, A, WAIT_ESTABLISHED, pause(world), CALL_WRITE, said);
    if (random_chance(&world->random, 0.9))
        after(world, A, said, pause(world), random_chance(&world->random, 0.9) ? CALL_CLOSE : CALL_ABORT);
}

/* Both dial through firewalls that let in only answers, and dial anew after a while without one. */
static void hole_punching(struct world *world)
{
    for (unsigned side = 0; side < 2; side++) {
        int64_t time = start + random_between(&world->random, 0, 2 * SECONDS);
        unsigned attempts = 1 + random_below(&world->random, 4);
        world->filtered[side] = true;
        dial(world, side, time);
        while (--attempts) {
            time += random_between(&world->random, 200 * MS, 1500 * MS);
            add(world, side, WAIT_TIME, time, CALL_CANCEL, 0)->anew = true;
            time += random_between(&world->random, 0, 300 * MS);
            add(world, side, WAIT_TIME, time, CALL_CONNECT, 0)->anew = true;
        }
    }
    if (random_chance(&world->random, 0.5))
        world->ends[B].port = world->ends[A].port;
    close_anyhow(world);
}

static void reconnect(struct world *world)
{
    server(world, B, 0);
    dial(world, A, start);
    uint32_t answer = talk(world, A);
    unsigned first = random_below(&world->random, 2);
    unsigned times = 1 + random_below(&world->random, 3);
    bool both = random_chance(&world->random, 0.3);

    if (both)
        close_both(world, A, answer);
    else
        close_in_turn(world, first, first == A ? answer : 0);
    while (times--) {
        again(world, random_between(&world->random, 0, 4 * SECONDS));
        after(world, A, 0, pause(world), CALL_WRITE)->count = octets(world);
        if (both || first == A)
            after(world, A, answer, pause(world), CALL_CLOSE);
        else
            add(world, A, WAIT_PEER_FIN, pause(world), CALL_CLOSE, 0);
    }
    if (random_chance(&world->random, 0.1))
        add(world, B, WAIT_NOTHING, pause(world), CALL_DEAF, 0);
}

/* A host forgets its connection, and dials again from the same port; or only finds out what the other still knows. */
static void crash(struct world *world)
{
    server(world, B, 0);
    dial(world, A, start);
    uint32_t answer = talk(world, A);
    unsigned who = random_below(&world->random, 3) ? A : B;

    after(world, who, who == A ? answer : 0, pause(world), CALL_CRASH);
    if (who == A && random_chance(&world->random, 0.7))
        again(world, random_between(&world->random, 0, 3 * SECONDS));
    if (who == B)
        add(world, A, WAIT_ESTABLISHED, random_between(&world->random, 0, SECONDS), CALL_WRITE, octets(world));
    add(world, who == A ? B : A, WAIT_ESTABLISHED, random_between(&world->random, 0, 2 * SECONDS), CALL_CLOSE, 0);
}

static void idle(struct world *world)
{
    server(world, B, 0);
    dial(world, A, start);
    talk(world, A);
    for (unsigned probes = 1 + random_below(&world->random, 4); probes; probes--)
        add(world, random_below(&world->random, 2), WAIT_ESTABLISHED,
            random_between(&world->random, SECONDS, 20 * SECONDS), CALL_KEEP_ALIVE, 0);
    if (random_chance(&world->random, 0.5))
        close_in_turn(world, random_below(&world->random, 2), 0);
}

static void ordinary_open(struct world *world)
{
    server(world, B, 0);
    dial(world, A, start);
}

static void plan(struct world *world, enum behaviour behaviour)
{
    struct random *random = &world->random;

    switch (behaviour) {
    case BEHAVIOUR_DIAL:
        ordinary_open(world);
        uint32_t answer = talk(world, A);
        unsigned first = random_below(random, 2);
        close_in_turn(world, first, first == A ? answer : 0);
        break;
    case BEHAVIOUR_SIMULTANEOUS_OPEN:
        dial_both(world);
        close_anyhow(world);
        break;
    case BEHAVIOUR_SIMULTANEOUS_CLOSE:
        ordinary_open(world);
        close_both(world, A, talk(world, A));
        break;
    case BEHAVIOUR_SIMULTANEOUS_OPEN_AND_CLOSE:
        dial_both(world);
        close_both(world, A, talk(world, A));
        break;
    case BEHAVIOUR_HALF_CLOSE:
        ordinary_open(world);
        half_close(world);
        break;
    case BEHAVIOUR_CLOSE_WITH_DATA:
        ordinary_open(world);
        close_with_data(world);
        break;
    case BEHAVIOUR_ABORT:
        if (random_chance(random, 0.7))
            ordinary_open(world);
        else
            dial_both(world);
        abort_somewhere(world);
        break;
    case BEHAVIOUR_REFUSED: refused(world); break;
    case BEHAVIOUR_SILENT:
        world->silent[B] = true;
        dial(world, A, start);
        break;
    case BEHAVIOUR_SELF_CONNECT: self_connect(world); break;
    case BEHAVIOUR_SPLIT_HANDSHAKE:
        world->programs[B].listen = random_chance(random, 0.5) ? SPLIT_FOUR : SPLIT_FIVE;
        ordinary_open(world);
        close_anyhow(world);
        break;
    case BEHAVIOUR_HOLE_PUNCHING: hole_punching(world); break;
    case BEHAVIOUR_RECONNECT: reconnect(world); break;
    case BEHAVIOUR_CRASH: crash(world); break;
    case BEHAVIOUR_FAST_OPEN:
        if (random_chance(random, 0.7))
            ordinary_open(world);
        else
            dial_both(world);
        for (unsigned side = 0; side < 2; side++) {
            if (world->programs[side].steps[0].call == CALL_CONNECT)
                world->programs[side].steps[0].count = 1 + random_below(random, 500);
        }
        world->programs[B].answer = random_chance(random, 0.7);
        close_anyhow(world);
        break;
    case BEHAVIOUR_IDLE: idle(world); break;
    case BEHAVIOUR_CHAOS:
    default:
        if (random_chance(random, 0.5))
            ordinary_open(world);
        else
            dial_both(world);
        if (world->programs[B].handler >= 0)
            world->programs[B].handler = -1;
        chaos(world, 2 + random_below(random, 6));
        break;
    }
}

void behaviour_draw(struct world *world, const struct settings *settings, uint64_t index)
{
    random_seed(&world->random, settings->seed, index, RANDOM_WORLD);
    enum behaviour behaviour =
        settings->behaviour == BEHAVIOUR_MIXED ? any_behaviour(&world->random) : settings->behaviour;

    world->behaviour = behaviours[behaviour].name;
    world->limit = LIMIT_SECONDS * SECONDS;
    world->wrap = settings->wrap;
    draw_ends(world, index, settings->ipv6);
    draw_network(world, &settings->network);
    for (unsigned side = 0; side < 2; side++)
        habits_draw(&world->hosts[side].habits, settings->profile, &world->random);
    plan(world, behaviour);
}
