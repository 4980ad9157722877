/* test_fin.c
 * Which segments are an end's FIN, which are the same one again, and what acknowledges it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* --- its number --- */

static void a_fin_may_carry_data(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > FP. 101:151(50) ack 201 | role 1.FIN n | n a:151",
         "b > FP. 201:251(50) ack 152 | role 2.ACK n+1, 3.FIN k | k b:251",
         "a > . 152:152(0) ack 252   | role 4.ACK k+1",
         "= close Orderly | holders a");
}

static void only_the_ack_of_the_whole_fin_acknowledges_it(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > FP. 101:151(50) ack 201   | role 1.FIN n",
         "b > . 201:201(0) ack 131      | role -",
         "b > . 201:201(0) ack 151      | role -",
         "b > . 201:201(0) ack 152      | role 2.ACK n+1",
         "= close Half-closed");
}

static void a_fin_on_a_syn_ack_has_the_number_after_its_data(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SAF 0:200(200) ack 1 | role 2.ACK n+1, 1.FIN n",
         "a > . 1:1(0) ack 202     | role 3.ACK k+1, 2.ACK n+1",
         "a > F. 1:1(0) ack 202    | role 3.FIN k | n b:201 | k a:1",
         "b > . 202:202(0) ack 2   | role 4.ACK k+1",
         "= open Three-way | close Orderly | holders b");
}

static void repacketising_does_not_change_the_number_of_a_fin(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > FP. 101:151(50) ack 201 | role 1.FIN n",
         "+0.3 a > P. 101:131(30) ack 201 | role -",
         "a > F. 131:151(20) ack 201 | role 1.FIN n (repeat) | n a:151",
         "+0.3 a > F. 151:151(0) ack 201 | role 1.FIN n (repeat)",
         "b > F. 201:201(0) ack 152  | role 2.ACK n+1, 3.FIN k",
         "a > . 152:152(0) ack 202   | role 4.ACK k+1",
         "= close Orderly | holders a");
}

static void data_after_a_fin_number_does_not_move_it(void **state)
{
    (void)state;
    /* the retransmission of everything, in one segment */
    PLAY(EXCHANGE,
         "b > P. 201:301(100) ack 101",
         "b > F. 301:301(0) ack 101       | role 1.FIN n",
         "+0.3 b > FP. 201:301(100) ack 101 | role 1.FIN n (repeat) | n b:301",
         "a > . 101:101(0) ack 302        | role 2.ACK n+1 | answers 9",
         "a > F. 101:101(0) ack 302       | role 3.FIN k",
         "b > . 302:302(0) ack 102        | role 4.ACK k+1",
         "= close Orderly | holders b");
}

static void of_several_numbers_of_one_side_the_acknowledged_one_is_the_fin(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 201:201(0) ack 201  | role -",
         "a > F. 101:101(0) ack 201  | role 1.FIN n | n a:101",
         "b > . 201:201(0) ack 102   | role 2.ACK n+1",
         "b > F. 201:201(0) ack 102  | role 3.FIN k",
         "a > . 102:102(0) ack 202   | role 4.ACK k+1",
         "= close Orderly | holders a");
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201  | role -",
         "a > P. 101:151(50) ack 201",
         "a > F. 151:151(0) ack 201  | role 1.FIN n | n a:151",
         "b > F. 201:201(0) ack 152  | role 2.ACK n+1, 3.FIN k",
         "a > . 152:152(0) ack 202   | role 4.ACK k+1",
         "= close Orderly | holders a");
}

static void more_fin_numbers_than_are_remembered_do_no_harm(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 301:301(0) ack 201",
         "a > F. 401:401(0) ack 201",
         "a > F. 501:501(0) ack 201",
         "a > F. 101:101(0) ack 201",
         "b > . 201:201(0) ack 102",
         "= open Three-way");
}

/* --- sent again --- */

static void a_retransmitted_fin_of_the_passive_end_is_acknowledged_again(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 102",
         "a > . 102:102(0) ack 202       | role 4.ACK k+1 | enters a | starts yes",
         "+0.3 b > F. 201:201(0) ack 102 | role 3.FIN k (repeat) | enters - | starts no",
         "a > . 102:102(0) ack 202       | role 4.ACK k+1 (repeat) | answers 10 | enters - | starts yes",
         "= close Orderly | holders a");
}

