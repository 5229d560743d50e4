/* shrink.c - leaving out whatever a failing session can do without. */
#include "harness/stress/shrink.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/stress/confine.h"

struct shrinking {
    struct program *program;
    struct program_result *result;
    struct deed *room; /* for tries */
    double until;
    unsigned hang_seconds;
};

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Takes the try over when it fails, too, cut after the deed at fault. */
static bool adopt(struct shrinking *k, const struct program *try)
{
    struct program_result result;
    if (seconds_now() > k->until || program_run_confined(try, k->hang_seconds, &result) == 0)
        return false;
    *k->result = result;
    k->program->settings = try->settings;
    k->program->count = result.deed < try->count ? (size_t)result.deed + 1 : try->count;
    memcpy(k->program->deed, try->deed, k->program->count * sizeof try->deed[0]);
    return true;
}

static bool try_without(struct shrinking *k, size_t first, size_t n)
{
    const struct program *p = k->program;
    memcpy(k->room, p->deed, first * sizeof p->deed[0]);
    memcpy(k->room + first, p->deed + first + n, (p->count - first - n) * sizeof p->deed[0]);
    return adopt(k, &(struct program){.settings = p->settings, .deed = k->room, .count = p->count - n});
}

/* From the end, where what is left out tells least on the rest. */
static bool leave_out_runs(struct shrinking *k, size_t n)
{
    bool any = false;
    for (size_t end = k->program->count; end >= n && end > 0;) {
        bool adopted = try_without(k, end - n, n);
        any |= adopted;
        end -= n;
        if (end > k->program->count)
            end = k->program->count;
    }
    return any;
}

static void leave_deeds_out(struct shrinking *k)
{
    for (size_t n = k->program->count / 2; n > 0; n /= 2)
        leave_out_runs(k, n);
    while (leave_out_runs(k, 1))
        continue;
}

static void leave_steps_out(struct shrinking *k)
{
    for (size_t i = 0; i < k->program->count; i++) {
        if (k->program->deed[i].then.kind == DEED_NOTHING)
            continue;
        struct program try = {.settings = k->program->settings, .deed = k->room, .count = k->program->count};
        memcpy(k->room, k->program->deed, try.count * sizeof try.deed[0]);
        try.deed[i].then = (struct step){0};
        adopt(k, &try);
    }
}

static void leave_settings_out(struct shrinking *k)
{
    const struct heap_settings s = k->program->settings;
    struct heap_settings plainer[] = {s, s, s};
    plainer[0].debug = false;
    plainer[1].observed = false;
    plainer[2].free_lists = 0;
    for (size_t i = 0; i < sizeof plainer / sizeof plainer[0]; i++) {
        struct program try = {.settings = plainer[i], .deed = k->room, .count = k->program->count};
        memcpy(k->room, k->program->deed, try.count * sizeof try.deed[0]);
        adopt(k, &try);
    }
}

void program_shrink(struct program *p, struct program_result *result, double seconds, unsigned hang_seconds)
{
    struct shrinking k = {
        .program = p,
        .result = result,
        .room = malloc((p->count + 1) * sizeof p->deed[0]),
        .until = seconds_now() + seconds,
        .hang_seconds = hang_seconds,
    };
    if (!k.room)
        return;
    if (result->deed < p->count)
        p->count = (size_t)result->deed + 1;
    leave_deeds_out(&k);
    leave_steps_out(&k);
    leave_settings_out(&k);
    leave_deeds_out(&k);
    free(k.room);
}
