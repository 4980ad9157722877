/* test_nearest.c
 * Which of several incarnations a segment without SYN and RST is nearest to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

static void a_number_beyond_a_newer_syn_is_not_the_older_attempts(void **state)
{
    (void)state;
    /* what b sent first was not captured; the first SYN, a little below the second, would vouch for a's number */
    PLAY("~ a SYN that was not captured makes it look like another attempt",
         "isn a2 729",
         "a > S 0:0(0)                 | conn 0",
         "a2 > S 0:0(0)                | conn 1",
         "b > S 0:0(0)                 | conn 1",
         "a2 > SA 0:0(0) ack 1         | conn 1",
         "b > . 1:1(0) ack a2:1        | conn 1",
         "a2 > . 1:1(0) ack 918        | conn 1",
         "a2 > F. 1:1(0) ack 918       | conn 1",
         "b > F. 918:918(0) ack a2:2   | conn 1",
         "a2 > . 2:2(0) ack 919        | conn 1",
         "=1 open Simultaneous or split | close Orderly | holders a");
}

static void an_acknowledgement_beyond_a_newer_syn_neither(void **state)
{
    (void)state;
    /* a dialled anew and was refused, dialled again and was answered: of that the handshake was not captured */
    PLAY("~ the RST is taken back", "isn a2 281999", "isn b2 469151",
         "b > S 0:0(0)                 | conn 0",
         "a > S 0:0(0)                 | conn 0",
         "b > SA 0:0(0) ack a1:1       | conn 0",
         "a > R 1:1(0)                 | conn 0",
         "a2 > S 0:0(0)                | conn 1",
         "b > RA zero ack a2:1         | conn 1",
         "b2 > . 1:1(0) ack a2:1       | conn 1",
         "a2 > F. 1:1(0) ack b2:1      | conn 1",
         "b2 > F. 1:1(0) ack a2:2      | conn 1",
         "a2 > . 2:2(0) ack b2:2       | conn 1",
         "= open Simultaneous or split | close Reset | opened no");
}

static void nor_what_acknowledges_beyond_a_stray_syn_ack(void **state)
{
    (void)state;
    /* of the second connection neither SYN was captured, nor what b sent */
    PLAY("isn b2 325576", "isn a2 5000000",
         "b > S 0:0(0)                   | conn 0",
         "b2 > SA 0:0(0) ack a2:1        | conn -",
         "a2 > F. 1:1(0) ack b2:684      | conn -",
         "= open Incomplete | close Open");
}

static void nor_where_nobody_has_answered_what_its_sender_of_one_goes_on_with(void **state)
{
    (void)state;
    /* a's second attempt: both SYNs, and a's data before its FIN, were not captured */
    PLAY("isn a2 116762",
         "a > S 0:0(0)               | conn 0",
         "+1 a2 > SA 0:0(0) ack 1    | conn -",
         "a2 > F. 221:221(0) ack 1   | conn -",
         "= open Incomplete | close Open");
}

static void nor_is_one_beyond_a_newer_syn_ack(void **state)
{
    (void)state;
    /* of the third connection the handshake was not captured, of the second the SYN, of the first the FINs */
    PLAY("isn a2 65658", "isn b2 805574", "isn a3 1008013", "isn b3 1748060",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:119(118) ack 1",
         "b > . 658:658(0) ack 120",
         "a > . 120:120(0) ack 659       | conn 0",
         "b2 > SA 0:0(0) ack a2:1        | conn 1",
         "a2 > . 1:1(0) ack b2:1         | conn 1",
         "a2 > F. 1:1(0) ack b2:1        | conn 1",
         "b2 > F. 1:1(0) ack a2:2        | conn 1",
         "a2 > . 2:2(0) ack b2:2         | conn 1",
         "a3 > . 1:1(0) ack b3:1         | conn -",
         "a3 > F. 1:1(0) ack b3:1        | conn -",
         "b3 > F. 1:1(0) ack a3:1        | conn -",
         "= open Three-way | close Open");
}

static void an_older_connection_that_has_gone_beyond_a_newer_syn_goes_on(void **state)
{
    (void)state;
    PLAY("isn a2 150", "isn b2 80000",
         EXCHANGE,
         "a2 > S 0:0(0)                | conn 1",
         "a > P. 101:201(100) ack 201  | conn 0",
         "b > . 201:201(0) ack a1:201  | conn 0");
}

static void what_follows_one_attempts_syn_is_of_no_other(void **state)
{
    (void)state;
    /* b's SYN of the second attempt was not captured, and that of its third seems to be it */
    PLAY("isn a2 116089",
         "isn b2 371285",
         "isn b3 577150",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a2 > S 0:0(0)                   | conn 1",
         "b > . 1:1(0) ack a1:1           | conn 0",
         "a > R 1:1(0)                    | conn 0",
         "b3 > S 0:0(0)                   | conn 1",
         "a2 > . 1:1(0) ack b2:1          | conn -",
         "= close Reset | opened no");
}

