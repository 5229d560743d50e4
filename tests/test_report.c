/* The report: pictures, and every part in its place. */
#include <fcntl.h>
#include <jansson.h>
#include <math.h>

#include "harness/analysis/findings.h"
#include "harness/cli/cli.h"
#include "harness/report/gnuplot.h"
#include "harness/report/terminal.h"
#include "tests/report_folder.h"

static void a_report_has_all_its_parts(void **state)
{
    static const char *const parts[] = {
        "Which collector settings and which allocator",
        "The answer",
        "Throughput:",
        "Pauses:",
        "Memory:",
        "The noise floor",
        "linked-list",
        "gcbench",
        "Failed runs",
        "signal 11",
        "The machine and the versions",
        "allocator jemalloc",
        "test-cpu",
        "Do it again",
        "gcsweep sweep --plan some.json",
        "--like",
        "How it was measured",
        "Pause percentiles",
        "Memory over time",
        "Pauses, memory and throughput",
        "Collections over threshold 0",
        "Allocators side by side",
        "governor is powersave",
    };
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    need_gnuplot();
    free(results.environment);
    results.environment = strdup("{\"cpu\": {\"model\": \"test-cpu\"}, \"governor\": \"powersave\"}");
    add_fact(&results, "command", "gcsweep sweep --plan some.json");
    synthetic_fail(&results.runs[3], "crashed", "signal 11 (Segmentation fault)");
    assert_int_equal(report_of(&results, true).missing_pictures, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        file_holds("report.html", parts[i]);
        file_holds("report.md", parts[i]);
    }
    file_holds("report.html", "src=\"data:image/svg+xml;base64,");
    file_lacks("report.html", "http:");
    file_holds("report.md", "](plots/gcbench-pauses.png)");
    file_holds("plots/gcbench-pauses.svg", "</svg>");
    file_holds("plots/linked-list-tradeoff.png", "PNG");
    synthetic_free(&results);
}

static void no_temporary_file_is_left(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    char path[128];
    struct dirent *entry;
    (void)state;

    need_gnuplot();
    report_of(&results, true);
    synthetic_free(&results);
    const char *const folders[] = {folder, path};
    snprintf(path, sizeof path, "%s/plots", folder);
    for (int i = 0; i < 2; i++) {
        DIR *dir = opendir(folders[i]);
        while ((entry = readdir(dir)) != NULL)
            if (entry->d_name[0] == '.' && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                fail_msg("%s is left", entry->d_name);
        closedir(dir);
    }
}

/* One configuration's texts replaced by what may be in a results file that someone made. */
static void make_hostile(struct result_set *results, const char *text)
{
    for (size_t i = 0; i < results->run_count; i++) {
        struct run_record *r = &results->runs[i];
        if (strcmp(r->allocator, "jemalloc") == 0)
            snprintf(r->allocator, sizeof r->allocator, "%s", text);
        if (strcmp(r->tuning, "2000,10,10") == 0)
            snprintf(r->tuning, sizeof r->tuning, "%s", text);
        if (strcmp(r->workload, "gcbench") == 0)
            snprintf(r->workload, sizeof r->workload, "%s", text);
        snprintf(r->configuration, sizeof r->configuration, "%.60s scale=1 seed=1 model %.60s cpython-3.11 %.60s plain",
                 r->workload, r->allocator, r->tuning);
        snprintf(r->version_kernel, sizeof r->version_kernel, "%s", text);
    }
    synthetic_fail(&results->runs[0], "crashed", text);
    add_fact(results, "command", text);
}

/* Only an indented line, which is code to Markdown, may hold the text as it is. */
static void markdown_holds_only_as_code(const char *part)
{
    char *text = read_file(folder, "report.md");

    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        if (strstr(line, part) != NULL && strncmp(line, "    ", 4) != 0)
            fail_msg("report.md holds '%s': %s", part, line);
    free(text);
}

static void hostile_names_act_nowhere(void **state)
{
    static const char *const names[] = {
        "<script>alert(1)</script>",
        "\"; system(\"touch HERE\"); #",
        "`touch HERE`",
        "a\nb\tc",
        "$(touch HERE)",
        "{/Symbol x}_1^2",
        "@ARG1 ../../x",
        "%s%n%d",
        "'); system('touch HERE",
    };
    (void)state;

    need_gnuplot();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct result_set results = synthetic_results(&synthetic_bench);
        make_hostile(&results, names[i]);
        struct report_outcome outcome = report_of(&results, true);
        if (outcome.missing_pictures != 0)
            fail_msg("'%s': %s", names[i], outcome.missing_reason);
        file_lacks("report.html", "<script>");
        markdown_holds_only_as_code("<script");
        synthetic_free(&results);
        assert_int_not_equal(access("HERE", F_OK), 0);
        assert_null(read_file(folder, "HERE"));
        assert_null(read_file(folder, "plots/HERE"));
    }
}

