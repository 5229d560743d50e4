/* test_requests.c - when requests are noted, who is told first, and paced ones. */
#include "harness/worker/requests.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "harness/analysis/measures.h"
#include "harness/worker/apply.h"
#include "harness/worker/events.h"
#include "harness/worker/meter.h"

enum { PAUSES_MOST = 16 };

struct fixture {
    struct mutator mutator;
    struct requests requests;
    struct applied_tuning tuning;
    uint64_t pause_start_ns[PAUSES_MOST]; /* CLOCK_MONOTONIC */
    size_t pauses;
    _Alignas(16) char memory[MUTATOR_MEMORY_BYTES];
};

static void note_pause(void *context, int generation, uint64_t start_ns, uint64_t end_ns)
{
    struct fixture *f = context;
    (void)generation, (void)end_ns;
    assert_true(f->pauses < PAUSES_MOST);
    f->pause_start_ns[f->pauses++] = start_ns;
}

static int open_fixture(void **state)
{
    char error[256];
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f)
        return -1;
    const struct runtime_options options = {.on_pause = note_pause, .on_pause_context = f};
    return mutator_open(&f->mutator, f->memory, &options, NULL, 1, 1, error, sizeof error);
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    mutator_close(&f->mutator);
    requests_close(&f->requests);
    free(f);
    return 0;
}

static void tune(struct fixture *f, const char *text)
{
    char canonical[128], error[256];
    assert_int_equal(tuning_parse(text, &f->tuning.setting, canonical, sizeof canonical, error, sizeof error), 0);
    apply_at_start(&f->tuning, &f->mutator);
    apply_after_setup(&f->tuning, &f->mutator);
}

static void run_requests(struct fixture *f, size_t count)
{
    requests_start(&f->requests, meter_now_ns());
    for (size_t i = 0; i < count; i++)
        mutator_request_done(&f->mutator);
    requests_stop(&f->requests);
}

static uint64_t end_of(struct fixture *f, uint64_t i)
{
    static struct log_reader r;
    log_reader_open(&r, &f->requests.log);
    const uint64_t *end = log_reader_at(&r, i);
    assert_non_null(end);
    return *end;
}

static void each_request_is_noted_in_its_order(void **state)
{
    struct fixture *f = *state;
    requests_open(&f->requests, 1);
    requests_attach(&f->requests, &f->mutator);
    run_requests(f, 1000);
    assert_int_equal(f->mutator.operations, 1000);
    assert_int_equal(log_count(&f->requests.log), 1000);
    for (uint64_t i = 1; i < 1000; i++)
        assert_true(end_of(f, i) >= end_of(f, i - 1));
}

static void a_group_is_noted_once_and_a_rest_of_fewer_is_not(void **state)
{
    struct fixture *f = *state;
    requests_open(&f->requests, 8);
    requests_attach(&f->requests, &f->mutator);
    run_requests(f, 8 * 10 + 7);
    assert_int_equal(log_count(&f->requests.log), 10);
    assert_int_equal(f->mutator.operations, 87);
}

/* What a request did before the region must not shorten its first group. */
static void a_region_begins_with_a_whole_group(void **state)
{
    struct fixture *f = *state;
    requests_open(&f->requests, 8);
    requests_attach(&f->requests, &f->mutator);
    for (int i = 0; i < 5; i++)
        mutator_request_done(&f->mutator);
    run_requests(f, 7);
    assert_int_equal(log_count(&f->requests.log), 0);
}

static void the_clock_is_read_before_a_tuning_collects_by_hand(void **state)
{
    struct fixture *f = *state;
    tune(f, "manual:3");
    requests_open(&f->requests, 1);
    requests_attach(&f->requests, &f->mutator);
    run_requests(f, 10);
    assert_int_equal(f->pauses, 3);
    for (size_t i = 0; i < 3; i++) {
        uint64_t start = f->pause_start_ns[i] - f->requests.region_start_ns;
        assert_true(end_of(f, 3 * i + 2) <= start); /* the one that it follows */
        assert_true(end_of(f, 3 * i + 3) >= start); /* the one that it delays */
    }
}

