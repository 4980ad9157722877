/* bulk.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the core says of every connection in a capture: simtcp-bulk FILE.
 *
 * One JSON object for each connection, in the order of their numbers, with the words of the plugin's fields and the
 * connection's frames, as the second pass of tshark shows them. FILE may be "-". This is the way to judge hundreds of
 * thousands of connections; test_bulk.py asks tshark about the same captures and wants the same words.
 *
 * Reads Ethernet frames that hold IPv4 without fragments, or IPv6 without extension headers, and TCP: what
 * simtcp-sim writes.
 */

#define _DEFAULT_SOURCE

#include <arpa/inet.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simtcp.h"

#define SECOND INT64_C(1000000000)
#define ETHERNET 14
#define PIECE 65536

static const char *const open_words[] = { [SIMTCP_OPEN_UNKNOWN] = "Unknown",
                                          [SIMTCP_OPEN_THREE_WAY] = "Three-way",
                                          [SIMTCP_OPEN_SIMULTANEOUS] = "Simultaneous",
                                          [SIMTCP_OPEN_SELF_CONNECT] = "Self-connect",
                                          [SIMTCP_OPEN_SPLIT_HANDSHAKE] = "Split handshake",
                                          [SIMTCP_OPEN_SIMULTANEOUS_OR_SPLIT] = "Simultaneous or split",
                                          [SIMTCP_OPEN_INCOMPLETE] = "Incomplete",
                                          [SIMTCP_OPEN_REFUSED] = "Refused" };

static const char *const close_words[] = { [SIMTCP_CLOSE_OPEN] = "Open",
                                           [SIMTCP_CLOSE_ORDERLY] = "Orderly",
                                           [SIMTCP_CLOSE_SIMULTANEOUS] = "Simultaneous",
                                           [SIMTCP_CLOSE_HALF_CLOSED] = "Half-closed",
                                           [SIMTCP_CLOSE_RESET] = "Reset",
                                           [SIMTCP_CLOSE_UNDECIDABLE] = "Undecidable" };

/* What it takes to find a frame's connection again. */
struct frame {
    bool segment;                   /* it holds one */
    const struct simtcp_note *note; /* of a place that can't be found, else NULL */
    struct simtcp_endpoint src, dst;
    uint32_t next; /* frame of the same connection; 0: none */
};

struct connection {
    uint32_t first, last; /* of the list of its frames */
};

struct bulk {
    struct simtcp_tracker *tracker;
    struct frame *frames; /* by frame number; [0] is not used */
    size_t frame_count, frame_room;
    struct connection *connections; /* by number */
    size_t connection_count, connection_room;
};

