/* reading.c
 * Reading a line of a script.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reading.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Between a segment and the one before, in nanoseconds. */
#define DEFAULT_GAP INT64_C(10000000)

unsigned script_end(const struct run *run, char letter)
{
    static const char letters[] = "abcds";
    const char *found = letter ? strchr(letters, letter) : NULL;

    if (!found)
        malformed(run, "no such end");
    return found ? (unsigned)(found - letters) : 0;
}

unsigned peer_of(unsigned end)
{
    return end < 4 ? end ^ 1 : end;
}

static void skip_blanks(const char **text)
{
    while (**text == ' ')
        (*text)++;
}

bool skip_word(const char **text, const char *word)
{
    size_t length = strlen(word);

    skip_blanks(text);
    if (strncmp(*text, word, length) != 0)
        return false;
    *text += length;
    return true;
}

uint64_t read_number(struct run *run, const char **text)
{
    char *end;
    long long number;

    skip_blanks(text);
    number = strtoll(*text, &end, 10);
    if (end == *text)
        malformed(run, *text);
    *text = end;
    return (uint64_t)number;
}

unsigned read_end(struct run *run, const char **text, unsigned *isn)
{
    unsigned end;

    skip_blanks(text);
    end = script_end(run, *(*text)++);
    *isn = 0;
    if (isdigit((unsigned char)**text))
        *isn = (unsigned)(*(*text)++ - '1');
    if (*isn >= SCRIPT_ISNS)
        malformed(run, *text);
    return end;
}

static uint8_t read_flags(struct run *run, const char **text)
{
    uint8_t flags = 0;

    for (skip_blanks(text); **text && **text != ' '; (*text)++) {
        switch (**text) {
        case 'S': flags |= TCP_SYN; break;
        case 'F': flags |= TCP_FIN; break;
        case 'R': flags |= TCP_RST; break;
        case 'A':
        case '.': flags |= TCP_ACK; break;
        case 'P': flags |= 0x08; break;
        case '-': break;
        default: malformed(run, *text);
        }
    }
    return flags;
}

static void put32(uint8_t *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

static uint8_t read_options(struct run *run, const char **text, uint32_t base, uint8_t *options)
{
    uint8_t length = 0;

    do {
        if (skip_word(text, "ws")) {
            memcpy(options + length, (uint8_t[]){ 1, 3, 3, (uint8_t)read_number(run, text) }, 4);
            length += 4;
        } else if (skip_word(text, "sack")) {
            memcpy(options + length, (uint8_t[]){ 1, 1, 5, 10 }, 4);
            put32(options + length + 4, base + (uint32_t)read_number(run, text));
            if (!skip_word(text, ":"))
                malformed(run, *text);
            put32(options + length + 8, base + (uint32_t)read_number(run, text));
            length += 12;
        } else if (skip_word(text, "ts")) {
            memcpy(options + length, (uint8_t[]){ 1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0 }, 12);
            put32(options + length + 4, (uint32_t)read_number(run, text));
            length += 12;
        } else {
            malformed(run, *text);
        }
    } while (skip_word(text, ","));
    if (!skip_word(text, ">"))
        malformed(run, *text);
    return length;
}

static int64_t read_gap(struct run *run, const char **text)
{
    char *end;
    double seconds;

    if (!skip_word(text, "+"))
        return DEFAULT_GAP;
    seconds = strtod(*text, &end);
    if (end == *text)
        malformed(run, *text);
    *text = end;
    return (int64_t)(seconds * 1e9 + 0.5);
}

/* FIRST:LAST(LENGTH); returns the length. */
static uint32_t read_numbers(struct run *run, const char **text, uint64_t *first, uint64_t *last)
{
    const char *start = *text;
    uint64_t length;

    *first = read_number(run, text);
    if (!skip_word(text, ":"))
        malformed(run, start);
    *last = read_number(run, text);
    if (!skip_word(text, "("))
        malformed(run, start);
    length = read_number(run, text);
    if (*last - *first != length || !skip_word(text, ")"))
        malformed(run, start);
    return (uint32_t)length;
}

void read_segment(struct run *run, const char *text, struct simtcp_segment *segment,
                  uint8_t options[SCRIPT_OPTIONS])
{
    const char *line = text;
    unsigned end, peer, isn, ack_end, ack_isn;
    uint64_t first = 0, last = 0;
    bool zero;

    run->time += read_gap(run, &text);
    end = read_end(run, &text, &isn);
    peer = peer_of(end);
    run->isn_used[end] = isn;
    ack_isn = run->isn_used[peer];
    if (!skip_word(&text, ">"))
        malformed(run, line);
    *segment =
        (struct simtcp_segment){ .time = run->time, .src = run->end[end], .dst = run->end[peer], .window = 64240 };
    segment->flags = read_flags(run, &text);
    zero = skip_word(&text, "zero");
    if (!zero)
        segment->length = read_numbers(run, &text, &first, &last);
    segment->seq = zero ? 0 : run->isn[end][isn] + (uint32_t)first;
    run->next[end] = last + (segment->flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    if (skip_word(&text, "ack")) {
        skip_blanks(&text);
        if (isalpha((unsigned char)*text)) {
            ack_end = read_end(run, &text, &ack_isn);
            if (ack_end != peer || !skip_word(&text, ":"))
                malformed(run, line);
        }
        segment->ack = run->isn[peer][ack_isn] + (uint32_t)read_number(run, &text);
    }
    if (skip_word(&text, "win"))
        segment->window = (uint16_t)read_number(run, &text);
    if (skip_word(&text, "<cut>"))
        segment->options_cut = true;
    else if (skip_word(&text, "<"))
        segment->options_length = read_options(run, &text, run->isn[peer][ack_isn], options);
    segment->options = segment->options_length ? options : NULL;
    skip_blanks(&text);
    if (*text && *text != '|')
        malformed(run, line);
}
