/* lists.c - a record's lists as bytes. */
#include "harness/record/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/histogram.h"

enum { VERSION = 1, VARINT_BYTES = 10, COLUMNS_MOST = 3 };

/* Every list is an array of rows of 64-bit words. */
enum rule { RULE_NONE, RULE_HISTOGRAM, RULE_CURVE };
struct list {
    const char *name;
    size_t rows, count; /* where in a record: the pointer, and the number of rows */
    size_t columns, most;
    enum rule rule;
};

#define HISTOGRAM(name, member)                                                                         \
    {                                                                                                   \
        name, offsetof(struct run_record, member.bucket), offsetof(struct run_record, member.count), 2, \
            HISTOGRAM_BUCKETS, RULE_HISTOGRAM                                                           \
    }
#define LIST(name, rows, count, columns, most, rule)                                                     \
    {                                                                                                    \
        name, offsetof(struct run_record, rows), offsetof(struct run_record, count), columns, most, rule \
    }

static const struct list lists[] = {
    HISTOGRAM("pauses of generation 0", pauses[0]),
    HISTOGRAM("pauses of generation 1", pauses[1]),
    HISTOGRAM("pauses of generation 2", pauses[2]),
    HISTOGRAM("releases", pauses[RECORD_RELEASE]),
    HISTOGRAM("requests", requests),
    HISTOGRAM("metered", metered),
    HISTOGRAM("metered_100ms", metered_100ms),
    HISTOGRAM("noise", noise),
    LIST("longest", longest, longest_count, 3, LISTS_LONGEST_MOST, RULE_NONE),
    LIST("samples", samples, sample_count, 2, LISTS_SAMPLES_MOST, RULE_NONE),
    LIST("floating", floating, floating_count, 3, LISTS_SAMPLES_MOST, RULE_NONE),
    LIST("mmu", mmu, mmu_count, 2, LISTS_CURVE_MOST, RULE_CURVE),
    LIST("bmu", bmu, bmu_count, 2, LISTS_CURVE_MOST, RULE_CURVE),
};
enum { LISTS = sizeof lists / sizeof lists[0] };

_Static_assert(sizeof(struct record_bucket) == 2 * sizeof(uint64_t), "a row of 2");
_Static_assert(sizeof(struct record_sample) == 2 * sizeof(uint64_t), "a row of 2");
_Static_assert(sizeof(struct record_utilization) == 2 * sizeof(uint64_t), "a row of 2");
_Static_assert(sizeof(struct record_floating) == 3 * sizeof(uint64_t), "a row of 3");
_Static_assert(sizeof(struct record_pause) == 3 * sizeof(uint64_t), "a row of 3");

static size_t rows_of(const struct run_record *r, const struct list *list, const unsigned char **rows)
{
    size_t count;
    memcpy(rows, (const char *)r + list->rows, sizeof *rows);
    memcpy(&count, (const char *)r + list->count, sizeof count);
    return count;
}

/* ---- Writing ---- */

size_t record_lists_bound(const struct run_record *r)
{
    size_t bytes = 1;
    for (size_t i = 0; i < LISTS; i++) {
        const unsigned char *rows;
        bytes += VARINT_BYTES * (1 + rows_of(r, &lists[i], &rows) * lists[i].columns);
    }
    return bytes;
}

static unsigned char *put_varint(unsigned char *out, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        *out++ = (unsigned char)(x | 0x80);
    *out++ = (unsigned char)x;
    return out;
}

static uint64_t zigzag(uint64_t difference)
{
    return (difference << 1) ^ (difference >> 63 ? UINT64_MAX : 0);
}

static unsigned char *put_column(unsigned char *out, const unsigned char *rows, size_t count, size_t columns,
                                 size_t column)
{
    uint64_t above = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t x;
        memcpy(&x, rows + (i * columns + column) * sizeof x, sizeof x);
        out = put_varint(out, zigzag(x - above));
        above = x;
    }
    return out;
}

