#include "harness/analysis/selection.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { UNRANKED = 0 };

struct candidate {
    struct hypervolume_point place; /* in the cube */
    size_t rank;                    /* UNRANKED until it has one */
    size_t dominators;              /* that have no rank yet */
    double gain;                    /* at most this: what it added when it was last asked */
    double sum;
    bool selected;
};

struct selection {
    const struct selection_point *points;
    struct candidate *candidates;
    size_t count;
    struct hypervolume_point *covered; /* places of those selected */
    size_t selected;
    size_t *order;
};

bool selection_dominates(const struct selection_point *a, const struct selection_point *b)
{
    bool better = false;

    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++) {
        if (!(a->middle.at[m] <= b->middle.at[m]))
            return false;
        better = better || a->worst.at[m] < b->best.at[m];
    }
    return better;
}

static bool is_known(const struct candidate *c)
{
    return !isnan(c->sum);
}

/* ---- Ranks ---- */

static void count_dominators(struct selection *s)
{
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->count; k++)
            if (is_known(&s->candidates[k]) && selection_dominates(&s->points[k], &s->points[i]))
                s->candidates[i].dominators++;
}

static void release_dominated(struct selection *s, size_t rank)
{
    for (size_t k = 0; k < s->count; k++)
        for (size_t i = 0; s->candidates[k].rank == rank && i < s->count; i++)
            if (selection_dominates(&s->points[k], &s->points[i]))
                s->candidates[i].dominators--;
}

/* Medians only fall from a dominated point to who dominates it, so that every
 * pass finds some without dominators, until only the unknown are left. */
static void set_ranks(struct selection *s)
{
    size_t left = 0;

    count_dominators(s);
    for (size_t i = 0; i < s->count; i++)
        left += is_known(&s->candidates[i]);
    for (size_t rank = 1; left > 0; rank++) {
        for (size_t i = 0; i < s->count; i++) {
            struct candidate *c = &s->candidates[i];
            if (is_known(c) && c->rank == UNRANKED && c->dominators == 0) {
                c->rank = rank;
                left--;
            }
        }
        release_dominated(s, rank);
    }
}

/* ---- Within a rank ---- */

static bool comes_before(const struct candidate *a, const struct candidate *b)
{
    if (a->gain > b->gain || a->gain < b->gain)
        return a->gain > b->gain;
    return a->sum < b->sum;
}

static struct candidate *most_promising(struct selection *s, size_t rank)
{
    struct candidate *best = NULL;
    for (size_t i = 0; i < s->count; i++) {
        struct candidate *c = &s->candidates[i];
        if (!c->selected && c->rank == rank && (!best || comes_before(c, best)))
            best = c;
    }
    return best;
}

/* What a point adds can only fall while others are selected: who is still first with today's gain is the best. */
static int next_of_rank(struct selection *s, size_t rank, struct candidate **out)
{
    const struct hypervolume_point reference = hypervolume_reference();
    struct candidate *asked = NULL, *best;

    while ((best = most_promising(s, rank)) != asked) {
        asked = best;
        if (hypervolume_gain(s->covered, s->selected, &best->place, &reference, &best->gain) != 0)
            return -1;
    }
    *out = best;
    return 0;
}

static void take(struct selection *s, struct candidate *c)
{
    c->selected = true;
    s->covered[s->selected] = c->place;
    s->order[s->selected++] = (size_t)(c - s->candidates);
}

static int take_ranks(struct selection *s, size_t wanted)
{
    struct candidate *next;

    for (size_t rank = 1; s->selected < wanted; rank++) {
        bool any = false;
        while (s->selected < wanted) {
            if (next_of_rank(s, rank, &next) != 0)
                return -1;
            if (!next)
                break;
            take(s, next);
            any = true;
        }
        if (!any)
            break;
    }
    for (size_t i = 0; i < s->count && s->selected < wanted; i++)
        if (!is_known(&s->candidates[i]))
            take(s, &s->candidates[i]);
    return 0;
}

static int place_candidates(struct selection *s)
{
    struct hypervolume_point *middles = calloc(s->count + 1, sizeof *middles);
    if (middles == NULL)
        return -1;
    for (size_t i = 0; i < s->count; i++)
        middles[i] = s->points[i].middle;
    struct hypervolume_space space = hypervolume_space(middles, s->count, false);
    for (size_t i = 0; i < s->count; i++) {
        struct candidate *c = &s->candidates[i];
        *c = (struct candidate){.place = hypervolume_in_space(&space, &middles[i]), .gain = INFINITY};
        for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
            c->sum += c->place.at[m];
    }
    free(middles);
    return 0;
}

int select_best(const struct selection_point *points, size_t count, size_t wanted, size_t *order)
{
    struct selection s = {.points = points, .count = count, .order = order};
    s.candidates = malloc((count + 1) * sizeof *s.candidates);
    s.covered = malloc((count + 1) * sizeof *s.covered);
    int status = s.candidates != NULL && s.covered != NULL && place_candidates(&s) == 0 ? 0 : -1;
    if (status == 0) {
        set_ranks(&s);
        status = take_ranks(&s, wanted < count ? wanted : count);
    }
    free(s.candidates);
    free(s.covered);
    return status;
}
