/* The report's pictures and tables of what is measured inside a run: latency, utilization, floating garbage, memory
 * around a collection, the longest pauses. */
#include <jansson.h>
#include <math.h>

#include "harness/analysis/curves.h"
#include "harness/analysis/longest.h"
#include "harness/analysis/memory_steps.h"
#include "tests/report_folder.h"

static const char *const one_workload[] = {"gcbench", NULL};
static const char *const two_allocators[] = {"jemalloc", "pymalloc", NULL};
static const char *const two_tunings[] = {"700,10,10", "50000,20,100", NULL};
static const char *const on_model[] = {"model", NULL};
static const struct synthetic small = {one_workload, on_model, two_allocators, two_tunings, 3, false};

/* ---- Runs that know more ---- */

/* Kept for as long as the results: a run's latencies, curves and lists. */
struct measured {
    struct record_bucket requests[3], metered[3];
    struct record_utilization mmu[3], bmu[3];
    struct record_floating floating[4];
    struct record_pause longest[3];
    struct record_bucket release[1];
};

static void add_lists(struct run_record *r, struct measured *m)
{
    *m = (struct measured){
        .requests = {{1000, 900}, {5000, 99}, {2000000, 1}},
        .metered = {{1000, 800}, {9000, 190}, {2000000, 10}},
        .mmu = {{10000, 0}, {1000000, 0.25}, {10000000, 0.345}},
        .bmu = {{10000, 0}, {1000000, 0.25}, {100000000, 0.75}},
        .floating = {{0, 0, 0}, {r->wall_ns / 4, 100, 4096}, {r->wall_ns / 2, 0, 0}, {r->wall_ns, 500, 1 << 20}},
        .longest = {{r->wall_ns / 2, 3000000, 2}, {r->wall_ns / 3, 20000, 0}, {r->wall_ns / 4, 10000, 2}},
        .release = {{777000, 1}},
    };
    r->requests = (struct record_histogram){3, m->requests};
    r->metered = (struct record_histogram){3, m->metered};
    r->request_count = r->metered_count = 1000;
    r->request_p99_ns = 5000;
    r->request_max_ns = r->metered_p999_ns = 2000000;
    r->metered_p99_ns = 12345;
    r->mmu = m->mmu;
    r->bmu = m->bmu;
    r->mmu_count = r->bmu_count = 3;
    r->floating = m->floating;
    r->floating_count = 4;
    r->longest = m->longest;
    r->longest_count = 3;
    r->pauses[RECORD_RELEASE] = (struct record_histogram){1, m->release};
    r->release_count = 1;
    r->release_max_ns = 777000;
    r->rss_end_bytes = r->rss_baseline_bytes + (20 << 20);
    r->rss_purged_bytes = r->rss_baseline_bytes + (10 << 20);
    record_derive(r);
}

static struct result_set measured_results(struct measured **lists)
{
    struct result_set results = synthetic_results(&small);

    *lists = calloc(results.run_count, sizeof **lists);
    for (size_t i = 0; i < results.run_count; i++)
        add_lists(&results.runs[i], &(*lists)[i]);
    return results;
}

/* The lists are not the runs' own: synthetic_free is not to free them. */
static void measured_free(struct result_set *results, struct measured *lists)
{
    for (size_t i = 0; i < results->run_count; i++)
        results->runs[i].pauses[RECORD_RELEASE] = (struct record_histogram){0, NULL};
    synthetic_free(results);
    free(lists);
}

/* ---- Curves ---- */

static void a_latency_curve_joins_the_requests_of_all_rounds(void **state)
{
    struct measured *lists;
    struct result_set results = measured_results(&lists);
    struct summary s;
    struct curve curve;
    (void)state;

    assert_int_equal(summarise(&results, &s), 0);
    assert_int_equal(latency_curve(&results, &s.configurations[0], LATENCY_SERVICE, &curve), 0);
    const struct curve_point *last = &curve.points[curve.count - 1];
    assert_float_equal(last->x, 3000, 1e-6); /* three rounds of 1,000 */
    assert_float_equal(last->y, 2000000, 1e-6);
    assert_float_equal(curve.points[0].y, 1000, 1e-6);
    for (size_t i = 0; i < curve.count; i++)
        if (fabs(curve.points[i].x - 100) < 1e-6)
            assert_float_equal(curve.points[i].y, 5000, 1e-6); /* the 99th percentile */
    curve_free(&curve);
    assert_int_equal(latency_curve(&results, &s.configurations[0], LATENCY_METERED, &curve), 0);
    for (size_t i = 0; i < curve.count; i++)
        if (fabs(curve.points[i].x - 1000) < 1e-6)
            assert_float_equal(curve.points[i].y, 2000000, 1e-6); /* the 99.9th */
    curve_free(&curve);
    summary_free(&s);
    measured_free(&results, lists);
}

