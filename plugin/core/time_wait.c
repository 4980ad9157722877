/* time_wait.c
 * The stays that are not over are in a queue, a binary heap by the time at which they will be:
 * one comparison for each segment tells whether any is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "time_wait.h"

#include <string.h>

#include "close.h"
#include "fold.h"
#include "history.h"
#include "host.h"
#include "incarnation.h"
#include "tracker.h"

#define FIRST_CAPACITY 16

struct stay *time_wait_stay(const struct simtcp_connection *connection, unsigned end)
{
    const struct half *half = connection_half(connection, end);
    struct stay *stay = half && half->ending ? half->ending->stay : NULL;

    return stay && stay->status != STAY_MISTAKEN ? stay : NULL;
}

bool time_wait_holds(const struct simtcp_connection *connection, unsigned end)
{
    const struct stay *stay = time_wait_stay(connection, end);

    return stay && stay->status == STAY_WAITING;
}

bool time_wait_held(const struct simtcp_connection *connection, unsigned end, uint32_t frame)
{
    const struct stay *stay = time_wait_stay(connection, end);

    return stay && stay->frame <= frame && (stay->status == STAY_WAITING || frame < stay->left_frame);
}

bool time_wait_was_left(const struct simtcp_connection *connection, unsigned end, uint32_t frame)
{
    const struct stay *stay = time_wait_stay(connection, end);

    return stay && (stay->status == STAY_LEFT || stay->status == STAY_ASSASSINATED) && stay->left_frame <= frame;
}

/* --- the queue --- */

static void put(struct wait_queue *queue, uint32_t position, struct stay *stay)
{
    queue->stays[position] = stay;
    stay->position = position;
}

static void sift_up(struct wait_queue *queue, struct stay *stay)
{
    uint32_t position = stay->position;

    while (position > 0 && stay->left < queue->stays[(position - 1) / 2]->left) {
        put(queue, position, queue->stays[(position - 1) / 2]);
        position = (position - 1) / 2;
    }
    put(queue, position, stay);
}

static void sift_down(struct wait_queue *queue, struct stay *stay)
{
    uint32_t position = stay->position, child;

    while ((child = 2 * position + 1) < queue->count) {
        if (child + 1 < queue->count && queue->stays[child + 1]->left < queue->stays[child]->left)
            child++;
        if (stay->left <= queue->stays[child]->left)
            break;
        put(queue, position, queue->stays[child]);
        position = child;
    }
    put(queue, position, stay);
}

static void note_next(struct wait_queue *queue)
{
    queue->next = queue->folded_next;
    if (queue->count && queue->stays[0]->left < queue->next)
        queue->next = queue->stays[0]->left;
}

/* Room for one more; false if memory is exhausted. */
static bool reserve(struct simtcp_tracker *tracker)
{
    struct wait_queue *queue = &tracker->waiting;
    uint32_t capacity = queue->capacity ? queue->capacity * 2 : FIRST_CAPACITY;
    struct stay **stays;

    if (queue->count < queue->capacity)
        return true;
    stays = tracker_allocate(tracker, capacity * sizeof *stays);
    if (!stays)
        return false;
    if (queue->count)
        memcpy(stays, queue->stays, queue->count * sizeof *stays);
    tracker_release(tracker, queue->stays);
    queue->stays = stays;
    queue->capacity = capacity;
    return true;
}

static bool enqueue(struct simtcp_tracker *tracker, struct stay *stay)
{
    struct wait_queue *queue = &tracker->waiting;

    if (!reserve(tracker))
        return false;
    put(queue, queue->count++, stay);
    sift_up(queue, stay);
    note_next(queue);
    return true;
}

static void dequeue(struct wait_queue *queue, const struct stay *stay)
{
    struct stay *last = queue->stays[--queue->count];

    if (last != stay) {
        put(queue, stay->position, last);
        sift_up(queue, last);
        sift_down(queue, last);
    }
    note_next(queue);
}

/* --- beginning and end of a stay --- */

struct disturbance *time_wait_disturb(struct simtcp_tracker *tracker, struct stay *stay)
{
    if (!stay->disturbance)
        stay->disturbance = tracker_keep(tracker, sizeof *stay->disturbance);
    return stay->disturbance;
}

/* The timer is started, or started anew, at this time. */
static void start_timer(const struct simtcp_tracker *tracker, struct stay *stay, int64_t time)
{
    stay->left = time + tracker->settings.time_wait;
}

static void expire(struct simtcp_tracker *tracker, struct stay *stay, uint32_t frame)
{
    stay->status = STAY_EXPIRED;
    stay->left_frame = frame;
    host_leaves(tracker, stay);
}

