/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "truth.h"

#include "../packet.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The lives of one connection, by side; NULL: that end had none. In a self-connect only side 0 has one. */
struct pair {
    const struct world *world;
    const struct life *life[2];
};

unsigned truth_connections(const struct world *world, unsigned *connection_of_life)
{
    unsigned count = 0;

    for (size_t i = 0; i < world->life_count; i++) {
        int peer = world->lives[i].peer;
        connection_of_life[i] = peer >= 0 && (size_t)peer < i ? connection_of_life[peer] : count++;
    }
    return count;
}

unsigned truth_connection_of(const struct world *world, const unsigned *connection_of_life, int transmission)
{
    int life = world->transmissions[transmission].life;
    return life >= 0 ? connection_of_life[life] : 0;
}

static struct pair pair_of(const struct world *world, const unsigned *connection_of_life, unsigned connection)
{
    struct pair pair = { .world = world };

    for (size_t i = 0; i < world->life_count; i++) {
        if (connection_of_life[i] == connection)
            pair.life[world->lives[i].side] = &world->lives[i];
    }
    return pair;
}

/* Did a RST go out in answer to the last transmission of its SYN? */
static bool last_syn_refused(const struct world *world, const struct life *life)
{
    for (size_t i = 0; i < world->transmission_count; i++) {
        const struct transmission *transmission = &world->transmissions[i];
        if (!(transmission->segment.flags & TCP_RST) || transmission->cause < 0 || transmission->original >= 0)
            continue;
        int cause = transmission->cause;
        int original = world->transmissions[cause].original;
        if (cause == life->last_syn || (original >= 0 && original == life->last_syn))
            return true;
    }
    return false;
}

static const char *open_word(const struct pair *pair)
{
    const struct life *a = pair->life[0], *b = pair->life[1];

    /* a pair has at least one life, which the analyzer can't know */
    if (pair->world->self)
        return a->crossed ? "Self-connect" : "Incomplete"; /* NOLINT(clang-analyzer-core.NullDereference) */
    if (!a || !b) {
        const struct life *one = a ? a : b;
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        if (one->passive) /* it had taken a duplicate of a SYN whose sender was somewhere else already */
            return one->split ? "Split handshake" : "Three-way";
        if (one->crossed) /* the same, with one that crossed its own */
            return "Simultaneous";
        return one->ending == ENDING_REFUSED || last_syn_refused(pair->world, one) ? "Refused" : "Incomplete";
    }
    if (!a->passive && !b->passive)
        return "Simultaneous";
    if ((a->passive && a->split) || (b->passive && b->split))
        return "Split handshake";
    return "Three-way";
}

static bool both_fins(const struct pair *pair)
{
    return pair->world->self ? pair->life[0]->fin_known
                             : pair->life[0] && pair->life[1] && pair->life[0]->fin_known && pair->life[1]->fin_known;
}

/* Did the first FIN of this side acknowledge the other's? */
static bool covers(const struct pair *pair, unsigned side)
{
    return !pair->world->self && both_fins(pair) && pair->life[side]->fin_ack == pair->life[!side]->fin + 1;
}

/* When both FINs had been acknowledged, seen by who sent the acknowledgements; -1: never. */
static int64_t close_completed(const struct pair *pair)
{
    if (!both_fins(pair))
        return -1;
    int64_t a = pair->life[0]->peer_fin_acked;
    int64_t b = pair->world->self ? a : pair->life[1]->peer_fin_acked;
    return a < 0 || b < 0 ? -1 : a > b ? a : b;
}

/* When a RST ended this life, or went out for it; -1: none did. One from a host that had done its part of an orderly
 * close, and forgotten it, counts only where it was accepted. */
static int64_t life_reset_time(const struct life *life)
{
    bool done = life->fin_known && life->peer_fin_acked >= 0 && life->ending != ENDING_ABORTED
        && life->ending != ENDING_GAVE_UP;

    if (life->reset_sent >= 0 && !done)
        return life->reset_sent;
    return life->ending == ENDING_RESET || life->ending == ENDING_REFUSED ? life->ended : -1;
}

/* When the first RST ended the connection; -1: none did. */
static int64_t reset_time(const struct pair *pair)
{
    int64_t first = -1;

    for (unsigned side = 0; side < 2; side++) {
        int64_t time = pair->life[side] ? life_reset_time(pair->life[side]) : -1;
        if (time >= 0 && (first < 0 || time < first))
            first = time;
    }
    return first;
}

