#include <stdio.h>
#include <string.h>

#include "workloads/script/parser.h"

const struct form *keyword_find(const struct form *table, struct span word)
{
    for (const struct form *f = table; f->keyword; f++)
        if (strlen(f->keyword) == word.length && memcmp(f->keyword, word.start, word.length) == 0)
            return f;
    return NULL;
}

/* Whether one letter more, less, changed, or exchanged with its neighbour tells two words apart. */
static bool is_one_change_off(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t begin = 0;

    while (begin < a_length && begin < b_length && a[begin] == b[begin])
        begin++;
    a += begin, a_length -= begin;
    b += begin, b_length -= begin;
    while (a_length > 0 && b_length > 0 && a[a_length - 1] == b[b_length - 1])
        a_length--, b_length--;
    if (a_length + b_length <= 2 && a_length <= 1 && b_length <= 1)
        return true;
    return a_length == 2 && b_length == 2 && a[0] == b[1] && a[1] == b[0];
}

const char *keyword_hint(const struct form *table, struct span word, char hint[KEYWORD_HINT_BYTES])
{
    hint[0] = 0;
    for (const struct form *f = table; f->keyword && word.length > 1; f++)
        if (is_one_change_off(f->keyword, strlen(f->keyword), word.start, word.length)) {
            snprintf(hint, KEYWORD_HINT_BYTES, " (did you mean '%s'?)", f->keyword);
            break;
        }
    return hint;
}
