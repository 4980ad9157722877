/* captures.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The benchmark's captures: bench-captures KIND PACKETS FILE.
 *
 *     bulk    ordinary connections of 20 segments each, a hundred at a time
 *     flood   SYNs, each of another flow
 *     one     one connection that only carries data
 *     mix     short connections that open and close in all ways and soon reuse their 4-tuples, also in TIME-WAIT
 *
 * The same arguments always give the same bytes. Segments have no TCP options and no dissector knows port
 * 5001, so Wireshark itself has as little to do as it can have: the plugin's share is the largest it can be.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

enum {
    SERVER_PORT = 5001,
    AT_A_TIME = 100, /* connections that are interleaved */
    HEADERS = 14 + 20 + 20,
    PAYLOAD = 100,
    MICROSECONDS_APART = 10
};

#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* --- writing --- */

struct capture {
    FILE *file;
    uint64_t packets, written; /* wanted; written so far */
    uint64_t random;
};

struct packet {
    uint32_t src, dst;
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t length;
};

static void put16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffff);
}

/* The header of a pcap file in this machine's byte order, which its magic number tells. */
static void write_file_header(struct capture *capture)
{
    const uint32_t header[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1 };

    fwrite(header, sizeof header, 1, capture->file);
}

static void write_packet(struct capture *capture, const struct packet *packet)
{
    uint64_t microseconds = capture->written++ * MICROSECONDS_APART;
    uint32_t length = HEADERS + packet->length;
    const uint32_t record[] = { (uint32_t)(1700000000 + microseconds / 1000000), (uint32_t)(microseconds % 1000000),
                                length, length };
    uint8_t bytes[HEADERS + PAYLOAD] = { 0 }, *ip = bytes + 14, *tcp = ip + 20;

    put16(bytes + 12, 0x0800);
    ip[0] = 0x45;
    put16(ip + 2, 40u + packet->length);
    put16(ip + 6, 0x4000);
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, packet->src);
    put32(ip + 16, packet->dst);
    put16(tcp, packet->src_port);
    put16(tcp + 2, packet->dst_port);
    put32(tcp + 4, packet->seq);
    put32(tcp + 8, packet->ack);
    tcp[12] = 5 << 4;
    tcp[13] = packet->flags;
    put16(tcp + 14, 65535);
    memset(tcp + 20, 'x', packet->length);
    fwrite(record, sizeof record, 1, capture->file);
    fwrite(bytes, length, 1, capture->file);
}