static void a_retransmitted_fin_of_the_active_end_repeats_its_role(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201      | role 1.FIN n",
         "+0.3 a > F. 101:101(0) ack 201 | role 1.FIN n (repeat)",
         "b > . 201:201(0) ack 102       | role 2.ACK n+1 | answers 8",
         "+0.3 a > F. 101:101(0) ack 201 | role 1.FIN n (repeat)",
         "b > . 201:201(0) ack 102       | role 2.ACK n+1 (repeat) | answers 10",
         "b > F. 201:201(0) ack 102      | role 3.FIN k",
         "a > . 102:102(0) ack 202       | role 4.ACK k+1",
         "= close Orderly | holders a");
}

static void an_active_fin_resent_with_a_newer_ack_stays_the_active_one(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201      | role 1.FIN n",
         "b > F. 201:201(0) ack 102      | role 2.ACK n+1, 3.FIN k",
         "+0.3 a > F. 101:101(0) ack 202 | role 4.ACK k+1 | notation 4.FIN n, ACK k+1 | enters a",
         "= close Orderly | holders a | simclose no");
}

static void a_fin_resent_without_newer_ack_is_a_retransmission(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201      | role 1.FIN n",
         "b > F. 201:201(0) ack 101      | role 1.FIN k",
         "+0.3 a > F. 101:101(0) ack 201 | role 1.FIN n (repeat) | events -",
         "a > . 102:102(0) ack 202       | role 2.ACK k+1",
         "b > . 202:202(0) ack 102       | role 2.ACK n+1 | answers 9",
         "= close Simultaneous");
}

static void a_fin_retransmitted_from_closing_is_acknowledged_from_time_wait(void **state)
{
    (void)state;
    /* a's acknowledgement was lost, as b's second FIN shows: b enters TIME-WAIT with the next */
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 101",
         "b > . 202:202(0) ack 102       | role 2.ACK n+1 | enters a",
         "a > . 102:102(0) ack 202       | role 2.ACK k+1 | enters -",
         "+0.3 b > F. 201:201(0) ack 102 | role 1.FIN k (repeat) | enters -",
         "a > . 102:102(0) ack 202       | role 2.ACK k+1 (repeat) | answers 11 | enters b | starts yes",
         "= close Simultaneous | holders a b");
}

static void many_retransmissions_of_crossing_fins_stay_simultaneous(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 101",
         "+0.2 a > F. 101:101(0) ack 202  | role 2.ACK k+1",
         "+0.2 b > F. 201:201(0) ack 101  | role 1.FIN k (repeat)",
         "+0.4 a > F. 101:101(0) ack 202",
         "+0.4 b > F. 201:201(0) ack 102  | role 2.ACK n+1",
         "= close Simultaneous | simclose yes | holders a b");
}

static void the_original_fin_may_be_captured_after_its_retransmission(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > F. 101:101(0) ack 202",
         "a > F. 101:101(0) ack 201",
         "b > . 202:202(0) ack 102",
         "= close Simultaneous | simclose yes | holders a b");
}

static void a_self_close_may_resend_its_fin(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)",
         "s > SA 0:0(0) ack 1",
         "s > . 1:1(0) ack 1",
         "s > F. 1:1(0) ack 1         | role 1.FIN n",
         "+0.3 s > F. 1:1(0) ack 1    | role 1.FIN n (repeat)",
         "s > . 2:2(0) ack 2          | role 2.ACK n+1 | answers 5 | enters s",
         "= close Simultaneous | simclose yes | holders s");
    PLAY("s > S 0:0(0)",
         "s > SA 0:0(0) ack 1",
         "s > . 1:1(0) ack 1",
         "s > F. 1:1(0) ack 1         | role 1.FIN n",
         "s > F. 1:1(0) ack 2         | role 2.ACK n+1 | notation 2.FIN n, ACK n+1",
         "= close Simultaneous | holders s");
}

static void a_fin_that_comes_again_after_syn_sent_counts(void **state)
{
    (void)state;
    /* the SYN+ACK was not captured */
    PLAY("a > S 0:0(0)",
         "b > P. 1:949(948) ack 1",
         "b > F. 949:949(0) ack 1",
         "a > F. 1:1(0) ack 949",
         "b > F. 949:949(0) ack 2     | role 2.ACK k+1",
         "= close Simultaneous");
    /* the SYN+ACK came late */
    PLAY("a > S 0:0(0)",
         "b > F. 500:500(0) ack 1     | now close -",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "b > F. 500:500(0) ack 1",
         "= open Three-way | close Half-closed");
}

