/* test_state.c
 * The states of both ends: the transitions alone, and as a capture shows them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "state.h"

#include "script.h"

/* --- the table: what a segment says of its sender --- */

#define S(state) SIMTCP_STATE_##state

static void sends(enum simtcp_state from, enum sent_event event, enum simtcp_state now, enum simtcp_state then)
{
    uint8_t state = (uint8_t)from;

    assert_int_equal(state_after_sending(&state, event), now);
    assert_int_equal(state, then);
}

static void receives(enum simtcp_state from, enum received_event event, enum simtcp_state then)
{
    uint8_t state = (uint8_t)from;

    state_after_receiving(&state, event);
    assert_int_equal(state, then);
}

static void unknown_sends_syn_goes_to_syn_sent(void **state)
{
    (void)state;
    sends(S(UNKNOWN), SENT_SYN, S(SYN_SENT), S(SYN_SENT));
}

static void syn_sent_receives_syn_goes_to_syn_received(void **state)
{
    (void)state;
    receives(S(SYN_SENT), RECEIVED_SYN, S(SYN_RECEIVED));
}

static void syn_sent_receives_syn_ack_goes_to_established(void **state)
{
    (void)state;
    receives(S(SYN_SENT), RECEIVED_SYN_ACK, S(ESTABLISHED));
}

static void syn_sent_sends_syn_ack_goes_to_syn_received(void **state)
{
    (void)state;
    sends(S(SYN_SENT), SENT_SYN_ACK, S(SYN_RECEIVED), S(SYN_RECEIVED));
}

static void syn_received_receives_ack_goes_to_established(void **state)
{
    (void)state;
    receives(S(SYN_RECEIVED), RECEIVED_ACK_OF_SYN, S(ESTABLISHED));
    receives(S(SYN_RECEIVED), RECEIVED_SYN_ACK, S(ESTABLISHED));
}

static void syn_received_sends_fin_goes_to_fin_wait_1(void **state)
{
    (void)state;
    sends(S(SYN_RECEIVED), SENT_FIRST_FIN, S(FIN_WAIT_1), S(FIN_WAIT_1));
}

static void syn_received_receives_fin_goes_to_close_wait(void **state)
{
    (void)state;
    receives(S(SYN_RECEIVED), RECEIVED_FIN, S(CLOSE_WAIT));
}

static void established_sends_fin_goes_to_fin_wait_1(void **state)
{
    (void)state;
    sends(S(ESTABLISHED), SENT_FIRST_FIN, S(FIN_WAIT_1), S(FIN_WAIT_1));
}

static void established_receives_fin_goes_to_close_wait(void **state)
{
    (void)state;
    receives(S(ESTABLISHED), RECEIVED_FIN, S(CLOSE_WAIT));
}

static void fin_wait_1_receives_ack_of_fin_goes_to_fin_wait_2(void **state)
{
    (void)state;
    receives(S(FIN_WAIT_1), RECEIVED_ACK_OF_FIN, S(FIN_WAIT_2));
}

static void fin_wait_1_receives_fin_goes_to_closing(void **state)
{
    (void)state;
    receives(S(FIN_WAIT_1), RECEIVED_FIN, S(CLOSING));
}

static void fin_wait_2_receives_fin_goes_to_time_wait(void **state)
{
    (void)state;
    receives(S(FIN_WAIT_2), RECEIVED_FIN, S(TIME_WAIT));
}

static void closing_receives_ack_of_fin_goes_to_time_wait(void **state)
{
    (void)state;
    receives(S(CLOSING), RECEIVED_ACK_OF_FIN, S(TIME_WAIT));
}

static void close_wait_sends_fin_goes_to_last_ack(void **state)
{
    (void)state;
    sends(S(CLOSE_WAIT), SENT_LAST_FIN, S(LAST_ACK), S(LAST_ACK));
}

static void last_ack_receives_ack_of_fin_goes_to_closed(void **state)
{
    (void)state;
    receives(S(LAST_ACK), RECEIVED_ACK_OF_FIN, S(CLOSED));
}

