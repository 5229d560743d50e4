/* memory_faults.c - malloc, mmap and the heap's own requests, each behind a question. */
#include "core/memory_faults.h"

static bool refused(struct memory_faults *f, enum memory_fault_kind kind, size_t bytes)
{
    uint64_t number = ++f->asked[kind];
    return f->refuse && f->refuse(f->context, kind, number, bytes);
}

/* ---- Blocks of the heap ---- */

static bool refuse_block(void *context, size_t bytes)
{
    return refused(context, MEMORY_FAULT_BLOCK, bytes);
}

static void see_allocated(void *context, void *block, size_t bytes)
{
    struct memory_faults *f = context;
    (void)block;
    (void)bytes;
    f->out[MEMORY_FAULT_BLOCK]++;
}

static void see_released(void *context, void *block)
{
    struct memory_faults *f = context;
    (void)block;
    f->out[MEMORY_FAULT_BLOCK]--;
}

/* ---- malloc ---- */

static void *granted(struct memory_faults *f, enum memory_fault_kind kind, void *block)
{
    f->out[kind] += block != NULL;
    return block;
}

static void *backend_alloc(void *context, size_t bytes)
{
    if (refused(context, MEMORY_FAULT_MALLOC, bytes))
        return NULL;
    return granted(context, MEMORY_FAULT_MALLOC, memory_system.alloc(NULL, bytes));
}

static void *backend_alloc_zeroed(void *context, size_t bytes)
{
    if (refused(context, MEMORY_FAULT_MALLOC, bytes))
        return NULL;
    return granted(context, MEMORY_FAULT_MALLOC, memory_system.alloc_zeroed(NULL, bytes));
}

static void *backend_resize(void *context, void *block, size_t bytes)
{
    return refused(context, MEMORY_FAULT_MALLOC, bytes) ? NULL : memory_system.resize(NULL, block, bytes);
}

static void backend_release(void *context, void *block)
{
    struct memory_faults *f = context;
    f->out[MEMORY_FAULT_MALLOC]--;
    memory_system.release(NULL, block);
}

/* ---- Arenas ---- */

static void *map_arena(void *context, size_t bytes)
{
    if (refused(context, MEMORY_FAULT_ARENA, bytes))
        return NULL;
    return granted(context, MEMORY_FAULT_ARENA, memory_mmap.map(NULL, bytes));
}

static void unmap_arena(void *context, void *base, size_t bytes)
{
    struct memory_faults *f = context;
    f->out[MEMORY_FAULT_ARENA]--;
    memory_mmap.unmap(NULL, base, bytes);
}

void memory_faults_open(struct memory_faults *f, memory_refuse *refuse, void *context)
{
    *f = (struct memory_faults){
        .backend = {f, backend_alloc, backend_alloc_zeroed, backend_resize, backend_release},
        .arenas = {f, map_arena, unmap_arena},
        .observer = {.refuses = refuse_block, .allocated = see_allocated, .released = see_released, .context = f},
        .refuse = refuse,
        .context = context,
    };
}

uint64_t memory_faults_out(const struct memory_faults *f)
{
    uint64_t out = 0;
    for (int kind = 0; kind < MEMORY_FAULT_KINDS; kind++)
        out += f->out[kind];
    return out;
}
