/* line.c - one line of text for a person. */
#include "harness/sweep/line.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The length of the UTF-8 sequence that starts here, 0 when it is none. */
static size_t sequence_length(const unsigned char *s)
{
    size_t n = s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC2 ? 2 : 0;
    if (s[0] >= 0xF5)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

void line_clean(char *text)
{
    unsigned char *s = (unsigned char *)text;
    while (*s) {
        size_t n = *s < 0x80 ? 1 : sequence_length(s);
        bool control = *s < ' ' || *s == 0x7F || (n == 2 && s[0] == 0xC2 && s[1] < 0xA0);
        if (n == 0 || (control && n == 1)) {
            *s++ = '?';
        } else if (control) {
            s[0] = s[1] = '?';
            s += n;
        } else {
            s += n;
        }
    }
}

int line_error(char *error, size_t error_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    if (error_size > 0)
        line_clean(error);
    return -1;
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
