/* server.h - the pool allocator that serves a stream of requests: core's, or the real CPython's.
 *
 * pool_server_open has one definition in each flavour: server_model.c opens
 * core/, reference/pool_server.c the allocator of libpython, before (and
 * without) a start of the interpreter.
 *
 * Units      bytes and counts.
 * Ownership  what `context` points to is the server's, until close; `arenas`
 *            must last as long, its functions are called at any request. The
 *            real CPython keeps its last arena: no request may follow close.
 * Errors     -1 with one line in `error`; NULL or false without memory.
 * Threads    none; one server a process at a time.
 */
#ifndef GCSWEEP_POOL_SERVER_H
#define GCSWEEP_POOL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pool.h"

struct pool_reading {
    struct pool_statistics pools; /* the nodes of the map are not read */
    uint64_t blocks;              /* in use, in pools and from malloc */
};

/* Requests of 0 bytes are allowed, as is NULL as the block to resize. */
struct pool_server {
    void *context;
    void *(*alloc)(void *context, size_t bytes);
    void *(*resize)(void *context, void *block, size_t bytes);
    void (*release)(void *context, void *block);
    bool (*read)(void *context, struct pool_reading *out);
    void (*close)(void *context); /* every block was given back before */
};

/* `geometry` NULL: that of CPython 3.11, the only one the real CPython has. */
int pool_server_open(struct pool_server *out, const struct pool_geometry *geometry, const struct arena_source *arenas,
                     char *error, size_t error_size);

#endif
