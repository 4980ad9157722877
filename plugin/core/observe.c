/* observe.c
 * Where every segment of a capture comes in. Most are data of an established connection: they are done with here, and
 * nothing else is needed for them, so that it is little code that they go through. For all others see arrival.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "arrival.h"
#include "flow.h"
#include "fold.h"
#include "time_wait.h"
#include "tracker.h"

/* In a reused 4-tuple a segment this near to the latest numbers needs no second look: Linux
 * puts 65537 between the numbers of two incarnations. */
#define NEAR_LATEST (UINT32_C(1) << 15)

static const struct simtcp_note stray = { .facts = FACT_STRAY };

/* A frame that a read filter drops gives its number to the next one. Its note stays as evidence
 * but must not be found in that frame's place. */
static void frame_begins(struct simtcp_tracker *tracker, uint32_t frame)
{
    if (tracker->last_note && tracker->last_note->frame == frame)
        tracker->last_note->facts |= FACT_NOT_SHOWN;
    /* no frame to come has its number */
    tracker->last_note = NULL;
}

/* A segment that takes no step in a settled connection and is where it is expected: the
 * overwhelming majority. */
static bool is_plain_data(const struct simtcp_connection *connection, const struct half *from, const struct half *to,
                          const struct simtcp_segment *segment)
{
    uint32_t limit = connection_previous(connection) ? NEAR_LATEST : FIT_LIMIT;

    return (segment->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK
        && serial_near(segment->seq, from->snd_end, limit) && serial_near(segment->ack, to->snd_end, limit)
        && (!from->near_isn || serial_at_least(segment->seq, from->begin.isn))
        && (!to->near_isn || serial_at_least(segment->ack, to->begin.isn + 1));
}

/* Data and acknowledgements of it change nothing but the latest numbers. Returns false, with nothing
 * changed, if the segment may be something else. */
static bool take_in_data(struct simtcp_connection *connection, unsigned side, const struct simtcp_segment *segment)
{
    struct half *from, *to;

    if (!connection->settled)
        return false;
    from = connection_half(connection, side);
    to = connection_half(connection, 1 - side);
    if (!is_plain_data(connection, from, to, segment))
        return false;
    half_advance_ack(from, to, segment);
    half_advance_seq(from, segment);
    return true;
}

struct simtcp_place simtcp_observe(struct simtcp_tracker *tracker, const struct simtcp_segment *segment, bool keep)
{
    struct flow_key key = flow_key(tracker, &segment->src, &segment->dst);
    unsigned side = 0;
    struct flow *flow;
    struct simtcp_connection *connection;
    const struct simtcp_note *note = NULL;

    frame_begins(tracker, segment->frame);
    if (tracker->touched)
        fold_touched(tracker);
    flow = flow_find_recent(tracker, &key, &side);
    if (!flow)
        flow = tracker_flow(tracker, &key, &side);
    connection = flow ? flow->latest : NULL;
    if (segment->time >= tracker->waiting.next)
        time_wait_expire(tracker, segment);
    if (connection && take_in_data(connection, side, segment))
        note = keep ? arrival_keep_data(tracker, connection, side, segment) : NULL;
    else
        connection = flow ? arrival_take_in(tracker, flow, side, segment, keep, &note) : NULL;
    if (!connection)
        return (
            struct simtcp_place){ .note = &stray, .frame = segment->frame, .sender = (uint8_t)side, .detached = true };
    if (!note && segment->time > connection->last_time)
        connection->last_time = segment->time;
    if (keep)
        connection->held = true;
    return (struct simtcp_place){
        .connection = connection, .note = note, .frame = segment->frame, .sender = (uint8_t)side, .detached = keep
    };
}

struct simtcp_place simtcp_place_of(const struct simtcp_note *note)
{
    return (struct simtcp_place){
        .connection = note->half ? note->half->connection : NULL,
        .note = note,
        .frame = note->frame,
        .sender = note->sender,
    };
}
