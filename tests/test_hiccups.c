/* test_hiccups.c - the noise channel: gaps, as noted and as the record holds them. */
#include "harness/sweep/hiccups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/sweep/host.h"

struct fixture {
    struct hiccups hiccups;
    struct run_record record;
};

static int open_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f || hiccups_open(&f->hiccups) != 0)
        return -1;
    record_clear(&f->record);
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    hiccups_close(&f->hiccups);
    record_free(&f->record);
    free(f);
    return 0;
}

static void note_lateness(struct fixture *f, uint64_t late_ns, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        hiccups_note(&f->hiccups, 1000000, 1000000 + late_ns);
}

/* Of 100 wakings 90 come 500 ns late, 6 by 50 us more, 3 by 500 us more, 1 by 2 ms more. */
static void gaps_are_lateness_less_the_shortest(void **state)
{
    struct fixture *f = *state;
    const struct run_record *r = &f->record;
    note_lateness(f, 500, 90);
    note_lateness(f, 50500, 6);
    note_lateness(f, 500500, 3);
    note_lateness(f, 2000500, 1);
    hiccups_fill(&f->hiccups, true, &f->record);
    assert_int_equal(r->noise_wakings, 100);
    assert_true(r->noise_beside);
    assert_int_equal(r->noise_p50_gap_ns, 0);
    assert_in_range(r->noise_p99_gap_ns, 500000, 501000); /* to three digits */
    assert_int_equal(r->noise_max_gap_ns, 2000000);
    assert_int_equal(r->noise_gaps_over_10us, 10);
    assert_int_equal(r->noise_gaps_over_100us, 4);
    assert_int_equal(r->noise_gaps_over_1ms, 1);
    assert_int_equal(r->noise.count, 4);
    assert_int_equal(r->noise.bucket[0].value_ns, 0);
    assert_int_equal(r->noise.bucket[0].count, 90);
    assert_int_equal(r->noise.bucket[3].count, 1);
}

static void a_machine_that_is_always_equally_late_has_no_gap(void **state)
{
    struct fixture *f = *state;
    note_lateness(f, 70000, 50);
    hiccups_fill(&f->hiccups, false, &f->record);
    assert_int_equal(f->record.noise_max_gap_ns, 0);
    assert_int_equal(f->record.noise_gaps_over_10us, 0);
    assert_false(f->record.noise_beside);
}

static void a_waking_that_comes_early_is_not_late(void **state)
{
    struct fixture *f = *state;
    hiccups_note(&f->hiccups, 2000, 1000);
    note_lateness(f, 20000, 1);
    hiccups_fill(&f->hiccups, true, &f->record);
    assert_int_equal(f->record.noise_max_gap_ns, 20000);
}

static void without_a_waking_the_noise_is_unknown(void **state)
{
    struct fixture *f = *state;
    hiccups_fill(&f->hiccups, true, &f->record);
    assert_int_equal(f->record.noise_wakings, RECORD_UNKNOWN);
    assert_int_equal(f->record.noise_max_gap_ns, RECORD_UNKNOWN);
    assert_null(f->record.noise.bucket);
}

static void a_sleeper_notes_each_of_its_wakings_and_takes_its_time(void **state)
{
    struct fixture *f = *state;
    uint64_t start = host_now_ns();
    hiccups_sleep(&f->hiccups, 3);
    assert_true(host_now_ns() - start >= 3 * HICCUP_STEP_NS);
    assert_int_equal(f->hiccups.lateness.count, 3);
}

static void after_a_run_on_one_cpu_the_sleeper_takes_a_fiftieth_of_it(void **state)
{
    (void)state;
    static const struct {
        uint64_t run_ns;
        unsigned steps;
    } table[] = {{0, 2}, {1000000, 2}, {100000000, 2}, {500000000, 10}, {2500000000, 50}, {60000000000, 50}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(hiccups_steps_after(table[i].run_ns), table[i].steps);
}

static void gaps_survive_the_way_to_json_and_back(void **state)
{
    struct fixture *f = *state;
    static char line[1 << 20];
    struct run_record read;
    char error[256];
    note_lateness(f, 500, 7);
    note_lateness(f, 30500, 2);
    hiccups_fill(&f->hiccups, true, &f->record);
    size_t length = record_write(&f->record, line, sizeof line);
    assert_true(length < sizeof line);
    if (record_read(line, length, &read, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(read.noise_wakings, 9);
    assert_int_equal(read.noise.count, 2);
    assert_memory_equal(read.noise.bucket, f->record.noise.bucket, 2 * sizeof *read.noise.bucket);
    record_free(&read);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gaps_are_lateness_less_the_shortest),
        TEST(a_machine_that_is_always_equally_late_has_no_gap),
        TEST(a_waking_that_comes_early_is_not_late),
        TEST(without_a_waking_the_noise_is_unknown),
        TEST(a_sleeper_notes_each_of_its_wakings_and_takes_its_time),
        TEST(after_a_run_on_one_cpu_the_sleeper_takes_a_fiftieth_of_it),
        TEST(gaps_survive_the_way_to_json_and_back),
    };
    return cmocka_run_group_tests_name("hiccups", tests, NULL, NULL);
}
