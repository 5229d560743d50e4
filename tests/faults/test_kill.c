/* test_kill.c - the harness killed by signal 9: at random moments, and at each of its calls that touch the results. */
#include "tests/faults/small_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/sweep/host.h"
#include "harness/sweep/tune.h"
#include "tests/faults/call_faults.h"
#include "workloads/random.h"

/* Of a resumed sweep, whatever the kill left: goes on, or starts where nothing was made yet. */
static void start_or_resume(const char *folder, const char *words[COMMAND_WORDS])
{
    static const char *const anew[] = {SMALL_SWEEP, NULL}, *const resumed[] = {"sweep", "--resume", "--out", NULL};
    const char *const *from = store_exists(folder) ? resumed : anew;
    size_t n = 0;
    for (; from[n]; n++)
        words[n] = from[n];
    words[n] = folder;
    words[n + 1] = NULL;
}

/* What is in the folder after a kill; none where the kill came before there was a store. */
static struct runs runs_left(const char *folder)
{
    return store_exists(folder) ? runs_of(folder, true) : (struct runs){calloc(1, sizeof(char *)), 0};
}

static void keeps_what_was_there(struct runs *before, const char *folder, const char *when)
{
    struct runs now = runs_left(folder);
    nothing_is_lost(before, &now, when);
    runs_free(before);
    *before = now;
}

/* ---- At random moments ---- */

static void wait_ns(uint64_t ns)
{
    nanosleep(&(struct timespec){.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)}, NULL);
}

static uint64_t length_of_a_sweep_ns(const char *folder)
{
    struct command c;
    uint64_t start = host_now_ns();
    GCSWEEP(&c, SMALL_SWEEP, folder);
    must_end_with(&c, 0, "undisturbed");
    return host_now_ns() - start;
}

#ifdef GCSWEEP_SANITIZED
enum { FEW_KILLS = 6 };
#else
enum { FEW_KILLS = 12 };
#endif

/* Starts what is due and kills it within half the length of a sweep: whether it came to its end before that. */
static bool goes_on_until_killed(const char *folder, struct random *random, uint64_t whole_ns)
{
    struct command c;
    const char *words[COMMAND_WORDS];
    start_or_resume(folder, words);
    struct started s = command_start(built("gcsweep"), words);
    wait_ns(random_next_below(random, whole_ns / 2));
    kill(s.pid, SIGKILL);
    command_await(&s, &c);
    if (c.status == 128 + SIGKILL)
        return false;
    must_end_with(&c, 0, "resumed");
    return true;
}

/* Sweeps, each killed and resumed until it is done, until there were enough kills. */
static void a_sweep_killed_at_random_moments_ends_as_if_undisturbed(void **state)
{
    struct bench *b = *state;
    unsigned wanted = all_faults() ? 100 : FEW_KILLS, kills = 0, resumes = 0, sweeps = 0;
    struct random random;
    random_seed(&random, 12);
    uint64_t whole_ns = length_of_a_sweep_ns(in_folder(b->folder, "timed"));
    while (kills < wanted || resumes < wanted) {
        char folder[PATH_MAX];
        struct runs left = {calloc(1, sizeof(char *)), 0};
        snprintf(folder, sizeof folder, "%s/%u", b->folder, sweeps++);
        for (bool done = false; !done;) {
            resumes += store_exists(folder);
            done = goes_on_until_killed(folder, &random, whole_ns);
            kills += !done;
            keeps_what_was_there(&left, folder, "killed");
        }
        struct runs given = runs_of(folder, false);
        are_the_same(&b->expected, &given, "killed and resumed");
        holds_nothing_but(folder, (const char *const[]){STORE_FILE, NULL}, "killed and resumed");
        runs_free(&given);
        runs_free(&left);
    }
    print_message("%u kills, %u resumes, %u sweeps of %d runs each equal to the undisturbed one\n", kills, resumes,
                  sweeps, SMALL_RUNS);
}

