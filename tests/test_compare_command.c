/* gcsweep compare as a program: what it prints in each format, what makes it exit 1, what it refuses. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/command.h"
#include "tests/synthetic.h"

static const char *const workloads[] = {"gcbench", NULL}, *const runtimes[] = {"model", NULL},
                         *const allocators[] = {"system", "pymalloc", NULL},
                         *const tunings[] = {"700,10,10", "disabled", NULL};

/* Two results folders, "a" and "b", of 4 configurations and as many rounds as asked; B's pymalloc 700,10,10 has its
 * times multiplied by `factor`. */
struct folders {
    char *top, a[200], b[200];
    struct command command;
};

/* What a build may break: returns whether the run is kept. */
typedef bool damage(struct run_record *r);

static void write_damaged(const char *folder, unsigned rounds, double factor, const char *environment, damage *harm)
{
    const struct synthetic plan = {workloads, runtimes, allocators, tunings, rounds, true};
    struct result_set results = synthetic_results(&plan);
    struct store *store;
    char error[1000];

    mkdir(folder, 0755);
    if (store_create(folder, "{}", environment, &store, error, sizeof error) != 0)
        fail_msg("%s", error);
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        if (strcmp(r->allocator, "pymalloc") == 0 && strcmp(r->tuning, "700,10,10") == 0)
            r->wall_ns = (uint64_t)((double)r->wall_ns * factor);
        if (harm == NULL || harm(r))
            assert_int_equal(store_add_run(store, r, error, sizeof error), 0);
    }
    assert_int_equal(store_close(store, error, sizeof error), 0);
    synthetic_free(&results);
}

static void write_store(const char *folder, unsigned rounds, double factor, const char *environment)
{
    write_damaged(folder, rounds, factor, environment, NULL);
}

static struct folders *open_folders(unsigned rounds, double factor)
{
    struct folders *f = calloc(1, sizeof *f);

    f->top = folder_make();
    snprintf(f->a, sizeof f->a, "%s/a", f->top);
    snprintf(f->b, sizeof f->b, "%s/b", f->top);
    write_store(f->a, rounds, 1, "{\"kernel\": \"6.1\"}");
    write_store(f->b, rounds, factor, "{\"kernel\": \"6.2\"}");
    return f;
}

static void close_folders(struct folders *f)
{
    folder_remove(f->top);
    free(f);
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' does not hold '%s'", text, part);
}

static void the_table_says_ratio_interval_verdict_and_what_reproduced(void **state)
{
    struct folders *f = open_folders(10, 1.2);
    const char *out = f->command.out;
    (void)state;

    GCSWEEP(&f->command, "compare", f->a, f->b);
    assert_int_equal(f->command.status, 0);
    assert_string_equal(f->command.error, "");
    has(out,
        "warning: The machines or programs differ, so that a difference may be theirs: kernel '6.1' against '6.2'\n");
    has(out, "unpaired, since two sweeps share no rounds (Mann and Whitney)");
    has(out, "\ngcbench scale=1 seed=1 on model (A/A noise floor: A ");
    has(out, "\n  pymalloc 700,10,10 (10 runs against 10)\n    wall ");
    has(out, " slower\n");
    has(out, "\nwall: 1 slower, ");
    has(out, "4 tested, 1 of 1 difference holds; geometric mean of 4 1.0");
    has(out, "\nReproduced: of ");
    assert_null(strstr(out, "\nReproduced: of 0 ")); /* A's own differences are looked at */
    has(out, "are equal in 4 of 4 configurations.\n");
    assert_null(strchr(out, '\033')); /* no terminal, no colours */
    close_folders(f);
}

