/* watched_run.c - starting a worker, watching it, showing what was seen. */
#include "harness/sweep/watched_run.h"

#include <stdlib.h>
#include <string.h>

#include "harness/sweep/launch.h"
#include "harness/sweep/line.h"
#include "harness/sweep/watch.h"

/* Resident memory is looked at, but not kept. */
#define GRID_NS UINT64_C(10000000)

static int watch_and_take(const struct runner *r, struct worker_process *process, struct watch *w, watched_take *take,
                          void *context, char *error, size_t error_size)
{
    const struct watch_limits limits = {
        .timeout_ns = r->timeout_ns,
        .memory_bytes = r->memory_bytes,
        .grid_ns = GRID_NS,
        .interrupted = r->interrupted,
    };
    int result = watch_worker(w, process, &limits);
    if (result == WATCH_INTERRUPTED)
        result = RUNNER_INTERRUPTED;
    else if (result != 0)
        result = line_error(error, error_size, "cannot watch the worker: %s", strerror(result));
    else if (take(&w->facts, context) != 0)
        result = line_error(error, error_size, "out of memory");
    watch_free(w);
    return result;
}

int watched_run(const struct runner *r, const struct worker_command *command, watched_take *take, void *context,
                char *error, size_t error_size)
{
    struct worker_process process;
    struct watch *w = malloc(sizeof *w);
    if (!w)
        return line_error(error, error_size, "out of memory");
    int result = launch_worker(command, r->worker_cpu, &process, error, error_size);
    if (result == 0)
        result = watch_and_take(r, &process, w, take, context, error, error_size);
    free(w);
    return result;
}
