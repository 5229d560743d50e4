/* line.c - one line of text for a person. */
#include "harness/sweep/line.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "workloads/script/utf8.h"

void line_clean(char *text)
{
    const char *end = text + strlen(text);
    uint32_t code_point = 0;
    for (char *at = text; at < end;) {
        size_t length = utf8_decode(at, end, &code_point);
        bool shown = length > 0 && utf8_is_printable(code_point);
        length = length > 0 ? length : 1;
        if (!shown)
            memset(at, '?', length);
        at += length;
    }
}

void line_set_error(char *error, size_t error_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    if (error_size > 0)
        line_clean(error);
}

void line_append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./,:=+@%";

void line_add_word(char *line, size_t size, const char *word)
{
    if (line[0])
        line_append(line, size, " ");
    if (word[0] && word[strspn(word, safe)] == '\0') {
        line_append(line, size, "%s", word);
        return;
    }
    line_append(line, size, "'");
    for (const char *s = word; *s; s++) {
        if (*s == '\'')
            line_append(line, size, "'\\''");
        else
            line_append(line, size, "%c", *s);
    }
    line_append(line, size, "'");
}

void line_last(const char *text, size_t length, char *out, size_t out_size)
{
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    size_t start = length;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    size_t n = length - start < out_size - 1 ? length - start : out_size - 1;
    memcpy(out, text + start, n);
    out[n] = '\0';
    line_clean(out);
}
