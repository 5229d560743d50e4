/* session.h - one stream of requests under way: its blocks, and what is read as it goes.
 *
 * A stream asks for blocks by slot. After every SESSION_INTERVAL requests, and
 * once more when all blocks were given back, a line goes to `out`: words
 * NAME=VALUE, the first the number of requests so far, then the allocator's
 * counters and two of the session's own:
 *
 *     places     a hash over where each request put its block so far
 *                (arena_region_place), in order
 *     damaged    blocks whose content had changed when they were resized or
 *                given back
 *
 * Two allocators that follow the same rules give the same lines.
 *
 * Threads  none.
 */
#ifndef GCSWEEP_POOL_SESSION_H
#define GCSWEEP_POOL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/worker/pool/arena_region.h"
#include "harness/worker/pool/server.h"
#include "workloads/random.h"

enum { SESSION_SLOTS = 1 << 16, SESSION_INTERVAL = 10000 };

struct session_slot {
    unsigned char *block; /* NULL: empty */
    size_t bytes;
    unsigned char mark; /* its first and last byte */
};

struct pool_session {
    struct pool_server server;
    const struct arena_region *region;
    FILE *out;
    struct random random;
    uint64_t requests, most; /* made, and to be made */
    uint64_t places, damaged;
    bool unread; /* a reading failed */
    struct session_slot slot[SESSION_SLOTS];
};

struct pool_stream;

/* Runs the stream to its end and closes the server. 0, or -1 when the counters
 * could not be read. The server's arenas come from `region`. */
int pool_session_run(struct pool_session *s, const struct pool_server *server, const struct arena_region *region,
                     const struct pool_stream *stream, uint64_t seed, FILE *out);

/* ---- For the streams ---- */

/* Whether there are requests left to make. */
static inline bool session_more(const struct pool_session *s)
{
    return s->requests < s->most;
}

static inline size_t session_below(struct pool_session *s, size_t n)
{
    return (size_t)random_next_below(&s->random, n);
}

static inline bool session_full(const struct pool_session *s, size_t slot)
{
    return s->slot[slot].block != NULL;
}

/* A block of so many bytes; the one that was there is given back before. */
void session_fill(struct pool_session *s, size_t slot, size_t bytes);
/* Gives the block back, if there is one. */
void session_empty(struct pool_session *s, size_t slot);
/* An empty slot resizes NULL, which makes a block. */
void session_resize(struct pool_session *s, size_t slot, size_t bytes);

#endif