/* ---- At each call ---- */

static const struct call_fault any_change = {.kinds = CALL_WRITE | CALL_SYNC | CALL_CREATE};

/* Kills the program at the nth call that changes something below `folder`: false when it ended before. */
static bool kill_at(const char *const *words, const char *folder, long n, const char *when)
{
    struct command c;
    struct call_fault f = any_change;
    f.below = folder;
    f.first = f.last = n;
    if (command_run_failing(&c, built("gcsweep"), words, &f) < 0)
        skip();
    if (c.status == 128 + SIGKILL)
        return true;
    must_end_with(&c, 0, when);
    return false;
}

static void a_sweep_killed_at_any_call_ends_as_if_undisturbed(void **state)
{
    struct bench *b = *state;
    unsigned kills = 0;
    for (long n = 1;; n = next_call(n)) {
        struct command c;
        const char *words[COMMAND_WORDS];
        char folder[PATH_MAX], when[64];
        snprintf(folder, sizeof folder, "%s/at%ld", b->folder, n);
        snprintf(when, sizeof when, "killed at call %ld", n);
        start_or_resume(folder, words);
        if (!kill_at(words, folder, n, when))
            break;
        kills++;
        struct runs left = runs_left(folder);
        start_or_resume(folder, words);
        command_run(&c, built("gcsweep"), words);
        must_end_with(&c, 0, when);
        keeps_what_was_there(&left, folder, when);
        runs_free(&left);
        struct runs given = runs_of(folder, false);
        are_the_same(&b->expected, &given, when);
        runs_free(&given);
    }
    assert_true(kills > 5);
    print_message("killed at %u of the sweep's calls\n", kills);
}

/* ---- Searches ---- */

#define SMALL_SEARCH                                                                                         \
    "tune", "chain", "--param", "total_objects=2000", "--param", "live_objects=200", "--threshold0",         \
        "50,100,200,400,700,5000", "--threshold1", "10", "--allocator", "pymalloc", "--allocator", "system", \
        "--rounds", "6", "--seed", "3"

static size_t count_runs(const char *folder)
{
    struct runs runs = runs_left(folder);
    size_t count = runs.count;
    runs_free(&runs);
    return count;
}

/* A search decides by times, so that two differ; but what is there stays, and the whole is no longer than one. */
static void a_search_killed_at_random_moments_goes_on(void **state)
{
    struct bench *b = *state;
    struct command c;
    const char *folder = in_folder(b->folder, "search");
    unsigned wanted = all_faults() ? 20 : 3, kills = 0;
    struct random random;
    struct runs left = {calloc(1, sizeof(char *)), 0};
    random_seed(&random, 13);
    for (bool done = false; !done;) {
        const char *const anew[] = {SMALL_SEARCH, "--out", folder, NULL};
        const char *const resumed[] = {"tune", "--resume", "--out", folder, NULL};
        struct started s = command_start(built("gcsweep"), store_exists(folder) ? resumed : anew);
        if (kills < wanted) {
            wait_ns(random_next_below(&random, all_faults() ? 200000000 : 500000000));
            kill(s.pid, SIGKILL);
        }
        command_await(&s, &c);
        done = c.status == 0;
        kills += c.status == 128 + SIGKILL;
        if (!done && c.status != 128 + SIGKILL)
            fail_msg("exit status %d: %s", c.status, c.error);
        keeps_what_was_there(&left, folder, "killed");
    }
    /* A fifth of 72 configurations, six times each. */
    assert_in_range(count_runs(folder), 77, 86);
    print_message("%u kills of a search of %zu runs\n", kills, left.count);
    runs_free(&left);
}

