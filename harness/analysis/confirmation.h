/* confirmation.h - what advice promised, against what was measured when it was tried.
 *
 * Both are ratios to the same reference: promised by the sweep that the advice
 * came from, measured in rounds run for it afterwards (on the real CPython).
 *
 * Ownership  the intervals are copies: nothing is kept of what they came from.
 * Errors     0, or -1 without memory.
 */
#ifndef GCSWEEP_CONFIRMATION_H
#define GCSWEEP_CONFIRMATION_H

#include "harness/analysis/advice.h"

enum confirmed {
    CONFIRMED_UNKNOWN,      /* nothing was measured that has an interval */
    CONFIRMED_NO_PROMISE,   /* the promised interval includes 1 */
    CONFIRMED_HOLDS,        /* the same direction beyond doubt, intervals overlap */
    CONFIRMED_SMALLER,      /* the same direction beyond doubt, but less of it, beyond doubt */
    CONFIRMED_LARGER,       /* ... but more of it */
    CONFIRMED_NOT_RESOLVED, /* the measured interval includes 1 */
    CONFIRMED_REVERSED      /* the other direction beyond doubt */
};

enum confirmed_measure { CONFIRM_THROUGHPUT, CONFIRM_LONGEST, CONFIRM_P99, CONFIRM_RSS, CONFIRM_MEASURES };

struct confirmation_row {
    struct interval promised, measured;
    enum confirmed verdict;
};

struct confirmation {
    struct confirmation_row row[CONFIRM_MEASURES];
    enum confirmed_measure goal;    /* what the advice was chosen for */
    bool holds;                     /* the goal's gain does: CONFIRMED_HOLDS, SMALLER or LARGER */
    uint64_t rounds;                /* measured, in which both settings ran ok everywhere */
    size_t workloads;               /* that both settings have */
    char python[RECORD_TEXT_BYTES]; /* "3.11.2"; empty when unknown or not the real one */
    struct interval
        level[ADVICE_GOALS];     /* measured, of the advised setting: longest pause, peak RSS of the worst workload */
    bool keeps_pause, keeps_rss; /* budgets, by the measured interval's upper end; true where none was given */
    bool promised;               /* a gain in the goal */
    bool stands;                 /* the advice: the budgets are kept, and a gain that was promised holds */
};

enum confirmed confirm_verdict(const struct interval *promised, const struct interval *measured);

/* `measured` is the summary of the confirming store; `is_advised` and
 * `is_reference` tell its configurations. */
struct confirmation_sides {
    bool (*is_side)(const struct configuration *c, const void *setting);
    const void *advised, *reference;
};
int confirm_advice(const struct advice *promised, const struct summary *measured,
                   const struct confirmation_sides *sides, struct confirmation *out);

#endif
