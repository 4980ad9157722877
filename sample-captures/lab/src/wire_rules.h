/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the wire does to chosen segments. A rule is "ACTION HALF SEGMENT [WHICH]":
 *   ACTION   drop, duplicate, or late=SECONDS (held back that much longer)
 *   HALF     a>m, m>b, b>m or m>a: before or behind the middle, where the recorder is
 *   SEGMENT  syn (without ACK), synack, fin, rst, data, ack (nothing but an ACK), tcp, any
 *   WHICH    1 for the first such segment on this half (default), 2, ...; or all
 */
#ifndef SIMTCP_LAB_WIRE_RULES_H
#define SIMTCP_LAB_WIRE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum half { HALF_A_TO_M, HALF_M_TO_B, HALF_B_TO_M, HALF_M_TO_A, HALF_COUNT };

enum rule_action { RULE_NONE, RULE_DROP, RULE_DUPLICATE, RULE_LATE };

enum segment_kind {
    SEGMENT_OTHER,
    SEGMENT_SYN,
    SEGMENT_SYNACK,
    SEGMENT_FIN,
    SEGMENT_RST,
    SEGMENT_DATA,
    SEGMENT_ACK,
    SEGMENT_ANY_TCP,
    SEGMENT_ANY, /* only in rules: both match more than one kind */
};

struct rule {
    enum rule_action action;
    int64_t late; /* nanoseconds, for RULE_LATE */
    enum half half;
    enum segment_kind kind;
    unsigned long which; /* 0 for all */
    unsigned long seen;  /* matching segments so far */
};

/* Parses "a>m" and the like. Returns false if `text` is none of them. */
bool half_parse(const char *text, enum half *half);

/* Parses one rule. Returns false if `text` is not one. */
bool rule_parse(const char *text, struct rule *rule);

/* What kind of TCP segment an Ethernet frame holds: the first that fits of rst, syn, synack, fin, data, ack. */
enum segment_kind segment_kind(const unsigned char *frame, size_t length);

/* Counts the frame in every rule that matches; returns the first that wants to act on it, or NULL. */
const struct rule *rules_apply(struct rule *rules, size_t count, enum half half, const unsigned char *frame,
                               size_t length);

#endif
