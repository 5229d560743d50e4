/* number.c - making and releasing ints and floats. */
#include "core/types/number.h"

#include "core/heap.h"

/* ---- int ---- */

enum { DIGIT_MASK = (1 << INT_DIGIT_BITS) - 1 };

/* Zero has no digit, but room for one. */
static size_t int_bytes_for(intptr_t digits)
{
    return offsetof(struct int_object, digit) + (size_t)(digits > 0 ? digits : 1) * sizeof(uint32_t);
}

static size_t int_bytes(const struct object *o)
{
    intptr_t size = ((const struct int_object *)o)->size;
    return int_bytes_for(size < 0 ? -size : size);
}

static void int_release(struct heap *h, struct object *o)
{
    memory_free(&h->memory, o);
}

const struct type int_type = {.name = "int", .release = int_release, .bytes = int_bytes};

static intptr_t count_digits(uint64_t magnitude)
{
    intptr_t digits = 0;
    for (; magnitude != 0; magnitude >>= INT_DIGIT_BITS)
        digits++;
    return digits;
}

static void set_value(struct int_object *o, bool negative, uint64_t magnitude, intptr_t digits)
{
    o->base.type = &int_type;
    o->size = negative ? -digits : digits;
    for (intptr_t i = 0; i < digits; i++, magnitude >>= INT_DIGIT_BITS)
        o->digit[i] = (uint32_t)(magnitude & DIGIT_MASK);
}

void int_set_shared(struct int_object *o, int value, intptr_t references)
{
    uint64_t magnitude = (uint64_t)(value < 0 ? -value : value);
    o->base.refcount = references;
    set_value(o, value < 0, magnitude, count_digits(magnitude));
}

struct object *int_new(struct heap *h, int64_t value)
{
    if (value >= INT_SHARED_LEAST && value < INT_SHARED_LEAST + INT_SHARED_COUNT) {
        struct object *shared = &h->small_int[value - INT_SHARED_LEAST].base;
        shared->refcount++;
        return shared;
    }
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    intptr_t digits = count_digits(magnitude);
    struct int_object *o = memory_alloc(&h->memory, int_bytes_for(digits));
    if (!o)
        return NULL;
    memory_name(o, int_type.name);
    o->base.refcount = 1;
    set_value(o, value < 0, magnitude, digits);
    return &o->base;
}

/* ---- float ---- */

static size_t float_bytes(const struct object *o)
{
    (void)o;
    return sizeof(struct float_object);
}

static void float_release(struct heap *h, struct object *o)
{
    if (!freelist_try_push(h, &h->freelists.floats, o))
        memory_free(&h->memory, o);
}

const struct type float_type = {.name = "float", .release = float_release, .bytes = float_bytes};

struct object *float_new(struct heap *h, double value)
{
    struct float_object *o = (struct float_object *)freelist_try_pop(&h->freelists.floats);
    if (!o) {
        o = memory_alloc(&h->memory, sizeof(*o));
        if (!o)
            return NULL;
        memory_name(o, float_type.name);
        o->base = (struct object){.refcount = 1, .type = &float_type};
    }
    o->value = value;
    return &o->base;
}
