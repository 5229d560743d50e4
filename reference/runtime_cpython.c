/* runtime_cpython.c - runtime_open and its family over the real CPython 3.11.
 *
 * The interpreter's own 4,000 or so objects are frozen and hidden before the
 * workload starts, so that they neither count nor cost; its classes and
 * functions that are used later are made before that. gc.collect, gc.freeze and
 * gc.unfreeze are called as Python calls them, by vectorcall with small ints
 * that exist already, which allocates no tracked object.
 */
#include "workloads/mutator.h"

#include "core/pool.h"
#include "reference/pymalloc_stats.h"
#include "reference/start.h"
#include "reference/text.h"

#include <structmember.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

struct interpreter {
    struct mutator *mutator; /* NULL when none is open */
    const struct workload_class *classes;
    size_t class_count;
    weakref_hook *on_weakref;
    PyObject *collect, *freeze, *unfreeze; /* functions of the module gc */
    PyObject *generation[GENERATIONS];     /* their arguments */
    struct object_ring own_objects;        /* hidden while the workload runs */
    struct pymalloc_stats *pools;
};

/* A process has one interpreter, and a tp_finalize is given the object alone. */
static struct interpreter opened;

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- Pauses ---- */

uint64_t runtime_pause_begin(struct runtime *r)
{
    state_read_collections(r->collections_before);
    return now_ns();
}

void runtime_pause_end(struct runtime *r, uint64_t start_ns)
{
    uint64_t end_ns = now_ns();
    uint64_t collections[GENERATIONS];
    state_read_collections(collections);
    for (int g = 0; g < GENERATIONS; g++)
        if (collections[g] != r->collections_before[g])
            r->on_pause(r->on_pause_context, g, start_ns, end_ns);
}

void runtime_no_memory(struct mutator *m, value v)
{
    PyErr_Clear(); /* before the drop: a finalizer must not see an exception */
    value_drop(m, v);
    mutator_out_of_memory(m);
}

/* ---- Classes ---- */

static void finalize_instance(PyObject *self)
{
    struct mutator *m = opened.mutator;
    for (size_t i = 0; m && i < opened.class_count; i++)
        if (m->runtime.types[i] == Py_TYPE(self))
            opened.classes[i].finalizer(m, self);
}

/* {"__slots__": ("s00", "s01", ...)}; sorting the names, as type() does, keeps their order. */
static PyObject *make_namespace(unsigned slots)
{
    PyObject *names = PyTuple_New((Py_ssize_t)slots);
    for (unsigned i = 0; names && i < slots; i++) {
        PyObject *name = PyUnicode_FromFormat("s%02u", i);
        if (!name)
            Py_CLEAR(names);
        else
            PyTuple_SET_ITEM(names, (Py_ssize_t)i, name);
    }
    return names ? Py_BuildValue("{sN}", "__slots__", names) : NULL;
}

/* type(name, (), namespace), or NULL. */
static PyTypeObject *make_class(const struct workload_class *c)
{
    PyObject *namespace = c->dict ? PyDict_New() : make_namespace(c->slots);
    if (!namespace)
        return NULL;
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s()N", c->name, namespace);
    if (type && c->finalizer) {
        ((PyTypeObject *)type)->tp_finalize = finalize_instance;
        PyType_Modified((PyTypeObject *)type);
    }
    return (PyTypeObject *)type;
}

/* Whether the class's own descriptors put each slot where runtime_slot looks. */
static bool slots_are_in_order(PyTypeObject *type, unsigned slots)
{
    for (unsigned i = 0; i < slots; i++) {
        char name[16];
        snprintf(name, sizeof name, "s%02u", i);
        PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, name);
        if (!descriptor)
            return false;
        ptrdiff_t offset = ((PyMemberDescrObject *)descriptor)->d_member->offset;
        bool is_member = Py_IS_TYPE(descriptor, &PyMemberDescr_Type);
        Py_DECREF(descriptor);
        if (!is_member || offset != (ptrdiff_t)(sizeof(PyObject) + i * sizeof(PyObject *)))
            return false;
    }
    return true;
}

