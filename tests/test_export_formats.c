/* test_export_formats.c - the numbers of each format, in its units and by its rules. */
#include <ctype.h>
#include <inttypes.h>

#include "harness/exporters/export_names.h"
#include "tests/export_fixture.h"

static void near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-7 * fabs(expected)))
        fail_msg("%.12g is not %.12g", value, expected);
}

/* By round, the runs of the configuration that runs[0] is of. */
static size_t runs_like_the_first(const struct result_set *results, const struct run_record *runs[])
{
    size_t count = 0;
    for (size_t i = 0; i < results->run_count; i++)
        if (!results->runs[i].twin && strcmp(results->runs[i].configuration, results->runs[0].configuration) == 0)
            runs[count++] = &results->runs[i];
    return count;
}

/* The item of an array of objects whose `key` is `text`. */
static json_t *find_item(const json_t *array, const char *key, const char *text)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        const char *found = json_string_value(json_object_get(item, key));
        if (found != NULL && strcmp(found, text) == 0)
            return item;
    }
    fail_msg("no item has %s '%s'", key, text);
    return NULL;
}

static double number(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_number(value))
        fail_msg("%s is no number", key);
    return json_number_value(value);
}

/* ---- hyperfine ---- */

static void hyperfine_has_seconds_and_bytes_of_each_run(void **state)
{
    struct result_set results = export_results();
    const struct run_record *runs[16];
    size_t count = runs_like_the_first(&results, runs);
    double sum = 0;
    (void)state;
    json_t *json = export_json_of("hyperfine", &results);
    json_t *list = json_object_get(json, "results");
    assert_int_equal(json_array_size(list), 4);
    json_t *result = find_item(list, "command", results.runs[0].configuration);
    assert_int_equal(json_array_size(json_object_get(result, "times")), count);
    for (size_t i = 0; i < count; i++) {
        near(json_real_value(json_array_get(json_object_get(result, "times"), i)), (double)runs[i]->wall_ns / 1e9);
        assert_int_equal(json_integer_value(json_array_get(json_object_get(result, "memory_usage_byte"), i)),
                         runs[i]->rss_peak_bytes);
        sum += (double)runs[i]->wall_ns / 1e9;
    }
    near(number(result, "mean"), sum / (double)count);
    near(number(result, "user"), sum / (double)count / 2);
    near(number(result, "system"), sum / (double)count / 8);
    assert_true(number(result, "min") <= number(result, "median") && number(result, "median") <= number(result, "max"));
    assert_true(number(result, "stddev") > 0);
    json_t *parameters = json_object_get(result, "parameters");
    assert_string_equal(json_string_value(json_object_get(parameters, "allocator")), "pymalloc");
    assert_string_equal(json_string_value(json_object_get(parameters, "seed")), "1");
    json_decref(json);
    synthetic_free(&results);
}

static void hyperfine_has_exit_codes_of_failed_runs_and_no_time_of_them(void **state)
{
    struct result_set results = export_results();
    const struct run_record *runs[16];
    size_t count = runs_like_the_first(&results, runs);
    (void)state;
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    export_fail((struct run_record *)(size_t)runs[3], "failed", "exit status 1", 0);
    json_t *json = export_json_of("hyperfine", &results);
    json_t *result = find_item(json_object_get(json, "results"), "command", results.runs[0].configuration);
    json_t *codes = json_object_get(result, "exit_codes");
    assert_int_equal(json_array_size(json_object_get(result, "times")), count - 2);
    assert_int_equal(json_array_size(json_object_get(result, "memory_usage_byte")), count - 2);
    assert_int_equal(json_array_size(codes), count);
    assert_true(json_is_null(json_array_get(codes, 0)));
    assert_int_equal(json_integer_value(json_array_get(codes, 1)), 0);
    assert_int_equal(json_integer_value(json_array_get(codes, 3)), 1);
    json_decref(json);
    synthetic_free(&results);
}

static void a_configuration_with_one_run_has_no_deviation_in_hyperfine(void **state)
{
    struct result_set results = export_results();
    (void)state;
    size_t count = results.run_count;
    results.run_count = 1;
    json_t *json = export_json_of("hyperfine", &results);
    json_t *result = json_array_get(json_object_get(json, "results"), 0);
    assert_true(json_is_null(json_object_get(result, "stddev")));
    near(number(result, "mean"), number(result, "max"));
    json_decref(json);
    results.run_count = count;
    synthetic_free(&results);
}

