/* test_attempt.c
 * Which attempt to connect a SYN, and what answers it, belong to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* --- another attempt --- */

static void a_syn_with_another_isn_begins_a_connection(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | conn 0",
         "+1 a2 > S 0:0(0)      | conn 1 | role 1.SYN n",
         "b > SA 0:0(0) ack 1   | conn 1",
         "a2 > . 1:1(0) ack 1   | conn 1",
         "= open Incomplete | close Open",
         "=1 open Three-way");
}

static void a_syn_after_the_timeout_begins_a_connection_even_with_the_same_isn(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | conn 0",
         "+179 a > S 0:0(0)     | conn 0 | role 1.SYN n (repeat)",
         "+179 a > S 0:0(0)     | conn 0 | role 1.SYN n (repeat)",
         "+181 a > S 0:0(0)     | conn 1 | role 1.SYN n",
         "= open Incomplete",
         "=1 open Incomplete");
}

static void a_refused_syn_sent_again_is_the_same_attempt(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         "a > S 0:0(0)",
         "b > RA 0:0(0) ack 1",
         "+1 a > S 0:0(0)       | conn 0 | role 1.SYN n (repeat)");
}

/* --- a SYN that is alive --- */

static void the_peers_first_syn_while_a_syn_is_alive_crosses_it(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "+179 b > S 0:0(0)     | conn 0 | role 1.SYN k",
         "= open Simultaneous or split");
}

static void a_syn_is_not_alive_once_it_is_stale(void **state)
{
    (void)state;
    /* on symmetric ports the timeout separates two attempts from one simultaneous open */
    PLAY("a > S 0:0(0)",
         "+181 b > S 0:0(0)     | conn 1 | role 1.SYN n",
         "= open Incomplete",
         "=1 open Incomplete");
}

static void a_syn_is_alive_since_its_last_transmission(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "+179 a > S 0:0(0)     | conn 0 | role 1.SYN n (repeat)",
         "+179 b > S 0:0(0)     | conn 0 | role 1.SYN k",
         "= open Simultaneous or split");
}

static void a_syn_is_not_alive_once_it_was_refused(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > RA 0:0(0) ack 1",
         "b > S 0:0(0)          | conn 1 | role 1.SYN n",
         "a > RA 0:0(0) ack 1   | conn 1 | reset counts",
         "= open Refused",
         "=1 open Refused");
}

static void a_syn_is_not_alive_once_its_sender_has_sent_data(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "a > . 1:1(0) ack 1",
         "a > P. 1:101(100) ack 1",
         "b2 > S 0:0(0)         | conn 1",
         "= open Unknown",
         "=1 open Incomplete");
    PLAY("a > S 0:0(0)",
         "a > F. 1:1(0) ack 1",
         "b2 > S 0:0(0)         | conn 1",
         "= open Unknown");
}

static void a_syn_is_not_alive_once_its_senders_rst_shows_that_it_was_answered(void **state)
{
    (void)state;
    /* b's SYN+ACK was not captured, nor was a's second SYN */
    PLAY("a > S 0:0(0)             | conn 0",
         "a > R 1:1(0)             | conn 0",
         "+0.1 b > S 0:0(0)        | conn 1",
         "a2 > SA 0:0(0) ack 1     | conn 1",
         "b > SA 0:0(0) ack a2:1   | conn 1",
         "= open Unknown | opened no",
         "=1 open Simultaneous");
    /* its sender goes on all the same: in the end the SYN+ACKs bring both SYNs together */
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)             | conn 0",
         "a > R 1:1(0)             | conn 0",
         "+1 a > S 0:0(0)          | conn 0",
         "b > S 0:0(0)             | conn 0",
         "a > SA 0:0(0) ack 1      | conn 0",
         "b > SA 0:0(0) ack 1      | conn 0",
         "= open Simultaneous | opened yes");
}

static void a_stale_syn_sent_again_crosses_a_living_one(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)          | conn 0",
         "+200 b > S 0:0(0)     | conn 1",
         "a > S 0:0(0)          | conn 1 | role 1.SYN k",
         "a > SA 0:0(0) ack 1   | conn 1",
         "b > SA 0:0(0) ack 1   | conn 1",
         "= open Incomplete",
         "=1 open Simultaneous | simopen yes");
}

