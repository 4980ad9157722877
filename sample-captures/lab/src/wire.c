/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lab-wire: the path between two hosts, as a program.
 *
 *     A ---- a>m ----> ( middle: recorder, gate ) ---- m>b ----> B
 *     A <--- m>a ----- ( middle: recorder, gate ) <--- b>m ----- B
 *
 * It owns two network devices, one connected to each host, and moves Ethernet
 * frames between them unchanged. Each of the four halves has a delay of its own.
 * A frame that reaches the middle is recorded there, with the time of that
 * moment, and goes on, unless the gate is closed: after "suspend" frames queue
 * up, recorded already, and "resume" lets them go in the order they came. Rules
 * (wire_rules.h) drop, double or hold back chosen segments on one half: before
 * the middle, and the recorder does not see it, or behind. --firewall stands in for
 * a stateful firewall at a host: nothing gets to it that comes before it has
 * itself sent something.
 *
 * Why a program: not every kernel has netem, and none can hold packets and let
 * them go on a command. It says "ready" on standard output, and ends on SIGTERM
 * or SIGINT.
 */
#include "packet_socket.h"
#include "pcapng.h"
#include "steps.h"
#include "stop_signal.h"
#include "wire_queue.h"
#include "wire_rules.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define RULES_MAX 32
#define STEPS_MAX 64

struct wire {
    int sockets[2]; /* by enum side */
    FILE *file;
    int64_t delays[HALF_COUNT];
    struct rule rules[RULES_MAX];
    size_t rule_count;
    struct step steps[STEPS_MAX];
    size_t step_count, next_step;
    int64_t start;
    bool suspended;
    bool guarded[2]; /* this host has a firewall */
    bool opened[2];  /* this host has sent something */
    struct frame_queue moving;
    struct frame_queue held; /* in the middle, while suspended */
};

