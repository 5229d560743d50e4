/* github_action_benchmark.c - github-action-benchmark's own JSON, where smaller is better.
 *
 * For each configuration three entries: time of a whole run in ms, 99th
 * percentile of its pauses in us, peak resident memory in MiB; each the median
 * over the runs that count, range the 95 % interval of that median where there
 * is one. Failed runs give no value but are told of in extra; a configuration of
 * which no run counts is left out.
 *
 * The action compares one point with one point and raises an alarm beyond a
 * ratio; what a difference is worth, gcsweep compare says.
 *
 * Source  benchmark-action/github-action-benchmark, tool customSmallerIsBetter:
 *         name, unit, value; range and extra are texts.
 */
#include <math.h>

#include "harness/exporters/export_json.h"
#include "harness/exporters/exporter.h"

static const struct {
    const char *what, *unit;
    enum measure measure;
    double per_unit;
} entries[] = {
    {"time", "ms", MEASURE_WALL_NS, 1e6},
    {"pause p99", "us", MEASURE_PAUSE_P99_NS, 1e3},
    {"peak RSS", "MiB", MEASURE_RSS_PEAK_BYTES, 1048576},
};
enum { ENTRIES = sizeof entries / sizeof *entries };

static int put_notes(json_t *entry, const struct configuration *c, const struct interval *median, double per_unit)
{
    char text[128];
    int status = 0;

    if (!isnan(median->low) && !isnan(median->high)) {
        snprintf(text, sizeof text, "%.6g to %.6g", median->low / per_unit, median->high / per_unit);
        status |= json_put_text(entry, "range", text);
    }
    snprintf(text, sizeof text, "median of %zu runs%s; %zu failed", median->pairs,
             isnan(median->low) || isnan(median->high) ? "" : ", range: its 95 % interval", c->failed);
    return status | json_put_text(entry, "extra", text);
}

static int add_entry(json_t *document, const struct configuration *c, size_t i)
{
    char name[RECORD_TEXT_BYTES + 32];
    struct interval median;

    if (export_median(c, entries[i].measure, &median) != 0)
        return -1;
    if (isnan(median.estimate))
        return 0;
    json_t *entry = json_object();
    snprintf(name, sizeof name, "%s: %s", c->dimensions->configuration, entries[i].what);
    int status = json_put_text(entry, "name", name) | json_put_text(entry, "unit", entries[i].unit) |
                 json_put_number(entry, "value", median.estimate / entries[i].per_unit) |
                 put_notes(entry, c, &median, entries[i].per_unit);
    return status | json_add(document, entry);
}

static int write_entries(const struct export_source *source, FILE *f)
{
    json_t *document = json_array();
    int status = 0;

    for (size_t i = 0; i < source->configuration_count; i++)
        for (size_t k = 0; status == 0 && k < ENTRIES && source->configurations[i]->counts; k++)
            status = add_entry(document, source->configurations[i], k);
    return json_finish(document, status, f);
}

const struct exporter exporter_github_action_benchmark = {
    .name = "github-action-benchmark",
    .help = "customSmallerIsBetter JSON: charts over commits",
    .failed = "are left out, their number is in extra",
    .extension = "json",
    .write = write_entries,
};