static void a_syn_that_was_acknowledged_with_data_still_crosses(void **state)
{
    (void)state;
    PLAY("b > S 0:0(0)",
         "b > P. 1:101(100) ack 1   | conn 0",
         "a > S 0:0(0)              | conn 0",
         "b > F. 101:101(0) ack 1   | conn 0",
         "= open Simultaneous or split | close Half-closed");
}

/* --- a SYN that moves --- */

static void an_unanswered_syn_moves_to_its_peers_new_attempt(void **state)
{
    (void)state;
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)             | conn 0 | role 1.SYN n",
         "b > S 0:0(0)             | now conn 0 | conn 1 | role 1.SYN n",
         "+1 a2 > S 0:0(0)         | conn 1 | role 1.SYN k",
         "b > SA 0:0(0) ack 1      | conn 1 | role 2.ACK k+1",
         "a2 > SA 0:0(0) ack 1     | conn 1 | role 2.ACK n+1",
         "= open Incomplete | close Open",
         "=1 open Simultaneous | simopen yes | opened yes");
}

static void a_syn_moves_along_several_attempts(void **state)
{
    (void)state;
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)             | conn 0",
         "b > S 0:0(0)             | now conn 0 | conn 2",
         "+1 a2 > S 0:0(0)         | conn 1",
         "+1 b > S 0:0(0)          | now conn 1 | conn 2 | role 1.SYN n (repeat)",
         "+1 a3 > S 0:0(0)         | conn 2 | role 1.SYN k",
         "a3 > SA 0:0(0) ack 1     | conn 2 | role 2.ACK n+1",
         "b > SA 0:0(0) ack a3:1   | conn 2 | role 2.ACK k+1",
         "= open Incomplete",
         "=1 open Incomplete",
         "=2 open Simultaneous | simopen yes");
}

static void a_moved_syn_belongs_in_the_end_to_the_attempt_that_acknowledges_it(void **state)
{
    (void)state;
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)             | conn 0 | role 1.SYN n",
         "b > S 0:0(0)             | conn 0 | role 1.SYN k",
         "+1 a2 > S 0:0(0)         | conn 1",
         "a > SA 0:0(0) ack 1      | conn 0 | role 2.ACK k+1",
         "b > SA 0:0(0) ack a1:1   | conn 0 | role 2.ACK n+1",
         "= open Simultaneous | simopen yes",
         "=1 open Incomplete");
}

static void an_answered_syn_does_not_move(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)             | conn 0",
         "b > S 0:0(0)             | conn 0",
         "a > SA 0:0(0) ack 1      | conn 0",
         "+1 a2 > S 0:0(0)         | conn 1",
         "= open Simultaneous or split",
         "=1 open Incomplete");
}

static void a_syn_that_was_refused_does_not_move(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)             | conn 0",
         "b > S 0:0(0)             | conn 0",
         "a > RA 0:0(0) ack 1      | conn 0 | reset counts",
         "a2 > S 0:0(0)            | conn 1 | role 1.SYN n",
         "= open Simultaneous or split | close Reset",
         "=1 open Incomplete");
}

static void whoever_refused_a_syn_stays_though_its_own_is_answered_elsewhere(void **state)
{
    (void)state;
    /* b's SYN overtook the RST that b had sent before it */
    PLAY("~ a SYN that was not captured makes it look like another attempt",
         "a > S 0:0(0)             | conn 0",
         "b > S 0:0(0)             | conn 0",
         "b > RA zero ack a1:1     | conn 0 | reset counts",
         "a2 > S 0:0(0)            | conn 1",
         "a2 > SA 0:0(0) ack b:1   | conn 1",
         "a2 > . 1:1(0) ack b:1    | conn 1",
         "= open Simultaneous or split | close Reset",
         "=1 open Simultaneous or split | close Open");
}

static void a_refused_syn_follows_its_sender_who_acknowledges_the_peers(void **state)
{
    (void)state;
    /* the RST never reached b, whose SYN+ACK comes late */
    PLAY("~ the SYN moves",
         "b > S 0:0(0)              | conn 1",
         "a > RA zero ack 1         | conn 0",
         "a > S 0:0(0)              | conn 1",
         "b > . 1:1(0) ack 1        | conn 1",
         "b > SA 0:0(0) ack 1       | conn 1",
         "a > . 1:1(0) ack 1        | conn 1",
         "a > F. 1:1(0) ack 1       | conn 1",
         "b > F. 1:1(0) ack 2       | conn 1",
         "a > . 2:2(0) ack 2        | conn 1",
         "=1 open Simultaneous or split | close Orderly | holders a");
    /* but not if that was answered */
    PLAY("~ a SYN that was not captured makes it look like another attempt",
         "isn a2 200000",
         "b > S 0:0(0)              | conn 0",
         "a > SA 0:0(0) ack 1       | conn 0",
         "a2 > S 0:0(0)             | conn 1",
         "b > . 1:1(0) ack a2:1     | conn 1",
         "b > . 1:1(0) ack a1:1     | conn 0",
         "= open Three-way");
}

