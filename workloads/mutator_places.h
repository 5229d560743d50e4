/* mutator_places.h - the calls of mutator.h that may release, each noting its file and line first.
 *
 * Included by mutator.h alone, in the debug heap (GCSWEEP_DEBUG_HEAP), after
 * mutator_sites.h: a report says where an object was released and where it is
 * used. The line is noted before the arguments are evaluated, so that a call
 * among them on a line of its own is the one that is named.
 *
 * mutator.c and mutator_model.c define MUTATOR_NO_PLACES first: what they
 * release goes by the line of their caller.
 */
#ifndef GCSWEEP_MUTATOR_PLACES_H
#define GCSWEEP_MUTATOR_PLACES_H

#ifndef MUTATOR_NO_PLACES

#define MUTATOR_PLACE(m) debug_memory_at(&mutator_heap(m)->memory.debug_memory, __FILE__, __LINE__)

#define value_drop(m, v)                (MUTATOR_PLACE(m), value_drop(m, v))
#define value_replace(m, slot, v)       (MUTATOR_PLACE(m), value_replace(m, slot, v))
#define value_list_set(m, list, i, v)   (MUTATOR_PLACE(m), value_list_set(m, list, i, v))
#define value_list_clear(m, list)       (MUTATOR_PLACE(m), value_list_clear(m, list))
#define value_slot_set(m, object, i, v) (MUTATOR_PLACE(m), value_slot_set(m, object, i, v))
#define mutator_pop(m)                  (MUTATOR_PLACE(m), mutator_pop(m))
#define mutator_collect(m)              (MUTATOR_PLACE(m), mutator_collect(m))
#define mutator_request_done(m)         (MUTATOR_PLACE(m), mutator_request_done(m))

#endif
#endif
