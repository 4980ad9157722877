/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP addresses and endpoints: from text and to text. */
#ifndef SIMTCP_GEN_ADDRESS_H
#define SIMTCP_GEN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address {
    size_t length;     /* 4 (IPv4) or 16 (IPv6) bytes */
    uint8_t bytes[16]; /* network byte order */
};

struct endpoint {
    struct address address;
    uint16_t port; /* host byte order */
};

enum { ENDPOINT_TEXT = 64 }; /* bytes that endpoint_format() needs at most */

/* "10.0.0.1" or "2001:db8::1". False, and *address as it was, if the text is neither. */
bool address_parse(const char *text, struct address *address);

/* "10.0.0.1:80" or "[2001:db8::1]:80". False, and *endpoint as it was, if the text is neither. */
bool endpoint_parse(const char *text, struct endpoint *endpoint);

/* The same notation back, IPv6 in its shortest form (RFC 5952). */
void endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT]);

#endif
