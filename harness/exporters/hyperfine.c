/* hyperfine.c - hyperfine's JSON: one result a configuration.
 *
 * Seconds and bytes. times and memory_usage_byte are of the runs that count,
 * round by round; mean, stddev, median, min and max are of these times, user
 * and system are means. exit_codes are of all the configuration's runs, failed
 * ones too (null: ended by a signal), so that there can be more of them than
 * of times. A configuration of which no run counts has no mean, and is no result.
 *
 * Source  hyperfine 1.20, src/benchmark/benchmark_result.rs; Bencher's adapter
 *         needs command, mean, median, user, system, min, max and exit_codes.
 */
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "harness/exporters/export_json.h"
#include "harness/exporters/export_names.h"
#include "harness/exporters/exporter.h"

/* The values of one configuration's runs that count. */
struct values {
    size_t count;
    double *wall_s, *user_s, *system_s;
};

static double seconds(uint64_t ns)
{
    return ns == RECORD_UNKNOWN ? NAN : (double)ns / 1e9;
}

static double mean_of_known(double *values, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[known++] = values[i];
    return known > 0 ? gsl_stats_mean(values, 1, known) : NAN;
}

static int put_parameters(json_t *result, const struct run_record *run)
{
    struct export_part parts[EXPORT_PARTS];
    size_t count = export_parts(run, parts);
    json_t *parameters = json_object();
    int status = json_put_text(parameters, "workload", run->workload);

    for (size_t i = 0; i < count; i++) {
        json_t *name = json_safe_text(parts[i].name);
        status |= name == NULL ? -1 : json_put_text(parameters, json_string_value(name), parts[i].text);
        json_decref(name);
    }
    return status | json_put(result, "parameters", parameters);
}

static int put_lists(json_t *result, const struct configuration *c, struct values *v)
{
    json_t *times = json_array(), *memory = json_array(), *codes = json_array();
    int status = 0;

    for (size_t i = 0; i < c->run_count; i++) {
        const struct run_record *run = c->runs[i];
        bool has_code = run->exit_code != RECORD_UNKNOWN_SIGNED && run->exit_signal <= 0;
        status |= json_add(codes, has_code ? json_integer(run->exit_code) : json_null());
        if (!export_run_counts(c, run))
            continue;
        v->wall_s[v->count] = seconds(run->wall_ns);
        v->user_s[v->count] = seconds(run->user_ns);
        v->system_s[v->count] = seconds(run->system_ns);
        status |= json_add_number(times, v->wall_s[v->count++]) | json_add_count(memory, run->rss_peak_bytes);
    }
    return status | json_put(result, "times", times) | json_put(result, "memory_usage_byte", memory) |
           json_put(result, "exit_codes", codes);
}

static int put_figures(json_t *result, const struct configuration *c, struct values *v)
{
    const struct spread *wall = &c->measure[MEASURE_WALL_NS];
    double stddev = v->count > 1 ? gsl_stats_sd(v->wall_s, 1, v->count) : NAN;
    int status = isfinite(stddev) ? json_put_number(result, "stddev", stddev) : json_put(result, "stddev", json_null());

    return status | json_put_number(result, "mean", mean_of_known(v->wall_s, v->count)) |
           json_put_number(result, "median", wall->median / 1e9) |
           json_put_number(result, "user", mean_of_known(v->user_s, v->count)) |
           json_put_number(result, "system", mean_of_known(v->system_s, v->count)) |
           json_put_number(result, "min", wall->least / 1e9) | json_put_number(result, "max", wall->most / 1e9);
}

static int add_result(json_t *results, const struct configuration *c)
{
    double *scratch = malloc(3 * c->run_count * sizeof *scratch);
    struct values v = {0, scratch, scratch + c->run_count, scratch + 2 * c->run_count};
    json_t *result = json_object();
    int status =
        scratch == NULL || result == NULL ? -1 : json_put_text(result, "command", c->dimensions->configuration);

    if (status == 0)
        status = put_lists(result, c, &v) | put_figures(result, c, &v) | put_parameters(result, c->dimensions);
    free(scratch);
    return json_add(results, result) | status;
}

static int write_hyperfine(const struct export_source *source, FILE *f)
{
    json_t *document = json_object(), *results = json_array();
    int status = json_put(document, "results", results);

    for (size_t i = 0; status == 0 && i < source->configuration_count; i++)
        if (source->configurations[i]->counts)
            status = add_result(results, source->configurations[i]);
    return json_finish(document, status, f);
}

const struct exporter exporter_hyperfine = {
    .name = "hyperfine",
    .help = "hyperfine's JSON, for its scripts and for Bencher",
    .failed = "are in exit_codes, not in times",
    .extension = "json",
    .write = write_hyperfine,
};
