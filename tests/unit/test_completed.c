/* test_completed.c
 * When is the opening, when is the closing of a connection completed? A claim must be true whatever the capture lacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

#define OPENED "a > S 0:0(0)", "b > SA 0:0(0) ack 1", "a > . 1:1(0) ack 1"

static void an_opening_is_completed_by_the_acknowledgement_of_the_second_syn(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)         | now opened no",
         "b > SA 0:0(0) ack 1  | now opened no",
         "a > . 1:1(0) ack 1   | now opened yes",
         "= open Three-way | opened yes");
}

static void a_rst_completes_no_opening(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)", "b > SA 0:0(0) ack 1", "a > RA 1:1(0) ack 1", "= opened no");
}

static void a_syn_ack_with_another_number_completes_no_opening(void **state)
{
    (void)state;
    /* b gave up its SYN and answers a's by another, which nobody acknowledges; a acknowledges the first */
    PLAY("~ the number changes",
         "b > S 0:0(0)",
         "a > S 0:0(0)",
         "b2 > SA 0:0(0) ack a:1",
         "a > SA 0:0(0) ack b1:1  | now opened no",
         "b1 > R 1:1(0)",
         "= open Simultaneous or split | opened no | close Reset");
}

static void neither_does_one_that_comes_after_the_acknowledgement(void **state)
{
    (void)state;
    PLAY("~ the number changes",
         "b > S 0:0(0)",
         "a > S 0:0(0)",
         "a > SA 0:0(0) ack b:1",
         "b2 > SA 0:0(0) ack a:1  | now opened no",
         "b1 > R 1:1(0)",
         "= open Simultaneous or split | opened no | close Reset");
}

static void nor_does_who_sent_it_and_goes_on_from_there(void **state)
{
    (void)state;
    /* from one number past the first on, so that nothing else tells the two apart */
    PLAY("~ the number changes",
         "isn b2 1",
         "a > S 0:0(0)",
         "b > S 0:0(0)",
         "a > SA 0:0(0) ack b1:1",
         "b2 > SA 0:0(0) ack a:1  | now opened no",
         "a > . 1:1(0) ack b1:1   | now opened no",
         "b2 > . 1:1(0) ack a:1   | now opened no",
         "= opened no");
    PLAY("~ the number changes",
         "isn b2 15000",
         "b > S 0:0(0)",
         "a > S 0:0(0)",
         "b2 > SA 0:0(0) ack a:1",
         "b2 > . 1:1(0) ack a:1",
         "a > SA 0:0(0) ack b1:1  | now opened no",
         "b1 > R 1:1(0)",
         "b2 > . 1:1(0) ack a:1   | now opened no",
         "= opened no");
}

static void nor_does_who_sent_it_while_its_own_syn_still_waited(void **state)
{
    (void)state;
    /* a's SYN was not captured */
    PLAY("isn b2 4000",
         "b > S 0:0(0)            | conn 0",
         "b2 > SA 0:0(0) ack a:1  | conn -",
         "a > SA 0:0(0) ack b1:1  | conn 0",
         "b2 > . 1:1(0) ack a:1   | conn 0 | now opened no",
         "= opened no");
    /* with its own number it does, whatever the peer's SYN was that was not captured */
    PLAY("~ which of the two is its ISN",
         "b2 > S 0:0(0)           | conn 0",
         "a > S 0:0(0)            | conn 1",
         "a > SA 0:0(0) ack b1:1  | conn 1",
         "b1 > SA 0:0(0) ack a:1  | conn 1",
         "a > . 1:1(0) ack b1:1   | conn 1 | now opened yes",
         "= opened no",
         "=1 opened yes");
}

static void an_acknowledgement_captured_before_its_syn_counts(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "a > . 1:1(0) ack 1",
         "b > S 0:0(0)            | conn 0 | now opened no",
         "b > . 1:1(0) ack 1      | conn 0 | now opened yes",
         "= opened yes");
}

static void an_acknowledgement_after_the_one_that_does_not_count_does(void **state)
{
    (void)state;
    PLAY("~ the number changes",
         "b > S 0:0(0)",
         "a > S 0:0(0)",
         "b2 > SA 0:0(0) ack a:1",
         "a > SA 0:0(0) ack b1:1  | now opened no",
         "b1 > . 1:1(0) ack a:1   | now opened yes",
         "= opened yes");
}

static void whoever_changes_its_number_and_goes_on_has_completed_it(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack a:1",
         "b2 > SA 0:0(0) ack a:1",
         "a > . 1:1(0) ack b2:1   | now opened yes",
         "= open Three-way | opened yes");
}

static void a_closing_is_completed_by_the_acknowledgement_of_the_second_fin(void **state)
{
    (void)state;
    PLAY(OPENED,
         "a > F. 1:1(0) ack 1   | now closed no",
         "b > F. 1:1(0) ack 2   | now closed no",
         "a > . 2:2(0) ack 2    | now closed yes",
         "= close Orderly | closed yes");
}

