/* advice_text.h - advice for a terminal or as Markdown.
 *
 * Errors   0, or -1 without memory; a failed write shows in ferror(f).
 */
#ifndef GCSWEEP_ADVICE_TEXT_H
#define GCSWEEP_ADVICE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/analysis/advice.h"

/* Front, choice, what it costs and gains, how sure, lines to paste. */
int write_advice(const struct advice *a, bool markdown, FILE *f);
/* What speaks against the figures that it rests on: it belongs in front of it. */
int write_advice_warnings(const struct summary *s, bool markdown, FILE *f);

#endif