static void a_crossing_fin_corrects_close_wait_to_fin_wait_1(void **state)
{
    (void)state;
    sends(S(CLOSE_WAIT), SENT_CROSSING_FIN, S(FIN_WAIT_1), S(CLOSING));
}

static void a_crossing_syn_corrects_syn_received_to_syn_sent(void **state)
{
    (void)state;
    sends(S(SYN_RECEIVED), SENT_SYN, S(SYN_SENT), S(SYN_RECEIVED));
}

static void a_crossing_syn_ack_corrects_established_to_syn_received(void **state)
{
    (void)state;
    sends(S(ESTABLISHED), SENT_SYN_ACK, S(SYN_RECEIVED), S(ESTABLISHED));
}

static void nothing_that_arrives_makes_a_state_unknown(void **state)
{
    (void)state;
    for (int from = SIMTCP_STATE_CLOSED; from <= SIMTCP_STATE_TIME_WAIT; from++) {
        for (int event = 0; event < RECEIVED_EVENTS; event++) {
            uint8_t now = (uint8_t)from;

            state_after_receiving(&now, (enum received_event)event);
            assert_int_not_equal(now, SIMTCP_STATE_UNKNOWN);
        }
        for (int event = 0; event < SENT_EVENTS; event++) {
            uint8_t now = (uint8_t)from;

            assert_int_not_equal(state_after_sending(&now, (enum sent_event)event), SIMTCP_STATE_UNKNOWN);
            assert_int_not_equal(now, SIMTCP_STATE_UNKNOWN);
        }
    }
}

static void time_wait_and_closed_are_not_left_by_what_arrives(void **state)
{
    (void)state;
    for (int event = 0; event < RECEIVED_EVENTS; event++) {
        receives(S(TIME_WAIT), (enum received_event)event, S(TIME_WAIT));
        receives(S(CLOSED), (enum received_event)event, S(CLOSED));
    }
}

/* --- in captures --- */

static void three_way_passes_the_states_of_figure_6(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | always states SYN-SENT/SYN-RECEIVED",
         "b > SA 0:0(0) ack 1     | always states SYN-RECEIVED/ESTABLISHED",
         "a > . 1:1(0) ack 1      | always states ESTABLISHED/ESTABLISHED",
         "a > P. 1:101(100) ack 1 | always states ESTABLISHED/ESTABLISHED | note no",
         "b > . 1:1(0) ack 101    | always states ESTABLISHED/ESTABLISHED | note no");
}

static void a_syn_sent_bare_again_shows_that_the_peers_had_not_arrived(void **state)
{
    (void)state;
    /* a router holds both back: no end goes from SYN-RECEIVED back to SYN-SENT */
    PLAY("a > S 0:0(0)            | states SYN-SENT/Unknown",
         "b > S 0:0(0)            | states SYN-SENT/SYN-SENT",
         "+1 a > S 0:0(0)         | states SYN-SENT/SYN-SENT",
         "+1 b > S 0:0(0)         | states SYN-SENT/SYN-SENT",
         "+1 a > S 0:0(0)         | states SYN-SENT/SYN-RECEIVED",
         "+1 b > S 0:0(0)         | states SYN-SENT/SYN-RECEIVED",
         "a > SA 0:0(0) ack 1     | always states SYN-RECEIVED/ESTABLISHED",
         "b > SA 0:0(0) ack 1     | always states SYN-RECEIVED/ESTABLISHED");
}

static void an_unanswered_syn_says_nothing_of_its_receiver(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | states SYN-SENT/Unknown | now states SYN-SENT/SYN-RECEIVED",
         "= open Incomplete");
}

static void a_syn_that_is_reset_found_a_closed_port_although_its_sender_had_sent_one(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | states SYN-SENT/SYN-RECEIVED",
         "b > S 0:0(0)            | states SYN-SENT/CLOSED",
         "a2 > RA 0:0(0) ack 1    | states CLOSED/CLOSED",
         "= open Simultaneous or split | close Reset");
}

