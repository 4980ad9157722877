/* image.h
 * A connection in one piece, and what of it differs from others. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_IMAGE_H
#define SIMTCP_IMAGE_H

#include "time_wait.h"

/* A connection of more notes has no image; an ordinary one has four to seven. */
#define IMAGE_NOTES 12

/* Both ends of it have endings, one of them a stay. */
struct image {
    struct simtcp_connection connection;
    struct half half[2];
    struct ending ending[2];
    struct stay stay;
    struct simtcp_note notes[IMAGE_NOTES]; /* as many as the connection has */
};

/* How much of it there is. */
static inline size_t image_size(const struct image *image)
{
    return offsetof(struct image, notes) + image->connection.note_count * sizeof image->notes[0];
}

/* The most bytes that image_squeeze() writes. */
#define IMAGE_NUMBERS 1024

/* Copies the connection's objects, without pointers. */
void image_take(struct image *image, const struct simtcp_connection *connection);

/* Makes the objects in the image a connection of this flow, of which holder is the end in TIME-WAIT. */
void image_link(struct image *image, struct flow *flow, unsigned holder);

/* Does the connection point to nothing that image_link() would not? */
bool image_links(const struct simtcp_connection *connection);

/* Takes out of an image without pointers what differs from connection to connection: its frames, numbers and times.
 * Each is written to numbers as its difference to what would be expected, frame and time being near to those of the
 * connection's end. Returns how many bytes these are; 0: it can't be done, and the image is spoilt. */
size_t image_squeeze(struct image *image, uint32_t frame, int64_t time, uint8_t numbers[IMAGE_NUMBERS]);

/* Puts back what image_squeeze() has taken out. */
void image_restore(struct image *image, uint32_t frame, int64_t time, const uint8_t *numbers);

#endif
