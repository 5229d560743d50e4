/* memory_faults.h - memory that refuses a request when it is told to, and counts what is out.
 *
 *     struct memory_faults f;
 *     memory_faults_open(&f, refuse_the_third, &context);
 *     heap_open(&h, &(struct heap_options){.pools = true, .backend = &f.backend, .arenas = &f.arenas});
 *     memory_observe(&h.memory, &f.observer);
 *     ...
 *     heap_close(&h);
 *     memory_faults_out(&f);       // what was not given back: 0
 *
 * Three kinds of request are numbered from 1, each for itself:
 *
 * MEMORY_FAULT_BLOCK   a block that the heap asks for, a resized one too,
 *                      whoever serves it. Refused, it is NULL in the heap.
 * MEMORY_FAULT_MALLOC  what is asked of malloc: blocks that no pool serves, and
 *                      the pool allocator's own tables.
 * MEMORY_FAULT_ARENA   an arena of the pool allocator. Refused, malloc serves
 *                      the block in its place.
 *
 * Ownership  `refuse` and its context are the caller's, until the last heap
 *            that uses this is closed.
 * Errors     none.
 * Threads    none.
 * Source     the debug allocator of Lua's tests (ltests.c, l_memcontrol) and
 *            SQLite's out-of-memory tests: fail after N requests, once, or
 *            from then on.
 */
#ifndef GCSWEEP_MEMORY_FAULTS_H
#define GCSWEEP_MEMORY_FAULTS_H

#include "core/memory.h"

enum memory_fault_kind { MEMORY_FAULT_BLOCK, MEMORY_FAULT_MALLOC, MEMORY_FAULT_ARENA, MEMORY_FAULT_KINDS };

/* Whether request `number` of its kind gets nothing. Must not use the memory that asks. */
typedef bool memory_refuse(void *context, enum memory_fault_kind kind, uint64_t number, size_t bytes);

struct memory_faults {
    struct memory_backend backend;
    struct arena_source arenas;
    struct memory_observer observer;
    memory_refuse *refuse; /* NULL: everything is granted */
    void *context;
    uint64_t asked[MEMORY_FAULT_KINDS];
    uint64_t out[MEMORY_FAULT_KINDS]; /* granted and not given back */
};

/* Must not be moved from here on. */
void memory_faults_open(struct memory_faults *f, memory_refuse *refuse, void *context);
/* Blocks, malloc's blocks and arenas that were not given back, added up. */
uint64_t memory_faults_out(const struct memory_faults *f);

#endif
