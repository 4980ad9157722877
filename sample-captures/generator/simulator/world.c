/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include "network.h"

#include "../buffer.h"
#include "../packet.h"

#include <stdlib.h>
#include <string.h>

enum { EVENTS_MAX = 100000 }; /* a world that does more than that has run wild */

void world_clear(struct world *world)
{
    struct world kept = *world;

    memset(world, 0, sizeof *world);
    world->events = kept.events;
    world->event_room = kept.event_room;
    world->transmissions = kept.transmissions;
    world->transmission_room = kept.transmission_room;
    world->lives = kept.lives;
    world->life_room = kept.life_room;
    for (unsigned side = 0; side < 2; side++) {
        world->hosts[side].world = world;
        world->hosts[side].side = side;
        world->programs[side].handler = -1;
    }
    world->cause = -1;
}

void world_free(struct world *world)
{
    free(world->events);
    free(world->transmissions);
    free(world->lives);
    memset(world, 0, sizeof *world);
}

/* Room for one more at the end of an array. */
static void *room(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? 2 * *capacity : 64;
    return memory_grow(items, *capacity, size);
}

static bool earlier(const struct event *a, const struct event *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

void world_schedule(struct world *world, const struct event *event)
{
    world->events = room(world->events, world->event_count, &world->event_room, sizeof *world->events);
    size_t at = world->event_count++;
    struct event added = *event;
    added.order = world->order++;
    for (; at && earlier(&added, &world->events[(at - 1) / 2]); at = (at - 1) / 2)
        world->events[at] = world->events[(at - 1) / 2];
    world->events[at] = added;
}

static struct event next_event(struct world *world)
{
    struct event first = world->events[0], last = world->events[--world->event_count];
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < world->event_count; at = child) {
        if (child + 1 < world->event_count && earlier(&world->events[child + 1], &world->events[child]))
            child++;
        if (!earlier(&world->events[child], &last))
            break;
        world->events[at] = world->events[child];
    }
    world->events[at] = last;
    return first;
}

/* The receiver's own firewall, or its grave, stands between the path and the capture point at its end. */
static bool let_in(const struct world *world, unsigned side)
{
    return !world->silent[side] && (!world->filtered[side] || world->opened[side]);
}

static void happen(struct world *world, const struct event *event)
{
    struct host *host = &world->hosts[event->side];

    switch (event->kind) {
    case EVENT_ARRIVAL: {
        /* a copy: what the host sends now may move the array */
        struct tcp_segment segment = world->transmissions[event->number].segment;
        if (!let_in(world, event->side)) {
            world->transmissions[event->number].at[event->side ? POINT_B : POINT_A] = -1;
            break;
        }
        world->cause = (int)event->number;
        tcp_arrive(host, &segment);
        world->cause = -1;
        break;
    }
    case EVENT_TIMER:
        if (host->timer_set[event->timer] && host->timer_generation[event->timer] == event->number)
            tcp_timeout(host, (enum tcp_timer)event->timer);
        break;
    case EVENT_PROGRAM:
        if (world->programs[event->side].scheduled && world->programs[event->side].generation == event->number)
            program_run(world, event->side);
        break;
    }
}

void world_run(struct world *world)
{
    unsigned sides = world->self ? 1 : 2;

    for (unsigned side = 0; side < sides; side++)
        program_poll(world, side);
    for (unsigned count = 0; world->event_count && count < EVENTS_MAX; count++) {
        struct event event = next_event(world);
        if (event.time > world->limit)
            break;
        world->now = event.time;
        happen(world, &event);
        /* a call can make the next step possible at once, and the end of a connection several */
        for (unsigned side = 0; side < sides; side++)
            program_poll(world, side);
    }
}

int world_transmission(struct world *world, const struct transmission *transmission)
{
    struct transmission added = *transmission; /* which may lie in the array that moves */

    world->transmissions =
        room(world->transmissions, world->transmission_count, &world->transmission_room, sizeof *world->transmissions);
    world->transmissions[world->transmission_count] = added;
    return (int)world->transmission_count++;
}

static int peer_of(const struct world *world, int life)
{
    return life < 0 ? -1 : world->self ? life : world->lives[life].peer;
}

/* What a life's segments tell about its handshake and close. */
static void note(struct world *world, struct host *host, const struct tcp_segment *segment, int number)
{
    struct life *life = &world->lives[host->tcb.life];

    if (segment->flags & TCP_ACK && !(segment->flags & TCP_RST)) {
        life->acked = true;
        life->last_ack = segment->ack;
    }
    if (segment->flags & TCP_SYN) {
        if (segment->flags & TCP_ACK)
            life->syn_ack_sent = true;
        else
            life->last_syn = number;
    }
    if (segment->flags & TCP_FIN && !life->fin_known) {
        life->fin_known = true;
        life->fin = segment->seq + segment->length;
        life->fin_ack = segment->ack;
        life->fin_time = world->now;
    }
    if (segment->flags & TCP_ACK && !(segment->flags & TCP_RST) && host->tcb.peer_fin && life->peer_fin_acked < 0
        && segment->ack == host->tcb.rcv_nxt)
        life->peer_fin_acked = world->now;
}

