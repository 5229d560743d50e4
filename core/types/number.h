/* number.h - ints and floats: atoms, which hold no references.
 *
 * An int is a sign and digits of 30 bits, as in CPython, so that it takes 28
 * bytes up to 2^30 - 1, 32 up to 2^60 - 1, and 36 beyond. -5 to 256 are shared
 * and never allocated. A float takes 24 bytes; 100 dead ones are kept for
 * reuse.
 *
 * Source  CPython 3.11 Objects/longobject.c, Objects/floatobject.c.
 */
#ifndef GCSWEEP_NUMBER_H
#define GCSWEEP_NUMBER_H

#include "core/object.h"

enum { INT_SHARED_LEAST = -5, INT_SHARED_COUNT = 262, INT_DIGIT_BITS = 30, INT_MOST_DIGITS = 3 };

struct int_object {
    struct object base;
    intptr_t size;                   /* number of digits, negative for a negative value */
    uint32_t digit[INT_MOST_DIGITS]; /* least first; only as many as `size` says are allocated */
};

struct float_object {
    struct object base;
    double value;
};

extern const struct type int_type, float_type;

/* NULL without memory. */
struct object *int_new(struct heap *h, int64_t n);
struct object *float_new(struct heap *h, double x);

/* Makes one of the heap's shared ints. */
void int_set_shared(struct int_object *o, int n, intptr_t references);

static inline int64_t int_value(const struct object *o)
{
    const struct int_object *i = (const struct int_object *)object_used(o);
    uint64_t magnitude = 0;
    for (intptr_t n = i->size < 0 ? -i->size : i->size; n-- > 0;)
        magnitude = magnitude << INT_DIGIT_BITS | i->digit[n];
    return (int64_t)(i->size < 0 ? -magnitude : magnitude);
}

/* One of the heap's own: every int of that range is. */
static inline bool int_is_shared(const struct object *o)
{
    int64_t n = int_value(o);
    return n >= INT_SHARED_LEAST && n < INT_SHARED_LEAST + INT_SHARED_COUNT;
}

static inline double float_value(const struct object *o)
{
    return ((const struct float_object *)object_used(o))->value;
}

#endif
