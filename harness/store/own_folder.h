/* own_folder.h - a folder inside of a results folder: plots, confirm.
 *
 * A results folder may come from anywhere, with links in it that lead
 * elsewhere. What is written to it stays in it.
 *
 * Errors  0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_OWN_FOLDER_H
#define GCSWEEP_OWN_FOLDER_H

#include <stddef.h>

/* Makes it, or takes the one that is there: a folder, no link to one. */
int own_folder_make(const char *path, char *error, size_t error_size);

#endif