static void simultaneous_open_passes_the_states_of_figure_7(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | always states SYN-SENT/SYN-RECEIVED",
         "b > S 0:0(0)            | always states SYN-SENT/SYN-RECEIVED",
         "a > SA 0:0(0) ack 1     | always states SYN-RECEIVED/ESTABLISHED",
         "b > SA 0:0(0) ack 1     | always states SYN-RECEIVED/ESTABLISHED",
         "a > . 1:1(0) ack 1      | always states ESTABLISHED/ESTABLISHED");
}

static void an_end_whose_peers_syn_was_lost_goes_straight_to_established(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | states SYN-SENT/*",
         "b > S 0:0(0)            | states SYN-SENT/SYN-RECEIVED",
         "a > SA 0:0(0) ack 1     | states SYN-RECEIVED/ESTABLISHED",
         "b > . 1:1(0) ack 1      | states ESTABLISHED/ESTABLISHED");
}

static void an_unanswered_syn_leaves_its_sender_in_syn_sent(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | always states SYN-SENT/*",
         "+1 a > S 0:0(0)         | always states SYN-SENT/*");
}

static void who_refuses_a_syn_is_closed(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | states SYN-SENT/CLOSED",
         "b > RA 0:0(0) ack 1     | always states CLOSED/CLOSED");
}

static void a_responder_whose_handshake_is_reset_listens_again(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)            | states SYN-SENT/SYN-RECEIVED",
         "b > SA 0:0(0) ack 1     | states SYN-RECEIVED/ESTABLISHED",
         "a > R 1:1(0)            | always states CLOSED/LISTEN");
}

static void a_rst_that_counts_closes_both_ends(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "b > R 201:201(0)        | always states CLOSED/CLOSED");
}

static void a_rst_that_is_ignored_closes_none(void **state)
{
    (void)state;
    /* who sent it is not known */
    PLAY(EXCHANGE,
         "b > R 100:100(0)        | always states Unknown/ESTABLISHED",
         "b > P. 201:301(100) ack 101 | always states ESTABLISHED/ESTABLISHED");
}

static void orderly_close_passes_the_states_of_figure_12(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201 | always states FIN-WAIT-1/CLOSE-WAIT",
         "b > . 201:201(0) ack 102  | always states CLOSE-WAIT/FIN-WAIT-2",
         "b > P. 201:301(100) ack 102 | always states CLOSE-WAIT/FIN-WAIT-2",
         "a > . 102:102(0) ack 301  | always states FIN-WAIT-2/CLOSE-WAIT",
         "b > F. 301:301(0) ack 102 | always states LAST-ACK/TIME-WAIT",
         "a > . 102:102(0) ack 302  | always states TIME-WAIT/CLOSED");
}

static void a_fin_that_acknowledges_the_peers_goes_to_last_ack_at_once(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201 | always states FIN-WAIT-1/CLOSE-WAIT",
         "b > F. 201:201(0) ack 102 | always states LAST-ACK/TIME-WAIT",
         "a > . 102:102(0) ack 202  | always states TIME-WAIT/CLOSED");
}

static void data_that_does_not_acknowledge_a_fin_was_sent_before_it_arrived(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201   | states FIN-WAIT-1/CLOSE-WAIT",
         "b > P. 201:301(100) ack 101 | always states ESTABLISHED/FIN-WAIT-1",
         "b > . 301:301(0) ack 102    | always states CLOSE-WAIT/FIN-WAIT-2");
}

static void simultaneous_close_passes_the_states_of_figure_13(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201 | states FIN-WAIT-1/CLOSING | now states FIN-WAIT-1/CLOSE-WAIT",
         "b > F. 201:201(0) ack 101 | always states FIN-WAIT-1/CLOSING",
         "a > . 102:102(0) ack 202  | always states CLOSING/TIME-WAIT",
         "b > . 202:202(0) ack 102  | always states CLOSING/TIME-WAIT");
}