static const char *close_word(const struct pair *pair)
{
    int64_t reset = reset_time(pair), completed = close_completed(pair);

    if ((reset >= 0 && (completed < 0 || reset < completed)) || strcmp(open_word(pair), "Refused") == 0)
        return "Reset";
    if (both_fins(pair))
        return covers(pair, 0) || covers(pair, 1) ? "Orderly" : "Simultaneous";
    for (unsigned side = 0; side < 2; side++) {
        if (pair->life[side] && pair->life[side]->fin_known)
            return "Half-closed";
    }
    return "Open";
}

static bool was(const struct life *life, enum tcp_state state)
{
    for (unsigned i = 0; life && i < life->steps; i++) {
        if (life->step[i].state == state)
            return true;
    }
    return false;
}

/* The same question, answered by the states: whoever got the peer's FIN before it called close() was in CLOSE-WAIT. */
static const char *close_by_states(const struct pair *pair)
{
    const struct life *a = pair->life[0], *b = pair->world->self ? a : pair->life[1];

    for (unsigned side = 0; side < 2; side++) {
        const struct life *life = pair->life[side];
        if (life && (life->ending == ENDING_RESET || life->ending == ENDING_REFUSED || life->ending == ENDING_ABORTED))
            return "Reset";
    }
    bool first_a = was(a, TCP_FIN_WAIT_1), first_b = was(b, TCP_FIN_WAIT_1);
    if (first_a && first_b)
        return "Simultaneous";
    if ((first_a && was(b, TCP_LAST_ACK)) || (first_b && was(a, TCP_LAST_ACK)))
        return "Orderly";
    return first_a || first_b ? "Half-closed" : "Open";
}