static void a_tuning_collects_as_often_with_groups_as_without(void **state)
{
    struct fixture *f = *state;
    tune(f, "manual:3");
    requests_open(&f->requests, 100);
    requests_attach(&f->requests, &f->mutator);
    run_requests(f, 10);
    assert_int_equal(f->pauses, 3);
}

static void calibration_costs_something_and_notes_nothing(void **state)
{
    struct fixture *f = *state;
    requests_open(&f->requests, 5);
    assert_true(requests_calibrate(&f->requests) > 0);
    assert_int_equal(f->requests.group, 5);
    requests_attach(&f->requests, &f->mutator);
    run_requests(f, 5);
    assert_int_equal(log_count(&f->requests.log), 1);
    assert_true(requests_cost_ns(&f->requests) >= f->requests.log.flush_ns);
}

/* ---- Paced requests ---- */

static void planned_starts_are_exact_however_long_it_runs(void **state)
{
    (void)state;
    struct pace p;
    pace_set(&p, 3);
    p.origin_ns = 1000;
    assert_int_equal(pace_planned_ns(&p, 0), 1000);
    assert_int_equal(pace_planned_ns(&p, 1), 1000 + 333333333);
    assert_int_equal(pace_planned_ns(&p, 2), 1000 + 666666666);
    assert_int_equal(pace_planned_ns(&p, 3), 1000 + 1000000000);
    assert_int_equal(pace_planned_ns(&p, UINT64_C(3) * 86400 * 365), 1000 + UINT64_C(86400) * 365 * 1000000000);
    pace_set(&p, 1000000000);
    assert_int_equal(pace_planned_ns(&p, 12345678901), 12345678901);
}

static void nobody_begins_before_its_turn(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->mutator;
    mutator_pace(m, 1000);
    for (uint64_t i = 0; i < 5; i++) {
        mutator_wait_turn(m);
        assert_true(meter_now_ns() >= pace_planned_ns(&m->pace, i));
        mutator_request_done(m);
    }
    assert_int_equal(m->pace.turns, 5);
    assert_true(m->pace.last_ns - m->pace.origin_ns >= 4000000);
    assert_true(pace_kept(&m->pace) > 0 && pace_kept(&m->pace) < 1000.1);
}

/* A plan of a request each ns: after 2 ms all are late, and none waits. */
static void a_late_request_begins_at_once_and_is_counted(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->mutator;
    const struct timespec two_ms = {0, 2000000};
    mutator_pace(m, 1000000000);
    mutator_wait_turn(m);
    nanosleep(&two_ms, NULL);
    for (int i = 0; i < 9; i++)
        mutator_wait_turn(m);
    assert_int_equal(m->pace.turns, 10);
    assert_int_equal(m->pace.late, 9);
    assert_int_equal(m->pace.waited_ns, 0);
    assert_true(pace_kept(&m->pace) < 0.5 * 1000000000);
    assert_int_equal(pace_planned_ns(&m->pace, 9), m->pace.origin_ns + 9);
}

static void without_a_pace_nobody_waits_or_is_counted(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->mutator;
    mutator_wait_turn(m);
    mutator_pace(m, 0);
    mutator_wait_turn(m);
    assert_int_equal(m->pace.turns, 0);
    assert_true(isnan(pace_kept(&m->pace)));
}

/* ---- A paced run, whole ---- */

struct paced_run {
    struct meter meter;
    struct region region;
    struct region_buckets buckets;
    struct event_results events;
    struct run_record record;
};

static void run_on_time(struct mutator *m)
{
    mutator_pace(m, 2000);
    for (int i = 0; i < 20; i++) {
        mutator_wait_turn(m);
        mutator_request_done(m);
    }
}

/* The 11th stands still for 10 planned starts. */
static void run_with_a_long_stop(struct mutator *m)
{
    const struct timespec five_ms = {0, 5000000};
    mutator_pace(m, 2000);
    for (int i = 0; i < 20; i++) {
        mutator_wait_turn(m);
        if (i == 10)
            nanosleep(&five_ms, NULL);
        mutator_request_done(m);
    }
}