/* SplitMix64: small, and the same everywhere. */
static uint64_t draw(struct capture *capture)
{
    uint64_t z = capture->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* --- what a connection does --- */

/* A segment of end 0 or 1; both numbers count from the initial one of their end. */
struct step {
    uint8_t end, flags;
    uint16_t seq, ack, length;
};

#define STEPS 20
struct life {
    unsigned count;
    struct step steps[STEPS];
};

/* clang-format off */
#define THREE_WAY { 0, SYN, 0, 0, 0 }, { 1, SYN | ACK, 0, 1, 0 }, { 0, ACK, 1, 1, 0 }
#define SIMULTANEOUS_OPEN { 0, SYN, 0, 0, 0 }, { 1, SYN, 0, 0, 0 }, \
    { 0, SYN | ACK, 0, 1, 0 }, { 1, SYN | ACK, 0, 1, 0 }
/* end 0 sends 100 octets, after which it is at 101 and end 1 at 1 */
#define REQUEST { 0, PSH | ACK, 1, 1, 100 }, { 1, ACK, 1, 101, 0 }
#define ORDERLY_CLOSE { 0, FIN | ACK, 101, 1, 0 }, { 1, ACK, 1, 102, 0 }, { 1, FIN | ACK, 1, 102, 0 }, \
    { 0, ACK, 102, 2, 0 }
#define SIMULTANEOUS_CLOSE { 0, FIN | ACK, 101, 1, 0 }, { 1, FIN | ACK, 1, 101, 0 }, \
    { 0, ACK, 102, 2, 0 }, { 1, ACK, 2, 102, 0 }
/* end 1 sends 100 octets, its n-th hundred */
#define RESPONSE(n) { 1, ACK, 1 + ((n) - 1) * 100, 101, 100 }, { 0, ACK, 101, 1 + (n) * 100, 0 }

static const struct life ordinary = { 20, {
    THREE_WAY, { 0, PSH | ACK, 1, 1, 100 },
    RESPONSE(1), RESPONSE(2), RESPONSE(3), RESPONSE(4), RESPONSE(5), RESPONSE(6),
    { 0, FIN | ACK, 101, 601, 0 }, { 1, ACK, 601, 102, 0 }, { 1, FIN | ACK, 601, 102, 0 },
    { 0, ACK, 102, 602, 0 } } };

static const struct life lives[] = {
    { 10, { SIMULTANEOUS_OPEN, REQUEST, ORDERLY_CLOSE } },
    { 10, { SIMULTANEOUS_OPEN, REQUEST, SIMULTANEOUS_CLOSE } },
    { 9, { THREE_WAY, REQUEST, SIMULTANEOUS_CLOSE } },
    { 9, { THREE_WAY, REQUEST, ORDERLY_CLOSE } },
    /* SYN and FIN are sent again */
    { 12, { { 0, SYN, 0, 0, 0 }, THREE_WAY, REQUEST, ORDERLY_CLOSE, { 1, FIN | ACK, 1, 102, 0 },
            { 0, ACK, 102, 2, 0 } } },
    { 6, { THREE_WAY, REQUEST, { 0, RST | ACK, 101, 1, 0 } } },
    { 2, { { 0, SYN, 0, 0, 0 }, { 1, RST | ACK, 0, 1, 0 } } },
};
/* clang-format on */
#define LIVES (sizeof lives / sizeof lives[0])

/* A connection that is under way. */
struct connection {
    const struct life *life;
    unsigned next; /* of life's steps */
    uint32_t address[2], isn[2];
    uint16_t port[2];
};

static void write_step(struct capture *capture, const struct connection *connection, const struct step *step)
{
    unsigned from = step->end, to = 1 - from;
    const struct packet packet = { .src = connection->address[from],
                                   .dst = connection->address[to],
                                   .src_port = connection->port[from],
                                   .dst_port = connection->port[to],
                                   .seq = connection->isn[from] + step->seq,
                                   .ack = step->flags & ACK ? connection->isn[to] + step->ack : 0,
                                   .flags = step->flags,
                                   .length = step->length };

    write_packet(capture, &packet);
}

/* Begins the number-th connection of the capture. */
typedef void begin(struct capture *capture, struct connection *connection, uint64_t number);

/* Each connection has a 4-tuple of its own. */
static void set_flow(struct connection *connection, uint64_t flow)
{
    connection->address[0] = 0x0a000001 + (uint32_t)(flow / 60000);
    connection->address[1] = 0x0b000001;
    connection->port[0] = (uint16_t)(1024 + flow % 60000);
    connection->port[1] = SERVER_PORT;
}

static void begin_ordinary(struct capture *capture, struct connection *connection, uint64_t number)
{
    /* Neighbours in time are no neighbours in the tables: 7919 is prime and shares no factor with 60000. */
    set_flow(connection, number / 60000 * 60000 + number * 7919 % 60000);
    connection->isn[0] = (uint32_t)draw(capture);
    connection->isn[1] = (uint32_t)draw(capture);
    connection->life = &ordinary;
}

/* 4-tuples come again in turn, with higher numbers, while they are still in TIME-WAIT: each some five times. */
static void begin_any(struct capture *capture, struct connection *connection, uint64_t number)
{
    const uint64_t flows = MAX(capture->packets / 40, 10 * AT_A_TIME);

    set_flow(connection, number % flows);
    connection->isn[0] = (uint32_t)(number / flows * 1000000 + number % flows * 4099);
    connection->isn[1] = connection->isn[0] + 0x40000000;
    connection->life = &lives[draw(capture) % LIVES];
}

/* --- the captures --- */

static void write_interleaved(struct capture *capture, begin *begin)
{
    struct connection active[AT_A_TIME] = { 0 };
    uint64_t begun = 0;

    while (capture->written < capture->packets) {
        struct connection *connection = &active[draw(capture) % AT_A_TIME];

        if (!connection->life) {
            connection->next = 0;
            begin(capture, connection, begun++);
        }
        write_step(capture, connection, &connection->life->steps[connection->next++]);
        if (connection->next == connection->life->count)
            connection->life = NULL;
    }
}

static void write_flood(struct capture *capture)
{
    for (uint64_t i = 0; i < capture->packets; i++) {
        struct connection connection;

        begin_ordinary(capture, &connection, i);
        write_step(capture, &connection, &ordinary.steps[0]);
    }
}

static void write_one(struct capture *capture)
{
    struct connection connection;
    struct packet data, ack;

    begin_ordinary(capture, &connection, 0);
    for (unsigned i = 0; i < 3; i++)
        write_step(capture, &connection, &ordinary.steps[i]);
    data = (struct packet){ connection.address[1],
                            connection.address[0],
                            connection.port[1],
                            connection.port[0],
                            connection.isn[1] + 1,
                            connection.isn[0] + 1,
                            ACK,
                            PAYLOAD };
    ack = (struct packet){ data.dst, data.src, data.dst_port, data.src_port, data.ack, data.seq, ACK, 0 };
    while (capture->written < capture->packets) {
        write_packet(capture, &data);
        data.seq += PAYLOAD;
        ack.ack = data.seq;
        if (capture->written < capture->packets)
            write_packet(capture, &ack);
    }
}

static bool write_kind(struct capture *capture, const char *kind)
{
    if (strcmp(kind, "bulk") == 0)
        write_interleaved(capture, begin_ordinary);
    else if (strcmp(kind, "flood") == 0)
        write_flood(capture);
    else if (strcmp(kind, "one") == 0)
        write_one(capture);
    else if (strcmp(kind, "mix") == 0)
        write_interleaved(capture, begin_any);
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    struct capture capture = { .random = 1 };
    bool failed;

    capture.packets = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    if (capture.packets == 0) {
        fprintf(stderr, "usage: bench-captures bulk|flood|one|mix PACKETS FILE\n");
        return 2;
    }
    capture.file = fopen(argv[3], "wb");
    if (!capture.file) {
        perror(argv[3]);
        return 1;
    }
    write_file_header(&capture);
    if (!write_kind(&capture, argv[1])) {
        fprintf(stderr, "bench-captures: there is no kind '%s'\n", argv[1]);
        return 2;
    }
    failed = ferror(capture.file);
    if (fclose(capture.file) != 0 || failed) {
        fprintf(stderr, "bench-captures: %s could not be written\n", argv[3]);
        return 1;
    }
    return 0;
}
