/* pyperf.c - pyperf's JSON 1.0: time, longest pauses and memory as benchmarks.
 *
 * Each configuration is up to three benchmarks: its canonical string for wall
 * time (second), with ", pause p99" (second) and ", peak RSS" (byte). One run is
 * one process with one value, as pyperf's worker processes are. pyperf takes
 * only values above 0, so that a run that never paused has none of pauses.
 * Failed runs are left out; a benchmark without a value is none.
 *
 * Source  pyperf 2.10, doc/api.rst "JSON format", pyperf/_benchmark.py, _run.py
 *         and _metadata.py (units, values, and that no metadata is empty or has a line feed).
 */
#include <math.h>
#include <string.h>

#include "harness/exporters/export_json.h"
#include "harness/exporters/export_names.h"
#include "harness/exporters/exporter.h"

static const struct {
    const char *after; /* the configuration's name */
    const char *unit;
    enum measure measure;
    double per_unit;
} benchmarks[] = {
    {"", "second", MEASURE_WALL_NS, 1e9},
    {", pause p99", "second", MEASURE_PAUSE_P99_NS, 1e9},
    {", peak RSS", "byte", MEASURE_RSS_PEAK_BYTES, 1},
};
enum { BENCHMARKS = sizeof benchmarks / sizeof *benchmarks };

/* "2026-11-21T09:00:00Z" as pyperf writes dates. */
static int put_date(json_t *metadata, const char *started)
{
    char date[RECORD_TEXT_BYTES];
    if (strlen(started) != strlen("2026-11-21T09:00:00Z"))
        return 0;
    snprintf(date, sizeof date, "%.10s %.8s.000000", started, started + 11);
    return json_put_text(metadata, "date", date);
}

static int add_run(json_t *runs, const struct run_record *run, double value, bool is_whole)
{
    json_t *metadata = json_object(), *values = json_array(), *item = json_object();
    double process_s = run->process_ns != RECORD_UNKNOWN ? (double)run->process_ns / 1e9 : NAN;
    int status = put_date(metadata, run->started) | json_put_number(metadata, "duration", process_s) |
                 json_put_count(metadata, "mem_max_rss", run->rss_peak_bytes);

    status |= json_add(values, is_whole ? json_integer((json_int_t)value) : json_real(value)) |
              json_put(item, "metadata", metadata) | json_put(item, "values", values);
    return json_add(runs, item) | status;
}

/* Metadata must not be empty, and gcsweep_ keeps it apart from pyperf's own. */
static int put_part(json_t *metadata, const char *name, const char *text)
{
    char key[RECORD_TEXT_BYTES + 16];
    snprintf(key, sizeof key, "gcsweep_%s", name);
    json_t *safe = json_safe_text(key);
    int status = safe == NULL ? -1 : text[0] == '\0' ? 0 : json_put_text(metadata, json_string_value(safe), text);
    json_decref(safe);
    return status;
}

static int put_metadata(json_t *benchmark, const struct run_record *run, size_t i)
{
    struct export_part parts[EXPORT_PARTS];
    size_t count = export_parts(run, parts);
    char name[RECORD_TEXT_BYTES + 32];
    json_t *metadata = json_object();

    snprintf(name, sizeof name, "%s%s", run->configuration, benchmarks[i].after);
    int status = json_put_text(metadata, "name", name) | json_put_text(metadata, "unit", benchmarks[i].unit) |
                 json_put(metadata, "loops", json_integer(1)) | put_part(metadata, "workload", run->workload) |
                 put_part(metadata, "version", run->version_gcsweep);
    for (size_t k = 0; k < count; k++)
        status |= put_part(metadata, parts[k].name, parts[k].text);
    return status | json_put(benchmark, "metadata", metadata);
}

static int add_benchmark(json_t *list, const struct configuration *c, size_t i)
{
    json_t *benchmark = json_object(), *runs = json_array();
    int status = put_metadata(benchmark, c->dimensions, i) | json_put(benchmark, "runs", json_incref(runs));

    for (size_t k = 0; status == 0 && k < c->run_count; k++) {
        double value = export_run_counts(c, c->runs[k]) ? measure_of(c->runs[k], benchmarks[i].measure) : NAN;
        if (value > 0)
            status = add_run(runs, c->runs[k], value / benchmarks[i].per_unit, strcmp(benchmarks[i].unit, "byte") == 0);
    }
    if (status == 0 && json_array_size(runs) > 0)
        status = json_add(list, json_incref(benchmark));
    json_decref(benchmark);
    json_decref(runs);
    return status;
}

static int write_pyperf(const struct export_source *source, FILE *f)
{
    json_t *document = json_object(), *list = json_array();
    int status = json_put_text(document, "version", "1.0") | json_put(document, "benchmarks", list);

    for (size_t i = 0; i < source->configuration_count; i++)
        for (size_t k = 0; status == 0 && k < BENCHMARKS; k++)
            status = add_benchmark(list, source->configurations[i], k);
    return json_finish(document, status, f);
}

const struct exporter exporter_pyperf = {
    .name = "pyperf",
    .help = "pyperf's JSON, for pyperf compare_to, stats, hist",
    .failed = "are left out",
    .extension = "json",
    .write = write_pyperf,
};
