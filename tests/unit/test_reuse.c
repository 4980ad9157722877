/* test_reuse.c
 * A SYN for a 4-tuple in TIME-WAIT, and what its holder does with it (RFC 6191).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* Frames 1 to 6: b closes first and holds TIME-WAIT. */
#define OLD \
    "a > S 0:0(0)", \
        "b > SA 0:0(0) ack 1", \
        "a > . 1:1(0) ack 1", \
        "b > FA 1:1(0) ack 1", \
        "a > FA 1:1(0) ack 2", \
        "b > . 2:2(0) ack 2 | enters b"

/* The same with timestamps. */
#define OLD_WITH_TIMESTAMPS \
    "a > S 0:0(0) <ts 1000>", \
        "b > SA 0:0(0) ack 1 <ts 500>", \
        "a > . 1:1(0) ack 1 <ts 1020>", \
        "b > FA 1:1(0) ack 1 <ts 520>", \
        "a > FA 1:1(0) ack 2 <ts 1040>", \
        "b > . 2:2(0) ack 2 <ts 540> | enters b"

/* --- what the holder does --- */

static void a_syn_ack_accepts_it(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | age 3 | answer Accepted | now answer - | events reuse",
         "b2 > SA 0:0(0) ack 1        | always answer Accepted | age - | concurrent 0 | events -",
         "a2 > . 1:1(0) ack 1         | why frame 7) is for a 4-tuple that had been in TIME-WAIT for 3.000 s",
         "=1 open Three-way");
}

static void its_last_acknowledgement_challenges_it(void **state)
{
    (void)state;
    PLAY("isn a2 4294867296",
         OLD,
         "+3 a2 > S 0:0(0)            | age 3 | answer Challenged | states SYN-SENT/TIME-WAIT | events reuse",
         "b > . 2:2(0) ack a1:2       | always answer Challenged | conn 0 | events refused | concurrent 1",
         "a > R 2:2(0)                | assassinated yes | events assassination",
         "+1 a2 > S 0:0(0)            | age - | answer - | role 1.SYN n (repeat) | states SYN-SENT/SYN-RECEIVED",
         "b2 > SA 0:0(0) ack 1        | answer -",
         "a2 > . 1:1(0) ack 1         | why neither its number nor its timestamp allows it",
         "=1 open Three-way");
}

static void a_rst_refuses_it(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | answer Refused",
         "b > RA 0:0(0) ack 1         | always answer Refused | events refused | conn 1",
         "=1 open Refused | close Reset");
}

static void silence_ignores_it(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | answer Ignored | now answer - | events reuse refused | now events reuse",
         "+1 a2 > S 0:0(0)            | answer - | age -",
         "=1 open Incomplete");
}

static void an_answer_after_time_wait_has_run_out_is_none(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | answer Ignored",
         "+63 a2 > S 0:0(0)",
         "b2 > SA 0:0(0) ack 1        | answer -",
         "a2 > . 1:1(0) ack 1",
         "=1 open Three-way");
}

static void where_the_answer_was_not_captured_none_is_claimed(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | age 3 | answer -",
         "a2 > . 1:1(0) ack b2:1      | answer -",
         "=1 open Unknown");
}

static void an_ack_of_an_old_segment_is_no_answer(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | age 3 | answer -",
         "a > FA 1:1(0) ack b1:2",
         "b > . 2:2(0) ack a1:2       | answer -",
         "=1 open Incomplete");
}

/* --- whose TIME-WAIT --- */

static void the_holder_itself_dials_again(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 b2 > S 0:0(0)            | age 3 | answer - | concurrent 0 | events reuse",
         "a2 > SA 0:0(0) ack 1        | answer -",
         "b2 > . 1:1(0) ack 1         | why by the end that held it",
         "=1 open Three-way");
}

