/* mutator.h - what a workload may do to a heap: one set of calls, two runtimes.
 *
 * A workload includes this header, workload.h and random.h, and nothing else
 * of gcsweep. It is compiled twice from the same source: against the model
 * (core/, static inline calls) and against the real CPython (reference/, its C
 * API, with GCSWEEP_RUNTIME_CPYTHON defined).
 *
 * A loop that builds and drops pairs of lists which hold each other:
 *
 *     value *slot = mutator_push(m, 2);
 *     for (uint64_t i = 0; i < pairs; i++) {
 *         value_replace(m, &slot[0], new_list(m, 1));
 *         value_replace(m, &slot[1], new_list(m, 1));
 *         value_list_set(m, slot[0], 0, value_keep(slot[1]));
 *         value_list_set(m, slot[1], 0, value_keep(slot[0]));
 *         mutator_request_done(m);
 *     }
 *     mutator_pop(m);
 *
 * References  A new_ call returns a reference that the caller owns. A call
 *             that stores a value (value_list_set, value_list_append,
 *             value_slot_set, value_replace) takes the caller's reference
 *             over; value_keep makes one more to give away. A call that reads
 *             (value_list_get, ...) lends: the result lives as long as the
 *             container holds it.
 * Rooting     A value that is kept over an allocation lives in a frame slot
 *             (mutator_push), in mutator_roots, or in another object; never
 *             only in a C local. Tracing collectors find their roots there,
 *             and out of memory unwinds through them.
 * Errors      No call fails in the caller's sight. Out of memory leaves the
 *             workload at once (mutator_out_of_memory), releases every frame
 *             and root, and the run ends as "out-of-memory".
 * Threads     none: one mutator, one thread.
 * Units       sizes and counts are size_t; indices start at 0 and are not
 *             checked in a release build.
 */
#ifndef GCSWEEP_MUTATOR_H
#define GCSWEEP_MUTATOR_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/pace.h"
#include "workloads/random.h"

struct mutator;
struct memory_backend;
struct arena_source;
struct pool_geometry;
struct sites;

/* A reference to an object of the runtime. NULL is an empty slot. */
#ifdef GCSWEEP_RUNTIME_CPYTHON
typedef struct _object *value;
#define GCSWEEP_RUNTIME_NAME "cpython"
#else
typedef struct object *value;
#define GCSWEEP_RUNTIME_NAME "model"
#endif

/* A class with `__slots__` (new_slots), or with `dict` a plain one (new_object),
 * whose instances take attributes of any name and weak references. Its
 * instances are tracked by the collector, with 0 slots too, as in Python since
 * 3.8 (they refer to their class). A workload's classes are a table in its
 * descriptor, and new_slots and new_object name one by its index. */
struct workload_class {
    const char *name;
    unsigned slots; /* at most WORKLOAD_SLOTS; 0 with dict */
    bool dict;
    /* Called once when an instance dies, NULL for none. `self` is lent. Must
     * not allocate: running out of memory cannot leave a collection half done. */
    void (*finalizer)(struct mutator *m, value self);
};

/* Bytes of a bytes object before and behind its content, on both runtimes. */
enum { BYTES_HEADER = 33 };

/* The most classes of a workload, and slots of a class. */
enum { WORKLOAD_CLASSES = 80, WORKLOAD_SLOTS = 64 };

/* What a value is. */
enum value_kind {
    VALUE_NONE,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_STR,
    VALUE_BYTES,
    VALUE_LIST,
    VALUE_TUPLE,
    VALUE_DICT,
    VALUE_SET,
    VALUE_OBJECT, /* instance of a class with dict */
    VALUE_SLOTS,
    VALUE_FUNCTION,
    VALUE_WEAKREF,
};

/* Called when the referent of a weak reference made with a callback has died.
 * `ref` is lent and dead. Must not allocate. */
typedef void weakref_hook(struct mutator *m, value ref);

enum { GENERATIONS = 3 };

