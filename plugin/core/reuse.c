/* reuse.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reuse.h"

#include "close.h"
#include "incarnation.h"
#include "open.h"
#include "serial.h"
#include "time_wait.h"

/* The newest stay of an older incarnation that lasts: the receiver's rather than the sender's, because it is
 * the receiver that has to do something about the SYN. */
static struct stay *find_stay(const struct arrival *arrival)
{
    const struct simtcp_connection *older = connection_previous(arrival->connection);

    for (unsigned i = 1; older && i < RECENT_INCARNATIONS; i++, older = connection_previous(older)) {
        if (time_wait_holds(older, 1 - arrival->side))
            return time_wait_stay(older, 1 - arrival->side);
        if (time_wait_holds(older, arrival->side))
            return time_wait_stay(older, arrival->side);
    }
    return NULL;
}

/* RFC 6191 section 2: a newer timestamp decides, the number where there are none or they are equal. */
static enum simtcp_allowance judge(const struct arrival *arrival, const struct stay *stay)
{
    const struct ending *old = connection_half(stay->connection, arrival->side)->ending;
    const struct fin *fin = close_fin(stay->connection, arrival->side);
    bool newer_number = fin && serial_less(fin->number, arrival->segment->seq);
    uint32_t timestamp;

    if (simtcp_segment_timestamp(arrival->segment, &timestamp)) {
        if (!old->has_timestamp || serial_less(old->timestamp, timestamp))
            return SIMTCP_ALLOWED_BY_TIMESTAMP;
        if (timestamp != old->timestamp)
            return SIMTCP_NOT_ALLOWED;
    }
    return newer_number ? SIMTCP_ALLOWED_BY_NUMBER : SIMTCP_NOT_ALLOWED;
}

static void begin(const struct arrival *arrival)
{
    struct simtcp_connection *connection = arrival->connection;
    struct stay *stay = find_stay(arrival);
    struct disturbance *disturbance = stay ? time_wait_disturb(arrival->tracker, stay) : NULL;
    struct reuse *reuse = disturbance ? tracker_keep(arrival->tracker, sizeof *reuse) : NULL;

    if (!reuse)
        return;
    *reuse = (struct reuse){
        .stay = stay,
        .time = arrival->segment->time,
        /* the capture's clock may have stepped back */
        .age = arrival->segment->time > stay->entered ? arrival->segment->time - stay->entered : 0,
        .syn_frame = arrival->segment->frame,
        .allowance = (uint8_t)judge(arrival, stay),
        .by_holder = stay->end == arrival->side,
    };
    /* a connection with one before it has them */
    connection->rarities->reuse = reuse;
    disturbance->reuse = reuse->by_holder ? NULL : reuse;
}

static void answer(struct arrival *arrival, struct reuse *reuse, enum simtcp_answer answer)
{
    /* TIME-WAIT had run out before anything was said */
    if (reuse->stay->status == STAY_EXPIRED) {
        reuse->outlasted = true;
        return;
    }
    reuse->answer = (uint8_t)answer;
    reuse->answer_frame = arrival->segment->frame;
}

/* The holder's own segments on the new connection. */
static void follow_new(struct arrival *arrival, struct reuse *reuse)
{
    if (reuse->by_holder || reuse->answer_frame || reuse->outlasted || reuse->stay->end != arrival->side)
        return;
    if (arrival->facts & FACT_SYN_ACK)
        answer(arrival, reuse, SIMTCP_ANSWER_ACCEPTED);
    else if (arrival->facts & FACT_RST && arrival->answers)
        answer(arrival, reuse, SIMTCP_ANSWER_REFUSED);
    /* it dials, too, and so is out of TIME-WAIT of its own accord */
    else if (arrival->facts & FACT_SYN)
        reuse->by_holder = true;
}

/* Segments on the old connection while a SYN waits for an answer: the holder may answer by repeating its
 * last acknowledgement. If its peer has sent something there since, that may be what it answers. */
static void follow_old(struct arrival *arrival)
{
    struct stay *own = time_wait_stay(arrival->connection, arrival->side);
    struct stay *peer = time_wait_stay(arrival->connection, 1 - arrival->side);
    struct reuse *reuse = time_wait_reuse(own);

    if (time_wait_reuse(peer) && !(arrival->facts & FACT_RST))
        time_wait_reuse(peer)->prompted = true;
    if (!reuse || reuse->answer_frame || reuse->prompted || own->status != STAY_WAITING
        || arrival->facts & (FACT_RST | FACT_FIN | FACT_ACKS_AGAIN) || arrival->segment->length)
        return;
    answer(arrival, reuse, SIMTCP_ANSWER_CHALLENGED);
    arrival->facts |= FACT_CHALLENGES;
}

void reuse_follow(struct arrival *arrival)
{
    const struct simtcp_connection *connection = arrival->connection;
    const struct rarities *rarities = connection->rarities;

    if (arrival->duplicate)
        return;
    if (rarities && rarities->reuse)
        follow_new(arrival, rarities->reuse);
    else if (rarities && rarities->previous && arrival->facts & FACT_SYN && arrival->is_first)
        begin(arrival);
    if (!connection->self)
        follow_old(arrival);
}

const struct reuse *reuse_of(const struct simtcp_connection *connection)
{
    const struct reuse *reuse = connection->rarities ? connection->rarities->reuse : NULL;

    return reuse && reuse->stay->status != STAY_MISTAKEN ? reuse : NULL;
}

bool reuse_answered(const struct simtcp_connection *connection, bool final, enum simtcp_answer *answer)
{
    const struct reuse *reuse = reuse_of(connection);

    if (!reuse || reuse->by_holder)
        return false;
    if (reuse->answer_frame) {
        *answer = (enum simtcp_answer)reuse->answer;
        return true;
    }
    *answer = SIMTCP_ANSWER_IGNORED;
    return final && !reuse->prompted
        && (reuse->outlasted || open_verdict(connection, true).open == SIMTCP_OPEN_INCOMPLETE);
}

bool simtcp_reuse(const struct simtcp_connection *connection, struct simtcp_reuse *result)
{
    const struct reuse *reuse = reuse_of(connection);

    if (!reuse)
        return false;
    *result = (struct simtcp_reuse){
        .frame = reuse->syn_frame,
        .time = reuse->time,
        .age = reuse->age,
        .holder = flow_end(connection->flow, reuse->stay->end),
        .by_holder = reuse->by_holder,
        .allowance = (enum simtcp_allowance)reuse->allowance,
        .answer_frame = reuse->answer_frame,
    };
    result->answer_known = reuse_answered(connection, true, &result->answer);
    return true;
}
