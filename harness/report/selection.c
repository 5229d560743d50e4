#include "harness/report/selection.h"

#include <stdlib.h>

struct ranked {
    size_t index;
    int rank; /* less is shown first */
    double throughput;
};

static int by_worth(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->throughput > b->throughput || a->throughput < b->throughput)
        return a->throughput > b->throughput ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static int by_index(const void *left, const void *right)
{
    const size_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

static struct ranked rank_of(const struct summary *s, const struct subject *subject, size_t index)
{
    const struct configuration *c = &s->configurations[index];
    double throughput = c->measure[MEASURE_THROUGHPUT].median;

    return (struct ranked){index,
                           index == subject->baseline ? 0
                           : c->on_front              ? 1
                                                      : 2,
                           throughput >= 0 ? throughput : -1};
}

int select_configurations(const struct summary *s, const struct subject *subject, size_t most, struct selection *out)
{
    struct ranked *ranked = malloc((subject->count + 1) * sizeof *ranked);

    *out = (struct selection){malloc((subject->count + 1) * sizeof *out->index), 0, subject->count};
    if (ranked == NULL || out->index == NULL) {
        free(ranked);
        selection_free(out);
        return -1;
    }
    for (size_t i = 0; i < subject->count; i++)
        ranked[i] = rank_of(s, subject, subject->first + i);
    if (subject->count > most)
        qsort(ranked, subject->count, sizeof *ranked, by_worth);
    out->count = subject->count < most ? subject->count : most;
    for (size_t i = 0; i < out->count; i++)
        out->index[i] = ranked[i].index;
    qsort(out->index, out->count, sizeof *out->index, by_index);
    free(ranked);
    return 0;
}

void selection_free(struct selection *selection)
{
    free(selection->index);
    *selection = (struct selection){NULL, 0, 0};
}
