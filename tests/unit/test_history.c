/* test_history.c
 * The notes of a connection: found by frame among many, in any order; and all of them known of it, wherever the
 * halves that they are of have been. That they are in order and complete is asserted of every script (check.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "script.h"

#include <stdlib.h>

/* More than are walked through in one go, several times over. */
#define SYNS 200

struct capture {
    struct pool pool;
    struct simtcp_tracker *tracker;
    struct simtcp_endpoint a, b;
    const struct simtcp_note *notes[2 * SYNS + 1]; /* by frame; NULL: another flow's frame */
};

/* One SYN again and again, in every second frame. */
static void play_syns(struct capture *capture)
{
    const struct simtcp_settings settings = { .syn_timeout = SCRIPT_SYN_TIMEOUT, .time_wait = SCRIPT_TIME_WAIT };
    const struct simtcp_memory memory = pool_memory(&capture->pool);

    capture->a = (struct simtcp_endpoint){ .kind = 2, .length = 4, .port = 40000, .address = { 10, 0, 0, 2 } };
    capture->b = (struct simtcp_endpoint){ .kind = 2, .length = 4, .port = 80, .address = { 10, 0, 0, 1 } };
    capture->tracker = simtcp_tracker_new(&settings, &memory);
    assert_non_null(capture->tracker);
    for (uint32_t frame = 1; frame < 2 * SYNS; frame += 2) {
        struct simtcp_segment segment = { .frame = frame,
                                          .time = INT64_C(10000000) * frame,
                                          .src = capture->a,
                                          .dst = capture->b,
                                          .seq = 100,
                                          .flags = TCP_SYN };
        struct simtcp_place place = simtcp_observe(capture->tracker, &segment, false);

        assert_non_null(place.note);
        capture->notes[frame] = place.note;
    }
}

static void expect_note(const struct capture *capture, uint32_t frame)
{
    struct simtcp_place place = simtcp_find(capture->tracker, &capture->a, &capture->b, frame);

    assert_non_null(place.connection);
    assert_ptr_equal(place.note, capture->notes[frame]);
}

static void many_notes_are_found_in_any_order(void **state)
{
    struct capture *capture = calloc(1, sizeof *capture);

    (void)state;
    assert_non_null(capture);
    play_syns(capture);
    for (uint32_t frame = 1; frame <= 2 * SYNS; frame++)
        expect_note(capture, frame);
    for (uint32_t frame = 2 * SYNS; frame > 0; frame--)
        expect_note(capture, frame);
    for (uint32_t i = 0, frame = 1; i < 10 * SYNS; i++, frame = 1 + (frame + 137) % (2 * SYNS))
        expect_note(capture, frame);
    pool_discard(&capture->pool);
    free(capture);
}

/* What is said of a frame rests on the note before it. */
static void without_memory_for_marks_notes_are_found_all_the_same(void **state)
{
    const char *lines[SYNS];

    (void)state;
    for (unsigned i = 0; i + 1 < SYNS; i++)
        lines[i] = "+0.001 a > S 0:0(0)";
    lines[SYNS - 1] = NULL;
    script_exhaust(lines, __FILE__, __LINE__);
}

/* Both ends dial anew each time: each SYN goes along to the next attempt, and no further. */
static void notes_of_halves_that_move_one_attempt_on_are_known(void **state)
{
    (void)state;
    PLAY("~ a SYN moves to a newer attempt",
         "a > S 0:0(0)            | conn 0",
         "b > S 0:0(0)            | conn 1",
         "a2 > S 0:0(0)           | conn 2",
         "b2 > S 0:0(0)           | conn 3",
         "a3 > S 0:0(0)           | conn 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_notes_are_found_in_any_order),
        TEST(without_memory_for_marks_notes_are_found_all_the_same),
        TEST(notes_of_halves_that_move_one_attempt_on_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
