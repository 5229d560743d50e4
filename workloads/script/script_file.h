/* script_file.h - a heap script from a file, parsed and ready to run.
 *
 * Memory     from mmap, all that the script needs touched: the file may be
 *            gone afterwards. script_file_close gives it back.
 * Errors     0, or -1 with one line in `error`: "FILE: why it cannot be read",
 *            or "FILE:LINE:COLUMN: what was expected". Control characters of
 *            the path are shown as '?'. Then nothing is held.
 * Threads    none.
 */
#ifndef GCSWEEP_SCRIPT_FILE_H
#define GCSWEEP_SCRIPT_FILE_H

#include "workloads/script/interpret.h"

/* Before the path, where a heap script is named as a workload. */
#define SCRIPT_WORKLOAD_PREFIX "script:"

struct script_file {
    struct script script;
    struct script_run *run; /* zeroed, for script_workload */
    void *text, *memory;
    size_t text_bytes, memory_bytes, run_bytes;
};

/* "script:FILE" gives FILE; NULL for any other workload. */
const char *script_workload_path(const char *workload_name);
/* `path` "-" is standard input. */
int script_file_open(struct script_file *f, const char *path, char *error, size_t error_size);
/* After mutator_close. */
void script_file_close(struct script_file *f);

#endif
