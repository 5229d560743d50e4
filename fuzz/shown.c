/* shown.c - what is written, checked. */
#include "fuzz/shown.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"
#include "workloads/script/utf8.h"

/* jansson lets it stand; no terminal acts on it. */
enum { DELETE = 0x7F };

void shown_open(struct shown *s)
{
    *s = (struct shown){0};
    s->f = open_memstream(&s->text, &s->size);
    fuzz_expect(s->f != NULL, "memory for a text");
}

/* As RFC 4180 ends the lines of CSV. */
static bool is_line_end(const char *at, const char *end)
{
    return end - at >= 2 && at[0] == '\r' && at[1] == '\n';
}

/* `other`: a character that may stand, too. */
static void expect_plain(const char *text, const char *end, uint32_t other)
{
    uint32_t c = 0;

    for (const char *at = text, *line = text; at < end;) {
        c = (unsigned char)*at;
        size_t length = c < 0x80 ? 1 : utf8_decode(at, end, &c);
        if (length == 0 || (!utf8_is_printable(c) && c != '\n' && c != '\t' && c != other && !is_line_end(at, end))) {
            fprintf(stderr, "%.*s[here: byte 0x%02x]\n", (int)(at - line), line, (unsigned char)*at);
            fuzz_expect(false, "UTF-8 without control characters but line ends and tabs");
        }
        at += length;
        line = c == '\n' ? at : line;
    }
}

static void check_text(struct shown *s, uint32_t other)
{
    fuzz_expect(fclose(s->f) == 0, "a text written whole");
    expect_plain(s->text, s->text + s->size, other);
}

void shown_as_text(struct shown *s)
{
    check_text(s, '\n');
    free(s->text);
}

void shown_as_page(struct shown *s)
{
    check_text(s, '\n');
    fuzz_expect(!strstr(s->text, "<zz"), "no markup of the results in the page");
    free(s->text);
}

void shown_as_json(struct shown *s)
{
    json_error_t why;

    check_text(s, DELETE);
    json_t *json = json_loadb(s->text, s->size, JSON_REJECT_DUPLICATES, &why);
    if (!json)
        fprintf(stderr, "line %d: %s\n", why.line, why.text);
    fuzz_expect(json != NULL, "JSON");
    json_decref(json);
    free(s->text);
}
