/* test_merge.c - results put together: what fits, what does not, and what a kill leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/store/merge.h"
#include "harness/store/store.h"
#include "harness/sweep/host.h"
#include "tests/command.h"

static char error[1024];

#define PLAN(rest) "{\"seed\": 1, \"workloads\": [{\"name\": \"chain\"}]" rest "}"

/* Results of rounds first, first + step, ... with two configurations; `clock` tells one machine's runs from another's.
 */
static const char *make_results(const char *root, const char *name, const char *plan, unsigned first, unsigned step,
                                unsigned count, uint64_t clock)
{
    const char *folder = in_folder(root, name);
    char environment[100];
    struct store *s;
    mkdir(folder, 0777);
    snprintf(environment, sizeof environment, "{\"kernel\": \"%s\", \"libc\": \"2\"}", name);
    if (store_create(folder, plan, environment, &s, error, sizeof error) != 0)
        fail_msg("%s", error);
    for (unsigned i = 0; i < 2 * count; i++) {
        struct run_record r;
        record_clear(&r);
        snprintf(r.status, sizeof r.status, "ok");
        snprintf(r.configuration, sizeof r.configuration, "configuration %u", i % 2);
        r.round = first + i / 2 * step;
        r.wall_ns = 1000 + i;
        r.region_start_ns = clock + i;
        assert_int_equal(store_add_run(s, &r, error, sizeof error), 0);
    }
    assert_int_equal(store_set_fact(s, "sweep_ns", "1000", error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, "workers_ns", "900", error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, "rounds_done", "3", error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, "stopped", "done", error, sizeof error), 0);
    assert_int_equal(store_close(s, error, sizeof error), 0);
    return folder;
}

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

/* Into ROOT/out. */
static int merge(const char *root, const char *const *sources, size_t count)
{
    struct merge *m;
    struct merge_outcome outcome;
    const char *out = in_folder(root, "out");
    if (merge_open(sources, count, MERGE_LISTS, &m, error, sizeof error) != 0)
        return -1;
    mkdir(out, 0777);
    int result = merge_write(m, out, "the command", &outcome, error, sizeof error);
    merge_free(m);
    return result;
}

static void load(const char *root, struct result_set *out)
{
    if (store_load(in_folder(root, "out"), out, error, sizeof error) != 0)
        fail_msg("%s", error);
}

static unsigned runs_of_round(const struct result_set *results, unsigned round)
{
    unsigned runs = 0;
    for (size_t i = 0; i < results->run_count; i++)
        runs += results->runs[i].round == round;
    return runs;
}

static void shards_keep_their_rounds(void **state)
{
    const char *sources[] = {
        make_results(*state, "b", PLAN(", \"rounds\": 5, \"shard\": \"2/2\""), 1, 2, 2, 500),
        make_results(*state, "a", PLAN(", \"rounds\": 5, \"shard\": \"1/2\""), 0, 2, 3, 100),
    };
    struct result_set results;
    if (merge(*state, sources, 2) != 0)
        fail_msg("%s", error);
    load(*state, &results);
    assert_int_equal(results.run_count, 10);
    for (unsigned round = 0; round < 5; round++)
        assert_int_equal(runs_of_round(&results, round), 2);
    json_t *plan = json_loads(results.plan, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(plan, "rounds")), 5);
    assert_null(json_object_get(plan, "shard"));
    json_decref(plan);
    assert_string_equal(find_result_fact(&results, "sweep_ns"), "2000");
    assert_string_equal(find_result_fact(&results, "harness_share"), "0.1000");
    assert_string_equal(find_result_fact(&results, "rounds_done"), "6");
    assert_string_equal(find_result_fact(&results, "command"), "the command");
    result_set_free(&results);
}

