/* endpoint.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "endpoint.h"

#include <string.h>

bool endpoint_set(struct simtcp_endpoint *endpoint, const address *from, uint16_t port)
{
    if (from->type < 0 || from->type > UINT8_MAX || from->len < 0 || from->len > SIMTCP_ADDRESS_MAX)
        return false;

    *endpoint = (struct simtcp_endpoint){ .kind = (uint8_t)from->type, .length = (uint8_t)from->len, .port = port };
    /* a copy of known length needs no call: IPv4 */
    if (from->len == 4)
        memcpy(endpoint->address, from->data, 4);
    else if (from->len > 0)
        memcpy(endpoint->address, from->data, (size_t)from->len);
    return true;
}

bool endpoint_equal(const struct simtcp_endpoint *a, const struct simtcp_endpoint *b)
{
    return a->kind == b->kind && a->length == b->length && a->port == b->port
        && memcmp(a->address, b->address, a->length) == 0;
}

const char *endpoint_text(wmem_allocator_t *pool, const struct simtcp_endpoint *endpoint)
{
    address numeric;

    set_address(&numeric, endpoint->kind, endpoint->length, endpoint->length > 0 ? endpoint->address : NULL);
    return wmem_strdup_printf(pool, endpoint->kind == AT_IPv6 ? "[%s]:%u" : "%s:%u", address_to_str(pool, &numeric),
                              endpoint->port);
}
