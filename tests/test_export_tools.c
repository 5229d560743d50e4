/* test_export_tools.c - exports read back by the tools that they are for, where these are installed.
 *
 * Debian 12: compare.py (libbenchmark-tools 1.7.1 with python3-scipy), the
 * OpenMetrics parser (python3-prometheus-client 0.16.0), benchcmp
 * (golang-golang-x-tools 0.5.0), jq 1.6, hyperfine 1.15.0. pyperf is in no
 * Debian package: its test runs where it was installed otherwise.
 */
#include "tests/command.h"
#include "tests/export_fixture.h"

static char *folder;
static struct result_set results;

static int set_up(void **state)
{
    (void)state;
    folder = folder_make();
    results = export_results();
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    return folder != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    synthetic_free(&results);
    return 0;
}

/* The export in a file of the test's folder. */
static const char *written(const char *format)
{
    const char *path = in_folder(folder, format);
    char *text = export_text_of(format, &results);
    file_write(path, text, 0644);
    free(text);
    return path;
}

#define TOOL(c, program, ...) command_run((c), (program), (const char *const[]){__VA_ARGS__, NULL})

/* Skips the test where `works` does not: a command line of the tool that asks nothing of it. */
static void need(const char *tool, const char *program, const char *const *works)
{
    static struct command c;
    if (access(program, X_OK) == 0) {
        command_run(&c, program, works);
        if (c.status == 0)
            return;
    }
    printf("%s is not installed\n", tool);
    skip();
}
#define NEED(tool, program, ...) need(tool, program, (const char *const[]){__VA_ARGS__, NULL})

static void fine(const struct command *c)
{
    if (c->status != 0)
        fail_msg("exit %d: %s%s", c->status, c->out, c->error);
}

static void compare_py_compares_two_allocators(void **state)
{
    static struct command c;
    (void)state;
    NEED("Google Benchmark's compare.py", "/usr/bin/python3", "/usr/share/benchmark/compare.py", "--help");
    TOOL(&c, "/usr/bin/python3", "/usr/share/benchmark/compare.py", "--no-color", "filters",
         written("google-benchmark"), "allocator:pymalloc/.*700,10,10", "allocator:jemalloc/.*700,10,10");
    fine(&c);
    /* Seven runs that are ok against eight: a time that a failed run does not have would be an eighth. */
    assert_non_null(strstr(c.out, "U Test, Repetitions: 7 vs 8"));
}

static void the_openmetrics_parser_takes_every_family(void **state)
{
    static const char script[] =
        "import sys\n"
        "from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse\n"
        "for f in parse(open(sys.argv[1], encoding='utf-8').read()): print(f.name, f.type, f.unit, len(f.samples))\n";
    static struct command c;
    (void)state;
    NEED("python3-prometheus-client", "/usr/bin/python3", "-c", "import prometheus_client.openmetrics.parser");
    TOOL(&c, "/usr/bin/python3", "-c", script, written("openmetrics"));
    fine(&c);
    assert_non_null(strstr(c.out, "gcsweep_pause_seconds histogram seconds "));
    assert_non_null(strstr(c.out, "gcsweep_wall_seconds gauge seconds 4\n"));
    assert_non_null(strstr(c.out, "gcsweep_rss_peak_bytes gauge bytes 4\n"));
    assert_non_null(strstr(c.out, "gcsweep_runs counter  20\n"));
}

static void the_openmetrics_parser_reads_odd_names_back(void **state)
{
    static const char script[] =
        "import sys\n"
        "from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse\n"
        "for f in parse(open(sys.argv[1], encoding='utf-8').read()):\n"
        "    assert all(s.labels['workload'] == 'a \"b\" \\\\ c' for s in f.samples), f.samples[0]\n";
    static struct command c;
    (void)state;
    NEED("python3-prometheus-client", "/usr/bin/python3", "-c", "import prometheus_client.openmetrics.parser");
    for (size_t i = 0; i < results.run_count; i++)
        strcpy(results.runs[i].workload, "a \"b\" \\ c");
    TOOL(&c, "/usr/bin/python3", "-c", script, written("openmetrics"));
    fine(&c);
}

