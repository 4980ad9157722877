/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static bool port_parse(const char *text, in_port_t *port)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number > 65535)
        return false;
    *port = htons((in_port_t)number);
    return true;
}

bool address_parse(const char *text, struct sockaddr_storage *address, socklen_t *length)
{
    struct sockaddr_in *in4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
    const char *colon = strrchr(text, ':');
    char host[INET6_ADDRSTRLEN + 2];
    size_t host_length;

    memset(address, 0, sizeof *address);
    if (colon == NULL || (host_length = (size_t)(colon - text)) >= sizeof host)
        return false;
    memcpy(host, text, host_length);
    host[host_length] = '\0';

    if (host_length > 2 && host[0] == '[' && host[host_length - 1] == ']') {
        host[host_length - 1] = '\0';
        in6->sin6_family = AF_INET6;
        *length = sizeof *in6;
        return inet_pton(AF_INET6, host + 1, &in6->sin6_addr) == 1 && port_parse(colon + 1, &in6->sin6_port);
    }
    in4->sin_family = AF_INET;
    *length = sizeof *in4;
    return inet_pton(AF_INET, host, &in4->sin_addr) == 1 && port_parse(colon + 1, &in4->sin_port);
}
