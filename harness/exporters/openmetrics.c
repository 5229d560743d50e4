/* openmetrics.c - OpenMetrics text: histograms of pauses, gauges of times and memory.
 *
 * gcsweep_pause_seconds is a histogram for each configuration and kind of pause
 * (label generation: 0, 1, 2 or release), over all runs that count; a pause
 * within 0.1 % below a bound may count above it. The gauges are medians over
 * the runs that count. gcsweep_runs_total counts runs by status: there the
 * failed ones are, and nowhere else. Base units: seconds and bytes.
 *
 * Source  OpenMetrics 1.0.0 (prometheus.io/docs/specs/om/open_metrics_spec): families are contiguous, names end in
 *         their unit, bounds are canonical numbers, the text ends in # EOF.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/exporters/export_names.h"
#include "harness/exporters/exporter.h"
#include "harness/sweep/text_stream.h"

static const struct {
    const char *name, *unit, *help;
    enum measure measure;
    double per_unit;
} gauges[] = {
    {"gcsweep_wall_seconds", "seconds", "Time of the mutator's region, median of runs.", MEASURE_WALL_NS, 1e9},
    {"gcsweep_gc_seconds", "seconds", "Time in collections, median of runs.", MEASURE_GC_NS, 1e9},
    {"gcsweep_pause_p99_seconds", "seconds", "99th percentile of a run's pauses, median of runs.", MEASURE_PAUSE_P99_NS,
     1e9},
    {"gcsweep_pause_max_seconds", "seconds", "A run's longest pause, median of runs.", MEASURE_PAUSE_MAX_NS, 1e9},
    {"gcsweep_rss_peak_bytes", "bytes", "Peak resident memory, median of runs.", MEASURE_RSS_PEAK_BYTES, 1},
    {"gcsweep_rss_growth_bytes", "bytes", "Peak resident memory above that before the first object, median of runs.",
     MEASURE_RSS_GROWTH_BYTES, 1},
};
enum { GAUGES = sizeof gauges / sizeof *gauges };

static const char *const kind_names[RECORD_PAUSE_KINDS] = {"0", "1", "2", "release"};

static int put_label(const char *name, const char *text, FILE *f)
{
    char *safe = export_text(text);
    if (safe == NULL)
        return -1;
    fprintf(f, "%s=\"", name);
    for (const char *s = safe; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            fputc('\\', f);
        fputc(*s, f);
    }
    fputc('"', f);
    free(safe);
    return 0;
}

/* What stands between the braces of each of the configuration's samples; to be freed. */
static char *make_labels(const struct run_record *run)
{
    struct export_part parts[EXPORT_PARTS];
    size_t count = export_parts(run, parts);
    struct text_stream stream;
    FILE *f = text_stream_open(&stream);
    if (f == NULL)
        return NULL;
    int status = put_label("configuration", run->configuration, f);
    fputc(',', f);
    status |= put_label("workload", run->workload, f);
    for (size_t i = count - EXPORT_DIMENSIONS; i < count; i++) {
        fputc(',', f);
        status |= put_label(parts[i].name, parts[i].text, f);
    }
    char *labels = text_stream_close(&stream);
    if (status == 0)
        return labels;
    free(labels);
    return NULL;
}

static void write_head(const char *name, const char *type, const char *unit, const char *help, FILE *f)
{
    fprintf(f, "# TYPE %s %s\n", name, type);
    if (unit != NULL)
        fprintf(f, "# UNIT %s %s\n", name, unit);
    fprintf(f, "# HELP %s %s\n", name, help);
}

/* 1, 2 and 5 of each decade from 1 us to 10 s. */
static void write_buckets(const struct histogram *h, const char *labels, const char *kind, FILE *f)
{
    static const uint64_t digits[] = {1, 2, 5};
    uint64_t below = 0;
    size_t at = 0;

    for (uint64_t decade = 1000; decade <= UINT64_C(10000000000); decade *= 10)
        for (int d = 0; d < 3 && decade * digits[d] <= UINT64_C(10000000000); d++) {
            uint64_t bound_ns = decade * digits[d];
            char bound[32];
            for (; at < HISTOGRAM_BUCKETS && histogram_highest(at) <= bound_ns; at++)
                below += h->bucket[at];
            snprintf(bound, sizeof bound, "%g", (double)bound_ns / 1e9);
            fprintf(f, "gcsweep_pause_seconds_bucket{%s,generation=\"%s\",le=\"%s%s\"} %" PRIu64 "\n", labels, kind,
                    bound, strpbrk(bound, ".e") != NULL ? "" : ".0", below);
        }
    fprintf(f, "gcsweep_pause_seconds_bucket{%s,generation=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", labels, kind, h->count);
}

/* Time in a kind of pause, of all runs that count; NaN when one does not know it. */
static double total_ns(const struct configuration *c, int kind)
{
    double total = 0;
    for (size_t i = 0; i < c->run_count; i++) {
        const struct run_record *run = c->runs[i];
        const uint64_t ns[RECORD_PAUSE_KINDS] = {run->gen0_gc_ns, run->gen1_gc_ns, run->gen2_gc_ns,
                                                 run->release_total_ns};
        if (export_run_counts(c, run))
            total += ns[kind] != RECORD_UNKNOWN ? (double)ns[kind] : NAN;
    }
    return total;
}

