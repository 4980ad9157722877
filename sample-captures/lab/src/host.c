/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lab-host: one end of a TCP connection, made of plain socket calls.
 *
 * It carries out a list of steps, each at its time, so that two of them, one in
 * each namespace, act at chosen moments. Every step is one system call, or one
 * loop around read() or write(), and is reported on standard output when it
 * returns, as "EPOCH-SECONDS VERB RESULT BYTES": RESULT is "ok" or the name of
 * the error. A step may announce its outcome: an ending "!ECONNRESET" asks for
 * this error, "?" takes any. An outcome that was not asked for ends the program
 * with status 1, a wrong argument with 2.
 *
 * A socket is made by bind or connect if there is none, and again after close:
 * one list can hold several connections, one after the other.
 */
#include "address.h"
#include "errno_name.h"
#include "steps.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NO_SOCKET (-1)
#define DEFAULT_LIMIT 60 /* seconds after which a host that hangs is ended */

struct host {
    int socket;   /* the connection, or what becomes one; NO_SOCKET if there is none */
    int listener; /* the listening socket, or NO_SOCKET */
};

/* Each verb returns the number of bytes it moved (0 for most), or -1 with errno set. */
typedef ssize_t verb_function(struct host *host, const char *argument);

static void usage_exit(const char *why, const char *what)
{
    fprintf(stderr, "lab-host: %s: %s\n", why, what);
    fprintf(stderr,
            "usage: lab-host [--start SECONDS] [--limit SECONDS] \"TIME VERB [ARGUMENT] [!ERROR|?]\"...\n"
            "  TIME     seconds after the start, or + for at once\n"
            "  VERB     bind ADDRESS:PORT   listen   accept   unlisten   connect ADDRESS:PORT\n"
            "           write TEXT   send BYTES   read BYTES   read-end   option NAME=NUMBER\n"
            "           shutdown   close   abort   stay\n"
            "  --start  the common start, on CLOCK_MONOTONIC (default: now)\n"
            "  --limit  give up after this time (default %d)\n",
            DEFAULT_LIMIT);
    exit(2);
}

static int ensure_socket(struct host *host, int family)
{
    const int yes = 1;

    if (host->socket != NO_SOCKET)
        return 0;
    host->socket = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (host->socket < 0)
        return -1;
    /* Without it a port stays unusable while an earlier connection on it is in TIME-WAIT. */
    return setsockopt(host->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

static int close_socket(int *descriptor)
{
    int result = *descriptor == NO_SOCKET ? 0 : close(*descriptor);

    *descriptor = NO_SOCKET;
    return result;
}

static void address_or_exit(const char *text, struct sockaddr_storage *address, socklen_t *length)
{
    if (!address_parse(text, address, length))
        usage_exit("not an address and port", text);
}

static long number_or_exit(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (end == text || *end != '\0' || number < 0 || number > UINT32_MAX)
        usage_exit("not a number", text);
    return number;
}

static ssize_t do_bind(struct host *host, const char *argument)
{
    struct sockaddr_storage address;
    socklen_t length;

    address_or_exit(argument, &address, &length);
    if (ensure_socket(host, address.ss_family) < 0)
        return -1;
    return bind(host->socket, (struct sockaddr *)&address, length);
}

static ssize_t do_listen(struct host *host, const char *argument)
{
    (void)argument;
    return listen(host->socket, 8);
}

/* The accepted connection takes the listener's place; the listener lives on until the end. */
static ssize_t do_accept(struct host *host, const char *argument)
{
    int accepted;

    (void)argument;
    if (host->listener == NO_SOCKET) {
        host->listener = host->socket;
        host->socket = NO_SOCKET;
    }
    accepted = accept4(host->listener, NULL, NULL, SOCK_CLOEXEC);
    if (accepted < 0)
        return -1;
    close_socket(&host->socket);
    host->socket = accepted;
    return 0;
}

/* Nobody listens any more; an accepted connection stays. */
static ssize_t do_unlisten(struct host *host, const char *argument)
{
    (void)argument;
    return close_socket(&host->listener);
}

static ssize_t do_connect(struct host *host, const char *argument)
{
    struct sockaddr_storage address;
    socklen_t length;

    address_or_exit(argument, &address, &length);
    if (ensure_socket(host, address.ss_family) < 0)
        return -1;
    return connect(host->socket, (struct sockaddr *)&address, length);
}

static ssize_t write_all(int descriptor, const char *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t written = write(descriptor, bytes + done, length - done);

        if (written < 0)
            return -1;
        done += (size_t)written;
    }
    return (ssize_t)done;
}

static ssize_t do_write(struct host *host, const char *argument)
{
    return write_all(host->socket, argument, strlen(argument));
}

static ssize_t do_send(struct host *host, const char *argument)
{
    size_t length = (size_t)number_or_exit(argument);
    char *bytes = malloc(length + 1);
    ssize_t written;

    if (bytes == NULL)
        return -1;
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)('a' + i % 26);
    written = write_all(host->socket, bytes, length);
    free(bytes);
    return written;
}

