/* test_script_command.c - gcsweep script, and heap scripts as workloads, as they are typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/command.h"

static struct command c;
static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = folder_make();
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static const char *script(const char *name, const char *text)
{
    const char *path = in_folder(folder, name);
    file_write(path, text, 0644);
    return path;
}

static bool has_cpython(void)
{
    return access(built("gcsweep-worker-cpython"), X_OK) == 0;
}

static void assert_refused(const char *named)
{
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    if (strncmp(c.error, "gcsweep", 7) != 0 || !strstr(c.error, named))
        fail_msg("'%s' is not named in: %s", named, c.error);
}

/* What `name` says, in one line `NAME VALUE` of a run's table. */
static void assert_row(const char *name, const char *value)
{
    for (const char *line = c.out; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, name, strlen(name)) == 0) {
            const char *cell = line + strlen(name);
            cell += strspn(cell, " ");
            if (strncmp(cell, value, strlen(value)) != 0)
                fail_msg("%s is not '%s': %s", name, value, cell);
            return;
        }
    fail_msg("no row '%s' in: %s%s", name, c.out, c.error);
}

/* ---- gcsweep script ---- */

static const char lesson[] = "# a cycle\n"
                             "x = object\n"
                             "x.me = x\n"
                             "finalizer x \"x\"\n"
                             "w = weakref x \"w\"\n"
                             "del x\n"
                             "print gc.count\n"
                             "print gc.collect\n"
                             "print alive w\n"
                             "print gc.stats\n"
                             "print blocks\n";

static const char lesson_output[] = "gc.count: (2, 0, 0)\n"
                                    "callback w\n"
                                    "finalize x\n"
                                    "gc.collect: 1\n"
                                    "alive w: False\n"
                                    "gc.stats: [{'collections': 0, 'collected': 0, 'uncollectable': 0}, "
                                    "{'collections': 0, 'collected': 0, 'uncollectable': 0}, "
                                    "{'collections': 1, 'collected': 1, 'uncollectable': 0}]\n"
                                    "blocks: 1\n";

static void a_script_prints_the_same_on_both_runtimes(void **state)
{
    (void)state;
    const char *path = script("lesson.heap", lesson);
    GCSWEEP(&c, "script", path);
    assert_string_equal(c.error, "");
    assert_int_equal(c.status, 0);
    assert_string_equal(c.out, lesson_output);
    GCSWEEP(&c, "script", path, "--runtime", "model");
    assert_string_equal(c.out, lesson_output);
    if (!has_cpython())
        return;
    GCSWEEP(&c, "script", "--runtime=cpython", path);
    assert_string_equal(c.error, "");
    assert_int_equal(c.status, 0);
    assert_string_equal(c.out, lesson_output);
}

static void a_script_comes_from_standard_input_too(void **state)
{
    (void)state;
    char line[4 * PATH_MAX];
    const char *path = script("stdin.heap", "print \"read\"\nx = y\n");
    snprintf(line, sizeof line, "'%s' script - < '%s'", built("gcsweep"), path);
    command_run(&c, "/bin/sh", (const char *const[]){"-c", line, NULL});
    assert_string_equal(c.out, "read\n");
    assert_refused("<stdin>:2:5: 'y' holds nothing here");
}

static void what_cannot_be_read_is_refused_in_one_line(void **state)
{
    (void)state;
    GCSWEEP(&c, "script", in_folder(folder, "missing.heap"));
    assert_refused("missing.heap: No such file or directory");
    GCSWEEP(&c, "script", folder);
    assert_refused(": Is a directory");
    GCSWEEP(&c, "script", in_folder(folder, "line\nfeed.heap"));
    assert_refused("line?feed.heap: No such file or directory");
    GCSWEEP(&c, "script");
    assert_refused("which script?");
    GCSWEEP(&c, "script", "a", "b");
    assert_refused("'b' is a second one");
    GCSWEEP(&c, "script", "--runtime", "pypy", "a");
    assert_refused("unknown runtime 'pypy'; known: model, cpython");
    GCSWEEP(&c, "script", "--timeout", "soon", "a");
    assert_refused("--timeout: 'soon' is not a duration");
    if (geteuid() != 0) {
        const char *path = script("secret.heap", "");
        chmod(path, 0);
        GCSWEEP(&c, "script", path);
        assert_refused("Permission denied");
    }
}

