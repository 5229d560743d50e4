/* test_precision.c - when a sweep knows enough: widths on paper, then sweeps that stop by them, with a shell script
 * as the worker. */
#include <math.h>

#include "harness/sweep/precision.h"
#include "harness/sweep/progress.h"
#include "tests/scripted_sweep.h"

/* One workload: the default, its twin, and 2000,10,10. */
static struct plan_workload chain = {.name = "chain", .scale = 1}, graph = {.name = "graph", .scale = 1};
#define CONFIGURATION(workload_, tuning_, twin_)                                                         \
    {                                                                                                    \
        .workload = workload_, .runtime = "model", .allocator = "pymalloc", .collector = "cpython-3.11", \
        .tuning = tuning_, .refcount = "plain", .twin = twin_                                            \
    }
/* clang-format off */
static const struct plan_configuration list[] = {
    CONFIGURATION(&chain, "700,10,10", false), CONFIGURATION(&chain, "700,10,10", true),
    CONFIGURATION(&chain, "2000,10,10", false), CONFIGURATION(&graph, "disabled", false),
    CONFIGURATION(&graph, "5000,10,10", false),
};
/* clang-format on */
enum { DEFAULT, TWIN, OTHER, GRAPH_DISABLED, GRAPH_5000, COUNT };

static struct precision *open_list(void)
{
    struct precision *p = precision_open(list, COUNT);
    assert_non_null(p);
    return p;
}

static void note(struct precision *p, size_t index, unsigned round, double wall_ns, double rss_bytes)
{
    struct store_outcome outcome = {.ok = true, .wall_ns = wall_ns, .rss_peak_bytes = rss_bytes};
    assert_int_equal(precision_note(p, index, round, &outcome), 0);
}

static struct precision_width width_of(struct precision *p)
{
    struct precision_width w;
    assert_int_equal(precision_find(p, &w), 0);
    return w;
}

/* `rounds` rounds in which OTHER takes 2 times the default's time, give or take `noise` (a log ratio) in turn. */
static void fill(struct precision *p, unsigned rounds, double noise)
{
    for (unsigned r = 0; r < rounds; r++) {
        note(p, DEFAULT, r, 1000, 1e6);
        note(p, TWIN, r, 1000, 1e6);
        note(p, OTHER, r, 2000 * exp(r % 2 ? noise : -noise), 3e6);
    }
}

static void the_width_is_half_the_widest_interval(void **state)
{
    (void)state;
    struct precision *p = open_list();
    fill(p, 8, 0.05);
    struct precision_width w = width_of(p);
    assert_int_equal(w.compared, 4); /* the twin and 2000,10,10: wall and RSS */
    assert_int_equal(w.configuration, OTHER);
    assert_string_equal(w.measure, "wall");
    /* Walsh averages are -0.05, 0 and 0.05; 10 of the 36 are at each end, so the fourth is. */
    assert_true(fabs(w.half_width - 0.05) < 1e-9);
    precision_free(p);
}

static void memory_decides_as_time_does(void **state)
{
    (void)state;
    struct precision *p = open_list();
    for (unsigned r = 0; r < 8; r++) {
        note(p, DEFAULT, r, 1000, 1e6);
        note(p, TWIN, r, 1000, r % 2 ? 1.2e6 : 1e6);
    }
    struct precision_width w = width_of(p);
    assert_int_equal(w.configuration, TWIN);
    assert_string_equal(w.measure, "peak RSS");
    assert_true(fabs(w.half_width - log(1.2) / 2) < 1e-9);
    precision_free(p);
}

static void fewer_pairs_than_an_interval_takes_are_infinitely_wide(void **state)
{
    (void)state;
    struct precision *p = open_list();
    assert_int_equal(width_of(p).compared, 0);
    assert_true(isnan(width_of(p).half_width));
    fill(p, 5, 0);
    assert_true(isinf(width_of(p).half_width));
    fill(p, 6, 0);
    assert_true(width_of(p).half_width < 1e-9);
    precision_free(p);
}

/* 2000,10,10 fails in one of 7 rounds: 6 pairs are left. In two: 5. */
static void a_failed_run_voids_its_pair_alone(void **state)
{
    (void)state;
    const struct store_outcome failed = {.ok = false, .wall_ns = 5, .rss_peak_bytes = 5};
    struct precision *p = open_list();
    for (unsigned r = 0; r < 7; r++) {
        note(p, DEFAULT, r, 1000, 1e6);
        if (r == 3)
            assert_int_equal(precision_note(p, OTHER, r, &failed), 0);
        else
            note(p, OTHER, r, 2000, 1e6);
    }
    assert_true(width_of(p).half_width < 1e-9);
    precision_free(p);

    p = open_list();
    for (unsigned r = 0; r < 7; r++) {
        note(p, DEFAULT, r, 1000, 1e6);
        note(p, r < 2 ? TWIN : OTHER, r, 1000, 1e6);
    }
    assert_true(isinf(width_of(p).half_width));
    precision_free(p);
}

