/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "frame.h"
#include "truth.h"

#include "../pcapng.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t epoch = INT64_C(1767603600) * 1000000; /* 2026-01-05 09:00 UTC, microseconds */

enum { TCP_HEADER_MIN = 20, PROGRESS_SECONDS = 5 };

/* A captured frame that waits for its turn. */
struct waiting {
    int64_t time;
    struct tcp_segment segment;
    struct frame_info info;
    unsigned connection;
};

/* The line of a connection: its text, and the numbers of its frames as they get them. */
struct line {
    struct buffer text;
    bool comma;
};

/* Why the capture lacks a transmission, NULL if it does not; and whether it has a copy of it. */
struct lack {
    const char *why;
    bool copy;
};

/* A world that has been simulated and not yet been written. */
struct finished {
    uint64_t index;
    struct endpoint ends[2];
    size_t count, at;
    struct waiting *frames;
    unsigned lines;
    struct line *line;
};

struct run {
    const struct settings *settings;
    struct output capture, truth;
    struct scenario scenario; /* what pcapng.h wants to know of the file */
    struct frame frame;
    struct buffer datagram;
    struct world world;
    struct random start;
    uint64_t begun, connections, frame_number;
    double next_start; /* microseconds */
    struct finished **heap;
    size_t heap_count, heap_room;
    struct lack *lack; /* by transmission of the current world */
    size_t lack_room;
    unsigned *connection_of_life;
    size_t life_room;
    struct timespec began, told;
    int64_t first_time;
};

static volatile sig_atomic_t interrupted;

void run_interrupt(void)
{
    interrupted = 1;
}

static const char *point_name(enum point point)
{
    static const char *const names[] = { "a", "middle", "b" };
    return names[point];
}

static bool failed(const char *path)
{
    fprintf(stderr, "simtcp-sim: %s: %s\n", path, strerror(errno));
    return false;
}

/* The heap: the world with the earliest frame first; of two at one time, the one that began first. */

static bool sooner(const struct finished *a, const struct finished *b)
{
    int64_t time_a = a->frames[a->at].time, time_b = b->frames[b->at].time;
    return time_a != time_b ? time_a < time_b : a->index < b->index;
}

static void sink(struct run *run)
{
    struct finished **heap = run->heap, *last = heap[0];
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < run->heap_count; at = child) {
        if (child + 1 < run->heap_count && sooner(heap[child + 1], heap[child]))
            child++;
        if (!sooner(heap[child], last))
            break;
        heap[at] = heap[child];
    }
    heap[at] = last;
}

static void push(struct run *run, struct finished *world)
{
    if (run->heap_count == run->heap_room) {
        run->heap_room = run->heap_room ? 2 * run->heap_room : 256;
        run->heap = memory_grow(run->heap, run->heap_room, sizeof *run->heap);
    }
    size_t at = run->heap_count++;
    for (; at && sooner(world, run->heap[(at - 1) / 2]); at = (at - 1) / 2)
        run->heap[at] = run->heap[(at - 1) / 2];
    run->heap[at] = world;
}

static void finished_free(struct finished *world)
{
    for (unsigned i = 0; i < world->lines; i++)
        buffer_free(&world->line[i].text);
    free(world->line);
    free(world->frames);
    free(world);
}

static bool write_lines(struct run *run, struct finished *world)
{
    if (!run->settings->truth)
        return true;
    for (unsigned i = 0; i < world->lines; i++) {
        buffer_add(&run->truth.pending, world->line[i].text.bytes, world->line[i].text.length);
        buffer_add(&run->truth.pending, "]}\n", 3);
    }
    return output_sometimes(&run->truth) || failed(run->settings->truth);
}

/* From a world that has run to the frames this capture has of it. */

static int by_time(const void *a, const void *b)
{
    const struct waiting *left = a, *right = b;

    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return (left->info.ip_id > right->info.ip_id) - (left->info.ip_id < right->info.ip_id);
}

static uint8_t ttl(const struct world *world, const struct settings *settings, unsigned from)
{
    unsigned hops = world->self ? 0 : from == 0 ? (unsigned)settings->point : 2 - (unsigned)settings->point;
    return (uint8_t)(64 - hops);
}

/* A frame whose TCP header was cut off is in the file, but nobody can tell what it was. */
static bool cut_short(const struct run *run)
{
    return run->settings->snaplen < frame_tcp_offset(run->world.ends) + TCP_HEADER_MIN;
}

