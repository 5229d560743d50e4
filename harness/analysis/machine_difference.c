#include "harness/analysis/machine_difference.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/json_text.h"

struct found {
    struct machine_difference *rows;
    size_t count;
};

static void add(struct found *f, const char *name, const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0' || strcmp(a, b) == 0 || f->count == MACHINE_DIFFERENCES)
        return;
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->rows[i].name, name) == 0)
            return;
    struct machine_difference *row = &f->rows[f->count++];
    snprintf(row->name, sizeof row->name, "%s", name);
    snprintf(row->a, sizeof row->a, "%s", a);
    snprintf(row->b, sizeof row->b, "%s", b);
}

/* ---- The environment ---- */

struct environment_fact {
    const char *name, *group, *key; /* group NULL: at the top */
};
static const struct environment_fact facts[] = {
    {"processor", "cpu", "model"},
    {"cores", "cpu", "cores"},
    {"frequency governor", "cpu", "governor"},
    {"memory in bytes", "memory", "total_bytes"},
    {"huge pages", "memory", "huge_pages"},
    {"kernel", NULL, "kernel"},
    {"C library", NULL, "libc"},
    {"compiler", NULL, "compiler"},
    {"gcsweep", NULL, "gcsweep"},
    {"address randomization", NULL, "aslr"},
};

static void fact_text(const json_t *environment, const struct environment_fact *fact, char text[MACHINE_TEXT_BYTES])
{
    const json_t *group = fact->group != NULL ? json_object_get(environment, fact->group) : environment;
    const json_t *value = json_object_get(group, fact->key);

    text[0] = '\0';
    if (json_is_string(value))
        snprintf(text, MACHINE_TEXT_BYTES, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, MACHINE_TEXT_BYTES, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

static int compare_environments(struct found *f, const struct summary *a, const struct summary *b)
{
    bool a_full, b_full;
    json_t *of_a = json_of_text(a->results->environment, &a_full);
    json_t *of_b = json_of_text(b->results->environment, &b_full);
    char text_a[MACHINE_TEXT_BYTES], text_b[MACHINE_TEXT_BYTES];

    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        fact_text(of_a, &facts[i], text_a);
        fact_text(of_b, &facts[i], text_b);
        add(f, facts[i].name, text_a, text_b);
    }
    json_decref(of_a);
    json_decref(of_b);
    return a_full || b_full ? -1 : 0;
}

/* ---- The runs' own versions ---- */

/* The first run of each configuration stands for it: a sweep has one build of everything. */
static const struct run_record *run_with_allocator(const struct summary *s, const char *allocator)
{
    for (size_t i = 0; i < s->configuration_count; i++) {
        const struct run_record *r = s->configurations[i].dimensions;
        if (strcmp(r->allocator, allocator) == 0 && r->version_allocator[0] != '\0')
            return r;
    }
    return NULL;
}

static const char *python_of(const struct summary *s)
{
    for (size_t i = 0; i < s->configuration_count; i++)
        if (s->configurations[i].dimensions->version_python[0] != '\0')
            return s->configurations[i].dimensions->version_python;
    return "";
}

static void compare_allocators(struct found *f, const struct summary *a, const struct summary *b)
{
    const char *last = "";
    char name[MACHINE_TEXT_BYTES];

    for (size_t i = 0; i < a->configuration_count; i++) {
        const char *allocator = a->configurations[i].dimensions->allocator;
        if (strcmp(allocator, last) == 0)
            continue; /* they stand in this order */
        last = allocator;
        const struct run_record *of_a = run_with_allocator(a, allocator), *of_b = run_with_allocator(b, allocator);
        snprintf(name, sizeof name, "allocator %.200s", allocator);
        if (of_a != NULL && of_b != NULL)
            add(f, name, of_a->version_allocator, of_b->version_allocator);
    }
}

int find_machine_differences(const struct summary *a, const struct summary *b,
                             struct machine_difference out[MACHINE_DIFFERENCES], size_t *count)
{
    struct found f = {out, 0};

    if (compare_environments(&f, a, b) != 0)
        return -1;
    add(&f, "Python", python_of(a), python_of(b));
    compare_allocators(&f, a, b);
    *count = f.count;
    return 0;
}
