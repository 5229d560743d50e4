#include "harness/analysis/matching.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "harness/sweep/units.h"

/* ---- Dimensions of a run ---- */

static const char *const dimension_names[DIMENSIONS] = {
    "workload", "runtime", "allocator", "collector", "tuning", "refcount", "scale", "seed",
};
enum { VALUE_BYTES = RECORD_TEXT_BYTES };

static void dimension_of(const struct run_record *r, enum dimension d, char value[VALUE_BYTES])
{
    const char *const texts[] = {r->workload, r->runtime, r->allocator, r->collector, r->tuning, r->refcount};
    char number[UNITS_TEXT_BYTES];

    if (d == DIMENSION_SEED) {
        snprintf(value, VALUE_BYTES, "%" PRIu64, r->seed);
    } else if (d == DIMENSION_SCALE) {
        units_write_number(r->scale, number);
        snprintf(value, VALUE_BYTES, "%s", number);
    } else {
        snprintf(value, VALUE_BYTES, "%s", texts[d]);
    }
}

static const char *find_param(const struct run_record *r, const char *name)
{
    for (size_t i = 0; i < RECORD_PARAMS && r->params[i].name[0] != '\0'; i++)
        if (strcmp(r->params[i].name, name) == 0)
            return r->params[i].text;
    return NULL;
}

/* "0.5" is ".50". */
static bool same_value(const char *a, const char *b)
{
    char *a_end, *b_end;

    if (strcmp(a, b) == 0)
        return true;
    double x = strtod(a, &a_end), y = strtod(b, &b_end);
    return a_end != a && b_end != b && *a_end == '\0' && *b_end == '\0' && x >= y && x <= y;
}

/* ---- One word ---- */

struct word {
    char name[MATCH_NAME_BYTES]; /* of a parameter; "" where a dimension is meant */
    char value[VALUE_BYTES];
    enum dimension dimension;
};

static bool word_matches(const struct word *w, const struct configuration *c)
{
    char value[VALUE_BYTES];

    if (w->name[0] != '\0') {
        const char *text = find_param(c->dimensions, w->name);
        return text != NULL && same_value(text, w->value);
    }
    dimension_of(c->dimensions, w->dimension, value);
    return w->dimension >= DIMENSION_SCALE ? same_value(value, w->value) : strcmp(value, w->value) == 0;
}

static bool word_is_known(const struct summary *s, const struct word *w)
{
    for (size_t i = 0; i < s->configuration_count; i++)
        if (word_matches(w, &s->configurations[i]))
            return true;
    return false;
}

static void add_once(char *list, size_t size, const char *value)
{
    size_t length = strlen(value);

    for (const char *at = list; length > 0 && (at = strstr(at, value)) != NULL; at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == '\0' || strncmp(at + length, ", ", 2) == 0))
            return;
    if (length > 0)
        line_append(list, size, "%s%s", list[0] != '\0' ? ", " : "", value);
}

/* Each value once, as far as they fit. */
static void list_values(const struct summary *s, const struct word *w, char *list, size_t size)
{
    char value[VALUE_BYTES];

    list[0] = '\0';
    for (size_t i = 0; i < s->configuration_count; i++) {
        const struct run_record *r = s->configurations[i].dimensions;
        if (w->name[0] == '\0') {
            dimension_of(r, w->dimension, value);
            add_once(list, size, value);
        } else if (find_param(r, w->name) != NULL) {
            add_once(list, size, find_param(r, w->name));
        }
    }
}

enum { LIST_BYTES = 600 };

static int refuse_word(const struct summary *s, const char *text, char *error, size_t error_size)
{
    char known[2 * LIST_BYTES] = "", values[LIST_BYTES];

    for (enum dimension d = 0; d < DIMENSION_SCALE; d++) {
        const struct word w = {.dimension = d};
        list_values(s, &w, values, sizeof values);
        line_append(known, sizeof known, "%s%s %s", d > 0 ? "; " : "", dimension_names[d], values);
    }
    return line_error(error, error_size, "no configuration of %s has '%s'; there is %s", s->results->directory, text,
                      known);
}

static int refuse_value(const struct summary *s, const struct word *w, const char *name, char *error, size_t error_size)
{
    char known[LIST_BYTES];

    list_values(s, w, known, sizeof known);
    if (known[0] == '\0')
        return line_error(error, error_size, "no configuration of %s has a parameter '%s'", s->results->directory,
                          name);
    return line_error(error, error_size, "no configuration of %s has %s=%s; there is %s", s->results->directory, name,
                      w->value, known);
}

/* NAME=VALUE. */
static int read_named_word(const struct summary *s, const char *text, struct word *out, char *error, size_t error_size)
{
    size_t length = strcspn(text, "=");
    char name[MATCH_NAME_BYTES];

    snprintf(name, sizeof name, "%.*s", (int)length, text);
    *out = (struct word){.dimension = DIMENSIONS};
    snprintf(out->value, sizeof out->value, "%s", text + length + 1);
    for (enum dimension d = 0; d < DIMENSIONS; d++)
        if (strcmp(dimension_names[d], name) == 0)
            out->dimension = d;
    if (out->dimension == DIMENSIONS)
        snprintf(out->name, sizeof out->name, "%s", name);
    return word_is_known(s, out) ? 0 : refuse_value(s, out, name, error, error_size);
}

