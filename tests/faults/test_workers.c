/* test_workers.c - workers that write nonsense, half a record, nothing, without end, another run's record: rows of the
 * results that say so, and a sweep that goes on. */
#include "tests/faults/small_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A gcsweep of its own, whose workers are those of this build but for every ninth run, which is `bad`. */
static const char *make_program(const struct bench *b, const char *bad)
{
    static char program[PATH_MAX];
    char folder[PATH_MAX], text[3 * PATH_MAX], line[3 * PATH_MAX];
    snprintf(folder, sizeof folder, "%s/bin", b->folder);
    mkdir(folder, 0700);
    snprintf(program, sizeof program, "%s", in_folder(folder, "gcsweep"));
    if (access(program, X_OK) != 0) {
        snprintf(line, sizeof line, "cp %s %s", built("gcsweep"), program);
        struct command c;
        command_run(&c, "/bin/sh", (const char *const[]){"-c", line, NULL});
        must_end_with(&c, 0, line);
    }
    snprintf(text, sizeof text,
             "#!/bin/sh\n"
             "echo x >> %s/count\n"
             "[ $(($(wc -l < %s/count) %% 9)) = 0 ] || exec %s \"$@\"\n"
             "%s\n",
             folder, folder, built("gcsweep-worker"), bad);
    file_write(in_folder(folder, "gcsweep-worker"), text, 0755);
    unlink(in_folder(folder, "count"));
    return program;
}

static void be_good(const struct bench *b)
{
    char folder[PATH_MAX], text[PATH_MAX + 64];
    snprintf(folder, sizeof folder, "%s/bin", b->folder);
    snprintf(text, sizeof text, "#!/bin/sh\nexec %s \"$@\"\n", built("gcsweep-worker"));
    file_write(in_folder(folder, "gcsweep-worker"), text, 0755);
}

/* Long enough for a good worker where a test waits for bad ones, and for any where it does not. */
static const char *time_limit(const char *status)
{
    return strcmp(status, "timeout") == 0 ? "2s" : "60s";
}

