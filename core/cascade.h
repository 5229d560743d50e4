/* cascade.h - frees by counts alone that come in one go, and how long the long ones take.
 *
 * Dropping the last reference to a list of ten million stops the program longer
 * than any collection. A cascade is all that is released from the outermost
 * release of a container, or the clearing of a list, to its end. When it has
 * released CASCADE_LEAST objects or more it is a pause of the kind
 * PAUSE_CASCADE, given to the collector's pause hook.
 *
 * Cost       one countdown for each object released. The clock
 *            is read when the CASCADE_LOOK-th object goes, so that short
 *            cascades pay nothing for it; the pause lacks what came before, a
 *            microsecond or so.
 * Worked example  a list of 1,500 floats is dropped: 1,501 objects, a pause from
 *            the 64th release on. A list of 900: none.
 * Collections  what a collection releases is no cascade. A collection in the
 *            middle of a cascade (a finalizer allocates) cuts it in two pieces,
 *            each a pause when it is long enough: pauses do not overlap.
 * Threads    none.
 */
#ifndef GCSWEEP_CASCADE_H
#define GCSWEEP_CASCADE_H

#include <stdint.h>

struct heap;

enum { CASCADE_LOOK = 64, CASCADE_LEAST = 1000, PAUSE_CASCADE = 3 };

struct cascade {
    uint64_t left;     /* objects to be released until the clock is read; never 0 outside of cascade_count */
    uint64_t until;    /* objects released, since heap_open, once left has run out */
    uint64_t first;    /* released when this cascade began */
    uint64_t start_ns; /* 0: the clock was not read */
    unsigned depth;    /* cascade_begin without its cascade_end; a collection counts as one */
};

/* It is the heap's first member: what is inline cannot see the heap. */
static inline struct cascade *cascade_of(struct heap *h)
{
    return (struct cascade *)(void *)h;
}

/* Nothing released, nothing going on. */
void cascade_open(struct cascade *c);
void cascade_look(struct heap *h);
void cascade_finish(struct heap *h);

/* Objects whose count has become 0, since heap_open. */
static inline uint64_t cascade_released(const struct cascade *c)
{
    return c->until - c->left;
}

/* The clock is to be read when `n` more objects, 1 at least, have gone. */
static inline void cascade_arm(struct cascade *c, uint64_t n)
{
    c->until += n - c->left;
    c->left = n;
}

/* An object's count has become 0. */
static inline void cascade_count(struct heap *h)
{
    if (__builtin_expect(--cascade_of(h)->left == 0, 0))
        cascade_look(h);
}

/* `counted`: of the objects counted last, those that belong to it. */
static inline void cascade_begin(struct heap *h, unsigned counted)
{
    struct cascade *c = cascade_of(h);
    if (c->depth++ == 0) {
        c->first = cascade_released(c) - counted;
        cascade_arm(c, CASCADE_LOOK - counted);
    }
}

static inline void cascade_end(struct heap *h)
{
    struct cascade *c = cascade_of(h);
    if (--c->depth == 0 && __builtin_expect(c->start_ns != 0, 0))
        cascade_finish(h);
}

/* A collection begins (now_ns; 0 when nobody wants to know): what was going on
 * is handed out. */
struct cascade cascade_hold(struct heap *h, uint64_t now_ns);
/* It has ended: what was held goes on. */
void cascade_go_on(struct heap *h, const struct cascade *held, uint64_t now_ns);

#endif
