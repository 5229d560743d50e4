/* confirm_text.h - promised against measured, and hyperfine's figures against ours, for a terminal or as Markdown.
 *
 * Errors   0, or -1 without memory; a failed write shows in ferror(f).
 */
#ifndef GCSWEEP_CONFIRM_TEXT_H
#define GCSWEEP_CONFIRM_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/analysis/confirmation.h"
#include "harness/analysis/hyperfine.h"

/* `what`: what the confirmation ran, where that is not what was advised; "" otherwise. */
int write_confirmation(const struct advice *a, const struct confirmation *c, const char *what, bool markdown, FILE *f);
int write_hyperfine(const struct hyperfine_rows *rows, bool markdown, FILE *f);
/* Whether the gain holds on the real CPython, and which budget the advice does not keep there. */
void write_confirmed(const struct advice *a, const struct confirmation *c, char *text, size_t size);

extern const char *const confirmed_names[CONFIRMED_REVERSED + 1];   /* "holds", "not resolved", ... */
extern const char *const confirmed_measure_names[CONFIRM_MEASURES]; /* "throughput", ... */

/* The cells of one of hyperfine's rows, for whatever draws tables; HYPERFINE_CELLS of them. */
enum { HYPERFINE_CELLS = 7, HYPERFINE_CELL_BYTES = 4 * RECORD_TEXT_BYTES };
extern const char *const hyperfine_headers[HYPERFINE_CELLS];
void fill_hyperfine_cells(const struct hyperfine_row *row, char cell[HYPERFINE_CELLS][HYPERFINE_CELL_BYTES]);
extern const char hyperfine_explained[];

#endif
