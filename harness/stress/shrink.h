/* shrink.h - the fewest deeds that still make a session fail.
 *
 * Leaves deeds out (half of them, then fewer and fewer at a time), then what
 * finalizers and callbacks do, then the heap's special settings, each try a
 * session in a process of its own. Any failure counts, the first one's reason
 * or not.
 *
 * Worked example  a session of 16,000 deeds that a lost decrement makes fail
 *            ends as 2 deeds after about 150 tries.
 * Source     Zeller and Hildebrandt, "Simplifying and isolating
 *            failure-inducing input", IEEE TSE 2002; simplified: runs of deeds
 *            are left out, complements are not tried.
 * Threads    the caller has one.
 */
#ifndef GCSWEEP_STRESS_SHRINK_H
#define GCSWEEP_STRESS_SHRINK_H

#include "harness/stress/program.h"

/* `result`: how the program, which is changed in place, failed; afterwards how
 * what is left of it does. Ends early after so many seconds. */
void program_shrink(struct program *p, struct program_result *result, double seconds, unsigned hang_seconds);

#endif
