/* heap_check.h - is a heap sound? For tests, the stress program and doubt.
 *
 * Checked    each generation's links both ways, no flag of a collection left
 *            behind, every count above 0; the count of each tracked object
 *            not below the references to it from tracked objects; the lists of
 *            weak references; dicts hold what their length says; interned
 *            strings are found; the shared objects not dropped once too often;
 *            nothing waiting in the trashcan; the free lists' lengths; the
 *            pools (pool_check); in a debug heap every block's marks
 *            (debug_memory.h).
 * When       outside of collections, finalizers and releases.
 * Cost       O(objects + references). The heap is afterwards as it was.
 * Errors     -1 and one line in `error` that names the first violation.
 */
#ifndef GCSWEEP_HEAP_CHECK_H
#define GCSWEEP_HEAP_CHECK_H

#include "core/heap.h"

int heap_check(struct heap *h, char *error, size_t error_size);

#endif
