/* verify_times.h - gcsweep verify --times: how long the model takes for what the real CPython does. */
#ifndef GCSWEEP_VERIFY_TIMES_H
#define GCSWEEP_VERIFY_TIMES_H

#include "harness/cli/verify_rows.h"

enum { VERIFY_ROUNDS = 10 };

struct times_outcome {
    size_t equal_rows;
    int result; /* 0, RUNNER_INTERRUPTED, or -1 with one line in `error` */
};

/* Each row in each round on both runtimes; then prints a line a row. */
struct times_outcome verify_times(const struct runner *runner, const struct plan *p, const struct verify_row *rows,
                                  size_t count, unsigned rounds, char *error, size_t error_size);

#endif
