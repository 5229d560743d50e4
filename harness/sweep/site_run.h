/* site_run.h - who allocates: an untimed run of a configuration in gcsweep-worker-sites.
 *
 * Ownership  site_run_free releases what 0 gave.
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`: what is
 *            missing, or how the worker ended.
 */
#ifndef GCSWEEP_SITE_RUN_H
#define GCSWEEP_SITE_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "harness/sweep/runner.h"

enum { SITE_RUN_MOST = 10000 };

struct site_row {
    uint64_t bytes, blocks;
    uint32_t line;
    const char *file; /* "" for what ran before the first line */
};

struct site_table {
    uint64_t bytes, blocks; /* of all sites */
    struct site_row *row;   /* the sites with most bytes, most first */
    size_t count;
};

struct site_run {
    struct site_table at_peak; /* live at the moment when most was live */
    struct site_table in_all;  /* allocated */
    char *lines;               /* the rows point into it */
};

/* 0 when the configuration's sites can be had, else -1. */
int site_run_check(const struct runner *r, const struct plan_configuration *c, char *error, size_t error_size);
/* The `most` sites of each table, 1 to SITE_RUN_MOST. Runtime model only. A
 * run that did not end well gives -1. */
int site_run(const struct runner *r, const struct plan *p, const struct plan_configuration *c, unsigned most,
             struct site_run *out, char *error, size_t error_size);
void site_run_free(struct site_run *run);

#endif
