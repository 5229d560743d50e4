#include "harness/sweep/measured.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/front.h"

int measured_make(const struct grid *g, unsigned rounds, struct measured *out)
{
    size_t count = g->count * rounds;
    *out = (struct measured){.grid = g, .rounds = rounds};
    out->values = malloc((count + 1) * sizeof *out->values);
    out->held = calloc(count + 1, sizeof *out->held);
    if (out->values == NULL || out->held == NULL) {
        measured_free(out);
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        out->values[i] = (struct hypervolume_point){{NAN, NAN, NAN}};
    return 0;
}

void measured_free(struct measured *m)
{
    free(m->values);
    free(m->held);
    *m = (struct measured){0};
}

/* ---- Runs to cells ---- */

struct named_cell {
    const char *key;
    size_t cell;
};

static int compare_names(const void *a, const void *b)
{
    const struct named_cell *x = a, *y = b;
    return strcmp(x->key, y->key);
}

static struct named_cell *name_cells(const struct grid *g, const struct plan_configuration *configurations)
{
    struct named_cell *names = malloc((g->count + 1) * sizeof *names);
    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < g->count; i++)
        names[i] = (struct named_cell){configurations[g->cells[i].configuration].key, i};
    qsort(names, g->count, sizeof *names, compare_names);
    return names;
}

static void read_run(struct measured *m, const struct named_cell *names, const struct run_record *run)
{
    const struct named_cell wanted = {.key = run->configuration};
    const struct named_cell *found = bsearch(&wanted, names, m->grid->count, sizeof *names, compare_names);
    struct front_round round;

    if (found == NULL || run->twin || run->round >= m->rounds)
        return;
    size_t at = found->cell * m->rounds + run->round;
    m->held[at] = true;
    if (front_round_of(run, &round))
        m->values[at] = (struct hypervolume_point){
            {round.value[FRONT_PAUSE_NS], round.value[FRONT_RSS_BYTES], round.value[FRONT_WALL_NS]}};
}

int measured_read(struct measured *m, const struct plan_configuration *configurations, const struct result_set *results)
{
    struct named_cell *names = name_cells(m->grid, configurations);
    if (names == NULL)
        return -1;
    for (size_t i = 0; i < results->run_count; i++)
        read_run(m, names, &results->runs[i]);
    free(names);
    return 0;
}

unsigned measured_whole_rounds(const struct measured *m)
{
    for (unsigned round = 0; round < m->rounds; round++)
        for (size_t cell = 0; cell < m->grid->count; cell++)
            if (!m->held[cell * m->rounds + round])
                return round;
    return m->rounds;
}

/* ---- The front ---- */

/* The cell's known rounds, from `room` on. */
static int make_point(const struct measured *m, size_t cell, unsigned rounds, struct front_round *room,
                      struct front_point *out)
{
    size_t known = 0;

    for (unsigned round = 0; round < rounds; round++) {
        const struct hypervolume_point *value = &m->values[cell * m->rounds + round];
        if (isnan(value->at[0]))
            continue;
        room[known] = (struct front_round){.round = round};
        memcpy(room[known++].value, value->at, sizeof value->at);
    }
    *out = (struct front_point){.rounds = room, .count = known};
    return front_prepare(out);
}

/* `rounds_of` NULL: all of them. */
static int make_points(const struct measured *m, const unsigned *rounds_of, struct front_round *room,
                       struct front_point *points)
{
    int status = 0;
    for (size_t i = 0; i < m->grid->count && status == 0; i++)
        status = make_point(m, i, rounds_of ? rounds_of[i] : m->rounds, &room[i * m->rounds], &points[i]);
    return status;
}

int measured_front(const struct measured *m, const unsigned *rounds_of, bool *on_front)
{
    struct front_round *room = malloc((m->grid->count * m->rounds + 1) * sizeof *room);
    struct front_point *points = malloc((m->grid->count + 1) * sizeof *points);
    int status = room != NULL && points != NULL ? make_points(m, rounds_of, room, points) : -1;
    if (status == 0)
        status = find_front(points, m->grid->count, on_front);
    free(room);
    free(points);
    return status;
}

int measured_medians(const struct measured *m, struct hypervolume_point *medians)
{
    struct front_round *room = malloc((m->grid->count * m->rounds + 1) * sizeof *room);
    struct front_point *points = malloc((m->grid->count + 1) * sizeof *points);
    int status = room != NULL && points != NULL ? make_points(m, NULL, room, points) : -1;
    for (size_t i = 0; i < m->grid->count && status == 0; i++)
        memcpy(medians[i].at, points[i].median, sizeof medians[i].at);
    free(room);
    free(points);
    return status;
}
