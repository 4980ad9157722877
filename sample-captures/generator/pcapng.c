/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pcapng.h"

#include "roles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_ENHANCED_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    SECTION_USER_APPLICATION = 4,
    INTERFACE_NAME = 2,
    INTERFACE_DESCRIPTION = 3,
    INTERFACE_TIME_RESOLUTION = 9,
    NANOSECONDS = 9
};

static void little_u16(struct buffer *out, unsigned value)
{
    buffer_u8(out, value);
    buffer_u8(out, value >> 8);
}

static void little_u32(struct buffer *out, uint32_t value)
{
    little_u16(out, value & 0xffff);
    little_u16(out, value >> 16);
}

static void pad(struct buffer *out)
{
    buffer_zeros(out, (4 - out->length % 4) % 4);
}

static void option(struct buffer *out, unsigned code, const void *value, size_t length)
{
    little_u16(out, code);
    little_u16(out, (unsigned)length);
    buffer_add(out, value, length);
    pad(out);
}

static void text_option(struct buffer *out, unsigned code, const char *text)
{
    size_t length = strlen(text);

    if (length)
        option(out, code, text, length < UINT16_MAX ? length : UINT16_MAX);
}

/* A block is its type, its length, its body and its length again. */
static void block(struct buffer *out, uint32_t type, const struct buffer *body)
{
    uint32_t length = (uint32_t)body->length + 12;

    little_u32(out, type);
    little_u32(out, length);
    buffer_add(out, body->bytes, body->length);
    little_u32(out, length);
}

static void section(struct buffer *out, const struct scenario *scenario, const char *application)
{
    struct buffer body = { 0 };

    little_u32(&body, BYTE_ORDER_MAGIC);
    little_u16(&body, 1);
    little_u16(&body, 0);
    little_u32(&body, UINT32_MAX); /* section length: not stated */
    little_u32(&body, UINT32_MAX);
    text_option(&body, OPTION_COMMENT, scenario->title);
    text_option(&body, SECTION_USER_APPLICATION, application);
    option(&body, OPTION_END, NULL, 0);
    block(out, BLOCK_SECTION, &body);
    buffer_free(&body);
}

static void interface(struct buffer *out, const struct interface *interface)
{
    struct buffer body = { 0 };
    uint8_t resolution = NANOSECONDS;

    little_u16(&body, interface->link);
    little_u16(&body, 0);
    little_u32(&body, interface->snaplen);
    text_option(&body, INTERFACE_NAME, interface->name);
    text_option(&body, INTERFACE_DESCRIPTION, interface->description);
    option(&body, INTERFACE_TIME_RESOLUTION, &resolution, 1);
    option(&body, OPTION_END, NULL, 0);
    block(out, BLOCK_INTERFACE, &body);
    buffer_free(&body);
}

void pcapng_packet(struct buffer *out, const struct scenario *scenario, const struct frame *frame)
{
    struct buffer body = { 0 };
    uint64_t time = (uint64_t)(scenario->start + frame->time);
    uint32_t snaplen = scenario->interfaces[frame->interface].snaplen;
    size_t captured = frame->bytes.length < snaplen ? frame->bytes.length : snaplen;
    char comment[ROLES_TEXT];

    little_u32(&body, (uint32_t)frame->interface);
    little_u32(&body, (uint32_t)(time >> 32));
    little_u32(&body, (uint32_t)time);
    little_u32(&body, (uint32_t)captured);
    little_u32(&body, (uint32_t)frame->bytes.length);
    buffer_add(&body, frame->bytes.bytes, captured);
    pad(&body);
    roles_format(&frame->roles, comment);
    if (*comment) {
        text_option(&body, OPTION_COMMENT, comment);
        option(&body, OPTION_END, NULL, 0);
    }
    block(out, BLOCK_ENHANCED_PACKET, &body);
    buffer_free(&body);
}

void pcapng_begin(struct buffer *out, const struct scenario *scenario, const char *application)
{
    section(out, scenario, application);
    for (size_t i = 0; i < scenario->interface_count; i++)
        interface(out, &scenario->interfaces[i]);
}

void pcapng_build(struct buffer *out, const struct scenario *scenario)
{
    pcapng_begin(out, scenario, "simtcp-gen");
    for (size_t i = 0; i < scenario->frame_count; i++)
        pcapng_packet(out, scenario, &scenario->frames[i]);
}

/* Closes the descriptor in any case. */
static bool write_all(int descriptor, const struct buffer *content)
{
    mode_t mask = umask(0);
    umask(mask);
    bool good = fchmod(descriptor, 0666 & ~mask) == 0;

    for (size_t done = 0; good && done < content->length;) {
        ssize_t n = write(descriptor, content->bytes + done, content->length - done);
        if (n >= 0)
            done += (size_t)n;
        else
            good = errno == EINTR;
    }
    int reason = errno;
    if (close(descriptor) != 0 && good)
        return false;
    errno = reason;
    return good;
}

bool pcapng_save(const struct buffer *content, const char *path)
{
    static const char suffix[] = ".XXXXXX";
    size_t length = strlen(path);
    char *temporary = memory_grow(NULL, length + sizeof suffix, 1);

    memcpy(temporary, path, length);
    memcpy(temporary + length, suffix, sizeof suffix);
    int descriptor = mkstemp(temporary);
    bool good = descriptor >= 0 && write_all(descriptor, content) && rename(temporary, path) == 0;
    int reason = errno;
    if (!good && descriptor >= 0)
        unlink(temporary);
    free(temporary);
    errno = reason;
    return good;
}
