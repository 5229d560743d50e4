/* state_3_11.h - the state of CPython 3.11's collector, read and set without a Python call.
 *
 * state_3_11.c is the only file that knows the interpreter's internals. A call
 * such as gc.get_count() builds a tuple, and a call with arguments may build
 * one too: both move the very counter that they show. What is here allocates
 * nothing and moves nothing but what it is asked to set.
 *
 * Ownership  pointers in a collector_view point into the interpreter and hold
 *            until Py_FinalizeEx.
 * Errors     where said so: -1 with one line in `error`. Nothing else fails.
 * Threads    the one that holds the GIL.
 * Source     CPython 3.11 Include/internal/pycore_gc.h, pycore_list.h,
 *            pycore_tuple.h, pycore_dict.h, pycore_object.h,
 *            pycore_typeobject.h; Modules/gcmodule.c, Objects/dictobject.c and
 *            Objects/typeobject.c say what the fields mean.
 */
#ifndef GCSWEEP_STATE_3_11_H
#define GCSWEEP_STATE_3_11_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct runtime_state;
struct generation_stats;
struct _object;
struct _typeobject;

/* Tuples of length 20 have a free list too, from which none is ever taken. */
enum { TUPLE_LONGEST_REUSED = 19 };

/* Enough to foresee whether the next allocation of a tracked object collects. */
struct collector_view {
    const int *count, *threshold; /* of generation 0 */
    const int *enabled, *collecting;
    const int *free_lists;  /* list headers to use again without an allocation */
    const int *free_tuples; /* the same for tuples; [0] is for length 1 */
    const int *free_dicts;  /* the same for dicts */
};

/* The head of a ring of objects, laid out as the interpreter's own heads. */
struct object_ring {
    uintptr_t next, prev;
};

/* Whether libpython is the version that this program was built for. Works
 * before the interpreter starts. */
int state_check_version(char *error, size_t error_size);
/* Whether the collector's state is where it is expected, as far as a started
 * interpreter can show; fills `view`. */
int state_find(struct collector_view *view, char *error, size_t error_size);

/* Moves what gc.freeze() froze to `ring`, out of sight of freeze and unfreeze,
 * and sets thresholds and statistics to those of an empty heap (freezing set
 * the counts). The ring stays where it is until state_return. */
void state_empty(struct object_ring *ring);
/* Undoes the move. */
void state_return(struct object_ring *ring);

void state_set_thresholds(int t0, int t1, int t2);
void state_enable(bool enabled);
void state_get_thresholds(int *out);
void state_get_count(int64_t *out);
/* As gc.get_stats(), since state_empty. */
void state_get_stats(struct generation_stats *out);
/* gc.set_debug(flags). */
void state_set_debug(unsigned flags);
/* len(gc.garbage), and its emptying: what it held alone is dropped. */
uint64_t state_garbage_length(void);
void state_empty_garbage(void);
/* gc.get_freeze_count(), without what state_empty has hidden. */
uint64_t state_frozen(void);
/* Fills all but `pool`. */
void state_read(struct runtime_state *out);
/* Collections of each generation so far; `out` has GENERATIONS entries. */
void state_read_collections(uint64_t *out);
/* Objects that a collection of this generation found so far, uncollectable ones included. */
uint64_t state_read_found(int generation);
/* Prints pymalloc's counters as sys._debugmallocstats() does; false, and
 * nothing printed, where pymalloc is not in use. */
bool state_print_pools(FILE *stream);
/* sys.getallocatedblocks(): in pools and from malloc. */
uint64_t state_read_blocks(void);

/* sys.getsizeof(object). The bound method that it calls __sizeof__ through is
 * made with collection held back, and not counted. 0 when memory runs out. */
size_t state_size_of(struct _object *object);
/* Lets the object's finalizer be called again. */
void state_arm_finalizer(struct _object *object);

/* ---- Instances of a class with __dict__ ----
 * Their attributes are values beside the keys that the class's instances
 * share, until something makes a dict of them. */

/* The instance's dict, lent; NULL while its attributes are values, or it has none. */
struct _object *state_instance_dict(struct _object *instance);
/* Whether setting an attribute of this name may make the instance's dict. Where it may, nothing is dropped by it. */
bool state_may_make_dict(struct _object *instance, struct _object *name);
/* Whether the class's instances share this key, and so keep it as long as the class lives. */
bool state_is_shared_key(struct _typeobject *type, struct _object *name);
/* Among the values: the attribute of this name (an interned string), lent; NULL for none. */
struct _object *state_find_value(struct _object *instance, struct _object *name);
/* The cache of the classes' attributes lets go of this name, which it would
 * keep alive after everybody else. */
void state_forget_name(struct _typeobject *type, struct _object *name);

#endif