static void after_a_simultaneous_close_the_other_end_has_to_answer(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a > FA 1:1(0) ack 1",
         "b > FA 1:1(0) ack 1",
         "b > . 2:2(0) ack 2",
         "a > . 2:2(0) ack 2",
         "+3 a2 > S 0:0(0)            | answer Accepted | concurrent 0",
         "b2 > SA 0:0(0) ack 1        | answer Accepted | concurrent 0",
         "a2 > . 1:1(0) ack 1",
         "=0 holders a b",
         "=1 open Three-way");
}

static void both_dial_again_at_once(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | age 3 | answer -",
         "b2 > S 0:0(0)               | age - | concurrent 0",
         "a2 > SA 0:0(0) ack 1        | answer -",
         "b2 > SA 0:0(0) ack 1        | answer -",
         "=1 open Simultaneous");
}

static void once_time_wait_is_over_it_is_no_reuse(void **state)
{
    (void)state;
    PLAY(OLD,
         "+61 a2 > S 0:0(0)           | age - | events -",
         "b2 > SA 0:0(0) ack 1        | answer -",
         "a2 > . 1:1(0) ack 1");
}

static void the_age_is_not_negative_where_time_steps_back(void **state)
{
    (void)state;
    PLAY(OLD,
         "+-20 a2 > S 0:0(0)          | age 0",
         "b2 > SA 0:0(0) ack 1");
}

static void after_a_reset_it_is_no_reuse(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)",
         "b > SA 0:0(0) ack 1",
         "a > . 1:1(0) ack 1",
         "a > RA 1:1(0) ack 1",
         "+3 a2 > S 0:0(0)            | age - | events -");
}

static void a_second_attempt_meets_the_same_time_wait(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | age 3 | answer Ignored",
         "+4 a3 > S 0:0(0)            | age 7 | answer Accepted",
         "b2 > SA 0:0(0) ack a3:1     | answer Accepted",
         "a3 > . 1:1(0) ack b2:1",
         "=1 open Incomplete",
         "=2 open Three-way");
}

static void a_capture_without_the_syn_shows_that_time_wait_is_over(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 b2 > SA 0:0(0) ack a2:1  | concurrent 0 | answer -",
         "a2 > . 1:1(0) ack b2:1");
}

/* --- is it allowed? --- */

static void a_number_beyond_the_last_allows_it(void **state)
{
    (void)state;
    PLAY("isn a2 2", OLD,
         "+3 a2 > S 0:0(0)            | why its number, beyond the last",
         "b2 > SA 0:0(0) ack 1");
}

static void the_last_number_itself_does_not(void **state)
{
    (void)state;
    PLAY("isn a2 1", OLD,
         "+3 a2 > S 0:0(0)            | why neither its number nor its timestamp allows",
         "b2 > SA 0:0(0) ack 1");
}

static void a_newer_timestamp_allows_it_whatever_the_number(void **state)
{
    (void)state;
    PLAY("isn a2 4294867296", OLD_WITH_TIMESTAMPS,
         "+3 a2 > S 0:0(0) <ts 1041>  | why its timestamp, newer",
         "b2 > SA 0:0(0) ack 1");
}

static void with_the_same_timestamp_the_number_decides(void **state)
{
    (void)state;
    PLAY("isn a2 2", OLD_WITH_TIMESTAMPS,
         "+3 a2 > S 0:0(0) <ts 1040>  | why its number, beyond the last",
         "b2 > SA 0:0(0) ack 1");
    PLAY("isn a2 1", OLD_WITH_TIMESTAMPS,
         "+3 a2 > S 0:0(0) <ts 1040>  | why neither its number",
         "b2 > SA 0:0(0) ack 1");
}

static void an_older_timestamp_does_not_allow_it(void **state)
{
    (void)state;
    PLAY("isn a2 2", OLD_WITH_TIMESTAMPS,
         "+3 a2 > S 0:0(0) <ts 1039>  | why neither its number",
         "b2 > SA 0:0(0) ack 1");
}

