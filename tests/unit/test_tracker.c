/* test_tracker.c
 * Flows, finding frames again, and what it costs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

#include <stdlib.h>
#include <string.h>

#define MANY 100000u

/* A tracker that is fed by hand. */
struct feed {
    struct pool pool;
    struct simtcp_tracker *tracker;
    struct simtcp_endpoint a, b;
    uint32_t frame;
    int64_t time;
};

static struct simtcp_endpoint endpoint(uint8_t kind, uint8_t length, uint8_t last, uint16_t port)
{
    struct simtcp_endpoint end = { .kind = kind, .length = length, .port = port };

    end.address[0] = 10;
    end.address[length - 1] = last;
    return end;
}

static void start(struct feed *feed)
{
    const struct simtcp_settings settings = { .syn_timeout = SCRIPT_SYN_TIMEOUT, .time_wait = SCRIPT_TIME_WAIT };
    struct simtcp_memory memory;

    *feed = (struct feed){ .a = endpoint(2, 4, 1, 1982), .b = endpoint(2, 4, 2, 80) };
    memory = pool_memory(&feed->pool);
    feed->tracker = simtcp_tracker_new(&settings, &memory);
    assert_non_null(feed->tracker);
}

static struct simtcp_place send_from(struct feed *feed, const struct simtcp_endpoint *src,
                                     const struct simtcp_endpoint *dst, uint8_t flags, uint32_t seq, uint32_t ack,
                                     bool keep)
{
    struct simtcp_segment segment = { .frame = ++feed->frame,
                                      .time = feed->time += 1000000000,
                                      .src = *src,
                                      .dst = *dst,
                                      .seq = seq,
                                      .ack = ack,
                                      .flags = flags,
                                      .window = 64240 };

    return simtcp_observe(feed->tracker, &segment, keep);
}

static struct simtcp_place a_sends(struct feed *feed, uint8_t flags, uint32_t seq, uint32_t ack)
{
    return send_from(feed, &feed->a, &feed->b, flags, seq, ack, false);
}

static struct simtcp_place b_sends(struct feed *feed, uint8_t flags, uint32_t seq, uint32_t ack)
{
    return send_from(feed, &feed->b, &feed->a, flags, seq, ack, false);
}

static uint32_t number_of(const struct simtcp_place *place)
{
    struct simtcp_view view;

    assert_non_null(place->connection);
    simtcp_look(place, true, &view);
    return view.number;
}

/* --- flows --- */

static void connections_are_numbered_in_order_of_their_first_frame(void **state)
{
    struct feed feed;

    (void)state;
    start(&feed);
    for (unsigned i = 0; i < 5000; i++) {
        struct simtcp_endpoint a = endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));
        struct simtcp_place place = send_from(&feed, &a, &feed.b, TCP_SYN, i, 0, false);

        assert_int_equal(number_of(&place), i);
    }
    /* the table has grown since */
    for (unsigned i = 0; i < 5000; i++) {
        struct simtcp_endpoint a = endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));
        struct simtcp_place found = simtcp_find(feed.tracker, &feed.b, &a, feed.frame);

        assert_int_equal(number_of(&found), i);
    }
    pool_discard(&feed.pool);
}

/* a closes first, from this port. */
static void close_from(struct feed *feed, uint16_t port)
{
    struct simtcp_endpoint a = endpoint(2, 4, 1, port);

    send_from(feed, &a, &feed->b, TCP_FIN | TCP_ACK, 100, 200, false);
    send_from(feed, &feed->b, &a, TCP_FIN | TCP_ACK, 200, 101, false);
    send_from(feed, &a, &feed->b, TCP_ACK, 101, 201, false);
}

static void an_address_holds_time_wait_on_all_its_ports(void **state)
{
    struct feed feed;
    uint32_t count = 0;

    (void)state;
    start(&feed);
    close_from(&feed, 1024);
    close_from(&feed, 1025);
    assert_true(simtcp_concurrent(feed.tracker, &feed.a, feed.frame, true, &count));
    assert_int_equal(count, 2);
    assert_true(simtcp_concurrent(feed.tracker, &feed.a, 3, true, &count));
    assert_int_equal(count, 1);
    assert_false(simtcp_concurrent(feed.tracker, &feed.a, 2, true, &count));
    assert_false(simtcp_concurrent(feed.tracker, &feed.b, feed.frame, true, &count));
    pool_discard(&feed.pool);
}

