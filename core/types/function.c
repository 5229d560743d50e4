/* function.c - making and releasing functions, closures and cells. */
#include "core/types/function.h"

#include <string.h>

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/tuple.h"
#include "core/types/weakref.h"

_Static_assert(sizeof(struct cell_object) == 24, "as large as CPython's");
_Static_assert(sizeof(struct function_object) == 136, "as large as CPython's");

/* ---- Cells ---- */

static struct cell_object *as_cell(struct object *o)
{
    return (struct cell_object *)object_used(o);
}

static void cell_traverse(struct object *o, object_visit *visit, void *argument)
{
    if (as_cell(o)->item)
        visit(as_cell(o)->item, argument);
}

static void cell_clear(struct heap *h, struct object *o)
{
    struct object *item = as_cell(o)->item;
    as_cell(o)->item = NULL;
    object_drop_if_any(h, item);
}

/* No level of the trashcan: whoever holds a cell, a tuple, is one. */
static void cell_release(struct heap *h, struct object *o)
{
    gc_untrack(o);
    cell_clear(h, o);
    gc_free(h, o);
}

static size_t cell_bytes(const struct object *o)
{
    (void)o;
    return sizeof(struct gc_head) + sizeof(struct cell_object);
}

const struct type cell_type = {
    .name = "cell",
    .collectable = true,
    .traverse = cell_traverse,
    .clear = cell_clear,
    .release = cell_release,
    .bytes = cell_bytes,
};

static struct object *cell_new(struct heap *h, struct object *item)
{
    struct object *o = gc_new(h, &cell_type, sizeof(struct cell_object));
    if (!o)
        return NULL;
    hook_store(h, o, item);
    as_cell(o)->item = object_keep(item);
    gc_track(&h->gc, o);
    return o;
}

/* ---- Functions ---- */

static struct function_object *as_function(struct object *o)
{
    return (struct function_object *)object_used(o);
}

static void function_traverse(struct object *o, object_visit *visit, void *argument)
{
    if (as_function(o)->closure)
        visit(as_function(o)->closure, argument);
}

static void function_clear(struct heap *h, struct object *o)
{
    struct object *closure = as_function(o)->closure;
    as_function(o)->closure = NULL;
    object_drop_if_any(h, closure);
}

static void function_release(struct heap *h, struct object *o)
{
    gc_untrack(o);
    if (as_function(o)->weakrefs)
        weakrefs_clear(h, o, &as_function(o)->weakrefs);
    function_clear(h, o);
    gc_free(h, o);
}

static size_t function_bytes(const struct object *o)
{
    (void)o;
    return sizeof(struct gc_head) + sizeof(struct function_object);
}

const struct type function_type = {
    .name = "function",
    .collectable = true,
    .weakrefs = offsetof(struct function_object, weakrefs),
    .traverse = function_traverse,
    .clear = function_clear,
    .release = function_release,
    .bytes = function_bytes,
};

/* ---- Making one ---- */

static void drop_all(struct heap *h, struct object **objects, size_t n)
{
    for (size_t i = 0; i < n; i++)
        object_drop(h, objects[i]);
}

/* A tuple of new cells; n > 0. */
static struct object *closure_new(struct heap *h, struct object *const *items, size_t n)
{
    struct object *cells[FUNCTION_MOST_ITEMS];
    size_t made = 0;
    cells[0] = NULL;
    while (made < n && (cells[made] = cell_new(h, items[made])))
        made++;
    struct object *closure = made == n ? tuple_new(h, cells, n) : NULL;
    drop_all(h, cells, made); /* the tuple holds them now */
    return closure;
}

struct object *function_new(struct heap *h, struct object *const *items, size_t n)
{
    struct object *closure = NULL;
    if (n > FUNCTION_MOST_ITEMS || (n > 0 && !(closure = closure_new(h, items, n))))
        return NULL;
    struct object *o = gc_new(h, &function_type, sizeof(struct function_object));
    if (!o) {
        object_drop_if_any(h, closure);
        return NULL;
    }
    memset((char *)o + sizeof *o, 0, sizeof(struct function_object) - sizeof *o);
    if (closure)
        hook_store(h, o, closure);
    as_function(o)->closure = closure;
    gc_track(&h->gc, o);
    return o;
}
