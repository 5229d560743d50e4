/* Configurations, baselines, pairs, noise, checksums and curves of made-up sweeps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/analysis/curves.h"
#include "harness/analysis/findings.h"
#include "harness/analysis/order.h"
#include "harness/analysis/summary.h"
#include "tests/synthetic.h"

static struct result_set results;
static struct summary summary;

static int set_up(void **state)
{
    (void)state;
    results = synthetic_results(&synthetic_bench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    summary_free(&summary);
    synthetic_free(&results);
    return 0;
}

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.12g is not within %g of %.12g", value, tolerance, expected);
}

static const struct configuration *find_configuration(const char *workload, const char *allocator, const char *tuning)
{
    for (size_t i = 0; i < summary.configuration_count; i++) {
        const struct run_record *d = summary.configurations[i].dimensions;
        if (strcmp(d->workload, workload) == 0 && strcmp(d->allocator, allocator) == 0 &&
            strcmp(d->tuning, tuning) == 0)
            return &summary.configurations[i];
    }
    fail_msg("no configuration %s %s %s", workload, allocator, tuning);
    return NULL;
}

static void every_configuration_and_every_run_is_counted_once(void **state)
{
    (void)state;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.subject_count, 2);
    assert_int_equal(summary.configuration_count, 48);
    assert_int_equal(summary.ok, 300);
    assert_int_equal(summary.rounds, 6);
    for (size_t i = 0; i < summary.configuration_count; i++)
        assert_int_equal(summary.configurations[i].ok, 6); /* the twin's runs are apart */
    assert_string_equal(summary.subjects[1].label, "gcbench scale=1 seed=1");
}

static void configurations_stand_in_the_order_of_the_tables(void **state)
{
    static const char *const allocators_in_order[] = {"pymalloc", "system", "jemalloc", "mimalloc"};
    (void)state;

    assert_int_equal(summarise(&results, &summary), 0);
    assert_string_equal(summary.subjects[0].workload, "linked-list");
    for (size_t i = 0; i < 24; i++) {
        assert_string_equal(summary.configurations[i].dimensions->allocator, allocators_in_order[i / 6]);
        assert_string_equal(summary.configurations[i].dimensions->tuning, synthetic_tunings[i % 6]);
    }
}

static void the_baseline_is_the_configuration_of_defaults(void **state)
{
    (void)state;
    assert_int_equal(summarise(&results, &summary), 0);
    const struct configuration *base = &summary.configurations[summary.subjects[0].baseline];
    assert_string_equal(base->dimensions->allocator, "pymalloc");
    assert_string_equal(base->dimensions->tuning, "700,10,10");
    near(base->ratio[MEASURE_WALL_NS].estimate, 1, 0);
}

static void without_the_defaults_the_first_that_counts_is_the_baseline(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 6; round++)
        synthetic_fail(synthetic_find(&results, "linked-list", "pymalloc", "700,10,10", round, false), "timeout", "");
    assert_int_equal(summarise(&results, &summary), 0);
    const struct configuration *base = &summary.configurations[summary.subjects[0].baseline];
    assert_string_equal(base->dimensions->tuning, "2000,10,10");
}

static void ratios_are_those_that_the_runs_were_made_with(void **state)
{
    (void)state;
    assert_int_equal(summarise(&results, &summary), 0);
    const struct configuration *c = find_configuration("gcbench", "system", "700,10,10");
    near(c->ratio[MEASURE_WALL_NS].estimate, 1.2, 0.02);
    near(c->ratio[MEASURE_THROUGHPUT].estimate, 1 / 1.2, 0.02);
    near(c->ratio[MEASURE_RSS_PEAK_BYTES].estimate, 0.8, 0.02);
    assert_true(c->ratio[MEASURE_WALL_NS].low > 1);
    assert_int_equal(c->ratio[MEASURE_WALL_NS].pairs, 6);
}

