/* intern.c - a hash table of strings without tombstones. */
#include "core/types/intern.h"

#include <stdio.h>

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/string.h"

enum { LEAST_CAPACITY = 64 };

static size_t home_of(const struct intern_table *t, struct object *string)
{
    return (size_t)string_hash(string) & (t->capacity - 1);
}

/* Where it is, or would go. */
static size_t find_slot(const struct intern_table *t, struct object *string)
{
    size_t i = home_of(t, string);
    while (t->slot[i] && !string_equal(t->slot[i], string))
        i = (i + 1) & (t->capacity - 1);
    return i;
}

static int grow(struct heap *h)
{
    struct intern_table *t = &h->interned, larger = {.used = t->used};
    larger.capacity = t->capacity ? 2 * t->capacity : LEAST_CAPACITY;
    const struct memory_backend *backend = &h->memory.backend;
    larger.slot = backend->alloc_zeroed(backend->context, larger.capacity * sizeof(larger.slot[0]));
    if (!larger.slot)
        return -1;
    for (size_t i = 0; i < t->capacity; i++)
        if (t->slot[i])
            larger.slot[find_slot(&larger, t->slot[i])] = t->slot[i];
    intern_close(h);
    *t = larger;
    return 0;
}

struct object *intern(struct heap *h, struct object *string)
{
    struct intern_table *t = &h->interned;
    if (string_is_shared(string))
        return string;
    if (3 * t->used >= 2 * t->capacity && grow(h) < 0) {
        object_drop(h, string);
        return NULL;
    }
    size_t i = find_slot(t, string);
    if (t->slot[i]) {
        struct object *first = object_keep(t->slot[i]);
        object_drop(h, string);
        return first;
    }
    t->slot[i] = string;
    t->used++;
    ((struct string_object *)string)->interned = true;
    return string;
}

/* Strings behind the gap move into it unless that would put them before their home. */
void intern_forget(struct heap *h, struct object *string)
{
    struct intern_table *t = &h->interned;
    size_t mask = t->capacity - 1;
    size_t gap = find_slot(t, string);
    for (size_t i = (gap + 1) & mask; t->slot[i]; i = (i + 1) & mask) {
        size_t distance = (i - home_of(t, t->slot[i])) & mask;
        if (distance >= ((i - gap) & mask)) {
            t->slot[gap] = t->slot[i];
            gap = i;
        }
    }
    t->slot[gap] = NULL;
    t->used--;
}

void intern_close(struct heap *h)
{
    if (h->interned.slot)
        h->memory.backend.release(h->memory.backend.context, h->interned.slot);
    h->interned = (struct intern_table){0};
}

int intern_check(const struct intern_table *t, char *error, size_t error_size)
{
    size_t used = 0;
    for (size_t i = 0; i < t->capacity; i++) {
        struct object *string = t->slot[i];
        if (!string)
            continue;
        used++;
        if (string->refcount <= 0 || find_slot(t, string) != i) {
            snprintf(error, error_size, "interned strings: one %s",
                     string->refcount <= 0 ? "is dead" : "is not where it is looked for");
            return -1;
        }
    }
    if (used == t->used)
        return 0;
    snprintf(error, error_size, "interned strings: %zu counted, %zu found", t->used, used);
    return -1;
}
