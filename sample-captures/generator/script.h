/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a script: packetdrill's notation, with lines of our own ("//@ ..." and "//= ...") that packetdrill takes
 * for comments. The language is described in ../scenarios/README.md.
 *
 * script.c walks from event to event and passes over what only packetdrill can run; directive.c reads the "//@"
 * lines, notation.c the packets, options.c their TCP options, roles.c what is expected of them. They share the
 * state below: what holds for the packets that follow.
 */
#ifndef SIMTCP_GEN_SCRIPT_H
#define SIMTCP_GEN_SCRIPT_H

#include "scan.h"
#include "scenario.h"

/* The two ends as they stand for the next packet. Scripts may switch between named flows. */
struct flow {
    char name[SCAN_WORD];
    struct endpoint local, remote;
    uint32_t isn_local, isn_remote; /* what relative numbers are relative to */
    unsigned vlan;                  /* 0: no tag */
};

enum { FLOWS_MAX = 256 };

struct script {
    struct scanner scan;
    struct scenario *scenario;
    int64_t now;      /* time of the last event, nanoseconds since the start of the scenario */
    size_t interface; /* where the next packet is captured */
    struct flow flows[FLOWS_MAX];
    size_t flow_count, flow; /* flow: index of the one in force */
    bool absolute;           /* sequence and acknowledgement numbers are as on the wire */
    size_t fragment;         /* split the next datagram into pieces of that many bytes; 0: don't */
    bool fragment_first;     /* and capture only the first of them */
    uint16_t ip_id[2];       /* IPv4 identification of the last datagram: inbound, outbound */
};

/*
 * Reads a whole script into an initialised scenario. False after an error, which then stands in scanner:
 * see scan_position(). The text is only needed during the call and by the scanner.
 */
bool script_read(const char *text, size_t length, struct scenario *scenario, struct scanner *scanner);

/* The flow in force. */
struct flow *script_flow(struct script *script);

/* Reads a line after "//@". */
bool directive_scan(struct script *script);
/* Reads an option "--name=value". */
bool directive_option(struct script *script);

/* Reads a packet after its time: "< S 0:0(0) win 1000 <mss 1460> //= 1.SYN n", and adds its frames. */
bool notation_packet(struct script *script);

/* Reads TCP options "<mss 1460,nop,...>" into the segment; SACK blocks are relative to sack_base. */
bool options_scan(struct scanner *scanner, uint32_t sack_base, struct segment *segment);

/* After what belongs to a line: nothing or a comment may follow. */
bool script_line_end(struct scanner *scanner);

#endif
