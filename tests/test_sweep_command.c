/* test_sweep_command.c - whole sweeps through the program: resuming, interrupts, kills, and runs that crash or hang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/store.h"
#include "harness/sweep/host.h"
#include "tests/command.h"
#include "tests/stopped_sweep.h"

static char error[1024];

#define TINY "--workload", "chain", "--param", "total_objects=2000", "--param", "live_objects=200"

static int open_folder(void **state)
{
    *state = folder_make();
    return *state ? 0 : -1;
}

static int drop_folder(void **state)
{
    folder_remove(*state);
    return 0;
}

static void load(const char *folder, struct result_set *out)
{
    if (store_load(folder, out, error, sizeof error) != 0)
        fail_msg("%s", error);
}

static void a_tiny_sweep_ends_in_results(void **state)
{
    struct command c;
    const char *out = in_folder(*state, "deep/er");
    GCSWEEP(&c, "sweep", "--out", out, TINY, "--threshold0", "700,2000", "--rounds", "3");
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    assert_int_equal(line_count(c.error), 1);
    assert_string_equal(c.out, "");
    struct result_set results;
    load(out, &results);
    assert_int_equal(results.run_count, 3 * 3);
    for (size_t i = 0; i < results.run_count; i++) {
        assert_string_equal(results.runs[i].status, "ok");
        assert_true(results.runs[i].checksum == results.runs[0].checksum);
        assert_true(results.runs[i].rss_peak_bytes != RECORD_UNKNOWN);
    }
    assert_non_null(strstr(results.environment, "\"kernel\""));
    assert_non_null(strstr(find_result_fact(&results, "command"), "--threshold0 700,2000"));
    result_set_free(&results);

    const char *again = in_folder(*state, "again");
    GCSWEEP(&c, "sweep", "--like", out, "--out", again, "--rounds", "1");
    assert_int_equal(c.status, 0);
    load(again, &results);
    assert_int_equal(results.run_count, 3);
    result_set_free(&results);
    GCSWEEP(&c, "sweep", "--out", again, TINY);
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "--resume"));
}

/* Its text is kept with the results; a changed one is another program. */
static void a_heap_script_that_changed_is_not_resumed(void **state)
{
    struct command c;
    char workload[PATH_MAX];
    const char *out = in_folder(*state, "out"), *script = in_folder(*state, "x.heap");
    snprintf(workload, sizeof workload, "script:%s", script);
    file_write(script, "repeat 10\n  x = list 3\nend\n", 0644);
    GCSWEEP(&c, "sweep", "--out", out, "--workload", workload, "--rounds", "1");
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    GCSWEEP(&c, "sweep", "--out", out, "--resume", "--rounds", "2");
    assert_int_equal(c.status, 0);
    file_write(script, "repeat 11\n  x = list 3\nend\n", 0644);
    GCSWEEP(&c, "sweep", "--out", out, "--resume", "--rounds", "3");
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "x.heap has changed since"));
    GCSWEEP(&c, "sweep", "--like", out, "--out", in_folder(*state, "again"));
    assert_int_equal(c.status, 2);
}

static void options_of_a_new_sweep_and_of_a_resumed_one_are_told_apart(void **state)
{
    static const char *const bad[][3] = {
        {"--retry-failed", NULL, "--retry-failed goes with --resume"},
        {"--precision", "2", "--precision: '2' is not a percentage"},
        {"--precision", "0%", "--precision: must be more than 0%"},
        {"--shard", "5/4", "a shard is K/N such as 2/4"},
    };
    struct command c;
    const char *out = in_folder(*state, "out");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        GCSWEEP(&c, "sweep", "--out", out, TINY, bad[i][0], bad[i][1]);
        assert_int_equal(c.status, 2);
        assert_int_equal(line_count(c.error), 1);
        assert_non_null(strstr(c.error, bad[i][2]));
        assert_false(store_exists(out));
    }
    GCSWEEP(&c, "sweep", "--out", out, TINY, "--rounds", "1");
    assert_int_equal(c.status, 0);
    GCSWEEP(&c, "sweep", "--out", out, "--resume", "--shard", "1/2");
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "--shard would change it"));
}

