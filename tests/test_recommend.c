/* test_recommend.c - gcsweep recommend as typed: bad input, budgets, formats, hyperfine, the real CPython. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/sweep/hyperfine.h"
#include "tests/command.h"

static char *folder;        /* of all tests */
static const char *results; /* a small sweep in it: chain, two thresholds and none, six rounds */

static int sweep(void **state)
{
    struct command c;
    (void)state;
    folder = folder_make();
    results = strdup(in_folder(folder, "sweep"));
    GCSWEEP(&c, "sweep", "--out", results, "--workload", "chain", "--scale", "0.05", "--tuning", "700,10,10",
            "--tuning", "2000,10,10", "--tuning", "disabled", "--rounds", "6");
    return c.status;
}

static int remove_all(void **state)
{
    (void)state;
    folder_remove(folder);
    free((char *)(size_t)results);
    return 0;
}

static bool is_there(const char *program)
{
    struct command c;
    command_run(&c, "/usr/bin/env", (const char *const[]){program, "--version", NULL});
    return c.status == 0;
}

static void each_bad_input_is_one_line_that_says_what_is_allowed(void **state)
{
    static const struct {
        const char *words[4], *said;
    } cases[] = {
        {{"--max-pause", "5"}, "--max-pause"},
        {{"--max-pause", "-5ms"}, "--max-pause"},
        {{"--max-rss", "0"}, "must be more than 0"},
        {{"--max-rss", "lots"}, "--max-rss"},
        {{"--min-throughput", "95%"}, "above 0 and up to 1"},
        {{"--min-throughput", "nan"}, "above 0 and up to 1"},
        {{"--min-throughput", "1.01"}, "above 0 and up to 1"},
        {{"--format", "xml"}, "none of human, markdown, json"},
        {{"--workload", "nosuch"}, "there are: chain"},
        {{"--runtime", "pypy"}, "there are: chain"},
        {{"--rounds", "10"}, "--rounds is of --confirm"},
        {{"--each", "--confirm"}, "--each"},
        {{"--seed", "x"}, "--seed"},
        {{"--confirm", "--rounds", "9", "--max-rss=1G"}, "--rounds"},
        {{"second"}, "a second one"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct command c;
        const char *words[8] = {"recommend", results};
        for (size_t k = 0; k < 4; k++)
            words[k + 2] = cases[i].words[k];
        command_run(&c, built("gcsweep"), words);
        const char *said = strstr(c.error, cases[i].said);
        if (c.status != 2 || said == NULL || line_count(c.error) != 1)
            fail_msg("%s: exit %d, '%s'", cases[i].words[0], c.status, c.error);
    }
}

static void a_folder_without_results_is_refused(void **state)
{
    struct command c;
    (void)state;
    GCSWEEP(&c, "recommend", folder);
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    GCSWEEP(&c, "recommend");
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "which results?"));
}

static void a_budget_that_nobody_keeps_is_exit_1_and_names_the_nearest(void **state)
{
    struct command c;
    (void)state;
    GCSWEEP(&c, "recommend", results, "--max-rss", "1K");
    assert_int_equal(c.status, 1);
    assert_non_null(
        strstr(c.error, "No setting keeps the budgets (peak RSS at most 1.00 KiB). The nearest is pymalloc"));
    assert_non_null(strstr(c.error, "% over)"));
    assert_int_equal(line_count(c.error), 1);
}

static void a_budget_that_all_keep_gives_lines_to_paste(void **state)
{
    struct command c;
    (void)state;
    GCSWEEP(&c, "recommend", results, "--max-rss", "1G");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "    gc.set_threshold("));
    GCSWEEP(&c, "recommend", results, "--max-rss", "1G", "--format", "markdown", "--each");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "| --- |"));
}

static void json_is_one_object_with_all_settings(void **state)
{
    struct command c;
    (void)state;
    GCSWEEP(&c, "recommend", results, "--max-rss", "1G", "--format", "json");
    assert_int_equal(c.status, 0);
    json_t *root = json_loads(c.out, 0, NULL);
    const json_t *advice = json_array_get(json_object_get(root, "advice"), 0);
    assert_int_equal(json_array_size(json_object_get(advice, "settings")), 3);
    assert_true(json_is_object(json_object_get(advice, "chosen")));
    json_decref(root);
    GCSWEEP(&c, "recommend", results, "--max-rss", "1K", "--format", "json");
    assert_int_equal(c.status, 1);
    root = json_loads(c.out, 0, NULL);
    advice = json_array_get(json_object_get(root, "advice"), 0);
    assert_true(json_is_null(json_object_get(advice, "chosen")));
    assert_true(json_is_object(json_object_get(advice, "nearest")));
    json_decref(root);
}

/* ---- hyperfine ---- */

/* The shortest longest pause, of those that may go without any: none at all. */
#define NOT_THE_DEFAULT "--min-throughput", "0.01", "--with-disabled"

static const char *const odd = "it's a \"worker\" $HOME \\ ;#";

