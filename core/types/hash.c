/* hash.c - a hash and a comparison for each kind of object. */
#include "core/types/hash.h"

#include <math.h>
#include <string.h>

#include "core/types/bytes.h"
#include "core/types/dict.h"
#include "core/types/list.h"
#include "core/types/number.h"
#include "core/types/set.h"
#include "core/types/string.h"
#include "core/types/tuple.h"
#include "core/types/weakref.h"

/* -1 is never a hash: CPython's calls return it for an error. */
static intptr_t not_minus_one(intptr_t hash)
{
    return hash == -1 ? -2 : hash;
}

static intptr_t address_hash(const void *p)
{
    uintptr_t address = (uintptr_t)p;
    return not_minus_one((intptr_t)(address >> 4 | address << 60));
}

/* ---- Bytes: SipHash-1-3, its key 0 ---- */

struct sip {
    uint64_t v[4];
};

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void half_round(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, int s, int t)
{
    *a += *b;
    *c += *d;
    *b = rotate(*b, s) ^ *a;
    *d = rotate(*d, t) ^ *c;
    *a = rotate(*a, 32);
}

static void sip_round(struct sip *s)
{
    half_round(&s->v[0], &s->v[1], &s->v[2], &s->v[3], 13, 16);
    half_round(&s->v[2], &s->v[1], &s->v[0], &s->v[3], 17, 21);
}

static void sip_take(struct sip *s, uint64_t word)
{
    s->v[3] ^= word;
    sip_round(s);
    s->v[0] ^= word;
}

intptr_t hash_of_bytes(const void *data, size_t size)
{
    if (size == 0)
        return 0;
    struct sip s = {{UINT64_C(0x736f6d6570736575), UINT64_C(0x646f72616e646f6d), UINT64_C(0x6c7967656e657261),
                     UINT64_C(0x7465646279746573)}};
    const unsigned char *in = data;
    uint64_t word;
    size_t left = size;
    for (; left >= sizeof word; in += sizeof word, left -= sizeof word) {
        memcpy(&word, in, sizeof word);
        sip_take(&s, word);
    }
    word = 0;
    memcpy(&word, in, left);
    sip_take(&s, (uint64_t)size << 56 | word);
    s.v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(&s);
    return not_minus_one((intptr_t)(s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3]));
}

static intptr_t bytes_hash(struct object *o)
{
    struct bytes_object *bytes = (struct bytes_object *)o;
    if (bytes->hash == -1)
        bytes->hash = hash_of_bytes(bytes->data, bytes->size);
    return bytes->hash;
}

/* ---- Numbers: the value modulo 2^61 - 1 ---- */

enum { MODULUS_BITS = 61, FRACTION_BITS = 28 };
static const uint64_t modulus = (UINT64_C(1) << MODULUS_BITS) - 1;
static const intptr_t hash_of_infinity = 314159;

/* x * 2^bits, for x below the modulus, 0 <= bits < MODULUS_BITS. */
static uint64_t shift_in_modulus(uint64_t x, int bits)
{
    return ((x << bits) & modulus) | x >> (MODULUS_BITS - bits);
}

static intptr_t int_hash(int64_t value)
{
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    intptr_t hash = (intptr_t)(magnitude % modulus);
    return not_minus_one(value < 0 ? -hash : hash);
}

/* A fraction is worth 2^-1 = 2^60 in this arithmetic, so that every float has a hash. */
static intptr_t float_hash(const struct object *o)
{
    double value = float_value(o);
    if (isnan(value))
        return address_hash(o);
    if (isinf(value))
        return value > 0 ? hash_of_infinity : -hash_of_infinity;
    int exponent;
    double left = fabs(frexp(value, &exponent));
    uint64_t x = 0;
    while (left > 0) {
        left *= 1 << FRACTION_BITS;
        uint64_t whole = (uint64_t)left;
        left -= (double)whole;
        x = (shift_in_modulus(x, FRACTION_BITS) + whole) % modulus;
        exponent -= FRACTION_BITS;
    }
    exponent %= MODULUS_BITS;
    x = shift_in_modulus(x, exponent < 0 ? exponent + MODULUS_BITS : exponent);
    return not_minus_one(value < 0 ? -(intptr_t)x : (intptr_t)x);
}

