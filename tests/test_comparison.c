/* Comparing two sets of results: partners, ratios, refusals, what reproduced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/analysis/comparison.h"
#include "harness/analysis/machine_difference.h"
#include "harness/analysis/matching.h"
#include "harness/analysis/reproduction.h"
#include "tests/synthetic.h"

enum { WALL, GC, P99, MAX, RSS };

/* Two sweeps of 2 workloads, 4 allocators, 6 tunings, with as many rounds as asked. */
struct two {
    struct result_set a, b;
    struct summary of_a, of_b;
    struct comparison comparison;
    char error[2000];
};

static void open_two(struct two *t, unsigned rounds)
{
    struct synthetic plan = synthetic_bench;

    plan.rounds = rounds;
    memset(t, 0, sizeof *t);
    t->a = synthetic_results(&plan);
    t->b = synthetic_results(&plan);
    free(t->a.directory);
    free(t->b.directory);
    t->a.directory = strdup("first");
    t->b.directory = strdup("second");
}

static int compare_two(struct two *t, const char *a_words, const char *b_words)
{
    assert_int_equal(summarise(&t->a, &t->of_a), 0);
    assert_int_equal(summarise(&t->b, &t->of_b), 0);
    const struct comparison_side a = {&t->of_a, a_words}, b = {&t->of_b, b_words};
    return compare_summaries(&a, &b, 0.01, &t->comparison, t->error, sizeof t->error);
}

/* Two settings of the first sweep. */
static int compare_settings(struct two *t, const char *a_words, const char *b_words)
{
    assert_int_equal(summarise(&t->a, &t->of_a), 0);
    const struct comparison_side a = {&t->of_a, a_words}, b = {&t->of_a, b_words};
    return compare_summaries(&a, &b, 0.01, &t->comparison, t->error, sizeof t->error);
}

static void close_two(struct two *t)
{
    comparison_free(&t->comparison);
    summary_free(&t->of_a);
    summary_free(&t->of_b);
    synthetic_free(&t->a);
    synthetic_free(&t->b);
}

/* Each run of that workload, allocator and tuning in a set. */
#define EACH_RUN(run, set, workload_, allocator_, tuning_)                                      \
    for (struct run_record *run = (set)->runs; run < (set)->runs + (set)->run_count; run++)     \
        if (strcmp(run->workload, workload_) == 0 && strcmp(run->allocator, allocator_) == 0 && \
            strcmp(run->tuning, tuning_) == 0)

static const struct comparison_row *find_row(const struct comparison *c, const char *workload, const char *allocator,
                                             const char *tuning)
{
    for (size_t i = 0; i < c->row_count; i++) {
        const struct run_record *d = c->rows[i].a.configuration->dimensions;
        if (strcmp(d->workload, workload) == 0 && strcmp(d->allocator, allocator) == 0 &&
            strcmp(d->tuning, tuning) == 0)
            return &c->rows[i];
    }
    fail_msg("no row of %s %s %s", workload, allocator, tuning);
    return NULL;
}

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.12g is not within %g of %.12g", value, tolerance, expected);
}

static void refused_with(int status, const struct two *t, const char *part)
{
    assert_int_equal(status, -1);
    if (strstr(t->error, part) == NULL)
        fail_msg("'%s' does not say '%s'", t->error, part);
}

/* ---- Two sweeps ---- */

static void the_one_configuration_that_became_slower_is_found_among_many(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 12);
    EACH_RUN(r, &t.b, "gcbench", "jemalloc", "2000,10,10")
    r->wall_ns += r->wall_ns / 10;
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_false(t.comparison.paired);
    assert_int_equal(t.comparison.row_count, 48);
    assert_int_equal(t.comparison.tested[WALL], 48);
    assert_int_equal(comparison_count(&t.comparison, WALL, VERDICT_MORE), 1);
    assert_int_equal(comparison_count(&t.comparison, WALL, VERDICT_LESS), 0);
    const struct compared_ratio *r = &find_row(&t.comparison, "gcbench", "jemalloc", "2000,10,10")->measure[WALL];
    near(r->ratio.estimate, 1.1, 0.01);
    assert_int_equal(r->verdict, VERDICT_MORE);
    assert_true(r->p < r->p_holm && r->p_holm < 0.05 && r->holds);
    near(r->p_holm, 48 * r->p, 1e-9);
    assert_true(comparison_fails(r, 0.05));
    assert_false(comparison_fails(r, 0.10)); /* its interval reaches below */
    close_two(&t);
}

