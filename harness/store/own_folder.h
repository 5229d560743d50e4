/* own_folder.h - a folder inside of a results folder (plots, confirm), or a file that others wrote in it.
 *
 * A results folder may come from anywhere, with links in it that lead
 * elsewhere. What is written to it stays in it, and what is read is in it.
 *
 * Errors  0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_OWN_FOLDER_H
#define GCSWEEP_OWN_FOLDER_H

#include <stddef.h>
#include <stdio.h>

/* Makes it, or takes the one that is there: a folder, no link to one. */
int own_folder_make(const char *path, char *error, size_t error_size);
/* A file of it to read in `out`; NULL where there is none. A plain one of at most `most_bytes`: no link is followed,
 * and what would keep its reader waiting, such as a pipe, is refused. */
int own_file_open(const char *path, size_t most_bytes, FILE **out, char *error, size_t error_size);

#endif
