/* test_open.c
 * How a connection opened: every row of the table of verdicts, and what decides between them.
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

/* --- simultaneous --- */

static void both_syns_and_both_syn_acks_are_simultaneous(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n | notation 1.SYN n | partner 2 | events -",
         "b > S 0:0(0)          | role 1.SYN k | partner 1 | now open Simultaneous or split | now simopen no",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1 | notation 2.SYN n, ACK k+1 | answers 2",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1 | notation 2.SYN k, ACK n+1 | answers 1 | always simopen yes",
         "= open Simultaneous | simopen yes | opened yes | flagged yes | phase Open | n a:0 | k b:0");
}

static void the_syn_acks_of_a_simultaneous_open_are_no_retransmissions(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)           | events -",
         "b > S 0:0(0)           | events -",
         "a > SA 0:0(0) ack 1    | events not-a-retransmission",
         "b > SA 0:0(0) ack 1    | events simopen not-a-retransmission",
         "+1 a > SA 0:0(0) ack 1 | events - | role 2.ACK k+1 (repeat)",
         "= open Simultaneous");
}

static void kernels_add_pure_acks_which_are_no_further_steps(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "a > . 1:1(0) ack 1 <sack 0:1> | role - | phase -",
         "b > . 1:1(0) ack 1 <sack 0:1> | role -",
         "= open Simultaneous | simopen yes");
}

static void a_crossing_syn_ack_may_be_answered_by_a_challenge_ack_first(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "+0 a > . 1:1(0) ack 1 | role -",
         "+0 b > . 1:1(0) ack 1 | role -",
         "+0.2 a > . 1:101(100) ack 1 | role -",
         "= open Simultaneous");
}

static void which_end_is_n_depends_on_the_capture_and_nothing_else_does(void **state)
{
    (void)state;
    PLAY("b > S 0:0(0)          | role 1.SYN n",
         "a > S 0:0(0)          | role 1.SYN k",
         "a > SA 0:0(0) ack 1   | role 2.ACK n+1 | notation 2.SYN k, ACK n+1",
         "b > SA 0:0(0) ack 1   | role 2.ACK k+1 | notation 2.SYN n, ACK k+1",
         "= open Simultaneous | n b:0 | k a:0");
}

static void the_first_syn_ack_may_pass_before_the_second_syn(void **state)
{
    (void)state;
    /* near b: its SYN is captured after that of a has arrived but before it is sent */
    PLAY("~ a late SYN",
         "a > S 0:0(0)          | role 1.SYN n",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "b > S 0:0(0)          | role 1.SYN k",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "= open Simultaneous | simopen yes");
}

static void crossing_syn_acks_prove_it_without_the_second_syn(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1 | notation 2.SYN k, ACK n+1 | now open -",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1 | notation 2.SYN n, ACK k+1 | always open Simultaneous",
         "= open Simultaneous | simopen yes | opened yes");
}

static void crossing_syn_acks_prove_it_without_any_syn(void **state)
{
    (void)state;
    PLAY("a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1 | always open Simultaneous | events simopen",
         "= open Simultaneous | simopen yes | opened yes");
}

static void syn_acks_that_do_not_acknowledge_each_other_prove_nothing(void **state)
{
    (void)state;
    PLAY("~ the second is of another attempt",
         "a > SA 0:0(0) ack 1   | conn 0",
         "b > SA 0:0(0) ack 2   | simopen no",
         "= simopen no | open Unknown");
}

static void a_late_syn_counts_as_its_senders_syn(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "b > S 0:0(0)          | role 1.SYN k",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "= open Simultaneous | simopen yes");
}

static void a_side_that_alone_sends_syn_ack_after_its_later_syn_is_no_split(void **state)
{
    (void)state;
    /* b's SYN was lost behind the capture: b got none of a's SYN+ACKs first */
    PLAY("a > S 0:0(0)          | role 1.SYN n | partner 2",
         "b > S 0:0(0)          | role 1.SYN k | now open Simultaneous or split",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1 | always open Simultaneous | events simopen not-a-retransmission",
         "a > . 1:1(0) ack 1    | role 2.ACK k+1 | notation 2.ACK k+1",
         "= open Simultaneous | simopen yes | opened yes");
}