/* As long as it has no run, when there is no other sign of what it is. */
static void a_search_killed_at_its_first_calls_is_known_as_one(void **state)
{
    struct bench *b = *state;
    unsigned marked = 0;
    size_t runs = 0;
    for (long n = 1; runs == 0; n++) {
        struct result_set results;
        char folder[PATH_MAX], error[1024];
        snprintf(folder, sizeof folder, "%s/search%ld", b->folder, n);
        assert_true(kill_at((const char *const[]){SMALL_SEARCH, "--out", folder, NULL}, folder, n, "a search"));
        if (!store_exists(folder))
            continue;
        if (store_load(folder, &results, error, sizeof error) != 0)
            fail_msg("%s", error);
        if (!find_result_fact(&results, TUNE_FACT) || !find_result_fact(&results, "command"))
            fail_msg("killed at call %ld: the store does not say that it is a search", n);
        marked++;
        runs = results.run_count;
        result_set_free(&results);
    }
    assert_true(marked > 1);
}

/* ---- Merging, reports, exports: whole or not at all ---- */

static void make_shards(const struct bench *b, char shard[2][PATH_MAX])
{
    struct command c;
    for (int i = 0; i < 2; i++) {
        snprintf(shard[i], PATH_MAX, "%s/shard%d", b->folder, i);
        GCSWEEP(&c, SMALL_SWEEP, shard[i], "--shard", i == 0 ? "1/2" : "2/2");
        must_end_with(&c, 0, "a shard");
    }
}

static void a_merge_killed_at_any_call_is_whole_or_not_there(void **state)
{
    struct bench *b = *state;
    struct command c;
    char shard[2][PATH_MAX], out[PATH_MAX];
    unsigned kills = 0;
    make_shards(b, shard);
    snprintf(out, sizeof out, "%s/merged", b->folder);
    const char *const words[] = {"merge", shard[0], shard[1], "--out", out, NULL};
    for (long n = 1;; n = next_call(n)) {
        char when[64];
        snprintf(when, sizeof when, "merge killed at call %ld", n);
        if (!kill_at(words, out, n, when))
            break;
        kills++;
        if (!store_exists(out)) {
            command_run(&c, built("gcsweep"), words);
            must_end_with(&c, 0, when);
        }
        struct runs given = runs_of(out, false);
        are_the_same(&b->expected, &given, when);
        runs_free(&given);
        folder_remove(strdup(out));
    }
    assert_true(kills > 5);
    print_message("killed at %u of the merge's calls\n", kills);
}

/* Without its pictures, which are other programs' work. */
static void a_report_killed_at_any_call_leaves_the_former_one_whole(void **state)
{
    struct bench *b = *state;
    struct command c;
    unsigned kills = 0;
    char wanted[PATH_MAX];
    const char *const words[] = {"report", "--no-pictures", b->whole, NULL};
    snprintf(wanted, sizeof wanted, "%s", in_folder(b->whole, "report.html"));
    command_run(&c, built("gcsweep"), words);
    must_end_with(&c, 0, "report");
    for (long n = 1;; n = next_call(n)) {
        char when[64], end[9] = "";
        snprintf(when, sizeof when, "report killed at call %ld", n);
        if (!kill_at(words, b->whole, n, when))
            break;
        kills++;
        FILE *page = fopen(wanted, "r");
        assert_non_null(page);
        assert_int_equal(fseek(page, -8, SEEK_END), 0);
        assert_int_equal(fread(end, 1, 8, page), 8);
        assert_string_equal(end, "</html>\n");
        fclose(page);
    }
    command_run(&c, built("gcsweep"), words);
    must_end_with(&c, 0, "report");
    assert_true(kills > 5);
    print_message("killed at %u of the report's calls\n", kills);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sweep_killed_at_random_moments_ends_as_if_undisturbed),
        TEST(a_sweep_killed_at_any_call_ends_as_if_undisturbed),
        TEST(a_search_killed_at_random_moments_goes_on),
        TEST(a_search_killed_at_its_first_calls_is_known_as_one),
        TEST(a_merge_killed_at_any_call_is_whole_or_not_there),
        TEST(a_report_killed_at_any_call_leaves_the_former_one_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
