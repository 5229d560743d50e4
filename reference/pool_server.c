/* pool_server.c - the pool allocator of libpython as the server of a stream.
 *
 * PyObject_Malloc and its kin work before the interpreter starts, and here it
 * never does: so the pools hold the stream's blocks and nothing else, and no
 * setting of the environment is read.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "harness/worker/pool/server.h"

#include <stdio.h>

#include "reference/pymalloc_stats.h"
#include "reference/state_3_11.h"

static void *python_alloc(void *context, size_t bytes)
{
    (void)context;
    return PyObject_Malloc(bytes);
}

static void *python_resize(void *context, void *block, size_t bytes)
{
    (void)context;
    return PyObject_Realloc(block, bytes);
}

static void python_release(void *context, void *block)
{
    (void)context;
    PyObject_Free(block);
}

static bool python_read(void *context, struct pool_reading *out)
{
    out->blocks = state_read_blocks();
    return pymalloc_stats_read_all(context, &out->pools);
}

/* The pools stay as they are, with the last arena in them: nothing can close them. */
static void python_close(void *context)
{
    pymalloc_stats_close(context);
}

int pool_server_open(struct pool_server *out, const struct pool_geometry *geometry, const struct arena_source *arenas,
                     char *error, size_t error_size)
{
    if (geometry) {
        snprintf(error, error_size, "geometry: the real CPython has its own");
        return -1;
    }
    if (state_check_version(error, error_size) != 0)
        return -1;
    struct pymalloc_stats *stats = pymalloc_stats_open();
    if (!stats) {
        snprintf(error, error_size, "out of memory");
        return -1;
    }
    PyObjectArenaAllocator allocator = {arenas->context, arenas->map, arenas->unmap};
    PyObject_SetArenaAllocator(&allocator);
    *out = (struct pool_server){stats, python_alloc, python_resize, python_release, python_read, python_close};
    return 0;
}
