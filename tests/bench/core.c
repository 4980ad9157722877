/* core.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the core alone costs: bench-core CONNECTIONS time ROUNDS | memory | run KIND.
 *
 *     time    nanoseconds for a segment of each kind: median, least and greatest of the rounds
 *     memory  bytes for a connection of each kind
 *     run     takes in the segments of one kind once, for a profiler: callgrind --toggle-collect=observe_all
 *
 * Each line is a name, a tab and numbers with tabs between: see measure.py.
 */

#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "simtcp.h"

/* As many data segments for each connection there is. */
#define DATA_SEGMENTS 4
#define MOST_ROUNDS 1000

/* What Wireshark's allocator puts in front of each piece of file-scope memory, and what it rounds to. */
#define WMEM_HEADER 16
#define WMEM_ALIGNMENT 16

/* How many connections "many" are. */
static uint32_t connections;

/* --- memory that is counted and given back as a whole --- */

#define BLOCK_SIZE (1 << 20)

struct block {
    struct block *next;
    size_t used;
    _Alignas(16) unsigned char bytes[BLOCK_SIZE];
};

struct arena {
    struct block *blocks;
    uint64_t pieces, bytes, in_wireshark; /* handed out so far; the same as Wireshark's allocator counts it */
};

static size_t round_up(size_t size)
{
    return (size + WMEM_ALIGNMENT - 1) & ~(size_t)(WMEM_ALIGNMENT - 1);
}

/* Returns the memory of a table too big for a block. */
static void *take_alone(struct arena *arena, size_t size)
{
    struct block *block = malloc(sizeof *block + size);

    if (!block)
        return NULL;
    block->used = BLOCK_SIZE;
    if (arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = NULL;
        arena->blocks = block;
    }
    return block->bytes;
}

static void *take(void *context, size_t size)
{
    struct arena *arena = context;
    size_t rounded = round_up(size);
    struct block *block = arena->blocks;
    void *piece;

    arena->pieces++;
    arena->bytes += size;
    arena->in_wireshark += rounded + WMEM_HEADER;
    if (rounded > BLOCK_SIZE)
        return take_alone(arena, rounded);
    if (!block || block->used + rounded > BLOCK_SIZE) {
        block = malloc(sizeof *block);
        if (!block)
            return NULL;
        block->next = arena->blocks;
        block->used = 0;
        arena->blocks = block;
    }
    piece = block->bytes + block->used;
    block->used += rounded;
    return piece;
}

