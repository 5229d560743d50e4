#include "workloads/script/number.h"

#include <math.h>

#include "workloads/script/utf8.h"

enum number_result number_read_integer(const char *text, size_t length, int64_t *out)
{
    bool negative = length > 0 && text[0] == '-';
    uint64_t most = (uint64_t)INT64_MAX + negative;
    uint64_t sum = 0;
    bool too_large = false;

    if (length == negative)
        return NUMBER_MALFORMED;
    for (size_t i = negative; i < length; i++) {
        if (!char_is_digit(text[i]))
            return NUMBER_MALFORMED;
        unsigned digit = (unsigned)(text[i] - '0');
        too_large |= sum > (most - digit) / 10;
        sum = too_large ? 0 : sum * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return too_large ? NUMBER_TOO_LARGE : NUMBER_OK;
}

/* ---- Whole numbers of many bits ---- */

/* Room for 10^40 * 10^309, or for 10^40 shifted by SHIFT bits. */
enum { LIMBS = 64, SHIFT = 1472, LEAST_EXPONENT = -400 };

struct big {
    uint32_t limb[LIMBS]; /* lowest first */
    size_t used;
};

static void big_multiply_add(struct big *b, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;

    for (size_t i = 0; i < b->used; i++) {
        carry += (uint64_t)b->limb[i] * factor;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        b->limb[b->used++] = (uint32_t)carry;
}

/* The remainder. */
static uint32_t big_divide(struct big *b, uint32_t divisor)
{
    uint64_t rest = 0;

    for (size_t i = b->used; i-- > 0;) {
        rest = rest << 32 | b->limb[i];
        b->limb[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (b->used > 0 && b->limb[b->used - 1] == 0)
        b->used--;
    return (uint32_t)rest;
}

static void big_shift_up(struct big *b, size_t limbs)
{
    for (size_t i = b->used; i-- > 0;)
        b->limb[i + limbs] = b->limb[i];
    for (size_t i = 0; i < limbs; i++)
        b->limb[i] = 0;
    b->used += b->used > 0 ? limbs : 0;
}

static size_t big_bits(const struct big *b)
{
    return b->used == 0 ? 0 : 32 * b->used - (size_t)__builtin_clz(b->limb[b->used - 1]);
}

static bool big_bit(const struct big *b, size_t i)
{
    return b->limb[i / 32] >> (i % 32) & 1;
}

/* b * 2^exponent as the nearest double; `more`: something between 0 and 1 is
 * to be added to b. A double has 53 bits, fewer below 2^-1022: none stands for
 * less than 2^-1074. */
static double big_round(const struct big *b, int exponent, bool more)
{
    int bits = (int)big_bits(b);
    int dropped = bits - 53;

    if (exponent + dropped < -1074)
        dropped = -1074 - exponent;
    if (dropped <= 0)
        dropped = 0;

    uint64_t kept = 0;
    for (int i = bits; i-- > dropped;)
        kept = kept << 1 | big_bit(b, (size_t)i);

    bool half = dropped > 0 && dropped <= bits && big_bit(b, (size_t)dropped - 1);
    for (int i = 0; i < dropped - 1 && i < bits; i++)
        more |= big_bit(b, (size_t)i);
    if (half && (more || (kept & 1)))
        kept++;
    return ldexp((double)kept, exponent + dropped);
}

/* ---- Floats ---- */

struct decimal {
    struct big digits;
    size_t digit_count; /* significant ones */
    int exponent;       /* of ten, that the digits are multiplied by */
};

/* Digits from text[i] on, until something else; counts those after the point. */
static size_t read_digits(struct decimal *d, const char *text, size_t length, size_t i, bool after_point)
{
    for (; i < length && char_is_digit(text[i]); i++) {
        d->exponent -= after_point;
        if (d->digit_count == 0 && text[i] == '0')
            continue;
        if (++d->digit_count > NUMBER_DIGITS)
            continue;
        if (d->digit_count == 1)
            d->digits.used = 1;
        big_multiply_add(&d->digits, 10, (uint32_t)(text[i] - '0'));
    }
    return i;
}

/* `e-12`, from the sign on: where it ends, or 0 where no digit follows. */
static size_t read_exponent(struct decimal *d, const char *text, size_t length, size_t i)
{
    bool negative = i < length && text[i] == '-';
    int exponent = 0;

    i += i < length && (text[i] == '-' || text[i] == '+');
    if (i == length)
        return 0;
    for (; i < length && char_is_digit(text[i]); i++)
        exponent = exponent < 100000 ? exponent * 10 + (text[i] - '0') : exponent;
    d->exponent += negative ? -exponent : exponent;
    return i;
}

static bool read_decimal(struct decimal *d, const char *text, size_t length)
{
    size_t i = read_digits(d, text, length, 0, false);

    if (i == 0)
        return false;
    if (i < length && text[i] == '.') {
        size_t point = i++;
        i = read_digits(d, text, length, i, true);
        if (i == point + 1)
            return false;
    }
    if (i < length && (text[i] == 'e' || text[i] == 'E'))
        i = read_exponent(d, text, length, i + 1);
    return i == length;
}

static double decimal_to_double(struct decimal *d)
{
    bool more = false;
    int exponent = 0;

    for (; d->exponent >= 9; d->exponent -= 9)
        big_multiply_add(&d->digits, 1000000000, 0);
    for (; d->exponent > 0; d->exponent--)
        big_multiply_add(&d->digits, 10, 0);
    if (d->exponent < 0) {
        big_shift_up(&d->digits, SHIFT / 32);
        exponent = -SHIFT;
    }
    for (; d->exponent <= -9; d->exponent += 9)
        more |= big_divide(&d->digits, 1000000000) != 0;
    for (; d->exponent < 0; d->exponent++)
        more |= big_divide(&d->digits, 10) != 0;
    return big_round(&d->digits, exponent, more);
}

enum number_result number_read_float(const char *text, size_t length, double *out)
{
    bool negative = length > 0 && text[0] == '-';
    struct decimal d = {.digit_count = 0};

    if (!read_decimal(&d, text + negative, length - negative))
        return NUMBER_MALFORMED;
    if (d.digit_count > NUMBER_DIGITS)
        return NUMBER_TOO_LONG;
    if (d.digit_count > 0 && (int)d.digit_count + d.exponent > 310)
        return NUMBER_TOO_LARGE;

    double result = d.digit_count == 0 || d.exponent < LEAST_EXPONENT ? 0 : decimal_to_double(&d);
    *out = negative ? -result : result;
    return isinf(result) ? NUMBER_TOO_LARGE : NUMBER_OK;
}