/* Whether runs of this configuration tell of this kind: the real CPython's do not of releases. */
static bool has_kind(const struct configuration *c, int kind)
{
    if (!c->counts)
        return false;
    if (kind != RECORD_RELEASE)
        return true;
    for (size_t i = 0; i < c->run_count; i++)
        if (export_run_counts(c, c->runs[i]) && c->runs[i]->release_count == RECORD_UNKNOWN)
            return false;
    return true;
}

static void write_histogram(const struct configuration *c, const char *labels, int kind, const struct histogram *h,
                            FILE *f)
{
    double total = total_ns(c, kind);

    write_buckets(h, labels, kind_names[kind], f);
    if (isnan(total))
        return;
    fprintf(f, "gcsweep_pause_seconds_count{%s,generation=\"%s\"} %" PRIu64 "\n", labels, kind_names[kind], h->count);
    fprintf(f, "gcsweep_pause_seconds_sum{%s,generation=\"%s\"} %.12g\n", labels, kind_names[kind], total / 1e9);
}

/* `kinds` is used as scratch. */
static int write_histograms(const struct export_source *source, const struct configuration *c, const char *labels,
                            struct histogram kinds[RECORD_PAUSE_KINDS], FILE *f)
{
    for (int kind = 0; kind < RECORD_PAUSE_KINDS; kind++)
        histogram_clear(&kinds[kind]);
    if (export_pauses(source, c, kinds) != 0)
        return -1;
    for (int kind = 0; kind < RECORD_PAUSE_KINDS; kind++)
        if (has_kind(c, kind))
            write_histogram(c, labels, kind, &kinds[kind], f);
    return 0;
}

static int write_pauses(const struct export_source *source, char **labels, FILE *f)
{
    struct histogram kinds[RECORD_PAUSE_KINDS];
    uint64_t *buckets = calloc(RECORD_PAUSE_KINDS * HISTOGRAM_BUCKETS, sizeof *buckets);
    int status = buckets != NULL ? 0 : -1;

    write_head("gcsweep_pause_seconds", "histogram", "seconds", "Pauses of collections, and long cascades of frees.",
               f);
    for (int kind = 0; status == 0 && kind < RECORD_PAUSE_KINDS; kind++)
        histogram_open(&kinds[kind], buckets + (size_t)kind * HISTOGRAM_BUCKETS);
    for (size_t i = 0; status == 0 && i < source->configuration_count; i++)
        status = write_histograms(source, source->configurations[i], labels[i], kinds, f);
    free(buckets);
    return status;
}

static void write_gauges(const struct export_source *source, char **labels, FILE *f)
{
    for (size_t g = 0; g < GAUGES; g++) {
        write_head(gauges[g].name, "gauge", gauges[g].unit, gauges[g].help, f);
        for (size_t i = 0; i < source->configuration_count; i++) {
            const struct configuration *c = source->configurations[i];
            double median = c->counts ? c->measure[gauges[g].measure].median : NAN;
            if (!isnan(median))
                fprintf(f, "%s{%s} %.12g\n", gauges[g].name, labels[i], median / gauges[g].per_unit);
        }
    }
}

static void write_runs(const struct export_source *source, char **labels, FILE *f)
{
    write_head("gcsweep_runs", "counter", NULL, "Runs by how they ended; ok ones with other results are other-results.",
               f);
    for (size_t i = 0; i < source->configuration_count; i++) {
        const struct configuration *c = source->configurations[i];
        const char *ok = c->ok > 0 && !c->counts ? "other-results" : "ok";
        fprintf(f, "gcsweep_runs_total{%s,status=\"%s\"} %zu\n", labels[i], ok, c->ok);
        for (enum failure why = 0; why < FAILURES; why++)
            fprintf(f, "gcsweep_runs_total{%s,status=\"%s\"} %zu\n", labels[i], failure_names[why], c->failures[why]);
    }
}

static int write_openmetrics(const struct export_source *source, FILE *f)
{
    char **labels = calloc(source->configuration_count + 1, sizeof *labels);
    int status = labels != NULL ? 0 : -1;

    for (size_t i = 0; status == 0 && i < source->configuration_count; i++) {
        labels[i] = make_labels(source->configurations[i]->dimensions);
        status = labels[i] != NULL ? 0 : -1;
    }
    if (status == 0)
        status = write_pauses(source, labels, f);
    if (status == 0) {
        write_gauges(source, labels, f);
        write_runs(source, labels, f);
        fputs("# EOF\n", f);
    }
    for (size_t i = 0; labels != NULL && i < source->configuration_count; i++)
        free(labels[i]);
    free(labels);
    return status;
}

const struct exporter exporter_openmetrics = {
    .name = "openmetrics",
    .help = "OpenMetrics text, for Prometheus and Grafana",
    .failed = "are in gcsweep_runs_total only",
    .extension = "txt",
    .of_lists = true,
    .write = write_openmetrics,
};
