/* gnuplot.h - runs a plot script, without a shell.
 *
 * Scripts lie in the plots folder: beside a built gcsweep (a link that the
 * Makefile sets), or in ../share/gcsweep/plots of an installed one. They get file names and
 * numbers as arguments; texts reach them as data in TSV files only.
 *
 * Errors  0, or -1 with one line in `error`; GNUPLOT_HUNG, too, where it did not
 *         end in time: it will not the next time either.
 */
#ifndef GCSWEEP_GNUPLOT_H
#define GCSWEEP_GNUPLOT_H

#include <stddef.h>

enum { GNUPLOT_SECONDS = 30, GNUPLOT_HUNG = -2 };

/* The folder with scripts and style sheet, found through /proc/self/exe. */
int find_plots_folder(char *path, size_t size, char *error, size_t error_size);

/* gnuplot -d -c SCRIPT ARGUMENT...; `arguments` ends with NULL, at most nine. */
int gnuplot_run(const char *plots_folder, const char *script, const char *const *arguments, char *error,
                size_t error_size);

#endif
