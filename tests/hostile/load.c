/* load.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plays a load to the core, to be counted by valgrind or perf: load NAME SIZE USE.
 *
 * NAME is one of the loads below, SIZE how often its step is played. USE says what is asked for:
 *
 *     observe      one pass in which every frame is also looked at, as tshark does
 *     again        the same, then all frames in the second pass, in order
 *     statistics   one pass without looking, then every connection as a whole
 *     backwards    as again, but the second pass goes from the last frame to the first, as a user can scroll
 *
 * Prints the numbers of segments and connections and the bytes of memory, those taken back not counted.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simtcp.h"

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

struct frame {
    struct simtcp_endpoint src, dst;
    const struct simtcp_note *note; /* of a stray: it can't be found */
};

struct player {
    struct simtcp_tracker *tracker;
    size_t bytes;
    int64_t time, gap; /* gap: between two segments */
    struct frame *frames;
    uint32_t count, capacity;
    const struct simtcp_connection **connections; /* by number */
    uint32_t connection_count, connection_capacity;
    bool looks;
};

/* --- memory --- */

static void *take(void *context, size_t size)
{
    struct player *player = context;
    size_t *block = malloc(sizeof(max_align_t) + size);

    if (!block)
        exit(EXIT_FAILURE);
    *block = size;
    player->bytes += size;
    return (uint8_t *)block + sizeof(max_align_t);
}

static void take_back(void *context, void *memory)
{
    struct player *player = context;
    size_t *block = (size_t *)(void *)((uint8_t *)memory - sizeof(max_align_t));

    player->bytes -= *block;
    free(block);
}

static void *grow(void *array, uint32_t *capacity, size_t size)
{
    *capacity = *capacity ? *capacity * 2 : 1024;
    array = realloc(array, *capacity * size);
    if (!array)
        exit(EXIT_FAILURE);
    return array;
}

/* --- one segment --- */

static struct simtcp_endpoint end_at(uint32_t address, uint16_t port)
{
    struct simtcp_endpoint end = { .kind = 2, .length = 4, .port = port };

    for (int i = 0; i < 4; i++)
        end.address[i] = (uint8_t)(address >> (24 - 8 * i));
    return end;
}

static void look(struct player *player, const struct simtcp_place *place, const struct simtcp_endpoint *src, bool final)
{
    struct simtcp_view view;
    char why[SIMTCP_WHY_SIZE], notation[SIMTCP_NOTATION_SIZE];
    uint32_t concurrent;

    simtcp_concurrent(player->tracker, src, place->frame, final, &concurrent);
    if (!place->connection)
        return;
    simtcp_look(place, final, &view);
    simtcp_notation(place, &view, notation);
    simtcp_why(place, &view, why);
}

static void remember_connection(struct player *player, const struct simtcp_connection *connection)
{
    struct simtcp_place whole = simtcp_whole(connection);
    struct simtcp_view view;

    simtcp_look(&whole, true, &view);
    while (view.number >= player->connection_capacity)
        player->connections = grow(player->connections, &player->connection_capacity, sizeof *player->connections);
    if (view.number >= player->connection_count)
        player->connection_count = view.number + 1;
    player->connections[view.number] = connection;
}

/* From src to dst: flags, numbers, length of the data. */
static void send(struct player *player, const struct simtcp_endpoint *src, const struct simtcp_endpoint *dst,
                 unsigned flags, uint32_t seq, uint32_t ack, uint32_t length)
{
    struct simtcp_segment segment = { .frame = player->count + 1,
                                      .time = player->time += player->gap,
                                      .src = *src,
                                      .dst = *dst,
                                      .seq = seq,
                                      .ack = ack,
                                      .length = length,
                                      .window = 64000,
                                      .flags = (uint8_t)flags };
    struct simtcp_place place = simtcp_observe(player->tracker, &segment, false);

    if (player->count == player->capacity)
        player->frames = grow(player->frames, &player->capacity, sizeof *player->frames);
    player->frames[player->count++] = (struct frame){ *src, *dst, place.detached ? place.note : NULL };
    if (player->looks)
        look(player, &place, src, false);
    else if (place.connection && place.note && simtcp_hold(player->tracker, &place))
        remember_connection(player, place.connection);
}