static void what_never_ends_ok_is_not_waited_for(void **state)
{
    (void)state;
    const struct store_outcome failed = {.ok = false, .wall_ns = NAN, .rss_peak_bytes = NAN};
    struct precision *p = open_list();
    for (unsigned r = 0; r < 6; r++) {
        note(p, DEFAULT, r, 1000, 1e6);
        note(p, TWIN, r, 1000, 1e6);
        assert_int_equal(precision_note(p, OTHER, r, &failed), 0);
    }
    assert_int_equal(width_of(p).compared, 2);
    assert_true(width_of(p).half_width < 1e-9);
    precision_free(p);
}

/* Graph has no default: 5000,10,10 comes before disabled in the report. */
static void without_the_default_the_first_in_the_reports_order_is_the_baseline(void **state)
{
    (void)state;
    struct precision *p = open_list();
    for (unsigned r = 0; r < 6; r++) {
        note(p, GRAPH_DISABLED, r, 1000 + 100 * (r % 2), 1e6);
        note(p, GRAPH_5000, r, 1000, 1e6);
    }
    assert_int_equal(width_of(p).compared, 2);
    assert_int_equal(width_of(p).configuration, GRAPH_DISABLED);
    precision_free(p);
}

static void rounds_needed_grow_with_the_square_of_the_width(void **state)
{
    (void)state;
    assert_int_equal(precision_rounds_needed(0.04, 0.02, 10, 10, 100), 40);
    assert_int_equal(precision_rounds_needed(0.03, 0.02, 10, 10, 100), 23);
    assert_int_equal(precision_rounds_needed(0.02, 0.02, 12, 10, 100), 12);
    assert_int_equal(precision_rounds_needed(0.001, 0.02, 3, 10, 100), 10);
    assert_int_equal(precision_rounds_needed(1, 0.02, 10, 10, 100), 100);
    assert_int_equal(precision_rounds_needed(NAN, 0.02, 3, 10, 100), 10);
    assert_int_equal(precision_rounds_needed(INFINITY, 0.02, 20, 10, 100), 20);
}

static void the_progress_line_says_how_precise_it_is(void **state)
{
    (void)state;
    struct plan_configuration c = list[OTHER];
    struct progress p = {.total = 120, .done = 36, .timed = 36, .rounds = 40, .precision = 0.02, .half_width = 0.0391};
    char line[PROGRESS_LINE_BYTES];
    progress_line(&p, &c, 12, UINT64_C(36000000000), 200, line);
    assert_string_equal(line, "[======>             ] 36/120  round 13 of about 40  +-3.9% (2% wanted)  1m24s left  "
                              "chain pymalloc 2000,10,10");
}

/* ---- Sweeps ---- */

/* Each run's own: 1000 and 1300 in turn, by its round. */
#define NOISY                                                                           \
    "for word; do case $word in round=*) r=${word#round=};; twin=1) t=1;; esac; done; " \
    "[ -n \"$t\" ] && w=1000 || w=$((1000 + 300 * (r % 2))); " RECORD("$w")

static int open_bench(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    b->plan.precision = 0.02;
    return bench_start(b);
}

static void fact_is(struct bench *b, const char *name, const char *wanted)
{
    char *text;
    assert_int_equal(store_fact(b->store, name, &text, error, sizeof error), 0);
    assert_non_null(text);
    assert_string_equal(text, wanted);
    free(text);
}

static void a_precise_sweep_stops_after_ten_rounds_at_the_earliest(void **state)
{
    struct bench *b = *state;
    assert_int_equal(b->plan.rounds, PLAN_PRECISION_MOST_ROUNDS);
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_PRECISE);
    assert_int_equal(result.rounds_done, 10);
    assert_int_equal(result.runs, 20);
    fact_is(b, "stopped", "precise");
    fact_is(b, "half_width", "0.000000");
    fact_is(b, "rounds_done", "10");
    /* The store says the same again, without a run. */
    result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_PRECISE);
    assert_int_equal(result.runs, 0);
    assert_int_equal(result.rounds_done, 10);
}

static void an_imprecise_sweep_ends_with_its_rounds_and_says_how_wide(void **state)
{
    struct bench *b = *state;
    use_script(b, NOISY);
    b->plan.rounds = 12;
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_ROUNDS);
    assert_int_equal(result.rounds_done, 12);
    assert_true(fabs(result.half_width - log(1.3) / 2) < 1e-9);
    assert_string_equal(result.half_width_of,
                        "wall of chain scale=1 seed=1 model pymalloc cpython-3.11 700,10,10 plain (twin)");
    fact_is(b, "stopped", "rounds");
    fact_is(b, "half_width", "0.131182");
    /* Asked for less, what the store holds is enough. */
    b->plan.precision = 0.14;
    result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_PRECISE);
    assert_int_equal(result.runs, 0);
    assert_int_equal(result.rounds_done, 10);
}

static void a_budget_ends_a_sweep_that_is_not_precise(void **state)
{
    struct bench *b = *state;
    use_script(b, "sleep 0.02; " NOISY);
    b->plan.budget_ns = 1;
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_BUDGET);
    assert_int_equal(result.rounds_done, 1);
    assert_true(isnan(result.half_width));
    fact_is(b, "half_width", "unknown");
}

