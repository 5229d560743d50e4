/* test_sweep.c - rounds, resuming, budgets and interrupts, with a shell script
 * as the worker; then whole sweeps through the program itself. */
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
#include "harness/sweep/progress.h"
#include "harness/sweep/sweep.h"
#include "tests/command.h"

static char error[1024];

struct bench {
    char *folder;
    struct plan plan;
    struct runner runner;
    struct store *store;
};

static void use_script(struct bench *b, const char *script)
{
    char text[4096];
    const char *path = in_folder(b->folder, "worker");
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    file_write(path, text, 0755);
    snprintf(b->runner.program[0], sizeof b->runner.program[0], "%s", path);
}

#define GOOD "echo '{\"schema\":1,\"status\":\"ok\",\"wall_ns\":1000}' >&3"

/* chain with three tunings: four runs a round, the twin included; two rounds. */
static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    *state = b;
    b->folder = folder_make();
    plan_init(&b->plan);
    b->plan.rounds = 2;
    b->plan.memory_bytes = 0;
    if (plan_add_workload(&b->plan, "chain", error, sizeof error) != 0 ||
        plan_add_thresholds(&b->plan, (const char *const[]){"700,2000,5000", NULL, NULL}, error, sizeof error) != 0 ||
        plan_finish(&b->plan, error, sizeof error) != 0)
        return -1;
    runner_init(&b->runner, &b->plan);
    use_script(b, GOOD);
    return store_create(b->folder, "{}", "{}", &b->store, error, sizeof error);
}

static void close_store(struct bench *b)
{
    if (b->store && store_close(b->store, error, sizeof error) != 0)
        fail_msg("%s", error);
    b->store = NULL;
}

static int drop_bench(void **state)
{
    struct bench *b = *state;
    close_store(b);
    folder_remove(b->folder);
    plan_free(&b->plan);
    free(b);
    return 0;
}

static struct sweep_result sweep(struct bench *b)
{
    struct sweep_result result;
    if (sweep_run(&b->plan, &b->runner, b->store, &result, error, sizeof error) != 0)
        fail_msg("%s", error);
    return result;
}

/* Each (configuration, round, twin) once, `rounds` whole rounds of four. */
static void holds_whole_rounds(struct bench *b, unsigned rounds)
{
    struct result_set results;
    close_store(b);
    if (store_load(b->folder, &results, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(results.run_count, 4 * rounds);
    for (size_t i = 0; i < results.run_count; i++) {
        const struct run_record *r = &results.runs[i];
        assert_true(r->round < rounds);
        for (size_t k = 0; k < i; k++)
            assert_false(results.runs[k].round == r->round && results.runs[k].twin == r->twin &&
                         strcmp(results.runs[k].configuration, r->configuration) == 0);
    }
    result_set_free(&results);
}

static void a_sweep_runs_every_round_whole(void **state)
{
    struct bench *b = *state;
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_DONE);
    assert_int_equal(result.runs, 8);
    assert_int_equal(result.failed, 0);
    assert_int_equal(result.rounds_done, 2);
    assert_true(result.workers_ns > 0 && result.workers_ns <= result.sweep_ns);
    holds_whole_rounds(b, 2);
}

static void rounds_follow_one_another_in_the_store(void **state)
{
    struct bench *b = *state;
    struct result_set results;
    sweep(b);
    close_store(b);
    assert_int_equal(store_load(b->folder, &results, error, sizeof error), 0);
    for (size_t i = 0; i < results.run_count; i++)
        assert_int_equal(results.runs[i].round, i / 4);
    assert_string_equal(find_result_fact(&results, "stopped"), "done");
    assert_string_equal(find_result_fact(&results, "rounds_done"), "2");
    assert_non_null(find_result_fact(&results, "sweep_ns"));
    assert_non_null(find_result_fact(&results, "workers_ns"));
    assert_non_null(find_result_fact(&results, "harness_share"));
    result_set_free(&results);
}

static void a_second_sweep_finds_everything_done(void **state)
{
    struct bench *b = *state;
    sweep(b);
    struct sweep_result result = sweep(b);
    assert_int_equal(result.runs, 0);
    assert_int_equal(result.found, 8);
    assert_int_equal(result.rounds_done, 2);
    b->plan.rounds = 3;
    result = sweep(b);
    assert_int_equal(result.runs, 4);
    holds_whole_rounds(b, 3);
}

static volatile sig_atomic_t stop_flag;

/* The worker itself sends the signal that interrupts the sweep, in its third run. */
static void note(int signal_number)
{
    stop_flag = signal_number;
}

static void an_interrupted_sweep_keeps_whole_runs_and_goes_on(void **state)
{
    struct bench *b = *state;
    char script[600];
    signal(SIGUSR1, note);
    stop_flag = 0;
    b->runner.interrupted = &stop_flag;
    snprintf(script, sizeof script, "echo x >> %s; [ $(wc -l < %s) = 3 ] && kill -USR1 %ld && sleep 100; " GOOD,
             in_folder(b->folder, "count"), in_folder(b->folder, "count"), (long)getpid());
    use_script(b, script);
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_INTERRUPTED);
    assert_int_equal(result.runs, 2);
    stop_flag = 0;
    result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_DONE);
    assert_int_equal(result.found, 2);
    assert_int_equal(result.runs, 6);
    holds_whole_rounds(b, 2);
}

