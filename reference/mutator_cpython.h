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
 * Unseen  an object that dies with two or more weak references that have a
 *         callback makes a tuple for them: a collection by that tuple is
 *         counted, but no pause is reported.
 * Source  CPython 3.11 Modules/gcmodule.c (gc_alloc), Objects/listobject.c,
 *         tupleobject.c, dictobject.c (free lists), Python/structmember.c (slots).
 */
#ifndef GCSWEEP_MUTATOR_CPYTHON_H
#define GCSWEEP_MUTATOR_CPYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "reference/state_3_11.h"
#include "workloads/work.h"

struct runtime {
    struct collector_view view;
    pause_hook *on_pause;
    void *on_pause_context;
    uint64_t collections_before[GENERATIONS]; /* the pause that is going on */
    PyTypeObject *types[WORKLOAD_CLASSES];    /* one for each row of the workload's classes */
    PyObject *code, *globals;                 /* of every function */
    PyObject *weakref_callback;               /* of every weak reference that has one */
    uint64_t own_blocks;                      /* the interpreter's, in use before the workload */
    struct work work;
};

/* Around what may be a pause: begin returns the time, end reports it. */
uint64_t runtime_pause_begin(struct runtime *r);
void runtime_pause_end(struct runtime *r, uint64_t start_ns);
/* Drops v (or NULL), clears the exception, and leaves the workload. */
_Noreturn void runtime_no_memory(struct mutator *m, value v);

/* The parts of the interface that are not inlined; objects.c, text.h. */
value runtime_new_set(struct mutator *m, const value *items, size_t n);
value runtime_new_function(struct mutator *m, const value *items, size_t n);
value runtime_new_weakref(struct mutator *m, value v, bool callback);
value runtime_new_str(struct mutator *m, const char *utf8, size_t bytes, bool interned);
void runtime_set_attribute(struct mutator *m, value object, value key, value v);
enum value_kind runtime_kind(value v);
size_t runtime_length(value v);
bool runtime_is_shared(value v);
size_t runtime_size(struct mutator *m, value v);

/* The time when the next allocation by the collector will collect, else 0. */
static inline uint64_t runtime_foresee_pause(struct runtime *r)
{
    const struct collector_view *c = &r->view;
    bool collects = *c->count >= *c->threshold && *c->threshold != 0 && *c->enabled && !*c->collecting;
    return collects && r->on_pause ? runtime_pause_begin(r) : 0;
}

