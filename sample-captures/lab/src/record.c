/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lab-record: writes what passes a network device to a pcapng file until it gets
 * SIGTERM or SIGINT. It says "ready" on standard output once nothing is missed.
 */
#include "packet_socket.h"
#include "pcapng.h"
#include "stop_signal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool record_waiting(int descriptor, FILE *file, bool loopback)
{
    static unsigned char bytes[FRAME_MAX];
    struct timespec when;
    bool outgoing;
    ssize_t length;

    while ((length = packet_socket_read(descriptor, bytes, sizeof bytes, &when, &outgoing)) >= 0) {
        /* On lo each frame comes by twice, as sent and as received: one of them is enough. */
        if ((loopback && outgoing) || frame_is_multicast(bytes, (size_t)length))
            continue;
        if (!pcapng_packet(file, 0, &when, bytes, (size_t)length,
                           loopback       ? PCAPNG_UNKNOWN
                               : outgoing ? PCAPNG_OUTBOUND
                                          : PCAPNG_INBOUND))
            return false;
    }
    return errno == EAGAIN || errno == EINTR;
}

static int complain(const char *what)
{
    fprintf(stderr, "lab-record: %s: %s\n", what, strerror(errno));
    return 1;
}

int main(int count, char **arguments)
{
    sigset_t waiting;
    struct pollfd readable = { .events = POLLIN };
    bool loopback;
    FILE *file;

    if (count != 5) {
        fprintf(stderr, "usage: lab-record DEVICE FILE DESCRIPTION COMMENT\n");
        return 2;
    }
    loopback = strcmp(arguments[1], "lo") == 0;
    stop_signal_catch(&waiting);
    readable.fd = packet_socket_open(arguments[1]);
    if (readable.fd < 0)
        return complain(arguments[1]);
    file = fopen(arguments[2], "wb");
    if (file == NULL || !pcapng_section(file, arguments[4]) || !pcapng_interface(file, arguments[1], arguments[3]))
        return complain(arguments[2]);
    puts("ready");
    fflush(stdout);

    while (!stop_requested()) {
        if (ppoll(&readable, 1, NULL, &waiting) < 0 && errno != EINTR)
            return complain("ppoll");
        if (!record_waiting(readable.fd, file, loopback))
            return complain(arguments[2]);
    }
    return fclose(file) == 0 ? 0 : complain(arguments[2]);
}
