/* output_difference.h - do two runtimes print the same for one heap script? */
#ifndef GCSWEEP_OUTPUT_DIFFERENCE_H
#define GCSWEEP_OUTPUT_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether they do; if not, the first line that differs is in `text`, as far as it fits:
 * "line 3: model 'blocks: 40', cpython 'blocks: 41'", "line 4: model ends, cpython 'x'". What the
 * script printed is in it as it is: clean it (harness/sweep/line.h) before a terminal sees it. */
bool same_output(const char *model, const char *cpython, char *text, size_t size);

#endif
