/* test_tracker.c
 * Flows, and finding frames again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include <string.h>

/* --- flows --- */

static void connections_are_numbered_in_order_of_their_first_frame(void **state)
{
    struct feed feed;

    (void)state;
    feed_start(&feed);
    for (unsigned i = 0; i < 5000; i++) {
        struct simtcp_endpoint a = feed_endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));
        struct simtcp_place place = send_from(&feed, &a, &feed.b, TCP_SYN, i, 0, false);

        assert_int_equal(number_of(&place), i);
    }
    /* the table has grown since */
    for (unsigned i = 0; i < 5000; i++) {
        struct simtcp_endpoint a = feed_endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));
        struct simtcp_place found = simtcp_find(feed.tracker, &feed.b, &a, feed.frame);

        assert_int_equal(number_of(&found), i);
    }
    pool_discard(&feed.pool);
}

/* a closes first, from this port. */
static void close_from(struct feed *feed, uint16_t port)
{
    struct simtcp_endpoint a = feed_endpoint(2, 4, 1, port);

    send_from(feed, &a, &feed->b, TCP_FIN | TCP_ACK, 100, 200, false);
    send_from(feed, &feed->b, &a, TCP_FIN | TCP_ACK, 200, 101, false);
    send_from(feed, &a, &feed->b, TCP_ACK, 101, 201, false);
}

static void an_address_holds_time_wait_on_all_its_ports(void **state)
{
    struct feed feed;
    uint32_t count = 0;

    (void)state;
    feed_start(&feed);
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
        feed_endpoint(2, 4, 3, 1982),
        feed_endpoint(2, 4, 1, 1983),
        feed_endpoint(3, 4, 1, 1982),
        feed_endpoint(2, 16, 1, 1982),
        feed_endpoint(3, 16, 1, 1982),
        feed_endpoint(3, 4, 2, 80),
        feed_endpoint(2, 16, 2, 80),
    };
    struct simtcp_place place;
    struct feed feed;

    (void)state;
    feed_start(&feed);
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
    feed_start(&feed);
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
        .frame = 1, .src = feed_endpoint(2, 4, 1, 1), .dst = feed_endpoint(2, 4, 2, 2), .flags = TCP_SYN
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
    feed_start(&feed);
    a_sends(&feed, TCP_SYN, 1, 0);
    feed.time = -feed.time * 1000;
    place = a_sends(&feed, TCP_SYN, 1, 0);
    assert_int_equal(number_of(&place), 0);
    pool_discard(&feed.pool);
}

/* --- finding --- */

static void a_flow_that_was_not_observed_is_not_found(void **state)
{
    struct simtcp_endpoint other = feed_endpoint(2, 4, 9, 9);
    struct feed feed;

    (void)state;
    feed_start(&feed);
    a_sends(&feed, TCP_SYN, 1, 0);
    assert_null(simtcp_find(feed.tracker, &other, &feed.b, 1).connection);
    assert_null(simtcp_find(feed.tracker, &feed.b, &other, 1).connection);
    pool_discard(&feed.pool);
}

static void nothing_is_found_before_a_flows_first_frame(void **state)
{
    struct feed feed;

    (void)state;
    feed_start(&feed);
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
    feed_start(&feed);
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
    feed_start(&feed);
    a_sends(&feed, TCP_SYN, 0, 0);
    place = a_sends(&feed, 0, 1, 0);
    assert_null(place.connection);
    assert_non_null(place.note);
    assert_null(simtcp_place_of(place.note).connection);
    pool_discard(&feed.pool);
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

        feed_start(&feed);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connections_are_numbered_in_order_of_their_first_frame),
        TEST(an_address_holds_time_wait_on_all_its_ports),
        TEST(everything_in_an_endpoint_tells_flows_apart),
        TEST(the_ends_of_a_connection_are_those_of_its_segments),
        TEST(the_settings_and_memory_are_copied),
        TEST(time_may_step_back),
        TEST(a_flow_that_was_not_observed_is_not_found),
        TEST(nothing_is_found_before_a_flows_first_frame),
        TEST(with_keep_every_segment_of_a_connection_gets_a_note),
        TEST(a_strays_note_belongs_to_no_connection),
        TEST(whatever_comes_is_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