static void a_script_that_is_too_large_is_refused(void **state)
{
    (void)state;
    const char *path = script("large.heap", "");
    assert_int_equal(truncate(path, (64 << 20) + 1), 0);
    GCSWEEP(&c, "script", path);
    assert_refused("larger than the 64 MiB");
}

static void parse_errors_and_errors_of_the_run_name_file_line_and_column(void **state)
{
    (void)state;
    GCSWEEP(&c, "script", script("parse.heap", "x = list 1\n  fro\n"));
    assert_refused("parse.heap:2:3: ");
    assert_string_equal(c.out, "");
    GCSWEEP(&c, "script", script("run.heap", "x = list 1\nprint len x\ny = x[1]\nprint len x\n"));
    assert_refused("run.heap:3:7: index 1 is out of range");
    assert_string_equal(c.out, "len x: 1\n");
    if (!has_cpython())
        return;
    GCSWEEP(&c, "script", in_folder(folder, "run.heap"), "--runtime", "cpython");
    assert_refused("run.heap:3:7: index 1 is out of range");
    assert_string_equal(c.out, "len x: 1\n");
}

static void a_runtime_that_is_not_there_is_named(void **state)
{
    (void)state;
    char *alone = folder_make();
    command_run(&c, "/bin/cp", (const char *const[]){built("gcsweep"), alone, NULL});
    command_run(&c, in_folder(alone, "gcsweep"),
                (const char *const[]){"script", "x.heap", "--runtime", "cpython", NULL});
    folder_remove(alone);
    assert_refused("runtime cpython: gcsweep-worker-cpython is not there; install the package python3-dev");
}

static void a_script_over_a_limit_ends_with_1(void **state)
{
    (void)state;
    const char *endless = script("endless.heap", "print \"begun\"\nrepeat 1000000000\na = None\nend\n");
    GCSWEEP(&c, "script", endless, "--timeout", "2s");
    assert_int_equal(c.status, 1);
    assert_string_equal(c.out, "begun\n");
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "did not end within 2s"));

    const char *large = script("large.heap", "l = list 0\nrepeat 100000000\na = bytes 10000\nappend l a\nend\n");
    GCSWEEP(&c, "script", large, "--memory-limit", "100M");
    assert_int_equal(c.status, 1);
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "over the limit of 100.0 MiB"));
}

static void out_of_memory_names_the_statement(void **state)
{
    (void)state;
#ifdef GCSWEEP_SANITIZED
    skip();
#endif
    const char *path = script("memory.heap", "print \"begun\"\n\nx = list 1000000000000\n");
    GCSWEEP(&c, "script", path);
    assert_int_equal(c.status, 1);
    assert_string_equal(c.out, "begun\n");
    assert_non_null(strstr(c.error, "memory.heap:3:1: out of memory\n"));
}

static void many_lines_are_all_printed(void **state)
{
    (void)state;
    char line[4 * PATH_MAX];
    const char *path = script("many.heap", "repeat 300000\nprint \"line {i}\"\nend\n");
    snprintf(line, sizeof line, "'%s' script '%s' | sha256sum; seq -f 'line %%.0f' 0 299999 | sha256sum",
             built("gcsweep"), path);
    command_run(&c, "/bin/sh", (const char *const[]){"-c", line, NULL});
    assert_int_equal(line_count(c.out), 2);
    assert_memory_equal(c.out, strchr(c.out, '\n') + 1, 64);
}

static void a_reader_that_goes_away_ends_it_quietly(void **state)
{
    (void)state;
    char line[4 * PATH_MAX];
    const char *path = script("long.heap", "repeat 1000000000\nprint \"line {i}\"\nend\n");
    snprintf(line, sizeof line, "'%s' script '%s' | head -n 2", built("gcsweep"), path);
    command_run(&c, "/bin/sh", (const char *const[]){"-c", line, NULL});
    assert_string_equal(c.out, "line 0\nline 1\n");
    assert_string_equal(c.error, "");
}

