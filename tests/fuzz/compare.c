/* compare.c
 * What does not depend on the numbers that both ends happened to choose, nor on which of them has the
 * lower address, nor on copies that a mirror port makes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "play.h"

#include <string.h>

/* The ends, as a set: 1 for end 0 of the flow as the input has it, 2 for end 1. */
static unsigned ends_of(const struct play *play, const struct sight *sight, const struct simtcp_endpoint *ends,
                        unsigned count)
{
    unsigned set = 0;

    for (unsigned i = 0; i < count; i++)
        for (unsigned side = 0; side < 2; side++) {
            struct simtcp_endpoint end = input_endpoint(sight->piece->flow, side, play->mirrored);

            if (memcmp(&end, &ends[i], sizeof end) == 0)
                set |= 1u << side;
        }
    return set;
}

static void check_same_view(const struct play *play, const struct play *other, const struct sight *a,
                            const struct sight *b, const struct simtcp_view *one, const struct simtcp_view *two)
{
    HOLDS(one->number == two->number, a->frame);
    HOLDS(one->open == two->open && one->open_stands == two->open_stands, a->frame);
    HOLDS(one->close == two->close && one->close_stands == two->close_stands, a->frame);
    HOLDS(one->simopen == two->simopen && one->simclose == two->simclose, a->frame);
    HOLDS(one->open_completed == two->open_completed && one->close_completed == two->close_completed, a->frame);
    HOLDS(one->flagged == two->flagged, a->frame);
    HOLDS(ends_of(play, a, one->holders, one->holder_count) == ends_of(other, b, two->holders, two->holder_count),
          a->frame);
    HOLDS(one->phase == two->phase && one->repeat == two->repeat, a->frame);
    HOLDS(one->role_count == two->role_count, a->frame);
    for (unsigned i = 0; i < one->role_count; i++)
        HOLDS(one->roles[i].step == two->roles[i].step && one->roles[i].kind == two->roles[i].kind
                  && one->roles[i].letter == two->roles[i].letter,
              a->frame);
    HOLDS(one->n_known == two->n_known && one->k_known == two->k_known, a->frame);
    HOLDS(one->src_state == two->src_state && one->dst_state == two->dst_state, a->frame);
    HOLDS(one->partner == two->partner && one->answers == two->answers, a->frame);
    HOLDS(one->reset == two->reset && one->reset_ignored == two->reset_ignored, a->frame);
    HOLDS(ends_of(play, a, one->enters, one->enter_count) == ends_of(other, b, two->enters, two->enter_count),
          a->frame);
    HOLDS(one->time_wait_starts == two->time_wait_starts, a->frame);
    HOLDS(one->reuse == two->reuse && (!one->reuse || one->reuse_age == two->reuse_age), a->frame);
    HOLDS(one->answer_known == two->answer_known && (!one->answer_known || one->answer == two->answer), a->frame);
    HOLDS(one->assassinated == two->assassinated, a->frame);
    HOLDS(one->events == two->events, a->frame);
}

void check_same(const struct play *play, const struct play *other)
{
    for (size_t i = 0; i < play->count; i++) {
        const struct sight *a = &play->sights[i], *b = &other->sights[i];

        HOLDS((a->place.connection == NULL) == (b->place.connection == NULL), a->frame);
        HOLDS((a->place.note == NULL) == (b->place.note == NULL), a->frame);
        HOLDS(a->known == b->known, a->frame);
        if (a->place.connection)
            check_same_view(play, other, a, b, &a->now, &b->now);
        HOLDS(strcmp(a->now_why, b->now_why) == 0, a->frame);
        HOLDS(a->now_concurrent == b->now_concurrent && a->end_concurrent == b->end_concurrent, a->frame);
        if (a->known)
            check_same_view(play, other, a, b, &a->end, &b->end);
        HOLDS(strcmp(a->end_why, b->end_why) == 0, a->frame);
    }
}

/* A FIN that stands in the capture twice may have been sent twice, and what was then inferred about an
 * unseen first FIN is not proved any more. */
static bool is_less_decided(const struct simtcp_view *once, const struct simtcp_view *twice)
{
    return twice->close == SIMTCP_CLOSE_UNDECIDABLE
        && (once->close == SIMTCP_CLOSE_SIMULTANEOUS || once->close == SIMTCP_CLOSE_ORDERLY);
}

/* A copy of a segment with absurd numbers, such as an acknowledgement far beyond a FIN, may fit another incarnation or
 * none: the first one has changed what fits. */
static bool copies_stay_together(const struct play *play, const struct play *copies)
{
    for (size_t i = 0; i < play->count; i++) {
        const struct sight *one = &copies->sights[2 * i], *other = one + 1;

        if (one->place.connection != other->place.connection || one->known != play->sights[i].known)
            return false;
    }
    return true;
}

/* No segment is longer than the largest window. Behind a longer one, its own copy is no longer near where it was. */
static bool lengths_are_possible(const struct play *play)
{
    for (size_t i = 0; i < play->count; i++)
        if (play->sights[i].piece->segment.length >= UINT32_C(1) << 30)
            return false;
    return true;
}

void check_copies(const struct play *play, const struct play *copies)
{
    if (!lengths_are_possible(play) || !copies_stay_together(play, copies))
        return;
    for (size_t i = 0; i < play->count; i++) {
        const struct sight *once = &play->sights[i], *twice = &copies->sights[2 * i];

        if (!once->known)
            continue;
        HOLDS(once->end.number == twice->end.number, once->frame);
        HOLDS(once->end.open == twice->end.open, once->frame);
        HOLDS(once->end.open_completed == twice->end.open_completed, once->frame);
        HOLDS(once->end.close == twice->end.close || is_less_decided(&once->end, &twice->end), once->frame);
        HOLDS(once->end.close_completed == twice->end.close_completed, once->frame);
    }
}