enum { S = TCP_SYN, A = TCP_ACK, F = TCP_FIN, R = TCP_RST };

static const uint32_t server_address = 0x0a000001;

/* A three-way handshake and data; a's and b's next numbers are 102 and 202 afterwards. */
static void open(struct player *player, const struct simtcp_endpoint *a, const struct simtcp_endpoint *b, uint32_t base)
{
    send(player, a, b, S, base + 100, 0, 0);
    send(player, b, a, S | A, base + 200, base + 101, 0);
    send(player, a, b, A, base + 101, base + 201, 1);
    send(player, b, a, A, base + 201, base + 102, 1);
}

/* a closes first. */
static void close(struct player *player, const struct simtcp_endpoint *a, const struct simtcp_endpoint *b,
                  uint32_t base)
{
    send(player, a, b, F | A, base + 102, base + 202, 0);
    send(player, b, a, F | A, base + 202, base + 103, 0);
    send(player, a, b, A, base + 103, base + 203, 0);
}

/* --- the loads: step i of size --- */

struct ends {
    struct simtcp_endpoint a, b;
};

static struct ends one_pair(void)
{
    return (struct ends){ end_at(0x0a000002, 40000), end_at(server_address, 80) };
}

/* Each step from an address and a port of its own. */
static struct ends new_pair(uint32_t i)
{
    return (struct ends){ end_at(0xc0000000 + i / 8, (uint16_t)(1024 + i % 60000)), end_at(server_address, 80) };
}

/* Each step between the same two hosts, as far as there are ports. */
static struct ends same_hosts(uint32_t i)
{
    return (struct ends){ end_at(0x0a000002, (uint16_t)(1 + i % 65000)),
                          end_at(server_address, (uint16_t)(1 + i / 65000)) };
}

static void syn_flood(struct player *player, uint32_t i)
{
    struct ends ends = new_pair(i);

    send(player, &ends.a, &ends.b, S, i * 77777, 0, 0);
}

static void half_open(struct player *player, uint32_t i)
{
    struct ends ends = new_pair(i);

    send(player, &ends.a, &ends.b, S, i * 77777, 0, 0);
    send(player, &ends.b, &ends.a, S | A, i * 99999, i * 77777 + 1, 0);
}

static void refused(struct player *player, uint32_t i)
{
    struct ends ends = same_hosts(i);

    send(player, &ends.a, &ends.b, S, i * 77777, 0, 0);
    send(player, &ends.b, &ends.a, R | A, 0, i * 77777 + 1, 0);
}

static void connections(struct player *player, uint32_t i)
{
    struct ends ends = new_pair(i);

    open(player, &ends.a, &ends.b, i * 77777);
    close(player, &ends.a, &ends.b, i * 77777);
}

/* Every connection leaves the same host in TIME-WAIT. */
static void time_waits(struct player *player, uint32_t i)
{
    struct ends ends = same_hosts(i);

    player->gap = 1000;
    open(player, &ends.a, &ends.b, i * 77777);
    close(player, &ends.a, &ends.b, i * 77777);
}

static void data(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0)
        open(player, &ends.a, &ends.b, 0);
    send(player, &ends.a, &ends.b, A, 102 + i * 1460, 202, 1460);
    send(player, &ends.b, &ends.a, A, 202, 102 + (i + 1) * 1460, 0);
}

/* Data before any handshake was captured. */
static void middle(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    send(player, &ends.a, &ends.b, A, 102 + i * 1460, 202, 1460);
    send(player, &ends.b, &ends.a, A, 202, 102 + (i + 1) * 1460, 0);
}

