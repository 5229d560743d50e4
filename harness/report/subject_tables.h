/* subject_tables.h - the tables of a subject beside its main one, of the configurations that are shown: the longest
 * pauses by kind, latencies and utilization, lower bound overheads, memory
 * around a collection.
 *
 * A table without figures is left out.
 *
 * Errors  those with a result: 0, or -1 without memory.
 */
#ifndef GCSWEEP_SUBJECT_TABLES_H
#define GCSWEEP_SUBJECT_TABLES_H

#include "harness/report/document.h"

int write_longest_table(const struct summary *s, const struct selection *selection,
                        const struct document_format *format, FILE *f);
void write_latency_table(const struct summary *s, const struct selection *selection,
                         const struct document_format *format, FILE *f);
void write_overhead_table(const struct summary *s, const struct subject *subject, const struct selection *selection,
                          const struct document_format *format, FILE *f);
int write_memory_table(const struct summary *s, const struct selection *selection, const struct document_format *format,
                       FILE *f);

#endif
