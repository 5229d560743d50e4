/* verify_rows.h - what verify compares: the same configuration on both runtimes. */
#ifndef GCSWEEP_VERIFY_ROWS_H
#define GCSWEEP_VERIFY_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/sweep/plan.h"
#include "harness/sweep/runner.h"

struct verify_row {
    const struct plan_configuration *model, *cpython;
};

/* Fills `rows`, which has room for `count`: how many there are. */
size_t verify_find_rows(const struct plan_configuration *list, size_t count, struct verify_row *rows);

/* The two runs of a row. record_free releases both after 0. */
struct verify_runs {
    struct run_record model, cpython;
};

/* Runs the one named first before the other: 0, RUNNER_INTERRUPTED, or -1 with one line in `error`. */
int verify_run_row(const struct runner *runner, const struct plan *p, const struct verify_row *row, unsigned round,
                   bool cpython_first, struct verify_runs *out, char *error, size_t error_size);
void verify_free_runs(struct verify_runs *runs);

/* Prints the row's line: whether both ran and agree in all that can be counted. */
bool verify_print_row(const struct verify_runs *runs);
/* Whether they do, with what is different in `text`. */
bool verify_is_equal(const struct verify_runs *runs, char *text, size_t size);

#endif
