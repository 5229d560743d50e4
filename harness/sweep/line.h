/* line.h - one line of text for a person: errors, and what others wrote.
 *
 * Whatever a user or a worker supplied may hold line feeds and escape
 * sequences; here they become '?', so that an error stays one line and a
 * terminal obeys nobody.
 */
#ifndef GCSWEEP_LINE_H
#define GCSWEEP_LINE_H

#include <stddef.h>

/* line_error(error, error_size, format, ...) formats into `error`, one line, cut where it does not fit. Always -1: a
 * macro, so that compilers and analyzers see that what its caller returns is no success. */
#define line_error(...) (line_set_error(__VA_ARGS__), line_failed())
__attribute__((format(printf, 3, 4))) void line_set_error(char *error, size_t error_size, const char *format, ...);
static inline int line_failed(void)
{
    return -1;
}

/* Makes '?' of each byte that is no UTF-8 and of each character that is not
 * printable (utf8.h), in place. */
void line_clean(char *text);
/* Appends to a text of `size` bytes, cut where it does not fit. */
__attribute__((format(printf, 3, 4))) void line_append(char *text, size_t size, const char *format, ...);
/* Appends a blank (unless it is the first) and the word as a POSIX shell reads
 * it back, in single quotes where it needs them. */
void line_add_word(char *line, size_t size, const char *word);
/* The last line of `text` that is not blank, cleaned, into `out`. */
void line_last(const char *text, size_t length, char *out, size_t out_size);

#endif
