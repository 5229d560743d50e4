/* string.h - strings: atoms whose size depends on their widest character.
 *
 * A character takes 1, 2 or 4 bytes, the same for all of a string: as many as
 * its widest needs. An ASCII string of n characters takes 49 + n bytes, any
 * other 72 + (n + 1) * width. "" and the 256 characters up to U+00FF are shared
 * and never allocated.
 *
 * Errors     NULL without memory.
 * Units      lengths are characters (code points), sizes bytes.
 * Source     CPython 3.11 Objects/unicodeobject.c, compact strings. Differs: no
 *            copy in UTF-8 or wchar_t is ever kept with one.
 */
#ifndef GCSWEEP_STRING_H
#define GCSWEEP_STRING_H

#include "core/object.h"

enum { STRING_SHARED_CHARACTERS = 256 };

struct string_object {
    struct object base;
    size_t length;
    intptr_t hash; /* -1: not computed yet */
    uint8_t width; /* bytes a character: 1, 2 or 4 */
    bool ascii;
    bool interned; /* in the heap's table (intern.h) */
    bool shared;   /* one of the heap's own */
    void *unused;  /* room that CPython has for a wchar_t copy */
};

/* One of the heap's own: "" or a single character. */
union shared_string {
    struct string_object string;
    unsigned char room[80];
};

extern const struct type string_type;

/* `utf8` is valid UTF-8 of that many bytes; a byte that is not becomes U+FFFD.
 * A new string each time, but for the shared ones. */
struct object *string_new(struct heap *h, const char *utf8, size_t bytes);

/* Makes one of the heap's shared strings: a character up to U+00FF, or "" when `length` is 0. */
void string_set_shared(union shared_string *s, unsigned character, size_t length, intptr_t references);

/* Character i, below its length. */
uint32_t string_character(const struct object *o, size_t i);
bool string_equal(const struct object *a, const struct object *b);
/* Never -1. Computed once. */
intptr_t string_hash(struct object *o);

static inline size_t string_length(const struct object *o)
{
    return ((const struct string_object *)object_used(o))->length;
}

/* Shared or interned: who refers to it besides the program cannot be told from its count. */
static inline bool string_is_shared(const struct object *o)
{
    const struct string_object *s = (const struct string_object *)object_used(o);
    return s->shared || s->interned;
}

#endif
