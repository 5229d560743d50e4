/* list.c - growing, clearing and releasing lists. */
#include "core/types/list.h"

#include <string.h>

#include "core/heap.h"

static struct list_object *as_list(struct object *o)
{
    return (struct list_object *)object_used(o);
}

static void list_traverse(struct object *o, object_visit *visit, void *argument)
{
    struct list_object *list = as_list(o);
    for (size_t i = list->length; i-- > 0;)
        visit(list->items[i], argument);
}

static size_t list_bytes(const struct object *o)
{
    const struct list_object *list = (const struct list_object *)o;
    return sizeof(struct gc_head) + sizeof(*list) + list->capacity * sizeof(list->items[0]);
}

static void drop_items(struct heap *h, struct object **items, size_t n)
{
    while (n-- > 0)
        object_drop(h, items[n]);
    memory_free(&h->memory, items);
}

/* The list is empty before the first item is dropped, since a finalizer may
 * look at it. */
void list_clear(struct heap *h, struct object *o)
{
    struct list_object *list = as_list(o);
    struct object **items = list->items;
    size_t n = list->length;
    list->items = NULL;
    list->length = list->capacity = 0;
    if (!items)
        return;
    cascade_begin(h, 0);
    drop_items(h, items, n);
    cascade_end(h);
}

static void list_release(struct heap *h, struct object *o)
{
    struct list_object *list = as_list(o);
    gc_untrack(o);
    if (!trashcan_begin(h, o))
        return;
    if (list->items)
        drop_items(h, list->items, list->length);
    if (!freelist_try_push(h, &h->freelists.lists, o))
        gc_free(h, o);
    trashcan_end(h);
}

const struct type list_type = {
    .name = "list",
    .collectable = true,
    .traverse = list_traverse,
    .clear = list_clear,
    .release = list_release,
    .bytes = list_bytes,
};

struct object *list_new(struct heap *h, size_t n)
{
    if (n > SIZE_MAX / sizeof(struct object *))
        return NULL;
    struct list_object *list = (struct list_object *)freelist_try_pop(&h->freelists.lists);
    if (!list)
        list = (struct list_object *)gc_new(h, &list_type, sizeof(*list));
    if (!list)
        return NULL;
    list->length = list->capacity = 0;
    list->items = NULL;
    if (n > 0) {
        list->items = memory_alloc(&h->memory, n * sizeof(list->items[0]));
        if (!list->items) {
            object_drop(h, &list->base);
            return NULL;
        }
        memory_name(list->items, "list's array of items");
        for (size_t i = 0; i < n; i++)
            list->items[i] = none_new(h);
        list->length = list->capacity = n;
    }
    gc_track(&h->gc, &list->base);
    return &list->base;
}

/* Room for `length` items, with some to spare; `length` > 0. */
static int set_capacity(struct heap *h, struct list_object *list, size_t length)
{
    if (length > SIZE_MAX / sizeof(struct object *) / 2)
        return -1;
    size_t capacity = (length + (length >> 3) + 6) & ~(size_t)3;
    struct object **items = memory_resize(&h->memory, list->items, capacity * sizeof(items[0]));
    if (!items)
        return -1;
    memory_name(items, "list's array of items");
    list->items = items;
    list->capacity = capacity;
    return 0;
}

int list_append(struct heap *h, struct object *o, struct object *item)
{
    struct list_object *list = as_list(o);
    if (list->length == list->capacity && set_capacity(h, list, list->length + 1) < 0)
        return -1;
    hook_store(h, o, item);
    list->items[list->length++] = item;
    return 0;
}

static void remove_item(struct list_object *list, size_t i)
{
    list->length--;
    memmove(&list->items[i], &list->items[i + 1], (list->length - i) * sizeof(list->items[0]));
}

int list_delete(struct heap *h, struct object *o, size_t i)
{
    struct list_object *list = as_list(o);
    if (list->length == 1) {
        list_clear(h, o);
        return 0;
    }
    struct object *item = list->items[i];
    size_t length = list->length - 1;
    remove_item(list, i);
    if (length < list->capacity / 2 && set_capacity(h, list, length) < 0) {
        memmove(&list->items[i + 1], &list->items[i], (length - i) * sizeof(list->items[0]));
        list->items[i] = item;
        list->length++;
        return -1;
    }
    object_drop(h, item);
    return 0;
}
