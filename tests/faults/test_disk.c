/* test_disk.c - disks that are full, broken or not to be written: nothing is lost, one line, and it goes on. */
#include "tests/faults/small_sweep.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "tests/faults/call_faults.h"

/* ---- One call that fails ---- */

struct attempt {
    const struct bench *bench;
    const char *what; /* "full disk" */
    struct call_fault fault;
    const char *folder;
    char when[100];
    unsigned failed; /* how often the program noticed */
};

/* Runs it with the fault at call n: false when it makes fewer calls than that. */
static bool run_failing(struct attempt *t, long n, const char *const *words, struct command *c)
{
    bool for_good = t->fault.last == LONG_MAX;
    t->fault.below = t->folder;
    t->fault.first = n;
    if (!for_good)
        t->fault.last = n;
    snprintf(t->when, sizeof t->when, "%s at call %ld", t->what, n);
    long count = command_run_failing(c, built("gcsweep"), words, &t->fault);
    if (count < 0)
        skip();
    t->failed += c->status != 0;
    return count >= n;
}

/* What failed says so in one line that names the folder; what can be done without ends well. */
static void says_where(const struct attempt *t, const struct command *c)
{
    if (c->status == 0)
        return;
    if (c->status != 1 && c->status != 2)
        fail_msg("%s: exit status %d: %s", t->when, c->status, c->error);
    says_one_line(c, c->status, t->when);
    if (!strstr(c->error, t->folder))
        fail_msg("%s: '%s' does not name %s", t->when, c->error, t->folder);
}

/* From some call on. */
static const struct call_fault full_disk = {.kinds = CALL_WRITE | CALL_CREATE, .last = LONG_MAX, .error = ENOSPC};

/* ---- A sweep ---- */

static void finish_sweep(const struct attempt *t)
{
    struct command c;
    if (store_exists(t->folder)) {
        struct runs left = runs_of(t->folder, true);
        GCSWEEP(&c, "sweep", "--resume", "--out", t->folder);
        must_end_with(&c, 0, t->when);
        struct runs now = runs_of(t->folder, true);
        nothing_is_lost(&left, &now, t->when);
        runs_free(&left);
        runs_free(&now);
    } else {
        GCSWEEP(&c, SMALL_SWEEP, t->folder);
        must_end_with(&c, 0, t->when);
    }
    struct runs given = runs_of(t->folder, false);
    are_the_same(&t->bench->expected, &given, t->when);
    runs_free(&given);
    holds_nothing_but(t->folder, (const char *const[]){STORE_FILE, NULL}, t->when);
}

static void sweeps_with(const struct bench *b, const char *what, struct call_fault fault)
{
    struct attempt t = {.bench = b, .what = what, .fault = fault};
    bool more = true;
    for (long n = 1; more; n = next_call(n)) {
        struct command c;
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, "%s/sweep%ld", b->folder, n);
        t.folder = folder;
        more = run_failing(&t, n, (const char *const[]){SMALL_SWEEP, folder, NULL}, &c);
        says_where(&t, &c);
        finish_sweep(&t);
        folder_remove(strdup(folder));
    }
    assert_true(t.failed > 3);
    print_message("%s: the sweep ended %u times, and went on each time\n", what, t.failed);
}

static void a_sweep_on_a_full_disk_keeps_its_runs_and_goes_on(void **state)
{
    sweeps_with(*state, "full disk", full_disk);
}

static void a_sweep_over_a_quota_keeps_its_runs_and_goes_on(void **state)
{
    sweeps_with(*state, "quota", (struct call_fault){.kinds = CALL_WRITE, .last = LONG_MAX, .error = EDQUOT});
}

static void a_sweep_on_a_disk_that_fails_once_keeps_its_runs_and_goes_on(void **state)
{
    sweeps_with(*state, "I/O error", (struct call_fault){.kinds = CALL_WRITE | CALL_SYNC | CALL_CREATE, .error = EIO});
}

/* ---- Resuming ---- */