/* ---- Google Benchmark ---- */

static void google_benchmark_has_a_row_a_run_and_failed_ones_apart(void **state)
{
    struct result_set results = export_results();
    size_t i;
    json_t *row;
    (void)state;
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    json_t *json = export_json_of("google-benchmark", &results), *context = json_object_get(json, "context");
    json_t *rows = json_object_get(json, "benchmarks"), *failed = json_object_get(json, "failed_runs");
    assert_true(json_is_array(json_object_get(context, "caches")));
    assert_int_equal(json_integer_value(json_object_get(context, "num_cpus")), 2);
    assert_true(json_is_true(json_object_get(context, "cpu_scaling_enabled")));
    assert_int_equal(json_array_size(rows), 31);
    json_array_foreach(rows, i, row)
    {
        assert_true(json_is_string(json_object_get(row, "name")));
        assert_string_equal(json_string_value(json_object_get(row, "time_unit")), "ns");
        near(number(row, "cpu_time"), floor(number(row, "real_time") / 2) + floor(number(row, "real_time") / 8));
    }
    assert_int_equal(json_array_size(failed), 1);
    row = json_array_get(failed, 0);
    assert_true(json_is_true(json_object_get(row, "error_occurred")));
    assert_string_equal(json_string_value(json_object_get(row, "error_message")), "crashed: signal 11");
    assert_null(json_object_get(row, "real_time"));
    row = json_array_get(rows, 1);
    assert_string_equal(json_string_value(json_object_get(row, "name")),
                        "gcbench/scale:1/seed:1/runtime:model/allocator:pymalloc/collector:cpython-3.11/"
                        "tuning:700,10,10/refcount:plain");
    json_decref(json);
    synthetic_free(&results);
}

/* Two scales that differ in their last digit are two programs. */
static void scales_have_all_their_digits_in_a_name(void **state)
{
    struct result_set results = export_results();
    (void)state;
    results.runs[1].scale = 0.12345671;
    results.runs[2].scale = 0.12345672;
    json_t *json = export_json_of("google-benchmark", &results);
    char *text = json_dumps(json, 0);
    assert_non_null(strstr(text, "scale:0.12345671/"));
    assert_non_null(strstr(text, "scale:0.12345672/"));
    free(text);
    json_decref(json);
    synthetic_free(&results);
}

/* ---- pyperf ---- */

/* The rules of pyperf 2.10's reader: Run, parse_metadata, check_metadata. */
static void pyperf_takes_metadata(json_t *metadata)
{
    const char *key;
    json_t *value;
    json_object_foreach(metadata, key, value)
    {
        const char *text = json_string_value(value);
        assert_true(json_is_string(value) || json_is_number(value));
        assert_true(text == NULL || (text[strspn(text, " \t")] != '\0' && strpbrk(text, "\r\n") == NULL));
        if (strcmp(key, "unit") == 0)
            assert_true(strcmp(text, "second") == 0 || strcmp(text, "byte") == 0 || strcmp(text, "integer") == 0);
        if (strcmp(key, "mem_max_rss") == 0 || strcmp(key, "loops") == 0)
            assert_true(json_is_integer(value) && json_integer_value(value) > 0);
        if (strcmp(key, "duration") == 0)
            assert_true(json_is_real(value) && json_real_value(value) >= 0);
    }
}

