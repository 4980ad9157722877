/* script.c
 * Playing scripts, whole and in parts, with many numbers and ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "reading.h"
#include "twin.h"

#define NEXT_ISN 100000000u
#define MOST_FAILURES 6

/* In a longer capture only the last frame is looked at after each. */
#define SHORT_CAPTURE 16

/* The scripts' ends mostly send 100 (a) and 200 (b) bytes, so a's FIN is 101 past its ISN, b's 201. */
static const struct {
    const char *name;
    uint32_t a, b;
} pairs[] = {
    { "ordinary", 1000000, 3000000000 },
    { "zero", 0, 0 },
    { "n+1 and k+1 are 0", 0xffffffff, 0xffffffff },
    { "the first byte is 0", 0xfffffffe, 0xffffffff },
    { "wrap in the data", 0xffffffff - 50, 0xffffffff - 150 },
    { "the FIN is 0", 0u - 101, 0u - 201 },
    { "the FIN is the last number", 0u - 102, 0u - 202 },
    { "2^31 follows the SYN", 0x7fffffff, 0x80000000 },
    { "2^31 apart", 0x80000000, 0 },
    { "a little less than 2^31 apart", 1, 0x80000000 },
    { "2^31 in the data", 0x7fffffff - 50, 0x7fffffff - 150 },
    { "the FIN is 2^31", 0x80000000 - 101, 0x80000000 - 201 },
    { "equal", 12345, 12345 },
    { "next to each other", 5000, 5001 },
    { "one past the other's FIN", 7000, 7101 },
};