static void whoever_refused_an_attempt_has_no_number_in_it(void **state)
{
    (void)state;
    /* b's SYN+ACK was not captured */
    PLAY("~ the RST is taken back",
         "b > S 0:0(0)",
         "a > RA 0:0(0) ack 1",
         "a2 > S 0:0(0)",
         "a2 > P. 1:537(536) ack 1    | conn 1",
         "b > . 1:1(0) ack 537        | conn 1",
         "a2 > F. 576:576(0) ack 1    | conn 1",
         "= close Reset",
         "=1 close Half-closed");
}

static void whoever_refused_an_attempt_does_not_go_on_in_it_from_another_attempts_syn(void **state)
{
    (void)state;
    /* a acknowledges an attempt of b's in between, of which nothing was captured */
    PLAY("isn b2 200000",
         "b > S 0:0(0)                | conn 0",
         "a > RA zero ack b1:1        | conn 0 | reset counts",
         "a > S 0:0(0)                | conn 1",
         "b2 > S 0:0(0)               | conn 1",
         "a > . 1:1(0) ack b1:100000  | conn -",
         "= open Refused | close Reset");
}

static void whoever_refused_an_attempt_acknowledges_nothing_in_it(void **state)
{
    (void)state;
    /* the RST never reached a; of what followed b's second SYN much was not captured */
    PLAY("a > S 0:0(0)                | conn 0",
         "b > RA zero ack 1           | conn 0",
         "b2 > S 0:0(0)               | conn 1",
         "b2 > . 1:1(0) ack 1         | conn 1",
         "a > P. 101:201(100) ack b2:50 | conn 1",
         "= open Refused");
    /* the SYN+ACK that came before the RST was not captured */
    PLAY("~ the RST proves ignored",
         "isn a2 15000",
         "a2 > P. 500:600(100) ack b:1  | conn 0",
         "a1 > S 0:0(0)                 | conn 1",
         "b > RA 1:1(0) ack a1:1        | conn 1",
         "a1 > . 1:1(0) ack b:1         | conn 1");
}

static void nothing_lies_beyond_the_fins(void **state)
{
    (void)state;
    PLAY(CLOSED,
         "+1 a > P. 150:160(10) ack 202   | conn -",
         "b > P. 250:260(10) ack 102      | conn -",
         "= close Orderly | holders a | closed yes");
}

static void nothing_lies_beyond_a_fin(void **state)
{
    (void)state;
    /* nothing after it was captured but a connection's whose handshake was not */
    PLAY("isn a2 65539", "isn b2 802355",
         EXCHANGE,
         "a > F. 101:101(0) ack 201      | conn 0",
         "a2 > . 1:1(0) ack b2:1         | conn -",
         "b2 > P. 1:101(100) ack a2:1    | conn -",
         "b2 > F. 101:101(0) ack a2:1    | conn -",
         "a2 > . 1:1(0) ack b2:102       | conn -",
         "= open Three-way | close Half-closed");
}

static void nothing_lies_beyond_a_fin_that_its_sender_goes_past(void **state)
{
    (void)state;
    /* of the second connection the handshake was not captured; of the first, b's FIN and its last acknowledgement */
    PLAY("isn a2 65637",
         "isn b2 1404806",
         "a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:248(247) ack 1",
         "b > . 1:386(385) ack 248",
         "a > F. 248:248(0) ack 386",
         "a > . 249:249(0) ack 387        | conn 0",
         "a2 > . 1:1(0) ack b2:1          | conn -",
         "a2 > . 1:525(524) ack b2:1      | conn -",
         "a2 > . 525:1049(524) ack b2:1   | conn 1",
         "b2 > F. 386:386(0) ack a2:1049  | conn 1",
         "= open Three-way | close Half-closed",
         "=1 open Unknown | close Half-closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_beyond_a_newer_syn_is_not_the_older_attempts),
        TEST(an_acknowledgement_beyond_a_newer_syn_neither),
        TEST(nor_what_acknowledges_beyond_a_stray_syn_ack),
        TEST(nor_where_nobody_has_answered_what_its_sender_of_one_goes_on_with),
        TEST(nor_is_one_beyond_a_newer_syn_ack),
        TEST(an_older_connection_that_has_gone_beyond_a_newer_syn_goes_on),
        TEST(what_follows_one_attempts_syn_is_of_no_other),
        TEST(whoever_refused_an_attempt_has_no_number_in_it),
        TEST(whoever_refused_an_attempt_does_not_go_on_in_it_from_another_attempts_syn),
        TEST(whoever_refused_an_attempt_acknowledges_nothing_in_it),
        TEST(nothing_lies_beyond_the_fins),
        TEST(nothing_lies_beyond_a_fin),
        TEST(nothing_lies_beyond_a_fin_that_its_sender_goes_past),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
