/* flow.h
 * Looking up a flow. Internal to the core.
 *
 * Every segment of a capture comes through here, and most are done with soon after: so it is inline,
 * both directions have one hash, and endpoints are compared word by word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_FLOW_H
#define SIMTCP_FLOW_H

#include <string.h>

#include "connection.h"

static inline uint64_t flow_load(const uint8_t *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Every bit of word in the low ones: a product has those of the high ones only further up. */
static inline uint64_t flow_mix(uint64_t word)
{
    word = (word ^ word >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return word ^ word >> 32;
}

/* With a seed that nobody knows, nobody can choose endpoints that all have one hash. */
static inline uint64_t flow_hash(const struct simtcp_tracker *tracker, uint32_t head,
                                 const uint8_t address[SIMTCP_ADDRESS_MAX])
{
    uint64_t seed = tracker->settings.seed;

    return flow_mix(flow_mix((flow_load(address) ^ seed) + ((uint64_t)head << 32)) + flow_load(address + 8));
}

/* Kind, length and port of an endpoint, as one word. */
static inline uint32_t flow_head(const struct simtcp_endpoint *end)
{
    uint32_t head;

    memcpy(&head, end, sizeof head);
    return head;
}

_Static_assert(offsetof(struct simtcp_endpoint, address) == sizeof(uint32_t), "its head is one word");

/* What a flow is looked up by. */
struct flow_key {
    const struct simtcp_endpoint *src, *dst;
    uint32_t src_head, dst_head;
    uint32_t hash; /* the same for both directions */
};

static inline struct flow_key flow_key(const struct simtcp_tracker *tracker, const struct simtcp_endpoint *src,
                                       const struct simtcp_endpoint *dst)
{
    struct flow_key key = { .src = src, .dst = dst, .src_head = flow_head(src), .dst_head = flow_head(dst) };
    uint64_t one = flow_hash(tracker, key.src_head, src->address);
    uint64_t other = flow_hash(tracker, key.dst_head, dst->address);

    /* a sum alone would be one for all pairs of neighbours at the same distance from some middle */
    key.hash = (uint32_t)((one * other + one + other) >> 32);
    return key;
}

static inline bool flow_same_address(const uint8_t *a, const uint8_t *b, unsigned length)
{
    /* of a known length a comparison is no call */
    if (length == 4)
        return memcmp(a, b, 4) == 0;
    return memcmp(a, b, length) == 0;
}

/* Are these the flow's addresses, the heads being equal? */
static inline bool flow_has_addresses(const struct flow *flow, const struct simtcp_endpoint *first,
                                      const struct simtcp_endpoint *second)
{
    return flow_same_address(flow->address, first->address, first->length)
        && flow_same_address(flow->address + first->length, second->address, second->length);
}

/* Are both its ends one? */
static inline bool flow_is_self(const struct flow *flow)
{
    unsigned length = flow_end(flow, 0).length;

    return flow->head[0] == flow->head[1] && flow_same_address(flow->address, flow->address + length, length);
}

/* The flow, and in *side which of its ends is key's src. NULL, with side undefined, if there is none. */
static inline struct flow *flow_find(const struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side)
{
    struct flow *flow = tracker->buckets[key->hash & (tracker->bucket_count - 1)];

    for (; flow; flow = flow->next) {
        *side = 0;
        if (flow->head[0] == key->src_head && flow->head[1] == key->dst_head
            && flow_has_addresses(flow, key->src, key->dst))
            break;
        *side = 1;
        if (flow->head[1] == key->src_head && flow->head[0] == key->dst_head
            && flow_has_addresses(flow, key->dst, key->src))
            break;
    }
    return flow;
}

#endif
