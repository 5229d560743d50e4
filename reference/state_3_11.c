/* state_3_11.c - see state_3_11.h; built with the interpreter's own headers. */
#define Py_BUILD_CORE 1
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if PY_VERSION_HEX < 0x030B0000 || PY_VERSION_HEX >= 0x030C0000
#error "state_3_11.c knows the internals of CPython 3.11 only"
#endif

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#include <internal/pycore_dict.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_object.h>
#include <internal/pycore_pymem.h>
#pragma GCC diagnostic pop

#include "reference/state_3_11.h"
#include "workloads/mutator.h"

#include <string.h>

_Static_assert(sizeof(struct object_ring) == sizeof(PyGC_Head), "a ring's head is a PyGC_Head");
_Static_assert((int)GENERATIONS == NUM_GENERATIONS, "both sides have three generations");
_Static_assert(PyTuple_MAXSAVESIZE == TUPLE_LONGEST_REUSED + 1, "tuples shorter than this are taken from free lists");

static struct _gc_runtime_state *collector(void)
{
    return &PyThreadState_Get()->interp->gc;
}

int state_check_version(char *error, size_t error_size)
{
    const char *running = Py_GetVersion(); /* "3.11.2 (main, ...)" */
    size_t length = strlen(PY_VERSION);
    if (strncmp(running, PY_VERSION, length) == 0 && running[length] == ' ')
        return 0;
    snprintf(error, error_size, "libpython is version %.*s, but gcsweep was built for %s: build it again",
             (int)strcspn(running, " "), running, PY_VERSION);
    return -1;
}

static bool is_head_of_a_ring(const struct gc_generation *g)
{
    const PyGC_Head *head = &g->head;
    return _PyGCHead_PREV(_PyGCHead_NEXT(head)) == head && _PyGCHead_NEXT(_PyGCHead_PREV(head)) == head;
}

int state_find(struct collector_view *view, char *error, size_t error_size)
{
    static const int defaults[GENERATIONS] = {700, 10, 10};
    PyInterpreterState *interpreter = PyThreadState_Get()->interp;
    struct _gc_runtime_state *gc = &interpreter->gc;

    /* Compared from the start on, so that a layout that is not ours is found
     * before any of its fields is taken for a pointer and followed. */
    bool known = gc->generation0 == &gc->generations[0].head;
    for (int g = 0; g < GENERATIONS; g++)
        known = known && gc->generations[g].threshold == defaults[g];
    for (int g = 0; g < GENERATIONS; g++)
        known = known && is_head_of_a_ring(&gc->generations[g]);
    if (!known || !is_head_of_a_ring(&gc->permanent_generation)) {
        snprintf(error, error_size, "libpython %s keeps its collector's state otherwise than its headers say",
                 PY_VERSION);
        return -1;
    }
    *view = (struct collector_view){
        .count = &gc->generations[0].count,
        .threshold = &gc->generations[0].threshold,
        .enabled = &gc->enabled,
        .collecting = &gc->collecting,
        .free_lists = &interpreter->list.numfree,
        .free_tuples = interpreter->tuple.numfree,
        .free_dicts = &interpreter->dict_state.numfree,
    };
    return 0;
}

/* Moves all of `from` to `to`, which is empty or not yet set. */
static void move_ring(PyGC_Head *from, PyGC_Head *to)
{
    if (_PyGCHead_NEXT(from) == from) {
        to->_gc_next = to->_gc_prev = (uintptr_t)to;
        return;
    }
    to->_gc_next = from->_gc_next;
    to->_gc_prev = from->_gc_prev;
    _PyGCHead_SET_PREV(_PyGCHead_NEXT(to), to);
    _PyGCHead_SET_NEXT(_PyGCHead_PREV(to), to);
    from->_gc_next = from->_gc_prev = (uintptr_t)from;
}

void state_empty(struct object_ring *ring)
{
    struct _gc_runtime_state *gc = collector();
    move_ring(&gc->permanent_generation.head, (PyGC_Head *)ring);
    memset(gc->generation_stats, 0, sizeof gc->generation_stats);
    gc->long_lived_total = 0;
    gc->long_lived_pending = 0;
    state_set_thresholds(700, 10, 10);
    state_enable(true);
}

void state_return(struct object_ring *ring)
{
    move_ring((PyGC_Head *)ring, &collector()->permanent_generation.head);
}

void state_set_thresholds(int t0, int t1, int t2)
{
    struct _gc_runtime_state *gc = collector();
    gc->generations[0].threshold = t0;
    gc->generations[1].threshold = t1;
    gc->generations[2].threshold = t2;
}

void state_enable(bool enabled)
{
    collector()->enabled = enabled;
}

void state_get_thresholds(int *out)
{
    for (int g = 0; g < GENERATIONS; g++)
        out[g] = collector()->generations[g].threshold;
}

void state_get_count(int64_t *out)
{
    for (int g = 0; g < GENERATIONS; g++)
        out[g] = collector()->generations[g].count;
}

