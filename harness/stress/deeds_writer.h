/* deeds_writer.h - a heap script that is being written from deeds: what its parts share.
 *
 * Invariants  a name is bound in the script exactly where `bound` says so; a
 *             register that the graph knows an object in is bound to it. A
 *             haunted one may be bound anew by a finalizer at any time: it stays
 *             bound, to the unknown.
 */
#ifndef GCSWEEP_STRESS_DEEDS_WRITER_H
#define GCSWEEP_STRESS_DEEDS_WRITER_H

#include "harness/stress/deeds_graph.h"
#include "harness/stress/session.h"

struct deeds_writer {
    FILE *out;
    struct graph graph;
    bool bound[REGISTERS], haunted[REGISTERS];
    uint64_t made;    /* objects: their ids */
    unsigned labels;  /* of finalizers and callbacks */
    unsigned indent;  /* of blocks, in steps of two */
    bool part_unsaid; /* of the deed that is being written */
    bool saved;       /* something may be in gc.garbage */
};

/* A statement and its line feed. */
__attribute__((format(printf, 2, 3))) void deeds_say(struct deeds_writer *w, const char *format, ...);
/* A comment that starts with "not said: "; the deed counts as not wholly said. */
void deeds_miss(struct deeds_writer *w, const char *what);

/* What a register holds: GRAPH_NONE, GRAPH_UNKNOWN or an object. */
int deeds_held(const struct deeds_writer *w, uint8_t number);
/* The statement just written bound register `number` to it. */
void deeds_bind(struct deeds_writer *w, uint8_t number, int object);
/* A finalizer may bind register `number` from now on. */
void deeds_haunt(struct deeds_writer *w, uint8_t number);

/* DEED_MAKE and DEED_CHAIN (deeds_make.c). */
void deeds_make(struct deeds_writer *w, const struct step *step, const struct step *then);
void deeds_chain(struct deeds_writer *w, const struct step *step);
/* The finalizer that an object, which `name` holds, gets. */
void deeds_finalizer(struct deeds_writer *w, const char *name, const struct step *then);

#endif