/* One stop of the mutator. Called by the runtime right after it ended; must not
 * allocate. Times are CLOCK_MONOTONIC ns. Pauses do not overlap. `kind` is a
 * generation, or PAUSE_RELEASE: PAUSE_RELEASE_LEAST or more objects were freed
 * by counts alone in one go, outside of a collection; on the model only. */
typedef void pause_hook(void *context, int kind, uint64_t start_ns, uint64_t end_ns);

enum { PAUSE_RELEASE = GENERATIONS, PAUSE_RELEASE_LEAST = 1000 };

struct runtime_options {
    bool pools;              /* the pool allocator serves up to 512 bytes; else every request goes to malloc */
    const struct pool_geometry *geometry; /* of the pools; NULL: CPython 3.11's, the only one of the real CPython */
    const char *collector;   /* a name of core/collectors/collectors.def; the model only */
    const struct workload_class *classes; /* ends with a row whose name is NULL; NULL for none */
    weakref_hook *on_weakref; /* for weak references with a callback; NULL for none */
    pause_hook *on_pause;    /* NULL for none */
    void *on_pause_context;
    unsigned free_lists;     /* model only: most dead lists kept for reuse, to be wrong on purpose; 0: as CPython */
    bool debug;              /* model only: collect at each allocation of a tracked object, poison what is freed */
    const struct memory_backend *backend; /* model only: who serves what pools do not; NULL: the process's malloc */
    const struct arena_source *arenas;    /* model only: who serves arenas; NULL: mmap */
};

struct pool_counters {
    bool known; /* false where no pool allocator is in use: the rest is then meaningless */
    uint64_t arenas_allocated, arenas_reclaimed, arenas_highwater, arenas_now;
    uint64_t pools_used, bytes_in_blocks, bytes_free_in_pools;
};

struct generation_stats {
    uint64_t collections, collected, uncollectable; /* since runtime_open */
};

/* What runtime_set_debug takes, with Python's value. */
enum { RUNTIME_DEBUG_SAVEALL = 32 };

struct runtime_state {
    struct {
        uint64_t collections, collected, uncollectable; /* since runtime_open */
        uint64_t objects;                               /* in the generation now */
    } generation[GENERATIONS];
    int64_t count[GENERATIONS];
    int64_t long_lived_total, long_lived_pending;
    bool visited_known; /* false on runtime cpython: nobody counts them */
    uint64_t visited;   /* objects that collections have looked at, since runtime_open */
    struct pool_counters pool;
};

/* The ground floor defines struct runtime and every new_ and value_ call. It
 * reaches its own state by mutator_runtime(m). */
struct runtime;
static inline struct runtime *mutator_runtime(struct mutator *m)
{
    return (struct runtime *)(void *)m; /* the first member of struct mutator */
}

/* Leaves the workload; never returns. */
_Noreturn void mutator_out_of_memory(struct mutator *m);
/* The same for a program that cannot go on: a heap script with an unbound
 * name. The text is copied; the run ends as "failed" with it. */
__attribute__((format(printf, 2, 3))) _Noreturn void mutator_fail(struct mutator *m, const char *format, ...);

#ifdef GCSWEEP_RUNTIME_CPYTHON
#include "reference/mutator_cpython.h"
#else
#include "workloads/mutator_model.h"
#endif

/* ---- The runtime: what the worker and the tests call, not the workload ---- */

/* Starts a runtime with an empty heap: no tracked object, all counters 0,
 * thresholds (700, 10, 10), collection enabled. 0, or -1 with one line in
 * `error`. On runtime cpython at most one is open in a process. */
int runtime_open(struct mutator *m, const struct runtime_options *options, char *error, size_t error_size);
/* Frees every object and gives all memory back. Workload roots must be gone. */
void runtime_close(struct mutator *m);
void runtime_set_thresholds(struct mutator *m, int t0, int t1, int t2);
void runtime_enable(struct mutator *m, bool enabled);
void runtime_freeze(struct mutator *m);
void runtime_unfreeze(struct mutator *m);
/* Objects found unreachable, as gc.collect(generation) returns it; a pause. */
uint64_t runtime_collect(struct mutator *m, int generation);
/* The collector's switches and figures, as the gc module gives them. None
 * allocates, and none changes what it reads. */