static void lines_that_cannot_be_written_are_an_error(void **state)
{
    (void)state;
    char line[4 * PATH_MAX];
    if (access("/dev/full", W_OK) != 0)
        skip();
    snprintf(line, sizeof line, "'%s' script '%s' > /dev/full", built("gcsweep"), script("full.heap", lesson));
    command_run(&c, "/bin/sh", (const char *const[]){"-c", line, NULL});
    assert_int_equal(c.status, 1);
    assert_string_equal(c.error, "gcsweep: standard output: No space left on device\n");
}

static void an_interrupt_ends_it(void **state)
{
    (void)state;
    const char *path = script("endless.heap", "print \"begun\"\nrepeat 1000000000\na = None\nend\n");
    struct started s = command_start(built("gcsweep"), (const char *const[]){"script", path, NULL});
    for (int i = 0; i < 500 && lseek(s.out, 0, SEEK_END) == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    kill(s.pid, SIGINT);
    command_await(&s, &c);
    assert_int_equal(c.status, 3);
    assert_string_equal(c.out, "begun\n");
    assert_string_equal(c.error, "gcsweep: interrupted\n");
}

/* ---- As a workload ---- */

static const char busy[] = "repeat 3000\n"
                           "a = object\n"
                           "b = list 1\n"
                           "a.peer = b\n"
                           "b[0] = a\n"
                           "finalizer a \"{i}\"\n"
                           "s = str \"text {i}\"\n"
                           "t = tuple a s\n"
                           "print len t\n"
                           "print sizeof b\n"
                           "end\n";

static const char *as_workload(const char *path)
{
    static char name[2 * PATH_MAX];
    snprintf(name, sizeof name, "script:%s", path);
    return name;
}

static void a_script_runs_as_a_workload(void **state)
{
    (void)state;
    const char *workload = as_workload(script("busy.heap", busy));
    GCSWEEP(&c, "run", workload);
    assert_int_equal(c.status, 0);
    assert_row("status", "ok");
    assert_row("requests", "3000");
    assert_row("configuration", workload);
}

static void a_script_that_fails_fails_as_a_run(void **state)
{
    (void)state;
    GCSWEEP(&c, "run", as_workload(script("wrong.heap", "x = list 1\nprint len y\n")));
    assert_int_equal(c.status, 1);
    assert_row("status", "failed");
    assert_non_null(strstr(c.error, "wrong.heap:2:11: 'y' holds nothing here"));
}

static void a_plan_refuses_a_script_that_cannot_be_run(void **state)
{
    (void)state;
    GCSWEEP(&c, "run", as_workload(script("parse.heap", "x = list 1\n  fro\n")));
    assert_refused("parse.heap:2:3: ");
    GCSWEEP(&c, "sweep", "--workload", as_workload(in_folder(folder, "parse.heap")), "--out",
            in_folder(folder, "refused"));
    assert_refused("parse.heap:2:3: ");
    assert_int_not_equal(access(in_folder(folder, "refused"), F_OK), 0);
    GCSWEEP(&c, "verify", as_workload(in_folder(folder, "missing.heap")));
    assert_refused("missing.heap: No such file or directory");
    GCSWEEP(&c, "run", "script:");
    assert_refused("which heap script? script:FILE names it");
    GCSWEEP(&c, "run", "script:-");
    assert_refused("takes a file");
    GCSWEEP(&c, "run", "skript:x");
    assert_refused("linked-list");
    assert_refused("script:FILE");
    GCSWEEP(&c, "run", as_workload(script("busy.heap", busy)), "--scale", "0.5");
    assert_refused("busy.heap: a heap script has no scale but 1");
    GCSWEEP(&c, "run", as_workload(in_folder(folder, "busy.heap")), "--param", "x=1");
    assert_refused("no workload of this plan has a parameter 'x'");
}

static void a_script_is_swept_with_one_checksum_on_all_runtimes_and_tunings(void **state)
{
    (void)state;
    char out[PATH_MAX];
    snprintf(out, sizeof out, "%s", in_folder(folder, "swept"));
    const char *runtime = has_cpython() ? "cpython" : "model";
    script("a b:c,d=e.heap", busy);
    GCSWEEP(&c, "sweep", "--workload", as_workload(in_folder(folder, "a b:c,d=e.heap")), "--workload", "chain",
            "--param", "total_objects=10000", "--runtime", "model", "--runtime", runtime, "--tuning", "50,3,4", "--tuning",
            "disabled", "--tuning", "manual:100", "--tuning", "freeze+700,10,10", "--rounds", "2", "--out", out);
    assert_string_equal(strstr(c.error, "failed") ? c.error : "", "");
    assert_int_equal(c.status, 0);
    GCSWEEP(&c, "report", out);
    assert_int_equal(c.status, 0);
    assert_null(strstr(c.out, "checksum"));
    assert_null(strstr(c.out, "disagree"));

    /* The same plan again needs the file, and goes on without a word when it is there. */
    GCSWEEP(&c, "sweep", "--resume", "--out", out);
    assert_int_equal(c.status, 0);
    GCSWEEP(&c, "sweep", "--like", out, "--rounds", "1", "--out", in_folder(folder, "again"));
    assert_int_equal(c.status, 0);
    unlink(in_folder(folder, "a b:c,d=e.heap"));
    GCSWEEP(&c, "sweep", "--like", out, "--out", in_folder(folder, "gone"));
    assert_refused("a b:c,d=e.heap: No such file or directory");
    GCSWEEP(&c, "report", out);
    assert_int_equal(c.status, 0);
}

static void a_plan_file_names_scripts_too(void **state)
{
    (void)state;
    char plan[4 * PATH_MAX];
    const char *workload = as_workload(script("busy.heap", busy));
    snprintf(plan, sizeof plan, "{\"rounds\": 1, \"workloads\": [{\"name\": \"%s\"}]}", workload);
    GCSWEEP(&c, "sweep", "--plan", script("plan.json", plan), "--out", in_folder(folder, "planned"));
    assert_int_equal(c.status, 0);
    snprintf(plan, sizeof plan, "{\"rounds\": 1, \"workloads\": [{\"name\": \"%s\", \"scale\": 2}]}", workload);
    GCSWEEP(&c, "sweep", "--plan", script("plan.json", plan), "--out", in_folder(folder, "planned2"));
    assert_refused("a heap script has no scale but 1");
}

static void verify_compares_a_script_on_both_runtimes(void **state)
{
    (void)state;
    if (!has_cpython())
        skip();
    GCSWEEP(&c, "verify", as_workload(script("busy.heap", busy)));
    if (c.status != 0)
        print_error("%s%s", c.out, c.error);
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "7 of 7 rows equal"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_prints_the_same_on_both_runtimes),
        cmocka_unit_test(a_script_comes_from_standard_input_too),
        cmocka_unit_test(what_cannot_be_read_is_refused_in_one_line),
        cmocka_unit_test(a_script_that_is_too_large_is_refused),
        cmocka_unit_test(parse_errors_and_errors_of_the_run_name_file_line_and_column),
        cmocka_unit_test(a_runtime_that_is_not_there_is_named),
        cmocka_unit_test(a_script_over_a_limit_ends_with_1),
        cmocka_unit_test(out_of_memory_names_the_statement),
        cmocka_unit_test(many_lines_are_all_printed),
        cmocka_unit_test(a_reader_that_goes_away_ends_it_quietly),
        cmocka_unit_test(lines_that_cannot_be_written_are_an_error),
        cmocka_unit_test(an_interrupt_ends_it),
        cmocka_unit_test(a_script_runs_as_a_workload),
        cmocka_unit_test(a_script_that_fails_fails_as_a_run),
        cmocka_unit_test(a_plan_refuses_a_script_that_cannot_be_run),
        cmocka_unit_test(a_script_is_swept_with_one_checksum_on_all_runtimes_and_tunings),
        cmocka_unit_test(a_plan_file_names_scripts_too),
        cmocka_unit_test(verify_compares_a_script_on_both_runtimes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
