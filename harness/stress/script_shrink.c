#include "harness/stress/script_shrink.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 32 };

struct line {
    const char *text; /* without its line feed */
    size_t length;
    bool out; /* left out of the next try */
};

struct shrinker {
    struct line *lines;
    size_t count, most;
    char *try;   /* room for any script of this shrinking */
    char **made; /* lines that were rewritten */
    size_t made_count, made_room;
    script_predicate *still;
    void *context;
    size_t tries_left;
    bool no_memory;
};

static bool begins_with(const struct line *l, const char *word)
{
    const char *text = l->text;
    size_t left = l->length, n = strlen(word);
    while (left > 0 && *text == ' ') {
        text++;
        left--;
    }
    return left >= n && memcmp(text, word, n) == 0 && (left == n || text[n] == ' ');
}

static bool opens(const struct line *l)
{
    return begins_with(l, "repeat") || begins_with(l, "frame");
}

/* ---- Tries ---- */

/* Whether what is left in has an end for each block. */
static bool is_balanced(const struct shrinker *s)
{
    size_t open = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->lines[i].out)
            continue;
        if (opens(&s->lines[i])) {
            open++;
        } else if (begins_with(&s->lines[i], "end")) {
            if (open == 0)
                return false;
            open--;
        }
    }
    return open == 0;
}

static size_t write_text(struct shrinker *s)
{
    size_t used = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->lines[i].out)
            continue;
        memcpy(s->try + used, s->lines[i].text, s->lines[i].length);
        used += s->lines[i].length;
        s->try[used++] = '\n';
    }
    s->try[used] = '\0';
    return used;
}

static bool still_shows(struct shrinker *s)
{
    if (s->tries_left == 0 || !is_balanced(s))
        return false;
    s->tries_left--;
    return s->still(s->context, s->try, write_text(s));
}

/* Takes what is out away for good, or puts it back. */
static bool settle(struct shrinker *s, bool shown)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (!shown)
            s->lines[i].out = false;
        else if (!s->lines[i].out)
            s->lines[kept++] = s->lines[i];
    }
    if (shown)
        s->count = kept;
    return shown;
}

/* ---- What is tried ---- */

/* The line that ends the block of line i. */
static size_t end_of_block(const struct shrinker *s, size_t i)
{
    size_t open = 0;
    for (size_t k = i; k < s->count; k++) {
        if (opens(&s->lines[k]))
            open++;
        else if (begins_with(&s->lines[k], "end") && --open == 0)
            return k;
    }
    return s->count - 1;
}

static bool leave_out(struct shrinker *s, size_t first, size_t last)
{
    for (size_t i = first; i <= last && i < s->count; i++)
        s->lines[i].out = true;
    return settle(s, still_shows(s));
}

static bool leave_out_blocks(struct shrinker *s)
{
    bool any = false;
    for (size_t i = 0; i < s->count;) {
        bool gone = opens(&s->lines[i]) && leave_out(s, i, end_of_block(s, i));
        any |= gone;
        i += !gone;
    }
    return any;
}

/* Runs of `length` lines, from the last to the first: what a line needs stands before it. */
static bool leave_out_runs(struct shrinker *s, size_t length)
{
    bool any = false;
    size_t end = s->count;
    while (end > 0) {
        size_t first = end > length ? end - length : 0;
        if (leave_out(s, first, end - 1))
            any = true;
        end = first < s->count ? first : s->count;
    }
    return any;
}

static bool leave_out_lines(struct shrinker *s)
{
    bool any = false;
    for (size_t length = s->count / 2; length > 0; length /= 2)
        any |= leave_out_runs(s, length);
    return any;
}

/* The line that opens a block and the one that ends it, without what stands between. */
static bool unwrap_blocks(struct shrinker *s)
{
    bool any = false;
    for (size_t i = 0; i < s->count;) {
        bool gone = false;
        if (opens(&s->lines[i])) {
            s->lines[end_of_block(s, i)].out = true;
            s->lines[i].out = true;
            gone = settle(s, still_shows(s));
        }
        any |= gone;
        i += !gone;
    }
    return any;
}

/* ---- Rewriting a line ---- */

/* `text` replaces line i where that still shows it; owned from now on. */
static bool rewrite(struct shrinker *s, size_t i, char *text)
{
    if (!text || s->made_count == s->made_room) {
        s->no_memory |= !text;
        free(text);
        return false;
    }
    struct line before = s->lines[i];
    s->lines[i] = (struct line){.text = text, .length = strlen(text)};
    if (!still_shows(s)) {
        s->lines[i] = before;
        free(text);
        return false;
    }
    s->made[s->made_count++] = text;
    return true;
}

