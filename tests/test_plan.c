/* test_plan.c - which runs a sweep makes, how they are named, in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/plan.h"
#include "workloads/workload.h"

static char error[1024];

static void add(struct plan *p, const char *dimension, const char *text)
{
    if (plan_add(p, dimension, text, error, sizeof error) != 0)
        fail_msg("%s", error);
}

static void add_workload(struct plan *p, const char *name)
{
    if (plan_add_workload(p, name, error, sizeof error) != 0)
        fail_msg("%s", error);
}

/* chain and gcbench on two allocators with three tunings. */
static struct plan sample_plan(void)
{
    struct plan p;
    plan_init(&p);
    add_workload(&p, "chain");
    add_workload(&p, "gcbench");
    add(&p, "allocator", "system");
    add(&p, "allocator", "pymalloc");
    add(&p, "tuning", "2000,10,10");
    add(&p, "tuning", "700,10,10");
    add(&p, "tuning", "disabled");
    assert_int_equal(plan_finish(&p, error, sizeof error), 0);
    return p;
}

static struct plan_configuration *configurations(const struct plan *p, size_t *count)
{
    struct plan_configuration *list = NULL;
    if (plan_configurations(p, &list, count, error, sizeof error) != 0)
        fail_msg("%s", error);
    return list;
}

/* ---- Configurations ---- */

static void a_plan_is_the_cross_product_and_a_twin_for_each_workload(void **state)
{
    (void)state;
    struct plan p = sample_plan();
    size_t count, twins = 0;
    struct plan_configuration *list = configurations(&p, &count);
    assert_int_equal(count, 2 * (2 * 3 + 1));
    for (size_t i = 0; i < count; i++) {
        twins += list[i].twin;
        for (size_t k = 0; k < i; k++)
            if (strcmp(list[i].key, list[k].key) == 0)
                assert_true(list[i].twin != list[k].twin);
    }
    assert_int_equal(twins, 2);
    free(list);
    plan_free(&p);
}

static void the_twin_is_the_configuration_nearest_to_the_defaults(void **state)
{
    (void)state;
    struct plan p = sample_plan();
    size_t count;
    struct plan_configuration *list = configurations(&p, &count);
    for (size_t i = 0; i < count; i++) {
        if (!list[i].twin)
            continue;
        assert_string_equal(list[i].allocator, "pymalloc");
        assert_string_equal(list[i].tuning, "700,10,10");
        assert_string_equal(list[i].key, list[i - 1].key);
        assert_false(list[i - 1].twin);
    }
    free(list);
    plan_free(&p);
}

static void of_equally_near_configurations_the_first_is_the_twin(void **state)
{
    (void)state;
    struct plan p;
    size_t count;
    plan_init(&p);
    add_workload(&p, "chain");
    add(&p, "tuning", "5,6,7");
    add(&p, "tuning", "8,9,10");
    assert_int_equal(plan_finish(&p, error, sizeof error), 0);
    struct plan_configuration *list = configurations(&p, &count);
    assert_int_equal(count, 3);
    assert_true(list[1].twin);
    assert_string_equal(list[1].tuning, "5,6,7");
    free(list);
    plan_free(&p);
}

static void the_canonical_string_names_all_that_differs(void **state)
{
    (void)state;
    struct plan p;
    size_t count;
    plan_init(&p);
    p.seed = 9;
    add_workload(&p, "gcbench");
    assert_int_equal(plan_set_scale(&p, "0.250", error, sizeof error), 0);
    assert_int_equal(plan_finish(&p, error, sizeof error), 0);
    struct plan_configuration *list = configurations(&p, &count);
    assert_string_equal(list[0].key, "gcbench scale=0.25 seed=9 model pymalloc cpython-3.11 700,10,10 plain");
    free(list);
    plan_free(&p);
}

static void parameters_stand_in_the_string_unless_they_are_the_default(void **state)
{
    (void)state;
    struct plan p;
    size_t count;
    plan_init(&p);
    add_workload(&p, "chain");
    assert_int_equal(plan_add_param(&p, "live_objects=500", error, sizeof error), 0);
    assert_int_equal(plan_add_param(&p, "cyclic_fraction=1.0", error, sizeof error), 0);
    assert_int_equal(plan_add_param(&p, "cycle_size=10", error, sizeof error), 0);
    assert_int_equal(plan_finish(&p, error, sizeof error), 0);
    struct plan_configuration *list = configurations(&p, &count);
    assert_int_equal(strncmp(list[0].key, "chain[cycle_size=10,live_objects=500] scale=1 ", 46), 0);
    free(list);
    plan_free(&p);
}