static void a_failed_run_voids_its_pair_and_nothing_else(void **state)
{
    (void)state;
    synthetic_fail(synthetic_find(&results, "gcbench", "jemalloc", "2000,10,10", 2, false), "crashed", "signal 11");
    synthetic_fail(synthetic_find(&results, "gcbench", "mimalloc", "2000,10,10", 3, false), "out-of-memory", "");
    synthetic_fail(synthetic_find(&results, "gcbench", "mimalloc", "2000,10,10", 4, false), "no such status", "");
    assert_int_equal(summarise(&results, &summary), 0);
    const struct configuration *c = find_configuration("gcbench", "jemalloc", "2000,10,10");
    assert_int_equal(c->ok, 5);
    assert_int_equal(c->failures[FAILURE_CRASHED], 1);
    assert_int_equal(c->ratio[MEASURE_WALL_NS].pairs, 5);
    assert_true(isnan(c->ratio[MEASURE_WALL_NS].low)); /* five pairs have no interval */
    assert_true(c->ratio[MEASURE_WALL_NS].estimate > 0);
    const struct configuration *other = find_configuration("gcbench", "mimalloc", "2000,10,10");
    assert_int_equal(other->failures[FAILURE_OUT_OF_MEMORY], 1);
    assert_int_equal(other->failures[FAILURE_FAILED], 1);
    assert_int_equal(find_configuration("gcbench", "system", "2000,10,10")->ratio[MEASURE_WALL_NS].pairs, 6);
    assert_int_equal(summary.failed, 3);
}

static void runs_are_paired_by_round_and_not_by_place(void **state)
{
    (void)state;
    /* Each round is ten times slower than the one before: any other pairing is off by that. */
    for (size_t i = 0; i < results.run_count; i++)
        results.runs[i].wall_ns = (uint64_t)((double)results.runs[i].wall_ns * pow(10, (double)results.runs[i].round));
    synthetic_fail(synthetic_find(&results, "linked-list", "pymalloc", "700,10,10", 0, false), "failed", "");
    synthetic_fail(synthetic_find(&results, "linked-list", "system", "700,10,10", 5, false), "failed", "");
    assert_int_equal(summarise(&results, &summary), 0);
    const struct interval *wall = &find_configuration("linked-list", "system", "700,10,10")->ratio[MEASURE_WALL_NS];
    assert_int_equal(wall->pairs, 4);
    near(wall->estimate, 1.2, 0.05);
}

static void a_sweep_without_one_ok_run_is_summarised_as_such(void **state)
{
    struct findings findings;
    (void)state;

    for (size_t i = 0; i < results.run_count; i++)
        synthetic_fail(&results.runs[i], "timeout", "");
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.ok, 0);
    for (size_t i = 0; i < summary.configuration_count; i++) {
        assert_false(summary.configurations[i].counts);
        assert_false(summary.configurations[i].on_front);
    }
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_string_equal(findings.sentence[0], "Throughput: no run that counts, so no answer.");
}

static void an_empty_sweep_has_an_empty_summary(void **state)
{
    (void)state;
    size_t count = results.run_count;
    results.run_count = 0;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.subject_count, 0);
    summary_free(&summary);
    results.run_count = count;
}

static void the_p99_of_fewer_than_100_pauses_is_the_longest(void **state)
{
    (void)state;
    struct run_record *run = synthetic_find(&results, "gcbench", "pymalloc", "200000,30,30", 0, false);
    assert_true(run->pause_count < 100);
    assert_int_not_equal(run->pause_p99_ns, run->pause_max_ns);
    near(measure_of(run, MEASURE_PAUSE_P99_NS), (double)run->pause_max_ns, 0);
    assert_int_equal(summarise(&results, &summary), 0);
    assert_true(find_configuration("gcbench", "pymalloc", "200000,30,30")->p99_is_max);
    assert_false(find_configuration("gcbench", "pymalloc", "700,10,10")->p99_is_max);
}

