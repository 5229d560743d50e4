/* test_latency.c - latencies of hand-made requests, and the log they are in. */
#include "harness/worker/latency.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

enum { PER_BUFFER = LOG_BUFFER_BYTES / sizeof(uint64_t) };

struct fixture {
    struct log log;
    uint64_t first[HISTOGRAM_BUCKETS], second[HISTOGRAM_BUCKETS];
    struct histogram simple, metered;
};

static int open_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f)
        return -1;
    log_open(&f->log, sizeof(uint64_t), LOG_MOST);
    histogram_open(&f->simple, f->first);
    histogram_open(&f->metered, f->second);
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    log_close(&f->log);
    free(f);
    return 0;
}

static void add(struct fixture *f, const uint64_t *ends, size_t count)
{
    for (size_t i = 0; i < count; i++)
        log_add(&f->log, &ends[i], sizeof ends[i]);
    log_flush(&f->log);
    assert_true(log_is_whole(&f->log));
}

/* Exactly the values, each as often as it is named; all below 2048, where each
 * has a bucket of its own. */
static void holds(const struct histogram *h, const uint64_t *values, size_t count)
{
    assert_int_equal(h->count, count);
    uint64_t left[2048] = {0};
    for (size_t i = 0; i < count; i++)
        left[values[i]]++;
    for (size_t v = 0; v < 2048; v++)
        if (h->bucket[v] != left[v])
            fail_msg("%zu is there %zu times, not %zu", v, (size_t)h->bucket[v], (size_t)left[v]);
}