static const struct {
    const char *name;
    uint8_t kind, length;
    uint16_t port[SCRIPT_ENDS];
} variants[] = {
    { "IPv4", 2, 4, { 1982, 80, 1983, 80, 5000 } },
    { "IPv6, the lower port first", 3, 16, { 80, 1982, 80, 1983, 5000 } },
    { "IPv6, equal ports", 3, 16, { 5060, 5060, 5061, 5061, 5060 } },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

void script_fail(struct run *run, uint32_t frame, const char *key, const char *expected, const char *actual)
{
    const char *line = frame && frame <= run->frame_count ? run->frames[frame - 1].line : NULL;

    if (run->failures++ >= MOST_FAILURES || run->quiet)
        return;
    print_error("%s:%d: frame %u, ISNs: %s, %s\n", run->file, run->line, frame, run->pair, run->variant);
    if (line)
        print_error("    %s\n", line);
    print_error("    %s: expected %s, got %s\n", key, expected, actual);
}

/* --- playing --- */

static void compare_twin(struct run *run, uint32_t frame, bool final)
{
    const struct played *played = &run->frames[frame - 1];
    const char *difference =
        twin_difference(run->twin, run->tracker, &played->src, &played->dst, frame, final);

    if (difference)
        script_fail(run, frame, difference, "the same with folding", "another");
}

/* What has been folded at once is looked at again and again. */
static void play_twin(struct run *run, const struct simtcp_segment *segment)
{
    uint32_t first = run->frame_count <= SHORT_CAPTURE ? 1 : run->frame_count;

    if (!run->twin)
        return;
    twin_observe(run->twin, segment, false, true);
    for (uint32_t frame = first; frame <= run->frame_count; frame++)
        compare_twin(run, frame, false);
}

static void compare_twin_at_end(struct run *run)
{
    for (uint32_t frame = 1; frame <= run->frame_count; frame++)
        compare_twin(run, frame, true);
}

static void play_segment(struct run *run, const struct simtcp_segment *given, const char *line)
{
    struct simtcp_segment segment = *given;
    struct played *played;

    if (run->frame_count == run->frame_capacity) {
        run->frame_capacity = run->frame_capacity ? run->frame_capacity * 2 : 64;
        run->frames = realloc(run->frames, run->frame_capacity * sizeof *run->frames);
        assert_non_null(run->frames);
    }
    played = &run->frames[run->frame_count++];
    segment.frame = run->frame_count;
    *played = (struct played){ .line = line, .src = segment.src, .dst = segment.dst };
    played->place = simtcp_observe(run->tracker, &segment, false);
    if (played->place.connection)
        simtcp_look(&played->place, false, &played->now);
    play_twin(run, &segment);
    if (line && !run->mute)
        check_line(run, run->frame_count, line, &played->place, &played->now, true);
}

/* The last segment again, a tenth of a millisecond later. */
static void repeat_segment(struct run *run)
{
    run->last.time += 100000;
    play_segment(run, &run->last, NULL);
    run->last.frame = 0;
}

static void play_transfer(struct run *run, const char *text)
{
    unsigned isn, end = read_end(run, &text, &isn), peer = peer_of(end);
    uint64_t left, step;

    skip_word(&text, "sends");
    left = read_number(run, &text);
    if (!skip_word(&text, "by"))
        malformed(run, text);
    for (step = read_number(run, &text); left > 0; left -= step) {
        struct simtcp_segment segment = { .flags = TCP_ACK, .window = 64240 };

        if (step > left)
            step = left;
        run->time += 1000;
        segment.time = run->time;
        segment.src = run->end[end];
        segment.dst = run->end[peer];
        segment.seq = run->isn[end][run->isn_used[end]] + (uint32_t)run->next[end];
        segment.ack = run->isn[peer][run->isn_used[peer]] + (uint32_t)run->next[peer];
        segment.length = (uint32_t)step;
        play_segment(run, &segment, NULL);
        run->next[end] += step;
        segment.src = run->end[peer];
        segment.dst = run->end[end];
        segment.ack = segment.seq + (uint32_t)step;
        segment.seq = run->isn[peer][run->isn_used[peer]] + (uint32_t)run->next[peer];
        segment.length = 0;
        play_segment(run, &segment, NULL);
    }
}

static void play_line(struct run *run, const char *line)
{
    struct simtcp_segment segment;
    uint8_t options[SCRIPT_OPTIONS] = { 0 };
    const char *text = line;

    if (line[0] == '=')
        return; /* for the end */
    if (line[0] == '~') {
        run->contradicts = true;
    } else if (skip_word(&text, "isn")) {
        unsigned isn, end = read_end(run, &text, &isn);

        run->isn[end][isn] = run->isn[end][0] + (uint32_t)read_number(run, &text);
    } else if (strstr(line, " sends ")) {
        play_transfer(run, line);
    } else {
        read_segment(run, line, &segment, options);
        play_segment(run, &segment, line);
        memcpy(run->last_options, options, sizeof options);
        run->last = segment;
        run->last.options = segment.options ? run->last_options : NULL;
        run->last.frame = run->frame_count;
    }
}

static void set_up(struct run *run, unsigned pair, unsigned variant, struct pool *pool)
{
    struct simtcp_memory memory = pool_memory(pool);
    const struct simtcp_settings settings = { .syn_timeout = SCRIPT_SYN_TIMEOUT, .time_wait = SCRIPT_TIME_WAIT };

    run->pair = pairs[pair].name;
    run->variant = variants[variant].name;
    run->time = 1000000000;
    for (unsigned end = 0; end < SCRIPT_ENDS; end++) {
        run->end[end] = (struct simtcp_endpoint){ .kind = variants[variant].kind,
                                                  .length = variants[variant].length,
                                                  .port = variants[variant].port[end] };
        run->end[end].address[0] = 10;
        run->end[end].address[run->end[end].length - 1] = (uint8_t)(end + 1);
        for (unsigned i = 0; i < SCRIPT_ISNS; i++)
            run->isn[end][i] = (end & 1 ? pairs[pair].b : pairs[pair].a) + i * NEXT_ISN;
    }
    /* objects of their own, so that nothing writes past them unseen; and cut from pieces, as the plugin does */
    memory.piece = variant == 0 ? 0 : 1000;
    run->tracker = simtcp_tracker_new(&settings, &memory);
    run->twin = pool->fail_at ? NULL : twin_new(&settings, &memory);
}

static void tear_down(struct run *run, struct pool *pool)
{
    free(run->frames);
    pool_discard(pool);
}

/* --- the same capture with less, or more, in it --- */

enum variation { STOPS_AFTER,
                 STARTS_WITH,
                 LACKS,
                 SWAPS,
                 REPEATS_ALL };

static const char *const variation_names[] = {
    "the capture stops after this line",
    "the capture starts with this line",
    "this line is missing",
    "this line and the next change places",
    "each segment is there twice",
};

static bool is_left_out(enum variation variation, unsigned i, unsigned at)
{
    return (variation == STOPS_AFTER && i > at) || (variation == STARTS_WITH && i < at)
        || (variation == LACKS && i == at);
}

/* Is once what was judged from a FIN that was not captured? A peer's FIN that is there twice may have been
 * doubled on its way, and then it is not decided. */
static bool is_inference_on_unseen_fin(const struct simtcp_view *once, const struct simtcp_view *twice)
{
    return once->close == SIMTCP_CLOSE_SIMULTANEOUS && twice->close == SIMTCP_CLOSE_UNDECIDABLE
        && once->open == twice->open && once->number == twice->number;
}

/* Exact duplicates change no verdict, with one exception. */
static void compare_verdicts(struct run *run, const struct run *whole)
{
    for (uint32_t frame = 1; frame <= whole->frame_count; frame++) {
        struct simtcp_view once = check_view(whole, frame), twice = check_view(run, 2 * frame - 1);

        if (is_inference_on_unseen_fin(&once, &twice))
            continue;
        if (once.open != twice.open || once.close != twice.close || once.simclose != twice.simclose
            || once.open_completed != twice.open_completed || once.close_completed != twice.close_completed
            || once.holder_count != twice.holder_count || once.number != twice.number)
            script_fail(run, 2 * frame - 1, "duplicated", "the same verdicts", "others");
    }
}

/* Plays the script's segments without its assertions: only what always holds is asserted. */
static unsigned vary(const char *const *lines, const char *file, int line, enum variation variation, unsigned at,
                     const struct run *whole)
{
    const char *const nothing[] = { NULL };
    struct pool pool = { 0 };
    struct run run = { .file = file, .line = line, .mute = true, .contradicts = whole->contradicts };
    const bool is_segment = lines[at][0] != '=' && lines[at][0] != '~' && strncmp(lines[at], "isn", 3) != 0;

    if (variation != REPEATS_ALL && !is_segment)
        return 0;
    set_up(&run, 0, 0, &pool);
    run.variant = variation_names[variation];
    assert_non_null(run.tracker);
    /* what came too early can't but be taken for what it seemed to be */
    if (variation == SWAPS)
        run.contradicts = true;
    for (unsigned i = 0; lines[i]; i++) {
        unsigned other = variation != SWAPS || !lines[at + 1] ? i : i == at ? i + 1
            : i == at + 1                                                   ? at
                                                                            : i;

        if (is_left_out(variation, i, at) && strncmp(lines[i], "isn", 3) != 0)
            continue;
        play_line(&run, lines[other]);
        if (variation == REPEATS_ALL && run.last.frame)
            repeat_segment(&run);
    }
    check_end(&run, nothing);
    compare_twin_at_end(&run);
    if (variation == REPEATS_ALL)
        compare_verdicts(&run, whole);
    if (run.failures && variation != REPEATS_ALL)
        print_error("    where %s: %s\n", variation_names[variation], lines[at]);
    tear_down(&run, &pool);
    return run.failures;
}

static unsigned play_variations(const char *const *lines, const char *file, int line)
{
    unsigned failures = 0;
    struct pool pool = { 0 };
    struct run whole = { .file = file, .line = line, .mute = true };

    for (unsigned i = 0; lines[i]; i++)
        if (strstr(lines[i], " sends "))
            return 0; /* too long */
    set_up(&whole, 0, 0, &pool);
    for (unsigned i = 0; lines[i]; i++)
        play_line(&whole, lines[i]);
    failures += vary(lines, file, line, REPEATS_ALL, 0, &whole);
    for (unsigned i = 0; lines[i]; i++)
        for (int variation = STOPS_AFTER; variation < REPEATS_ALL; variation++)
            failures += vary(lines, file, line, (enum variation)variation, i, &whole);
    tear_down(&whole, &pool);
    return failures;
}

void script_play(const char *const *lines, const char *file, int line)
{
    unsigned failed = 0, failures;

    for (unsigned pair = 0; pair < COUNT(pairs); pair++) {
        for (unsigned variant = 0; variant < COUNT(variants); variant++) {
            struct pool pool = { 0 };
            struct run run = { .file = file, .line = line, .quiet = failed > 0 };

            set_up(&run, pair, variant, &pool);
            assert_non_null(run.tracker);
            for (unsigned i = 0; lines[i]; i++)
                play_line(&run, lines[i]);
            check_end(&run, lines);
            compare_twin_at_end(&run);
            failed += run.failures > 0;
            tear_down(&run, &pool);
        }
    }
    if (failed) {
        print_error("    so for %u of %zu combinations of ISNs and ends\n", failed, COUNT(pairs) * COUNT(variants));
        _fail(file, line);
    }
    failures = play_variations(lines, file, line);
    if (failures) {
        print_error("    %u failures in parts of the script\n", failures);
        _fail(file, line);
    }
}

/* Returns whether memory ran out. */
static bool exhaust_at(const char *const *lines, const char *file, int line, size_t fail_at, bool once)
{
    struct pool pool = { .fail_at = fail_at, .fail_once = once };
    struct run run = { .file = file, .line = line };
    bool ran_out;

    set_up(&run, 0, 0, &pool);
    if (run.tracker) {
        for (unsigned i = 0; lines[i]; i++) {
            char bare[200];

            /* assertions can't hold */
            snprintf(bare, sizeof bare, "%.*s", (int)strcspn(lines[i], "|"), lines[i]);
            play_line(&run, bare);
            if (run.frame_count)
                run.frames[run.frame_count - 1].line = NULL;
        }
        check_nothing(&run);
    }
    ran_out = pool.requests >= fail_at;
    tear_down(&run, &pool);
    return ran_out;
}

void script_exhaust(const char *const *lines, const char *file, int line)
{
    for (int once = 0; once < 2; once++)
        for (size_t fail_at = 1; exhaust_at(lines, file, line, fail_at, once); fail_at++)
            ;
}
