/* test_worker.c - the worker as the harness runs it: arguments in, record out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/worker_process.h"

/* Runs the model's worker with these arguments, which must give a record. */
static void run_to_record(struct run_record *record, const char *const *arguments)
{
    char error[512];
    struct worker_run *run = worker_run(&(struct worker_request){.arguments = arguments});
    assert_non_null(run);
    if (!WIFEXITED(run->status) || WEXITSTATUS(run->status) != 0)
        fail_msg("status %d: %s", run->status, run->text);
    assert_string_equal(run->text, "");
    assert_int_equal(run->record[run->record_length - 1], '\n');
    if (record_read(run->record, run->record_length, record, error, sizeof error) != 0)
        fail_msg("%s", error);
    free(run);
}

#define RUN(record, ...) run_to_record(record, (const char *const[]){__VA_ARGS__, NULL})

static uint64_t total(const struct record_histogram *h)
{
    uint64_t n = 0;
    for (size_t i = 0; i < h->count; i++)
        n += h->bucket[i].count;
    return n;
}

static void a_run_leaves_a_whole_record(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.05", "configuration=chain \"x\"", "round=3", "twin=1", "allocator=pymalloc");
    assert_string_equal(r.status, "ok");
    assert_string_equal(r.message, "");
    assert_string_equal(r.workload, "chain");
    assert_string_equal(r.runtime, "model");
    assert_string_equal(r.allocator, "pymalloc");
    assert_string_equal(r.collector, "cpython-3.11");
    assert_string_equal(r.tuning, "700,10,10");
    assert_string_equal(r.refcount, "plain");
    assert_string_equal(r.configuration, "chain \"x\"");
    assert_int_equal(r.round, 3);
    assert_true(r.twin);
    assert_int_equal(r.seed, 1);
    assert_true(r.scale > 0.049 && r.scale < 0.051);
    assert_true(r.operations > 0 && r.operations != RECORD_UNKNOWN);
    assert_true(r.checksum != RECORD_UNKNOWN);
    assert_true(r.version_gcsweep[0] && r.version_compiler[0] && r.version_kernel[0] && r.version_allocator[0]);
    assert_string_equal(r.version_python, "");
    assert_string_equal(r.params[0].name, "cycle_size");
    assert_string_equal(r.params[0].text, "100");
    record_free(&r);
}

/* The same blocks in pools of a quarter of the size: about four times as many of them. */
static void the_pools_of_python_3_9_hold_the_same_blocks_in_smaller_pools(void **state)
{
    (void)state;
    struct run_record now, before;
    RUN(&now, "workload=chain", "scale=0.05", "pools=pymalloc");
    RUN(&before, "workload=chain", "scale=0.05", "pools=pymalloc-3.9");
    assert_int_equal(before.checksum, now.checksum);
    assert_int_equal(before.pool_bytes_in_blocks, now.pool_bytes_in_blocks);
    assert_in_range(before.pool_pools_used, 3 * now.pool_pools_used, 5 * now.pool_pools_used);
    assert_in_range(before.pool_arenas_now, (before.pool_pools_used + 63) / 64, before.pool_pools_used);
    record_free(&now);
    record_free(&before);
}

static void the_times_and_counts_of_a_run_agree_with_each_other(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.2");
    assert_true(r.gen0_collections > 0 && r.gen1_collections > 0);
    assert_int_equal(r.gc_ns, r.gen0_gc_ns + r.gen1_gc_ns + r.gen2_gc_ns);
    assert_int_equal(r.gc_ns, r.pause_total_ns);
    assert_int_equal(r.wall_ns, r.mutator_ns + r.gc_ns);
    assert_int_equal(r.pause_count, r.gen0_collections + r.gen1_collections + r.gen2_collections);
    assert_int_equal(total(&r.pauses[0]), r.gen0_collections);
    assert_int_equal(total(&r.pauses[1]), r.gen1_collections);
    assert_int_equal(total(&r.pauses[2]), r.gen2_collections);
    assert_true(r.pause_min_ns <= r.pause_p50_ns && r.pause_p50_ns <= r.pause_p90_ns);
    assert_true(r.pause_p90_ns <= r.pause_p99_ns && r.pause_p99_ns <= r.pause_p9999_ns);
    assert_true(r.pause_p9999_ns <= r.pause_max_ns);
    assert_int_equal(r.longest_count, r.pause_count < 1000 ? r.pause_count : 1000);
    assert_int_equal(r.longest[0].duration_ns, r.pause_max_ns);
    for (size_t i = 0; i < r.longest_count; i++) {
        assert_true(r.longest[i].start_ns + r.longest[i].duration_ns <= r.wall_ns);
        assert_true(i == 0 || r.longest[i].duration_ns <= r.longest[i - 1].duration_ns);
    }
    assert_true(r.meter_ns > 0 && r.meter_ns < r.wall_ns);
    record_free(&r);
}

