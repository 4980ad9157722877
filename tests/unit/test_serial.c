/* test_serial.c
 * Comparison modulo 2^32.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "serial.h"

#include "script.h"

static const uint32_t bases[] = { 0, 1, 1000, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
                                  0xffffffff };
static const uint32_t steps[] = { 1, 2, 1460, 0x40000000, 0x7fffffff };

#define FOR_EACH(base, step) \
    for (unsigned i = 0, j = 0; i < sizeof bases / sizeof *bases; i += ++j == sizeof steps / sizeof *steps, \
                  j %= sizeof steps / sizeof *steps) \
        for (uint32_t base = bases[i], step = steps[j], once = 1; once; once = 0)

static void a_number_is_less_than_one_up_to_2_31_ahead(void **state)
{
    (void)state;
    FOR_EACH (base, step) {
        assert_true(serial_less(base, base + step));
        assert_false(serial_less(base + step, base));
        assert_false(serial_less(base, base));
    }
}

static void at_least_is_the_opposite_of_less(void **state)
{
    (void)state;
    FOR_EACH (base, step) {
        assert_true(serial_at_least(base + step, base));
        assert_false(serial_at_least(base, base + step));
        assert_true(serial_at_least(base, base));
    }
}

static void the_distance_is_signed(void **state)
{
    (void)state;
    FOR_EACH (base, step) {
        assert_int_equal(serial_distance(base + step, base), (int32_t)step);
        assert_int_equal(serial_distance(base, base + step), -(int32_t)step);
    }
}

static void the_gap_is_the_same_both_ways(void **state)
{
    (void)state;
    FOR_EACH (base, step) {
        assert_int_equal(serial_gap(base + step, base), step);
        assert_int_equal(serial_gap(base, base + step), step);
    }
    assert_int_equal(serial_gap(0, 0x80000000), 0x80000000);
}

static void between_includes_both_ends_and_wraps(void **state)
{
    (void)state;
    FOR_EACH (base, step) {
        assert_true(serial_between(base, base, base + step));
        assert_true(serial_between(base + step, base, base + step));
        assert_false(serial_between(base - 1, base, base + step));
        assert_false(serial_between(base + step + 1, base, base + step));
        assert_true(serial_between(base, base, base));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_is_less_than_one_up_to_2_31_ahead),
        TEST(at_least_is_the_opposite_of_less),
        TEST(the_distance_is_signed),
        TEST(the_gap_is_the_same_both_ways),
        TEST(between_includes_both_ends_and_wraps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