static void json_holds_raw_and_adjusted_p(void **state)
{
    struct folders *f = open_folders(10, 1.2);
    (void)state;

    GCSWEEP(&f->command, "compare", "--format", "json", "--fail-over=5%", f->a, f->b);
    assert_int_equal(f->command.status, 1);
    json_t *root = json_loads(f->command.out, 0, NULL);
    assert_non_null(root);
    assert_int_equal(json_array_size(json_object_get(root, "rows")), 4);
    const json_t *row = json_array_get(json_object_get(root, "rows"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "label")), "pymalloc 700,10,10");
    const json_t *wall = json_object_get(json_object_get(row, "measures"), "wall_ns");
    double p = json_real_value(json_object_get(wall, "p")), holm = json_real_value(json_object_get(wall, "p_holm"));
    assert_true(p > 0 && holm > 3.99 * p && holm < 4.01 * p);
    assert_string_equal(json_string_value(json_object_get(wall, "verdict")), "slower");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "tested"), "wall_ns")), 4);
    assert_int_equal(json_array_size(json_object_get(root, "machine_differences")), 1);
    assert_int_equal(json_array_size(json_object_get(root, "warnings")), 1);
    assert_int_equal(json_array_size(json_object_get(json_object_get(root, "fail_over"), "failed")), 1);
    assert_true(json_is_object(json_object_get(root, "reproduction")));
    json_decref(root);
    close_folders(f);
}

static void csv_has_a_line_for_each_configuration_and_measure(void **state)
{
    struct folders *f = open_folders(6, 1);
    (void)state;

    GCSWEEP(&f->command, "compare", "--format=csv", f->a, f->b);
    assert_int_equal(f->command.status, 0);
    assert_int_equal(line_count(f->command.out), 1 + 4 * 5);
    size_t columns = 1, line_columns = 1;
    const char *end = strchr(f->command.out, '\n');
    for (const char *at = f->command.out; at < end; at++)
        columns += *at == ',' ? 1 : 0;
    bool quoted = false;
    for (const char *at = end + 1; *at != '\n'; at++) {
        quoted = *at == '"' ? !quoted : quoted;
        line_columns += *at == ',' && !quoted ? 1 : 0;
    }
    assert_int_equal(columns, line_columns);
    close_folders(f);
}

static void markdown_is_one_table(void **state)
{
    struct folders *f = open_folders(6, 1);
    (void)state;

    GCSWEEP(&f->command, "compare", "--format=markdown", f->a, f->b);
    assert_int_equal(f->command.status, 0);
    has(f->command.out, "\n| configuration | runs | wall | gc time | pause p99 | longest pause | peak RSS |\n| --- |");
    has(f->command.out, "**Warning.**");
    close_folders(f);
}

static void a_slow_down_beyond_the_limit_exits_1_and_is_named(void **state)
{
    struct folders *f = open_folders(10, 1.2);
    (void)state;

    GCSWEEP(&f->command, "compare", "--fail-over", "5%", f->a, f->b);
    assert_int_equal(f->command.status, 1);
    assert_int_equal(line_count(f->command.error), 1);
    has(f->command.error, "gcsweep: wall of gcbench scale=1 seed=1 on model, pymalloc 700,10,10 is 1.200x [");
    has(f->command.error, ", beyond 5 %");
    GCSWEEP(&f->command, "compare", "--fail-over", "25%", f->a, f->b);
    assert_int_equal(f->command.status, 0);
    GCSWEEP(&f->command, "compare", "--fail-over", "5%", "--measure", "gc,rss", f->a, f->b);
    assert_int_equal(f->command.status, 0);
    GCSWEEP(&f->command, "compare", "--fail-over", "5%", f->b, f->a); /* faster */
    assert_int_equal(f->command.status, 0);
    close_folders(f);
}

/* ---- What else fails a build ---- */

static bool is_harmed(const struct run_record *r)
{
    return strcmp(r->allocator, "pymalloc") == 0 && strcmp(r->tuning, "disabled") == 0;
}

static bool crash(struct run_record *r)
{
    if (is_harmed(r))
        strcpy(r->status, "crashed");
    return true;
}

static bool crash_everywhere(struct run_record *r)
{
    strcpy(r->status, "crashed");
    return true;
}

