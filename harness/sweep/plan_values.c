/* plan_values.c - which values a dimension takes, and their canonical form. */
#include "harness/sweep/plan_values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "core/collectors/collector.h"
#include "harness/sweep/line.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/runtimes.h"
#include "harness/worker/tunings/tuning.h"
#include "workloads/script/script_file.h"
#include "workloads/workload.h"

enum { NAMES_BYTES = 1024 };

/* "unknown WHAT 'TEXT'; known: A, B": the names come one by one from `name`. */
static int refuse(const char *what, const char *text, const char *(*name)(size_t), size_t count, char *error,
                  size_t error_size)
{
    char names[NAMES_BYTES] = "";
    for (size_t i = 0; i < count; i++)
        line_append(names, sizeof names, "%s%s", i > 0 ? ", " : "", name(i));
    return line_error(error, error_size, "unknown %s '%s'; known: %s", what, text, names);
}

static const char *workload_name(size_t i)
{
    return workloads[i]->name;
}

static const char *runtime_name(size_t i)
{
    return runtime_rows[i].name;
}

static const char *collector_name(size_t i)
{
    return collectors[i]->name;
}

static const char *refcount_name(size_t i)
{
    return refcount_names[i];
}

int plan_unknown_workload(const char *name, char *error, size_t error_size)
{
    refuse("workload", name, workload_name, workload_count, error, error_size);
    line_append(error, error_size, ", " SCRIPT_WORKLOAD_PREFIX "FILE");
    return -1;
}

const struct workload *plan_find_workload(const char *name)
{
    static const struct workload_param no_params[] = {{0}};
    static const struct workload script = {.name = SCRIPT_WORKLOAD_PREFIX, .params = no_params};
    return script_workload_path(name) ? &script : find_workload(name);
}

bool plan_has_scale(const char *name)
{
    return !script_workload_path(name);
}

/* A path goes into records, plans and reports as it is: it has to be text. */
static int check_script_path(const char *path, char *error, size_t error_size)
{
    char clean[PLAN_TEXT_BYTES];
    if (path[0] == '\0')
        return line_error(error, error_size, "which heap script? " SCRIPT_WORKLOAD_PREFIX "FILE names it");
    if (strcmp(path, "-") == 0)
        return line_error(error, error_size,
                          "a script from standard input cannot be run again and again; " SCRIPT_WORKLOAD_PREFIX
                          "FILE takes a file");
    if (strlen(path) + strlen(SCRIPT_WORKLOAD_PREFIX) >= sizeof clean)
        return line_error(error, error_size, "the path of script '%.40s...' is longer than %zu bytes", path,
                          sizeof clean - 1 - strlen(SCRIPT_WORKLOAD_PREFIX));
    memcpy(clean, path, strlen(path) + 1);
    line_clean(clean);
    if (strcmp(clean, path) != 0)
        return line_error(error, error_size, "the path of script '%s' is not printable UTF-8", path);
    return 0;
}

int plan_check_workload(const char *name, char *error, size_t error_size)
{
    const char *path = script_workload_path(name);
    if (!path)
        return find_workload(name) ? 0 : plan_unknown_workload(name, error, error_size);
    struct script_file file;
    char reason[NAMES_BYTES];
    if (check_script_path(path, error, error_size) != 0)
        return -1;
    if (script_file_open(&file, path, reason, sizeof reason) != 0)
        return line_error(error, error_size, "%s", reason);
    script_file_close(&file);
    return 0;
}

int plan_check_scale(const char *text, double *out, char *error, size_t error_size)
{
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(x) || x <= 0)
        return line_error(error, error_size, "scale is a positive number such as 0.25 or 2, not '%s'", text);
    *out = x;
    return 0;
}

static int check_runtime(const char *text, char *canonical, char *error, size_t error_size)
{
    const struct runtime_row *row = find_runtime(text);
    if (!row)
        return refuse("runtime", text, runtime_name, runtime_row_count, error, error_size);
    snprintf(canonical, PLAN_TEXT_BYTES, "%s", row->name);
    return 0;
}

static int check_collector(const char *text, char *canonical, char *error, size_t error_size)
{
    const struct collector *collector = find_collector(text);
    if (!collector)
        return refuse("collector", text, collector_name, collector_count, error, error_size);
    snprintf(canonical, PLAN_TEXT_BYTES, "%s", collector->name);
    return 0;
}

static int check_refcount(const char *text, char *canonical, char *error, size_t error_size)
{
    for (size_t i = 0; i < refcount_count; i++) {
        if (strcmp(refcount_names[i], text) == 0) {
            snprintf(canonical, PLAN_TEXT_BYTES, "%s", refcount_names[i]);
            return 0;
        }
    }
    return refuse("refcount", text, refcount_name, refcount_count, error, error_size);
}

static int check_tuning(const char *text, char *canonical, char *error, size_t error_size)
{
    struct tuning_setting setting;
    return tuning_parse(text, &setting, canonical, PLAN_TEXT_BYTES, error, error_size);
}

/* One allocator has one text: pools on the C library's malloc are named by the
 * pools alone, a file has its absolute path. */
static int check_allocator(const char *text, char *canonical, char *error, size_t error_size)
{
    struct allocator_choice choice;
    if (allocator_parse(text, &choice, error, error_size) != 0)
        return -1;
    char *whole = malloc(strlen(text) + ALLOCATOR_PATH_BYTES + 64);
    if (!whole)
        return line_error(error, error_size, "out of memory");
    size_t size = strlen(text) + ALLOCATOR_PATH_BYTES + 64;
    bool own_library = choice.allocator && !choice.allocator->preload[0];
    const char *name = choice.allocator ? choice.allocator->name : choice.path;
    if (choice.pools && own_library && choice.settings[0][0] == '\0')
        snprintf(whole, size, "%s", choice.pools->name);
    else
        snprintf(whole, size, "%s%s%s", choice.pools ? choice.pools->name : "", choice.pools ? "+" : "", name);
    for (size_t i = 0; i < ALLOCATOR_SETTINGS && choice.settings[i][0]; i++)
        line_append(whole, size, "@%s", choice.settings[i]);

    int result = 0;
    if (strlen(whole) >= PLAN_TEXT_BYTES)
        result = line_error(error, error_size, "allocator '%s' is longer than %d bytes", text, PLAN_TEXT_BYTES - 1);
    else
        memcpy(canonical, whole, strlen(whole) + 1);
    free(whole);
    return result;
}

int plan_check_value(const char *dimension, const char *text, char *canonical, char *error, size_t error_size)
{
    static const struct {
        const char *dimension;
        int (*check)(const char *, char *, char *, size_t);
    } checks[] = {
        {"runtime", check_runtime}, {"allocator", check_allocator}, {"collector", check_collector},
        {"tuning", check_tuning},   {"refcount", check_refcount},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (strcmp(checks[i].dimension, dimension) != 0)
            continue;
        int result = checks[i].check(text, canonical, error, error_size);
        if (result != 0)
            line_clean(error); /* the layers below repeat a text as it was typed */
        return result;
    }
    return line_error(error, error_size, "there is no dimension '%s'", dimension);
}
