/* feed.c
 * A tracker that is fed by hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

struct simtcp_endpoint feed_endpoint(uint8_t kind, uint8_t length, uint8_t last, uint16_t port)
{
    struct simtcp_endpoint end = { .kind = kind, .length = length, .port = port };

    end.address[0] = 10;
    end.address[length - 1] = last;
    return end;
}

void feed_start(struct feed *feed)
{
    const struct simtcp_settings settings = { .syn_timeout = SCRIPT_SYN_TIMEOUT, .time_wait = SCRIPT_TIME_WAIT };
    struct simtcp_memory memory;

    *feed = (struct feed){ .a = feed_endpoint(2, 4, 1, 1982), .b = feed_endpoint(2, 4, 2, 80) };
    memory = pool_memory(&feed->pool);
    feed->tracker = simtcp_tracker_new(&settings, &memory);
    assert_non_null(feed->tracker);
}

struct simtcp_place send_from(struct feed *feed, const struct simtcp_endpoint *src,
                              const struct simtcp_endpoint *dst, uint8_t flags, uint32_t seq, uint32_t ack,
                              bool keep)
{
    struct simtcp_segment segment = { .frame = ++feed->frame,
                                      .time = feed->time += 1000000000,
                                      .src = *src,
                                      .dst = *dst,
                                      .seq = seq,
                                      .ack = ack,
                                      .flags = flags,
                                      .window = 64240 };

    return simtcp_observe(feed->tracker, &segment, keep);
}

struct simtcp_place a_sends(struct feed *feed, uint8_t flags, uint32_t seq, uint32_t ack)
{
    return send_from(feed, &feed->a, &feed->b, flags, seq, ack, false);
}

struct simtcp_place b_sends(struct feed *feed, uint8_t flags, uint32_t seq, uint32_t ack)
{
    return send_from(feed, &feed->b, &feed->a, flags, seq, ack, false);
}

uint32_t number_of(const struct simtcp_place *place)
{
    struct simtcp_view view;

    assert_non_null(place->connection);
    simtcp_look(place, true, &view);
    return view.number;
}
