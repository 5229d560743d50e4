/* test_without_lists.c - results copied without their lists: small enough to publish, and good for all that needs none.
 */
#include "tests/report_folder.h"

#include "harness/exporters/exporter.h"

static char error[1024];

static void fill(struct store *s, const struct result_set *results)
{
    for (size_t i = 0; i < results->run_count; i++)
        if (store_add_run(s, &results->runs[i], error, sizeof error) != 0)
            fail_msg("%s", error);
    assert_int_equal(store_set_fact(s, "command", "gcsweep sweep --plan some.json", error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, "stopped", "done", error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, "rounds_done", "6", error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, "script:x.heap", "x = list 1\n", error, sizeof error), 0);
}

/* A results folder of synthetic_bench. */
static const char *make_results(const char *name)
{
    const char *directory = in_folder(folder, name);
    struct result_set results = synthetic_results(&synthetic_bench);
    struct store *s;

    mkdir(directory, 0777);
    if (store_create(directory, "{\n \"rounds\": 6,\n \"budget\": \"5m\"\n}", "{\"cpu\": {\"model\": \"test-cpu\"}}",
                     &s, error, sizeof error) != 0)
        fail_msg("%s", error);
    fill(s, &results);
    assert_int_equal(store_close(s, error, sizeof error), 0);
    synthetic_free(&results);
    return directory;
}

static void succeeds(const struct command *c)
{
    if (c->status != 0)
        fail_msg("exit %d: %s", c->status, c->error);
}

static void is_refused(const struct command *c, const char *why)
{
    assert_int_equal(c->status, 2);
    assert_int_equal(line_count(c->error), 1);
    if (strstr(c->error, why) == NULL)
        fail_msg("no '%s' in: %s", why, c->error);
}

static const char *copy_without_lists(const char *directory, const char *name)
{
    struct command c;
    const char *copy = in_folder(folder, name);

    GCSWEEP(&c, "merge", directory, "--without-lists", "--out", copy);
    succeeds(&c);
    assert_non_null(strstr(c.error, "300 runs in 6 rounds of 1 folder, without their lists"));
    return copy;
}

static void load(const char *directory, struct result_set *out)
{
    if (store_load(directory, out, error, sizeof error) != 0)
        fail_msg("%s", error);
}

/* What was loaded are the scalars alone. */
static void have_the_same_scalars(const struct run_record *a, const struct run_record *b)
{
    static char x[1 << 16], y[1 << 16];

    assert_true(record_write(a, x, sizeof x) < sizeof x);
    assert_true(record_write(b, y, sizeof y) < sizeof y);
    assert_string_equal(x, y);
}

static void has_empty_lists(const struct result_set *results, const struct run_record *run)
{
    struct whole_run whole;

    if (whole_run_read(results, run, &whole) != 0)
        fail_msg("%s", result_set_error(results));
    assert_int_equal(whole.run->sample_count + whole.run->longest_count + whole.run->mmu_count, 0);
    for (int kind = 0; kind < RECORD_PAUSE_KINDS; kind++)
        assert_int_equal(whole.run->pauses[kind].count, 0);
    whole_run_free(&whole);
}

static off_t size_of(const char *directory)
{
    struct stat status;

    assert_int_equal(stat(in_folder(directory, STORE_FILE), &status), 0);
    return status.st_size;
}

static void a_copy_holds_every_scalar_and_fact_and_no_list(void **state)
{
    const char *source = make_results("source"), *copy = copy_without_lists(source, "copy");
    struct result_set whole, bare;
    (void)state;

    load(source, &whole);
    load(copy, &bare);
    assert_true(result_set_has_lists(&whole));
    assert_false(result_set_has_lists(&bare));
    assert_string_equal(bare.plan, whole.plan);
    assert_string_equal(bare.environment, whole.environment);
    assert_int_equal(bare.fact_count, whole.fact_count + 1);
    for (size_t i = 0; i < whole.fact_count; i++)
        assert_string_equal(find_result_fact(&bare, whole.facts[i].name), whole.facts[i].text);
    assert_int_equal(bare.run_count, whole.run_count);
    for (size_t i = 0; i < whole.run_count; i++) {
        have_the_same_scalars(&bare.runs[i], &whole.runs[i]);
        has_empty_lists(&bare, &bare.runs[i]);
    }
    assert_true(size_of(copy) < size_of(source)); /* these runs have few lists */
    result_set_free(&whole);
    result_set_free(&bare);
}

static void are_the_same_files(const char *a, const char *b, const char *name)
{
    char *x = read_file(a, name), *y = read_file(b, name);

    assert_non_null(x);
    assert_string_equal(x, y);
    free(x);
    free(y);
}