static int read_word(const struct summary *s, const char *text, struct word *out, char *error, size_t error_size)
{
    char dimensions[LIST_BYTES] = "";
    size_t found = 0;

    for (enum dimension d = 0; d < DIMENSION_SCALE; d++) {
        struct word w = {.dimension = d};
        snprintf(w.value, sizeof w.value, "%s", text);
        if (!word_is_known(s, &w))
            continue;
        line_append(dimensions, sizeof dimensions, "%s%s=%s", found++ > 0 ? " or " : "", dimension_names[d], text);
        *out = w;
    }
    if (found == 1)
        return 0;
    if (found > 1)
        return line_error(error, error_size, "'%s' could be %s: say which", text, dimensions);
    if (text[0] != '=' && strchr(text, '=') != NULL && strchr(text, '@') == NULL)
        return read_named_word(s, text, out, error, error_size);
    return refuse_word(s, text, error, error_size);
}

static void note_word(struct match *match, const struct word *w)
{
    if (w->name[0] == '\0')
        match->names.dimension[w->dimension] = true;
    else
        snprintf(match->names.param[match->names.param_count++], sizeof match->names.param[0], "%s", w->name);
}

/* ---- All words ---- */

static int read_words(const struct summary *s, char *text, struct match *match, struct word *words, size_t *count,
                      char *error, size_t error_size)
{
    char *rest = NULL;

    *count = 0;
    for (char *at = strtok_r(text, " \t", &rest); at != NULL; at = strtok_r(NULL, " \t", &rest)) {
        if (strcmp(at, "twin") == 0) {
            match->twin = true;
            continue;
        }
        if (*count == MATCH_WORDS)
            return line_error(error, error_size, "more than %d words for a configuration", MATCH_WORDS);
        if (strlen(at) >= VALUE_BYTES)
            return line_error(error, error_size, "a word of more than %d bytes names no configuration", VALUE_BYTES);
        if (read_word(s, at, &words[*count], error, error_size) != 0)
            return -1;
        note_word(match, &words[(*count)++]);
    }
    return 0;
}

static bool is_chosen(const struct configuration *c, const struct match *match, const struct word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!word_matches(&words[i], c))
            return false;
    return match->twin ? c->twin_count > 0 : c->run_count > 0;
}

static int choose(const struct summary *s, const char *text, struct match *match, char *error, size_t error_size)
{
    struct word words[MATCH_WORDS];
    size_t count;
    char *copy = strdup(text);

    if (copy == NULL)
        return line_error(error, error_size, "out of memory");
    int status = read_words(s, copy, match, words, &count, error, error_size);
    free(copy);
    if (status != 0)
        return -1;
    for (size_t i = 0; i < s->configuration_count; i++)
        if (is_chosen(&s->configurations[i], match, words, count))
            match->configurations[match->count++] = &s->configurations[i];
    if (match->count > 0)
        return 0;
    if (s->configuration_count == 0)
        return line_error(error, error_size, "%s: holds no run yet", s->results->directory);
    if (match->twin)
        return line_error(error, error_size, "no configuration of %s that '%s' names has an A/A twin",
                          s->results->directory, text);
    return line_error(error, error_size, "no configuration of %s is '%s' all at once", s->results->directory, text);
}

int match_words(const struct summary *s, const char *words, struct match *out, char *error, size_t error_size)
{
    *out = (struct match){.configurations = calloc(s->configuration_count + 1, sizeof *out->configurations)};
    if (out->configurations == NULL)
        return line_error(error, error_size, "out of memory");
    int status = choose(s, words != NULL ? words : "", out, error, error_size);
    if (status != 0)
        match_free(out);
    return status;
}

void match_free(struct match *match)
{
    free(match->configurations);
    *match = (struct match){0};
}

/* ---- Partners ---- */

void match_names_add(struct match_names *names, const struct match_names *more)
{
    for (enum dimension d = 0; d < DIMENSIONS; d++)
        names->dimension[d] = names->dimension[d] || more->dimension[d];
    for (size_t i = 0; i < more->param_count && names->param_count < 2 * MATCH_WORDS; i++)
        memcpy(names->param[names->param_count++], more->param[i], sizeof more->param[i]);
}

static bool names_param(const struct match_names *names, const char *name, size_t length)
{
    for (size_t i = 0; i < names->param_count; i++)
        if (strlen(names->param[i]) == length && strncmp(names->param[i], name, length) == 0)
            return true;
    return false;
}

/* The parameters in the canonical string's brackets, "name=value,...", but for those that are named. */
static void add_params(const struct run_record *r, const struct match_names *names, char key[MATCH_KEY_BYTES])
{
    size_t length = strlen(r->workload);

    if (strncmp(r->configuration, r->workload, length) != 0 || r->configuration[length] != '[')
        return;
    const char *at = r->configuration + length + 1, *end = strstr(at, "] scale=");
    while (end != NULL && at < end) {
        size_t item = strcspn(at, ",");
        if (at + item > end)
            item = (size_t)(end - at);
        if (!names_param(names, at, strcspn(at, "=")))
            line_append(key, MATCH_KEY_BYTES, " %.*s", (int)item, at);
        at += item + 1;
    }
}

void match_key(const struct configuration *c, const struct match_names *names, char key[MATCH_KEY_BYTES])
{
    char value[VALUE_BYTES];

    key[0] = '\0';
    for (enum dimension d = 0; d < DIMENSIONS; d++) {
        if (names->dimension[d])
            continue;
        dimension_of(c->dimensions, d, value);
        line_append(key, MATCH_KEY_BYTES, "%s%s=%s", key[0] != '\0' ? " " : "", dimension_names[d], value);
    }
    add_params(c->dimensions, names, key);
}
