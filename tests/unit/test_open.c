/* test_open.c
 * How a connection opened: the verdicts on one SYN, or none. Those on two are in test_simopen.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* --- three-way --- */

static void syn_answered_by_syn_ack_is_three_way(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n | now open - | answers -",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1 | notation 2.SYN k, ACK n+1 | answers 1",
         "a > . 1:1(0) ack 1    | role 3.ACK k+1 | notation 3.ACK k+1 | answers 2 | always open Three-way",
         "a > P. 1:101(100) ack 1 | role - | phase -",
         "= open Three-way | opened yes | simopen no | flagged no | close Open | holders -");
}

static void three_way_stands_only_once_the_initiator_has_gone_on(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | now open -",
         "b > SA 0:0(0) ack 1   | now open - | now opened no",
         "b > SA 0:0(0) ack 1   | now open - | role 2.ACK n+1 (repeat)",
         "a > . 1:1(0) ack 1    | now open Three-way | now opened yes",
         "= open Three-way");
}

static void three_way_does_not_need_the_third_segment_at_the_end(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1   | now open -",
         "= open Three-way | opened no | close Open");
}

static void the_third_segment_may_carry_data(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > P. 1:101(100) ack 1 | role 3.ACK k+1",
         "= open Three-way | opened yes");
}

static void the_third_segment_may_carry_fin(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > F. 1:1(0) ack 1   | role 3.ACK k+1, 1.FIN n",
         "= open Three-way | opened yes | close Half-closed");
}

static void three_way_is_three_way_in_whatever_order_it_was_captured(void **state)
{
    (void)state;
    PLAY("~ a late SYN",
         "b > SA 0:0(0) ack 1   | role 2.ACK k+1 | notation 2.SYN n, ACK k+1 | n b:0 | k a:0",
         "a > S 0:0(0)          | role 1.SYN k | now open -",
         "a > . 1:1(0) ack 1    | role 3.ACK n+1 | always open Three-way",
         "= open Three-way | opened yes | simopen no");
    PLAY("~ a late SYN",
         "b > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "a > . 1:1(0) ack 1    | role 3.ACK n+1",
         "a > S 0:0(0)          | role 1.SYN k | now open Three-way",
         "= open Three-way | opened yes | simopen no");
}

static void retransmitted_segments_of_a_handshake_repeat_their_roles(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)           | role 1.SYN n",
         "+1 a > S 0:0(0)        | role 1.SYN n (repeat)",
         "+2 a > S 0:0(0)        | role 1.SYN n (repeat)",
         "b > SA 0:0(0) ack 1    | role 2.ACK n+1 | answers 3",
         "+1 b > SA 0:0(0) ack 1 | role 2.ACK n+1 (repeat)",
         "a > . 1:1(0) ack 1     | role 3.ACK k+1 | answers 5",
         "= open Three-way | opened yes");
}

static void a_syn_retransmitted_after_the_syn_ack_is_answered_again(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)           | role 1.SYN n",
         "b > SA 0:0(0) ack 1    | role 2.ACK n+1",
         "+1 a > S 0:0(0)        | role 1.SYN n (repeat) | states SYN-SENT/*",
         "b > SA 0:0(0) ack 1    | role 2.ACK n+1 (repeat) | answers 3",
         "a > . 1:1(0) ack 1     | role 3.ACK k+1",
         "= open Three-way | opened yes | simopen no");
}

static void handshakes_on_two_port_pairs_are_no_simultaneous_open(void **state)
{
    (void)state;
    /* as a BGP connection collision */
    PLAY("a > S 0:0(0)",
         "d > S 0:0(0)          | conn 1",
         "b > SA 0:0(0) ack 1",
         "c > SA 0:0(0) ack 1   | conn 1",
         "a > . 1:1(0) ack 1",
         "d > . 1:1(0) ack 1    | conn 1",
         "= open Three-way | simopen no",
         "=1 open Three-way | simopen no");
}

/* --- unknown --- */

static void a_syn_ack_without_the_syn_it_answers_is_unknown(void **state)
{
    (void)state;
    PLAY("b > SA 0:0(0) ack 1   | role 2.ACK k+1 | n b:0 | k a:0",
         "a > . 1:1(0) ack 1    | role 3.ACK n+1",
         "= open Unknown | opened yes | simopen no");
}