static void a_fin_that_is_there_twice_was_sent_once(void **state)
{
    (void)state;
    /* a answers b's FIN at once, before the acknowledgement of its own arrives */
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a > F. 1:1(0) ack 1",
         "b > F. 1:1(0) ack 1",
         "+0.0001 b > F. 1:1(0) ack 1 | role 1.FIN k (repeat)",
         "b > . 2:2(0) ack 2",
         "a > . 2:2(0) ack 2          | states CLOSING/TIME-WAIT",
         "= close Simultaneous");
}

/* --- strays --- */

static void a_fin_without_ack_is_a_stray(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F 101:101(0)           | conn -",
         "b > P. 201:301(100) ack 101",
         "= close Open");
}

static void a_fin_before_its_senders_syn_is_a_stray(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > F. 500:500(0) ack 1",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "= open Three-way | close Open");
}

static void a_fin_to_an_end_in_syn_sent_is_a_stray(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > F. 0:0(0) ack 1        | role -",
         "= close Open | opened no");
    PLAY("a > S 0:0(0)",
         "b > F. 700:700(0) ack 900  | role -",
         "= close Open");
}

static void a_fin_with_the_number_of_its_senders_syn_is_none(void **state)
{
    (void)state;
    PLAY("b > S 0:0(0)",
         "a > SA 0:0(0) ack 1",
         "b > F. 1:1(0) ack 1",
         "a > F. 0:0(0) ack 2         | role 2.ACK n+1",
         "= close Half-closed | holders -");
}

static void a_fin_far_from_what_its_sender_sent_is_a_stray(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "b > . 1:967(966) ack 1",
         "b > F. 967:967(0) ack 1",
         "a > F. 3181314049:3181314049(0) ack 967 | conn -",
         "a > F. 1:1(0) ack 968",
         "b > . 968:968(0) ack 2",
         "= close Orderly | holders b | closed yes");
}

/* --- keep-alives --- */

static void a_keep_alive_before_any_data_belongs(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "+75 a > . 0:0(0) ack 1   | conn 0 | role -",
         "b > . 1:1(0) ack 1       | conn 0 | role -",
         "= open Three-way | close Open");
}

static void keep_alives_after_a_half_close_take_no_step(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201     | role 1.FIN n",
         "b > . 201:201(0) ack 102      | role 2.ACK n+1",
         "+75 b > . 200:200(0) ack 102  | role -",
         "a > . 102:102(0) ack 201      | role -",
         "+75 b > F. 201:201(0) ack 102 | role 3.FIN k",
         "a > . 102:102(0) ack 202      | role 4.ACK k+1",
         "= close Orderly | holders a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fin_may_carry_data),
        TEST(only_the_ack_of_the_whole_fin_acknowledges_it),
        TEST(a_fin_on_a_syn_ack_has_the_number_after_its_data),
        TEST(repacketising_does_not_change_the_number_of_a_fin),
        TEST(data_after_a_fin_number_does_not_move_it),
        TEST(of_several_numbers_of_one_side_the_acknowledged_one_is_the_fin),
        TEST(more_fin_numbers_than_are_remembered_do_no_harm),
        TEST(a_retransmitted_fin_of_the_passive_end_is_acknowledged_again),
        TEST(a_retransmitted_fin_of_the_active_end_repeats_its_role),
        TEST(an_active_fin_resent_with_a_newer_ack_stays_the_active_one),
        TEST(a_fin_resent_without_newer_ack_is_a_retransmission),
        TEST(a_fin_retransmitted_from_closing_is_acknowledged_from_time_wait),
        TEST(many_retransmissions_of_crossing_fins_stay_simultaneous),
        TEST(the_original_fin_may_be_captured_after_its_retransmission),
        TEST(a_self_close_may_resend_its_fin),
        TEST(a_fin_that_comes_again_after_syn_sent_counts),
        TEST(a_fin_that_is_there_twice_was_sent_once),
        TEST(a_fin_without_ack_is_a_stray),
        TEST(a_fin_before_its_senders_syn_is_a_stray),
        TEST(a_fin_to_an_end_in_syn_sent_is_a_stray),
        TEST(a_fin_with_the_number_of_its_senders_syn_is_none),
        TEST(a_fin_far_from_what_its_sender_sent_is_a_stray),
        TEST(a_keep_alive_before_any_data_belongs),
        TEST(keep_alives_after_a_half_close_take_no_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