static void everything_in_an_endpoint_tells_flows_apart(void **state)
{
    const struct simtcp_endpoint others[] = {
        endpoint(2, 4, 3, 1982),
        endpoint(2, 4, 1, 1983),
        endpoint(3, 4, 1, 1982),
        endpoint(2, 16, 1, 1982),
        endpoint(3, 16, 1, 1982),
        endpoint(3, 4, 2, 80),
        endpoint(2, 16, 2, 80),
    };
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    start(&feed);
    place = a_sends(&feed, TCP_SYN, 1, 0);
    assert_int_equal(number_of(&place), 0);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        place = send_from(&feed, &others[i], &feed.b, TCP_SYN, 1, 0, false);
        assert_int_equal(number_of(&place), i + 1);
    }
    pool_discard(&feed.pool);
}

static void the_ends_of_a_connection_are_those_of_its_segments(void **state)
{
    struct simtcp_endpoint end[2];
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    start(&feed);
    place = a_sends(&feed, TCP_SYN, 1, 0);
    end[0] = simtcp_end(place.connection, place.sender);
    end[1] = simtcp_end(place.connection, 1 - place.sender);
    assert_memory_equal(&end[0], &feed.a, sizeof feed.a);
    assert_memory_equal(&end[1], &feed.b, sizeof feed.b);
    place = b_sends(&feed, TCP_SYN | TCP_ACK, 1, 2);
    end[0] = simtcp_end(place.connection, place.sender);
    assert_memory_equal(&end[0], &feed.b, sizeof feed.b);
    pool_discard(&feed.pool);
}

static void the_settings_and_memory_are_copied(void **state)
{
    struct pool pool = { 0 };
    struct simtcp_settings settings = { .syn_timeout = 1000 };
    struct simtcp_memory memory = pool_memory(&pool);
    struct simtcp_segment segment = {
        .frame = 1, .src = endpoint(2, 4, 1, 1), .dst = endpoint(2, 4, 2, 2), .flags = TCP_SYN
    };
    struct simtcp_tracker *tracker = simtcp_tracker_new(&settings, &memory);
    struct simtcp_place place;

    (void)state;
    assert_non_null(tracker);
    memset(&settings, 0, sizeof settings);
    memset(&memory, 0, sizeof memory);
    simtcp_observe(tracker, &segment, false);
    segment.frame = 2;
    segment.time = 1000;
    place = simtcp_observe(tracker, &segment, false);
    assert_int_equal(number_of(&place), 0);
    segment.frame = 3;
    segment.time = 2001;
    place = simtcp_observe(tracker, &segment, false);
    assert_int_equal(number_of(&place), 1);
    pool_discard(&pool);
}

static void time_may_step_back(void **state)
{
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    start(&feed);
    a_sends(&feed, TCP_SYN, 1, 0);
    feed.time = -feed.time * 1000;
    place = a_sends(&feed, TCP_SYN, 1, 0);
    assert_int_equal(number_of(&place), 0);
    pool_discard(&feed.pool);
}

/* --- finding --- */

static void a_flow_that_was_not_observed_is_not_found(void **state)
{
    struct simtcp_endpoint other = endpoint(2, 4, 9, 9);
    struct feed feed;

    (void)state;
    start(&feed);
    a_sends(&feed, TCP_SYN, 1, 0);
    assert_null(simtcp_find(feed.tracker, &other, &feed.b, 1).connection);
    assert_null(simtcp_find(feed.tracker, &feed.b, &other, 1).connection);
    pool_discard(&feed.pool);
}

static void nothing_is_found_before_a_flows_first_frame(void **state)
{
    struct feed feed;

    (void)state;
    start(&feed);
    feed.frame = 9;
    a_sends(&feed, TCP_SYN, 1, 0);
    assert_non_null(simtcp_find(feed.tracker, &feed.a, &feed.b, 10).connection);
    assert_null(simtcp_find(feed.tracker, &feed.a, &feed.b, 9).connection);
    a_sends(&feed, TCP_SYN, 100, 0);
    assert_non_null(simtcp_find(feed.tracker, &feed.a, &feed.b, 10).connection);
    assert_null(simtcp_find(feed.tracker, &feed.a, &feed.b, 9).connection);
    pool_discard(&feed.pool);
}