/* Is this the number the life's peer expects next, as far as it has said so? */
static bool fits_peer(const struct world *world, const struct life *life, uint32_t seq)
{
    const struct life *peer = life->peer >= 0 ? &world->lives[life->peer] : NULL;
    return !peer || !peer->acked || peer->last_ack == seq;
}

void world_send(struct host *host, const struct tcp_segment *segment)
{
    struct world *world = host->world;
    struct transmission transmission = { .segment = *segment,
                                         .time = world->now,
                                         .at = { -1, -1, -1 },
                                         .from = host->side,
                                         .life = -1,
                                         .cause = -1,
                                         .original = -1 };
    bool stale = false;

    /* a RST for what is not this life's business stands for the life that is over */
    int asked_by = world->cause < 0 ? -1 : world->transmissions[world->cause].life;
    if (host->exists)
        transmission.life = host->tcb.life;
    if (segment->flags & TCP_RST && world->cause >= 0) {
        int other = peer_of(world, asked_by);
        stale = !host->exists || (other >= 0 && other != host->tcb.life)
            || (host->tcb.state == TCP_SYN_SENT && other < 0 && world->lives[host->tcb.life].peer != asked_by);
        if (stale) {
            transmission.life = other >= 0 ? other : asked_by;
            transmission.cause = world->cause;
        }
    }
    int number = world_transmission(world, &transmission);
    if (!stale && host->exists)
        note(world, host, segment, number);
    if (segment->flags & TCP_RST && transmission.life >= 0) {
        struct life *life = &world->lives[transmission.life];
        life->reset_tried = world->now;
        if (stale && life->side == host->side && life->reset_sent < 0 && fits_peer(world, life, segment->seq))
            life->reset_sent = world->now;
    }
    network_carry(world, number);
}

static void step_add(struct world *world, struct life *life, enum tcp_state state)
{
    if (life->steps == LIFE_STEPS)
        return;
    life->step[life->steps].time = world->now;
    life->step[life->steps++].state = state;
}

int world_life(struct host *host)
{
    struct world *world = host->world;

    world->lives = room(world->lives, world->life_count, &world->life_room, sizeof *world->lives);
    struct life *life = &world->lives[world->life_count];
    *life = (struct life){ .side = host->side,
                           .passive = host->tcb.passive,
                           .split = host->split,
                           .iss = host->tcb.iss,
                           .last_syn = -1,
                           .peer_fin_acked = -1,
                           .reset_tried = -1,
                           .reset_sent = -1,
                           .ended = -1,
                           .peer = -1 };
    if (life->passive)
        step_add(world, life, TCP_LISTEN);
    return (int)world->life_count++;
}

void world_state(struct host *host, enum tcp_state state)
{
    struct life *life = &host->world->lives[host->tcb.life];

    if (state == TCP_SYN_RECEIVED && life->steps && life->step[life->steps - 1].state == TCP_SYN_SENT)
        life->crossed = true;
    if (state == TCP_ESTABLISHED)
        life->established = true;
    if (state == TCP_TIME_WAIT)
        life->time_wait = true;
    step_add(host->world, life, state);
}

/* The host has taken the peer's SYN, so the life it came from is this one's peer, unless that has another one. */
void world_peer_known(struct host *host)
{
    struct world *world = host->world;
    struct life *life = &world->lives[host->tcb.life];

    life->irs = host->tcb.irs;
    life->irs_known = true;
    if (world->self || world->cause < 0)
        return;
    int other = world->transmissions[world->cause].life;
    if (other < 0 || world->lives[other].side == host->side)
        return;
    if (world->lives[other].peer < 0) {
        life->peer = other;
        world->lives[other].peer = host->tcb.life;
    } else if (world->lives[other].peer == host->tcb.life)
        life->peer = other;
}

void world_ended(struct host *host, enum tcp_ending ending)
{
    struct life *life = &host->world->lives[host->tcb.life];

    life->ending = ending;
    life->ended = host->world->now;
    if (life->reset_tried == life->ended && life->reset_sent < 0)
        life->reset_sent = life->ended;
    step_add(host->world, life, TCP_CLOSED);
}

void world_timer(struct host *host, enum tcp_timer timer, int64_t delay)
{
    world_schedule(host->world,
                   &(struct event){ .time = host->world->now + delay,
                                    .kind = EVENT_TIMER,
                                    .side = (uint8_t)host->side,
                                    .timer = (uint8_t)timer,
                                    .number = host->timer_generation[timer] });
}