bool runtime_is_enabled(struct mutator *m);
void runtime_get_thresholds(struct mutator *m, int out[GENERATIONS]);
void runtime_get_count(struct mutator *m, int64_t out[GENERATIONS]);
void runtime_get_stats(struct mutator *m, struct generation_stats out[GENERATIONS]);
void runtime_set_debug(struct mutator *m, unsigned flags); /* 0 or RUNTIME_DEBUG_SAVEALL */
uint64_t runtime_garbage_length(struct mutator *m);        /* len(gc.garbage) */
uint64_t runtime_freeze_count(struct mutator *m);          /* O(frozen objects) */
/* Blocks in use, pools' and malloc's, as sys.getallocatedblocks() since
 * runtime_open. O(pools). On runtime cpython 0 where pools are not in use: the
 * interpreter then counts none. */
uint64_t runtime_blocks(struct mutator *m);
/* Allocates nothing, disturbs nothing. O(objects) for the generations' sizes. */
void runtime_read(struct mutator *m, struct runtime_state *out);
/* "3.11.2" for the real CPython, NULL for the model. */
const char *runtime_python_version(void);

/* ---- What both runtimes offer to a workload (defined by the ground floor) ----
 *
 * value new_none(m)                        the None object, one more reference
 * value new_int(m, int64_t)                -5 to 256 are shared
 * value new_float(m, double)
 * value new_bytes(m, size_t n)             content undefined until written; n 0 is shared
 * value new_list(m, size_t n)              n times None
 * value new_tuple(m, const value *items, size_t n)   adds a reference to each item; n 0 is shared
 * value new_slots(m, size_t class_index)   instance of a class, all slots empty
 * value new_object(m, size_t class_index)  instance of a class with dict, no attributes
 * value new_dict(m)                        empty; its keys are strings
 * value new_set(m, const value *items, size_t n)     adds a reference to each item but equal ones; NULL
 *                                          when an item (or what a tuple holds) is a list, dict or set
 * value new_function(m, const value *items, size_t n)   function whose closure holds the items, a cell each
 * value new_str(m, const char *utf8, size_t bytes)   a new string; "" and single characters up to U+00FF are shared
 * value new_interned(m, const char *utf8, size_t bytes)   the one interned string of that text
 * value new_weakref(m, v, bool callback)   to a set, function or instance with dict; without callback
 *                                          the one that it already has; with: on_weakref is called
 *
 * value value_keep(v)                      one more reference to v, returned
 * void  value_drop(m, v)                   one reference less; v may be NULL
 * void  value_replace(m, value *slot, v)   *slot = v, then drops the old one
 *
 * size_t value_list_length(list)
 * value value_list_get(list, i)            lent
 * void  value_list_set(m, list, i, v)
 * void  value_list_append(m, list, v)      CPython's growth pattern
 * void  value_list_delete(m, list, i)      del list[i]
 * void  value_list_clear(m, list)          list.clear()
 * value value_tuple_get(tuple, i)          lent
 * value value_slot_get(object, i)          lent; NULL when empty
 * size_t value_slot_count(object)          of its class
 * void  value_slot_set(m, object, i, v)    v NULL empties the slot
 * value value_key_get(m, x, key)           lent; NULL when there is none; x: dict or instance with dict,
 *                                          key: an interned string
 * void  value_key_set(m, x, key, v)
 * bool  value_key_delete(m, x, key)        false when there is none
 * value value_deref(ref)                   lent; NULL when its referent is dead
 * int64_t value_int(v)
 * double  value_float(v)
 * char *  value_bytes(v)                   its bytes, writable while only the caller has it
 *
 * enum value_kind value_kind(v)
 * size_t   value_length(v)                 of list, tuple, dict, set, str (characters) and bytes
 * intptr_t value_references(v)             references to it now
 * bool     value_is_shared(m, v)           an atom that the runtime itself refers to: None, small ints, "",
 *                                          single characters, b"", interned strings: its count means nothing
 * bool     value_is_tracked(v)             gc.is_tracked
 * size_t   value_size(m, v)                sys.getsizeof
 * size_t   value_footprint(v)              the same of a list, int, bytes or instance of a class with slots, without
 *                                          a call of the interpreter's, which would count as allocations
 * void     value_arm_finalizer(v)          instance with dict: its finalizer will be called (again)
 */

