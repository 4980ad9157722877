/* test_syn.c
 * What SYNs and SYN+ACKs carry, and SYN+ACKs whose number changes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

static void data_on_a_syn_may_be_acknowledged_or_not(void **state)
{
    (void)state;
    PLAY("a > S 0:100(100)      | role 1.SYN n",
         "b > SA 0:0(0) ack 101 | role 2.ACK n+1 | answers 1",
         "a > . 101:101(0) ack 1 | role 3.ACK k+1",
         "= open Three-way | opened yes");
    PLAY("a > S 0:100(100)",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "a > P. 1:101(100) ack 1 | role 3.ACK k+1",
         "= open Three-way | opened yes");
    PLAY("a > S 0:100(100)",
         "b > SA 0:0(0) ack 51  | role 2.ACK n+1",
         "a > P. 51:101(50) ack 1 | role 3.ACK k+1",
         "= open Three-way | opened yes");
}

static void a_syn_retransmitted_without_its_data_is_the_same_syn(void **state)
{
    (void)state;
    PLAY("a > S 0:100(100)",
         "+1 a > S 0:0(0)       | role 1.SYN n (repeat)",
         "b > SA 0:0(0) ack 1",
         "a > P. 1:101(100) ack 1 | role 3.ACK k+1",
         "= open Three-way | conn 0");
    PLAY("a > S 0:100(100)",
         "+1 a > S 0:0(0)",
         "b > SA 0:0(0) ack 101",
         "a > . 101:101(0) ack 1 | role 3.ACK k+1",
         "= open Three-way | conn 0");
}

static void crossing_tfo_syns_are_answered_without_their_data(void **state)
{
    (void)state;
    PLAY("a > S 0:100(100)      | role 1.SYN n",
         "b > S 0:200(200)      | role 1.SYN k",
         "a > SA 0:0(0) ack 1   | role 2.ACK k+1",
         "b > SA 0:0(0) ack 1   | role 2.ACK n+1",
         "a > . 101:101(0) ack 1 | role -",
         "b > . 201:201(0) ack 1 | role -",
         "= open Simultaneous | simopen yes | opened yes");
}

static void a_tfo_syn_can_be_refused_with_or_without_its_data(void **state)
{
    (void)state;
    PLAY("a > S 0:100(100)",
         "b > RA 0:0(0) ack 101 | reset counts",
         "= open Refused");
    PLAY("a > S 0:100(100)",
         "b > RA 0:0(0) ack 1   | reset counts",
         "= open Refused");
}

static void a_syn_ack_may_carry_data(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:200(200) ack 1 | role 2.ACK n+1",
         "a > . 1:1(0) ack 201  | role 3.ACK k+1",
         "= open Three-way | opened yes");
}

static void a_syn_ack_may_carry_fin(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SAF 0:0(0) ack 1  | role 2.ACK n+1, 1.FIN n",
         "a > . 1:1(0) ack 2    | role 3.ACK k+1, 2.ACK n+1",
         "= open Three-way | opened yes | close Half-closed");
}

static void a_syn_with_fin_is_a_syn(void **state)
{
    (void)state;
    PLAY("a > SF 0:0(0)          | role 1.SYN n",
         "b > SA 0:0(0) ack 1    | role 2.ACK n+1",
         "a > . 1:1(0) ack 1     | role 3.ACK k+1",
         "= open Three-way | close Open");
}

static void syn_with_rst_is_a_rst(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SRA 0:0(0) ack 1  | role - | reset counts",
         "= open Refused | close Reset");
}

static void the_number_of_a_syn_ack_may_change_and_the_acknowledged_one_counts(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "b2 > SA 0:0(0) ack 1  | conn 0",
         "a > . 1:1(0) ack b2:1 | role 3.ACK k+1 | k b2:0 | conn 0",
         "= open Three-way | opened yes");
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "b2 > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack b1:1 | role 3.ACK k+1 | k b:0 | conn 0",
         "a > P. 1:101(100) ack b1:1 | conn 0",
         "b > . 1:1(0) ack 101  | conn 0",
         "= open Three-way | opened yes");
}

static void the_number_of_a_syn_ack_may_change_to_any_other(void **state)
{
    (void)state;
    PLAY("isn b2 2000000000",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "+1 a > S 0:0(0)",
         "b2 > SA 0:0(0) ack 1   | conn 0",
         "a > . 1:1(0) ack b2:1  | role 3.ACK k+1 | conn 0 | k b2:0",
         "b2 > P. 1:201(200) ack 1 | conn 0",
         "a > F. 1:1(0) ack 201  | conn 0",
         "b2 > F. 201:201(0) ack 2 | conn 0",
         "a > . 2:2(0) ack 202   | conn 0",
         "= open Three-way | opened yes | close Orderly | holders a");
    PLAY("isn b2 -2000000000",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "+1 a > S 0:0(0)",
         "b2 > SA 0:0(0) ack 1   | conn 0",
         "a > . 1:1(0) ack b1:1  | role 3.ACK k+1 | conn 0 | k b:0",
         "b > P. 1:201(200) ack 1 | conn 0",
         "a > F. 1:1(0) ack 201  | conn 0",
         "b > F. 201:201(0) ack 2 | conn 0",
         "a > . 2:2(0) ack 202   | conn 0",
         "= open Three-way | opened yes | close Orderly | holders a");
}

static void it_belongs_with_its_acknowledgement_captured_before(void **state)
{
    (void)state;
    /* what had shown b's SYN was not captured, and a's came late */
    PLAY("b > P. 1:101(100) ack 1 | conn 0",
         "b > F. 101:101(0) ack 1 | conn 0",
         "a > S 0:0(0)            | conn 0",
         "a > F. 1:1(0) ack 102   | conn 0",
         "b > . 102:102(0) ack 2  | conn 0",
         "= open Unknown | close Orderly | holders b");
    /* nothing else is near enough */
    PLAY("b > P. 1:101(100) ack 2 | conn 0",
         "a > S 0:0(0)            | conn 1");
}