static void a_utilization_curve_is_the_median_over_runs_of_the_windows_that_all_have(void **state)
{
    struct measured *lists;
    struct result_set results = measured_results(&lists);
    struct summary s;
    struct curve curve;
    (void)state;

    assert_int_equal(summarise(&results, &s), 0);
    const struct configuration *c = &s.configurations[0];
    assert_int_equal(c->run_count, 3);
    c->runs[0]->mmu[1].utilization = 0.1;
    c->runs[1]->mmu[1].utilization = 0.3;
    c->runs[2]->mmu[1].utilization = 0.9;
    c->runs[1]->mmu[2].window_ns = 90000000; /* a run that was shorter */
    assert_int_equal(mmu_curve(&results, c, &curve), 0);
    assert_int_equal(curve.count, 2);
    assert_float_equal(curve.points[1].x, 1000000, 1e-6);
    assert_float_equal(curve.points[1].y, 0.3, 1e-12);
    curve_free(&curve);
    assert_int_equal(bmu_curve(&results, c, &curve), 0);
    assert_int_equal(curve.count, 3);
    curve_free(&curve);
    summary_free(&s);
    measured_free(&results, lists);
}

static void runs_that_know_neither_have_empty_curves(void **state)
{
    struct result_set results = synthetic_results(&small);
    struct summary s;
    struct curve curve;
    (void)state;

    assert_int_equal(summarise(&results, &s), 0);
    assert_int_equal(latency_curve(&results, &s.configurations[0], LATENCY_METERED, &curve), 0);
    assert_int_equal(curve.count, 0);
    assert_int_equal(mmu_curve(&results, &s.configurations[0], &curve), 0);
    assert_int_equal(curve.count, 0);
    summary_free(&s);
    synthetic_free(&results);
}

/* ---- Tables ---- */

static void memory_is_read_beside_the_longest_full_collection(void **state)
{
    struct record_sample samples[] = {{0, 10}, {100, 20}, {200, 30}, {300, 5}, {400, 7}};
    struct record_pause longest[] = {{150, 1000, 1}, {210, 80, 2}, {390, 5, 2}};
    struct run_record run;
    const struct run_record *runs[] = {&run};
    struct configuration c = {.runs = runs, .run_count = 1, .ok = 1};
    struct spread steps[MEMORY_STEPS];
    (void)state;

    record_clear(&run);
    strcpy(run.status, "ok");
    run.samples = samples;
    run.sample_count = 5;
    run.longest = longest;
    run.longest_count = 3;
    run.rss_peak_bytes = 31;
    run.rss_end_bytes = 8;
    record_derive(&run);
    assert_int_equal(find_memory_steps(&c, steps), 0);
    assert_float_equal(steps[MEMORY_PEAK].median, 31, 0);
    assert_float_equal(steps[MEMORY_BEFORE].median, 30, 0); /* the sample at 200 */
    assert_float_equal(steps[MEMORY_AFTER].median, 5, 0);   /* the one at 300 */
    assert_float_equal(steps[MEMORY_END].median, 8, 0);
    assert_int_equal(steps[MEMORY_PURGED].count, 0); /* unknown, not 0 */
    run.longest_count = 1;                           /* no full collection is known */
    record_derive(&run);
    assert_int_equal(find_memory_steps(&c, steps), 0);
    assert_int_equal(steps[MEMORY_BEFORE].count, 0);
}

static void the_longest_pause_of_each_kind_is_its_last_bucket(void **state)
{
    struct record_bucket young[] = {{10, 5}, {40, 1}}, full[] = {{9000, 1}};
    struct run_record run;
    const struct run_record *runs[] = {&run};
    struct configuration c = {.runs = runs, .run_count = 1, .ok = 1};
    struct spread longest[RECORD_PAUSE_KINDS];
    (void)state;

    record_clear(&run);
    strcpy(run.status, "ok");
    run.pause_count = 7;
    run.pauses[0] = (struct record_histogram){2, young};
    run.pauses[2] = (struct record_histogram){1, full};
    record_derive(&run);
    assert_int_equal(find_longest_pauses(&c, longest), 0);
    assert_float_equal(longest[0].median, 40, 0);
    assert_float_equal(longest[1].median, 0, 0); /* none, which is known */
    assert_float_equal(longest[2].median, 9000, 0);
    assert_int_equal(longest[RECORD_RELEASE].count, 0); /* not known */
}

