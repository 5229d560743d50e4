/* pictures.h - the pictures of a report: TSV data and gnuplot, SVG and PNG.
 *
 * Of the first PICTURED_SUBJECTS subjects: each takes a second or two.
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

/* How a picture's TSV file reads as one table. */
enum picture_block {
    BLOCK_UNNAMED,     /* one block, its columns as they are */
    BLOCK_NAMED_FIRST, /* the first head of each block is its name, in front of its rows */
    BLOCK_NAMED_SECOND /* the second */
};
enum { PICTURE_COLUMNS = 12 };
struct picture_layout {
    enum picture_block block;
    size_t skipped;                             /* columns in front that only the script reads */
    const char *const columns[PICTURE_COLUMNS]; /* of the table, the block's name included; NULL after the last */
};

struct picture {
    const struct subject *subject;
    const char *kind; /* "pauses" */
    const struct picture_layout *layout;
    size_t blocks;     /* of the TSV file that are the table; others serve the script */
    char name[160];    /* "gcbench-pauses": letters, digits, dashes, and "_2" where a name was taken */
    char title[64];    /* "Pause percentiles" */
    char caption[800]; /* what it shows, one or two sentences; not escaped */
    char left_out[80]; /* what it does not: a sentence, or nothing */
    bool drawn;
    char error[400]; /* why not */
};

enum { PICTURED_SUBJECTS = 12 };

struct pictures {
    struct picture *list;
    size_t count;
    size_t missing;    /* not drawn */
    size_t unpictured; /* subjects without pictures, being too many */
};

/* 0, also when some are missing; -1 with one line in `error` when nothing can be written. */
int draw_pictures(const struct summary *s, const char *directory, struct pictures *out, char *error, size_t error_size);
void pictures_free(struct pictures *pictures);

#endif
