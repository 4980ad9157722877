/* test_reset.c
 * Which RST counts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* --- in SYN-SENT --- */

static void in_syn_sent_a_rst_counts_when_its_ack_covers_the_syn(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > RA 0:0(0) ack 1   | reset counts | answers 1",
         "= open Refused | close Reset | holders -");
    PLAY("a > S 0:0(0)",
         "b > RA 700:700(0) ack 1 | reset counts",
         "= open Refused | close Reset");
}

static void in_syn_sent_a_rst_with_another_ack_is_ignored(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > RA 0:0(0) ack 0   | reset ignored",
         "b > RA 0:0(0) ack 2   | reset ignored | now close -",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "= open Three-way | close Open");
}

static void in_syn_sent_a_rst_without_ack_is_ignored(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > R 0:0(0)          | reset ignored",
         "= open Incomplete | close Open");
    PLAY("a > S 0:0(0)",
         "b > R 1:1(0)          | reset ignored",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "= open Three-way | close Open");
}

static void a_rst_against_a_stale_ack_does_not_end_its_senders_attempt(void **state)
{
    (void)state;
    /* the stale ACK is of an incarnation that was not captured */
    PLAY("a > S 0:0(0)              | role 1.SYN n",
         "b > . 5000:5000(0) ack 70000 | role -",
         "a > R 70000:70000(0)      | reset ignored",
         "+1 a > S 0:0(0)           | role 1.SYN n (repeat) | conn 0",
         "b > SA 0:0(0) ack 1       | role 2.ACK n+1 | conn 0",
         "a > . 1:1(0) ack 1        | role 3.ACK k+1 | conn 0",
         "a > P. 1:101(100) ack 1",
         "a > F. 101:101(0) ack 1   | role 1.FIN n | now closed no",
         "b > F. 1:1(0) ack 101     | role 1.FIN k",
         "= open Three-way | close Simultaneous | opened yes | closed no | holders -");
    PLAY("a > S 0:0(0)",
         "b > . 5000:5000(0) ack 70000",
         "a > R 70000:70000(0)      | reset ignored",
         "= close Open");
    PLAY("a > S 0:0(0)",
         "b > . 5000:5000(0) ack -70000 | conn -",
         "a > R -70000:-70000(0)    | reset ignored",
         "+1 a > S 0:0(0)           | conn 0 | role 1.SYN n (repeat)",
         "b > SA 0:0(0) ack 1       | conn 0 | role 2.ACK n+1",
         "a > . 1:1(0) ack 1        | conn 0",
         "= open Three-way | close Open | opened yes");
}

static void a_rst_against_a_stale_ack_of_a_captured_incarnation(void **state)
{
    (void)state;
    /* the peer still has the old connection and answers the SYN with its numbers */
    PLAY(EXCHANGE,
         "+60 a2 > S 0:0(0)             | conn 1",
         "b > . 201:201(0) ack a1:101   | conn 0",
         "a > R 101:101(0)              | conn 0 | reset counts",
         "+1 a2 > S 0:0(0)              | conn 1 | role 1.SYN n (repeat)",
         "b2 > SA 0:0(0) ack 1          | conn 1",
         "a2 > . 1:1(0) ack 1           | conn 1",
         "= open Three-way | close Reset",
         "=1 open Three-way | close Open");
}

static void no_end_in_syn_sent_sends_a_rst_with_ack(void **state)
{
    (void)state;
    /* the SYN+ACK and a's data were not captured: a has gone on, so its RST is none against a stale ACK */
    PLAY("b > S 0:0(0)",
         "a > S 0:0(0)",
         "b > . 1:101(100) ack 301",
         "a > RA 301:301(0) ack 101 | reset counts",
         "= open Simultaneous or split | close Reset");
    PLAY("a > S 0:0(0)",
         "b > . 1:101(100) ack 1",
         "a > RA 301:301(0) ack 1   | reset ignored",
         "b > . 101:201(100) ack 301",
         "a > R 301:301(0)          | reset counts",
         "= open Unknown | close Reset");
}

/* --- exact --- */

