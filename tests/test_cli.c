/* test_cli.c - the command line: exit statuses, and errors of one line that
 * name what is wrong and what is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/record.h"
#include "harness/cli/cli.h"
#include "tests/command.h"

static char *folder;

static int open_folder(void **state)
{
    (void)state;
    folder = folder_make();
    return folder ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
        if (strcspn(text, "\n") > widest)
            widest = strcspn(text, "\n");
    return widest;
}

/* ---- What can be used ---- */

static void help_fits_a_screen_and_names_every_command(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "--help");
    assert_int_equal(c.status, 0);
    assert_true(line_count(c.out) < 24); /* and the prompt below */
    assert_true(widest_line(c.out) < 80);
    for (unsigned i = 0; i < cli_command_count; i++) {
        struct command help, same;
        assert_non_null(strstr(c.out, cli_commands[i].help));
        GCSWEEP(&help, cli_commands[i].name, "--help");
        assert_int_equal(help.status, 0);
        assert_true(widest_line(help.out) < 80);
        assert_non_null(strstr(help.out, "Usage: gcsweep"));
        assert_non_null(strstr(help.out, "Exit status: 0"));
        GCSWEEP(&same, "help", cli_commands[i].name);
        assert_string_equal(same.out, help.out);
    }
}

static void help_about_an_unknown_command_names_the_known_ones(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "help", "swep");
    assert_int_equal(c.status, 2);
    assert_string_equal(c.out, "");
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "'swep'"));
    assert_non_null(strstr(c.error, "sweep"));
}

static void each_subcommand_has_help_usage_and_version_and_no_hidden_option(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "sweep", "--usage");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "Usage: gcsweep sweep"));
    GCSWEEP(&c, "sweep", "-V");
    assert_int_equal(c.status, 0);
    assert_int_equal(strncmp(c.out, "gcsweep ", 8), 0);
    GCSWEEP(&c, "sweep", "--H"); /* argp's own --HANG would sleep an hour */
    assert_int_equal(c.status, 2);
    assert_string_equal(c.error, "gcsweep sweep: unrecognized option '--H'\n");
}

static void what_is_refused_is_shown_without_what_a_terminal_would_act_on(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "sweep", "--x\x1b[31m");
    assert_int_equal(c.status, 2);
    assert_string_equal(c.error, "gcsweep sweep: '--x?[31m' holds a character that no option has\n");
    GCSWEEP(&c, "sweep", "-\xc3\xa9"); /* getopt would show half of it */
    assert_int_equal(c.status, 2);
    assert_string_equal(c.error, "gcsweep sweep: '-\xc3\xa9' holds a character that no option has\n");
    GCSWEEP(&c, "run", "gcbench", "--tuning", "x\xff");
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "unknown tuning 'x?'"));
    assert_int_equal(line_count(c.error), 1);
}

static void version_is_one_line(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "--version");
    assert_int_equal(c.status, 0);
    assert_int_equal(strncmp(c.out, "gcsweep ", 8), 0);
    assert_int_equal(line_count(c.out), 1);
}

static void every_list_has_its_rows(void **state)
{
    (void)state;
    static const struct {
        const char *what, *rows[6];
    } lists[] = {
        {"workloads", {"linked-list", "graph", "short-lived", "gcbench", "chain", NULL}},
        {"allocators", {"pymalloc-3.9", "system", "jemalloc", "mimalloc", "tcmalloc", NULL}},
        {"collectors", {"cpython-3.11", NULL}},
        {"tunings", {"T0,T1,T2", "disabled", "freeze+", "manual:", NULL}},
        {"runtimes", {"model", "cpython", NULL}},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct command c;
        GCSWEEP(&c, "list", lists[i].what);
        assert_int_equal(c.status, 0);
        for (size_t k = 0; lists[i].rows[k]; k++)
            assert_non_null(strstr(c.out, lists[i].rows[k]));
    }
}

static void a_run_prints_a_table(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "run", "chain", "--scale", "0.01");
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    assert_non_null(strstr(c.out, "chain scale=0.01 seed=1 model pymalloc cpython-3.11 700,10,10 plain"));
    assert_non_null(strstr(c.out, "checksum"));
    assert_non_null(strstr(c.out, "generation 2"));
    assert_string_equal(c.error, "");
}