static void a_hostile_name_stands_in_the_picture_as_text(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    need_gnuplot();
    make_hostile(&results, "<b>`x`");
    report_of(&results, true);
    file_holds("plots/linked-list-pauses.svg", "&lt;b>");
    file_lacks("plots/linked-list-pauses.svg", "<b>");
    synthetic_free(&results);
}

static void a_sweep_without_an_ok_run_still_has_a_report(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    for (size_t i = 0; i < results.run_count; i++)
        synthetic_fail(&results.runs[i], "timeout", "over 60 s");
    assert_int_equal(report_of(&results, true).missing_pictures, 0);
    file_holds("report.html", "No run ended ok");
    file_holds("report.md", "over 60 s");
    file_holds("summary.csv", "gcbench");
    synthetic_free(&results);
}

static void an_empty_store_still_has_a_report(void **state)
{
    struct result_set results = {.directory = folder, .plan = NULL, .environment = NULL};
    (void)state;

    assert_int_equal(report_of(&results, true).missing_pictures, 0);
    file_holds("report.html", "No run ended ok");
    file_holds("results.json", "\"subjects\":[]");
}

/* In a file's name both read "script-a-heap". */
static void workloads_with_like_names_have_pictures_of_their_own(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    need_gnuplot();
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        bool first = strcmp(r->workload, "gcbench") == 0;
        snprintf(r->workload, sizeof r->workload, "%s", first ? "script:a-heap" : "script:a.heap");
        snprintf(r->configuration, sizeof r->configuration, "%.60s scale=1 seed=1 model %.60s cpython-3.11 %.60s plain",
                 r->workload, r->allocator, r->tuning);
    }
    assert_int_equal(report_of(&results, true).missing_pictures, 0);
    file_holds("report.md", "plots/script-a-heap-pauses");
    file_holds("report.md", "plots/script-a-heap_2-pauses");
    synthetic_free(&results);
}

static void without_gnuplot_the_report_says_so(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    char path[4096];
    (void)state;

    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", "/no-such-folder", 1);
    struct report_outcome outcome = report_of(&results, true);
    setenv("PATH", path, 1);
    assert_int_equal(outcome.missing_pictures, 10);
    assert_non_null(strstr(outcome.missing_reason, "gnuplot was not found: install the package gnuplot-nox"));
    file_holds("report.html", "10 of 10 pictures could not be drawn");
    file_holds("summary.csv", "gcbench");
    synthetic_free(&results);
}

static void a_script_that_fails_is_named_with_its_error(void **state)
{
    const char *const arguments[] = {"svg", "/no-such-folder/x.svg", NULL};
    char plots[4096], error[400];
    (void)state;

    need_gnuplot();
    assert_int_equal(find_plots_folder(plots, sizeof plots, error, sizeof error), 0);
    assert_int_equal(gnuplot_run(plots, "pauses.gp", arguments, error, sizeof error), -1);
    assert_non_null(strstr(error, "gnuplot pauses.gp: failed: "));
    assert_null(strchr(error, '\n'));
}

static void a_sweep_that_has_not_ended_says_so(void **state)
{
    static const char *const said[][2] = {
        {"interrupted", "The sweep was interrupted"}, {"running", "The sweep has not ended"}, {"done", NULL}};
    (void)state;

    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct result_set results = synthetic_results(&synthetic_bench);
        results.facts = calloc(2, sizeof *results.facts);
        results.facts[results.fact_count++] = (struct result_fact){strdup("stopped"), strdup(said[i][0])};
        results.facts[results.fact_count++] = (struct result_fact){strdup("harness_share"), strdup("0.0123")};
        report_of(&results, false);
        file_holds("report.html", "time outside workers</td><td>1.2 %");
        if (said[i][1] != NULL)
            file_holds("report.html", said[i][1]);
        char *page = read_file(folder, "report.html");
        assert_true(said[i][1] != NULL || strstr(page, "--resume") == NULL);
        free(page);
        synthetic_free(&results);
    }
}