/* Tables that grow are given back; what they took is a part of what a connection costs. */
static void give_back(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

static void discard(struct arena *arena)
{
    while (arena->blocks) {
        struct block *next = arena->blocks->next;

        free(arena->blocks);
        arena->blocks = next;
    }
    *arena = (struct arena){ 0 };
}

/* --- segments --- */

/* A segment of end 0 or 1; both numbers count from the initial one of their end. */
struct step {
    uint8_t end, flags;
    uint16_t seq, ack, length;
};

enum { SYN = TCP_SYN, ACK = TCP_ACK, FIN = TCP_FIN, RST = TCP_RST };

#define MOST_STEPS 16

struct kind {
    const char *name;
    unsigned count;
    struct step steps[MOST_STEPS];
};

/* clang-format off */
#define THREE_WAY { 0, SYN, 0, 0, 0 }, { 1, SYN | ACK, 0, 1, 0 }, { 0, ACK, 1, 1, 0 }
#define ORDERLY_CLOSE { 0, FIN | ACK, 101, 1, 0 }, { 1, ACK, 1, 102, 0 }, { 1, FIN | ACK, 1, 102, 0 }, \
    { 0, ACK, 102, 2, 0 }
#define DATA { 0, ACK, 1, 1, 100 }, { 1, ACK, 1, 101, 0 }
#define SIMULTANEOUS_OPEN { 0, SYN, 0, 0, 0 }, { 1, SYN, 0, 0, 0 }, { 0, SYN | ACK, 0, 1, 0 }, \
    { 1, SYN | ACK, 0, 1, 0 }
#define SIMULTANEOUS_CLOSE { 0, FIN | ACK, 101, 1, 0 }, { 1, FIN | ACK, 1, 101, 0 }, { 0, ACK, 102, 2, 0 }, \
    { 1, ACK, 2, 102, 0 }
/* clang-format on */

static const struct kind open_kind = { "handshake", 3, { THREE_WAY } };
static const struct kind data_kind = { "data", 2, { DATA } };
static const struct kind close_kind = { "close", 4, { ORDERLY_CLOSE } };
static const struct kind simultaneous_open_kind = { "simultaneous handshake", 4, { SIMULTANEOUS_OPEN } };

/* For memory: whole connections. */
static const struct kind whole[] = {
    { "SYN only", 1, { { 0, SYN, 0, 0, 0 } } },
    { "SYN answered with RST", 2, { { 0, SYN, 0, 0, 0 }, { 1, RST | ACK, 0, 1, 0 } } },
    { "data only", 2, { DATA } },
    { "opened, three-way", 5, { THREE_WAY, DATA } },
    { "ordinary, complete", 9, { THREE_WAY, DATA, ORDERLY_CLOSE } },
    { "opened and reset", 6, { THREE_WAY, DATA, { 0, RST | ACK, 101, 1, 0 } } },
    { "simultaneous open and close", 10, { SIMULTANEOUS_OPEN, DATA, SIMULTANEOUS_CLOSE } },
};

static struct simtcp_endpoint endpoint_of(uint32_t flow, unsigned end)
{
    struct simtcp_endpoint endpoint = { .kind = 2, .length = 4, .port = 5001, .address = { 11, 0, 0, 1 } };

    if (end == 0) {
        endpoint.port = (uint16_t)(1024 + flow % 60000);
        memcpy(endpoint.address, (const uint8_t[]){ 10, 0, (uint8_t)(flow / 60000), 1 }, 4);
    }
    return endpoint;
}

static uint32_t isn_of(uint32_t flow, unsigned end)
{
    return (flow * 2 + end + 1) * 0x9e3779b1u;
}

/* The step in this flow, its numbers moved up by past octets of end 0's data. */
static struct simtcp_segment segment_of(uint32_t flow, const struct step *step, uint32_t past)
{
    unsigned from = step->end, to = 1 - from;

    return (struct simtcp_segment){ .src = endpoint_of(flow, from),
                                    .dst = endpoint_of(flow, to),
                                    .seq = isn_of(flow, from) + step->seq + (from == 0 ? past : 0),
                                    .ack =
                                        step->flags & ACK ? isn_of(flow, to) + step->ack + (from == 1 ? past : 0) : 0,
                                    .length = step->length,
                                    .window = 65535,
                                    .flags = step->flags };
}

/* Segments in the order in which they are to be taken in. */
struct list {
    uint32_t count;
    struct simtcp_segment *segments;
};

static struct list new_list(uint32_t count)
{
    struct list list = { 0, malloc(count * sizeof *list.segments) };

    if (!list.segments) {
        fprintf(stderr, "bench-core: no memory\n");
        exit(1);
    }
    return list;
}

/* Frames and times go on from what came before. */
static void number(struct list *list, uint32_t *frame)
{
    for (uint32_t i = 0; i < list->count; i++) {
        list->segments[i].frame = ++*frame;
        list->segments[i].time = (int64_t)*frame * 10000;
    }
}

/* All flows take each step in turn, so that none is in a cache when it comes again. */
static struct list steps_in_turn(const struct kind *kind, uint32_t flows)
{
    struct list list = new_list(kind->count * flows);

    for (unsigned step = 0; step < kind->count; step++)
        for (uint32_t flow = 0; flow < flows; flow++)
            list.segments[list.count++] = segment_of(flow * 7919u % flows, &kind->steps[step], 0);
    return list;
}

/* The flows come in groups, each of which is over before the next one begins. */
#define GROUP 100

static struct list groups_in_turn(const struct kind *kind, uint32_t flows)
{
    struct list list = new_list(kind->count * flows);

    for (uint32_t first = 0; first < flows; first += GROUP)
        for (unsigned step = 0; step < kind->count; step++)
            for (uint32_t flow = first; flow < flows && flow < first + GROUP; flow++)
                list.segments[list.count++] = segment_of(flow, &kind->steps[step], 0);
    return list;
}

/* Data in one direction, acknowledgements in the other; flows at random. */
static struct list data(uint32_t flows)
{
    struct list list = new_list(connections * DATA_SEGMENTS);
    uint32_t *sent = calloc(flows, sizeof *sent);
    uint64_t random = 1;

    while (sent && list.count < connections * DATA_SEGMENTS) {
        uint32_t flow = (uint32_t)((random = random * UINT64_C(6364136223846793005) + 1) >> 33) % flows;
        uint32_t nth = sent[flow]++;

        list.segments[list.count++] = segment_of(flow, &data_kind.steps[nth % 2], nth / 2 * 100);
    }
    free(sent);
    return list;
}

/* --- measuring --- */

/* What is measured, and what comes before it. */
struct load {
    const char *name;
    uint32_t flows;                       /* 0: many */
    const struct kind *before, *measured; /* measured NULL: data */
};

static const struct load loads[] = {
    { "data, 1 connection", 1, &open_kind, NULL },     { "data, 100 connections", 100, &open_kind, NULL },
    { "data, many connections", 0, &open_kind, NULL }, { "three-way handshake", 0, NULL, &open_kind },
    { "orderly close", 0, &open_kind, &close_kind },   { "simultaneous handshake", 0, NULL, &simultaneous_open_kind },
};
#define LOADS (sizeof loads / sizeof loads[0])

/* Not inlined: profilers know it by its name. */
__attribute__((noinline)) static void observe_all(struct simtcp_tracker *tracker, const struct list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        simtcp_observe(tracker, &list->segments[i], false);
}

static struct simtcp_tracker *new_tracker(struct arena *arena)
{
    const struct simtcp_settings settings = { .syn_timeout = INT64_C(180000000000),
                                              .time_wait = INT64_C(60000000000),
                                              .fold = true };
    /* a piece is as large as the plugin's */
    const struct simtcp_memory memory = { .allocate = take, .release = give_back, .context = arena, .piece = 65536 };
    struct simtcp_tracker *tracker = simtcp_tracker_new(&settings, &memory);

    if (!tracker) {
        fprintf(stderr, "bench-core: no memory\n");
        exit(1);
    }
    return tracker;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Nanoseconds a segment, in one tracker. Says in *count how many were measured. */
static double measure(const struct load *load, uint32_t *count)
{
    struct arena arena = { 0 };
    struct simtcp_tracker *tracker = new_tracker(&arena);
    uint32_t flows = load->flows ? load->flows : connections;
    struct list before = load->before ? steps_in_turn(load->before, flows) : (struct list){ 0, NULL };
    struct list measured = load->measured ? steps_in_turn(load->measured, flows) : data(flows);
    uint32_t frame = 0;
    double begun, spent;

    number(&before, &frame);
    number(&measured, &frame);
    for (uint32_t i = 0; i < before.count; i++)
        simtcp_observe(tracker, &before.segments[i], false);
    begun = now();
    observe_all(tracker, &measured);
    spent = now() - begun;
    *count = measured.count;
    free(before.segments);
    free(measured.segments);
    discard(&arena);
    return spent / *count;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_times(unsigned rounds)
{
    for (size_t i = 0; i < LOADS; i++) {
        double times[MOST_ROUNDS];
        uint32_t count;

        for (unsigned round = 0; round < rounds; round++)
            times[round] = measure(&loads[i], &count);
        qsort(times, rounds, sizeof *times, by_size);
        printf("%s\t%.1f\t%.1f\t%.1f\n", loads[i].name, times[rounds / 2], times[0], times[rounds - 1]);
    }
}

static void print_memory(void)
{
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        struct arena arena = { 0 };
        struct simtcp_tracker *tracker = new_tracker(&arena);
        struct list list = groups_in_turn(&whole[i], connections);
        uint32_t frame = 0;

        number(&list, &frame);
        observe_all(tracker, &list);
        printf("%s\t%.1f\t%.0f\t%.0f\n", whole[i].name, (double)arena.pieces / connections,
               (double)arena.bytes / connections, (double)arena.in_wireshark / connections);
        free(list.segments);
        discard(&arena);
    }
}

/* Prints how many segments there were. */
static bool run_once(const char *name)
{
    for (size_t i = 0; i < LOADS; i++) {
        uint32_t count;

        if (strcmp(loads[i].name, name) != 0)
            continue;
        measure(&loads[i], &count);
        printf("%s\t%u\n", name, count);
        return true;
    }
    return false;
}

static bool run(const char *what, const char *argument)
{
    unsigned long rounds = argument ? strtoul(argument, NULL, 10) : 0;

    if (strcmp(what, "memory") == 0 && !argument)
        print_memory();
    else if (strcmp(what, "time") == 0 && rounds > 0 && rounds <= MOST_ROUNDS)
        print_times((unsigned)rounds);
    else
        return strcmp(what, "run") == 0 && argument && run_once(argument);
    return true;
}

int main(int argc, char **argv)
{
    unsigned long many = argc >= 3 ? strtoul(argv[1], NULL, 10) : 0;

    connections = (uint32_t)many;
    if (many == 0 || many > 10000000 || argc > 4 || !run(argv[2], argv[3])) {
        fprintf(stderr, "usage: bench-core CONNECTIONS time ROUNDS | memory | run KIND\n");
        return 2;
    }
    return 0;
}