/* What an allocation that began at start (0: no pause foreseen) gave, unless it failed. */
static inline value runtime_made(struct mutator *m, uint64_t start, value v)
{
    if (start)
        runtime_pause_end(mutator_runtime(m), start);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
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
    work_before_allocation(&mutator_runtime(m)->work);
    value v = PyLong_FromLongLong(x);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

static inline value new_float(struct mutator *m, double x)
{
    work_before_allocation(&mutator_runtime(m)->work);
    value v = PyFloat_FromDouble(x);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

static inline value new_bytes(struct mutator *m, size_t n)
{
    work_before_allocation(&mutator_runtime(m)->work);
    value v = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

static inline value new_list(struct mutator *m, size_t n)
{
    struct runtime *r = mutator_runtime(m);
    work_before_allocation(&r->work);
    uint64_t start = *r->view.free_lists == 0 ? runtime_foresee_pause(r) : 0;
    value list = runtime_made(m, start, PyList_New((Py_ssize_t)n));
    for (size_t i = 0; i < n; i++)
        PyList_SET_ITEM(list, (Py_ssize_t)i, value_keep(Py_None));
    return list;
}

/* The runtime's own, too: a closure. */
static inline value runtime_new_tuple(struct mutator *m, const value *items, size_t n)
{
    struct runtime *r = mutator_runtime(m);
    bool reuses = n == 0 || (n <= TUPLE_LONGEST_REUSED && r->view.free_tuples[n - 1] > 0);
    uint64_t start = reuses ? 0 : runtime_foresee_pause(r);
    value tuple = runtime_made(m, start, PyTuple_New((Py_ssize_t)n));
    for (size_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, value_keep(items[i]));
    return tuple;
}

static inline value new_tuple(struct mutator *m, const value *items, size_t n)
{
    work_before_allocation(&mutator_runtime(m)->work);
    return runtime_new_tuple(m, items, n);
}

static inline value new_slots(struct mutator *m, size_t class_index)
{
    struct runtime *r = mutator_runtime(m);
    work_before_allocation(&r->work);
    PyTypeObject *type = r->types[class_index];
    uint64_t start = runtime_foresee_pause(r);
    return runtime_made(m, start, type->tp_alloc(type, 0));
}

/* As a call of the class makes it: tp_new gives it room for its values, tp_alloc would not. */
static inline value new_object(struct mutator *m, size_t class_index)
{
    struct runtime *r = mutator_runtime(m);
    work_before_allocation(&r->work);
    PyTypeObject *type = r->types[class_index];
    value no_arguments = PyTuple_New(0); /* the one of the interpreter */
    uint64_t start = runtime_foresee_pause(r);
    value v = type->tp_new(type, no_arguments, NULL);
    Py_DECREF(no_arguments);
    return runtime_made(m, start, v);
}

static inline value new_dict(struct mutator *m)
{
    struct runtime *r = mutator_runtime(m);
    work_before_allocation(&r->work);
    uint64_t start = *r->view.free_dicts == 0 ? runtime_foresee_pause(r) : 0;
    return runtime_made(m, start, PyDict_New());
}

static inline value new_set(struct mutator *m, const value *items, size_t n)
{
    work_before_allocation(&mutator_runtime(m)->work);
    return runtime_new_set(m, items, n);
}

static inline value new_function(struct mutator *m, const value *items, size_t n)
{
    work_before_allocation(&mutator_runtime(m)->work);
    return runtime_new_function(m, items, n);
}

static inline value new_str(struct mutator *m, const char *utf8, size_t bytes)
{
    work_before_allocation(&mutator_runtime(m)->work);
    return runtime_new_str(m, utf8, bytes, false);
}

static inline value new_interned(struct mutator *m, const char *utf8, size_t bytes)
{
    work_before_allocation(&mutator_runtime(m)->work);
    return runtime_new_str(m, utf8, bytes, true);
}

static inline value new_weakref(struct mutator *m, value v, bool callback)
{
    work_before_allocation(&mutator_runtime(m)->work);
    return runtime_new_weakref(m, v, callback);
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

static inline size_t value_slot_count(value object)
{
    return ((size_t)Py_TYPE(object)->tp_basicsize - sizeof(PyObject)) / sizeof(value);
}

static inline value value_slot_get(value object, size_t i)
{
    return *runtime_slot(object, i);
}

static inline void value_slot_set(struct mutator *m, value object, size_t i, value v)
{
    value_replace(m, runtime_slot(object, i), v);
}

static inline value value_key_get(struct mutator *m, value x, value key)
{
    (void)m;
    value dict = PyDict_CheckExact(x) ? x : state_instance_dict(x);
    return dict ? PyDict_GetItem(dict, key) : state_find_value(x, key);
}

/* The caller's reference goes last, as the interpreter's stack lets go of a
 * value after it is stored. */
static inline void value_key_set(struct mutator *m, value x, value key, value v)
{
    if (!PyDict_CheckExact(x))
        runtime_set_attribute(m, x, key, v);
    else if (PyDict_SetItem(x, key, v) != 0)
        runtime_no_memory(m, v);
    value_drop(m, v);
}

/* Looked up first, since a missing key would be reported by an exception's allocation. */
static inline bool value_key_delete(struct mutator *m, value x, value key)
{
    if (!value_key_get(m, x, key))
        return false;
    if (!PyDict_CheckExact(x))
        runtime_set_attribute(m, x, key, NULL);
    else if (PyDict_DelItem(x, key) != 0)
        runtime_no_memory(m, NULL);
    return true;
}

static inline value value_deref(value ref)
{
    value referent = PyWeakref_GET_OBJECT(ref);
    return referent == Py_None ? NULL : referent;
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

static inline enum value_kind value_kind(value v)
{
    return runtime_kind(v);
}

static inline size_t value_length(value v)
{
    return runtime_length(v);
}

static inline intptr_t value_references(value v)
{
    return Py_REFCNT(v);
}

static inline bool value_is_shared(struct mutator *m, value v)
{
    (void)m;
    return runtime_is_shared(v);
}

static inline bool value_is_tracked(value v)
{
    return PyObject_GC_IsTracked(v);
}

static inline size_t value_size(struct mutator *m, value v)
{
    return runtime_size(m, v);
}

/* The collector's head is two words. An int of 0 has room for a digit, too. */
static inline size_t value_footprint(value v)
{
    const PyTypeObject *type = Py_TYPE(v);
    size_t bytes = (PyObject_IS_GC(v) ? 2 * sizeof(uintptr_t) : 0) + (size_t)type->tp_basicsize;
    if (PyList_CheckExact(v))
        return bytes + (size_t)((PyListObject *)v)->allocated * sizeof(value);
    size_t items = type->tp_itemsize > 0 ? (size_t)Py_ABS(Py_SIZE(v)) : 0;
    if (PyLong_CheckExact(v) && items == 0)
        items = 1;
    return bytes + items * (size_t)type->tp_itemsize;
}

static inline void value_arm_finalizer(value v)
{
    state_arm_finalizer(v);
}

#endif
