/* script_shrink.h - the shortest heap script that still shows what a long one did.
 *
 * Leaves lines out (whole blocks first, then fewer and fewer lines at a time),
 * takes blocks from around their lines, leaves operands out and makes numbers
 * smaller, until nothing more can go or the tries are used up. What a script
 * that fails at run time shows is up to the predicate.
 *
 * Worked example: a script of 100 statements whose 40th and 90th show a
 * difference together ends as these two lines after about 70 tries.
 *
 * Ownership  the result is malloc'd and the caller's; it ends with a 0.
 * Errors     NULL without memory.
 * Threads    none shared.
 * Source     Zeller and Hildebrandt, "Simplifying and isolating
 *            failure-inducing input", IEEE TSE 2002; simplified: runs of lines
 *            are left out, complements are not tried.
 */
#ifndef GCSWEEP_SCRIPT_SHRINK_H
#define GCSWEEP_SCRIPT_SHRINK_H

#include <stdbool.h>
#include <stddef.h>

/* Whether this text, 0-terminated too, still shows it. Once it says no for
 * want of time it must do so for good. */
typedef bool script_predicate(void *context, const char *text, size_t length);

/* `text` is known to show it. Calls the predicate `most_tries` times at most. */
char *script_shrink(const char *text, size_t length, script_predicate *still, void *context, size_t most_tries);

#endif