size_t record_pack_lists(const struct run_record *r, unsigned char *out)
{
    unsigned char *at = out;
    *at++ = VERSION;
    for (size_t i = 0; i < LISTS; i++) {
        const unsigned char *rows;
        size_t count = rows_of(r, &lists[i], &rows);
        at = put_varint(at, count);
        for (size_t column = 0; column < lists[i].columns; column++)
            at = put_column(at, rows, count, lists[i].columns, column);
    }
    return (size_t)(at - out);
}

/* ---- Reading ---- */

struct reading {
    const unsigned char *at, *end;
};

static bool take_varint(struct reading *s, uint64_t *out)
{
    uint64_t x = 0;
    for (unsigned shift = 0; shift < 64 && s->at < s->end; shift += 7) {
        uint64_t bits = *s->at & 0x7F;
        if (shift == 63 && bits > 1)
            return false;
        x |= bits << shift;
        if (!(*s->at++ & 0x80)) {
            *out = x;
            return true;
        }
    }
    return false;
}

static uint64_t unzigzag(uint64_t x)
{
    return (x >> 1) ^ (x & 1 ? UINT64_MAX : 0);
}

static bool take_column(struct reading *s, void *rows, size_t count, size_t columns, size_t column)
{
    unsigned char *bytes = rows;
    uint64_t above = 0, x;
    for (size_t i = 0; i < count; i++) {
        if (!take_varint(s, &x))
            return false;
        above += unzigzag(x);
        memcpy(bytes + (i * columns + column) * sizeof above, &above, sizeof above);
    }
    return true;
}

bool histogram_is_sound(const struct record_histogram *h)
{
    uint64_t left = LISTS_COUNTED_MOST;
    for (size_t i = 0; i < h->count; i++) {
        const struct record_bucket *b = &h->bucket[i];
        if (b->count == 0 || b->count > left || (i > 0 && b->value_ns <= h->bucket[i - 1].value_ns))
            return false;
        left -= b->count;
    }
    return true;
}

bool curve_is_sound(const struct record_utilization *curve, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(curve[i].utilization >= 0 && curve[i].utilization <= 1) ||
            (i > 0 && curve[i].window_ns <= curve[i - 1].window_ns))
            return false;
    return true;
}

static bool is_sound(const struct list *list, void *rows, size_t count)
{
    switch (list->rule) {
    case RULE_HISTOGRAM:
        return histogram_is_sound(&(struct record_histogram){count, rows});
    case RULE_CURVE:
        return curve_is_sound(rows, count);
    case RULE_NONE:
        break;
    }
    return true;
}

/* What is wrong, or NULL. The rows are handed over at once, so that
 * record_free releases them after an error. */
static const char *take_list(struct reading *s, const struct list *list, struct run_record *r)
{
    uint64_t count;
    void *rows = NULL;
    if (!take_varint(s, &count))
        return "cut off";
    if (count > list->most)
        return "too long";
    if (count * list->columns > (size_t)(s->end - s->at)) /* a number takes a byte or more */
        return "cut off";
    size_t n = (size_t)count;
    if (n > 0 && !(rows = malloc(n * list->columns * sizeof(uint64_t))))
        return "too large for the memory there is";
    memcpy((char *)r + list->rows, &rows, sizeof rows);
    memcpy((char *)r + list->count, &n, sizeof n);
    for (size_t column = 0; column < list->columns; column++)
        if (!take_column(s, rows, n, list->columns, column))
            return "cut off";
    return is_sound(list, rows, n) ? NULL : "out of order or out of range";
}

static int refuse(struct run_record *r, const char *name, const char *wrong, char *error, size_t error_size)
{
    record_free(r);
    snprintf(error, error_size, "its list of %s is %s", name, wrong);
    return -1;
}

int record_unpack_lists(const unsigned char *bytes, size_t size, struct run_record *r, char *error, size_t error_size)
{
    struct reading s = {bytes, bytes + size};
    if (size == 0 || *s.at++ != VERSION)
        return refuse(r, "lists", "in a form that this gcsweep does not read", error, error_size);
    for (size_t i = 0; i < LISTS; i++) {
        const char *wrong = take_list(&s, &lists[i], r);
        if (wrong)
            return refuse(r, lists[i].name, wrong, error, error_size);
    }
    return s.at == s.end ? 0 : refuse(r, lists[LISTS - 1].name, "followed by more", error, error_size);
}