static void pyperf_has_what_its_reader_asks_for(void **state)
{
    struct result_set results = export_results();
    size_t i, k;
    json_t *benchmark, *run;
    (void)state;
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    json_t *json = export_json_of("pyperf", &results), *list = json_object_get(json, "benchmarks");
    assert_string_equal(json_string_value(json_object_get(json, "version")), "1.0");
    /* Two tunings collect: time, pauses, memory; two do not: no pauses. */
    assert_int_equal(json_array_size(list), 2 * 3 + 2 * 2);
    json_array_foreach(list, i, benchmark)
    {
        json_t *metadata = json_object_get(benchmark, "metadata"), *runs = json_object_get(benchmark, "runs");
        const char *name = json_string_value(json_object_get(metadata, "name"));
        bool has_failed = strncmp(name, results.runs[0].configuration, strlen(results.runs[0].configuration)) == 0;
        pyperf_takes_metadata(metadata);
        for (k = 0; k < i; k++)
            assert_string_not_equal(
                json_string_value(json_object_get(json_object_get(json_array_get(list, k), "metadata"), "name")), name);
        assert_int_equal(json_array_size(runs), has_failed ? 7 : 8);
        json_array_foreach(runs, k, run)
        {
            json_t *values = json_object_get(run, "values");
            pyperf_takes_metadata(json_object_get(run, "metadata"));
            assert_string_equal(json_string_value(json_object_get(json_object_get(run, "metadata"), "date")),
                                "2026-11-21 09:00:00.000000");
            assert_int_equal(json_array_size(values), 1);
            assert_true(json_number_value(json_array_get(values, 0)) > 0);
        }
    }
    json_decref(json);
    synthetic_free(&results);
}

/* ---- benchfmt ---- */

static void benchfmt_has_a_line_a_run_with_values_and_units_in_pairs(void **state)
{
    struct result_set results = export_results();
    const struct run_record *runs[16];
    size_t count = runs_like_the_first(&results, runs), lines = 0, of_first = 0;
    char *save = NULL;
    (void)state;
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    char *text = export_text_of("benchfmt", &results);
    assert_non_null(strstr(text, "Unit ns/op better=lower\n"));
    assert_true(strstr(text, "Unit ") < strstr(text, "Benchmark"));
    for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        if (strncmp(line, "Benchmark", strlen("Benchmark")) != 0) {
            assert_true(strncmp(line, "Unit ", strlen("Unit ")) == 0 || strstr(line, ": ") != NULL);
            continue;
        }
        char *save_field = NULL, *name = strtok_r(line, " ", &save_field);
        size_t fields = 1;
        double wall_ns = 0;
        assert_false(islower((unsigned char)name[strlen("Benchmark")]));
        assert_string_equal(name + strlen(name) - 2, "-1");
        for (char *field; (field = strtok_r(NULL, " ", &save_field)) != NULL; fields++) {
            char *end;
            double value = strtod(field, &end);
            assert_int_equal(*end == '\0', fields == 1 || fields % 2 == 0);
            wall_ns = fields == 2 ? value : wall_ns;
        }
        assert_true(fields >= 4 && fields % 2 == 0);
        lines++;
        if (strcmp(name, "BenchmarkGcbench/scale=1/seed=1/runtime=model/allocator=pymalloc/collector=cpython-3.11/"
                         "tuning=700,10,10/refcount=plain-1") == 0)
            near(wall_ns, (double)runs[++of_first]->wall_ns);
    }
    assert_int_equal(lines, 31);
    assert_int_equal(of_first, count - 1);
    free(text);
    synthetic_free(&results);
}

/* ---- Bencher and github-action-benchmark ---- */

static void bmf_has_medians_inside_their_intervals(void **state)
{
    struct result_set results = export_results();
    (void)state;
    json_t *json = export_json_of("bmf", &results);
    assert_int_equal(json_object_size(json), 4);
    json_t *benchmark = json_object_get(json, results.runs[0].configuration);
    json_t *latency = json_object_get(benchmark, "latency");
    double value = number(latency, "value");
    assert_true(number(latency, "lower_value") <= value && value <= number(latency, "upper_value"));
    assert_true(value > 1e8 && value < 1e9); /* nanoseconds of a fifth of a second */
    const char *slug;
    json_t *metric;
    json_object_foreach(benchmark, slug, metric)
    {
        assert_true(strlen(slug) <= 64);
        assert_true(json_is_number(json_object_get(metric, "value")));
    }
    json_decref(json);
    synthetic_free(&results);
}

