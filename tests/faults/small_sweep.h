/* small_sweep.h - a sweep of 18 short runs, and whether another one gave the same. */
#ifndef GCSWEEP_TESTS_SMALL_SWEEP_H
#define GCSWEEP_TESTS_SMALL_SWEEP_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/sendfile.h>

#include "harness/store/store.h"
#include "tests/command.h"

/* Two workloads, two tunings, one of each twice: six runs a round. */
#define SMALL_SWEEP                                                                                                    \
    "sweep", "--workload", "chain", "--workload", "empty", "--scale", "0.002", "--threshold0", "700,2000", "--rounds", \
        "3", "--seed", "5", "--out"
enum { SMALL_RUNS = 18 };

/* How much of a suite is run: GCSWEEP_FAULTS=all for what takes minutes. */
static inline bool all_faults(void)
{
    const char *asked = getenv("GCSWEEP_FAULTS");
    return asked && strcmp(asked, "all") == 0;
}

/* Which call is to fail after the nth: all of the first, where stores are made, then some; fewer under sanitizers,
 * whose sweeps take three times as long. */
static inline long next_call(long n)
{
    if (all_faults() || n < 3)
        return n + 1;
#ifdef GCSWEEP_SANITIZED
    return 2 * n + 1;
#else
    return n + n / 3 + 2;
#endif
}

/* ---- What a sweep gave ---- */

/* "configuration | round | twin | status | checksum" of each run, sorted. */
struct runs {
    char **text;
    size_t count;
};

static inline int runs_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* With `times`, also what differs between two executions of one run. */
static inline struct runs runs_of(const char *folder, bool times)
{
    struct result_set results;
    char error[1024];
    if (store_load(folder, &results, error, sizeof error) != 0)
        fail_msg("%s", error);
    struct runs runs = {calloc(results.run_count + 1, sizeof *runs.text), results.run_count};
    for (size_t i = 0; i < results.run_count; i++) {
        const struct run_record *r = &results.runs[i];
        uint64_t when = times ? r->region_start_ns : 0, length = times ? r->wall_ns : 0;
        if (asprintf(&runs.text[i], "%s | %" PRIu64 " | %d | %s | %016" PRIx64 " | %" PRIu64 " %" PRIu64,
                     r->configuration, r->round, r->twin, r->status, r->checksum, when, length) < 0)
            abort();
    }
    qsort(runs.text, runs.count, sizeof *runs.text, runs_order);
    result_set_free(&results);
    return runs;
}

static inline void runs_free(struct runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        free(runs->text[i]);
    free(runs->text);
}

static inline bool runs_hold(const struct runs *runs, const char *text)
{
    return bsearch(&text, runs->text, runs->count, sizeof *runs->text, runs_order) != NULL;
}

/* Each of `few` is in `many`. */
static inline void nothing_is_lost(const struct runs *few, const struct runs *many, const char *when)
{
    for (size_t i = 0; i < few->count; i++)
        if (!runs_hold(many, few->text[i]))
            fail_msg("%s: this run was lost or changed: %s", when, few->text[i]);
}

static inline void are_the_same(const struct runs *expected, const struct runs *runs, const char *when)
{
    if (runs->count != expected->count)
        fail_msg("%s: %zu runs, not %zu", when, runs->count, expected->count);
    for (size_t i = 0; i < runs->count; i++)
        if (strcmp(runs->text[i], expected->text[i]) != 0)
            fail_msg("%s: '%s', not '%s'", when, runs->text[i], expected->text[i]);
}

/* ---- What the user sees ---- */

/* One line on standard error that begins with the program's name. */
static inline void says_one_line(const struct command *c, int status, const char *when)
{
    if (c->status != status)
        fail_msg("%s: exit status %d, not %d: %s", when, c->status, status, c->error);
    if (strncmp(c->error, "gcsweep", 7) != 0 || line_count(c->error) != 1)
        fail_msg("%s: not one line: '%s'", when, c->error);
}

static inline void must_end_with(const struct command *c, int status, const char *when)
{
    if (c->status != status)
        fail_msg("%s: exit status %d, not %d: %s", when, c->status, status, c->error);
}

/* ---- Folders ---- */

/* Names in a folder that are not among `known` (ends with NULL). */
static inline void holds_nothing_but(const char *folder, const char *const *known, const char *when)
{
    DIR *open = opendir(folder);
    struct dirent *entry;
    assert_non_null(open);
    while ((entry = readdir(open))) {
        bool expected = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        for (size_t i = 0; known[i] && !expected; i++)
            expected = strcmp(entry->d_name, known[i]) == 0;
        if (!expected)
            fail_msg("%s: %s was left behind", when, entry->d_name);
    }
    closedir(open);
}

/* A folder of its own for each test, and in it a sweep that nothing disturbed. */
struct bench {
    char *folder;
    char whole[PATH_MAX]; /* its results */
    struct runs expected;
};

/* All of a file to another one, each from its beginning. */
static inline void copy_all(int from, int to)
{
    ssize_t n;
    off_t at = 0;
    while ((n = sendfile(to, from, &at, 1 << 20)) > 0)
        continue;
    assert_int_equal(n, 0);
}

static inline void sweep_undisturbed(const char *folder)
{
    struct command *c = malloc(sizeof *c);
    GCSWEEP(c, SMALL_SWEEP, folder);
    must_end_with(c, 0, "undisturbed");
    free(c);
}

/* A suite sweeps for its first test; the others get a copy of what that gave. */
static inline void make_whole(const char *folder)
{
    static int kept = -1;
    const char *path = in_folder(folder, STORE_FILE);
    bool first = kept < 0;
    if (first) {
        kept = scratch_file();
        sweep_undisturbed(folder);
    } else {
        assert_int_equal(mkdir(folder, 0700), 0);
    }
    int file = open(path, first ? O_RDONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    copy_all(first ? file : kept, first ? kept : file);
    close(file);
}

static inline int bench_open(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    b->folder = folder_make();
    snprintf(b->whole, sizeof b->whole, "%s/whole", b->folder);
    make_whole(b->whole);
    b->expected = runs_of(b->whole, false);
    assert_int_equal(b->expected.count, SMALL_RUNS);
    *state = b;
    return 0;
}

static inline int bench_close(void **state)
{
    struct bench *b = *state;
    runs_free(&b->expected);
    folder_remove(b->folder);
    free(b);
    return 0;
}

#endif
