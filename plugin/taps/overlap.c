/* overlap.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "overlap.h"

#include <glib.h>

/* A moment at which the level changes. Left of it in the tree is what was before it. */
struct moment {
    int64_t time;
    int32_t change;         /* stretches that begin less those that end */
    int32_t sum;            /* of the changes in this subtree */
    int32_t highest;        /* level in this subtree, from 0 before it */
    uint32_t priority;      /* random, and no less than those below: that balances the tree */
    uint32_t before, after; /* subtrees */
};

/* Moments refer to each other by index, which survives growth; 0 is no moment. */
struct overlap {
    GArray *moments;
    uint32_t root;
    uint32_t random;
};

static struct moment *at(const struct overlap *overlap, uint32_t index)
{
    return &g_array_index(overlap->moments, struct moment, index);
}

struct overlap *overlap_new(void)
{
    struct overlap *overlap = g_new(struct overlap, 1);
    /* lower than any level, far enough from the limit to add to it */
    const struct moment none = { .highest = INT32_MIN / 2 };

    overlap->moments = g_array_new(FALSE, FALSE, sizeof(struct moment));
    g_array_append_val(overlap->moments, none);
    overlap->root = 0;
    overlap->random = 2463534242u;
    return overlap;
}

void overlap_free(struct overlap *overlap)
{
    g_array_free(overlap->moments, TRUE);
    g_free(overlap);
}

/* Marsaglia's xorshift: the same on every run. */
static uint32_t next_random(struct overlap *overlap)
{
    overlap->random ^= overlap->random << 13;
    overlap->random ^= overlap->random >> 17;
    overlap->random ^= overlap->random << 5;
    return overlap->random;
}

static uint32_t new_moment(struct overlap *overlap, int64_t time)
{
    const struct moment moment = { .time = time, .priority = next_random(overlap) };

    g_array_append_val(overlap->moments, moment);
    return overlap->moments->len - 1;
}

/* What a moment knows of its subtree, from what the subtrees below know. */
static void sum_up(const struct overlap *overlap, uint32_t index)
{
    struct moment *moment = at(overlap, index);
    const struct moment *before = at(overlap, moment->before), *after = at(overlap, moment->after);
    int32_t level = before->sum + moment->change;

    moment->sum = level + after->sum;
    moment->highest = MAX(MAX(before->highest, level), level + after->highest);
}

/* The earlier of the two on top becomes the lower one. */
static uint32_t rotate_forward(const struct overlap *overlap, uint32_t top)
{
    uint32_t after = at(overlap, top)->after;

    at(overlap, top)->after = at(overlap, after)->before;
    at(overlap, after)->before = top;
    sum_up(overlap, top);
    return after;
}

static uint32_t rotate_back(const struct overlap *overlap, uint32_t top)
{
    uint32_t before = at(overlap, top)->before;

    at(overlap, top)->before = at(overlap, before)->after;
    at(overlap, before)->after = top;
    sum_up(overlap, top);
    return before;
}

/* Returns the subtree's root, which may be another one now. */
static uint32_t change_level(struct overlap *overlap, uint32_t root, int64_t time, int change)
{
    uint32_t child;

    if (!root)
        root = new_moment(overlap, time);
    if (time == at(overlap, root)->time) {
        at(overlap, root)->change += change;
    } else if (time < at(overlap, root)->time) {
        /* the array may move in between */
        child = change_level(overlap, at(overlap, root)->before, time, change);
        at(overlap, root)->before = child;
        if (at(overlap, child)->priority > at(overlap, root)->priority)
            root = rotate_back(overlap, root);
    } else {
        child = change_level(overlap, at(overlap, root)->after, time, change);
        at(overlap, root)->after = child;
        if (at(overlap, child)->priority > at(overlap, root)->priority)
            root = rotate_forward(overlap, root);
    }
    sum_up(overlap, root);
    return root;
}

void overlap_add(struct overlap *overlap, int64_t begin, int64_t end)
{
    if (end <= begin)
        return;
    overlap->root = change_level(overlap, overlap->root, begin, 1);
    overlap->root = change_level(overlap, overlap->root, end, -1);
}

unsigned overlap_peak(const struct overlap *overlap, int64_t *time)
{
    const struct moment *moment = at(overlap, overlap->root);
    int32_t peak = moment->highest, sought = peak;

    if (peak <= 0)
        return 0;
    for (;;) {
        const struct moment *before = at(overlap, moment->before);
        int32_t level = before->sum + moment->change;

        if (before->highest == sought) {
            moment = before;
        } else if (level == sought) {
            *time = moment->time;
            return (unsigned)peak;
        } else {
            sought -= level;
            moment = at(overlap, moment->after);
        }
    }
}
