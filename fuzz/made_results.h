/* made_results.h - the results of a sweep, drawn from an input: a few
 * configurations of a few rounds, any field of any run then set to anything
 * that a results file can hold.
 *
 * Ownership  result_set_free releases what made_results made. */
#ifndef GCSWEEP_FUZZ_MADE_RESULTS_H
#define GCSWEEP_FUZZ_MADE_RESULTS_H

#include "fuzz/feed.h"
#include "harness/store/store.h"

/* Stands in texts that an input may put anywhere; no page may show it as it is. */
#define MADE_MARKUP "<zz onload=x>&\"'`"

/* With `lists`, runs have their lists, too. */
void made_results(struct feed *f, bool lists, struct result_set *out);
/* Words such as compare takes after the colon; NULL for none. */
const char *made_words(struct feed *f, char *text, size_t size);

#endif
