/* values.h - the values of one instance whose class has a shared key table.
 *
 * A block of slots, one for each key that the table may have (keys_shared_size
 * when it is made), behind a prefix that notes in which order they were first
 * stored:
 *
 *     order ... | number stored | prefix's size | slots of 8 bytes
 *
 * Source  CPython 3.11 Objects/dictobject.c, new_values and neighbours: a block
 *         of n slots takes n * 8 bytes and n + 2 rounded up to 8.
 */
#ifndef GCSWEEP_VALUES_H
#define GCSWEEP_VALUES_H

#include "core/object.h"

/* `n` empty slots, 1 to KEYS_SHARED_MOST; NULL without memory. */
struct object **values_new(struct heap *h, size_t n);
/* Gives the block back; what the slots hold is the caller's. */
void values_free(struct heap *h, struct object **values);

/* The slots that hold something, first stored first. */
size_t values_stored(struct object *const *values);
size_t values_in_order(struct object *const *values, size_t i);
void values_note_stored(struct object **values, size_t slot);
void values_note_deleted(struct object **values, size_t slot);

/* Empties every slot, first to last, dropping what it held. */
void values_clear(struct heap *h, struct object **values, size_t n);

#endif