static void a_precision_and_the_sources_of_merged_results_are_reported(void **state)
{
    static const char *const facts[][2] = {
        {"stopped", "budget"},
        {"half_width", "0.0310"},
        {"half_width_of", "peak RSS of chain"},
        {"sources", "[{\"directory\": \"a\", \"runs\": 6, \"stopped\": \"done\", \"rounds\": {\"first\": 1, "
                    "\"step\": 2, \"count\": 3}}]"},
    };
    enum { FACTS = sizeof facts / sizeof *facts };
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    results.facts = calloc(FACTS, sizeof *results.facts);
    for (size_t i = 0; i < FACTS; i++)
        results.facts[results.fact_count++] = (struct result_fact){strdup(facts[i][0]), strdup(facts[i][1])};
    report_of(&results, false);
    file_holds("report.md", "The precision that was asked for was not reached when the budget ended; the widest "
                            "interval: to 3.1 % either side, peak RSS of chain.");
    file_holds("report.md", "a: 6 runs, 3 rounds, one in 2 from round 2 on, done");
    synthetic_free(&results);
}

static void a_sweep_without_the_default_warns_of_its_baseline(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    for (size_t i = 0; i < results.run_count; i++)
        if (strcmp(results.runs[i].tuning, "700,10,10") == 0)
            synthetic_fail(&results.runs[i], "crashed", "signal 6");
    report_of(&results, false);
    file_holds("report.html", "linked-list scale=1 seed=1 on model has no run of the default setting that counts: its "
                              "ratios are to pymalloc 2000,10,10, its baseline.");
    file_holds("report.html", ">baseline</td>");
    file_holds("report.html", ">p99 to baseline</th>");
    synthetic_free(&results);
}

static void checksums_that_differ_are_reported_loudly(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    results.runs[2].checksum = 1;
    report_of(&results, false);
    file_holds("report.html", "CHECKSUMS DIFFER in linked-list");
    file_holds("report.html", "checksum differs</td>");
    synthetic_free(&results);
}

static void a_loud_machine_is_named(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    report_of(&results, false);
    file_lacks("report.html", "was not quiet");
    for (size_t i = 0; i < results.run_count; i++)
        if (results.runs[i].twin)
            results.runs[i].wall_ns = results.runs[i].wall_ns * (results.runs[i].round % 2 ? 13 : 7) / 10;
    report_of(&results, false);
    file_holds("report.html", "was not quiet");
    synthetic_free(&results);
}

static void the_csv_has_a_row_for_every_configuration(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    size_t lines = 0, header_fields = 1;
    (void)state;

    report_of(&results, false);
    char *text = read_file(folder, "summary.csv");
    for (const char *c = text; *c != '\0'; c++)
        lines += c[0] == '\r' && c[1] == '\n';
    for (const char *c = text; *c != '\r'; c++)
        header_fields += *c == ',';
    assert_int_equal(lines, 49);
    /* A row: its tuning holds two commas in quotes, nothing else does. */
    size_t fields = 1;
    const char *row = strstr(text, "\r\n") + 2;
    for (const char *c = row; *c != '\r'; c++)
        fields += *c == ',';
    assert_int_equal(fields - 2, header_fields);
    free(text);
    synthetic_free(&results);
}

static json_t *results_json(void)
{
    char *text = read_file(folder, "results.json");
    json_t *root = json_loads(text, 0, NULL);

    if (root == NULL)
        fail_msg("results.json is no JSON: %.200s", text);
    free(text);
    return root;
}

static void the_json_has_every_configuration_and_failed_run(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    synthetic_fail(&results.runs[3], "crashed", "signal 11 \x01 \"quoted\" </script>");
    add_fact(&results, "command \xff", "not \xff UTF-8");
    report_of(&results, false);
    json_t *root = results_json(), *subjects = json_object_get(root, "subjects");
    assert_int_equal(json_integer_value(json_object_get(root, "schema")), 1);
    assert_int_equal(json_integer_value(json_object_get(root, "ok_runs")), results.run_count - 1);
    assert_int_equal(json_array_size(subjects), 2);
    size_t configurations = 0;
    for (size_t i = 0; i < 2; i++)
        configurations += json_array_size(json_object_get(json_array_get(subjects, i), "configurations"));
    assert_int_equal(configurations, 48);
    json_t *failed = json_object_get(root, "failed_runs");
    assert_int_equal(json_array_size(failed), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(failed, 0), "message")),
                        "signal 11 \x01 \"quoted\" </script>");
    json_decref(root);
    synthetic_free(&results);
}

