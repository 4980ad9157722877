/* test_unseen_fin.c
 * Closes of which an original FIN was not captured, or seems not to have been.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

static void an_unseen_first_fin_leaves_a_trace(void **state)
{
    (void)state;
    /* a's FIN was lost; the number of its first acknowledgement tells that it had been sent */
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101      | role 1.FIN n",
         "a > . 102:102(0) ack 202       | role 2.ACK n+1 | now simclose no",
         "+0.6 a > F. 101:101(0) ack 202 | role 1.FIN k | events simclose",
         "b > . 202:202(0) ack 102       | role 2.ACK k+1 | always close Simultaneous",
         "= close Simultaneous | simclose yes | holders a b");
}

static void an_unseen_first_fin_with_data_leaves_the_same_trace(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > . 152:152(0) ack 202",
         "+0.6 a > FP. 101:151(50) ack 202",
         "b > . 202:202(0) ack 152",
         "= close Simultaneous | holders a b");
}

static void an_unseen_first_fin_after_the_peers_was_retransmitted_is_undecidable(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101      | role 1.FIN n",
         "+0.3 b > F. 201:201(0) ack 101 | role 1.FIN n (repeat)",
         "a > . 102:102(0) ack 202       | role 2.ACK n+1",
         "a > F. 101:101(0) ack 202      | role 1.FIN k",
         "b > . 202:202(0) ack 102       | role 2.ACK k+1 | always close Undecidable",
         "= close Undecidable | simclose no | closed yes | holders - | flagged yes");
}

static void a_fin_retransmitted_after_the_ack_leaves_the_trace_valid(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202",
         "+0.3 b > F. 201:201(0) ack 101 | role 1.FIN n (repeat)",
         "a > . 102:102(0) ack 202       | role 2.ACK n+1 (repeat)",
         "a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Simultaneous | holders a b");
}

static void a_dsack_of_the_fin_on_its_first_captured_ack_is_undecidable(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202 <sack 201:202>",
         "+0.3 a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Undecidable | simclose no | holders -");
}

static void a_dsack_of_older_data_is_no_evidence_about_a_fin(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202 <sack 101:201>",
         "+0.3 a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Simultaneous | holders a b");
}

static void a_doubled_fin_may_have_been_answered_twice(void **state)
{
    (void)state;
    /* a mirror port doubles, but so does a network: then a's first answer may have been a FIN+ACK */
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "+0.0001 b > F. 201:201(0) ack 101",
         "a > . 102:102(0) ack 202",
         "+0.0001 a > . 102:102(0) ack 202",
         "+0.6 a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Undecidable | holders -");
}

static void data_sent_again_after_the_fin_may_have_been_answered_twice(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "+0.2 b > P. 1:201(200) ack 101",
         "a > . 102:102(0) ack 202",
         "+0.6 a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Undecidable | holders -");
}

static void an_ack_with_the_fins_own_number_was_sent_before_it(void **state)
{
    (void)state;
    /* a acknowledged b's FIN with number 101: it had sent no FIN yet */
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > . 101:101(0) ack 202   | role 2.ACK n+1",
         "a > . 102:102(0) ack 202   | role -",
         "+0.6 a > F. 101:101(0) ack 202 | role 3.FIN k",
         "b > . 202:202(0) ack 102   | role 4.ACK k+1",
         "= close Orderly | holders b | simclose no");
}

static void an_ack_of_the_fin_before_it_was_seen_is_undecidable(void **state)
{
    (void)state;
    /* reordering, or the first FIN was lost behind the capture */
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "b > . 202:202(0) ack 102",
         "a > F. 101:101(0) ack 202",
         "= close Undecidable | simclose no | closed yes | holders -");
}

static void a_fin_seen_after_its_ack_still_shows_that_it_crossed(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "b > . 202:202(0) ack 102",
         "a > F. 101:101(0) ack 201",
         "a > . 102:102(0) ack 202",
         "= close Simultaneous | simclose yes | holders a b");
}

