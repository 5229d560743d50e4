/* tuple.c - making, untracking and releasing tuples. */
#include "core/types/tuple.h"

#include "core/heap.h"
#include "core/refcount.h"

static struct tuple_object *as_tuple(struct object *o)
{
    return (struct tuple_object *)object_used(o);
}

static void tuple_traverse(struct object *o, object_visit *visit, void *argument)
{
    struct tuple_object *tuple = as_tuple(o);
    for (size_t i = tuple->length; i-- > 0;)
        visit(tuple->items[i], argument);
}

static size_t tuple_bytes_for(size_t n)
{
    return offsetof(struct tuple_object, items) + n * sizeof(struct object *);
}

static size_t tuple_bytes(const struct object *o)
{
    return sizeof(struct gc_head) + tuple_bytes_for(tuple_length(o));
}

static void tuple_release(struct heap *h, struct object *o)
{
    struct tuple_object *tuple = as_tuple(o);
    gc_untrack(o);
    if (!trashcan_begin(h, o))
        return;
    for (size_t i = tuple->length; i-- > 0;)
        object_drop(h, tuple->items[i]);
    size_t n = tuple->length;
    if (n > FREELIST_TUPLE_LENGTHS || !freelist_try_push(h, &h->freelists.tuples[n - 1], o))
        gc_free(h, o);
    trashcan_end(h);
}

/* No clear: a cycle through a tuple is broken elsewhere, since a tuple cannot
 * be made to hold what is younger than itself. */
const struct type tuple_type = {
    .name = "tuple",
    .collectable = true,
    .traverse = tuple_traverse,
    .release = tuple_release,
    .bytes = tuple_bytes,
};

/* n > 0. Its items are still to be set, and it to be tracked. */
static struct tuple_object *allocate(struct heap *h, size_t n)
{
    if (n > SIZE_MAX / sizeof(struct object *) / 2)
        return NULL;
    struct object *o = n <= FREELIST_LONGEST_REUSED ? freelist_try_pop(&h->freelists.tuples[n - 1]) : NULL;
    if (!o)
        o = gc_new(h, &tuple_type, tuple_bytes_for(n));
    if (o)
        as_tuple(o)->length = n;
    return as_tuple(o);
}

void tuple_set_empty(void *room, intptr_t references)
{
    struct gc_head *head = room;
    *head = (struct gc_head){0};
    struct tuple_object *tuple = as_tuple(object_of(head));
    tuple->base = (struct object){.refcount = references, .type = &tuple_type};
    tuple->length = 0;
}

struct object *tuple_new_empty(struct heap *h, size_t n)
{
    struct tuple_object *tuple = allocate(h, n);
    if (!tuple)
        return NULL;
    for (size_t i = 0; i < n; i++)
        tuple->items[i] = none_new(h);
    gc_track(&h->gc, &tuple->base);
    return &tuple->base;
}

struct object *tuple_new(struct heap *h, struct object *const *items, size_t n)
{
    if (n == 0)
        return object_keep(tuple_empty(h->empty_tuple));
    struct tuple_object *tuple = allocate(h, n);
    if (!tuple)
        return NULL;
    struct object *o = &tuple->base;
    for (size_t i = 0; i < n; i++) {
        hook_store(h, o, items[i]);
        tuple->items[i] = object_keep(items[i]);
    }
    gc_track(&h->gc, o);
    return o;
}

void tuple_untrack_if_settled(struct object *o)
{
    struct tuple_object *tuple = as_tuple(o);
    for (size_t i = 0; i < tuple->length; i++)
        if (object_may_be_tracked(tuple->items[i]))
            return;
    gc_untrack(o);
}
