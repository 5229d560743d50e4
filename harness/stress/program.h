/* program.h - a session as data: the heap's settings and a list of deeds.
 *
 *     struct program p;
 *     if (program_draw(&p, seed, number, NULL) == 0) {
 *         struct program_result r = {0};
 *         if (program_run(&p, &r) != 0)
 *             puts(r.failure);
 *         program_free(&p);
 *     }
 *
 * Determinism  a session is drawn from the seed and its number alone. It takes
 *              the same course each time, but for what hangs on addresses (in
 *              which order a set lets go of its elements).
 * Ownership    the deeds are the program's, until program_free.
 * Errors       program_draw, program_read: -1 without memory, or for a text
 *              that is no program.
 * Threads      none shared: each thread runs its own programs.
 */
#ifndef GCSWEEP_STRESS_PROGRAM_H
#define GCSWEEP_STRESS_PROGRAM_H

#include <stdio.h>

#include "harness/stress/deed.h"

struct mutator;

struct heap_settings {
    uint32_t arena_bytes, pool_bytes; /* 0: no pools */
    unsigned collector;               /* row of collectors.def */
    unsigned free_lists;              /* most dead lists kept; 0: as CPython */
    bool debug;                       /* a collection at each allocation, freed blocks poisoned */
    bool observed;                    /* each block that comes and goes is counted */
};

struct program {
    struct heap_settings settings;
    struct deed *deed;
    size_t count;
};

enum { PROGRAM_FAILURE_BYTES = 256 };

/* Also read by others while a program runs: see stress.h. */
struct program_result {
    uint64_t mutations;   /* changes made, those by finalizers and callbacks included */
    uint64_t objects;     /* made */
    uint64_t hooks;       /* finalizers and callbacks called */
    uint64_t collections; /* of any generation */
    uint64_t checks, full_checks;
    uint64_t deed;                       /* under way, or at fault */
    char failure[PROGRAM_FAILURE_BYTES]; /* "": none */
};

/* Called before each comparison of heap and oracle: tests break the heap here. */
typedef void program_hook(void *context, struct mutator *m, uint64_t deed);

/* What heaps a session may have. */
struct heap_choice {
    bool chosen;                      /* else: pools of all kinds, and none */
    uint32_t arena_bytes, pool_bytes; /* 0: no pools */
};

/* Session `number` of a seed. */
int program_draw(struct program *p, uint64_t seed, uint64_t number, const struct heap_choice *heaps);
void program_free(struct program *p);

/* Runs it in a heap of its own: 0, or -1 with result->failure. Adds to the
 * result's numbers. */
int program_run(const struct program *p, struct program_result *result);
int program_run_hooked(const struct program *p, struct program_result *result, program_hook *before_check,
                       void *context);

/* A text that starts with the settings, then a deed a line. */
void program_write(FILE *out, const struct program *p);
int program_read(FILE *in, struct program *p);

#endif