static void the_p99_of_fewer_than_100_requests_is_the_slowest(void **state)
{
    (void)state;
    struct run_record *run = synthetic_find(&results, "gcbench", "pymalloc", "700,10,10", 0, false);
    assert_true(isnan(measure_of(run, MEASURE_REQUEST_P99_NS)) && isnan(measure_of(run, MEASURE_METERED_P99_NS)));
    run->request_count = run->metered_count = 99;
    run->request_p99_ns = 10, run->request_max_ns = 20;
    run->metered_p99_ns = 30, run->metered_p999_ns = 35, run->metered_max_ns = 40;
    near(measure_of(run, MEASURE_REQUEST_P99_NS), 20, 0);
    near(measure_of(run, MEASURE_METERED_P99_NS), 40, 0);
    near(measure_of(run, MEASURE_METERED_P999_NS), 40, 0);
    run->request_count = run->metered_count = 100;
    near(measure_of(run, MEASURE_REQUEST_P99_NS), 10, 0);
    near(measure_of(run, MEASURE_METERED_P99_NS), 30, 0);
    near(measure_of(run, MEASURE_METERED_P999_NS), 35, 0);
    near(measure_of(run, MEASURE_REQUEST_MAX_NS), 20, 0);
}

static void utilization_is_known_of_the_windows_that_the_run_has(void **state)
{
    (void)state;
    struct run_record run;
    struct record_utilization mmu[] = {{1000000, 0.25}, {10000000, 0.5}};
    record_clear(&run);
    assert_true(isnan(measure_of(&run, MEASURE_MMU_10MS)));
    run.mmu = mmu;
    run.mmu_count = 2;
    record_derive(&run);
    near(measure_of(&run, MEASURE_MMU_10MS), 0.5, 0);
    near(mmu_of(&run, 1000000), 0.25, 0);
    assert_true(isnan(mmu_of(&run, 2000000)));
}

static void a_rate_is_kept_within_one_percent(void **state)
{
    (void)state;
    struct run_record run;
    record_clear(&run);
    assert_true(run_kept_its_rate(&run)); /* asked for none */
    run.rate_asked_per_s = 1000;
    run.rate_kept_per_s = 990.1;
    assert_true(run_kept_its_rate(&run));
    run.rate_kept_per_s = 989.9;
    assert_false(run_kept_its_rate(&run));
}

static void a_run_that_never_collected_has_pauses_of_zero_and_no_ratio(void **state)
{
    (void)state;
    assert_int_equal(summarise(&results, &summary), 0);
    const struct configuration *c = find_configuration("gcbench", "pymalloc", "disabled");
    near(c->measure[MEASURE_PAUSE_P99_NS].median, 0, 0);
    assert_true(isnan(c->ratio[MEASURE_PAUSE_P99_NS].estimate));
    assert_true(c->on_front); /* nothing has shorter pauses */
}

static void without_comparisons_all_but_ratios_and_fronts_is_there(void **state)
{
    struct summary bare;
    (void)state;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summarise_uncompared(&results, &bare), 0);
    assert_int_equal(bare.configuration_count, summary.configuration_count);
    assert_int_equal(bare.subject_count, summary.subject_count);
    for (size_t i = 0; i < bare.subject_count; i++) {
        const struct subject *a = &bare.subjects[i], *b = &summary.subjects[i];
        assert_int_equal(a->baseline, b->baseline);
        assert_ptr_equal(a->noise.twin, b->noise.twin);
        assert_memory_equal(&a->noise.wall, &b->noise.wall, sizeof a->noise.wall);
    }
    for (size_t i = 0; i < bare.configuration_count; i++) {
        const struct configuration *a = &bare.configurations[i], *b = &summary.configurations[i];
        assert_ptr_equal(a->dimensions, b->dimensions);
        assert_memory_equal(a->measure, b->measure, sizeof a->measure);
        assert_int_equal(a->channel.wakings, b->channel.wakings);
        assert_int_equal(a->counts, b->counts);
        assert_false(a->on_front);
        assert_true(isnan(a->ratio[MEASURE_WALL_NS].estimate));
    }
    summary_free(&bare);
}

