/* mutator_model.c - the runtime's calls of mutator.h on the model. */
#include "workloads/mutator.h"

#include <stdio.h>
#include <string.h>

_Static_assert((int)WORKLOAD_SLOTS <= (int)SLOTS_MOST, "core can make every class of a workload");

/* ---- Opening and closing ---- */

/* A finalizer that runs out of memory ends there, as an exception in
 * `__del__` does: leaving through the collection that called it would leave
 * the heap in pieces. */
static void call_finalizer(const struct slots_class *core, struct object *self)
{
    const struct model_class *class = (const struct model_class *)core;
    struct mutator *m = class->mutator;
    jmp_buf *outer = m->unwind;
    size_t frames = m->frames;
    jmp_buf here;
    m->unwind = &here;
    if (setjmp(here) == 0)
        class->finalizer(m, self);
    while (m->frames > frames)
        mutator_pop(m);
    m->unwind = outer;
}

static int open_classes(struct mutator *m, const struct workload_class *classes, char *error, size_t error_size)
{
    struct model_class *made = mutator_runtime(m)->classes;
    for (size_t i = 0; classes && classes[i].name; i++) {
        if (i == WORKLOAD_CLASSES || classes[i].slots > WORKLOAD_SLOTS) {
            snprintf(error, error_size, "class %s: a workload has at most %d classes of at most %d slots",
                     classes[i].name, WORKLOAD_CLASSES, WORKLOAD_SLOTS);
            return -1;
        }
        made[i] = (struct model_class){.mutator = m, .finalizer = classes[i].finalizer};
        slots_class_init(&made[i].core, classes[i].name, classes[i].slots,
                         classes[i].finalizer ? call_finalizer : NULL);
    }
    return 0;
}

static const struct collector *choose_collector(const char *name, char *error, size_t error_size)
{
    const struct collector *collector = name ? find_collector(name) : collectors[0];
    if (!collector)
        snprintf(error, error_size, "unknown collector '%s'", name);
    return collector;
}

int runtime_open(struct mutator *m, const struct runtime_options *options, char *error, size_t error_size)
{
    struct heap_options heap = {
        .backend = options->backend,
        .arenas = options->arenas,
        .pools = options->pools,
        .geometry = options->geometry,
        .collector = choose_collector(options->collector, error, error_size),
        .debug = options->debug,
    };
    if (!heap.collector || open_classes(m, options->classes, error, error_size) < 0)
        return -1;
    int failed = heap_open(mutator_heap(m), &heap);
    if (failed) {
        snprintf(error, error_size, "the heap cannot be opened: %s", strerror(failed));
        return -1;
    }
    gc_set_pause_hook(&mutator_heap(m)->gc, options->on_pause, options->on_pause_context);
    return 0;
}

void runtime_close(struct mutator *m)
{
    heap_close(mutator_heap(m));
}

/* ---- Switches ---- */

void runtime_set_thresholds(struct mutator *m, int t0, int t1, int t2)
{
    gc_set_threshold(&mutator_heap(m)->gc, t0, t1, t2);
}

void runtime_enable(struct mutator *m, bool enabled)
{
    if (enabled)
        gc_enable(&mutator_heap(m)->gc);
    else
        gc_disable(&mutator_heap(m)->gc);
}

void runtime_freeze(struct mutator *m)
{
    gc_freeze(&mutator_heap(m)->gc);
}

void runtime_unfreeze(struct mutator *m)
{
    gc_unfreeze(&mutator_heap(m)->gc);
}

uint64_t runtime_collect(struct mutator *m, int generation)
{
    return gc_collect(mutator_heap(m), generation);
}

/* ---- Reading ---- */

static void read_pools(const struct memory *memory, struct pool_counters *out)
{
    if (!memory->pools)
        return;
    struct pool_statistics s;
    pool_read_counters(&memory->pool, &s);
    *out = (struct pool_counters){
        .known = true,
        .arenas_allocated = s.arenas_allocated,
        .arenas_reclaimed = s.arenas_reclaimed,
        .arenas_highwater = s.arenas_highwater,
        .arenas_now = s.arenas_now,
        .pools_used = s.pools_used,
        .bytes_in_blocks = s.bytes_in_blocks,
        .bytes_free_in_pools = s.bytes_available,
    };
}

void runtime_read(struct mutator *m, struct runtime_state *out)
{
    const struct gc_state *gc = &mutator_heap(m)->gc;
    *out =
        (struct runtime_state){.long_lived_total = gc->long_lived_total, .long_lived_pending = gc->long_lived_pending};
    for (int g = 0; g < GENERATIONS; g++) {
        out->generation[g].collections = gc->stats[g].collections;
        out->generation[g].collected = gc->stats[g].collected;
        out->generation[g].uncollectable = gc->stats[g].uncollectable;
        out->generation[g].objects = gc_generation_length(gc, g);
        out->count[g] = gc->count[g];
    }
    read_pools(&mutator_heap(m)->memory, &out->pool);
}

const char *runtime_python_version(void)
{
    return NULL;
}