static void choose_frames(struct run *run, struct finished *finished, int64_t start)
{
    const struct world *world = &run->world;
    struct random random;

    random_seed(&random, run->settings->seed, finished->index, RANDOM_CAPTURE);
    if (run->lack_room < world->transmission_count) {
        run->lack_room = 2 * world->transmission_count;
        run->lack = memory_grow(run->lack, run->lack_room, sizeof *run->lack);
    }
    finished->frames = memory_grow(NULL, world->transmission_count, sizeof *finished->frames);
    for (size_t i = 0; i < world->transmission_count; i++) {
        const struct transmission *transmission = &world->transmissions[i];
        int64_t time = transmission->at[run->settings->point];
        int original = transmission->original;
        bool dropped = random_chance(&random, run->settings->capture_loss);

        run->lack[i].why = time < 0 ? "lost before the point"
            : dropped               ? "capture loss"
            : cut_short(run)        ? "cut short"
                                    : NULL;
        run->lack[i].copy = false;
        for (; original >= 0 && !run->lack[i].why; original = world->transmissions[original].original)
            run->lack[original].copy = true;
        if (time < 0 || dropped)
            continue;
        int first = (int)i;
        while (world->transmissions[first].original >= 0)
            first = world->transmissions[first].original;
        finished->frames[finished->count++] =
            (struct waiting){ .time = start + time,
                              .segment = transmission->segment,
                              .info = { .from = transmission->from,
                                        .ip_id = (uint16_t)first,
                                        .ttl = ttl(world, run->settings, transmission->from) },
                              .connection = truth_connection_of(world, run->connection_of_life, (int)i) };
    }
    qsort(finished->frames, finished->count, sizeof *finished->frames, by_time);
}

static const char *lacks(const void *context, int transmission, bool *copy)
{
    const struct run *run = context;

    *copy = run->lack[transmission].copy;
    return run->lack[transmission].why;
}

static void write_truth(struct run *run, struct finished *finished, int64_t start)
{
    struct truth_context context = { .connection_of_life = run->connection_of_life,
                                     .number = run->connections,
                                     .start = epoch + start,
                                     .point = point_name(run->settings->point),
                                     .lacks = lacks,
                                     .context = run };

    if (!run->settings->truth)
        return;
    for (unsigned i = 0; i < finished->lines; i++) {
        static const char frames[] = ",\"frames\":[";
        truth_build(&finished->line[i].text, &run->world, i, &context);
        buffer_add(&finished->line[i].text, frames, sizeof frames - 1);
    }
}

static bool simulate_next(struct run *run)
{
    int64_t start = (int64_t)run->next_start;
    struct world *world = &run->world;
    struct finished *finished = memory_grow(NULL, 1, sizeof *finished);

    *finished = (struct finished){ .index = run->begun };
    world_clear(world);
    behaviour_draw(world, run->settings, run->begun);
    world_run(world);
    finished->ends[0] = world->ends[0];
    finished->ends[1] = world->ends[1];
    if (run->life_room < world->life_count) {
        run->life_room = 2 * world->life_count;
        run->connection_of_life = memory_grow(run->connection_of_life, run->life_room, sizeof *run->connection_of_life);
    }
    finished->lines = truth_connections(world, run->connection_of_life);
    finished->line = memory_grow(NULL, finished->lines, sizeof *finished->line);
    memset(finished->line, 0, finished->lines * sizeof *finished->line);
    choose_frames(run, finished, start);
    write_truth(run, finished, start);
    run->connections += finished->lines;
    run->begun++;
    run->next_start += -log(1 - random_unit(&run->start)) * 1e6 / run->settings->rate;
    if (finished->count) {
        push(run, finished);
        return true;
    }
    bool good = write_lines(run, finished);
    finished_free(finished);
    return good;
}

/* Time. */

static double seconds_since(const struct timespec *then)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void progress(struct run *run)
{
    if (run->begun % 1024 || seconds_since(&run->told) < PROGRESS_SECONDS)
        return;
    clock_gettime(CLOCK_MONOTONIC, &run->told);
    fprintf(stderr, "simtcp-sim: %" PRIu64 " of %" PRIu64 " connections, %.0f per second\n", run->begun,
            run->settings->connections, (double)run->begun / seconds_since(&run->began));
}

