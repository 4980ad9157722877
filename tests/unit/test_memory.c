/* test_memory.c
 * Memory that runs out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

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
    feed_start(&feed);
    feed.pool.fail_at = 1;
    place = a_sends(&feed, TCP_SYN, 1, 0);
    assert_null(place.connection);
    assert_null(simtcp_find(feed.tracker, &feed.a, &feed.b, 1).connection);
    feed.pool.fail_at = 0;
    place = a_sends(&feed, TCP_SYN, 1, 0);
    assert_int_equal(number_of(&place), 0);
    pool_discard(&feed.pool);
}

static void a_table_that_can_not_grow_goes_on(void **state)
{
    struct feed feed;

    (void)state;
    feed_start(&feed);
    for (unsigned i = 0; i < 3000; i++) {
        struct simtcp_endpoint a = feed_endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));

        /* the flow first, then the table */
        feed.pool.fail_at = i < 1024 ? 0 : feed.pool.requests + 2;
        feed.pool.fail_once = true;
        send_from(&feed, &a, &feed.b, TCP_SYN, i, 0, false);
        feed.pool.fail_at = 0;
        send_from(&feed, &a, &feed.b, TCP_SYN, i, 0, false);
    }
    for (unsigned i = 0; i < 3000; i++) {
        struct simtcp_endpoint a = feed_endpoint(2, 4, (uint8_t)(i / 250 + 1), (uint16_t)(1024 + i % 250));
        struct simtcp_place found = simtcp_find(feed.tracker, &a, &feed.b, feed.frame);

        assert_int_equal(number_of(&found), i);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_memory_there_is_no_tracker),
        TEST(a_segment_for_which_there_is_no_memory_is_a_stray),
        TEST(a_table_that_can_not_grow_goes_on),
        TEST(memory_may_run_out_anywhere_in_an_opening),
        TEST(memory_may_run_out_anywhere_in_a_close),
        TEST(memory_may_run_out_while_incarnations_pile_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