/* A sweep of 30 rounds, stopped with some of its 90 runs. */
static struct started start_sweep(const char *out)
{
    return start_and_stop(
        (const char *const[]){"sweep", "--out", out, TINY, "--threshold0", "700,2000", "--rounds", "30", NULL}, out, 5,
        90);
}

/* Resumed, `out` has every run of the 90 once. */
static void resumes_to_the_end(const char *out)
{
    struct command c;
    GCSWEEP(&c, "sweep", "--resume", "--out", out);
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    struct result_set results;
    load(out, &results);
    assert_int_equal(results.run_count, 90);
    for (size_t i = 0; i < results.run_count; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(results.runs[i].round == results.runs[k].round &&
                         results.runs[i].twin == results.runs[k].twin &&
                         strcmp(results.runs[i].configuration, results.runs[k].configuration) == 0);
    result_set_free(&results);
}

static void a_sweep_killed_by_signal_9_goes_on_with_none_twice(void **state)
{
    struct command c;
    struct started s = start_sweep(*state);
    kill(s.pid, SIGKILL);
    command_await(&s, &c);
    assert_int_equal(c.status, 128 + SIGKILL);
    assert_in_range(count_runs(*state), 5, 89);
    resumes_to_the_end(*state);
}

static void ctrl_c_keeps_the_results_and_names_the_resume_command(void **state)
{
    struct command c;
    char wanted[PATH_MAX];
    struct started s = start_sweep(*state);
    kill(s.pid, SIGINT);
    kill(s.pid, SIGCONT);
    command_await(&s, &c);
    assert_int_equal(c.status, 3);
    snprintf(wanted, sizeof wanted, "sweep --resume --out %s\n", (const char *)*state);
    assert_non_null(strstr(c.error, wanted));
    assert_in_range(count_runs(*state), 5, 89);
    resumes_to_the_end(*state);
}

/* The first child of a process, 0 while there is none. */
static pid_t child_of(pid_t parent)
{
    char path[64], line[64];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
    host_read_line(path, line, sizeof line);
    return (pid_t)atol(line);
}

static void a_worker_dies_with_the_harness(void **state)
{
    (void)state;
    struct command c;
    char path[64], status[64] = "running";
    struct started s = command_start(built("gcsweep"), (const char *const[]){"run", "chain", "--scale", "1000", NULL});
    pid_t worker = 0;
    for (int i = 0; i < 1000 && worker == 0; i++) {
        usleep(10000);
        worker = child_of(s.pid);
    }
    assert_true(worker > 1);
    kill(s.pid, SIGKILL);
    command_await(&s, &c);
    for (int i = 0; i < 1000 && status[0] && status[0] != 'Z'; i++) {
        snprintf(path, sizeof path, "/proc/%ld/status", (long)worker);
        host_read_key(path, "State", status, sizeof status);
        usleep(10000);
    }
    if (status[0] && status[0] != 'Z') {
        kill(worker, SIGKILL);
        fail_msg("the worker outlived the harness: %s", status);
    }
}

static void two_sweeps_do_not_share_a_folder(void **state)
{
    struct command c;
    struct started s = start_sweep(*state);
    GCSWEEP(&c, "sweep", "--resume", "--out",
            *state); /* stopped, that one holds the folder for longer than this waits */
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "locked by another process"));
    kill(s.pid, SIGTERM);
    kill(s.pid, SIGCONT);
    command_await(&s, &c);
    assert_int_equal(c.status, 3);
}

