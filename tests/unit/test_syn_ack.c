/* test_syn_ack.c
 * Which attempt a SYN+ACK belongs to where both ends dial again and again, or the capture has holes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

static void it_stays_with_its_own_syn_if_the_acknowledged_ones_sender_went_on(void **state)
{
    (void)state;
    PLAY("~ the peer's SYN was of the attempt before",
         "a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b2 > S 0:0(0)             | conn 1",
         "a > . 1:1(0) ack b1:1     | conn 0",
         "b2 > SA 0:0(0) ack 1      | conn 1",
         "b > R 1:1(0)              | conn 0 | reset counts",
         "b2 > R 1:1(0)             | conn 1 | reset counts",
         "= open Simultaneous or split | close Reset",
         "=1 open Simultaneous or split | close Reset | simopen no");
}

static void it_shows_that_its_sender_was_not_refused(void **state)
{
    (void)state;
    PLAY("~ the refusal did not end the attempt",
         "a > S 0:0(0)",
         "b > RA 0:0(0) ack 1       | conn 0 | reset counts",
         "b > S 0:0(0)              | conn 1",
         "a > RA 0:0(0) ack 1       | conn 1 | reset ignored",
         "b > SA 0:0(0) ack 1       | conn 1",
         "= open Refused | close Reset",
         "=1 open Simultaneous or split | close Open");
}

static void its_senders_syn_goes_along_though_it_was_acknowledged_before(void **state)
{
    (void)state;
    /* b, a listener, answers with a pure ACK and a bare SYN, forgets, and does so again with another ISN */
    PLAY("~ the SYN moves to the attempt in which it is answered",
         "a > S 0:0(0)",
         "b > . 0:0(0) ack 1",
         "b > S 0:0(0)",
         "+1 a > S 0:0(0)",
         "b2 > S 0:0(0)             | conn 1",
         "a > SA 0:0(0) ack b2:1    | conn 1",
         "b2 > . 1:1(0) ack 1       | conn 1",
         "a > F. 1:1(0) ack 1       | conn 1",
         "b2 > F. 1:1(0) ack 2      | conn 1",
         "a > . 2:2(0) ack 2        | conn 1",
         "= open Unknown | close Open",
         "=1 open Simultaneous or split | close Orderly | holders a | opened yes");
}

static void with_another_number_it_sends_back_the_syn_that_came_along(void **state)
{
    (void)state;
    PLAY("~ the SYN moves to the new attempt and back",
         "b > S 0:0(0)              | conn 0",
         "a > S 0:0(0)              | conn 0",
         "+0.7 a2 > S 0:0(0)        | conn 1",
         "b2 > SA 0:0(0) ack 1      | conn 1",
         "a2 > . 1:1(0) ack 1       | conn 1",
         "= open Simultaneous or split | close Open",
         "=1 open Three-way | opened yes");
}

static void a_syn_that_came_along_twice_goes_back_to_where_it_was_captured(void **state)
{
    (void)state;
    PLAY("~ the SYN moves to the new attempts and back",
         "a > S 0:0(0)              | conn 0",
         "b > S 0:0(0)              | conn 0",
         "+0.7 a2 > S 0:0(0)        | conn 1",
         "+0.7 a3 > S 0:0(0)        | conn 2",
         "b2 > SA 0:0(0) ack 1      | conn 2",
         "a3 > . 1:1(0) ack 1       | conn 2",
         "= open Simultaneous or split",
         "=1 open Incomplete",
         "=2 open Three-way");
}

static void a_handshake_that_is_over_expects_none(void **state)
{
    (void)state;
    /* the SYN of the second incarnation was not captured, nor the data and the FIN of the first */
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "b > F. 1:1(0) ack 137",
         "b > . 2:2(0) ack 138",
         "+2 b2 > SA 0:0(0) ack a2:1 | conn 1",
         "a2 > . 1:1(0) ack 1        | conn 1",
         "= open Three-way | close Half-closed",
         "=1 open Unknown | close Open | opened yes");
}

static void a_handshake_that_goes_on_makes_a_stray_of_it(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b2 > SA 0:0(0) ack a2:1    | conn -",
         "b > SA 0:0(0) ack a1:1     | conn 0",
         "= open Three-way");
}

