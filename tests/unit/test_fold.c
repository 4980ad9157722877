/* test_fold.c
 * Connections that have ended and are made small. That nobody notices is tested with every script (twin.c); here,
 * what it is for, and what takes more than one connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "fold.h"
#include "time_wait.h"
#include "twin.h"

#define SECOND INT64_C(1000000000)

/* The most bytes that an ordinary connection takes: docs/performance.md. */
#define BUDGET 139

/* The connections that go on at the same time. */
#define TOGETHER 100

/* Two trackers that are fed the same, plain and folding; and what they were fed. */
struct pair {
    struct pool plain_pool, pool;
    struct simtcp_tracker *plain, *folding;
    struct simtcp_segment *segments; /* of frame 1 first */
    uint32_t count, capacity;
    int64_t time;
};

struct step {
    uint8_t end, flags;
    uint16_t seq, ack, length;
};

enum { SYN = TCP_SYN,
       ACK = TCP_ACK,
       FIN = TCP_FIN,
       RST = TCP_RST };

static const struct step ordinary[] = {
    { 0, SYN, 0, 0, 0 },
    { 1, SYN | ACK, 0, 1, 0 },
    { 0, ACK, 1, 1, 0 },
    { 0, ACK, 1, 1, 100 },
    { 1, ACK, 1, 101, 0 },
    { 0, FIN | ACK, 101, 1, 0 },
    { 1, ACK, 1, 102, 0 },
    { 1, FIN | ACK, 1, 102, 0 },
    { 0, ACK, 102, 2, 0 },
};
#define STEPS (sizeof ordinary / sizeof *ordinary)

static struct simtcp_endpoint endpoint(uint32_t flow, unsigned end)
{
    struct simtcp_endpoint endpoint = { .kind = 2, .length = 4, .port = 80, .address = { 10, 0, 0, 1 } };

    if (end == 0) {
        endpoint.port = (uint16_t)(1024 + flow % 60000);
        endpoint.address[0] = (uint8_t)(11 + flow / 60000);
        endpoint.address[2] = (uint8_t)(flow % 3);
    }
    return endpoint;
}

static void start(struct pair *pair, size_t piece)
{
    const struct simtcp_settings settings = { .syn_timeout = SCRIPT_SYN_TIMEOUT, .time_wait = 60 * SECOND };
    struct simtcp_memory memory;

    *pair = (struct pair){ .capacity = 64, .segments = malloc(64 * sizeof *pair->segments) };
    assert_non_null(pair->segments);
    memory = pool_memory(&pair->plain_pool);
    memory.piece = piece;
    pair->plain = simtcp_tracker_new(&settings, &memory);
    memory = pool_memory(&pair->pool);
    memory.piece = piece;
    pair->folding = twin_new(&settings, &memory);
    assert_non_null(pair->plain);
    assert_non_null(pair->folding);
}

static void discard(struct pair *pair)
{
    free(pair->segments);
    pool_discard(&pair->plain_pool);
    pool_discard(&pair->pool);
}

static const struct simtcp_segment *make(struct pair *pair, uint32_t flow, const struct step *step)
{
    struct simtcp_segment *segment;

    if (pair->count == pair->capacity) {
        pair->capacity *= 2;
        pair->segments = realloc(pair->segments, pair->capacity * sizeof *pair->segments);
        assert_non_null(pair->segments);
    }
    segment = &pair->segments[pair->count++];
    *segment = (struct simtcp_segment){ .frame = pair->count,
                                        .time = pair->time,
                                        .src = endpoint(flow, step->end),
                                        .dst = endpoint(flow, 1 - step->end),
                                        .seq = flow * 2654435761u + step->end * 77777777u + step->seq,
                                        .ack = flow * 2654435761u + (1 - step->end) * 77777777u + step->ack,
                                        .length = step->length,
                                        .window = (uint16_t)(60000 + flow % 5000),
                                        .flags = step->flags };
    return segment;
}

/* Both take the step in, 10 microseconds after the one before. */
static void feed(struct pair *pair, uint32_t flow, const struct step *step)
{
    const struct simtcp_segment *segment;

    pair->time += 10000;
    segment = make(pair, flow, step);
    simtcp_observe(pair->plain, segment, false);
    simtcp_observe(pair->folding, segment, false);
}

/* So many flows, all of a group step by step. */
static void feed_ordinary(struct pair *pair, uint32_t flows)
{
    for (uint32_t first = 0; first < flows; first += TOGETHER)
        for (unsigned step = 0; step < STEPS; step++)
            for (uint32_t flow = first; flow < flows && flow < first + TOGETHER; flow++)
                feed(pair, flow, &ordinary[step]);
}

