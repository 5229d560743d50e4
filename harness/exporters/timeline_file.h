/* timeline_file.h - one run over time in a file of its own.
 *
 *     timeline_file_open(&file, "run.json", ...);   before the run: can it be written?
 *     ... the run writes to file.fd ...
 *     timeline_file_write(&file, record, ...);
 *     timeline_file_close(&file);
 *
 * A name that ends in .hlog gets an HdrHistogram log, any other one Chrome
 * trace events. The file appears whole or not at all, for its owner alone, and
 * replaces nothing.
 *
 * Errors  0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_TIMELINE_FILE_H
#define GCSWEEP_TIMELINE_FILE_H

#include "harness/record/record.h"
#include "harness/store/output.h"

struct timeline_file {
    struct output out;
    int fd; /* what the worker writes to; no name, gone when it is closed */
};

int timeline_file_open(struct timeline_file *t, const char *path, char *error, size_t error_size);
int timeline_file_write(struct timeline_file *t, const struct run_record *run, char *error, size_t error_size);
/* Without a write before it nothing is left. */
void timeline_file_close(struct timeline_file *t);

#endif
