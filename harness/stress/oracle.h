/* oracle.h - what the heap must hold, kept by the stress program in its own memory.
 *
 * A shadow of the object graph: which objects there are, what each holds, what
 * registers and frames hold. It knows nothing of the heap's code, so that an
 * error there cannot hide here.
 *
 * What it knows  An object whose last reference goes is freed at once, with
 *         all that dies with it. An object that is unreachable, but still held
 *         by garbage, may be freed already (a young collection found it) or
 *         not. So a reachable object's true count lies between the references
 *         from what is reachable and those from all that may still exist;
 *         after a full collection both are equal.
 * Order   Of what a deed lets go, the oracle is told before the heap lets go,
 *         but takes the count down only when the deed is done (oracle_settle):
 *         finalizers and callbacks that run in between, and change the graph
 *         themselves, find heap and oracle with the same edges, and what is
 *         dying still here.
 * Excused what a finalizer's own hands brought back, and all that it led to:
 *         unreachable before. It may have been finalized, and weak references
 *         to it may be dead although it lives.
 * Places  an object is named by its place in the table; a place is used again
 *         once its object is known to be freed. Its id is never used again.
 * Threads none.
 */
#ifndef GCSWEEP_ORACLE_H
#define GCSWEEP_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stress/deed.h"

enum {
    ORACLE_PLACES = 2048,
    ORACLE_EDGES = 12,
    ORACLE_HELD = 1024, /* by frames, all together */
    ORACLE_NAMES = 32,  /* of interned strings */
    ORACLE_ADDRESSES = 1 << 13,
    ORACLE_NONE = 0xffff,
};

typedef uint16_t oracle_place;

enum shape {
    SHAPE_LIST,
    SHAPE_DICT,
    SHAPE_OBJECT, /* instance with attributes */
    SHAPE_SLOTS,
    SHAPE_TUPLE,
    SHAPE_SET,
    SHAPE_FUNCTION,
    SHAPE_BULK, /* list of bytes that have no shadows */
    SHAPE_BYTES,
    SHAPE_TEXT,
    SHAPE_FLOAT,
    SHAPES, /* the rest is not made by DEED_MAKE */
    SHAPE_WEAKREF = SHAPES,
    SHAPE_INTERNED,
};

struct shadow {
    uint64_t id; /* 0: this place is free; place_of_id gives the place back */
    enum shape shape;
    uint32_t class, size, name;      /* of an instance; of atoms and bulk; of an interned string */
    bool finalizes;                  /* has a finalizer */
    bool keeps_tracked;              /* what holds it is tracked, too: all but atoms and tuples of atoms */
    bool reachable;                  /* as of the last oracle_mark */
    uint32_t excused;                /* 0: no; else when */
    bool lost;                       /* its block was given out again */
    uint16_t busy;                   /* edge i is being changed: bit i */
    uint32_t finalized;              /* calls of its finalizer, since it was armed last */
    uint32_t references;             /* from registers, frames and all objects that may still exist */
    uint32_t references_reachable;   /* as of the last oracle_mark: from registers, frames and reachable objects */
    uint32_t letting_go;             /* of `references`, gone once settled */
    uint32_t edges;                  /* used of edge[] */
    oracle_place edge[ORACLE_EDGES]; /* ORACLE_NONE: None, or an empty slot */
    struct step then;                /* of its finalizer or callback */
    void *object;                    /* the heap's object, lent; valid while reachable */
    /* Weak references: a list from each referent. */
    oracle_place first_weakref, next_weakref;
    oracle_place referent; /* of a weak reference; ORACLE_NONE: freed, or cleared for certain */
    bool calls_back, called_back;
    bool owes_callback; /* its referent was freed before it was called back */
};

enum { ORACLE_BUSY = 0xffff };

struct oracle {
    struct shadow at[ORACLE_PLACES];
    oracle_place root[REGISTERS], held[ORACLE_HELD];
    oracle_place free[ORACLE_PLACES], todo[ORACLE_PLACES];
    oracle_place settling[ORACLE_PLACES];
    oracle_place by_address[ORACLE_ADDRESSES];
    size_t held_count, free_count, settling_count, addresses;
    uint64_t ids;
    uint32_t excuses;
    uint64_t fault_id; /* the first object found wrong here, 0 for none */
    const char *fault;
};

struct oracle_census {
    uint64_t reachable_tracked, reachable_maybe; /* maybe: what the collector may have untracked */
    uint64_t garbage_tracked, garbage_maybe;
};

void oracle_reset(struct oracle *o);

/* ---- The graph ---- */

/* A new object that nothing refers to yet, holding `edges` times None; give it
 * its edges with oracle_set, its object, then a register. ORACLE_NONE when the table is full. */
oracle_place oracle_add(struct oracle *o, enum shape shape, uint32_t edges);
/* The heap made it at this address: whatever else was there is gone. */
void oracle_set_object(struct oracle *o, oracle_place place, void *object);
/* ORACLE_NONE when no object is known there. */
oracle_place oracle_find(const struct oracle *o, const void *object);
/* Object `from` now holds `to` as its edge i, and lets go what it held. */
void oracle_set(struct oracle *o, oracle_place from, uint32_t i, oracle_place to);
void oracle_append(struct oracle *o, oracle_place from, oracle_place to);
/* Removes edge i of a list; those after it move down. */
void oracle_delete(struct oracle *o, oracle_place from, uint32_t i);
void oracle_clear(struct oracle *o, oracle_place from);
void oracle_set_root(struct oracle *o, size_t root, oracle_place to);
/* A frame holds it, too, until oracle_leave to a height read before. */
void oracle_hold(struct oracle *o, oracle_place place);
void oracle_leave(struct oracle *o, size_t held_count);
/* Takes down the counts of what was let go, and forgets what is freed. When nothing is under way in the heap. */
void oracle_settle(struct oracle *o);

/* ---- Weak references and finalizers ---- */

void oracle_set_referent(struct oracle *o, oracle_place weakref, oracle_place referent);
/* It is cleared for certain. */
void oracle_forget_referent(struct oracle *o, oracle_place weakref);
/* A finalizer was called for that id: its place, or ORACLE_NONE and a fault. */
oracle_place oracle_finalized(struct oracle *o, uint64_t id);
/* Excuses it and all that it leads to, as far as the last oracle_mark did not reach it. */
void oracle_excuse(struct oracle *o, oracle_place place);
/* Whether it can be an element of a set, compared by its identity or by what no other holds. */
bool oracle_can_hash(const struct oracle *o, oracle_place place);
/* Notes what is wrong with an object, of which the first counts. */
void oracle_note_fault(struct oracle *o, uint64_t id, const char *fault);

/* ---- Reachability ---- */

void oracle_mark(struct oracle *o);
/* As of the last oracle_mark. */
struct oracle_census oracle_count(const struct oracle *o);
/* After a full collection: forgets all that the last oracle_mark did not reach. */
void oracle_sweep(struct oracle *o);

static inline oracle_place place_of_id(uint64_t id)
{
    return (oracle_place)(id % ORACLE_PLACES);
}

#endif