static void a_parameter_with_several_values_crosses(void **state)
{
    (void)state;
    struct plan p;
    plan_init(&p);
    add_workload(&p, "chain");
    add_workload(&p, "gcbench");
    static const char *const params[] = {"cycle_size=10", "live_objects=100", "cycle_size=20", "cycle_size=10",
                                         "live_objects=200"};
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++)
        assert_int_equal(plan_add_param(&p, params[i], error, sizeof error), 0);
    assert_int_equal(p.workload_count, 2 * 2 + 1);
    plan_free(&p);
}

static void a_parameter_that_no_workload_has_is_refused_with_theirs(void **state)
{
    (void)state;
    struct plan p;
    plan_init(&p);
    add_workload(&p, "chain");
    assert_int_equal(plan_add_param(&p, "cycle_sise=10", error, sizeof error), -1);
    assert_non_null(strstr(error, "'cycle_sise'"));
    assert_non_null(strstr(error, "cycle_size"));
    assert_int_equal(plan_add_param(&p, "cycle_size", error, sizeof error), -1);
    assert_non_null(strstr(error, "NAME=VALUE"));
    assert_int_equal(plan_add_param(&p, "cycle_size=-1", error, sizeof error), -1);
    plan_free(&p);
}

static void threshold_lists_cross_into_tunings(void **state)
{
    (void)state;
    struct plan p;
    plan_init(&p);
    assert_int_equal(plan_add_thresholds(&p, (const char *const[]){"700,2000", NULL, "10,20"}, error, sizeof error), 0);
    assert_int_equal(p.tunings.count, 4);
    assert_string_equal(p.tunings.text[0], "700,10,10");
    assert_string_equal(p.tunings.text[1], "700,10,20");
    assert_string_equal(p.tunings.text[3], "2000,10,20");
    assert_int_equal(plan_add_thresholds(&p, (const char *const[]){"700,,5", NULL, NULL}, error, sizeof error), -1);
    assert_int_equal(plan_add_thresholds(&p, (const char *const[]){"700,-5", NULL, NULL}, error, sizeof error), -1);
    plan_free(&p);
}

static void a_value_has_one_spelling_and_is_kept_once(void **state)
{
    (void)state;
    struct plan p;
    plan_init(&p);
    add(&p, "tuning", "700");
    add(&p, "tuning", "700,10");
    add(&p, "tuning", "700,10,10");
    assert_int_equal(p.tunings.count, 1);
    add(&p, "allocator", "pymalloc");
    add(&p, "allocator", "pymalloc+system");
    assert_int_equal(p.allocators.count, 1);
    add(&p, "allocator", "pymalloc+jemalloc");
    add(&p, "allocator", "jemalloc@MALLOC_CONF=dirty_decay_ms:0");
    assert_int_equal(p.allocators.count, 3);
    assert_string_equal(p.allocators.text[2], "jemalloc@MALLOC_CONF=dirty_decay_ms:0");
    add_workload(&p, "chain");
    add_workload(&p, "chain");
    assert_int_equal(p.workload_count, 1);
    plan_free(&p);
}

/* In a plan of both runtimes and both pool allocators the real CPython has only its own. */
static void the_pools_of_python_3_9_are_a_row_of_the_model_alone(void **state)
{
    (void)state;
    struct plan p;
    size_t count;
    plan_init(&p);
    add_workload(&p, "chain");
    add(&p, "runtime", "model");
    add(&p, "runtime", "cpython");
    add(&p, "allocator", "pymalloc");
    add(&p, "allocator", "pymalloc-3.9+system");
    add(&p, "allocator", "pymalloc-3.9+jemalloc");
    assert_int_equal(plan_finish(&p, error, sizeof error), 0);
    struct plan_configuration *list = configurations(&p, &count);
    assert_int_equal(count, 3 + 1 + 1);
    assert_string_equal(list[0].allocator, "pymalloc");
    assert_true(list[1].twin);
    assert_string_equal(list[2].allocator, "pymalloc-3.9");
    assert_string_equal(list[3].allocator, "pymalloc-3.9+jemalloc");
    assert_string_equal(list[4].key, "chain scale=1 seed=1 cpython pymalloc cpython-3.11 700,10,10 plain");
    free(list);
    plan_free(&p);
}

