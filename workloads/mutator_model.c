/* mutator_model.c - the runtime's calls of mutator.h on the model. */
#define MUTATOR_NO_PLACES
#include "workloads/mutator.h"

#include <stdio.h>
#include <string.h>

_Static_assert((int)GENERATIONS == (int)GC_GENERATIONS, "the same generations");
_Static_assert((int)PAUSE_RELEASE == (int)PAUSE_CASCADE && (int)PAUSE_RELEASE_LEAST == (int)CASCADE_LEAST,
               "the same kind of pause");
_Static_assert((int)RUNTIME_DEBUG_SAVEALL == (int)GC_DEBUG_SAVEALL, "the same flags");
_Static_assert((int)WORKLOAD_SLOTS <= (int)SLOTS_MOST, "core can make every class of a workload");

/* ---- Opening and closing ---- */

/* A finalizer or a callback that runs out of memory ends there, as an
 * exception in `__del__` does: leaving through the collection that called it
 * would leave the heap in pieces. */
static void call_protected(struct mutator *m, void (*hook)(struct mutator *m, value v), value v)
{
    jmp_buf *outer = m->unwind;
    size_t frames = m->frames;
    jmp_buf here;
    m->unwind = &here;
    if (setjmp(here) == 0)
        hook(m, v);
    while (m->frames > frames)
        mutator_pop(m);
    m->unwind = outer;
}

/* `core` is the first member of its struct model_class. */
static void call_finalizer(const void *core, struct object *self)
{
    const struct model_class *class = core;
    call_protected(class->mutator, class->finalizer, self);
}

static void call_slots_finalizer(const struct slots_class *core, struct object *self)
{
    call_finalizer(core, self);
}

static void call_instance_finalizer(const struct instance_class *core, struct object *self)
{
    call_finalizer(core, self);
}

static void open_class(struct mutator *m, struct model_class *made, const struct workload_class *class)
{
    made->mutator = m;
    made->finalizer = class->finalizer;
    if (class->dict)
        instance_class_init(mutator_heap(m), &made->core.instance, class->name,
                            class->finalizer ? call_instance_finalizer : NULL);
    else
        slots_class_init(&made->core.slots, class->name, class->slots, class->finalizer ? call_slots_finalizer : NULL);
}

static void call_on_weakref(void *context, struct object *ref)
{
    struct mutator *m = context;
    call_protected(m, mutator_runtime(m)->on_weakref, ref);
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
        open_class(m, &made[i], &classes[i]);
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
        .on_weakref = options->on_weakref ? call_on_weakref : NULL,
        .on_weakref_context = m,
        .free_lists = options->free_lists,
        .debug = options->debug,
    };
    mutator_runtime(m)->on_weakref = options->on_weakref;
    mutator_runtime(m)->work = (struct work){0};
    if (!heap.collector)
        return -1;
    int failed = heap_open(mutator_heap(m), &heap);
    if (failed) {
        snprintf(error, error_size, "the heap cannot be opened: %s", strerror(failed));
        return -1;
    }
    if (open_classes(m, options->classes, error, error_size) < 0) {
        heap_close(mutator_heap(m));
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

void runtime_set_debug(struct mutator *m, unsigned flags)
{
    gc_set_debug(&mutator_heap(m)->gc, flags);
}

/* ---- Reading ---- */

bool runtime_is_enabled(struct mutator *m)
{
    return gc_is_enabled(&mutator_heap(m)->gc);
}

void runtime_get_thresholds(struct mutator *m, int out[GENERATIONS])
{
    gc_get_threshold(&mutator_heap(m)->gc, out);
}

void runtime_get_count(struct mutator *m, int64_t out[GENERATIONS])
{
    gc_get_count(&mutator_heap(m)->gc, out);
}

void runtime_get_stats(struct mutator *m, struct generation_stats out[GENERATIONS])
{
    struct gc_stats stats[GC_GENERATIONS];
    gc_get_stats(&mutator_heap(m)->gc, stats);
    for (int g = 0; g < GENERATIONS; g++)
        out[g] = (struct generation_stats){stats[g].collections, stats[g].collected, stats[g].uncollectable};
}

uint64_t runtime_garbage_length(struct mutator *m)
{
    return list_length(heap_garbage(mutator_heap(m)));
}

uint64_t runtime_freeze_count(struct mutator *m)
{
    return gc_get_freeze_count(&mutator_heap(m)->gc);
}

uint64_t runtime_blocks(struct mutator *m)
{
    return memory_blocks(&mutator_heap(m)->memory);
}

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
    *out = (struct runtime_state){
        .long_lived_total = gc->long_lived_total,
        .long_lived_pending = gc->long_lived_pending,
        .visited_known = true,
        .visited = gc->visited,
    };
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

/* ---- What a value is ---- */

/* An instance's type is its class: only a plain one takes weak references. */
enum value_kind value_kind(value v)
{
    static const struct {
        const struct type *type;
        enum value_kind kind;
    } builtin[] = {
        {&int_type, VALUE_INT},           {&float_type, VALUE_FLOAT},     {&bytes_type, VALUE_BYTES},
        {&list_type, VALUE_LIST},         {&tuple_type, VALUE_TUPLE},     {&set_type, VALUE_SET},
        {&function_type, VALUE_FUNCTION}, {&weakref_type, VALUE_WEAKREF}, {&none_type, VALUE_NONE},
        {&string_type, VALUE_STR},        {&dict_type, VALUE_DICT},
    };
    for (size_t i = 0; i < sizeof builtin / sizeof builtin[0]; i++)
        if (v->type == builtin[i].type)
            return builtin[i].kind;
    return object_is_instance(v) ? VALUE_OBJECT : VALUE_SLOTS;
}

size_t value_length(value v)
{
    switch (value_kind(v)) {
    case VALUE_LIST:
        return list_length(v);
    case VALUE_TUPLE:
        return tuple_length(v);
    case VALUE_SET:
        return set_length(v);
    case VALUE_DICT:
        return dict_length(v);
    case VALUE_STR:
        return string_length(v);
    case VALUE_BYTES:
        return bytes_size(v);
    default:
        return 0;
    }
}

bool value_is_shared(struct mutator *m, value v)
{
    (void)m;
    switch (value_kind(v)) {
    case VALUE_NONE:
        return true;
    case VALUE_INT:
        return int_is_shared(v);
    case VALUE_STR:
        return string_is_shared(v);
    case VALUE_TUPLE:
        return tuple_length(v) == 0;
    case VALUE_BYTES:
        return bytes_size(v) == 0;
    default:
        return false;
    }
}
