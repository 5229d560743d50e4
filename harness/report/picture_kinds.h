/* picture_kinds.h - what pictures there are: a row each, with the data that it is drawn from.
 *
 * A row's data goes into TSV files; the script in plots/ that bears its name
 * draws them. A new picture is a new row and a new script.
 */
#ifndef GCSWEEP_PICTURE_KINDS_H
#define GCSWEEP_PICTURE_KINDS_H

#include <limits.h>

#include "harness/report/pictures.h"
#include "harness/report/plot_block.h"

enum { PICTURE_KINDS = 8, SCRIPT_ARGUMENTS = 9 };

/* What is needed while one picture is made. */
struct drawing {
    const struct summary *s;
    const struct subject *subject;
    const struct series *series;
    const char *folder; /* DIRECTORY/plots */
    const char *plots;  /* the scripts; NULL when not found, or when gnuplot hung */
    struct picture *picture;
    char data[PATH_MAX], more[PATH_MAX]; /* the TSV files */
    char argument[4][PLOT_STYLES_BYTES]; /* numbers for the script */
    const char *arguments[SCRIPT_ARGUMENTS + 1];
};

struct picture_kind {
    const char *name; /* of the script and the picture */
    const char *title;
    /* Writes the data and the caption, sets arguments from the third on: 1, 0 when there is nothing to draw, -1
     * with one line in `error`. */
    int (*prepare)(struct drawing *d, char *error, size_t error_size);
    struct picture_layout layout;
    bool of_lists; /* drawn from the lists of runs, which results may be without */
};

extern const struct picture_kind picture_kinds[PICTURE_KINDS];

/* Whether these results hold what the kind is drawn from. */
bool has_data_of(const struct summary *s, const struct picture_kind *kind);

#endif