static void a_fin_resent_from_closing_takes_the_peer_to_time_wait(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201 | states FIN-WAIT-1/CLOSING",
         "b > F. 201:201(0) ack 101 | states FIN-WAIT-1/CLOSING",
         "a > F. 101:101(0) ack 202 | states CLOSING/TIME-WAIT",
         "b > F. 201:201(0) ack 102 | states CLOSING/TIME-WAIT");
}

static void after_a_lost_fin_one_end_passes_fin_wait_2(void **state)
{
    (void)state;
    /* measured with Linux: FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT; the other goes through CLOSING */
    PLAY(EXCHANGE,
         "b > F. 201:201(0) ack 101 | states FIN-WAIT-1/*",
         "a > . 102:102(0) ack 202  | states */FIN-WAIT-2",
         "+0.6 a > F. 101:101(0) ack 202 | states CLOSING/TIME-WAIT",
         "b > . 202:202(0) ack 102  | states TIME-WAIT/TIME-WAIT");
}

static void a_self_connect_passes_closing(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)              | always states SYN-SENT/SYN-RECEIVED",
         "s > SA 0:0(0) ack 1       | always states SYN-RECEIVED/ESTABLISHED",
         "s > . 1:1(0) ack 1        | always states ESTABLISHED/ESTABLISHED",
         "s > F. 1:1(0) ack 1       | always states FIN-WAIT-1/CLOSING",
         "s > . 2:2(0) ack 2        | always states CLOSING/TIME-WAIT");
}

static void a_capture_from_the_middle_knows_nothing_until_a_segment_proves_something(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1   | always states Unknown/Unknown",
         "b > . 1:1(0) ack 101      | always states Unknown/Unknown");
}

static void an_orderly_close_in_the_middle_shows_its_states(void **state)
{
    (void)state;
    PLAY("a > . 1:1(0) ack 1        | states Unknown/Unknown",
         "a > F. 1:1(0) ack 1       | states FIN-WAIT-1/CLOSE-WAIT",
         "b > F. 1:1(0) ack 2       | always states LAST-ACK/TIME-WAIT",
         "a > . 2:2(0) ack 2        | always states TIME-WAIT/CLOSED");
}

static void a_simultaneous_close_in_the_middle_shows_its_states(void **state)
{
    (void)state;
    PLAY("a > . 1:1(0) ack 1        | states Unknown/Unknown",
         "a > F. 1:1(0) ack 1       | states FIN-WAIT-1/CLOSING",
         "b > F. 1:1(0) ack 1       | always states FIN-WAIT-1/CLOSING",
         "a > . 2:2(0) ack 2        | always states CLOSING/TIME-WAIT",
         "b > . 2:2(0) ack 2        | always states CLOSING/TIME-WAIT");
}

static void a_holder_stays_in_time_wait(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201",
         "b > F. 201:201(0) ack 102",
         "a > . 102:102(0) ack 202       | states TIME-WAIT/CLOSED",
         "+0.3 b > F. 201:201(0) ack 102 | states LAST-ACK/TIME-WAIT",
         "a > . 102:102(0) ack 202       | states TIME-WAIT/CLOSED");
}

static void new_data_of_both_ends_proves_established(void **state)
{
    (void)state;
    PLAY("a > P. 1:101(100) ack 1     | states Unknown/Unknown",
         "b > P. 1:201(200) ack 101   | states Unknown/Unknown",
         "a > P. 101:201(100) ack 201 | states */*",
         "b > P. 201:301(100) ack 201 | states ESTABLISHED/ESTABLISHED",
         "a > . 201:201(0) ack 301    | states ESTABLISHED/ESTABLISHED");
}

static void a_segment_without_the_last_fin_was_sent_from_fin_wait(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201   | states FIN-WAIT-1/CLOSE-WAIT",
         "b > F. 201:201(0) ack 102   | states LAST-ACK/TIME-WAIT",
         "a > . 102:102(0) ack 201    | states FIN-WAIT-2/LAST-ACK",
         "a > . 102:102(0) ack 202    | states TIME-WAIT/CLOSED");
}

