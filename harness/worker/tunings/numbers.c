/* numbers.c - the numbers in a tuning's text. */
#include "harness/worker/tunings/numbers.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { THRESHOLDS = 3 };
static const int defaults[THRESHOLDS] = {700, 10, 10}; /* CPython 3.11's */

/* False when it is no whole number, or does not fit. */
static bool read_digits(const char *text, size_t length, uint64_t *out)
{
    uint64_t x = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(x, 10, &x) ||
            __builtin_add_overflow(x, (uint64_t)(text[i] - '0'), &x))
            return false;
    }
    *out = x;
    return length > 0;
}

int numbers_read(const char *text, size_t length, const char *what, uint64_t least, uint64_t most, uint64_t *out,
                 char *error, size_t error_size)
{
    if (read_digits(text, length, out) && *out >= least && *out <= most)
        return 0;
    snprintf(error, error_size, "%s must be a whole number from %" PRIu64 " to %" PRIu64 ", not '%.*s'", what, least,
             most, (int)(length < 40 ? length : 40), text);
    return -1;
}

static size_t count_numbers(const char *text)
{
    size_t n = 1;
    for (const char *c = text; *c; c++)
        n += *c == ',';
    return n;
}

int numbers_read_thresholds(const char *text, int threshold[3], char *error, size_t error_size)
{
    size_t given = count_numbers(text);
    if (given > THRESHOLDS) {
        snprintf(error, error_size, "has %zu thresholds; allowed are 1 to %d: T0,T1,T2", given, THRESHOLDS);
        return -1;
    }
    for (size_t i = 0; i < THRESHOLDS; i++) {
        char what[] = "threshold 0";
        uint64_t number = (uint64_t)defaults[i];
        size_t length = strcspn(text, ",");
        what[sizeof what - 2] = (char)('0' + i);
        if (i < given && numbers_read(text, length, what, 0, INT_MAX, &number, error, error_size) != 0)
            return -1;
        threshold[i] = (int)number;
        text += i < given ? length + (text[length] == ',') : 0;
    }
    return 0;
}

void numbers_write_thresholds(const int threshold[3], char *text, size_t size)
{
    snprintf(text, size, "%d,%d,%d", threshold[0], threshold[1], threshold[2]);
}
