/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include "roles.h"

#include <stdlib.h>
#include <string.h>

enum { LAYERS_MAX = 4, WINDOW_DEFAULT = 64240, TTL_DEFAULT = 64, ICMP_TTL_DEFAULT = 64 };

enum layer_kind { LAYER_IP, LAYER_GRE };

/* A header around the datagram, as in "ipv4 10.0.0.1 > 10.0.0.2: gre: ...". */
struct layer {
    enum layer_kind kind;
    struct address source, destination;
};

/* One packet line. */
struct packet {
    bool inbound;
    struct layer layers[LAYERS_MAX]; /* outermost first */
    size_t layer_count;
    struct segment segment; /* sent, or quoted by the ICMP error */
    bool is_icmp;
    struct icmp_error icmp;
    struct ip_info icmp_ip;
    struct roles roles;
};

static bool tunnel_address(struct scanner *scanner, bool ipv6, bool last, struct address *address)
{
    char text[SCAN_WORD];
    size_t start = scanner->at;

    if (!scan_token(scanner, text))
        return false;
    size_t length = strlen(text);
    if (last && text[length - 1] != ':')
        return scan_fail_at(scanner, start, "expected ':' right after the second address");
    if (last)
        text[length - 1] = '\0';
    if (!address_parse(text, address) || (address->length == 16) != ipv6)
        return scan_fail_at(scanner, start, "not an %s address", ipv6 ? "IPv6" : "IPv4");
    return true;
}

/* Any number of "ipv4 A > B:", "ipv6 A > B:" and "gre:". */
static bool layers(struct scanner *scanner, struct packet *packet)
{
    for (;;) {
        size_t start = scanner->at;
        bool ipv4 = scan_word(scanner, "ipv4");
        bool ipv6 = !ipv4 && scan_word(scanner, "ipv6");
        bool gre = !ipv4 && !ipv6 && scan_text(scanner, "gre:");
        if (!ipv4 && !ipv6 && !gre)
            break;
        if (packet->layer_count == LAYERS_MAX)
            return scan_fail_at(scanner, start, "more than %d headers around the packet", LAYERS_MAX);
        struct layer *layer = &packet->layers[packet->layer_count++];
        layer->kind = gre ? LAYER_GRE : LAYER_IP;
        if (gre && (packet->layer_count == 1 || layer[-1].kind != LAYER_IP))
            return scan_fail_at(scanner, start, "'gre:' must follow an IP header");
        if (!gre && (!tunnel_address(scanner, ipv6, false, &layer->source) || !scan_expect(scanner, ">")))
            return false;
        scan_blanks(scanner);
        if (!gre && !tunnel_address(scanner, ipv6, true, &layer->destination))
            return false;
    }
    return true;
}

static bool ip_number(struct scanner *scanner, uint8_t *value)
{
    uint64_t number;

    if (!scan_number(scanner, UINT8_MAX, &number))
        return false;
    *value = (uint8_t)number;
    return true;
}

/* "[ect0]", "[tos 16]", "[ttl 3]", "[noecn, ttl 3]". */
static bool ip_info(struct scanner *scanner, struct ip_info *ip)
{
    static const struct {
        const char *word;
        uint8_t ecn;
    } ecn[] = { { "noecn", 0 }, { "ect1", 1 }, { "ect01", 2 }, { "ect0", 2 }, { "ce", 3 } };

    do {
        bool known = false;
        scan_blanks(scanner);
        for (size_t i = 0; i < sizeof ecn / sizeof *ecn && !known; i++) {
            known = scan_word(scanner, ecn[i].word);
            if (known)
                ip->tos = (uint8_t)((ip->tos & 0xfc) | ecn[i].ecn);
        }
        if (!known && scan_word(scanner, "tos"))
            known = ip_number(scanner, &ip->tos);
        else if (!known && scan_word(scanner, "ttl"))
            known = ip_number(scanner, &ip->ttl);
        if (!known)
            return scan_fail(scanner, "expected an ECN codepoint, 'tos N' or 'ttl N'");
    } while (scan_text(scanner, ","));
    return scan_expect(scanner, "]");
}

static bool flags(struct scanner *scanner, struct segment *segment)
{
    static const struct {
        char letter;
        uint16_t flag;
    } known[] = { { 'F', TCP_FIN }, { 'S', TCP_SYN }, { 'R', TCP_RST }, { 'P', TCP_PSH }, { '.', TCP_ACK },
                  { 'U', TCP_URG }, { 'E', TCP_ECE }, { 'W', TCP_CWR }, { 'A', TCP_AE },  { '-', 0 } };
    size_t start = scanner->at;

    for (;;) {
        int c = scan_peek(scanner);
        size_t i = 0;
        while (i < sizeof known / sizeof *known && known[i].letter != c)
            i++;
        if (i == sizeof known / sizeof *known)
            break;
        segment->flags |= known[i].flag;
        scanner->at++;
    }
    if (scanner->at == start)
        return scan_fail(scanner, "expected TCP flags, such as 'S', 'S.' or 'F.'");
    scan_blanks(scanner);
    return true;
}

