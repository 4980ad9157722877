/* test_late_reset.c
 * RSTs captured before what their sender had sent earlier.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

static void a_rst_that_overtook_its_fin_counts_once_the_fin_comes(void **state)
{
    (void)state;
    /* in the window until then; what b had sent before it came proves nothing */
    PLAY("~ the FIN makes the RST exact",
         EXCHANGE,
         "a > R. 102:102(0) ack 201 | reset counts",
         "a > F. 101:101(0) ack 201",
         "b > . 201:201(0) ack 101",
         "b > . 201:201(0) ack 102",
         "= close Reset");
}

static void so_it_does_where_another_took_its_place_meanwhile(void **state)
{
    (void)state;
    PLAY("~ the FIN makes the RST exact",
         EXCHANGE,
         "a > R. 202:202(0) ack 201 | reset counts",
         "a > R 101:101(0)          | reset counts",
         "a > P. 101:201(100) ack 201",
         "a > F. 201:201(0) ack 201",
         "b > . 201:201(0) ack 201",
         "b > . 201:201(0) ack 202",
         "= close Reset");
}

static void a_rst_after_both_acknowledgements_resets_nothing_though_a_fin_was_captured_later(void **state)
{
    (void)state;
    PLAY("~ a late FIN",
         EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > . 101:101(0) ack 202",
         "b > . 202:202(0) ack 102  | now closed no",
         "a > R 102:102(0)",
         "a > F. 101:101(0) ack 202",
         "b > . 202:202(0) ack 102",
         "= close Undecidable | closed yes");
    /* one of the acknowledgements came after it */
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > F. 101:101(0) ack 202",
         "a > R 102:102(0)          | reset counts",
         "b > . 202:202(0) ack 102",
         "= close Reset");
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101",
         "a > F. 101:101(0) ack 201",
         "a > . 102:102(0) ack 202",
         "b > R 202:202(0)          | reset counts",
         "b > . 202:202(0) ack 102",
         "= close Reset");
}

static void a_rst_that_overtook_its_syn_ack_counts(void **state)
{
    (void)state;
    PLAY("~ it does not refuse the SYN",
         "a > S 0:0(0)",
         "b > RA 1:1(0) ack 1       | reset counts",
         "b > SA 0:0(0) ack 1",
         "= open Three-way | close Reset");
    /* of another attempt */
    PLAY("~ the RST proves ignored",
         "isn b2 100000000",
         "a > S 0:0(0)",
         "b2 > RA 1:1(0) ack a1:1   | reset ignored",
         "b > SA 0:0(0) ack a1:1",
         "= open Three-way | close Open");
}

static void a_rst_from_closed_ends_only_what_it_acknowledges(void **state)
{
    (void)state;
    /* another SYN of a's, which was not captured; 0 may happen to be in the window */
    PLAY("isn b2 4294966796",
         "a > S 0:0(0)",
         "b2 > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack b2:1",
         "b2 > RA zero ack a:162800",
         "= close Open");
}

static void a_later_rst_counts_where_its_receiver_had_gone_beyond_the_first(void **state)
{
    (void)state;
    /* b had a's FIN already, and acknowledges it again */
    PLAY("~ the first RST proves ignored",
         EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "a > R 101:101(0)",
         "a > R. 102:102(0) ack 201",
         "b > . 201:201(0) ack 102",
         "= close Reset");
    PLAY("~ the RSTs prove ignored",
         EXCHANGE,
         "a > P. 101:201(100) ack 201",
         "a > R 101:101(0)",
         "a > R. 150:150(0) ack 201",
         "b > . 201:201(0) ack 201",
         "= close Open");
}

static void a_rst_that_overtook_data_answers_no_syn_if_a_syn_ack_did(void **state)
{
    (void)state;
    /* a's acknowledgement was not captured */
    PLAY("a > S 0:0(0)              | states SYN-SENT/SYN-RECEIVED",
         "b > SA 0:0(0) ack 1",
         "b > RA 1003:1003(0) ack 1 | reset counts",
         "b > P. 1:1003(1002) ack 1",
         "= open Three-way | close Reset");
    /* from CLOSED */
    PLAY("~ the RST is taken back",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "b > RA zero ack 1         | reset ignored",
         "b > P. 1:1003(1002) ack 1",
         "= open Three-way | close Open");
}