static void a_syn_whose_answer_was_not_captured_is_unknown(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "a > . 1:1(0) ack 1    | now open Unknown",
         "a > P. 1:101(100) ack 1",
         "= open Unknown | simopen no");
    PLAY("a > S 0:0(0)",
         "b > P. 1:201(200) ack 1",
         "= open Unknown");
}

static void a_capture_that_starts_in_the_middle_is_unknown(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1 | role - | phase - | states Unknown/Unknown",
         "b > . 1:1(0) ack 101  | now open Unknown",
         "= open Unknown | close Open | opened no | conn 0 | n - | k -");
}

static void one_direction_of_a_handshake_is_unknown(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "a > . 1:1(0) ack 1",
         "a > P. 1:101(100) ack 1",
         "a > F. 101:101(0) ack 201",
         "a > . 102:102(0) ack 202",
         "= open Unknown | opened no | close Half-closed");
    PLAY("b > SA 0:0(0) ack 1",
         "b > . 1:1(0) ack 101",
         "b > F. 1:1(0) ack 102",
         "= open Unknown | close Half-closed");
}

/* --- incomplete and refused --- */

static void an_unanswered_syn_is_incomplete(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | now open - | role 1.SYN n | n a:0 | k -",
         "+1 a > S 0:0(0)       | now open - | role 1.SYN n (repeat)",
         "+2 a > S 0:0(0)       | now open -",
         "= open Incomplete | close Open | opened no | flagged no | holders -");
}

static void a_syn_answered_by_rst_is_refused(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "b > RA 0:0(0) ack 1   | reset counts | role - | answers 1 | now open Refused | now close Reset",
         "= open Refused | close Reset | opened no | holders - | flagged no");
}

static void the_last_transmission_of_a_syn_decides_whether_it_was_refused(void **state)
{
    (void)state;
    PLAY("~ a RST later proves ignored",
         "a > S 0:0(0)",
         "b > RA 0:0(0) ack 1   | reset ignored",
         "+1 a > S 0:0(0)",
         "= open Incomplete | close Open");
    PLAY("~ a RST later proves ignored",
         "a > S 0:0(0)",
         "b > RA 0:0(0) ack 1   | reset ignored",
         "+1 a > S 0:0(0)",
         "b > RA 0:0(0) ack 1   | reset counts | answers 3",
         "= open Refused | close Reset");
    PLAY("~ a RST later proves ignored",
         "a > S 0:0(0)",
         "b > RA 0:0(0) ack 1   | reset ignored",
         "+1 a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "= open Three-way | close Open | opened yes");
}

/* --- the sentence --- */

static void the_sentence_names_the_frames(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | now why",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > SA 0:0(0) ack 1   | why frames 3 and 4",
         "= why SYN n (frame 1) and SYN k (frame 2) crossed");
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "= why SYN n (frame 1) was answered by SYN+ACK (frame 2)");
    PLAY("a > S 0:0(0)",
         "+1 a > S 0:0(0)",
         "b > RA 0:0(0) ack 1",
         "= why was refused by a RST (frame 3)");
    PLAY("a > S 0:0(0)",
         "b > . 0:0(0) ack 1",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > . 1:1(0) ack 1",
         "= why split handshake");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(syn_answered_by_syn_ack_is_three_way),
        TEST(three_way_stands_only_once_the_initiator_has_gone_on),
        TEST(three_way_does_not_need_the_third_segment_at_the_end),
        TEST(the_third_segment_may_carry_data),
        TEST(the_third_segment_may_carry_fin),
        TEST(three_way_is_three_way_in_whatever_order_it_was_captured),
        TEST(retransmitted_segments_of_a_handshake_repeat_their_roles),
        TEST(a_syn_retransmitted_after_the_syn_ack_is_answered_again),
        TEST(handshakes_on_two_port_pairs_are_no_simultaneous_open),
        TEST(a_syn_ack_without_the_syn_it_answers_is_unknown),
        TEST(a_syn_whose_answer_was_not_captured_is_unknown),
        TEST(a_capture_that_starts_in_the_middle_is_unknown),
        TEST(one_direction_of_a_handshake_is_unknown),
        TEST(an_unanswered_syn_is_incomplete),
        TEST(a_syn_answered_by_rst_is_refused),
        TEST(the_last_transmission_of_a_syn_decides_whether_it_was_refused),
        TEST(the_sentence_names_the_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