/* Both machines have rounds 0 to 2: no round holds runs of both. */
static void rounds_of_whole_sweeps_follow_one_another_so_that_no_pair_crosses_machines(void **state)
{
    const char *sources[] = {
        make_results(*state, "one", PLAN(", \"rounds\": 3"), 0, 1, 3, 100),
        make_results(*state, "two", PLAN(", \"rounds\": 9, \"budget\": \"5s\""), 0, 1, 3, 900),
    };
    struct result_set results;
    if (merge(*state, sources, 2) != 0)
        fail_msg("%s", error);
    load(*state, &results);
    assert_int_equal(results.run_count, 12);
    for (size_t i = 0; i < results.run_count; i++)
        assert_true((results.runs[i].region_start_ns >= 900) == (results.runs[i].round >= 3));
    json_t *described = json_loads(find_result_fact(&results, "sources"), 0, NULL);
    assert_int_equal(json_array_size(described), 2);
    const json_t *second = json_array_get(described, 1);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(second, "rounds"), "first")), 3);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(second, "rounds"), "count")), 3);
    assert_string_equal(json_string_value(json_object_get(json_object_get(second, "environment"), "kernel")), "two");
    json_decref(described);
    json_t *environment = json_loads(results.environment, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(environment, "kernel")), "one");
    const json_t *other = json_object_get(json_object_get(environment, "other_sources"), sources[1]);
    assert_string_equal(json_string_value(json_object_get(other, "kernel")), "two");
    assert_null(json_object_get(other, "libc"));
    json_decref(environment);
    result_set_free(&results);
}

