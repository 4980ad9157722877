/* test_segment.c
 * Reading a TCP header. Each header is read from a block of exactly its captured bytes, so that
 * a sanitizer sees every read past them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "segment.h"

#include <stdlib.h>
#include <string.h>

#include "script.h"

#define HEADER \
    0x07, 0xbe, 0x00, 0x50, 0xff, 0xff, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x01, 0x50, 0x12, 0xfa, 0xf0, \
        0x12, 0x34, 0x00, 0x00

/* Reads from a copy; the caller frees it. */
static bool read_copy(struct simtcp_segment *segment, const uint8_t *bytes, size_t captured,
                      uint32_t data_length, uint8_t **copy)
{
    *copy = malloc(captured ? captured : 1);
    assert_non_null(*copy);
    memcpy(*copy, bytes, captured);
    *segment = (struct simtcp_segment){ .frame = 7, .time = 8 };
    return simtcp_segment_read(segment, *copy, captured, data_length);
}

static void a_header_is_read_in_network_order(void **state)
{
    const uint8_t header[] = { HEADER };
    struct simtcp_segment segment;
    uint8_t *copy;

    (void)state;
    assert_true(read_copy(&segment, header, sizeof header, 100, &copy));
    assert_int_equal(segment.src.port, 1982);
    assert_int_equal(segment.dst.port, 80);
    assert_int_equal(segment.seq, 0xfffffffe);
    assert_int_equal(segment.ack, 0x80000001);
    assert_int_equal(segment.flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK), TCP_SYN | TCP_ACK);
    assert_int_equal(segment.window, 64240);
    assert_int_equal(segment.length, 100);
    assert_int_equal(segment.options_length, 0);
    assert_null(segment.options);
    assert_int_equal(segment.frame, 7);
    assert_int_equal(segment.time, 8);
    free(copy);
}

static void fewer_than_20_bytes_are_no_header(void **state)
{
    const uint8_t header[] = { HEADER };
    struct simtcp_segment segment;
    uint8_t *copy;

    (void)state;
    for (size_t captured = 0; captured < SIMTCP_HEADER_MIN; captured++) {
        assert_false(read_copy(&segment, header, captured, 0, &copy));
        free(copy);
    }
}

static void a_data_offset_below_5_is_no_header(void **state)
{
    uint8_t header[] = { HEADER };
    struct simtcp_segment segment;
    uint8_t *copy;

    (void)state;
    for (unsigned words = 0; words < 5; words++) {
        header[12] = (uint8_t)(words << 4);
        assert_false(read_copy(&segment, header, sizeof header, 0, &copy));
        free(copy);
    }
}

static void options_that_were_cut_off_are_as_long_as_captured(void **state)
{
    uint8_t header[60] = { HEADER };
    struct simtcp_segment segment;
    uint8_t *copy;

    (void)state;
    header[12] = 0xf0;
    for (size_t captured = SIMTCP_HEADER_MIN; captured <= 60; captured++) {
        assert_true(read_copy(&segment, header, captured, 0, &copy));
        assert_int_equal(segment.options_length, captured - SIMTCP_HEADER_MIN);
        assert_true((segment.options == NULL) == (segment.options_length == 0));
        assert_int_equal(segment.options_cut, captured < 60);
        free(copy);
    }
}

/* --- options --- */

/* Calls test with a segment that has these options and nothing readable behind them. */
static struct simtcp_segment with_options(const uint8_t *options, size_t length, uint32_t ack, uint8_t **copy)
{
    *copy = malloc(length ? length : 1);
    assert_non_null(*copy);
    memcpy(*copy, options, length);
    return (struct simtcp_segment){ .ack = ack, .options_length = (uint8_t)length, .options = length ? *copy : NULL };
}

/* clang-format off */
#define OPTIONS(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof(const uint8_t[]){ __VA_ARGS__ }
/* clang-format on */

static int window_scale(const uint8_t *options, size_t length)
{
    uint8_t *copy;
    struct simtcp_segment segment = with_options(options, length, 0, &copy);
    int scale = simtcp_segment_window_scale(&segment);

    free(copy);
    return scale;
}

static bool reports(const uint8_t *options, size_t length, uint32_t ack, uint32_t number)
{
    uint8_t *copy;
    struct simtcp_segment segment = with_options(options, length, ack, &copy);
    bool duplicate = simtcp_segment_reports_duplicate(&segment, number);

    free(copy);
    return duplicate;
}

