/* weakref.c - making, clearing and calling back weak references. */
#include "core/types/weakref.h"

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/tuple.h"

_Static_assert(sizeof(struct weakref_object) == 64, "as large as CPython's");

static struct weakref_object *as_weakref(struct object *o)
{
    return (struct weakref_object *)object_used(o);
}

/* ---- The referent's list ---- */

static struct weakref_object *first_of(struct object *const *list)
{
    return (struct weakref_object *)*list;
}

static void insert_first(struct object **list, struct weakref_object *ref)
{
    ref->previous = NULL;
    ref->next = first_of(list);
    if (ref->next)
        ref->next->previous = ref;
    *list = &ref->base;
}

static void insert_after(struct weakref_object *before, struct weakref_object *ref)
{
    ref->previous = before;
    ref->next = before->next;
    if (ref->next)
        ref->next->previous = ref;
    before->next = ref;
}

/* The one without callback, NULL when there is none. */
static struct weakref_object *find_shared(struct object *const *list)
{
    struct weakref_object *first = first_of(list);
    return first && !first->has_callback ? first : NULL;
}

void weakref_detach(struct weakref_object *ref)
{
    if (!ref->referent)
        return;
    struct object **list = weakrefs_of(ref->referent);
    if (*list == &ref->base)
        *list = (struct object *)ref->next;
    if (ref->previous)
        ref->previous->next = ref->next;
    if (ref->next)
        ref->next->previous = ref->previous;
    ref->referent = NULL;
    ref->previous = ref->next = NULL;
}

/* ---- The type ---- */

static void weakref_clear(struct heap *h, struct object *o)
{
    (void)h;
    weakref_detach(as_weakref(o));
    as_weakref(o)->has_callback = 0;
}

static void weakref_release(struct heap *h, struct object *o)
{
    gc_untrack(o);
    weakref_clear(h, o);
    gc_free(h, o);
}

static size_t weakref_bytes(const struct object *o)
{
    (void)o;
    return sizeof(struct gc_head) + sizeof(struct weakref_object);
}

/* It holds no reference, but clearing it is what lets a later collection pass
 * it by. */
const struct type weakref_type = {
    .name = "weakref",
    .collectable = true,
    .clear = weakref_clear,
    .release = weakref_release,
    .bytes = weakref_bytes,
};

static struct weakref_object *allocate(struct heap *h, struct object *referent, bool callback)
{
    struct weakref_object *ref = (struct weakref_object *)gc_new(h, &weakref_type, sizeof(*ref));
    if (!ref)
        return NULL;
    ref->referent = referent;
    ref->has_callback = callback;
    ref->hash = -1;
    ref->previous = ref->next = NULL;
    ref->unused = NULL;
    gc_track(&h->gc, &ref->base);
    return ref;
}

/* The allocation may collect, and so run what makes or drops weak references
 * to the same object: the list is looked at again afterwards. */
struct object *weakref_new(struct heap *h, struct object *referent, bool callback)
{
    struct object **list = weakrefs_of(referent);
    struct weakref_object *shared = find_shared(list);
    if (shared && !callback)
        return object_keep(&shared->base);
    struct weakref_object *ref = allocate(h, referent, callback);
    if (!ref)
        return NULL;
    shared = find_shared(list);
    if (!shared) {
        insert_first(list, ref);
    } else if (callback) {
        insert_after(shared, ref);
    } else {
        ref->referent = NULL; /* it is in no list */
        object_drop(h, &ref->base);
        return object_keep(&shared->base);
    }
    return &ref->base;
}

/* ---- The referent dies ---- */

void weakref_call_back(struct heap *h, struct object *ref)
{
    if (h->on_weakref)
        h->on_weakref(h->on_weakref_context, ref);
}

static void call_back_one(struct heap *h, struct weakref_object *ref)
{
    weakref_clear(h, &ref->base);
    weakref_call_back(h, &ref->base);
}

static size_t list_length_of(const struct weakref_object *ref)
{
    size_t n = 0;
    for (; ref; ref = ref->next)
        n++;
    return n;
}

/* All are cleared before the first is called. The tuple is twice as long as
 * the list, since CPython's has each callback beside its weak reference: None
 * stands for it. Its allocation may collect, and so shorten the list. */
static void call_back_all(struct heap *h, struct object **list)
{
    struct object *waiting = tuple_new_empty(h, 2 * list_length_of(first_of(list)));
    size_t found = 0;
    for (struct weakref_object *ref; (ref = first_of(list)); found++) {
        if (waiting)
            tuple_set(h, waiting, 2 * found, object_keep(&ref->base));
        weakref_clear(h, &ref->base);
    }
    if (!waiting)
        return;
    for (size_t i = 0; i < found; i++)
        weakref_call_back(h, tuple_get(waiting, 2 * i));
    object_drop(h, waiting);
}

void weakrefs_clear(struct heap *h, struct object *o, struct object **list)
{
    (void)o;
    struct weakref_object *shared = find_shared(list);
    if (shared)
        weakref_clear(h, &shared->base);
    struct weakref_object *first = first_of(list);
    if (!first)
        return;
    if (first->next)
        call_back_all(h, list);
    else
        call_back_one(h, first);
}
