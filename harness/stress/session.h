/* session.h - one heap under stress and its oracle: what the parts of stress share.
 *
 * The mutator comes first, so that a finalizer, which is given the mutator,
 * finds the session.
 *
 * Objects  every object but a weak reference and an interned string carries its
 *          id: a list, a tuple and a set as an element, a function in its first
 *          cell, an instance in slot 0 or under the key "id", as a dict does, atoms as their content. Edges follow it:
 *          edge i of a dict or an instance with attributes is the key "ki".
 */
#ifndef GCSWEEP_STRESS_SESSION_H
#define GCSWEEP_STRESS_SESSION_H

#include "harness/stress/oracle.h"
#include "harness/stress/program.h"
#include "workloads/mutator.h"

/* Rows of session_classes: each kind without finalizer, then with. */
enum {
    CLASS_SLOTS_FEW,
    CLASS_SLOTS_MANY = CLASS_SLOTS_FEW + 2,
    CLASS_OBJECT = CLASS_SLOTS_MANY + 2,
    OBJECT_CLASSES = 8,
    CLASSES = CLASS_OBJECT + 2 * OBJECT_CLASSES,
};

enum { SLOTS_FEW = 3, SLOTS_MANY = 9, SESSION_KEYS = ORACLE_EDGES + 1, KEY_ID = ORACLE_EDGES, TEXT_MOST = 80 };

enum { TALLY_UNMAPPED = 32 };

/* What was taken from malloc and the OS, less what was given back. */
struct tally {
    int64_t blocks, arenas;
    void *unmapped[TALLY_UNMAPPED]; /* arenas given back lately; NULL: none, or mapped again since */
    unsigned next;
};

struct session {
    struct mutator m;
    struct oracle oracle;
    const struct heap_settings *settings;
    struct program_result *result;
    value *root; /* REGISTERS of them */
    value *key;  /* SESSION_KEYS of them */
    struct tally tally;
    struct memory_observer observer;
    int64_t observed_blocks;
    unsigned depth;               /* finalizers and callbacks under way */
    oracle_place self;            /* being finalized, or ORACLE_NONE */
    bool calm;                    /* finalizers and callbacks only take note */
    bool saving;                  /* gc.DEBUG_SAVEALL */
    uint64_t collections_checked; /* as of the last full check */
    program_hook *before_check;
    void *context;
};

extern const struct workload_class session_classes[];

static inline struct session *session_of(struct mutator *m)
{
    return (struct session *)(void *)m;
}

static inline struct shadow *session_shadow(struct session *s, oracle_place place)
{
    return &s->oracle.at[place];
}

/* Notes a failure, of which the first counts; returns false. */
bool session_fail(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- What a step asks for, whatever the heap is like (choices.c) ---- */

/* Of DEED_MAKE: the new object's shape, and for that shape how many registers
 * it is to hold at most, the edges that it has (empty ones included) where it
 * holds n, its row of session_classes, and its size. */
enum shape step_shape(const struct step *step);
uint32_t step_most_edges(enum shape shape, const struct step *step);
uint32_t step_room(enum shape shape, uint32_t n, const struct step *step);
uint32_t step_class(enum shape shape, const struct step *step);
uint32_t step_size(enum shape shape, const struct step *step);
/* The DEED_MAKE that makes link i of a DEED_CHAIN. */
struct step step_link_of_chain(const struct step *chain, unsigned i);
/* The edge that c names, of an object whose edges can change; ORACLE_EDGES for
 * none. A list's may be one past its last. */
uint32_t step_edge(enum shape shape, uint32_t edges, uint8_t c);

/* ---- Deeds (perform.c, objects.c) ---- */

/* Takes the step in heap and oracle alike; `then` is what it leaves to be done. */
void session_step(struct session *s, const struct step *step, const struct step *then);
/* What a register holds; ORACLE_NONE for nothing. */
oracle_place session_register(const struct session *s, uint8_t number);
/* Puts the object in a frame slot, its reference taken over, into a register. */
void session_store(struct session *s, uint8_t number, value *slot, oracle_place place);
/* A frame of n slots in heap and oracle; session_leave ends it. */
struct frame {
    value *slot;
    size_t held_count;
};
struct frame session_enter(struct session *s, size_t n);
void session_leave(struct session *s, const struct frame *f);
/* Slot i, and the oracle's frame, hold the object; nothing for ORACLE_NONE. */
void session_hold(struct session *s, const struct frame *f, size_t i, oracle_place place);
/* A new object in register `number`, of a shape below SHAPES. */
void session_make(struct session *s, const struct step *step, const struct step *then);
void session_chain(struct session *s, const struct step *step);

/* ---- Finalizers and callbacks (hooks.c) ---- */

void session_on_weakref(struct mutator *m, value ref);

/* ---- What objects hold (contents.c) ---- */

/* Content of an atom of that id, and the sizes of those in SHAPE_BULK. */
size_t content_text(uint64_t id, uint32_t size, char text[TEXT_MOST]);
void content_bytes(uint64_t id, char *bytes, size_t size);
size_t content_bulk_size(uint64_t id, uint32_t i);
size_t content_name(uint32_t name, char text[TEXT_MOST]);
/* 0 when it holds none, or something else. */
uint64_t content_id(struct session *s, const struct shadow *at);
/* Whether its content, edges left aside, is what it was made with. */
bool content_is_whole(struct session *s, const struct shadow *at);
/* What the heap's object holds as its edge i; NULL for None and empty. */
value content_edge(struct session *s, const struct shadow *at, uint32_t i);

/* ---- Checks (check.c, check_collection.c) ---- */

/* Compares all that is reachable with the oracle, and asks heap and pools for
 * their own soundness. `exact`: right after a full collection with nothing
 * frozen, when counts and numbers of objects must agree exactly. */
bool session_check(struct session *s, bool exact);
/* A full collection with nothing frozen, all checked; then the oracle forgets
 * what must be gone. `lively`: one more before it, in which finalizers act. */
bool session_check_all(struct session *s, bool lively);
/* A collection in which finalizers and callbacks only take note: counters, and
 * where the survivors are. */
void session_collect_checked(struct session *s, int generation);
/* After everything was let go and collected: no block may be left. */
bool session_check_empty(struct session *s);

#endif
