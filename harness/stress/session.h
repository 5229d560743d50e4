/* session.h - one heap under stress and its oracle: what the parts of stress share.
 *
 * The mutator comes first, so that a finalizer, which is given the mutator,
 * finds the session.
 *
 * Objects  every object carries its id: a list and a tuple as item 0, an
 *          instance in slot 0, bytes in their first eight. Edges follow it.
 */
#ifndef GCSWEEP_STRESS_SESSION_H
#define GCSWEEP_STRESS_SESSION_H

#include "harness/stress/oracle.h"
#include "harness/stress/stress.h"
#include "workloads/mutator.h"
#include "workloads/random.h"

enum { CLASS_PLAIN, CLASS_FINALIZED };
enum { SLOT_EDGES = 3, ID_BYTES = 8 };

struct session {
    struct mutator m;
    struct oracle oracle;
    struct random random;
    struct stress_result *result;
    bool growing; /* this batch lets go of little */
    bool quiet;   /* no collection by itself since the last full one: what a full one finds is exact */
};

extern const struct workload_class session_classes[];

static inline struct session *session_of(struct mutator *m)
{
    return (struct session *)(void *)m;
}

static inline uint64_t session_below(struct session *s, uint64_t n)
{
    return random_next_below(&s->random, n);
}

/* Notes a failure, of which the first counts; returns false. */
bool session_fail(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Changes heap and oracle alike, at random. */
void session_mutate(struct session *s);

/* Compares all that is reachable with the oracle, and asks heap and pools for
 * their own soundness. `exact`: right after a full collection with nothing
 * frozen, when counts and numbers of objects must agree exactly. */
bool session_check(struct session *s, bool exact);

/* After everything was let go and collected: no block may be left. */
bool session_check_empty(struct session *s);

/* A full collection with nothing frozen, all checked; then the oracle forgets
 * what must be gone. */
bool session_collect_all(struct session *s);

#endif
