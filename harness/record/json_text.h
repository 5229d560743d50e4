/* json_text.h - reading JSON, whole or not at all.
 *
 * jansson 2.14 drops a character that it finds no memory for and goes on: a
 * name or a number is another one then. Here nothing is read in that case.
 *
 * Ownership  the value is the caller's, to be released.
 * Threads    one at a time: jansson's allocation functions are the process's.
 */
#ifndef GCSWEEP_JSON_TEXT_H
#define GCSWEEP_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* As json_loadb and json_loadf; `why->text` is "out of memory" where that was the reason. */
json_t *json_text_read(const char *text, size_t length, size_t flags, json_error_t *why);
json_t *json_text_read_file(FILE *file, size_t flags, json_error_t *why);

/* The value of a text that somebody may have spoilt; NULL for NULL, for one that is no JSON, and, with `*full`, without
 * memory. */
json_t *json_of_text(const char *text, bool *full);

#endif
