/* header.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "header.h"

#include "endpoint.h"

#include <epan/ipproto.h>

/* The longest TCP header: a data offset of 15 words. */
#define TCP_HEADER_MAX 60

/* tcp.len is the one field wanted: it starts where the header starts, its value
 * is the length of the data, and quoted headers and fragments don't have it.
 * Every further field would have to be built for every frame. */
static int hf_tcp_len = -1;

/* Under these two keys the TCP dissector leaves the ports of each TCP layer. */
static int hf_tcp_srcport = -1;
static int hf_tcp_dstport = -1;

static int proto_tcp = -1;
static int proto_ip = -1;
static int proto_ipv6 = -1;

void header_handoff(void)
{
    hf_tcp_len = proto_registrar_get_id_byname("tcp.len");
    hf_tcp_srcport = proto_registrar_get_id_byname("tcp.srcport");
    hf_tcp_dstport = proto_registrar_get_id_byname("tcp.dstport");
    proto_tcp = proto_get_id_by_filter_name("tcp");
    proto_ip = proto_get_id_by_filter_name("ip");
    proto_ipv6 = proto_get_id_by_filter_name("ipv6");
}

GArray *header_wanted_fields(void)
{
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(int));

    g_array_append_val(wanted, hf_tcp_len);
    return wanted;
}

/* The network addresses. pinfo->src may be something else by now: dissectors above
 * TCP put addresses of their own there. */
static const address *source(const packet_info *pinfo)
{
    return pinfo->net_src.type != AT_NONE ? &pinfo->net_src : &pinfo->src;
}

static const address *destination(const packet_info *pinfo)
{
    return pinfo->net_dst.type != AT_NONE ? &pinfo->net_dst : &pinfo->dst;
}

static int protocol_of(wmem_list_frame_t *layer)
{
    return GPOINTER_TO_INT(wmem_list_frame_data(layer));
}

/* What the list of the frame's layers says of one TCP layer in it. */
struct layers {
    unsigned tcp_count;       /* how many the frame has, quoted ones too */
    wmem_list_frame_t *below; /* the layer right in front of this one; NULL: none */
    bool carries_ip;          /* this one does: then pinfo has the addresses of what is inside */
};

/* Is this the only TCP header of the frame, with no IP header behind it? By far the most are, and
 * nothing but a layer or two of data stands behind them: so the list is read from its end. */
static bool stands_alone(const packet_info *pinfo, const field_info *field)
{
    unsigned position = wmem_list_count(pinfo->layers);

    /* Layers that have left the list would make a position in it differ from the layer's number. */
    if (field->proto_layer_num != 1 || position != pinfo->curr_layer_num)
        return false;
    for (wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers); layer; layer = wmem_list_frame_prev(layer)) {
        int protocol = protocol_of(layer);

        if (protocol == proto_tcp)
            return position == (unsigned)field->total_layer_num;
        if (protocol == proto_ip || protocol == proto_ipv6)
            return false;
        position--;
    }
    return false;
}

/* Looks at the n-th TCP layer, from 1. */
static struct layers look_at_layers(const packet_info *pinfo, unsigned n)
{
    struct layers layers = { 0 };
    wmem_list_frame_t *previous = NULL;

    for (wmem_list_frame_t *layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer)) {
        int protocol = protocol_of(layer);

        if (protocol == proto_tcp && ++layers.tcp_count == n)
            layers.below = previous;
        else if (layers.tcp_count >= n && (protocol == proto_ip || protocol == proto_ipv6))
            layers.carries_ip = true;
        previous = layer;
    }
    return layers;
}

/* Takes the addresses from the IP header right in front of the TCP header. Headers
 * with options or extensions are not looked through: a tunnel over such
 * headers is rarer than the code for it would be worth. */
static bool addresses_in_front(tvbuff_t *tvb, int tcp_start, int ip_protocol, address *src, address *dst)
{
    int length = ip_protocol == proto_ip ? 20 : 40;
    const uint8_t *ip;

    if (tcp_start < length)
        return false;
    ip = tvb_get_ptr(tvb, tcp_start - length, length);
    if (ip_protocol == proto_ip && ip[0] == 0x45 && ip[9] == IP_PROTO_TCP) {
        set_address(src, AT_IPv4, 4, ip + 12);
        set_address(dst, AT_IPv4, 4, ip + 16);
        return true;
    }
    if (ip_protocol == proto_ipv6 && ip[0] >> 4 == 6 && ip[6] == IP_PROTO_TCP) {
        set_address(src, AT_IPv6, 16, ip + 8);
        set_address(dst, AT_IPv6, 16, ip + 24);
        return true;
    }
    return false;
}

