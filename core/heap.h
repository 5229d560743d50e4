/* heap.h - everything of one runtime: its memory, its collector, its shared objects.
 *
 *     static struct heap h;            // about 300 KiB
 *     if (heap_open(&h, &(struct heap_options){.pools = true}) == 0) {
 *         struct object *list = list_new(&h, 0);
 *         ...
 *         object_drop(&h, list);
 *         heap_close(&h);
 *     }
 *
 * Ownership  the heap's memory belongs to it until heap_close. The heap must
 *            not be moved while it is open.
 * Errors     every allocation may fail: NULL or -1, everything is then as
 *            before the call.
 * Threads    none: one heap serves one thread at a time; any number of heaps
 *            may be open.
 */
#ifndef GCSWEEP_HEAP_H
#define GCSWEEP_HEAP_H

#include "core/cascade.h"
#include "core/freelist.h"
#include "core/gc.h"
#include "core/memory.h"
#include "core/object.h"
#include "core/trashcan.h"
#include "core/types/bytes.h"
#include "core/types/list.h"
#include "core/types/intern.h"
#include "core/types/number.h"
#include "core/types/string.h"
#include "core/types/tuple.h"

struct heap_options {
    const struct memory_backend *backend; /* NULL: memory_system */
    const struct arena_source *arenas;    /* NULL: memory_mmap */
    bool pools;                           /* the pool allocator serves up to 512 bytes; else the backend serves all */
    const struct pool_geometry *geometry; /* of the pools; NULL: pool_geometry_3_11 */
    const struct collector *collector;    /* NULL: the first of the table */
    /* Called for a weak reference with a callback (types/weakref.h) once its
     * referent has died; `ref` is lent. NULL for none. */
    void (*on_weakref)(void *context, struct object *ref);
    void *on_weakref_context;
    unsigned free_lists; /* most dead lists kept for reuse; 0: FREELIST_LISTS, as CPython */
    bool debug; /* a full collection at each allocation of a collectable object, blocks under watch
                   (debug_memory.h), no free lists */
};

/* Count that the shared objects start with: they are never released, and a
 * smaller count is a reference dropped once too often (heap_check says so). */
enum { HEAP_SHARED_REFERENCES = 1 << 30 };

struct heap {
    struct cascade cascade; /* first: see cascade_of */
    struct memory memory;
    struct gc_state gc;
    struct trashcan trash;
    struct freelists freelists;
    void (*on_weakref)(void *context, struct object *ref);
    void *on_weakref_context;
    struct {
        struct gc_head head;
        struct list_object list;
    } garbage;
    struct instance_class *classes; /* of instances with attributes */
    struct intern_table interned;
    struct object none;
    struct int_object small_int[INT_SHARED_COUNT];            /* INT_SHARED_LEAST and up */
    _Alignas(16) unsigned char empty_tuple[TUPLE_EMPTY_ROOM]; /* with its gc_head */
    _Alignas(16) unsigned char empty_bytes[BYTES_EMPTY_ROOM];
    union shared_string empty_string, character[STRING_SHARED_CHARACTERS];
};

/* Nothing tracked, all counters 0, thresholds (700, 10, 10), collection
 * enabled. 0, or a positive errno value. */
int heap_open(struct heap *h, const struct heap_options *options);
/* Finalizes and frees what is left, and gives all memory back. What the caller
 * still refers to is not freed: those references are to be dropped before. */
void heap_close(struct heap *h);

/* Every tracked object, permanent ones included. The visitor may change
 * counts, but nothing else. */
void heap_visit(struct heap *h, object_visit *visit, void *argument);

/* gc.garbage: a list, lent, no object of the program: untracked, and no block of its own. */
static inline struct object *heap_garbage(struct heap *h)
{
    return &h->garbage.list.base;
}

/* gc.garbage.clear(). */
void heap_clear_garbage(struct heap *h);

extern const struct type none_type;

/* One more reference to None. */
static inline struct object *none_new(struct heap *h)
{
    h->none.refcount++;
    return &h->none;
}

#endif
