#include "harness/sweep/replay.h"

#include <stdlib.h>

#include "harness/sweep/line.h"

static int share_of(const struct hypervolume_point *medians, size_t count, const bool *found, bool linear, double *out)
{
    const struct hypervolume_point reference = hypervolume_reference();
    const struct hypervolume_space space = hypervolume_space(medians, count, linear);
    struct hypervolume_point *all = calloc(count + 1, sizeof *all), *part = calloc(count + 1, sizeof *part);
    double whole = 0, covered = 0;
    size_t n = 0;
    int status = all != NULL && part != NULL ? 0 : -1;

    for (size_t i = 0; status == 0 && i < count; i++) {
        all[i] = hypervolume_in_space(&space, &medians[i]);
        if (found[i])
            part[n++] = all[i];
    }
    if (status == 0 &&
        (hypervolume(all, count, &reference, &whole) != 0 || hypervolume(part, n, &reference, &covered) != 0))
        status = -1;
    free(all);
    free(part);
    *out = covered / whole;
    return status;
}

int replay_share_of(const struct measured *grid, const bool *found, struct replay_share *out)
{
    size_t count = grid->grid->count;
    struct hypervolume_point *medians = calloc(count + 1, sizeof *medians);
    int status = medians != NULL ? measured_medians(grid, medians) : -1;
    if (status == 0 && (share_of(medians, count, found, false, &out->logarithms) != 0 ||
                        share_of(medians, count, found, true, &out->values) != 0))
        status = -1;
    free(medians);
    return status;
}

static int judge(const struct measured *grid, const unsigned *rounds_of, struct replay_result *out)
{
    bool *found = calloc(grid->grid->count + 1, sizeof *found);
    int status = found != NULL ? measured_front(grid, rounds_of, found) : -1;
    out->front = 0;
    for (size_t i = 0; status == 0 && i < grid->grid->count; i++)
        out->front += found[i];
    if (status == 0)
        status = replay_share_of(grid, found, &out->share);
    free(found);
    return status;
}

int replay_search(const struct measured *grid, const struct halving_options *o, struct replay_result *out, char *error,
                  size_t error_size)
{
    struct halving *h;
    struct halving_step step;
    if (halving_open(grid->grid, o, &h, error, error_size) != 0)
        return -1;
    int more;
    while ((more = halving_next(h, grid->values, &step)) == 1)
        continue;
    out->runs = halving_runs(h);
    int status = more == 0 ? judge(grid, halving_rounds(h), out) : -1;
    halving_close(h);
    return status == 0 ? 0 : line_error(error, error_size, "out of memory");
}
