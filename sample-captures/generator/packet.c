/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet.h"

#include <string.h>

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_TCP = 6,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ICMPV6 = 58,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_IPV6 = 0x86dd,
    IP_DONT_FRAGMENT = 0x4000,
    IP_MORE_FRAGMENTS = 0x2000
};

/* The Internet checksum (RFC 1071) as a running sum; the data may be of odd length only in the last call. */
static uint32_t sum(uint32_t start, const uint8_t *bytes, size_t length)
{
    uint64_t total = start;

    for (size_t i = 0; i + 1 < length; i += 2)
        total += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    if (length % 2)
        total += (uint32_t)bytes[length - 1] << 8;
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint32_t)total;
}

static unsigned checksum(uint32_t total)
{
    return ~total & 0xffff;
}

/* The sum of the pseudo-header: RFC 9293 section 3.1, RFC 8200 section 8.1. */
static uint32_t pseudo_header(const struct address *source, const struct address *destination, unsigned protocol,
                              size_t length)
{
    struct buffer header = { 0 };

    buffer_add(&header, source->bytes, source->length);
    buffer_add(&header, destination->bytes, destination->length);
    buffer_u32(&header, (uint32_t)length);
    buffer_u32(&header, protocol);
    uint32_t total = sum(0, header.bytes, header.length);
    buffer_free(&header);
    return total;
}

static bool is_ipv6(const struct buffer *datagram)
{
    return datagram->bytes[0] >> 4 == 6;
}

static void ipv4_header(struct buffer *out, const struct address *source, const struct address *destination,
                        const struct ip_info *ip, unsigned protocol, size_t length)
{
    size_t start = out->length;

    buffer_u8(out, 0x45);
    buffer_u8(out, ip->tos);
    buffer_u16(out, (unsigned)(IPV4_HEADER + length));
    buffer_u16(out, ip->id);
    buffer_u16(out, ip->may_fragment ? 0 : IP_DONT_FRAGMENT);
    buffer_u8(out, ip->ttl);
    buffer_u8(out, protocol);
    buffer_u16(out, 0);
    buffer_add(out, source->bytes, 4);
    buffer_add(out, destination->bytes, 4);
    buffer_put_u16(out, start + 10, checksum(sum(0, out->bytes + start, IPV4_HEADER)));
}

static void ipv6_header(struct buffer *out, const struct address *source, const struct address *destination,
                        const struct ip_info *ip, unsigned protocol, size_t length)
{
    buffer_u32(out, 6u << 28 | (uint32_t)ip->tos << 20);
    buffer_u16(out, (unsigned)length);
    buffer_u8(out, protocol);
    buffer_u8(out, ip->ttl);
    buffer_add(out, source->bytes, 16);
    buffer_add(out, destination->bytes, 16);
}

void packet_ip_header(struct buffer *out, const struct address *source, const struct address *destination,
                      const struct ip_info *ip, unsigned protocol, size_t length)
{
    if (source->length == 16)
        ipv6_header(out, source, destination, ip, protocol, length);
    else
        ipv4_header(out, source, destination, ip, protocol, length);
}

static size_t tcp_header_length(const struct segment *segment)
{
    return TCP_HEADER + (segment->options_length + 3) / 4 * 4;
}

/* Text that depends on nothing but the sequence number, so that a retransmission carries the same bytes. */
static void payload(struct buffer *out, const struct segment *segment)
{
    uint32_t seq = segment->seq + (segment->flags & TCP_SYN ? 1 : 0);

    for (size_t i = 0; i < segment->payload_length; i++)
        buffer_u8(out, 'a' + (seq + (uint32_t)i) % 26);
}

static void tcp(struct buffer *out, const struct segment *segment)
{
    size_t start = out->length;
    size_t header = tcp_header_length(segment);

    buffer_u16(out, segment->source.port);
    buffer_u16(out, segment->destination.port);
    buffer_u32(out, segment->seq);
    buffer_u32(out, segment->ack);
    buffer_u16(out, (unsigned)(header / 4) << 12 | segment->flags);
    buffer_u16(out, segment->window);
    buffer_u16(out, 0);
    buffer_u16(out, segment->urgent);
    buffer_add(out, segment->options, segment->options_length);
    buffer_zeros(out, header - TCP_HEADER - segment->options_length);
    payload(out, segment);

    size_t length = out->length - start;
    uint32_t total = pseudo_header(&segment->source.address, &segment->destination.address, PROTOCOL_TCP, length);
    buffer_put_u16(out, start + 16, checksum(sum(total, out->bytes + start, length)));
}

