/* pool_map.c - arenas enter the radix tree and leave it. */
#include "core/pool_map.h"

/* A root in zeroed memory is read and not written: the pages that no arena
 * needs then never become resident, as in CPython, where it is static. */
void pool_map_open(struct pool_map *map, unsigned window_bits)
{
    for (size_t i = 0; i < 1 << POOL_MAP_ROOT_BITS; i++) {
        if (map->root[i])
            map->root[i] = NULL;
    }
    map->middle_nodes = map->leaf_nodes = 0;
    map->window_bits = window_bits;
    map->window_mask = ((uintptr_t)1 << window_bits) - 1;
}

static void close_middle(struct pool_map_middle *middle, const struct memory_backend *backend)
{
    for (size_t i = 0; i < 1 << POOL_MAP_MIDDLE_BITS; i++) {
        if (middle->leaf[i])
            backend->release(backend->context, middle->leaf[i]);
    }
    backend->release(backend->context, middle);
}

void pool_map_close(struct pool_map *map, const struct memory_backend *backend)
{
    for (size_t i = 0; i < 1 << POOL_MAP_ROOT_BITS; i++) {
        if (map->root[i]) {
            close_middle(map->root[i], backend);
            map->root[i] = NULL;
        }
    }
    map->middle_nodes = map->leaf_nodes = 0;
}

/* The window of an address, its nodes made where they are missing. */
static struct pool_map_window *make_window(struct pool_map *map, const struct memory_backend *backend,
                                           uintptr_t address)
{
    uintptr_t number = address >> map->window_bits;
    struct pool_map_middle **middle =
        &map->root[pool_map_bits(number >> (POOL_MAP_MIDDLE_BITS + POOL_MAP_LEAF_BITS), POOL_MAP_ROOT_BITS)];
    if (!*middle) {
        *middle = backend->alloc_zeroed(backend->context, sizeof(**middle));
        if (!*middle)
            return NULL;
        map->middle_nodes++;
    }
    struct pool_map_leaf **leaf = &(*middle)->leaf[pool_map_bits(number >> POOL_MAP_LEAF_BITS, POOL_MAP_MIDDLE_BITS)];
    if (!*leaf) {
        *leaf = backend->alloc_zeroed(backend->context, sizeof(**leaf));
        if (!*leaf)
            return NULL;
        map->leaf_nodes++;
    }
    return &(*leaf)->window[pool_map_bits(number, POOL_MAP_LEAF_BITS)];
}

int pool_map_add(struct pool_map *map, const struct memory_backend *backend, uintptr_t base)
{
    uintptr_t bytes = map->window_mask + 1;
    uintptr_t offset = base & map->window_mask;
    struct pool_map_window *first = make_window(map, backend, base);
    if (!first)
        return -1;
    if (offset != 0) {
        struct pool_map_window *second = make_window(map, backend, base + bytes);
        if (!second)
            return -1;
        second->tail = (uint32_t)offset;
    }
    first->head = (uint32_t)(bytes - offset);
    return 0;
}

/* The window of an address whose nodes are there. */
static struct pool_map_window *window_of(const struct pool_map *map, uintptr_t address)
{
    uintptr_t number = address >> map->window_bits;
    uintptr_t root = pool_map_bits(number >> (POOL_MAP_MIDDLE_BITS + POOL_MAP_LEAF_BITS), POOL_MAP_ROOT_BITS);
    uintptr_t leaf = pool_map_bits(number >> POOL_MAP_LEAF_BITS, POOL_MAP_MIDDLE_BITS);
    return &map->root[root]->leaf[leaf]->window[pool_map_bits(number, POOL_MAP_LEAF_BITS)];
}

void pool_map_remove(struct pool_map *map, uintptr_t base)
{
    window_of(map, base)->head = 0;
    if (base & map->window_mask)
        window_of(map, base + map->window_mask + 1)->tail = 0;
}