void time_wait_expire(struct simtcp_tracker *tracker, const struct simtcp_segment *segment)
{
    struct wait_queue *queue = &tracker->waiting;

    while (queue->count && segment->time >= queue->stays[0]->left) {
        struct stay *stay = queue->stays[0];

        dequeue(queue, stay);
        expire(tracker, stay, segment->frame);
    }
    if (segment->time >= queue->folded_next)
        fold_expire(tracker, segment);
}

void time_wait_set_folded(struct simtcp_tracker *tracker, int64_t next)
{
    tracker->waiting.folded_next = next;
    note_next(&tracker->waiting);
}

void time_wait_fold(struct simtcp_tracker *tracker, const struct stay *stay)
{
    dequeue(&tracker->waiting, stay);
}

bool time_wait_unfold(struct simtcp_tracker *tracker, struct stay *stay)
{
    return stay->status != STAY_WAITING || enqueue(tracker, stay);
}

/* The holder is no longer in TIME-WAIT from this segment on. */
static void leave(const struct arrival *arrival, struct stay *stay, enum stay_status how)
{
    struct disturbance *disturbance = time_wait_disturb(arrival->tracker, stay);

    if (!disturbance)
        return;
    disturbance->estimate = stay->left;
    dequeue(&arrival->tracker->waiting, stay);
    stay->status = how & 7;
    /* the capture's clock may have stepped back */
    stay->left = arrival->segment->time > stay->entered ? arrival->segment->time : stay->entered;
    stay->left_frame = arrival->segment->frame;
    stay->prompted = false;
    host_leaves(arrival->tracker, stay);
}

/* The RST that seemed to have ended the stay has not. */
static void survive(const struct arrival *arrival, struct stay *stay)
{
    stay->left = stay->disturbance->estimate;
    stay->disturbance->survived_frame = arrival->segment->frame;
    if (stay->left > arrival->segment->time && enqueue(arrival->tracker, stay)) {
        stay->status = STAY_WAITING;
        host_returns(arrival->tracker, stay);
    } else {
        stay->status = STAY_EXPIRED;
        stay->left_frame = arrival->segment->frame;
        host_changes(arrival->tracker, stay);
    }
}

/* The time of this frame, which took part in the close of the connection. */
static int64_t time_of_frame(const struct arrival *arrival, uint32_t frame)
{
    const struct simtcp_note *note;

    if (frame == arrival->segment->frame)
        return arrival->segment->time;
    note = connection_note_before(arrival->connection, frame);
    return note ? note->time : arrival->segment->time;
}

static void set_entry(const struct arrival *arrival, struct stay *stay, uint32_t frame)
{
    stay->frame = frame;
    stay->entered = time_of_frame(arrival, frame);
    start_timer(arrival->tracker, stay, stay->entered);
}

/* The end entered with the segment in this frame, which may be an earlier one. */
static void begin(const struct arrival *arrival, unsigned end, uint32_t frame)
{
    struct simtcp_tracker *tracker = arrival->tracker;
    struct ending *ending = connection_half(arrival->connection, end)->ending;
    struct stay *stay = ending->stay;
    bool again = stay != NULL;

    if (!again)
        stay = tracker_keep(tracker, sizeof *stay);
    if (!stay)
        return;
    stay->connection = arrival->connection;
    stay->end = end & 1;
    set_entry(arrival, stay, frame);
    if (!enqueue(tracker, stay))
        return;
    stay->status = STAY_WAITING;
    ending->stay = stay;
    if (again)
        host_returns(tracker, stay);
    else
        host_enters(tracker, stay);
    time_wait_expire(tracker, arrival->segment);
}

/* The verdict has changed. */
static void take_back(const struct arrival *arrival, struct stay *stay)
{
    if (stay->status == STAY_WAITING) {
        dequeue(&arrival->tracker->waiting, stay);
        host_leaves(arrival->tracker, stay);
    } else {
        host_changes(arrival->tracker, stay);
    }
    stay->status = STAY_MISTAKEN;
}

/* The end that sends its FIN again had not entered when it seemed to have. */
static void enter_later(const struct arrival *arrival, struct stay *stay, uint32_t frame)
{
    set_entry(arrival, stay, frame);
    sift_up(&arrival->tracker->waiting, stay);
    sift_down(&arrival->tracker->waiting, stay);
    note_next(&arrival->tracker->waiting);
    host_changes(arrival->tracker, stay);
}

/* It acknowledges a FIN that came again (RFC 9293 section 3.10.7.4, eighth). */
static void restart(const struct arrival *arrival, struct stay *stay)
{
    start_timer(arrival->tracker, stay, arrival->segment->time);
    sift_up(&arrival->tracker->waiting, stay);
    sift_down(&arrival->tracker->waiting, stay);
    note_next(&arrival->tracker->waiting);
}