static void an_acknowledgement_beyond_a_fin_acknowledges_none(void **state)
{
    (void)state;
    /* nobody has sent what it acknowledges: it is a connection's whose handshake was not captured */
    PLAY(OPENED,
         "b > F. 1:1(0) ack 1",
         "a > . 1:1(0) ack 3800090   | conn -",
         "a > . 1:1(0) ack 3800090   | conn -",
         "a > F. 1:1(0) ack 3800090  | conn -",
         "= close Half-closed | closed no");
}

static void what_follows_far_beyond_one_acknowledged_fin_is_another_connection(void **state)
{
    (void)state;
    /* neither the acknowledgement of a's FIN was captured nor the next handshake */
    PLAY(OPENED,
         "b > P. 1:101(100) ack 1",
         "b > F. 101:101(0) ack 1",
         "a > F. 1:1(0) ack 102",
         "+1 b > P. 90000000:90000100(100) ack 80000000   | conn -",
         "b > P. 90000100:90000200(100) ack 80000000      | conn 1",
         "a > F. 80000000:80000000(0) ack 90000200        | conn 1",
         "b > F. 90000200:90000200(0) ack 80000001        | conn 1",
         "a > . 80000001:80000001(0) ack 90000201         | conn 1",
         "= close Orderly | holders - | closed no",
         "=1 close Orderly | holders a");
}

static void whoever_has_acknowledged_a_fin_acknowledges_nothing_else_in_that_connection(void **state)
{
    (void)state;
    /* a's FIN was not captured, nor the next handshake; b's numbers are far below */
    PLAY(OPENED,
         "a > P. 1:101(100) ack 1",
         "b > FP. 1:67(66) ack 101",
         "a > . 101:101(0) ack 68                          | conn 0",
         "+3 a > . 1800000000:1800000524(524) ack 3000000000 | conn -",
         "a > . 1800000524:1800001048(524) ack 3000000000  | conn 1",
         "b > . 3000000000:3000000000(0) ack 1800001048    | conn 1",
         "a > F. 1800001048:1800001048(0) ack 3000000000   | conn 1",
         "= close Half-closed | closed no");
    /* nor where its own numbers go on near */
    PLAY(OPENED,
         "a > P. 1:101(100) ack 1",
         "b > F. 1:1(0) ack 101",
         "a > . 101:101(0) ack 2                           | conn 0",
         "b > . 2:2(0) ack 102                             | conn 0",
         "+2 a > . 564000:564000(0) ack 2488480000         | conn -",
         "a > F. 564000:564000(0) ack 2488480001           | conn -",
         "= close Half-closed | simclose no");
    /* what was sent before may be late */
    PLAY(OPENED,
         "b > P. 1:101(100) ack 1",
         "b > F. 101:101(0) ack 1",
         "a > . 11:11(0) ack 102                           | conn 0",
         "a > P. 1:11(10) ack 101                          | conn 0",
         "= close Half-closed");
}

static void what_an_end_sends_beyond_a_fin_is_taken_in(void **state)
{
    (void)state;
    /* the segment's flags were damaged, or it was forged */
    PLAY(OPENED,
         "b > F. 1:1(0) ack 1",
         "b > P. 1:101(100) ack 1  | conn 0",
         "a > . 1:1(0) ack 101     | conn 0",
         "b > P. 101:201(100) ack 1 | conn 0",
         "a > . 1:1(0) ack 201     | conn 0",
         "= close Half-closed | closed no");
    /* what acknowledges that data does not acknowledge the FIN */
    PLAY(OPENED,
         "b > F. 1:1(0) ack 1",
         "b > P. 1:101(100) ack 1  | conn 0",
         "a > F. 1:1(0) ack 101    | conn 0",
         "b > . 101:101(0) ack 2   | conn 0 | now closed no",
         "= closed no");
}

static void the_fin_at_the_end_counts_after_one_that_was_none(void **state)
{
    (void)state;
    PLAY(OPENED,
         "b > F. 1:1(0) ack 1",
         "b > P. 1:101(100) ack 1",
         "a > . 1:1(0) ack 101",
         "b > F. 101:101(0) ack 1  | conn 0",
         "a > F. 1:1(0) ack 102    | conn 0",
         "b > . 102:102(0) ack 2   | conn 0",
         "= close Orderly | closed yes | holders b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_opening_is_completed_by_the_acknowledgement_of_the_second_syn),
        TEST(a_rst_completes_no_opening),
        TEST(a_syn_ack_with_another_number_completes_no_opening),
        TEST(neither_does_one_that_comes_after_the_acknowledgement),
        TEST(nor_does_who_sent_it_and_goes_on_from_there),
        TEST(nor_does_who_sent_it_while_its_own_syn_still_waited),
        TEST(an_acknowledgement_captured_before_its_syn_counts),
        TEST(an_acknowledgement_after_the_one_that_does_not_count_does),
        TEST(whoever_changes_its_number_and_goes_on_has_completed_it),
        TEST(a_closing_is_completed_by_the_acknowledgement_of_the_second_fin),
        TEST(an_acknowledgement_beyond_a_fin_acknowledges_none),
        TEST(what_follows_far_beyond_one_acknowledged_fin_is_another_connection),
        TEST(whoever_has_acknowledged_a_fin_acknowledges_nothing_else_in_that_connection),
        TEST(what_an_end_sends_beyond_a_fin_is_taken_in),
        TEST(the_fin_at_the_end_counts_after_one_that_was_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
