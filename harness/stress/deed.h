/* deed.h - one change of a heap under stress, as data.
 *
 * A session is a list of deeds, drawn from a seed before anything runs. A deed
 * names registers, never addresses, and does nothing where it does not fit (to
 * append to what is no list). So any part of a list is a list again: a failure
 * is shrunk by leaving deeds out, saved as text, and run again.
 *
 * Registers   0 to 63 hold a reference or nothing, as a script's names do.
 *             REGISTER_SELF is the object that is being finalized, in the step
 *             that its finalizer takes.
 * Then        the step that a finalizer, a weak reference's callback or a frame
 *             made by the deed takes later on.
 * Text        one line a deed, its operands in decimal:
 *                 make 5 7 3 130 0 then link 4 64 0 0 0
 * Errors      deed_read is -1 for what is no deed.
 * Threads     none shared.
 */
#ifndef GCSWEEP_STRESS_DEED_H
#define GCSWEEP_STRESS_DEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "workloads/random.h"

enum { REGISTERS = 64, REGISTER_SELF = REGISTERS };

enum deed_kind {
#define DEED(constant, name, weight, in_hooks) DEED_##constant,
#include "harness/stress/deeds.def"
#undef DEED
    DEED_KINDS,
};

/* What a, b, c, d and e are is each kind's own: see deeds.def. */
struct step {
    uint8_t kind, a, b, c, d, e;
};

struct deed {
    struct step now, then;
};

/* "make"; never NULL. */
const char *deed_name(enum deed_kind kind);
/* How the collector of a session is treated: which deeds are likely. */
enum deed_mood { MOOD_GROWING, MOOD_EVEN, MOOD_SHRINKING, DEED_MOODS };
struct deed deed_draw(struct random *random, enum deed_mood mood);

/* A line and its line feed. */
void deed_write(FILE *out, const struct deed *deed);
int deed_read(const char *line, struct deed *deed);

#endif
