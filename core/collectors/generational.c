/* generational.c - CPython's collector up to 3.13: three generations, cycles found by counting.
 *
 * Idea      Among the objects of a generation and all younger ones (the set),
 *           an object whose count is more than the references it gets from
 *           within the set is referenced from outside: it is reachable, and so
 *           is all that it leads to. What is left is garbage.
 * Steps     copy_counts, subtract_inner_references, split: the set keeps
 *           what is reachable, in prev-linked order again; the rest is in a
 *           list of its own. Survivors move to the next generation. Weak
 *           references to garbage are cleared and called back. Garbage is
 *           finalized, looked at once more (a finalizer may have brought some
 *           of it back), and taken apart.
 * Cost      each object of the set is traversed once, each survivor twice.
 * Order     lists are walked oldest first; what was set aside too early goes
 *           to the end of the set. Finalizers and releases run in that order.
 * Invariant while prev carries a count, the set is linked by next alone.
 * Source    CPython 3.11 Modules/gcmodule.c: gc_collect_main,
 *           deduce_unreachable, delete_garbage and neighbours. Differs: no
 *           tp_del.
 */
#include "core/gc.h"
#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/dict.h"
#include "core/types/tuple.h"
#include "core/types/weakref.h"

/* ---- Finding the garbage ---- */

enum { ONE_REFERENCE = 1 << GC_PREV_SHIFT };

static inline uintptr_t references_left(const struct gc_head *head)
{
    return head->prev >> GC_PREV_SHIFT;
}

static inline void set_references_left(struct gc_head *head, uintptr_t n)
{
    head->prev = (head->prev & GC_PREV_FLAGS) | n << GC_PREV_SHIFT;
}

static inline bool is_in_set(const struct gc_head *head)
{
    return (head->prev & GC_PREV_COLLECTING) != 0;
}

static inline void leave_set(struct gc_head *head)
{
    head->prev &= ~(uintptr_t)GC_PREV_COLLECTING;
}

/* How many there are. */
static uint64_t copy_counts(struct gc_head *set)
{
    uint64_t objects = 0;
    for (struct gc_head *head = gc_next(set); head != set; head = gc_next(head)) {
        uintptr_t count = (uintptr_t)object_of(head)->refcount;
        head->prev = (head->prev & GC_PREV_FINALIZED) | GC_PREV_COLLECTING | count << GC_PREV_SHIFT;
        objects++;
    }
    return objects;
}

static void subtract_reference(struct object *o, void *unused)
{
    (void)unused;
    if (object_is_collectable(o)) {
        struct gc_head *head = gc_head_of(o);
        if (is_in_set(head))
            head->prev -= ONE_REFERENCE;
    }
}

static void subtract_inner_references(struct gc_head *set)
{
    for (struct gc_head *head = gc_next(set); head != set; head = gc_next(head))
        object_traverse(object_of(head), subtract_reference, NULL);
}

/* Puts a head at the end of `list`, every link to it flagged. The head of the
 * list gets the flag, too: finish_unreachable takes it away. */
static void append_unreachable(struct gc_head *list, struct gc_head *head)
{
    struct gc_head *last = gc_prev(list);
    last->next = (uintptr_t)head | GC_NEXT_UNREACHABLE;
    gc_set_prev(head, last);
    head->next = (uintptr_t)list | GC_NEXT_UNREACHABLE;
    list->prev = (uintptr_t)head;
}

static void unlink_unreachable(const struct gc_head *head)
{
    struct gc_head *next = (struct gc_head *)(head->next & ~(uintptr_t)GC_NEXT_UNREACHABLE);
    gc_prev(head)->next = head->next;
    gc_set_prev(next, gc_prev(head));
}

/* An object of the set is referenced by a reachable one. */
static void reach(struct object *o, void *set)
{
    if (!object_is_collectable(o))
        return;
    struct gc_head *head = gc_head_of(o);
    if (!is_in_set(head))
        return; /* in an older generation, untracked, or known to be reachable */
    if (head->next & GC_NEXT_UNREACHABLE) {
        unlink_unreachable(head);
        gc_list_append(set, head);
        set_references_left(head, 1);
    } else if (references_left(head) == 0) {
        set_references_left(head, 1);
    }
}

