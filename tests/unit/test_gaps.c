/* test_gaps.c
 * Large transfers, captures with holes, and exact duplicates.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

#include <stdio.h>

static void the_isn_is_not_compared_with_after_2_gib(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a sends 2200000000 by 1000000",
         "a > F. 2200000001:2200000001(0) ack 1 | role 1.FIN n | conn 0 | n a:2200000001",
         "b > F. 1:1(0) ack 2200000001          | role 1.FIN k | conn 0",
         "a > . 2200000002:2200000002(0) ack 2  | role 2.ACK k+1",
         "b > . 2:2(0) ack 2200000002           | role 2.ACK n+1",
         "= open Three-way | close Simultaneous | holders a b | opened yes");
}

static void the_isn_is_not_compared_with_after_4_gib(void **state)
{
    (void)state;
    /* the FIN has the number the first byte had */
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a sends 4294967296 by 4194304",
         "a > F. 4294967297:4294967297(0) ack 1 | role 1.FIN n | conn 0",
         "b > F. 1:1(0) ack 4294967298          | role 2.ACK n+1, 3.FIN k | conn 0",
         "a > . 4294967298:4294967298(0) ack 2  | role 4.ACK k+1",
         "= open Three-way | close Orderly | holders a | opened yes");
}

static void a_four_tuple_is_reused_after_4_gib(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "b sends 4400000000 by 4000000",
         "b > F. 4400000001:4400000001(0) ack 1 | conn 0",
         "a > F. 1:1(0) ack 4400000002          | conn 0",
         "b > . 4400000002:4400000002(0) ack 2  | conn 0 | enters b",
         "a2 > S 0:0(0)                         | conn 1",
         "b2 > SA 0:0(0) ack 1                  | conn 1",
         "a2 > . 1:1(0) ack 1                   | conn 1",
         "a > F. 1:1(0) ack b1:4400000002       | conn 0 | role 3.FIN k (repeat)",
         "= close Orderly | holders b",
         "=1 open Three-way | close Open");
}

static void a_transfer_captured_from_the_middle_may_be_as_large(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1",
         "b > P. 1:201(200) ack 101",
         "a > . 101:101(0) ack 201",
         "a sends 5000000000 by 5000000",
         "a > F. 5000000101:5000000101(0) ack 201 | conn 0",
         "b > F. 201:201(0) ack 5000000101        | conn 0",
         "a > . 5000000102:5000000102(0) ack 202  | conn 0",
         "b > . 202:202(0) ack 5000000102         | conn 0",
         "= open Unknown | close Simultaneous | holders a b");
}

static void only_acks_that_rise_by_more_than_2_gib(void **state)
{
    char texts[60][60];
    const char *lines[64];
    unsigned count = 0;

    (void)state;
    lines[count++] = "b > SA 0:0(0) ack 1";
    for (uint64_t i = 1; i <= 50; i++) {
        snprintf(texts[i], sizeof texts[i], "b > . 1:1(0) ack %llu | conn 0", (unsigned long long)i * 60000000);
        lines[count++] = texts[i];
    }
    lines[count++] = "b > . 1:1(0) ack 3000000102 | conn 0";
    lines[count++] = "b > F. 1:1(0) ack 3000000102 | conn 0 | role 1.FIN n";
    lines[count++] = "= open Unknown | close Half-closed | simopen no";
    lines[count] = NULL;
    script_play(lines, __FILE__, __LINE__);
}

static void a_capture_that_lost_much_of_one_direction_goes_on(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > P. 500000101:500000201(100) ack 201     | conn 0",
         "b > . 201:201(0) ack 500000201              | conn 0",
         "a > F. 500000201:500000201(0) ack 201       | conn 0",
         "b > F. 201:201(0) ack 500000201             | conn 0",
         "a > . 500000202:500000202(0) ack 202        | conn 0",
         "b > . 202:202(0) ack 500000202              | conn 0",
         "= open Three-way | close Simultaneous | holders a b");
}

static void a_capture_that_lost_much_of_both_goes_on_when_two_segments_agree(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > P. 500000101:500000201(100) ack 600000201 | conn -",
         "a > P. 500000201:500000301(100) ack 600000201 | conn 0",
         "b > . 600000201:600000201(0) ack 500000301    | conn 0",
         "a > F. 500000301:500000301(0) ack 600000201   | conn 0",
         "b > F. 600000201:600000201(0) ack 500000302   | conn 0",
         "a > . 500000302:500000302(0) ack 600000202    | conn 0",
         "= open Three-way | close Orderly | holders a");
}

static void exact_duplicates_change_nothing(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)                   | role 1.SYN n",
         "+0.0001 a > S 0:0(0)",
         "b > S 0:0(0)                   | role 1.SYN k",
         "+0.0001 b > S 0:0(0)",
         "a > SA 0:0(0) ack 1            | role 2.ACK k+1",
         "+0.0001 a > SA 0:0(0) ack 1",
         "b > SA 0:0(0) ack 1            | role 2.ACK n+1",
         "+0.0001 b > SA 0:0(0) ack 1",
         "a > F. 1:1(0) ack 1            | role 1.FIN n",
         "+0.0001 a > F. 1:1(0) ack 1",
         "b > F. 1:1(0) ack 1            | role 1.FIN k",
         "+0.0001 b > F. 1:1(0) ack 1",
         "a > . 2:2(0) ack 2             | role 2.ACK k+1 | enters b",
         "+0.0001 a > . 2:2(0) ack 2     | enters -",
         "b > . 2:2(0) ack 2             | role 2.ACK n+1 | enters a",
         "+0.0001 b > . 2:2(0) ack 2     | enters -",
         "= open Simultaneous | close Simultaneous | holders a b");
    PLAY("a > S 0:0(0)",
         "+0.0001 a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "+0.0001 b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "+0.0001 a > . 1:1(0) ack 1",
         "a > F. 1:1(0) ack 1",
         "+0.0001 a > F. 1:1(0) ack 1",
         "b > F. 1:1(0) ack 2",
         "+0.0001 b > F. 1:1(0) ack 2",
         "a > . 2:2(0) ack 2",
         "+0.0001 a > . 2:2(0) ack 2",
         "= open Three-way | close Orderly | holders a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_isn_is_not_compared_with_after_2_gib),
        TEST(the_isn_is_not_compared_with_after_4_gib),
        TEST(a_four_tuple_is_reused_after_4_gib),
        TEST(a_transfer_captured_from_the_middle_may_be_as_large),
        TEST(only_acks_that_rise_by_more_than_2_gib),
        TEST(a_capture_that_lost_much_of_one_direction_goes_on),
        TEST(a_capture_that_lost_much_of_both_goes_on_when_two_segments_agree),
        TEST(exact_duplicates_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