static void the_json_holds_medians_ratios_and_verdicts(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    struct summary summary;
    double median, low, margin;
    const char *verdict, *configuration;
    (void)state;

    report_of(&results, false);
    json_t *root = results_json();
    assert_int_equal(summarise(&results, &summary), 0);
    /* The first subject's first configuration that is not its baseline. */
    size_t index = summary.subjects[0].first + (summary.subjects[0].baseline == summary.subjects[0].first);
    const struct configuration *c = &summary.configurations[index];
    json_t *row =
        json_array_get(json_object_get(json_array_get(json_object_get(root, "subjects"), 0), "configurations"), index);
    assert_int_equal(json_unpack(row, "{s:s, s:{s:{s:F, s:s, s:{s:F}}}}", "configuration", &configuration, "measures",
                                 "rss_peak_bytes", "median", &median, "verdict", &verdict, "ratio", "low", &low),
                     0);
    assert_string_equal(configuration, c->dimensions->configuration);
    assert_true(fabs(median - c->measure[MEASURE_RSS_PEAK_BYTES].median) <= 1e-9 * median);
    assert_true(fabs(low - c->ratio[MEASURE_RSS_PEAK_BYTES].low) <= 1e-9 * low);
    margin = json_real_value(json_object_get(root, "verdict_margin"));
    assert_string_equal(verdict,
                        verdict_word(MEASURE_RSS_PEAK_BYTES, verdict_of(&c->ratio[MEASURE_RSS_PEAK_BYTES], margin)));
    summary_free(&summary);
    json_decref(root);
    synthetic_free(&results);
}

static void what_hyperfine_timed_stands_in_the_report(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    report_of(&results, false);
    file_lacks("report.html", "hyperfine\"");
    file_holds("results.json", "\"hyperfine\":null");
    file_write(in_folder(folder, "hyperfine.json"), HYPERFINE_TIMES, 0644);
    report_of(&results, false);
    file_holds("report.html", "Whole processes, timed by hyperfine");
    file_holds("report.md", "Whole processes, timed by hyperfine");
    file_holds("report.html", "jemalloc 2000,10,10</td>");
    file_lacks("results.json", "\"hyperfine\":null");
    file_write(in_folder(folder, "hyperfine.json"), "{", 0644);
    report_of(&results, false);
    file_holds("report.html", "<strong>Warning.</strong> ");
    file_holds("report.html", "hyperfine.json");
    synthetic_free(&results);
}

static void runs_that_the_machine_disturbed_are_named(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    report_of(&results, false);
    file_holds("report.html", "While 0 of 300 runs went on");
    results.runs[7].noise_max_gap_ns = results.runs[7].pause_max_ns + 1;
    results.runs[8].noise_max_gap_ns = results.runs[8].pause_max_ns;
    report_of(&results, false);
    file_holds("report.html", "While 1 of 300 runs went on");
    file_holds("report.html", ">6, 1 disturbed</td>");
    synthetic_free(&results);
}

/* One workload with more settings than a table shows: the default and the front are among those that stay. */
static void too_many_configurations_are_shortened_and_it_says_so(void **state)
{
    enum { TUNINGS = 400 };
    static const char *const workloads[] = {"gcbench", NULL}, *const allocators[] = {"pymalloc", NULL};
    static char name[TUNINGS][24];
    static const char *tunings[TUNINGS + 1];
    (void)state;

    for (int i = 0; i < TUNINGS; i++) {
        snprintf(name[i], sizeof name[i], "%d,10,10", 10000 + 400 * i);
        tunings[i] = name[i];
    }
    tunings[TUNINGS - 1] = "700,10,10";
    const struct synthetic many = {workloads, synthetic_runtimes, allocators, tunings, 6, true};
    struct result_set results = synthetic_results(&many);
    report_of(&results, false);
    file_holds("report.html",
               "250 of 400 configurations are shown: the default, the front and the fastest; summary.csv "
               "and results.json have all.");
    file_holds("report.html", "and 376 more.");
    file_holds("report.html", ">default</td>");
    char *csv = read_file(folder, "summary.csv");
    assert_int_equal(line_count(csv), TUNINGS + 1);
    free(csv);
    synthetic_free(&results);
}

