/* pictures.h - the pictures of a report: TSV data and gnuplot, SVG and PNG.
 *
 * Into DIRECTORY/plots: NAME.svg, NAME.png and the data they were drawn from,
 * NAME.tsv. A picture without data is left out; one that gnuplot fails to draw
 * stands in the list with what went wrong, so that the report can say so.
 *
 * Ownership  pictures_free releases the list.
 */
#ifndef GCSWEEP_PICTURES_H
#define GCSWEEP_PICTURES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/summary.h"

struct picture {
    const struct subject *subject;
    char name[160];    /* "gcbench-pauses": letters, digits, dashes, and "_2" where a name was taken */
    char title[64];    /* "Pause percentiles" */
    char caption[800]; /* what it shows, one or two sentences; not escaped */
    bool drawn;
    char error[400]; /* why not */
};

struct pictures {
    struct picture *list;
    size_t count;
    size_t missing; /* not drawn */
};

/* 0, also when some are missing; -1 with one line in `error` when nothing can be written. */
int draw_pictures(const struct summary *s, const char *directory, struct pictures *out, char *error, size_t error_size);
void pictures_free(struct pictures *pictures);

#endif