/* One 4-tuple, opened and closed again and again while it is in TIME-WAIT. */
static void reuse(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    open(player, &ends.a, &ends.b, i * 100000);
    close(player, &ends.a, &ends.b, i * 100000);
}

/* Its holder refuses every SYN. */
static void reuse_refused(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0) {
        open(player, &ends.b, &ends.a, 0);
        close(player, &ends.b, &ends.a, 0);
    }
    send(player, &ends.a, &ends.b, S, 300000 + i * 70000, 0, 0);
    send(player, &ends.b, &ends.a, A, 103, 203, 0);
    send(player, &ends.a, &ends.b, R, 203, 0, 0);
}

static void new_attempts(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    send(player, &ends.a, &ends.b, S, i * 77777, 0, 0);
}

static void syn_again(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    (void)i;
    send(player, &ends.a, &ends.b, S, 100, 0, 0);
}

static void syn_ack_again(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0)
        send(player, &ends.a, &ends.b, S, 100, 0, 0);
    send(player, &ends.b, &ends.a, S | A, 200, 101, 0);
    send(player, &ends.a, &ends.b, A, 101, 201, 0);
}

/* In TIME-WAIT, whose timer each FIN starts anew. */
static void fin_again(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0) {
        open(player, &ends.a, &ends.b, 0);
        close(player, &ends.a, &ends.b, 0);
    }
    send(player, &ends.b, &ends.a, F | A, 202, 103, 0);
    send(player, &ends.a, &ends.b, A, 103, 203, 0);
}

/* Half of them exactly where they would be believed. */
static void rsts(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0)
        open(player, &ends.a, &ends.b, 0);
    send(player, &ends.a, &ends.b, R, 102 + (i % 4 < 2 ? 0 : i), 0, 0);
    if (i % 16 == 15)
        send(player, &ends.a, &ends.b, A, 102, 202, 1);
}

static void assassinations(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0) {
        open(player, &ends.a, &ends.b, 0);
        close(player, &ends.a, &ends.b, 0);
    }
    send(player, &ends.b, &ends.a, R, 203, 0, 0);
    send(player, &ends.b, &ends.a, F | A, 202, 103, 0);
    send(player, &ends.a, &ends.b, A, 103, 203, 0);
}

/* One end dials with new numbers while the other repeats its SYN. */
static void hole_punch(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    send(player, &ends.a, &ends.b, S, i * 77777, 0, 0);
    send(player, &ends.b, &ends.a, S, 200, 0, 0);
}

static void hole_punch_both(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    send(player, &ends.a, &ends.b, S, i * 77777, 0, 0);
    send(player, &ends.b, &ends.a, S, i * 99999, 0, 0);
}

/* Segments of an old incarnation and a new one take turns. */
static void turns(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0) {
        open(player, &ends.a, &ends.b, 0);
        open(player, &ends.a, &ends.b, 100000000);
    }
    send(player, &ends.a, &ends.b, A, 102 + i % 1000, 202, 1);
    send(player, &ends.a, &ends.b, A, 100000102 + i % 1000, 100000202, 1);
}

static void strays(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();

    if (i == 0)
        open(player, &ends.a, &ends.b, 0);
    send(player, &ends.a, &ends.b, A, 0x70000000 + i * 7777777, 0x70000000 + i * 3333333, 1);
}

static void time_stands(struct player *player, uint32_t i)
{
    player->time = player->gap = 0;
    connections(player, i);
}

static void time_goes_back(struct player *player, uint32_t i)
{
    player->gap = -SECOND;
    connections(player, i);
}

/* Addresses and ports chosen so that they fall together wherever a sum or XOR of words is hashed. */
static void colliding(struct player *player, uint32_t i)
{
    struct ends ends = one_pair();
    uint16_t port = (uint16_t)i;

    ends.a.kind = 3;
    ends.a.length = 16;
    ends.b.kind = 3;
    ends.b.length = 16;
    ends.a.port = port;
    ends.a.address[0] = (uint8_t)(0x20 ^ port);
    ends.a.address[1] = (uint8_t)(0x01 ^ port >> 8);
    send(player, &ends.a, &ends.b, S, i * 77777, 0, 0);
}

