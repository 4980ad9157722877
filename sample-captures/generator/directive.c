/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include "roles.h"

#include <stdlib.h>
#include <string.h>

static void set_text(char **target, const char *text, size_t length)
{
    free(*target);
    *target = memory_text(text, length);
}

static bool title(struct script *script)
{
    size_t length;
    const char *text = scan_rest(&script->scan, &length);

    set_text(&script->scenario->title, text, length);
    return true;
}

static bool endpoint(struct scanner *scanner, struct endpoint *endpoint)
{
    char text[SCAN_WORD];
    size_t start = scanner->at;

    if (!scan_token(scanner, text))
        return false;
    return endpoint_parse(text, endpoint)
        || scan_fail_at(scanner, start, "expected ADDRESS:PORT or [IPV6-ADDRESS]:PORT");
}

static bool local(struct script *script)
{
    return endpoint(&script->scan, &script_flow(script)->local);
}

static bool remote(struct script *script)
{
    return endpoint(&script->scan, &script_flow(script)->remote);
}

static bool isn(struct script *script)
{
    struct scanner *scanner = &script->scan;
    struct flow *flow = script_flow(script);
    bool is_local = scan_word(scanner, "local");
    uint64_t number;

    if (!is_local && !scan_word(scanner, "remote"))
        return scan_fail(scanner, "expected 'local' or 'remote'");
    if (!scan_number(scanner, UINT32_MAX, &number))
        return false;
    *(is_local ? &flow->isn_local : &flow->isn_remote) = (uint32_t)number;
    return true;
}

/* A name not used before begins as a copy of the flow in force. */
static bool flow(struct script *script)
{
    char name[SCAN_WORD];
    size_t start = script->scan.at;

    if (!scan_token(&script->scan, name))
        return false;
    for (size_t i = 0; i < script->flow_count; i++)
        if (strcmp(script->flows[i].name, name) == 0) {
            script->flow = i;
            return true;
        }
    if (script->flow_count == FLOWS_MAX)
        return scan_fail_at(&script->scan, start, "more than %d flows", FLOWS_MAX - 1);
    script->flows[script->flow_count] = *script_flow(script);
    script->flow = script->flow_count++;
    strcpy(script_flow(script)->name, name);
    return true;
}

static bool numbers(struct script *script)
{
    script->absolute = scan_word(&script->scan, "absolute");
    return script->absolute || scan_word(&script->scan, "relative")
        || scan_fail(&script->scan, "expected 'absolute' or 'relative'");
}

/* The script's only interface so far has no name and no packets: then it is this one that gets the name. */
static bool interface(struct script *script)
{
    struct scenario *scenario = script->scenario;
    size_t start = script->scan.at;
    char name[SCAN_WORD];
    size_t length;

    if (!scan_token(&script->scan, name))
        return false;
    if (!scenario->interfaces[0].used && !*scenario->interfaces[0].name)
        set_text(&scenario->interfaces[0].name, name, strlen(name));
    script->interface = scenario_interface(scenario, name);
    if (script->interface == INTERFACES_MAX)
        return scan_fail_at(&script->scan, start, "more than %d interfaces", INTERFACES_MAX);
    const char *description = scan_rest(&script->scan, &length);
    if (length)
        set_text(&scenario->interfaces[script->interface].description, description, length);
    return true;
}

/* What is a property of an interface can't change once it has captured something. */
static struct interface *unused_interface(struct script *script)
{
    struct interface *interface = &script->scenario->interfaces[script->interface];

    if (!interface->used)
        return interface;
    scan_fail(&script->scan, "this must come before the interface's first packet");
    return NULL;
}

static bool snaplen(struct script *script)
{
    struct interface *interface = unused_interface(script);
    uint64_t number;

    if (!interface || !scan_number(&script->scan, SNAPLEN_DEFAULT, &number))
        return false;
    interface->snaplen = (uint32_t)number;
    return true;
}