static void what_does_not_belong_together_is_refused_and_nothing_written(void **state)
{
    const char *root = *state;
    const char *one = make_results(root, "one", PLAN(""), 0, 1, 2, 100);
    const char *plan = make_results(root, "plan", "{\"seed\": 2}", 0, 1, 2, 200);
    const char *shard = make_results(root, "shard", PLAN(", \"shard\": \"1/2\""), 0, 2, 2, 300);
    const char *same_shard = make_results(root, "same", PLAN(", \"shard\": \"1/2\""), 0, 2, 2, 400);
    const char *other_shard = make_results(root, "other", PLAN(", \"shard\": \"2/3\""), 1, 3, 2, 500);
    const char *copy = make_results(root, "copy", PLAN(""), 0, 1, 2, 100);
    const char *nothing = in_folder(root, "nothing");
    const struct {
        const char *source[2], *why;
    } bad[] = {
        {{one, one}, "are the same folder"},
        {{one, plan}, "were made from different plans"},
        {{one, shard}, "is a shard and"},
        {{shard, same_shard}, "are both shard 1/2"},
        {{shard, other_shard}, "is a shard of 2 and"},
        {{one, copy}, "hold the same run: round 0 of 'configuration 0'"},
        {{one, nothing}, "holds no results"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(merge(root, bad[i].source, 2), -1);
        assert_non_null(strstr(error, bad[i].why));
        assert_null(strchr(error, '\n'));
        assert_false(store_exists(in_folder(root, "out")));
    }
}

static void set_fact(const char *folder, const char *name, const char *text)
{
    struct store *s;
    assert_int_equal(store_open(folder, &s, error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, name, text, error, sizeof error), 0);
    assert_int_equal(store_close(s, error, sizeof error), 0);
}

static void a_heap_script_of_two_texts_is_two_programs(void **state)
{
    const char *sources[] = {make_results(*state, "one", PLAN(""), 0, 1, 2, 100),
                             make_results(*state, "two", PLAN(""), 0, 1, 2, 200)};
    set_fact(sources[0], "script:x.heap", "x = list 1\n");
    set_fact(sources[1], "script:x.heap", "x = list 2\n");
    assert_int_equal(merge(*state, sources, 2), -1);
    assert_non_null(strstr(error, "different texts of a heap script"));
    set_fact(sources[1], "script:x.heap", "x = list 1\n");
    assert_int_equal(merge(*state, sources, 2), 0);
    struct result_set results;
    load(*state, &results);
    assert_string_equal(find_result_fact(&results, "script:x.heap"), "x = list 1\n");
    result_set_free(&results);
}

static void merged_results_are_neither_merged_nor_overwritten(void **state)
{
    const char *sources[] = {make_results(*state, "one", PLAN(""), 0, 1, 2, 100),
                             make_results(*state, "two", PLAN(""), 0, 1, 2, 200)};
    assert_int_equal(merge(*state, sources, 2), 0);
    const char *again[] = {in_folder(*state, "out"), sources[0]};
    assert_int_equal(merge(*state, again, 2), -1);
    assert_non_null(strstr(error, "is merged already"));
    assert_int_equal(merge(*state, sources, 2), -1);
    assert_non_null(strstr(error, "holds results already"));
}

enum { MANY = 60, KILLS = 20 };

/* Killed at any moment, OUT holds all runs or no results; the next merge does not mind what is left. */
static void a_killed_merge_leaves_all_or_nothing(void **state)
{
    const char *root = *state, *out = in_folder(root, "out");
    const char *sources[] = {make_results(root, "one", PLAN(""), 0, 1, MANY, 1000),
                             make_results(root, "two", PLAN(""), 0, 1, MANY, 9000)};
    uint64_t begin_ns = host_now_ns();
    assert_int_equal(merge(root, sources, 2), 0);
    uint64_t took_us = (host_now_ns() - begin_ns) / 1000;
    unsigned whole = 0, none = 0;
    for (unsigned i = 0; i < KILLS; i++) {
        unlink(in_folder(root, "out/results.sqlite"));
        pid_t child = fork();
        if (child == 0) {
            merge(root, sources, 2);
            _exit(0);
        }
        assert_true(child > 0);
        usleep((useconds_t)(took_us * i / KILLS));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct result_set results;
        if (!store_exists(out)) {
            none++;
            continue;
        }
        load(root, &results);
        assert_int_equal(results.run_count, 4 * MANY);
        result_set_free(&results);
        whole++;
    }
    assert_int_equal(whole + none, KILLS);
    assert_true(none > 0);
    unlink(in_folder(root, "out/results.sqlite"));
    if (merge(root, sources, 2) != 0)
        fail_msg("%s", error);
    assert_int_not_equal(access(in_folder(root, "out/.merging"), F_OK), 0);
}

/* ---- Through the program ---- */

#define TINY "--workload", "chain", "--param", "total_objects=2000", "--param", "live_objects=200"

static void shards_of_a_sweep_merge_to_the_sweep(void **state)
{
    struct command c;
    const char *one = in_folder(*state, "one"), *two = in_folder(*state, "two"), *out = in_folder(*state, "out");
    GCSWEEP(&c, "sweep", "--out", one, TINY, "--rounds", "5", "--shard", "1/2");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.error, "3 of 3 rounds of shard 1/2"));
    GCSWEEP(&c, "sweep", "--out", two, TINY, "--rounds", "5", "--shard", "2/2");
    assert_int_equal(c.status, 0);
    GCSWEEP(&c, "merge", one, two, "--out", out);
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    struct result_set results;
    load(*state, &results);
    assert_int_equal(results.run_count, 2 * 5);
    for (unsigned round = 0; round < 5; round++)
        assert_int_equal(runs_of_round(&results, round), 2);
    result_set_free(&results);
    GCSWEEP(&c, "sweep", "--resume", "--out", out);
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "is merged of several sweeps"));
}

static void unusable_arguments_are_one_line(void **state)
{
    struct command c;
    const char *out = in_folder(*state, "out");
    GCSWEEP(&c, "merge", in_folder(*state, "a"), "--out", out);
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    GCSWEEP(&c, "merge", in_folder(*state, "a"), in_folder(*state, "b"));
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    GCSWEEP(&c, "merge", in_folder(*state, "a"), in_folder(*state, "b"), "--out", out);
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    assert_int_not_equal(access(out, F_OK), 0); /* not even made */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shards_keep_their_rounds),
        TEST(rounds_of_whole_sweeps_follow_one_another_so_that_no_pair_crosses_machines),
        TEST(what_does_not_belong_together_is_refused_and_nothing_written),
        TEST(a_heap_script_of_two_texts_is_two_programs),
        TEST(merged_results_are_neither_merged_nor_overwritten),
        TEST(a_killed_merge_leaves_all_or_nothing),
        TEST(shards_of_a_sweep_merge_to_the_sweep),
        TEST(unusable_arguments_are_one_line),
    };
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
