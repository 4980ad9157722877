/* test_close.c
 * How a connection closed: who had processed the other's FIN before sending its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* --- orderly --- */

static void the_end_whose_fin_is_answered_closes_first_and_waits(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | role 1.FIN n | notation 1.FIN n | partner - | now close -",
         "b > . 201:201(0) ack 102   | role 2.ACK n+1 | answers 7 | now close -",
         "b > F. 201:201(0) ack 102  | role 3.FIN k | n a:101 | k b:201 | now close - | enters -",
         "a > . 102:102(0) ack 202   | role 4.ACK k+1 | answers 9 | always close Orderly | always holders a "
         "| always enters a | starts yes | phase Close",
         "= close Orderly | closed yes | holders a | simclose no | flagged no");
}

static void the_other_end_may_close_first(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101  | role 1.FIN n",
         "a > . 101:101(0) ack 202   | role 2.ACK n+1",
         "a > F. 101:101(0) ack 202  | role 3.FIN k",
         "b > . 202:202(0) ack 102   | role 4.ACK k+1 | enters b",
         "= close Orderly | holders b | simclose no");
}

static void a_fin_that_acknowledges_the_peers_takes_two_steps(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | role 1.FIN n",
         "b > F. 201:201(0) ack 102  | role 2.ACK n+1, 3.FIN k | notation 2.ACK n+1, 3.FIN k | answers 7"
         " | enters - | partner -",
         "a > . 102:102(0) ack 202   | role 4.ACK k+1 | enters a",
         "= close Orderly | holders a");
}

static void data_in_flight_between_the_fins_changes_nothing(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > P. 201:301(100) ack 101 | role -",
         "a > . 102:102(0) ack 301   | role -",
         "b > . 301:301(0) ack 102   | role 2.ACK n+1",
         "b > P. 301:401(100) ack 102 | role -",
         "a > . 102:102(0) ack 401   | role -",
         "b > F. 401:401(0) ack 102  | role 3.FIN k | k b:401",
         "a > . 102:102(0) ack 402   | role 4.ACK k+1",
         "= close Orderly | holders a");
}

static void a_late_fin_that_acknowledges_the_peers_is_orderly_on_the_wire(void **state)
{
    (void)state;
    /* a closed with data queued and is in FIN-WAIT-1, but its FIN follows the data */
    PLAY(EXCHANGE,
         "a > P. 101:1101(1000) ack 201",
         "b > F. 201:201(0) ack 101      | role 1.FIN n",
         "a > P. 1101:2101(1000) ack 202 | role 2.ACK n+1",
         "a > F. 2101:2101(0) ack 202    | role 3.FIN k",
         "b > . 202:202(0) ack 2102      | role 4.ACK k+1",
         "= close Orderly | holders b");
}

/* --- simultaneous --- */

static void fins_that_do_not_acknowledge_each_other_crossed(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | role 1.FIN n | partner 8",
         "b > F. 201:201(0) ack 101  | role 1.FIN k | partner 7 | now simclose yes | events simclose | now close -",
         "a > . 102:102(0) ack 202   | role 2.ACK k+1 | answers 8 | enters b | now close -",
         "b > . 202:202(0) ack 102   | role 2.ACK n+1 | answers 7 | enters a | always close Simultaneous "
         "| always holders a b",
         "= close Simultaneous | simclose yes | closed yes | holders a b | flagged yes | simopen no");
}

static void crossing_fins_may_carry_data(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > FP. 101:151(50) ack 201 | role 1.FIN n | n a:151 | k b:261",
         "b > FP. 201:261(60) ack 101 | role 1.FIN k",
         "a > . 152:152(0) ack 262   | role 2.ACK k+1",
         "b > . 262:262(0) ack 152   | role 2.ACK n+1",
         "= close Simultaneous | holders a b");
}

static void a_fin_that_acknowledges_one_less_than_the_peers_crossed_it(void **state)
{
    (void)state;
    /* b's FIN acknowledges all of a's data, but not its FIN */
    PLAY(EXCHANGE,
         "a > FP. 101:151(50) ack 201",
         "b > F. 201:201(0) ack 151",
         "a > . 152:152(0) ack 202",
         "b > . 202:202(0) ack 152",
         "= close Simultaneous");
}

static void only_the_first_fin_decides(void **state)
{
    (void)state;
    /* FreeBSD and macOS acknowledge from CLOSING by sending their FIN again */
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | role 1.FIN n",
         "b > F. 201:201(0) ack 101  | role 1.FIN k | events simclose",
         "a > F. 101:101(0) ack 202  | role 2.ACK k+1 | notation 2.FIN n, ACK k+1"
         " | events not-a-retransmission | enters b | partner -",
         "b > F. 201:201(0) ack 102  | role 2.ACK n+1 | notation 2.FIN k, ACK n+1"
         " | events not-a-retransmission | enters a",
         "= close Simultaneous | simclose yes | closed yes | holders a b");
}

