/* scripted_sweep.h - a sweep of chain into a folder of its own, with a shell script as the worker. */
#ifndef GCSWEEP_TESTS_SCRIPTED_SWEEP_H
#define GCSWEEP_TESTS_SCRIPTED_SWEEP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/store.h"
#include "harness/sweep/sweep.h"
#include "tests/command.h"

static char error[1024];

struct bench {
    char *folder;
    struct plan plan;
    struct runner runner;
    struct store *store;
};

/* What the worker says on its record's descriptor; `wall` in nanoseconds, a number or what the shell makes one of. */
#define RECORD(wall) "echo '{\"schema\":1,\"status\":\"ok\",\"wall_ns\":'" wall "',\"rss\":{\"peak_bytes\":5000}}' >&3"

static inline void use_script(struct bench *b, const char *script)
{
    char text[4096];
    const char *path = in_folder(b->folder, "worker");
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    file_write(path, text, 0755);
    snprintf(b->runner.program[0], sizeof b->runner.program[0], "%s", path);
}

/* One with chain in its plan, which the caller may add to before bench_start. */
static inline struct bench *bench_new(void)
{
    struct bench *b = calloc(1, sizeof *b);
    b->folder = folder_make();
    plan_init(&b->plan);
    b->plan.memory_bytes = 0;
    if (plan_add_workload(&b->plan, "chain", error, sizeof error) != 0)
        fail_msg("%s", error);
    return b;
}

static inline int bench_start(struct bench *b)
{
    if (plan_finish(&b->plan, error, sizeof error) != 0)
        return -1;
    runner_init(&b->runner, &b->plan);
    use_script(b, RECORD("1000"));
    return store_create(b->folder, "{}", "{}", &b->store, error, sizeof error);
}

static inline void close_store(struct bench *b)
{
    if (b->store && store_close(b->store, error, sizeof error) != 0)
        fail_msg("%s", error);
    b->store = NULL;
}

static inline int drop_bench(void **state)
{
    struct bench *b = *state;
    close_store(b);
    folder_remove(b->folder);
    plan_free(&b->plan);
    free(b);
    return 0;
}

static inline struct sweep_result sweep(struct bench *b)
{
    struct sweep_result result;
    if (sweep_run(&b->plan, &b->runner, b->store, &result, error, sizeof error) != 0)
        fail_msg("%s", error);
    return result;
}

#endif
