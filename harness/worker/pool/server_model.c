/* server_model.c - core's pool allocator as the server of a stream. */
#include "harness/worker/pool/server.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"

static void *model_alloc(void *context, size_t bytes)
{
    return memory_alloc(context, bytes);
}

static void *model_resize(void *context, void *block, size_t bytes)
{
    return memory_resize(context, block, bytes);
}

static void model_release(void *context, void *block)
{
    memory_free(context, block);
}

static bool model_read(void *context, struct pool_reading *out)
{
    const struct memory *mem = context;
    pool_read_counters(&mem->pool, &out->pools);
    out->blocks = memory_blocks(mem);
    return true;
}

static void model_close(void *context)
{
    memory_close(context);
    free(context);
}

int pool_server_open(struct pool_server *out, const struct pool_geometry *geometry, const struct arena_source *arenas,
                     char *error, size_t error_size)
{
    struct memory *mem = calloc(1, sizeof *mem);
    if (!mem || memory_open(mem, &memory_system, arenas, geometry ? geometry : &pool_geometry_3_11) != 0) {
        snprintf(error, error_size, "%s", mem ? "the pools cannot have this geometry" : "out of memory");
        free(mem);
        return -1;
    }
    *out = (struct pool_server){mem, model_alloc, model_resize, model_release, model_read, model_close};
    return 0;
}
