/* runtimes.c - the rows. */
#include "harness/sweep/runtimes.h"

#include <string.h>

const struct runtime_row runtime_rows[] = {
    {
        .name = "model",
        .summary = "core/: the model of CPython's memory management",
        .source = "core/",
        .program = "gcsweep-worker",
        .missing = "build it with make",
    },
    {
        .name = "cpython",
        .summary = "the real CPython through its C API",
        .source = "libpython, reference/",
        .program = "gcsweep-worker-cpython",
        .collector = "cpython-3.11",
        .missing = "install the package python3-dev, then make",
    },
};
const size_t runtime_row_count = sizeof runtime_rows / sizeof runtime_rows[0];

const struct runtime_row *find_runtime(const char *name)
{
    for (size_t i = 0; i < runtime_row_count; i++)
        if (strcmp(runtime_rows[i].name, name) == 0)
            return &runtime_rows[i];
    return NULL;
}

const char *const refcount_names[] = {"plain"};
const size_t refcount_count = sizeof refcount_names / sizeof refcount_names[0];
