/* progress.h - what a sweep is doing: one line that is drawn over itself.
 *
 * Only on a terminal: in a file or a pipe nothing is drawn. The line goes to
 * standard error.
 *
 *     [=======>            ] 212/750  round 2 of 6  3m40s left  chain jemalloc 700,10,10
 *
 * With a precision the rounds are those that it is estimated to take, and so is
 * the time left: width falls with the root of the rounds (precision.h).
 *
 *     [=======>            ] 212/750  round 12 of about 40  +-3.9% (2% wanted)  3m40s left  ...
 */
#ifndef GCSWEEP_PROGRESS_H
#define GCSWEEP_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/sweep/plan.h"

enum { PROGRESS_LINE_BYTES = 512 };

struct progress {
    bool drawn_at_all;  /* standard error is a terminal */
    size_t total, done; /* runs of this sweep, those of an earlier one included */
    size_t timed;       /* of `done`, those that were run now */
    unsigned rounds;
    uint64_t start_ns;
    uint64_t deadline_ns; /* 0 for none */
    /* Shares: what is wanted, 0 for none; what there is, NaN or 0 while unknown. */
    double precision, half_width;
};

void progress_start(struct progress *p, size_t total, unsigned rounds, uint64_t deadline_ns);
/* Before a run. */
void progress_show(const struct progress *p, const struct plan_configuration *c, unsigned round);
/* After a run; `ran` is false when it was in the store already. */
void progress_step(struct progress *p, bool ran);
/* Takes the line away, so that other text can follow. */
void progress_clear(const struct progress *p);

/* The time that is left, ns: the mean of the timed runs for each that is to
 * come, the budget at most. */
uint64_t progress_time_left(const struct progress *p, uint64_t now_ns);
/* The line itself, at most `width` columns. */
void progress_line(const struct progress *p, const struct plan_configuration *c, unsigned round, uint64_t now_ns,
                   size_t width, char line[PROGRESS_LINE_BYTES]);

#endif