static void resuming_over_reads_that_fail_changes_nothing(void **state)
{
    struct bench *b = *state;
    struct attempt t = {.bench = b, .what = "read error", .folder = b->whole};
    struct command c;
    struct runs before = runs_of(b->whole, true);
    bool more = true;
    t.fault = (struct call_fault){.kinds = CALL_READ, .error = EIO};
    for (long n = 1; more; n = next_call(n)) {
        more = run_failing(&t, n, (const char *const[]){"sweep", "--resume", "--out", b->whole, NULL}, &c);
        if (c.status != 0)
            says_where(&t, &c);
        struct runs now = runs_of(b->whole, true);
        are_the_same(&before, &now, t.when);
        runs_free(&now);
    }
    assert_true(t.failed > 3);
    runs_free(&before);
}

/* ---- Reports, exports, merges ---- */

static char *text_of(const char *path)
{
    FILE *in = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (in && getdelim(&text, &size, '\0', in) < 0)
        text[0] = '\0';
    if (in)
        fclose(in);
    return text;
}

static const char *const report_files[] = {STORE_FILE, "report.html", "report.md", "results.json", "summary.csv", NULL};

static void a_report_on_a_full_disk_leaves_the_former_one_whole(void **state)
{
    struct bench *b = *state;
    struct attempt t = {.bench = b, .what = "full disk", .fault = full_disk, .folder = b->whole};
    struct command c;
    const char *const words[] = {"report", "--no-pictures", b->whole, NULL};
    command_run(&c, built("gcsweep"), words);
    must_end_with(&c, 0, "report");
    bool more = true;
    for (long n = 1; more; n = next_call(n)) {
        more = run_failing(&t, n, words, &c);
        says_where(&t, &c);
        if (more)
            assert_int_equal(c.status, 2);
        char *now = text_of(in_folder(b->whole, "report.html"));
        assert_non_null(now);
        if (strlen(now) < 1000 || strcmp(now + strlen(now) - 8, "</html>\n") != 0)
            fail_msg("%s: half a page", t.when);
        free(now);
        holds_nothing_but(b->whole, report_files, t.when);
    }
    assert_true(t.failed > 3);
}

/* With the disk full from each call on, the words end so and leave nothing in `folder`; with room enough, well. */
static void leaves_no_file(const struct bench *b, const char *folder, const char *const *words, int least_status)
{
    struct attempt t = {.bench = b, .what = "full disk", .fault = full_disk, .folder = folder};
    struct command c;
    assert_int_equal(mkdir(folder, 0700), 0);
    for (long n = 1; run_failing(&t, n, words, &c); n++) {
        assert_in_range(c.status, least_status, 2);
        says_where(&t, &c);
        holds_nothing_but(folder, (const char *const[]){NULL}, t.when);
    }
    assert_true(t.failed > 0);
    must_end_with(&c, 0, "room enough");
}

static void an_export_on_a_full_disk_leaves_no_file(void **state)
{
    struct bench *b = *state;
    char folder[PATH_MAX], file[PATH_MAX + 16];
    snprintf(folder, sizeof folder, "%s/exports", b->folder);
    snprintf(file, sizeof file, "%s/runs.csv", folder);
    leaves_no_file(b, folder, (const char *const[]){"export", "--format", "csv", "--out", file, b->whole, NULL}, 2);
}

static void a_timeline_on_a_full_disk_leaves_no_file(void **state)
{
    struct bench *b = *state;
    char folder[PATH_MAX], file[PATH_MAX + 16];
    snprintf(folder, sizeof folder, "%s/timelines", b->folder);
    snprintf(file, sizeof file, "%s/trace.json", folder);
    leaves_no_file(b, folder, (const char *const[]){"run", "chain", "--scale", "0.002", "--timeline", file, NULL}, 1);
}

