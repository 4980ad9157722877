/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIMTCP_LAB_ERRNO_NAME_H
#define SIMTCP_LAB_ERRNO_NAME_H

/* "ECONNREFUSED" for ECONNREFUSED; "ok" for 0; "EOTHER" for what sockets do not usually say. */
const char *errno_name(int error);

#endif