static void print(struct buffer *out, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

static void print(struct buffer *out, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        buffer_add(out, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

static void print_time(struct buffer *out, const struct truth_context *context, int64_t time)
{
    int64_t absolute = context->start + time;
    print(out, "%" PRId64 ".%06" PRId64, absolute / 1000000, absolute % 1000000);
}

static const char *flags_text(unsigned flags, char text[8])
{
    static const struct {
        unsigned flag;
        char letter;
    } letters[] = { { TCP_SYN, 'S' }, { TCP_FIN, 'F' }, { TCP_RST, 'R' }, { TCP_PSH, 'P' }, { TCP_ACK, 'A' } };
    size_t length = 0;

    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (flags & letters[i].flag)
            text[length++] = letters[i].letter;
    }
    text[length] = '\0';
    return text;
}

/* "name":{"a":...,"b":...} with the sides that have something to say. */
typedef bool print_side(struct buffer *out, const struct pair *pair, unsigned side,
                        const struct truth_context *context);

static void print_sides(struct buffer *out, const char *name, const struct pair *pair,
                        const struct truth_context *context, print_side *value)
{
    bool comma = false;

    print(out, ",\"%s\":{", name);
    for (unsigned side = 0; side < 2; side++) {
        if (!pair->life[side])
            continue;
        size_t start = out->length;
        print(out, "%s\"%c\":", comma ? "," : "", "ab"[side]);
        if (value(out, pair, side, context))
            comma = true;
        else
            out->length = start;
    }
    print(out, "}");
}

static bool print_isn(struct buffer *out, const struct pair *pair, unsigned side, const struct truth_context *context)
{
    (void)context;
    print(out, "%" PRIu32, pair->life[side]->iss);
    return true;
}

static bool print_fin(struct buffer *out, const struct pair *pair, unsigned side, const struct truth_context *context)
{
    (void)context;
    print(out, "%" PRIu32, pair->life[side]->fin);
    return pair->life[side]->fin_known;
}

static bool print_covers(struct buffer *out, const struct pair *pair, unsigned side,
                         const struct truth_context *context)
{
    (void)context;
    print(out, covers(pair, side) ? "true" : "false");
    return pair->life[side]->fin_known;
}

static bool print_ending(struct buffer *out, const struct pair *pair, unsigned side,
                         const struct truth_context *context)
{
    (void)context;
    print(out, "\"%s\"", tcp_ending_name(pair->life[side]->ending));
    return true;
}

static bool print_profile(struct buffer *out, const struct pair *pair, unsigned side,
                          const struct truth_context *context)
{
    (void)context;
    print(out, "\"%s\"", profile_name(pair->world->hosts[side].habits.profile));
    return true;
}

static bool print_states(struct buffer *out, const struct pair *pair, unsigned side,
                         const struct truth_context *context)
{
    const struct life *life = pair->life[side];

    for (unsigned i = 0; i < life->steps; i++) {
        print(out, i ? ",[" : "[[");
        print_time(out, context, life->step[i].time);
        print(out, ",\"%s\"]", tcp_state_name(life->step[i].state));
    }
    print(out, life->steps ? "]" : "[]");
    return true;
}

static void print_holders(struct buffer *out, const char *name, const struct pair *pair, const bool holds[2])
{
    char text[ENDPOINT_TEXT];
    bool comma = false;

    print(out, ",\"%s\":[", name);
    for (unsigned side = 0; side < 2; side++) {
        if (!holds[side])
            continue;
        endpoint_format(&pair->world->ends[side], text);
        print(out, "%s\"%s\"", comma ? "," : "", text);
        comma = true;
    }
    print(out, "]");
}

static void print_time_wait(struct buffer *out, const struct pair *pair)
{
    const char *word = close_word(pair);
    bool completed = close_completed(pair) >= 0, self = pair->world->self;
    bool really[2], wire[2];

    for (unsigned side = 0; side < 2; side++) {
        really[side] = pair->life[side] && pair->life[side]->time_wait;
        wire[side] =
            completed && (strcmp(word, "Simultaneous") == 0 || (strcmp(word, "Orderly") == 0 && covers(pair, !side)));
    }
    wire[1] = wire[1] && !self;
    print_holders(out, "time_wait", pair, really);
    print_holders(out, "time_wait_on_wire", pair, wire);
    if (strcmp(word, "Orderly") == 0)
        print(out, ",\"active_closer\":\"%c\"", covers(pair, 0) ? 'b' : 'a');
}

static void print_missing(struct buffer *out, const struct world *world, unsigned connection,
                          const struct truth_context *context)
{
    bool comma = false;
    char flags[8];

    print(out, ",\"missing\":[");
    for (size_t i = 0; i < world->transmission_count; i++) {
        const struct transmission *transmission = &world->transmissions[i];
        if (transmission->original >= 0
            || truth_connection_of(world, context->connection_of_life, (int)i) != connection)
            continue;
        bool copy;
        const char *why = context->lacks(context->context, (int)i, &copy);
        if (!why)
            continue;
        const struct tcp_segment *segment = &transmission->segment;
        print(out, "%s{\"time\":", comma ? "," : "");
        print_time(out, context, transmission->time);
        print(out,
              ",\"from\":\"%c\",\"flags\":\"%s\",\"seq\":%" PRIu32 ",\"ack\":%" PRIu32 ",\"length\":%" PRIu32
              ",\"why\":\"%s\"%s}",
              "ab"[transmission->from], flags_text(segment->flags, flags), segment -> seq, segment -> ack,
              segment -> length, why, copy ? ",\"copy\":true" : "");
        comma = true;
    }
    print(out, "]");
}

static bool open_completed(const struct pair *pair)
{
    if (pair->world->self)
        return pair->life[0]->established;
    return pair->life[0] && pair->life[1] && pair->life[0]->established && pair->life[1]->established;
}

static const char *boolean(bool value)
{
    return value ? "true" : "false";
}

void truth_build(struct buffer *out, const struct world *world, unsigned connection,
                 const struct truth_context *context)
{
    struct pair pair = pair_of(world, context->connection_of_life, connection);
    char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
    int64_t first = INT64_MAX;

    for (unsigned side = 0; side < 2; side++) {
        if (pair.life[side] && pair.life[side]->steps && pair.life[side]->step[0].time < first)
            first = pair.life[side]->step[0].time;
    }
    endpoint_format(&world->ends[0], a);
    endpoint_format(&world->ends[1], b);
    print(out, "{\"connection\":%" PRIu64 ",\"a\":\"%s\",\"b\":\"%s\",\"incarnation\":%u", context->number + connection,
          a, b, connection);
    print(out, ",\"behaviour\":\"%s\",\"point\":\"%s\"", world->behaviour, context->point);
    print(out, ",\"first_time\":");
    print_time(out, context, first);
    print_sides(out, "isn", &pair, context, print_isn);
    print(out, ",\"open\":\"%s\",\"open_completed\":%s", open_word(&pair), boolean(open_completed(&pair)));
    print(out, ",\"close\":\"%s\",\"close_completed\":%s", close_word(&pair), boolean(close_completed(&pair) >= 0));
    print(out, ",\"fins_crossed\":%s", boolean(both_fins(&pair) && !covers(&pair, 0) && !covers(&pair, 1)));
    print(out, ",\"close_by_states\":\"%s\"", close_by_states(&pair));
    print_time_wait(out, &pair);
    print_sides(out, "fin", &pair, context, print_fin);
    print_sides(out, "fin_first_ack_covers", &pair, context, print_covers);
    print_sides(out, "profile", &pair, context, print_profile);
    print_sides(out, "ending", &pair, context, print_ending);
    print_sides(out, "states", &pair, context, print_states);
    print_missing(out, world, connection, context);
}