/* The worker is a script with an odd name that writes its words down; hyperfine -N must split them as they were. */
static void hyperfine_splits_a_command_with_odd_paths_as_it_was(void **state)
{
    struct pair_plan p;
    struct runner r;
    struct run_record reference, advised;
    struct command c;
    char error[400], script[PATH_MAX], words[4096] = "";
    (void)state;
    if (!is_there("hyperfine")) {
        print_message("hyperfine is not installed\n");
        skip();
    }
    record_clear(&reference);
    strcpy(reference.allocator, "pymalloc");
    strcpy(reference.collector, "cpython-3.11");
    strcpy(reference.tuning, "700,10,10");
    strcpy(reference.refcount, "plain");
    advised = reference;
    strcpy(advised.tuning, "50000,20,100");
    const char *const label = "chain scale=1 seed=1";
    assert_int_equal(pair_plan_make("{\"workloads\": [\"chain\"]}", &label, 1, "model", &reference, &advised, &p, error,
                                    sizeof error),
                     0);
    runner_init(&r, &p.plan);
    snprintf(r.program[0], sizeof r.program[0], "%s", in_folder(folder, odd));
    snprintf(script, sizeof script, "#!/bin/sh\nfor w in \"$@\"; do echo \"$w\"; done > %s\n",
             in_folder(folder, "words"));
    file_write(r.program[0], script, 0755);
    char *command = hyperfine_command(&r, &p, &p.configurations[p.chosen[0]], error, sizeof error);
    assert_non_null(command);
    command_run(&c, "/usr/bin/env",
                (const char *const[]){"hyperfine", "-N", "--style=none", "--runs=1", command, NULL});
    free(command);
    assert_int_equal(c.status, 0);
    FILE *f = fopen(in_folder(folder, "words"), "r");
    assert_non_null(f);
    words[fread(words, 1, sizeof words - 1, f)] = '\0';
    fclose(f);
    assert_non_null(strstr(words, "workload=chain\n"));
    assert_non_null(strstr(words, "record_fd=1\n"));
    assert_non_null(strstr(words, "configuration=chain scale=1 seed=1 model pymalloc cpython-3.11 700,10,10 plain\n"));
    pair_plan_free(&p);
}

static void hyperfine_times_advice_against_default_and_the_report_shows_it(void **state)
{
    struct command c;
    (void)state;
    if (!is_there("hyperfine")) {
        print_message("hyperfine is not installed\n");
        skip();
    }
    GCSWEEP(&c, "recommend", results, NOT_THE_DEFAULT, "--hyperfine");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "Whole processes, timed by hyperfine"));
    mode_t mask = umask(022); /* what it gives others to read, as all files that stay */
    umask(mask);
    struct stat status;
    assert_int_equal(stat(in_folder(results, "hyperfine.json"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0666 & ~mask);
    GCSWEEP(&c, "report", "--no-pictures", results);
    assert_int_equal(c.status, 0);
    command_run(&c, "/bin/grep", (const char *const[]){"-c", "Whole processes", in_folder(results, "report.md"), NULL});
    assert_int_equal(c.status, 0);
}

/* ---- The real CPython ---- */

static void advice_is_confirmed_in_a_store_of_its_own(void **state)
{
    struct command c;
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0) {
        print_message("built without libpython\n");
        skip();
    }
    GCSWEEP(&c, "recommend", results, NOT_THE_DEFAULT, "--confirm");
    assert_true(c.status == 0 || c.status == 1); /* whether it holds is not ours to say */
    assert_non_null(strstr(c.out, "Tried on the real CPython 3.11"));
    assert_non_null(strstr(c.out, "10 rounds"));
    assert_int_equal(access(in_folder(results, "confirm/results.sqlite"), R_OK), 0);
}

static void a_confirmation_of_other_advice_is_refused_and_stays(void **state)
{
    struct command c, before, after;
    const char *second = in_folder(folder, "second"), *confirm = in_folder(folder, "second/confirm");
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0) {
        print_message("built without libpython\n");
        skip();
    }
    command_run(&c, "/bin/cp", (const char *const[]){"-r", results, second, NULL});
    command_run(&c, "/bin/rm", (const char *const[]){"-rf", confirm, NULL});
    command_run(&c, "/bin/cp", (const char *const[]){"-r", results, confirm, NULL}); /* any other sweep */
    assert_int_equal(c.status, 0);
    const char *store = in_folder(folder, "second/confirm/results.sqlite");
    command_run(&before, "/usr/bin/cksum", (const char *const[]){store, NULL});
    GCSWEEP(&c, "recommend", second, NOT_THE_DEFAULT, "--confirm");
    command_run(&after, "/usr/bin/cksum", (const char *const[]){store, NULL});
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "holds the confirmation of other advice"));
    assert_string_equal(before.out, after.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bad_input_is_one_line_that_says_what_is_allowed),
        cmocka_unit_test(a_folder_without_results_is_refused),
        cmocka_unit_test(a_budget_that_nobody_keeps_is_exit_1_and_names_the_nearest),
        cmocka_unit_test(a_budget_that_all_keep_gives_lines_to_paste),
        cmocka_unit_test(json_is_one_object_with_all_settings),
        cmocka_unit_test(hyperfine_splits_a_command_with_odd_paths_as_it_was),
        cmocka_unit_test(hyperfine_times_advice_against_default_and_the_report_shows_it),
        cmocka_unit_test(advice_is_confirmed_in_a_store_of_its_own),
        cmocka_unit_test(a_confirmation_of_other_advice_is_refused_and_stays),
    };
    return cmocka_run_group_tests(tests, sweep, remove_all);
}
