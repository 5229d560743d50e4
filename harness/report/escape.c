#include "harness/report/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The length of the UTF-8 sequence at `s`, 0 when it is none (RFC 3629: no overlong form, no surrogate). */
static int utf8_length(const unsigned char *s)
{
    unsigned char least = 0x80, most = 0xbf; /* of the second byte */
    int length;

    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        length = 2;
    else if (s[0] >= 0xe0 && s[0] <= 0xef)
        length = 3;
    else if (s[0] >= 0xf0 && s[0] <= 0xf4)
        length = 4;
    else
        return 0;
    if (s[0] == 0xe0)
        least = 0xa0;
    if (s[0] == 0xed)
        most = 0x9f;
    if (s[0] == 0xf0)
        least = 0x90;
    if (s[0] == 0xf4)
        most = 0x8f;
    if (s[1] < least || s[1] > most)
        return 0;
    for (int i = 2; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* Writes the character at `s` when it may not stand as it is (a control character, a broken byte); 0 when it may. */
static size_t put_symbol(FILE *f, const unsigned char *s)
{
    if (s[0] < 0x20) {
        fprintf(f, "\xe2\x90%c", 0x80 + s[0]); /* U+2400 + the character */
        return 1;
    }
    if (s[0] == 0x7f) {
        fputs("\xe2\x90\xa1", f); /* U+2421 */
        return 1;
    }
    if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f) { /* the second set of control characters */
        fputs("\xef\xbf\xbd", f);
        return 2;
    }
    if (utf8_length(s) == 0) {
        fputs("\xef\xbf\xbd", f);
        return 1;
    }
    return 0;
}

/* `replace` gives what stands for an ASCII character, or NULL for itself. */
static void escape(FILE *f, const char *text, const char *(*replace)(char))
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s != '\0') {
        size_t used = put_symbol(f, s);
        if (used > 0) {
            s += used;
            continue;
        }
        const char *other = *s < 0x80 ? replace((char)*s) : NULL;
        used = (size_t)utf8_length(s);
        if (other != NULL)
            fputs(other, f);
        else
            fwrite(s, 1, used, f);
        s += used;
    }
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '`':
        return "&#96;";
    default:
        return NULL;
    }
}

/* Entities where a backslash would still let the character end a table cell or open HTML. */
static const char *markdown_escape(char c)
{
    switch (c) {
    case '|':
        return "&#124;";
    case '`':
        return "&#96;";
    case '\\':
        return "\\\\";
    case '*':
        return "\\*";
    case '_':
        return "\\_";
    case '[':
        return "\\[";
    case ']':
        return "\\]";
    case '#':
        return "\\#";
    case '~':
        return "\\~";
    case '!':
        return "\\!";
    default:
        return html_entity(c);
    }
}

static const char *tsv_escape(char c)
{
    return c == '"' ? "''" : NULL;
}

static const char *csv_escape(char c)
{
    return c == '"' ? "\"\"" : NULL;
}

static const char *as_it_is(char c)
{
    (void)c;
    return NULL;
}

void escape_html(FILE *f, const char *text)
{
    escape(f, text, html_entity);
}

void escape_markdown(FILE *f, const char *text)
{
    escape(f, text, markdown_escape);
}

void escape_csv(FILE *f, const char *text)
{
    bool formula = text[0] != '\0' && strchr("=+-@", text[0]) != NULL;
    bool quoted = formula || strpbrk(text, ",\"") != NULL;

    if (quoted)
        fputc('"', f);
    if (formula)
        fputc('\'', f);
    escape(f, text, csv_escape);
    if (quoted)
        fputc('"', f);
}

void escape_tsv(FILE *f, const char *text)
{
    escape(f, text[0] != '\0' ? text : "-", tsv_escape);
}

void escape_plain(FILE *f, const char *text)
{
    escape(f, text, as_it_is);
}