/* ---- The mutator: common to both runtimes ---- */

enum { MUTATOR_SLOTS = 131072, MUTATOR_FRAMES = 4096, MUTATOR_FAILURE_BYTES = 384 };

/* Called for each request done, NULL for none. A tuning such as manual:100
 * collects from here; it may call runtime_ functions. The worker takes the
 * clock from here, and then calls the tuning's. */
typedef void request_hook(struct mutator *m, void *context);

/* Called when floating garbage has grown. Must not allocate. */
typedef void floating_hook(const struct mutator *m, void *context);

/* Garbage that waits for a collection, as far as the workload knows of it
 * (workload.h, knows_garbage): what it has dropped less what was reclaimed.
 * Objects are tracked ones, bytes those of all that dies with them. */
struct floating {
    int64_t objects, bytes; /* below 0 while what was never floating is being freed */
    uint64_t objects_peak, bytes_peak;
};

struct mutator {
    struct runtime runtime; /* first: see mutator_runtime */

    const void *params;     /* the workload's parameter struct */
    double scale;           /* multiplies steps */
    struct random random;
    uint64_t checksum;      /* of what mutator_observe saw */
    uint64_t operations;    /* requests done */
    uint64_t freed;         /* objects that finalizers have counted: mutator_count_freed */
    struct floating floating;
    request_hook *on_request;
    void *on_request_context;
    floating_hook *on_floating; /* NULL for none */
    void *on_floating_context;
    struct pace pace;       /* mutator_pace */

    value *slots;           /* roots grow from the start, frames after them */
    size_t slots_used;
    size_t roots_used;      /* slots below it are roots */
    uint32_t *frame_base;   /* slots_used at each push */
    size_t frames;

    struct sites *sites;    /* who allocates (sites.h); NULL but in the worker that asks */
    jmp_buf *unwind;        /* where out of memory and failures go, NULL outside mutator_guard */
    char failure[MUTATOR_FAILURE_BYTES]; /* mutator_fail's text */
    int left;               /* what the last mutator_guard gives, already while it releases what was left behind */
};

/* Bytes of zeroed memory that mutator_open wants for frames and roots. */
enum { MUTATOR_MEMORY_BYTES = MUTATOR_SLOTS * sizeof(value) + MUTATOR_FRAMES * sizeof(uint32_t) };

/* `memory`: MUTATOR_MEMORY_BYTES zeroed bytes, the caller's, kept until
 * mutator_close. Opens the runtime too: 0, or -1 with one line in `error`. */
int mutator_open(struct mutator *m, void *memory, const struct runtime_options *options, const void *params,
                 double scale, uint64_t seed, char *error, size_t error_size);
/* Releases frames and roots, then closes the runtime. */
void mutator_close(struct mutator *m);
/* Runs `step`: 0, or ENOMEM when memory ran out, or EINVAL when it failed
 * (m->failure says why), with every frame and root that it left behind
 * released. */
int mutator_guard(struct mutator *m, void (*step)(struct mutator *m));
/* Releases every frame, then every root, newest first. */
void mutator_release_all(struct mutator *m);

static inline const void *mutator_params(const struct mutator *m)
{
    return m->params;
}

/* `steps` times the scale, rounded, at least 1 (0 stays 0). */
uint64_t mutator_scaled(const struct mutator *m, uint64_t steps);

/* n slots that live until the run ends, all empty. Only while no frame is
 * pushed. More than MUTATOR_SLOTS in all is a bug of the workload: it aborts. */
value *mutator_roots(struct mutator *m, size_t n);

/* Every root made so far, in the order made: how run finds what setup built. */
static inline value *mutator_all_roots(struct mutator *m)
{
    return m->slots;
}

/* A frame of n empty slots, until mutator_pop, which drops what they hold
 * (first slot first). Frames nest as calls do. */
