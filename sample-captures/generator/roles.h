/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The expected roles of a packet, as written after "//=". */
#ifndef SIMTCP_GEN_ROLES_H
#define SIMTCP_GEN_ROLES_H

#include "scan.h"
#include "scenario.h"

enum { ROLES_TEXT = ROLES_MAX * (ROLE_TEXT + 2) + 16 }; /* bytes that roles_format() needs at most */

/*
 * Reads the rest of the line after "//=": "1.SYN n", "2.ACK n+1; 3.FIN k", "1.SYN n; repeat", "-" (none) or
 * "?" (left open). Fails on anything that is not a role.
 */
bool roles_scan(struct scanner *scanner, struct roles *roles);

/* The same text back; "" if there is no role. */
void roles_format(const struct roles *roles, char text[ROLES_TEXT]);

#endif
