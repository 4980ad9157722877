/* test_self_connect.c
 * One socket whose segments reach itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

static void equal_ends_with_syn_ack_are_a_self_connect(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)          | role 1.SYN n | n s:0 | now open -",
         "s > SA 0:0(0) ack 1   | role 2.ACK n+1 | notation 2.SYN n, ACK n+1 | always open Self-connect "
         "| events self-connect not-a-retransmission",
         "s > . 1:1(0) ack 1 <sack 0:1> | role -",
         "= open Self-connect | simopen yes | opened yes | flagged yes");
}

static void equal_ends_without_syn_ack_are_no_self_connect(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)",
         "+1 s > S 0:0(0)       | role 1.SYN n (repeat)",
         "= open Incomplete | simopen no");
}

static void a_self_connect_is_known_by_its_syn_ack_alone(void **state)
{
    (void)state;
    PLAY("s > SA 0:0(0) ack 1",
         "= open Self-connect | simopen yes");
}

static void a_syn_ack_that_acknowledges_another_number_stays_where_it_began(void **state)
{
    (void)state;
    PLAY("s > SA 0:0(0) ack 1000 | conn 0",
         "+1 s > SA 0:0(0) ack 1000 | conn 0");
}

static void what_acknowledges_a_stray_syn_ack_begins_no_other(void **state)
{
    (void)state;
    /* the SYN's number is damaged */
    PLAY("isn s2 24000",
         "s > S 0:0(0)             | conn 0",
         "s2 > SA 0:0(0) ack s2:1  | conn -",
         "s2 > . 1:1(0) ack s2:1   | conn 0",
         "s2 > F. 1:1(0) ack s2:1  | conn 0");
}

static void a_self_connect_can_be_refused(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)           | role 1.SYN n",
         "s > RA 0:0(0) ack 1    | reset counts",
         "= open Refused | close Reset | holders -");
}

static void a_self_connect_retransmits_its_segments(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)           | role 1.SYN n",
         "+1 s > S 0:0(0)        | role 1.SYN n (repeat)",
         "s > SA 0:0(0) ack 1    | role 2.ACK n+1 | answers 2",
         "+1 s > SA 0:0(0) ack 1 | role 2.ACK n+1 (repeat)",
         "= open Self-connect");
}

static void equal_ports_at_two_addresses_are_no_self_connect(void **state)
{
    (void)state;
    /* one of the variants of the ends has them */
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "= open Three-way | simopen no");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equal_ends_with_syn_ack_are_a_self_connect),
        TEST(equal_ends_without_syn_ack_are_no_self_connect),
        TEST(a_self_connect_is_known_by_its_syn_ack_alone),
        TEST(a_syn_ack_that_acknowledges_another_number_stays_where_it_began),
        TEST(what_acknowledges_a_stray_syn_ack_begins_no_other),
        TEST(a_self_connect_can_be_refused),
        TEST(a_self_connect_retransmits_its_segments),
        TEST(equal_ports_at_two_addresses_are_no_self_connect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
