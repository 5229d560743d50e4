/* values.c - blocks of values and their order. */
#include "core/types/values.h"

#include "core/heap.h"
#include "core/refcount.h"

/* Counted down from the slots: [-1] the prefix's size, [-2] how many are
 * stored, [-3] the slot stored first, [-4] the second, ... */
static uint8_t *prefix_end(struct object *const *values)
{
    return (uint8_t *)(uintptr_t)values;
}

struct object **values_new(struct heap *h, size_t n)
{
    size_t prefix = (n + 2 + 7) & ~(size_t)7;
    char *block = memory_alloc(&h->memory, prefix + n * sizeof(struct object *));
    if (!block)
        return NULL;
    memory_name(block, "block of attributes");
    struct object **values = (struct object **)(void *)(block + prefix);
    prefix_end(values)[-1] = (uint8_t)prefix;
    prefix_end(values)[-2] = 0;
    for (size_t i = 0; i < n; i++)
        values[i] = NULL;
    return values;
}

void values_free(struct heap *h, struct object **values)
{
    uint8_t *end = prefix_end(values);
    memory_free(&h->memory, end - end[-1]);
}

size_t values_stored(struct object *const *values)
{
    return prefix_end(values)[-2];
}

static uint8_t *order_at(struct object *const *values, size_t i)
{
    return prefix_end(values) - 3 - i;
}

size_t values_in_order(struct object *const *values, size_t i)
{
    return *order_at(values, i);
}

void values_note_stored(struct object **values, size_t slot)
{
    *order_at(values, prefix_end(values)[-2]++) = (uint8_t)slot;
}

void values_note_deleted(struct object **values, size_t slot)
{
    size_t last = --prefix_end(values)[-2];
    size_t i = 0;
    while (*order_at(values, i) != slot)
        i++;
    for (; i < last; i++)
        *order_at(values, i) = *order_at(values, i + 1);
}

void values_clear(struct heap *h, struct object **values, size_t n)
{
    prefix_end(values)[-2] = 0;
    for (size_t i = 0; i < n; i++) {
        struct object *value = values[i];
        values[i] = NULL;
        object_drop_if_any(h, value);
    }
}