static bool crash_in_some_rounds(struct run_record *r)
{
    if (is_harmed(r) && r->round < 3)
        strcpy(r->status, "crashed");
    return true;
}

static bool compute_otherwise(struct run_record *r)
{
    r->checksum += is_harmed(r);
    return true;
}

static bool leave_out(struct run_record *r)
{
    return !is_harmed(r);
}

static void a_broken_build_exits_1_and_what_is_broken_is_named(void **state)
{
    static const struct {
        damage *harm;
        const char *part;
        size_t lines;
    } rows[] = {
        {crash, "pymalloc disabled: no run of B is ok (0 of 10 runs are ok, of A 10 of 10)", 1},
        {crash_everywhere, "no run of B is ok", 4},
        {crash_in_some_rounds, "pymalloc disabled: runs of B failed (7 of 10 runs are ok, of A 10 of 10)", 1},
        {compute_otherwise, "pymalloc disabled: B did not do the same work as A: checksums differ", 1},
        {leave_out, "gcbench scale=1 seed=1 on model, pymalloc disabled: B does not have it", 1},
    };
    struct folders *f = open_folders(10, 1);
    char broken[300];
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(broken, sizeof broken, "%s/broken%zu", f->top, i);
        write_damaged(broken, 10, 1, "{}", rows[i].harm);
        GCSWEEP(&f->command, "compare", f->a, broken);
        assert_int_equal(f->command.status, 0); /* nobody asked */
        GCSWEEP(&f->command, "compare", "--fail-over=50%", f->a, broken);
        if (f->command.status != 1 || line_count(f->command.error) != rows[i].lines)
            fail_msg("row %zu: status %d, '%s'", i, f->command.status, f->command.error);
        has(f->command.error, rows[i].part);
        GCSWEEP(&f->command, "compare", "--fail-over=50%", "--format=json", f->a, broken);
        json_t *root = json_loads(f->command.out, 0, NULL);
        assert_int_equal(json_array_size(json_object_get(json_object_get(root, "fail_over"), "failed")), rows[i].lines);
        json_decref(root);
    }
    close_folders(f);
}

/* The other way round the builds have only become better: what A lacked or could not run fails nobody. */
static void what_only_b_has_or_can_run_does_not_fail(void **state)
{
    static damage *const harms[] = {crash, crash_in_some_rounds, leave_out};
    struct folders *f = open_folders(10, 1);
    char broken[300];
    (void)state;

    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        snprintf(broken, sizeof broken, "%s/broken%zu", f->top, i);
        write_damaged(broken, 10, 1, "{}", harms[i]);
        GCSWEEP(&f->command, "compare", "--fail-over=50%", broken, f->b);
        if (f->command.status != 0 || f->command.error[0] != '\0')
            fail_msg("row %zu: status %d, '%s'", i, f->command.status, f->command.error);
        GCSWEEP(&f->command, "compare", "--fail-over=50%", broken, broken);
        assert_int_equal(f->command.status, 2);
    }
    snprintf(broken, sizeof broken, "%s/also", f->top);
    write_damaged(broken, 10, 1, "{}", crash); /* fails on both sides: no worse than before */
    char first[300];
    snprintf(first, sizeof first, "%s/broken0", f->top);
    GCSWEEP(&f->command, "compare", "--fail-over=50%", first, broken);
    assert_int_equal(f->command.status, 0);
    close_folders(f);
}

static bool slow_twin(struct run_record *r)
{
    r->wall_ns = (uint64_t)((double)r->wall_ns * (r->twin ? 1.3 : 1));
    return true;
}

