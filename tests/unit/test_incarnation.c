/* test_incarnation.c
 * Which incarnation of its 4-tuple a segment belongs to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* --- a connection begins --- */

static void the_same_isn_after_both_fins_were_acknowledged_begins_a_connection(void **state)
{
    (void)state;
    PLAY(CLOSED,
         "+1 a > S 0:0(0)       | conn 1 | role 1.SYN n",
         "b > SA 0:0(0) ack 1   | conn 1",
         "a > . 1:1(0) ack 1    | conn 1",
         "= close Orderly | holders a",
         "=1 open Three-way | close Open");
}

static void the_same_isn_after_a_reset_of_the_established_connection_begins_another(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > R 201:201(0)      | conn 0",
         "+1 a > S 0:0(0)       | conn 1 | role 1.SYN n",
         "= close Reset",
         "=1 open Incomplete");
}

static void a_syn_with_the_number_of_its_senders_syn_ack_came_late(void **state)
{
    (void)state;
    /* overtaken by all that followed */
    PLAY("~ a late SYN",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > P. 1:1180(1179) ack 1",
         "a > R. 1180:1180(0) ack 1",
         "b > S 0:0(0)                | conn 0",
         "a > RA zero ack b:1         | conn 0",
         "= open Simultaneous | close Reset | opened yes");
    PLAY("~ a late SYN",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a > R. 1:1(0) ack 1",
         "+600 b > S 0:0(0)           | conn 1",
         "= open Three-way");
    /* its SYN had come before that */
    PLAY("~ a late SYN",
         "a > S 0:0(0)",
         "b > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a > R. 1:1(0) ack 1",
         "b > S 0:0(0)                | conn 1");
}

static void the_same_isn_in_a_living_connection_is_a_retransmission(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > S 0:0(0)          | conn 0 | role 1.SYN n (repeat) | states ESTABLISHED/ESTABLISHED",
         "b > . 201:201(0) ack 101 | conn 0",
         "= open Three-way | close Open");
}

static void a_syn_on_a_four_tuple_captured_in_the_middle_begins_a_connection(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1",
         "b > . 1:1(0) ack 101",
         "a2 > S 0:0(0)         | conn 1",
         "b2 > SA 0:0(0) ack 1  | conn 1",
         "a2 > . 1:1(0) ack 1   | conn 1",
         "= open Unknown | close Open",
         "=1 open Three-way");
}

static void a_syn_ack_without_living_syn_begins_a_connection(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b2 > SA 0:0(0) ack a2:1 | conn 1 | role 2.ACK k+1",
         "a2 > . 1:1(0) ack 1   | conn 1 | role 3.ACK n+1",
         "= open Three-way | close Open",
         "=1 open Unknown");
}

static void a_syn_ack_to_an_ended_incarnations_syn_begins_a_connection(void **state)
{
    (void)state;
    /* b used its former ISN again, and its SYN was not captured */
    PLAY(CLOSED,
         "a2 > SA 0:0(0) ack b1:1 | conn 1",
         "= open Three-way | close Orderly | holders a",
         "=1 open Unknown | close Open");
}

static void what_follows_far_beyond_the_fins_is_another_connection(void **state)
{
    (void)state;
    /* its handshake was not captured */
    PLAY(CLOSED,
         "+1 a > P. 90000000:90000100(100) ack 80000000   | conn -",
         "a > P. 90000100:90000200(100) ack 80000000      | conn 1",
         "b > RA 80000000:80000000(0) ack 90000200        | conn 1 | reset counts",
         "= close Orderly | holders a",
         "=1 open Unknown | close Reset");
}

/* --- a provisional SYN --- */

static void a_syn_that_draws_a_challenge_ack_stands_alone(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a2 > S 0:0(0)               | conn 1 | role 1.SYN n",
         "b > . 201:201(0) ack a1:101 | conn 0",
         "a > P. 101:201(100) ack 201 | conn 0",
         "b > . 201:201(0) ack a1:201 | conn 0",
         "a > F. 201:201(0) ack 201   | conn 0 | role 1.FIN n",
         "b > F. 201:201(0) ack a1:202 | conn 0 | role 2.ACK n+1, 3.FIN k",
         "a > . 202:202(0) ack 202    | conn 0 | role 4.ACK k+1",
         "= open Three-way | close Orderly | holders a",
         "=1 open Incomplete | close Open");
}

static void a_syn_near_the_old_numbers_is_told_apart(void **state)
{
    (void)state;
    /* Linux in TIME-WAIT: 65537 past the old SND.NXT */
    PLAY("isn a2 65639", "isn b2 65739",
         CLOSED,
         "+1 a2 > S 0:0(0)            | conn 1",
         "b2 > SA 0:0(0) ack 1        | conn 1",
         "b > F. 201:201(0) ack a1:102 | conn 0 | role 3.FIN k (repeat)",
         "a > . 102:102(0) ack b1:202 | conn 0 | role 4.ACK k+1 (repeat)",
         "a2 > . 1:1(0) ack b2:1      | conn 1 | role 3.ACK k+1",
         "a2 > P. 1:101(100) ack b2:1 | conn 1",
         "= close Orderly | holders a",
         "=1 open Three-way | close Open | opened yes");
}