static void retransmitted_syns_before_the_crossing_keep_the_first_ones_role(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "+1 a > S 0:0(0)       | role 1.SYN n (repeat)",
         "+1 a > S 0:0(0)       | role 1.SYN n (repeat)",
         "b > S 0:0(0)          | role 1.SYN k",
         "+1 b > S 0:0(0)       | role 1.SYN k (repeat)",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1 | answers 5",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1 | answers 3",
         "= open Simultaneous | n a:0 | k b:0");
}

/* --- split handshake, or either --- */

static void one_syn_ack_after_both_syns_fits_two_histories(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n | partner -",
         "b > S 0:0(0)          | role 1.SYN k | always open Simultaneous or split",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1 | notation 2.SYN n, ACK k+1",
         "b > . 1:1(0) ack 1    | role 2.ACK n+1 | notation 2.ACK n+1",
         "= open Simultaneous or split | simopen no | opened yes | flagged yes");
}

static void an_ack_before_the_second_syn_proves_a_split_handshake(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "b > . 0:0(0) ack 1    | role 2.ACK n+1 | answers 1 | notation 2.ACK n+1",
         "b > S 0:0(0)          | role 1.SYN k",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1 | notation 2.SYN n, ACK k+1 | now open -",
         "b > . 1:1(0) ack 1    | role - | always open Split handshake | events split-handshake",
         "= open Split handshake | simopen no | opened yes | flagged yes");
}

static void a_reordered_ack_after_the_second_syn_is_no_proof_of_a_split_handshake(void **state)
{
    (void)state;
    /* the ACK has the number after b's SYN: b had sent its SYN before */
    PLAY("a > S 0:0(0)",
         "b > . 1:1(0) ack 1    | conn 0",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "= open Simultaneous or split | simopen no");
}

static void a_split_responder_that_also_sends_syn_ack_is_simultaneous(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > . 0:0(0) ack 1",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > SA 0:0(0) ack 1   | always open Simultaneous",
         "= open Simultaneous | simopen yes");
}

static void two_syns_and_silence_are_either_and_attempted_only(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "b > S 0:0(0)          | role 1.SYN k",
         "= open Simultaneous or split | opened no | close Open | simopen no");
}

static void two_syns_and_a_rst_are_either_and_attempted_only(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "b > RA 1:1(0) ack 1   | reset counts",
         "= open Simultaneous or split | opened no | close Reset | holders -");
}

static void two_syns_and_pure_acks_only_are_either(void **state)
{
    (void)state;
    /* both SYN+ACKs were lost before the capture point */
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > . 1:1(0) ack 1    | role 2.ACK k+1",
         "b > . 1:1(0) ack 1    | role 2.ACK n+1",
         "= open Simultaneous or split | opened yes");
}

static void syn_then_syn_ack_of_one_end_without_the_peers_syn_is_either(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1 | always open Simultaneous or split",
         "b > . 1:1(0) ack 1    | role 2.ACK n+1",
         "= open Simultaneous or split | simopen no | opened yes");
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

/* --- other connections --- */

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

/* --- in other orders --- */

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

static void a_duplicate_syn_in_syn_received_is_challenged(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)           | role 1.SYN n",
         "b > S 0:0(0)           | role 1.SYN k",
         "a > SA 0:0(0) ack 1    | role 2.ACK k+1",
         "+1 b > S 0:0(0)        | role 1.SYN k (repeat)",
         "a > . 1:1(0) ack 1     | role -",
         "b > SA 0:0(0) ack 1    | role 2.ACK n+1",
         "= open Simultaneous | opened yes");
}

static void data_may_come_before_the_last_ack_of_a_simultaneous_open(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > SA 0:0(0) ack 1",
         "b > P. 1:201(200) ack 1 | role -",
         "a > . 1:1(0) ack 201   | role -",
         "= open Simultaneous | opened yes | close Open");
}

static void a_lost_syn_ack_is_not_retransmitted_but_completed(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "b > SA 0:0(0) ack 1    | role 2.ACK n+1",
         "a > . 1:1(0) ack 1     | role 2.ACK k+1",
         "b > . 1:1(0) ack 1     | role -",
         "= open Simultaneous | opened yes");
}

