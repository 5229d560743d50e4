/* heap_check.c - the invariants of a heap, one function each.
 *
 * The counts are checked as a collection finds garbage: each object's count is
 * copied into its gc_head, and every reference found takes one off. So nothing
 * needs to be allocated; the links are put back afterwards.
 */
#include "core/heap_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/types/dict.h"
#include "core/types/weakref.h"

struct check {
    struct heap *heap;
    char *error;
    size_t error_size;
    bool failed;
    const struct object *from; /* whose references are being followed */
};

/* Notes a violation, of which the first counts; returns false. */
static __attribute__((format(printf, 2, 3))) bool fail(struct check *c, const char *format, ...)
{
    if (!c->failed) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(c->error, c->error_size, format, arguments);
        va_end(arguments);
        c->failed = true;
    }
    return false;
}

/* The generations, then the permanent one. */
enum { LISTS = GC_GENERATIONS + 1 };

static struct gc_head *list_at(struct check *c, int i)
{
    return i < GC_GENERATIONS ? &c->heap->gc.generation[i] : &c->heap->gc.permanent;
}

static const char *list_name(int i)
{
    static const char *const names[LISTS] = {"generation 0", "generation 1", "generation 2",
                                             "the permanent generation"};
    return names[i];
}

/* ---- Lists ---- */

static bool check_head(struct check *c, const struct gc_head *head, const struct gc_head *previous, int list)
{
    if (head->next == 0)
        return fail(c, "%s: an untracked object", list_name(list));
    if (head->next & GC_NEXT_UNREACHABLE)
        return fail(c, "%s: an object is still flagged unreachable", list_name(list));
    if (head->prev & GC_PREV_COLLECTING)
        return fail(c, "%s: an object is still flagged collecting", list_name(list));
    if (gc_prev(head) != previous)
        return fail(c, "%s: an object's link back does not lead to the one before it", list_name(list));
    return true;
}

static bool check_object(struct check *c, const struct object *o, int list)
{
    if (!object_is_collectable(o))
        return fail(c, "%s: a %s, which cannot be tracked", list_name(list), o->type->name);
    if (o->refcount <= 0)
        return fail(c, "%s: a %s with count %" PRIdPTR, list_name(list), o->type->name, o->refcount);
    if (o->type == &dict_type && !dict_is_sound(o))
        return fail(c, "%s: a dict whose length %zu is not what it holds", list_name(list), dict_length(o));
    return true;
}

static bool check_list(struct check *c, int list)
{
    const struct gc_head *start = list_at(c, list);
    const struct gc_head *previous = start;
    for (const struct gc_head *head = gc_next(start); head != start; head = gc_next(head)) {
        if (!check_head(c, head, previous, list) || !check_object(c, object_of(head), list))
            return false;
        previous = head;
    }
    if (gc_prev(start) != previous)
        return fail(c, "%s: its end is not its last object", list_name(list));
    return true;
}

static bool check_lists(struct check *c)
{
    for (int i = 0; i < LISTS; i++)
        if (!check_list(c, i))
            return false;
    return true;
}

/* ---- Counts ---- */

static void copy_count(struct object *o, void *unused)
{
    (void)unused;
    struct gc_head *head = gc_head_of(o);
    head->prev = (head->prev & GC_PREV_FINALIZED) | GC_PREV_COLLECTING | (uintptr_t)o->refcount << GC_PREV_SHIFT;
}

static void subtract(struct object *o, void *argument)
{
    struct check *c = argument;
    if (o->refcount <= 0)
        fail(c, "a %s holds a %s with count %" PRIdPTR, c->from->type->name, o->type->name, o->refcount);
    if (!object_is_collectable(o) || !(gc_head_of(o)->prev & GC_PREV_COLLECTING))
        return;
    if (gc_head_of(o)->prev >> GC_PREV_SHIFT == 0)
        fail(c, "a %s counts %" PRIdPTR " references, but more were found", o->type->name, o->refcount);
    else
        gc_head_of(o)->prev -= (uintptr_t)1 << GC_PREV_SHIFT;
}