/* One pass over the set, which grows at its end while it is walked. Afterwards
 * prev is a link again everywhere, and the objects in `unreachable`, no
 * others, are marked as collecting. */
static void split(struct gc_head *set, struct gc_head *unreachable)
{
    struct gc_head *last = set; /* that is known to stay */
    for (struct gc_head *head = gc_next(set); head != set; head = gc_next(last)) {
        if (references_left(head) > 0) {
            /* May append to the set: head->next is read afterwards only. */
            object_traverse(object_of(head), reach, set);
            gc_set_prev(head, last);
            leave_set(head);
            last = head;
        } else {
            last->next = head->next;
            append_unreachable(unreachable, head);
        }
    }
    set->prev = (uintptr_t)last;
}

static void finish_unreachable(struct gc_head *list)
{
    list->next &= ~(uintptr_t)GC_NEXT_UNREACHABLE;
    for (struct gc_head *head = gc_next(list); head != list; head = gc_next(head))
        head->next &= ~(uintptr_t)GC_NEXT_UNREACHABLE;
}

static void find_unreachable(struct gc_state *gc, struct gc_head *set, struct gc_head *unreachable)
{
    gc->visited += copy_counts(set);
    subtract_inner_references(set);
    gc_list_init(unreachable);
    split(set, unreachable);
}

/* ---- What becomes of the survivors ---- */

/* Walks oldest first: a tuple before the tuple that it holds needs a second
 * collection. */
static void untrack_tuples(struct gc_head *set)
{
    struct gc_head *next;
    for (struct gc_head *head = gc_next(set); head != set; head = next) {
        next = gc_next(head);
        if (object_of(head)->type == &tuple_type)
            tuple_untrack_if_settled(object_of(head));
    }
}

/* In full collections only: a dict that grows would come and go. */
static void untrack_dicts(struct gc_head *set)
{
    struct gc_head *next;
    for (struct gc_head *head = gc_next(set); head != set; head = next) {
        next = gc_next(head);
        if (object_of(head)->type == &dict_type)
            dict_untrack_if_settled(object_of(head));
    }
}

/* Moves the set into the next generation; returns that one's list. */
static struct gc_head *promote(struct gc_state *gc, struct gc_head *set, int generation)
{
    if (generation == GC_OLDEST) {
        untrack_dicts(set);
        gc->long_lived_pending = 0;
        gc->long_lived_total = (int64_t)gc_list_length(set);
        return set;
    }
    if (generation == GC_OLDEST - 1)
        gc->long_lived_pending += (int64_t)gc_list_length(set);
    gc_list_merge(&gc->generation[generation + 1], set);
    return &gc->generation[generation + 1];
}

/* ---- Weak references to the garbage ---- */

/* Puts those that are to be called into `to_call`: not one that is garbage itself. */
static void clear_weakrefs_to(struct object *o, struct gc_head *to_call)
{
    struct object **list = weakrefs_of(o);
    while (*list) {
        struct object *ref = *list;
        struct gc_head *head = gc_head_of(ref);
        weakref_detach((struct weakref_object *)ref);
        if (((struct weakref_object *)ref)->has_callback && !is_in_set(head)) {
            object_keep(ref);
            gc_list_move(to_call, head);
        }
    }
}

/* What is called back and lives on moves to `old`; returns how many died. */
static uint64_t call_weakrefs_back(struct heap *h, struct gc_head *to_call, struct gc_head *old)
{
    uint64_t died = 0;
    while (!gc_list_is_empty(to_call)) {
        struct gc_head *head = gc_next(to_call);
        weakref_call_back(h, object_of(head));
        object_drop(h, object_of(head));
        if (gc_next(to_call) == head)
            gc_list_move(old, head);
        else
            died++;
    }
    return died;
}

/* All are cleared before the first is called, so that none leads to garbage. */
static uint64_t handle_weakrefs(struct heap *h, struct gc_head *garbage, struct gc_head *old)
{
    struct gc_head to_call;
    gc_list_init(&to_call);
    for (struct gc_head *head = gc_next(garbage); head != garbage; head = gc_next(head)) {
        struct object *o = object_of(head);
        if (o->type == &weakref_type)
            weakref_detach((struct weakref_object *)o);
        if (o->type->weakrefs)
            clear_weakrefs_to(o, &to_call);
    }
    return call_weakrefs_back(h, &to_call, old);
}

