/* export_names.h - a configuration's name, as formats have rules for names. */
#ifndef GCSWEEP_EXPORT_NAMES_H
#define GCSWEEP_EXPORT_NAMES_H

#include <stdio.h>

#include "harness/record/record.h"

/* What tells configurations apart, each with a name and a text. */
struct export_part {
    char name[RECORD_TEXT_BYTES], text[RECORD_TEXT_BYTES];
};
enum { EXPORT_DIMENSIONS = 7, EXPORT_PARTS = RECORD_PARAMS + EXPORT_DIMENSIONS };
/* The parameters that the canonical string names (those that are no default),
 * then the dimensions: scale, seed, runtime, allocator, collector, tuning and
 * refcount; the workload itself is not among them. How many there are. */
size_t export_parts(const struct run_record *run, struct export_part parts[EXPORT_PARTS]);

/* A text whose control characters and broken UTF-8 were made visible (escape.h); malloc'd, NULL without memory. */
char *export_text(const char *text);

/* "gcbench/scale=0.25/seed=1/runtime=model/...": one word of visible ASCII. `between` stands between a part's name and
 * its text. Any other character, a slash and % are %XX, so that different configurations have different names. */
void export_path(const struct run_record *run, char between, FILE *f);

#endif
