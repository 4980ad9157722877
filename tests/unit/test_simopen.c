/* test_simopen.c
 * How a connection opened in which both ends were active, or seem to have been: simultaneous, split handshake, or
 * either.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

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

/* --- captured in another order --- */

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

static void a_late_syn_counts_as_its_senders_syn(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | role 1.SYN n",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "b > S 0:0(0)          | role 1.SYN k",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "= open Simultaneous | simopen yes");
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

static void a_stale_ack_is_no_proof_of_a_split_handshake(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > . 5000:5000(0) ack 70000",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > . 1:1(0) ack 1",
         "= open Simultaneous or split");
    /* nor of an opening: a's SYN+ACK is not answered */
    PLAY("a > S 0:0(0)",
         "b2 > . 5000:5000(0) ack 3000",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1    | now opened no",
         "= opened no");
    /* though it acknowledges a's SYN: b had answered that in the attempt before, of which nothing else was captured */
    PLAY("isn b2 1007520",
         "a > S 0:0(0)",
         "b > . 1:1(0) ack 1",
         "+0.2 b2 > S 0:0(0)",
         "a > SA 0:0(0) ack 1    | now opened no",
         "+1 a > SA 0:0(0) ack 1",
         "= open Simultaneous or split | opened no");
}

static void nor_is_one_with_a_number_beyond_its_senders_syn(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > . 5000:5000(0) ack 1",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > . 1:1(0) ack 1",
         "= open Simultaneous or split");
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

#define CROSSED_AND_ANSWERED_ANEW \
    "isn b2 7838566", \
        "b > S 0:0(0)                 | conn 0", \
        "a > S 0:0(0)                 | conn 0", \
        "b > SA 0:0(0) ack 1          | conn 0", \
        "+16 b2 > SA 0:0(0) ack 1     | conn 0"

static void a_syn_ack_with_another_number_that_nobody_acknowledges_leaves_it_open(void **state)
{
    (void)state;
    /* b gave its attempt up, and a listener answered a's SYN when that came again; or a cookie did from the first on */
    PLAY(CROSSED_AND_ANSWERED_ANEW,
         "= open Simultaneous or split | opened no | simopen no | why SYN+ACK with another number (frame 4), which nobody");
    PLAY(CROSSED_AND_ANSWERED_ANEW,
         "a > . 1:1(0) ack b2:1        | conn 0",
         "~ which number is acknowledged is known only then",
         "= open Three-way | opened yes");
    PLAY(CROSSED_AND_ANSWERED_ANEW,
         "a > . 1:1(0) ack b1:1        | conn 0",
         "= open Simultaneous or split");
    PLAY("isn b2 7838566",
         "b > S 0:0(0)                 | conn 0",
         "b2 > SA 0:0(0) ack 1         | conn -",
         "= open Incomplete");
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

static void an_acknowledgement_with_another_number_splits_no_handshake(void **state)
{
    (void)state;
    /* a SYN that the attempt before had acknowledged came again */
    PLAY("isn b2 790382",
         "a > S 0:0(0)",
         "b > . 1:1(0) ack 1        | conn 0",
         "b2 > S 0:0(0)             | conn 0",
         "a > SA 0:0(0) ack b2:1    | conn 0",
         "b2 > . 1:1(0) ack 1       | conn 0",
         "= open Simultaneous or split | opened yes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_syns_and_both_syn_acks_are_simultaneous),
        TEST(the_syn_acks_of_a_simultaneous_open_are_no_retransmissions),
        TEST(kernels_add_pure_acks_which_are_no_further_steps),
        TEST(a_crossing_syn_ack_may_be_answered_by_a_challenge_ack_first),
        TEST(which_end_is_n_depends_on_the_capture_and_nothing_else_does),
        TEST(crossing_syn_acks_prove_it_without_the_second_syn),
        TEST(crossing_syn_acks_prove_it_without_any_syn),
        TEST(syn_acks_that_do_not_acknowledge_each_other_prove_nothing),
        TEST(a_side_that_alone_sends_syn_ack_after_its_later_syn_is_no_split),
        TEST(retransmitted_syns_before_the_crossing_keep_the_first_ones_role),
        TEST(a_duplicate_syn_in_syn_received_is_challenged),
        TEST(data_may_come_before_the_last_ack_of_a_simultaneous_open),
        TEST(a_lost_syn_ack_is_not_retransmitted_but_completed),
        TEST(the_first_syn_ack_may_pass_before_the_second_syn),
        TEST(a_late_syn_counts_as_its_senders_syn),
        TEST(a_late_syn_of_the_answering_end_makes_it_simultaneous),
        TEST(one_syn_ack_after_both_syns_fits_two_histories),
        TEST(an_ack_before_the_second_syn_proves_a_split_handshake),
        TEST(a_reordered_ack_after_the_second_syn_is_no_proof_of_a_split_handshake),
        TEST(a_stale_ack_is_no_proof_of_a_split_handshake),
        TEST(nor_is_one_with_a_number_beyond_its_senders_syn),
        TEST(a_split_responder_that_also_sends_syn_ack_is_simultaneous),
        TEST(two_syns_and_silence_are_either_and_attempted_only),
        TEST(two_syns_and_a_rst_are_either_and_attempted_only),
        TEST(two_syns_and_pure_acks_only_are_either),
        TEST(syn_then_syn_ack_of_one_end_without_the_peers_syn_is_either),
        TEST(a_syn_ack_with_another_number_that_nobody_acknowledges_leaves_it_open),
        TEST(a_retransmission_of_the_first_syn_after_the_second_proves_nothing),
        TEST(an_acknowledgement_with_another_number_splits_no_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
