/* test_advice.c - what is advised of made-up sweeps, how sure, the lines to paste, and what confirms it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/analysis/confirmation.h"
#include "harness/analysis/hyperfine.h"
#include "harness/report/advice_json.h"
#include "harness/report/advice_text.h"
#include "harness/report/advice_words.h"
#include "harness/report/confirm_text.h"
#include "harness/report/paste.h"
#include "tests/command.h"
#include "tests/synthetic.h"

static struct result_set results;
static struct summary summary;
static struct advice advice;
static const struct subject *subjects[8];
static size_t subject_count;

static int tear_down(void **state)
{
    (void)state;
    advice_free(&advice);
    summary_free(&summary);
    synthetic_free(&results);
    return 0;
}

static void begin(const struct synthetic *of)
{
    results = synthetic_results(of);
    assert_int_equal(summarise(&results, &summary), 0);
    subject_count = 0;
    for (size_t i = 0; i < summary.subject_count; i++)
        subjects[subject_count++] = &summary.subjects[i];
}

static void ask(double throughput, double pause_ns, double rss_bytes, bool with_disabled)
{
    const struct advice_request request = {{throughput, pause_ns, rss_bytes}, with_disabled, 1};

    advice_free(&advice);
    assert_int_equal(advise(&summary, subjects, subject_count, &request, &advice), 0);
}

static const struct run_record *chosen(void)
{
    assert_true(advice.chosen < advice.settings.count);
    return advice.rows[advice.chosen].setting->in[0]->dimensions;
}

static void words_hold(const char *text)
{
    char words[ADVICE_TEXT_BYTES];

    write_advice_choice(&advice, words, sizeof words);
    if (strstr(words, text) == NULL)
        fail_msg("'%s' is not in '%s'", text, words);
}

#define MS  1e6
#define MIB 1048576.0

static void within_a_longest_pause_the_fastest_is_advised(void **state)
{
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, 8 * MS, NAN, false);
    assert_int_equal(advice.goal, ADVICE_THROUGHPUT);
    assert_string_equal(chosen()->tuning, "10000,20,50");
    assert_true(advice.rows[advice.chosen].level[ADVICE_PAUSE].high <= 8 * MS);
    assert_true(advice.rows[advice.chosen].ratio[ADVICE_THROUGHPUT].low > 1);
    assert_true(advice.share_kept == 1);
    words_hold("Use ");
    words_hold("longest pause at most 8.00 ms");
}

static void the_goal_is_what_has_no_budget(void **state)
{
    (void)state;
    begin(&synthetic_bench);
    ask(0.9, NAN, NAN, false);
    assert_int_equal(advice.goal, ADVICE_PAUSE);
    assert_string_equal(chosen()->tuning, "10000,20,50"); /* 2000,10,10 has 0.88 of the best's throughput */
    ask(0.9, 40 * MS, NAN, false);
    assert_int_equal(advice.goal, ADVICE_RSS);
    ask(0.5, 40 * MS, 60 * MIB, false);
    assert_int_equal(advice.goal, ADVICE_THROUGHPUT);
    assert_string_equal(chosen()->tuning, "50000,20,100");
}

static void without_budgets_nothing_may_cost_more_than_the_default(void **state)
{
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, NAN, NAN, false);
    assert_int_equal(advice.chosen, advice.reference);
    words_hold("Keep the default, pymalloc 700,10,10");
    for (size_t i = 0; i < advice.settings.count; i++)
        if (advice.rows[i].keeps_budgets)
            assert_string_equal(advice.rows[i].setting->in[0]->dimensions->tuning, "700,10,10");
}

static void budgets_that_nobody_keeps_name_the_nearest_and_its_miss(void **state)
{
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, 0.1 * MS, NAN, false);
    assert_int_equal(advice.chosen, advice.settings.count);
    assert_true(isnan(advice.share_kept));
    const struct advice_row *nearest = &advice.rows[advice.nearest];
    assert_string_equal(nearest->setting->in[0]->dimensions->tuning, "700,10,10");
    assert_true(nearest->miss[ADVICE_PAUSE] > 4 && nearest->miss[ADVICE_PAUSE] < 6);
    words_hold("No setting keeps the budgets");
    words_hold("% over)");
}