static void five_runs_have_a_median_and_no_interval(void **state)
{
    struct result_set results = export_results();
    (void)state;
    for (size_t i = 0; i < results.run_count; i++)
        if (results.runs[i].round >= 5)
            export_fail(&results.runs[i], "timeout", "stopped", 9);
    json_t *bmf = export_json_of("bmf", &results), *action = export_json_of("github-action-benchmark", &results);
    json_t *latency = json_object_get(json_object_get(bmf, results.runs[0].configuration), "latency");
    assert_non_null(json_object_get(latency, "value"));
    assert_null(json_object_get(latency, "lower_value"));
    assert_null(json_object_get(latency, "upper_value"));
    assert_null(json_object_get(json_array_get(action, 0), "range"));
    assert_string_equal(json_string_value(json_object_get(json_array_get(action, 0), "extra")),
                        "median of 5 runs; 3 failed");
    json_decref(bmf);
    json_decref(action);
    synthetic_free(&results);
}

static void github_action_benchmark_has_name_unit_and_value(void **state)
{
    struct result_set results = export_results();
    size_t i;
    json_t *entry;
    char name[RECORD_TEXT_BYTES + 16];
    (void)state;
    json_t *json = export_json_of("github-action-benchmark", &results);
    assert_int_equal(json_array_size(json), 12);
    json_array_foreach(json, i, entry)
    {
        assert_true(json_is_string(json_object_get(entry, "name")) && json_is_string(json_object_get(entry, "unit")));
        assert_true(json_is_number(json_object_get(entry, "value")));
        assert_true(json_is_string(json_object_get(entry, "range")) && json_is_string(json_object_get(entry, "extra")));
    }
    snprintf(name, sizeof name, "%s: time", results.runs[0].configuration);
    json_t *bmf = export_json_of("bmf", &results), *time = find_item(json, "name", name);
    json_t *latency = json_object_get(json_object_get(bmf, results.runs[0].configuration), "latency");
    assert_string_equal(json_string_value(json_object_get(time, "unit")), "ms");
    near(number(time, "value"), number(latency, "value") / 1e6);
    json_decref(json);
    json_decref(bmf);
    synthetic_free(&results);
}

/* ---- hgrm ---- */

/* What outputPercentileDistribution(5, 1) of hdr-histogram-js 3.0.1 printed of the same values, in ns. */
static const char *const hgrm_rows[] = {
    "1000 0.000000 2",      "36031 0.100000 27",    "144127 0.200000 48",   "361215 0.300000 76",
    "625151 0.400000 98",   "961023 0.500000 121",  "1089535 0.550000 132", "1369087 0.600000 145",
    "1600511 0.650000 160", "1681407 0.700000 167", "2117631 0.750000 182", "2209791 0.775000 188",
    "2306047 0.800000 195", "2500607 0.825000 198", "2705407 0.850000 205", "2809855 0.875000 210",
    "2916351 0.887500 216", "2916351 0.900000 216", "3026943 0.912500 223", "3026943 0.925000 223",
    "3137535 0.937500 224", "3250175 0.943750 226", "3364863 0.950000 229", "3364863 0.956250 229",
    "3481599 0.962500 233", "3481599 0.968750 233", "3481599 0.971875 233", "3481599 0.975000 233",
    "3481599 0.978125 233", "3600383 0.981250 238", "3600383 1.000000 238",
};
enum { HGRM_ROWS = sizeof hgrm_rows / sizeof *hgrm_rows, HGRM_VALUES = 60 };

static void hgrm_has_the_rows_that_hdrhistogram_prints(void **state)
{
    struct result_set results = export_results();
    struct record_bucket bucket[HGRM_VALUES];
    size_t row = 0, count = results.run_count;
    (void)state;
    for (uint64_t i = 1; i <= HGRM_VALUES; i++)
        bucket[i - 1] = (struct record_bucket){histogram_highest(histogram_bucket_of(1000 * i * i)), 1 + i % 7};
    struct record_histogram kept[RECORD_GENERATIONS];
    memcpy(kept, results.runs[0].pauses, sizeof kept);
    /* Over the generations, as the pauses of one run are. */
    results.runs[0].pauses[0] = (struct record_histogram){20, bucket};
    results.runs[0].pauses[1] = (struct record_histogram){10, bucket + 20};
    results.runs[0].pauses[2] = (struct record_histogram){30, bucket + 30};
    results.run_count = 1;
    char *text = export_text_of("hgrm", &results), *save = NULL;
    for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        double value_ms, percentile, inverse;
        uint64_t cumulative;
        char ours[64];
        if (sscanf(line, "%lf %lf %" SCNu64 " %lf", &value_ms, &percentile, &cumulative, &inverse) != 4)
            continue;
        assert_true(row < HGRM_ROWS);
        snprintf(ours, sizeof ours, "%.0f %.6f %" PRIu64, value_ms * 1e6, percentile, cumulative);
        assert_string_equal(ours, hgrm_rows[row++]);
        assert_true(percentile < 1 ? fabs(inverse - 1 / (1 - percentile)) < 0.006 : isinf(inverse));
    }
    assert_int_equal(row, HGRM_ROWS);
    free(text);
    text = export_text_of("hgrm", &results);
    assert_non_null(strstr(text, "#[Mean    =     1.226458, StdDeviation   =     1.083039]\n"));
    assert_non_null(strstr(text, "#[Max     =     3.600383, Total count    =          238]\n"));
    free(text);
    memcpy(results.runs[0].pauses, kept, sizeof kept);
    results.run_count = count;
    synthetic_free(&results);
}

