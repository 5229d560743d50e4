/* test_runner.c - one run, whatever its worker does: shell scripts play the worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/host.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/sampler.h"
#include "harness/sweep/verdict.h"
#include "harness/sweep/worker_command.h"
#include "tests/command.h"

static char error[1024];

struct bench {
    char *folder;
    struct plan plan;
    struct plan_configuration *list;
    size_t count;
    struct runner runner;
};

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    b->folder = folder_make();
    plan_init(&b->plan);
    b->plan.seed = 5;
    if (plan_add_workload(&b->plan, "chain", error, sizeof error) != 0 ||
        plan_add_param(&b->plan, "cycle_size=10", error, sizeof error) != 0 ||
        plan_finish(&b->plan, error, sizeof error) != 0 ||
        plan_configurations(&b->plan, &b->list, &b->count, error, sizeof error) != 0)
        return -1;
    b->plan.timeout_ns = UINT64_C(20000000000);
    b->plan.memory_bytes = 0;
    runner_init(&b->runner, &b->plan);
    *state = b;
    return 0;
}

static int drop_bench(void **state)
{
    struct bench *b = *state;
    folder_remove(b->folder);
    free(b->list);
    plan_free(&b->plan);
    free(b);
    return 0;
}

/* What a run gives when the worker is this script. */
static struct run_record run_script(struct bench *b, const char *script)
{
    const char *path = in_folder(b->folder, "worker");
    char text[4096];
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    file_write(path, text, 0755);
    snprintf(b->runner.program[0], sizeof b->runner.program[0], "%s", path);
    struct run_record r;
    if (runner_run(&b->runner, &b->plan, &b->list[0], 3, &r, error, sizeof error) != 0)
        fail_msg("%s", error);
    return r;
}

#define GOOD "echo '{\"schema\":1,\"status\":\"ok\",\"wall_ns\":1000,\"operations\":7}' >&3"

/* ---- Endings ---- */

static void a_whole_record_is_taken(void **state)
{
    struct bench *b = *state;
    struct run_record r = run_script(b, GOOD);
    assert_string_equal(r.status, "ok");
    assert_string_equal(r.message, "");
    assert_int_equal(r.operations, 7);
    assert_int_equal(r.exit_code, 0);
    assert_true(r.exit_signal == RECORD_UNKNOWN_SIGNED);
    assert_true(r.process_ns > 0 && r.process_ns < UINT64_C(20000000000));
    assert_int_equal(strlen(r.started), strlen("2026-11-21T09:00:00Z"));
    record_free(&r);
}

static void a_record_of_another_run_is_a_failure(void **state)
{
    static const char *const said[] = {"\"configuration\":\"x\"", "\"round\":9"};
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        char script[200];
        snprintf(script, sizeof script, "echo '{\"schema\":1,\"status\":\"ok\",\"wall_ns\":7,%s}' >&3", said[i]);
        struct run_record r = run_script(b, script);
        assert_string_equal(r.status, "failed");
        assert_non_null(strstr(r.message, "the worker's record cannot be used: it is of round"));
        assert_true(r.wall_ns == RECORD_UNKNOWN);
        assert_string_equal(r.configuration, b->list[0].key);
        record_free(&r);
    }
}

static void a_worker_that_writes_without_end_is_stopped_at_once(void **state)
{
    struct run_record r = run_script(*state, "exec yes >&3");
    assert_string_equal(r.status, "failed");
    assert_string_equal(r.message, "the worker's record cannot be used: too long");
    record_free(&r);
}

static void the_dimensions_are_the_plans_whatever_the_worker_says(void **state)
{
    struct bench *b = *state;
    struct run_record r = run_script(b, "echo '{\"schema\":1,\"status\":\"ok\",\"workload\":\"graph\","
                                        "\"seed\":77,\"params\":{\"evil\":\"1\"}}' >&3");
    assert_string_equal(r.workload, "chain");
    assert_string_equal(r.configuration, b->list[0].key);
    assert_int_equal(r.round, 3);
    assert_int_equal(r.seed, 5);
    assert_string_equal(r.params[0].name, "cycle_size");
    assert_string_equal(r.params[0].text, "10");
    record_free(&r);
}