static void a_window_whose_scale_was_cut_off_may_be_any(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0) win 64240 <cut>",
         "b > SA 0:0(0) ack 1 win 65160 <cut>",
         "a > . 1:1(0) ack 1 win 502",
         "b > RA 1110:1110(0) ack 1",
         "b > P. 1:1110(1109) ack 1",
         "= close Reset");
    PLAY("a > S 0:0(0) win 64240",
         "b > SA 0:0(0) ack 1 win 65160",
         "a > . 1:1(0) ack 1 win 502",
         "b > RA 1110:1110(0) ack 1 | reset ignored",
         "= close Open");
}

static void a_syn_that_the_network_copied_was_not_sent_again(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > RA zero ack 1         | reset counts",
         "a > S 0:0(0)              | role 1.SYN n (repeat)",
         "= open Refused | close Reset");
    PLAY("~ the RST proves ignored",
         "a > S 0:0(0)",
         "b > RA zero ack 1         | reset ignored",
         "+0.2 a > S 0:0(0)",
         "= open Incomplete | close Open");
}

static void a_syn_ack_with_another_number_is_no_going_on(void **state)
{
    (void)state;
    /* b has lost its connection, and listens again; that a's acknowledgement was in flight proves nothing */
    PLAY("~ which of the two is its ISN",
         "isn b2 7000",
         "a > S 0:0(0)",
         "b1 > SA 0:0(0) ack 1",
         "a > S 0:0(0)",
         "b2 > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack b1:1",
         "b1 > R 1:1(0)             | reset counts",
         "a > F. 1:1(0) ack b1:1",
         "+1 b2 > SA 0:0(0) ack 1",
         "= close Reset");
}

static void what_the_rst_itself_acknowledged_was_sent_before_it(void **state)
{
    (void)state;
    /* a's last data was not captured, and b's acknowledgement of it was overtaken by the RST */
    PLAY(EXCHANGE,
         "b > RA 201:201(0) ack 151 | reset counts",
         "b > . 201:201(0) ack 151",
         "= close Reset");
    /* more than a was allowed to send is anybody's guess */
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "b > RA 201:201(0) ack 70000",
         "b > . 201:201(0) ack 151",
         "= close Open");
}

static void who_acknowledged_the_syn_is_answered_by_no_rst_of_syn_sent(void **state)
{
    (void)state;
    /* the SYN+ACKs and b's FIN were not captured */
    PLAY("a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > . 1:1(0) ack 1",
         "a > . 1:1(0) ack 2",
         "b > R 2:2(0)              | reset counts",
         "= close Reset");
}

static void it_does_not_count_where_it_was_challenged_or_its_sender_goes_on(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "a > R 201:201(0)      | reset ignored",
         "a > R 101:101(0)      | reset ignored",
         "b > . 201:201(0) ack 101",
         "a > P. 101:201(100) ack 201",
         "= close Open");
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "a > R 201:201(0)      | reset ignored",
         "a > R 101:101(0)      | reset ignored",
         "a > P. 101:201(100) ack 201",
         "a > P. 201:301(100) ack 201",
         "= close Open");
}

static void an_empty_segment_does_not_catch_up_with_it(void **state)
{
    (void)state;
    PLAY("~ the RST proves ignored",
         EXCHANGE,
         "a > R 201:201(0)      | reset ignored",
         "a > . 201:201(0) ack 201",
         "b > . 201:201(0) ack 101",
         "= close Open");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rst_that_overtook_its_fin_counts_once_the_fin_comes),
        TEST(so_it_does_where_another_took_its_place_meanwhile),
        TEST(a_rst_after_both_acknowledgements_resets_nothing_though_a_fin_was_captured_later),
        TEST(a_rst_that_overtook_its_syn_ack_counts),
        TEST(a_rst_from_closed_ends_only_what_it_acknowledges),
        TEST(a_later_rst_counts_where_its_receiver_had_gone_beyond_the_first),
        TEST(a_rst_that_overtook_data_answers_no_syn_if_a_syn_ack_did),
        TEST(a_window_whose_scale_was_cut_off_may_be_any),
        TEST(a_syn_that_the_network_copied_was_not_sent_again),
        TEST(a_syn_ack_with_another_number_is_no_going_on),
        TEST(what_the_rst_itself_acknowledged_was_sent_before_it),
        TEST(who_acknowledged_the_syn_is_answered_by_no_rst_of_syn_sent),
        TEST(it_does_not_count_where_it_was_challenged_or_its_sender_goes_on),
        TEST(an_empty_segment_does_not_catch_up_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