static void a_configuration_without_collections_has_no_pause_to_compare(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 6);
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    const struct comparison_row *row = find_row(&t.comparison, "gcbench", "system", "disabled");
    assert_true(isnan(row->measure[P99].ratio.estimate) && isnan(row->measure[P99].p));
    assert_int_equal(row->measure[P99].verdict, VERDICT_UNKNOWN);
    assert_int_equal(t.comparison.tested[P99], 40); /* of 48: disabled is not tested */
    assert_int_equal(t.comparison.tested[WALL], 48);
    close_two(&t);
}

static void failed_runs_are_counted_and_left_out(void **state)
{
    struct two t;
    unsigned failed = 0;
    (void)state;

    open_two(&t, 8);
    EACH_RUN(r, &t.b, "gcbench", "system", "700,10,10")
    if (failed++ < 2)
        synthetic_fail(r, "timeout", "60 s");
    EACH_RUN(r, &t.a, "gcbench", "mimalloc", "disabled")
    synthetic_fail(r, "crashed", "signal 11");
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    const struct comparison_row *row = find_row(&t.comparison, "gcbench", "system", "700,10,10");
    assert_int_equal(row->b.failed, 2);
    assert_int_equal(row->b.ok, 6);
    assert_int_equal(row->measure[WALL].ratio.pairs, 6);
    row = find_row(&t.comparison, "gcbench", "mimalloc", "disabled");
    assert_int_equal(row->refusal, REFUSED_NO_OK_RUN);
    assert_true(isnan(row->measure[WALL].ratio.estimate));
    assert_int_equal(t.comparison.refused, 1);
    assert_int_equal(t.comparison.tested[WALL], 47);
    close_two(&t);
}

static void runs_that_did_other_work_are_refused(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 6);
    EACH_RUN(r, &t.b, "gcbench", "system", "700,10,10")
    r->checksum++;
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    const struct comparison_row *row = find_row(&t.comparison, "gcbench", "system", "700,10,10");
    assert_int_equal(row->refusal, REFUSED_CHECKSUM);
    assert_int_equal(row->measure[WALL].verdict, VERDICT_UNKNOWN);
    assert_int_equal(t.comparison.refused, 1);
    close_two(&t);
}

static void configurations_without_a_partner_are_counted(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 6);
    for (size_t i = 0; i < t.b.run_count; i++)
        if (strcmp(t.b.runs[i].workload, "gcbench") == 0)
            strcpy(t.b.runs[i].configuration, "gcbench[depth=2] scale=1 seed=1 model x y z plain");
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_int_equal(t.comparison.row_count, 24);
    assert_int_equal(t.comparison.only_a, 24);
    assert_true(t.comparison.only_b > 0);
    close_two(&t);
}

static void sweeps_with_nothing_in_common_are_refused_with_an_example_of_each(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 6);
    for (size_t i = 0; i < t.b.run_count; i++)
        t.b.runs[i].seed = 2;
    refused_with(compare_two(&t, NULL, NULL), &t,
                 "first and second have no configuration in common: one has such as '");
    close_two(&t);
}

static void four_runs_on_each_side_have_an_interval_and_three_have_none(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 4);
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_true(t.comparison.rows[0].measure[WALL].ratio.low > 0);
    assert_false(comparison_can_fail(&t.comparison, WALL)); /* 48 times 2/70 */
    close_two(&t);
    open_two(&t, 3);
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_true(isnan(t.comparison.rows[0].measure[WALL].ratio.low));
    assert_true(t.comparison.rows[0].measure[WALL].ratio.estimate > 0);
    assert_int_equal(t.comparison.rows[0].measure[WALL].verdict, VERDICT_UNKNOWN);
    close_two(&t);
}

/* ---- Settings of one sweep ---- */

