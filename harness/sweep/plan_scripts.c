/* plan_scripts.c - a plan's heap scripts as facts of its results. */
#include "harness/sweep/plan_scripts.h"

#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "workloads/script/script_file.h"

/* malloc'd; NULL with one line in `error`. It has been parsed, so it is text. */
static char *read_script(const char *path, char *error, size_t error_size)
{
    struct script_file file;
    if (script_file_open(&file, path, error, error_size) != 0)
        return NULL;
    char *text = strndup(file.text, file.text_bytes);
    script_file_close(&file);
    if (!text)
        line_error(error, error_size, "out of memory");
    return text;
}

int plan_scripts_keep(const struct plan *p, struct store *s, char *error, size_t error_size)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < p->workload_count; i++) {
        const char *path = script_workload_path(p->workloads[i].name);
        if (!path)
            continue;
        char *text = read_script(path, error, error_size);
        result = text ? store_set_fact(s, p->workloads[i].name, text, error, error_size) : -1;
        free(text);
    }
    return result;
}

int plan_scripts_check(const struct plan *p, const struct result_set *results, char *error, size_t error_size)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < p->workload_count; i++) {
        const char *path = script_workload_path(p->workloads[i].name);
        const char *kept = path ? find_result_fact(results, p->workloads[i].name) : NULL;
        if (!kept)
            continue;
        char *text = read_script(path, error, error_size);
        if (!text)
            return -1;
        if (strcmp(text, kept) != 0)
            result = line_error(error, error_size,
                                "%s has changed since %s was made of it; a sweep of the new text takes a new --out",
                                path, results->directory);
        free(text);
    }
    return result;
}
