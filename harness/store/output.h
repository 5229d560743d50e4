/* output.h - a file that appears whole or not at all.
 *
 * Written beside its place under a name of its own, for its owner alone, synced,
 * then renamed. A link that has its name is replaced, not followed.
 *
 * Errors  0, or -1 with one line in `error`; after an error nothing is left.
 */
#ifndef GCSWEEP_OUTPUT_H
#define GCSWEEP_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct output {
    FILE *file; /* write here */
    char path[PATH_MAX];
    char temporary[PATH_MAX];
    bool keeps;   /* what has the name already */
    bool private; /* for its owner alone; otherwise as the umask says */
};

/* DIRECTORY/NAME, in place of what has that name. */
int output_open(const char *directory, const char *name, struct output *out, char *error, size_t error_size);
/* The same of a path. */
int output_open_path(const char *path, struct output *out, char *error, size_t error_size);
int output_commit(struct output *out, char *error, size_t error_size);
void output_abandon(struct output *out);
/* PATH, for its owner alone, where there must be nothing yet: output_commit does not replace what has come since. */
int output_open_new(const char *path, struct output *out, char *error, size_t error_size);
/* An empty file beside PATH for another program to write: `temporary`, of PATH_MAX bytes, is its name. */
int output_make_temporary(const char *path, char *temporary, char *error, size_t error_size);
/* Syncs and renames the file that it wrote. */
int output_adopt(const char *temporary, const char *path, char *error, size_t error_size);

#endif
