/* test_time_wait.c
 * How long TIME-WAIT lasts, and how many an address holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

/* Frames 1 to 3. */
#define OPEN \
    "a > S 0:0(0)", \
        "b > SA 0:0(0) ack 1", \
        "a > . 1:1(0) ack 1"

/* Frames 4 to 7: a closes first and holds TIME-WAIT. */
#define CLOSE \
    "a > FA 1:1(0) ack 1", \
        "b > . 1:1(0) ack 2", \
        "b > FA 1:1(0) ack 2", \
        "a > . 2:2(0) ack 2 | enters a | concurrent 1"

/* The same between c and d; d closes first. */
#define OTHER \
    "c > S 0:0(0)", \
        "d > SA 0:0(0) ack 1", \
        "c > . 1:1(0) ack 1", \
        "d > FA 1:1(0) ack 1", \
        "c > FA 1:1(0) ack 2", \
        "d > . 2:2(0) ack 2 | enters d | concurrent 1"

/* --- how many --- */

static void the_holder_counts_from_the_segment_with_which_it_enters(void **state)
{
    (void)state;
    PLAY("a > S 0:0(0)           | concurrent -",
         "b > SA 0:0(0) ack 1    | concurrent -",
         "a > . 1:1(0) ack 1     | concurrent -",
         "a > FA 1:1(0) ack 1    | concurrent -",
         "b > FA 1:1(0) ack 2    | concurrent -",
         "a > . 2:2(0) ack 2     | always concurrent 1",
         "= holders a");
}

static void only_the_address_that_holds_it_counts(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE, OTHER,
         "+1 b > . 2:2(0) ack 2   | concurrent -",
         "c > . 2:2(0) ack 2      | concurrent -",
         "=0 holders a",
         "=1 holders d");
}

static void both_ends_of_a_simultaneous_close_count(void **state)
{
    (void)state;
    PLAY(OPEN,
         "a > FA 1:1(0) ack 1",
         "b > FA 1:1(0) ack 1",
         "b > . 2:2(0) ack 2     | enters a | concurrent -",
         "a > . 2:2(0) ack 2     | enters b | always concurrent 1",
         "b > . 2:2(0) ack 2     | always concurrent 1",
         "= holders a b");
}

static void an_end_that_entered_before_that_was_known_counts_from_there_in_the_end(void **state)
{
    (void)state;
    /* a has entered with frame 6, as frame 8 shows */
    PLAY(OPEN,
         "a > FA 1:1(0) ack 1",
         "b > FA 1:1(0) ack 1",
         "b > . 2:2(0) ack 2     | enters a",
         "a > P. 1:1(0) ack 1    | now concurrent - | concurrent 1",
         "a > . 2:2(0) ack 2     | always concurrent 1",
         "= holders a b");
}

static void a_self_connect_counts_once(void **state)
{
    (void)state;
    PLAY("s > S 0:0(0)",
         "s > SA 0:0(0) ack 1",
         "s > . 1:1(0) ack 1",
         "s > FA 1:1(0) ack 1",
         "s > . 2:2(0) ack 2     | enters s | always concurrent 1",
         "= holders s");
}

/* --- until when --- */

static void it_ends_after_two_msl_by_the_estimate(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+59.99 a > . 2:2(0) ack 2  | always concurrent 1",
         "+0.01 a > . 2:2(0) ack 2   | always concurrent 0");
}

static void any_segment_of_the_capture_tells_that_it_is_over(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+60 c > S 0:0(0)",
         "d > SA 0:0(0) ack 1",
         "a > . 2:2(0) ack 2     | always concurrent 0");
}

static void the_fin_that_comes_again_starts_it_anew(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+30 b > FA 1:1(0) ack 2",
         "a > . 2:2(0) ack 2         | starts yes | always concurrent 1",
         "+59.98 a > . 2:2(0) ack 2  | always concurrent 1",
         "+0.02 a > . 2:2(0) ack 2   | always concurrent 0",
         "= holders a");
}

static void a_stay_that_was_started_anew_ends_after_a_later_one(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+10 c > S 0:0(0)",
         "d > SA 0:0(0) ack 1",
         "c > . 1:1(0) ack 1",
         "d > FA 1:1(0) ack 1",
         "c > FA 1:1(0) ack 2",
         "d > . 2:2(0) ack 2         | always concurrent 1",
         "+10 b > FA 1:1(0) ack 2",
         "a > . 2:2(0) ack 2         | always concurrent 1",
         "+52 d > . 2:2(0) ack 2     | always concurrent 0",
         "a > . 2:2(0) ack 2         | always concurrent 1",
         "+10 a > . 2:2(0) ack 2     | always concurrent 0");
}