/* Sleeps until the frame's time has come; what was before is written first. */
static bool wait_for(struct run *run, int64_t time)
{
    double due = (double)(time - run->first_time) / 1e6 / run->settings->realtime;
    double left = due - seconds_since(&run->began);

    if (left <= 0)
        return true;
    if (!output_flush(&run->capture))
        return failed(run->settings->output);
    if (run->settings->truth && !output_flush(&run->truth))
        return failed(run->settings->truth);
    while (left > 0 && !interrupted) {
        struct timespec pause = { .tv_sec = (time_t)left };
        pause.tv_nsec = (long)((left - (double)pause.tv_sec) * 1e9);
        nanosleep(&pause, NULL);
        left = due - seconds_since(&run->began);
    }
    return true;
}

static bool write_frame(struct run *run, struct finished *world)
{
    const struct waiting *waiting = &world->frames[world->at++];
    struct line *line = &world->line[waiting->connection];
    char number[24];

    if (run->settings->realtime > 0 && !wait_for(run, waiting->time))
        return false;
    run->frame.bytes.length = 0;
    run->frame.time = waiting->time * 1000;
    frame_build(&run->frame.bytes, &run->datagram, world->ends, &waiting->segment, &waiting->info);
    pcapng_packet(&run->capture.pending, &run->scenario, &run->frame);
    run->frame_number++;
    if (run->settings->truth) {
        int length = snprintf(number, sizeof number, "%s%" PRIu64, line->comma ? "," : "", run->frame_number);
        buffer_add(&line->text, number, (size_t)length);
        line->comma = true;
    }
    return output_sometimes(&run->capture) || failed(run->settings->output);
}

static bool write_next(struct run *run)
{
    struct finished *world = run->heap[0];
    bool good = write_frame(run, world);

    if (world->at < world->count) {
        sink(run);
        return good;
    }
    run->heap[0] = run->heap[--run->heap_count];
    if (run->heap_count)
        sink(run);
    good = good && write_lines(run, world);
    finished_free(world);
    return good;
}

static bool run_all(struct run *run)
{
    const struct settings *settings = run->settings;

    while (run->begun < settings->connections || run->heap_count) {
        if (interrupted) {
            fputs("simtcp-sim: interrupted\n", stderr);
            return false;
        }
        bool begin = run->begun < settings->connections
            && (!run->heap_count || (int64_t)run->next_start <= run->heap[0]->frames[run->heap[0]->at].time);
        if (begin ? !simulate_next(run) : !write_next(run))
            return false;
        if (begin)
            progress(run);
    }
    return true;
}

static bool open_files(struct run *run)
{
    const struct settings *settings = run->settings;
    static char title[] = "Simulated TCP connections", nothing[] = "";

    run->capture.descriptor = run->truth.descriptor = -1;
    if (!output_open(&run->capture, settings->output))
        return failed(settings->output);
    if (settings->truth && !output_open(&run->truth, settings->truth))
        return failed(settings->truth);
    run->scenario = (struct scenario){ .title = title, .start = epoch * 1000, .interface_count = 1 };
    run->scenario.interfaces[0] = (struct interface){ .name = (char *)point_name(settings->point),
                                                      .description = nothing,
                                                      .link = LINK_ETHERNET,
                                                      .snaplen = settings->snaplen };
    pcapng_begin(&run->capture.pending, &run->scenario, "simtcp-sim");
    return true;
}

static bool finish_files(struct run *run)
{
    if (run->settings->truth && !output_finish(&run->truth))
        return failed(run->settings->truth);
    return output_finish(&run->capture) || failed(run->settings->output);
}

bool run(const struct settings *settings)
{
    struct run *run = memory_grow(NULL, 1, sizeof *run);

    memset(run, 0, sizeof *run);
    run->settings = settings;
    random_seed(&run->start, settings->seed, 0, RANDOM_START);
    clock_gettime(CLOCK_MONOTONIC, &run->began);
    run->told = run->began;
    bool good = open_files(run) && run_all(run) && finish_files(run);
    output_close(&run->capture);
    output_close(&run->truth);
    while (run->heap_count)
        finished_free(run->heap[--run->heap_count]);
    free(run->heap);
    free(run->lack);
    free(run->connection_of_life);
    buffer_free(&run->frame.bytes);
    buffer_free(&run->datagram);
    world_free(&run->world);
    free(run);
    return good;
}
