/* export_file.h - an export in a new file, or a folder of them.
 *
 * A file appears whole or not at all, and replaces nothing. A format that holds
 * one configuration a file gets a folder where there are several, or where the
 * path is a folder or ends in a slash: 001-gcbench_scale=1_..., one file each,
 * in the order of the tables. The folder is made where it is missing.
 *
 * Errors  0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_EXPORT_FILE_H
#define GCSWEEP_EXPORT_FILE_H

#include "harness/exporters/exporter.h"

int export_to_path(const struct exporter *exporter, const struct export_source *source, const char *path, char *error,
                   size_t error_size);

#endif
