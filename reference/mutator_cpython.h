/* mutator_cpython.h - mutator.h over the C API of the real CPython 3.11.
 *
 * Included by workloads/mutator.h alone. Each call does what a Python program
 * of the same shape does to the heap, and nothing beside it: no argument
 * tuples, no frames, no strings.
 *
 * Pauses  the interpreter collects inside the allocation that takes count[0]
 *         over its threshold. That is foreseen by a comparison, so the clock is
 *         read for such an allocation alone; the pause is that allocation. A
 *         list of n items allocates its items in it too.
 * Source  CPython 3.11 Modules/gcmodule.c (gc_alloc), Objects/listobject.c,
 *         tupleobject.c (free lists), Python/structmember.c (slots).
 */
#ifndef GCSWEEP_MUTATOR_CPYTHON_H
#define GCSWEEP_MUTATOR_CPYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "reference/state_3_11.h"

struct runtime {
    struct collector_view view;
    pause_hook *on_pause;
    void *on_pause_context;
    uint64_t collections_before[GENERATIONS]; /* the pause that is going on */
    PyTypeObject *types[WORKLOAD_CLASSES];    /* one for each row of the workload's classes */
};

/* Around what may be a pause: begin returns the time, end reports it. */
uint64_t runtime_pause_begin(struct runtime *r);
void runtime_pause_end(struct runtime *r, uint64_t start_ns);
/* Drops v (or NULL), clears the exception, and leaves the workload. */
_Noreturn void runtime_no_memory(struct mutator *m, value v);

/* The time when the next allocation by the collector will collect, else 0. */
static inline uint64_t runtime_foresee_pause(struct runtime *r)
{
    const struct collector_view *c = &r->view;
    bool collects = *c->count >= *c->threshold && *c->threshold != 0 && *c->enabled && !*c->collecting;
    return collects && r->on_pause ? runtime_pause_begin(r) : 0;
}

static inline value value_keep(value v)
{
    Py_INCREF(v);
    return v;
}

static inline void value_drop(struct mutator *m, value v)
{
    (void)m;
    Py_XDECREF(v);
}

static inline void value_replace(struct mutator *m, value *slot, value v)
{
    value old = *slot;
    *slot = v;
    value_drop(m, old);
}

static inline value new_none(struct mutator *m)
{
    (void)m;
    return value_keep(Py_None);
}

static inline value new_int(struct mutator *m, int64_t x)
{
    value v = PyLong_FromLongLong(x);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

static inline value new_float(struct mutator *m, double x)
{
    value v = PyFloat_FromDouble(x);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

static inline value new_bytes(struct mutator *m, size_t n)
{
    value v = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

static inline value new_list(struct mutator *m, size_t n)
{
    struct runtime *r = mutator_runtime(m);
    uint64_t start = *r->view.free_lists == 0 ? runtime_foresee_pause(r) : 0;
    value list = PyList_New((Py_ssize_t)n);
    if (start)
        runtime_pause_end(r, start);
    if (!list)
        runtime_no_memory(m, NULL);
    for (size_t i = 0; i < n; i++)
        PyList_SET_ITEM(list, (Py_ssize_t)i, value_keep(Py_None));
    return list;
}

static inline value new_tuple(struct mutator *m, const value *items, size_t n)
{
    struct runtime *r = mutator_runtime(m);
    bool reuses = n <= TUPLE_LONGEST_REUSED && r->view.free_tuples[n - 1] > 0;
    uint64_t start = reuses ? 0 : runtime_foresee_pause(r);
    value tuple = PyTuple_New((Py_ssize_t)n);
    if (start)
        runtime_pause_end(r, start);
    if (!tuple)
        runtime_no_memory(m, NULL);
    for (size_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, value_keep(items[i]));
    return tuple;
}

static inline value new_slots(struct mutator *m, size_t class_index)
{
    struct runtime *r = mutator_runtime(m);
    PyTypeObject *type = r->types[class_index];
    uint64_t start = runtime_foresee_pause(r);
    value v = type->tp_alloc(type, 0);
    if (start)
        runtime_pause_end(r, start);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

static inline size_t value_list_length(value list)
{
    return (size_t)PyList_GET_SIZE(list);
}

static inline value value_list_get(value list, size_t i)
{
    return PyList_GET_ITEM(list, (Py_ssize_t)i);
}

static inline void value_list_set(struct mutator *m, value list, size_t i, value v)
{
    value_replace(m, &((PyListObject *)list)->ob_item[i], v);
}

static inline void value_list_append(struct mutator *m, value list, value v)
{
    if (PyList_Append(list, v) != 0)
        runtime_no_memory(m, v);
    Py_DECREF(v);
}

static inline void value_list_delete(struct mutator *m, value list, size_t i)
{
    if (PySequence_DelItem(list, (Py_ssize_t)i) != 0)
        runtime_no_memory(m, NULL);
}

static inline void value_list_clear(struct mutator *m, value list)
{
    if (PyList_SetSlice(list, 0, PyList_GET_SIZE(list), NULL) != 0)
        runtime_no_memory(m, NULL);
}

static inline value value_tuple_get(value tuple, size_t i)
{
    return PyTuple_GET_ITEM(tuple, (Py_ssize_t)i);
}

/* Slots follow the object's header in the order of their names; runtime_open
 * has checked that their descriptors agree. */
static inline value *runtime_slot(value object, size_t i)
{
    return (value *)(object + 1) + i;
}

static inline value value_slot_get(value object, size_t i)
{
    return *runtime_slot(object, i);
}

static inline void value_slot_set(struct mutator *m, value object, size_t i, value v)
{
    value_replace(m, runtime_slot(object, i), v);
}

static inline int64_t value_int(value v)
{
    return PyLong_AsLongLong(v);
}

static inline double value_float(value v)
{
    return PyFloat_AS_DOUBLE(v);
}

static inline char *value_bytes(value v)
{
    return PyBytes_AS_STRING(v);
}

#endif
