/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIMTCP_LAB_ADDRESS_H
#define SIMTCP_LAB_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Parses "10.22.5.3:1982" or "[2001:db8::1]:1982" (numbers only). Returns false if it is neither. */
bool address_parse(const char *text, struct sockaddr_storage *address, socklen_t *length);

#endif