static bool link_layer(struct script *script)
{
    struct interface *interface = unused_interface(script);

    if (!interface)
        return false;
    if (scan_word(&script->scan, "ethernet"))
        interface->link = LINK_ETHERNET;
    else if (scan_word(&script->scan, "null"))
        interface->link = LINK_NULL;
    else if (scan_word(&script->scan, "raw"))
        interface->link = LINK_RAW;
    else
        return scan_fail(&script->scan, "expected 'ethernet', 'null' or 'raw'");
    return true;
}

static bool vlan(struct script *script)
{
    uint64_t number;

    if (!scan_number(&script->scan, 4094, &number))
        return false;
    script_flow(script)->vlan = (unsigned)number;
    return true;
}

static bool fragment(struct script *script)
{
    size_t start = script->scan.at;
    uint64_t size;

    if (!scan_number(&script->scan, UINT16_MAX, &size))
        return false;
    if (size == 0 || size % 8 != 0)
        return scan_fail_at(&script->scan, start, "the size of a fragment is a multiple of 8 bytes");
    script->fragment = (size_t)size;
    script->fragment_first = scan_word(&script->scan, "first");
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int64_t last = month > 2 ? year : year - 1; /* the last year whose leap day has passed */

    return (year - 1970) * 365 + last / 4 - last / 100 + last / 400 - 477 + before[month - 1] + day - 1;
}

/* "2026-01-05T09:00:00Z", seconds with a fraction if wanted. */
static bool start(struct script *script)
{
    struct scanner *scanner = &script->scan;
    size_t at = scanner->at;
    uint64_t year, month, day, hour, minute;
    int64_t second;

    if (!scan_number(scanner, 2100, &year) || !scan_expect(scanner, "-") || !scan_number(scanner, 12, &month)
        || !scan_expect(scanner, "-") || !scan_number(scanner, 31, &day) || !scan_expect(scanner, "T")
        || !scan_number(scanner, 23, &hour) || !scan_expect(scanner, ":") || !scan_number(scanner, 59, &minute)
        || !scan_expect(scanner, ":") || !scan_seconds(scanner, &second) || !scan_expect(scanner, "Z"))
        return false;
    if (year < 1970 || month < 1 || day < 1)
        return scan_fail_at(scanner, at, "not a date from 1970 to 2100");
    if (script->scenario->frame_count)
        return scan_fail_at(scanner, at, "this must come before the first packet");
    int64_t minutes = (days((int64_t)year, (int64_t)month, (int64_t)day) * 24 + (int64_t)hour) * 60 + (int64_t)minute;
    script->scenario->start = minutes * 60 * 1000000000 + second;
    return true;
}

/* "+0.00002": the last frame once more, byte for byte, as a mirror port shows it; "//= ..." may follow. */
static bool duplicate(struct script *script)
{
    struct scanner *scanner = &script->scan;
    struct scenario *scenario = script->scenario;
    int64_t later;

    if (!scenario->frame_count)
        return scan_fail(scanner, "there is no packet before this");
    if (!scan_expect(scanner, "+") || !scan_seconds(scanner, &later))
        return false;
    if (later > INT64_C(1000000) * 1000000000)
        return scan_fail(scanner, "the time is too large");
    script->now += later;
    struct frame *copy = scenario_add_frame(scenario);
    const struct frame *original = copy - 1;
    copy->time = script->now;
    copy->interface = original->interface;
    buffer_add(&copy->bytes, original->bytes.bytes, original->bytes.length);
    scan_blanks(scanner);
    if (!scan_text(scanner, "//="))
        return true;
    scenario->states_roles = true;
    return roles_scan(scanner, &copy->roles);
}

static bool verdict(struct scanner *scanner, const char *const *known, const char **value)
{
    size_t length;
    size_t start = scanner->at;
    const char *text = scan_rest(scanner, &length);

    for (; *known; known++)
        if (strlen(*known) == length && memcmp(*known, text, length) == 0) {
            *value = *known;
            return true;
        }
    return scan_fail_at(scanner, start, "not one of the verdicts");
}