static void follow_end(const struct arrival *arrival, const struct close_verdict *close, unsigned end)
{
    struct stay *stay = time_wait_stay(arrival->connection, end);
    uint32_t frame = close->holds[end] ? close_entry_frame(arrival->connection, close, end) : 0;

    if (!frame) {
        if (stay)
            take_back(arrival, stay);
    } else if (!stay) {
        begin(arrival, end, frame);
    } else if (stay->status == STAY_WAITING && stay->frame != frame) {
        enter_later(arrival, stay, frame);
    } else if (stay->status == STAY_WAITING && arrival->side == end && arrival->facts & FACT_ACKS_AGAIN) {
        restart(arrival, stay);
    }
}

static void follow_close(const struct arrival *arrival)
{
    const struct simtcp_connection *connection = arrival->connection;
    struct close_verdict close;

    if (!arrival->from->ending || !arrival->to || !arrival->to->ending || arrival->duplicate)
        return;
    close = close_verdict(connection, false);
    for (unsigned end = 0; end < (connection->self ? 1u : 2u); end++)
        follow_end(arrival, &close, end);
}

/* --- what ends a stay early --- */

static void count_prompt(struct stay *stay)
{
    if (stay->status == STAY_ASSASSINATED)
        stay->prompted = true;
    else if (stay->owed < UINT16_MAX)
        stay->owed++;
}

/* Does this segment of the holder's peer draw an acknowledgement? */
static bool is_prompt(const struct arrival *arrival)
{
    const struct simtcp_segment *segment = arrival->segment;
    const struct fin *fin = close_fin(arrival->connection, arrival->side);

    return segment->length || segment->flags & (TCP_SYN | TCP_FIN) || !fin || segment->seq != fin->number + 1;
}

/* A holder that answers what was sent after a RST has not believed it. An answer to what was sent before
 * proves nothing: it was on its way. */
static void follow_holder(const struct arrival *arrival, struct stay *stay)
{
    if (stay->owed)
        stay->owed--;
    else if (stay->status == STAY_ASSASSINATED && stay->prompted)
        survive(arrival, stay);
}

static void follow_rst(const struct arrival *arrival)
{
    const struct simtcp_connection *connection = arrival->connection;
    struct stay *own = time_wait_stay(connection, arrival->side);
    struct stay *peer = time_wait_stay(connection, 1 - arrival->side);
    const struct fin *fin = close_fin(connection, arrival->side);

    /* of another number it may be anybody's */
    if (connection->self || !fin || arrival->segment->seq != fin->number + 1)
        return;
    if (own && own->status == STAY_WAITING)
        leave(arrival, own, STAY_LEFT);
    /* one that went on after such a RST ignores the next, too */
    if (peer && peer->status == STAY_WAITING && !time_wait_survived(peer))
        leave(arrival, peer, STAY_ASSASSINATED);
}

static void follow_segment(const struct arrival *arrival)
{
    struct stay *own = time_wait_stay(arrival->connection, arrival->side);
    struct stay *peer = time_wait_stay(arrival->connection, 1 - arrival->side);

    if (own && own->frame != arrival->segment->frame)
        follow_holder(arrival, own);
    if (peer && peer != own && peer->frame != arrival->segment->frame && is_prompt(arrival))
        count_prompt(peer);
}

/* A segment of a newer incarnation shows that its sender no longer holds TIME-WAIT for an older one. */
static void follow_newer(const struct arrival *arrival)
{
    const struct simtcp_connection *older = connection_previous(arrival->connection);

    for (unsigned i = 1; older && i < RECENT_INCARNATIONS; i++, older = connection_previous(older)) {
        struct stay *own = time_wait_stay(older, arrival->side);
        struct stay *peer = time_wait_stay(older, 1 - arrival->side);

        if (own && own->status == STAY_WAITING)
            leave(arrival, own, STAY_LEFT);
        if (peer && peer != own && arrival->facts & FACT_SYN)
            count_prompt(peer);
    }
}

void time_wait_follow(struct arrival *arrival)
{
    if (arrival->duplicate)
        return;
    if (arrival->facts & FACT_RST) {
        follow_rst(arrival);
        return;
    }
    if (connection_previous(arrival->connection))
        follow_newer(arrival);
    follow_segment(arrival);
    follow_close(arrival);
}

/* --- looking back --- */

unsigned simtcp_waits(const struct simtcp_connection *connection, struct simtcp_wait waits[2])
{
    unsigned count = 0;

    for (unsigned end = 0; end < (connection->self ? 1u : 2u); end++) {
        const struct stay *stay = time_wait_stay(connection, end);

        if (!stay)
            continue;
        waits[count++] = (struct simtcp_wait){
            .holder = flow_end(connection->flow, end),
            .peer = flow_end(connection->flow, 1 - end),
            .frame = stay->frame,
            .entered = stay->entered,
            .until = stay->left,
            .seen_ending = stay->status == STAY_LEFT || stay->status == STAY_ASSASSINATED,
            .assassinated = stay->status == STAY_ASSASSINATED,
        };
    }
    return count;
}
