/* listing.h
 * -z simtcp,connections: one row for each connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_LISTING_H
#define SIMTCP_LISTING_H

#include "command.h"
#include "facts.h"

/* "10.0.0.1:4000, 10.0.0.2:80"; empty if nobody holds TIME-WAIT. */
const char *listing_holders(wmem_allocator_t *pool, const struct facts *facts);

/* In tshark. */
void listing_register(void);

/* In Wireshark's menu. */
void listing_register_menu(void);

#endif