static void a_report_shows_what_runs_know(void **state)
{
    static const char *const parts[] = {"Minimum mutator utilization",
                                        "Request latency",
                                        "Floating garbage over time",
                                        "Memory over time",
                                        "The longest pause of each kind",
                                        "What the allocators hand back",
                                        "lower bound overhead",
                                        "overhead in wall time",
                                        "worst 10 ms (MMU)",
                                        "12.3 µs",
                                        "34.5 %",
                                        "before a full collection",
                                        "777 µs",
                                        "28.0 MiB",
                                        "18.0 MiB"};
    static const char *const pictures[] = {"utilization", "latency", "floating", "rss"};
    struct measured *lists;
    struct result_set results = measured_results(&lists);
    char name[64];
    (void)state;

    need_gnuplot();
    struct report_outcome outcome = report_of(&results, true);
    if (outcome.missing_pictures != 0)
        fail_msg("%s", outcome.missing_reason);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        file_holds("report.html", parts[i]);
        file_holds("report.md", parts[i]);
    }
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        snprintf(name, sizeof name, "plots/gcbench-%s.svg", pictures[i]);
        file_holds(name, "</svg>");
        file_holds(name, "50000,20,100");
    }
    file_holds("plots/gcbench-utilization.tsv", "window_ns\t700,10,10\tbmu\n10000\t0\t0\n1e+06\t0.25\t0.25\n");
    file_holds("plots/gcbench-floating.tsv", "\t1.000000\t500\n");
    measured_free(&results, lists);
}

static void what_no_run_knows_is_left_out(void **state)
{
    struct result_set results = synthetic_results(&small);
    (void)state;

    need_gnuplot();
    assert_int_equal(report_of(&results, true).missing_pictures, 0);
    file_lacks("report.html", "Request latency");
    file_lacks("report.html", "worst 10 ms");
    file_lacks("report.html", "Minimum mutator utilization");
    file_lacks("report.html", "Floating garbage over time");
    file_lacks("report.html", "What the allocators hand back");
    synthetic_free(&results);
}

/* A run's p99 comes with how many pauses it is of; that of all rounds with what so many pauses fix it to. */
static void the_p99_of_pauses_comes_with_their_number_and_an_interval(void **state)
{
    struct result_set results = synthetic_results(&small);
    (void)state;

    report_of(&results, false);
    char *text = read_file(folder, "results.json");
    json_t *root = json_loads(text, 0, NULL), *subject = json_array_get(json_object_get(root, "subjects"), 0);
    json_t *configuration, *configurations = json_object_get(subject, "configurations");
    size_t i;
    json_array_foreach(configurations, i, configuration)
    {
        double pauses = 0, each = 0, estimate = 0, low = 0;
        assert_int_equal(json_unpack(configuration, "{s:{s:F, s:F}, s:{s:{s:F}}}", "pooled_pause_p99_ns", "estimate",
                                     &estimate, "low", &low, "measures", "pause_count", "median", &each),
                         0);
        pauses = json_number_value(json_object_get(json_object_get(configuration, "pooled_pause_p99_ns"), "pauses"));
        assert_true(fabs(pauses - 3 * each) < 1e-6);
        assert_true(low > 0 && low <= estimate);
    }
    assert_int_equal(i, 4);
    file_holds("report.html", "pooled_pause_p99_ns");
    json_decref(root);
    free(text);
    synthetic_free(&results);
}

/* Runs of which one tuning never collects, whose garbage only grows, and one has no garbage at all. */
static void extreme_curves_are_drawn(void **state)
{
    struct measured *lists;
    struct result_set results = measured_results(&lists);
    (void)state;

    need_gnuplot();
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        bool first = strcmp(r->tuning, "700,10,10") == 0;
        for (size_t k = 0; k < 3; k++)
            r->mmu[k].utilization = r->bmu[k].utilization = first ? 1 : 0;
        for (size_t k = 0; k < 4; k++)
            r->floating[k].bytes = first ? 0 : 1;
        r->longest_count = 0;
        r->metered.count = 0; /* the log was full */
    }
    struct report_outcome outcome = report_of(&results, true);
    if (outcome.missing_pictures != 0)
        fail_msg("%s", outcome.missing_reason);
    measured_free(&results, lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_latency_curve_joins_the_requests_of_all_rounds),
        TEST(a_utilization_curve_is_the_median_over_runs_of_the_windows_that_all_have),
        TEST(runs_that_know_neither_have_empty_curves),
        TEST(memory_is_read_beside_the_longest_full_collection),
        TEST(the_longest_pause_of_each_kind_is_its_last_bucket),
        TEST(a_report_shows_what_runs_know),
        TEST(what_no_run_knows_is_left_out),
        TEST(extreme_curves_are_drawn),
        TEST(the_p99_of_pauses_comes_with_their_number_and_an_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