static void a_signal_is_a_crash_and_is_named(void **state)
{
    struct run_record r = run_script(*state, "echo 'about to fall' >&2; kill -SEGV $$");
    assert_string_equal(r.status, "crashed");
    assert_string_equal(r.message, "signal 11 (Segmentation fault): about to fall");
    assert_int_equal(r.exit_signal, 11);
    assert_true(r.exit_code == RECORD_UNKNOWN_SIGNED);
    record_free(&r);
}

static void an_exit_status_is_a_failure_with_the_workers_last_line(void **state)
{
    struct run_record r = run_script(*state, "echo one >&2; echo 'the reason' >&2; echo >&2; exit 2");
    assert_string_equal(r.status, "failed");
    assert_string_equal(r.message, "the reason");
    assert_int_equal(r.exit_code, 2);
    record_free(&r);
    r = run_script(*state, "exit 5");
    assert_string_equal(r.message, "the worker ended with exit status 5 and said nothing");
    record_free(&r);
}

static void a_record_that_cannot_be_used_is_a_failure(void **state)
{
    static const char *const scripts[] = {
        "true",
        "echo 'rubbish' >&3",
        "printf '{\"schema\":1,\"status\":\"ok\",' >&3",
        "echo '{\"schema\":1}' >&3",
        "echo '{\"schema\":1,\"status\":\"crashed\"}' >&3",
        "head -c 6000000 /dev/zero >&3",
    };
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        struct run_record r = run_script(*state, scripts[i]);
        assert_string_equal(r.status, "failed");
        assert_non_null(strstr(r.message, "record cannot be used"));
        assert_true(r.wall_ns == RECORD_UNKNOWN);
        record_free(&r);
    }
}

static void a_worker_that_hangs_is_stopped_with_all_it_started(void **state)
{
    struct bench *b = *state;
    char script[256], line[64];
    snprintf(script, sizeof script, "sleep 1000 & echo $! > %s; sleep 1000", in_folder(b->folder, "child"));
    b->runner.timeout_ns = 3000000000;
    struct run_record r = run_script(b, script);
    assert_string_equal(r.status, "timeout");
    assert_string_equal(r.message, "did not end within 3s");
    assert_int_equal(r.exit_signal, SIGKILL);
    record_free(&r);

    host_read_line(in_folder(b->folder, "child"), line, sizeof line);
    pid_t child = (pid_t)atol(line);
    assert_true(child > 1);
    char stat_path[64], status[256] = "gone";
    for (int i = 0; i < 200; i++) { /* dead, or a zombie that nobody waits for */
        snprintf(stat_path, sizeof stat_path, "/proc/%ld/status", (long)child);
        host_read_key(stat_path, "State", status, sizeof status);
        if (status[0] == '\0' || status[0] == 'Z')
            return;
        usleep(10000);
    }
    fail_msg("the worker's child is still there: %s", status);
}

static void a_worker_over_its_memory_limit_is_stopped(void **state)
{
    struct bench *b = *state;
    b->runner.memory_bytes = 40 << 20;
    struct run_record r = run_script(b, "x=$(head -c 200000000 /dev/zero | tr '\\0' x); sleep 5; " GOOD);
    assert_string_equal(r.status, "out-of-memory");
    assert_non_null(strstr(r.message, "over the limit of 40.0 MiB"));
    assert_true(r.rss_peak_is_sample);
    assert_true(r.rss_peak_bytes > 40 << 20);
    assert_true(r.sample_count > 0);
    record_free(&r);
}