static void one_word_pairs_each_workload_and_tuning_with_its_like(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 12);
    assert_int_equal(compare_settings(&t, "pymalloc", "jemalloc"), 0);
    assert_true(t.comparison.paired);
    assert_int_equal(t.comparison.row_count, 12);
    for (size_t i = 0; i < 12; i++) {
        const struct comparison_row *row = &t.comparison.rows[i];
        assert_string_equal(row->a.configuration->dimensions->tuning, row->b.configuration->dimensions->tuning);
        assert_string_equal(row->a.configuration->dimensions->workload, row->b.configuration->dimensions->workload);
        near(row->measure[WALL].ratio.estimate, 1.1, 0.015);
        near(row->measure[WALL].least_p, 2.0 / 4096, 1e-12);
    }
    close_two(&t);
}

static void two_words_compare_over_every_workload_that_both_leave(void **state)
{
    struct two t;
    char label[400];
    (void)state;

    open_two(&t, 6);
    assert_int_equal(compare_settings(&t, "pymalloc 700,10,10", " jemalloc  tuning=50000,20,100 "), 0);
    assert_int_equal(t.comparison.row_count, 2);
    comparison_label(&t.comparison, &t.comparison.rows[0], label, sizeof label);
    assert_string_equal(label, "pymalloc 700,10,10 -> jemalloc 50000,20,100");
    comparison_subject(&t.of_a, &t.comparison.rows[0].a, label, sizeof label);
    assert_string_equal(label, "linked-list scale=1 seed=1 on model");
    close_two(&t);
}

static void a_parameter_is_named_with_its_value(void **state)
{
    struct two t;
    char label[400];
    (void)state;

    open_two(&t, 6);
    EACH_RUN(r, &t.a, "gcbench", "system", "700,10,10")
    strcpy(r->params[0].name, "slowdown_percent"), strcpy(r->params[0].text, "0");
    EACH_RUN(r, &t.a, "gcbench", "jemalloc", "700,10,10")
    {
        strcpy(r->allocator, "system");
        strcpy(r->params[0].name, "slowdown_percent"), strcpy(r->params[0].text, "3.0");
        strcpy(r->configuration,
               "gcbench[slowdown_percent=3.0] scale=1 seed=1 model system cpython-3.11 700,10,10 plain");
    }
    assert_int_equal(compare_settings(&t, "slowdown_percent=0", "slowdown_percent=3"), 0);
    assert_int_equal(t.comparison.row_count, 1);
    comparison_label(&t.comparison, &t.comparison.rows[0], label, sizeof label);
    assert_string_equal(label, "system 700,10,10 -> gcbench[slowdown_percent=3.0] scale=1 seed=1 on model");
    close_two(&t);
}

static void the_twin_is_compared_with_its_original(void **state)
{
    struct two t;
    char label[400];
    (void)state;

    open_two(&t, 6);
    assert_int_equal(compare_settings(&t, NULL, "twin"), 0);
    assert_int_equal(t.comparison.row_count, 2);
    assert_int_equal(t.comparison.only_b, 0);
    const struct comparison_row *row = &t.comparison.rows[0];
    near(row->measure[WALL].ratio.estimate, t.of_a.subjects[0].noise.wall.estimate, 1e-12);
    near(row->measure[WALL].ratio.low, t.of_a.subjects[0].noise.wall.low, 1e-12);
    comparison_label(&t.comparison, row, label, sizeof label);
    assert_string_equal(label, "pymalloc 700,10,10 -> pymalloc 700,10,10 (twin)");
    close_two(&t);
}

static void words_that_cannot_be_meant_are_refused_with_what_there_is(void **state)
{
    static const struct {
        const char *a, *b, *part;
    } rows[] = {
        {"pymaloc", "jemalloc",
         "has 'pymaloc'; there is workload linked-list, gcbench; runtime model; allocator "
         "pymalloc, system, jemalloc, mimalloc; "},
        {"pymalloc", "700,10,10", "leaves more than one configuration to compare with the same one of the other side"},
        {"pymalloc jemalloc", "system", "no configuration of first is 'pymalloc jemalloc' all at once"},
        {"depth=4", "system", "has a parameter 'depth'"},
        {"scale=2", "system", "has scale=2; there is 1"},
        {"=x", "system", "no configuration of first has '=x'; there is workload"},
        {"pymalloc", "pymalloc", "both sides are the same runs of first"},
        {NULL, NULL, "both sides are the same runs of first"},
        {"twin", "twin", "both sides are the same runs of first"},
        {"jemalloc twin", "pymalloc", "that 'jemalloc twin' names has an A/A twin"},
        {"a b c d e f g h i j k l m n o p q", "system", "has 'a'"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct two t;
        open_two(&t, 6);
        refused_with(compare_settings(&t, rows[i].a, rows[i].b), &t, rows[i].part);
        close_two(&t);
    }
}

static void a_word_that_two_dimensions_have_is_to_be_said_in_full(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 6);
    for (size_t i = 0; i < t.a.run_count; i++)
        strcpy(t.a.runs[i].collector, "system");
    refused_with(compare_settings(&t, "system", "jemalloc"), &t,
                 "'system' could be allocator=system or collector=system: say which");
    summary_free(&t.of_a);
    assert_int_equal(compare_settings(&t, "allocator=system", "jemalloc"), 0);
    close_two(&t);
}