/* Reads until `wanted` bytes or the peer's FIN have come. */
static ssize_t read_up_to(int descriptor, size_t wanted)
{
    char bytes[4096];
    size_t done = 0;

    while (done < wanted) {
        size_t next = wanted - done < sizeof bytes ? wanted - done : sizeof bytes;
        ssize_t got = read(descriptor, bytes, next);

        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static ssize_t do_read(struct host *host, const char *argument)
{
    return read_up_to(host->socket, (size_t)number_or_exit(argument));
}

static ssize_t do_read_end(struct host *host, const char *argument)
{
    (void)argument;
    return read_up_to(host->socket, SIZE_MAX);
}

static ssize_t do_shutdown(struct host *host, const char *argument)
{
    (void)argument;
    return shutdown(host->socket, SHUT_WR);
}

static ssize_t do_close(struct host *host, const char *argument)
{
    (void)argument;
    if (host->socket == NO_SOCKET) {
        errno = EBADF;
        return -1;
    }
    return close_socket(&host->socket);
}

/* Keeps all sockets as they are until somebody ends this program. */
static ssize_t do_stay(struct host *host, const char *argument)
{
    (void)host;
    (void)argument;
    while (pause() < 0)
        continue;
    return 0;
}

/* SO_LINGER with time 0 makes close() send a RST instead of a FIN (RFC 9293 §3.10.5, ABORT). */
static ssize_t do_abort(struct host *host, const char *argument)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    if (setsockopt(host->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0)
        return -1;
    return do_close(host, argument);
}

/*
 * The next SYN gets this sequence number. Checkpoint and restore made a door for it: a socket in repair mode takes
 * any number, and connect() draws one only if there is none. Needs CAP_NET_ADMIN. Repair mode takes SO_REUSEADDR away.
 */
static int set_initial_sequence_number(int descriptor, uint32_t number)
{
    const int on = TCP_REPAIR_ON, off = TCP_REPAIR_OFF_NO_WP, queue = TCP_SEND_QUEUE, yes = 1;

    if (setsockopt(descriptor, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) < 0
        || setsockopt(descriptor, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof queue) < 0
        || setsockopt(descriptor, IPPROTO_TCP, TCP_QUEUE_SEQ, &number, sizeof number) < 0
        || setsockopt(descriptor, IPPROTO_TCP, TCP_REPAIR, &off, sizeof off) < 0)
        return -1;
    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

/* connect() and write() give up after so many milliseconds; connect() then says EINPROGRESS. */
static int set_patience(int descriptor, uint32_t milliseconds)
{
    const struct timeval limit = { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };

    return setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static const struct {
    const char *name;
    int level;
    int option;
    int (*set)(int descriptor, uint32_t value); /* for what is no single int; or NULL */
} options[] = {
    { "nodelay", IPPROTO_TCP, TCP_NODELAY, NULL }, { "quickack", IPPROTO_TCP, TCP_QUICKACK, NULL },
    { "cork", IPPROTO_TCP, TCP_CORK, NULL },       { "syncnt", IPPROTO_TCP, TCP_SYNCNT, NULL },
    { "rcvbuf", SOL_SOCKET, SO_RCVBUF, NULL },     { "sndbuf", SOL_SOCKET, SO_SNDBUF, NULL },
    { "isn", 0, 0, set_initial_sequence_number },  { "patience", 0, 0, set_patience },
};

static ssize_t do_option(struct host *host, const char *argument)
{
    const char *equals = strchr(argument, '=');

    if (equals == NULL)
        usage_exit("not NAME=NUMBER", argument);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        size_t length = strlen(options[i].name);

        if (length == (size_t)(equals - argument) && strncmp(argument, options[i].name, length) == 0) {
            long number = number_or_exit(equals + 1);
            int value = (int)number;

            if (options[i].set != NULL)
                return options[i].set(host->socket, (uint32_t)number);
            return setsockopt(host->socket, options[i].level, options[i].option, &value, sizeof value);
        }
    }
    usage_exit("no such option", argument);
    return -1;
}

static const struct verb {
    const char *name;
    verb_function *function;
} verbs[] = {
    { "bind", do_bind },         { "listen", do_listen }, { "accept", do_accept },     { "unlisten", do_unlisten },
    { "connect", do_connect },   { "write", do_write },   { "send", do_send },         { "read", do_read },
    { "read-end", do_read_end }, { "option", do_option }, { "shutdown", do_shutdown }, { "close", do_close },
    { "abort", do_abort },       { "stay", do_stay },
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    usage_exit("no such step", name);
    return NULL;
}

/* Cuts the announced outcome off the argument: "ok", the name of an error, or "?" for any. */
static void split_outcome(char *argument, char *outcome, size_t size)
{
    char *last = strrchr(argument, ' ');
    char *word = last == NULL ? argument : last + 1;

    strcpy(outcome, "ok");
    if (strcmp(word, "?") != 0 && strncmp(word, "!E", 2) != 0)
        return;
    if (strlen(word) >= size)
        usage_exit("no such error", word);
    strcpy(outcome, word[0] == '!' ? word + 1 : word);
    *(last == NULL ? argument : last) = '\0';
}

static void report(const char *verb, const char *result, ssize_t bytes)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    printf("%lld.%09ld %s %s %zd\n", (long long)now.tv_sec, now.tv_nsec, verb, result, bytes > 0 ? bytes : 0);
    fflush(stdout);
}

static bool run_step(struct host *host, const char *text, int64_t start)
{
    struct step step;
    char outcome[32];
    const struct verb *verb;
    const char *result;
    ssize_t bytes;

    if (!step_parse(text, &step))
        usage_exit("not a step", text);
    split_outcome(step.argument, outcome, sizeof outcome);
    verb = find_verb(step.verb);
    if (step.at != STEP_NOW)
        monotonic_sleep_until(start + step.at);

    bytes = verb->function(host, step.argument);
    result = errno_name(bytes < 0 ? errno : 0);
    report(verb->name, result, bytes);
    if (strcmp(outcome, "?") == 0 || strcmp(outcome, result) == 0)
        return true;
    fprintf(stderr, "lab-host: \"%s\": %s, expected %s\n", text, result, outcome);
    return false;
}

static void limit_reached(int number)
{
    static const char message[] = "lab-host: the time limit is over\n";

    (void)number;
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(1);
}

int main(int count, char **arguments)
{
    struct host host = { .socket = NO_SOCKET, .listener = NO_SOCKET };
    int64_t start = monotonic_now();
    int64_t limit = (int64_t)DEFAULT_LIMIT * 1000000000;
    int next = 1;

    for (; next + 1 < count && strncmp(arguments[next], "--", 2) == 0; next += 2) {
        bool is_start = strcmp(arguments[next], "--start") == 0;

        if (!is_start && strcmp(arguments[next], "--limit") != 0)
            usage_exit("no such option", arguments[next]);
        if (!seconds_parse(arguments[next + 1], is_start ? &start : &limit))
            usage_exit("not a time", arguments[next + 1]);
    }
    if (next == count)
        usage_exit("nothing to do", "no steps");

    signal(SIGPIPE, SIG_IGN); /* a write into a reset connection shall fail with EPIPE */
    signal(SIGALRM, limit_reached);
    alarm((unsigned int)(limit / 1000000000) + 1);

    for (; next < count; next++)
        if (!run_step(&host, arguments[next], start))
            return 1;
    return 0;
}
