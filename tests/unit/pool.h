/* pool.h
 * Memory that can be counted, made to run out, and given back as a whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef POOL_H
#define POOL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simtcp.h"

struct pool {
    void **blocks;
    size_t count, capacity;
    size_t bytes; /* asked for */
    size_t requests;
    size_t fail_at; /* 0: never */
    bool fail_once;
};

struct simtcp_memory pool_memory(struct pool *pool);
void pool_discard(struct pool *pool);

#endif