static void an_unknown_value_is_refused_with_the_known_ones_named(void **state)
{
    (void)state;
    static const struct {
        const char *dimension, *text, *known;
    } rows[] = {
        {"runtime", "pypy", "model, cpython"}, {"collector", "boehm", "cpython-3.11"}, {"refcount", "none", "plain"},
        {"allocator", "hoard", "jemalloc"},    {"tuning", "sometimes", "disabled"},
    };
    struct plan p;
    plan_init(&p);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(plan_add(&p, rows[i].dimension, rows[i].text, error, sizeof error), -1);
        assert_non_null(strstr(error, rows[i].text));
        assert_non_null(strstr(error, rows[i].known));
    }
    assert_int_equal(plan_add_workload(&p, "chian", error, sizeof error), -1);
    assert_non_null(strstr(error, "unknown workload 'chian'; known: linked-list, graph"));
    plan_free(&p);
}

static void a_scale_is_positive_and_finite(void **state)
{
    (void)state;
    static const char *const texts[] = {"0", "-1", "nan", "inf", "", "x", "1x"};
    struct plan p;
    plan_init(&p);
    add_workload(&p, "chain");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(plan_set_scale(&p, texts[i], error, sizeof error), -1);
    assert_int_equal(plan_set_scale(&p, "1e-3", error, sizeof error), 0);
    plan_free(&p);
}

static void a_plan_of_nothing_is_every_workload_at_the_defaults(void **state)
{
    (void)state;
    struct plan p;
    size_t count;
    plan_init(&p);
    assert_int_equal(plan_finish(&p, error, sizeof error), 0);
    assert_true(p.workload_count >= 5);
    assert_int_equal(p.rounds, 10);
    assert_int_equal(p.seed, 1);
    struct plan_configuration *list = configurations(&p, &count);
    assert_int_equal(count, 2 * p.workload_count);
    assert_non_null(strstr(list[0].key, " model pymalloc cpython-3.11 700,10,10 plain"));
    free(list);
    plan_free(&p);
}

/* ---- Order ---- */

static void a_round_runs_every_configuration_once(void **state)
{
    (void)state;
    struct plan p = sample_plan();
    enum { COUNT = 100 };
    for (unsigned round = 0; round < 20; round++) {
        size_t order[COUNT], seen[COUNT] = {0};
        plan_order(&p, round, order, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            seen[order[i]]++;
        for (size_t i = 0; i < COUNT; i++)
            assert_int_equal(seen[i], 1);
    }
    plan_free(&p);
}

static void the_order_follows_from_seed_and_round(void **state)
{
    (void)state;
    struct plan p = sample_plan(), q = sample_plan();
    enum { COUNT = 50 };
    size_t a[COUNT], b[COUNT];
    plan_order(&p, 3, a, COUNT);
    plan_order(&q, 3, b, COUNT);
    assert_memory_equal(a, b, sizeof a);
    plan_order(&p, 4, b, COUNT);
    assert_memory_not_equal(a, b, sizeof a);
    q.seed = 2;
    plan_order(&q, 3, b, COUNT);
    assert_memory_not_equal(a, b, sizeof a);
    plan_free(&p);
    plan_free(&q);
}

/* In 600 rounds each of 6 configurations should lead about 100 times; the
 * seeds are fixed, so that this cannot fail by chance. */
static void no_configuration_leads_the_rounds(void **state)
{
    (void)state;
    struct plan p = sample_plan();
    size_t led[6] = {0};
    for (unsigned round = 0; round < 600; round++) {
        size_t order[6];
        plan_order(&p, round, order, 6);
        led[order[0]]++;
    }
    for (size_t i = 0; i < 6; i++)
        assert_in_range(led[i], 65, 135);
    plan_free(&p);
}

/* ---- JSON ---- */

static void a_plan_survives_json(void **state)
{
    (void)state;
    struct plan p = sample_plan(), q;
    p.rounds = 7;
    p.seed = 42;
    p.timeout_ns = 1500000000;
    p.memory_bytes = 3 << 20;
    p.budget_ns = UINT64_C(300000000000);
    assert_int_equal(plan_set_scale(&p, "0.1", error, sizeof error), 0);
    assert_int_equal(plan_add_param(&p, "cycle_size=10", error, sizeof error), 0);
    char *json = plan_to_json(&p);
    if (plan_from_json(json, &q, error, sizeof error) != 0)
        fail_msg("%s", error);
    char *again = plan_to_json(&q);
    assert_string_equal(json, again);
    assert_int_equal(q.rounds, 7);
    assert_int_equal(q.timeout_ns, p.timeout_ns);
    assert_int_equal(q.memory_bytes, p.memory_bytes);
    assert_int_equal(q.budget_ns, p.budget_ns);

    size_t count, other;
    struct plan_configuration *list = configurations(&p, &count), *back = configurations(&q, &other);
    assert_int_equal(count, other);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list[i].key, back[i].key);
    free(list);
    free(back);
    free(json);
    free(again);
    plan_free(&p);
    plan_free(&q);
}