static void assert_same(struct pair *pair, uint32_t frame, bool final)
{
    const struct simtcp_segment *segment = &pair->segments[frame - 1];
    const char *difference =
        twin_difference(pair->folding, pair->plain, &segment->src, &segment->dst, frame, final);

    if (difference)
        fail_msg("frame %u: another %s with folding", frame, difference);
}

static void assert_all_same(struct pair *pair, bool final)
{
    for (uint32_t frame = 1; frame <= pair->count; frame++)
        assert_same(pair, frame, final);
}

static uint32_t count_folded(const struct pair *pair)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < pair->folding->slot_count; i++)
        count += pair->folding->slots[i].folded;
    return count;
}

static struct simtcp_place find(struct pair *pair, uint32_t frame)
{
    const struct simtcp_segment *segment = &pair->segments[frame - 1];

    return simtcp_find(pair->folding, &segment->src, &segment->dst, frame);
}

static size_t bytes_of(uint32_t flows)
{
    struct pair pair;
    size_t bytes;

    start(&pair, 65536);
    feed_ordinary(&pair, flows);
    bytes = pair.pool.bytes;
    discard(&pair);
    return bytes;
}

/* Everything included that is taken for each further connection, what a table took before it grew, too. */
static void an_ordinary_connection_takes_little_memory(void **state)
{
    size_t each = (bytes_of(50000) - bytes_of(10000)) / 40000;

    (void)state;
    assert_true(each >= 60 && each <= BUDGET);
}

static void all_frames_are_told_as_without_folding(void **state)
{
    struct pair pair;

    (void)state;
    for (size_t piece = 0; piece < 2; piece++) {
        start(&pair, piece ? 65536 : 0);
        feed_ordinary(&pair, 10 * TOGETHER);
        assert_int_equal(count_folded(&pair), 10 * TOGETHER - 1);
        assert_all_same(&pair, false);
        assert_all_same(&pair, true);
        discard(&pair);
    }
}

/* The stays of folded connections end in the middle of the capture, at the same frames. */
static void time_wait_runs_out_while_folded(void **state)
{
    const struct step data = { 0, ACK, 101, 1, 100 };
    struct pair pair;

    (void)state;
    start(&pair, 65536);
    for (unsigned step = 0; step < STEPS - 4; step++)
        feed(&pair, 5000, &ordinary[step]);
    for (uint32_t flow = 0; flow < 300; flow++) {
        for (unsigned step = 0; step < STEPS; step++)
            feed(&pair, flow, &ordinary[step]);
        pair.time += SECOND;
        if (flow % 7 == 0)
            feed(&pair, 5000, &data);
        assert_same(&pair, pair.count, false);
    }
    assert_int_equal(count_folded(&pair), 299);
    assert_all_same(&pair, false);
    assert_all_same(&pair, true);
    discard(&pair);
}

static uint32_t left_frame(struct pair *pair, uint32_t frame)
{
    const struct stay *stay = time_wait_stay(find(pair, frame).connection, 1);

    assert_non_null(stay);
    return stay->left_frame;
}

/* A look at a connection before its TIME-WAIT is over does not last beyond that. */
static void a_copy_does_not_outlive_time_wait(void **state)
{
    struct pair pair;

    (void)state;
    start(&pair, 65536);
    feed_ordinary(&pair, 2);
    assert_int_equal(left_frame(&pair, 1), 0);
    pair.time += 61 * SECOND;
    feed(&pair, 2, &ordinary[0]);
    assert_int_equal(left_frame(&pair, 1), pair.count);
    discard(&pair);
}

/* Clocks that step back: what would have to wait in another order is not folded. */
static void times_that_step_back(void **state)
{
    struct pair pair;

    (void)state;
    start(&pair, 65536);
    for (uint32_t flow = 0; flow < 200; flow++) {
        for (unsigned step = 0; step < STEPS; step++)
            feed(&pair, flow, &ordinary[step]);
        pair.time += flow % 10 == 3 ? -9 * SECOND : SECOND;
    }
    assert_true(count_folded(&pair) >= 20 && count_folded(&pair) <= 150);
    assert_all_same(&pair, false);
    assert_all_same(&pair, true);
    discard(&pair);
}

/* What comes late finds the connection as it was: a copy of an acknowledgement, the FIN again, a RST, data, a new
 * connection. */
static void later_segments_unfold_it(void **state)
{
    static const struct step late[] = {
        { 1, ACK, 1, 102, 0 },
        { 1, FIN | ACK, 1, 102, 0 },
        { 1, RST, 2, 0, 0 },
        { 0, ACK, 50, 1, 51 },
        { 0, SYN, 50000, 0, 0 },
        { 1, SYN, 50000, 0, 0 },
        { 0, ACK, 60000, 60000, 0 },
    };
    struct pair pair;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t flow = 0;

        start(&pair, i ? 65536 : 0);
        feed_ordinary(&pair, 100);
        for (; flow < 7; flow++) {
            feed(&pair, flow, &late[flow]);
            assert_all_same(&pair, false);
        }
        assert_int_equal(count_folded(&pair), 100 - 7);
        pair.time += 70 * SECOND;
        for (; flow < 14; flow++) {
            feed(&pair, flow, &late[flow - 7]);
            assert_all_same(&pair, false);
        }
        assert_int_equal(count_folded(&pair), 100 - 14);
        assert_all_same(&pair, true);
        discard(&pair);
    }
}