static void a_syn_in_time_wait_that_is_challenged_comes_again(void **state)
{
    (void)state;
    /* Linux: the challenge ACK draws a RST, which ends TIME-WAIT; the SYN is accepted the second time */
    PLAY(CLOSED,
         "+1 b2 > S 0:0(0)            | conn 1 | role 1.SYN n",
         "a > . 102:102(0) ack b1:202 | conn 0",
         "b > R 202:202(0)            | conn 0",
         "+1 b2 > S 0:0(0)            | conn 1 | role 1.SYN n (repeat)",
         "a2 > SA 0:0(0) ack 1        | conn 1 | role 2.ACK n+1",
         "b2 > . 1:1(0) ack a2:1      | conn 1 | role 3.ACK k+1",
         "= close Orderly | holders a",
         "=1 open Three-way | close Open | opened yes");
}

/* --- a handshake of which a part was captured --- */

static void a_syn_ack_joins_what_its_sender_sent_next(void **state)
{
    (void)state;
    /* the SYN, and the first SYN+ACK, were not captured: what acknowledges the SYN that came again was captured first */
    PLAY("b > . 1:1(0) ack 1",
         "b > SA 0:0(0) ack 1       | conn 0",
         "a > . 1:1(0) ack 1        | conn 0",
         "a > F. 1:1(0) ack 1       | conn 0",
         "b > P. 1:101(100) ack 1   | conn 0",
         "= open Unknown | close Half-closed");
}

static void an_acknowledgement_before_its_senders_syn_belongs_to_it(void **state)
{
    (void)state;
    /* of a split handshake neither SYN was captured */
    PLAY("b > . 0:0(0) ack 1",
         "a > SA 0:0(0) ack 1       | conn 0",
         "b > . 1:1(0) ack 1        | conn 0",
         "= open Unknown | opened yes");
}

static void a_syn_goes_along_with_its_senders_acknowledgement_before_it(void **state)
{
    (void)state;
    /* of a split handshake the first SYN was not captured */
    PLAY("b > . 0:0(0) ack 1",
         "b > S 0:0(0)              | conn 0",
         "a > SA 0:0(0) ack 1       | conn 0",
         "b > . 1:1(0) ack 1        | conn 0",
         "a > F. 1:1(0) ack 1       | conn 0",
         "b > F. 1:1(0) ack 2       | conn 0",
         "= opened yes | close Orderly");
    /* which acknowledged it already */
    PLAY("b > . 0:0(0) ack 1",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "= opened yes");
}

static void a_syn_does_not_go_along_where_more_was_captured(void **state)
{
    (void)state;
    PLAY("b > . 0:0(0) ack 1",
         "a > P. 1:11(10) ack 0",
         "b > S 0:0(0)              | conn 1",
         "= open Unknown");
    PLAY("b > . 0:0(0) ack 1",
         "b > S 7:7(0)              | conn 1",
         "= open Unknown");
    PLAY("b > P. 0:10(10) ack 1",
         "b > S 10:10(0)            | conn 1",
         "= open Unknown");
}

/* --- old segments --- */

static void an_old_fin_after_a_reuse_is_not_the_new_connections_fin(void **state)
{
    (void)state;
    PLAY(CLOSED,
         "+1 a2 > S 0:0(0)              | conn 1",
         "b2 > SA 0:0(0) ack a2:1       | conn 1",
         "a2 > . 1:1(0) ack 1           | conn 1",
         "b > F. 201:201(0) ack a1:102  | conn 0 | role 3.FIN k (repeat)",
         "a2 > P. 1:101(100) ack b2:1   | conn 1",
         "b2 > P. 1:201(200) ack a2:101 | conn 1",
         "= close Orderly | holders a | closed yes",
         "=1 open Three-way | close Open");
}

static void the_new_connection_closes_on_its_own(void **state)
{
    (void)state;
    PLAY(CLOSED,
         "b2 > S 0:0(0)                 | conn 1 | role 1.SYN n",
         "a2 > SA 0:0(0) ack 1          | conn 1",
         "b2 > . 1:1(0) ack 1           | conn 1",
         "b2 > F. 1:1(0) ack 1          | conn 1 | role 1.FIN n | n b2:1",
         "a > . 102:102(0) ack b1:202   | conn 0",
         "a2 > F. 1:1(0) ack b2:1       | conn 1 | role 1.FIN k",
         "b2 > . 2:2(0) ack 2           | conn 1",
         "a2 > . 2:2(0) ack 2           | conn 1",
         "= close Orderly | holders a",
         "=1 open Three-way | close Simultaneous | holders a b");
}

