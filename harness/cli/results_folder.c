#include "harness/cli/results_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/sweep/environment.h"
#include "harness/sweep/line.h"
#include "harness/sweep/plan_scripts.h"
#include "harness/sweep/tune.h"

enum { ERROR_BYTES = 1024 };

/* mkdir -p. */
int results_make_folder(const char *directory, char *error, size_t error_size)
{
    char *path = strdup(directory);
    int result = path ? 0 : ENOMEM;
    for (char *at = path; result == 0 && at; at = strchr(at, '/')) {
        at += strspn(at, "/");
        char *end = strchr(at, '/');
        if (end)
            *end = '\0';
        if (path[0] && mkdir(path, 0777) != 0 && errno != EEXIST)
            result = errno;
        if (end)
            *end = '/';
    }
    free(path);
    struct stat status;
    if (result == 0 && stat(directory, &status) != 0)
        result = errno;
    if (result == 0 && !S_ISDIR(status.st_mode))
        result = ENOTDIR;
    if (result != 0)
        return line_error(error, error_size, "cannot make the folder %s: %s", directory, strerror(result));
    return 0;
}

static int create(const char *directory, const struct plan *p, const struct runner *r, enum results_kind kind,
                  const char *command, struct store **out, char *error, size_t error_size)
{
    if (results_make_folder(directory, error, error_size) != 0)
        return -1;
    char *plan = plan_to_json(p), *environment = environment_to_json(r);
    int result = plan && environment ? store_begin(directory, plan, environment, out, error, error_size)
                                     : line_error(error, error_size, "out of memory");
    free(plan);
    free(environment);
    if (result != 0)
        return -1;
    if (store_set_fact(*out, "command", command, error, error_size) == 0 &&
        (kind == RESULTS_SWEEP || store_set_fact(*out, TUNE_FACT, TUNE_UNFINISHED, error, error_size) == 0) &&
        plan_scripts_keep(p, *out, error, error_size) == 0)
        return store_publish(*out, directory, error, error_size);
    store_abandon(*out, directory);
    return -1;
}

static int reopen(const char *directory, const struct plan *p, struct store **out, char *error, size_t error_size)
{
    if (store_open(directory, out, error, error_size) != 0)
        return -1;
    char *merged = NULL, *lists = NULL, *plan = plan_to_json(p);
    int result = store_fact(*out, "sources", &merged, error, error_size);
    if (result == 0)
        result = store_fact(*out, STORE_LISTS_FACT, &lists, error, error_size);
    if (result == 0)
        result = merged ? line_error(error, error_size, "%s: is merged of several sweeps; resume those and merge again",
                                     directory)
                 : lists ? line_error(error, error_size, "%s: is a copy without lists; resume the sweep that it is of",
                                      directory)
                 : plan  ? store_set_fact(*out, "plan", plan, error, error_size)
                         : line_error(error, error_size, "out of memory");
    free(plan);
    free(lists);
    free(merged);
    char ignored[ERROR_BYTES];
    if (result != 0)
        store_close(*out, ignored, sizeof ignored);
    return result;
}

int results_open(const char *directory, bool resume, enum results_kind kind, const struct plan *p,
                 const struct runner *r, const char *command, struct store **out, char *error, size_t error_size)
{
    return resume ? reopen(directory, p, out, error, error_size)
                  : create(directory, p, r, kind, command, out, error, error_size);
}

int results_plan(const char *directory, struct plan *p, char *error, size_t error_size)
{
    struct result_set results;
    char reason[ERROR_BYTES];
    if (store_load(directory, &results, error, error_size) != 0)
        return -1;
    int result = plan_from_json(results.plan, p, reason, sizeof reason);
    if (result != 0)
        line_error(error, error_size, "%s: its plan: %s", directory, reason);
    else
        result = plan_scripts_check(p, &results, error, error_size);
    result_set_free(&results);
    return result;
}