static void a_worker_that_closes_its_pipes_early_is_waited_for(void **state)
{
    struct run_record r = run_script(*state, GOOD "; exec 3>&- 1>&- 2>&-; sleep 1");
    assert_string_equal(r.status, "ok");
    assert_true(r.process_ns > 150000000);
    record_free(&r);
}

static void a_worker_that_talks_without_end_is_read(void **state)
{
    struct run_record r = run_script(*state, "head -c 3000000 /dev/zero >&2; echo; echo 'last words' >&2; exit 1");
    assert_string_equal(r.message, "last words");
    record_free(&r);
}

static void a_program_that_cannot_be_run_is_the_harness_error(void **state)
{
    struct bench *b = *state;
    struct run_record r;
    file_write(in_folder(b->folder, "worker"), "#!/nowhere/at/all\n", 0755);
    snprintf(b->runner.program[0], sizeof b->runner.program[0], "%s", in_folder(b->folder, "worker"));
    assert_int_equal(runner_run(&b->runner, &b->plan, &b->list[0], 0, &r, error, sizeof error), -1);
    assert_non_null(strstr(error, "cannot run"));
}

static void a_runtime_that_is_not_there_gives_failed_records(void **state)
{
    struct bench *b = *state;
    struct run_record r;
    b->runner.program[0][0] = '\0';
    assert_int_equal(runner_check(&b->runner, &b->list[0], error, sizeof error), -1);
    assert_int_equal(runner_run(&b->runner, &b->plan, &b->list[0], 0, &r, error, sizeof error), 0);
    assert_string_equal(r.status, "failed");
    assert_string_equal(r.message, error);
    assert_true(r.process_ns == RECORD_UNKNOWN);
    record_free(&r);
}

static volatile sig_atomic_t stop_flag;

static void raise_flag(int signal_number)
{
    stop_flag = signal_number;
}

static void an_interrupted_run_is_dropped_and_its_worker_killed(void **state)
{
    struct bench *b = *state;
    struct run_record r;
    file_write(in_folder(b->folder, "worker"), "#!/bin/sh\nsleep 1000\n", 0755);
    snprintf(b->runner.program[0], sizeof b->runner.program[0], "%s", in_folder(b->folder, "worker"));
    stop_flag = 0;
    b->runner.interrupted = &stop_flag;
    signal(SIGALRM, raise_flag);
    ualarm(200000, 0);
    assert_int_equal(runner_run(&b->runner, &b->plan, &b->list[0], 0, &r, error, sizeof error), RUNNER_INTERRUPTED);
    errno = 0;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    assert_int_equal(errno, ECHILD);
}

/* ---- What the worker gets ---- */

static void the_worker_is_pinned_alone_in_its_group_and_writes_no_core(void **state)
{
    struct bench *b = *state;
    char script[512], line[128], expected[32];
    snprintf(script, sizeof script,
             "grep Cpus_allowed_list /proc/self/status > %s/pinned; ulimit -c > %s/core; ls -l /proc/$$/fd > %s/fds; "
             "[ \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ ] || exit 9; " GOOD,
             b->folder, b->folder, b->folder);
    struct run_record r = run_script(b, script);
    assert_string_equal(r.status, "ok");
    record_free(&r);
    snprintf(expected, sizeof expected, "%d", b->runner.worker_cpu);
    host_read_key(in_folder(b->folder, "pinned"), "Cpus_allowed_list", line, sizeof line);
    assert_string_equal(line, expected);
    host_read_line(in_folder(b->folder, "core"), line, sizeof line);
    assert_string_equal(line, "0");
}

