/* bytes.h - bytes objects: an atom of any size, 33 bytes larger than its content.
 *
 * b"" is the heap's own and never allocated.
 *
 * Source  CPython 3.11 Objects/bytesobject.c. Differs: single bytes are not
 *         shared, as they are not there before their content is known.
 */
#ifndef GCSWEEP_BYTES_H
#define GCSWEEP_BYTES_H

#include "core/object.h"

struct bytes_object {
    struct object base;
    size_t size;
    intptr_t hash; /* -1: not computed yet (hash.h) */
    char data[];   /* size bytes and a 0 */
};

extern const struct type bytes_type;

enum { BYTES_EMPTY_ROOM = offsetof(struct bytes_object, data) + 1 };

/* Makes b"" in BYTES_EMPTY_ROOM bytes. */
void bytes_set_empty(void *room, intptr_t references);

/* Content undefined but for the 0 behind it. NULL without memory. */
struct object *bytes_new(struct heap *h, size_t size);

static inline size_t bytes_size(const struct object *o)
{
    return ((const struct bytes_object *)object_used(o))->size;
}

static inline char *bytes_data(struct object *o)
{
    return ((struct bytes_object *)object_used(o))->data;
}

#endif