static void a_merge_on_a_full_disk_leaves_nothing_and_can_be_repeated(void **state)
{
    struct bench *b = *state;
    struct attempt t = {.bench = b, .what = "full disk", .fault = full_disk};
    struct command c;
    char shard[2][PATH_MAX], out[PATH_MAX];
    bool more = true;
    for (int i = 0; i < 2; i++) {
        snprintf(shard[i], PATH_MAX, "%s/shard%d", b->folder, i);
        GCSWEEP(&c, SMALL_SWEEP, shard[i], "--shard", i == 0 ? "1/2" : "2/2");
        must_end_with(&c, 0, "a shard");
    }
    for (long n = 1; more; n = next_call(n)) {
        const char *const words[] = {"merge", shard[0], shard[1], "--out", out, NULL};
        snprintf(out, sizeof out, "%s/merged", b->folder);
        t.folder = out;
        more = run_failing(&t, n, words, &c);
        says_where(&t, &c);
        if (c.status != 0) {
            if (access(out, F_OK) == 0)
                holds_nothing_but(out, (const char *const[]){NULL}, t.when);
            command_run(&c, built("gcsweep"), words);
            must_end_with(&c, 0, t.when);
        }
        struct runs given = runs_of(out, false);
        are_the_same(&b->expected, &given, t.when);
        runs_free(&given);
        folder_remove(strdup(out));
    }
    assert_true(t.failed > 3);
}

/* ---- Disks that are small ---- */

/* A file system of its own at `folder`, seen by this process and what it starts; false where that is not allowed. */
static bool mount_small(const char *folder, const char *size)
{
    static bool own;
    if (!own && unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    own = true;
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount("none", folder, "tmpfs", 0, size) != 0)
        return false;
    if (mkdir(in_folder(folder, "tried"), 0700) == 0 && rmdir(in_folder(folder, "tried")) == 0)
        return true;
    umount(folder); /* in a user namespace without users nobody may write */
    return false;
}