static void a_plan_file_may_be_short(void **state)
{
    (void)state;
    struct plan p;
    assert_int_equal(plan_from_json("{\"workloads\": [\"chain\", {\"name\": \"gcbench\", \"scale\": 0.5}]}", &p, error,
                                    sizeof error),
                     0);
    assert_int_equal(p.workload_count, 2);
    assert_int_equal(p.rounds, PLAN_DEFAULT_ROUNDS);
    assert_true(p.memory_bytes == PLAN_MEMORY_AVAILABLE);
    plan_free(&p);
}

static void a_bad_plan_file_is_refused_with_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *json, *named;
    } rows[] = {
        {"", "line"},
        {"{\"rounds\": 6", "line"},
        {"[1, 2]", "object"},
        {"{\"round\": 6}", "\"round\""},
        {"{\"rounds\": 0}", "\"rounds\""},
        {"{\"rounds\": \"six\"}", "\"rounds\""},
        {"{\"rounds\": 6, \"rounds\": 7}", "duplicate"},
        {"{\"seed\": -1}", "\"seed\""},
        {"{\"timeout\": 60}", "\"timeout\""},
        {"{\"timeout\": \"60\"}", "\"timeout\""},
        {"{\"timeout\": \"0s\"}", "\"timeout\""},
        {"{\"budget\": \"-1s\"}", "\"budget\""},
        {"{\"budget\": \"0s\"}", "\"budget\""},
        {"{\"memory_limit\": \"big\"}", "\"memory_limit\""},
        {"{\"workloads\": []}", "\"workloads\""},
        {"{\"tunings\": []}", "\"tunings\""},
        {"{\"workloads\": \"chain\"}", "list"},
        {"{\"workloads\": [\"chian\"]}", "known: linked-list"},
        {"{\"workloads\": [{\"scale\": 1}]}", "name"},
        {"{\"workloads\": [{\"name\": \"chain\", \"scale\": 0}]}", "scale"},
        {"{\"workloads\": [{\"name\": \"chain\", \"params\": {\"x\": 1}}]}", "'x'"},
        {"{\"workloads\": [{\"name\": \"chain\", \"colour\": 1}]}", "colour"},
        {"{\"tunings\": [700]}", "\"tunings\""},
        {"{\"tunings\": [\"1,2,3,4\"]}", "1,2,3,4"},
        {"{\"runtimes\": [\"cpython\"], \"collectors\": [\"boehm\"]}", "boehm"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan p;
        error[0] = '\0';
        assert_int_equal(plan_from_json(rows[i].json, &p, error, sizeof error), -1);
        if (!strstr(error, rows[i].named) || strchr(error, '\n'))
            fail_msg("%s: '%s' does not name %s", rows[i].json, error, rows[i].named);
    }
}

static void a_plan_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct plan p;
    assert_int_equal(plan_from_file("/nowhere/plan.json", &p, error, sizeof error), -1);
    assert_string_equal(error, "plan /nowhere/plan.json: No such file or directory");
    assert_int_equal(plan_from_file("plans", &p, error, sizeof error), -1);
    assert_string_equal(error, "plan plans: Is a directory");
}

