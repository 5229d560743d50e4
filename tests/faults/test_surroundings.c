/* test_surroundings.c - what others do to a sweep: they lock its store, take its folder away, stop it, close its
 * streams, kill its workers, set the clock back. */
#include "tests/faults/small_sweep.h"
#include "tests/stopped_sweep.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "harness/sweep/host.h"

/* Stopped, with at least `runs` of its runs. */
static struct started start_sweep(const char *folder, size_t runs)
{
    return start_and_stop((const char *const[]){SMALL_SWEEP, folder, NULL}, folder, runs, SMALL_RUNS);
}

static void is_as_undisturbed(const struct bench *b, const char *folder, const char *when)
{
    struct runs given = runs_of(folder, false);
    are_the_same(&b->expected, &given, when);
    runs_free(&given);
}

static void goes_on_to_the_end(const struct bench *b, const char *folder, const char *when)
{
    struct command c;
    GCSWEEP(&c, "sweep", "--resume", "--out", folder);
    must_end_with(&c, 0, when);
    is_as_undisturbed(b, folder, when);
}

/* ---- Two of them ---- */

static void a_second_sweep_into_a_folder_is_refused_and_disturbs_nothing(void **state)
{
    struct bench *b = *state;
    struct command c;
    const char *folder = in_folder(b->folder, "shared");
    struct started s = start_sweep(folder, 2);
    GCSWEEP(&c, "sweep", "--resume", "--out", folder);
    says_one_line(&c, 2, "a second one, resuming");
    assert_non_null(strstr(c.error, "locked by another process: a sweep is adding to it"));
    GCSWEEP(&c, SMALL_SWEEP, folder);
    says_one_line(&c, 2, "a second one, anew");
    GCSWEEP(&c, "merge", b->whole, folder, "--out", folder);
    says_one_line(&c, 2, "a merge into it");
    kill(s.pid, SIGCONT);
    command_await(&s, &c);
    must_end_with(&c, 0, "the first one");
    is_as_undisturbed(b, folder, "shared");
}

static void two_sweeps_that_start_at_once_are_one_and_a_refusal(void **state)
{
    struct bench *b = *state;
    for (int turn = 0; turn < (all_faults() ? 20 : 3); turn++) {
        char folder[PATH_MAX];
        struct command c[2];
        struct started s[2];
        snprintf(folder, sizeof folder, "%s/race%d", b->folder, turn);
        for (int i = 0; i < 2; i++)
            s[i] = command_start(built("gcsweep"), (const char *const[]){SMALL_SWEEP, folder, NULL});
        for (int i = 0; i < 2; i++)
            command_await(&s[i], &c[i]);
        int refused = c[0].status == 0;
        must_end_with(&c[!refused], 0, "one of two");
        says_one_line(&c[refused], 2, "the other one");
        is_as_undisturbed(b, folder, "two at once");
    }
}