static void resident_memory_has_a_baseline_a_peak_and_an_end(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.2", "tuning=disabled");
    assert_true(r.rss_baseline_bytes < r.rss_end_bytes);
    assert_true(r.rss_end_bytes <= r.rss_peak_bytes);
    assert_true(r.rss_purged_bytes <= r.rss_peak_bytes);
    assert_false(r.rss_peak_is_sample);
    /* 200,000 objects that nobody collects take more than 4 MiB. */
    assert_true(r.rss_peak_bytes - r.rss_baseline_bytes > 4 << 20);
    assert_true(r.pool_arenas_now > 0 && r.pool_arenas_now != RECORD_UNKNOWN);
    assert_true(r.faults_minor > 0 && r.faults_minor != RECORD_UNKNOWN);
    record_free(&r);
}

static void requests_have_latencies_and_their_metered_ones_are_no_shorter(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.2");
    assert_int_equal(r.request_group, 1);
    assert_int_equal(r.request_count, r.operations);
    assert_int_equal(total(&r.requests), r.operations);
    assert_int_equal(total(&r.metered), r.operations);
    assert_int_equal(total(&r.metered_100ms), r.operations);
    assert_true(r.request_p50_ns <= r.request_p99_ns && r.request_p99_ns <= r.request_max_ns);
    assert_true(r.request_p50_ns <= r.metered_p50_ns && r.request_p99_ns <= r.metered_p99_ns);
    assert_true(r.request_p50_ns <= r.metered_100ms_p50_ns && r.request_max_ns <= r.metered_100ms_max_ns);
    assert_true(r.request_max_ns <= r.wall_ns && r.metered_max_ns <= r.wall_ns);
    assert_true(r.request_max_ns >= r.pause_max_ns); /* a pause is within a request */
    assert_false(r.request_log_full || r.pause_log_full);
    assert_int_equal(r.rate_asked_per_s, RECORD_UNKNOWN);
    record_free(&r);
}

static void requests_that_nobody_times_have_no_latencies_and_are_done_all_the_same(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.05", "requests=0", "tuning=manual:100");
    assert_true(r.operations > 0);
    assert_int_equal(r.gen2_collections, r.operations / 100);
    assert_int_equal(r.request_count, RECORD_UNKNOWN);
    assert_int_equal(r.metered_max_ns, RECORD_UNKNOWN);
    assert_int_equal(r.requests.count, 0);
    assert_true(r.mmu_count > 0);
    record_free(&r);
}

static void requests_of_the_real_cpython_are_timed_too(void **state)
{
    (void)state;
    char path[4096];
    built_path(path, sizeof path, "gcsweep-worker-cpython");
    if (access(path, X_OK) != 0)
        skip(); /* built without libpython */
    struct run_record r;
    char error[512];
    static const char *const arguments[] = {"workload=chain", "scale=0.05", "tuning=manual:100", NULL};
    struct worker_run *run =
        worker_run(&(struct worker_request){.program = "gcsweep-worker-cpython", .arguments = arguments});
    assert_non_null(run);
    if (run->status != 0 || record_read(run->record, run->record_length, &r, error, sizeof error) != 0)
        fail_msg("status %d: %s", run->status, run->text);
    assert_int_equal(r.request_count, r.operations);
    assert_int_equal(r.metered_count, r.operations);
    assert_int_equal(r.gen2_collections, r.operations / 100);
    assert_true(r.mmu_count > 0);
    record_free(&r);
    free(run);
}

