/* heap.c - opening and closing a heap. */
#include "core/heap.h"

#include "core/refcount.h"
#include "core/types/instance.h"

/* Whether every heap's blocks are under watch, not only those that are opened so. */
#ifdef GCSWEEP_DEBUG_HEAP
enum { DEBUG_HEAP = true };
#else
enum { DEBUG_HEAP = false };
#endif

static size_t none_bytes(const struct object *o)
{
    return sizeof(*o);
}

const struct type none_type = {.name = "NoneType", .bytes = none_bytes};

static void open_shared_objects(struct heap *h)
{
    h->none = (struct object){.refcount = HEAP_SHARED_REFERENCES, .type = &none_type};
    for (int i = 0; i < INT_SHARED_COUNT; i++)
        int_set_shared(&h->small_int[i], INT_SHARED_LEAST + i, HEAP_SHARED_REFERENCES);
    tuple_set_empty(h->empty_tuple, HEAP_SHARED_REFERENCES);
    bytes_set_empty(h->empty_bytes, HEAP_SHARED_REFERENCES);
    string_set_shared(&h->empty_string, 0, 0, HEAP_SHARED_REFERENCES);
    for (unsigned c = 0; c < STRING_SHARED_CHARACTERS; c++)
        string_set_shared(&h->character[c], c, 1, HEAP_SHARED_REFERENCES);
    h->garbage.head = (struct gc_head){0};
    h->garbage.list = (struct list_object){.base = {.refcount = 1, .type = &list_type}};
}

int heap_open(struct heap *h, const struct heap_options *options)
{
    const struct memory_backend *backend = options->backend ? options->backend : &memory_system;
    const struct arena_source *arenas = options->arenas ? options->arenas : &memory_mmap;
    const struct pool_geometry *geometry = options->geometry ? options->geometry : &pool_geometry_3_11;
    const struct pool_geometry *pools = options->pools ? geometry : NULL;
    int failed = options->debug || DEBUG_HEAP ? memory_open_debug(&h->memory, backend, arenas, pools)
                                              : memory_open(&h->memory, backend, arenas, pools);
    if (failed)
        return failed;
    gc_open(&h->gc, options->collector ? options->collector : collectors[0], options->debug);
    cascade_open(&h->cascade);
    h->trash = (struct trashcan){0};
    freelists_open(&h->freelists, !options->debug);
    if (options->free_lists > 0 && !options->debug)
        h->freelists.lists.most = options->free_lists;
    h->on_weakref = options->on_weakref;
    h->on_weakref_context = options->on_weakref_context;
    h->classes = NULL;
    h->interned = (struct intern_table){0};
    open_shared_objects(h);
    return 0;
}

void heap_clear_garbage(struct heap *h)
{
    list_clear(h, heap_garbage(h));
}

/* The most collections that closing takes. A finalizer may bring its object
 * back once; one that also makes new objects with finalizers may go on for ever. */
enum { LAST_COLLECTIONS = 16 };

void heap_close(struct heap *h)
{
    gc_set_callback(&h->gc, NULL, NULL);
    gc_set_pause_hook(&h->gc, NULL, NULL);
    gc_set_debug(&h->gc, 0);
    heap_clear_garbage(h);
    gc_unfreeze(&h->gc);
    for (int i = 0; i < LAST_COLLECTIONS && gc_collect(h, GC_OLDEST) > 0; i++)
        continue;
    instance_classes_close(h);
    freelists_clear(h);
    intern_close(h);
    memory_close(&h->memory);
}

static void visit_list(const struct gc_head *list, object_visit *visit, void *argument)
{
    for (const struct gc_head *head = gc_next(list); head != list; head = gc_next(head))
        visit(object_of(head), argument);
}

void heap_visit(struct heap *h, object_visit *visit, void *argument)
{
    for (int g = 0; g < GC_GENERATIONS; g++)
        visit_list(&h->gc.generation[g], visit, argument);
    visit_list(&h->gc.permanent, visit, argument);
}
