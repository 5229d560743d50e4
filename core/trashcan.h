/* trashcan.h - releases of any depth on a stack of bounded size.
 *
 * Releasing a container drops what it holds, which releases further
 * containers, each a few stack frames deeper. From TRASHCAN_LEVELS nested
 * releases on, an object is put on a list instead of being released; the
 * outermost release works the list off, last in first out. So a chain of any
 * length is released in linear time.
 *
 * A type's release:
 *
 *     gc_untrack(o);
 *     if (!trashcan_begin(h, o))
 *         return;              // waits: release is called again later
 *     ...                      // drop what o holds, free it
 *     trashcan_end(h);
 *
 * Worked example: 200 nested lists, released from the outermost, 199, on: the
 * first burst goes 50 deep and sets 149 aside; the list is worked off one
 * level deep already, so that every later burst goes 49 deep (then 100, 51).
 *
 * Invariant  outside of a release, nesting is 0 and nothing waits. A waiting
 *            object has count 0 and is untracked.
 * Source     CPython 3.11 Objects/object.c, the trashcan; order and depth are
 *            the same, since they are seen by finalizers.
 */
#ifndef GCSWEEP_TRASHCAN_H
#define GCSWEEP_TRASHCAN_H

#include "core/object.h"

enum { TRASHCAN_LEVELS = 50 };

struct trashcan {
    int nesting;            /* releases of containers under way */
    struct object *waiting; /* newest first, linked by the head's prev */
};

bool trashcan_begin(struct heap *h, struct object *o);
void trashcan_end(struct heap *h);

#endif