static void a_run_prints_one_json_record(void **state)
{
    (void)state;
    struct command c;
    struct run_record r;
    char error[1024];
    GCSWEEP(&c, "run", "--format", "json", "chain", "--scale=0.01", "--tuning", "50,3,4", "--seed", "7");
    assert_int_equal(c.status, 0);
    assert_int_equal(line_count(c.out), 1);
    if (record_read(c.out, strlen(c.out), &r, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_string_equal(r.status, "ok");
    assert_string_equal(r.tuning, "50,3,4");
    assert_int_equal(r.seed, 7);
    assert_true(r.gen0_collections > 0);
    assert_true(r.rss_peak_bytes > r.rss_baseline_bytes);
    assert_true(r.version_allocator[0] != '\0');
    record_free(&r);
}

static void a_run_that_is_not_ok_exits_1_and_says_why(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "run", "chain", "--scale", "100", "--tuning", "disabled", "--memory-limit", "30M");
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.out, "out-of-memory"));
    assert_non_null(strstr(c.error, "over the limit"));
    GCSWEEP(&c, "run", "chain", "--scale", "1000", "--timeout", "0.3s");
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.error, "did not end within 300ms"));
}

static void output_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    struct command c;
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line, "exec %s list workloads > /dev/full", built("gcsweep"));
    command_run(&c, "/bin/sh", (const char *const[]){"-c", line, NULL});
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.error, "standard output"));
}

/* ---- What cannot ---- */

/* Exit status 2 and one line that holds `named`. */
static void refused(const char *named, const char *const *words)
{
    struct command c;
    command_run(&c, built("gcsweep"), words);
    if (c.status != 2 || line_count(c.error) != 1 || !strstr(c.error, named) || c.out[0])
        fail_msg("%s %s: exit %d, '%s' instead of '%s'", words[0], words[0] && words[1] ? words[1] : "", c.status,
                 c.error, named);
}

#define REFUSED(named, ...) refused(named, (const char *const[]){__VA_ARGS__, NULL})

static void a_command_that_is_not_there_is_refused_with_those_that_are(void **state)
{
    (void)state;
    refused("run, sweep, ", (const char *const[]){NULL});
    REFUSED("unknown command 'frob'; known: run, sweep, ", "frob");
}

static void a_value_that_is_not_there_is_refused_with_those_that_are(void **state)
{
    (void)state;
    REFUSED("unknown workload 'chian'; known: linked-list, graph", "run", "chian");
    REFUSED("unknown workload 'chian'; known: linked-list, graph", "sweep", "--out", folder, "--workload", "chian");
    REFUSED("jemalloc", "run", "chain", "--allocator", "hoard");
    REFUSED("cpython-3.11", "run", "chain", "--collector", "boehm");
    REFUSED("model, cpython", "run", "chain", "--runtime", "pypy");
    REFUSED("workloads, allocators", "list", "cars");
    REFUSED("workloads, allocators", "list");
    REFUSED("cycle_size", "run", "chain", "--param", "size=1");
}

static void thresholds_that_are_none_are_refused(void **state)
{
    (void)state;
    REFUSED("-1", "run", "chain", "--tuning", "-1,10,10");
    REFUSED("1,2,3,4", "run", "chain", "--tuning", "1,2,3,4");
    REFUSED("2147483648", "run", "chain", "--tuning", "2147483648");
    REFUSED("many", "run", "chain", "--tuning", "many");
    REFUSED("x", "sweep", "--out", folder, "--threshold0", "700,x");
    REFUSED("-5", "sweep", "--out", folder, "--threshold1", "-5");
}

static void numbers_that_are_none_are_refused(void **state)
{
    (void)state;
    REFUSED("'0'", "run", "chain", "--scale", "0");
    REFUSED("'-1'", "run", "chain", "--scale", "-1");
    REFUSED("'nan'", "run", "chain", "--scale", "nan");
    REFUSED("--seed", "run", "chain", "--seed", "x");
    REFUSED("--timeout", "run", "chain", "--timeout", "10");
    REFUSED("--timeout", "run", "chain", "--timeout", "0s");
    REFUSED("--memory-limit", "run", "chain", "--memory-limit", "lots");
    REFUSED("--rounds", "sweep", "--out", folder, "--rounds", "0");
    REFUSED("'10x' is not a duration; such as 5ms, 90s, 10m", "sweep", "--out", folder, "--budget", "10x");
    REFUSED("none of human, json", "run", "chain", "--format", "xml");
}