static void an_unknown_value_is_no_number(void **state)
{
    (void)state;
    struct run_record *run = synthetic_find(&results, "gcbench", "pymalloc", "700,10,10", 0, false);
    run->rss_peak_bytes = RECORD_UNKNOWN;
    run->operations = RECORD_UNKNOWN;
    assert_true(isnan(measure_of(run, MEASURE_RSS_PEAK_BYTES)));
    assert_true(isnan(measure_of(run, MEASURE_RSS_GROWTH_BYTES)));
    assert_true(isnan(measure_of(run, MEASURE_THROUGHPUT)));
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_configuration("gcbench", "pymalloc", "700,10,10")->measure[MEASURE_RSS_PEAK_BYTES].count, 5);
}

static void a_checksum_that_differs_takes_the_configuration_out(void **state)
{
    (void)state;
    synthetic_find(&results, "gcbench", "mimalloc", "disabled", 4, false)->checksum ^= 1;
    assert_int_equal(summarise(&results, &summary), 0);
    const struct configuration *c = find_configuration("gcbench", "mimalloc", "disabled");
    assert_true(c->checksum_differs);
    assert_false(c->counts);
    assert_false(c->on_front);
    assert_true(isnan(c->ratio[MEASURE_WALL_NS].estimate));
    assert_false(summary.subjects[1].checksums_agree);
    assert_true(summary.subjects[0].checksums_agree);
    assert_true(find_configuration("gcbench", "pymalloc", "disabled")->counts);
}

static void checksums_are_compared_over_the_runtimes(void **state)
{
    static const char *const runtimes[] = {"model", "cpython", NULL};
    static const char *const one[] = {"gcbench", NULL};
    const struct synthetic both = {one, runtimes, synthetic_allocators, synthetic_tunings, 6, true};
    (void)state;

    synthetic_free(&results);
    results = synthetic_results(&both);
    for (size_t i = 0; i < results.run_count; i++)
        if (strcmp(results.runs[i].runtime, "cpython") == 0)
            results.runs[i].checksum = 5;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.subject_count, 2);
    assert_string_equal(summary.subjects[1].runtime, "cpython");
    /* The twin gives the model the majority. */
    assert_true(summary.subjects[0].checksums_agree);
    assert_false(summary.subjects[1].checksums_agree);
    assert_ptr_equal(summary.subjects[1].noise.twin, summary.subjects[0].noise.twin);
}

static void without_a_majority_no_checksum_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < results.run_count; i++)
        results.runs[i].checksum = i;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_false(summary.subjects[0].has_checksum);
    for (size_t i = 0; i < summary.configuration_count; i++)
        assert_false(summary.configurations[i].counts);
}

static void twins_that_are_alike_give_a_noise_floor(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 6; round++) {
        uint64_t wall = synthetic_find(&results, "gcbench", "pymalloc", "700,10,10", round, false)->wall_ns;
        synthetic_find(&results, "gcbench", "pymalloc", "700,10,10", round, true)->wall_ns =
            round % 2 ? wall * 99 / 100 : wall * 102 / 100;
    }
    assert_int_equal(summarise(&results, &summary), 0);
    const struct noise *noise = &summary.subjects[1].noise;
    assert_int_equal(noise->verdict, NOISE_FLOOR);
    near(noise->floor, 0.02, 0.0005);
    assert_true(noise->wall.low < 1 && noise->wall.high > 1);
}

static void twins_that_differ_make_the_workload_invalid(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 6; round++) {
        uint64_t wall = synthetic_find(&results, "gcbench", "pymalloc", "700,10,10", round, false)->wall_ns;
        synthetic_find(&results, "gcbench", "pymalloc", "700,10,10", round, true)->wall_ns = wall * (105 + round) / 100;
    }
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.subjects[1].noise.verdict, NOISE_INVALID);
    assert_int_not_equal(summary.subjects[0].noise.verdict, NOISE_INVALID);
}