/* ---- OpenMetrics ---- */

static void openmetrics_buckets_rise_to_the_count(void **state)
{
    struct result_set results = export_results();
    uint64_t last = 0, pauses = 0, counted = 0;
    char *save = NULL;
    (void)state;
    char *text = export_text_of("openmetrics", &results);
    assert_string_equal(text + strlen(text) - strlen("# EOF\n"), "# EOF\n");
    for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        const char *value = strrchr(line, '}');
        if (line[0] == '#' || value == NULL)
            continue;
        uint64_t n = strtoull(value + 1, NULL, 10);
        if (strncmp(line, "gcsweep_pause_seconds_bucket", strlen("gcsweep_pause_seconds_bucket")) == 0) {
            last = strstr(line, "le=\"1e-06\"") != NULL ? 0 : last;
            assert_true(n >= last);
            last = n;
        } else if (strncmp(line, "gcsweep_pause_seconds_count", strlen("gcsweep_pause_seconds_count")) == 0) {
            assert_int_equal(n, last);
            counted += n;
        }
    }
    for (size_t i = 0; i < results.run_count; i++)
        pauses += results.runs[i].twin ? 0 : results.runs[i].pause_count;
    assert_int_equal(counted, pauses);
    free(text);
    synthetic_free(&results);
}

static void openmetrics_counts_failed_runs_by_how_they_ended(void **state)
{
    struct result_set results = export_results();
    (void)state;
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    char *text = export_text_of("openmetrics", &results);
    assert_non_null(strstr(text, "tuning=\"700,10,10\",refcount=\"plain\",status=\"ok\"} 7\n"));
    assert_non_null(strstr(text, "tuning=\"700,10,10\",refcount=\"plain\",status=\"crashed\"} 1\n"));
    assert_non_null(strstr(text, "# TYPE gcsweep_rss_peak_bytes gauge\n# UNIT gcsweep_rss_peak_bytes bytes\n"));
    free(text);
    synthetic_free(&results);
}

/* ---- CSV and JSON lines ---- */

/* Cuts the field at *at out, quotes undone: false behind the last one of a line. */
static bool next_field(char **at, char *field, size_t size)
{
    size_t n = 0;
    bool quoted = **at == '"';
    for (*at += quoted; **at != '\0'; (*at)++) {
        if (quoted && **at == '"' && *++*at != '"')
            break;
        if (!quoted && (**at == ',' || **at == '\r'))
            break;
        assert_true(n + 1 < size);
        field[n++] = **at;
    }
    field[n] = '\0';
    bool more = **at == ',';
    *at += more ? 1 : 2;
    return more;
}

