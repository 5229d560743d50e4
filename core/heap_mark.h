/* heap_mark.h - what of a heap is live and what floats: a walk from the roots.
 *
 *     struct heap_mark *mark = heap_mark_open();
 *     struct heap_census census;
 *     if (mark && heap_mark_run(mark, &heap, roots, n, &census) == 0)
 *         printf("%" PRIu64 " objects live\n", census.live.objects);
 *     heap_mark_close(mark);
 *
 * Live is what the roots and gc.garbage lead to; floating is what the collector
 * holds and they do not, with all that it alone leads to. Shared objects (None,
 * small ints, ...) are part of the heap itself and not counted.
 *
 * Unlike a collection, which finds garbage by counts, this follows references
 * alone: one checks the other. What only a C local refers to, the cells of a
 * function that is being made, counts as floating.
 *
 * Units      objects; bytes as object_bytes (sys.getsizeof) gives them.
 * Ownership  marks and stack are mmap's: nothing is asked of the heap, nothing
 *            of it is changed. Marks are bits beside it, one for each 16 bytes.
 * Errors     -1 when memory for marks or stack ran out, or the heap lies in
 *            more than 16,384 pieces of 1 MiB.
 * Threads    none.
 */
#ifndef GCSWEEP_HEAP_MARK_H
#define GCSWEEP_HEAP_MARK_H

#include "core/heap.h"

struct heap_mark;

struct heap_count {
    uint64_t objects, bytes;
};

struct heap_census {
    struct heap_count live, floating;
    uint64_t floating_tracked; /* of the floating objects, those that the collector holds */
};

/* NULL without memory. */
struct heap_mark *heap_mark_open(void);
void heap_mark_close(struct heap_mark *mark);
/* Outside of a collection, or at its start (gc_callback). Roots may be NULL. */
int heap_mark_run(struct heap_mark *mark, struct heap *h, struct object *const *roots, size_t n,
                  struct heap_census *out);

#endif
