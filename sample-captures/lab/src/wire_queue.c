/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire_queue.h"

#include <stdlib.h>
#include <string.h>

struct frame *frame_new(const unsigned char *bytes, size_t length, enum side from)
{
    struct frame *frame = malloc(sizeof *frame + length);

    if (frame == NULL)
        return NULL;
    *frame = (struct frame){ .from = from, .length = length };
    memcpy(frame->bytes, bytes, length);
    return frame;
}

void frame_queue_add(struct frame_queue *queue, struct frame *frame)
{
    struct frame **place = &queue->first;

    while (*place != NULL && (*place)->due <= frame->due)
        place = &(*place)->next;
    frame->next = *place;
    *place = frame;
}

struct frame *frame_queue_take(struct frame_queue *queue)
{
    struct frame *frame = queue->first;

    if (frame != NULL) {
        queue->first = frame->next;
        frame->next = NULL;
    }
    return frame;
}
