/* role.h
 * Which step of the opening or closing a segment takes. Internal to the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_ROLE_H
#define SIMTCP_ROLE_H

#include "close.h"
#include "open.h"

/* Which end's number is called n, by phase: that of the end captured first. -1: neither's. */
int role_end_of_n(const struct simtcp_connection *connection, enum simtcp_phase phase);

/* 'n' or 'k' for an end in a phase. */
char role_letter(const struct simtcp_connection *connection, enum simtcp_phase phase, unsigned end);

/* Fills in the view's roles, phase, repeat, n and k. */
void role_assign(const struct simtcp_connection *connection, const struct simtcp_note *note,
                 const struct open_verdict *open, const struct close_verdict *close, struct simtcp_view *view);

#endif