static void the_ack_that_followed_a_fin_may_be_captured_before_it(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101  | role 1.FIN n",
         "a > . 102:102(0) ack 202   | role 2.ACK n+1 | answers 7",
         "a > F. 101:101(0) ack 201  | role 1.FIN k",
         "b > . 202:202(0) ack 102   | role 2.ACK k+1",
         "= close Simultaneous | simclose yes | holders a b");
}

static void a_visible_fin_may_be_the_second_one(void **state)
{
    (void)state;
    /* frame 7 has the number after a's FIN, and does not cover b's */
    PLAY(EXCHANGE,
         "a > . 102:102(0) ack 201",
         "b > F. 201:201(0) ack 101  | role 1.FIN n",
         "a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Simultaneous | simclose yes | holders a b");
}

static void a_fin_behind_a_hole_was_sent_and_can_not_have_been_processed(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > FP. 151:201(50) ack 201 | role 1.FIN n | n a:201",
         "b > F. 201:201(0) ack 101  | role 1.FIN k",
         "a > . 202:202(0) ack 202   | role 2.ACK k+1",
         "+0.3 a > P. 101:151(50) ack 202",
         "b > . 202:202(0) ack 202   | role 2.ACK n+1",
         "= close Simultaneous | holders a b");
}

static void fins_that_cross_the_handshake_are_simultaneous(void **state)
{
    (void)state;
    /* b closes from SYN-RECEIVED, a with its first acknowledgement */
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "b > F. 1:1(0) ack 1      | role 1.FIN n",
         "a > F. 1:1(0) ack 1      | role 3.ACK k+1, 1.FIN k",
         "b > . 2:2(0) ack 2       | role 2.ACK k+1",
         "a > . 2:2(0) ack 2       | role 2.ACK n+1",
         "= open Three-way | close Simultaneous | holders a b");
}

static void a_connection_can_open_and_close_simultaneously(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > SA 0:0(0) ack 1",
         "a > F. 1:1(0) ack 1        | role 1.FIN n",
         "b > F. 1:1(0) ack 1        | role 1.FIN k",
         "a > . 2:2(0) ack 2         | role 2.ACK k+1",
         "b > . 2:2(0) ack 2         | role 2.ACK n+1",
         "= open Simultaneous | close Simultaneous | simopen yes | simclose yes | holders a b");
}

static void a_self_connect_closes_simultaneously_with_itself(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)",
         "s > SA 0:0(0) ack 1",
         "s > . 1:1(0) ack 1",
         "s > P. 1:101(100) ack 1",
         "s > . 101:101(0) ack 101",
         "s > F. 101:101(0) ack 101  | role 1.FIN n | partner - | n s:101",
         "s > . 102:102(0) ack 102   | role 2.ACK n+1 | answers 6 | enters s",
         "= open Self-connect | close Simultaneous | simclose yes | holders s | closed yes");
}

/* --- less than two FINs --- */

static void one_fin_is_half_closed(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | role 1.FIN n | n a:101 | k - | now close -",
         "b > . 201:201(0) ack 102   | role 2.ACK n+1 | now close -",
         "= close Half-closed | closed no | holders - | simclose no");
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | role 1.FIN n",
         "= close Half-closed | closed no");
}

static void no_fin_and_no_rst_is_open(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "= close Open | closed no | holders - | simclose no");
}

static void crossing_fins_of_which_one_was_not_acknowledged_name_no_holder(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202   | role 2.ACK k+1 | enters - | now close -",
         "= close Simultaneous | simclose yes | closed no | holders -");
}

static void an_orderly_close_without_the_last_ack_names_no_holder(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 102  | role 2.ACK n+1, 3.FIN k | now close -",
         "= close Orderly | closed no | holders -");
}

/* --- with reset --- */

static void a_rst_before_both_fins_were_acknowledged_is_a_reset(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > RA 201:201(0) ack 102  | reset counts | always close Reset",
         "= close Reset | holders - | simclose no | closed no");
}

static void crossing_fins_then_a_rst_are_a_reset_that_keeps_the_flag(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | partner 8",
         "b > F. 201:201(0) ack 101  | partner 7 | events simclose",
         "a > R 102:102(0)           | reset counts",
         "= close Reset | simclose yes | holders - | flagged yes");
}

