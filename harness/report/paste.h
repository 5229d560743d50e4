/* paste.h - a setting as lines to paste into a Python program and a shell.
 *
 * The shell's words are quoted, so that a blank, a quote or a '$' in a path
 * stays what it is. What CPython 3.11 cannot be told (another collector,
 * another pool allocator, refcounts kept otherwise) is said in `note`, and the
 * lines are those of the setting nearest to it.
 */
#ifndef GCSWEEP_PASTE_H
#define GCSWEEP_PASTE_H

#include "harness/analysis/summary.h"

enum { PASTE_LINES = 4, PASTE_LINE_BYTES = 160, PASTE_SHELL_BYTES = 20000, PASTE_NOTE_BYTES = 600 };

struct paste {
    char python[PASTE_LINES][PASTE_LINE_BYTES]; /* unused ones are empty */
    char shell[PASTE_SHELL_BYTES];              /* "PYTHONMALLOC=malloc LD_PRELOAD=... python3 PROGRAM.py" */
    bool environment_is_default;                /* the shell line sets nothing */
    char note[PASTE_NOTE_BYTES];                /* empty when there is nothing to say */
};

/* The allocator's library is where it was found in the sweep. */
void paste_of(const struct configuration *c, struct paste *out);

#endif
