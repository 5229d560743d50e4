#include "harness/analysis/statistics.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Above this many pairs the normal approximation of the signed-rank statistic is exact to the rank or one beside it,
 * and the table of all ranks would be large. */
enum { EXACT_PAIRS = 200 };

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

/* Fills share[w] = P(W+ = w) for w below `size`: each pair's rank is in W+ or not, with equal chance. */
static void signed_rank_distribution(size_t pairs, double *share, size_t size)
{
    for (size_t w = 0; w < size; w++)
        share[w] = w == 0 ? 1.0 : 0.0;
    for (size_t rank = 1; rank <= pairs; rank++)
        for (size_t w = size; w-- > 0;)
            share[w] = (share[w] + (w >= rank ? share[w - rank] : 0.0)) / 2;
}

static size_t signed_rank_rank_of_many(size_t pairs)
{
    double n = (double)pairs;
    double deviation = sqrt(n * (n + 1) * (2 * n + 1) / 24);

    return (size_t)(n * (n + 1) / 4 - 1.959964 * deviation);
}

size_t signed_rank_rank(size_t pairs)
{
    if (pairs < STATISTICS_LEAST_PAIRS)
        return 0;
    if (pairs > EXACT_PAIRS)
        return signed_rank_rank_of_many(pairs);

    size_t size = pairs * (pairs + 1) / 4 + 1; /* the lower half is enough */
    double *share = malloc(size * sizeof *share);
    if (share == NULL)
        return 0;
    signed_rank_distribution(pairs, share, size);

    size_t rank = 0;
    double below = 0;
    while (rank < size && below + share[rank] <= 0.025)
        below += share[rank++];
    free(share);
    return rank;
}

/* All (x_i + x_j) / 2 with i <= j, sorted; NULL without memory. */
static double *walsh_averages(const double *x, size_t count, size_t *total)
{
    *total = count * (count + 1) / 2;
    double *walsh = malloc(*total * sizeof *walsh);
    if (walsh == NULL)
        return NULL;
    size_t k = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            walsh[k++] = (x[i] + x[j]) / 2;
    gsl_sort(walsh, 1, *total);
    return walsh;
}

int hodges_lehmann(const double *differences, size_t count, struct interval *out)
{
    *out = (struct interval){count, NAN, NAN, NAN};
    if (count == 0)
        return 0;

    size_t total;
    double *walsh = walsh_averages(differences, count, &total);
    if (walsh == NULL)
        return -1;
    out->estimate = quantile_of_sorted(walsh, total, 0.5);
    size_t rank = signed_rank_rank(count);
    if (rank > 0) {
        out->low = walsh[rank - 1];
        out->high = walsh[total - rank];
    }
    free(walsh);
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

bool interval_excludes_one(const struct interval *ratio)
{
    return ratio->low > 1 || ratio->high < 1; /* false for NaN */
}