static uint32_t seq_base(struct script *script, bool inbound)
{
    if (script->absolute)
        return 0;
    return inbound ? script_flow(script)->isn_remote : script_flow(script)->isn_local;
}

/* "1:1001(1000)" or "1(1000)". */
static bool sequence(struct scanner *scanner, uint32_t base, struct segment *segment)
{
    size_t start = scanner->at;
    uint64_t first, end = 0, length;

    if (!scan_number(scanner, UINT64_MAX, &first))
        return false;
    bool has_end = scan_text(scanner, ":");
    if (has_end && !scan_number(scanner, UINT64_MAX, &end))
        return false;
    if (!scan_expect(scanner, "(") || !scan_number(scanner, PAYLOAD_MAX, &length) || !scan_expect(scanner, ")"))
        return false;
    if (has_end && (uint32_t)(end - first) != length)
        return scan_fail_at(scanner, start, "the range has %lu bytes, but the length is %lu",
                            (unsigned long)(uint32_t)(end - first), (unsigned long)length);
    segment->seq = (uint32_t)first + base;
    segment->payload_length = (size_t)length;
    scan_blanks(scanner);
    return true;
}

static bool u16_field(struct scanner *scanner, uint16_t *value)
{
    uint64_t number;

    if (!scan_number(scanner, UINT16_MAX, &number))
        return false;
    *value = (uint16_t)number;
    return true;
}

/* "ack N", "win N" and "urg N", in this order, each if wanted; "win *" leaves the window to us. */
static bool fields(struct scanner *scanner, uint32_t base, struct segment *segment)
{
    uint64_t ack;

    segment->window = WINDOW_DEFAULT;
    if (scan_word(scanner, "ack")) {
        if (!scan_number(scanner, UINT64_MAX, &ack))
            return false;
        segment->ack = (uint32_t)ack + base;
    }
    if (scan_word(scanner, "win") && !scan_text(scanner, "*") && !u16_field(scanner, &segment->window))
        return false;
    scan_blanks(scanner);
    return !scan_word(scanner, "urg") || u16_field(scanner, &segment->urgent);
}

static void set_ends(struct script *script, bool inbound, struct segment *segment)
{
    const struct flow *flow = script_flow(script);

    segment->source = inbound ? flow->remote : flow->local;
    segment->destination = inbound ? flow->local : flow->remote;
    segment->ip.id = ++script->ip_id[!inbound];
    segment->ip.may_fragment = script->fragment != 0;
}

static bool tcp(struct script *script, bool inbound, struct segment *segment)
{
    struct scanner *scanner = &script->scan;
    uint32_t own = seq_base(script, inbound);
    uint32_t peer = seq_base(script, !inbound);

    set_ends(script, inbound, segment);
    return flags(scanner, segment) && sequence(scanner, own, segment) && fields(scanner, peer, segment)
        && (scan_peek(scanner) != '<' || options_scan(scanner, peer, segment));
}

struct icmp_kind {
    const char *name;
    struct icmp_error ipv4, ipv6; /* type 0: does not exist there */
};

static bool icmp_kind(struct scanner *scanner, bool ipv6, struct icmp_error *error)
{
    static const struct icmp_kind kinds[] = {
        { "unreachable net_unreachable", { 3, 0, 0 }, { 1, 0, 0 } },
        { "unreachable host_unreachable", { 3, 1, 0 }, { 1, 3, 0 } },
        { "unreachable protocol_unreachable", { 3, 2, 0 }, { 0, 0, 0 } },
        { "unreachable port_unreachable", { 3, 3, 0 }, { 1, 4, 0 } },
        { "unreachable frag_needed", { 3, 4, 0 }, { 0, 0, 0 } },
        { "unreachable admin_prohibited", { 3, 13, 0 }, { 1, 1, 0 } },
        { "unreachable address_unreachable", { 0, 0, 0 }, { 1, 3, 0 } },
        { "packet_too_big", { 0, 0, 0 }, { 2, 0, 0 } },
        { "time_exceeded", { 11, 0, 0 }, { 3, 0, 0 } },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        *error = ipv6 ? kinds[i].ipv6 : kinds[i].ipv4;
        if (error->type && scan_word(scanner, kinds[i].name))
            return true;
    }
    return scan_fail(scanner, "unknown kind of ICMP error");
}

