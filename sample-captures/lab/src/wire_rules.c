/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire_rules.h"

#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETHERNET_HEADER 14
#define PROTOCOL_TCP 6

enum tcp_flag { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

static const char *const half_names[HALF_COUNT] = {
    [HALF_A_TO_M] = "a>m",
    [HALF_M_TO_B] = "m>b",
    [HALF_B_TO_M] = "b>m",
    [HALF_M_TO_A] = "m>a",
};

static const char *const kind_names[] = {
    [SEGMENT_SYN] = "syn",   [SEGMENT_SYNACK] = "synack", [SEGMENT_FIN] = "fin",     [SEGMENT_RST] = "rst",
    [SEGMENT_DATA] = "data", [SEGMENT_ACK] = "ack",       [SEGMENT_ANY_TCP] = "tcp", [SEGMENT_ANY] = "any",
};

bool half_parse(const char *text, enum half *half)
{
    for (int i = 0; i < HALF_COUNT; i++)
        if (strcmp(text, half_names[i]) == 0) {
            *half = (enum half)i;
            return true;
        }
    return false;
}

static bool kind_parse(const char *text, enum segment_kind *kind)
{
    for (int i = SEGMENT_SYN; i <= SEGMENT_ANY; i++)
        if (strcmp(text, kind_names[i]) == 0) {
            *kind = (enum segment_kind)i;
            return true;
        }
    return false;
}

static bool action_parse(const char *text, struct rule *rule)
{
    if (strcmp(text, "drop") == 0)
        rule->action = RULE_DROP;
    else if (strcmp(text, "duplicate") == 0)
        rule->action = RULE_DUPLICATE;
    else if (strncmp(text, "late=", 5) == 0 && seconds_parse(text + 5, &rule->late))
        rule->action = RULE_LATE;
    return rule->action != RULE_NONE;
}

static bool which_parse(const char *text, unsigned long *which)
{
    char *end;

    if (strcmp(text, "all") == 0) {
        *which = 0;
        return true;
    }
    *which = strtoul(text, &end, 10);
    return *end == '\0' && *which > 0;
}

bool rule_parse(const char *text, struct rule *rule)
{
    char action[32], half[8], kind[16], which[16] = "1", rest[2];
    int words = sscanf(text, "%31s %7s %15s %15s %1s", action, half, kind, which, rest);

    *rule = (struct rule){ .action = RULE_NONE };
    return (words == 3 || words == 4) && action_parse(action, rule) && half_parse(half, &rule->half)
        && kind_parse(kind, &rule->kind) && which_parse(which, &rule->which);
}

/* Finds the TCP header and the bytes of it and its payload; IPv6 extension headers are not walked. */
static const unsigned char *tcp_header(const unsigned char *frame, size_t length, size_t *tcp_length)
{
    const unsigned char *ip = frame + ETHERNET_HEADER;
    size_t header, total;

    if (length < ETHERNET_HEADER + 40)
        return NULL;
    if (frame[12] == 0x08 && frame[13] == 0x00 && ip[9] == PROTOCOL_TCP) {
        header = (size_t)(ip[0] & 0x0f) * 4;
        total = (size_t)ip[2] << 8 | ip[3];
    } else if (frame[12] == 0x86 && frame[13] == 0xdd && ip[6] == PROTOCOL_TCP) {
        header = 40;
        total = header + ((size_t)ip[4] << 8 | ip[5]);
    } else {
        return NULL;
    }
    if (total < header + 20 || total > length - ETHERNET_HEADER)
        return NULL;
    *tcp_length = total - header;
    return ip + header;
}

enum segment_kind segment_kind(const unsigned char *frame, size_t length)
{
    size_t tcp_length;
    const unsigned char *tcp = tcp_header(frame, length, &tcp_length);
    unsigned char flags;

    if (tcp == NULL)
        return SEGMENT_OTHER;
    flags = tcp[13];
    if (flags & TCP_RST)
        return SEGMENT_RST;
    if (flags & TCP_SYN)
        return flags & TCP_ACK ? SEGMENT_SYNACK : SEGMENT_SYN;
    if (flags & TCP_FIN)
        return SEGMENT_FIN;
    return tcp_length > (size_t)(tcp[12] >> 4) * 4 ? SEGMENT_DATA : SEGMENT_ACK;
}

static bool rule_matches(const struct rule *rule, enum half half, enum segment_kind kind)
{
    if (rule->half != half)
        return false;
    return rule->kind == SEGMENT_ANY || rule->kind == kind || (rule->kind == SEGMENT_ANY_TCP && kind != SEGMENT_OTHER);
}

const struct rule *rules_apply(struct rule *rules, size_t count, enum half half, const unsigned char *frame,
                               size_t length)
{
    enum segment_kind kind = segment_kind(frame, length);
    const struct rule *acting = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!rule_matches(&rules[i], half, kind))
            continue;
        rules[i].seen++;
        if (acting == NULL && (rules[i].which == 0 || rules[i].which == rules[i].seen))
            acting = &rules[i];
    }
    return acting;
}
