/* merge.c - writing merged results, all or nothing. */
#include "harness/store/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/store/merge_sources.h"
#include "harness/store/store.h"
#include "harness/store/store_file.h"
#include "harness/sweep/line.h"

#define MERGING ".merging"

struct merging {
    const struct merge_sources *sources;
    const char *out;
    char folder[PATH_MAX]; /* OUT/.merging */
    struct store *store;
    size_t runs;
    char *error;
    size_t error_size;
};

/* ---- Runs and facts ---- */

static int add_run(struct merging *m, const struct merge_source *s, const struct run_record *run)
{
    struct whole_run whole = {.run = run}; /* as it was loaded: without its lists */
    if (m->sources->lists == MERGE_LISTS && whole_run_read(&s->results, run, &whole) != 0)
        return line_error(m->error, m->error_size, "%s", result_set_error(&s->results));
    struct run_record placed = *whole.run;
    placed.round += s->offset;
    int result = store_add_run(m->store, &placed, m->error, m->error_size);
    whole_run_free(&whole);
    m->runs++;
    return result;
}

static int add_runs(struct merging *m)
{
    for (size_t i = 0; i < m->sources->count; i++) {
        const struct merge_source *s = &m->sources->source[i];
        for (size_t k = 0; k < s->results.run_count; k++)
            if (add_run(m, s, &s->results.runs[k]) != 0)
                return -1;
    }
    return 0;
}

static int set_fact(struct merging *m, const char *name, const char *text)
{
    return store_set_fact(m->store, name, text, m->error, m->error_size);
}

static int set_number(struct merging *m, const char *name, uint64_t n)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, n);
    return set_fact(m, name, text);
}

static int add_times(struct merging *m)
{
    uint64_t whole = merge_sources_sum(m->sources, "sweep_ns"), workers = merge_sources_sum(m->sources, "workers_ns");
    char share[32];
    snprintf(share, sizeof share, "%.4f", whole > 0 ? 1 - (double)workers / (double)whole : 0);
    return set_number(m, "sweep_ns", whole) == 0 && set_number(m, "workers_ns", workers) == 0
               ? set_fact(m, "harness_share", share)
               : -1;
}

static int add_scripts(struct merging *m)
{
    for (size_t i = 0; i < m->sources->count; i++) {
        const struct result_set *results = &m->sources->source[i].results;
        for (size_t k = 0; k < results->fact_count; k++)
            if (strncmp(results->facts[k].name, "script:", 7) == 0 &&
                set_fact(m, results->facts[k].name, results->facts[k].text) != 0)
                return -1;
    }
    return 0;
}

static int copy_facts(struct merging *m, const struct result_set *from)
{
    for (size_t i = 0; i < from->fact_count; i++)
        if (set_fact(m, from->facts[i].name, from->facts[i].text) != 0)
            return -1;
    return 0;
}

static int combine_facts(struct merging *m, const char *command)
{
    char *described = merge_sources_describe(m->sources);
    int result = described ? set_fact(m, "sources", described)
                           : line_error(m->error, m->error_size, "%s: out of memory", m->out);
    free(described);
    if (result != 0 || set_fact(m, "command", command) != 0 || add_times(m) != 0 || add_scripts(m) != 0 ||
        set_number(m, "rounds_done", merge_sources_sum(m->sources, "rounds_done")) != 0)
        return -1;
    return set_fact(m, "stopped", merge_sources_stopped(m->sources));
}

static int add_facts(struct merging *m, const char *command)
{
    int result = m->sources->count == 1 ? copy_facts(m, &m->sources->source[0].results) : combine_facts(m, command);
    if (result == 0 && m->sources->lists == MERGE_WITHOUT_LISTS)
        result = set_fact(m, STORE_LISTS_FACT, STORE_LISTS_LEFT_OUT);
    return result;
}

/* ---- All or nothing ---- */

static int fail(struct merging *m, const char *what)
{
    return line_error(m->error, m->error_size, "%s: %s: %s", m->out, what, strerror(errno));
}