static void a_segment_without_a_crossing_fin_was_sent_from_fin_wait_1(void **state)
{
    (void)state;
    PLAY(EXCHANGE,
         "a > F. 101:101(0) ack 201   | states FIN-WAIT-1/CLOSING",
         "b > F. 201:201(0) ack 101   | states FIN-WAIT-1/CLOSING",
         "a > . 102:102(0) ack 201    | states FIN-WAIT-1/CLOSING",
         "a > . 102:102(0) ack 202    | states CLOSING/TIME-WAIT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unknown_sends_syn_goes_to_syn_sent),
        TEST(syn_sent_receives_syn_goes_to_syn_received),
        TEST(syn_sent_receives_syn_ack_goes_to_established),
        TEST(syn_sent_sends_syn_ack_goes_to_syn_received),
        TEST(syn_received_receives_ack_goes_to_established),
        TEST(syn_received_sends_fin_goes_to_fin_wait_1),
        TEST(syn_received_receives_fin_goes_to_close_wait),
        TEST(established_sends_fin_goes_to_fin_wait_1),
        TEST(established_receives_fin_goes_to_close_wait),
        TEST(fin_wait_1_receives_ack_of_fin_goes_to_fin_wait_2),
        TEST(fin_wait_1_receives_fin_goes_to_closing),
        TEST(fin_wait_2_receives_fin_goes_to_time_wait),
        TEST(closing_receives_ack_of_fin_goes_to_time_wait),
        TEST(close_wait_sends_fin_goes_to_last_ack),
        TEST(last_ack_receives_ack_of_fin_goes_to_closed),
        TEST(a_crossing_fin_corrects_close_wait_to_fin_wait_1),
        TEST(a_crossing_syn_corrects_syn_received_to_syn_sent),
        TEST(a_crossing_syn_ack_corrects_established_to_syn_received),
        TEST(nothing_that_arrives_makes_a_state_unknown),
        TEST(time_wait_and_closed_are_not_left_by_what_arrives),
        TEST(three_way_passes_the_states_of_figure_6),
        TEST(a_syn_sent_bare_again_shows_that_the_peers_had_not_arrived),
        TEST(an_unanswered_syn_says_nothing_of_its_receiver),
        TEST(a_syn_that_is_reset_found_a_closed_port_although_its_sender_had_sent_one),
        TEST(simultaneous_open_passes_the_states_of_figure_7),
        TEST(an_end_whose_peers_syn_was_lost_goes_straight_to_established),
        TEST(an_unanswered_syn_leaves_its_sender_in_syn_sent),
        TEST(who_refuses_a_syn_is_closed),
        TEST(a_responder_whose_handshake_is_reset_listens_again),
        TEST(a_rst_that_counts_closes_both_ends),
        TEST(a_rst_that_is_ignored_closes_none),
        TEST(orderly_close_passes_the_states_of_figure_12),
        TEST(a_fin_that_acknowledges_the_peers_goes_to_last_ack_at_once),
        TEST(data_that_does_not_acknowledge_a_fin_was_sent_before_it_arrived),
        TEST(simultaneous_close_passes_the_states_of_figure_13),
        TEST(a_fin_resent_from_closing_takes_the_peer_to_time_wait),
        TEST(after_a_lost_fin_one_end_passes_fin_wait_2),
        TEST(a_self_connect_passes_closing),
        TEST(a_capture_from_the_middle_knows_nothing_until_a_segment_proves_something),
        TEST(an_orderly_close_in_the_middle_shows_its_states),
        TEST(a_simultaneous_close_in_the_middle_shows_its_states),
        TEST(a_holder_stays_in_time_wait),
        TEST(new_data_of_both_ends_proves_established),
        TEST(a_segment_without_the_last_fin_was_sent_from_fin_wait),
        TEST(a_segment_without_a_crossing_fin_was_sent_from_fin_wait_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
