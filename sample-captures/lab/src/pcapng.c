/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng as the IETF draft describes it (draft-ietf-opsawg-pcapng). A block is
 * type, total length, body, total length again; the body and every option in it
 * are padded to 32 bits. Numbers are in the byte order of the writer, which the
 * section header's magic announces. Each block is built in memory and written
 * with one call, so a recorder that is killed leaves whole blocks behind.
 */
#include "pcapng.h"

#include <errno.h>
#include <string.h>

enum block_type {
    BLOCK_SECTION = 0x0A0D0D0A,
    BLOCK_INTERFACE = 1,
    BLOCK_ENHANCED_PACKET = 6,
};

enum option_code {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_IF_NAME = 2,
    OPTION_IF_DESCRIPTION = 3,
    OPTION_IF_TSRESOL = 9,
    OPTION_EPB_FLAGS = 2,
};

#define BYTE_ORDER_MAGIC 0x1A2B3C4Du
#define LINKTYPE_ETHERNET 1
#define BLOCK_MAX (70 * 1024)

struct block {
    unsigned char bytes[BLOCK_MAX];
    size_t length;
    bool overflow;
};

static void put(struct block *block, const void *bytes, size_t length)
{
    if (length > sizeof block->bytes - block->length) {
        block->overflow = true;
        return;
    }
    if (length > 0) /* an empty option has no bytes to point at */
        memcpy(block->bytes + block->length, bytes, length);
    block->length += length;
}

static void put16(struct block *block, uint16_t value)
{
    put(block, &value, sizeof value);
}

static void put32(struct block *block, uint32_t value)
{
    put(block, &value, sizeof value);
}

static void put_padded(struct block *block, const void *bytes, size_t length)
{
    static const unsigned char zeros[4];

    put(block, bytes, length);
    put(block, zeros, (4 - length % 4) % 4);
}

static void put_option(struct block *block, enum option_code code, const void *value, size_t length)
{
    if (length > UINT16_MAX) {
        block->overflow = true;
        return;
    }
    put16(block, (uint16_t)code);
    put16(block, (uint16_t)length);
    put_padded(block, value, length);
}

static void put_text(struct block *block, enum option_code code, const char *text)
{
    if (text != NULL && text[0] != '\0')
        put_option(block, code, text, strlen(text));
}

static void begin(struct block *block, enum block_type type)
{
    block->length = 0;
    block->overflow = false;
    put32(block, (uint32_t)type);
    put32(block, 0); /* the total length, known in finish() */
}

static bool finish(struct block *block, FILE *file)
{
    uint32_t total = (uint32_t)block->length + 4;

    put32(block, total);
    if (block->overflow) {
        errno = EMSGSIZE;
        return false;
    }
    memcpy(block->bytes + 4, &total, sizeof total);
    return fwrite(block->bytes, 1, block->length, file) == block->length && fflush(file) == 0;
}

bool pcapng_section(FILE *file, const char *comment)
{
    static struct block block;
    const uint64_t unknown_length = UINT64_MAX;

    begin(&block, BLOCK_SECTION);
    put32(&block, BYTE_ORDER_MAGIC);
    put16(&block, 1); /* version 1.0 */
    put16(&block, 0);
    put(&block, &unknown_length, sizeof unknown_length);
    put_text(&block, OPTION_COMMENT, comment);
    put_option(&block, OPTION_END, NULL, 0);
    return finish(&block, file);
}

bool pcapng_interface(FILE *file, const char *name, const char *description)
{
    static struct block block;
    const unsigned char nanoseconds = 9;

    begin(&block, BLOCK_INTERFACE);
    put16(&block, LINKTYPE_ETHERNET);
    put16(&block, 0);
    put32(&block, 0); /* no limit on the captured length */
    put_text(&block, OPTION_IF_NAME, name);
    put_text(&block, OPTION_IF_DESCRIPTION, description);
    put_option(&block, OPTION_IF_TSRESOL, &nanoseconds, 1);
    put_option(&block, OPTION_END, NULL, 0);
    return finish(&block, file);
}

bool pcapng_packet(FILE *file, uint32_t interface, const struct timespec *when, const unsigned char *bytes,
                   size_t length, enum pcapng_direction direction)
{
    static struct block block;
    uint64_t time = (uint64_t)when->tv_sec * 1000000000u + (uint64_t)when->tv_nsec;
    uint32_t flags = (uint32_t)direction;

    begin(&block, BLOCK_ENHANCED_PACKET);
    put32(&block, interface);
    put32(&block, (uint32_t)(time >> 32));
    put32(&block, (uint32_t)time);
    put32(&block, (uint32_t)length);
    put32(&block, (uint32_t)length);
    put_padded(&block, bytes, length);
    if (direction != PCAPNG_UNKNOWN) {
        put_option(&block, OPTION_EPB_FLAGS, &flags, sizeof flags);
        put_option(&block, OPTION_END, NULL, 0);
    }
    return finish(&block, file);
}