static void a_rst_with_the_next_number_counts(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > R 201:201(0)      | reset counts | always close Reset | role -",
         "= open Three-way | close Reset | holders - | flagged no | closed no");
    PLAY(EXCHANGE,
         "a > RA 101:101(0) ack 201 | reset counts",
         "= close Reset");
}

static void anything_between_the_receivers_ack_and_the_senders_end_is_exact(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > P. 101:1101(1000) ack 201",
         "a > R 101:101(0)      | reset counts | now close Reset",
         "= close Reset");
    PLAY(EXCHANGE,
         "a > P. 101:1101(1000) ack 201",
         "a > R 600:600(0)      | reset counts | now close Reset",
         "= close Reset");
    PLAY(EXCHANGE,
         "a > P. 101:1101(1000) ack 201",
         "a > R 1101:1101(0)    | reset counts | now close Reset",
         "= close Reset");
}

static void a_rst_below_the_window_is_ignored(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 100:100(0)      | reset ignored | now close -",
         "= close Open");
    PLAY(EXCHANGE,
         "a > R 1:1(0)          | reset ignored",
         "= close Open");
}

static void a_rst_beyond_the_window_is_ignored(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0) <ws 0>",
         "b > SA 0:0(0) ack 1 <ws 0>",
         "a > . 1:1(0) ack 1 win 1000",
         "b > R 1500:1500(0)    | reset ignored | now close -",
         "= close Open");
}

static void the_window_is_scaled_once_both_offer_it(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0) <ws 7>",
         "b > SA 0:0(0) ack 1 <ws 5>",
         "a > . 1:1(0) ack 1 win 1000",
         "b > R 100001:100001(0) | reset counts | now close -",
         "= close Reset");
    PLAY("a > S 0:0(0) <ws 7>",
         "b > SA 0:0(0) ack 1 <ws 5>",
         "a > . 1:1(0) ack 1 win 1000",
         "b > R 150001:150001(0) | reset ignored",
         "= close Open");
    PLAY("a > S 0:0(0) <ws 7>",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1 win 1000",
         "b > R 100001:100001(0) | reset ignored",
         "= close Open");
}

static void a_half_open_scan_ends_by_reset(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > R 1:1(0)          | reset counts",
         "= open Three-way | close Reset | opened no | holders -");
}

/* --- in the window --- */

static void a_rst_in_the_window_counts_if_its_receiver_falls_silent(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 500:500(0)      | reset counts | now close -",
         "= close Reset | holders -");
}

static void a_rst_in_the_window_counts_if_its_receiver_sends_nothing_but_rsts(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 500:500(0)      | reset counts | now close -",
         "b > R 201:201(0)      | reset counts",
         "= close Reset");
}

static void a_rst_in_the_window_that_is_challenged_is_ignored(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 500:500(0)      | reset ignored | now close -",
         "b > . 201:201(0) ack 101",
         "a > P. 101:201(100) ack 201",
         "b > . 201:201(0) ack 201",
         "= close Open");
}

static void a_challenge_ack_may_be_answered_by_an_exact_rst(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 500:500(0)      | reset ignored",
         "b > . 201:201(0) ack 101",
         "a > R 101:101(0)      | reset counts | now close Reset",
         "= close Reset");
}

/* --- its sender goes on --- */

static void a_rst_does_not_count_if_its_sender_goes_on(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "a > R 101:101(0)      | reset ignored | now close Reset",
         "a > P. 101:201(100) ack 201",
         "= close Open | flagged no");
}

static void a_rst_does_not_count_if_its_sender_acknowledges_what_came_after(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "a > R 101:101(0)      | reset ignored",
         "b > P. 201:301(100) ack 101",
         "a > . 101:101(0) ack 301",
         "= close Open");
}

static void what_its_sender_had_sent_before_the_rst_proves_nothing(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 101:101(0)      | reset counts",
         "a > P. 1:101(100) ack 1",
         "a > . 101:101(0) ack 201",
         "= close Reset");
}

static void the_peers_data_in_flight_proves_nothing(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 101:101(0)      | reset counts",
         "b > P. 201:301(100) ack 101",
         "b > P. 301:401(100) ack 101",
         "a > R 101:101(0)      | reset counts",
         "= close Reset | holders -");
}