value *mutator_push(struct mutator *m, size_t n);
void mutator_pop(struct mutator *m);

/* Empties a slot and hands its reference to the caller, to store or return. */
static inline value value_take(value *slot)
{
    value taken = *slot;
    *slot = NULL;
    return taken;
}

/* From here on each new_ call but new_none is preceded by that many passes of
 * work.h's spin; 0 for none. For the worker. */
static inline void mutator_set_work(struct mutator *m, uint64_t loops)
{
    mutator_runtime(m)->work.loops = loops;
}

/* How many new_ calls were. */
static inline uint64_t mutator_work_allocations(const struct mutator *m)
{
    return m->runtime.work.allocations;
}

/* Mixes x into the checksum: call it with what the program reads from its own
 * objects, never with addresses, times or collector figures. */
static inline void mutator_observe(struct mutator *m, uint64_t x)
{
    uint64_t h = (m->checksum ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    m->checksum = h ^ (h >> 29);
}

/* gc.collect(), where the program itself calls it: what it found. */
static inline uint64_t mutator_collect(struct mutator *m)
{
    return runtime_collect(m, GENERATIONS - 1);
}

/* For finalizers: n objects of the workload are known to be freed. No part of
 * the checksum, since when it happens is up to the collector. */
static inline void mutator_count_freed(struct mutator *m, uint64_t n)
{
    m->freed += n;
}

/* For workloads that know their garbage: these tracked objects, with all that
 * dies with them, have been dropped. Called right after the drop, so that what
 * was freed by counts alone is reclaimed already and does not float. */
static inline void mutator_count_dropped(struct mutator *m, uint64_t objects, uint64_t bytes)
{
    struct floating *f = &m->floating;
    f->objects += (int64_t)objects;
    f->bytes += (int64_t)bytes;
    if (f->objects > (int64_t)f->objects_peak)
        f->objects_peak = (uint64_t)f->objects;
    if (f->bytes > (int64_t)f->bytes_peak)
        f->bytes_peak = (uint64_t)f->bytes;
    if (m->on_floating)
        m->on_floating(m, m->on_floating_context);
}

/* For their finalizers: so much of what was dropped, or is just being dropped,
 * dies now. Counts as freed, too. */
static inline void mutator_count_reclaimed(struct mutator *m, uint64_t objects, uint64_t bytes)
{
    mutator_count_freed(m, objects);
    m->floating.objects -= (int64_t)objects;
    m->floating.bytes -= (int64_t)bytes;
}

/* One pass of the workload's main loop is done. */
static inline void mutator_request_done(struct mutator *m)
{
    m->operations++;
    if (m->on_request)
        m->on_request(m, m->on_request_context);
}

/* From here on `per_second` requests a second are planned; 0 for none. Each
 * request then begins with mutator_wait_turn, which waits for its planned start
 * (pace.h), and ends with mutator_request_done. What is waited is neither
 * mutator's nor collector's time, but wall_ns has it. */
static inline void mutator_pace(struct mutator *m, uint64_t per_second)
{
    pace_set(&m->pace, per_second);
}

static inline void mutator_wait_turn(struct mutator *m)
{
    pace_wait(&m->pace);
}

/* A number below n, n > 0, from the run's own seeded generator. */
static inline uint64_t random_below(struct mutator *m, uint64_t n)
{
    return random_next_below(&m->random, n);
}

/* True with probability p, 0 to 1. */
static inline bool random_chance(struct mutator *m, double p)
{
    return random_next_unit(&m->random) < p;
}

/* What is allocated from here on counts for this line: for an interpreter,
 * whose own lines say nothing. Nothing where sites are not looked at. */
#if !defined GCSWEEP_SITES && (!defined GCSWEEP_DEBUG_HEAP || defined GCSWEEP_RUNTIME_CPYTHON)
static inline void mutator_at_statement(struct mutator *m, const char *file, uint32_t line)
{
    (void)m;
    (void)file;
    (void)line;
}
#else
#include "workloads/mutator_sites.h"
#ifdef GCSWEEP_DEBUG_HEAP
#include "workloads/mutator_places.h"
#endif
#endif

#endif
