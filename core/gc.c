/* gc.c - allocation, trigger and switches; how garbage is found is the collector's. */
#include "core/gc.h"

#include "core/clock.h"
#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/list.h"

/* ---- State ---- */

static void set_trigger(struct gc_state *gc)
{
    if (gc->at_each_allocation)
        gc->trigger = -1;
    else
        gc->trigger = gc->enabled && gc->threshold[0] != 0 ? gc->threshold[0] : INT64_MAX;
}

void gc_open(struct gc_state *gc, const struct collector *collector, bool at_each_allocation)
{
    *gc = (struct gc_state){
        .threshold = {700, 10, 10},
        .enabled = true,
        .at_each_allocation = at_each_allocation,
        .collector = collector,
    };
    for (int g = 0; g < GC_GENERATIONS; g++)
        gc_list_init(&gc->generation[g]);
    gc_list_init(&gc->permanent);
    set_trigger(gc);
}

void gc_enable(struct gc_state *gc)
{
    gc->enabled = true;
    set_trigger(gc);
}

void gc_disable(struct gc_state *gc)
{
    gc->enabled = false;
    set_trigger(gc);
}

bool gc_is_enabled(const struct gc_state *gc)
{
    return gc->enabled;
}

void gc_set_threshold(struct gc_state *gc, int t0, int t1, int t2)
{
    gc->threshold[0] = t0;
    gc->threshold[1] = t1;
    gc->threshold[2] = t2;
    set_trigger(gc);
}

void gc_get_threshold(const struct gc_state *gc, int threshold[GC_GENERATIONS])
{
    for (int g = 0; g < GC_GENERATIONS; g++)
        threshold[g] = gc->threshold[g];
}

void gc_get_count(const struct gc_state *gc, int64_t count[GC_GENERATIONS])
{
    for (int g = 0; g < GC_GENERATIONS; g++)
        count[g] = gc->count[g];
}

void gc_get_stats(const struct gc_state *gc, struct gc_stats stats[GC_GENERATIONS])
{
    for (int g = 0; g < GC_GENERATIONS; g++)
        stats[g] = gc->stats[g];
}

void gc_set_debug(struct gc_state *gc, unsigned flags)
{
    gc->debug = flags;
}

void gc_set_callback(struct gc_state *gc, gc_callback *callback, void *context)
{
    gc->callback = callback;
    gc->callback_context = context;
}

void gc_set_pause_hook(struct gc_state *gc, gc_pause_hook *hook, void *context)
{
    gc->pause = hook;
    gc->pause_context = context;
}

/* long_lived_total stays as it is, as in CPython: after a freeze of most of
 * the heap, full collections stay rare. */
void gc_freeze(struct gc_state *gc)
{
    for (int g = 0; g < GC_GENERATIONS; g++) {
        gc_list_merge(&gc->permanent, &gc->generation[g]);
        gc->count[g] = 0;
    }
}

void gc_unfreeze(struct gc_state *gc)
{
    gc_list_merge(&gc->generation[GC_OLDEST], &gc->permanent);
}

uint64_t gc_get_freeze_count(const struct gc_state *gc)
{
    return gc_list_length(&gc->permanent);
}

uint64_t gc_generation_length(const struct gc_state *gc, int generation)
{
    return gc_list_length(&gc->generation[generation]);
}

void gc_save_garbage(struct heap *h, struct object *o)
{
    if (list_append(h, heap_garbage(h), o) == 0)
        object_keep(o);
}

/* ---- Collecting ---- */

static void notify(const struct gc_state *gc, const struct gc_event *event)
{
    if (gc->callback)
        gc->callback(gc->callback_context, event);
}

static uint64_t run(struct heap *h, int generation)
{
    struct gc_state *gc = &h->gc;
    uint64_t start_ns = gc->pause ? clock_now_ns() : 0;
    struct cascade held = cascade_hold(h, start_ns);
    gc->collecting = true;
    notify(gc, &(struct gc_event){.generation = generation});

    struct gc_stats found = gc->collector->collect(h, generation);
    if (generation == GC_OLDEST)
        freelists_clear(h);
    gc->stats[generation].collections++;
    gc->stats[generation].collected += found.collected;
    gc->stats[generation].uncollectable += found.uncollectable;

    notify(gc, &(struct gc_event){.stop = true,
                                  .generation = generation,
                                  .collected = found.collected,
                                  .uncollectable = found.uncollectable});
    gc->collecting = false;
    uint64_t end_ns = gc->pause ? clock_now_ns() : 0;
    cascade_go_on(h, &held, end_ns);
    if (gc->pause)
        gc->pause(gc->pause_context, generation, start_ns, end_ns);
    return found.collected + found.uncollectable;
}

uint64_t gc_collect(struct heap *h, int generation)
{
    return h->gc.collecting ? 0 : run(h, generation);
}

/* An allocation brought count[0] above the trigger. */
static __attribute__((noinline, cold)) void collect_if_due(struct heap *h)
{
    struct gc_state *gc = &h->gc;
    if (gc->collecting)
        return;
    int due = gc->at_each_allocation ? GC_OLDEST : gc->collector->find_due(gc);
    if (due >= 0)
        run(h, due);
}

/* ---- Allocation ---- */

/* Inline, so that gc_new, which is called most, knows that nothing precedes. */
static inline struct object *new_behind(struct heap *h, const struct type *type, size_t before, size_t bytes)
{
    char *block = memory_alloc(&h->memory, before + sizeof(struct gc_head) + bytes);
    if (!block)
        return NULL;
    struct gc_head *head = (struct gc_head *)(void *)(block + before);
    memory_name(block, type->name);
    head->next = head->prev = 0;
    struct object *o = object_of(head);
    o->refcount = 1;
    o->type = type;
    if (__builtin_expect(++h->gc.count[0] > h->gc.trigger, 0))
        collect_if_due(h);
    return o;
}

static inline void check_untracked(const struct object *o, size_t before)
{
#ifdef GCSWEEP_DEBUG_HEAP
    if (gc_head_of(o)->next != 0)
        debug_memory_misuse((const char *)gc_head_of(o) - before, "is freed while the collector holds it");
#else
    (void)o, (void)before;
#endif
}

static inline void free_behind(struct heap *h, struct object *o, size_t before)
{
    if (h->gc.count[0] > 0)
        h->gc.count[0]--;
    check_untracked(o, before);
    memory_free(&h->memory, (char *)gc_head_of(o) - before);
}

struct object *gc_new(struct heap *h, const struct type *type, size_t bytes)
{
    return new_behind(h, type, 0, bytes);
}

void gc_free(struct heap *h, struct object *o)
{
    free_behind(h, o, 0);
}

struct object *gc_new_with_pre_header(struct heap *h, const struct type *type, size_t bytes)
{
    return new_behind(h, type, GC_PRE_HEADER_BYTES, bytes);
}

void gc_free_with_pre_header(struct heap *h, struct object *o)
{
    free_behind(h, o, GC_PRE_HEADER_BYTES);
}
