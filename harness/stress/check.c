/* check.c - the heap against the oracle.
 *
 * The registers are compared first, and each object's references before what
 * they lead to, by address: what the heap lost is reported, not followed.
 */
#include "harness/stress/session.h"

#include <inttypes.h>

#include "core/heap_check.h"
#include "core/types/keys.h"

static value expected(struct session *s, oracle_place place)
{
    return place == ORACLE_NONE ? NULL : session_shadow(s, place)->object;
}

static bool check_registers(struct session *s)
{
    for (size_t i = 0; i < REGISTERS; i++)
        if (s->root[i] != expected(s, s->oracle.root[i]))
            return session_fail(s, "register %zu does not hold what it should", i);
    return true;
}

static bool check_edges(struct session *s, const struct shadow *at)
{
    for (uint32_t i = 0; i < at->edges; i++)
        if (content_edge(s, at, i) != expected(s, at->edge[i]))
            return session_fail(s, "object %" PRIu64 " does not hold what it should as edge %u", at->id, (unsigned)i);
    return true;
}

static bool check_references(struct session *s, const struct shadow *at, bool exact)
{
    uint64_t references = (uint64_t)value_references(at->object);
    uint64_t most = exact ? at->references_reachable : at->references;
    if (references < at->references_reachable || references > most)
        return session_fail(s, "object %" PRIu64 " counts %" PRIu64 " references, should be %" PRIu32 " to %" PRIu64,
                            at->id, references, at->references_reachable, most);
    return true;
}

/* ---- Weak references ---- */

/* It leads to its referent as long as that lives; where a finalizer brought one
 * of the two back, a collection may have cleared it before. */
static bool check_weakref(struct session *s, oracle_place place)
{
    struct shadow *at = session_shadow(s, place);
    value found = value_deref(at->object);
    if (at->referent != ORACLE_NONE) {
        const struct shadow *referent = session_shadow(s, at->referent);
        bool sure = referent->reachable && !referent->excused && !at->excused;
        if ((found || sure) && found != referent->object)
            return session_fail(s, "weak reference %" PRIu64 " does not lead to object %" PRIu64, at->id, referent->id);
        if (found && at->called_back)
            return session_fail(s, "weak reference %" PRIu64 " was called back, but leads to something", at->id);
        if (!found)
            oracle_forget_referent(&s->oracle, place);
    } else if (found) {
        return session_fail(s, "weak reference %" PRIu64 " leads to something that was freed", at->id);
    }
    if (at->owes_callback && !at->called_back && !at->excused)
        return session_fail(s, "weak reference %" PRIu64 " was cleared, but not called back", at->id);
    return true;
}

/* At most one without callback. */
static bool check_weakrefs_to(struct session *s, const struct shadow *at)
{
    unsigned shared = 0;
    for (oracle_place i = at->first_weakref; i != ORACLE_NONE; i = session_shadow(s, i)->next_weakref) {
        const struct shadow *ref = session_shadow(s, i);
        shared += ref->reachable && !ref->calls_back && value_deref(ref->object);
    }
    return shared <= 1 || session_fail(s, "object %" PRIu64 " has %u weak references without callback", at->id, shared);
}

/* ---- Objects ---- */

static bool check_object(struct session *s, oracle_place place, bool exact)
{
    const struct shadow *at = session_shadow(s, place);
    if (at->lost)
        return session_fail(s, "object %" PRIu64 " is reachable, but its memory was given out again", at->id);
    if (!content_is_whole(s, at))
        return session_fail(s, "object %" PRIu64 " is reachable, but not what it was made (shape %d)", at->id,
                            (int)at->shape);
    if (at->finalized > 0 && !at->excused)
        return session_fail(s, "object %" PRIu64 " is reachable, but was finalized", at->id);
    if (at->shape == SHAPE_WEAKREF && !check_weakref(s, place))
        return false;
    return check_edges(s, at) && check_references(s, at, exact);
}