static void two_fins_that_acknowledge_each_other_are_undecidable(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 202  | role 1.FIN n",
         "b > F. 201:201(0) ack 102  | role 2.ACK n+1, 1.FIN k",
         "= close Undecidable | closed yes | holders - | simclose no | flagged yes");
}

static void a_keep_alive_is_no_evidence_of_an_unseen_fin(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "+7200 a > . 100:100(0) ack 201",
         "b > . 201:201(0) ack 101",
         "+7200 a > . 100:101(1) ack 201",
         "b > . 201:201(0) ack 101",
         "b > F. 201:201(0) ack 101  | role 1.FIN n",
         "+1 a > . 100:100(0) ack 202 | role 2.ACK n+1",
         "a > F. 101:101(0) ack 202  | role 3.FIN k",
         "b > . 202:202(0) ack 102   | role 4.ACK k+1",
         "= close Orderly | holders b");
}

static void a_zero_window_probe_is_no_evidence_of_an_unseen_fin(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > . 201:201(0) ack 101 win 0",
         "+1 a > . 101:102(1) ack 201 | role -",
         "b > . 201:201(0) ack 101 win 0",
         "b > F. 201:201(0) ack 101 win 0 | role 1.FIN n",
         "+2 a > . 101:102(1) ack 202 | role 2.ACK n+1",
         "b > . 202:202(0) ack 102",
         "a > F. 102:102(0) ack 202  | role 3.FIN k | k a:102",
         "b > . 202:202(0) ack 103   | role 4.ACK k+1",
         "= close Orderly | holders b");
}

static void data_that_acknowledged_the_fin_was_sent_before_an_unseen_fin(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101   | role 1.FIN n",
         "a > P. 101:151(50) ack 202  | role 2.ACK n+1",
         "a > . 152:152(0) ack 202    | role -",
         "+0.6 a > F. 151:151(0) ack 202 | role 3.FIN k",
         "b > . 202:202(0) ack 152    | role 4.ACK k+1",
         "= close Orderly | holders b");
}

static void two_unseen_first_fins_are_undecidable(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > . 102:102(0) ack 202",
         "b > . 202:202(0) ack 102",
         "+0.6 a > F. 101:101(0) ack 202",
         "b > F. 201:201(0) ack 102",
         "= close Undecidable | simclose no | holders - | closed yes");
}

static void an_unseen_first_fin_of_the_end_that_closed_first_stays_orderly(void **state)
{
    (void)state;
    /* a's FIN reached b, but not the capture; b's FIN acknowledges it; a's comes again */
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 102",
         "a > F. 101:101(0) ack 201",
         "a > . 102:102(0) ack 202",
         "= close Orderly | holders a | simclose no");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_unseen_first_fin_leaves_a_trace),
        TEST(an_unseen_first_fin_with_data_leaves_the_same_trace),
        TEST(an_unseen_first_fin_after_the_peers_was_retransmitted_is_undecidable),
        TEST(a_fin_retransmitted_after_the_ack_leaves_the_trace_valid),
        TEST(a_dsack_of_the_fin_on_its_first_captured_ack_is_undecidable),
        TEST(a_dsack_of_older_data_is_no_evidence_about_a_fin),
        TEST(a_doubled_fin_may_have_been_answered_twice),
        TEST(data_sent_again_after_the_fin_may_have_been_answered_twice),
        TEST(an_ack_with_the_fins_own_number_was_sent_before_it),
        TEST(an_ack_of_the_fin_before_it_was_seen_is_undecidable),
        TEST(a_fin_seen_after_its_ack_still_shows_that_it_crossed),
        TEST(two_fins_that_acknowledge_each_other_are_undecidable),
        TEST(a_keep_alive_is_no_evidence_of_an_unseen_fin),
        TEST(a_zero_window_probe_is_no_evidence_of_an_unseen_fin),
        TEST(data_that_acknowledged_the_fin_was_sent_before_an_unseen_fin),
        TEST(two_unseen_first_fins_are_undecidable),
        TEST(an_unseen_first_fin_of_the_end_that_closed_first_stays_orderly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
