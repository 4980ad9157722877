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
#include "fold.h"

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
    uint32_t hash; /* the same for both directions; 31 bits */
};

static inline struct flow_key flow_key(const struct simtcp_tracker *tracker, const struct simtcp_endpoint *src,
                                       const struct simtcp_endpoint *dst)
{
    struct flow_key key = { .src = src, .dst = dst, .src_head = flow_head(src), .dst_head = flow_head(dst) };
    uint64_t one = flow_hash(tracker, key.src_head, src->address);
    uint64_t other = flow_hash(tracker, key.dst_head, dst->address);

    /* a sum alone would be one for all pairs of neighbours at the same distance from some middle */
    key.hash = (uint32_t)((one * other + one + other) >> 33);
    return key;
}

static inline bool flow_same_address(const uint8_t *a, const uint8_t *b, unsigned length)
{
    /* of a known length a comparison is no call */
    if (length == 4)
        return memcmp(a, b, 4) == 0;
    return memcmp(a, b, length) == 0;
}

/* Are these the ends? Both addresses follow the two heads. */
static inline bool flow_is_between(const uint32_t head[2], const struct simtcp_endpoint *first, uint32_t first_head,
                                   const struct simtcp_endpoint *second, uint32_t second_head)
{
    const uint8_t *address = (const uint8_t *)(head + 2);

    return head[0] == first_head && head[1] == second_head && flow_same_address(address, first->address, first->length)
        && flow_same_address(address + first->length, second->address, second->length);
}

/* Are both its ends one? */
static inline bool flow_is_self(const struct flow *flow)
{
    unsigned length = flow_end(flow, 0).length;

    return flow->head[0] == flow->head[1] && flow_same_address(flow->address, flow->address + length, length);
}

/* The heads of the ends of the flow in this slot, which is not empty. */
static inline const uint32_t *flow_heads(const struct simtcp_tracker *tracker, const struct slot *slot)
{
    const void *object = tracker_at(tracker, slot->at);

    return slot->folded ? ((const struct folded *)object)->head : ((const struct flow *)object)->head;
}

/* The flow, if it is one of those that are going on, and in *side which of its ends is key's src; else NULL. */
static inline struct flow *flow_find_recent(const struct simtcp_tracker *tracker, const struct flow_key *key,
                                            unsigned *side)
{
    const struct recent *recent = &tracker->recent[key->hash % RECENT_FLOWS];
    struct flow *flow;

    if (recent->hash != key->hash || !recent->at)
        return NULL;
    flow = tracker_at(tracker, recent->at);
    *side = 0;
    if (flow_is_between(flow->head, key->src, key->src_head, key->dst, key->dst_head))
        return flow;
    *side = 1;
    return flow_is_between(flow->head, key->dst, key->dst_head, key->src, key->src_head) ? flow : NULL;
}

/* The flow in this slot is going on. */
static inline void flow_is_recent(struct simtcp_tracker *tracker, const struct slot *slot)
{
    tracker->recent[slot->hash % RECENT_FLOWS] = (struct recent){ slot->hash, slot->at };
}

/* The flow's slot, and in *side which of its ends is key's src. If there is none, an empty one, with side
 * undefined. */
static inline struct slot *flow_find(const struct simtcp_tracker *tracker, const struct flow_key *key, unsigned *side)
{
    uint32_t mask = tracker->slot_count - 1, i = key->hash & mask;

    for (;; i = (i + 1) & mask) {
        struct slot *slot = &tracker->slots[i];
        const uint32_t *head;

        if (!slot->at)
            return slot;
        if (slot->hash != key->hash)
            continue;
        head = flow_heads(tracker, slot);
        *side = 0;
        if (flow_is_between(head, key->src, key->src_head, key->dst, key->dst_head))
            return slot;
        *side = 1;
        if (flow_is_between(head, key->dst, key->dst_head, key->src, key->src_head))
            return slot;
    }
}

#endif