static void a_retransmission_of_the_first_syn_after_the_second_proves_nothing(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)           | role 1.SYN n",
         "b > S 0:0(0)           | role 1.SYN k",
         "+1 a > S 0:0(0)        | role 1.SYN n (repeat)",
         "a > SA 0:0(0) ack 1    | role 2.ACK k+1",
         "b > . 1:1(0) ack 1     | role 2.ACK n+1",
         "= open Simultaneous or split | simopen no");
}

static void a_late_syn_of_the_answering_end_makes_it_simultaneous(void **state)
{
    (void)state;
    PLAY("~ a late SYN",
         "a > S 0:0(0)           | role 1.SYN n",
         "b > SA 0:0(0) ack 1    | role 2.ACK n+1",
         "a > . 1:1(0) ack 1     | role 2.ACK k+1 | now role 3.ACK k+1 | now open Three-way",
         "b > S 0:0(0)           | role 1.SYN k | always open Simultaneous | conn 0",
         "= open Simultaneous | simopen yes | opened yes");
}

static void a_stale_ack_is_no_proof_of_a_split_handshake(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > . 5000:5000(0) ack 70000",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > . 1:1(0) ack 1",
         "= open Simultaneous or split");
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
        TEST(both_syns_and_both_syn_acks_are_simultaneous),
        TEST(the_syn_acks_of_a_simultaneous_open_are_no_retransmissions),
        TEST(kernels_add_pure_acks_which_are_no_further_steps),
        TEST(a_crossing_syn_ack_may_be_answered_by_a_challenge_ack_first),
        TEST(which_end_is_n_depends_on_the_capture_and_nothing_else_does),
        TEST(the_first_syn_ack_may_pass_before_the_second_syn),
        TEST(crossing_syn_acks_prove_it_without_the_second_syn),
        TEST(crossing_syn_acks_prove_it_without_any_syn),
        TEST(syn_acks_that_do_not_acknowledge_each_other_prove_nothing),
        TEST(a_late_syn_counts_as_its_senders_syn),
        TEST(a_side_that_alone_sends_syn_ack_after_its_later_syn_is_no_split),
        TEST(retransmitted_syns_before_the_crossing_keep_the_first_ones_role),
        TEST(one_syn_ack_after_both_syns_fits_two_histories),
        TEST(an_ack_before_the_second_syn_proves_a_split_handshake),
        TEST(a_reordered_ack_after_the_second_syn_is_no_proof_of_a_split_handshake),
        TEST(a_split_responder_that_also_sends_syn_ack_is_simultaneous),
        TEST(two_syns_and_silence_are_either_and_attempted_only),
        TEST(two_syns_and_a_rst_are_either_and_attempted_only),
        TEST(two_syns_and_pure_acks_only_are_either),
        TEST(syn_then_syn_ack_of_one_end_without_the_peers_syn_is_either),
        TEST(a_syn_ack_without_the_syn_it_answers_is_unknown),
        TEST(a_syn_whose_answer_was_not_captured_is_unknown),
        TEST(a_capture_that_starts_in_the_middle_is_unknown),
        TEST(one_direction_of_a_handshake_is_unknown),
        TEST(an_unanswered_syn_is_incomplete),
        TEST(a_syn_answered_by_rst_is_refused),
        TEST(the_last_transmission_of_a_syn_decides_whether_it_was_refused),
        TEST(handshakes_on_two_port_pairs_are_no_simultaneous_open),
        TEST(the_sentence_names_the_frames),
        TEST(a_syn_retransmitted_after_the_syn_ack_is_answered_again),
        TEST(a_duplicate_syn_in_syn_received_is_challenged),
        TEST(data_may_come_before_the_last_ack_of_a_simultaneous_open),
        TEST(a_lost_syn_ack_is_not_retransmitted_but_completed),
        TEST(a_retransmission_of_the_first_syn_after_the_second_proves_nothing),
        TEST(a_late_syn_of_the_answering_end_makes_it_simultaneous),
        TEST(a_stale_ack_is_no_proof_of_a_split_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
