/* text_run.c - starting it, watching it, keeping its lines. */
#include "harness/sweep/text_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/launch.h"
#include "harness/sweep/line.h"
#include "harness/sweep/watch.h"

/* Resident memory is looked at, but not kept. */
#define GRID_NS UINT64_C(10000000)

/* Takes the lines where the worker ended well, else says how it ended. */
static void take(const struct watch *w, struct text_run *out)
{
    const struct run_facts *f = &w->facts;
    if (!f->timed_out && !f->over_memory && f->exit_signal == 0 && f->exit_code == 0) {
        if (f->record_cut || f->record_length == 0)
            snprintf(out->message, sizeof out->message, "what it wrote is %s", f->record_cut ? "too long" : "empty");
        else if (!(out->lines = strndup(f->record, f->record_length)))
            snprintf(out->message, sizeof out->message, "no memory for what it wrote");
        return;
    }
    struct run_record record;
    run_verdict(f, &record);
    snprintf(out->message, sizeof out->message, "%s", record.message);
    record_free(&record);
}

static int watch_run(const struct runner *r, const struct worker_command *command, struct watch *w,
                     struct text_run *out, char *error, size_t error_size)
{
    struct worker_process process;
    if (launch_worker(command, r->worker_cpu, &process, error, error_size) != 0)
        return -1;
    const struct watch_limits limits = {
        .timeout_ns = r->timeout_ns,
        .memory_bytes = r->memory_bytes,
        .grid_ns = GRID_NS,
        .interrupted = r->interrupted,
    };
    int result = watch_worker(w, &process, &limits);
    if (result == 0)
        take(w, out);
    else if (result == WATCH_INTERRUPTED)
        result = RUNNER_INTERRUPTED;
    else
        result = line_error(error, error_size, "cannot watch the worker: %s", strerror(result));
    watch_free(w);
    return result;
}

int text_run(const struct runner *r, const struct worker_command *command, struct text_run *out, char *error,
             size_t error_size)
{
    memset(out, 0, sizeof *out);
    struct watch *w = malloc(sizeof *w);
    if (!w)
        return line_error(error, error_size, "out of memory");
    int result = watch_run(r, command, w, out, error, error_size);
    free(w);
    return result;
}

void text_run_free(struct text_run *run)
{
    free(run->lines);
    run->lines = NULL;
}
