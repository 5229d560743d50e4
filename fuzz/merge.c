/* merge.c - results of two or three folders, which may hold anything, put
 * together: all of their runs, or none and one line. */
#include "fuzz/target.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/made_results.h"
#include "harness/store/merge.h"

enum { SOURCES_MOST = 3, ERROR_BYTES = 1024 };

struct folder {
    char name[8], path[PATH_MAX];
    size_t runs;
};

static void open_folder(struct folder *folder, const char *name)
{
    *folder = (struct folder){0};
    snprintf(folder->name, sizeof folder->name, "%s", name);
    snprintf(folder->path, sizeof folder->path, "%s/%s", fuzz_scratch(), name);
    fuzz_expect(mkdir(folder->path, 0700) == 0, "a folder");
}

/* What the store takes of them: it refuses a run that it holds. */
static void fill_folder(struct folder *folder, const struct result_set *results)
{
    struct store *s;
    char error[ERROR_BYTES] = "";

    if (store_create(folder->path, results->plan, results->environment, &s, error, sizeof error) != 0)
        fuzz_expect(false, error);
    for (size_t i = 0; i < results->fact_count; i++)
        if (store_set_fact(s, results->facts[i].name, results->facts[i].text, error, sizeof error) != 0)
            fuzz_expect_one_line(error);
    for (size_t i = 0; i < results->run_count; i++) {
        if (store_add_run(s, &results->runs[i], error, sizeof error) == 0)
            folder->runs++;
        else
            fuzz_expect_one_line(error);
    }
    fuzz_expect(store_close(s, error, sizeof error) == 0, "a store closed");
}

static void expect_whole(const struct folder *out, size_t runs)
{
    struct result_set merged;
    struct whole_run whole;
    char error[ERROR_BYTES] = "";

    if (store_load(out->path, &merged, error, sizeof error) != 0)
        fuzz_expect(false, error);
    fuzz_expect(merged.run_count == runs, "all runs in what was merged");
    for (size_t i = 0; i < merged.run_count; i++) {
        fuzz_expect(whole_run_read(&merged, &merged.runs[i], &whole) == 0, "each of them whole");
        whole_run_free(&whole);
    }
    result_set_free(&merged);
}

static void merge(const struct folder *folders, size_t count, struct folder *out)
{
    const char *directories[SOURCES_MOST];
    struct merge_outcome outcome;
    struct merge *m;
    char error[ERROR_BYTES] = "";
    size_t runs = 0;

    for (size_t i = 0; i < count; i++) {
        directories[i] = folders[i].path;
        runs += folders[i].runs;
    }
    if (merge_open(directories, count, MERGE_LISTS, &m, error, sizeof error) != 0) {
        fuzz_expect_one_line(error);
        return;
    }
    if (merge_write(m, out->path, "gcsweep merge", &outcome, error, sizeof error) == 0) {
        fuzz_expect(outcome.runs == runs, "all runs counted");
        expect_whole(out, runs);
    } else {
        fuzz_expect_one_line(error);
        fuzz_expect(!store_exists(out->path), "nothing written");
    }
    merge_free(m);
}

void fuzz_merge(const uint8_t *bytes, size_t count)
{
    static const char *const names[] = {"a", "b", "c"};
    struct feed f = feed_open(bytes, count);
    struct folder folders[SOURCES_MOST], out;
    size_t sources = 2 + feed_below(&f, SOURCES_MOST - 1);
    struct result_set results;

    for (size_t i = 0; i < sources; i++) {
        open_folder(&folders[i], names[i]);
        made_results(&f, true, &results);
        fill_folder(&folders[i], &results);
        result_set_free(&results);
    }
    open_folder(&out, "out");
    merge(folders, sources, &out);
    for (size_t i = 0; i < sources; i++)
        fuzz_remove(folders[i].name);
    fuzz_remove(out.name);
}