static void what_acknowledges_a_stray_begins_a_connection(void **state)
{
    (void)state;
    /* both SYNs of the second attempt were not captured */
    PLAY("b > S 0:0(0)              | conn 0",
         "b2 > SA 0:0(0) ack a:1    | conn -",
         "a > . 1:1(0) ack b2:1     | conn 1",
         "a > P. 1:101(100) ack 1   | conn 1",
         "a > F. 101:101(0) ack 1   | conn 1",
         "= open Incomplete",
         "=1 open Unknown | close Half-closed");
    /* nor a's of the first: its earlier SYN+ACK was captured, and b's answer to it not */
    PLAY("isn a2 384352", "isn b2 376469",
         "b > S 0:0(0)              | conn 0",
         "a > S 0:0(0)              | conn 0",
         "b > SA 0:0(0) ack a1:1    | conn 0",
         "a2 > SA 0:0(0) ack b2:1   | conn -",
         "b2 > . 1:1(0) ack a2:1    | conn 1",
         "a2 > P. 1:397(396) ack b2:1 | conn 1",
         "= open Simultaneous or split | opened no",
         "=1 open Unknown");
}

static void with_its_syns_number_it_takes_that_along(void **state)
{
    (void)state;
    /* a's second SYN was not captured */
    PLAY("~ the crossing SYN moves",
         "isn a2 243580",
         "a > S 0:0(0)              | conn 0",
         "b > S 0:0(0)              | conn 1",
         "b > SA 0:0(0) ack a2:1    | conn 1",
         "a2 > P. 1:674(673) ack 1  | conn 1",
         "a2 > F. 674:674(0) ack 1  | conn 1",
         "b > F. 1:1(0) ack a2:675  | conn 1",
         "= open Incomplete | close Open | opened no",
         "=1 close Orderly");
}

/* b has answered a's SYN, and answers one of another attempt, which was not captured, by the same number. */
#define ANSWERS_ANOTHER \
    "isn a2 243580", \
        "a > S 0:0(0)              | conn 0", \
        "b > S 0:0(0)              | conn 0", \
        "b > SA 0:0(0) ack a1:1    | conn 0", \
        "b > SA 0:0(0) ack a2:1    | conn -"

static void but_not_if_that_was_answered(void **state)
{
    (void)state;
    PLAY("isn a2 243580",
         "a > S 0:0(0)              | conn 0",
         "b > S 0:0(0)              | conn 0",
         "a > SA 0:0(0) ack 1       | conn 0",
         "b > SA 0:0(0) ack a2:1    | conn -",
         "b > SA 0:0(0) ack a1:1    | conn 0",
         "= open Simultaneous | opened yes");
    PLAY(ANSWERS_ANOTHER,
         "a > SA 0:0(0) ack 1       | conn 0",
         "= open Simultaneous | opened yes");
    PLAY(ANSWERS_ANOTHER,
         "a > . 1:1(0) ack 1        | conn 0",
         "= opened yes");
}

static void what_was_acknowledged_before_is_none(void **state)
{
    (void)state;
    /* b answered with another number the second time: that was captured late */
    PLAY("isn b2 750118",
         "a > S 0:0(0)              | conn 0",
         "b > SA 0:0(0) ack 1       | conn 0",
         "a > P. 1:76(75) ack b2:1  | conn 0",
         "b2 > SA 0:0(0) ack 1      | conn 0",
         "a > . 76:76(0) ack b2:1   | conn 0",
         "b2 > F. 1:1(0) ack 77     | conn 0",
         "= open Three-way");
}

static void so_does_a_syn_of_its_sender_but_not_once_that_was_acknowledged(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "a2 > SA 0:0(0) ack b2:1   | conn -",
         "= open Incomplete");
    /* both SYNs of the second attempt were not captured */
    PLAY("a > S 0:0(0)",
         "b > . 1:1(0) ack a1:1     | conn 0",
         "a2 > SA 0:0(0) ack b2:1   | conn 1",
         "b2 > . 1:1(0) ack a2:1    | conn 1",
         "a2 > F. 1:1(0) ack 1      | conn 1",
         "=1 opened yes | close Half-closed");
    /* who waits for an answer to its own SYN expects none that does not acknowledge it */
    PLAY("a > S 0:0(0)",
         "b > . 0:0(0) ack a1:1     | conn 0",
         "b2 > SA 0:0(0) ack a2:1   | conn -",
         "= open Unknown");
}