static void benchcmp_reads_every_line_of_benchfmt(void **state)
{
    static struct command c;
    (void)state;
    if (access("/usr/bin/benchcmp", X_OK) != 0) {
        puts("benchcmp is not installed");
        skip();
    }
    const char *path = written("benchfmt");
    TOOL(&c, "/usr/bin/benchcmp", path, path);
    fine(&c);
    size_t rows = 0;
    for (const char *at = c.out; (at = strstr(at, "BenchmarkGcbench/")) != NULL; at++)
        rows++;
    assert_int_equal(rows, 31);
}

static void jq_reads_a_record_from_each_line(void **state)
{
    static struct command c;
    char runs[32];
    (void)state;
    NEED("jq", "/usr/bin/jq", "--version");
    TOOL(&c, "/usr/bin/jq", "-s", "length", written("json"));
    fine(&c);
    snprintf(runs, sizeof runs, "%zu\n", results.run_count);
    assert_string_equal(c.out, runs);
    TOOL(&c, "/usr/bin/jq", "-s", "map(select(.status != \"ok\")) | length", written("json"));
    fine(&c);
    assert_string_equal(c.out, "1\n");
}

/* What hyperfine itself writes is the schema: each of its keys is in ours, with a value of the same type. */
static void hyperfine_itself_writes_no_key_that_the_export_lacks(void **state)
{
    static struct command c;
    const char *path = in_folder(folder, "own.json"), *key;
    json_t *value;
    (void)state;
    NEED("hyperfine", "/usr/bin/hyperfine", "--version");
    TOOL(&c, "/usr/bin/hyperfine", "--shell", "none", "--runs", "2", "--export-json", path, "/bin/true");
    fine(&c);
    json_t *own = json_load_file(path, 0, NULL), *ours = export_json_of("hyperfine", &results);
    assert_non_null(own);
    json_t *result = json_array_get(json_object_get(ours, "results"), 0);
    json_object_foreach(json_array_get(json_object_get(own, "results"), 0), key, value)
    {
        json_t *other = json_object_get(result, key);
        if (other == NULL || json_typeof(other) != json_typeof(value))
            fail_msg("%s is missing or of another type", key);
        if (json_is_array(value))
            assert_true(json_is_number(json_array_get(value, 0)) == json_is_number(json_array_get(other, 1)));
    }
    json_decref(own);
    json_decref(ours);
}

static void python_reads_the_csv_by_its_header(void **state)
{
    static const char script[] =
        "import csv, sys\n"
        "rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))\n"
        "assert all(None not in r and None not in r.values() for r in rows)\n"
        "print(len(rows), sum(r['status'] == 'ok' for r in rows), rows[1]['params.depth'], rows[0]['wall_ns'] == '')\n";
    static struct command c;
    (void)state;
    NEED("python3", "/usr/bin/python3", "-c", "import csv");
    TOOL(&c, "/usr/bin/python3", "-c", script, written("csv"));
    fine(&c);
    assert_string_equal(c.out, "40 39 16 True\n");
}

static void pyperf_shows_every_benchmark(void **state)
{
    static struct command c;
    (void)state;
    NEED("pyperf", "/usr/bin/python3", "-c", "import pyperf");
    TOOL(&c, "/usr/bin/python3", "-m", "pyperf", "show", written("pyperf"));
    fine(&c);
    assert_non_null(strstr(c.out, results.runs[0].configuration));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(compare_py_compares_two_allocators),
        TEST(the_openmetrics_parser_takes_every_family),
        TEST(the_openmetrics_parser_reads_odd_names_back),
        TEST(benchcmp_reads_every_line_of_benchfmt),
        TEST(jq_reads_a_record_from_each_line),
        TEST(hyperfine_itself_writes_no_key_that_the_export_lacks),
        TEST(python_reads_the_csv_by_its_header),
        TEST(pyperf_shows_every_benchmark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
