#include "harness/analysis/order_statistics.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Two sorted samples, whose combinations are chosen from. */
struct samples {
    const double *a, *b;
    size_t a_count, b_count;
};
/* How many combinations are at most `limit`. */
typedef size_t counter(const struct samples *s, double limit);

/* ---- Doubles as integers of the same order, so that their range can be halved ---- */

static const uint64_t sign = UINT64_C(1) << 63;

static uint64_t key_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

static double value_of(uint64_t key)
{
    uint64_t bits = key & sign ? key & ~sign : ~key;
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The least double that at least `rank` combinations are at most. */
static double select_between(const struct samples *s, counter *count, double least, double most, size_t rank)
{
    uint64_t low = key_of(least), high = key_of(most);

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (count(s, value_of(middle)) >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return value_of(low) + 0.0; /* never a negative zero */
}

/* ---- What is counted ---- */

static double average(double x, double y)
{
    return x / 2 + y / 2; /* the sum could overflow */
}

/* As i rises, the last j that fits falls. Rounding keeps the order, so that the counts are those of the rounded
 * averages. */
static size_t count_averages(const struct samples *s, double limit)
{
    size_t found = 0, end = s->a_count;

    for (size_t i = 0; i < end; i++) {
        while (end > i && average(s->a[i], s->a[end - 1]) > limit)
            end--;
        found += end - i;
    }
    return found;
}

static size_t count_differences(const struct samples *s, double limit)
{
    size_t found = 0, begin = 0;

    for (size_t j = 0; j < s->b_count; j++) {
        while (begin < s->a_count && s->b[j] - s->a[begin] > limit)
            begin++;
        found += s->a_count - begin;
    }
    return found;
}

/* Up to this many samples their averages fit on the stack, and selecting among them is several times faster than
 * bisection: a sweep has tens of rounds and thousands of ratios. */
enum { FEW = 30 };

static double select_of_few(const double *sorted, size_t count, size_t rank)
{
    double averages[FEW * (FEW + 1) / 2];
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            averages[total++] = average(sorted[i], sorted[j]);
    return gsl_stats_select(averages, 1, total, rank - 1);
}

double select_walsh_average(const double *sorted, size_t count, size_t rank)
{
    if (count <= FEW)
        return select_of_few(sorted, count, rank);
    const struct samples s = {sorted, NULL, count, 0};

    return select_between(&s, count_averages, sorted[0], sorted[count - 1], rank);
}

double select_difference(const double *sorted_a, size_t a_count, const double *sorted_b, size_t b_count, size_t rank)
{
    const struct samples s = {sorted_a, sorted_b, a_count, b_count};

    return select_between(&s, count_differences, sorted_b[0] - sorted_a[a_count - 1],
                          sorted_b[b_count - 1] - sorted_a[0], rank);
}

double median_walsh_average(const double *sorted, size_t count)
{
    size_t total = count * (count + 1) / 2;
    double upper = select_walsh_average(sorted, count, total / 2 + 1);

    return total % 2 ? upper : average(select_walsh_average(sorted, count, total / 2), upper);
}

double median_difference(const double *sorted_a, size_t a_count, const double *sorted_b, size_t b_count)
{
    size_t total = a_count * b_count;
    double upper = select_difference(sorted_a, a_count, sorted_b, b_count, total / 2 + 1);

    return total % 2 ? upper : average(select_difference(sorted_a, a_count, sorted_b, b_count, total / 2), upper);
}