/* A difference is found where there is none: what else is found proves nothing. */
static void times_decide_nothing_where_the_twin_is_off(void **state)
{
    struct folders *f = open_folders(10, 1);
    char slower[300], as_fast[300];
    (void)state;

    snprintf(slower, sizeof slower, "%s/slower", f->top);
    write_damaged(slower, 10, 1.2, "{}", slow_twin);
    snprintf(as_fast, sizeof as_fast, "%s/as-fast", f->top);
    write_damaged(as_fast, 10, 1, "{}", slow_twin);
    GCSWEEP(&f->command, "compare", "--fail-over=5%", f->a, slower);
    assert_int_equal(f->command.status, 2);
    assert_int_equal(line_count(f->command.error), 2);
    has(f->command.error, "gcsweep: warning: B: the A/A twin of gcbench scale=1 seed=1 on model differs");
    has(f->command.error, "beyond 5 %; not decided, since the A/A twin of that workload is off");
    GCSWEEP(&f->command, "compare", "--fail-over=5%", f->a, as_fast);
    assert_int_equal(f->command.status, 0);
    assert_int_equal(line_count(f->command.error), 1);
    has(f->command.error, "gcsweep: warning: B: the A/A twin of gcbench");
    close_folders(f);
}

static void a_limit_that_so_few_runs_cannot_decide_on_is_refused(void **state)
{
    struct folders *f = open_folders(4, 2);
    (void)state;

    GCSWEEP(&f->command, "compare", "--fail-over", "5%", f->a, f->b);
    assert_int_equal(f->command.status, 2);
    assert_int_equal(line_count(f->command.error), 1);
    has(f->command.error, "cannot decide on wall: with so few runs no p can be below 0.05 once adjusted for 4");
    close_folders(f);
}

static void two_settings_of_one_folder_are_compared_round_by_round(void **state)
{
    struct folders *f = open_folders(8, 1);
    char a[300], b[300];
    (void)state;

    snprintf(a, sizeof a, "%s:pymalloc 700,10,10", f->a);
    snprintf(b, sizeof b, "%s:system disabled", f->a);
    GCSWEEP(&f->command, "compare", a, b);
    assert_int_equal(f->command.status, 0);
    has(f->command.out, "paired by round (signed ranks)");
    has(f->command.out, "\n  pymalloc 700,10,10 -> system disabled (8 runs against 8)\n");
    assert_null(strstr(f->command.out, "Reproduced"));
    snprintf(b, sizeof b, "%s:twin", f->a);
    GCSWEEP(&f->command, "compare", f->a, b);
    assert_int_equal(f->command.status, 0);
    has(f->command.out, "-> pymalloc 700,10,10 (twin)");
    close_folders(f);
}

static void a_folder_with_colons_in_its_name_is_that_folder(void **state)
{
    struct folders *f = open_folders(6, 1);
    char odd[300], words[400];
    (void)state;

    snprintf(odd, sizeof odd, "%s/x:jemalloc y", f->top);
    write_store(odd, 6, 1, "{}");
    GCSWEEP(&f->command, "compare", odd, f->b);
    assert_int_equal(f->command.status, 0);
    snprintf(words, sizeof words, "%s:pymalloc", odd);
    GCSWEEP(&f->command, "compare", words, f->b);
    assert_int_equal(f->command.status, 2);
    has(f->command.error, "leaves more than one");
    close_folders(f);
}

static void what_a_results_file_says_cannot_act_on_the_terminal(void **state)
{
    struct folders *f = open_folders(6, 1);
    char odd[2][300], error[500];
    static const char *const formats[] = {"human", "json", "markdown", "csv"};
    (void)state;

    for (int k = 0; k < 2; k++) {
        struct run_record r;
        struct store *store;
        snprintf(odd[k], sizeof odd[k], "%s/odd%d", f->top, k);
        mkdir(odd[k], 0755);
        assert_int_equal(store_create(odd[k], "{}", k ? "{\"kernel\": \"\\u001b[31m\"}" : "{\"kernel\": \"\\n\"}",
                                      &store, error, sizeof error),
                         0);
        synthetic_run(&r, "gcbench", "model", "\033[31m<b>|\r", "700,10,10\xff", 0, false);
        assert_int_equal(store_add_run(store, &r, error, sizeof error), 0);
        assert_int_equal(store_close(store, error, sizeof error), 0);
        for (int g = 0; g < RECORD_GENERATIONS; g++)
            free(r.pauses[g].bucket);
        free(r.samples);
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        GCSWEEP(&f->command, "compare", "--format", formats[i], odd[0], odd[1]);
        assert_int_equal(f->command.status, 0);
        assert_null(strchr(f->command.out, '\033'));
        assert_null(strstr(f->command.out, i == 3 ? "<b>|\r," : "\r"));
    }
    close_folders(f);
}

