/* pool_run.c - one stream of requests in a process of its own. */
#include "harness/sweep/pool_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/launch.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/watch.h"
#include "harness/sweep/worker_command.h"

/* Resident memory is looked at, but not kept. */
#define GRID_NS UINT64_C(10000000)

int pool_run_check(const struct runner *r, char *error, size_t error_size)
{
    for (size_t i = 0; i < runtime_row_count; i++)
        if (!r->program[i][0])
            return line_error(error, error_size, "--pool: %s is not there; %s", runtime_rows[i].program,
                              runtime_rows[i].missing);
    return 0;
}

static int make_command(const struct runner *r, const char *runtime, const char *stream, uint64_t seed,
                        struct worker_command *out)
{
    char stream_word[64], seed_word[32], fd_word[32];
    snprintf(stream_word, sizeof stream_word, "pool-stream=%s", stream);
    snprintf(seed_word, sizeof seed_word, "seed=%" PRIu64, seed);
    snprintf(fd_word, sizeof fd_word, "record_fd=%d", WORKER_RECORD_FD);
    const char *const words[] = {stream_word, seed_word, fd_word, NULL};
    return worker_command_make_plain(r->program[find_runtime(runtime) - runtime_rows], words, out);
}

/* Takes the readings where the worker ended well, else says how it ended. */
static void take(const struct watch *w, struct pool_run *out)
{
    const struct run_facts *f = &w->facts;
    if (!f->timed_out && !f->over_memory && f->exit_signal == 0 && f->exit_code == 0) {
        if (f->record_cut || f->record_length == 0)
            snprintf(out->message, sizeof out->message, "its readings are %s", f->record_cut ? "too long" : "empty");
        else if (!(out->lines = strndup(f->record, f->record_length)))
            snprintf(out->message, sizeof out->message, "no memory for its readings");
        return;
    }
    struct run_record record;
    run_verdict(f, &record);
    snprintf(out->message, sizeof out->message, "%s", record.message);
    record_free(&record);
}

static int watch_stream(const struct runner *r, const struct worker_command *command, struct watch *w,
                        struct pool_run *out, char *error, size_t error_size)
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

int pool_run(const struct runner *r, const char *runtime, const char *stream, uint64_t seed, struct pool_run *out,
             char *error, size_t error_size)
{
    memset(out, 0, sizeof *out);
    struct worker_command command;
    struct watch *w = malloc(sizeof *w);
    if (!w || make_command(r, runtime, stream, seed, &command) != 0) {
        free(w);
        return line_error(error, error_size, "out of memory");
    }
    int result = watch_stream(r, &command, w, out, error, error_size);
    worker_command_free(&command);
    free(w);
    return result;
}

void pool_run_free(struct pool_run *run)
{
    free(run->lines);
    run->lines = NULL;
}