static void a_fin_sent_again_after_the_ack_moves_the_entry(void **state)
{
    (void)state;
    /* a repeats its FIN, so frame 6 has not arrived: it enters with frame 9 */
    PLAY(OPEN,
         "a > FA 1:1(0) ack 1",
         "b > FA 1:1(0) ack 1",
         "b > . 2:2(0) ack 2",
         "a > . 2:2(0) ack 2         | enters b | now concurrent 1 | concurrent -",
         "+0.6 a > FA 1:1(0) ack 2   | concurrent -",
         "b > . 2:2(0) ack 2         | enters a | always concurrent 1",
         "a > . 2:2(0) ack 2         | always concurrent 1",
         "= holders a b");
}

static void time_that_steps_back_ends_nothing(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+50 a > . 2:2(0) ack 2     | always concurrent 1",
         "+-49 a > . 2:2(0) ack 2    | always concurrent 1",
         "+50 a > . 2:2(0) ack 2     | always concurrent 1",
         "+20 a > . 2:2(0) ack 2     | always concurrent 0");
}

/* --- what ends it early --- */

static void a_rst_of_exactly_what_the_holder_expects_ends_it(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+5 b > P. 1:1(0) ack 2",
         "a > . 2:2(0) ack 2         | always concurrent 1",
         "b > R 2:2(0)               | assassinated yes | now assassinated yes | reset counts"
         " | events assassination | states CLOSED/CLOSED | why RST (frame 10) ended TIME-WAIT early",
         "c > S 0:0(0)",
         "= close Orderly | holders a");
}

static void a_rst_of_another_number_does_not(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+5 b > R 1:1(0)            | assassinated no",
         "b > R 3:3(0)               | assassinated no",
         "a > . 2:2(0) ack 2         | concurrent 1",
         "= close Orderly | holders a");
}

static void a_holder_that_answers_what_came_after_the_rst_has_ignored_it(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+5 b > FA 1:1(0) ack 2",
         "a > . 2:2(0) ack 2         | concurrent 1",
         "b > R 2:2(0)               | assassinated no | now assassinated yes | reset ignored | events -",
         "+5 b > FA 1:1(0) ack 2",
         "a > . 2:2(0) ack 2         | always concurrent 1 | why went on after a RST",
         "b > R 2:2(0)               | always assassinated no | reset ignored",
         "= close Orderly | holders a",
         "~ a RST later proves ignored");
}

static void an_answer_that_was_on_its_way_when_the_rst_came_proves_nothing(void **state)
{
    (void)state;
    /* frame 12 answers frame 9; that frame 11 came after the RST does not matter */
    PLAY(OPEN, CLOSE,
         "+5 b > P. 1:1(0) ack 2 win 1",
         "b > FA 1:1(0) ack 2",
         "b > R 2:2(0)               | assassinated yes",
         "b > FA 1:1(0) ack 2",
         "a > . 2:2(0) ack 2",
         "= close Orderly | holders a");
}

static void a_rst_of_the_holder_shows_that_it_has_forgotten(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+5 b > FA 1:1(0) ack 2",
         "a > R 2:2(0)               | always concurrent 0 | assassinated no",
         "= close Orderly | holders a");
}

static void after_its_estimated_end_a_rst_ends_nothing(void **state)
{
    (void)state;
    PLAY(OPEN, CLOSE,
         "+61 b > R 2:2(0)           | assassinated no",
         "= close Orderly | holders a");
}

/* --- where memory ends --- */

static void it_does_without_memory(void **state)
{
    (void)state;
    EXHAUST(OPEN, CLOSE, OTHER,
            "+5 b > FA 1:1(0) ack 2",
            "a > . 2:2(0) ack 2",
            "b > R 2:2(0)",
            "a2 > S 0:0(0)",
            "b2 > SA 0:0(0) ack 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_holder_counts_from_the_segment_with_which_it_enters),
        TEST(only_the_address_that_holds_it_counts),
        TEST(both_ends_of_a_simultaneous_close_count),
        TEST(an_end_that_entered_before_that_was_known_counts_from_there_in_the_end),
        TEST(a_self_connect_counts_once),
        TEST(it_ends_after_two_msl_by_the_estimate),
        TEST(any_segment_of_the_capture_tells_that_it_is_over),
        TEST(the_fin_that_comes_again_starts_it_anew),
        TEST(a_stay_that_was_started_anew_ends_after_a_later_one),
        TEST(a_fin_sent_again_after_the_ack_moves_the_entry),
        TEST(time_that_steps_back_ends_nothing),
        TEST(a_rst_of_exactly_what_the_holder_expects_ends_it),
        TEST(a_rst_of_another_number_does_not),
        TEST(a_holder_that_answers_what_came_after_the_rst_has_ignored_it),
        TEST(an_answer_that_was_on_its_way_when_the_rst_came_proves_nothing),
        TEST(a_rst_of_the_holder_shows_that_it_has_forgotten),
        TEST(after_its_estimated_end_a_rst_ends_nothing),
        TEST(it_does_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
