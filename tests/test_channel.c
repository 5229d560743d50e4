/* test_channel.c - the noise channel over a sweep: gaps of many runs, and pauses that are not told from them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/analysis/summary.h"
#include "harness/report/words.h"

enum { MOST_RUNS = 8 };

/* 95 gaps of 1 us, 5 of 200 us. */
static struct record_bucket quiet[] = {{1000, 95}, {200000, 5}};
/* 98 gaps of 1 us, 2 of 3 ms. */
static struct record_bucket loud[] = {{1000, 98}, {3000000, 2}};

static struct run_record runs[MOST_RUNS];
static struct result_set results;
static struct summary summary;

static int begin(void **state)
{
    (void)state;
    memset(runs, 0, sizeof runs);
    results = (struct result_set){.runs = runs};
    return 0;
}

static int end(void **state)
{
    (void)state;
    summary_free(&summary);
    return 0;
}

static struct run_record *add(const char *tuning, uint64_t round, struct record_bucket *gaps, uint64_t pause_ns)
{
    struct run_record *r = &runs[results.run_count++];
    record_clear(r);
    strcpy(r->workload, "chain");
    strcpy(r->runtime, "model");
    strcpy(r->allocator, "pymalloc");
    strcpy(r->collector, "cpython-3.11");
    strcpy(r->refcount, "plain");
    snprintf(r->tuning, sizeof r->tuning, "%s", tuning);
    snprintf(r->configuration, sizeof r->configuration, "chain scale=1 seed=1 model pymalloc cpython-3.11 %s plain",
             tuning);
    strcpy(r->status, "ok");
    r->scale = 1;
    r->seed = 1;
    r->round = round;
    r->checksum = 7;
    r->operations = 1;
    r->wall_ns = 1000000000;
    r->pause_count = pause_ns > 0 ? 1000 : 0;
    r->pause_p99_ns = r->pause_max_ns = pause_ns;
    if (gaps) {
        r->noise = (struct record_histogram){2, gaps};
        r->noise_wakings = gaps[0].count + gaps[1].count;
        r->noise_p99_gap_ns = r->noise_max_gap_ns = gaps[1].value_ns; /* 2 % or more are as long */
        r->noise_gaps_over_1ms = gaps[1].value_ns > 1000000 ? gaps[1].count : 0;
        r->noise_beside = true;
    }
    return r;
}

static const struct configuration *find(const char *tuning)
{
    for (size_t i = 0; i < summary.configuration_count; i++)
        if (strcmp(summary.configurations[i].dimensions->tuning, tuning) == 0)
            return &summary.configurations[i];
    fail_msg("no configuration of %s", tuning);
    return NULL;
}

static void the_channel_of_many_runs_is_the_median_of_theirs(void **state)
{
    (void)state;
    add("700,10,10", 0, quiet, 1000000);
    add("2000,10,10", 0, loud, 1000000);
    add("700,10,10", 1, quiet, 1000000);
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.channel.wakings, 300);
    assert_int_equal(summary.channel.gaps_over_1ms, 2);
    assert_true(summary.channel.beside);
    assert_in_range((uint64_t)summary.channel.p99_ns, 200000, 200000);
    assert_in_range((uint64_t)summary.channel.max_ns, 3000000, 3000000);
    assert_in_range((uint64_t)find("2000,10,10")->channel.p99_ns, 3000000, 3000000);
}

static void without_a_sleeper_there_is_no_channel_and_no_floor(void **state)
{
    char text[512];
    (void)state;
    add("700,10,10", 0, NULL, 5);
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(summary.channel.wakings, 0);
    assert_true(isnan(summary.channel.p99_ns));
    assert_false(summary.channel.beside);
    assert_int_equal(is_below_channel(find("700,10,10")), 0);
    assert_int_equal(write_channel(&summary.channel, text, sizeof text), 0);
}

static void the_channel_is_said_in_words(void **state)
{
    char text[512];
    (void)state;
    add("700,10,10", 0, quiet, 1000000);
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(write_channel(&summary.channel, text, sizeof text), 1);
    assert_non_null(strstr(text, "within 200 µs, the longest took 200 µs, 0 took over 1 ms, of 100 wakings"));
    assert_non_null(strstr(text, "on another CPU beside the runs"));
    runs[0].noise_beside = false;
    summary_free(&summary);
    assert_int_equal(summarise(&results, &summary), 0);
    write_channel(&summary.channel, text, sizeof text);
    assert_non_null(strstr(text, "before and after the runs"));
}

static char warned[4096];

static void keep_warning(void *context, const char *text)
{
    (void)context;
    if (strstr(text, "noise channel"))
        snprintf(warned, sizeof warned, "%s", text);
}

static void pauses_below_the_channel_are_warned_of_by_their_setting(void **state)
{
    (void)state;
    warned[0] = '\0';
    add("700,10,10", 0, quiet, 40000);
    add("2000,10,10", 0, quiet, 900000);
    add("disabled", 0, quiet, 0);
    assert_int_equal(summarise(&results, &summary), 0);
    each_warning(&summary, keep_warning, NULL);
    assert_non_null(strstr(warned, "the p99 pause of 1 of 3 configurations is below the noise channel's p99"));
    assert_non_null(
        strstr(warned, "pymalloc 700,10,10 (40.0 µs below 200 µs). Pauses below that may be the machine's."));
}

static void pauses_above_the_channel_are_not_warned_of(void **state)
{
    (void)state;
    warned[0] = '\0';
    add("700,10,10", 0, quiet, 400000);
    assert_int_equal(summarise(&results, &summary), 0);
    each_warning(&summary, keep_warning, NULL);
    assert_string_equal(warned, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_channel_of_many_runs_is_the_median_of_theirs),
        TEST(without_a_sleeper_there_is_no_channel_and_no_floor),
        TEST(the_channel_is_said_in_words),
        TEST(pauses_below_the_channel_are_warned_of_by_their_setting),
        TEST(pauses_above_the_channel_are_not_warned_of),
    };
    return cmocka_run_group_tests_name("noise channel", tests, NULL, NULL);
}