static const char *find_variable(char *const *environment, const char *name)
{
    size_t length = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

static void the_users_own_allocator_settings_do_not_reach_the_worker(void **state)
{
    struct bench *b = *state;
    struct worker_command command;
    static const char *const withheld[] = {"LD_PRELOAD",       "MALLOC_CONF",  "GLIBC_TUNABLES",
                                           "MALLOC_ARENA_MAX", "PYTHONMALLOC", "GCSWEEP_PAD"};
    for (size_t i = 0; i < sizeof withheld / sizeof withheld[0]; i++)
        setenv(withheld[i], "", 1);
    setenv("KEPT", "yes", 1);
    struct allocator_choice choice;
    memset(&choice, 0, sizeof choice);
    assert_int_equal(worker_command_make("/w", &b->list[0], &choice, 0, 1, 100, &command), 0);
    assert_string_equal(find_variable(command.environment, "KEPT"), "yes");
    for (size_t i = 0; i < 5; i++)
        assert_null(find_variable(command.environment, withheld[i]));
    assert_int_equal(strlen(find_variable(command.environment, "GCSWEEP_PAD")), 100);
    worker_command_free(&command);

    snprintf(choice.path, sizeof choice.path, "/lib/x.so");
    snprintf(choice.settings[0], sizeof choice.settings[0], "MALLOC_CONF=narenas:1");
    assert_int_equal(worker_command_make("/w", &b->list[0], &choice, 0, 1, 0, &command), 0);
    assert_string_equal(find_variable(command.environment, "LD_PRELOAD"), "/lib/x.so");
    assert_string_equal(find_variable(command.environment, "MALLOC_CONF"), "narenas:1");
    worker_command_free(&command);
    for (size_t i = 0; i < sizeof withheld / sizeof withheld[0]; i++)
        unsetenv(withheld[i]);
}

static void the_worker_is_told_its_whole_configuration(void **state)
{
    struct bench *b = *state;
    static const char *const words[] = {"workload=chain",
                                        "params=cycle_size=10",
                                        "scale=1",
                                        "seed=5",
                                        "pools=pymalloc",
                                        "library=",
                                        "allocator_name=system",
                                        "allocator=pymalloc",
                                        "collector=cpython-3.11",
                                        "tuning=700,10,10",
                                        "refcount=plain",
                                        "record_fd=3",
                                        "round=3",
                                        "twin=0"};
    char script[200], text[COMMAND_TEXT];
    snprintf(script, sizeof script, "printf '<%%s>' \"$@\" > %s; " GOOD, in_folder(b->folder, "words"));
    struct run_record r = run_script(b, script);
    record_free(&r);
    int fd = open(in_folder(b->folder, "words"), O_RDONLY);
    read_back(fd, text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char wanted[100];
        snprintf(wanted, sizeof wanted, "<%s>", words[i]);
        if (!strstr(text, wanted))
            fail_msg("%s is not among %s", wanted, text);
    }
}

static void padding_differs_between_rounds_and_repeats_with_the_seed(void **state)
{
    struct bench *b = *state;
    size_t lengths[2][8];
    char script[200], line[8192];
    snprintf(script, sizeof script, "echo ${#GCSWEEP_PAD} > %s; " GOOD, in_folder(b->folder, "pad"));
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned round = 0; round < 8; round++) {
            struct run_record r = run_script(b, script);
            record_free(&r);
            assert_int_equal(runner_run(&b->runner, &b->plan, &b->list[0], round, &r, error, sizeof error), 0);
            record_free(&r);
            host_read_line(in_folder(b->folder, "pad"), line, sizeof line);
            lengths[pass][round] = (size_t)atol(line);
            assert_in_range(lengths[pass][round], 0, 4095);
        }
    }
    assert_memory_equal(lengths[0], lengths[1], sizeof lengths[0]);
    size_t same = 0;
    for (unsigned round = 1; round < 8; round++)
        same += lengths[0][round] == lengths[0][0];
    assert_true(same < 7);
}

/* ---- The verdict, where no script can play it ---- */

static void a_kill_from_outside_is_told_from_the_kernels(void **state)
{
    (void)state;
    struct run_facts facts = {.exit_code = -1, .exit_signal = SIGKILL, .text = ""};
    struct run_record r;
    run_verdict(&facts, &r);
    assert_string_equal(r.status, "crashed");
    assert_string_equal(r.message, "signal 9 (Killed), sent from outside");
    facts.kernel_killed_for_memory = true;
    run_verdict(&facts, &r);
    assert_string_equal(r.status, "out-of-memory");
    assert_non_null(strstr(r.message, "probably"));
}