/* Two runs are `status` with a message that says `said`; the others are as they should be; run again, all. */
static void two_runs_are(const struct bench *b, const char *bad, const char *status, const char *said)
{
    struct command c;
    char folder[PATH_MAX];
    const char *program = make_program(b, bad);
    snprintf(folder, sizeof folder, "%s/workers", b->folder);
    command_run(&c, program, (const char *const[]){SMALL_SWEEP, folder, "--timeout", time_limit(status), NULL});
    says_one_line(&c, 0, bad);
    assert_non_null(strstr(c.error, "2 not ok"));

    struct result_set results;
    char error[1024];
    size_t found = 0;
    if (store_load(folder, &results, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(results.run_count, SMALL_RUNS);
    for (size_t i = 0; i < results.run_count; i++) {
        const struct run_record *r = &results.runs[i];
        if (strcmp(r->status, "ok") == 0)
            continue;
        found++;
        if (strcmp(r->status, status) != 0 || !strstr(r->message, said))
            fail_msg("%s: %s, '%s'", bad, r->status, r->message);
        assert_true(r->wall_ns == RECORD_UNKNOWN); /* never a time */
    }
    assert_int_equal(found, SMALL_RUNS / 9);
    result_set_free(&results);
    GCSWEEP(&c, "report", "--no-pictures", folder);
    must_end_with(&c, 0, bad);

    be_good(b);
    command_run(&c, program, (const char *const[]){"sweep", "--resume", "--retry-failed", "--out", folder, NULL});
    must_end_with(&c, 0, bad);
    struct runs given = runs_of(folder, false);
    are_the_same(&b->expected, &given, bad);
    runs_free(&given);
    folder_remove(strdup(folder));
}

#define UNUSABLE "the worker's record cannot be used"

static void what_workers_do_wrong_is_a_row_and_can_be_run_again(void **state)
{
    static const struct {
        const char *bad, *status, *said;
    } rows[] = {
        {"exit 0", "failed", UNUSABLE ": empty"},
        {"head -c 3000 /dev/urandom >&3", "failed", UNUSABLE},
        {"echo '{\"schema\":1,\"status\":\"ok\",\"wall_ns\":12' >&3", "failed", UNUSABLE},
        {"echo '{\"schema\":1,\"status\":\"ok\",\"wall_ns\":-5}' >&3", "failed", UNUSABLE},
        {"echo '{\"schema\":1,\"status\":\"ok\",\"configuration\":\"another\",\"round\":0,\"wall_ns\":5}' >&3",
         "failed", "it is of round 0 of 'another'"},
        {"echo '{\"schema\":1,\"status\":\"ok\"}{\"schema\":1,\"status\":\"ok\"}' >&3", "failed", UNUSABLE},
        {"exec yes >&3", "failed", UNUSABLE ": too long"},
        {"exec yes >&2", "timeout", "did not end within 2s"},
        {"printf '\\033[31mred\\007' >&2; exit 1", "failed", "?[31mred?"},
        {"kill -9 $$", "crashed", "signal 9 (Killed), sent from outside"},
        {"kill -STOP $$", "timeout", "did not end within 2s"},
        {"exec 3>&- 2>&- 1>&-; exec sleep 1000", "timeout", "did not end within 2s"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        two_runs_are(*state, rows[i].bad, rows[i].status, rows[i].said);
}

/* Nothing of ours is open in a worker but what it is given. */
static void a_worker_has_no_descriptor_of_the_results(void **state)
{
    struct bench *b = *state;
    struct command c;
    char folder[PATH_MAX], bad[PATH_MAX + 64];
    snprintf(folder, sizeof folder, "%s/workers", b->folder);
    snprintf(bad, sizeof bad, "ls -l /proc/self/fd >> %s/descriptors; exit 1", b->folder);
    command_run(&c, make_program(b, bad), (const char *const[]){SMALL_SWEEP, folder, NULL});
    must_end_with(&c, 0, "descriptors");
    char text[COMMAND_TEXT];
    read_back(open(in_folder(b->folder, "descriptors"), O_RDONLY), text);
    assert_non_null(strstr(text, "0 -> /dev/null"));
    if (strstr(text, folder))
        fail_msg("a worker could write the results: %s", text);
}

/* ---- The kernel's out-of-memory killer ---- */

#ifndef GCSWEEP_SANITIZED
static const char *const groups[] = {"/sys/fs/cgroup/memory", "/sys/fs/cgroup"};
static const char *const limits[] = {"memory.limit_in_bytes", "memory.max"};

static bool write_number(const char *folder, const char *name, long n)
{
    FILE *f = fopen(in_folder(folder, name), "r+"); /* a file of the kernel: it is there, or this is no group */
    bool written = f && fprintf(f, "%ld", n) > 0;
    if (f && fclose(f) != 0)
        written = false;
    return written;
}

/* A control group with little memory, which this process joins until group_leave; false where that is not allowed. */
static bool group_join(char group[PATH_MAX], long bytes)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        snprintf(group, PATH_MAX, "%s/gcsweep-test-%ld", groups[i], (long)getpid());
        if (mkdir(group, 0700) != 0)
            continue;
        if (write_number(group, limits[i], bytes) && write_number(group, "cgroup.procs", getpid()))
            return true;
        rmdir(group);
    }
    return false;
}

static void group_leave(const char *group)
{
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%.*s", (int)(strrchr(group, '/') - group), group);
    write_number(above, "cgroup.procs", getpid());
    rmdir(group);
}
#endif

static void a_worker_that_the_kernel_kills_for_memory_is_out_of_memory(void **state)
{
#ifdef GCSWEEP_SANITIZED
    (void)state;
    skip();
#else
    struct bench *b = *state;
    struct command c;
    char group[PATH_MAX];
    const char *folder = in_folder(b->folder, "oom");
    if (!group_join(group, 48 << 20))
        skip();
    GCSWEEP(&c, "sweep", "--workload", "chain", "--param", "live_objects=3000000", "--param", "total_objects=3000000",
            "--workload", "empty", "--rounds", "1", "--timeout", "60s", "--out", folder);
    group_leave(group);
    says_one_line(&c, 0, "out-of-memory killer");
    struct result_set results;
    char error[1024];
    assert_int_equal(store_load(folder, &results, error, sizeof error), 0);
    assert_int_equal(results.run_count, 4);
    for (size_t i = 0; i < results.run_count; i++) {
        const struct run_record *r = &results.runs[i];
        bool large = strcmp(r->workload, "chain") == 0;
        if (strcmp(r->status, large ? "out-of-memory" : "ok") != 0)
            fail_msg("%s: %s, %s", r->workload, r->status, r->message);
        if (large)
            assert_non_null(strstr(r->message, "the kernel's out-of-memory killer"));
    }
    result_set_free(&results);
#endif
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_workers_do_wrong_is_a_row_and_can_be_run_again),
        TEST(a_worker_has_no_descriptor_of_the_results),
        TEST(a_worker_that_the_kernel_kills_for_memory_is_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
