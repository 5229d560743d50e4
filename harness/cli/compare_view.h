/* compare_view.h - a comparison as its readers want it: one file a format.
 *
 * A format is a function; nothing that it is given is escaped. What none of
 * them may say in words of its own, they share here.
 */
#ifndef GCSWEEP_COMPARE_VIEW_H
#define GCSWEEP_COMPARE_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/analysis/comparison.h"
#include "harness/analysis/machine_difference.h"
#include "harness/analysis/reproduction.h"

struct compare_view {
    const struct comparison *comparison;
    const struct reproduction *reproduction; /* NULL where it says nothing: configurations were named, or one folder */
    const struct machine_difference *machine;
    size_t machine_count;
    double fail_over;    /* NaN when it was not asked */
    bool gate[COMPARED]; /* the measures that it is about */
    bool coloured;
};

struct compare_format {
    const char *name;
    int (*write)(const struct compare_view *v, FILE *f); /* 0, or -1 without memory */
};
extern const struct compare_format compare_formats[];
extern const size_t compare_format_count;

int write_compare_human(const struct compare_view *v, FILE *f);
int write_compare_json(const struct compare_view *v, FILE *f);
int write_compare_markdown(const struct compare_view *v, FILE *f);
int write_compare_csv(const struct compare_view *v, FILE *f);

enum {
    COMPARE_LABEL_BYTES = 12 * RECORD_TEXT_BYTES,
    COMPARE_NAME_BYTES = COMPARE_LABEL_BYTES + 4 * RECORD_TEXT_BYTES,
    COMPARE_LINE_BYTES = 2 * COMPARE_NAME_BYTES
};

/* One sentence each: machines that differ, an A/A twin that is off, failed runs, configurations without partner, too
 * few rounds. */
typedef void compare_warning(void *context, const char *text);
void each_compare_warning(const struct compare_view *v, compare_warning *say, void *context);
/* Of those, the A/A twins that are off. */
void each_noise_warning(const struct compare_view *v, compare_warning *say, void *context);
/* How the ratios came about and how to read them: three sentences. */
void compare_method(const struct compare_view *v, char *text, size_t size);
/* "A 0.8 %, B INVALID (1.02x [1.01, 1.03])": what both sweeps call a difference where there is none. */
void compare_noise(const struct compare_view *v, const struct comparison_row *row, char *text, size_t size);
/* "no ok run", "checksums differ: not the same work"; NULL for a row that is compared. */
const char *compare_refusal(const struct comparison_row *row);
/* "no run of B is ok"; NULL for BROKEN_NOT. */
const char *compare_broken(enum broken broken);
/* Whether an A/A twin of the row's workload is off, on either side: its times decide nothing. */
bool compare_is_invalid(const struct compare_view *v, const struct comparison_row *row);
/* "faster", "slower?": with a question mark where it does not hold. */
void compare_verdict(const struct compared_ratio *r, size_t measure, char *text, size_t size);
/* "wall: 1 slower, 20 equivalent, 3 not resolved of 24" */
void compare_totals(const struct compare_view *v, size_t measure, char *text, size_t size);
/* "SUBJECT, LABEL" of one row. */
void compare_row_name(const struct compare_view *v, const struct comparison_row *row, char name[COMPARE_NAME_BYTES]);
/* The same of what B does not have. */
void compare_missing_name(const struct compare_view *v, const struct compared_runs *missing,
                          char name[COMPARE_NAME_BYTES]);
/* --fail-over, each finding in a line on standard error (compare_gate.c): CLI_DONE, CLI_FAILED, or CLI_UNUSABLE where
 * it cannot decide. */
int compare_gate(const struct compare_view *v);
/* Each contradiction and each difference in counts in a sentence, after the totals. */
void each_reproduction_line(const struct compare_view *v, compare_warning *say, void *context);

#endif