static void a_dimension_of_too_many_values_is_refused_before_they_are_crossed(void **state)
{
    (void)state;
    enum { EACH = 500 };
    char list[8 * EACH] = "", *at = list;
    for (int i = 1; i <= EACH; i++)
        at += sprintf(at, "%s%d", i > 1 ? "," : "", i);
    const char *const lists[3] = {list, list, NULL};
    struct plan p;
    plan_init(&p);
    assert_int_equal(plan_add_thresholds(&p, lists, error, sizeof error), -1);
    assert_non_null(strstr(error, "at most 10000 tunings"));
    plan_free(&p);
}

static void the_plans_of_the_repository_are_good(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        size_t configurations;
        unsigned least_rounds;
    } rows[] = {
        {"plans/bench.json", 5 * (4 * 6 + 1), 6},
        {"plans/bench-full.json", 5 * (2 * 4 * 5 + 1), 10},
        {"plans/ci.json", 2 * (2 * 2 + 1), 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan p;
        size_t count;
        if (plan_from_file(rows[i].path, &p, error, sizeof error) != 0)
            fail_msg("%s", error);
        free(configurations(&p, &count));
        assert_int_equal(count, rows[i].configurations);
        assert_true(p.rounds >= rows[i].least_rounds);
        plan_free(&p);
    }
}

static void reduced_settings_leave_what_is_set_already_and_give_the_others_small_values(void **state)
{
    (void)state;
    struct plan p;
    struct record_param params[RECORD_PARAMS];
    plan_init(&p);
    assert_int_equal(plan_add_workload(&p, "gc-latency", error, sizeof error), 0);
    assert_int_equal(plan_add_param(&p, "window=77", error, sizeof error), 0);
    assert_int_equal(plan_reduce(&p, error, sizeof error), 0);
    plan_params(&p.workloads[0], params);
    assert_string_equal(params[0].name, "window");
    assert_string_equal(params[0].text, "77");
    assert_string_equal(params[1].name, "messages");
    assert_string_equal(params[1].text, "20000");
    plan_free(&p);
}

static void every_workload_has_reduced_settings_that_it_takes(void **state)
{
    (void)state;
    struct plan p;
    plan_init(&p);
    if (plan_reduce(&p, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(p.workload_count, workload_count);
    for (size_t i = 0; i < p.workload_count; i++)
        assert_true(p.workloads[i].params[0].name[0] != '\0');
    plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_is_the_cross_product_and_a_twin_for_each_workload),
        cmocka_unit_test(the_twin_is_the_configuration_nearest_to_the_defaults),
        cmocka_unit_test(of_equally_near_configurations_the_first_is_the_twin),
        cmocka_unit_test(the_canonical_string_names_all_that_differs),
        cmocka_unit_test(parameters_stand_in_the_string_unless_they_are_the_default),
        cmocka_unit_test(a_parameter_with_several_values_crosses),
        cmocka_unit_test(a_parameter_that_no_workload_has_is_refused_with_theirs),
        cmocka_unit_test(threshold_lists_cross_into_tunings),
        cmocka_unit_test(a_value_has_one_spelling_and_is_kept_once),
        cmocka_unit_test(the_pools_of_python_3_9_are_a_row_of_the_model_alone),
        cmocka_unit_test(an_unknown_value_is_refused_with_the_known_ones_named),
        cmocka_unit_test(a_scale_is_positive_and_finite),
        cmocka_unit_test(a_plan_of_nothing_is_every_workload_at_the_defaults),
        cmocka_unit_test(a_round_runs_every_configuration_once),
        cmocka_unit_test(the_order_follows_from_seed_and_round),
        cmocka_unit_test(no_configuration_leads_the_rounds),
        cmocka_unit_test(a_plan_survives_json),
        cmocka_unit_test(a_plan_file_may_be_short),
        cmocka_unit_test(a_bad_plan_file_is_refused_with_what_is_wrong),
        cmocka_unit_test(a_plan_file_that_is_not_there_is_named),
        cmocka_unit_test(a_dimension_of_too_many_values_is_refused_before_they_are_crossed),
        cmocka_unit_test(the_plans_of_the_repository_are_good),
        cmocka_unit_test(reduced_settings_leave_what_is_set_already_and_give_the_others_small_values),
        cmocka_unit_test(every_workload_has_reduced_settings_that_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