static void the_mean_over_all_weighs_each_round_of_each_workload_alike(void **state)
{
    struct two t;
    (void)state;

    open_two(&t, 10);
    assert_int_equal(compare_settings(&t, "pymalloc", "system"), 0);
    assert_int_equal(t.comparison.overall_rows[WALL], 12);
    assert_int_equal(t.comparison.overall_rows[P99], 10); /* none when disabled */
    near(t.comparison.overall[WALL].ratio.estimate, 1.2, 0.01);
    assert_int_equal(t.comparison.overall[WALL].ratio.pairs, 10);
    assert_int_equal(t.comparison.overall[WALL].verdict, VERDICT_MORE);
    close_two(&t);
}

static void a_round_that_misses_a_run_is_not_in_the_mean_over_all(void **state)
{
    struct two t;
    unsigned failed = 0;
    (void)state;

    open_two(&t, 10);
    EACH_RUN(r, &t.b, "gcbench", "system", "700,10,10")
    if (failed++ < 3)
        synthetic_fail(r, "timeout", "60 s");
    for (size_t i = 0; i < t.b.run_count; i++)
        if (t.b.runs[i].wall_ns != RECORD_UNKNOWN)
            t.b.runs[i].wall_ns *= 2;
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_int_equal(t.comparison.overall[WALL].ratio.pairs, 7);
    near(t.comparison.overall[WALL].ratio.estimate, 2, 0.01);
    close_two(&t);
}

/* ---- What reproduced ---- */

static void a_sweep_that_says_the_same_reproduces_all(void **state)
{
    struct two t;
    struct reproduction r;
    (void)state;

    open_two(&t, 8);
    for (size_t i = 0; i < t.b.run_count; i++)
        t.b.runs[i].wall_ns *= 3; /* another machine */
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_int_equal(reproduce(&t.comparison, &r), 0);
    assert_true(r.same > 20);
    assert_int_equal(r.overlapping + r.contradicting + r.left_out, 0);
    assert_int_equal(r.counted, 48);
    assert_int_equal(r.counts_equal, 48);
    reproduction_free(&r);
    close_two(&t);
}

static void a_difference_with_the_other_sign_is_a_contradiction_and_is_named(void **state)
{
    struct two t;
    struct reproduction r;
    size_t same;
    (void)state;

    open_two(&t, 8);
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_int_equal(reproduce(&t.comparison, &r), 0);
    same = r.same;
    reproduction_free(&r);
    close_two(&t);

    open_two(&t, 8);
    EACH_RUN(run, &t.b, "gcbench", "jemalloc", "700,10,10")
    {
        run->wall_ns = run->wall_ns * 8 / 10;
        run->gen0_collections++;
    }
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_int_equal(reproduce(&t.comparison, &r), 0);
    assert_int_equal(r.contradicting, 1);
    assert_int_equal(r.same, same - 1);
    assert_ptr_equal(r.contradictions[0].row, find_row(&t.comparison, "gcbench", "jemalloc", "700,10,10"));
    assert_int_equal(r.contradictions[0].measure, WALL);
    assert_true(r.contradictions[0].first->low > 1.01 && r.contradictions[0].second->high < 0.99);
    assert_int_equal(r.counted - r.counts_equal, 1);
    assert_non_null(strstr(r.differences[0].text, "generations.0.collections"));
    reproduction_free(&r);
    close_two(&t);
}