static void it_belongs_with_its_acknowledgement_captured_before(void **state)
{
    (void)state;
    /* the SYN and the first SYN+ACK were not captured */
    PLAY("a > . 1:1(0) ack 1        | conn 0",
         "b > SA 0:0(0) ack 1       | conn 0",
         "a > . 1:1(0) ack 1        | conn 0",
         "b > P. 1:101(100) ack 1   | conn 0",
         "= open Unknown | opened yes");
}

static void so_it_does_where_its_peer_sent_more_by_then(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1   | conn 0",
         "b > SA 0:0(0) ack 1       | conn 0",
         "a > F. 101:101(0) ack 1   | conn 0",
         "b > . 1:1(0) ack 102      | conn 0",
         "b > F. 1:1(0) ack 102     | conn 0",
         "a > . 102:102(0) ack 2    | conn 0",
         "= open Unknown | opened yes | close Orderly | closed yes | holders a");
    /* even all that it had to send */
    PLAY("a > . 1:1(0) ack 1        | conn 0",
         "a > FP. 1:101(100) ack 1  | conn 0",
         "b > SA 0:0(0) ack 1       | conn 0",
         "b > F. 1:1(0) ack 102     | conn 0",
         "a > . 102:102(0) ack 2    | conn 0",
         "= open Unknown | opened yes | close Orderly | closed yes | holders a");
}

static void where_its_peer_had_got_to_by_then_is_not_forgotten(void **state)
{
    (void)state;
    /* a's FIN was sent before, as the number after it shows */
    PLAY("a > . 1:1(0) ack 1        | conn 0",
         "a > . 102:102(0) ack 1    | conn 0",
         "b > SA 0:0(0) ack 1       | conn 0",
         "b > F. 1:1(0) ack 1       | conn 0",
         "a > FP. 1:101(100) ack 2  | conn 0",
         "b > . 2:2(0) ack 102      | conn 0",
         "= open Unknown | close Simultaneous");
}

static void it_does_not_belong_where_its_peer_was_elsewhere(void **state)
{
    (void)state;
    PLAY("a > P. 11:21(10) ack 1    | conn 0",
         "b > SA 0:0(0) ack 1       | conn 1",
         "=1 open Unknown");
}

static void what_it_acknowledged_in_the_attempt_before_does_not_go_along(void **state)
{
    (void)state;
    PLAY("~ the peer's SYN goes along to its own SYN+ACK's attempt",
         "a > S 0:0(0)               | conn 0",
         "b > S 0:0(0)               | conn 1",
         "b > SA 0:0(0) ack a1:1",
         "a2 > S 0:0(0)              | conn 1",
         "a2 > SA 0:0(0) ack 1       | conn 1",
         "b > . 1:1(0) ack a1:1      | conn 0",
         "a > R 1:1(0)               | conn 0 | reset counts",
         "= open Unknown | close Reset",
         "=1 close Open");
}

static void an_end_that_has_acknowledged_something_does_not_go_along(void **state)
{
    (void)state;
    /* of b's first attempt nothing was captured but the RST that ends it */
    PLAY("a > S 0:0(0)               | conn 0",
         "a > . 1:1(0) ack b1:1      | conn 0",
         "b2 > S 0:0(0)              | conn 1",
         "b > R 1:1(0)               | conn 0 | reset counts",
         "= open Unknown | close Reset",
         "=1 open Incomplete | close Open");
}

static void a_second_number_of_its_peer_leaves_the_open_undecided(void **state)
{
    (void)state;
    /* b gives up, listens, and answers a's SYN; a answers b's SYN */
    PLAY("~ of two numbers of b the first is acknowledged in the end",
         "b > S 0:0(0)",
         "a > S 0:0(0)",
         "b2 > SA 0:0(0) ack 1",
         "a > SA 0:0(0) ack b1:1",
         "b > R 1:1(0)",
         "= open Simultaneous or split | simopen no");
}

/* --- other answers that were not captured --- */

static void a_rst_shows_that_its_senders_syn_was_answered(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "a > R 1:1(0)",
         "= open Unknown | close Open");
    PLAY("a > S 0:0(0)",
         "a > R 500:500(0)",
         "= open Incomplete | close Open");
}