#define ADD(f, ...) add(f, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))
#define HOLDS(h, ...) \
    holds(h, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* ---- Simple and metered ---- */

static void a_simple_latency_is_the_time_since_the_end_before(void **state)
{
    struct fixture *f = *state;
    ADD(f, 10, 120, 130, 140);
    assert_true(latency_simple(&f->log, &f->simple));
    HOLDS(&f->simple, 10, 110, 10, 10);
}

/* Starts 0, 10, 120, 130, spread evenly: 0, 43, 86, 130. */
static void metered_over_the_whole_run_those_behind_a_pause_wait_for_it(void **state)
{
    struct fixture *f = *state;
    ADD(f, 10, 120, 130, 140);
    assert_true(latency_metered(&f->log, LATENCY_WHOLE_RUN, &f->metered));
    HOLDS(&f->metered, 10, 110, 44, 10);
}

/* Starts 0, 10, 20, 130, spread evenly: 0, 43, 86, 130; none before its own. */
static void a_pause_of_the_last_request_delays_nobody(void **state)
{
    struct fixture *f = *state;
    ADD(f, 10, 20, 130, 140);
    assert_true(latency_metered(&f->log, LATENCY_WHOLE_RUN, &f->metered));
    HOLDS(&f->metered, 10, 10, 110, 10);
}

/* Starts 0, 10, 20, 30, 130, 140, 150, 160. A window of 40 spreads:
 * 0 [0, 20): a 0, b 20: 0.           10 [0, 30): 10.
 * 20 [0, 130 of 40): a 0, b 130, 4 parts: 2 x 130 / 4 = 65, after its own.
 * 30 [10, 130 of 50): a 10, b 130: 10 + 2 x 120 / 3 = 90, after its own.
 * 130 [130 of 110, 150): 130.        140 [130 of 120, 160): 140.
 * 150 [130, 160 of 170): 150.        160 [140, 160 of 180): 160. */
static void a_window_looks_no_further_than_half_of_it_to_either_side(void **state)
{
    struct fixture *f = *state;
    ADD(f, 10, 20, 30, 130, 140, 150, 160, 170);
    assert_true(latency_metered(&f->log, 40, &f->metered));
    HOLDS(&f->metered, 10, 10, 10, 100, 10, 10, 10, 10);
}

/* The same with a window of 300: all of them but for the last ones of the
 * first: 130 with a 0 (130 - 150), b 160: 4 x 160 / 7 = 91, so 140 - 91 = 49;
 * 140: 5 x 160 / 7 = 114: 150 - 114 = 36; 150 (a 0): 6 x 160 / 7 = 137: 160 - 137 = 23;
 * 160 (a 10, index 1): 160. */
static void a_wider_window_lets_more_of_them_wait(void **state)
{
    struct fixture *f = *state;
    ADD(f, 10, 20, 30, 130, 140, 150, 160, 170);
    assert_true(latency_metered(&f->log, 300, &f->metered));
    HOLDS(&f->metered, 10, 10, 10, 100, 49, 36, 23, 10);
}

static void one_request_alone_waits_for_nobody(void **state)
{
    struct fixture *f = *state;
    ADD(f, 50);
    assert_true(latency_metered(&f->log, LATENCY_WHOLE_RUN, &f->metered));
    assert_true(latency_metered(&f->log, LATENCY_WINDOW_NS, &f->metered));
    HOLDS(&f->metered, 50, 50);
}

static void no_request_at_all_is_no_latency(void **state)
{
    struct fixture *f = *state;
    log_flush(&f->log);
    assert_true(latency_simple(&f->log, &f->simple));
    assert_true(latency_metered(&f->log, LATENCY_WHOLE_RUN, &f->metered));
    assert_int_equal(f->simple.count + f->metered.count, 0);
    assert_int_equal(histogram_percentile(&f->simple, 50), RECORD_UNKNOWN);
}

/* 100 a second from 5 ms on: planned at 5, 15, 25, 35 ms; times here in ms. */
static void of_a_paced_run_the_plan_says_how_long_a_client_waits(void **state)
{
    struct fixture *f = *state;
    const uint64_t ms = 1000000;
    const struct pace pace = {.per_second = 100, .turns = 4, .origin_ns = 5 * ms};
    ADD(f, 6 * ms, 37 * ms, 38 * ms, 39 * ms);
    assert_true(latency_paced(&f->log, &pace, &f->simple, &f->metered));
    assert_int_equal(f->simple.count, 4);
    assert_int_equal(f->simple.sum_ns, (1 + 22 + 1 + 1) * ms);
    assert_int_equal(f->simple.max_ns, 22 * ms);
    assert_int_equal(f->metered.count, 4);
    assert_int_equal(f->metered.sum_ns, (1 + 22 + 13 + 4) * ms);
    assert_int_equal(f->metered.max_ns, 22 * ms);
}

static void percentiles_of_fewer_than_a_hundred_requests_end_in_the_slowest(void **state)
{
    struct fixture *f = *state;
    uint64_t ends[99];
    for (uint64_t i = 0; i < 99; i++)
        ends[i] = (i + 1) * 10 + (i >= 60 ? 1000 : 0);
    add(f, ends, 99);
    assert_true(latency_simple(&f->log, &f->simple));
    assert_int_equal(histogram_percentile(&f->simple, 50), 10);
    assert_int_equal(histogram_percentile(&f->simple, 99), 1010);
    assert_int_equal(histogram_percentile(&f->simple, 99.99), 1010);
}

/* A request each 10 ns, and the 5,000th takes 1,010: 16 buffers of the log. */
static void latencies_are_the_same_over_many_buffers(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 16 * PER_BUFFER + 77 };
    for (uint64_t i = 0; i < MANY; i++) {
        uint64_t end = (i + 1) * 10 + (i >= 5000 ? 1000 : 0);
        log_add(&f->log, &end, sizeof end);
    }
    log_flush(&f->log);
    assert_int_equal(log_count(&f->log), MANY);
    assert_true(latency_simple(&f->log, &f->simple));
    assert_int_equal(f->simple.bucket[10], MANY - 1);
    assert_int_equal(f->simple.bucket[1010], 1);
    /* 40 ns to either side: the pause is behind all but the next few. */
    assert_true(latency_metered(&f->log, 80, &f->metered));
    assert_int_equal(f->metered.count, MANY);
    assert_int_equal(f->metered.max_ns, 1010);
    assert_true(f->metered.bucket[10] >= MANY - 10);
}

/* ---- The log ---- */

static void a_reader_finds_every_entry_forwards_and_backwards(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 3 * PER_BUFFER + 5 };
    for (uint64_t i = 0; i < MANY; i++)
        log_add(&f->log, &i, sizeof i);
    log_flush(&f->log);
    struct log_reader r;
    log_reader_open(&r, &f->log);
    for (uint64_t i = 0; i < MANY; i++)
        assert_int_equal(*(const uint64_t *)log_reader_at(&r, i), i);
    for (uint64_t i = MANY; i-- > 0; i -= i > 100 ? 100 : 0)
        assert_int_equal(*(const uint64_t *)log_reader_at(&r, i), i);
    assert_null(log_reader_at(&r, MANY));
}

static void a_map_is_a_copy_of_all_entries(void **state)
{
    struct fixture *f = *state;
    assert_null(log_map(&f->log)); /* nothing in it */
    for (uint64_t i = 0; i < PER_BUFFER + 5; i++)
        log_add(&f->log, &i, sizeof i);
    log_flush(&f->log);
    uint64_t *entries = log_map(&f->log);
    assert_non_null(entries);
    for (uint64_t i = 0; i < PER_BUFFER + 5; i++)
        assert_int_equal(entries[i], i);
    entries[0] = 99;
    struct log_reader r;
    log_reader_open(&r, &f->log);
    assert_int_equal(*(const uint64_t *)log_reader_at(&r, 0), 0);
    log_unmap(&f->log, entries);
}