/* Three workers that end badly are three kinds of rows, and the sweep goes on. */
static void a_crash_a_hang_and_too_much_memory_are_rows(void **state)
{
#ifdef GCSWEEP_SANITIZED
    (void)state;
    skip();
#else
    struct command c;
    GCSWEEP(&c, "sweep", "--out", *state, "--workload", "chain", "--scale", "0.2", "--rounds", "1", "--timeout", "3s",
            "--allocator", "system", "--allocator", built("tests/data/crash_malloc.so"), "--allocator",
            built("tests/data/hang_malloc.so"));
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    struct result_set results;
    size_t ok = 0, crashed = 0, hung = 0;
    load(*state, &results);
    for (size_t i = 0; i < results.run_count; i++) {
        const struct run_record *r = &results.runs[i];
        ok += strcmp(r->status, "ok") == 0;
        crashed += strcmp(r->status, "crashed") == 0 && strstr(r->message, "signal 6 (Aborted)");
        hung += strcmp(r->status, "timeout") == 0 && strcmp(r->message, "did not end within 3s") == 0;
    }
    assert_int_equal(results.run_count, 4);
    assert_int_equal(ok, 2);
    assert_int_equal(crashed, 1);
    assert_int_equal(hung, 1);
    result_set_free(&results);
#endif
}

static void a_workload_over_the_memory_limit_is_a_row(void **state)
{
    struct command c;
    GCSWEEP(&c, "sweep", "--out", *state, "--workload", "chain", "--scale", "100", "--tuning", "disabled", "--rounds",
            "1", "--memory-limit", "30M");
    assert_int_equal(c.status, 0);
    struct result_set results;
    load(*state, &results);
    assert_int_equal(results.run_count, 2);
    for (size_t i = 0; i < results.run_count; i++) {
        assert_string_equal(results.runs[i].status, "out-of-memory");
        assert_true(results.runs[i].rss_peak_is_sample);
    }
    result_set_free(&results);
}

/* The same program: the same blocks, in arenas of a quarter of the size. */
static void the_pools_of_python_3_9_are_a_row_beside_those_of_3_11(void **state)
{
    struct command c;
    GCSWEEP(&c, "sweep", "--out", *state, "--workload", "chain", "--scale", "0.05", "--allocator", "pymalloc",
            "--allocator", "pymalloc-3.9", "--rounds", "1");
    assert_int_equal(c.status, 0);
    struct result_set results;
    load(*state, &results);
    assert_int_equal(results.run_count, 3);
    const struct run_record *now = NULL, *before = NULL;
    for (size_t i = 0; i < results.run_count; i++) {
        assert_string_equal(results.runs[i].status, "ok");
        *(strcmp(results.runs[i].allocator, "pymalloc-3.9") == 0 ? &before : &now) = &results.runs[i];
    }
    assert_non_null(before);
    assert_int_equal(before->checksum, now->checksum);
    assert_int_equal(before->pool_bytes_in_blocks, now->pool_bytes_in_blocks);
    assert_true(before->pool_arenas_highwater > now->pool_arenas_highwater);
    assert_true(before->pool_pools_used > now->pool_pools_used);
    result_set_free(&results);
}

#define WHOLE(f) cmocka_unit_test_setup_teardown(f, open_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHOLE(a_tiny_sweep_ends_in_results),
        WHOLE(a_heap_script_that_changed_is_not_resumed),
        WHOLE(options_of_a_new_sweep_and_of_a_resumed_one_are_told_apart),
        WHOLE(a_sweep_killed_by_signal_9_goes_on_with_none_twice),
        WHOLE(ctrl_c_keeps_the_results_and_names_the_resume_command),
        cmocka_unit_test(a_worker_dies_with_the_harness),
        WHOLE(two_sweeps_do_not_share_a_folder),
        WHOLE(a_crash_a_hang_and_too_much_memory_are_rows),
        WHOLE(a_workload_over_the_memory_limit_is_a_row),
        WHOLE(the_pools_of_python_3_9_are_a_row_beside_those_of_3_11),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