static bool check_objects(struct session *s, bool exact)
{
    for (size_t i = 0; i < ORACLE_PLACES; i++)
        if (s->oracle.at[i].id != 0 && s->oracle.at[i].reachable && !check_object(s, (oracle_place)i, exact))
            return false;
    for (size_t i = 0; i < ORACLE_PLACES; i++)
        if (s->oracle.at[i].id != 0 && s->oracle.at[i].reachable && !check_weakrefs_to(s, &s->oracle.at[i]))
            return false;
    return true;
}

/* ---- The heap as a whole ---- */

static bool check_fault(struct session *s)
{
    if (s->oracle.fault)
        return session_fail(s, "object %" PRIu64 " %s", s->oracle.fault_id, s->oracle.fault);
    return true;
}

/* After a full collection the collector holds what is reachable, and no more. */
static bool check_population(struct session *s)
{
    struct oracle_census c = oracle_count(&s->oracle);
    struct runtime_state state;
    runtime_read(&s->m, &state);
    uint64_t held = 0;
    for (int g = 0; g < GENERATIONS; g++)
        held += state.generation[g].objects;
    if (held < c.reachable_tracked || held > c.reachable_tracked + c.reachable_maybe)
        return session_fail(
            s, "the collector holds %" PRIu64 " objects after a full collection, should be %" PRIu64 " to %" PRIu64,
            held, c.reachable_tracked, c.reachable_tracked + c.reachable_maybe);
    return true;
}

static bool check_blocks(struct session *s)
{
    if (!s->settings->observed)
        return true;
    uint64_t blocks = runtime_blocks(&s->m);
    return (uint64_t)s->observed_blocks == blocks ||
           session_fail(s, "%" PRIu64 " blocks in use, but %" PRId64 " were seen", blocks, s->observed_blocks);
}

/* Or a block that malloc has there next would be taken for a pool's. */
static bool check_unmapped(struct session *s)
{
    const struct memory *memory = &mutator_heap(&s->m)->memory;
    for (unsigned i = 0; memory->pools && i < TALLY_UNMAPPED; i++)
        if (s->tally.unmapped[i] && pool_owns(&memory->pool, s->tally.unmapped[i]))
            return session_fail(s, "the map of arenas holds one that was given back");
    return true;
}

static bool check_soundness(struct session *s)
{
    char error[200];
    return heap_check(mutator_heap(&s->m), error, sizeof error) == 0 || session_fail(s, "%s", error);
}

bool session_check(struct session *s, bool exact)
{
    if (s->before_check)
        s->before_check(s->context, &s->m, s->result->deed);
    s->result->checks++;
    oracle_mark(&s->oracle);
    if (!check_fault(s) || !check_registers(s) || !check_objects(s, exact) || (exact && !check_population(s)))
        return false;
    return check_soundness(s) && check_unmapped(s) && check_blocks(s);
}

/* ---- When nothing is left ---- */

/* A key is held by the session, and by the table of each class that has an attribute of that name. */
static bool check_key(struct session *s, size_t i)
{
    intptr_t holders = 1;
    for (size_t class = CLASS_OBJECT; class < CLASSES; class ++) {
        const unsigned char *keys = s->m.runtime.classes[class].core.instance.keys;
        holders += keys_find((const struct key_table *)(const void *)keys, s->key[i]) >= 0;
    }
    return value_references(s->key[i]) == holders ||
           session_fail(s, "key %zu counts %" PRIdPTR " references when nothing is left, should be %" PRIdPTR, i,
                        value_references(s->key[i]), holders);
}

bool session_check_empty(struct session *s)
{
    for (size_t i = 0; i < SESSION_KEYS; i++)
        if (!check_key(s, i))
            return false;
    uint64_t blocks = runtime_blocks(&s->m);
    return blocks == SESSION_KEYS ||
           session_fail(s, "%" PRIu64 " blocks are in use when only %d keys are reachable", blocks, SESSION_KEYS);
}