static void a_log_that_holds_its_most_is_whole_and_with_one_more_full(void **state)
{
    struct fixture *f = *state;
    log_close(&f->log);
    log_open(&f->log, sizeof(uint64_t), PER_BUFFER + 1); /* whole buffers: two */
    for (uint64_t i = 0; i < 2 * PER_BUFFER; i++)
        log_add(&f->log, &i, sizeof i);
    log_flush(&f->log);
    assert_true(log_is_whole(&f->log));
    assert_int_equal(log_count(&f->log), 2 * PER_BUFFER);
    uint64_t more = 1;
    log_add(&f->log, &more, sizeof more);
    log_flush(&f->log);
    assert_true(f->log.full);
    assert_false(log_is_whole(&f->log));
    assert_int_equal(log_count(&f->log), 2 * PER_BUFFER);
    assert_int_equal(log_added(&f->log), 2 * PER_BUFFER + 1);
}

static void a_cleared_log_begins_again(void **state)
{
    struct fixture *f = *state;
    for (uint64_t i = 0; i < PER_BUFFER + 5; i++)
        log_add(&f->log, &i, sizeof i);
    log_clear(&f->log);
    ADD(f, 7);
    assert_int_equal(log_count(&f->log), 1);
    struct log_reader r;
    log_reader_open(&r, &f->log);
    assert_int_equal(*(const uint64_t *)log_reader_at(&r, 0), 7);
}

/* No file: descriptors have run out. */
static void a_log_without_a_file_takes_entries_and_is_not_whole(void **state)
{
    struct fixture *f = *state;
    struct rlimit limit, none;
    log_close(&f->log);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){0, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    log_open(&f->log, sizeof(uint64_t), LOG_MOST);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(f->log.fd, -1);
    for (uint64_t i = 0; i < PER_BUFFER + 5; i++)
        log_add(&f->log, &i, sizeof i);
    log_flush(&f->log);
    assert_false(log_is_whole(&f->log));
    assert_int_equal(log_count(&f->log), 0);
    assert_null(log_map(&f->log));
}

static void a_write_that_fails_makes_the_log_not_whole(void **state)
{
    struct fixture *f = *state;
    int unwritable = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(unwritable >= 0 && dup2(unwritable, f->log.fd) == f->log.fd);
    close(unwritable);
    for (uint64_t i = 0; i < PER_BUFFER + 5; i++)
        log_add(&f->log, &i, sizeof i);
    log_flush(&f->log);
    assert_true(f->log.failed);
    assert_false(log_is_whole(&f->log));
}

/* It says how many there are, and then they are gone. */
static void a_log_that_cannot_be_read_gives_no_latencies(void **state)
{
    struct fixture *f = *state;
    ADD(f, 10, 20, 30);
    assert_int_equal(ftruncate(f->log.fd, 8), 0);
    assert_false(latency_simple(&f->log, &f->simple));
    assert_false(latency_metered(&f->log, LATENCY_WHOLE_RUN, &f->metered));
    assert_false(latency_paced(&f->log, &(struct pace){.per_second = 1}, &f->simple, &f->metered));
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(a_simple_latency_is_the_time_since_the_end_before),
        WITH_FIXTURE(metered_over_the_whole_run_those_behind_a_pause_wait_for_it),
        WITH_FIXTURE(a_pause_of_the_last_request_delays_nobody),
        WITH_FIXTURE(a_window_looks_no_further_than_half_of_it_to_either_side),
        WITH_FIXTURE(a_wider_window_lets_more_of_them_wait),
        WITH_FIXTURE(one_request_alone_waits_for_nobody),
        WITH_FIXTURE(no_request_at_all_is_no_latency),
        WITH_FIXTURE(of_a_paced_run_the_plan_says_how_long_a_client_waits),
        WITH_FIXTURE(percentiles_of_fewer_than_a_hundred_requests_end_in_the_slowest),
        WITH_FIXTURE(latencies_are_the_same_over_many_buffers),
        WITH_FIXTURE(a_reader_finds_every_entry_forwards_and_backwards),
        WITH_FIXTURE(a_map_is_a_copy_of_all_entries),
        WITH_FIXTURE(a_log_that_holds_its_most_is_whole_and_with_one_more_full),
        WITH_FIXTURE(a_cleared_log_begins_again),
        WITH_FIXTURE(a_log_without_a_file_takes_entries_and_is_not_whole),
        WITH_FIXTURE(a_write_that_fails_makes_the_log_not_whole),
        WITH_FIXTURE(a_log_that_cannot_be_read_gives_no_latencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
