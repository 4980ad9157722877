/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_ENHANCED_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    BLOCK_LEAST = 12,
    BLOCK_MOST = 1 << 20,
    BLOCK_HEADER = 8,
    PACKET_HEADER = 20, /* interface, time (2 words), captured, original length */
    RETRY = 20,         /* ms between attempts to open a FIFO that nobody reads yet */
    LONG = 1000         /* ms; a longer wait is several */
};

struct stream {
    int from;
    int to;
    double speed;
    bool started;
    uint64_t first_time;   /* ns, of the first packet */
    struct timespec begun; /* when that was written */
    size_t have;           /* bytes that were read and not yet written */
    uint8_t bytes[BLOCK_MOST];
};

static enum stream_result fail(const char *why)
{
    fprintf(stderr, "simtcpdump: %s\n", why);
    return STREAM_FAILED;
}

/* Waits for events at the descriptor (-1: none), or at most so many ms. STREAM_END: go on. */
static enum stream_result wait_for(int descriptor, short events, int to, int milliseconds)
{
    /* with no event asked for, poll() still reports a FIFO whose reader left */
    struct pollfd watched[] = { { stop_descriptor(), POLLIN, 0 }, { to, 0, 0 }, { descriptor, events, 0 } };

    if (poll(watched, 3, milliseconds) < 0 && errno != EINTR)
        return fail(strerror(errno));
    if (stop_asked() || watched[1].revents & (POLLERR | POLLHUP))
        return STREAM_STOPPED;
    return STREAM_END;
}

enum stream_result stream_open(const char *path, int *descriptor)
{
    for (;;) {
        if (stop_asked())
            return STREAM_STOPPED;
        *descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
        if (*descriptor >= 0)
            return STREAM_END;
        if (errno != ENXIO && errno != EINTR) {
            fprintf(stderr, "simtcpdump: %s: %s\n", path, strerror(errno));
            return STREAM_FAILED;
        }
        enum stream_result result = wait_for(-1, 0, -1, RETRY);
        if (result != STREAM_END)
            return result;
    }
}

/* Reads until there are so many bytes. Less than that without an error is the end of the capture. */
static enum stream_result fill(struct stream *stream, size_t wanted)
{
    while (stream->have < wanted) {
        enum stream_result result = wait_for(stream->from, POLLIN, stream->to, -1);
        if (result != STREAM_END)
            return result;
        ssize_t n = read(stream->from, stream->bytes + stream->have, wanted - stream->have);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return fail(strerror(errno));
        if (n == 0)
            break;
        if (n > 0)
            stream->have += (size_t)n;
    }
    return STREAM_END;
}

static uint32_t word(const struct stream *stream, size_t offset)
{
    const uint8_t *b = stream->bytes + offset;

    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

/* Seconds since the first packet was written. */
static double elapsed(const struct stream *stream)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - stream->begun.tv_sec) + (double)(now.tv_nsec - stream->begun.tv_nsec) / 1e9;
}

static enum stream_result wait_for_packet(struct stream *stream)
{
    uint64_t time = (uint64_t)word(stream, BLOCK_HEADER + 4) << 32 | word(stream, BLOCK_HEADER + 8);

    if (!stream->started) {
        stream->started = true;
        stream->first_time = time;
        clock_gettime(CLOCK_MONOTONIC, &stream->begun);
    }
    if (stream->speed <= 0 || time <= stream->first_time)
        return STREAM_END;
    double due = (double)(time - stream->first_time) / 1e9 / stream->speed;
    for (double left; (left = due - elapsed(stream)) > 0;) {
        int milliseconds = left * 1000 < LONG ? (int)(left * 1000) + 1 : LONG;
        enum stream_result result = wait_for(-1, 0, stream->to, milliseconds);
        if (result != STREAM_END)
            return result;
    }
    return STREAM_END;
}

static enum stream_result write_block(struct stream *stream)
{
    for (size_t done = 0; done < stream->have;) {
        if (stop_asked())
            return STREAM_STOPPED;
        ssize_t n = write(stream->to, stream->bytes + done, stream->have - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EPIPE) {
            return STREAM_STOPPED;
        } else if (errno == EAGAIN) {
            enum stream_result result = wait_for(stream->to, POLLOUT, stream->to, -1);
            if (result != STREAM_END)
                return result;
        } else if (errno != EINTR) {
            return fail(strerror(errno));
        }
    }
    stream->have = 0;
    return STREAM_END;
}

/* One block of the capture, whole or not at all: nobody reads half a packet unless the FIFO is too small for one. */
static enum stream_result copy_block(struct stream *stream)
{
    enum stream_result result = fill(stream, BLOCK_HEADER);

    if (result != STREAM_END || stream->have == 0)
        return result;
    uint32_t type = word(stream, 0), length = stream->have == BLOCK_HEADER ? word(stream, 4) : 0;
    if (length < BLOCK_LEAST || length > BLOCK_MOST || length % 4 != 0)
        return fail("what the generator wrote is no capture");
    result = fill(stream, length);
    if (result != STREAM_END)
        return result;
    if (stream->have < length)
        return fail("the generator's capture ends within a packet");
    if (type == BLOCK_SECTION && (length < BLOCK_LEAST + 4 || word(stream, BLOCK_HEADER) != BYTE_ORDER_MAGIC))
        return fail("the generator's capture has another byte order");
    if (type == BLOCK_ENHANCED_PACKET && length >= BLOCK_LEAST + PACKET_HEADER)
        result = wait_for_packet(stream);
    return result == STREAM_END ? write_block(stream) : result;
}

enum stream_result stream_copy(int from, int to, double speed)
{
    struct stream *stream = malloc(sizeof *stream);
    enum stream_result result;
    bool more;

    if (!stream)
        return fail("out of memory");
    stream->from = from;
    stream->to = to;
    stream->speed = speed;
    stream->started = false;
    stream->have = 0;
    do {
        stream->have = 0;
        result = fill(stream, 1);
        more = result == STREAM_END && stream->have > 0;
        if (more)
            result = copy_block(stream);
    } while (more && result == STREAM_END);
    free(stream);
    return result;
}