/* Whoever holds a place may keep its pointers, whatever comes. */
static void what_is_held_lasts(void **state)
{
    struct pair pair;
    struct simtcp_place places[STEPS];
    struct simtcp_view before, after;

    (void)state;
    start(&pair, 0);
    feed_ordinary(&pair, 10 * TOGETHER);
    for (unsigned step = 0; step < STEPS; step++) {
        places[step] = find(&pair, 1 + step * TOGETHER);
        assert_true(simtcp_hold(pair.folding, &places[step]));
        assert_ptr_equal(places[step].connection, places[0].connection);
        assert_int_equal(places[step].frame, 1 + step * TOGETHER);
    }
    simtcp_look(&places[0], true, &before);
    assert_all_same(&pair, true);
    feed_ordinary(&pair, 1);
    assert_all_same(&pair, true);
    for (unsigned step = 0; step < STEPS; step++)
        if (places[step].note)
            assert_int_equal(simtcp_place_of(places[step].note).frame, places[step].frame);
    simtcp_look(&places[0], true, &after);
    assert_int_equal(before.number, after.number);
    assert_int_equal(before.close, after.close);
    assert_int_equal(count_folded(&pair), 10 * TOGETHER - 2);
    discard(&pair);
}

/* A connection that is held before it ends is not folded at all. */
static void what_is_held_is_not_folded(void **state)
{
    struct pair pair;
    struct simtcp_place place;

    (void)state;
    start(&pair, 65536);
    feed(&pair, 0, &ordinary[0]);
    place = find(&pair, 1);
    assert_true(simtcp_hold(pair.folding, &place));
    feed_ordinary(&pair, 10);
    assert_int_equal(count_folded(&pair), 8);
    assert_int_equal(simtcp_place_of(place.note).frame, 1);
    assert_all_same(&pair, true);
    discard(&pair);
}

/* A segment that unfolds a connection can't make it fold again: else each would leave some memory behind. */
static void late_segments_without_end_take_no_memory(void **state)
{
    const struct step late = { 1, ACK, 1, 102, 0 };
    struct pair pair;
    size_t bytes;

    (void)state;
    start(&pair, 1000);
    feed_ordinary(&pair, 2);
    feed(&pair, 0, &late);
    bytes = pair.pool.bytes;
    for (unsigned i = 0; i < 1000; i++)
        feed(&pair, 0, &late);
    assert_int_equal(pair.pool.bytes, bytes);
    discard(&pair);
}

/* Returns whether memory ran out. */
static bool exhaust_at(size_t fail_at, bool once, size_t piece)
{
    struct pair pair;
    bool ran_out;

    start(&pair, piece);
    pair.pool.fail_at = pair.pool.requests + fail_at;
    pair.pool.fail_once = once;
    feed_ordinary(&pair, 3);
    for (uint32_t frame = 1; frame <= pair.count; frame++) {
        struct simtcp_place place = find(&pair, frame);
        struct simtcp_view view;

        if (place.connection)
            simtcp_look(&place, true, &view);
    }
    feed(&pair, 0, &ordinary[1]);
    for (uint32_t frame = 1; frame <= pair.count; frame++) {
        struct simtcp_place place = find(&pair, frame);
        uint32_t count;

        simtcp_hold(pair.folding, &place);
        simtcp_concurrent(pair.folding, &pair.segments[frame - 1].src, frame, true, &count);
    }
    ran_out = pair.pool.requests >= pair.pool.fail_at;
    discard(&pair);
    return ran_out;
}

static void it_does_without_memory(void **state)
{
    (void)state;
    for (int once = 0; once < 2; once++)
        for (size_t piece = 0; piece < 1000; piece += 500)
            for (size_t fail_at = 1; exhaust_at(fail_at, once, piece); fail_at++)
                ;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_connection_takes_little_memory),
        cmocka_unit_test(all_frames_are_told_as_without_folding),
        cmocka_unit_test(time_wait_runs_out_while_folded),
        cmocka_unit_test(a_copy_does_not_outlive_time_wait),
        cmocka_unit_test(times_that_step_back),
        cmocka_unit_test(later_segments_unfold_it),
        cmocka_unit_test(what_is_held_lasts),
        cmocka_unit_test(what_is_held_is_not_folded),
        cmocka_unit_test(late_segments_without_end_take_no_memory),
        cmocka_unit_test(it_does_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