/* A file of 64 KiB holds the pauses of this run, but not its requests. */
static void requests_that_cannot_all_be_kept_have_no_latencies_and_the_run_is_ok(void **state)
{
    (void)state;
    struct run_record r;
    char error[512];
    static const char *const arguments[] = {"workload=chain", "scale=1", "params=cycle_size=10", NULL};
    struct worker_run *run = worker_run(&(struct worker_request){.arguments = arguments, .file_bytes = 65536});
    assert_non_null(run);
    if (run->status != 0)
        fail_msg("status %d: %s", run->status, run->text);
    if (record_read(run->record, run->record_length, &r, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_string_equal(r.status, "ok");
    assert_true(r.operations > 65536 / 8);
    assert_true(r.request_log_full);
    assert_int_equal(r.request_count, RECORD_UNKNOWN);
    assert_int_equal(r.requests.count, 0);
    assert_false(r.pause_log_full);
    assert_true(r.mmu_count > 0);
    record_free(&r);
    free(run);
}

static void over_the_whole_run_the_program_has_what_the_collector_leaves_it(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.2");
    assert_true(r.mmu_count > 10 && r.bmu_count == r.mmu_count);
    const struct record_utilization *whole = &r.mmu[r.mmu_count - 1];
    assert_int_equal(whole->window_ns, r.wall_ns);
    assert_int_equal((int64_t)((double)r.wall_ns * (1 - whole->utilization) + 0.5), r.gc_ns);
    for (size_t i = 0; i < r.mmu_count; i++) {
        if (r.mmu[i].window_ns <= r.pause_max_ns)
            assert_true(r.mmu[i].utilization <= 0);
        assert_true(r.bmu[i].utilization <= r.mmu[i].utilization);
    }
    record_free(&r);
}

static uint64_t checksum_with(const char *a, const char *b)
{
    struct run_record r;
    RUN(&r, "workload=graph", "scale=0.02", a, b);
    assert_string_equal(r.status, "ok");
    record_free(&r);
    return r.checksum;
}

static void the_checksum_depends_on_the_seed_and_on_nothing_else_measured(void **state)
{
    (void)state;
    uint64_t checksum = checksum_with("seed=1", "tuning=700,10,10");
    assert_int_equal(checksum_with("seed=1", "tuning=disabled"), checksum);
    assert_int_equal(checksum_with("pools=", "tuning=10,2,2"), checksum);
    assert_int_equal(checksum_with("round=9", "tuning=manual:7"), checksum);
    assert_true(checksum_with("seed=2", "tuning=700,10,10") != checksum);
}

static void without_a_collection_there_is_no_percentile(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.05", "tuning=disabled");
    assert_int_equal(r.gen0_collections + r.gen1_collections + r.gen2_collections, 0);
    assert_int_equal(r.pause_count, 0);
    assert_int_equal(r.gc_ns, 0);
    assert_int_equal(r.pause_p50_ns, RECORD_UNKNOWN);
    assert_int_equal(r.pause_max_ns, RECORD_UNKNOWN);
    assert_int_equal(r.longest_count, 0);
    record_free(&r);
}

static void manual_collects_everything_once_in_n_requests(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=chain", "scale=0.05", "tuning=manual:100");
    assert_int_equal(r.gen0_collections + r.gen1_collections, 0);
    assert_true(r.operations >= 100);
    assert_int_equal(r.gen2_collections, r.operations / 100);
    assert_int_equal(r.pause_count, r.gen2_collections);
    record_free(&r);
}

static void the_pauses_of_set_up_are_not_counted(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=linked-list", "params=steps=0");
    assert_int_equal(r.pause_count, 0);
    assert_int_equal(r.gen0_collections, 0);
    assert_true(r.gen0_objects + r.gen1_objects + r.gen2_objects >= 100000);
    record_free(&r);
}

static void freeze_takes_what_set_up_built_out_of_the_generations(void **state)
{
    (void)state;
    struct run_record r;
    RUN(&r, "workload=linked-list", "params=steps=0", "tuning=freeze+700");
    assert_int_equal(r.gen0_objects + r.gen1_objects + r.gen2_objects, 0);
    assert_string_equal(r.tuning, "freeze+700,10,10");
    record_free(&r);
}

static void a_debug_run_sees_what_a_plain_one_sees(void **state)
{
    (void)state;
    struct run_record plain, debug;
    RUN(&plain, "workload=chain", "scale=0.001", "params=live_objects=500");
    RUN(&debug, "workload=chain", "scale=0.001", "params=live_objects=500", "debug=1");
    assert_int_equal(debug.checksum, plain.checksum);
    assert_true(debug.pause_count > plain.pause_count);
    record_free(&plain);
    record_free(&debug);
}

static void expect_refusal(const char *const *arguments, int status, const char *begins)
{
    struct worker_run *run = worker_run(&(struct worker_request){.arguments = arguments});
    assert_non_null(run);
    if (!WIFEXITED(run->status) || WEXITSTATUS(run->status) != status)
        fail_msg("status %d, not %d: %s", run->status, status, run->text);
    assert_int_equal(run->record_length, 0);
    if (strncmp(run->text, begins, strlen(begins)) != 0)
        fail_msg("'%s' does not begin with '%s'", run->text, begins);
    assert_ptr_equal(strchr(run->text, '\n'), run->text + strlen(run->text) - 1);
    free(run);
}

static void wrong_arguments_are_refused_with_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[3], *begins;
    } table[] = {
        {{NULL}, "gcsweep-worker: workload=NAME is missing"},
        {{"workload=nix"}, "gcsweep-worker: unknown workload 'nix'; known are "},
        {{"workload=a\nb"}, "gcsweep-worker: unknown workload 'a?b'; known are "},
        {{"nonsense"}, "gcsweep-worker: unknown argument 'nonsense'; known are KEY=VALUE with the keys workload, "},
        {{"colour=red"}, "gcsweep-worker: unknown argument 'colour=red'; known are KEY=VALUE"},
        {{""}, "gcsweep-worker: unknown argument ''; known are KEY=VALUE"},
        {{"workload=chain", "params=x=1"}, "gcsweep-worker: workload chain has no parameter 'x'; it has: "},
        {{"workload=chain", "params=cycle_size"}, "gcsweep-worker: params must be NAME=VALUE, not 'cycle_size'"},
        {{"workload=chain", "params=cycle_size=-1"}, "gcsweep-worker: parameter cycle_size of workload chain"},
        {{"workload=chain", "scale=0"}, "gcsweep-worker: scale must be a number above 0, not '0'"},
        {{"workload=chain", "scale=-1"}, "gcsweep-worker: scale must be a number above 0, not '-1'"},
        {{"workload=chain", "scale=nan"}, "gcsweep-worker: scale must be a number above 0, not 'nan'"},
        {{"workload=chain", "scale="}, "gcsweep-worker: scale must be a number above 0, not ''"},
        {{"workload=chain", "seed=-1"}, "gcsweep-worker: seed must be a whole number from 0 to "},
        {{"workload=chain", "seed=99999999999999999999"}, "gcsweep-worker: seed must be a whole number from 0 to "},
        {{"workload=chain", "pools=2"}, "gcsweep-worker: unknown pools '2'; known are \"\", pymalloc, pymalloc-3.9"},
        {{"workload=chain", "tuning=1,2,3,4"}, "gcsweep-worker: tuning '1,2,3,4': has 4 thresholds"},
        {{"workload=chain", "refcount=atomic"}, "gcsweep-worker: unknown refcount 'atomic'; this worker has plain"},
        {{"workload=chain", "allocator_name=hoard"}, "gcsweep-worker: unknown allocator_name 'hoard'"},
        {{"workload=chain", "record_fd=-1"}, "gcsweep-worker: record_fd must be a whole number from 0 to 2147483647"},
        {{"workload=chain", "free_lists=80x"}, "gcsweep-worker: free_lists must be a whole number from 0 to 1000000"},
        {{"workload=chain", "round=x"}, "gcsweep-worker: round must be a whole number from 0 to "},
        {{"workload=chain", "collector=nix"}, "gcsweep-worker: "},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        expect_refusal(table[i].arguments, 2, table[i].begins);
}

static void a_text_longer_than_a_record_holds_is_refused(void **state)
{
    (void)state;
    char configuration[400];
    snprintf(configuration, sizeof configuration, "configuration=%0300d", 0);
    const char *const arguments[] = {"workload=chain", configuration, NULL};
    expect_refusal(arguments, 2, "gcsweep-worker: configuration is longer than 255 bytes");
}

static void a_record_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    static const char *const arguments[] = {"workload=chain", "scale=0.001", "record_fd=77", NULL};
    expect_refusal(arguments, 1, "gcsweep-worker: cannot write the record: Bad file descriptor");
}

