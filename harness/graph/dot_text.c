/* dot_text.c - escaping, character by character. */
#include "harness/graph/dot_text.h"

#include <inttypes.h>
#include <string.h>

#include "harness/graph/text.h"
#include "workloads/script/utf8.h"

/* Bytes of the character that `s` begins with; 0 where there is none, or a control character. */
static size_t character_bytes(const char *s, size_t n)
{
    uint32_t code = 0;
    size_t bytes = utf8_decode(s, s + n, &code);
    return code < ' ' || (code >= 0x7F && code < 0xA0) ? 0 : bytes;
}

typedef const char *escape_of(char c);

static const char *html_escape(char c)
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
    default:
        return NULL;
    }
}

static const char *quoted_escape(char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    default:
        return NULL;
    }
}

static void write_escaped(FILE *out, const char *text, escape_of *escape)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        size_t bytes = character_bytes(text + i, n - i);
        const char *escaped = bytes == 1 ? escape(text[i]) : NULL;
        if (escaped)
            fputs(escaped, out);
        else if (bytes > 0)
            fwrite(text + i, 1, bytes, out);
        else
            fputc('?', out);
        i += bytes > 0 ? bytes : 1;
    }
}

void dot_write_html(FILE *out, const char *text)
{
    write_escaped(out, text, html_escape);
}

void dot_write_quoted(FILE *out, const char *text)
{
    write_escaped(out, text, quoted_escape);
}

bool dot_is_atom(value v)
{
    enum value_kind kind = value_kind(v);
    return kind <= VALUE_BYTES;
}

static void write_str(FILE *out, value v)
{
    char text[TEXT_BYTES];
    text_of_string(v, text);
    fputs("str &quot;", out);
    dot_write_html(out, text);
    fputs("&quot;", out);
}

void dot_write_atom(FILE *out, value v)
{
    switch (value_kind(v)) {
    case VALUE_NONE:
        fputs("None", out);
        break;
    case VALUE_INT:
        fprintf(out, "int %" PRId64, value_int(v));
        break;
    case VALUE_FLOAT:
        fprintf(out, "float %.12g", value_float(v));
        break;
    case VALUE_STR:
        write_str(out, v);
        break;
    case VALUE_BYTES:
        fprintf(out, "bytes %zu", value_length(v));
        break;
    default:
        dot_write_html(out, v->type->name);
    }
}
