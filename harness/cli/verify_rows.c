/* verify_rows.c - the same configuration on both runtimes, run and compared. */
#include "harness/cli/verify_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/analysis/difference.h"

enum { DIFFERENCE_BYTES = 2048 };

/* The same work on the real CPython. */
static const struct plan_configuration *find_partner(const struct plan_configuration *list, size_t count,
                                                     const struct plan_configuration *c)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan_configuration *other = &list[i];
        if (!other->twin && other->workload == c->workload && strcmp(other->runtime, "cpython") == 0 &&
            strcmp(other->allocator, c->allocator) == 0 && strcmp(other->tuning, c->tuning) == 0 &&
            strcmp(other->collector, c->collector) == 0)
            return other;
    }
    return NULL;
}

size_t verify_find_rows(const struct plan_configuration *list, size_t count, struct verify_row *rows)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct plan_configuration *partner = find_partner(list, count, &list[i]);
        if (!list[i].twin && partner && partner != &list[i])
            rows[found++] = (struct verify_row){&list[i], partner};
    }
    return found;
}

int verify_run_row(const struct runner *runner, const struct plan *p, const struct verify_row *row, unsigned round,
                   bool cpython_first, struct verify_runs *out, char *error, size_t error_size)
{
    struct run_record *const models = &out->model, *const cpythons = &out->cpython;
    struct run_record *first = cpython_first ? cpythons : models, *second = cpython_first ? models : cpythons;
    int result = runner_run(runner, p, cpython_first ? row->cpython : row->model, round, first, error, error_size);
    if (result != 0)
        return result;
    result = runner_run(runner, p, cpython_first ? row->model : row->cpython, round, second, error, error_size);
    if (result != 0)
        record_free(first);
    return result;
}

void verify_free_runs(struct verify_runs *runs)
{
    record_free(&runs->model);
    record_free(&runs->cpython);
}

bool verify_is_equal(const struct verify_runs *runs, char *text, size_t size)
{
    const struct run_record *model = &runs->model, *cpython = &runs->cpython;
    bool ran = strcmp(model->status, "ok") == 0 && strcmp(cpython->status, "ok") == 0;
    bool equal = find_differences(model, cpython, text, size) == 0 && ran;
    if (!ran)
        snprintf(text, size, "model %s %s; cpython %s %s", model->status, model->message, cpython->status,
                 cpython->message);
    return equal;
}

bool verify_print_row(const struct verify_runs *runs)
{
    char differences[DIFFERENCE_BYTES];
    const struct run_record *model = &runs->model;
    bool ran = strcmp(model->status, "ok") == 0 && strcmp(runs->cpython.status, "ok") == 0;
    bool equal = verify_is_equal(runs, differences, sizeof differences);
    printf("%-8s %-16s %-17s %-18s ", equal ? "equal" : "DIFFERS", model->workload, model->allocator, model->tuning);
    if (equal)
        printf("collections %" PRIu64 ", %" PRIu64 ", %" PRIu64 "; checksum %016" PRIx64 "\n", model->gen0_collections,
               model->gen1_collections, model->gen2_collections, model->checksum);
    else
        printf("%s%s\n", ran ? "model against cpython: " : "", differences);
    fflush(stdout);
    return equal;
}
