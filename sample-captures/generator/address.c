/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool address_parse(const char *text, struct address *address)
{
    struct address parsed = { 0 };

    if (inet_pton(AF_INET, text, parsed.bytes) == 1)
        parsed.length = 4;
    else if (inet_pton(AF_INET6, text, parsed.bytes) == 1)
        parsed.length = 16;
    else
        return false;
    *address = parsed;
    return true;
}

static bool port_parse(const char *text, uint16_t *port)
{
    unsigned long value = 0;

    if (!*text || strlen(text) > 5)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned long)(*text - '0');
    }
    *port = (uint16_t)value;
    return value <= UINT16_MAX;
}

bool endpoint_parse(const char *text, struct endpoint *endpoint)
{
    char host[ENDPOINT_TEXT];
    struct endpoint parsed;
    bool brackets = text[0] == '[';
    const char *colon = strrchr(text, ':');

    if (!colon || (brackets && (colon == text || colon[-1] != ']')))
        return false;
    const char *start = text + brackets;
    size_t length = (size_t)(colon - start) - brackets;
    if (length >= sizeof host)
        return false;
    memcpy(host, start, length);
    host[length] = '\0';
    if (!address_parse(host, &parsed.address) || !port_parse(colon + 1, &parsed.port))
        return false;
    if (brackets != (parsed.address.length == 16))
        return false;
    *endpoint = parsed;
    return true;
}

void endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "";
    bool ipv6 = endpoint->address.length == 16;

    inet_ntop(ipv6 ? AF_INET6 : AF_INET, endpoint->address.bytes, host, sizeof host);
    snprintf(text, ENDPOINT_TEXT, ipv6 ? "[%s]:%u" : "%s:%u", host, endpoint->port);
}
