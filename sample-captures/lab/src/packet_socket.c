/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int close_with_errno(int descriptor)
{
    int error = errno;

    close(descriptor);
    errno = error;
    return -1;
}

int packet_socket_open(const char *device)
{
    const int yes = 1;
    struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
    unsigned int index = if_nametoindex(device);
    int descriptor;

    if (index == 0)
        return -1;
    address.sll_ifindex = (int)index;
    /* Protocol 0 until bind(): otherwise frames of other devices could already be queued. */
    descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) < 0
        || bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0)
        return close_with_errno(descriptor);
    return descriptor;
}

static void message_time(struct msghdr *message, struct timespec *when)
{
    struct cmsghdr *control;

    clock_gettime(CLOCK_REALTIME, when);
    for (control = CMSG_FIRSTHDR(message); control != NULL; control = CMSG_NXTHDR(message, control))
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS)
            memcpy(when, CMSG_DATA(control), sizeof *when);
}

ssize_t packet_socket_read(int descriptor, unsigned char *bytes, size_t size, struct timespec *when, bool *outgoing)
{
    _Alignas(struct cmsghdr) unsigned char control[128];
    struct sockaddr_ll sender = { 0 };
    struct iovec part = { .iov_base = bytes, .iov_len = size };
    struct msghdr message = {
        .msg_name = &sender,
        .msg_namelen = sizeof sender,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t length = recvmsg(descriptor, &message, 0);

    if (length < 0)
        return -1;
    message_time(&message, when);
    *outgoing = sender.sll_pkttype == PACKET_OUTGOING;
    return length;
}

bool frame_is_multicast(const unsigned char *bytes, size_t length)
{
    return length > 0 && (bytes[0] & 1) != 0;
}
