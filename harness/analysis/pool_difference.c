/* pool_difference.c - readings of two pool allocators, word by word. */
#include "harness/analysis/pool_difference.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/sweep/line.h"

/* More would fill the terminal: a wrong rule shows in many classes. */
enum { MOST_NAMED = 12 };

/* A part of a text. */
struct part {
    const char *at;
    size_t length;
};

/* Cuts the next part off, up to `end`; one of length 0 when nothing is left. */
static struct part cut(struct part *rest, char end)
{
    const char *stop = memchr(rest->at, end, rest->length);
    struct part first = {rest->at, stop ? (size_t)(stop - rest->at) : rest->length};
    size_t used = first.length + (stop ? 1 : 0);
    *rest = (struct part){rest->at + used, rest->length - used};
    return first;
}

static bool same(struct part a, struct part b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static void add_part(char *text, size_t size, struct part part)
{
    line_append(text, size, "%.*s", (int)part.length, part.at);
}

static void add_difference(char *text, size_t size, struct part name, struct part a, struct part b)
{
    add_part(text, size, name);
    line_append(text, size, " ");
    add_part(text, size, a);
    line_append(text, size, " against ");
    add_part(text, size, b);
}

/* The words of one reading that differ; how many. */
static size_t compare_words(struct part a, struct part b, char *text, size_t size)
{
    size_t different = 0;
    struct part request = a;
    line_append(text, size, "at ");
    add_part(text, size, cut(&request, ' '));
    line_append(text, size, ": ");
    while (a.length > 0 || b.length > 0) {
        struct part word_a = cut(&a, ' '), word_b = cut(&b, ' ');
        if (same(word_a, word_b))
            continue;
        struct part name_a = cut(&word_a, '='), name_b = cut(&word_b, '=');
        if (++different > MOST_NAMED)
            continue;
        line_append(text, size, "%s", different > 1 ? ", " : "");
        if (same(name_a, name_b))
            add_difference(text, size, name_a, word_a, word_b);
        else
            add_difference(text, size, (struct part){"a counter", 9}, name_a, name_b);
    }
    if (different > MOST_NAMED)
        line_append(text, size, " and %zu more", different - MOST_NAMED);
    return different;
}

struct pool_agreement find_pool_differences(const char *a, const char *b, char *text, size_t size)
{
    struct pool_agreement found = {0};
    struct part rest_a = {a, strlen(a)}, rest_b = {b, strlen(b)};
    if (size > 0)
        text[0] = '\0';
    while (found.different == 0 && (rest_a.length > 0 || rest_b.length > 0)) {
        if (rest_a.length == 0 || rest_b.length == 0) {
            line_append(text, size, "the %s has no reading after %zu", rest_a.length == 0 ? "first" : "second",
                        found.readings);
            found.different = 1;
            return found;
        }
        struct part line_a = cut(&rest_a, '\n'), line_b = cut(&rest_b, '\n');
        found.readings++;
        if (!same(line_a, line_b))
            found.different = compare_words(line_a, line_b, text, size);
    }
    line_clean(text);
    return found;
}

void pool_last_value(const char *lines, const char *name, char *out, size_t size)
{
    struct part rest = {lines, strlen(lines)}, last = {lines, 0};
    while (rest.length > 0)
        last = cut(&rest, '\n');
    snprintf(out, size, "?");
    while (last.length > 0) {
        struct part value = cut(&last, ' '), of = cut(&value, '=');
        if (same(of, (struct part){name, strlen(name)}))
            snprintf(out, size, "%.*s", (int)value.length, value.at);
    }
}
