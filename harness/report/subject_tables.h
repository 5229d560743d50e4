/* subject_tables.h - the tables of a subject beside its main one: the longest
 * pauses by kind, memory around a collection, and lower bound overheads.
 *
 * Errors  0, or -1 without memory. A table without figures is left out.
 */
#ifndef GCSWEEP_SUBJECT_TABLES_H
#define GCSWEEP_SUBJECT_TABLES_H

#include "harness/report/document.h"

int write_longest_table(const struct summary *s, const struct subject *subject, const struct document_format *format,
                        FILE *f);
int write_overhead_table(const struct summary *s, const struct subject *subject, const struct document_format *format,
                         FILE *f);
int write_memory_table(const struct summary *s, const struct subject *subject, const struct document_format *format,
                       FILE *f);

#endif