static void six_rounds_are_enough_where_the_plan_has_no_more(void **state)
{
    struct bench *b = *state;
    b->plan.rounds = 6;
    struct sweep_result result = sweep(b);
    assert_int_equal(result.stopped, SWEEP_PRECISE);
    assert_int_equal(result.rounds_done, 6);
}

/* ---- Plans ---- */

static void a_plan_keeps_its_precision_and_its_shard(void **state)
{
    (void)state;
    struct plan p, again;
    assert_int_equal(plan_from_json("{\"precision\": \"2.5%\", \"workloads\": [\"chain\"]}", &p, error, sizeof error),
                     0);
    assert_int_equal(p.rounds, PLAN_PRECISION_MOST_ROUNDS);
    char *json = plan_to_json(&p);
    assert_non_null(strstr(json, "\"precision\": \"2.5%\""));
    assert_null(strstr(json, "shard"));
    assert_int_equal(plan_from_json(json, &again, error, sizeof error), 0);
    assert_true(fabs(again.precision - 0.025) < 1e-12);
    free(json);
    plan_free(&again);
    plan_free(&p);

    assert_int_equal(plan_from_json("{\"shard\": \"2/3\", \"rounds\": 8}", &p, error, sizeof error), 0);
    json = plan_to_json(&p);
    assert_non_null(strstr(json, "\"shard\": \"2/3\""));
    assert_int_equal(plan_round_count(&p), 3); /* rounds 1, 4, 7 */
    assert_true(plan_has_round(&p, 4) && !plan_has_round(&p, 3));
    free(json);
    plan_free(&p);
}

static void the_shards_of_a_plan_have_each_round_once(void **state)
{
    (void)state;
    struct plan p;
    plan_init(&p);
    p.rounds = 11;
    for (unsigned n = 1; n <= 11; n++) {
        unsigned times[11] = {0}, sum = 0;
        for (unsigned k = 1; k <= n; k++) {
            char text[32];
            snprintf(text, sizeof text, "%u/%u", k, n);
            assert_int_equal(plan_set_shard(&p, text, error, sizeof error), 0);
            sum += plan_round_count(&p);
            for (unsigned r = 0; r < 11; r++)
                times[r] += plan_has_round(&p, r);
        }
        assert_int_equal(sum, 11);
        for (unsigned r = 0; r < 11; r++)
            assert_int_equal(times[r], 1);
    }
    plan_free(&p);
}

static void what_cannot_be_precise_is_refused(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"{\"precision\": \"2%\", \"rounds\": 5}", "precision takes at least 6 rounds"},
        {"{\"precision\": \"2%\", \"shard\": \"1/2\"}", "precision and shard"},
        {"{\"precision\": \"0%\"}", "\"precision\" is not a text such as"},
        {"{\"precision\": 2}", "\"precision\" is not a text such as"},
        {"{\"precision\": \"60%\"}", "precision is a percentage from 0.0001% to 50%"},
        {"{\"shard\": \"3/2\"}", "a shard is K/N such as 2/4"},
        {"{\"shard\": \"0/2\"}", "a shard is K/N such as 2/4"},
        {"{\"shard\": \"1/2x\"}", "a shard is K/N such as 2/4"},
        {"{\"shard\": \"1\"}", "a shard is K/N such as 2/4"},
        {"{\"shard\": \"8/9\", \"rounds\": 7}", "shard 8/9 of 7 rounds has no round"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct plan p;
        assert_int_equal(plan_from_json(bad[i][0], &p, error, sizeof error), -1);
        assert_non_null(strstr(error, bad[i][1]));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, drop_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_width_is_half_the_widest_interval),
        cmocka_unit_test(memory_decides_as_time_does),
        cmocka_unit_test(fewer_pairs_than_an_interval_takes_are_infinitely_wide),
        cmocka_unit_test(a_failed_run_voids_its_pair_alone),
        cmocka_unit_test(what_never_ends_ok_is_not_waited_for),
        cmocka_unit_test(without_the_default_the_first_in_the_reports_order_is_the_baseline),
        cmocka_unit_test(rounds_needed_grow_with_the_square_of_the_width),
        cmocka_unit_test(the_progress_line_says_how_precise_it_is),
        TEST(a_precise_sweep_stops_after_ten_rounds_at_the_earliest),
        TEST(an_imprecise_sweep_ends_with_its_rounds_and_says_how_wide),
        TEST(a_budget_ends_a_sweep_that_is_not_precise),
        TEST(six_rounds_are_enough_where_the_plan_has_no_more),
        cmocka_unit_test(a_plan_keeps_its_precision_and_its_shard),
        cmocka_unit_test(the_shards_of_a_plan_have_each_round_once),
        cmocka_unit_test(what_cannot_be_precise_is_refused),
    };
    return cmocka_run_group_tests_name("precision", tests, NULL, NULL);
}
