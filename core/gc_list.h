/* gc_list.h - the collector's lists: rings of gc_heads with one head of their own.
 *
 * An empty list is a head that points to itself. Setting a link keeps the
 * flags in the lowest bits of prev; next has none outside of a collection.
 */
#ifndef GCSWEEP_GC_LIST_H
#define GCSWEEP_GC_LIST_H

#include "core/object.h"

static inline struct gc_head *gc_next(const struct gc_head *head)
{
    return (struct gc_head *)head->next;
}

static inline struct gc_head *gc_prev(const struct gc_head *head)
{
    return (struct gc_head *)(head->prev & ~(uintptr_t)GC_PREV_FLAGS);
}

static inline void gc_set_next(struct gc_head *head, const struct gc_head *next)
{
    head->next = (uintptr_t)next;
}

static inline void gc_set_prev(struct gc_head *head, const struct gc_head *prev)
{
    head->prev = (uintptr_t)prev | (head->prev & GC_PREV_FLAGS);
}

static inline void gc_list_init(struct gc_head *list)
{
    list->next = list->prev = (uintptr_t)list;
}

static inline bool gc_list_is_empty(const struct gc_head *list)
{
    return gc_next(list) == list;
}

static inline void gc_list_append(struct gc_head *list, struct gc_head *head)
{
    struct gc_head *last = gc_prev(list);
    gc_set_next(last, head);
    gc_set_prev(head, last);
    gc_set_next(head, list);
    list->prev = (uintptr_t)head;
}

/* Takes a head out of whatever list it is in; its own links stay as they are. */
static inline void gc_list_unlink(const struct gc_head *head)
{
    gc_set_next(gc_prev(head), gc_next(head));
    gc_set_prev(gc_next(head), gc_prev(head));
}

static inline void gc_list_move(struct gc_head *list, struct gc_head *head)
{
    gc_list_unlink(head);
    gc_list_append(list, head);
}

/* All of `from` goes behind the end of `list`, in its order. */
static inline void gc_list_merge(struct gc_head *list, struct gc_head *from)
{
    if (!gc_list_is_empty(from)) {
        struct gc_head *last = gc_prev(list);
        gc_set_next(last, gc_next(from));
        gc_set_prev(gc_next(from), last);
        gc_set_next(gc_prev(from), list);
        list->prev = (uintptr_t)gc_prev(from);
        gc_list_init(from);
    }
}

/* O(n). */
static inline uint64_t gc_list_length(const struct gc_head *list)
{
    uint64_t n = 0;
    for (const struct gc_head *head = gc_next(list); head != list; head = gc_next(head))
        n++;
    return n;
}

#endif
