/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

enum {
    OPTION_EOL = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_WINDOW_SCALE = 3,
    OPTION_SACK_PERMITTED = 4,
    OPTION_SACK = 5,
    OPTION_TIMESTAMP = 8,
    OPTION_FAST_OPEN = 34,
    OPTION_EXPERIMENT = 254,
    EXPERIMENT_FAST_OPEN = 0xf989
};

/* The options so far. Room for all 255 bytes an option can claim; the limit is checked at the end. */
struct list {
    struct scanner *scanner;
    struct buffer bytes;
    uint32_t sack_base;
};

static bool number_u32(struct scanner *scanner, uint32_t *value)
{
    uint64_t number;

    if (!scan_number(scanner, UINT32_MAX, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

static bool mss(struct list *list)
{
    uint64_t value;

    if (!scan_number(list->scanner, UINT16_MAX, &value))
        return false;
    buffer_u8(&list->bytes, OPTION_MSS);
    buffer_u8(&list->bytes, 4);
    buffer_u16(&list->bytes, (unsigned)value);
    return true;
}

static bool window_scale(struct list *list)
{
    uint64_t value;

    if (!scan_number(list->scanner, UINT8_MAX, &value))
        return false;
    buffer_u8(&list->bytes, OPTION_WINDOW_SCALE);
    buffer_u8(&list->bytes, 3);
    buffer_u8(&list->bytes, (unsigned)value);
    return true;
}

static bool timestamp(struct list *list)
{
    struct scanner *scanner = list->scanner;
    uint32_t value, echo;

    if (!scan_word(scanner, "val"))
        return scan_fail(scanner, "expected 'val'");
    if (!number_u32(scanner, &value))
        return false;
    if (!scan_word(scanner, "ecr"))
        return scan_fail(scanner, "expected 'ecr'");
    if (!number_u32(scanner, &echo))
        return false;
    buffer_u8(&list->bytes, OPTION_TIMESTAMP);
    buffer_u8(&list->bytes, 10);
    buffer_u32(&list->bytes, value);
    buffer_u32(&list->bytes, echo);
    return true;
}

static bool sack(struct list *list)
{
    struct scanner *scanner = list->scanner;
    size_t start = list->bytes.length;

    buffer_u8(&list->bytes, OPTION_SACK);
    buffer_u8(&list->bytes, 0);
    do {
        uint64_t left, right;
        if (!scan_number(scanner, UINT64_MAX, &left) || !scan_expect(scanner, ":")
            || !scan_number(scanner, UINT64_MAX, &right))
            return false;
        if (list->bytes.length - start > TCP_OPTIONS_MAX)
            return scan_fail(scanner, "too many SACK blocks");
        buffer_u32(&list->bytes, (uint32_t)left + list->sack_base);
        buffer_u32(&list->bytes, (uint32_t)right + list->sack_base);
    } while (scan_peek(scanner) >= '0' && scan_peek(scanner) <= '9');
    list->bytes.bytes[start + 1] = (uint8_t)(list->bytes.length - start);
    return true;
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* A fast-open cookie in hexadecimal; none is a request for one. */
static bool fast_open(struct list *list, bool experiment)
{
    struct scanner *scanner = list->scanner;
    size_t start = list->bytes.length;

    buffer_u8(&list->bytes, experiment ? OPTION_EXPERIMENT : OPTION_FAST_OPEN);
    buffer_u8(&list->bytes, 0);
    if (experiment)
        buffer_u16(&list->bytes, EXPERIMENT_FAST_OPEN);
    for (int high; (high = hex_digit(scan_peek(scanner))) >= 0; scanner->at += 2) {
        int low = hex_digit(scan_peek_at(scanner, 1));
        if (low < 0)
            return scan_fail(scanner, "a cookie has an even number of hexadecimal digits");
        if (list->bytes.length - start > TCP_OPTIONS_MAX)
            return scan_fail(scanner, "the cookie is too long");
        buffer_u8(&list->bytes, (unsigned)(high << 4 | low));
    }
    scan_blanks(scanner);
    list->bytes.bytes[start + 1] = (uint8_t)(list->bytes.length - start);
    return true;
}

static bool option(struct list *list)
{
    struct scanner *scanner = list->scanner;

    if (scan_word(scanner, "mss"))
        return mss(list);
    if (scan_word(scanner, "wscale"))
        return window_scale(list);
    if (scan_word(scanner, "TS"))
        return timestamp(list);
    if (scan_word(scanner, "sack"))
        return sack(list);
    if (scan_word(scanner, "FO"))
        return fast_open(list, false);
    if (scan_word(scanner, "FOEXP"))
        return fast_open(list, true);
    if (scan_word(scanner, "nop"))
        buffer_u8(&list->bytes, OPTION_NOP);
    else if (scan_word(scanner, "eol"))
        buffer_u8(&list->bytes, OPTION_EOL);
    else if (scan_word(scanner, "sackOK")) {
        buffer_u8(&list->bytes, OPTION_SACK_PERMITTED);
        buffer_u8(&list->bytes, 2);
    } else
        return scan_fail(scanner, "unknown TCP option");
    return true;
}

/* The inside of "<...>": "..." says that any options will do, and none are written. */
static bool option_list(struct list *list)
{
    struct scanner *scanner = list->scanner;

    scan_blanks(scanner);
    if (scan_text(scanner, "...")) {
        scan_blanks(scanner);
        return scan_expect(scanner, ">");
    }
    while (scan_peek(scanner) != '>') {
        if (!option(list))
            return false;
        if (scan_text(scanner, ","))
            scan_blanks(scanner);
        else if (scan_peek(scanner) != '>')
            return scan_fail(scanner, "expected ',' or '>' after a TCP option");
    }
    return scan_expect(scanner, ">");
}

bool options_scan(struct scanner *scanner, uint32_t sack_base, struct segment *segment)
{
    struct list list = { .scanner = scanner, .sack_base = sack_base };
    size_t start = scanner->at;
    bool good = scan_expect(scanner, "<") && option_list(&list);

    if (good && list.bytes.length > TCP_OPTIONS_MAX)
        good = scan_fail_at(scanner, start, "the TCP options need %zu bytes, %d is the limit", list.bytes.length,
                            TCP_OPTIONS_MAX);
    if (good) {
        segment->options_length = list.bytes.length;
        for (size_t i = 0; i < list.bytes.length; i++)
            segment->options[i] = list.bytes.bytes[i];
    }
    buffer_free(&list.bytes);
    scan_blanks(scanner);
    return good;
}
