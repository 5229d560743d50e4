/* card.c - two runs, and what they say of the workload. */
#include "harness/cli/card.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/sweep/census_run.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/units.h"
#include "workloads/workload.h"

enum { ERROR_BYTES = 1024, LINE_BYTES = 160 };

static void row(const char *name, const char *text)
{
    printf("%-20s %s\n", name, text);
}

static void print_described(const char *name)
{
    const struct workload *w = find_workload(name);
    row("workload", name);
    if (!w)
        return; /* a heap script */
    row("stresses", w->stresses);
    row("source", w->source);
}

static void print_allocated(const struct census_result *census)
{
    char line[LINE_BYTES], size[UNITS_TEXT_BYTES];
    snprintf(line, sizeof line, "%" PRIu64, census->allocated);
    row("objects allocated", line);
    units_show_size(census->block_bytes, size);
    snprintf(line, sizeof line, "%s in %" PRIu64 " blocks", size, census->blocks);
    row("bytes allocated", line);
    if (census->allocated > 0)
        snprintf(line, sizeof line, "%.1f bytes", (double)census->block_bytes / (double)census->allocated);
    row("mean object size", census->allocated > 0 ? line : "-");
    units_show_size(census->live_bytes, size);
    snprintf(line, sizeof line, "%" PRIu64 " objects, %s", census->live_objects, size);
    row("live set at its peak", line);
}

static void print_deaths(const struct census_result *census)
{
    char line[LINE_BYTES] = "-";
    uint64_t freed = census->freed_by_counts + census->freed_by_collections;
    if (freed > 0)
        snprintf(line, sizeof line, "%.1f %% of %" PRIu64 " freed objects, by collections; the others by counts",
                 100.0 * (double)census->freed_by_collections / (double)freed, freed);
    row("cyclic garbage", line);
    snprintf(line, sizeof line, "%" PRIu64 " blocks allocated meanwhile", census->median_age);
    row("median age at death", census->died > 0 ? line : "-");
}

/* The mutator's own time: another collector's share must not change it. */
static void print_rate(const struct census_result *census, uint64_t mutator_ns)
{
    char line[LINE_BYTES], size[UNITS_TEXT_BYTES];
    double seconds = (double)mutator_ns / 1e9;
    if (mutator_ns == RECORD_UNKNOWN || mutator_ns == 0)
        return;
    units_show_size((uint64_t)((double)census->block_bytes / seconds), size);
    snprintf(line, sizeof line, "%.4g objects and %s a second of the mutator's time",
             (double)census->allocated / seconds, size);
    row("allocation rate", line);
}

static int look(const struct runner *r, const struct plan *p, const struct plan_configuration *c)
{
    char error[ERROR_BYTES];
    struct run_record record;
    struct census_result census;
    int result = runner_run(r, p, c, 0, &record, error, sizeof error);
    if (result == 0 && strcmp(record.status, "ok") != 0) {
        snprintf(error, sizeof error, "the run ended as %s: %s", record.status, record.message);
        record_free(&record);
        result = -1;
    }
    uint64_t mutator_ns = result == 0 ? record.mutator_ns : RECORD_UNKNOWN;
    if (result == 0) {
        record_free(&record);
        result = census_run(r, p, c, true, &census, error, sizeof error);
    }
    if (result == RUNNER_INTERRUPTED)
        return CLI_INTERRUPTED;
    if (result != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    print_described(c->workload->name);
    print_allocated(&census);
    print_deaths(&census);
    print_rate(&census, mutator_ns);
    return CLI_DONE;
}

static int look_watched(const struct plan *p, const struct plan_configuration *c)
{
    char error[ERROR_BYTES];
    struct runner runner;
    runner_init(&runner, p);
    if (runner_check(&runner, c, error, sizeof error) != 0)
        return cli_refuse(error);
    runner.interrupted = interrupt_watch();
    int status = look(&runner, p, c);
    interrupt_release();
    if (status == CLI_INTERRUPTED)
        cli_refuse("interrupted");
    return cli_finish(status);
}

int card_print(const char *workload)
{
    char error[ERROR_BYTES];
    struct plan plan;
    struct plan_configuration *list = NULL;
    size_t count;
    plan_init(&plan);
    int status = plan_add_workload(&plan, workload, error, sizeof error) == 0 &&
                         plan_finish(&plan, error, sizeof error) == 0 &&
                         plan_configurations(&plan, &list, &count, error, sizeof error) == 0
                     ? look_watched(&plan, &list[0])
                     : cli_refuse(error);
    free(list);
    plan_free(&plan);
    return status;
}