static void another_baseline_leaves_differences_out(void **state)
{
    struct two t;
    struct reproduction r;
    (void)state;

    open_two(&t, 8);
    EACH_RUN(run, &t.b, "gcbench", "pymalloc", "700,10,10")
    synthetic_fail(run, "crashed", "signal 11");
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_int_equal(reproduce(&t.comparison, &r), 0);
    assert_true(r.left_out > 10);
    assert_true(r.same > 10); /* those of the other workload */
    reproduction_free(&r);
    close_two(&t);
}

/* ---- Machines ---- */

static size_t differences(const struct summary *a, const struct summary *b,
                          struct machine_difference found[MACHINE_DIFFERENCES])
{
    size_t count;
    assert_int_equal(find_machine_differences(a, b, found, &count), 0);
    return count;
}

static void machines_that_differ_are_named_and_unknown_facts_are_not(void **state)
{
    struct two t;
    struct machine_difference found[MACHINE_DIFFERENCES];
    (void)state;

    open_two(&t, 1);
    free(t.a.environment);
    free(t.b.environment);
    t.a.environment = strdup("{\"cpu\": {\"model\": \"One\", \"cores\": 2, \"governor\": null}, \"kernel\": \"6.1\"}");
    t.b.environment = strdup("{\"cpu\": {\"model\": \"Two\", \"cores\": 4, \"governor\": \"powersave\"}, \"kernel\": "
                             "\"6.1\", \"libc\": [1]}");
    for (size_t i = 0; i < t.b.run_count; i++)
        if (strcmp(t.b.runs[i].allocator, "jemalloc") == 0)
            strcpy(t.b.runs[i].version_allocator, "10.0");
    assert_int_equal(compare_two(&t, NULL, NULL), 0);
    assert_int_equal(differences(&t.of_a, &t.of_b, found), 3);
    assert_string_equal(found[0].name, "processor");
    assert_string_equal(found[0].b, "Two");
    assert_string_equal(found[1].name, "cores");
    assert_string_equal(found[2].name, "allocator jemalloc");
    assert_int_equal(differences(&t.of_a, &t.of_a, found), 0);
    close_two(&t);
}

static void an_environment_that_is_no_json_has_no_facts(void **state)
{
    static const char *const texts[] = {"", "{", "[1, 2]", "{\"cpu\": 3, \"memory\": []}"};
    struct machine_difference found[MACHINE_DIFFERENCES];
    (void)state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct two t;
        open_two(&t, 1);
        free(t.a.environment);
        t.a.environment = strdup(texts[i]);
        assert_int_equal(compare_two(&t, NULL, NULL), 0);
        assert_int_equal(differences(&t.of_a, &t.of_b, found), 0);
        close_two(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_configuration_that_became_slower_is_found_among_many),
        cmocka_unit_test(a_configuration_without_collections_has_no_pause_to_compare),
        cmocka_unit_test(failed_runs_are_counted_and_left_out),
        cmocka_unit_test(runs_that_did_other_work_are_refused),
        cmocka_unit_test(configurations_without_a_partner_are_counted),
        cmocka_unit_test(sweeps_with_nothing_in_common_are_refused_with_an_example_of_each),
        cmocka_unit_test(four_runs_on_each_side_have_an_interval_and_three_have_none),
        cmocka_unit_test(one_word_pairs_each_workload_and_tuning_with_its_like),
        cmocka_unit_test(two_words_compare_over_every_workload_that_both_leave),
        cmocka_unit_test(a_parameter_is_named_with_its_value),
        cmocka_unit_test(the_twin_is_compared_with_its_original),
        cmocka_unit_test(words_that_cannot_be_meant_are_refused_with_what_there_is),
        cmocka_unit_test(a_word_that_two_dimensions_have_is_to_be_said_in_full),
        cmocka_unit_test(the_mean_over_all_weighs_each_round_of_each_workload_alike),
        cmocka_unit_test(a_round_that_misses_a_run_is_not_in_the_mean_over_all),
        cmocka_unit_test(a_sweep_that_says_the_same_reproduces_all),
        cmocka_unit_test(a_difference_with_the_other_sign_is_a_contradiction_and_is_named),
        cmocka_unit_test(another_baseline_leaves_differences_out),
        cmocka_unit_test(machines_that_differ_are_named_and_unknown_facts_are_not),
        cmocka_unit_test(an_environment_that_is_no_json_has_no_facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
