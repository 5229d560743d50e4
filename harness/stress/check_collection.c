/* check_collection.c - what a collection did: counters, generations, what it found. */
#include "harness/stress/session.h"

#include <inttypes.h>

/* ---- One generation ---- */

static uint64_t objects_up_to(const struct runtime_state *state, int generation)
{
    uint64_t n = 0;
    for (int g = 0; g <= generation; g++)
        n += state->generation[g].objects;
    return n;
}

static bool check_counters(struct session *s, int generation, const struct runtime_state *before,
                           const struct runtime_state *after)
{
    for (int g = 0; g < GENERATIONS; g++) {
        int64_t should_be = g <= generation ? 0 : before->count[g] + (g == generation + 1);
        if (after->count[g] != should_be)
            return session_fail(s, "count %d is %" PRId64 " after a collection of generation %d, should be %" PRId64, g,
                                after->count[g], generation, should_be);
        uint64_t collections = before->generation[g].collections + (g == generation);
        if (after->generation[g].collections != collections)
            return session_fail(s, "generation %d was collected %" PRIu64 " times, should be %" PRIu64, g,
                                after->generation[g].collections, collections);
    }
    return true;
}

/* Survivors move on by one; older ones stay, but for those that only garbage held. */
static bool check_promotion(struct session *s, int generation, const struct runtime_state *before,
                            const struct runtime_state *after)
{
    int to = generation + 1 < GENERATIONS ? generation + 1 : generation;
    for (int g = 0; g < GENERATIONS; g++) {
        uint64_t most = g < to ? 0 : g == to ? objects_up_to(before, to) : before->generation[g].objects;
        if (after->generation[g].objects > most)
            return session_fail(s,
                                "generation %d has %" PRIu64
                                " objects after a collection of generation %d, should be %" PRIu64 " at most",
                                g, after->generation[g].objects, generation, most);
    }
    return true;
}

/* Frees may bring the count of generation 0 down, but nothing is allocated. */
void session_collect_checked(struct session *s, int generation)
{
    struct runtime_state before, after;
    s->calm = true;
    runtime_read(&s->m, &before);
    uint64_t found = runtime_collect(&s->m, generation);
    runtime_read(&s->m, &after);
    s->calm = false;
    if (after.generation[generation].collected != before.generation[generation].collected + found)
        session_fail(s, "generation %d: %" PRIu64 " objects were found, but its statistics differ", generation, found);
    if (check_counters(s, generation, &before, &after))
        check_promotion(s, generation, &before, &after);
}

/* ---- Everything ---- */

/* What a full collection found, against what was garbage before it. */
static bool check_found(struct session *s, uint64_t found, bool untouched)
{
    struct oracle_census c = oracle_count(&s->oracle);
    uint64_t least = untouched ? c.garbage_tracked : 0;
    uint64_t most = c.garbage_tracked + c.garbage_maybe;
    if (found < least || found > most)
        return session_fail(s, "a full collection found %" PRIu64 " objects, should be %" PRIu64 " to %" PRIu64, found,
                            least, most);
    return true;
}

static bool check_long_lived(struct session *s)
{
    struct runtime_state state;
    runtime_read(&s->m, &state);
    if (state.long_lived_pending != 0 || state.long_lived_total != (int64_t)state.generation[2].objects)
        return session_fail(s, "%" PRId64 " long-lived objects and %" PRId64 " pending, should be %" PRIu64 " and 0",
                            state.long_lived_total, state.long_lived_pending, state.generation[2].objects);
    return true;
}

static void stop_saving(struct session *s)
{
    s->saving = false;
    runtime_set_debug(&s->m, 0);
    heap_clear_garbage(mutator_heap(&s->m));
    oracle_settle(&s->oracle);
}

bool session_check_all(struct session *s, bool lively)
{
    if (lively) {
        runtime_collect(&s->m, GENERATIONS - 1);
        oracle_settle(&s->oracle);
    }
    s->calm = true;
    stop_saving(s);
    runtime_unfreeze(&s->m);
    oracle_mark(&s->oracle);
    bool untouched = s->result->collections == s->collections_checked;
    uint64_t found = runtime_collect(&s->m, GENERATIONS - 1);
    bool held = check_found(s, found, untouched) && check_long_lived(s);
    oracle_sweep(&s->oracle);
    s->calm = false;
    s->collections_checked = s->result->collections;
    s->result->full_checks++;
    return held && session_check(s, true);
}
