/* input.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "input.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)

/* Between these the plugin keeps the times of frames. */
#define TIME_LIMIT ((INT64_C(1) << 62) - 1)

enum { SELF_FLOW = 3 };

static const int64_t time_steps[16] = { 10 * MILLISECOND,
                                        0,
                                        1000,
                                        MILLISECOND - 1,
                                        MILLISECOND,
                                        200 * MILLISECOND,
                                        SECOND,
                                        59 * SECOND,
                                        61 * SECOND,
                                        180 * SECOND,
                                        181 * SECOND,
                                        3600 * SECOND,
                                        -1000,
                                        -10 * MILLISECOND,
                                        -SECOND,
                                        -200 * SECOND };

static const uint32_t lengths[16] = { 0,
                                      1,
                                      2,
                                      10,
                                      100,
                                      1000,
                                      1460,
                                      65000,
                                      UINT32_C(1) << 16,
                                      UINT32_C(1) << 20,
                                      UINT32_C(1) << 26,
                                      UINT32_C(1) << 30,
                                      (UINT32_C(1) << 31) - 1,
                                      UINT32_C(1) << 31,
                                      UINT32_MAX - 1,
                                      UINT32_MAX };

static const int64_t syn_timeouts[4] = { 180 * SECOND, 0, SECOND, INT64_C(4294967295) * SECOND };
static const int64_t time_waits[4] = { 60 * SECOND, 0, 240 * SECOND, INT64_C(4294967295) * SECOND };

/* What one end of a flow has shown so far. */
struct shown {
    uint32_t isn, old_isn, seq, next, ack, fin;
};

struct reader {
    struct shown shown[INPUT_FLOWS][2];
    int64_t now;
    uint32_t frame;
};

