/* streams.h - the streams of requests that both pool allocators are given: rows, as workloads are.
 *
 * A stream draws from the session's generator alone and never looks at an
 * address, so it makes the same requests whoever serves them.
 */
#ifndef GCSWEEP_POOL_STREAMS_H
#define GCSWEEP_POOL_STREAMS_H

#include <stddef.h>
#include <stdint.h>

struct pool_session;

struct pool_stream {
    const char *name;
    const char *summary; /* what it stresses */
    uint64_t requests;   /* at least; the blocks given back at the end come on top */
    size_t arenas;       /* that can be had */
    void (*run)(struct pool_session *s);
};

extern const struct pool_stream pool_streams[];
extern const size_t pool_stream_count;
/* NULL when there is none of that name. */
const struct pool_stream *find_pool_stream(const char *name);

#endif
