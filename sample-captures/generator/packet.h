/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the description of a TCP segment to the bytes of a frame, checksums and all.
 *
 * A frame is built from the inside out: a datagram that holds the segment, or an ICMP error that quotes it;
 * any tunnel headers around it; fragments of it, if wanted; the link-layer header last. Every function appends
 * to a buffer that belongs to the caller, and none can fail on input that is inside the ranges given here.
 */
#ifndef SIMTCP_GEN_PACKET_H
#define SIMTCP_GEN_PACKET_H

#include "address.h"
#include "buffer.h"

#include <stdint.h>

enum tcp_flag {
    TCP_FIN = 0x001,
    TCP_SYN = 0x002,
    TCP_RST = 0x004,
    TCP_PSH = 0x008,
    TCP_ACK = 0x010,
    TCP_URG = 0x020,
    TCP_ECE = 0x040,
    TCP_CWR = 0x080,
    TCP_AE = 0x100
};

enum {
    TCP_OPTIONS_MAX = 40,
    PAYLOAD_MAX = 65000 /* bytes; leaves room for every header in a datagram of 65535 */
};

/* What an IP header needs besides its addresses. */
struct ip_info {
    uint8_t tos;       /* traffic class: DSCP and ECN */
    uint8_t ttl;       /* hop limit */
    uint16_t id;       /* IPv4 identification; unused in IPv6 */
    bool may_fragment; /* IPv4: "don't fragment" is clear */
};

/* One TCP segment; all numbers as on the wire, in host byte order. Both addresses of one family. */
struct segment {
    struct endpoint source, destination;
    struct ip_info ip;
    uint32_t seq, ack;
    uint16_t window, urgent;
    uint16_t flags;        /* enum tcp_flag, OR-ed */
    size_t options_length; /* bytes, at most TCP_OPTIONS_MAX; padded with zeros to a multiple of 4 */
    uint8_t options[TCP_OPTIONS_MAX];
    size_t payload_length; /* bytes, at most PAYLOAD_MAX; the text is a function of the sequence number */
};

enum link_type { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101 }; /* numbers as in pcapng files */

/* A link-layer header. Ethernet addresses are made from the IP addresses of the datagram inside. */
struct link {
    enum link_type type;
    unsigned vlan; /* 802.1Q identifier, 0: no tag; Ethernet only */
};

/* An ICMP or ICMPv6 error: type, code and the word after the checksum (the MTU, or 0). */
struct icmp_error {
    uint8_t type, code;
    uint32_t word;
};

/* Appends the IP datagram that carries the segment. */
void packet_datagram(struct buffer *out, const struct segment *segment);

/*
 * Appends an ICMP error from the segment's destination to its source that quotes the segment's IP and TCP
 * header. ip describes the header of the error itself.
 */
void packet_icmp(struct buffer *out, const struct segment *quoted, const struct icmp_error *error,
                 const struct ip_info *ip);

/* Appends an IP header for length bytes of the given protocol; the payload follows by the caller. */
void packet_ip_header(struct buffer *out, const struct address *source, const struct address *destination,
                      const struct ip_info *ip, unsigned protocol, size_t length);

/* Appends a GRE header (RFC 2784, no options) for the given datagram. */
void packet_gre_header(struct buffer *out, const struct buffer *datagram);

/* IP protocol number of a datagram inside another one: 4 (IPv4) or 41 (IPv6). */
unsigned packet_ip_protocol(const struct buffer *datagram);

/*
 * Appends the fragment of an IPv4 datagram (20 bytes of header) whose payload starts at offset, a multiple of
 * 8 bytes, and has at most length bytes. Returns false, and appends nothing, if offset is past the end.
 */
bool packet_fragment(struct buffer *out, const struct buffer *datagram, size_t offset, size_t length);

/* Appends the link-layer header and the datagram. */
void packet_frame(struct buffer *out, const struct link *link, const struct buffer *datagram);

#endif