static void with_keep_every_segment_of_a_connection_gets_a_note(void **state)
{
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    start(&feed);
    a_sends(&feed, TCP_SYN, 0, 0);
    b_sends(&feed, TCP_SYN | TCP_ACK, 0, 1);
    a_sends(&feed, TCP_ACK, 1, 1);
    b_sends(&feed, TCP_ACK, 1, 1);
    place = b_sends(&feed, TCP_ACK, 1, 1);
    assert_null(place.note);
    place = send_from(&feed, &feed.b, &feed.a, TCP_ACK, 1, 1, true);
    assert_non_null(place.note);
    assert_ptr_equal(simtcp_place_of(place.note).connection, place.connection);
    assert_int_equal(simtcp_place_of(place.note).frame, feed.frame);
    assert_int_equal(simtcp_place_of(place.note).sender, place.sender);
    pool_discard(&feed.pool);
}

static void a_strays_note_belongs_to_no_connection(void **state)
{
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    start(&feed);
    a_sends(&feed, TCP_SYN, 0, 0);
    place = a_sends(&feed, 0, 1, 0);
    assert_null(place.connection);
    assert_non_null(place.note);
    assert_null(simtcp_place_of(place.note).connection);
    pool_discard(&feed.pool);
}

/* --- cost --- */

static void a_connection_costs_a_fixed_number_of_bytes_and_its_data_nothing(void **state)
{
    size_t requests, bytes;
    struct feed feed;

    (void)state;
    start(&feed);
    a_sends(&feed, TCP_SYN, 0, 0);
    b_sends(&feed, TCP_SYN | TCP_ACK, 0, 1);
    a_sends(&feed, TCP_ACK, 1, 1);
    b_sends(&feed, TCP_ACK, 1, 1);
    requests = feed.pool.requests;
    bytes = feed.pool.bytes;
    for (unsigned i = 0; i < MANY; i++) {
        assert_null(a_sends(&feed, TCP_ACK, 1, 1).note);
        assert_null(b_sends(&feed, TCP_ACK, 1, 1).note);
    }
    assert_int_equal(feed.pool.requests, requests);
    assert_int_equal(feed.pool.bytes, bytes);
    pool_discard(&feed.pool);
}

static void a_capture_from_the_middle_costs_nothing_for_each_segment_either(void **state)
{
    size_t requests;
    struct feed feed;

    (void)state;
    start(&feed);
    a_sends(&feed, TCP_ACK, 1, 1);
    b_sends(&feed, TCP_ACK, 1, 1);
    requests = feed.pool.requests;
    for (unsigned i = 0; i < MANY; i++) {
        a_sends(&feed, TCP_ACK, 1, 1);
        b_sends(&feed, TCP_ACK, 1, 1);
    }
    assert_int_equal(feed.pool.requests, requests);
    pool_discard(&feed.pool);
}

/* What one round of a test takes must not grow with the rounds before it. */
static void assert_linear(const struct feed *feed, size_t most_requests, size_t most_bytes)
{
    assert_true(feed->pool.requests <= MANY * most_requests + 100);
    assert_true(feed->pool.bytes <= MANY * most_bytes + 100000);
}

static void reuses_of_a_four_tuple_stay_linear(void **state)
{
    struct simtcp_place *places = calloc(MANY * 6, sizeof *places);
    struct feed feed;

    (void)state;
    assert_non_null(places);
    start(&feed);
    for (uint32_t i = 0, n = 0; i < MANY; i++) {
        uint32_t x = i * 65637, y = i * 70001 + 5;

        places[n++] = a_sends(&feed, TCP_SYN, x, 0);
        places[n++] = b_sends(&feed, TCP_SYN | TCP_ACK, y, x + 1);
        places[n++] = a_sends(&feed, TCP_ACK, x + 1, y + 1);
        places[n++] = a_sends(&feed, TCP_FIN | TCP_ACK, x + 1, y + 1);
        places[n++] = b_sends(&feed, TCP_FIN | TCP_ACK, y + 1, x + 2);
        places[n++] = a_sends(&feed, TCP_ACK, x + 2, y + 2);
    }
    assert_linear(&feed, 17, 2500);
    for (uint32_t n = 0; n < MANY * 6; n++) {
        const struct simtcp_endpoint *src = n % 6 == 1 || n % 6 == 4 ? &feed.b : &feed.a;
        struct simtcp_place found = simtcp_find(feed.tracker, src, src == &feed.a ? &feed.b : &feed.a, n + 1);
        struct simtcp_view view;

        assert_ptr_equal(found.connection, places[n].connection);
        simtcp_look(&places[n], true, &view);
        assert_int_equal(view.number, n / 6);
        assert_int_equal(view.open, SIMTCP_OPEN_THREE_WAY);
        assert_int_equal(view.close, SIMTCP_CLOSE_ORDERLY);
        assert_int_equal(view.holder_count, 1);
    }
    pool_discard(&feed.pool);
    free(places);
}