static void a_rst_between_crossing_fins_keeps_the_flag(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "a > R 102:102(0)            | reset counts",
         "b > F. 201:201(0) ack 101   | events simclose",
         "= close Reset | simclose yes | holders -");
}

static void a_rst_instead_of_the_last_ack_is_a_reset(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 102",
         "a > R 102:102(0)            | reset counts | always close Reset",
         "= close Reset | simclose no | holders - | closed no");
}

static void linux_closes_with_data_still_arriving_by_fins_and_rsts(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > P. 101:1101(1000) ack 201",
         "b > F. 201:201(0) ack 101",
         "a > F. 1101:1101(0) ack 201",
         "b > R 202:202(0)           | reset counts",
         "b > R 202:202(0)",
         "= close Reset | simclose yes | holders -");
}

static void a_rst_after_both_fins_were_acknowledged_changes_no_verdict(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 102",
         "a > . 102:102(0) ack 202",
         "b > R 202:202(0)           | now close Orderly | now holders a",
         "= close Orderly | holders a | closed yes");
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202",
         "b > . 202:202(0) ack 102",
         "a > R 102:102(0)           | now close Simultaneous",
         "= close Simultaneous | holders a b | simclose yes");
}

/* --- parts of a capture --- */

static void a_close_needs_no_handshake(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1",
         "b > P. 1:201(200) ack 101",
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= open Unknown | close Simultaneous | holders a b");
    PLAY("a > F. 101:101(0) ack 201 | role 1.FIN n",
         "b > F. 201:201(0) ack 102 | role 2.ACK n+1, 3.FIN k",
         "a > . 102:102(0) ack 202  | role 4.ACK k+1 | enters a",
         "= open Unknown | close Orderly | holders a");
}

static void one_direction_shows_one_fin(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "a > . 1:1(0) ack 1",
         "a > P. 1:101(100) ack 1",
         "a > . 101:101(0) ack 202",
         "a > F. 101:101(0) ack 202 | role 1.FIN n",
         "= close Half-closed | closed no | holders -");
}

/* --- the sentence --- */

static void the_sentence_names_the_fins(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 101",
         "= why FIN n (frame 7) and FIN k (frame 8) do not acknowledge each other");
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 102",
         "a > . 102:102(0) ack 202",
         "= why FIN n (frame 7) does not acknowledge the peer's FIN, FIN k (frame 8) does");
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "= why only one end's FIN was captured (frame 7)");
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > RA 201:201(0) ack 102",
         "= why a RST (frame 8) ended the connection");
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202",
         "a > F. 101:101(0) ack 202",
         "= why FIN k was first sent before frame 9, when the peer's FIN (frame 7) had not been processed");
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 202",
         "b > F. 201:201(0) ack 102",
         "= why may not have been captured");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_end_whose_fin_is_answered_closes_first_and_waits),
        TEST(the_other_end_may_close_first),
        TEST(a_fin_that_acknowledges_the_peers_takes_two_steps),
        TEST(data_in_flight_between_the_fins_changes_nothing),
        TEST(a_late_fin_that_acknowledges_the_peers_is_orderly_on_the_wire),
        TEST(fins_that_do_not_acknowledge_each_other_crossed),
        TEST(crossing_fins_may_carry_data),
        TEST(a_fin_that_acknowledges_one_less_than_the_peers_crossed_it),
        TEST(only_the_first_fin_decides),
        TEST(the_ack_that_followed_a_fin_may_be_captured_before_it),
        TEST(a_visible_fin_may_be_the_second_one),
        TEST(a_fin_behind_a_hole_was_sent_and_can_not_have_been_processed),
        TEST(fins_that_cross_the_handshake_are_simultaneous),
        TEST(a_connection_can_open_and_close_simultaneously),
        TEST(a_self_connect_closes_simultaneously_with_itself),
        TEST(one_fin_is_half_closed),
        TEST(no_fin_and_no_rst_is_open),
        TEST(crossing_fins_of_which_one_was_not_acknowledged_name_no_holder),
        TEST(an_orderly_close_without_the_last_ack_names_no_holder),
        TEST(a_rst_before_both_fins_were_acknowledged_is_a_reset),
        TEST(crossing_fins_then_a_rst_are_a_reset_that_keeps_the_flag),
        TEST(a_rst_between_crossing_fins_keeps_the_flag),
        TEST(a_rst_instead_of_the_last_ack_is_a_reset),
        TEST(linux_closes_with_data_still_arriving_by_fins_and_rsts),
        TEST(a_rst_after_both_fins_were_acknowledged_changes_no_verdict),
        TEST(a_close_needs_no_handshake),
        TEST(one_direction_shows_one_fin),
        TEST(the_sentence_names_the_fins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
