/* google_benchmark.c - Google Benchmark's JSON: a row a run, for compare.py.
 *
 * gcbench/scale:1/seed:1/runtime:model/...: one row a run, the runs of a
 * configuration being its repetitions. real_time is wall time and cpu_time user
 * plus system time, both in ns; the other keys are counters. Failed runs, and
 * those whose configuration gave other results than the rest, are in a list of
 * their own, failed_runs: compare.py falls over rows that have no time. A run
 * whose processor time is unknown is in neither.
 *
 * Source  Google Benchmark 1.7.1, src/json_reporter.cc, tools/gbench/report.py.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/exporters/export_json.h"
#include "harness/exporters/export_names.h"
#include "harness/exporters/exporter.h"
#include "harness/record/json_text.h"
#include "harness/sweep/text_stream.h"

static const struct {
    const char *name;
    enum measure measure;
} counters[] = {
    {"gc_ns", MEASURE_GC_NS},
    {"pause_p99_ns", MEASURE_PAUSE_P99_NS},
    {"pause_max_ns", MEASURE_PAUSE_MAX_NS},
    {"peak_rss_bytes", MEASURE_RSS_PEAK_BYTES},
    {"collections", MEASURE_PAUSE_COUNT},
    {"items_per_second", MEASURE_THROUGHPUT},
};
enum { COUNTERS = sizeof counters / sizeof *counters };

struct lists {
    json_t *rows, *failed; /* the document's */
};

static double cpu_ns(const struct run_record *run)
{
    bool known = run->user_ns != RECORD_UNKNOWN && run->system_ns != RECORD_UNKNOWN;
    return known ? (double)run->user_ns + (double)run->system_ns : NAN;
}

static int put_times(json_t *row, const struct run_record *run)
{
    int status = json_put_number(row, "real_time", measure_of(run, MEASURE_WALL_NS)) |
                 json_put_number(row, "cpu_time", cpu_ns(run)) | json_put_text(row, "time_unit", "ns");
    for (size_t i = 0; i < COUNTERS; i++)
        status |= json_put_number(row, counters[i].name, measure_of(run, counters[i].measure));
    return status;
}

static int put_error(json_t *row, const struct run_record *run)
{
    char message[2 * RECORD_TEXT_BYTES + 4];
    if (run_is_ok(run))
        snprintf(message, sizeof message, "other results than those of the other configurations");
    else
        snprintf(message, sizeof message, "%s: %s", run->status, run->message);
    return json_put(row, "error_occurred", json_true()) | json_put_text(row, "error_message", message);
}

/* A time without processor time is no row that a reader takes. */
static bool has_times(const struct run_record *run)
{
    return !isnan(cpu_ns(run)) && !isnan(measure_of(run, MEASURE_WALL_NS));
}

static int add_row(const struct lists *lists, const char *name, const struct configuration *c, size_t family,
                   size_t index)
{
    const struct run_record *run = c->runs[index];
    bool counts = export_run_counts(c, run);
    if (counts && !has_times(run))
        return 0;
    json_t *row = json_object();
    int status = json_put_text(row, "name", name) | json_put_count(row, "family_index", family) |
                 json_put_count(row, "per_family_instance_index", 0) | json_put_text(row, "run_name", name) |
                 json_put_text(row, "run_type", "iteration") | json_put_count(row, "repetitions", c->run_count) |
                 json_put_count(row, "repetition_index", index) | json_put_count(row, "threads", 1) |
                 json_put_count(row, "iterations", 1) | (counts ? put_times(row, run) : put_error(row, run));
    return json_add(counts ? lists->rows : lists->failed, row) | status;
}

static int add_rows(const struct lists *lists, const struct export_source *source, size_t family)
{
    const struct configuration *c = source->configurations[family];
    struct text_stream stream;
    if (text_stream_open(&stream) == NULL)
        return -1;
    export_path(c->dimensions, ':', stream.file);
    char *name = text_stream_close(&stream);
    int status = name != NULL ? 0 : -1;
    for (size_t i = 0; status == 0 && i < c->run_count; i++)
        status = add_row(lists, name, c, family, i);
    free(name);
    return status;
}

/* What the sweep knows of its machine: its environment names no host, and neither does this. */
static int put_context(json_t *document, const struct export_source *source)
{
    const struct result_set *results = source->summary->results;
    bool full;
    json_t *environment = json_of_text(results->environment, &full);
    json_t *cpu = json_object_get(environment, "cpu"), *cores = json_object_get(cpu, "cores");
    const char *governor = json_string_value(json_object_get(cpu, "governor"));
    json_t *context = json_object();
    int status = json_put(context, "caches", json_array()) | (full ? -1 : 0);

    if (source->run_count > 0)
        status |= json_put_text(context, "date", source->runs[0]->started);
    if (json_is_integer(cores))
        status |= json_put(context, "num_cpus", json_incref(cores));
    if (governor != NULL)
        status |= json_put(context, "cpu_scaling_enabled", json_boolean(strcmp(governor, "performance") != 0));
    status |= json_put(context, "json_schema_version", json_integer(1));
    json_decref(environment);
    return status | json_put(document, "context", context);
}

static int write_google_benchmark(const struct export_source *source, FILE *f)
{
    json_t *document = json_object();
    const struct lists lists = {json_array(), json_array()};
    int status = put_context(document, source) | json_put(document, "benchmarks", lists.rows) |
                 json_put(document, "failed_runs", lists.failed);

    for (size_t i = 0; status == 0 && i < source->configuration_count; i++)
        status = add_rows(&lists, source, i);
    return json_finish(document, status, f);
}

const struct exporter exporter_google_benchmark = {
    .name = "google-benchmark",
    .help = "Google Benchmark's JSON, for compare.py",
    .failed = "are in failed_runs, not in benchmarks",
    .extension = "json",
    .write = write_google_benchmark,
};