static int make_classes(struct runtime *r, char *error, size_t error_size)
{
    for (const struct workload_class *c = opened.classes; c && c->name; c++) {
        if (opened.class_count == WORKLOAD_CLASSES || c->slots > WORKLOAD_SLOTS) {
            snprintf(error, error_size, "class %s: a workload has at most %d classes of at most %d slots", c->name,
                     WORKLOAD_CLASSES, WORKLOAD_SLOTS);
            return -1;
        }
        PyTypeObject *type = make_class(c);
        r->types[opened.class_count++] = type;
        if (!type || !slots_are_in_order(type, c->slots) ||
            PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) != c->dict) {
            PyErr_Clear();
            snprintf(error, error_size, "the interpreter cannot make the class %s with %u slots", c->name, c->slots);
            return -1;
        }
    }
    return 0;
}

/* ---- Functions and weak references ---- */

static int make_function_parts(struct runtime *r, char *error, size_t error_size)
{
    r->code = (PyObject *)PyCode_NewEmpty("script", "function", 1);
    r->globals = PyDict_New();
    if (r->code && r->globals)
        return 0;
    PyErr_Clear();
    snprintf(error, error_size, "the interpreter cannot make a function");
    return -1;
}

static PyObject *call_weakref_hook(PyObject *callable, PyObject *const *arguments, size_t count, PyObject *names)
{
    (void)callable, (void)count, (void)names;
    if (opened.mutator && opened.on_weakref)
        opened.on_weakref(opened.mutator, arguments[0]);
    Py_RETURN_NONE;
}

/* What weak references call back: an object that is neither tracked nor from
 * the heap, and is called without an argument tuple. Nothing but the call ever
 * asks its type, which therefore needs no more than this. */
struct callback {
    PyObject_HEAD vectorcallfunc call;
};

static PyTypeObject callback_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "gcsweep.callback",
    .tp_basicsize = sizeof(struct callback),
    .tp_flags = Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(struct callback, call),
    .tp_call = PyVectorcall_Call,
};

static struct callback callback = {PyObject_HEAD_INIT(&callback_type) call_weakref_hook};

/* ---- Opening and closing ---- */

static int find_functions(char *error, size_t error_size)
{
    PyObject *gc = PyImport_ImportModule("gc");
    if (gc) {
        opened.collect = PyObject_GetAttrString(gc, "collect");
        opened.freeze = PyObject_GetAttrString(gc, "freeze");
        opened.unfreeze = PyObject_GetAttrString(gc, "unfreeze");
        Py_DECREF(gc);
    }
    for (int g = 0; g < GENERATIONS; g++)
        opened.generation[g] = PyLong_FromLong(g);
    opened.pools = pymalloc_stats_open();
    if (opened.collect && opened.freeze && opened.unfreeze && opened.pools)
        return 0;
    PyErr_Clear();
    snprintf(error, error_size, "the interpreter's module gc cannot be used");
    return -1;
}

/* gc.collect(generation); its result is read from the statistics instead. */
static void collect(int generation)
{
    PyObject *found = PyObject_Vectorcall(opened.collect, &opened.generation[generation], 1, NULL);
    if (!found)
        PyErr_Clear(); /* no memory for the result: the collection itself has run */
    Py_XDECREF(found);
}

static void call(PyObject *function)
{
    Py_XDECREF(PyObject_CallNoArgs(function)); /* freeze and unfreeze cannot fail */
}

/* Collects until nothing is found: what finalizers let go of goes too. */
static void collect_all(void)
{
    uint64_t before;
    do {
        before = state_read_found(GENERATIONS - 1);
        collect(GENERATIONS - 1);
    } while (state_read_found(GENERATIONS - 1) != before);
}

static void drop_own(struct runtime *r)
{
    for (size_t i = 0; i < opened.class_count; i++)
        Py_CLEAR(r->types[i]);
    Py_CLEAR(r->code);
    Py_CLEAR(r->globals);
    if (opened.collect)
        collect_all(); /* the classes, and with them the names of attributes */
    text_return();
    for (int g = 0; g < GENERATIONS; g++)
        Py_CLEAR(opened.generation[g]);
    Py_CLEAR(opened.collect);
    Py_CLEAR(opened.freeze);
    Py_CLEAR(opened.unfreeze);
    pymalloc_stats_close(opened.pools);
    memset(&opened, 0, sizeof opened);
}

