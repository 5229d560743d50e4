/* script_executed.h - how many statements a heap script executes. */
#ifndef GCSWEEP_SCRIPT_EXECUTED_H
#define GCSWEEP_SCRIPT_EXECUTED_H

#include <stddef.h>
#include <stdint.h>

/* Each statement as often as its repeats say; `end` is none. 0 with *out, or
 * -1 for a text that is no script, or without memory. */
int script_executed(const char *text, size_t length, uint64_t *out);

#endif