static void retransmitted_syns_stay_linear(void **state)
{
    struct simtcp_place *places = calloc(MANY, sizeof *places);
    struct feed feed;

    (void)state;
    assert_non_null(places);
    start(&feed);
    for (uint32_t i = 0; i < MANY; i++)
        places[i] = a_sends(&feed, TCP_SYN, 7, 0);
    assert_linear(&feed, 2, 200);
    for (uint32_t i = 0; i < MANY; i++) {
        struct simtcp_view view;

        simtcp_look(&places[i], true, &view);
        assert_int_equal(view.number, 0);
        assert_int_equal(view.repeat, i > 0);
        assert_int_equal(view.src_state, SIMTCP_STATE_SYN_SENT);
    }
    pool_discard(&feed.pool);
    free(places);
}

static void attempts_without_answer_stay_linear(void **state)
{
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    start(&feed);
    /* b's SYN moves along with each of a's attempts */
    for (uint32_t i = 0; i < MANY; i++) {
        a_sends(&feed, TCP_SYN, i * 70001, 0);
        b_sends(&feed, TCP_SYN, 9, 0);
    }
    assert_linear(&feed, 8, 1500);
    place = a_sends(&feed, TCP_SYN | TCP_ACK, (MANY - 1) * 70001, 10);
    assert_int_equal(number_of(&place), MANY - 1);
    place = b_sends(&feed, TCP_SYN | TCP_ACK, 9, (MANY - 1) * 70001 + 1);
    assert_int_equal(number_of(&place), MANY - 1);
    pool_discard(&feed.pool);
}

static void turns_between_two_incarnations_stay_linear(void **state)
{
    struct feed feed;

    (void)state;
    start(&feed);
    a_sends(&feed, TCP_SYN, 0, 0);
    b_sends(&feed, TCP_SYN | TCP_ACK, 0, 1);
    a_sends(&feed, TCP_ACK, 1, 1);
    a_sends(&feed, TCP_SYN, 1000000, 0);
    b_sends(&feed, TCP_SYN | TCP_ACK, 2000000, 1000001);
    for (uint32_t i = 0; i < MANY; i++) {
        struct simtcp_place old = a_sends(&feed, TCP_ACK, 1, 1);
        struct simtcp_place new = a_sends(&feed, TCP_ACK, 1000001, 2000001);

        assert_int_equal(number_of(&old), 0);
        assert_int_equal(number_of(&new), 1);
    }
    assert_linear(&feed, 4, 400);
    for (uint32_t i = 0; i < MANY; i++) {
        struct simtcp_place old = simtcp_find(feed.tracker, &feed.a, &feed.b, 6 + 2 * i);
        struct simtcp_place new = simtcp_find(feed.tracker, &feed.a, &feed.b, 7 + 2 * i);

        assert_int_equal(number_of(&old), 0);
        assert_int_equal(number_of(&new), 1);
    }
    pool_discard(&feed.pool);
}

/* --- memory that runs out --- */

static void without_memory_there_is_no_tracker(void **state)
{
    const struct simtcp_settings settings = { .syn_timeout = 1 };

    (void)state;
    for (size_t fail_at = 1; fail_at <= 2; fail_at++) {
        struct pool pool = { .fail_at = fail_at };
        struct simtcp_memory memory = pool_memory(&pool);

        assert_null(simtcp_tracker_new(&settings, &memory));
        pool_discard(&pool);
    }
}

static void a_segment_for_which_there_is_no_memory_is_a_stray(void **state)
{
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    start(&feed);
    feed.pool.fail_at = 1;
    place = a_sends(&feed, TCP_SYN, 1, 0);
    assert_null(place.connection);
    assert_null(simtcp_find(feed.tracker, &feed.a, &feed.b, 1).connection);
    feed.pool.fail_at = 0;
    place = a_sends(&feed, TCP_SYN, 1, 0);
    assert_int_equal(number_of(&place), 0);
    pool_discard(&feed.pool);
}