static uint32_t read32(const uint8_t *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static void put32(uint8_t *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

static uint32_t base_of(const struct shown *own, const struct shown *peer, unsigned base)
{
    switch (base) {
    case 0: return own->next;
    case 1: return own->isn;
    case 2: return own->seq;
    case 3: return peer->ack;
    case 4: return own->fin;
    case 5: return own->old_isn;
    case 6: return peer->next;
    case 7: return peer->isn;
    default: return 0;
    }
}

static int64_t add_step(int64_t time, int64_t step)
{
    if (step > 0 && time > TIME_LIMIT - step)
        return TIME_LIMIT;
    if (step < 0 && time < -TIME_LIMIT - step)
        return -TIME_LIMIT;
    return time + step;
}

static int64_t next_time(int64_t now, unsigned code)
{
    switch (code >> 4) {
    case 13: return 0;
    case 14: return -TIME_LIMIT;
    case 15: return TIME_LIMIT;
    default: return add_step(now, time_steps[code & 15]);
    }
}

/* The options an index stands for; SACK blocks lie around the acknowledgement, as a D-SACK does. */
static uint8_t make_options(uint8_t *options, unsigned kind, unsigned value, uint32_t ack)
{
    uint32_t left = ack - (value & 15), right = left + (value >> 4);

    switch (kind % 8) {
    case 1: /* window scale */ memcpy(options, (const uint8_t[]){ 1, 3, 3, (uint8_t)value }, 4); return 4;
    case 2: /* SACK */
        memcpy(options, (const uint8_t[]){ 1, 1, 5, 10 }, 4);
        put32(options + 4, left);
        put32(options + 8, right);
        return 12;
    case 3: /* SACK, two blocks and a length that says more */
        memcpy(options, (const uint8_t[]){ 1, 1, 5, (uint8_t)(18 + (value & 3)) }, 4);
        put32(options + 4, left);
        put32(options + 8, right);
        put32(options + 12, ack + 1000);
        put32(options + 16, ack + 2000);
        return 20;
    case 4: /* timestamps */
        memcpy(options, (const uint8_t[]){ 1, 1, 8, 10 }, 4);
        put32(options + 4, (uint32_t)(int8_t)value);
        put32(options + 8, value);
        return 12;
    case 5: /* cut */ memcpy(options, (const uint8_t[]){ 5, (uint8_t)value, 0 }, 3); return (uint8_t)(1 + value % 3);
    case 6: /* any one option, to the last octet */ memset(options, (int)value, 40); return 40;
    case 7: /* lengths of 0 and 1 */
        memcpy(options, (const uint8_t[]){ 2, 4, 5, (uint8_t)value, (uint8_t)(value >> 4), 0, 3, 1 }, 8);
        return 8;
    default: return 0;
    }
}

static void remember(struct shown *own, const struct simtcp_segment *segment)
{
    uint32_t next = segment->seq + segment->length + (segment->flags & TCP_SYN ? 1 : 0);

    own->seq = segment->seq;
    if (segment->flags & TCP_SYN && segment->seq != own->isn) {
        own->old_isn = own->isn;
        own->isn = segment->seq;
    }
    if (segment->flags & TCP_FIN)
        own->fin = next++;
    if (!(segment->flags & TCP_RST))
        own->next = next;
    if (segment->flags & TCP_ACK)
        own->ack = segment->ack;
}

static void read_segment(struct reader *reader, struct piece *piece, const uint8_t *record)
{
    struct shown *own = &reader->shown[piece->flow][piece->side];
    const struct shown *peer = &reader->shown[piece->flow][piece->flow == SELF_FLOW ? piece->side : 1 - piece->side];
    struct simtcp_segment *segment = &piece->segment;

    segment->flags = record[1];
    segment->seq = base_of(own, peer, record[3] & 15) + read32(record + 4);
    /* the bases of an acknowledgement are the peer's */
    segment->ack = base_of(peer, own, record[3] >> 4) + read32(record + 8);
    segment->length = lengths[record[12] & 15] + (record[12] >> 4);
    segment->window = (uint16_t)(record[13] << 8 | (record[13] & 1 ? 0xff : 0));
    segment->options_length = make_options(piece->options, record[14], record[15], segment->ack);
    segment->options = segment->options_length ? piece->options : NULL;
    remember(own, segment);
}

static void read_piece(struct reader *reader, struct input *input, const uint8_t *record)
{
    struct piece *piece = &input->pieces[input->count];

    memset(piece, 0, sizeof *piece);
    piece->keep = record[0] & 32;
    piece->look_back = record[0] & 128;
    piece->same_frame = record[0] & 16 && input->count > 0;
    input->repeats_frames |= piece->same_frame;
    if (record[0] & 64 && input->count > 0) {
        const struct piece *last = piece - 1;

        piece->segment = last->segment;
        piece->flow = last->flow;
        piece->side = last->side;
        memcpy(piece->options, last->options, sizeof piece->options);
        piece->segment.options = piece->segment.options_length ? piece->options : NULL;
    } else {
        piece->flow = record[0] & 7;
        piece->side = piece->flow == SELF_FLOW ? 0 : record[0] >> 3 & 1;
        read_segment(reader, piece, record);
    }
    reader->now = next_time(reader->now, record[2]);
    piece->segment.time = reader->now;
    if (!piece->same_frame)
        reader->frame++;
    piece->segment.frame = reader->frame;
    input->count++;
}

void input_read(struct input *input, const uint8_t *bytes, size_t size)
{
    struct reader reader = { .now = 1700000000 * SECOND };

    memset(input, 0, offsetof(struct input, pieces));
    input->settings.syn_timeout = syn_timeouts[0];
    input->settings.time_wait = time_waits[0];
    if (size < INPUT_HEADER)
        return;
    input->checks = bytes[0];
    input->memory_limit = (unsigned)bytes[1] * MEMORY_STEP;
    input->refuse_once = bytes[2] & 1;
    input->settings.syn_timeout = syn_timeouts[bytes[3] & 3];
    input->settings.time_wait = time_waits[bytes[3] >> 2 & 3];
    input->shift = read32(bytes + 4);
    /* both ends of every flow start near a wrap, each at its own number */
    for (unsigned flow = 0; flow < INPUT_FLOWS; flow++)
        for (unsigned side = 0; side < 2; side++)
            reader.shown[flow][side] = (struct shown){ .next = 1000 + (flow * 2 + side) * 0x10000000u };
    for (size_t at = INPUT_HEADER; at + INPUT_RECORD <= size && input->count < INPUT_PIECES; at += INPUT_RECORD)
        read_piece(&reader, input, bytes + at);
}

struct simtcp_endpoint input_endpoint(unsigned flow, unsigned side, bool mirrored)
{
    static const struct {
        uint8_t kind, length;
        uint16_t port[2];
        uint8_t last[2]; /* of the address */
    } flows[INPUT_FLOWS] = {
        { 2, 4, { 1982, 55555 }, { 1, 2 } }, { 3, 16, { 5060, 5060 }, { 1, 2 } },
        { 2, 4, { 1983, 55555 }, { 1, 2 } }, /* shares both addresses with the first */
        { 2, 4, { 7777, 7777 }, { 1, 1 } },  { 2, 4, { 1982, 1983 }, { 1, 1 } }, /* one host, two sockets */
        { 2, 4, { 1982, 55555 }, { 1, 3 } }, { 3, 16, { 1982, 55555 }, { 1, 2 } },
        { 4, 0, { 0, 65535 }, { 0, 0 } },
    };
    struct simtcp_endpoint end = { .kind = flows[flow].kind, .length = flows[flow].length };

    end.port = flows[flow].port[side];
    if (end.length)
        end.address[end.length - 1] = flows[flow].last[side];
    if (mirrored) {
        end.port = (uint16_t)~end.port;
        for (unsigned i = 0; i < end.length; i++)
            end.address[i] = (uint8_t)~end.address[i];
    }
    return end;
}

void input_print(const struct input *input)
{
    static const char letters[] = "FSRP.";

    printf("checks %u, memory %u%s, SYN timeout %" PRId64 " s, TIME-WAIT %" PRId64 " s, shift %#x\n", input->checks,
           input->memory_limit, input->refuse_once ? " once" : "", input->settings.syn_timeout / SECOND,
           input->settings.time_wait / SECOND, input->shift);
    for (size_t i = 0; i < input->count; i++) {
        const struct piece *piece = &input->pieces[i];
        const struct simtcp_segment *segment = &piece->segment;

        printf("%3u  %20" PRId64 "  flow %u  %c > ", segment->frame, segment->time, piece->flow,
               piece->flow == SELF_FLOW ? 's' : "ab"[piece->side]);
        for (int bit = 0; bit < 5; bit++)
            if (segment->flags & 1 << bit)
                putchar(letters[bit]);
        printf(" %u:(%u)", segment->seq, segment->length);
        if (segment->flags & TCP_ACK)
            printf(" ack %u win %u", segment->ack, segment->window);
        if (segment->options_length)
            printf(" options of %u octets, the third is %u", segment->options_length, piece->options[2]);
        printf("%s%s%s\n", piece->keep ? " keep" : "", piece->same_frame ? " (frame number again)" : "",
               piece->look_back ? " (look back)" : "");
    }
    fflush(stdout);
}
