/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void out_of_memory(void)
{
    fputs("out of memory\n", stderr);
    exit(EXIT_FAILURE);
}

void *memory_grow(void *old, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        out_of_memory();
    size_t bytes = count * size;
    void *memory = realloc(old, bytes > 0 ? bytes : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

char *memory_text(const char *text, size_t length)
{
    char *copy = memory_grow(NULL, length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){ 0 };
}

static uint8_t *extend(struct buffer *buffer, size_t length)
{
    if (length > buffer->capacity - buffer->length) {
        if (length > SIZE_MAX / 2 - buffer->length)
            out_of_memory();
        buffer->capacity = 2 * (buffer->length + length);
        buffer->bytes = memory_grow(buffer->bytes, buffer->capacity, 1);
    }
    uint8_t *end = buffer->bytes + buffer->length;
    buffer->length += length;
    return end;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    if (length)
        memcpy(extend(buffer, length), bytes, length);
}

void buffer_zeros(struct buffer *buffer, size_t count)
{
    if (count)
        memset(extend(buffer, count), 0, count);
}

void buffer_u8(struct buffer *buffer, unsigned value)
{
    *extend(buffer, 1) = (uint8_t)value;
}

void buffer_u16(struct buffer *buffer, unsigned value)
{
    buffer_u8(buffer, value >> 8);
    buffer_u8(buffer, value);
}

void buffer_u32(struct buffer *buffer, uint32_t value)
{
    buffer_u16(buffer, value >> 16);
    buffer_u16(buffer, value & 0xffff);
}

void buffer_put_u16(struct buffer *buffer, size_t at, unsigned value)
{
    buffer->bytes[at] = (uint8_t)(value >> 8);
    buffer->bytes[at + 1] = (uint8_t)value;
}