static void a_syn_beyond_its_senders_data_is_of_another_attempt(void **state)
{
    (void)state;
    /* what b sent to a's SYN was of a connection that it still had; that is refused, as nobody is there */
    PLAY("~ the second is of another attempt",
         "isn b2 31464",
         "a > S 0:0(0)              | conn 0",
         "b > P. 0:423(423) ack 1   | conn 0",
         "b2 > S 0:0(0)             | conn 1",
         "a > RA zero ack b2:1      | conn 1",
         "b2 > S 0:0(0)             | conn 1",
         "a > RA zero ack b2:1      | conn 1",
         "=1 open Refused | close Reset");
}

static void both_ends_may_make_new_attempts(void **state)
{
    (void)state;
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)             | conn 0",
         "b > S 0:0(0)",
         "+1 a2 > S 0:0(0)         | conn 2",
         "+1 b2 > S 0:0(0)         | conn 2",
         "a2 > SA 0:0(0) ack b2:1  | conn 2",
         "b2 > SA 0:0(0) ack a2:1  | conn 2",
         "= simopen no",
         "=1 simopen no",
         "=2 open Simultaneous | simopen yes | opened yes");
}

static void hole_punching_with_retransmissions_on_both_sides(void **state)
{
    (void)state;
    PLAY("~ the crossing SYN moves",
         "b > S 0:0(0)             | role 1.SYN n",
         "+1 b > S 0:0(0)          | role 1.SYN n (repeat)",
         "a > S 0:0(0)             | conn 0",
         "+0.5 a > S 0:0(0)        | conn 0 | role 1.SYN n (repeat)",
         "+1 a2 > S 0:0(0)         | conn 1 | role 1.SYN k",
         "+1 b > S 0:0(0)          | conn 1 | role 1.SYN n (repeat)",
         "+1 a2 > S 0:0(0)         | conn 1 | role 1.SYN k (repeat)",
         "a2 > SA 0:0(0) ack 1     | conn 1 | role 2.ACK n+1 | answers 6",
         "b > SA 0:0(0) ack a2:1   | conn 1 | role 2.ACK k+1 | answers 7",
         "= open Incomplete",
         "=1 open Simultaneous | simopen yes | opened yes | n b:0 | k a2:0");
}

/* --- a SYN+ACK --- */

static void a_late_syn_ack_belongs_to_the_attempt_it_acknowledges(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | conn 0",
         "+1 a2 > S 0:0(0)        | conn 1",
         "b > SA 0:0(0) ack a1:1  | conn 0 | role 2.ACK n+1",
         "a > R 1:1(0)            | conn 0 | reset counts",
         "b2 > SA 0:0(0) ack a2:1 | conn 1 | role 2.ACK n+1",
         "a2 > . 1:1(0) ack 1     | conn 1 | role 3.ACK k+1",
         "= open Three-way | close Reset",
         "=1 open Three-way | close Open");
}

static void a_syn_ack_to_an_earlier_attempt_belongs_to_that(void **state)
{
    (void)state;
    /* b answers a's first SYN, whose socket is gone; its numbers name the attempt */
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)             | conn 0",
         "b > S 0:0(0)             | conn 0",
         "+1 a2 > S 0:0(0)         | conn 1",
         "b > SA 0:0(0) ack a1:1   | conn 0",
         "= open Simultaneous",
         "=1 open Incomplete");
}

static void syn_acks_of_two_attempts_do_not_confuse(void **state)
{
    (void)state;
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)",
         "b > S 0:0(0)",
         "+1 a2 > S 0:0(0)",
         "b > SA 0:0(0) ack a2:1",
         "a > SA 0:0(0) ack 1",
         "a2 > SA 0:0(0) ack 1");
}