static bool set_endpoints(struct simtcp_segment *segment, const address *src, const address *dst)
{
    return endpoint_set(&segment->src, src, segment->src.port) && endpoint_set(&segment->dst, dst, segment->dst.port);
}

/* Sets the endpoints of the segment whose header starts at field; its ports are there already. */
static bool read_addresses(packet_info *pinfo, const field_info *field, struct simtcp_segment *segment)
{
    struct layers layers = look_at_layers(pinfo, (unsigned)field->proto_layer_num);
    address src, dst;

    if (!layers.carries_ip)
        return set_endpoints(segment, source(pinfo), destination(pinfo));
    return layers.below && addresses_in_front(field->ds_tvb, field->start, protocol_of(layers.below), &src, &dst)
        && set_endpoints(segment, &src, &dst);
}

/* The time of the frame, in nanoseconds. Times out of the core's range are held at its
 * ends; a damaged file can say anything. */
static int64_t frame_time(const packet_info *pinfo)
{
    const int64_t limit = (INT64_C(1) << 62) / 1000000000 - 1;
    int64_t seconds = pinfo->abs_ts.secs;

    if (seconds > limit)
        seconds = limit;
    else if (seconds < -limit)
        seconds = -limit;
    return seconds * 1000000000 + pinfo->abs_ts.nsecs;
}

bool header_read(packet_info *pinfo, proto_tree *tree, struct simtcp_segment *segment, bool *alone)
{
    GPtrArray *lengths = proto_get_finfo_ptr_array(tree, hf_tcp_len);
    field_info *field;
    int captured;

    if (!lengths || lengths->len == 0)
        return false;
    field = (field_info *)g_ptr_array_index(lengths, lengths->len - 1);
    if (!field->ds_tvb)
        return false;
    captured = tvb_captured_length_remaining(field->ds_tvb, field->start);
    if (captured < SIMTCP_HEADER_MIN)
        return false;
    if (captured > TCP_HEADER_MAX)
        captured = TCP_HEADER_MAX;
    if (!simtcp_segment_read(segment, tvb_get_ptr(field->ds_tvb, field->start, captured), (size_t)captured,
                             field_info_uint(field)))
        return false;

    segment->frame = pinfo->num;
    segment->time = frame_time(pinfo);
    *alone = stands_alone(pinfo, field);
    return *alone ? set_endpoints(segment, source(pinfo), destination(pinfo)) : read_addresses(pinfo, field, segment);
}

/* The port of the innermost TCP layer that has one under this key, or 0. Without a
 * tree, layers may stay in pinfo->layers that a tree would have removed, so a
 * position in that list is not the layer's number. The numbers are few: try them. */
static unsigned innermost_port(packet_info *pinfo, int key, unsigned *layer)
{
    unsigned port;

    for (*layer = pinfo->curr_layer_num; *layer > 0; --*layer) {
        port = GPOINTER_TO_UINT(p_get_proto_data(pinfo->pool, pinfo, key, *layer));
        if (port != 0)
            return port;
    }
    return 0;
}

bool header_key(packet_info *pinfo, struct simtcp_endpoint *src, struct simtcp_endpoint *dst)
{
    unsigned src_port, dst_port, layer;

    if (!look_at_layers(pinfo, 1).tcp_count)
        return false;
    src_port = innermost_port(pinfo, hf_tcp_srcport, &layer);
    if (src_port != 0)
        dst_port = GPOINTER_TO_UINT(p_get_proto_data(pinfo->pool, pinfo, hf_tcp_dstport, layer));
    else
        dst_port = innermost_port(pinfo, hf_tcp_dstport, &layer);
    return endpoint_set(src, source(pinfo), (uint16_t)src_port)
        && endpoint_set(dst, destination(pinfo), (uint16_t)dst_port);
}