static void a_report_of_a_copy_says_what_is_missing_and_draws_the_rest(void **state)
{
    const char *source = make_results("source"), *copy = copy_without_lists(source, "copy");
    struct command c;
    (void)state;

    need_gnuplot();
    GCSWEEP(&c, "report", source, "--no-pictures");
    succeeds(&c);
    GCSWEEP(&c, "report", copy);
    succeeds(&c);
    are_the_same_files(source, copy, "summary.csv");
    file_lacks("source/report.md", "without the lists");
    file_holds("copy/report.md", "are a copy without the lists of their runs");
    file_holds("copy/report.md", ": Pause percentiles, Minimum mutator utilization, Request latency, Memory over time, "
                                 "Floating garbage over time.");
    file_holds("source/results.json", "\"pooled_pause_p99_ns\":{");
    file_lacks("copy/results.json", "\"pooled_pause_p99_ns\":{");
    file_holds("copy/report.md", "gcsweep sweep --plan some.json");
    file_holds("copy/report.html", "test-cpu");
    file_holds("copy/report.html", "<strong>Collections over threshold 0.");
    file_lacks("copy/report.html", "<strong>Pause percentiles.");
    file_lacks("copy/report.html", "could not be drawn");
    assert_int_equal(access(in_folder(copy, "plots/gcbench-tradeoff.svg"), F_OK), 0);
    assert_int_not_equal(access(in_folder(copy, "plots/gcbench-pauses.svg"), F_OK), 0);
    GCSWEEP(&c, "report", copy, "--no-pictures");
    succeeds(&c);
    file_holds("copy/report.html", "are a copy without the lists of their runs");
}

static void formats_made_of_lists_are_refused_and_the_others_are_as_before(void **state)
{
    const char *source = make_results("source"), *copy = copy_without_lists(source, "copy");
    static struct command whole, bare;
    size_t refused = 0;
    (void)state;

    for (size_t i = 0; i < exporter_count; i++) {
        const char *name = exporters[i]->name;
        GCSWEEP(&bare, "export", copy, "--format", name, "--configuration", "gcbench pymalloc 700,10,10");
        if (exporters[i]->of_lists) {
            is_refused(&bare, "the lists of its runs were left out");
            refused++;
            continue;
        }
        GCSWEEP(&whole, "export", source, "--format", name, "--configuration", "gcbench pymalloc 700,10,10");
        succeeds(&whole);
        succeeds(&bare);
        assert_string_equal(bare.out, whole.out);
    }
    assert_int_equal(refused, 3);
}

static void a_copy_is_merged_only_without_lists(void **state)
{
    const char *copy = copy_without_lists(make_results("source"), "copy"), *other = make_results("other");
    const char *out = in_folder(folder, "out");
    struct command c;
    struct result_set results;
    (void)state;

    GCSWEEP(&c, "merge", other, copy, "--out", out);
    is_refused(&c, "/copy: the lists of its runs were left out; --without-lists merges what is there");
    assert_int_not_equal(access(out, F_OK), 0);
    GCSWEEP(&c, "merge", other, copy, "--without-lists", "--out", out);
    succeeds(&c);
    load(out, &results);
    assert_int_equal(results.run_count, 600);
    assert_non_null(find_result_fact(&results, "sources"));
    assert_false(result_set_has_lists(&results));
    result_set_free(&results);
    GCSWEEP(&c, "merge", out, "--without-lists", "--out", in_folder(folder, "again"));
    succeeds(&c); /* a copy of what was merged */
    GCSWEEP(&c, "merge", other, "--out", in_folder(folder, "more"));
    is_refused(&c, "Two folders at least");
    GCSWEEP(&c, "merge", "--without-lists", "--out", in_folder(folder, "more"));
    is_refused(&c, "which results?");
}

#define TINY "--workload", "chain", "--param", "total_objects=2000", "--param", "live_objects=200"

static void a_copy_is_compared_recommended_from_and_swept_again_but_not_resumed(void **state)
{
    const char *source = in_folder(folder, "source"), *copy = in_folder(folder, "copy"), *again;
    struct command c;
    (void)state;

    again = in_folder(folder, "again");
    GCSWEEP(&c, "sweep", "--out", source, TINY, "--rounds", "2");
    succeeds(&c);
    GCSWEEP(&c, "merge", source, "--without-lists", "--out", copy);
    succeeds(&c);
    GCSWEEP(&c, "sweep", "--like", copy, "--out", again);
    succeeds(&c);
    GCSWEEP(&c, "compare", copy, again);
    succeeds(&c);
    GCSWEEP(&c, "recommend", copy);
    succeeds(&c);
    GCSWEEP(&c, "sweep", "--resume", "--out", copy);
    is_refused(&c, "is a copy without lists; resume the sweep that it is of");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_holds_every_scalar_and_fact_and_no_list),
        TEST(a_report_of_a_copy_says_what_is_missing_and_draws_the_rest),
        TEST(formats_made_of_lists_are_refused_and_the_others_are_as_before),
        TEST(a_copy_is_merged_only_without_lists),
        TEST(a_copy_is_compared_recommended_from_and_swept_again_but_not_resumed),
    };
    return cmocka_run_group_tests_name("without_lists", tests, NULL, NULL);
}
