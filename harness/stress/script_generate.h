/* script_generate.h - random heap scripts that use the whole language.
 *
 *     size_t length;
 *     char *text = script_generate(seed, number, &length);
 *     ... run it on both runtimes, compare what they print ...
 *     free(text);
 *
 * Every script is valid: no statement of it fails at run time, whatever the
 * collector does. The generator sees to that by what a name's first letter
 * promises (below), not by running anything.
 *
 * Names        n number or None, b str or bytes, l list of 2 items or more,
 *              t tuple, p tuple of atoms and at most one object (so that it
 *              can be hashed), d dict with the key k0, m dict, o object with the attribute k0, e
 *              object, s slots 2, z slots 5, q slots 0, h set, f function, w
 *              weak reference, v anything, r what a finalizer may resurrect
 *              into: a global that is always bound.
 * Sets         hold at most one element that the collector knows: in which
 *              order two would be released is up to their addresses.
 * Determinism  script K of a seed is the same on every machine, whatever the
 *              number of scripts.
 * Ownership    the text is malloc'd and the caller's; it ends with a 0.
 * Errors       NULL without memory.
 * Threads      none shared: calls may run side by side.
 */
#ifndef GCSWEEP_SCRIPT_GENERATE_H
#define GCSWEEP_SCRIPT_GENERATE_H

#include <stddef.h>
#include <stdint.h>

char *script_generate(uint64_t seed, uint64_t number, size_t *length);

#endif