static void the_answer_comes_with_the_lines_that_set_it(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    struct summary summary;
    struct findings findings;
    (void)state;

    report_of(&results, false);
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_non_null(strstr(findings.sentence[0], "pymalloc 200000,30,30 is best"));
    assert_string_equal(findings.fastest->dimensions->tuning, "200000,30,30");
    file_holds("report.html", "<code>import gc\ngc.set_threshold(200000, 30, 30)");
    file_holds("report.md", "    import gc\n    gc.set_threshold(200000, 30, 30)");
    summary_free(&summary);
    synthetic_free(&results);
}

static void the_terminal_gets_table_answer_and_front(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    struct summary summary;
    char *text = NULL;
    size_t size;
    (void)state;

    assert_int_equal(summarise(&results, &summary), 0);
    FILE *f = open_memstream(&text, &size);
    assert_int_equal(write_terminal(&summary, f), 0);
    fclose(f);
    assert_non_null(strstr(text, "*  pymalloc   700,10,10"));
    assert_non_null(strstr(text, "Pareto front (*)"));
    assert_non_null(strstr(text, "Throughput: "));
    assert_non_null(strstr(text, "Runs: 300 ok, 0 failed"));
    assert_non_null(strstr(text, "noise floor"));
    free(text);
    summary_free(&summary);
    synthetic_free(&results);
}

/* Runs the subcommand with both outputs in files of the folder. */
static int run_report(const char *directory)
{
    char *argv[] = {"gcsweep report", (char *)directory, "--no-pictures", NULL};
    char path[128];
    int saved[2] = {dup(1), dup(2)};

    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, i == 0 ? "out" : "err");
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, i + 1);
        close(fd);
    }
    int status = cli_report(3, argv);
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        dup2(saved[i], i + 1);
        close(saved[i]);
    }
    return status;
}

static void a_stored_sweep_is_reported_from_its_folder(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    struct store *store;
    char error[400] = "", page[128];
    (void)state;

    if (store_create(folder, "{}", "{}", &store, error, sizeof error) != 0)
        fail_msg("%s", error);
    for (size_t i = 0; i < results.run_count; i++)
        if (store_add_run(store, &results.runs[i], error, sizeof error) != 0)
            fail_msg("%s", error);
    assert_int_equal(store_close(store, error, sizeof error), 0);
    assert_int_equal(run_report(folder), 0);
    snprintf(page, sizeof page, "%s/report.html\n", folder);
    char *out = read_file(folder, "out");
    assert_string_equal(out + strlen(out) - strlen(page), page); /* the last line is the path */
    free(out);
    file_holds("out", "Runs: 300 ok, 0 failed");
    file_holds("report.html", "The answer");
    synthetic_free(&results);
}

static void a_folder_without_results_is_refused_in_one_line(void **state)
{
    (void)state;
    assert_int_equal(run_report("/no-such-folder"), 2);
    char *err = read_file(folder, "err");
    assert_non_null(strstr(err, "gcsweep: "));
    assert_non_null(strstr(err, "/no-such-folder"));
    assert_ptr_equal(strchr(err, '\n'), err + strlen(err) - 1);
    free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_has_all_its_parts),
        TEST(no_temporary_file_is_left),
        TEST(hostile_names_act_nowhere),
        TEST(a_hostile_name_stands_in_the_picture_as_text),
        TEST(a_sweep_without_an_ok_run_still_has_a_report),
        TEST(an_empty_store_still_has_a_report),
        TEST(workloads_with_like_names_have_pictures_of_their_own),
        TEST(without_gnuplot_the_report_says_so),
        TEST(a_script_that_fails_is_named_with_its_error),
        TEST(a_sweep_that_has_not_ended_says_so),
        TEST(a_precision_and_the_sources_of_merged_results_are_reported),
        TEST(a_sweep_without_the_default_warns_of_its_baseline),
        TEST(checksums_that_differ_are_reported_loudly),
        TEST(a_loud_machine_is_named),
        TEST(the_csv_has_a_row_for_every_configuration),
        TEST(the_json_has_every_configuration_and_failed_run),
        TEST(the_json_holds_medians_ratios_and_verdicts),
        TEST(what_hyperfine_timed_stands_in_the_report),
        TEST(runs_that_the_machine_disturbed_are_named),
        TEST(too_many_configurations_are_shortened_and_it_says_so),
        TEST(the_answer_comes_with_the_lines_that_set_it),
        TEST(the_terminal_gets_table_answer_and_front),
        TEST(a_stored_sweep_is_reported_from_its_folder),
        TEST(a_folder_without_results_is_refused_in_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