static void expect_out_of_memory(const char *const *arguments, const char *message, struct run_record *r)
{
    char error[512];
    struct worker_run *run =
        worker_run(&(struct worker_request){.arguments = arguments, .address_space_bytes = 128 << 20});
    assert_non_null(run);
    if (run->status != 0)
        fail_msg("status %d: %s", run->status, run->text);
    if (record_read(run->record, run->record_length, r, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_string_equal(r->status, "out-of-memory");
    assert_string_equal(r->message, message);
    assert_int_equal(r->checksum, RECORD_UNKNOWN);
    assert_true(r->rss_peak_bytes > 64 << 20 && r->rss_peak_bytes != RECORD_UNKNOWN);
    free(run);
}

static void running_out_of_memory_leaves_a_record_of_what_is_known(void **state)
{
    (void)state;
#if defined GCSWEEP_SANITIZED || defined GCSWEEP_COVERAGE
    skip(); /* a sanitizer reserves more addresses than the limit leaves; gcov itself crashes without memory */
#endif
    struct run_record r;
    static const char *const run[] = {"workload=chain", "scale=100", "tuning=disabled", NULL};
    static const char *const setup[] = {"workload=linked-list", "params=length=1000000", NULL};
    expect_out_of_memory(run, "the allocator returned NULL during the run", &r);
    assert_true(r.wall_ns > 0 && r.wall_ns != RECORD_UNKNOWN);
    assert_true(r.operations > 0 && r.operations != RECORD_UNKNOWN);
    record_free(&r);
    expect_out_of_memory(setup, "the allocator returned NULL during set-up", &r);
    assert_int_equal(r.wall_ns, RECORD_UNKNOWN);
    assert_int_equal(r.pause_count, RECORD_UNKNOWN);
    record_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_leaves_a_whole_record),
        cmocka_unit_test(the_pools_of_python_3_9_hold_the_same_blocks_in_smaller_pools),
        cmocka_unit_test(the_times_and_counts_of_a_run_agree_with_each_other),
        cmocka_unit_test(resident_memory_has_a_baseline_a_peak_and_an_end),
        cmocka_unit_test(requests_have_latencies_and_their_metered_ones_are_no_shorter),
        cmocka_unit_test(requests_that_nobody_times_have_no_latencies_and_are_done_all_the_same),
        cmocka_unit_test(requests_of_the_real_cpython_are_timed_too),
        cmocka_unit_test(requests_that_cannot_all_be_kept_have_no_latencies_and_the_run_is_ok),
        cmocka_unit_test(over_the_whole_run_the_program_has_what_the_collector_leaves_it),
        cmocka_unit_test(the_checksum_depends_on_the_seed_and_on_nothing_else_measured),
        cmocka_unit_test(without_a_collection_there_is_no_percentile),
        cmocka_unit_test(manual_collects_everything_once_in_n_requests),
        cmocka_unit_test(the_pauses_of_set_up_are_not_counted),
        cmocka_unit_test(freeze_takes_what_set_up_built_out_of_the_generations),
        cmocka_unit_test(a_debug_run_sees_what_a_plain_one_sees),
        cmocka_unit_test(wrong_arguments_are_refused_with_one_line),
        cmocka_unit_test(a_text_longer_than_a_record_holds_is_refused),
        cmocka_unit_test(a_record_that_cannot_be_written_is_an_error),
        cmocka_unit_test(running_out_of_memory_leaves_a_record_of_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
