/* bytes.c - making and releasing bytes objects. */
#include "core/types/bytes.h"

#include "core/heap.h"

static size_t bytes_for(size_t size)
{
    return offsetof(struct bytes_object, data) + size + 1;
}

static size_t bytes_bytes(const struct object *o)
{
    return bytes_for(((const struct bytes_object *)o)->size);
}

static void bytes_release(struct heap *h, struct object *o)
{
    memory_free(&h->memory, o);
}

const struct type bytes_type = {.name = "bytes", .release = bytes_release, .bytes = bytes_bytes};

struct object *bytes_new(struct heap *h, size_t size)
{
    if (size > SIZE_MAX - bytes_for(0))
        return NULL;
    struct bytes_object *o = memory_alloc(&h->memory, bytes_for(size));
    if (!o)
        return NULL;
    o->base = (struct object){.refcount = 1, .type = &bytes_type};
    o->size = size;
    o->hash = -1;
    o->data[size] = '\0';
    return &o->base;
}
