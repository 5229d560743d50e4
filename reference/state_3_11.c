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
#include <internal/pycore_interp.h>
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
