#include "harness/report/machine.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/json_text.h"
#include "harness/sweep/json_build.h"

enum { NAME_BYTES = 200, TEXT_BYTES = 1000, DEEPEST = 8 };

static int value_text(const json_t *value, char *text, size_t size)
{
    if (json_is_string(value)) {
        snprintf(text, size, "%s", json_string_value(value));
        return 0;
    }
    char *dumped = json_to_text(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
    if (dumped == NULL)
        return -1;
    snprintf(text, size, "%s", json_is_null(value) ? "unknown" : dumped);
    free(dumped);
    return 0;
}

static bool is_flat(const json_t *value)
{
    return !json_is_object(value) && !json_is_array(value);
}

static int visit(const json_t *value, const char *name, int depth, machine_fact *fact, void *context);

static int visit_member(const json_t *value, const char *name, const char *key, int depth, machine_fact *fact,
                        void *context)
{
    char path[NAME_BYTES], text[TEXT_BYTES];

    snprintf(path, sizeof path, "%.120s%s%.60s", name, name[0] != '\0' ? "." : "", key);
    if (!is_flat(value))
        return visit(value, path, depth + 1, fact, context);
    if (value_text(value, text, sizeof text) != 0)
        return -1;
    fact(context, path, text);
    return 0;
}

static int visit(const json_t *value, const char *name, int depth, machine_fact *fact, void *context)
{
    const char *key;
    json_t *member;
    size_t index;
    int status = 0;

    if (depth > DEEPEST)
        return 0;
    json_object_foreach((json_t *)value, key, member) status |= visit_member(member, name, key, depth, fact, context);
    json_array_foreach(value, index, member)
    {
        char number[24];
        snprintf(number, sizeof number, "%zu", index);
        status |= visit_member(member, name, number, depth, fact, context);
    }
    return status;
}

int each_machine_fact(const char *environment, machine_fact *fact, void *context)
{
    bool full;
    json_t *root = json_of_text(environment, &full);
    int status = root != NULL ? visit(root, "", 0, fact, context) : 0;

    json_decref(root);
    return full ? -1 : status;
}

static void rounds_text(const json_t *rounds, char *text, size_t size)
{
    long long first = json_integer_value(json_object_get(rounds, "first")) + 1;
    long long step = json_integer_value(json_object_get(rounds, "step"));
    long long count = json_integer_value(json_object_get(rounds, "count"));

    if (step > 1)
        snprintf(text, size, "%lld rounds, one in %lld from round %lld on", count, step, first);
    else
        snprintf(text, size, "rounds %lld to %lld", first, first + count - 1);
}

int each_source(const struct result_set *results, machine_fact *fact, void *context)
{
    const char *sources = find_result_fact(results, "sources");
    bool full;
    json_t *list = json_of_text(sources, &full), *row;
    char name[40], rounds[120], text[TEXT_BYTES];
    size_t index;

    json_array_foreach(list, index, row)
    {
        const char *directory = json_string_value(json_object_get(row, "directory"));
        const char *stopped = json_string_value(json_object_get(row, "stopped"));
        rounds_text(json_object_get(row, "rounds"), rounds, sizeof rounds);
        snprintf(name, sizeof name, "merged %zu", index + 1);
        snprintf(text, sizeof text, "%.400s: %lld runs, %s, %.40s", directory != NULL ? directory : "unknown",
                 json_integer_value(json_object_get(row, "runs")), rounds, stopped != NULL ? stopped : "unknown");
        fact(context, name, text);
    }
    json_decref(list);
    return full ? -1 : 0;
}

struct version_list {
    const char *label;
    size_t offset;
};

static void version_of(const struct summary *s, const struct version_list *v, machine_fact *fact, void *context)
{
    for (size_t i = 0; i < s->results->run_count; i++) {
        const char *text = (const char *)s->runs[i] + v->offset;
        bool seen = text[0] == '\0';
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(text, (const char *)s->runs[k] + v->offset) == 0;
        if (!seen)
            fact(context, v->label, text);
    }
}

static void allocator_versions(const struct summary *s, machine_fact *fact, void *context)
{
    for (size_t i = 0; i < s->configuration_count; i++) {
        const char *name = s->configurations[i].dimensions->allocator;
        const struct run_record *known = NULL;
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(name, s->configurations[k].dimensions->allocator) == 0;
        for (size_t k = 0; k < s->results->run_count && !seen && known == NULL; k++)
            if (strcmp(name, s->runs[k]->allocator) == 0 && s->runs[k]->version_allocator[0] != '\0')
                known = s->runs[k];
        if (known == NULL)
            continue;
        char label[RECORD_TEXT_BYTES + 16], text[2 * RECORD_TEXT_BYTES + 8];
        snprintf(label, sizeof label, "allocator %s", name);
        snprintf(text, sizeof text, "%s%s%s%s", known->version_allocator,
                 known->version_allocator_library[0] != '\0' ? " (" : "", known->version_allocator_library,
                 known->version_allocator_library[0] != '\0' ? ")" : "");
        fact(context, label, text);
    }
}

void each_version(const struct summary *s, machine_fact *fact, void *context)
{
    static const struct version_list versions[] = {
        {"gcsweep", offsetof(struct run_record, version_gcsweep)},
        {"Python", offsetof(struct run_record, version_python)},
        {"compiler", offsetof(struct run_record, version_compiler)},
        {"kernel of the runs", offsetof(struct run_record, version_kernel)},
    };

    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        version_of(s, &versions[i], fact, context);
    allocator_versions(s, fact, context);
}

struct warning_context {
    void (*say)(void *context, const char *text);
    void *context;
};

static void warn_of(void *context, const char *name, const char *text)
{
    const struct warning_context *w = context;
    char line[TEXT_BYTES + 200];

    if (strstr(name, "governor") != NULL && text[0] != '\0' && strcmp(text, "performance") != 0 &&
        strcmp(text, "unknown") != 0) {
        snprintf(line, sizeof line,
                 "The frequency governor is %s: the clock follows the load, so times may drift; performance keeps it.",
                 text);
        w->say(w->context, line);
    }
    if ((strstr(name, "huge") != NULL || strstr(name, "thp") != NULL) &&
        (strcmp(text, "always") == 0 || strstr(text, "[always]") != NULL))
        w->say(w->context, "Transparent huge pages are set to always: resident memory grows in steps of 2 MiB, which "
                           "changes the order of allocators.");
}

int each_machine_warning(const char *environment, void (*say)(void *context, const char *text), void *context)
{
    struct warning_context w = {say, context};

    return each_machine_fact(environment, warn_of, &w);
}
