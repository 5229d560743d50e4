#include "workloads/script/lex.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "workloads/script/number.h"
#include "workloads/script/utf8.h"

void lex_open(struct lexer *l, const char *text, size_t bytes, char *characters, struct script_error *error)
{
    bool has_mark = bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0; /* the byte order mark of some editors */

    *l = (struct lexer){.characters = characters, .error = error};
    l->next_line = text + (has_mark ? 3 : 0);
    l->text_end = text + bytes;
}

/* ---- Errors ---- */

__attribute__((format(printf, 4, 0))) static int fail(struct lexer *l, uint32_t line, uint32_t column,
                                                      const char *format, va_list arguments)
{
    l->error->line = line;
    l->error->column = column;
    vsnprintf(l->error->message, sizeof l->error->message, format, arguments);
    return -1;
}

int lex_fail_at(struct lexer *l, uint32_t line, uint32_t column, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fail(l, line, column, format, arguments);
    va_end(arguments);
    return -1;
}

int lex_fail(struct lexer *l, const char *at, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fail(l, l->line, lex_column(l, at), format, arguments);
    va_end(arguments);
    return -1;
}

int lex_expected(struct lexer *l, const char *what)
{
    char shown[LEX_SHOWN_BYTES];

    lex_peek(l);
    return lex_fail(l, l->at, "expected %s, found %s", what, lex_show(l, l->at, shown));
}

/* ---- Lines ---- */

uint32_t lex_column(struct lexer *l, const char *at)
{
    if (at < l->counted) {
        l->counted = l->line_start;
        l->counted_column = 1;
    }
    for (; l->counted < at; l->counted++, l->steps++)
        l->counted_column += ((unsigned char)*l->counted & 0xC0) != 0x80;
    return l->counted_column;
}

/* The line that has just begun: where a control character or something else
 * than UTF-8 stands in it, or more than a line holds. */
static int check_line(struct lexer *l)
{
    for (const char *at = l->line_start; at < l->line_end;) {
        uint32_t c = 0;
        size_t length = utf8_decode(at, l->line_end, &c);

        if ((size_t)(at - l->line_start) + (length ? length : 1) > SCRIPT_LINE_BYTES)
            return lex_fail(l, at, "the line is too long; expected at most %d bytes", SCRIPT_LINE_BYTES);
        if (length == 0)
            return lex_fail(l, at, "byte 0x%02X is not UTF-8 here; expected a text file in UTF-8",
                            (unsigned)(unsigned char)*at);
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return lex_fail(l, at, "control character U+%04" PRIX32 "; expected none but tabs and line ends", c);
        at += length;
    }
    return 0;
}

int lex_next_line(struct lexer *l)
{
    if (l->next_line == l->text_end)
        return 0;

    const char *newline = memchr(l->next_line, '\n', (size_t)(l->text_end - l->next_line));
    l->line++;
    l->line_start = l->at = l->counted = l->next_line;
    l->counted_column = 1;
    l->line_end = newline ? newline : l->text_end;
    l->next_line = newline ? newline + 1 : l->text_end;
    if (newline && l->line_end > l->line_start && l->line_end[-1] == '\r')
        l->line_end--;
    return check_line(l) ? -1 : 1;
}

void lex_end_of_text(const struct lexer *l, uint32_t *line, uint32_t *column)
{
    struct lexer last = *l;

    *line = l->line ? l->line : 1;
    *column = l->line ? lex_column(&last, l->line_end) : 1;
}

/* ---- What stands next ---- */

char lex_peek(struct lexer *l)
{
    while (l->at < l->line_end && char_is_blank(*l->at))
        l->at++;
    return l->at < l->line_end && *l->at != '#' ? *l->at : 0;
}

bool lex_at_end(struct lexer *l)
{
    return lex_peek(l) == 0;
}

static struct span word_at(const struct lexer *l, const char *at)
{
    struct span word = {at, 0};

    if (at < l->line_end && char_begins_name(*at))
        while (at + word.length < l->line_end && char_is_of_name(at[word.length]))
            word.length++;
    return word;
}

struct span lex_peek_word(struct lexer *l)
{
    lex_peek(l);
    return word_at(l, l->at);
}

static bool is_of_number(char c)
{
    return char_is_of_name(c) || c == '.' || c == '+' || c == '-';
}

/* Where the name at `at` ends, with what dots join to it. */
static const char *end_of_names(const struct lexer *l, const char *at)
{
    struct span word = word_at(l, at);

    do {
        at = word.start + word.length;
        word = word_at(l, at < l->line_end && *at == '.' ? at + 1 : l->line_end);
    } while (word.length > 0);
    return at;
}

/* Where the thing that stands at `at` ends: names, what begins like a number,
 * a text up to its quote, or one character. */
static const char *end_of_thing(const struct lexer *l, const char *at)
{
    const char *end = at;
    uint32_t ignored;

    if (char_begins_name(*at))
        return end_of_names(l, at);
    if (is_of_number(*at)) {
        while (end < l->line_end && is_of_number(*end))
            end++;
        return end;
    }
    if (*at != '"')
        return at + utf8_decode(at, l->line_end, &ignored);
    for (end++; end < l->line_end && *end != '"'; end++)
        end += *end == '\\' && end + 1 < l->line_end;
    return end < l->line_end ? end + 1 : end;
}

