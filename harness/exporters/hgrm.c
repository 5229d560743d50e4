/* hgrm.c - a configuration's pauses as HdrHistogram's percentile table.
 *
 * One file a configuration: the pauses of all its runs that count, all
 * generations together, in milliseconds with six decimals; cascades of frees by
 * counts alone (kind `release`) are not among them. Failed runs add no pause. Mean and
 * deviation are of the buckets' middles, right to 0.1 %.
 *
 * Source  HdrHistogram 2.1.12, AbstractHistogram.outputPercentileDistribution:
 *         five rows to each halving of what is left to 100 %.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "harness/exporters/export_names.h"
#include "harness/exporters/exporter.h"

enum { TICKS_PER_HALF = 5, NS_PER_MS = 1000000 };

static void write_row(uint64_t value_ns, double percent, uint64_t cumulative, FILE *f)
{
    fprintf(f, "%12.6f %14.12f %10" PRIu64 " %14.2f\n", (double)value_ns / NS_PER_MS, percent / 100, cumulative,
            1 / (1 - percent / 100));
}

/* The step from `percent` to the next row. */
static double step_at(double percent)
{
    double halvings = floor(log2(100 / (100 - percent))) + 1;
    return 100 / (TICKS_PER_HALF * exp2(halvings));
}

static void write_rows(const struct histogram *h, FILE *f)
{
    uint64_t cumulative = 0;
    double percent = 0;

    for (size_t i = 0; cumulative < h->count; i++) {
        if (h->bucket[i] == 0)
            continue;
        cumulative += h->bucket[i];
        bool more = true;
        while (more && percent <= 100.0 * (double)cumulative / (double)h->count) {
            write_row(histogram_highest(i), percent, cumulative, f);
            more = cumulative < h->count;
            double next = percent + step_at(percent);
            if (!(next > percent))
                break; /* as near to 100 as a double can come */
            percent = next;
        }
        if (!more)
            write_row(histogram_highest(i), 100, cumulative, f);
    }
}

/* A bucket stands for its middle, as in HdrHistogram. */
static double middle_of(size_t bucket)
{
    return bucket == 0 ? 0 : ((double)histogram_highest(bucket - 1) + 1 + (double)histogram_highest(bucket)) / 2;
}

static void write_foot(const struct histogram *h, FILE *f)
{
    double n = h->count > 0 ? (double)h->count : 1, sum = 0, squares = 0;

    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        sum += (double)h->bucket[i] * middle_of(i);
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        squares += (double)h->bucket[i] * pow(middle_of(i) - sum / n, 2);
    fprintf(f, "#[Mean    = %12.6f, StdDeviation   = %12.6f]\n", sum / n / NS_PER_MS, sqrt(squares / n) / NS_PER_MS);
    fprintf(f, "#[Max     = %12.6f, Total count    = %12" PRIu64 "]\n", (double)h->max_ns / NS_PER_MS, h->count);
    fprintf(f, "#[Buckets = %12d, SubBuckets     = %12d]\n", HISTOGRAM_RANGE_BITS - HISTOGRAM_HALF_BITS,
            2 << HISTOGRAM_HALF_BITS);
}

static int write_about(const struct configuration *c, FILE *f)
{
    char *name = export_text(c->dimensions->configuration);
    if (name == NULL)
        return -1;
    fprintf(f, "#[gcsweep: pauses in ms of %s, %zu runs, %zu left out]\n", name, c->run_count - export_runs_left_out(c),
            export_runs_left_out(c));
    free(name);
    return 0;
}

static int write_hgrm(const struct export_source *source, FILE *f)
{
    struct histogram kinds[RECORD_PAUSE_KINDS];
    uint64_t *buckets = calloc(RECORD_PAUSE_KINDS * HISTOGRAM_BUCKETS, sizeof *buckets);
    int status = buckets != NULL ? 0 : -1;

    for (int kind = 0; status == 0 && kind < RECORD_PAUSE_KINDS; kind++)
        histogram_open(&kinds[kind], buckets + (size_t)kind * HISTOGRAM_BUCKETS);
    for (size_t i = 0; status == 0 && i < source->configuration_count; i++)
        status = export_pauses(source, source->configurations[i], kinds);
    if (status == 0) {
        histogram_merge(&kinds[0], &kinds[1]);
        histogram_merge(&kinds[0], &kinds[2]);
        fprintf(f, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
        write_rows(&kinds[0], f);
        write_foot(&kinds[0], f);
    }
    for (size_t i = 0; status == 0 && i < source->configuration_count; i++)
        status = write_about(source->configurations[i], f);
    free(buckets);
    return status;
}

const struct exporter exporter_hgrm = {
    .name = "hgrm",
    .help = "pauses for HdrHistogram's plotter",
    .failed = "are left out",
    .extension = "hgrm",
    .one_each = true,
    .of_lists = true,
    .write = write_hgrm,
};
