/* endpoint.h
 * From Wireshark's addresses to the core's endpoints and back to text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_ENDPOINT_H
#define SIMTCP_ENDPOINT_H

#include "compat.h"
#include "simtcp.h"

/* Returns false if the core can't hold an address of this kind. */
bool endpoint_set(struct simtcp_endpoint *endpoint, const address *from, uint16_t port);

bool endpoint_equal(const struct simtcp_endpoint *a, const struct simtcp_endpoint *b);

/* "10.22.5.3:1982", "[2001:db8::1]:1982": never a resolved name, so that filters
 * and scripts see the same text everywhere. Belongs to pool. */
const char *endpoint_text(wmem_allocator_t *pool, const struct simtcp_endpoint *endpoint);

#endif
