#include "harness/analysis/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/order_statistics.h"

/* 95 % between the two ends. */
static const double one_tail = 0.025;

/* By the number of pairs, as R 4.2's qsignrank(0.025, pairs). Above, the approximation gives the same ranks for all but
 * 8 of the numbers up to 1,000, and there a rank one less: a hair more than 95 %. */
static const unsigned char exact_ranks[] = {0,  0,  0,  0,  0,  0,  1,  3,  4,  6,  9,  11, 14,
                                            18, 22, 26, 30, 35, 41, 47, 53, 59, 66, 74, 82, 90};
enum { EXACT_PAIRS = sizeof exact_ranks - 1 };

double quantile_of_sorted(const double *sorted, size_t count, double p)
{
    return count > 0 ? gsl_stats_quantile_from_sorted_data(sorted, 1, count, p) : NAN;
}

struct spread spread_of(double *values, size_t count)
{
    struct spread s = {count, NAN, NAN, NAN, NAN, NAN, NAN};

    if (count == 0)
        return s;
    gsl_sort(values, 1, count);
    s.least = values[0];
    s.most = values[count - 1];
    s.q1 = quantile_of_sorted(values, count, 0.25);
    s.median = quantile_of_sorted(values, count, 0.5);
    s.q3 = quantile_of_sorted(values, count, 0.75);

    for (size_t i = 0; i < count; i++)
        values[i] = fabs(values[i] - s.median);
    gsl_sort(values, 1, count);
    s.mad = quantile_of_sorted(values, count, 0.5);
    return s;
}

void quantile_ranks(size_t count, double p, size_t *low, size_t *high)
{
    unsigned n = (unsigned)count;
    size_t below = 0, above = count + 1;

    /* The quantile lies below the k-th least value with the chance that fewer than k values are below it. */
    for (size_t step = count; step > 0; step /= 2)
        while (below + step <= count && gsl_cdf_binomial_P((unsigned)(below + step) - 1, p, n) <= one_tail)
            below += step;
    for (size_t step = count; step > 0; step /= 2)
        while (above > step && gsl_cdf_binomial_Q((unsigned)(above - step) - 1, p, n) <= one_tail)
            above -= step;
    *low = below;
    *high = above > count ? 0 : above;
}

struct interval quantile_interval(const double *sorted, size_t count, double p)
{
    struct interval out = {count, quantile_of_sorted(sorted, count, p), NAN, NAN};
    size_t low, high;

    quantile_ranks(count, p, &low, &high);
    if (low > 0)
        out.low = sorted[low - 1];
    if (high > 0)
        out.high = sorted[high - 1];
    return out;
}

/* P(W+ <= w), by the normal distribution with Edgeworth's term for the fourth moment: each rank r is in the sum or not,
 * which has the fourth cumulant -r^4 / 8. */
static double signed_rank_share(size_t pairs, double w)
{
    double n = (double)pairs;
    double variance = n * (n + 1) * (2 * n + 1) / 24;
    double fourth = -variance * (3 * n * n + 3 * n - 1) / 10;
    double z = (w + 0.5 - n * (n + 1) / 4) / sqrt(variance);

    return gsl_cdf_ugaussian_P(z) -
           gsl_ran_ugaussian_pdf(z) * fourth / (24 * variance * variance) * (z * z * z - 3 * z);
}

static size_t signed_rank_rank_of_many(size_t pairs)
{
    double n = (double)pairs;
    /* Surely below, and near. */
    size_t rank = (size_t)(n * (n + 1) / 4 - 2.1 * sqrt(n * (n + 1) * (2 * n + 1) / 24));

    while (signed_rank_share(pairs, (double)rank) <= one_tail)
        rank++;
    return rank;
}

size_t signed_rank_rank(size_t pairs)
{
    return pairs > EXACT_PAIRS ? signed_rank_rank_of_many(pairs) : exact_ranks[pairs];
}

int hodges_lehmann(const double *differences, size_t count, struct interval *out)
{
    *out = (struct interval){count, NAN, NAN, NAN};
    if (count == 0)
        return 0;

    double *sorted = malloc(count * sizeof *sorted);
    if (sorted == NULL)
        return -1;
    memcpy(sorted, differences, count * sizeof *sorted);
    gsl_sort(sorted, 1, count);
    out->estimate = median_walsh_average(sorted, count);
    size_t rank = signed_rank_rank(count);
    if (rank > 0) {
        out->low = select_walsh_average(sorted, count, rank);
        out->high = select_walsh_average(sorted, count, count * (count + 1) / 2 + 1 - rank);
    }
    free(sorted);
    return 0;
}

int ratio_of_logs(const double *log_ratios, size_t count, struct interval *out)
{
    int status = hodges_lehmann(log_ratios, count, out);

    out->estimate = exp(out->estimate);
    out->low = exp(out->low);
    out->high = exp(out->high);
    return status;
}

static int ratio_decimals(const struct interval *ratio)
{
    if (ratio->estimate >= 99.5)
        return 0;
    if (ratio->estimate >= 9.95)
        return 1;
    return ratio->estimate < 0.1 || ratio->high - ratio->low < 0.02 ? 3 : 2;
}

void ratio_text(const struct interval *ratio, char *text, size_t size)
{
    int decimals = ratio_decimals(ratio);

    if (isnan(ratio->estimate))
        snprintf(text, size, "-");
    else if (isnan(ratio->low))
        snprintf(text, size, "%.*fx", decimals, ratio->estimate);
    else
        snprintf(text, size, "%.*fx [%.*f, %.*f]", decimals, ratio->estimate, decimals, ratio->low, decimals,
                 ratio->high);
}

struct interval interval_inverse(const struct interval *ratio)
{
    return (struct interval){ratio->pairs, 1 / ratio->estimate, 1 / ratio->high, 1 / ratio->low};
}

bool interval_excludes_one(const struct interval *ratio)
{
    return ratio->low > 1 || ratio->high < 1; /* false for NaN */
}

enum verdict verdict_of(const struct interval *ratio, double margin)
{
    double most = 1 + margin, least = 1 / most;

    if (isnan(ratio->low) || isnan(ratio->high))
        return VERDICT_UNKNOWN;
    if (ratio->high < least)
        return VERDICT_LESS;
    if (ratio->low > most)
        return VERDICT_MORE;
    return ratio->low >= least && ratio->high <= most ? VERDICT_EQUIVALENT : VERDICT_NOT_RESOLVED;
}

double interval_half_width(const struct interval *ratio)
{
    return log(ratio->high / ratio->low) / 2;
}