static void who_never_collects_is_advised_only_when_asked_for(void **state)
{
    char text[ADVICE_TEXT_BYTES];
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, 0.1 * MS, NAN, true);
    assert_string_equal(chosen()->tuning, "disabled");
    assert_false(write_advice_left_out(&advice, text, sizeof text));
    ask(NAN, 8 * MS, NAN, false);
    assert_true(write_advice_left_out(&advice, text, sizeof text));
    assert_non_null(strstr(text, "4 settings never collected"));
}

static void with_five_rounds_nobody_is_proven_to_keep_a_budget(void **state)
{
    struct synthetic five = synthetic_bench;
    (void)state;
    five.rounds = 5;
    begin(&five);
    ask(NAN, 1000 * MS, NAN, false);
    assert_int_equal(advice.chosen, advice.settings.count);
    words_hold("fewer than 6 rounds");
}

static void a_failed_run_voids_its_round_of_that_setting_only(void **state)
{
    (void)state;
    begin(&synthetic_bench);
    summary_free(&summary);
    for (size_t i = 0; i < results.run_count; i++)
        if (strcmp(results.runs[i].tuning, "10000,20,50") == 0 && results.runs[i].round == 2 &&
            strcmp(results.runs[i].workload, "gcbench") == 0)
            synthetic_fail(&results.runs[i], "timeout", "");
    assert_int_equal(summarise(&results, &summary), 0);
    for (size_t i = 0; i < summary.subject_count; i++)
        subjects[i] = &summary.subjects[i];
    ask(NAN, 8 * MS, NAN, false);
    for (size_t i = 0; i < advice.settings.count; i++) {
        const struct setting *s = advice.rows[i].setting;
        bool failed = strcmp(s->in[0]->dimensions->tuning, "10000,20,50") == 0;
        assert_int_equal(s->mean.count, failed ? 5 : 6);
    }
    assert_string_equal(chosen()->tuning, "2000,10,10"); /* five rounds prove nothing */
}

static void the_same_seed_gives_the_same_certainty(void **state)
{
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, NAN, 42.6 * MIB, false);
    double kept = advice.share_kept, best = advice.share_chosen;
    assert_true(kept > 0 && best <= kept);
    ask(NAN, NAN, 42.6 * MIB, false);
    assert_true(advice.share_kept == kept && advice.share_chosen == best);
}

/* A value over subjects: 2 and 8 have the geometric mean 4 and the worst 8. */
static void over_workloads_means_are_geometric_and_levels_the_worst(void **state)
{
    (void)state;
    begin(&synthetic_bench);
    summary_free(&summary);
    for (size_t i = 0; i < results.run_count; i++)
        results.runs[i].rss_peak_bytes = strcmp(results.runs[i].workload, "gcbench") == 0 ? 8 << 20 : 2 << 20;
    assert_int_equal(summarise(&results, &summary), 0);
    for (size_t i = 0; i < summary.subject_count; i++)
        subjects[i] = &summary.subjects[i];
    ask(NAN, NAN, NAN, false);
    assert_true(fabs(advice.rows[0].setting->mean.median[FRONT_RSS_BYTES] / (4 << 20) - 1) < 1e-12);
    assert_true(advice.rows[0].level[ADVICE_RSS].high == 8 << 20);
}

static void the_text_and_the_json_hold_the_advice(void **state)
{
    char *text = NULL;
    size_t size;
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, 8 * MS, NAN, false);
    for (int markdown = 0; markdown < 2; markdown++) {
        FILE *f = open_memstream(&text, &size);
        assert_int_equal(write_advice(&advice, markdown, f), 0);
        fclose(f);
        assert_non_null(strstr(text, "    gc.set_threshold(10000, 20, 50)"));
        assert_non_null(strstr(text, markdown ? "| ---" : "How sure"));
        free(text);
    }
    json_t *json = advice_to_json(&advice);
    assert_non_null(json);
    assert_int_equal(json_array_size(json_object_get(json, "settings")), advice.settings.count);
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "chosen"), "tuning")), "10000,20,50");
    assert_true(json_is_null(json_object_get(json, "nearest")));
    json_decref(json);
}

/* ---- Lines to paste ---- */

static struct paste *paste(const char *allocator, const char *tuning, const char *library)
{
    static struct paste out;
    static struct run_record run;
    const struct run_record *const runs[] = {&run};
    const struct configuration c = {.dimensions = &run, .runs = runs, .run_count = 1};

