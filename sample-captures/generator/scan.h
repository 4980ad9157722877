/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks over the text of a script. A scanner knows characters, words and numbers, and where an error is;
 * it knows nothing about packets.
 *
 * A function that returns false has either not found what it was asked for (and moved nothing), or, where its
 * comment says "or fails", recorded an error. The first recorded error stays.
 */
#ifndef SIMTCP_GEN_SCAN_H
#define SIMTCP_GEN_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_END = -1, SCAN_MESSAGE = 200, SCAN_WORD = 64 };

struct scanner {
    const char *text; /* the script, not NUL-terminated, owned by the caller */
    size_t length;    /* bytes */
    size_t at;        /* the next byte to read */
    bool failed;
    size_t failed_at; /* the byte the error is about */
    char message[SCAN_MESSAGE];
};

/* The next character as unsigned char, or SCAN_END. The second one looks further ahead. */
int scan_peek(const struct scanner *scanner);
int scan_peek_at(const struct scanner *scanner, size_t ahead);
bool scan_at_line_end(const struct scanner *scanner);

/* Skips blanks on this line. */
void scan_blanks(struct scanner *scanner);
/* Skips the rest of the line, not its newline. */
void scan_skip_line(struct scanner *scanner);
/* Skips past the given text, if it comes anywhere. */
bool scan_skip_past(struct scanner *scanner, const char *end);

/* Takes exactly this text, if it comes next. */
bool scan_text(struct scanner *scanner, const char *text);
/* Takes exactly this word, if it comes next and ends there, and the blanks after it. */
bool scan_word(struct scanner *scanner, const char *word);
/* Takes this text or fails. */
bool scan_expect(struct scanner *scanner, const char *text);

/* A decimal number, and the blanks after it; or fails. */
bool scan_number(struct scanner *scanner, uint64_t maximum, uint64_t *value);
/* Digits with an optional fraction: seconds as nanoseconds; or fails. */
bool scan_seconds(struct scanner *scanner, int64_t *nanoseconds);
/* Everything up to the next blank or line end, and the blanks after it, NUL-terminated; or fails. */
bool scan_token(struct scanner *scanner, char token[SCAN_WORD]);
/* The rest of the line without blanks at its end; may be empty. The text stays the script's. */
const char *scan_rest(struct scanner *scanner, size_t *length);

/* Records an error about the next character, or about the one at a given place. Always false. */
bool scan_fail(struct scanner *scanner, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
bool scan_fail_at(struct scanner *scanner, size_t at, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Line and column of the recorded error, both from 1; columns are bytes. */
void scan_position(const struct scanner *scanner, size_t *line, size_t *column);

#endif