/* SQLite's own lock, as a tool holds it that looks into the file. */
static void a_store_locked_by_another_program_is_waited_for_then_named(void **state)
{
    struct bench *b = *state;
    struct command c;
    sqlite3 *db;
    struct runs before = runs_of(b->whole, true);
    assert_int_equal(sqlite3_open(in_folder(b->whole, STORE_FILE), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    GCSWEEP(&c, "sweep", "--resume", "--out", b->whole);
    says_one_line(&c, 2, "locked, resumed");
    assert_non_null(strstr(c.error, "locked by another process"));
    GCSWEEP(&c, "report", "--no-pictures", b->whole);
    says_one_line(&c, 2, "locked, reported");
    assert_non_null(strstr(c.error, "locked by another process"));
    sqlite3_close(db);
    struct runs now = runs_of(b->whole, true);
    are_the_same(&before, &now, "locked");
    runs_free(&before);
    runs_free(&now);
}

/* ---- The folder goes away ---- */

static void a_folder_removed_while_a_sweep_runs_ends_it_with_one_line(void **state)
{
    struct bench *b = *state;
    struct command c;
    const char *folder = in_folder(b->folder, "removed");
    struct started s = start_sweep(folder, 2);
    folder_remove(strdup(folder));
    kill(s.pid, SIGCONT);
    command_await(&s, &c);
    says_one_line(&c, 1, "folder removed");
    assert_non_null(strstr(c.error, "was removed, moved or replaced"));
    assert_non_null(strstr(c.error, folder));
    assert_int_equal(access(folder, F_OK), -1);
}

static void a_folder_moved_while_a_sweep_runs_keeps_its_runs_and_goes_on(void **state)
{
    struct bench *b = *state;
    struct command c;
    char folder[PATH_MAX], other[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/moved", b->folder);
    snprintf(other, sizeof other, "%s/elsewhere", b->folder);
    struct started s = start_sweep(folder, 2);
    assert_int_equal(rename(folder, other), 0);
    struct runs left = runs_of(other, true);
    kill(s.pid, SIGCONT);
    command_await(&s, &c);
    says_one_line(&c, 1, "folder moved");
    assert_non_null(strstr(c.error, "was removed, moved or replaced"));
    goes_on_to_the_end(b, other, "folder moved");
    struct runs now = runs_of(other, true);
    nothing_is_lost(&left, &now, "folder moved");
    runs_free(&left);
    runs_free(&now);
}

/* ---- Signals ---- */

static void a_stopped_and_continued_sweep_ends_as_if_undisturbed(void **state)
{
    struct bench *b = *state;
    struct command c;
    const char *folder = in_folder(b->folder, "stopped");
    struct started s = start_sweep(folder, 1);
    for (int i = 0; i < 3; i++) {
        kill(s.pid, SIGSTOP);
        usleep(100000);
        kill(s.pid, SIGCONT);
        usleep(20000);
    }
    command_await(&s, &c);
    must_end_with(&c, 0, "stopped");
    is_as_undisturbed(b, folder, "stopped");
}

/* `gcsweep ... | head -1`: ends as filters do, without a word. */
static void a_reader_that_goes_away_ends_the_command_silently(void **state)
{
    static const char *const commands[][6] = {
        {"list", "workloads", NULL},      {"report", "--no-pictures", "DIR", NULL},
        {"compare", "DIR", "DIR2", NULL}, {"export", "--format", "csv", "DIR", NULL},
        {"recommend", "DIR", NULL},       {"run", "empty", "--format", "json", NULL},
    };
    struct bench *b = *state;
    GCSWEEP(&(struct command){0}, SMALL_SWEEP, in_folder(b->folder, "second"));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const char *words[8] = {0};
        for (size_t k = 0; commands[i][k]; k++)
            words[k] = strcmp(commands[i][k], "DIR") == 0    ? b->whole
                       : strcmp(commands[i][k], "DIR2") == 0 ? in_folder(b->folder, "second")
                                                             : commands[i][k];
        int ends[2], saved = dup(STDOUT_FILENO);
        struct started s = {.out = scratch_file(), .error = scratch_file()};
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        close(ends[0]);
        s.pid = fork();
        if (s.pid == 0) {
            char *arguments[10] = {(char[]){"gcsweep"}};
            for (size_t k = 0; words[k]; k++)
                arguments[k + 1] = (char *)(size_t)words[k];
            dup2(ends[1], STDOUT_FILENO);
            dup2(s.error, STDERR_FILENO);
            execv(built("gcsweep"), arguments);
            _exit(127);
        }
        close(ends[1]);
        close(saved);
        struct command c;
        command_await(&s, &c);
        if (c.status != 128 + SIGPIPE || c.error[0] != '\0')
            fail_msg("%s: exit status %d: %s", words[0], c.status, c.error);
    }
    is_as_undisturbed(b, b->whole, "reader gone");
}

/* ---- Streams ---- */

/* Without the standard streams of `closed`, a bit each, and with descriptors from 3 on that others left open. */
static void run_without(struct command *c, unsigned closed, int left_open, const char *const *words)
{
    struct started s = {.out = scratch_file(), .error = scratch_file()};
    char *arguments[COMMAND_WORDS + 2] = {(char[]){"gcsweep"}};
    for (size_t i = 0; words[i]; i++)
        arguments[i + 1] = (char *)(size_t)words[i];
    const char *program = strdup(built("gcsweep"));
    s.pid = fork();
    if (s.pid == 0) {
        dup2(s.out, STDOUT_FILENO);
        dup2(s.error, STDERR_FILENO);
        for (int fd = 3; left_open >= 0 && fd < 30; fd++)
            if (fd != left_open)
                dup2(left_open, fd);
        for (int fd = 0; fd < 3; fd++)
            if (closed & 1u << fd)
                close(fd);
        execv(program, arguments);
        _exit(127);
    }
    command_await(&s, c);
    free((char *)(size_t)program);
}

static void a_sweep_and_a_report_without_standard_streams_end_well(void **state)
{
    struct bench *b = *state;
    struct command c;
    for (unsigned closed = 1; closed < 8; closed++) {
        char folder[PATH_MAX], when[32];
        snprintf(folder, sizeof folder, "%s/closed%u", b->folder, closed);
        snprintf(when, sizeof when, "without streams %u", closed);
        run_without(&c, closed, -1, (const char *const[]){SMALL_SWEEP, folder, NULL});
        must_end_with(&c, 0, when);
        is_as_undisturbed(b, folder, when);
        run_without(&c, closed, -1, (const char *const[]){"report", "--no-pictures", folder, NULL});
        /* The table was asked for; where it cannot be shown, that is said. */
        must_end_with(&c, closed & 2 ? 1 : 0, when);
        is_as_undisturbed(b, folder, when);
        assert_int_equal(access(in_folder(folder, "results.json"), R_OK), 0);
    }
}

static void descriptors_left_open_by_others_are_not_written_to(void **state)
{
    struct bench *b = *state;
    struct command c;
    char text[COMMAND_TEXT];
    const char *folder = in_folder(b->folder, "inherited");
    int other = open(in_folder(b->folder, "other"), O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(other, "theirs", 6), 6);
    run_without(&c, 0, other, (const char *const[]){SMALL_SWEEP, folder, NULL});
    must_end_with(&c, 0, "inherited descriptors");
    is_as_undisturbed(b, folder, "inherited descriptors");
    run_without(&c, 7, other, (const char *const[]){"report", folder, NULL});
    read_back(other, text);
    assert_string_equal(text, "theirs");
}

/* ---- The clock ---- */

static void a_clock_set_back_changes_dates_and_nothing_else(void **state)
{
#ifdef GCSWEEP_SANITIZED
    (void)state;
    skip();
#else
    struct bench *b = *state;
    struct command c;
    const char *folder = in_folder(b->folder, "clock");
    setenv("LD_PRELOAD", built("tests/data/clock_back.so"), 1);
    GCSWEEP(&c, SMALL_SWEEP, folder, "--budget", "10m");
    unsetenv("LD_PRELOAD");
    must_end_with(&c, 0, "clock set back");
    is_as_undisturbed(b, folder, "clock set back");
    struct result_set results;
    char error[1024];
    assert_int_equal(store_load(folder, &results, error, sizeof error), 0);
    size_t backwards = 0;
    for (size_t i = 1; i < results.run_count; i++)
        backwards += strcmp(results.runs[i].started, results.runs[i - 1].started) < 0;
    assert_true(backwards > 0); /* it was set back */
    const char *took = find_result_fact(&results, "sweep_ns");
    assert_non_null(took);
    assert_true(strtoull(took, NULL, 10) < UINT64_C(600000000000));
    result_set_free(&results);
    GCSWEEP(&c, "report", "--no-pictures", folder);
    must_end_with(&c, 0, "a report of it");
#endif
}

/* ---- Workers ---- */

/* The first child of a process, 0 while there is none. */
static pid_t child_of(pid_t parent)
{
    char path[64], line[64];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
    host_read_line(path, line, sizeof line);
    return (pid_t)atol(line);
}

static void a_worker_killed_from_outside_is_a_row_and_is_run_again_when_asked(void **state)
{
    struct bench *b = *state;
    struct command c;
    const char *folder = in_folder(b->folder, "shot");
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    if (access(path, R_OK) != 0)
        skip(); /* a kernel that does not say whose children there are */
    struct started s = command_start(built("gcsweep"), (const char *const[]){SMALL_SWEEP, folder, NULL});
    /* Each worker that is caught alive, until a third of the runs is there: one at least. */
    pid_t last = 0, child;
    unsigned shot = 0;
    siginfo_t end = {0};
    while (waitid(P_PID, (id_t)s.pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == 0 &&
           (shot == 0 || count_runs(folder) < SMALL_RUNS / 3)) {
        child = child_of(s.pid);
        if (child > 1 && child != last && kill(child, SIGKILL) == 0) {
            shot++;
            last = child;
        }
    }
    command_await(&s, &c);
    must_end_with(&c, 0, "workers killed");
    assert_true(shot > 0);
    struct runs left = runs_of(folder, false);
    assert_int_equal(left.count, SMALL_RUNS);
    size_t crashed = 0;
    for (size_t i = 0; i < left.count; i++)
        crashed += strstr(left.text[i], "| crashed |") != NULL;
    runs_free(&left);
    if (crashed == 0)
        fail_msg("%u workers were killed and no run crashed", shot);
    GCSWEEP(&c, "sweep", "--resume", "--retry-failed", "--out", folder);
    must_end_with(&c, 0, "run again");
    is_as_undisturbed(b, folder, "run again");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_sweep_into_a_folder_is_refused_and_disturbs_nothing),
        TEST(two_sweeps_that_start_at_once_are_one_and_a_refusal),
        TEST(a_store_locked_by_another_program_is_waited_for_then_named),
        TEST(a_folder_removed_while_a_sweep_runs_ends_it_with_one_line),
        TEST(a_folder_moved_while_a_sweep_runs_keeps_its_runs_and_goes_on),
        TEST(a_stopped_and_continued_sweep_ends_as_if_undisturbed),
        TEST(a_reader_that_goes_away_ends_the_command_silently),
        TEST(a_sweep_and_a_report_without_standard_streams_end_well),
        TEST(descriptors_left_open_by_others_are_not_written_to),
        TEST(a_clock_set_back_changes_dates_and_nothing_else),
        TEST(a_worker_killed_from_outside_is_a_row_and_is_run_again_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