static bool add_holder(struct scanner *scanner, struct connection *connection, const struct endpoint *endpoint)
{
    if (connection->holders == HOLDERS_MAX)
        return scan_fail(scanner, "more than %d holders of TIME-WAIT", HOLDERS_MAX);
    endpoint_format(endpoint, connection->holder[connection->holders++]);
    return true;
}

/* "local", "remote", both, or "none". */
static bool time_wait(struct script *script, struct connection *connection)
{
    struct scanner *scanner = &script->scan;
    const struct flow *flow = script_flow(script);

    connection->time_wait = true;
    connection->holders = 0;
    if (scan_word(scanner, "none"))
        return true;
    for (;;) {
        bool good = true;
        if (scan_word(scanner, "local"))
            good = add_holder(scanner, connection, &flow->local);
        else if (scan_word(scanner, "remote"))
            good = add_holder(scanner, connection, &flow->remote);
        else
            return connection->holders > 0 || scan_fail(scanner, "expected 'local', 'remote' or 'none'");
        if (!good)
            return false;
    }
}

static bool expect(struct script *script)
{
    static const char *const opens[] = { "Unknown",      "Three-way",       "Simultaneous",
                                         "Self-connect", "Split handshake", "Simultaneous or split",
                                         "Incomplete",   "Refused",         NULL };
    static const char *const closes[] = {
        "Open", "Orderly", "Simultaneous", "Half-closed", "Reset", "Undecidable", NULL
    };
    struct scanner *scanner = &script->scan;
    uint64_t number = 0;
    int c = scan_peek(scanner);

    if (c >= '0' && c <= '9' && !scan_number(scanner, CONNECTIONS_MAX - 1, &number))
        return false;
    struct connection *connection = scenario_connection(script->scenario, (size_t)number);
    if (scan_word(scanner, "open"))
        return verdict(scanner, opens, &connection->open);
    if (scan_word(scanner, "close"))
        return verdict(scanner, closes, &connection->close);
    if (scan_word(scanner, "time_wait"))
        return time_wait(script, connection);
    return scan_fail(scanner, "expected 'open', 'close' or 'time_wait'");
}

bool directive_scan(struct script *script)
{
    static const struct {
        const char *name;
        bool (*read)(struct script *script);
    } directives[] = {
        { "title", title },         { "local", local },     { "remote", remote },       { "isn", isn },
        { "flow", flow },           { "numbers", numbers }, { "interface", interface }, { "snaplen", snaplen },
        { "link", link_layer },     { "vlan", vlan },       { "fragment", fragment },   { "start", start },
        { "duplicate", duplicate }, { "expect", expect },
    };
    struct scanner *scanner = &script->scan;

    scan_blanks(scanner);
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        if (scan_word(scanner, directives[i].name))
            return directives[i].read(script) && script_line_end(scanner);
    return scan_fail(scanner, "unknown directive");
}

static bool option_address(struct scanner *scanner, struct address *address)
{
    char text[SCAN_WORD];
    size_t start = scanner->at;

    if (!scan_token(scanner, text))
        return false;
    return address_parse(text, address) || scan_fail_at(scanner, start, "not an IP address");
}

static bool option_port(struct scanner *scanner, uint16_t *port)
{
    uint64_t number;

    if (!scan_number(scanner, UINT16_MAX, &number))
        return false;
    *port = (uint16_t)number;
    return true;
}

bool directive_option(struct script *script)
{
    struct scanner *scanner = &script->scan;
    struct flow *flow = script_flow(script);

    if (scan_text(scanner, "local_ip="))
        return option_address(scanner, &flow->local.address);
    if (scan_text(scanner, "remote_ip="))
        return option_address(scanner, &flow->remote.address);
    if (scan_text(scanner, "bind_port="))
        return option_port(scanner, &flow->local.port);
    if (scan_text(scanner, "connect_port="))
        return option_port(scanner, &flow->remote.port);
    while (!scan_at_line_end(scanner) && scan_peek(scanner) != ' ' && scan_peek(scanner) != '\t')
        scanner->at++;
    script->scenario->skipped++;
    return true;
}
