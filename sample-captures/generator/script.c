/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include <stdlib.h>
#include <string.h>

struct flow *script_flow(struct script *script)
{
    return &script->flows[script->flow];
}

bool script_line_end(struct scanner *scanner)
{
    scan_blanks(scanner);
    int c = scan_peek(scanner);
    int next = scan_at_line_end(scanner) ? SCAN_END : scan_peek_at(scanner, 1);
    if (scan_at_line_end(scanner) || c == '#' || (c == '/' && (next == '/' || next == '*')))
        return true;
    return scan_fail(scanner, "unexpected text");
}

/* Takes one comment, if there is one. Directives begin like comments and are none. */
static bool comment(struct scanner *scanner)
{
    bool slashes = scan_peek(scanner) == '/' && scan_peek_at(scanner, 1) == '/';
    bool directive = slashes && (scan_peek_at(scanner, 2) == '@' || scan_peek_at(scanner, 2) == '=');

    if (scan_peek(scanner) == '#' || (slashes && !directive)) {
        scan_skip_line(scanner);
        return true;
    }
    if (scan_peek(scanner) == '/' && scan_peek_at(scanner, 1) == '*') {
        size_t start = scanner->at;
        return scan_skip_past(scanner, "*/") || scan_fail_at(scanner, start, "the comment has no end");
    }
    return false;
}

static void skip_space(struct scanner *scanner)
{
    do {
        while (scan_peek(scanner) == '\n' || scan_peek(scanner) == '\f' || scan_peek(scanner) == '\v')
            scanner->at++;
        scan_blanks(scanner);
    } while (scan_peek(scanner) == '\n' || scan_peek(scanner) == '\f' || comment(scanner));
}

static bool skip_string(struct scanner *scanner)
{
    size_t start = scanner->at++;

    for (; scan_peek(scanner) != '"'; scanner->at++) {
        if (scan_peek(scanner) == '\\')
            scanner->at++;
        if (scanner->at >= scanner->length)
            return scan_fail_at(scanner, start, "the string has no end");
    }
    scanner->at++;
    return true;
}

/* A system call with its expected result ends at the first line end outside of brackets. */
static bool skip_system_call(struct scanner *scanner)
{
    size_t start = scanner->at;
    int depth = 0;

    while (depth > 0 || !scan_at_line_end(scanner)) {
        int c = scan_peek(scanner);
        if (c == SCAN_END)
            return scan_fail_at(scanner, start, "a bracket is not closed");
        if (comment(scanner))
            continue;
        if (scanner->failed)
            return false;
        if (c == '"') {
            if (!skip_string(scanner))
                return false;
            continue;
        }
        depth += c == '(' || c == '[' || c == '{';
        depth -= c == ')' || c == ']' || c == '}';
        if (depth < 0)
            return scan_fail(scanner, "this bracket was not opened");
        scanner->at++;
    }
    return true;
}

/* Takes backticked shell commands and %{ code }%. */
static bool skip_foreign(struct script *script, bool *found)
{
    struct scanner *scanner = &script->scan;
    const char *end = NULL;
    size_t start = scanner->at;

    if (scan_text(scanner, "`"))
        end = "`";
    else if (scan_text(scanner, "%{"))
        end = "}%";
    *found = end != NULL;
    if (!end)
        return true;
    script->scenario->skipped++;
    return scan_skip_past(scanner, end) || scan_fail_at(scanner, start, "this has no end: '%s' is missing", end);
}

/* One point in time: "0.1" since the start, "+0.1" since the event before, "*" for whenever. */
static bool point_in_time(struct scanner *scanner, int64_t previous, int64_t *time)
{
    size_t start = scanner->at;

    if (scan_text(scanner, "*")) {
        *time = previous;
        return true;
    }
    bool relative = scan_text(scanner, "+");
    scan_blanks(scanner);
    if (!scan_seconds(scanner, time))
        return false;
    if (relative)
        *time += previous;
    if (*time < previous)
        return scan_fail_at(scanner, start, "the time is before that of the event before");
    if (*time > INT64_C(4000000000) * 1000000000)
        return scan_fail_at(scanner, start, "the time is too large");
    return true;
}

/* A range of time begins at its first point; its second one is for packetdrill. */
static bool event_time(struct script *script)
{
    struct scanner *scanner = &script->scan;
    int64_t begin, end;

    if (!point_in_time(scanner, script->now, &begin))
        return false;
    scan_blanks(scanner);
    if (scan_text(scanner, "...") || scan_text(scanner, "~")) {
        scan_blanks(scanner);
        if (!point_in_time(scanner, script->now, &end))
            return false;
    }
    script->now = begin;
    scan_blanks(scanner);
    return true;
}

static bool event(struct script *script)
{
    struct scanner *scanner = &script->scan;
    bool found;
    int c = scan_peek(scanner);

    if (!(c == '+' || c == '*' || c == '.' || (c >= '0' && c <= '9')))
        return scan_fail(scanner, "expected a time, a comment or a directive");
    if (!event_time(script) || !skip_foreign(script, &found))
        return false;
    if (found)
        return true;
    c = scan_peek(scanner);
    if (c == '<' || c == '>')
        return notation_packet(script);
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_')
        return scan_fail(scanner, "expected '<', '>' or a system call");
    script->scenario->skipped++;
    return skip_system_call(scanner);
}

static bool statement(struct script *script)
{
    struct scanner *scanner = &script->scan;
    bool found;

    if (scan_text(scanner, "//@"))
        return directive_scan(script);
    if (scan_text(scanner, "--"))
        return directive_option(script);
    if (scan_peek(scanner) == '/' && scan_peek_at(scanner, 2) == '=')
        return scan_fail(scanner, "'//=' must follow a packet on its line");
    if (!skip_foreign(script, &found))
        return false;
    return found || event(script);
}

/* A script is text: what reads its words takes a NUL for their end. */
static bool is_text(struct scanner *scanner)
{
    const char *nul = memchr(scanner->text, '\0', scanner->length);

    return !nul || scan_fail_at(scanner, (size_t)(nul - scanner->text), "a NUL byte: this is not a script");
}

bool script_read(const char *text, size_t length, struct scenario *scenario, struct scanner *scanner)
{
    struct script *script = memory_grow(NULL, 1, sizeof *script);
    struct flow *first = &script->flows[0];

    *script = (struct script){ .scenario = scenario, .flow_count = 1, .ip_id = { 0x2000, 0x1000 } };
    script->scan = (struct scanner){ .text = text, .length = length };
    *first = (struct flow){ .name = "main", .isn_local = 1000000000, .isn_remote = 2000000000 };
    endpoint_parse("192.168.0.1:8080", &first->local);
    endpoint_parse("192.0.2.1:8080", &first->remote);

    if (is_text(&script->scan))
        skip_space(&script->scan);
    while (!script->scan.failed && scan_peek(&script->scan) != SCAN_END && statement(script))
        skip_space(&script->scan);
    *scanner = script->scan;
    free(script);
    return !scanner->failed;
}