static void an_old_rst_after_a_reuse_ends_no_new_connection(void **state)
{
    (void)state;
    PLAY("isn a2 65639", "isn b2 65739",
         CLOSED,
         "+1 a2 > S 0:0(0)         | conn 1",
         "b2 > SA 0:0(0) ack 1     | conn 1",
         "a2 > . 1:1(0) ack 1      | conn 1",
         "a > R 102:102(0)         | conn 0",
         "b > R 202:202(0)         | conn 0",
         "a2 > P. 1:101(100) ack b2:1 | conn 1",
         "= close Orderly | holders a",
         "=1 open Three-way | close Open");
}

static void old_data_after_a_reuse_belongs_to_the_old_connection(void **state)
{
    (void)state;
    PLAY(CLOSED,
         "a2 > S 0:0(0)               | conn 1",
         "b2 > SA 0:0(0) ack 1        | conn 1",
         "a2 > . 1:1(0) ack 1         | conn 1",
         "b > P. 1:201(200) ack a1:101 | conn 0",
         "a > . 102:102(0) ack b1:202 | conn 0",
         "a2 > P. 1:101(100) ack b2:1 | conn 1",
         "= close Orderly | holders a",
         "=1 open Three-way | close Open");
}

static void many_reuses_keep_their_old_fins_apart(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)", "b > SA 0:0(0) ack 1", "a > F. 1:1(0) ack 1", "b > F. 1:1(0) ack 2", "a > . 2:2(0) ack 2",
         "a2 > S 0:0(0)", "b2 > SA 0:0(0) ack 1", "a2 > F. 1:1(0) ack 1", "b2 > F. 1:1(0) ack 2",
         "a2 > . 2:2(0) ack 2",
         "a3 > S 0:0(0)", "b3 > SA 0:0(0) ack 1", "a3 > . 1:1(0) ack 1",
         "b2 > F. 1:1(0) ack a2:2  | conn 1 | role 3.FIN k (repeat)",
         "b > F. 1:1(0) ack a1:2   | conn 0 | role 3.FIN k (repeat)",
         "a2 > . 2:2(0) ack b2:2   | conn 1 | role 4.ACK k+1 (repeat)",
         "a > . 2:2(0) ack b1:2    | conn 0 | role 4.ACK k+1 (repeat)",
         "= close Orderly | holders a",
         "=1 close Orderly | holders a",
         "=2 open Three-way | close Open");
}

/* --- of none --- */

static void a_segment_that_fits_none_is_evidence_for_nothing(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > P. 1500000000:1500000100(100) ack 1400000000 | conn -",
         "a > F. 1300000000:1300000000(0) ack 1200000000   | conn -",
         "b > . 201:201(0) ack 101      | conn 0",
         "= open Three-way | close Open | opened yes");
}

static void a_segment_without_ack_rst_or_syn_is_a_stray(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > - 101:201(100)            | conn -",
         "= open Three-way | close Open");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_isn_after_both_fins_were_acknowledged_begins_a_connection),
        TEST(the_same_isn_after_a_reset_of_the_established_connection_begins_another),
        TEST(a_syn_with_the_number_of_its_senders_syn_ack_came_late),
        TEST(the_same_isn_in_a_living_connection_is_a_retransmission),
        TEST(a_syn_on_a_four_tuple_captured_in_the_middle_begins_a_connection),
        TEST(a_syn_ack_without_living_syn_begins_a_connection),
        TEST(a_syn_ack_to_an_ended_incarnations_syn_begins_a_connection),
        TEST(what_follows_far_beyond_the_fins_is_another_connection),
        TEST(a_syn_that_draws_a_challenge_ack_stands_alone),
        TEST(a_syn_near_the_old_numbers_is_told_apart),
        TEST(a_syn_in_time_wait_that_is_challenged_comes_again),
        TEST(a_syn_ack_joins_what_its_sender_sent_next),
        TEST(an_acknowledgement_before_its_senders_syn_belongs_to_it),
        TEST(a_syn_goes_along_with_its_senders_acknowledgement_before_it),
        TEST(a_syn_does_not_go_along_where_more_was_captured),
        TEST(an_old_fin_after_a_reuse_is_not_the_new_connections_fin),
        TEST(the_new_connection_closes_on_its_own),
        TEST(an_old_rst_after_a_reuse_ends_no_new_connection),
        TEST(old_data_after_a_reuse_belongs_to_the_old_connection),
        TEST(many_reuses_keep_their_old_fins_apart),
        TEST(a_segment_that_fits_none_is_evidence_for_nothing),
        TEST(a_segment_without_ack_rst_or_syn_is_a_stray),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
