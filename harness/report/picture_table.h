/* picture_table.h - the data that a picture was drawn from, as rows of one table.
 *
 * Read back from the picture's TSV file, so that the table holds what the
 * picture shows and nothing else.
 */
#ifndef GCSWEEP_PICTURE_TABLE_H
#define GCSWEEP_PICTURE_TABLE_H

#include "harness/report/pictures.h"

typedef void picture_row(void *context, const char *const *cells, size_t count);

/* The names of the table's columns are picture->layout->columns. */
size_t picture_columns(const struct picture *picture);
/* Calls `row` for the first `most` rows; `*rows` is how many there are in all, 0 when the file is gone. -1 without
 * memory. */
int each_picture_row(const struct picture *picture, const char *directory, size_t most, picture_row *row, void *context,
                     size_t *rows);

#endif