static void csv_has_every_scalar_and_parameter_of_every_run(void **state)
{
    struct result_set results = export_results();
    size_t rows = 0;
    char field[RECORD_TEXT_BYTES * 2];
    (void)state;
    export_fail(&results.runs[0], "crashed", "said \"no\", and died", 11);
    char *text = export_text_of("csv", &results), *at = text;
    for (; *at != '\0'; rows++) {
        const struct run_record *run = rows > 0 ? &results.runs[rows - 1] : NULL;
        for (size_t i = 0; i < record_field_count; i++) {
            assert_true(next_field(&at, field, sizeof field));
            const char *path = record_fields[i].path;
            if (run == NULL)
                assert_string_equal(field, path);
            else if (strcmp(path, "configuration") == 0)
                assert_string_equal(field, run->configuration);
            else if (strcmp(path, "message") == 0)
                assert_string_equal(field, run->message);
            else if (strcmp(path, "wall_ns") == 0 && rows == 1)
                assert_string_equal(field, "");
            else if (strcmp(path, "wall_ns") == 0)
                assert_int_equal(strtoull(field, NULL, 10), run->wall_ns);
            else if (strcmp(path, "twin") == 0)
                assert_string_equal(field, run->twin ? "true" : "false");
        }
        assert_false(next_field(&at, field, sizeof field));
        assert_string_equal(field, rows > 0 ? "16" : "params.depth");
    }
    assert_int_equal(rows, results.run_count + 1);
    free(text);
    synthetic_free(&results);
}

static void json_lines_read_back_as_the_records_that_were_written(void **state)
{
    struct result_set results = export_results();
    char error[512];
    size_t i = 0;
    (void)state;
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    char *text = export_text_of("json", &results);
    for (char *line = text; *line != '\0'; line = strchr(line, '\n') + 1, i++) {
        struct run_record back;
        assert_int_equal(record_read(line, strcspn(line, "\n"), &back, error, sizeof error), 0);
        assert_string_equal(back.configuration, results.runs[i].configuration);
        assert_int_equal(back.wall_ns, results.runs[i].wall_ns);
        assert_int_equal(back.twin, results.runs[i].twin);
        assert_int_equal(back.sample_count, results.runs[i].sample_count);
        record_free(&back);
    }
    assert_int_equal(i, results.run_count);
    free(text);
    synthetic_free(&results);
}

/* ---- Names ---- */

static void a_path_names_parameters_and_hides_what_formats_cannot_hold(void **state)
{
    struct run_record run;
    char *path = NULL;
    size_t size = 0;
    (void)state;
    record_clear(&run);
    strcpy(run.workload, "script:a/b c%.heap");
    strcpy(run.runtime, "model");
    strcpy(run.allocator, "na\xc3\xafve");
    strcpy(run.tuning, "700,10,10");
    run.scale = 0.25;
    run.seed = 7;
    snprintf(run.configuration, sizeof run.configuration, "%s[depth=4,work_ns=20] scale=0.25 seed=7", run.workload);
    FILE *f = open_memstream(&path, &size);
    export_path(&run, '=', f);
    fclose(f);
    assert_string_equal(path, "script:a%2Fb%20c%25.heap/depth=4/work_ns=20/scale=0.25/seed=7/runtime=model/"
                              "allocator=na%C3%AFve/collector=/tuning=700,10,10/refcount=");
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hyperfine_has_seconds_and_bytes_of_each_run),
        cmocka_unit_test(hyperfine_has_exit_codes_of_failed_runs_and_no_time_of_them),
        cmocka_unit_test(a_configuration_with_one_run_has_no_deviation_in_hyperfine),
        cmocka_unit_test(google_benchmark_has_a_row_a_run_and_failed_ones_apart),
        cmocka_unit_test(scales_have_all_their_digits_in_a_name),
        cmocka_unit_test(pyperf_has_what_its_reader_asks_for),
        cmocka_unit_test(benchfmt_has_a_line_a_run_with_values_and_units_in_pairs),
        cmocka_unit_test(bmf_has_medians_inside_their_intervals),
        cmocka_unit_test(five_runs_have_a_median_and_no_interval),
        cmocka_unit_test(github_action_benchmark_has_name_unit_and_value),
        cmocka_unit_test(hgrm_has_the_rows_that_hdrhistogram_prints),
        cmocka_unit_test(openmetrics_buckets_rise_to_the_count),
        cmocka_unit_test(openmetrics_counts_failed_runs_by_how_they_ended),
        cmocka_unit_test(csv_has_every_scalar_and_parameter_of_every_run),
        cmocka_unit_test(json_lines_read_back_as_the_records_that_were_written),
        cmocka_unit_test(a_path_names_parameters_and_hides_what_formats_cannot_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
