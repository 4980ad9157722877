/* test_role.c
 * The steps and their texts. Those of ordinary and simultaneous opens and closes are asserted
 * with the verdicts (test_open.c, test_simopen.c, test_close.c); here is what is left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

#include <string.h>

static void a_role_is_a_step_a_kind_and_a_letter(void **state)
{
    static const struct {
        struct simtcp_role role;
        const char *text;
    } roles[] = {
        { { 1, SIMTCP_ROLE_SYN, 'n' }, "1.SYN n" },
        { { 1, SIMTCP_ROLE_SYN, 'k' }, "1.SYN k" },
        { { 2, SIMTCP_ROLE_ACK, 'n' }, "2.ACK n+1" },
        { { 3, SIMTCP_ROLE_ACK, 'k' }, "3.ACK k+1" },
        { { 1, SIMTCP_ROLE_FIN, 'n' }, "1.FIN n" },
        { { 3, SIMTCP_ROLE_FIN, 'k' }, "3.FIN k" },
        { { 4, SIMTCP_ROLE_ACK, 'k' }, "4.ACK k+1" },
        /* no role, but the text must fit whatever the step is */
        { { 255, SIMTCP_ROLE_ACK, 'k' }, "255.ACK k+1" },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof roles / sizeof *roles; i++) {
        char text[SIMTCP_ROLE_SIZE];

        assert_ptr_equal(simtcp_role_text(&roles[i].role, text), text);
        assert_string_equal(text, roles[i].text);
    }
}

static void the_longest_notation_fits(void **state)
{
    (void)state;
    assert_true(strlen("2.ACK n+1, 3.FIN k") < SIMTCP_NOTATION_SIZE);
    assert_true(strlen("2.SYN n, ACK k+1") < SIMTCP_NOTATION_SIZE);
}

static void n_of_the_close_is_the_end_whose_fin_is_captured_first(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n | n a:0 | k b:0 | phase Open",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1 | n a:0 | k b:0",
         "a > . 1:1(0) ack 1    | role 3.ACK k+1 | n a:0 | k b:0",
         "b > F. 1:1(0) ack 1   | role 1.FIN n | n b:1 | k a:1 | phase Close",
         "a > F. 1:1(0) ack 2   | role 2.ACK n+1, 3.FIN k | n b:1 | k a:1 | phase Close",
         "b > . 2:2(0) ack 2    | role 4.ACK k+1 | phase Close");
}

static void in_one_pass_k_is_known_once_it_was_captured(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | now n a:0 | now k - | k b:0",
         "b > SA 0:0(0) ack 1   | always n a:0 | always k b:0");
}

static void k_is_known_from_what_a_syn_ack_acknowledges(void **state)
{
    (void)state;
    PLAY("b > SA 0:0(0) ack 1   | always n b:0 | always k a:0 | role 2.ACK k+1");
}

static void a_segment_without_step_has_no_role(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a > P. 1:101(100) ack 1 | role - | notation - | phase - | n - | k - | answers - | partner - | note no",
         "b > . 1:1(0) ack 101    | role - | note no",
         "a > R 101:101(0)        | role - | notation - | phase - | note yes");
}

static void a_segment_may_acknowledge_syn_and_fin_at_once(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SAF 0:200(200) ack 1 | role 2.ACK n+1, 1.FIN n",
         "a > . 1:1(0) ack 202     | role 3.ACK k+1, 2.ACK n+1 | notation 3.ACK k+1, 2.ACK n+1");
}

static void of_three_steps_the_two_of_the_close_are_shown(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SAF 0:0(0) ack 1",
         "a > F. 1:1(0) ack 2      | role 2.ACK n+1, 3.FIN k | phase Close",
         "b > . 2:2(0) ack 2       | role 4.ACK k+1",
         "= open Three-way | opened yes | close Orderly | holders b");
}

static void steps_of_the_close_follow_the_verdict(void **state)
{
    (void)state;
    /* a's original FIN is captured after its retransmission, and makes the close simultaneous */
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "b > F. 1:1(0) ack 1   | role 1.FIN n",
         "a > F. 1:1(0) ack 2   | now role 2.ACK n+1, 3.FIN k",
         "a > F. 1:1(0) ack 1   | role 1.FIN k (repeat)",
         "b > . 2:2(0) ack 2    | role 2.ACK k+1",
         "= close Simultaneous | holders a b");
}

static void a_pure_ack_after_the_syn_acks_takes_no_step(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "b > S 0:0(0)          | role 1.SYN k",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "b > . 1:1(0) ack 1 <sack 0:1> | role - | answers -",
         "a > . 1:1(0) ack 1    | role - | answers -");
}

static void partners_are_the_segments_that_crossed(void **state)
{
    (void)state;
    /* neither end had the other's when it sent its last bare SYN: those crossed */
    PLAY("a > S 0:0(0)          | partner - | answers -",
         "+1 a > S 0:0(0)       | partner 3",
         "b > S 0:0(0)          | partner 2 | answers -",
         "a > SA 0:0(0) ack 1   | partner 5 | answers 3",
         "b > SA 0:0(0) ack 1   | partner 4 | answers 2",
         "a > F. 1:1(0) ack 1   | partner 7 | answers -",
         "b > F. 1:1(0) ack 1   | partner 6 | answers -",
         "a > . 2:2(0) ack 2    | partner - | answers 7",
         "b > . 2:2(0) ack 2    | partner - | answers 6",
         "= open Simultaneous");
}

static void nothing_crosses_in_ordinary_connections(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "b > F. 1:1(0) ack 1",
         "a > F. 1:1(0) ack 2",
         "b > . 2:2(0) ack 2",
         "= partner - | events - | flagged no");
}

static void a_late_copy_of_a_syn_is_no_partner(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)           | partner 2",
         "b > S 0:0(0)           | partner 1",
         "a > SA 0:0(0) ack 1    | partner 4",
         "b > SA 0:0(0) ack 1    | partner 3",
         "b > S 0:0(0)           | partner - | role 1.SYN k (repeat)",
         "= open Simultaneous");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_late_copy_of_a_syn_is_no_partner),
        TEST(a_role_is_a_step_a_kind_and_a_letter),
        TEST(the_longest_notation_fits),
        TEST(n_of_the_close_is_the_end_whose_fin_is_captured_first),
        TEST(in_one_pass_k_is_known_once_it_was_captured),
        TEST(k_is_known_from_what_a_syn_ack_acknowledges),
        TEST(a_segment_without_step_has_no_role),
        TEST(a_segment_may_acknowledge_syn_and_fin_at_once),
        TEST(of_three_steps_the_two_of_the_close_are_shown),
        TEST(steps_of_the_close_follow_the_verdict),
        TEST(a_pure_ack_after_the_syn_acks_takes_no_step),
        TEST(partners_are_the_segments_that_crossed),
        TEST(nothing_crosses_in_ordinary_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
