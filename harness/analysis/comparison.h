/* comparison.h - two sets of runs, configuration by configuration: what changed, and how sure that is.
 *
 * Row      a configuration of A and its partner in B (matching.h): for each
 *          compared measure the ratio B / A with its interval, p, and verdict
 *          against a margin.
 * Paired   both sides from one results folder: by round, Hodges-Lehmann and
 *          the signed-rank test. Two folders share no rounds: all runs of one
 *          against all of the other, Mann and Whitney's test; a machine that
 *          changed between the two looks like a difference then.
 * Holm     p values are adjusted within each measure over all rows. A verdict
 *          of less or more `holds` when its adjusted p is below 0.05; of those
 *          that do not, chance alone gives up to 5 of 100.
 * Refused  a row without an ok run on a side, or whose runs did not do the
 *          same work (checksums differ), has no ratios and is not tested.
 *
 * Ownership  comparison_free; both summaries must outlive the comparison.
 * Errors     compare_summaries: 0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_COMPARISON_H
#define GCSWEEP_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/measures.h"
#include "harness/analysis/statistics.h"
#include "harness/analysis/summary.h"

/* All of them better when less. */
enum { COMPARED = 5 };
struct compared_measure {
    enum measure measure;
    const char *word;  /* "p99": as options name it */
    const char *label; /* "pause p99" */
};
extern const struct compared_measure compared_measures[COMPARED];

struct comparison_side {
    const struct summary *summary;
    const char *words; /* matching.h; NULL for all */
};

/* One configuration's runs on one side. */
struct compared_runs {
    const struct configuration *configuration;
    bool twin; /* its twins' runs, not its own */
    const struct run_record *const *runs;
    size_t run_count, ok, failed;
    struct spread measure[COMPARED];
};

struct compared_ratio {
    struct interval ratio; /* B / A; NaN where a value is 0 or unknown on a side */
    double p, p_holm;      /* NaN where not tested */
    double least_p;        /* the least p that so many runs can give */
    enum verdict verdict;
    bool holds;
};

enum refusal { REFUSED_NOT, REFUSED_NO_OK_RUN, REFUSED_CHECKSUM };

struct comparison_row {
    struct compared_runs a, b;
    enum refusal refusal;
    struct compared_ratio measure[COMPARED];
};

/* What is wrong with B where A was right, whatever the times. */
enum broken {
    BROKEN_NOT,
    BROKEN_NO_OK_RUN, /* A has one */
    BROKEN_RUNS,      /* some failed, and none of A's; or so many more than of A's that no interval is left */
    BROKEN_CHECKSUM   /* not the same work */
};

struct comparison {
    struct comparison_side a, b;
    bool paired;
    double margin;
    struct comparison_row *rows; /* in A's order; at least one */
    size_t row_count;
    struct compared_runs *missing;           /* A's configurations that B does not have: only_a */
    size_t only_a, only_b;                   /* configurations without a partner */
    size_t refused;                          /* rows */
    size_t tested[COMPARED];                 /* rows */
    struct compared_ratio overall[COMPARED]; /* overall.h: the geometric mean; p_holm is p */
    size_t overall_rows[COMPARED];
};

/* `margin` 0.01 is 1 %. */
int compare_summaries(const struct comparison_side *a, const struct comparison_side *b, double margin,
                      struct comparison *out, char *error, size_t error_size);
void comparison_free(struct comparison *c);

/* For a check in a build: whether B is worse by more than `limit` (0.05 is 5 %), the whole interval beyond it and the
 * adjusted p below 0.05. */
bool comparison_fails(const struct compared_ratio *r, double limit);
/* Whether any row has runs enough for an adjusted p below 0.05. Where none has, comparison_fails can never be true. */
bool comparison_can_fail(const struct comparison *c, size_t measure);
/* Of a row whose A has no ok run nothing can be said: BROKEN_NOT. */
enum broken comparison_broken(const struct comparison_row *row);
/* What the A/A twins of the workload say, of one side; NULL for none. */
const struct noise *comparison_noise(const struct summary *s, const struct compared_runs *runs);
/* How many rows have that verdict. */
size_t comparison_count(const struct comparison *c, size_t measure, enum verdict verdict);

/* What a row compares: "pymalloc 700,10,10", or both sides' settings where they differ, "A -> B". */
void comparison_label(const struct comparison *c, const struct comparison_row *row, char *text, size_t size);
/* The settings of one side's runs: "pymalloc 700,10,10". */
void comparison_setting(const struct comparison *c, const struct compared_runs *runs, char *text, size_t size);
/* The workload, its parameters, scale, seed and runtime, of one side. */
void comparison_subject(const struct summary *s, const struct compared_runs *runs, char *text, size_t size);

#endif
