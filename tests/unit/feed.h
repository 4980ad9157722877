/* feed.h
 * A tracker that is fed segment by segment, for what scripts can not say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef FEED_H
#define FEED_H

#include "script.h"

struct feed {
    struct pool pool;
    struct simtcp_tracker *tracker;
    struct simtcp_endpoint a, b;
    uint32_t frame;
    int64_t time;
};

/* With an address of this kind and length, of which only the first byte and the last are not 0. */
struct simtcp_endpoint feed_endpoint(uint8_t kind, uint8_t length, uint8_t last, uint16_t port);

/* Its memory is given back with pool_discard(). */
void feed_start(struct feed *feed);

/* The next frame, a second after the one before. */
struct simtcp_place send_from(struct feed *feed, const struct simtcp_endpoint *src, const struct simtcp_endpoint *dst,
                              uint8_t flags, uint32_t seq, uint32_t ack, bool keep);
struct simtcp_place a_sends(struct feed *feed, uint8_t flags, uint32_t seq, uint32_t ack);
struct simtcp_place b_sends(struct feed *feed, uint8_t flags, uint32_t seq, uint32_t ack);

/* That of the connection at the end. */
uint32_t number_of(const struct simtcp_place *place);

#endif