static void a_rst_after_one_that_showed_an_answer_answers_nothing_stale(void **state)
{
    (void)state;
    /* the SYN+ACK was not captured, nor a's FIN, which b acknowledges later */
    PLAY("a > S 0:0(0)",
         "b > . 1:101(100) ack 1",
         "a > R 1:1(0)",
         "b > . 101:101(0) ack 2",
         "a > R 2:2(0)               | reset counts",
         "= open Unknown | close Reset");
}

static void a_socket_that_resets_itself_was_not_refused(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)",
         "s > RA 1:1(0) ack 1",
         "= open Unknown | close Reset");
}

static void a_fin_is_believed_when_its_receiver_shows_that_it_was_not_in_syn_sent(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > P. 1:101(100) ack 1003",
         "b > F. 101:101(0) ack 1003",
         "a > . 1003:1003(0) ack 1",
         "= open Unknown | close Half-closed");
}

/* --- after a RST --- */

static void a_number_far_away_does_not_take_back_a_reset(void **state)
{
    (void)state;
    /* of the next incarnation: its handshake was not captured */
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a > P. 1:101(100) ack 1",
         "b > . 1:1(0) ack 101",
         "a > R 101:101(0)          | reset counts",
         "+1 a > . 1178882128:1178882128(0) ack 1009 | conn -",
         "= close Reset");
}

static void an_answered_syn_waits_for_no_other_answer(void **state)
{
    (void)state;
    /* all that a sent in the first connection but its SYN was not captured, nor its SYN of the second */
    PLAY("isn a2 65539",
         "isn b2 1407966",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "b > F. 1:1(0) ack 2",
         "b2 > SA 0:0(0) ack a2:1   | conn 1",
         "a2 > . 1:1(0) ack b2:1    | conn 1",
         "b2 > F. 1:1(0) ack a2:1   | conn 1",
         "= close Half-closed",
         "=1 open Unknown | close Half-closed");
    /* the SYN+ACK of the first was not captured */
    PLAY("a > S 0:0(0)",
         "b > F. 1:1(0) ack 2",
         "b2 > SA 0:0(0) ack a2:1   | conn 1");
    /* the first was given up */
    PLAY("isn a2 1276506",
         "isn b2 1276405",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "b2 > SA 0:0(0) ack a2:1   | conn 1",
         "a2 > F. 1:1(0) ack b2:1   | conn 1",
         "= open Three-way | close Open | opened no",
         "=1 open Unknown | close Half-closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_stays_with_its_own_syn_if_the_acknowledged_ones_sender_went_on),
        TEST(it_shows_that_its_sender_was_not_refused),
        TEST(its_senders_syn_goes_along_though_it_was_acknowledged_before),
        TEST(with_another_number_it_sends_back_the_syn_that_came_along),
        TEST(a_syn_that_came_along_twice_goes_back_to_where_it_was_captured),
        TEST(a_handshake_that_is_over_expects_none),
        TEST(a_handshake_that_goes_on_makes_a_stray_of_it),
        TEST(what_acknowledges_a_stray_begins_a_connection),
        TEST(with_its_syns_number_it_takes_that_along),
        TEST(but_not_if_that_was_answered),
        TEST(what_was_acknowledged_before_is_none),
        TEST(so_does_a_syn_of_its_sender_but_not_once_that_was_acknowledged),
        TEST(it_belongs_with_its_acknowledgement_captured_before),
        TEST(so_it_does_where_its_peer_sent_more_by_then),
        TEST(where_its_peer_had_got_to_by_then_is_not_forgotten),
        TEST(it_does_not_belong_where_its_peer_was_elsewhere),
        TEST(what_it_acknowledged_in_the_attempt_before_does_not_go_along),
        TEST(an_end_that_has_acknowledged_something_does_not_go_along),
        TEST(a_second_number_of_its_peer_leaves_the_open_undecided),
        TEST(a_rst_shows_that_its_senders_syn_was_answered),
        TEST(a_rst_after_one_that_showed_an_answer_answers_nothing_stale),
        TEST(a_socket_that_resets_itself_was_not_refused),
        TEST(a_fin_is_believed_when_its_receiver_shows_that_it_was_not_in_syn_sent),
        TEST(a_number_far_away_does_not_take_back_a_reset),
        TEST(an_answered_syn_waits_for_no_other_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
