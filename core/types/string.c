/* string.c - making, comparing and releasing strings. */
#include "core/types/string.h"

#include <string.h>

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/hash.h"
#include "core/types/intern.h"

static struct string_object *as_string(struct object *o)
{
    return (struct string_object *)object_used(o);
}

/* ---- Layout ---- */

/* What CPython has in front of the characters of a string that is not ASCII:
 * room for a UTF-8 copy's size and address, and a wchar_t copy's size. */
enum { HEAD_BYTES = sizeof(struct string_object), WIDE_HEAD_BYTES = HEAD_BYTES + 24 };

_Static_assert(HEAD_BYTES == 48, "as PyASCIIObject");

static size_t head_bytes(bool ascii)
{
    return ascii ? HEAD_BYTES : WIDE_HEAD_BYTES;
}

static size_t bytes_for(size_t length, unsigned width, bool ascii)
{
    return head_bytes(ascii) + (length + 1) * width;
}

static unsigned char *text_of(const struct string_object *s)
{
    return (unsigned char *)(uintptr_t)s + head_bytes(s->ascii);
}

static size_t string_bytes(const struct object *o)
{
    const struct string_object *s = (const struct string_object *)o;
    return bytes_for(s->length, s->width, s->ascii);
}

static void string_release(struct heap *h, struct object *o)
{
    if (as_string(o)->interned)
        intern_forget(h, o);
    memory_free(&h->memory, o);
}

const struct type string_type = {.name = "str", .release = string_release, .bytes = string_bytes};

/* ---- Reading UTF-8 ---- */

enum { REPLACEMENT = 0xFFFD };

static unsigned sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

/* Moves `at` behind the character that is read; `at` < `end`. */
static uint32_t next_character(const unsigned char **at, const unsigned char *end)
{
    const unsigned char *start = (*at)++;
    unsigned length = sequence_length(*start);
    if (length == 1)
        return *start;
    if (length == 0 || (size_t)(end - start) < length)
        return REPLACEMENT;
    uint32_t character = *start & (0x7Fu >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((start[i] & 0xC0) != 0x80)
            return REPLACEMENT;
        character = character << 6 | (start[i] & 0x3F);
    }
    *at = start + length;
    return character;
}

struct measure {
    size_t length;
    uint32_t most; /* the greatest character */
};

static struct measure measure_text(const unsigned char *at, const unsigned char *end)
{
    struct measure m = {0};
    while (at < end) {
        uint32_t character = next_character(&at, end);
        if (character > m.most)
            m.most = character;
        m.length++;
    }
    return m;
}

static void put_character(struct string_object *s, size_t i, uint32_t character)
{
    unsigned char *text = text_of(s);
    if (s->width == 1)
        text[i] = (unsigned char)character;
    else if (s->width == 2)
        ((uint16_t *)(void *)text)[i] = (uint16_t)character;
    else
        ((uint32_t *)(void *)text)[i] = character;
}

/* ---- Making ---- */

static void set_head(struct string_object *s, size_t length, uint32_t most, intptr_t references)
{
    *s = (struct string_object){
        .base = {.refcount = references, .type = &string_type},
        .length = length,
        .hash = -1,
        .width = most < 0x100     ? 1
                 : most < 0x10000 ? 2
                                  : 4,
        .ascii = most < 0x80,
    };
}

void string_set_shared(union shared_string *s, unsigned character, size_t length, intptr_t references)
{
    set_head(&s->string, length, character, references);
    s->string.shared = true;
    size_t head = head_bytes(s->string.ascii);
    s->room[head] = (unsigned char)character;
    s->room[head + length] = '\0';
}

static struct object *new_string(struct heap *h, struct measure m, const unsigned char *at, const unsigned char *end)
{
    unsigned width = m.most < 0x100 ? 1 : m.most < 0x10000 ? 2 : 4;
    struct string_object *s = memory_alloc(&h->memory, bytes_for(m.length, width, m.most < 0x80));
    if (!s)
        return NULL;
    memory_name(s, string_type.name);
    set_head(s, m.length, m.most, 1);
    for (size_t i = 0; i < m.length; i++)
        put_character(s, i, next_character(&at, end));
    put_character(s, m.length, 0);
    return &s->base;
}

struct object *string_new(struct heap *h, const char *utf8, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)utf8;
    struct measure m = measure_text(at, at + bytes);
    if (m.length == 0)
        return object_keep(&h->empty_string.string.base);
    if (m.length == 1 && m.most < STRING_SHARED_CHARACTERS)
        return object_keep(&h->character[m.most].string.base);
    return new_string(h, m, at, at + bytes);
}

uint32_t string_character(const struct object *o, size_t i)
{
    const struct string_object *s = (const struct string_object *)o;
    const unsigned char *at = text_of(s) + i * s->width;
    uint32_t character = 0;
    memcpy(&character, at, s->width); /* little-endian, as all that CPython 3.11 and we run on here */
    return character;
}

/* ---- Comparing ---- */

static size_t text_bytes(const struct string_object *s)
{
    return s->length * s->width;
}

/* A text has one layout only, so that equal texts are equal bytes. */
bool string_equal(const struct object *a, const struct object *b)
{
    const struct string_object *x = (const struct string_object *)a, *y = (const struct string_object *)b;
    return x == y ||
           (x->length == y->length && x->width == y->width && memcmp(text_of(x), text_of(y), text_bytes(x)) == 0);
}

intptr_t string_hash(struct object *o)
{
    struct string_object *s = as_string(o);
    if (s->hash == -1)
        s->hash = hash_of_bytes(text_of(s), text_bytes(s));
    return s->hash;
}