static void arguments_that_do_not_go_together_are_refused(void **state)
{
    (void)state;
    REFUSED("which workload", "run");
    REFUSED("one workload at a time", "run", "chain", "graph");
    REFUSED("one value for each option", "run", "chain", "--tuning", "1", "--tuning", "2");
    REFUSED("--out DIR", "sweep");
    REFUSED("one of them", "sweep", "--out", folder, "--resume", "--like", folder);
    REFUSED("--allocator cannot be added", "sweep", "--out", folder, "--resume", "--allocator", "system");
    REFUSED("--workload chain", "sweep", "--out", folder, "chain");
    REFUSED("cpython-3.11", "run", "chain", "--runtime", "cpython", "--collector", "boehm");
    REFUSED("pymalloc only", "run", "chain", "--runtime", "cpython", "--allocator", "pymalloc-3.9");
}

static void a_library_that_is_none_is_refused(void **state)
{
    (void)state;
    const char *text = in_folder(folder, "text.so");
    file_write(text, "not a library\n", 0644);
    REFUSED("text.so", "run", "chain", "--allocator", text);
    REFUSED("nothing.so", "run", "chain", "--allocator", "/nowhere/nothing.so");
    REFUSED("malloc", "run", "chain", "--allocator", built("tests/data/no_malloc.so"));
}

static void a_folder_that_cannot_be_written_is_refused(void **state)
{
    (void)state;
    const char *file = in_folder(folder, "file");
    file_write(file, "", 0644);
    REFUSED("Not a directory", "sweep", "--workload", "chain", "--out", in_folder(folder, "file/below"));
    REFUSED(file, "sweep", "--workload", "chain", "--out", file);
    REFUSED("/proc/nowhere", "sweep", "--workload", "chain", "--out", "/proc/nowhere");
}

static void a_results_file_that_is_none_is_refused(void **state)
{
    (void)state;
    REFUSED("holds no results", "report", folder);
    REFUSED("holds no results", "sweep", "--resume", "--out", folder);
    REFUSED("holds no results", "sweep", "--like", folder, "--out", in_folder(folder, "new"));
    file_write(in_folder(folder, "results.sqlite"), "This is a text, and a text is no results file at all.\n", 0644);
    REFUSED("not a results file", "report", folder);
    REFUSED("not a results file", "sweep", "--resume", "--out", folder);
}

static void a_plan_file_that_is_none_is_refused(void **state)
{
    (void)state;
    const char *file = in_folder(folder, "plan.json"), *out = in_folder(folder, "out");
    REFUSED("plan.json", "sweep", "--out", out, "--plan", file);
    file_write(file, "{\"rounds\": }", 0644);
    REFUSED("line 1", "sweep", "--out", out, "--plan", file);
    file_write(file, "{\"round\": 3}", 0644);
    REFUSED("unknown key \"round\"", "sweep", "--out", out, "--plan", file);
}

static void escape_sequences_in_arguments_do_not_reach_the_terminal(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "run", "\x1b[2Jchain\n\n");
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    assert_null(strchr(c.error, '\x1b'));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_fits_a_screen_and_names_every_command),
        cmocka_unit_test(help_about_an_unknown_command_names_the_known_ones),
        cmocka_unit_test(each_subcommand_has_help_usage_and_version_and_no_hidden_option),
        cmocka_unit_test(what_is_refused_is_shown_without_what_a_terminal_would_act_on),
        cmocka_unit_test(version_is_one_line),
        cmocka_unit_test(every_list_has_its_rows),
        cmocka_unit_test(a_run_prints_a_table),
        cmocka_unit_test(a_run_prints_one_json_record),
        cmocka_unit_test(a_run_that_is_not_ok_exits_1_and_says_why),
        cmocka_unit_test(output_that_cannot_be_written_is_an_error),
        cmocka_unit_test(a_command_that_is_not_there_is_refused_with_those_that_are),
        TEST(a_value_that_is_not_there_is_refused_with_those_that_are),
        TEST(thresholds_that_are_none_are_refused),
        TEST(numbers_that_are_none_are_refused),
        TEST(arguments_that_do_not_go_together_are_refused),
        TEST(a_library_that_is_none_is_refused),
        TEST(a_folder_that_cannot_be_written_is_refused),
        TEST(a_results_file_that_is_none_is_refused),
        TEST(a_plan_file_that_is_none_is_refused),
        cmocka_unit_test(escape_sequences_in_arguments_do_not_reach_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
