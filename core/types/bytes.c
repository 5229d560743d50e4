/* bytes.c - making and releasing bytes objects. */
#include "core/types/bytes.h"

#include "core/heap.h"
#include "core/refcount.h"

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

static void set_header(struct bytes_object *o, size_t size, intptr_t references)
{
    o->base = (struct object){.refcount = references, .type = &bytes_type};
    o->size = size;
    o->hash = -1;
    o->data[size] = '\0';
}

void bytes_set_empty(void *room, intptr_t references)
{
    set_header(room, 0, references);
}

struct object *bytes_new(struct heap *h, size_t size)
{
    if (size == 0)
        return object_keep((struct object *)(void *)h->empty_bytes);
    if (size > SIZE_MAX - bytes_for(0))
        return NULL;
    struct bytes_object *o = memory_alloc(&h->memory, bytes_for(size));
    if (!o)
        return NULL;
    memory_name(o, bytes_type.name);
    set_header(o, size, 1);
    return &o->base;
}
