/* exporter.h - a sweep's results in the format of another tool.
 *
 * A format is one file with one struct exporter and one row in exporters.def;
 * command line, help, errors and the contract's tests derive from the rows.
 *
 * What all formats share, unless their file says otherwise:
 *   Names      a configuration is named by its canonical string (plan.h); where
 *              a format has rules for names, by the same parts in its own way.
 *   Failed     a run that did not end ok is never a time. Nor is one whose
 *              configuration gave other results than the rest (checksum): a
 *              time of wrong work says nothing.
 *   Twin       the second half of the A/A pair is no setting of its own and is
 *              left out; csv and json, one row a run, hold it.
 *   Unknown    is left out, or null where a key must be there; never 0, never NaN.
 *   Texts      control characters and broken UTF-8 are made visible (escape.h).
 *   Order      the same results give the same bytes.
 *
 * Errors  write: 0, or -1, and result_set_error (store.h) says why; a failed
 *         write shows in ferror(f).
 */
#ifndef GCSWEEP_EXPORTER_H
#define GCSWEEP_EXPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/exporters/export_source.h"

struct exporter {
    const char *name;      /* as --format takes it */
    const char *help;      /* what it is and who reads it, one line */
    const char *failed;    /* what becomes of runs that failed: "runs that failed ..." */
    const char *extension; /* of a file of this format */
    /* One file holds one configuration: several need a folder. */
    bool one_each;
    bool of_lists; /* it needs the lists of the runs */
    int (*write)(const struct export_source *source, FILE *f);
};

#define EXPORTER(symbol) extern const struct exporter exporter_##symbol;
#include "harness/exporters/exporters.def"

extern const struct exporter *const exporters[];
extern const size_t exporter_count;

/* NULL when no row has that name. */
const struct exporter *find_exporter(const char *name);

#endif