static void *no_null(void *memory)
{
    if (!memory) {
        fputs("simtcp-bulk: no memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* Room for one more; what is new is zeros. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
    size_t old = *room;

    if (count < old)
        return array;
    *room = count * 2 + 1024;
    array = no_null(realloc(array, *room * size));
    memset((char *)array + old * size, 0, (*room - old) * size);
    return array;
}

static void *allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static void set_endpoint(struct simtcp_endpoint *endpoint, const uint8_t *address, uint8_t length)
{
    memset(endpoint, 0, sizeof *endpoint);
    endpoint->kind = endpoint->length = length;
    memcpy(endpoint->address, address, length);
}

/* Sets all of the segment but its frame and time. Returns false if there is none. */
static bool read_segment(const uint8_t *data, size_t captured, struct simtcp_segment *segment)
{
    const uint8_t *ip = data + ETHERNET;
    size_t header, total;
    uint32_t payload;

    if (captured < ETHERNET + 20)
        return false;
    if (ip[0] >> 4 == 4) {
        header = (ip[0] & 15) * 4u;
        total = (size_t)ip[2] << 8 | ip[3];
    } else {
        header = 40;
        total = 40 + ((size_t)ip[4] << 8 | ip[5]);
    }
    if (captured < ETHERNET + header + SIMTCP_HEADER_MIN || total < header)
        return false;
    set_endpoint(&segment->src, header == 40 ? ip + 8 : ip + 12, header == 40 ? 16 : 4);
    set_endpoint(&segment->dst, header == 40 ? ip + 24 : ip + 16, header == 40 ? 16 : 4);
    payload = (uint32_t)(total - header) - (ip[header + 12] >> 4) * 4u;
    return simtcp_segment_read(segment, ip + header, captured - ETHERNET - header, payload);
}

/* Takes in the next frame of the capture. */
static void observe(struct bulk *bulk, const struct pcap_pkthdr *header, const uint8_t *data)
{
    struct simtcp_segment segment;
    struct simtcp_place place;
    struct frame *frame;

    bulk->frame_count++;
    bulk->frames = grow(bulk->frames, bulk->frame_count, &bulk->frame_room, sizeof *bulk->frames);
    frame = &bulk->frames[bulk->frame_count];
    if (!read_segment(data, header->caplen, &segment))
        return;
    segment.frame = (uint32_t)bulk->frame_count;
    segment.time = header->ts.tv_sec * SECOND + header->ts.tv_usec; /* nanoseconds, as asked for */
    place = simtcp_observe(bulk->tracker, &segment, false);
    frame->segment = true;
    frame->src = segment.src;
    frame->dst = segment.dst;
    frame->note = place.detached ? place.note : NULL;
}

/* Where the segment in the frame belongs in the end. */
static struct simtcp_place place_of(const struct bulk *bulk, uint32_t number)
{
    const struct frame *frame = &bulk->frames[number];

    return frame->note ? simtcp_place_of(frame->note) : simtcp_find(bulk->tracker, &frame->src, &frame->dst, number);
}

/* The whole capture has been observed: puts the frame into the list of its connection. */
static void assign(struct bulk *bulk, uint32_t number)
{
    struct frame *frame = &bulk->frames[number];
    struct simtcp_place place;
    struct simtcp_view view;
    struct connection *connection;

    if (!frame->segment)
        return;
    place = place_of(bulk, number);
    if (!place.connection)
        return;
    simtcp_look(&place, true, &view);
    while (bulk->connection_count <= view.number) {
        bulk->connections =
            grow(bulk->connections, bulk->connection_count, &bulk->connection_room, sizeof *bulk->connections);
        bulk->connection_count++;
    }
    connection = &bulk->connections[view.number];
    if (connection->first)
        bulk->frames[connection->last].next = number;
    else
        connection->first = number;
    connection->last = number;
}

static const char *boolean(bool value)
{
    return value ? "true" : "false";
}

static void print_holders(const struct simtcp_view *view)
{
    for (unsigned i = 0; i < view->holder_count; i++) {
        const struct simtcp_endpoint *holder = &view->holders[i];
        char text[INET6_ADDRSTRLEN];

        inet_ntop(holder->length == 4 ? AF_INET : AF_INET6, holder->address, text, sizeof text);
        printf(holder->length == 4 ? "%s\"%s:%u\"" : "%s\"[%s]:%u\"", i ? "," : "", text, holder->port);
    }
}

static void print_connection(const struct bulk *bulk, const struct connection *connection)
{
    struct simtcp_place place = place_of(bulk, connection->first);
    struct simtcp_view view;

    simtcp_look(&place, true, &view);
    printf("{\"connection\":%" PRIu32 ",\"open\":\"%s\",\"close\":\"%s\",\"simopen\":%s,\"simclose\":%s,"
           "\"open_completed\":%s,\"close_completed\":%s,\"holders\":[",
           view.number, open_words[view.open], close_words[view.close], boolean(view.simopen), boolean(view.simclose),
           boolean(view.open_completed), boolean(view.close_completed));
    print_holders(&view);
    fputs("],\"frames\":[", stdout);
    for (uint32_t frame = connection->first; frame; frame = bulk->frames[frame].next)
        printf("%s%" PRIu32, frame == connection->first ? "" : ",", frame);
    puts("]}");
}

/* Returns what is wrong with the file, or NULL. */
static const char *read_capture(struct bulk *bulk, const char *name, char error[PCAP_ERRBUF_SIZE])
{
    pcap_t *file = pcap_open_offline_with_tstamp_precision(name, PCAP_TSTAMP_PRECISION_NANO, error);
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int got;

    if (!file)
        return error;
    if (pcap_datalink(file) != DLT_EN10MB) {
        pcap_close(file);
        return "not a capture of Ethernet frames";
    }
    while ((got = pcap_next_ex(file, &header, &data)) == 1)
        observe(bulk, header, data);
    if (got != PCAP_ERROR_BREAK)
        snprintf(error, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(file));
    pcap_close(file);
    return got == PCAP_ERROR_BREAK ? NULL : error;
}

int main(int argc, char **argv)
{
    const struct simtcp_settings settings = { .syn_timeout = 180 * SECOND, .time_wait = 60 * SECOND, .fold = true };
    const struct simtcp_memory memory = { allocate, release, NULL, PIECE };
    char buffer[PCAP_ERRBUF_SIZE];
    const char *error;
    struct bulk bulk = { .tracker = no_null(simtcp_tracker_new(&settings, &memory)) };

    if (argc != 2) {
        fputs("Usage: simtcp-bulk FILE\n", stderr);
        return EXIT_FAILURE;
    }
    error = read_capture(&bulk, argv[1], buffer);
    if (error) {
        fprintf(stderr, "simtcp-bulk: %s: %s\n", argv[1], error);
        return EXIT_FAILURE;
    }
    for (uint32_t number = 1; number <= bulk.frame_count; number++)
        assign(&bulk, number);
    for (size_t i = 0; i < bulk.connection_count; i++)
        if (bulk.connections[i].first)
            print_connection(&bulk, &bulk.connections[i]);
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