static void run_too_fast(struct mutator *m)
{
    const struct timespec one_ms = {0, 1000000};
    mutator_pace(m, 1000000);
    for (int i = 0; i < 10; i++) {
        mutator_wait_turn(m);
        nanosleep(&one_ms, NULL);
        mutator_request_done(m);
    }
}

static struct paced_run *run_paced(struct fixture *f, void (*run)(struct mutator *m))
{
    const struct workload w = {.name = "paced", .run = run};
    struct paced_run *p = calloc(1, sizeof *p);
    assert_non_null(p);
    meter_open(&p->meter);
    requests_open(&f->requests, 1);
    requests_attach(&f->requests, &f->mutator);
    region_run(&p->region, &f->mutator, &w, &p->meter, &f->requests);
    record_clear(&p->record);
    region_record(&p->region, &p->meter, &p->buckets, &p->record);
    events_record_requests(&f->requests, &p->region.pace, &p->events, &p->record);
    return p;
}

static void a_paced_run_says_its_rate_and_what_it_waited(void **state)
{
    struct paced_run *p = run_paced(*state, run_on_time);
    const struct run_record *r = &p->record;
    assert_int_equal(r->rate_asked_per_s, 2000);
    assert_true(r->rate_kept_per_s > 0 && r->rate_kept_per_s < 2000.1);
    assert_true(r->rate_late_share >= 0 && r->rate_late_share < 1);
    assert_true(r->rate_waited_ns < r->wall_ns);
    assert_int_equal(r->wall_ns, r->mutator_ns + r->gc_ns + r->rate_waited_ns);
    assert_int_equal(r->request_count, 20);
    assert_int_equal(r->metered_count, 20);
    assert_int_equal(r->metered_100ms_count, RECORD_UNKNOWN);
    free(p);
}

/* 5 ms, then the nine behind it from their plans: 4.5, 4, ... ms at the least. */
static void behind_a_stop_the_clients_waited_though_the_requests_were_short(void **state)
{
    struct paced_run *p = run_paced(*state, run_with_a_long_stop);
    const struct run_record *r = &p->record;
    assert_true(r->request_max_ns >= 5000000);
    assert_true(r->metered_max_ns >= r->request_max_ns);
    assert_true(r->rate_late_share > 8.5 / 20);
    uint64_t late = 0;
    for (size_t i = 0; i < r->metered.count; i++)
        late += r->metered.bucket[i].value_ns >= 2500000 ? r->metered.bucket[i].count : 0;
    assert_true(late >= 5);
    free(p);
}

static void a_rate_that_cannot_be_kept_is_said_to_be_none(void **state)
{
    struct paced_run *p = run_paced(*state, run_too_fast);
    assert_false(run_kept_its_rate(&p->record));
    assert_true(p->record.rate_late_share > 0.89);
    assert_int_equal(p->record.rate_waited_ns, 0);
    free(p);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(each_request_is_noted_in_its_order),
        WITH_FIXTURE(a_group_is_noted_once_and_a_rest_of_fewer_is_not),
        WITH_FIXTURE(a_region_begins_with_a_whole_group),
        WITH_FIXTURE(the_clock_is_read_before_a_tuning_collects_by_hand),
        WITH_FIXTURE(a_tuning_collects_as_often_with_groups_as_without),
        WITH_FIXTURE(calibration_costs_something_and_notes_nothing),
        WITH_FIXTURE(planned_starts_are_exact_however_long_it_runs),
        WITH_FIXTURE(nobody_begins_before_its_turn),
        WITH_FIXTURE(a_late_request_begins_at_once_and_is_counted),
        WITH_FIXTURE(a_paced_run_says_its_rate_and_what_it_waited),
        WITH_FIXTURE(behind_a_stop_the_clients_waited_though_the_requests_were_short),
        WITH_FIXTURE(a_rate_that_cannot_be_kept_is_said_to_be_none),
        WITH_FIXTURE(without_a_pace_nobody_waits_or_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