static void input_that_cannot_be_compared_is_refused_in_one_line(void **state)
{
    struct folders *f = open_folders(6, 1);
    char missing[300], empty[300], damaged[300], file[400], unknown[300], blank[300];
    (void)state;

    snprintf(missing, sizeof missing, "%s/none", f->top);
    snprintf(empty, sizeof empty, "%s/empty", f->top);
    mkdir(empty, 0755);
    snprintf(damaged, sizeof damaged, "%s/damaged", f->top);
    mkdir(damaged, 0755);
    snprintf(file, sizeof file, "%s/results.sqlite", damaged);
    file_write(file, "this is no database, and longer than a header of SQLite would have to be", 0644);
    snprintf(unknown, sizeof unknown, "%s:mimaloc", f->a);
    snprintf(blank, sizeof blank, "%s: ", f->a);
    const struct {
        const char *words[6];
        const char *part;
    } rows[] = {
        {{"compare"}, "what with what?"},
        {{"compare", f->a}, "what with what?"},
        {{"compare", f->a, f->b, f->a}, "is a third one"},
        {{"compare", f->a, ""}, "is empty"},
        {{"compare", f->a, missing}, "none"},
        {{"compare", f->a, empty}, "empty"},
        {{"compare", f->a, damaged}, "results.sqlite"},
        {{"compare", f->a, f->a}, "both sides are the same runs"},
        {{"compare", unknown, f->b}, "has 'mimaloc'; there is workload gcbench; runtime model; allocator"},
        {{"compare", blank, f->b}, "no words after the colon"},
        {{"compare", "--margin", "1", f->a, f->b}, "--margin: '1' is not a percentage"},
        {{"compare", "--fail-over=x%", f->a, f->b}, "--fail-over: 'x%' is not a percentage"},
        {{"compare", "--measure=wall", f->a, f->b}, "which is not given"},
        {{"compare", "--fail-over=5%", "--measure=wall,", f->a, f->b}, "is no list of wall,gc,p99,max,rss"},
        {{"compare", "--format=xml", f->a, f->b}, "'xml' is none of human, json, markdown, csv"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        command_run(&f->command, built("gcsweep"), rows[i].words);
        if (f->command.status != 2 || line_count(f->command.error) != 1 || f->command.out[0] != '\0')
            fail_msg("row %zu: status %d, '%s', '%s'", i, f->command.status, f->command.error, f->command.out);
        has(f->command.error, rows[i].part);
    }
    close_folders(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_says_ratio_interval_verdict_and_what_reproduced),
        cmocka_unit_test(json_holds_raw_and_adjusted_p),
        cmocka_unit_test(csv_has_a_line_for_each_configuration_and_measure),
        cmocka_unit_test(markdown_is_one_table),
        cmocka_unit_test(a_slow_down_beyond_the_limit_exits_1_and_is_named),
        cmocka_unit_test(a_broken_build_exits_1_and_what_is_broken_is_named),
        cmocka_unit_test(what_only_b_has_or_can_run_does_not_fail),
        cmocka_unit_test(times_decide_nothing_where_the_twin_is_off),
        cmocka_unit_test(a_limit_that_so_few_runs_cannot_decide_on_is_refused),
        cmocka_unit_test(two_settings_of_one_folder_are_compared_round_by_round),
        cmocka_unit_test(a_folder_with_colons_in_its_name_is_that_folder),
        cmocka_unit_test(what_a_results_file_says_cannot_act_on_the_terminal),
        cmocka_unit_test(input_that_cannot_be_compared_is_refused_in_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