void state_get_stats(struct generation_stats *out)
{
    const struct gc_generation_stats *stats = collector()->generation_stats;
    for (int g = 0; g < GENERATIONS; g++)
        out[g] = (struct generation_stats){.collections = (uint64_t)stats[g].collections,
                                           .collected = (uint64_t)stats[g].collected,
                                           .uncollectable = (uint64_t)stats[g].uncollectable};
}

void state_set_debug(unsigned flags)
{
    collector()->debug = (int)flags;
}

uint64_t state_garbage_length(void)
{
    return (uint64_t)PyList_GET_SIZE(collector()->garbage);
}

void state_empty_garbage(void)
{
    PyObject *garbage = collector()->garbage;
    if (PyList_SetSlice(garbage, 0, PyList_GET_SIZE(garbage), NULL) != 0)
        PyErr_Clear(); /* no memory to do it in: the list stays as it is */
}

static uint64_t ring_length(const PyGC_Head *head)
{
    uint64_t n = 0;
    for (const PyGC_Head *at = _PyGCHead_NEXT(head); at != head; at = _PyGCHead_NEXT(at))
        n++;
    return n;
}

void state_read(struct runtime_state *out)
{
    const struct _gc_runtime_state *gc = collector();
    for (int g = 0; g < GENERATIONS; g++) {
        out->generation[g].collections = (uint64_t)gc->generation_stats[g].collections;
        out->generation[g].collected = (uint64_t)gc->generation_stats[g].collected;
        out->generation[g].uncollectable = (uint64_t)gc->generation_stats[g].uncollectable;
        out->generation[g].objects = ring_length(&gc->generations[g].head);
        out->count[g] = gc->generations[g].count;
    }
    out->long_lived_total = gc->long_lived_total;
    out->long_lived_pending = gc->long_lived_pending;
}

uint64_t state_frozen(void)
{
    return ring_length(&collector()->permanent_generation.head);
}

void state_read_collections(uint64_t *out)
{
    const struct _gc_runtime_state *gc = collector();
    for (int g = 0; g < GENERATIONS; g++)
        out[g] = (uint64_t)gc->generation_stats[g].collections;
}

uint64_t state_read_found(int generation)
{
    const struct gc_generation_stats *stats = &collector()->generation_stats[generation];
    return (uint64_t)stats->collected + (uint64_t)stats->uncollectable;
}

bool state_print_pools(FILE *stream)
{
    return _PyObject_DebugMallocStats(stream) != 0;
}

uint64_t state_read_blocks(void)
{
    return (uint64_t)_Py_GetAllocatedBlocks();
}

size_t state_size_of(PyObject *object)
{
    struct _gc_runtime_state *gc = collector();
    int enabled = gc->enabled, count = gc->generations[0].count;
    gc->enabled = 0;
    size_t bytes = _PySys_GetSizeOf(object);
    gc->enabled = enabled;
    gc->generations[0].count = count;
    if (!PyErr_Occurred())
        return bytes;
    PyErr_Clear();
    return 0;
}

void state_arm_finalizer(PyObject *object)
{
    _Py_AS_GC(object)->_gc_prev &= ~(uintptr_t)_PyGC_PREV_MASK_FINALIZED;
}

PyObject *state_instance_dict(PyObject *instance)
{
    return *_PyObject_ManagedDictPointer(instance);
}

/* The key's index among those that the class's instances share, or -1. */
static Py_ssize_t find_shared_key(PyTypeObject *type, PyObject *name)
{
    const PyDictKeysObject *keys = ((PyHeapTypeObject *)type)->ht_cached_keys;
    const PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
    Py_ssize_t i = keys->dk_nentries - 1;
    while (i >= 0 && entries[i].me_key != name)
        i--;
    return i;
}

bool state_is_shared_key(PyTypeObject *type, PyObject *name)
{
    return find_shared_key(type, name) >= 0;
}

bool state_may_make_dict(PyObject *instance, PyObject *name)
{
    bool has_values = *_PyObject_ValuesPointer(instance) != NULL;
    return !state_instance_dict(instance) && !(has_values && state_is_shared_key(Py_TYPE(instance), name));
}

PyObject *state_find_value(PyObject *instance, PyObject *name)
{
    const PyDictValues *values = *_PyObject_ValuesPointer(instance);
    Py_ssize_t i = values ? find_shared_key(Py_TYPE(instance), name) : -1;
    return i >= 0 ? values->values[i] : NULL;
}

/* Where the entry for a pair is, follows from the class's version and the name's address. */
void state_forget_name(PyTypeObject *type, PyObject *name)
{
    struct type_cache *cache = &PyThreadState_Get()->interp->type_cache;
    unsigned hash = type->tp_version_tag ^ (unsigned)((uintptr_t)name >> 3);
    struct type_cache_entry *entry = &cache->hashtable[hash & ((1u << MCACHE_SIZE_EXP) - 1)];
    if (entry->name != name)
        return;
    entry->version = 0;
    entry->value = NULL;
    Py_SETREF(entry->name, Py_NewRef(Py_None));
}