static const struct {
    const char *name;
    void (*step)(struct player *player, uint32_t i);
} loads[] = {
    { "syn-flood", syn_flood },
    { "half-open", half_open },
    { "refused", refused },
    { "connections", connections },
    { "time-waits", time_waits },
    { "data", data },
    { "middle", middle },
    { "reuse", reuse },
    { "reuse-refused", reuse_refused },
    { "new-attempts", new_attempts },
    { "syn-again", syn_again },
    { "syn-ack-again", syn_ack_again },
    { "fin-again", fin_again },
    { "rsts", rsts },
    { "assassinations", assassinations },
    { "hole-punch", hole_punch },
    { "hole-punch-both", hole_punch_both },
    { "turns", turns },
    { "strays", strays },
    { "time-stands", time_stands },
    { "time-goes-back", time_goes_back },
    { "colliding", colliding },
};

/* --- what is asked for --- */

static void look_again(struct player *player, uint32_t index)
{
    const struct frame *frame = &player->frames[index];
    struct simtcp_place place =
        frame->note ? simtcp_place_of(frame->note) : simtcp_find(player->tracker, &frame->src, &frame->dst, index + 1);

    look(player, &place, &frame->src, true);
}

static void look_at_connection(struct player *player, const struct simtcp_connection *connection)
{
    const struct simtcp_note **notes;
    struct simtcp_wait waits[2];
    struct simtcp_reuse reused;
    struct simtcp_place whole = simtcp_whole(connection);
    struct simtcp_endpoint end = simtcp_end(connection, 0);
    size_t count = simtcp_notes(connection, NULL, 0);

    notes = malloc((count + 1) * sizeof *notes);
    if (!notes)
        exit(EXIT_FAILURE);
    simtcp_notes(connection, notes, count);
    free(notes);
    simtcp_span(connection);
    simtcp_waits(connection, waits);
    simtcp_reuse(connection, &reused);
    look(player, &whole, &end, true);
}

static void use(struct player *player, const char *how)
{
    if (strcmp(how, "again") == 0)
        for (uint32_t i = 0; i < player->count; i++)
            look_again(player, i);
    if (strcmp(how, "backwards") == 0)
        for (uint32_t i = player->count; i-- > 0;)
            look_again(player, i);
    if (strcmp(how, "statistics") == 0)
        for (uint32_t i = 0; i < player->connection_count; i++)
            if (player->connections[i])
                look_at_connection(player, player->connections[i]);
}

int main(int argc, char **argv)
{
    const struct simtcp_settings settings = { .syn_timeout = 180 * SECOND, .time_wait = 60 * SECOND, .fold = true };
    static struct player player;
    const struct simtcp_memory memory = { .allocate = take, .release = take_back, .context = &player };
    size_t load = 0;

    while (argc == 4 && load < sizeof loads / sizeof *loads && strcmp(argv[1], loads[load].name) != 0)
        load++;
    if (argc != 4 || load == sizeof loads / sizeof *loads) {
        fprintf(stderr, "load NAME SIZE USE; the names are");
        for (load = 0; load < sizeof loads / sizeof *loads; load++)
            fprintf(stderr, " %s", loads[load].name);
        fprintf(stderr, "\n");
        return EXIT_FAILURE;
    }
    player.time = 1700000000 * SECOND;
    player.gap = MILLISECOND;
    player.looks = strcmp(argv[3], "statistics") != 0;
    player.tracker = simtcp_tracker_new(&settings, &memory);
    if (!player.tracker)
        return EXIT_FAILURE;
    for (uint32_t i = 0, size = (uint32_t)strtoul(argv[2], NULL, 10); i < size; i++)
        loads[load].step(&player, i);
    use(&player, argv[3]);
    printf("%" PRIu32 " segments, %zu bytes\n", player.count, player.bytes);
    return EXIT_SUCCESS;
}
