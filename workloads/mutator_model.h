/* mutator_model.h - the calls of mutator.h on the model: core/, without a detour.
 *
 * Included by mutator.h alone. What is hot is inline; what can run out of
 * memory first drops what it was given to take over, then leaves the workload.
 */
#ifndef GCSWEEP_MUTATOR_MODEL_H
#define GCSWEEP_MUTATOR_MODEL_H

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/bytes.h"
#include "core/types/dict.h"
#include "core/types/instance.h"
#include "core/types/function.h"
#include "core/types/list.h"
#include "core/types/number.h"
#include "core/types/set.h"
#include "core/types/slots.h"
#include "core/types/string.h"
#include "core/types/tuple.h"
#include "core/types/weakref.h"
#include "workloads/work.h"

/* A workload's class. The core's own comes first, so that its finalizer finds
 * the rest. */
struct model_class {
    union {
        struct slots_class slots;
        struct instance_class instance; /* of a class with dict */
    } core;
    struct mutator *mutator;
    void (*finalizer)(struct mutator *m, value self);
};

struct runtime {
    struct heap heap;
    struct model_class classes[WORKLOAD_CLASSES];
    weakref_hook *on_weakref;
    struct work work;
};

static inline struct heap *mutator_heap(struct mutator *m)
{
    return &mutator_runtime(m)->heap;
}

/* The heap, for a call by which the workload allocates. */
static inline struct heap *mutator_allocates(struct mutator *m)
{
    work_before_allocation(&mutator_runtime(m)->work);
    return mutator_heap(m);
}

/* What an allocation gave, or out of the workload. */
static inline value mutator_allocated(struct mutator *m, value v)
{
    if (__builtin_expect(!v, 0))
        mutator_out_of_memory(m);
    return v;
}

static inline value value_keep(value v)
{
    return object_keep(v);
}

static inline void value_drop(struct mutator *m, value v)
{
    object_drop_if_any(mutator_heap(m), v);
}

static inline void value_replace(struct mutator *m, value *slot, value v)
{
    value old = *slot;
    *slot = v;
    value_drop(m, old);
}

static inline value new_none(struct mutator *m)
{
    return none_new(mutator_heap(m));
}

static inline value new_int(struct mutator *m, int64_t i)
{
    return mutator_allocated(m, int_new(mutator_allocates(m), i));
}

static inline value new_float(struct mutator *m, double x)
{
    return mutator_allocated(m, float_new(mutator_allocates(m), x));
}

static inline value new_bytes(struct mutator *m, size_t n)
{
    return mutator_allocated(m, bytes_new(mutator_allocates(m), n));
}

static inline value new_list(struct mutator *m, size_t n)
{
    return mutator_allocated(m, list_new(mutator_allocates(m), n));
}

static inline value new_tuple(struct mutator *m, const value *items, size_t n)
{
    return mutator_allocated(m, tuple_new(mutator_allocates(m), items, n));
}

static inline value new_slots(struct mutator *m, size_t class_index)
{
    return mutator_allocated(m, slots_new(mutator_allocates(m), &mutator_runtime(m)->classes[class_index].core.slots));
}

static inline value new_object(struct mutator *m, size_t class_index)
{
    return mutator_allocated(
        m, instance_new(mutator_allocates(m), &mutator_runtime(m)->classes[class_index].core.instance));
}

static inline value new_dict(struct mutator *m)
{
    return mutator_allocated(m, dict_new(mutator_allocates(m)));
}

static inline value new_str(struct mutator *m, const char *utf8, size_t bytes)
{
    return mutator_allocated(m, string_new(mutator_allocates(m), utf8, bytes));
}

/* A string of its own first, as CPython's PyUnicode_InternFromString. */
static inline value new_interned(struct mutator *m, const char *utf8, size_t bytes)
{
    return mutator_allocated(m, intern(mutator_heap(m), new_str(m, utf8, bytes)));
}

static inline value new_set(struct mutator *m, const value *items, size_t n)
{
    bool refused;
    value v = set_new(mutator_allocates(m), items, n, &refused);
    return refused ? NULL : mutator_allocated(m, v);
}

static inline value new_function(struct mutator *m, const value *items, size_t n)
{
    return mutator_allocated(m, function_new(mutator_allocates(m), items, n));
}

static inline value new_weakref(struct mutator *m, value v, bool callback)
{
    return mutator_allocated(m, weakref_new(mutator_allocates(m), v, callback));
}

static inline size_t value_list_length(value list)
{
    return list_length(list);
}

static inline value value_list_get(value list, size_t i)
{
    return list_get(list, i);
}

static inline void value_list_set(struct mutator *m, value list, size_t i, value v)
{
    list_set(mutator_heap(m), list, i, v);
}

static inline void value_list_append(struct mutator *m, value list, value v)
{
    if (__builtin_expect(list_append(mutator_heap(m), list, v) != 0, 0)) {
        value_drop(m, v);
        mutator_out_of_memory(m);
    }
}

static inline void value_list_delete(struct mutator *m, value list, size_t i)
{
    if (list_delete(mutator_heap(m), list, i) != 0)
        mutator_out_of_memory(m);
}

static inline void value_list_clear(struct mutator *m, value list)
{
    list_clear(mutator_heap(m), list);
}

static inline value value_tuple_get(value tuple, size_t i)
{
    return tuple_get(tuple, i);
}

static inline value value_slot_get(value object, size_t i)
{
    return slots_get(object, i);
}

static inline size_t value_slot_count(value object)
{
    return slots_class_of(object)->slots;
}

static inline void value_slot_set(struct mutator *m, value object, size_t i, value v)
{
    slots_set(mutator_heap(m), object, i, v);
}

static inline value value_key_get(struct mutator *m, value x, value key)
{
    (void)m;
    return x->type == &dict_type ? dict_get(x, key) : instance_get(x, key);
}

static inline void value_key_set(struct mutator *m, value x, value key, value v)
{
    struct heap *h = mutator_heap(m);
    int failed = x->type == &dict_type ? dict_set(h, x, key, v) : instance_set(h, x, key, v);
    if (__builtin_expect(failed != 0, 0)) {
        value_drop(m, v);
        mutator_out_of_memory(m);
    }
}

static inline bool value_key_delete(struct mutator *m, value x, value key)
{
    struct heap *h = mutator_heap(m);
    return x->type == &dict_type ? dict_delete(h, x, key) : instance_delete(h, x, key);
}

static inline void value_arm_finalizer(value v)
{
    instance_arm_finalizer(v);
}

static inline value value_deref(value ref)
{
    return weakref_get(ref);
}

static inline int64_t value_int(value v)
{
    return int_value(v);
}

static inline double value_float(value v)
{
    return float_value(v);
}

static inline char *value_bytes(value v)
{
    return bytes_data(v);
}

/* ---- What a value is ---- */

enum value_kind value_kind(value v);
size_t value_length(value v);
bool value_is_shared(struct mutator *m, value v);

static inline intptr_t value_references(value v)
{
    return object_references(v);
}

static inline bool value_is_tracked(value v)
{
    return object_is_tracked(v);
}

static inline size_t value_size(struct mutator *m, value v)
{
    (void)m;
    return object_bytes(v);
}

static inline size_t value_footprint(value v)
{
    return object_bytes(v);
}

#endif
