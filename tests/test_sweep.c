/* test_sweep.c - rounds, resuming, budgets and interrupts, with a shell script as the worker. */
#include "harness/sweep/progress.h"
#include "tests/scripted_sweep.h"

#define GOOD RECORD("1000")

/* chain with three tunings: four runs a round, the twin included; two rounds. */
static int open_bench(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    b->plan.rounds = 2;
    if (plan_add_thresholds(&b->plan, (const char *const[]){"700,2000,5000", NULL, NULL}, error, sizeof error) != 0)
        return -1;
    return bench_start(b);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, drop_bench)

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