const char *lex_show(const struct lexer *l, const char *at, char shown[LEX_SHOWN_BYTES])
{
    static const char dots[] = "...'";
    size_t used = 1;

    if (at == l->line_end || *at == '#')
        return "the end of the line";
    shown[0] = '\'';
    for (const char *end = end_of_thing(l, at); at < end;) {
        uint32_t c = 0;
        size_t length = utf8_decode(at, end, &c);
        bool printable = utf8_is_printable(c);
        size_t needed = printable ? length : 1;

        if (used + needed + sizeof dots > LEX_SHOWN_BYTES) {
            memcpy(shown + used, dots, sizeof dots);
            return shown;
        }
        memcpy(shown + used, printable ? at : "?", needed);
        used += needed;
        at += length;
    }
    memcpy(shown + used, "'", 2);
    return shown;
}

/* ---- Taking it ---- */

bool lex_take(struct lexer *l, char c)
{
    if (lex_peek(l) != c)
        return false;
    l->at++;
    return true;
}

struct span lex_word(struct lexer *l, bool dotted)
{
    struct span word = lex_peek_word(l);

    if (dotted && word.length > 0)
        word.length = (size_t)(end_of_names(l, word.start) - word.start);
    l->at = word.start + word.length;
    return word;
}

int lex_gap(struct lexer *l)
{
    char shown[LEX_SHOWN_BYTES];

    if (l->at == l->line_end || char_is_blank(*l->at) || *l->at == '#')
        return 0;
    return lex_fail(l, l->at, "expected a blank before %s", lex_show(l, l->at, shown));
}

/* What may be a number; length 0 where something else stands. */
static struct span peek_number(struct lexer *l)
{
    bool begins = is_of_number(lex_peek(l));

    return (struct span){l->at, begins ? (size_t)(end_of_thing(l, l->at) - l->at) : 0};
}

int lex_integer(struct lexer *l, const char *what, int64_t least, int64_t most, int64_t *out)
{
    struct span number = peek_number(l);
    char shown[LEX_SHOWN_BYTES];

    if (number_read_integer(number.start, number.length, out) != NUMBER_OK || *out < least || *out > most)
        return lex_fail(l, l->at, "expected %s, a whole number from %" PRId64 " to %" PRId64 ", found %s", what, least,
                        most, lex_show(l, l->at, shown));
    l->at += number.length;
    return 0;
}

int lex_float(struct lexer *l, double *out)
{
    struct span number = peek_number(l);
    char shown[LEX_SHOWN_BYTES];

    switch (number_read_float(number.start, number.length, out)) {
    case NUMBER_OK:
        l->at += number.length;
        return 0;
    case NUMBER_TOO_LONG:
        return lex_fail(l, l->at, "expected at most %d digits in a float, found %s", NUMBER_DIGITS,
                        lex_show(l, l->at, shown));
    case NUMBER_TOO_LARGE:
        return lex_fail(l, l->at, "expected a float of at most 1.7976931348623157e308, found %s",
                        lex_show(l, l->at, shown));
    case NUMBER_MALFORMED:
        break;
    }
    return lex_expected(l, "a number such as 1.5, -2 or 6.02e23");
}

/* ---- Texts ---- */

/* Where the text that begins after `at` has its closing quote, and whether an
 * escape stands in it; NULL with the error filled in. */
static const char *find_closing_quote(struct lexer *l, const char *at, bool *escaped)
{
    for (const char *c = at; c < l->line_end; c++) {
        if (*c == '"')
            return c;
        if (*c != '\\')
            continue;
        c++;
        if (c < l->line_end && *c != '"' && *c != '\\' && *c != 'n') {
            lex_fail(l, c - 1, "unknown escape; expected \\\", \\\\ or \\n");
            return NULL;
        }
        *escaped = true;
    }
    lex_fail(l, at - 1, "the text has no closing quote; expected '\"' before the end of the line");
    return NULL;
}

/* Copies with the escapes undone; the bytes written. */
static uint32_t unescape(char *to, const char *from, const char *end)
{
    char *start = to;

    for (; from < end; from++) {
        if (*from != '\\')
            *to++ = *from;
        else
            *to++ = *++from == 'n' ? '\n' : *from;
    }
    return (uint32_t)(to - start);
}

static bool is_identifier(const struct script_text *t)
{
    for (uint32_t i = 0; i < t->length; i++)
        if (!char_is_of_name(t->bytes[i]))
            return false;
    return true;
}

int lex_text(struct lexer *l, const char *what, struct script_text *out)
{
    bool escaped = false;

    if (lex_peek(l) != '"')
        return lex_expected(l, what);

    const char *start = l->at + 1;
    const char *end = find_closing_quote(l, start, &escaped);
    if (end == NULL)
        return -1;
    *out = (struct script_text){.bytes = start, .length = (uint32_t)(end - start)};
    if (escaped) {
        out->bytes = l->characters;
        out->length = unescape(l->characters, start, end);
        l->characters += out->length;
    }
    out->is_identifier = is_identifier(out);
    l->at = end + 1;
    return 0;
}