static void memory_may_run_out_anywhere_in_an_opening(void **state)
{
    (void)state;
    EXHAUST("a > S 0:0(0)", "+1 a > S 0:0(0)", "b > S 0:0(0)", "a > SA 0:0(0) ack 1", "b > SA 0:0(0) ack 1",
            "a > . 1:1(0) ack 1", "b > . 1:1(0) ack 1", "a > P. 1:101(100) ack 1", "b > . 1:1(0) ack 101");
    EXHAUST("a > S 0:0(0)", "b > . 0:0(0) ack 1", "b > S 0:0(0)", "a > SA 0:0(0) ack 1", "b > . 1:1(0) ack 1");
    EXHAUST("b > SA 0:0(0) ack 1", "a > . 1:1(0) ack 1", "b2 > SA 0:0(0) ack 1", "a > R 1:1(0)");
    EXHAUST("s > S 0:0(0)", "s > SA 0:0(0) ack 1", "s > . 1:1(0) ack 1", "s > F. 1:1(0) ack 1", "s > . 2:2(0) ack 2",
            "s > R 2:2(0)");
    EXHAUST("a > S 0:0(0)", "b > S 0:0(0)", "+1 a2 > S 0:0(0)", "b > SA 0:0(0) ack 1", "a2 > SA 0:0(0) ack 1");
}

static void memory_may_run_out_anywhere_in_a_close(void **state)
{
    (void)state;
    EXHAUST("a > S 0:0(0)", "b > SA 0:0(0) ack 1", "a > . 1:1(0) ack 1", "a > F. 1:1(0) ack 1", "b > F. 1:1(0) ack 1",
            "a > . 2:2(0) ack 2", "+1 b > F. 1:1(0) ack 2", "a > . 2:2(0) ack 2", "a > R 2:2(0)", "a2 > S 0:0(0)",
            "b2 > SA 0:0(0) ack 1", "b > F. 1:1(0) ack a1:2", "a2 > . 1:1(0) ack b2:1", "a > . 2:2(0) ack b1:2",
            "a2 > R 1:1(0)");
    EXHAUST("a > F. 1:1(0) ack 1", "b > . 1:1(0) ack 2", "b > F. 1:1(0) ack 2", "a > . 2:2(0) ack 2");
    EXHAUST("a > S 0:0(0)", "b > F. 1:1(0) ack 1", "b > R 1:1(0)", "b > RA 1:1(0) ack 1", "a > S 0:0(0)",
            "a > R 500:500(0)", "b > SA 0:0(0) ack 1", "a > F. 1:1(0) ack 1", "b > R 1:1(0)");
}

static void memory_may_run_out_while_incarnations_pile_up(void **state)
{
    (void)state;
    EXHAUST("a > S 0:0(0)", "a2 > S 0:0(0)", "a3 > S 0:0(0)", "a4 > S 0:0(0)", "a5 > S 0:0(0)", "a6 > S 0:0(0)",
            "a7 > S 0:0(0)", "a8 > S 0:0(0)", "a9 > S 0:0(0)", "b > SA 0:0(0) ack a2:1", "b > SA 0:0(0) ack a9:1",
            "a9 > . 1:1(0) ack 1", "a2 > R 1:1(0)");
}

/* --- whatever comes --- */

static uint32_t random_below(uint32_t *seed, uint32_t limit)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % limit;
}

#define CHAOS 400

/* Segments of few flows with few numbers, so that they meet in every way. */
static struct simtcp_place send_anything(struct feed *feed, uint32_t *seed, struct simtcp_segment *segment)
{
    static const uint32_t numbers[] = { 0, 1, 2, 3, 102, 0x7fffffff,
                                        0x80000000, 0xfffffffe, 0xffffffff, 65637, 0x10000000 };
    static const uint8_t flags[] = { TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK, TCP_ACK, TCP_FIN | TCP_ACK,
                                     TCP_RST, TCP_RST | TCP_ACK, TCP_FIN, 0, TCP_SYN | TCP_FIN | TCP_ACK,
                                     0xff };
    const struct simtcp_endpoint *ends[] = { &feed->a, &feed->b };
    unsigned from = random_below(seed, 2), to = random_below(seed, 8) ? 1 - from : from;

    *segment = (struct simtcp_segment){
        .frame = ++feed->frame,
        .time = feed->time += (int64_t)random_below(seed, 60) * 100000000,
        .src = *ends[from],
        .dst = *ends[to],
        .seq = numbers[random_below(seed, 11)] + random_below(seed, 3),
        .ack = numbers[random_below(seed, 11)] + random_below(seed, 3),
        .length = random_below(seed, 4) ? 0 : random_below(seed, 100),
        .window = (uint16_t)random_below(seed, 65536),
        .flags = flags[random_below(seed, 11)],
    };
    return simtcp_observe(feed->tracker, segment, false);
}

