/* oracle.h - what the heap must hold, kept by the stress program in its own memory.
 *
 * A shadow of the object graph: which objects there are, what each holds,
 * what the roots hold. It knows nothing of the heap's code, so that an error
 * there cannot hide here.
 *
 * What it knows  An object whose last reference goes is freed at once, with
 *         all that dies with it. An object that is unreachable, but still held
 *         by garbage, may be freed already (a young collection found it) or
 *         not. So a reachable object's true count lies between the references
 *         from what is reachable and those from all that may still exist;
 *         after a full collection both are equal.
 * Places  an object is named by its place in the table; a place is used again
 *         once its object is known to be freed. Its id is never used again.
 * Order   change the heap first, then the oracle: a finalizer that runs in
 *         between still finds its object here.
 * Threads none.
 */
#ifndef GCSWEEP_ORACLE_H
#define GCSWEEP_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORACLE_PLACES = 4096, ORACLE_EDGES = 12, ORACLE_ROOTS = 64, ORACLE_NONE = 0xffff };

typedef uint16_t oracle_place;

enum shape { SHAPE_BYTES, SHAPE_TUPLE, SHAPE_LIST, SHAPE_SLOTS, SHAPE_FINALIZED, SHAPES };

struct shadow {
    uint64_t id; /* 0: this place is free; place_of_id gives the place back */
    enum shape shape;
    bool tracked;                    /* surely seen by the collector; a tuple of atoms may be or not, bytes never are */
    bool reachable;                  /* as of the last oracle_mark */
    uint32_t finalized;              /* calls of its finalizer */
    uint32_t references;             /* from roots and all objects that may still exist */
    uint32_t references_reachable;   /* as of the last oracle_mark: from roots and reachable objects */
    uint32_t edges;                  /* used of edge[] */
    oracle_place edge[ORACLE_EDGES]; /* ORACLE_NONE: None, or an empty slot */
    void *object;                    /* the heap's object, lent; valid while reachable */
};

struct oracle {
    struct shadow at[ORACLE_PLACES];
    oracle_place root[ORACLE_ROOTS];
    oracle_place free[ORACLE_PLACES], todo[ORACLE_PLACES];
    size_t free_count;
    uint64_t ids;
    uint64_t fault_id; /* the first object found wrong here, 0 for none */
    const char *fault;
};

struct oracle_census {
    uint64_t reachable_tracked, reachable_maybe; /* maybe: tuples that the collector may have untracked */
    uint64_t garbage_tracked, garbage_maybe;
};

void oracle_reset(struct oracle *o);

/* A new object that nothing refers to yet, holding `edges` times None; give it
 * its edges with oracle_set, then a root. ORACLE_NONE when the table is full. */
oracle_place oracle_add(struct oracle *o, enum shape shape, uint32_t edges);
/* Object `from` now holds `to` as its edge i, and lets go what it held. */
void oracle_set(struct oracle *o, oracle_place from, uint32_t i, oracle_place to);
void oracle_append(struct oracle *o, oracle_place from, oracle_place to);
/* Removes edge i of a list; those after it move down. */
void oracle_delete(struct oracle *o, oracle_place from, uint32_t i);
void oracle_clear(struct oracle *o, oracle_place from);
void oracle_set_root(struct oracle *o, size_t root, oracle_place to);

/* For finalizers: notes the call. */
void oracle_finalized(struct oracle *o, uint64_t id);

/* Finds what is reachable, and counts. */
struct oracle_census oracle_mark(struct oracle *o);
/* After a full collection: forgets all that the last oracle_mark did not reach. */
void oracle_sweep(struct oracle *o);

static inline oracle_place place_of_id(uint64_t id)
{
    return (oracle_place)(id % ORACLE_PLACES);
}

#endif
