/* words.h - what a sweep asked and what speaks against its figures, in words. */
#ifndef GCSWEEP_WORDS_H
#define GCSWEEP_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/analysis/summary.h"

/* What was asked: workloads, dimensions, rounds, runs. To be escaped. */
void write_question(const struct summary *s, FILE *f);

/* Calls `say` with each warning, one sentence: checksums that differ, an A/A
 * twin that is off, pauses below the noise channel, failed runs, a sweep that has not ended, a baseline that is not
 * the default, a machine that is no quiet host. -1 without memory: then there may be more. */
typedef void warning_sink(void *context, const char *text);
int each_warning(const struct summary *s, warning_sink *say, void *context);
/* One line on each workload's A/A twin. */
void write_noise(const struct subject *subject, char *text, size_t size);
/* "to 1.9 % either side, wall of CONFIGURATION" of a sweep with a precision; "" of others. */
void write_precision(const struct result_set *results, char *text, size_t size);
/* What the noise channel says; false where no run has one. */
bool write_channel(const struct noise_channel *channel, char *text, size_t size);
/* The runs that are not ok, in order; NULL after the last. `at` begins with 0. */
const struct run_record *next_failed_run(const struct summary *s, size_t *at);

#endif
