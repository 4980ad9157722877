/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing run of bytes, and memory that is never NULL.
 *
 * simtcp-gen is a short-lived program that writes its output only after everything is built, so running out
 * of memory ends it with one line on stderr and exit code 1: no caller needs to check.
 */
#ifndef SIMTCP_GEN_BUFFER_H
#define SIMTCP_GEN_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* All zero is an empty buffer. The owner of the struct owns the bytes and releases them with buffer_free(). */
struct buffer {
    uint8_t *bytes;
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes allocated */
};

void buffer_free(struct buffer *buffer);
void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_zeros(struct buffer *buffer, size_t count);

/* Integers in network byte order. */
void buffer_u8(struct buffer *buffer, unsigned value);
void buffer_u16(struct buffer *buffer, unsigned value);
void buffer_u32(struct buffer *buffer, uint32_t value);

/* Overwrites two bytes that are already in the buffer, in network byte order. */
void buffer_put_u16(struct buffer *buffer, size_t at, unsigned value);

/* As realloc() of count items of the given size, and as strdup() of length characters: never NULL. */
void *memory_grow(void *old, size_t count, size_t size);
char *memory_text(const char *text, size_t length);

#endif
