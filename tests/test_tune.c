/* test_tune.c - gcsweep tune through the program: small grids, killed and resumed, replayed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/store.h"
#include "tests/command.h"
#include "tests/stopped_sweep.h"

#define TINY "chain", "--param", "total_objects=2000", "--param", "live_objects=200"
/* 6 x 3 thresholds, frozen or not, 2 allocators: 72 cells, of whose 432 runs a search takes 86 at most. */
#define GRID                                                                                                   \
    "--threshold0", "50,100,200,400,700,5000", "--threshold1", "10", "--allocator", "pymalloc", "--allocator", \
        "system", "--rounds", "6", "--seed", "3"
enum { CELLS = 72, ROUNDS = 6, MOST_RUNS = CELLS * ROUNDS / 5, RUNS_UNTIL_KILLED = MOST_RUNS / 2 };

static char error[1024];

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

static void must_end_with(const struct command *c, int status)
{
    if (c->status != status)
        fail_msg("exit %d: %s", c->status, c->error);
}

static void a_search_takes_a_fifth_of_the_runs_and_prints_the_front(void **state)
{
    struct command c;
    struct result_set results;
    GCSWEEP(&c, "tune", TINY, GRID, "--out", *state);
    must_end_with(&c, 0);
    assert_non_null(strstr(c.out, "of 72 configurations explored"));
    assert_non_null(strstr(c.out, "of the 432 that the whole grid takes"));
    assert_non_null(strstr(c.out, "The Pareto front (*)"));
    assert_non_null(strstr(c.out, "gc.set_threshold("));
    assert_non_null(strstr(c.out, "Next: gcsweep recommend --confirm"));
    load(*state, &results);
    assert_in_range(results.run_count, MOST_RUNS * 9 / 10, MOST_RUNS);
    assert_non_null(find_result_fact(&results, "tune"));
    assert_string_equal(find_result_fact(&results, "stopped"), "done");
    size_t twins = 0, standard = 0;
    for (size_t i = 0; i < results.run_count; i++) {
        twins += results.runs[i].twin;
        standard += !results.runs[i].twin && strcmp(results.runs[i].tuning, "700,10,10") == 0 &&
                    strcmp(results.runs[i].allocator, "pymalloc") == 0;
    }
    assert_int_equal(twins, ROUNDS);
    assert_int_equal(standard, ROUNDS);
    result_set_free(&results);
    GCSWEEP(&c, "tune", "--resume", "--out", *state);
    must_end_with(&c, 0);
    assert_non_null(strstr(c.error, "0 runs"));
}

/* Stopped, with at least `runs` of its runs. */
static struct started start_search(const char *out, size_t runs)
{
    return start_and_stop((const char *const[]){"tune", TINY, GRID, "--out", out, NULL}, out, runs, MOST_RUNS);
}

/* What was decided before the kill is not decided otherwise after it: no cell is explored twice, no stage grows. */
static void a_search_killed_by_signal_9_goes_on_within_its_runs(void **state)
{
    struct command c;
    struct started s = start_search(*state, RUNS_UNTIL_KILLED);
    kill(s.pid, SIGKILL);
    command_await(&s, &c);
    assert_int_equal(c.status, 128 + SIGKILL);
    assert_in_range(count_runs(*state), RUNS_UNTIL_KILLED, MOST_RUNS - 1);
    GCSWEEP(&c, "tune", "--resume", "--out", *state);
    must_end_with(&c, 0);
    assert_in_range(count_runs(*state), MOST_RUNS * 9 / 10, MOST_RUNS);
}

static void ctrl_c_names_the_command_that_goes_on(void **state)
{
    struct command c;
    char wanted[PATH_MAX];
    struct started s = start_search(*state, 5);
    kill(s.pid, SIGINT);
    kill(s.pid, SIGCONT);
    command_await(&s, &c);
    assert_int_equal(c.status, 3);
    assert_string_equal(c.out, "");
    snprintf(wanted, sizeof wanted, "tune --resume --out %s\n", (const char *)*state);
    assert_non_null(strstr(c.error, wanted));
}

