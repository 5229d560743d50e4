/* output.h - a file that appears whole or not at all.
 *
 * Written beside its place under a name of its own, synced, then renamed.
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
    bool keeps; /* what has the name already */
};

int output_open(const char *directory, const char *name, struct output *out, char *error, size_t error_size);
int output_commit(struct output *out, char *error, size_t error_size);
void output_abandon(struct output *out);
/* PATH, for its owner alone, where there must be nothing yet: output_commit does not replace what has come since. */
int output_open_new(const char *path, struct output *out, char *error, size_t error_size);
/* Syncs and renames a file that another program wrote. */
int output_adopt(const char *temporary, const char *path, char *error, size_t error_size);

#endif
