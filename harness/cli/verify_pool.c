/* verify_pool.c - gcsweep verify --pool: core's pool allocator against the real CPython's, stream by stream. */
#include "harness/cli/verify_pool.h"

#include <stdio.h>

#include "harness/analysis/pool_difference.h"
#include "harness/cli/cli.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/pool_run.h"
#include "harness/worker/pool/streams.h"

enum { ERROR_BYTES = 1024, DIFFERENCE_BYTES = 1024, VALUE_BYTES = 32 };

static void print_equal(const struct pool_stream *stream, const char *lines, size_t readings)
{
    char requests[VALUE_BYTES], allocated[VALUE_BYTES], highwater[VALUE_BYTES];
    pool_last_value(lines, "request", requests, sizeof requests);
    pool_last_value(lines, "arenas_allocated", allocated, sizeof allocated);
    pool_last_value(lines, "arenas_highwater", highwater, sizeof highwater);
    printf("%s requests, %zu readings; arenas %s, at once %s; %s\n", requests, readings, allocated, highwater,
           stream->summary);
}

static bool print_row(const struct pool_stream *stream, const struct text_run *model, const struct text_run *cpython)
{
    char differences[DIFFERENCE_BYTES] = "";
    struct pool_agreement found = {0};
    bool ran = model->lines && cpython->lines;
    if (ran)
        found = find_pool_differences(model->lines, cpython->lines, differences, sizeof differences);
    bool equal = ran && found.different == 0;
    printf("%-8s %-14s ", equal ? "equal" : "DIFFERS", stream->name);
    if (equal)
        print_equal(stream, model->lines, found.readings);
    else if (ran)
        printf("model against cpython: %s\n", differences);
    else
        printf("model %s; cpython %s\n", model->lines ? "ran" : model->message,
               cpython->lines ? "ran" : cpython->message);
    fflush(stdout);
    return equal;
}

/* One row: 0, RUNNER_INTERRUPTED, or -1 with one line in `error`. */
static int verify_stream(const struct runner *r, const struct pool_stream *stream, uint64_t seed, bool *equal,
                         char *error, size_t error_size)
{
    struct text_run model, cpython;
    int result = pool_run(r, "model", stream->name, seed, &model, error, error_size);
    if (result != 0)
        return result;
    result = pool_run(r, "cpython", stream->name, seed, &cpython, error, error_size);
    if (result == 0) {
        *equal = print_row(stream, &model, &cpython);
        text_run_free(&cpython);
    }
    text_run_free(&model);
    return result;
}

static int finish(int result, size_t equal_rows, const char *error)
{
    if (result != 0) {
        cli_refuse(result == RUNNER_INTERRUPTED ? "interrupted" : error);
        return result == RUNNER_INTERRUPTED ? CLI_INTERRUPTED : CLI_FAILED;
    }
    printf("%zu of %zu streams equal\n", equal_rows, pool_stream_count);
    return cli_finish(equal_rows == pool_stream_count ? CLI_DONE : CLI_FAILED);
}

int verify_pools(const struct plan *p)
{
    char error[ERROR_BYTES];
    struct runner runner;
    size_t equal_rows = 0;
    int result = 0;
    runner_init(&runner, p);
    if (pool_run_check(&runner, error, sizeof error) != 0)
        return cli_refuse(error);
    runner.interrupted = interrupt_watch();
    for (size_t i = 0; i < pool_stream_count && result == 0; i++) {
        bool equal = false;
        result = verify_stream(&runner, &pool_streams[i], p->seed, &equal, error, sizeof error);
        equal_rows += equal;
    }
    interrupt_release();
    return finish(result, equal_rows, error);
}