static void a_budget_ends_before_a_round_that_would_not_fit(void **state)
{
    struct bench *b = *state;
    use_script(b, "sleep 0.05; " GOOD);
    b->plan.rounds = 1000;
    b->plan.budget_ns = 1; /* the first round is run always */
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_BUDGET);
    assert_int_equal(result.rounds_done, 1);
    holds_whole_rounds(b, 1);
}

static void failed_runs_are_rows_and_the_sweep_goes_on(void **state)
{
    struct bench *b = *state;
    use_script(b, "for word; do [ \"$word\" = tuning=2000,10,10 ] && kill -SEGV $$; done; " GOOD);
    struct sweep_result result = sweep(b);
    assert_int_equal(result.runs, 8);
    assert_int_equal(result.failed, 2);
    holds_whole_rounds(b, 2);
}

/* A search runs some configurations, then others, into one store. */
static void any_configurations_are_run_for_any_rounds(void **state)
{
    struct bench *b = *state;
    struct sweep *w;
    struct sweep_result result;
    enum sweep_stop stopped;
    size_t count, first[] = {0, 2}, second[] = {2};
    assert_int_equal(sweep_open(&b->plan, &b->runner, b->store, &w, error, sizeof error), 0);
    const struct plan_configuration *list = sweep_configurations(w, &count);
    assert_int_equal(count, 4);
    assert_true(list[1].twin);
    assert_int_equal(sweep_rounds(w, first, 2, 0, 3, &stopped, error, sizeof error), 0);
    assert_int_equal(stopped, SWEEP_DONE);
    assert_int_equal(sweep_rounds(w, second, 1, 2, 2, &stopped, error, sizeof error), 0);
    char second_key[PLAN_TEXT_BYTES];
    snprintf(second_key, sizeof second_key, "%s", list[2].key);
    assert_int_equal(store_has_run(b->store, second_key, 3, false, error, sizeof error), 1);
    assert_int_equal(sweep_close(w, stopped, &result, error, sizeof error), 0);
    assert_int_equal(result.runs, 2 * 3 + 1);
    assert_int_equal(result.found, 1);
    assert_int_equal(store_has_run(b->store, second_key, 4, false, error, sizeof error), 0);
}

static void failed_runs_are_run_again_when_asked(void **state)
{
    struct bench *b = *state;
    struct sweep *w;
    struct sweep_result result;
    enum sweep_stop stopped;
    use_script(b, "for word; do [ \"$word\" = tuning=2000,10,10 ] && kill -SEGV $$; done; " GOOD);
    assert_int_equal(sweep(b).failed, 2);
    use_script(b, GOOD);
    assert_int_equal(sweep(b).runs, 0);
    assert_int_equal(sweep_open(&b->plan, &b->runner, b->store, &w, error, sizeof error), 0);
    sweep_retry_failed(w);
    assert_int_equal(sweep_plan(w, &stopped, error, sizeof error), 0);
    assert_int_equal(sweep_close(w, stopped, &result, error, sizeof error), 0);
    assert_int_equal(result.runs, 2);
    assert_int_equal(result.retried, 2);
    assert_int_equal(result.failed, 0);
    struct result_set results;
    close_store(b);
    assert_int_equal(store_load(b->folder, &results, error, sizeof error), 0);
    assert_int_equal(results.run_count, 8);
    for (size_t i = 0; i < 8; i++) {
        struct whole_run whole;
        assert_string_equal(results.runs[i].status, "ok");
        assert_int_equal(whole_run_read(&results, &results.runs[i], &whole), 0);
        whole_run_free(&whole);
    }
    result_set_free(&results);
}

