/* noise.h - the A/A twin: what this machine calls a difference when there is none.
 *
 * One configuration of each workload runs twice a round under two names. The
 * ratio of twin to original is the workload's noise floor; when its wall time's
 * interval excludes 1, something but the setting moves the figures, and they
 * are not to be trusted. By chance that happens to 3 to 5 workloads of 100.
 */
#ifndef GCSWEEP_NOISE_H
#define GCSWEEP_NOISE_H

#include <stdbool.h>

#include "harness/analysis/statistics.h"
#include "harness/record/record.h"

enum noise_verdict {
    NOISE_UNKNOWN, /* no twin, or too few pairs for an interval */
    NOISE_FLOOR,   /* the interval includes 1: its width is the floor */
    NOISE_INVALID  /* it does not: the figures are marked */
};

struct configuration;

struct noise {
    const struct run_record *twin; /* a run of the configuration that ran twice; NULL for none */
    struct interval wall, p99, longest, rss;
    enum noise_verdict verdict;
    double floor; /* the interval's end farther from 1, less 1: 0.013 is 1.3 %; NaN when unknown */
};

/* Of a workload without twins. */
struct noise noise_unknown(void);
/* Of the configuration that has twins; zero pairs when it has none. 0, or -1 without memory. */
int noise_of(const struct configuration *c, struct noise *out);

#endif
