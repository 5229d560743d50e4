/* main.c - the worker that tells who allocates: one run, untimed, its memory by allocation site.
 *
 *     gcsweep-worker-sites sites=N KEY=VALUE...
 *
 * The other arguments are a worker's (worker.h). It writes lines to record_fd
 * and exits with 0; with 1 when memory for its tables ran out or it could not
 * write, with 2 for arguments that it cannot use:
 *     status ok | status out-of-memory | status failed WHY
 *     peak BYTES BLOCKS         the most that was live at one moment
 *     allocated BYTES BLOCKS    in all
 *     at-peak BYTES BLOCKS LINE FILE     the N sites that held most at that moment, most first
 *     in-all BYTES BLOCKS LINE FILE      the N sites that allocated most
 * Site 0, what ran before the first line of the workload, has line 0 and no FILE.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "harness/worker/apply.h"
#include "harness/worker/options.h"
#include "harness/worker/scratch.h"
#include "workloads/sites.h"

#define PROGRAM   "gcsweep-worker-sites"
#define SITES_KEY "sites="

enum { EXIT_UNUSABLE = 2, MOST_SITES = 10000 };

struct worker {
    struct worker_options options;
    struct applied_tuning tuning;
    struct mutator mutator;
    struct sites *sites;
    size_t most; /* rows of each table */
    int result;  /* as mutator_guard's */
    _Alignas(16) char mutator_memory[MUTATOR_MEMORY_BYTES];
};

static int fail(int status, const char *why)
{
    fprintf(stderr, PROGRAM ": %s\n", why);
    return status;
}

static int take_most(struct worker *w, int argc, char **argv)
{
    const char *text = argc > 1 && strncmp(argv[1], SITES_KEY, strlen(SITES_KEY)) == 0 ? strchr(argv[1], '=') + 1 : "";
    char *end;
    errno = 0;
    unsigned long most = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno != 0 || most == 0 || most > MOST_SITES)
        return -1;
    w->most = most;
    return 0;
}

static int open_mutator(struct worker *w, char *error, size_t error_size)
{
    const struct worker_options *o = &w->options;
    const struct runtime_options runtime = worker_runtime_options(o);
    if (mutator_open(&w->mutator, w->mutator_memory, &runtime, o->params, o->scale, o->seed, error, error_size) != 0)
        return -1;
    memory_observe(&mutator_heap(&w->mutator)->memory, sites_observer(w->sites));
    w->mutator.sites = w->sites;
    w->tuning.setting = o->tuning;
    apply_at_start(&w->tuning, &w->mutator);
    return 0;
}

static void run_workload(struct worker *w)
{
    const struct workload *workload = w->options.workload;
    w->result = workload->setup ? mutator_guard(&w->mutator, workload->setup) : 0;
    if (w->result != 0)
        return;
    apply_after_setup(&w->tuning, &w->mutator);
    w->result = mutator_guard(&w->mutator, workload->run);
}

/* ---- What it found ---- */

typedef const struct site_count *count_of(const struct site *s);

static const struct site_count *at_peak(const struct site *s)
{
    return &s->peak;
}

static const struct site_count *in_all(const struct site *s)
{
    return &s->allocated;
}

/* Most bytes first, then most blocks, then in the order first seen. */
static int compare(const struct site *a, const struct site *b, count_of *count)
{
    const struct site_count *x = count(a), *y = count(b);
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    if (x->blocks != y->blocks)
        return x->blocks < y->blocks ? 1 : -1;
    return a < b ? -1 : a > b;
}

static int compare_at_peak(const void *a, const void *b)
{
    return compare(*(const struct site *const *)a, *(const struct site *const *)b, at_peak);
}

static int compare_in_all(const void *a, const void *b)
{
    return compare(*(const struct site *const *)a, *(const struct site *const *)b, in_all);
}

/* A line of its own for each site: a file's name must not end it. */
static void write_file(const char *file, FILE *out)
{
    for (; file && *file; file++)
        fputc((unsigned char)*file < ' ' || *file == 0x7F ? '?' : *file, out);
}

static void write_table(const struct worker *w, const char *name, const struct site **order, size_t n, count_of *count,
                        FILE *out)
{
    for (size_t i = 0; i < n && i < w->most; i++) {
        const struct site_count *c = count(order[i]);
        if (c->blocks == 0)
            return;
        fprintf(out, "%s %" PRIu64 " %" PRIu64 " %" PRIu32 " ", name, c->bytes, c->blocks, order[i]->line);
        write_file(order[i]->file, out);
        fputc('\n', out);
    }
}

static void write_status(const struct worker *w, FILE *out)
{
    if (w->result == EINVAL)
        fprintf(out, "status failed %s\n", w->mutator.failure);
    else
        fprintf(out, "status %s\n", w->result == 0 ? "ok" : "out-of-memory");
}

static int write_sites(const struct worker *w, FILE *out)
{
    size_t n;
    const struct site *sites = sites_all(w->sites, &n);
    const struct site **order = malloc(n * sizeof *order);
    if (!order)
        return -1;
    struct site_count all = {0}, peak = sites_peak(w->sites);
    for (size_t i = 0; i < n; i++) {
        order[i] = &sites[i];
        all.bytes += sites[i].allocated.bytes;
        all.blocks += sites[i].allocated.blocks;
    }
    write_status(w, out);
    fprintf(out, "peak %" PRIu64 " %" PRIu64 "\nallocated %" PRIu64 " %" PRIu64 "\n", peak.bytes, peak.blocks,
            all.bytes, all.blocks);
    qsort(order, n, sizeof *order, compare_at_peak);
    write_table(w, "at-peak", order, n, at_peak, out);
    qsort(order, n, sizeof *order, compare_in_all);
    write_table(w, "in-all", order, n, in_all, out);
    free(order);
    return fflush(out) == 0 && !ferror(out) ? 0 : -1;
}

static int report_sites(const struct worker *w)
{
    if (sites_failed(w->sites))
        return fail(EXIT_FAILURE, "no memory for the table of blocks");
    FILE *out = fdopen(w->options.record_fd, "w");
    int result = out ? write_sites(w, out) : -1;
    if (out && fclose(out) != 0)
        result = -1;
    return result == 0 ? EXIT_SUCCESS : fail(EXIT_FAILURE, "cannot write the sites");
}

static int count_sites(struct worker *w)
{
    char error[1024];
    w->sites = sites_open();
    if (!w->sites)
        return fail(EXIT_FAILURE, "no memory for the table of sites");
    if (open_mutator(w, error, sizeof error) != 0)
        return fail(EXIT_UNUSABLE, error);
    run_workload(w);
    int status = report_sites(w);
    mutator_close(&w->mutator);
    script_file_close(&w->options.script);
    sites_close(w->sites);
    return status;
}

int main(int argc, char **argv)
{
    char error[4096];
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write */
    struct worker *w = scratch_lazy(sizeof *w);
    if (!w)
        return fail(EXIT_FAILURE, "no memory for the worker's own buffers");
    if (take_most(w, argc, argv) != 0)
        return fail(EXIT_UNUSABLE, "the first argument must be sites=N, N from 1 to 10000");
    if (worker_options_parse(argc - 1, argv + 1, &w->options, error, sizeof error) != 0)
        return fail(EXIT_UNUSABLE, error);
    return count_sites(w);
}
