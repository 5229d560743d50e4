/* escape.h - text that a user, a file or a worker supplied, made harmless.
 *
 * Everything in a results file is such text. Control characters become their
 * visible symbols (U+2400 and on), so that none is lost and none acts; bytes
 * that are not UTF-8, and characters that end a line or turn its direction,
 * become U+FFFD.
 */
#ifndef GCSWEEP_ESCAPE_H
#define GCSWEEP_ESCAPE_H

#include <stdio.h>

/* For HTML text and for attributes in double quotes. */
void escape_html(FILE *f, const char *text);
/* For a cell of a Markdown table or running text: nothing in it is markup. */
void escape_markdown(FILE *f, const char *text);
/* One field as RFC 4180 has it: in quotes where it must be. A field that a
 * spreadsheet would take for a formula gets an apostrophe in front. */
void escape_csv(FILE *f, const char *text);
/* One field of the TSV that gnuplot reads: no tab, no double quote, never empty. */
void escape_tsv(FILE *f, const char *text);
/* For a terminal. */
void escape_plain(FILE *f, const char *text);

#endif
