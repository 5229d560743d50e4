/* text.h - a string object's text, short. */
#ifndef GCSWEEP_GRAPH_TEXT_H
#define GCSWEEP_GRAPH_TEXT_H

#include "workloads/mutator.h"

enum { TEXT_CHARACTERS = 24, TEXT_BYTES = 4 * (TEXT_CHARACTERS + 1) + 1 };

/* UTF-8, 0-terminated: at most TEXT_CHARACTERS characters, then an ellipsis. A
 * character that UTF-8 has no form for becomes U+FFFD, a control character '?'. */
void text_of_string(value string, char out[TEXT_BYTES]);

#endif