static void a_file_system_of_a_quarter_mebibyte_fills_up_and_grows(void **state)
{
    struct bench *b = *state;
    struct command c;
    char folder[PATH_MAX], results[PATH_MAX + 16];
    snprintf(folder, sizeof folder, "%s/small", b->folder);
    snprintf(results, sizeof results, "%s/results", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    if (!mount_small(folder, "size=256k"))
        skip();
    GCSWEEP(&c, SMALL_SWEEP, results);
    says_one_line(&c, 1, "small file system");
    if (!strstr(c.error, "the disk is full") || !strstr(c.error, results))
        fail_msg("'%s' says neither that the disk is full nor which", c.error);
    struct runs left = runs_of(results, true);
    assert_true(left.count > 0 && left.count < SMALL_RUNS);
    assert_int_equal(mount("none", folder, "tmpfs", MS_REMOUNT, "size=64m"), 0);
    GCSWEEP(&c, "sweep", "--resume", "--out", results);
    must_end_with(&c, 0, "after it grew");
    struct runs now = runs_of(results, true), given = runs_of(results, false);
    nothing_is_lost(&left, &now, "small file system");
    are_the_same(&b->expected, &given, "small file system");
    runs_free(&left);
    runs_free(&now);
    runs_free(&given);
    assert_int_equal(umount(folder), 0);
}

/* Of a report whose pictures find no room, too. */
static void a_report_on_a_small_file_system_says_that_it_is_full(void **state)
{
    struct bench *b = *state;
    struct command c;
    char folder[PATH_MAX], results[PATH_MAX + 16];
    snprintf(folder, sizeof folder, "%s/small", b->folder);
    snprintf(results, sizeof results, "%s/results", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    if (!mount_small(folder, "size=64m"))
        skip();
    GCSWEEP(&c, SMALL_SWEEP, results);
    must_end_with(&c, 0, "room enough");
    assert_int_equal(mount("none", folder, "tmpfs", MS_REMOUNT, "size=512k"), 0);
    GCSWEEP(&c, "report", results);
    says_one_line(&c, 2, "small file system");
    if (!strstr(c.error, "No space left on device"))
        fail_msg("'%s' does not say that the disk is full", c.error);
    assert_int_equal(mount("none", folder, "tmpfs", MS_REMOUNT, "size=64m"), 0);
    struct runs given = runs_of(results, false);
    are_the_same(&b->expected, &given, "small file system");
    runs_free(&given);
    assert_int_equal(umount(folder), 0);
}

static void a_file_size_limit_is_as_a_full_disk(void **state)
{
    struct bench *b = *state;
    struct command c;
    struct rlimit before, few = {100 << 10, 100 << 10};
    const char *out = in_folder(b->folder, "limited");
    getrlimit(RLIMIT_FSIZE, &before);
    few.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    GCSWEEP(&c, SMALL_SWEEP, out);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    says_one_line(&c, 1, "file size limit");
    struct attempt t = {.bench = b, .folder = out, .when = "file size limit"};
    says_where(&t, &c);
    finish_sweep(&t);
}

/* ---- Folders that may not be written ---- */

/* Root may write where nobody may: as somebody else, if there is one. */
static void run_as_nobody(struct command *c, const char *const *words)
{
    struct started s = {.out = scratch_file(), .error = scratch_file()};
    char *arguments[COMMAND_WORDS + 2] = {(char[]){"gcsweep"}};
    for (size_t i = 0; words[i]; i++)
        arguments[i + 1] = (char *)(size_t)words[i];
    fchmod(s.out, 0666);
    fchmod(s.error, 0666);
    const char *program = built("gcsweep");
    s.pid = fork();
    if (s.pid == 0) {
        dup2(s.out, STDOUT_FILENO);
        dup2(s.error, STDERR_FILENO);
        if (geteuid() != 0 || (setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0))
            execv(program, arguments);
        _exit(127);
    }
    command_await(&s, c);
}

static void a_read_only_folder_is_read_and_not_written(void **state)
{
    struct bench *b = *state;
    struct command c;
#ifdef GCSWEEP_COVERAGE
    skip(); /* who is nobody may not write gcov's counts, and gcov says so */
#endif
    chmod(b->folder, 0755);
    assert_int_equal(chmod(b->whole, 0555), 0);
    assert_int_equal(chmod(in_folder(b->whole, STORE_FILE), 0444), 0);
    run_as_nobody(&c, (const char *const[]){"list", "collectors", NULL});
    if (c.status != 0)
        skip(); /* who is nobody may not start what was built */
    run_as_nobody(&c, (const char *const[]){"sweep", "--resume", "--out", b->whole, NULL});
    says_one_line(&c, 2, "read-only, resumed");
    assert_non_null(strstr(c.error, b->whole));
    run_as_nobody(&c, (const char *const[]){SMALL_SWEEP, in_folder(b->whole, "new"), NULL});
    says_one_line(&c, 2, "read-only, a new sweep");
    run_as_nobody(&c, (const char *const[]){"report", b->whole, NULL});
    says_one_line(&c, 2, "read-only, a report");
    assert_non_null(strstr(c.error, b->whole));
    run_as_nobody(&c, (const char *const[]){"compare", b->whole, NULL});
    run_as_nobody(&c, (const char *const[]){"export", "--format", "csv", b->whole, NULL});
    must_end_with(&c, 0, "read-only, an export");
    assert_string_equal(c.error, "");
    assert_int_equal(chmod(b->whole, 0755), 0);
    struct runs given = runs_of(b->whole, false);
    are_the_same(&b->expected, &given, "read-only");
    runs_free(&given);
    holds_nothing_but(b->whole, (const char *const[]){STORE_FILE, NULL}, "read-only");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sweep_on_a_full_disk_keeps_its_runs_and_goes_on),
        TEST(a_sweep_over_a_quota_keeps_its_runs_and_goes_on),
        TEST(a_sweep_on_a_disk_that_fails_once_keeps_its_runs_and_goes_on),
        TEST(resuming_over_reads_that_fail_changes_nothing),
        TEST(a_report_on_a_full_disk_leaves_the_former_one_whole),
        TEST(an_export_on_a_full_disk_leaves_no_file),
        TEST(a_timeline_on_a_full_disk_leaves_no_file),
        TEST(a_merge_on_a_full_disk_leaves_nothing_and_can_be_repeated),
        TEST(a_file_system_of_a_quarter_mebibyte_fills_up_and_grows),
        TEST(a_report_on_a_small_file_system_says_that_it_is_full),
        TEST(a_file_size_limit_is_as_a_full_disk),
        TEST(a_read_only_folder_is_read_and_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