static void fail(const char *what)
{
    fprintf(stderr, "lab-wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void usage_exit(const char *why, const char *what)
{
    fprintf(stderr, "lab-wire: %s: %s\n", why, what);
    fprintf(stderr,
            "usage: lab-wire --a DEVICE --b DEVICE --record FILE [--comment TEXT] [--start SECONDS]\n"
            "                [--delay SECONDS | --delay HALF=SECONDS]... [--rule RULE]... [--firewall a|b]...\n"
            "                [STEP]...\n"
            "  HALF   a>m, m>b, b>m or m>a\n"
            "  RULE   \"drop|duplicate|late=SECONDS HALF syn|synack|fin|rst|data|ack|tcp|any [N|all]\"\n"
            "  STEP   \"TIME suspend\" or \"TIME resume\", in order of time\n");
    exit(2);
}

/* Sends the frame on over one half, which may lose, double or delay it. Takes ownership. */
static void travel(struct wire *wire, struct frame *frame, enum half half)
{
    const struct rule *rule = rules_apply(wire->rules, wire->rule_count, half, frame->bytes, frame->length);
    enum rule_action action = rule == NULL ? RULE_NONE : rule->action;

    if (action == RULE_DROP) {
        free(frame);
        return;
    }
    frame->due += wire->delays[half];
    if (action == RULE_LATE)
        frame->due += rule->late;
    if (action == RULE_DUPLICATE) {
        struct frame *twin = frame_new(frame->bytes, frame->length, frame->from);

        if (twin == NULL)
            fail("no memory");
        twin->due = frame->due;
        twin->past_middle = frame->past_middle;
        frame_queue_add(&wire->moving, twin);
    }
    frame_queue_add(&wire->moving, frame);
}

static void leave_middle(struct wire *wire, struct frame *frame)
{
    enum side to = frame->from == SIDE_A ? SIDE_B : SIDE_A;

    if (wire->guarded[to] && !wire->opened[to]) {
        free(frame);
        return;
    }
    frame->past_middle = true;
    travel(wire, frame, to == SIDE_B ? HALF_M_TO_B : HALF_M_TO_A);
}

static void reach_middle(struct wire *wire, struct frame *frame)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (!pcapng_packet(wire->file, (uint32_t)frame->from, &now, frame->bytes, frame->length, PCAPNG_INBOUND))
        fail("cannot record");
    if (wire->suspended)
        frame_queue_add(&wire->held, frame);
    else
        leave_middle(wire, frame);
}

static void reach_host(struct wire *wire, struct frame *frame)
{
    int out = wire->sockets[frame->from == SIDE_A ? SIDE_B : SIDE_A];

    if (send(out, frame->bytes, frame->length, 0) < 0)
        fail("cannot send");
    free(frame);
}

static void resume(struct wire *wire)
{
    struct frame *frame;
    int64_t now = monotonic_now();

    wire->suspended = false;
    while ((frame = frame_queue_take(&wire->held)) != NULL) {
        frame->due = now;
        leave_middle(wire, frame);
    }
}

static void take_frames(struct wire *wire, enum side from)
{
    static unsigned char bytes[FRAME_MAX];
    struct timespec when;
    bool outgoing;
    ssize_t length;

    while ((length = packet_socket_read(wire->sockets[from], bytes, sizeof bytes, &when, &outgoing)) >= 0) {
        struct frame *frame;

        if (outgoing || frame_is_multicast(bytes, (size_t)length)) /* outgoing: sent by this program */
            continue;
        frame = frame_new(bytes, (size_t)length, from);
        if (frame == NULL)
            fail("no memory");
        frame->due = monotonic_now();
        wire->opened[from] = true;
        travel(wire, frame, from == SIDE_A ? HALF_A_TO_M : HALF_B_TO_M);
    }
    if (errno != EAGAIN && errno != EINTR)
        fail("cannot receive");
}

static void do_due_steps(struct wire *wire, int64_t now)
{
    while (wire->next_step < wire->step_count && wire->start + wire->steps[wire->next_step].at <= now) {
        const struct step *step = &wire->steps[wire->next_step++];

        if (strcmp(step->verb, "resume") == 0)
            resume(wire);
        else
            wire->suspended = true;
    }
}

static void move_due_frames(struct wire *wire, int64_t now)
{
    while (wire->moving.first != NULL && wire->moving.first->due <= now) {
        struct frame *frame = frame_queue_take(&wire->moving);

        if (frame->past_middle)
            reach_host(wire, frame);
        else
            reach_middle(wire, frame);
    }
}

/* The next moment something is due, or INT64_MAX. */
static int64_t next_due(const struct wire *wire)
{
    int64_t due = INT64_MAX;

    if (wire->moving.first != NULL)
        due = wire->moving.first->due;
    if (wire->next_step < wire->step_count) {
        int64_t step = wire->start + wire->steps[wire->next_step].at;

        due = step < due ? step : due;
    }
    return due;
}

static void wait_for_work(struct wire *wire, const sigset_t *waiting)
{
    struct pollfd readable[2] = {
        { .fd = wire->sockets[SIDE_A], .events = POLLIN },
        { .fd = wire->sockets[SIDE_B], .events = POLLIN },
    };
    int64_t due = next_due(wire), left = due - monotonic_now();
    struct timespec timeout = { 0 };

    if (due != INT64_MAX && left > 0) {
        timeout.tv_sec = (time_t)(left / 1000000000);
        timeout.tv_nsec = (long)(left % 1000000000);
    }
    if (ppoll(readable, 2, due == INT64_MAX ? NULL : &timeout, waiting) < 0) {
        if (errno != EINTR)
            fail("ppoll");
        return;
    }
    for (int side = SIDE_A; side <= SIDE_B; side++)
        if (readable[side].revents != 0)
            take_frames(wire, (enum side)side);
}

static void parse_delay(struct wire *wire, const char *text)
{
    const char *equals = strchr(text, '=');
    char name[8] = "";
    enum half half;
    int64_t delay;

    if (!seconds_parse(equals == NULL ? text : equals + 1, &delay))
        usage_exit("not a delay", text);
    if (equals == NULL) {
        for (int i = 0; i < HALF_COUNT; i++)
            wire->delays[i] = delay;
        return;
    }
    if ((size_t)(equals - text) < sizeof name)
        memcpy(name, text, (size_t)(equals - text));
    if (!half_parse(name, &half))
        usage_exit("no such half", text);
    wire->delays[half] = delay;
}

static void parse_rule(struct wire *wire, const char *text)
{
    if (wire->rule_count == RULES_MAX || !rule_parse(text, &wire->rules[wire->rule_count++]))
        usage_exit("not a rule", text);
}

static void parse_firewall(struct wire *wire, const char *text)
{
    if (strcmp(text, "a") != 0 && strcmp(text, "b") != 0)
        usage_exit("no such host", text);
    wire->guarded[text[0] == 'a' ? SIDE_A : SIDE_B] = true;
}

static void parse_step(struct wire *wire, const char *text)
{
    struct step *step = &wire->steps[wire->step_count];

    if (wire->step_count++ == STEPS_MAX || !step_parse(text, step) || step->at == STEP_NOW
        || (strcmp(step->verb, "suspend") != 0 && strcmp(step->verb, "resume") != 0))
        usage_exit("not a step", text);
}

static void open_recording(struct wire *wire, const char *path, const char *comment)
{
    wire->file = fopen(path, "wb");
    if (wire->file == NULL || !pcapng_section(wire->file, comment)
        || !pcapng_interface(wire->file, "a", "the middle of the path: frames from host A")
        || !pcapng_interface(wire->file, "b", "the middle of the path: frames from host B"))
        fail(path);
}

static void parse_arguments(struct wire *wire, int count, char **arguments)
{
    const char *devices[2] = { NULL, NULL };
    const char *path = NULL, *comment = NULL;
    int next = 1;

    for (; next + 1 < count && strncmp(arguments[next], "--", 2) == 0; next += 2) {
        const char *name = arguments[next] + 2, *value = arguments[next + 1];

        if (strcmp(name, "a") == 0)
            devices[SIDE_A] = value;
        else if (strcmp(name, "b") == 0)
            devices[SIDE_B] = value;
        else if (strcmp(name, "record") == 0)
            path = value;
        else if (strcmp(name, "comment") == 0)
            comment = value;
        else if (strcmp(name, "delay") == 0)
            parse_delay(wire, value);
        else if (strcmp(name, "rule") == 0)
            parse_rule(wire, value);
        else if (strcmp(name, "firewall") == 0)
            parse_firewall(wire, value);
        else if (strcmp(name, "start") != 0)
            usage_exit("no such option", arguments[next]);
        else if (!seconds_parse(value, &wire->start))
            usage_exit("not a time", value);
    }
    for (; next < count; next++)
        parse_step(wire, arguments[next]);
    if (devices[SIDE_A] == NULL || devices[SIDE_B] == NULL || path == NULL)
        usage_exit("missing", "--a, --b and --record are needed");

    for (int side = SIDE_A; side <= SIDE_B; side++) {
        wire->sockets[side] = packet_socket_open(devices[side]);
        if (wire->sockets[side] < 0)
            fail(devices[side]);
    }
    open_recording(wire, path, comment);
}

int main(int count, char **arguments)
{
    static struct wire wire;
    sigset_t waiting;

    wire.start = monotonic_now();
    stop_signal_catch(&waiting);
    parse_arguments(&wire, count, arguments);
    puts("ready");
    fflush(stdout);

    while (!stop_requested()) {
        int64_t now = monotonic_now();

        do_due_steps(&wire, now);
        move_due_frames(&wire, now);
        wait_for_work(&wire, &waiting);
    }
    return fclose(wire.file) == 0 ? 0 : 1;
}
