/* function.h - functions with a closure: how a callback comes to hold what it uses.
 *
 * Each variable of the closure is a cell, which holds the value; a tuple holds
 * the cells, and the function the tuple. They are allocated in this order:
 * cells first to last, tuple, function. A function without variables is one
 * object alone.
 *
 *     function (152 bytes) -> tuple (40 + 8 n) -> n cells (40 each) -> values
 *
 * Errors  NULL without memory.
 * Source  CPython 3.11 Objects/funcobject.c, Objects/cellobject.c. Differs:
 *         code, names, globals and the other parts that all functions of a
 *         program share are left out; their room is not.
 */
#ifndef GCSWEEP_FUNCTION_H
#define GCSWEEP_FUNCTION_H

#include "core/object.h"

enum { FUNCTION_MOST_ITEMS = 4096 };

struct cell_object {
    struct object base;
    struct object *item; /* NULL once cleared */
};

struct function_object {
    struct object base;
    void *shared_parts[7];  /* in CPython: globals, builtins, two names, code, defaults of two kinds */
    struct object *closure; /* NULL: none */
    void *documentation, *dict;
    struct object *weakrefs;
    void *module, *annotations, *call;
    uint64_t version;
};

extern const struct type cell_type, function_type;

/* A cell for each of the n items, at most FUNCTION_MOST_ITEMS; one more
 * reference to each. Tracked. */
struct object *function_new(struct heap *h, struct object *const *items, size_t n);

#endif
