/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int scan_peek_at(const struct scanner *scanner, size_t ahead)
{
    if (ahead >= scanner->length - scanner->at)
        return SCAN_END;
    return (unsigned char)scanner->text[scanner->at + ahead];
}

int scan_peek(const struct scanner *scanner)
{
    return scan_peek_at(scanner, 0);
}

bool scan_at_line_end(const struct scanner *scanner)
{
    int c = scan_peek(scanner);
    return c == '\n' || c == SCAN_END;
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(int c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

void scan_blanks(struct scanner *scanner)
{
    while (is_blank(scan_peek(scanner)))
        scanner->at++;
}

void scan_skip_line(struct scanner *scanner)
{
    while (!scan_at_line_end(scanner))
        scanner->at++;
}

bool scan_skip_past(struct scanner *scanner, const char *end)
{
    size_t start = scanner->at;

    for (; scanner->at < scanner->length; scanner->at++)
        if (scan_text(scanner, end))
            return true;
    scanner->at = start;
    return false;
}

bool scan_text(struct scanner *scanner, const char *text)
{
    size_t length = strlen(text);

    if (length > scanner->length - scanner->at || memcmp(scanner->text + scanner->at, text, length) != 0)
        return false;
    scanner->at += length;
    return true;
}

bool scan_word(struct scanner *scanner, const char *word)
{
    if (is_word(scan_peek_at(scanner, strlen(word))) || !scan_text(scanner, word))
        return false;
    scan_blanks(scanner);
    return true;
}

bool scan_expect(struct scanner *scanner, const char *text)
{
    return scan_text(scanner, text) || scan_fail(scanner, "expected '%s'", text);
}

bool scan_number(struct scanner *scanner, uint64_t maximum, uint64_t *value)
{
    size_t start = scanner->at;
    uint64_t number = 0;

    if (!is_digit(scan_peek(scanner)))
        return scan_fail(scanner, "expected a number");
    while (is_digit(scan_peek(scanner))) {
        unsigned digit = (unsigned)(scan_peek(scanner) - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return scan_fail_at(scanner, start, "the number is too large");
        number = number * 10 + digit;
        scanner->at++;
    }
    if (number > maximum)
        return scan_fail_at(scanner, start, "the number is too large (at most %llu)", (unsigned long long)maximum);
    scan_blanks(scanner);
    *value = number;
    return true;
}

bool scan_seconds(struct scanner *scanner, int64_t *nanoseconds)
{
    const int64_t second = 1000000000;
    const int64_t most = INT64_C(4000000000);
    int64_t value = 0;
    int64_t unit = second;

    if (!is_digit(scan_peek(scanner)) && !(scan_peek(scanner) == '.' && is_digit(scan_peek_at(scanner, 1))))
        return scan_fail(scanner, "expected a time in seconds");
    for (; is_digit(scan_peek(scanner)); scanner->at++) {
        value = value * 10 + (scan_peek(scanner) - '0');
        if (value > most)
            return scan_fail(scanner, "the time is too large");
    }
    value *= second;
    if (scan_peek(scanner) == '.' && is_digit(scan_peek_at(scanner, 1)))
        for (scanner->at++; is_digit(scan_peek(scanner)); scanner->at++) {
            unit /= 10;
            value += (scan_peek(scanner) - '0') * unit;
        }
    *nanoseconds = value;
    return true;
}

bool scan_token(struct scanner *scanner, char token[SCAN_WORD])
{
    size_t start = scanner->at;
    size_t length = 0;

    while (!scan_at_line_end(scanner) && !is_blank(scan_peek(scanner))) {
        if (length + 1 >= SCAN_WORD)
            return scan_fail_at(scanner, start, "the word is too long");
        token[length++] = (char)scan_peek(scanner);
        scanner->at++;
    }
    token[length] = '\0';
    if (length == 0)
        return scan_fail(scanner, "expected a word");
    scan_blanks(scanner);
    return true;
}

const char *scan_rest(struct scanner *scanner, size_t *length)
{
    const char *start = scanner->text + scanner->at;

    scan_skip_line(scanner);
    *length = (size_t)(scanner->text + scanner->at - start);
    while (*length && is_blank((unsigned char)start[*length - 1]))
        --*length;
    return start;
}

static void record(struct scanner *scanner, size_t at, const char *format, va_list arguments)
{
    if (scanner->failed)
        return;
    scanner->failed = true;
    scanner->failed_at = at;
    vsnprintf(scanner->message, sizeof scanner->message, format, arguments);
}

bool scan_fail(struct scanner *scanner, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    record(scanner, scanner->at, format, arguments);
    va_end(arguments);
    return false;
}

bool scan_fail_at(struct scanner *scanner, size_t at, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    record(scanner, at, format, arguments);
    va_end(arguments);
    return false;
}

void scan_position(const struct scanner *scanner, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < scanner->failed_at; i++) {
        ++*column;
        if (scanner->text[i] == '\n') {
            ++*line;
            *column = 1;
        }
    }
}