/* ---- What holds others ---- */

static bool hash_at_depth(struct object *o, int depth, intptr_t *hash);

/* xxHash, simplified as CPython does. */
static bool tuple_hash(const struct object *o, int depth, intptr_t *hash)
{
    const uint64_t prime1 = UINT64_C(11400714785074694791), prime2 = UINT64_C(14029467366897019727),
                   prime5 = UINT64_C(2870177450012600261);
    uint64_t sum = prime5;
    for (size_t i = 0; i < tuple_length(o); i++) {
        intptr_t item;
        if (!hash_at_depth(tuple_get(o, i), depth + 1, &item))
            return false;
        sum = rotate(sum + (uint64_t)item * prime2, 31) * prime1;
    }
    sum += tuple_length(o) ^ (prime5 ^ 3527539);
    *hash = sum == UINT64_MAX ? 1546275796 : (intptr_t)sum;
    return true;
}

/* Kept, so that a weak reference that was hashed stays where it is in a set
 * when its referent has died. */
static bool weakref_hash(struct object *o, int depth, intptr_t *hash)
{
    struct weakref_object *ref = (struct weakref_object *)o;
    if (ref->hash == -1) {
        struct object *referent = weakref_get(o);
        if (!referent || !hash_at_depth(referent, depth + 1, &ref->hash))
            return false;
    }
    *hash = ref->hash;
    return true;
}

static bool cannot_be_hashed(const struct type *type)
{
    return type == &list_type || type == &dict_type || type == &set_type;
}

static bool hash_at_depth(struct object *o, int depth, intptr_t *hash)
{
    const struct type *type = o->type;
    if (depth > HASH_DEPTH || cannot_be_hashed(type))
        return false;
    if (type == &tuple_type)
        return tuple_hash(o, depth, hash);
    if (type == &weakref_type)
        return weakref_hash(o, depth, hash);
    if (type == &int_type)
        *hash = int_hash(int_value(o));
    else if (type == &float_type)
        *hash = float_hash(o);
    else if (type == &bytes_type)
        *hash = bytes_hash(o);
    else if (type == &string_type)
        *hash = string_hash(o);
    else
        *hash = address_hash(o);
    return true;
}

bool object_hash(struct object *o, intptr_t *hash)
{
    return hash_at_depth(o, 0, hash);
}

/* ---- Equality ---- */

static bool is_number(const struct object *o)
{
    return o->type == &int_type || o->type == &float_type;
}

/* Exact: an int that no double holds is equal to none. */
static bool int_equals_float(int64_t i, double x)
{
    return x >= -0x1p63 && x < 0x1p63 && (int64_t)x == i && (double)(int64_t)x == x;
}

static bool number_equal(const struct object *a, const struct object *b)
{
    if (a->type == b->type)
        return a->type == &int_type ? int_value(a) == int_value(b) : float_value(a) == float_value(b);
    return a->type == &int_type ? int_equals_float(int_value(a), float_value(b))
                                : int_equals_float(int_value(b), float_value(a));
}

static bool bytes_equal(struct object *a, struct object *b)
{
    size_t size = bytes_size(a);
    return size == bytes_size(b) && memcmp(bytes_data(a), bytes_data(b), size) == 0;
}

static bool tuple_equal(const struct object *a, const struct object *b)
{
    size_t n = tuple_length(a);
    if (n != tuple_length(b))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!object_equal(tuple_get(a, i), tuple_get(b, i)))
            return false;
    return true;
}

/* A dead one is equal to itself alone. */
static bool weakref_equal(const struct object *a, const struct object *b)
{
    struct object *to_a = weakref_get(a), *to_b = weakref_get(b);
    return to_a && to_b && object_equal(to_a, to_b);
}

bool object_equal(struct object *a, struct object *b)
{
    if (a == b)
        return true;
    if (is_number(a) && is_number(b))
        return number_equal(a, b);
    if (a->type != b->type)
        return false;
    if (a->type == &bytes_type)
        return bytes_equal(a, b);
    if (a->type == &string_type)
        return string_equal(a, b);
    if (a->type == &tuple_type)
        return tuple_equal(a, b);
    return a->type == &weakref_type && weakref_equal(a, b);
}
