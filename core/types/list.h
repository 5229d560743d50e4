/* list.h - lists: a header and an array of items that grows ahead of need.
 *
 * The array's capacity while appending: 0, 4, 8, 16, 24, 32, 40, 52, 64, ...:
 * (n + n / 8 + 6) rounded down to a multiple of 4 where n is the new length.
 * It shrinks by the same formula once less than half of it is used.
 *
 * Ownership  a stored item's reference is the list's from then on; when the
 *            call fails it stays the caller's. An item that is read is lent.
 * Errors     NULL or -1 without memory; the list is then as before.
 * Units      lengths and indices are items; indices are not checked.
 * Source     CPython 3.11 Objects/listobject.c.
 */
#ifndef GCSWEEP_LIST_H
#define GCSWEEP_LIST_H

#include "core/object.h"
#include "core/refcount.h"

struct list_object {
    struct object base;
    size_t length;
    struct object **items; /* NULL when capacity is 0 */
    size_t capacity;
};

extern const struct type list_type;

/* n times None. Tracked. */
struct object *list_new(struct heap *h, size_t n);
int list_append(struct heap *h, struct object *list, struct object *item);
/* del list[i]. */
int list_delete(struct heap *h, struct object *list, size_t i);
/* Drops the items from the last to the first. */
void list_clear(struct heap *h, struct object *list);

static inline size_t list_length(const struct object *list)
{
    return ((const struct list_object *)object_used(list))->length;
}

static inline struct object *list_get(const struct object *list, size_t i)
{
    return ((const struct list_object *)object_used(list))->items[i];
}

static inline void list_set(struct heap *h, struct object *list, size_t i, struct object *item)
{
    struct object **at = &((struct list_object *)object_used(list))->items[i];
    struct object *old = *at;
    hook_store(h, list, item);
    *at = item;
    object_drop(h, old);
}

#endif
