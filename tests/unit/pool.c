/* pool.c
 * Memory that runs out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "pool.h"

#include <stdlib.h>
#include <string.h>

static void *pool_allocate(void *context, size_t size)
{
    struct pool *pool = context;
    void *block;

    pool->requests++;
    assert_true(size > 0);
    if (pool->fail_at && (pool->fail_once ? pool->requests == pool->fail_at : pool->requests >= pool->fail_at))
        return NULL;
    if (pool->count == pool->capacity) {
        pool->capacity = pool->capacity ? pool->capacity * 2 : 64;
        pool->blocks = realloc(pool->blocks, pool->capacity * sizeof *pool->blocks);
        assert_non_null(pool->blocks);
    }
    block = malloc(size);
    assert_non_null(block);
    memset(block, 0xa5, size); /* what is not set must not be read */
    pool->bytes += size;
    pool->blocks[pool->count++] = block;
    return block;
}

/* Takes back the latest of its blocks; those that are released are young. */
static void pool_release(void *context, void *memory)
{
    struct pool *pool = context;

    for (size_t i = pool->count; i-- > 0;) {
        if (pool->blocks[i] != memory)
            continue;
        free(memory);
        pool->blocks[i] = pool->blocks[--pool->count];
        return;
    }
    fail_msg("memory is taken back that was not given");
}

struct simtcp_memory pool_memory(struct pool *pool)
{
    return (struct simtcp_memory){ .allocate = pool_allocate, .release = pool_release, .context = pool };
}

void pool_discard(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        free(pool->blocks[i]);
    free(pool->blocks);
    *pool = (struct pool){ 0 };
}
