/* utf8.h - characters of a heap script.
 *
 * Source  The Unicode Standard 15, table 3-7 (well-formed UTF-8); no locale is asked.
 */
#ifndef GCSWEEP_SCRIPT_UTF8_H
#define GCSWEEP_SCRIPT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_BYTES_MOST = 4 };

/* Bytes of the character at `at`, before `end`, and its code point; 0 where no
 * well-formed character stands there. */
size_t utf8_decode(const char *at, const char *end, uint32_t *code_point);
/* Whether it can be shown in a message: no control character, and none that
 * ends a line or turns its direction. */
bool utf8_is_printable(uint32_t code_point);

static inline bool char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool char_begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool char_is_of_name(char c)
{
    return char_begins_name(c) || char_is_digit(c);
}

static inline bool char_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

#endif