/* What a merge that was killed has left, and nothing else: it must be a folder of ours, no link. */
static void clear(const char *folder)
{
    static const char *const files[] = {STORE_FILE,        STORE_FILE "-wal",
                                        STORE_FILE "-shm", STORE_FILE "-journal",
                                        STORE_FILE_NEW,    STORE_FILE_NEW "-journal"};
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlinkat(fd, files[i], 0);
    close(fd);
    rmdir(folder);
}

static int create(struct merging *m)
{
    char *plan = merge_sources_plan(m->sources), *environment = merge_sources_environment(m->sources);
    int result = -1;
    if (plan && environment)
        result = store_create(m->folder, plan, environment, &m->store, m->error, m->error_size);
    else
        line_error(m->error, m->error_size, "%s: out of memory", m->out);
    free(plan);
    free(environment);
    return result;
}

static int write_store(struct merging *m, const char *command)
{
    if (create(m) != 0)
        return -1;
    int result = add_facts(m, command) == 0 ? add_runs(m) : -1;
    char ignored[256];
    return result == 0 ? store_close(m->store, m->error, m->error_size)
                       : (store_close(m->store, ignored, sizeof ignored), -1);
}

static int sync_file(struct merging *m, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result = fd >= 0 && fsync(fd) == 0 ? 0 : fail(m, "cannot be written to the disk");
    if (fd >= 0)
        close(fd);
    return result;
}

static int publish(struct merging *m)
{
    char from[PATH_MAX + 32], to[PATH_MAX + 32];
    snprintf(from, sizeof from, "%s/" STORE_FILE, m->folder);
    snprintf(to, sizeof to, "%s/" STORE_FILE, m->out);
    if (sync_file(m, from) != 0)
        return -1;
    if (rename(from, to) != 0)
        return fail(m, "cannot be written");
    return sync_file(m, m->out);
}

static int hold(struct merging *m, int *folder)
{
    *folder = open(m->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0)
        return fail(m, "cannot be opened");
    if (flock(*folder, LOCK_EX | LOCK_NB) != 0)
        return fail(m, "is in use by another gcsweep");
    if (store_exists(m->out))
        return line_error(m->error, m->error_size, "%s: holds results already; merge into a new folder", m->out);
    clear(m->folder);
    return mkdir(m->folder, 0700) == 0 ? 0 : fail(m, "cannot be written");
}

static int merge_into(struct merging *m, const char *command)
{
    int folder = -1;
    int result = hold(m, &folder);
    if (result == 0) {
        result = write_store(m, command) == 0 ? publish(m) : -1;
        clear(m->folder);
    }
    if (folder >= 0)
        close(folder);
    return result;
}

/* ---- The whole ---- */

struct merge {
    struct merge_sources sources;
};

int merge_open(const char *const *directories, size_t count, enum merge_lists lists, struct merge **out, char *error,
               size_t error_size)
{
    struct merge *m = calloc(1, sizeof *m);
    if (!m)
        return line_error(error, error_size, "out of memory");
    if (merge_sources_load(&m->sources, directories, count, lists, error, error_size) == 0) {
        *out = m;
        return 0;
    }
    merge_free(m);
    return -1;
}

void merge_free(struct merge *m)
{
    merge_sources_free(&m->sources);
    free(m);
}

int merge_write(const struct merge *m, const char *out, const char *command, struct merge_outcome *outcome, char *error,
                size_t error_size)
{
    struct merging merging = {.sources = &m->sources, .out = out, .error = error, .error_size = error_size};
    int length = snprintf(merging.folder, sizeof merging.folder, "%s/" MERGING, out);
    if (length < 0 || (size_t)length >= sizeof merging.folder)
        return line_error(error, error_size, "the name of the folder is too long");
    if (merge_into(&merging, command) != 0)
        return -1;
    *outcome = (struct merge_outcome){.runs = merging.runs, .rounds = merge_sources_rounds(&m->sources)};
    return 0;
}