static void too_few_twins_say_nothing(void **state)
{
    (void)state;
    synthetic_fail(synthetic_find(&results, "gcbench", "pymalloc", "700,10,10", 1, true), "timeout", "");
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.subjects[1].noise.verdict, NOISE_UNKNOWN);
    assert_int_equal(summary.subjects[1].noise.wall.pairs, 5);
    assert_true(isnan(summary.subjects[1].noise.floor));
}

static void without_twins_the_floor_is_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < results.run_count; i++)
        results.runs[i].twin = false;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.subjects[0].noise.verdict, NOISE_UNKNOWN);
    assert_null(summary.subjects[0].noise.twin);
    assert_true(isnan(summary.subjects[0].noise.wall.estimate));
}

static void a_pause_curve_meets_the_ranks_of_its_pauses(void **state)
{
    /* 90 pauses of 10 ns, 9 of 100 ns and one of 1000 ns, spread over runs and generations. */
    struct record_bucket many[] = {{10, 60}}, few[] = {{10, 30}, {100, 9}}, one[] = {{1000, 1}};
    struct run_record *runs = calloc(2, sizeof *runs);
    const struct run_record *pointers[] = {&runs[0], &runs[1]};
    struct configuration c = {.runs = pointers, .run_count = 2, .ok = 2};
    struct curve curve;
    (void)state;

    strcpy(runs[0].status, "ok");
    strcpy(runs[1].status, "ok");
    runs[0].pauses[0] = (struct record_histogram){1, many};
    runs[1].pauses[0] = (struct record_histogram){2, few};
    runs[1].pauses[2] = (struct record_histogram){1, one};
    assert_int_equal(pause_curve(&results, &c, &curve), 0);
    assert_int_equal(curve.count, 41); /* 20 points a decade from 1 to 100 */
    near(curve.points[0].y, 10, 0);
    near(curve.points[20].x, 10, 1e-9);
    near(curve.points[20].y, 10, 0); /* the 90th percentile is the 90th of 100 */
    near(curve.points[21].y, 100, 0);
    near(curve.points[40].x, 100, 1e-9);
    near(curve.points[40].y, 1000, 0); /* the end is the longest */
    curve_free(&curve);
    strcpy(runs[1].status, "crashed");
    c.ok = 1;
    assert_int_equal(pause_curve(&results, &c, &curve), 0);
    near(curve.points[curve.count - 1].y, 10, 0); /* a failed run is not in it */
    curve_free(&curve);
    free(runs);
}

/* Of 1,000 pauses the 983rd and the 997th are the ends: P(B < 983) and P(B > 996) are at most 2.5 % each, B binomial of
 * 1,000 and 0.99. */
static void the_p99_of_pooled_pauses_has_the_interval_of_their_number(void **state)
{
    enum { PAUSES = 1000 };
    struct record_bucket odd[PAUSES / 2], even[PAUSES / 2];
    struct run_record *runs = calloc(2, sizeof *runs);
    const struct run_record *pointers[] = {&runs[0], &runs[1]};
    struct configuration c = {.runs = pointers, .run_count = 2, .ok = 2};
    struct interval p99;
    (void)state;

    for (uint64_t i = 0; i < PAUSES / 2; i++) {
        odd[i] = (struct record_bucket){2 * i + 1, 1};
        even[i] = (struct record_bucket){2 * i + 2, 1};
    }
    strcpy(runs[0].status, "ok");
    strcpy(runs[1].status, "ok");
    runs[0].pauses[0] = (struct record_histogram){PAUSES / 2, odd};
    runs[1].pauses[1] = (struct record_histogram){PAUSES / 2, even};
    assert_int_equal(pooled_pause_quantile(&results, &c, 0.99, &p99), 0);
    assert_int_equal(p99.pairs, PAUSES);
    near(p99.estimate, 990, 0);
    near(p99.low, 983, 0);
    near(p99.high, 997, 0);
    runs[0].pauses[0].count = 100; /* too few for an upper end */
    runs[1].pauses[1].count = 0;
    assert_int_equal(pooled_pause_quantile(&results, &c, 0.99, &p99), 0);
    assert_int_equal(p99.pairs, 100);
    assert_true(isnan(p99.high));
    runs[0].pauses[0].count = 0;
    assert_int_equal(pooled_pause_quantile(&results, &c, 0.99, &p99), 0);
    assert_int_equal(p99.pairs, 0);
    assert_true(isnan(p99.estimate));
    free(runs);
}