static void subtract_held(struct object *o, void *argument)
{
    struct check *c = argument;
    c->from = o;
    object_traverse(o, subtract, c);
}

static void restore_links(struct gc_head *list)
{
    struct gc_head *previous = list;
    for (struct gc_head *head = gc_next(list); head != list; head = gc_next(head)) {
        head->prev = (head->prev & GC_PREV_FINALIZED) | (uintptr_t)previous;
        previous = head;
    }
}

static bool check_counts(struct check *c)
{
    heap_visit(c->heap, copy_count, NULL);
    heap_visit(c->heap, subtract_held, c);
    for (int i = 0; i < LISTS; i++)
        restore_links(list_at(c, i));
    return !c->failed;
}

/* ---- Weak references ---- */

/* The list of a referent: linked both ways, and one without callback only at its head. */
static void check_weakrefs(struct object *o, void *argument)
{
    struct check *c = argument;
    if (!o->type->weakrefs)
        return;
    const struct weakref_object *previous = NULL;
    const struct weakref_object *ref = (const struct weakref_object *)*weakrefs_of(o);
    for (; ref && !c->failed; previous = ref, ref = ref->next) {
        if (ref->base.type != &weakref_type || ref->referent != o)
            fail(c, "a weak reference in the list of a %s leads elsewhere", o->type->name);
        else if (ref->previous != previous)
            fail(c, "a weak reference's link back does not lead to the one before it");
        else if (previous && !ref->has_callback)
            fail(c, "a weak reference without callback is not the first of its list");
    }
}

static bool check_weakref_lists(struct check *c)
{
    heap_visit(c->heap, check_weakrefs, c);
    return !c->failed;
}

/* ---- The rest ---- */

static bool check_shared_one(struct check *c, const struct object *o, const char *name, int value)
{
    return o->refcount >= HEAP_SHARED_REFERENCES || fail(c, "%s %d was dropped once too often", name, value);
}

static bool check_shared(struct check *c)
{
    struct heap *h = c->heap;
    if (h->none.refcount < HEAP_SHARED_REFERENCES)
        return fail(c, "None was dropped once too often");
    if (tuple_empty(h->empty_tuple)->refcount < HEAP_SHARED_REFERENCES)
        return fail(c, "the empty tuple was dropped once too often");
    if (h->empty_string.string.base.refcount < HEAP_SHARED_REFERENCES)
        return fail(c, "the empty string was dropped once too often");
    for (int i = 0; i < INT_SHARED_COUNT; i++)
        if (!check_shared_one(c, &h->small_int[i].base, "the int", i + INT_SHARED_LEAST))
            return false;
    for (int i = 0; i < STRING_SHARED_CHARACTERS; i++)
        if (!check_shared_one(c, &h->character[i].string.base, "the string of character", i))
            return false;
    return true;
}

static bool check_at_rest(struct check *c)
{
    if (c->heap->gc.collecting)
        return fail(c, "a collection is under way");
    if (c->heap->trash.nesting != 0 || c->heap->trash.waiting)
        return fail(c, "releases are under way: %d levels", c->heap->trash.nesting);
    return true;
}

int heap_check(struct heap *h, char *error, size_t error_size)
{
    struct check c = {.heap = h, .error = error, .error_size = error_size};
    if (!check_at_rest(&c) || !check_lists(&c) || !check_counts(&c) || !check_weakref_lists(&c) || !check_shared(&c))
        return -1;
    if (freelists_check(&h->freelists, error, error_size) < 0)
        return -1;
    if (intern_check(&h->interned, error, error_size) < 0)
        return -1;
    if (h->memory.debug && debug_memory_check(&h->memory.debug_memory, error, error_size) < 0)
        return -1;
    return h->memory.pools ? pool_check(&h->memory.pool, error, error_size) : 0;
}