static void timestamps_wrap(void **state)
{
    (void)state;
    PLAY("isn a2 1",
         "a > S 0:0(0) <ts 4294967290>",
         "b > SA 0:0(0) ack 1 <ts 500>",
         "a > . 1:1(0) ack 1 <ts 4294967291>",
         "b > FA 1:1(0) ack 1 <ts 520>",
         "a > FA 1:1(0) ack 2 <ts 4294967292>",
         "b > . 2:2(0) ack 2 <ts 540>",
         "+3 a2 > S 0:0(0) <ts 5>     | why its timestamp, newer",
         "b2 > SA 0:0(0) ack 1");
}

static void timestamps_where_there_were_none_allow_it(void **state)
{
    (void)state;
    PLAY("isn a2 1", OLD,
         "+3 a2 > S 0:0(0) <ts 5>     | why its timestamp, newer than any of the old connection",
         "b2 > SA 0:0(0) ack 1");
}

static void until_it_is_answered_nobody_knows_where_the_syn_leaves_its_receiver(void **state)
{
    (void)state;
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | now states SYN-SENT/Unknown | states SYN-SENT/SYN-RECEIVED",
         "b2 > SA 0:0(0) ack 1");
    PLAY(OLD,
         "+3 a2 > S 0:0(0)            | now states SYN-SENT/Unknown | states SYN-SENT/TIME-WAIT");
}

static void the_sentence_has_room_for_all_there_is_to_say(void **state)
{
    (void)state;
    PLAY(OLD_WITH_TIMESTAMPS,
         "+3 a2 > S 0:0(0) <ts 4041>",
         "+1 a2 > S 0:0(0) <ts 5041>",
         "b2 > SA 0:0(0) ack 1        | always answer Accepted",
         "a2 > . 1:1(0) ack 1",
         "a2 > F. 1:1(0) ack 1",
         "b2 > F. 1:1(0) ack 1",
         "b2 > . 2:2(0) ack 2",
         "a2 > . 2:2(0) ack 2",
         "+1 b2 > P. 0:1(1) ack 2",
         "a2 > . 2:2(0) ack 2",
         "b2 > R 2:2(0)               | assassinated no",
         "+1 b2 > P. 0:1(1) ack 2",
         "a2 > . 2:2(0) ack 2",
         "=1 close Simultaneous | why as RFC 1337 recommends.",
         "~ the RST proves ignored");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_sentence_has_room_for_all_there_is_to_say),
        TEST(until_it_is_answered_nobody_knows_where_the_syn_leaves_its_receiver),
        TEST(a_syn_ack_accepts_it),
        TEST(its_last_acknowledgement_challenges_it),
        TEST(a_rst_refuses_it),
        TEST(silence_ignores_it),
        TEST(an_answer_after_time_wait_has_run_out_is_none),
        TEST(where_the_answer_was_not_captured_none_is_claimed),
        TEST(an_ack_of_an_old_segment_is_no_answer),
        TEST(the_holder_itself_dials_again),
        TEST(after_a_simultaneous_close_the_other_end_has_to_answer),
        TEST(both_dial_again_at_once),
        TEST(once_time_wait_is_over_it_is_no_reuse),
        TEST(the_age_is_not_negative_where_time_steps_back),
        TEST(after_a_reset_it_is_no_reuse),
        TEST(a_second_attempt_meets_the_same_time_wait),
        TEST(a_capture_without_the_syn_shows_that_time_wait_is_over),
        TEST(a_number_beyond_the_last_allows_it),
        TEST(the_last_number_itself_does_not),
        TEST(a_newer_timestamp_allows_it_whatever_the_number),
        TEST(with_the_same_timestamp_the_number_decides),
        TEST(an_older_timestamp_does_not_allow_it),
        TEST(timestamps_wrap),
        TEST(timestamps_where_there_were_none_allow_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