static void the_window_scale_is_found_among_other_options(void **state)
{
    (void)state;
    assert_int_equal(window_scale(OPTIONS(2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7)), 7);
    assert_int_equal(window_scale(OPTIONS(3, 3, 0)), 0);
}

static void a_segment_without_options_offers_no_window_scale(void **state)
{
    struct simtcp_segment segment = { 0 };

    (void)state;
    assert_int_equal(simtcp_segment_window_scale(&segment), -1);
    segment.options_cut = true;
    assert_int_equal(simtcp_segment_window_scale(&segment), SIMTCP_WINDOW_SCALE_CUT);
    assert_int_equal(window_scale(OPTIONS(1, 1, 1, 1)), -1);
}

static void a_window_scale_above_14_counts_as_14(void **state)
{
    (void)state;
    assert_int_equal(window_scale(OPTIONS(3, 3, 14)), 14);
    assert_int_equal(window_scale(OPTIONS(3, 3, 15)), 14);
    assert_int_equal(window_scale(OPTIONS(3, 3, 255)), 14);
}

static void nothing_is_read_past_the_end_of_the_options(void **state)
{
    (void)state;
    assert_int_equal(window_scale(OPTIONS(0, 3, 3, 7)), -1);
    assert_int_equal(window_scale(OPTIONS(3)), -1);
    assert_int_equal(window_scale(OPTIONS(3, 3)), -1);
    assert_int_equal(window_scale(OPTIONS(3, 2)), -1);
    assert_int_equal(window_scale(OPTIONS(2, 0, 3, 3, 7)), -1);
    assert_int_equal(window_scale(OPTIONS(2, 1, 3, 3, 7)), -1);
    assert_int_equal(window_scale(OPTIONS(2, 40, 3, 3, 7)), -1);
    assert_int_equal(window_scale(OPTIONS(8, 10, 1, 1, 1, 1)), -1);
}

static void a_dsack_covers_the_number_and_lies_below_the_ack(void **state)
{
    (void)state;
    assert_true(reports(OPTIONS(1, 1, 5, 10, 0, 0, 0, 5, 0, 0, 0, 6), 6, 5));
    assert_false(reports(OPTIONS(1, 1, 5, 10, 0, 0, 0, 5, 0, 0, 0, 6), 6, 4));
    assert_false(reports(OPTIONS(1, 1, 5, 10, 0, 0, 0, 5, 0, 0, 0, 6), 6, 6));
    /* an ordinary SACK block lies above */
    assert_false(reports(OPTIONS(1, 1, 5, 10, 0, 0, 0, 5, 0, 0, 0, 6), 5, 5));
}

static void a_dsack_wraps(void **state)
{
    (void)state;
    assert_true(reports(OPTIONS(5, 10, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0), 0, 0xffffffff));
    assert_true(reports(OPTIONS(5, 10, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 5), 5, 0xffffffff));
    assert_true(reports(OPTIONS(5, 10, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 5), 5, 4));
    assert_false(reports(OPTIONS(5, 10, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 5), 5, 5));
    assert_true(reports(OPTIONS(5, 10, 0x7f, 0xff, 0xff, 0xff, 0x80, 0, 0, 0), 0x80000000, 0x7fffffff));
}

static void only_the_first_sack_block_is_a_dsack(void **state)
{
    (void)state;
    assert_false(reports(OPTIONS(5, 18, 0, 0, 0, 20, 0, 0, 0, 30, 0, 0, 0, 5, 0, 0, 0, 6), 10, 5));
}

static void a_sack_option_that_was_cut_reports_nothing(void **state)
{
    (void)state;
    assert_false(reports(OPTIONS(5, 10, 0, 0, 0, 5, 0, 0, 0), 6, 5));
    assert_false(reports(OPTIONS(5, 6, 0, 0, 0, 5), 6, 5));
    assert_false(reports(OPTIONS(5, 2), 6, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_header_is_read_in_network_order),
        TEST(fewer_than_20_bytes_are_no_header),
        TEST(a_data_offset_below_5_is_no_header),
        TEST(options_that_were_cut_off_are_as_long_as_captured),
        TEST(the_window_scale_is_found_among_other_options),
        TEST(a_segment_without_options_offers_no_window_scale),
        TEST(a_window_scale_above_14_counts_as_14),
        TEST(nothing_is_read_past_the_end_of_the_options),
        TEST(a_dsack_covers_the_number_and_lies_below_the_ack),
        TEST(a_dsack_wraps),
        TEST(only_the_first_sack_block_is_a_dsack),
        TEST(a_sack_option_that_was_cut_reports_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
