/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames under way, ordered by the moment something happens to them. */
#ifndef SIMTCP_LAB_WIRE_QUEUE_H
#define SIMTCP_LAB_WIRE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum side { SIDE_A, SIDE_B };

struct frame {
    struct frame *next;
    int64_t due; /* CLOCK_MONOTONIC, nanoseconds */
    enum side from;
    bool past_middle;
    size_t length;
    unsigned char bytes[];
};

struct frame_queue {
    struct frame *first;
};

/* Copies the bytes. Returns NULL if there is no memory; the caller owns the frame until it is queued. */
struct frame *frame_new(const unsigned char *bytes, size_t length, enum side from);

/* Puts the frame behind all that are due no later: equal times keep their order. Takes ownership. */
void frame_queue_add(struct frame_queue *queue, struct frame *frame);

/* Takes the first frame out, or returns NULL if there is none. The caller owns it. */
struct frame *frame_queue_take(struct frame_queue *queue);

#endif
