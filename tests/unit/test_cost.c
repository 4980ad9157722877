/* test_cost.c
 * What connections cost: memory by their number and not by that of their segments, and time that grows no faster.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include <stdlib.h>

#define MANY 100000u

/* --- data costs nothing --- */

static void a_connection_costs_a_fixed_number_of_bytes_and_its_data_nothing(void **state)
{
    size_t requests, bytes;
    struct feed feed;

    (void)state;
    feed_start(&feed);
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
    feed_start(&feed);
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

/* --- the rest is linear --- */

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
    feed_start(&feed);
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
    feed_start(&feed);
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
    feed_start(&feed);
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
    feed_start(&feed);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_connection_costs_a_fixed_number_of_bytes_and_its_data_nothing),
        TEST(a_capture_from_the_middle_costs_nothing_for_each_segment_either),
        TEST(reuses_of_a_four_tuple_stay_linear),
        TEST(retransmitted_syns_stay_linear),
        TEST(attempts_without_answer_stay_linear),
        TEST(turns_between_two_incarnations_stay_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