/* Line i with bytes [from, to) replaced. */
static char *with(const struct line *l, size_t from, size_t to, const char *middle)
{
    char *text = NULL;
    int n = asprintf(&text, "%.*s%s%.*s", (int)from, l->text, middle, (int)(l->length - to), l->text + to);
    return n < 0 ? NULL : text;
}

/* The last operand of a tuple, set, function or finalizer that has one to spare. */
static bool drop_operand(struct shrinker *s, size_t i)
{
    static const char *const groups[] = {" = tuple ", " = set ", " = function "};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        const struct line *l = &s->lines[i];
        const char *found = memmem(l->text, l->length, groups[g], strlen(groups[g]));
        if (!found)
            continue;
        size_t first = (size_t)(found - l->text) + strlen(groups[g]) - 1;
        for (size_t from = l->length; from > first;) {
            size_t to = from;
            while (l->text[--from] != ' ')
                ;
            if (rewrite(s, i, with(l, from, to, "")))
                return true;
        }
    }
    return false;
}

/* A number is a word of digits: no part of a name, a float or a text. */
static bool find_number(const struct line *l, size_t start, size_t *from, size_t *to)
{
    for (size_t i = start; i < l->length && l->text[i] != '"'; i++) {
        if (l->text[i] < '1' || l->text[i] > '9' || i == 0 || (l->text[i - 1] != ' ' && l->text[i - 1] != '['))
            continue;
        size_t end = i;
        while (end < l->length && l->text[end] >= '0' && l->text[end] <= '9')
            end++;
        if (end - i < WORD_BYTES && (end == l->length || l->text[end] == ' ' || l->text[end] == ']')) {
            *from = i;
            *to = end;
            return true;
        }
    }
    return false;
}

static bool put_number(struct shrinker *s, size_t i, size_t from, size_t to, uint64_t number)
{
    char word[WORD_BYTES];
    snprintf(word, sizeof word, "%" PRIu64, number);
    return rewrite(s, i, with(&s->lines[i], from, to, word));
}

/* Each number of the line: 0, 1, a half, one less. */
static bool reduce_numbers(struct shrinker *s, size_t i)
{
    bool any = false;
    for (size_t start = 0, from, to; find_number(&s->lines[i], start, &from, &to);) {
        uint64_t n = strtoull(s->lines[i].text + from, NULL, 10);
        bool less = put_number(s, i, from, to, 0) || (n > 1 && put_number(s, i, from, to, 1)) ||
                    (n > 3 && put_number(s, i, from, to, n / 2)) || (n > 2 && put_number(s, i, from, to, n - 1));
        any |= less;
        if (!less)
            start = to;
    }
    return any;
}

static bool rewrite_lines(struct shrinker *s)
{
    bool any = false;
    for (size_t i = 0; i < s->count; i++) {
        while (drop_operand(s, i))
            any = true;
        any |= reduce_numbers(s, i);
    }
    return any;
}

/* ---- The whole ---- */

static void shrink(struct shrinker *s)
{
    bool any = true;
    while (any && s->tries_left > 0) {
        any = leave_out_blocks(s);
        any |= leave_out_lines(s);
        any |= unwrap_blocks(s);
        any |= rewrite_lines(s);
    }
}

static void split(struct shrinker *s, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop)
            stop = end;
        s->lines[s->count++] = (struct line){.text = text, .length = (size_t)(stop - text)};
        text = stop + 1;
    }
}

static size_t count_lines(const char *text, size_t length)
{
    size_t lines = 1;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

char *script_shrink(const char *text, size_t length, script_predicate *still, void *context, size_t most_tries)
{
    struct shrinker s = {.still = still, .context = context, .tries_left = most_tries, .made_room = most_tries};
    s.lines = calloc(count_lines(text, length), sizeof *s.lines);
    s.try = malloc(length + 2);
    s.made = calloc(most_tries + 1, sizeof *s.made);
    s.no_memory = !s.lines || !s.try || !s.made;
    if (!s.no_memory) {
        split(&s, text, length);
        shrink(&s);
        write_text(&s);
    }
    for (size_t i = 0; i < s.made_count; i++)
        free(s.made[i]);
    free(s.made);
    free(s.lines);
    if (s.no_memory) {
        free(s.try);
        return NULL;
    }
    return s.try;
}
