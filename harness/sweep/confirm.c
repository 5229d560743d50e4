#include "harness/sweep/confirm.h"

#include <stdlib.h>
#include <string.h>

#include "harness/store/own_folder.h"
#include "harness/store/store.h"
#include "harness/sweep/environment.h"
#include "harness/sweep/line.h"
#include "harness/sweep/sweep.h"

int confirm_check(const struct runner *r, const struct pair_plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; i < p->chosen_count; i++)
        if (runner_check(r, &p->configurations[p->chosen[i]], error, error_size) != 0)
            return -1;
    return 0;
}

/* ---- The store ---- */

static int create(const struct runner *r, const char *plan, const char *directory, const char *command,
                  struct store **out, char *error, size_t error_size)
{
    char *environment = environment_to_json(r);
    int status = environment != NULL ? store_create(directory, plan, environment, out, error, error_size)
                                     : line_error(error, error_size, "out of memory");

    free(environment);
    if (status != 0 || store_set_fact(*out, "command", command, error, error_size) == 0)
        return status;
    char ignored[RECORD_TEXT_BYTES];
    store_close(*out, ignored, sizeof ignored);
    return -1;
}

/* Whether a kept plan is ours, whatever its rounds. */
static bool is_same_plan(const char *kept, const struct plan *p)
{
    struct plan other = {0};
    char ignored[RECORD_TEXT_BYTES];
    bool same = false;

    if (plan_from_json(kept, &other, ignored, sizeof ignored) == 0) {
        other.rounds = p->rounds;
        char *a = plan_to_json(&other), *b = plan_to_json(p);
        same = a != NULL && b != NULL && strcmp(a, b) == 0;
        free(a);
        free(b);
    }
    plan_free(&other);
    return same;
}

/* Reads it first: opening a store for runs changes its file. */
static int check_kept(const struct plan *p, const char *directory, char *error, size_t error_size)
{
    struct result_set kept;

    if (store_load(directory, &kept, error, error_size) != 0)
        return -1;
    int status =
        is_same_plan(kept.plan, p)
            ? 0
            : line_error(error, error_size, "%s holds the confirmation of other advice: move it away first", directory);
    result_set_free(&kept);
    return status;
}

static int reopen(const struct plan *p, const char *plan, const char *directory, struct store **out, char *error,
                  size_t error_size)
{
    char ignored[RECORD_TEXT_BYTES];

    if (check_kept(p, directory, error, error_size) != 0 || store_open(directory, out, error, error_size) != 0)
        return -1;
    int status = store_set_fact(*out, "plan", plan, error, error_size);
    if (status != 0)
        store_close(*out, ignored, sizeof ignored);
    return status;
}

/* ---- The rounds ---- */

static int run_rounds(const struct runner *r, const struct pair_plan *p, struct store *s, char *error,
                      size_t error_size)
{
    struct sweep *w;
    enum sweep_stop stopped = SWEEP_INTERRUPTED;

    if (sweep_open(&p->plan, r, s, &w, error, error_size) != 0)
        return -1;
    int ran = sweep_rounds(w, p->chosen, p->chosen_count, 0, p->plan.rounds, &stopped, error, error_size);
    char ignored[RECORD_TEXT_BYTES];
    int closed = ran == 0 ? sweep_close(w, stopped, NULL, error, error_size)
                          : sweep_close(w, SWEEP_INTERRUPTED, NULL, ignored, sizeof ignored);
    if (ran != 0 || closed != 0)
        return -1;
    return stopped == SWEEP_INTERRUPTED ? CONFIRM_INTERRUPTED : 0;
}

int confirm_run(const struct runner *r, const struct pair_plan *p, const char *directory, const char *command,
                char *error, size_t error_size)
{
    struct store *s;
    char ignored[RECORD_TEXT_BYTES];
    char *plan = plan_to_json(&p->plan);

    if (plan == NULL)
        return line_error(error, error_size, "out of memory");
    int status = own_folder_make(directory, error, error_size);
    if (status == 0)
        status = store_exists(directory) ? reopen(&p->plan, plan, directory, &s, error, error_size)
                                         : create(r, plan, directory, command, &s, error, error_size);
    free(plan);
    if (status != 0)
        return -1;
    status = run_rounds(r, p, s, error, error_size);
    int closed = status == -1 ? store_close(s, ignored, sizeof ignored) : store_close(s, error, error_size);
    return closed == 0 ? status : -1;
}
