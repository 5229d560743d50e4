/* summary.h - a sweep's runs as configurations, compared with their baseline.
 *
 * Configuration  one combination of all dimensions, over its runs that ended
 *                ok. The A/A twin's runs are kept apart (noise.h).
 * Subject        the configurations that may be compared with each other: one
 *                workload with its parameters, scale and seed, on one runtime.
 * Baseline       the subject's configuration of defaults (pymalloc, 700,10,10,
 *                cpython-3.11, plain), else its first with an ok run. Ratios
 *                are to the baseline, paired by round; a failed run voids its
 *                pair only.
 * Counts         a configuration counts when it has ok runs and their checksum
 *                is the one that most runs of that workload, on all runtimes,
 *                have. What does not count has no ratio and is on no front.
 *
 * Ownership  summary_free releases all; the result set must outlive the
 *            summary, which points into it.
 * Errors     summarise: 0, or -1 without memory.
 */
#ifndef GCSWEEP_SUMMARY_H
#define GCSWEEP_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/channel.h"
#include "harness/analysis/lbo.h"
#include "harness/analysis/measures.h"
#include "harness/analysis/noise.h"
#include "harness/analysis/statistics.h"
#include "harness/store/store.h"

/* How runs that are not ok ended; the order of failure_names. */
enum failure { FAILURE_CRASHED, FAILURE_TIMEOUT, FAILURE_OUT_OF_MEMORY, FAILURE_FAILED, FAILURES };
extern const char *const failure_names[FAILURES];

struct configuration {
    const struct run_record *dimensions;  /* any of its runs: workload, allocator, tuning, ... are its own */
    const struct run_record *const *runs; /* by round, twin excluded, failed ones included */
    size_t run_count;
    const struct run_record *const *twins; /* the same for the A/A twin */
    size_t twin_count;

    size_t ok, failed;
    size_t failures[FAILURES];
    struct spread measure[MEASURES];
    struct interval ratio[MEASURES]; /* to the baseline; NaN where a value is 0 or unknown */
    struct lbo lbo[LBO_COSTS];
    struct noise_channel channel; /* of its runs */
    bool p99_is_max;              /* fewer than MEASURE_P99_LEAST pauses in the median run */
    bool checksum_differs;
    bool counts;
    bool on_front;       /* front.h: of longest pause, peak RSS and throughput */
    bool on_plane_front; /* of the medians of longest pause and peak RSS alone: a line that can be drawn */
};

struct subject {
    char label[RECORD_TEXT_BYTES]; /* "gcbench scale=0.25 seed=1": workload, parameters, scale, seed */
    const char *workload, *runtime;
    size_t first, count; /* configurations */
    size_t baseline;     /* a configuration */
    bool checksums_agree;
    bool has_checksum;
    uint64_t checksum; /* the one that counts */
    struct noise noise;
    double least_distilled_ns[LBO_COSTS]; /* what lower bound overheads are overheads over; NaN without runs */
};

struct summary {
    const struct result_set *results;
    struct configuration *configurations;
    size_t configuration_count;
    struct subject *subjects;
    size_t subject_count;
    const struct run_record **runs; /* what the configurations point to */
    size_t ok, failed;              /* runs, twins included */
    uint64_t rounds;                /* begun */
    struct noise_channel channel;   /* of all runs */
    bool collectors_vary, refcounts_vary;
};

int summarise(const struct result_set *results, struct summary *out);
/* Without what a report and a reproduction show, which takes as long again in a sweep of thousands of configurations:
 * no ratio, lbo, on_front, on_plane_front and least_distilled_ns. For those that compare settings by themselves. */
int summarise_uncompared(const struct result_set *results, struct summary *out);
void summary_free(struct summary *summary);

/* log(measure of c / measure of base) for each round in which both ran ok and
 * have a value above 0. Both arrays hold c->run_count items; the number of
 * pairs. */
size_t paired_log_ratios(const struct configuration *c, const struct configuration *base, enum measure measure,
                         uint64_t *rounds, double *log_ratios);

/* "default" when the subject's baseline is CPython's own setting, "baseline" when the sweep has another in its place.
 */
const char *baseline_word(const struct summary *summary, const struct subject *subject);
/* "jemalloc 10000,20,50", with collector and refcount where they vary. */
void configuration_label(const struct summary *summary, const struct configuration *c, char *text, size_t size);

#endif