static void a_budget_ends_a_search_that_can_go_on(void **state)
{
    struct command c;
    GCSWEEP(&c, "tune", TINY, GRID, "--out", *state, "--budget", "1ms");
    must_end_with(&c, 0);
    assert_non_null(strstr(c.error, "--resume"));
    assert_in_range(count_runs(*state), 1, MOST_RUNS - 1);
}

static void a_whole_grid_can_be_replayed_and_compared_with(void **state)
{
    struct command c;
    const char *grid = in_folder(*state, "grid");
    GCSWEEP(&c, "tune", "empty", "--threshold0", "100,200,300,700", "--threshold1", "10", "--allocator", "system",
            "--allocator", "pymalloc", "--rounds", "6", "--grid", "--out", grid);
    must_end_with(&c, 0);
    assert_int_equal(count_runs(grid), (4 * 3 * 2 * 2 + 1) * 6);
    GCSWEEP(&c, "tune", "--replay", grid, "--seeds", "3");
    if (c.status > 1)
        fail_msg("exit %d: %s", c.status, c.error);
    assert_non_null(strstr(c.out, "48 configurations, 6 rounds"));
    assert_non_null(strstr(c.out, "of 3 searches find 95 %"));
    /* All of the grid against itself. */
    GCSWEEP(&c, "tune", "--replay", grid, "--rounds", "7");
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "6 whole rounds"));
    GCSWEEP(&c, "tune", "--resume", "--out", grid);
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "sweep --resume"));
}

static void refused(const char *const *arguments, const char *wanted, const char *folder)
{
    struct command c;
    struct started s = command_start(built("gcsweep"), arguments);
    command_await(&s, &c);
    if (c.status != 2 || line_count(c.error) != 1 || !strstr(c.error, wanted) || c.out[0])
        fail_msg("%s: exit %d: %s", wanted, c.status, c.error);
    assert_false(store_exists(folder));
}

static void bad_input_is_one_line_and_changes_nothing(void **state)
{
    const char *out = in_folder(*state, "new");
#define REFUSED(wanted, ...) refused((const char *const[]){"tune", __VA_ARGS__, NULL}, wanted, out)
    REFUSED("--out DIR", "chain");
    REFUSED("which workload", "--out", out);
    REFUSED("chian", "chian", "--out", out);
    REFUSED("second one", "chain", "queue", "--out", out);
    REFUSED("--tuning is not taken", "chain", "--tuning", "700,10,10", "--out", out);
    REFUSED("one runtime", "chain", "--runtime", "model", "--runtime", "cpython", "--out", out);
    REFUSED("one set of parameters", "chain", "--param", "cycle_size=10", "--param", "cycle_size=20", "--out", out);
    REFUSED("--rounds", "chain", "--rounds", "5", "--out", out);
    REFUSED("--freeze", "chain", "--freeze", "maybe", "--out", out);
    REFUSED("too few", "chain", "--threshold0", "700", "--threshold1", "10", "--out", out);
    REFUSED("--budget", "chain", "--budget", "soon", "--out", out);
    REFUSED("--seeds goes with", "chain", "--seeds", "3", "--out", out);
    REFUSED("only --rounds and --seeds", "--replay", out, "--allocator", "system");
    REFUSED("would change it", "--resume", "--rounds", "7", "--out", out);
    REFUSED(STORE_FILE, "--resume", "--out", out);
    REFUSED(STORE_FILE, "--replay", out);
#undef REFUSED
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_search_takes_a_fifth_of_the_runs_and_prints_the_front, open_folder,
                                        drop_folder),
        cmocka_unit_test_setup_teardown(a_search_killed_by_signal_9_goes_on_within_its_runs, open_folder, drop_folder),
        cmocka_unit_test_setup_teardown(ctrl_c_names_the_command_that_goes_on, open_folder, drop_folder),
        cmocka_unit_test_setup_teardown(a_budget_ends_a_search_that_can_go_on, open_folder, drop_folder),
        cmocka_unit_test_setup_teardown(a_whole_grid_can_be_replayed_and_compared_with, open_folder, drop_folder),
        cmocka_unit_test_setup_teardown(bad_input_is_one_line_and_changes_nothing, open_folder, drop_folder),
    };
    return cmocka_run_group_tests_name("tune", tests, NULL, NULL);
}