/* ---- What becomes of the garbage ---- */

static void finalize(struct heap *h, struct object *o)
{
    struct gc_head *head = gc_head_of(o);
    if (!o->type->finalize || (head->prev & GC_PREV_FINALIZED))
        return;
    head->prev |= GC_PREV_FINALIZED;
    object_keep(o);
    o->type->finalize(h, o);
    object_drop(h, o);
}

/* A finalizer may release others of the list, so each is moved on first. */
static void finalize_all(struct heap *h, struct gc_head *garbage)
{
    struct gc_head done;
    gc_list_init(&done);
    while (!gc_list_is_empty(garbage)) {
        struct gc_head *head = gc_next(garbage);
        gc_list_move(&done, head);
        finalize(h, object_of(head));
    }
    gc_list_merge(garbage, &done);
}

/* What finalizers brought back goes to `old`; the rest to `dead`. */
static void keep_resurrected(struct gc_state *gc, struct gc_head *garbage, struct gc_head *dead, struct gc_head *old)
{
    for (struct gc_head *head = gc_next(garbage); head != garbage; head = gc_next(head))
        leave_set(head);
    find_unreachable(gc, garbage, dead);
    finish_unreachable(dead);
    gc_list_merge(old, garbage);
}

static void take_apart(struct heap *h, struct object *o)
{
    if (h->gc.debug & GC_DEBUG_SAVEALL) {
        gc_save_garbage(h, o);
    } else if (o->type->clear) {
        object_keep(o);
        o->type->clear(h, o);
        object_drop(h, o);
    }
}

/* Clearing one object releases others of the list, which leave it. What is
 * still there itself (a tuple, or saved) waits in `old` for others to let go. */
static void take_all_apart(struct heap *h, struct gc_head *dead, struct gc_head *old)
{
    while (!gc_list_is_empty(dead)) {
        struct gc_head *head = gc_next(dead);
        take_apart(h, object_of(head));
        if (gc_next(dead) == head) {
            leave_set(head);
            gc_list_move(old, head);
        }
    }
}

/* ---- A collection ---- */

static void update_counts(struct gc_state *gc, int generation)
{
    if (generation < GC_OLDEST)
        gc->count[generation + 1]++;
    for (int g = 0; g <= generation; g++)
        gc->count[g] = 0;
}

static struct gc_stats generational_collect(struct heap *h, int generation)
{
    struct gc_state *gc = &h->gc;
    update_counts(gc, generation);
    struct gc_head *set = &gc->generation[generation];
    for (int g = 0; g < generation; g++)
        gc_list_merge(set, &gc->generation[g]);

    struct gc_head garbage, dead;
    find_unreachable(gc, set, &garbage);
    untrack_tuples(set);
    struct gc_head *old = promote(gc, set, generation);

    finish_unreachable(&garbage);
    struct gc_stats found = {.collected = handle_weakrefs(h, &garbage, old)};
    finalize_all(h, &garbage);
    keep_resurrected(gc, &garbage, &dead, old);
    found.collected += gc_list_length(&dead);
    take_all_apart(h, &dead, old);
    return found;
}

/* The oldest generation whose count is over its threshold. A full collection
 * waits until what survived generation 1 since the last one is a quarter of
 * the long-lived; the younger ones then get their chance. */
static int generational_find_due(const struct gc_state *gc)
{
    for (int g = GC_OLDEST; g >= 0; g--) {
        if (gc->count[g] <= gc->threshold[g])
            continue;
        if (g == GC_OLDEST && gc->long_lived_pending < gc->long_lived_total / 4)
            continue;
        return g;
    }
    return -1;
}

const struct collector collector_generational = {
    .name = "cpython-3.11",
    .summary = "three generations, cycles found by subtracting inner references; a full one after 25 % new survivors",
    .source = "CPython 3.11 Modules/gcmodule.c",
    .find_due = generational_find_due,
    .collect = generational_collect,
};