static int check_options(const struct runtime_options *options, char *error, size_t error_size)
{
    if (opened.mutator)
        snprintf(error, error_size, "a process has one interpreter, and it is in use");
    else if (options->collector && strcmp(options->collector, "cpython-3.11") != 0)
        snprintf(error, error_size, "runtime cpython has no collector '%s', only its own: cpython-3.11",
                 options->collector);
    else if (options->geometry && options->geometry != &pool_geometry_3_11)
        snprintf(error, error_size, "runtime cpython has no pools but its own: pymalloc");
    else
        return state_check_version(error, error_size);
    return -1;
}

int runtime_open(struct mutator *m, const struct runtime_options *options, char *error, size_t error_size)
{
    if (check_options(options, error, error_size) != 0 || start_interpreter(options->pools, error, error_size) != 0)
        return -1;
    struct runtime *r = &m->runtime;
    memset(r, 0, sizeof *r);
    opened.classes = options->classes;
    opened.on_weakref = options->on_weakref;
    if (state_find(&r->view, error, error_size) != 0 || find_functions(error, error_size) != 0 ||
        make_classes(r, error, error_size) != 0 || make_function_parts(r, error, error_size) != 0) {
        drop_own(r);
        start_undo();
        return -1;
    }
    r->on_pause = options->on_pause;
    r->on_pause_context = options->on_pause_context;
    r->weakref_callback = (PyObject *)&callback;
    opened.mutator = m;
    PyType_ClearCache(); /* or else the workload's names would push out the last references to others */
    collect_all();       /* empties the free lists too */
    call(opened.freeze);
    state_empty(&opened.own_objects);
    r->own_blocks = state_read_blocks();
    return 0;
}

void runtime_close(struct mutator *m)
{
    m->runtime.on_pause = NULL;
    state_set_debug(0);
    state_empty_garbage();
    call(opened.unfreeze);
    collect_all(); /* finalizers run while the workload is still there */
    state_return(&opened.own_objects);
    call(opened.unfreeze);
    drop_own(&m->runtime);
    start_undo();
}

/* ---- While it is open ---- */

void runtime_set_thresholds(struct mutator *m, int t0, int t1, int t2)
{
    (void)m;
    state_set_thresholds(t0, t1, t2);
}

void runtime_enable(struct mutator *m, bool enabled)
{
    (void)m;
    state_enable(enabled);
}

bool runtime_is_enabled(struct mutator *m)
{
    return *m->runtime.view.enabled;
}

void runtime_get_thresholds(struct mutator *m, int out[GENERATIONS])
{
    (void)m;
    state_get_thresholds(out);
}

void runtime_get_count(struct mutator *m, int64_t out[GENERATIONS])
{
    (void)m;
    state_get_count(out);
}

void runtime_get_stats(struct mutator *m, struct generation_stats out[GENERATIONS])
{
    (void)m;
    state_get_stats(out);
}

void runtime_set_debug(struct mutator *m, unsigned flags)
{
    (void)m;
    state_set_debug(flags);
}

uint64_t runtime_garbage_length(struct mutator *m)
{
    (void)m;
    return state_garbage_length();
}

void runtime_freeze(struct mutator *m)
{
    (void)m;
    call(opened.freeze);
}

void runtime_unfreeze(struct mutator *m)
{
    (void)m;
    call(opened.unfreeze);
}

uint64_t runtime_freeze_count(struct mutator *m)
{
    (void)m;
    return state_frozen();
}

uint64_t runtime_blocks(struct mutator *m)
{
    return state_read_blocks() - m->runtime.own_blocks;
}

uint64_t runtime_collect(struct mutator *m, int generation)
{
    struct runtime *r = &m->runtime;
    uint64_t before = state_read_found(generation);
    if (r->on_pause && !*r->view.collecting) {
        uint64_t start_ns = runtime_pause_begin(r);
        collect(generation);
        runtime_pause_end(r, start_ns);
    } else {
        collect(generation);
    }
    return state_read_found(generation) - before;
}

void runtime_read(struct mutator *m, struct runtime_state *out)
{
    (void)m;
    state_read(out);
    out->visited_known = false;
    pymalloc_stats_read(opened.pools, &out->pool);
}

const char *runtime_python_version(void)
{
    return PY_VERSION;
}