static void a_shard_runs_every_nth_round(void **state)
{
    struct bench *b = *state;
    b->plan.rounds = 5;
    assert_int_equal(plan_set_shard(&b->plan, "2/2", error, sizeof error), 0);
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_DONE);
    assert_int_equal(result.rounds_done, 2);
    struct result_set results;
    close_store(b);
    assert_int_equal(store_load(b->folder, &results, error, sizeof error), 0);
    assert_int_equal(results.run_count, 8);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(results.runs[i].round, i < 4 ? 1 : 3);
    result_set_free(&results);
}

static void what_is_missing_is_recorded_and_the_rest_runs(void **state)
{
    struct bench *b = *state;
    assert_int_equal(plan_add(&b->plan, "runtime", "model", error, sizeof error), 0);
    assert_int_equal(plan_add(&b->plan, "runtime", "cpython", error, sizeof error), 0);
    b->runner.program[1][0] = '\0';
    struct sweep_result result = sweep(b);
    assert_int_equal(result.runs, 2 * (3 + 3 + 1));
    assert_int_equal(result.failed, 2 * 3);
    close_store(b);
    struct result_set results;
    assert_int_equal(store_load(b->folder, &results, error, sizeof error), 0);
    for (size_t i = 0; i < results.run_count; i++) {
        const struct run_record *r = &results.runs[i];
        bool missing = strcmp(r->runtime, "cpython") == 0;
        assert_string_equal(r->status, missing ? "failed" : "ok");
        if (missing)
            assert_non_null(strstr(r->message, "python3-dev"));
    }
    result_set_free(&results);
}

/* ---- Progress ---- */

static void the_progress_line_names_run_round_and_time_left(void **state)
{
    (void)state;
    struct plan_workload w = {.name = "chain", .scale = 1};
    struct plan_configuration c = {.workload = &w, .allocator = "jemalloc", .tuning = "700,10,10"};
    struct progress p = {.total = 100, .done = 50, .timed = 40, .rounds = 10, .start_ns = 0};
    char line[PROGRESS_LINE_BYTES];
    progress_line(&p, &c, 4, UINT64_C(80000000000), 200, line); /* 2 s each, 50 to come */
    assert_string_equal(line, "[==========>         ] 50/100  round 5 of 10  1m40s left  chain jemalloc 700,10,10");
    progress_line(&p, &c, 4, UINT64_C(80000000000), 30, line);
    assert_int_equal(strlen(line), 30);
    p.deadline_ns = UINT64_C(90000000000);
    assert_int_equal(progress_time_left(&p, UINT64_C(80000000000)), UINT64_C(10000000000));
    p.timed = 0;
    assert_int_equal(progress_time_left(&p, 5), 0);
}

/* ---- Through the program ---- */

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

static size_t count_runs(const char *folder)
{
    struct result_set results;
    char ignored[1024];
    if (store_load(folder, &results, ignored, sizeof ignored) != 0)
        return 0;
    size_t count = results.run_count;
    result_set_free(&results);
    return count;
}

/* Starts a sweep of 30 rounds and returns when it holds some of its 90 runs. */
static struct started start_sweep(const char *out)
{
    struct started s =
        command_start(built("gcsweep"), (const char *const[]){"sweep", "--out", out, TINY, "--threshold0", "700,2000",
                                                              "--rounds", "30", NULL});
    for (int i = 0; i < 3000 && count_runs(out) < 5; i++)
        usleep(10000);
    return s;
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
    kill(s.pid, SIGSTOP); /* it holds the folder for longer than the other one waits */
    GCSWEEP(&c, "sweep", "--resume", "--out", *state);
    kill(s.pid, SIGCONT);
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "locked by another process"));
    kill(s.pid, SIGTERM);
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
    GCSWEEP(&c, "sweep", "--out", *state, "--workload", "chain", "--tuning", "disabled", "--rounds", "1",
            "--memory-limit", "30M");
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

#define TEST(f)  cmocka_unit_test_setup_teardown(f, open_bench, drop_bench)
#define WHOLE(f) cmocka_unit_test_setup_teardown(f, open_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sweep_runs_every_round_whole),
        TEST(rounds_follow_one_another_in_the_store),
        TEST(a_second_sweep_finds_everything_done),
        TEST(an_interrupted_sweep_keeps_whole_runs_and_goes_on),
        TEST(a_budget_ends_before_a_round_that_would_not_fit),
        TEST(failed_runs_are_rows_and_the_sweep_goes_on),
        TEST(any_configurations_are_run_for_any_rounds),
        TEST(failed_runs_are_run_again_when_asked),
        TEST(a_shard_runs_every_nth_round),
        TEST(what_is_missing_is_recorded_and_the_rest_runs),
        cmocka_unit_test(the_progress_line_names_run_round_and_time_left),
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
