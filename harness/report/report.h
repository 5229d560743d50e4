/* report.h - writes a sweep's report into its results folder.
 *
 * report.html, report.md, summary.csv, results.json and plots/ are each written
 * whole or not at all; what is there is replaced.
 *
 * Errors  0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_REPORT_H
#define GCSWEEP_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/summary.h"

struct report_outcome {
    bool unstyled; /* the page is without style and script */
    size_t missing_pictures;
    char missing_reason[400]; /* of the first of them, or of style and script */
};

struct report_request {
    const char *directory; /* of the results */
    const char *again;     /* the command that makes the same sweep again, for a shell */
    bool with_pictures;
};

int report_write(const struct summary *s, const struct report_request *request, struct report_outcome *outcome,
                 char *error, size_t error_size);

#endif