static void a_curve_of_no_pauses_is_empty(void **state)
{
    struct curve curve;
    (void)state;

    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(pause_curve(&results, find_configuration("gcbench", "pymalloc", "disabled"), &curve), 0);
    assert_int_equal(curve.count, 0);
}

static void the_median_run_is_the_one_in_the_middle_by_memory(void **state)
{
    static const uint64_t peaks[] = {70, 10, 30, 20, 60, 50};
    (void)state;

    for (unsigned round = 0; round < 6; round++)
        synthetic_find(&results, "gcbench", "system", "disabled", round, false)->rss_peak_bytes = peaks[round];
    assert_int_equal(summarise(&results, &summary), 0);
    const struct configuration *c = find_configuration("gcbench", "system", "disabled");
    assert_int_equal(median_run(c)->rss_peak_bytes, 30); /* the lower of the two in the middle */
}

static void threshold_0_is_read_from_plain_thresholds_alone(void **state)
{
    (void)state;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(threshold0_of(find_configuration("gcbench", "pymalloc", "50000,20,100")), 50000);
    assert_int_equal(threshold0_of(find_configuration("gcbench", "pymalloc", "disabled")), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_configuration_and_every_run_is_counted_once),
        TEST(configurations_stand_in_the_order_of_the_tables),
        TEST(the_baseline_is_the_configuration_of_defaults),
        TEST(without_the_defaults_the_first_that_counts_is_the_baseline),
        TEST(ratios_are_those_that_the_runs_were_made_with),
        TEST(a_failed_run_voids_its_pair_and_nothing_else),
        TEST(runs_are_paired_by_round_and_not_by_place),
        TEST(a_sweep_without_one_ok_run_is_summarised_as_such),
        TEST(an_empty_sweep_has_an_empty_summary),
        TEST(the_p99_of_fewer_than_100_pauses_is_the_longest),
        TEST(the_p99_of_fewer_than_100_requests_is_the_slowest),
        TEST(utilization_is_known_of_the_windows_that_the_run_has),
        TEST(a_rate_is_kept_within_one_percent),
        TEST(a_run_that_never_collected_has_pauses_of_zero_and_no_ratio),
        TEST(without_comparisons_all_but_ratios_and_fronts_is_there),
        TEST(an_unknown_value_is_no_number),
        TEST(a_checksum_that_differs_takes_the_configuration_out),
        TEST(checksums_are_compared_over_the_runtimes),
        TEST(without_a_majority_no_checksum_counts),
        TEST(twins_that_are_alike_give_a_noise_floor),
        TEST(twins_that_differ_make_the_workload_invalid),
        TEST(too_few_twins_say_nothing),
        TEST(without_twins_the_floor_is_unknown),
        TEST(a_pause_curve_meets_the_ranks_of_its_pauses),
        TEST(the_p99_of_pooled_pauses_has_the_interval_of_their_number),
        TEST(a_curve_of_no_pauses_is_empty),
        TEST(the_median_run_is_the_one_in_the_middle_by_memory),
        TEST(threshold_0_is_read_from_plain_thresholds_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