/* ---- Samples ---- */

static void samples_thin_out_and_keep_the_whole_span(void **state)
{
    (void)state;
    struct sampler s;
    const uint64_t ms = 1000000;
    sampler_start(&s, 1000 * ms, ms);
    for (uint64_t t = 0; t < 10000; t++)
        sampler_see(&s, (1000 + t) * ms, t * 4096);
    assert_in_range(s.count, SAMPLER_MOST / 2, SAMPLER_MOST);
    assert_int_equal(s.grid_ns, 32 * ms);
    assert_int_equal(s.peak_bytes, 9999 * 4096);
    for (size_t i = 0; i < s.count; i++) {
        assert_int_equal(s.sample[i].bytes, (s.sample[i].t_ns / ms - 1000) * 4096);
        if (i > 0)
            assert_int_equal(s.sample[i].t_ns - s.sample[i - 1].t_ns, 32 * ms);
    }
    assert_int_equal(s.sample[0].t_ns, 1000 * ms);
}

static void a_late_sample_does_not_shift_the_grid(void **state)
{
    (void)state;
    struct sampler s;
    sampler_start(&s, 0, 100);
    sampler_see(&s, 0, 1);
    sampler_see(&s, 250, 2); /* due at 100 */
    sampler_see(&s, 299, 3); /* the next one is due at 300 */
    sampler_see(&s, 300, 4);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.sample[2].bytes, 4);
}

static void only_samples_of_the_region_count(void **state)
{
    (void)state;
    struct sampler s;
    struct run_record r;
    record_clear(&r);
    sampler_start(&s, 0, 100);
    for (uint64_t t = 0; t <= 1000; t += 100)
        sampler_see(&s, t, t);
    sampler_fill(&s, 250, 600, &r);
    assert_int_equal(r.sample_count, 4);
    assert_int_equal(r.samples[0].t_ns, 50);
    assert_int_equal(r.samples[0].bytes, 300);
    assert_int_equal(r.rss_mean_bytes, 450);
    sampler_fill(&s, 5000, 6000, &r);
    assert_int_equal(r.sample_count, 0);
    record_free(&r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, drop_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_record_is_taken),
        TEST(a_record_of_another_run_is_a_failure),
        TEST(a_worker_that_writes_without_end_is_stopped_at_once),
        TEST(the_dimensions_are_the_plans_whatever_the_worker_says),
        TEST(a_signal_is_a_crash_and_is_named),
        TEST(an_exit_status_is_a_failure_with_the_workers_last_line),
        TEST(a_record_that_cannot_be_used_is_a_failure),
        TEST(a_worker_that_hangs_is_stopped_with_all_it_started),
        TEST(a_worker_over_its_memory_limit_is_stopped),
        TEST(a_worker_that_closes_its_pipes_early_is_waited_for),
        TEST(a_worker_that_talks_without_end_is_read),
        TEST(a_program_that_cannot_be_run_is_the_harness_error),
        TEST(a_runtime_that_is_not_there_gives_failed_records),
        TEST(an_interrupted_run_is_dropped_and_its_worker_killed),
        TEST(the_worker_is_pinned_alone_in_its_group_and_writes_no_core),
        TEST(the_users_own_allocator_settings_do_not_reach_the_worker),
        TEST(the_worker_is_told_its_whole_configuration),
        TEST(padding_differs_between_rounds_and_repeats_with_the_seed),
        cmocka_unit_test(a_kill_from_outside_is_told_from_the_kernels),
        cmocka_unit_test(samples_thin_out_and_keep_the_whole_span),
        cmocka_unit_test(a_late_sample_does_not_shift_the_grid),
        cmocka_unit_test(only_samples_of_the_region_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