    synthetic_run(&run, "gcbench", "model", allocator, tuning, 0, false);
    free(run.samples);
    for (int g = 0; g < RECORD_GENERATIONS; g++)
        free(run.pauses[g].bucket);
    snprintf(run.version_allocator_library, sizeof run.version_allocator_library, "%s", library);
    paste_of(&c, &out);
    return &out;
}

static void each_tuning_has_its_lines(void **state)
{
    (void)state;
    const struct paste *p = paste("pymalloc", "50000,20,100", "/lib/libc.so.6");
    assert_string_equal(p->python[0], "import gc");
    assert_string_equal(p->python[1], "gc.set_threshold(50000, 20, 100)  # at the start");
    assert_string_equal(p->python[2], "");
    assert_true(p->environment_is_default);
    assert_string_equal(p->shell, "python3 PROGRAM.py");
    assert_string_equal(p->note, "");
    p = paste("pymalloc", "freeze+700,10,10", "");
    assert_non_null(strstr(p->python[1], "gc.set_threshold(700, 10, 10)"));
    assert_non_null(strstr(p->python[2], "gc.freeze()"));
    p = paste("pymalloc", "disabled", "");
    assert_non_null(strstr(p->python[1], "gc.disable()"));
    assert_string_equal(p->python[2], "");
    p = paste("pymalloc", "manual:100", "");
    assert_non_null(strstr(p->python[1], "gc.disable()"));
    assert_non_null(strstr(p->python[2], "gc.collect()  # by hand, after every 100 requests"));
}

static void each_allocator_has_its_environment(void **state)
{
    (void)state;
    assert_string_equal(paste("system", "700,10,10", "/lib/libc.so.6")->shell,
                        "PYTHONMALLOC=malloc python3 PROGRAM.py");
    assert_string_equal(paste("jemalloc", "700,10,10", "/usr/lib/libjemalloc.so.2")->shell,
                        "PYTHONMALLOC=malloc LD_PRELOAD=/usr/lib/libjemalloc.so.2 python3 PROGRAM.py");
    assert_string_equal(paste("pymalloc+mimalloc", "700,10,10", "/usr/lib/libmimalloc.so.2")->shell,
                        "LD_PRELOAD=/usr/lib/libmimalloc.so.2 python3 PROGRAM.py");
    assert_string_equal(
        paste("jemalloc@MALLOC_CONF=dirty_decay_ms:0,lg_tcache_max:13", "700,10,10", "/a/lib.so")->shell,
        "PYTHONMALLOC=malloc MALLOC_CONF=dirty_decay_ms:0,lg_tcache_max:13 LD_PRELOAD=/a/lib.so "
        "python3 PROGRAM.py");
    assert_non_null(strstr(paste("pymalloc-3.9", "700,10,10", "/lib/libc.so.6")->note, "its own pool allocator only"));
    assert_non_null(strstr(paste("jemalloc", "700,10,10", "")->note, "put its path for LIBRARY"));
}

/* Only the value is quoted: a shell takes 'NAME=a b' for a command. */
static void an_odd_library_cannot_leave_its_word(void **state)
{
    (void)state;
    assert_string_equal(paste("jemalloc", "700,10,10", "/a b/$(touch x)'q.so")->shell,
                        "PYTHONMALLOC=malloc LD_PRELOAD='/a b/$(touch x)'\\''q.so' python3 PROGRAM.py");
}

/* ---- Promised and measured ---- */

static struct interval between(double low, double high)
{
    return (struct interval){10, sqrt(low * high), low, high};
}