static void look_at_everything(const struct simtcp_place *place, bool final)
{
    char why[SIMTCP_WHY_SIZE], notation[SIMTCP_NOTATION_SIZE];
    struct simtcp_view view;

    simtcp_look(place, final, &view);
    assert_true(view.role_count <= 2 && view.holder_count <= 2 && view.enter_count <= 2);
    assert_true((view.role_count == 0) == (view.phase == SIMTCP_PHASE_NONE));
    assert_true(!final || (view.open_stands && view.close_stands));
    assert_true(view.holder_count == 0 || view.close_completed);
    assert_true(!view.answers || view.answers < place->frame);
    assert_true(strlen(simtcp_why(place, &view, why)) < SIMTCP_WHY_SIZE);
    assert_true(strlen(simtcp_notation(place, &view, notation)) < SIMTCP_NOTATION_SIZE);
}

static void whatever_comes_is_found_again(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 150; seed++) {
        struct simtcp_segment segments[CHAOS];
        struct simtcp_place places[CHAOS];
        uint32_t random = seed * 2654435761u;
        struct feed feed;

        start(&feed);
        for (unsigned i = 0; i < CHAOS; i++) {
            places[i] = send_anything(&feed, &random, &segments[i]);
            if (places[i].connection)
                look_at_everything(&places[i], false);
        }
        for (unsigned i = 0; i < CHAOS; i++) {
            struct simtcp_place found;

            if (places[i].note)
                found = simtcp_place_of(places[i].note);
            else
                found = simtcp_find(feed.tracker, &segments[i].src, &segments[i].dst, i + 1);
            if (!places[i].note)
                assert_ptr_equal(found.connection, places[i].connection);
            assert_int_equal(found.connection != NULL, places[i].connection != NULL);
            if (found.connection)
                look_at_everything(&found, true);
        }
        pool_discard(&feed.pool);
    }
}

static void a_table_that_can_not_grow_goes_on(void **state)
{
    struct feed feed;

    (void)state;
    start(&feed);
    for (unsigned i = 0; i < 3000; i++) {
        struct simtcp_endpoint a = endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));

        /* the flow first, then the table */
        feed.pool.fail_at = i < 1024 ? 0 : feed.pool.requests + 2;
        feed.pool.fail_once = true;
        send_from(&feed, &a, &feed.b, TCP_SYN, i, 0, false);
        feed.pool.fail_at = 0;
        send_from(&feed, &a, &feed.b, TCP_SYN, i, 0, false);
    }
    for (unsigned i = 0; i < 3000; i++) {
        struct simtcp_endpoint a = endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));
        struct simtcp_place found = simtcp_find(feed.tracker, &a, &feed.b, feed.frame);

        assert_int_equal(number_of(&found), i);
    }
    pool_discard(&feed.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_address_holds_time_wait_on_all_its_ports),
        TEST(connections_are_numbered_in_order_of_their_first_frame),
        TEST(everything_in_an_endpoint_tells_flows_apart),
        TEST(the_ends_of_a_connection_are_those_of_its_segments),
        TEST(the_settings_and_memory_are_copied),
        TEST(time_may_step_back),
        TEST(a_flow_that_was_not_observed_is_not_found),
        TEST(nothing_is_found_before_a_flows_first_frame),
        TEST(with_keep_every_segment_of_a_connection_gets_a_note),
        TEST(a_strays_note_belongs_to_no_connection),
        TEST(a_connection_costs_a_fixed_number_of_bytes_and_its_data_nothing),
        TEST(a_capture_from_the_middle_costs_nothing_for_each_segment_either),
        TEST(reuses_of_a_four_tuple_stay_linear),
        TEST(retransmitted_syns_stay_linear),
        TEST(attempts_without_answer_stay_linear),
        TEST(turns_between_two_incarnations_stay_linear),
        TEST(without_memory_there_is_no_tracker),
        TEST(a_segment_for_which_there_is_no_memory_is_a_stray),
        TEST(memory_may_run_out_anywhere_in_an_opening),
        TEST(memory_may_run_out_anywhere_in_a_close),
        TEST(memory_may_run_out_while_incarnations_pile_up),
        TEST(whatever_comes_is_found_again),
        TEST(a_table_that_can_not_grow_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
