/* intern.h - the table of interned strings: one string of each text.
 *
 * The table's own references are not counted: a string leaves it when the
 * program drops its last one.
 *
 * Memory     the table is the heap's own: memory_blocks does not count it.
 *            (CPython's is a dict that is one large block from start-up on,
 *            whatever its size, so that it shows in no difference either.)
 * Source     CPython 3.11 Objects/unicodeobject.c, PyUnicode_InternInPlace and
 *            unicode_dealloc.
 */
#ifndef GCSWEEP_INTERN_H
#define GCSWEEP_INTERN_H

#include "core/object.h"

struct intern_table {
    struct object **slot; /* open addressing, linear; NULL: free */
    size_t capacity;      /* 0 or a power of 2 */
    size_t used;
};

/* The interned string of that text, for a reference to a string of that text,
 * which is taken over: the same one where it is the first. The heap's shared
 * strings are their own. NULL without memory; the string is then dropped. */
struct object *intern(struct heap *h, struct object *string);
/* For string_release: an interned string is about to die. */
void intern_forget(struct heap *h, struct object *string);
/* Gives the table's memory back. */
void intern_close(struct heap *h);
/* Is every string where it is looked for? 0, or -1 with the first violation in `error`. */
int intern_check(const struct intern_table *t, char *error, size_t error_size);

#endif
