#include "harness/report/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "workloads/script/utf8.h"

/* Bytes of the character at `s`, 0 where it is none. */
static size_t decode(const char *s, uint32_t *code_point)
{
    return utf8_decode(s, s + strnlen(s, UTF8_BYTES_MOST), code_point);
}

/* Writes the character at `s` when it may not stand as it is (not printable, or a broken byte); 0 when it may. */
static size_t put_symbol(FILE *f, const char *s)
{
    uint32_t c = 0;
    size_t length = decode(s, &c);

    if (length > 0 && utf8_is_printable(c))
        return 0;
    if (length == 1 && c < 0x20)
        fprintf(f, "\xe2\x90%c", (int)(0x80 + c)); /* U+2400 + the character */
    else if (length == 1 && c == 0x7f)
        fputs("\xe2\x90\xa1", f); /* U+2421 */
    else
        fputs("\xef\xbf\xbd", f);
    return length > 0 ? length : 1;
}

/* `replace` gives what stands for an ASCII character, or NULL for itself. */
static void escape(FILE *f, const char *text, const char *(*replace)(char))
{
    uint32_t c = 0;

    for (const char *s = text; *s != '\0';) {
        size_t used = put_symbol(f, s);
        if (used > 0) {
            s += used;
            continue;
        }
        used = decode(s, &c);
        const char *other = used == 1 ? replace(*s) : NULL;
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
