/* options.h - the worker's KEY=VALUE arguments (worker.h names them).
 *
 * Ownership  texts point into argv.
 */
#ifndef GCSWEEP_WORKER_OPTIONS_H
#define GCSWEEP_WORKER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/allocator.h"
#include "harness/worker/faults/point.h"
#include "harness/worker/tunings/tuning.h"
#include "workloads/script/script_file.h"
#include "workloads/workload.h"

struct worker_options {
    const struct workload *workload; /* a row of workloads.def, or script_workload */
    struct script_file script;       /* of script_workload, kept for the whole run */
    struct workload script_workload;
    uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)]; /* the workload's parameter struct */
    double scale;
    uint64_t seed;
    const char *allocator, *library;
    const struct allocator *allocator_row; /* NULL for PATH.so */
    const struct pool_row *pools;          /* NULL for none */
    const char *collector, *refcount;
    struct tuning_setting tuning;
    char tuning_text[128];
    int record_fd;
    int timeline_fd; /* -1: nobody wants it */
    const char *configuration;
    uint64_t round; /* RECORD_UNKNOWN when not given */
    bool twin, debug, requests;
    unsigned free_lists; /* 0: as CPython */
    struct fault_point fail_nth;
};

/* 0, or -1 with one line in `error` that names what is wrong and what is
 * allowed. */
int worker_options_parse(int argc, char **argv, struct worker_options *out, char *error, size_t error_size);
/* The runtime that they ask for; its hooks but the workload's own are left empty. */
struct runtime_options worker_runtime_options(const struct worker_options *o);

#endif