static void a_promise_is_judged_by_both_intervals(void **state)
{
    const struct interval none = {3, 1.2, NAN, NAN}, twice = between(1.9, 2.1), flat = between(0.9, 1.1);
    const struct interval half = between(0.45, 0.55);
    (void)state;
    assert_int_equal(confirm_verdict(&twice, &none), CONFIRMED_UNKNOWN);
    assert_int_equal(confirm_verdict(&flat, &twice), CONFIRMED_NO_PROMISE);
    assert_int_equal(confirm_verdict(&none, &twice), CONFIRMED_NO_PROMISE);
    assert_int_equal(confirm_verdict(&twice, &flat), CONFIRMED_NOT_RESOLVED);
    assert_int_equal(confirm_verdict(&twice, &half), CONFIRMED_REVERSED);
    assert_int_equal(confirm_verdict(&half, &twice), CONFIRMED_REVERSED);
    const struct interval near = between(2.05, 2.3), less = between(1.1, 1.3), more = between(3, 4);
    assert_int_equal(confirm_verdict(&twice, &near), CONFIRMED_HOLDS);
    assert_int_equal(confirm_verdict(&twice, &less), CONFIRMED_SMALLER);
    assert_int_equal(confirm_verdict(&twice, &more), CONFIRMED_LARGER);
    const struct interval tenth = between(0.09, 0.11), most = between(0.8, 0.9);
    assert_int_equal(confirm_verdict(&half, &tenth), CONFIRMED_LARGER);
    assert_int_equal(confirm_verdict(&half, &most), CONFIRMED_SMALLER);
}

static bool has_tuning(const struct configuration *c, const void *tuning)
{
    return strcmp(c->dimensions->tuning, tuning) == 0 && strcmp(c->dimensions->allocator, "pymalloc") == 0;
}

static void the_same_sweep_confirms_its_own_advice(void **state)
{
    const struct confirmation_sides sides = {has_tuning, "10000,20,50", "700,10,10"};
    struct confirmation c;
    char text[ADVICE_TEXT_BYTES];
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, 8 * MS, NAN, false);
    assert_int_equal(confirm_advice(&advice, &summary, &sides, &c), 0);
    assert_true(c.stands && c.promised && c.holds && c.keeps_pause && c.keeps_rss);
    assert_int_equal(c.workloads, 2);
    assert_int_equal(c.rounds, 6);
    assert_int_equal(c.row[CONFIRM_LONGEST].verdict, CONFIRMED_HOLDS);
    write_confirmed(&advice, &c, text, sizeof text);
    assert_non_null(strstr(text, "The gain in throughput holds"));
    const struct confirmation_sides other = {has_tuning, "200000,30,30", "700,10,10"};
    assert_int_equal(confirm_advice(&advice, &summary, &other, &c), 0);
    assert_false(c.keeps_pause); /* over the budget when it is tried */
    write_confirmed(&advice, &c, text, sizeof text);
    assert_non_null(strstr(text, "over the budget"));
}

static void without_a_promise_the_budgets_decide(void **state)
{
    const struct confirmation_sides sides = {has_tuning, "10000,20,50", "700,10,10"},
                                    other = {has_tuning, "200000,30,30", "700,10,10"};
    struct confirmation c;
    char text[ADVICE_TEXT_BYTES];
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, 8 * MS, NAN, false);
    advice.rows[advice.chosen].ratio[ADVICE_THROUGHPUT] = between(0.97, 1.08);
    assert_int_equal(confirm_advice(&advice, &summary, &sides, &c), 0);
    assert_int_equal(c.row[CONFIRM_THROUGHPUT].verdict, CONFIRMED_NO_PROMISE);
    assert_true(c.stands && !c.holds && !c.promised);
    write_confirmed(&advice, &c, text, sizeof text);
    assert_non_null(
        strstr(text, "No gain in throughput was promised (1.02x [0.97, 1.08]); on the real CPython it is "));
    assert_non_null(strstr(text, " The budgets are kept there."));
    assert_int_equal(confirm_advice(&advice, &summary, &other, &c), 0);
    assert_false(c.stands);
    write_confirmed(&advice, &c, text, sizeof text);
    assert_null(strstr(text, "are kept there"));
    assert_non_null(strstr(text, "over the budget"));
}

static void nothing_measured_confirms_nothing(void **state)
{
    const struct confirmation_sides sides = {has_tuning, "1,1,1", "700,10,10"};
    struct confirmation c;
    (void)state;
    begin(&synthetic_bench);
    ask(NAN, 8 * MS, NAN, false);
    assert_int_equal(confirm_advice(&advice, &summary, &sides, &c), 0);
    assert_false(c.holds || c.stands);
    assert_int_equal(c.row[CONFIRM_THROUGHPUT].verdict, CONFIRMED_UNKNOWN);
}

/* ---- hyperfine's figures ---- */

