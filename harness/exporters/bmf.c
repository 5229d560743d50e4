/* bmf.c - Bencher Metric Format: configuration, measure, value.
 *
 * latency is the time of a whole run in nanoseconds, which is the unit of
 * Bencher's measure of that name; throughput is operations a second; the other
 * measures have their unit in their name. Values are medians over the runs that
 * count; lower_value and upper_value are the 95 % interval of the median
 * (statistics.h), left out where so few runs have none. Failed runs give no
 * value; a configuration of which no run counts is left out.
 *
 * Source  bencher.dev, "Bencher Metric Format": names of benchmarks have at
 *         most 1024 characters, names of measures 64.
 */
#include <math.h>

#include "harness/exporters/export_json.h"
#include "harness/exporters/exporter.h"

static const struct {
    const char *slug;
    enum measure measure;
} measures[] = {
    {"latency", MEASURE_WALL_NS},           {"throughput", MEASURE_THROUGHPUT},
    {"gc-time-ns", MEASURE_GC_NS},          {"pause-p99-ns", MEASURE_PAUSE_P99_NS},
    {"pause-max-ns", MEASURE_PAUSE_MAX_NS}, {"peak-rss-bytes", MEASURE_RSS_PEAK_BYTES},
};
enum { BMF_MEASURES = sizeof measures / sizeof *measures };

static int add_benchmark(json_t *document, const struct configuration *c)
{
    json_t *benchmark = json_object(), *name = json_safe_text(c->dimensions->configuration);
    int status = 0;

    for (size_t i = 0; i < BMF_MEASURES; i++) {
        struct interval median;
        json_t *metric = json_object();
        if (export_median(c, measures[i].measure, &median) != 0)
            status = -1;
        else if (!isnan(median.estimate))
            status |= json_put_number(metric, "value", median.estimate) |
                      json_put_number(metric, "lower_value", median.low) |
                      json_put_number(metric, "upper_value", median.high) |
                      json_put(benchmark, measures[i].slug, json_incref(metric));
        json_decref(metric);
    }
    status |= name == NULL ? -1 : json_put(document, json_string_value(name), json_incref(benchmark));
    json_decref(benchmark);
    json_decref(name);
    return status;
}

static int write_bmf(const struct export_source *source, FILE *f)
{
    json_t *document = json_object();
    int status = 0;

    for (size_t i = 0; status == 0 && i < source->configuration_count; i++)
        if (source->configurations[i]->counts)
            status = add_benchmark(document, source->configurations[i]);
    return json_finish(document, status, f);
}

const struct exporter exporter_bmf = {
    .name = "bmf",
    .help = "Bencher Metric Format, for its adapter json",
    .failed = "are left out",
    .extension = "json",
    .write = write_bmf,
};