static void a_fin_past_a_rst_proves_it_ignored(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "a > R 101:101(0)      | reset ignored",
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 102",
         "a > . 102:102(0) ack 202",
         "= close Orderly | holders a");
}

static void after_an_ignored_rst_a_later_one_can_count(void **state)
{
    (void)state;
    PLAY("~ the first RST proves ignored",
         EXCHANGE,
         "a > R 101:101(0)      | reset ignored",
         "a > P. 101:201(100) ack 201",
         "b > . 201:201(0) ack 201",
         "a > R 201:201(0)      | reset counts",
         "= close Reset");
}

static void an_exact_duplicate_after_a_rst_proves_nothing(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > P. 101:201(100) ack 201",
         "+0.0001 a > R 201:201(0)   | reset counts",
         "+0.0001 a > P. 101:201(100) ack 201",
         "+0.0001 a > R 201:201(0)   | reset counts",
         "= close Reset");
}

static void rsts_of_both_ends_can_count(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 101:101(0)      | reset counts",
         "b > R 201:201(0)      | reset counts",
         "= close Reset | holders -");
}

static void a_rst_that_is_all_there_is_ends_nothing_that_is_known(void **state)
{
    (void)state;
    PLAY("b > R 201:201(0)      | reset ignored",
         "= open Unknown | close Open | holders -");
}

static void a_rst_in_the_middle_of_a_capture_counts_by_the_numbers_nearby(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1",
         "b > . 1:1(0) ack 101",
         "b > R 1:1(0)          | reset counts",
         "= open Unknown | close Reset");
}

static void a_rst_of_one_direction_only_ends_what_it_shows(void **state)
{
    (void)state;
    /* only b's segments were captured: what a expects is not known, so no RST is proved */
    PLAY("b > SA 0:0(0) ack 1",
         "b > P. 1:201(200) ack 101",
         "b > R 201:201(0)      | reset counts",
         "= open Unknown | close Reset");
}

static void a_rst_in_the_window_is_ignored_where_the_close_completes(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > R 500:500(0)      | reset ignored",
         "b > F. 201:201(0) ack 101",
         "a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Orderly | holders b");
}

static void an_end_that_was_not_captured_expects_what_its_peer_has_not_acknowledged(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1",
         "b > R 1:1(0)          | reset counts",
         "= close Reset");
    /* 200 bytes of b were not captured, but a has acknowledged them */
    PLAY("a > P. 1:101(100) ack 1",
         "b > . 1:1(0) ack 101",
         "a > . 101:101(0) ack 201",
         "b > R 201:201(0)      | reset counts",
         "= close Reset");
}

static void a_rst_does_not_count_against_a_connection_that_goes_on_both_ways(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "a > R 101:101(0)      | reset ignored",
         "b > . 201:201(0) ack 101",
         "a > P. 101:201(100) ack 201",
         "b > P. 201:301(100) ack 201",
         "a > F. 201:201(0) ack 301",
         "b > F. 301:301(0) ack 202",
         "a > . 202:202(0) ack 302",
         "= close Orderly | holders a | open Three-way");
}

static void rsts_injected_at_both_ends_are_ignored_where_both_go_on(void **state)
{
    (void)state;
    PLAY("~ the RSTs prove ignored",
         EXCHANGE,
         "b > R 201:201(0)      | reset ignored",
         "a > R 101:101(0)      | reset ignored",
         "a > P. 101:201(100) ack 201",
         "b > P. 201:301(100) ack 201",
         "a > . 201:201(0) ack 301",
         "= close Open | open Three-way");
}

static void a_zero_window_leaves_the_exact_number(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > . 201:201(0) ack 101 win 0",
         "a > R 101:101(0)      | reset counts | always close Reset",
         "= close Reset");
    PLAY(EXCHANGE,
         "b > . 201:201(0) ack 101 win 0",
         "a > R 102:102(0)      | reset ignored",
         "= close Open");
}

static void the_handshake_stands_once_it_was_reset(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1   | now open -",
         "a > R 1:1(0)          | now open Three-way | now close Reset");
}

