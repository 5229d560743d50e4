/* check.c - the heap against the oracle.
 *
 * The roots are compared first, and each object's references before what they
 * lead to, by address: what the heap lost is reported, not followed.
 */
#include "harness/stress/session.h"

#include <inttypes.h>
#include <string.h>

#include "core/heap_check.h"

static uint64_t id_of(const struct shadow *at)
{
    value v = at->object;
    uint64_t id;
    switch (at->shape) {
    case SHAPE_BYTES:
        memcpy(&id, value_bytes(v), ID_BYTES);
        return id;
    case SHAPE_TUPLE:
        return (uint64_t)value_int(value_tuple_get(v, 0));
    case SHAPE_LIST:
        return (uint64_t)value_int(value_list_get(v, 0));
    default:
        return (uint64_t)value_int(value_slot_get(v, 0));
    }
}

/* What the heap's object holds as its edge i; NULL for None and empty. */
static value edge_of(struct session *s, const struct shadow *at, uint32_t i)
{
    value v = at->object;
    if (at->shape == SHAPE_LIST)
        v = value_list_get(v, 1 + i);
    else if (at->shape == SHAPE_TUPLE)
        v = value_tuple_get(v, 1 + i);
    else
        v = value_slot_get(v, 1 + i);
    value none = new_none(&s->m);
    value_drop(&s->m, none);
    return v == none ? NULL : v;
}

static value expected(struct session *s, oracle_place place)
{
    return place == ORACLE_NONE ? NULL : s->oracle.at[place].object;
}

static bool check_roots(struct session *s)
{
    for (size_t i = 0; i < ORACLE_ROOTS; i++)
        if (mutator_all_roots(&s->m)[i] != expected(s, s->oracle.root[i]))
            return session_fail(s, "root %zu does not hold what it should", i);
    return true;
}

static bool check_edges(struct session *s, const struct shadow *at)
{
    for (uint32_t i = 0; i < at->edges; i++)
        if (edge_of(s, at, i) != expected(s, at->edge[i]))
            return session_fail(s, "object %" PRIu64 " does not hold what it should as edge %u", at->id, (unsigned)i);
    if (at->shape == SHAPE_LIST && value_list_length(at->object) != 1 + at->edges)
        return session_fail(s, "list %" PRIu64 " is %zu items long, should be %u", at->id,
                            value_list_length(at->object), 1 + (unsigned)at->edges);
    return true;
}

static bool check_references(struct session *s, const struct shadow *at, bool exact)
{
    uint64_t references = (uint64_t)object_references(at->object);
    uint64_t most = exact ? at->references_reachable : at->references;
    if (references < at->references_reachable || references > most)
        return session_fail(s, "object %" PRIu64 " counts %" PRIu64 " references, should be %" PRIu32 " to %" PRIu64,
                            at->id, references, at->references_reachable, most);
    return true;
}

static bool check_object(struct session *s, const struct shadow *at, bool exact)
{
    if (id_of(at) != at->id)
        return session_fail(s, "object %" PRIu64 " is reachable, but %" PRIu64 " is in its place", at->id, id_of(at));
    if (at->finalized > 0)
        return session_fail(s, "object %" PRIu64 " is reachable, but was finalized", at->id);
    return check_edges(s, at) && check_references(s, at, exact);
}

static bool check_fault(struct session *s)
{
    if (s->oracle.fault)
        return session_fail(s, "object %" PRIu64 " %s", s->oracle.fault_id, s->oracle.fault);
    return true;
}

/* After a full collection the collector holds what is reachable, and no more. */
static bool check_population(struct session *s, const struct oracle_census *c)
{
    struct runtime_state state;
    runtime_read(&s->m, &state);
    uint64_t held = 0;
    for (int g = 0; g < GENERATIONS; g++)
        held += state.generation[g].objects;
    if (held < c->reachable_tracked || held > c->reachable_tracked + c->reachable_maybe)
        return session_fail(
            s, "the collector holds %" PRIu64 " objects after a full collection, should be %" PRIu64 " to %" PRIu64,
            held, c->reachable_tracked, c->reachable_tracked + c->reachable_maybe);
    return true;
}

static bool check_soundness(struct session *s)
{
    char error[200];
    return heap_check(mutator_heap(&s->m), error, sizeof error) == 0 || session_fail(s, "%s", error);
}

bool session_check(struct session *s, bool exact)
{
    struct oracle_census c = oracle_mark(&s->oracle);
    if (!check_fault(s) || !check_roots(s))
        return false;
    for (size_t i = 0; i < ORACLE_PLACES; i++)
        if (s->oracle.at[i].id != 0 && s->oracle.at[i].reachable && !check_object(s, &s->oracle.at[i], exact))
            return false;
    if (exact && !check_population(s, &c))
        return false;
    return check_soundness(s);
}

bool session_check_empty(struct session *s)
{
    const struct memory *memory = &mutator_heap(&s->m)->memory;
    uint64_t blocks = memory->backend_blocks + (memory->pools ? pool_blocks(&memory->pool) : 0);
    return blocks == 0 || session_fail(s, "%" PRIu64 " blocks are left when nothing is reachable", blocks);
}

/* What a full collection found, against what was garbage before it. */
static bool check_found(struct session *s, uint64_t found, const struct oracle_census *c)
{
    uint64_t least = s->quiet ? c->garbage_tracked : 0;
    uint64_t most = c->garbage_tracked + c->garbage_maybe;
    if (found < least || found > most)
        return session_fail(s, "a full collection found %" PRIu64 " objects, should be %" PRIu64 " to %" PRIu64, found,
                            least, most);
    return true;
}

bool session_collect_all(struct session *s)
{
    struct oracle_census c = oracle_mark(&s->oracle);
    runtime_unfreeze(&s->m);
    uint64_t found = runtime_collect(&s->m, GENERATIONS - 1);
    bool held = check_found(s, found, &c);
    oracle_sweep(&s->oracle);
    s->result->full_checks++;
    return held && session_check(s, true);
}
