/* pool_map.h - does an address lie in an arena? A radix tree of three levels.
 *
 * The address space is cut into windows of an arena's size. An arena need not
 * start where a window does, so it covers the end of one window and the start
 * of the next; a window holds parts of two arenas at most.
 *
 * Worked example, windows of 1 MiB: an arena at 3 MiB + 4 KiB has
 * head = 1 MiB - 4 KiB in window 3 and tail = 4 KiB in window 4.
 *
 * Units      head and tail are bytes.
 * Ownership  the nodes are the map's until pool_map_close; they are taken from
 *            the backend and never given back before, as in CPython.
 * Errors     pool_map_add returns -1 when the backend has no memory for a
 *            node; the answers are then as before.
 * Threads    none.
 * Source     CPython 3.11 Objects/obmalloc.c, arena_map: root 15 bits, middle
 *            15, leaf 14, offset 20. Differs: lengths instead of offsets, so
 *            that an aligned arena is no special case.
 */
#ifndef GCSWEEP_POOL_MAP_H
#define GCSWEEP_POOL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory_backend.h"

enum { POOL_MAP_ROOT_BITS = 15, POOL_MAP_MIDDLE_BITS = 15, POOL_MAP_LEAF_BITS = 14 };

struct pool_map_window {
    uint32_t tail; /* bytes at its start, of the arena that began in the window before */
    uint32_t head; /* bytes at its end, of the arena that begins in it */
};

struct pool_map_leaf {
    struct pool_map_window window[1 << POOL_MAP_LEAF_BITS];
};

struct pool_map_middle {
    struct pool_map_leaf *leaf[1 << POOL_MAP_MIDDLE_BITS];
};

struct pool_map {
    unsigned window_bits;
    uintptr_t window_mask; /* of the offset in a window */
    uint32_t middle_nodes, leaf_nodes;
    struct pool_map_middle *root[1 << POOL_MAP_ROOT_BITS]; /* last: only its first entries are warm */
};

/* window_bits: 16 to 31, the arena's size as a power of two. In zeroed memory
 * the map makes no page resident that it does not need. */
void pool_map_open(struct pool_map *map, unsigned window_bits);
void pool_map_close(struct pool_map *map, const struct memory_backend *backend);

/* Adds the arena at `base`, a window long. 0, or -1 without memory. */
int pool_map_add(struct pool_map *map, const struct memory_backend *backend, uintptr_t base);
/* Takes away an arena that was added. */
void pool_map_remove(struct pool_map *map, uintptr_t base);

/* The lowest `bits` of a value. */
static inline uintptr_t pool_map_bits(uintptr_t word, unsigned bits)
{
    return word & (((uintptr_t)1 << bits) - 1);
}

/* Any address may be asked for; no memory outside of the map is read. */
static inline bool pool_map_contains(const struct pool_map *map, uintptr_t address)
{
    uintptr_t number = address >> map->window_bits;
    uintptr_t root = pool_map_bits(number >> (POOL_MAP_MIDDLE_BITS + POOL_MAP_LEAF_BITS), POOL_MAP_ROOT_BITS);
    const struct pool_map_middle *middle = map->root[root];
    if (!middle)
        return false;
    const struct pool_map_leaf *leaf = middle->leaf[pool_map_bits(number >> POOL_MAP_LEAF_BITS, POOL_MAP_MIDDLE_BITS)];
    if (!leaf)
        return false;
    const struct pool_map_window *window = &leaf->window[pool_map_bits(number, POOL_MAP_LEAF_BITS)];
    uintptr_t offset = address & map->window_mask;
    uintptr_t rest = map->window_mask + 1 - offset;
    return rest <= window->head || offset < window->tail;
}

#endif