static void a_window_is_that_of_the_latest_ack(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0) <ws 0>",
         "b > SA 0:0(0) ack 1 <ws 0>",
         "a > . 1:1(0) ack 1 win 1000",
         "b > P. 1:201(200) ack 1",
         "a > . 1:1(0) ack 201 win 1000",
         "b > R 1200:1200(0)    | reset counts | now close -",
         "= close Reset");
    PLAY("a > S 0:0(0) <ws 0>",
         "b > SA 0:0(0) ack 1 <ws 0>",
         "a > . 1:1(0) ack 1 win 1000",
         "b > P. 1:201(200) ack 1",
         "a > . 1:1(0) ack 201 win 1000",
         "a > . 1:1(0) ack 201 win 4000",
         "b > R 4200:4200(0)    | reset counts | now close -",
         "= close Reset");
}

static void a_syn_with_rst_is_a_rst(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b2 > SR 0:0(0)              | conn 0 | reset ignored",
         "= open Three-way | close Open");
}

static void in_syn_sent_an_exact_rst_is_ignored(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > . 5000:5000(0) ack 70000",
         "b > R 5000:5000(0)          | reset ignored",
         "= close Open");
}

static void a_receiver_that_acknowledges_beyond_a_rst_has_not_believed_it(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "b > P. 201:301(100) ack 101",
         "b > R 201:201(0)            | reset ignored | now reset counts",
         "a > . 101:101(0) ack 301",
         "= close Open");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_receiver_that_acknowledges_beyond_a_rst_has_not_believed_it),
        TEST(in_syn_sent_an_exact_rst_is_ignored),
        TEST(a_syn_with_rst_is_a_rst),
        TEST(in_syn_sent_a_rst_counts_when_its_ack_covers_the_syn),
        TEST(in_syn_sent_a_rst_with_another_ack_is_ignored),
        TEST(in_syn_sent_a_rst_without_ack_is_ignored),
        TEST(a_rst_against_a_stale_ack_does_not_end_its_senders_attempt),
        TEST(a_rst_against_a_stale_ack_of_a_captured_incarnation),
        TEST(no_end_in_syn_sent_sends_a_rst_with_ack),
        TEST(a_rst_with_the_next_number_counts),
        TEST(anything_between_the_receivers_ack_and_the_senders_end_is_exact),
        TEST(a_rst_below_the_window_is_ignored),
        TEST(a_rst_beyond_the_window_is_ignored),
        TEST(the_window_is_scaled_once_both_offer_it),
        TEST(a_half_open_scan_ends_by_reset),
        TEST(a_rst_in_the_window_counts_if_its_receiver_falls_silent),
        TEST(a_rst_in_the_window_counts_if_its_receiver_sends_nothing_but_rsts),
        TEST(a_rst_in_the_window_that_is_challenged_is_ignored),
        TEST(a_challenge_ack_may_be_answered_by_an_exact_rst),
        TEST(a_rst_does_not_count_if_its_sender_goes_on),
        TEST(a_rst_does_not_count_if_its_sender_acknowledges_what_came_after),
        TEST(what_its_sender_had_sent_before_the_rst_proves_nothing),
        TEST(the_peers_data_in_flight_proves_nothing),
        TEST(a_fin_past_a_rst_proves_it_ignored),
        TEST(after_an_ignored_rst_a_later_one_can_count),
        TEST(an_exact_duplicate_after_a_rst_proves_nothing),
        TEST(rsts_of_both_ends_can_count),
        TEST(a_rst_that_is_all_there_is_ends_nothing_that_is_known),
        TEST(a_rst_in_the_middle_of_a_capture_counts_by_the_numbers_nearby),
        TEST(a_rst_of_one_direction_only_ends_what_it_shows),
        TEST(a_rst_in_the_window_is_ignored_where_the_close_completes),
        TEST(an_end_that_was_not_captured_expects_what_its_peer_has_not_acknowledged),
        TEST(a_rst_does_not_count_against_a_connection_that_goes_on_both_ways),
        TEST(rsts_injected_at_both_ends_are_ignored_where_both_go_on),
        TEST(a_zero_window_leaves_the_exact_number),
        TEST(the_handshake_stands_once_it_was_reset),
        TEST(a_window_is_that_of_the_latest_ack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