static const char hyperfine_text[] =
    "{\"results\": ["
    "{\"command\": \"gcbench scale=1 seed=1 model pymalloc cpython-3.11 700,10,10 plain\", \"median\": 0.4,"
    " \"times\": [0.4, 0.4, 0.4], \"exit_codes\": [0, 0, 0]},"
    "{\"command\": \"gcbench scale=1 seed=1 model pymalloc cpython-3.11 50000,20,100 plain\", \"median\": 0.2,"
    " \"times\": [0.2, 0.2], \"exit_codes\": [0, 0]},"
    "{\"command\": \"gcbench scale=1 seed=1 model jemalloc cpython-3.11 700,10,10 plain\", \"median\": 0.5,"
    " \"times\": [0.5, 0.5], \"exit_codes\": [0, 1]},"
    "{\"command\": \"unknown\", \"median\": 1}]}";

static void hyperfines_ratio_stands_beside_ours(void **state)
{
    struct hyperfine_rows rows;
    char error[400], *folder = folder_make();
    (void)state;
    begin(&synthetic_bench);
    for (size_t i = 0; i < results.run_count; i++)
        results.runs[i].process_ns = results.runs[i].wall_ns;
    file_write(in_folder(folder, "hyperfine.json"), hyperfine_text, 0644);
    assert_int_equal(hyperfine_load(&summary, folder, &rows, error, sizeof error), 0);
    assert_int_equal(rows.count, 2);
    assert_true(fabs(rows.row[0].theirs - 0.5) < 1e-12);
    assert_true(fabs(rows.row[0].ours.estimate - 1.0296 / 1.25) < 0.02);
    assert_true(hyperfine_disagrees(&rows.row[0]));
    assert_int_equal(rows.row[0].runs, 2);
    assert_true(rows.row[1].failed);
    assert_false(hyperfine_disagrees(&rows.row[1]));
    hyperfine_free(&rows);
    folder_remove(folder);
}

static void a_file_that_is_not_hyperfines_is_one_line_and_none_is_nothing(void **state)
{
    struct hyperfine_rows rows;
    char error[400], *folder = folder_make();
    (void)state;
    begin(&synthetic_bench);
    assert_int_equal(hyperfine_load(&summary, folder, &rows, error, sizeof error), 0);
    assert_int_equal(rows.count, 0);
    static const char *const texts[] = {"", "{", "[]", "{\"results\": 3}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        file_write(in_folder(folder, "hyperfine.json"), texts[i], 0644);
        assert_int_equal(hyperfine_load(&summary, folder, &rows, error, sizeof error), -1);
        assert_non_null(strstr(error, "hyperfine.json"));
        assert_null(strchr(error, '\n'));
    }
    static const char *const harmless[] = {"{\"results\": []}", "{\"results\": [3, {}, {\"command\": 5}]}"};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        file_write(in_folder(folder, "hyperfine.json"), harmless[i], 0644);
        assert_int_equal(hyperfine_load(&summary, folder, &rows, error, sizeof error), 0);
        assert_int_equal(rows.count, 0);
        hyperfine_free(&rows);
    }
    folder_remove(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(within_a_longest_pause_the_fastest_is_advised),
        TEST(the_goal_is_what_has_no_budget),
        TEST(without_budgets_nothing_may_cost_more_than_the_default),
        TEST(budgets_that_nobody_keeps_name_the_nearest_and_its_miss),
        TEST(who_never_collects_is_advised_only_when_asked_for),
        TEST(with_five_rounds_nobody_is_proven_to_keep_a_budget),
        TEST(a_failed_run_voids_its_round_of_that_setting_only),
        TEST(the_same_seed_gives_the_same_certainty),
        TEST(over_workloads_means_are_geometric_and_levels_the_worst),
        TEST(the_text_and_the_json_hold_the_advice),
        TEST(each_tuning_has_its_lines),
        TEST(each_allocator_has_its_environment),
        TEST(an_odd_library_cannot_leave_its_word),
        TEST(a_promise_is_judged_by_both_intervals),
        TEST(the_same_sweep_confirms_its_own_advice),
        TEST(without_a_promise_the_budgets_decide),
        TEST(nothing_measured_confirms_nothing),
        TEST(hyperfines_ratio_stands_beside_ours),
        TEST(a_file_that_is_not_hyperfines_is_one_line_and_none_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
