/* bytes.h - bytes objects: an atom of any size, 33 bytes larger than its content.
 *
 * Source  CPython 3.11 Objects/bytesobject.c. Differs: b"" and single bytes
 *         are not shared, since nothing makes them.
 */
#ifndef GCSWEEP_BYTES_H
#define GCSWEEP_BYTES_H

#include "core/object.h"

struct bytes_object {
    struct object base;
    size_t size;
    intptr_t hash; /* -1: not computed; it never is */
    char data[];   /* size bytes and a 0 */
};

extern const struct type bytes_type;

/* Content undefined but for the 0 behind it. NULL without memory. */
struct object *bytes_new(struct heap *h, size_t size);

static inline char *bytes_data(struct object *o)
{
    return ((struct bytes_object *)o)->data;
}

#endif