/* "icmp unreachable host_unreachable [S 0:0(0)]": the brackets hold a segment the other side had sent. */
static bool icmp(struct script *script, struct packet *packet)
{
    struct scanner *scanner = &script->scan;
    struct segment *quoted = &packet->segment;
    bool ipv6 = script_flow(script)->local.address.length == 16;
    uint64_t mtu = 0;

    packet->is_icmp = true;
    packet->icmp_ip = (struct ip_info){ .ttl = ICMP_TTL_DEFAULT, .id = ++script->ip_id[!packet->inbound] };
    if (!icmp_kind(scanner, ipv6, &packet->icmp))
        return false;
    if (scan_word(scanner, "mtu") && !scan_number(scanner, UINT16_MAX, &mtu))
        return false;
    packet->icmp.word = (uint32_t)mtu;
    if (!scan_expect(scanner, "["))
        return false;
    int c = scan_peek(scanner);
    if (c >= '0' && c <= '9') {
        quoted->flags = TCP_ACK;
        set_ends(script, !packet->inbound, quoted);
        if (!sequence(scanner, seq_base(script, !packet->inbound), quoted))
            return false;
    } else if (!tcp(script, !packet->inbound, quoted))
        return false;
    return scan_expect(scanner, "]");
}

/* Puts the headers of the tunnels around the datagram, the innermost first. */
static void wrap(const struct script *script, const struct packet *packet, struct buffer *datagram)
{
    const struct ip_info ip = { .ttl = TTL_DEFAULT, .may_fragment = script->fragment != 0 };
    bool in_gre = false;

    for (size_t i = packet->layer_count; i-- > 0;) {
        const struct layer *layer = &packet->layers[i];
        struct buffer whole = { 0 };
        if (layer->kind == LAYER_GRE)
            packet_gre_header(&whole, datagram);
        else
            packet_ip_header(&whole, &layer->source, &layer->destination, &ip,
                             in_gre ? 47 : packet_ip_protocol(datagram), datagram->length);
        in_gre = layer->kind == LAYER_GRE;
        buffer_add(&whole, datagram->bytes, datagram->length);
        buffer_free(datagram);
        *datagram = whole;
    }
}

static struct frame *add_frame(struct script *script, const struct buffer *datagram)
{
    struct interface *interface = &script->scenario->interfaces[script->interface];
    struct link link = { interface->link, script_flow(script)->vlan };
    struct frame *frame = scenario_add_frame(script->scenario);

    interface->used = true;
    frame->time = script->now;
    frame->interface = script->interface;
    packet_frame(&frame->bytes, &link, datagram);
    return frame;
}

/* The roles stand on the last fragment: that is where a dissector has the datagram together. */
static struct frame *add_fragments(struct script *script, const struct buffer *datagram)
{
    struct frame *frame = NULL;
    struct buffer piece = { 0 };

    for (size_t offset = 0; packet_fragment(&piece, datagram, offset, script->fragment); offset += script->fragment) {
        frame = add_frame(script, &piece);
        frame->roles.stated = true;
        buffer_free(&piece);
        if (script->fragment_first)
            break;
    }
    script->fragment = 0;
    return frame;
}

static void add_packet(struct script *script, const struct packet *packet)
{
    struct buffer datagram = { 0 };

    if (packet->is_icmp)
        packet_icmp(&datagram, &packet->segment, &packet->icmp, &packet->icmp_ip);
    else
        packet_datagram(&datagram, &packet->segment);
    wrap(script, packet, &datagram);
    struct frame *frame = script->fragment ? add_fragments(script, &datagram) : add_frame(script, &datagram);
    frame->roles = packet->roles;
    buffer_free(&datagram);
}

/* A word about another protocol than TCP is packetdrill's business. */
static bool skip_other_protocol(struct script *script)
{
    struct scanner *scanner = &script->scan;

    if (!scan_word(scanner, "udp") && !scan_word(scanner, "sctp") && !scan_word(scanner, "udplite"))
        return false;
    script->scenario->skipped++;
    scan_skip_line(scanner);
    return true;
}

bool notation_packet(struct script *script)
{
    struct scanner *scanner = &script->scan;
    size_t start = scanner->at;
    struct packet packet = { .inbound = scan_peek(scanner) == '<' };

    scanner->at++;
    scan_blanks(scanner);
    if (!layers(scanner, &packet))
        return false;
    packet.segment.ip.ttl = TTL_DEFAULT;
    if (scan_text(scanner, "[") && !ip_info(scanner, &packet.segment.ip))
        return false;
    scan_blanks(scanner);
    if (skip_other_protocol(script))
        return true;
    if (script_flow(script)->local.address.length != script_flow(script)->remote.address.length)
        return scan_fail_at(scanner, start, "the local and the remote address are not of one family");
    bool good = scan_word(scanner, "icmp") ? icmp(script, &packet) : tcp(script, packet.inbound, &packet.segment);
    if (!good)
        return false;
    if (script->fragment && (packet.layer_count ? packet.layers[0].source : packet.segment.source.address).length != 4)
        return scan_fail_at(scanner, start, "only IPv4 can be fragmented here");
    scan_blanks(scanner);
    packet.roles.stated = true;
    if (scan_text(scanner, "//=")) {
        script->scenario->states_roles = true;
        if (!roles_scan(scanner, &packet.roles))
            return false;
    } else if (!script_line_end(scanner))
        return false;
    add_packet(script, &packet);
    return true;
}