static void a_syn_ack_whose_attempt_was_left_has_no_step(void **state)
{
    (void)state;
    PLAY("isn b2 2986344448",
         "~ the SYN moves",
         "b > SA 0:0(0) ack a1:1000",
         "a > S 0:0(0)",
         "a > SA 0:0(0) ack b1:1",
         "b2 > S 0:0(0)",
         "b2 > SA 0:0(0) ack a1:1");
}

static void a_syn_whose_sender_has_gone_on_awaits_no_syn_ack(void **state)
{
    (void)state;
    /* the SYN+ACK to the first SYN and the second SYN were not captured */
    PLAY("a > S 0:0(0)",
         "a > R 1:1(0)",
         "+1 b2 > SA 0:0(0) ack a2:1      | conn 1",
         "a2 > . 1:1(0) ack 1             | conn 1",
         "b2 > F. 1:1(0) ack 1            | conn 1",
         "a2 > F. 1:1(0) ack 1            | conn 1",
         "= simclose no",
         "=1 simclose yes");
}

static void a_syn_ack_to_an_attempt_that_was_reset_stays_with_its_own_syn(void **state)
{
    (void)state;
    PLAY("~ the peer's SYN was of the attempt before",
         "a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > R 1:1(0)",
         "+1 a2 > S 0:0(0)            | conn 1",
         "a2 > SA 0:0(0) ack 1        | conn 1",
         "=1 open Simultaneous or split");
}

/* --- a RST --- */

static void a_rst_that_acknowledges_a_syn_belongs_to_it_whatever_its_number(void **state)
{
    (void)state;
    PLAY("~ the crossing SYN moves",
         "a > S 0:0(0)",
         "b > S 0:0(0)",
         "+1 a2 > S 0:0(0)",
         "b > RA 500000000:500000000(0) ack a2:1 | conn 1 | reset counts");
}

static void a_rst_without_ack_belongs_where_it_is_expected(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "+1 b2 > S 0:0(0)            | conn 1",
         "a > R 1:1(0)                | conn 0 | reset counts",
         "= close Reset",
         "=1 open Incomplete");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_syn_with_another_isn_begins_a_connection),
        TEST(a_syn_after_the_timeout_begins_a_connection_even_with_the_same_isn),
        TEST(a_refused_syn_sent_again_is_the_same_attempt),
        TEST(the_peers_first_syn_while_a_syn_is_alive_crosses_it),
        TEST(a_syn_is_not_alive_once_it_is_stale),
        TEST(a_syn_is_alive_since_its_last_transmission),
        TEST(a_syn_is_not_alive_once_it_was_refused),
        TEST(a_syn_is_not_alive_once_its_sender_has_sent_data),
        TEST(a_syn_is_not_alive_once_its_senders_rst_shows_that_it_was_answered),
        TEST(a_stale_syn_sent_again_crosses_a_living_one),
        TEST(a_syn_that_was_acknowledged_with_data_still_crosses),
        TEST(an_unanswered_syn_moves_to_its_peers_new_attempt),
        TEST(a_syn_moves_along_several_attempts),
        TEST(a_moved_syn_belongs_in_the_end_to_the_attempt_that_acknowledges_it),
        TEST(an_answered_syn_does_not_move),
        TEST(a_syn_that_was_refused_does_not_move),
        TEST(whoever_refused_a_syn_stays_though_its_own_is_answered_elsewhere),
        TEST(a_refused_syn_follows_its_sender_who_acknowledges_the_peers),
        TEST(a_syn_beyond_its_senders_data_is_of_another_attempt),
        TEST(both_ends_may_make_new_attempts),
        TEST(hole_punching_with_retransmissions_on_both_sides),
        TEST(a_late_syn_ack_belongs_to_the_attempt_it_acknowledges),
        TEST(a_syn_ack_to_an_earlier_attempt_belongs_to_that),
        TEST(syn_acks_of_two_attempts_do_not_confuse),
        TEST(a_syn_ack_whose_attempt_was_left_has_no_step),
        TEST(a_syn_whose_sender_has_gone_on_awaits_no_syn_ack),
        TEST(a_syn_ack_to_an_attempt_that_was_reset_stays_with_its_own_syn),
        TEST(a_rst_that_acknowledges_a_syn_belongs_to_it_whatever_its_number),
        TEST(a_rst_without_ack_belongs_where_it_is_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
