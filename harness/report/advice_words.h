/* advice_words.h - a piece of advice in sentences: what it is, why, how sure, at what cost.
 *
 * Plain text, to be escaped; `text` always ends with a null byte.
 */
#ifndef GCSWEEP_ADVICE_WORDS_H
#define GCSWEEP_ADVICE_WORDS_H

#include "harness/analysis/advice.h"

enum { ADVICE_TEXT_BYTES = 4000 };

/* "5 workloads on model (...), 8 rounds" */
void write_advice_scope(const struct advice *a, char *text, size_t size);
/* "longest pause at most 5.00 ms and peak RSS at most 300 MiB" */
void write_advice_budgets(const struct advice *a, char *text, size_t size);
/* What to use, and by which rule; where nobody keeps the budgets, who is nearest and by how much. */
void write_advice_choice(const struct advice *a, char *text, size_t size);
/* How sure. False where nothing was chosen. */
bool write_advice_certainty(const struct advice *a, char *text, size_t size);
/* Settings that never collect, where they were left out: why, and what the fastest of them would give. False where
 * there are none. */
bool write_advice_left_out(const struct advice *a, char *text, size_t size);
/* What the figures do not say. */
void write_advice_limits(const struct advice *a, char *text, size_t size);
void advice_label(const struct advice *a, const struct advice_row *row, char *text, size_t size);
/* "default", or "baseline". */
const char *advice_reference_word(const struct advice *a);

#endif