static void a_late_syn_ack_with_another_number_changes_nothing_any_more(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "+1 a > S 0:0(0)",
         "a > . 1:1(0) ack 1       | role 3.ACK k+1",
         "a > P. 1:101(100) ack 1",
         "b2 > SA 0:0(0) ack 1     | conn 0 | role 2.ACK n+1 (repeat)",
         "a > . 101:101(0) ack b1:1 | conn 0",
         "b > P. 1:201(200) ack 101 | conn 0",
         "a > . 101:101(0) ack 201 | conn 0",
         "b > F. 201:201(0) ack 101 | conn 0",
         "a > F. 101:101(0) ack 202 | conn 0",
         "b > . 202:202(0) ack 102 | conn 0",
         "= open Three-way | opened yes | close Orderly | holders b");
}

static void a_syn_before_a_syn_ack_with_another_number_is_its_senders_still(void **state)
{
    (void)state;
    PLAY("~ which of the two is its ISN",
         "a > S 0:0(0)",
         "b > S 0:0(0)           | conn 0",
         "b2 > SA 0:0(0) ack 1   | conn 0",
         "b > S 0:0(0)           | conn 0",
         "a > . 1:1(0) ack b2:1  | conn 0 | k b2:0",
         "= opened yes");
}

static void a_syn_ack_that_does_not_acknowledge_a_living_syn_is_a_stray(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 500 | conn -",
         "b > SA 0:0(0) ack 1   | conn 0 | role 2.ACK n+1",
         "a > . 1:1(0) ack 1",
         "= open Three-way");
}

static void a_syn_ack_of_an_own_syn_belongs_although_the_peers_was_not_captured(void **state)
{
    (void)state;
    /* of a split handshake in five segments, SYN k was not captured */
    PLAY("a > S 0:0(0)",
         "b > . 0:0(0) ack 1",
         "a > SA 0:0(0) ack 1         | conn 0",
         "b > . 1:1(0) ack 1",
         "= open Simultaneous or split");
}

static void a_syn_ack_that_acknowledges_the_first_of_two_isns_belongs(void **state)
{
    (void)state;
    PLAY("isn b2 1987",
         "~ of several SYN+ACKs the one that is acknowledged counts",
         "a > S 0:0(0)",
         "b > S 0:0(0)",
         "b2 > SA 0:0(0) ack 1",
         "a > SA 0:0(0) ack b1:1      | conn 0",
         "= open Simultaneous or split");
}

static void a_syn_is_acknowledged_whatever_was_captured_first(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "a > . 1:1(0) ack b1:1",
         "b > SA 0:0(0) ack 1         | opened yes",
         "b > RA 1:1(0) ack 1",
         "= open Three-way | opened yes | close Reset");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_syn_ack_that_acknowledges_the_first_of_two_isns_belongs),
        TEST(a_syn_is_acknowledged_whatever_was_captured_first),
        TEST(a_syn_ack_of_an_own_syn_belongs_although_the_peers_was_not_captured),
        TEST(data_on_a_syn_may_be_acknowledged_or_not),
        TEST(a_syn_retransmitted_without_its_data_is_the_same_syn),
        TEST(crossing_tfo_syns_are_answered_without_their_data),
        TEST(a_tfo_syn_can_be_refused_with_or_without_its_data),
        TEST(a_syn_ack_may_carry_data),
        TEST(a_syn_ack_may_carry_fin),
        TEST(a_syn_with_fin_is_a_syn),
        TEST(syn_with_rst_is_a_rst),
        TEST(the_number_of_a_syn_ack_may_change_and_the_acknowledged_one_counts),
        TEST(the_number_of_a_syn_ack_may_change_to_any_other),
        TEST(it_belongs_with_its_acknowledgement_captured_before),
        TEST(a_late_syn_ack_with_another_number_changes_nothing_any_more),
        TEST(a_syn_before_a_syn_ack_with_another_number_is_its_senders_still),
        TEST(a_syn_ack_that_does_not_acknowledge_a_living_syn_is_a_stray),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
