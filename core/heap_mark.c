/* heap_mark.c - bits beside the heap, and a stack of what is still to be followed. */
#include "core/heap_mark.h"

#include <sys/mman.h>

#include "core/types/dict.h"

enum {
    GRANULE_SHIFT = 4, /* objects are aligned to 16 bytes */
    REGION_SHIFT = 20,
    REGION_WORDS = 1 << (REGION_SHIFT - GRANULE_SHIFT - 6),
    REGIONS = 1 << 14,
    FIRST_STACK = 1 << 16,
};

struct region {
    uintptr_t number; /* address >> REGION_SHIFT; 0: unused */
    uint64_t run;     /* that its bits are of */
    uint64_t bits[REGION_WORDS];
};

struct heap_mark {
    struct region *regions; /* open addressing; touched where used */
    size_t regions_used;
    struct region *last;
    uint64_t run;
    const struct object **stack;
    size_t stack_room, stack_used;
    const struct heap *heap;
    struct heap_count *count; /* what is found counts here */
    bool failed;
};

static void *map_room(size_t bytes)
{
    void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return room == MAP_FAILED ? NULL : room;
}

struct heap_mark *heap_mark_open(void)
{
    struct heap_mark *mark = map_room(sizeof *mark);
    if (!mark)
        return NULL;
    mark->regions = map_room(REGIONS * sizeof *mark->regions);
    mark->stack = map_room(FIRST_STACK * sizeof *mark->stack);
    mark->stack_room = FIRST_STACK;
    if (mark->regions && mark->stack)
        return mark;
    heap_mark_close(mark);
    return NULL;
}

void heap_mark_close(struct heap_mark *mark)
{
    if (!mark)
        return;
    if (mark->regions)
        munmap(mark->regions, REGIONS * sizeof *mark->regions);
    if (mark->stack)
        munmap(mark->stack, mark->stack_room * sizeof *mark->stack);
    munmap(mark, sizeof *mark);
}

/* ---- Bits ---- */

/* The region's place; NULL when too many are in use. */
static struct region *find_region(struct heap_mark *mark, uintptr_t number)
{
    if (mark->last && mark->last->number == number)
        return mark->last;
    size_t i = (size_t)((uint64_t)number * UINT64_C(0x9E3779B97F4A7C15) >> 40) & (REGIONS - 1);
    while (mark->regions[i].number != 0 && mark->regions[i].number != number)
        i = (i + 1) & (REGIONS - 1);
    struct region *r = &mark->regions[i];
    if (r->number == 0) {
        if (mark->regions_used == REGIONS - 1)
            return NULL;
        mark->regions_used++;
        r->number = number;
    }
    if (r->run != mark->run) {
        for (size_t k = 0; k < REGION_WORDS; k++)
            r->bits[k] = 0;
        r->run = mark->run;
    }
    return mark->last = r;
}

/* The word and the bit of an object; NULL when it fails. */
static uint64_t *find_bit(struct heap_mark *mark, const struct object *o, uint64_t *bit)
{
    uintptr_t address = (uintptr_t)o;
    struct region *r = find_region(mark, address >> REGION_SHIFT);
    if (!r) {
        mark->failed = true;
        return NULL;
    }
    size_t granule = (address >> GRANULE_SHIFT) & ((1 << (REGION_SHIFT - GRANULE_SHIFT)) - 1);
    *bit = UINT64_C(1) << (granule & 63);
    return &r->bits[granule >> 6];
}

static bool is_marked(struct heap_mark *mark, const struct object *o)
{
    uint64_t bit, *word = find_bit(mark, o, &bit);
    return !word || (*word & bit) != 0;
}

/* ---- The walk ---- */

static bool push(struct heap_mark *mark, const struct object *o)
{
    if (mark->stack_used == mark->stack_room) {
        size_t bytes = mark->stack_room * sizeof *mark->stack;
        void *grown = mremap(mark->stack, bytes, 2 * bytes, MREMAP_MAYMOVE);
        if (grown == MAP_FAILED)
            return false;
        mark->stack = grown;
        mark->stack_room *= 2;
    }
    mark->stack[mark->stack_used++] = o;
    return true;
}

static bool is_of_heap_itself(const struct heap *h, const struct object *o)
{
    return (uintptr_t)o - (uintptr_t)h < sizeof *h;
}

static void reach(struct object *o, void *argument)
{
    struct heap_mark *mark = argument;
    uint64_t bit;
    if (mark->failed || is_of_heap_itself(mark->heap, o))
        return;
    uint64_t *word = find_bit(mark, o, &bit);
    if (!word || (*word & bit))
        return;
    *word |= bit;
    if (!push(mark, o))
        mark->failed = true;
}

static void reach_key(void *mark, struct object *key, struct object *value)
{
    (void)value; /* traversed already */
    reach(key, mark);
}

/* A dict's traversal leaves its keys out, which are no part of cycles. */
static void follow(struct heap_mark *mark)
{
    while (mark->stack_used > 0 && !mark->failed) {
        struct object *o = (struct object *)(uintptr_t)mark->stack[--mark->stack_used];
        mark->count->objects++;
        mark->count->bytes += object_bytes(o);
        object_traverse(o, reach, mark);
        if (o->type == &dict_type)
            dict_each(o, reach_key, mark);
    }
}

struct search {
    struct heap_mark *mark;
    uint64_t found;
};

static void count_unmarked(struct object *o, void *argument)
{
    struct search *s = argument;
    s->found += !is_marked(s->mark, o);
}

int heap_mark_run(struct heap_mark *mark, struct heap *h, struct object *const *roots, size_t n,
                  struct heap_census *out)
{
    struct search search = {.mark = mark};
    *out = (struct heap_census){0};
    mark->run++;
    mark->last = NULL;
    mark->stack_used = 0;
    mark->failed = false;
    mark->heap = h;

    mark->count = &out->live;
    object_traverse(heap_garbage(h), reach, mark);
    for (size_t i = 0; i < n; i++)
        if (roots[i])
            reach(roots[i], mark);
    follow(mark);

    heap_visit(h, count_unmarked, &search);
    out->floating_tracked = search.found;
    mark->count = &out->floating;
    heap_visit(h, reach, mark);
    follow(mark);
    return mark->failed ? -1 : 0;
}