void packet_datagram(struct buffer *out, const struct segment *segment)
{
    packet_ip_header(out, &segment->source.address, &segment->destination.address, &segment->ip, PROTOCOL_TCP,
                     tcp_header_length(segment) + segment->payload_length);
    tcp(out, segment);
}

void packet_icmp(struct buffer *out, const struct segment *quoted, const struct icmp_error *error,
                 const struct ip_info *ip)
{
    const struct address *source = &quoted->destination.address;
    const struct address *destination = &quoted->source.address;
    bool ipv6 = source->length == 16;
    struct buffer datagram = { 0 };

    packet_datagram(&datagram, quoted);
    size_t quote = (ipv6 ? IPV6_HEADER : IPV4_HEADER) + tcp_header_length(quoted);
    size_t length = 8 + quote;
    packet_ip_header(out, source, destination, ip, ipv6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, length);
    size_t start = out->length;
    buffer_u8(out, error->type);
    buffer_u8(out, error->code);
    buffer_u16(out, 0);
    buffer_u32(out, error->word);
    buffer_add(out, datagram.bytes, quote);
    uint32_t total = ipv6 ? pseudo_header(source, destination, PROTOCOL_ICMPV6, length) : 0;
    buffer_put_u16(out, start + 2, checksum(sum(total, out->bytes + start, length)));
    buffer_free(&datagram);
}

unsigned packet_ip_protocol(const struct buffer *datagram)
{
    return is_ipv6(datagram) ? PROTOCOL_IPV6 : PROTOCOL_IPV4;
}

static unsigned ethertype(const struct buffer *datagram)
{
    return is_ipv6(datagram) ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
}

void packet_gre_header(struct buffer *out, const struct buffer *datagram)
{
    buffer_u16(out, 0);
    buffer_u16(out, ethertype(datagram));
}

bool packet_fragment(struct buffer *out, const struct buffer *datagram, size_t offset, size_t length)
{
    size_t payload_length = datagram->length - IPV4_HEADER;
    size_t start = out->length;

    if (offset >= payload_length)
        return false;
    bool last = length >= payload_length - offset;
    if (last)
        length = payload_length - offset;
    buffer_add(out, datagram->bytes, IPV4_HEADER);
    buffer_add(out, datagram->bytes + IPV4_HEADER + offset, length);
    buffer_put_u16(out, start + 2, (unsigned)(IPV4_HEADER + length));
    buffer_put_u16(out, start + 6, (unsigned)(offset / 8) | (last ? 0 : IP_MORE_FRAGMENTS));
    buffer_put_u16(out, start + 10, 0);
    buffer_put_u16(out, start + 10, checksum(sum(0, out->bytes + start, IPV4_HEADER)));
    return true;
}

/* A locally administered address: 02:00 and the last four bytes of the IP address. */
static void ethernet_address(struct buffer *out, const uint8_t *ip_end)
{
    buffer_u16(out, 0x0200);
    buffer_add(out, ip_end - 4, 4);
}

static void ethernet_header(struct buffer *out, unsigned vlan, const struct buffer *datagram)
{
    bool ipv6 = is_ipv6(datagram);
    const uint8_t *addresses_end = datagram->bytes + (ipv6 ? IPV6_HEADER : IPV4_HEADER);

    ethernet_address(out, addresses_end);
    ethernet_address(out, addresses_end - (ipv6 ? 16 : 4));
    if (vlan) {
        buffer_u16(out, ETHERTYPE_VLAN);
        buffer_u16(out, vlan);
    }
    buffer_u16(out, ethertype(datagram));
}

/* Null/loopback: the address family in the byte order of the capturing host, here little-endian as on BSD. */
static void null_header(struct buffer *out, const struct buffer *datagram)
{
    buffer_u8(out, is_ipv6(datagram) ? 30 : 2);
    buffer_zeros(out, 3);
}

void packet_frame(struct buffer *out, const struct link *link, const struct buffer *datagram)
{
    if (link->type == LINK_ETHERNET)
        ethernet_header(out, link->vlan, datagram);
    else if (link->type == LINK_NULL)
        null_header(out, datagram);
    buffer_add(out, datagram->bytes, datagram->length);
}
