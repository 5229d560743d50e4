/* perform.c - steps that change references and the collector's settings, in heap and oracle alike.
 *
 * The oracle is told first what is stored and let go; the heap then does it,
 * and whatever is called in between finds both with the same edges.
 */
#include "harness/stress/session.h"

/* ---- Registers and frames ---- */

oracle_place session_register(const struct session *s, uint8_t number)
{
    return number == REGISTER_SELF ? s->self : s->oracle.root[number % REGISTERS];
}

void session_store(struct session *s, uint8_t number, value *slot, oracle_place place)
{
    unsigned r = number % REGISTERS;
    oracle_set_root(&s->oracle, r, place);
    value_replace(&s->m, &s->root[r], value_take(slot));
}

struct frame session_enter(struct session *s, size_t n)
{
    return (struct frame){.slot = mutator_push(&s->m, n), .held_count = s->oracle.held_count};
}

void session_leave(struct session *s, const struct frame *f)
{
    oracle_leave(&s->oracle, f->held_count);
    mutator_pop(&s->m);
}

void session_hold(struct session *s, const struct frame *f, size_t i, oracle_place place)
{
    if (place == ORACLE_NONE)
        return;
    f->slot[i] = value_keep(session_shadow(s, place)->object);
    oracle_hold(&s->oracle, place);
}

/* One more reference to what register `number` is to hold. */
static void store_object(struct session *s, uint8_t number, oracle_place place)
{
    struct frame f = session_enter(s, 1);
    value kept = value_keep(session_shadow(s, place)->object);
    session_hold(s, &f, 0, place);
    session_store(s, number, &kept, place);
    session_leave(s, &f);
}

static void empty_register(struct session *s, unsigned number)
{
    oracle_set_root(&s->oracle, number % REGISTERS, ORACLE_NONE);
    value_replace(&s->m, &s->root[number % REGISTERS], NULL);
}

/* ---- Edges ---- */

/* An edge that is being changed is left alone by what is called meanwhile. */
static bool is_busy(const struct shadow *at, uint32_t edge)
{
    return (at->busy >> edge & 1) != 0;
}

static void set_edge(struct session *s, oracle_place from, uint32_t i, oracle_place to)
{
    struct shadow *at = session_shadow(s, from);
    value holder = at->object, item = value_keep(session_shadow(s, to)->object);
    if (at->shape == SHAPE_LIST && i == at->edges) {
        oracle_append(&s->oracle, from, to);
        value_list_append(&s->m, holder, item);
        return;
    }
    oracle_set(&s->oracle, from, i, to);
    if (at->shape == SHAPE_LIST)
        value_list_set(&s->m, holder, 1 + i, item);
    else if (at->shape == SHAPE_SLOTS)
        value_slot_set(&s->m, holder, 1 + i, item);
    else
        value_key_set(&s->m, holder, s->key[i], item);
}

static void step_link(struct session *s, const struct step *step)
{
    oracle_place from = session_register(s, step->a), to = session_register(s, step->b);
    if (from == ORACLE_NONE || to == ORACLE_NONE)
        return;
    struct shadow *at = session_shadow(s, from);
    uint32_t i = step_edge(at->shape, at->edges, step->c);
    if (i == ORACLE_EDGES || is_busy(at, i))
        return;
    struct frame f = session_enter(s, 2);
    session_hold(s, &f, 0, from);
    session_hold(s, &f, 1, to);
    uint16_t busy = at->busy;
    if (at->shape == SHAPE_OBJECT)
        at->busy |= (uint16_t)(1u << i); /* its dict may be made, and collect */
    set_edge(s, from, i, to);
    at->busy = busy;
    session_leave(s, &f);
    s->result->mutations++;
}

static void unset_edge(struct session *s, oracle_place from, uint32_t i, bool keep_place)
{
    const struct shadow *at = session_shadow(s, from);
    value holder = at->object;
    bool was_there = at->edge[i] != ORACLE_NONE;
    if (at->shape == SHAPE_LIST && !keep_place) {
        oracle_delete(&s->oracle, from, i);
        value_list_delete(&s->m, holder, 1 + i);
        return;
    }
    oracle_set(&s->oracle, from, i, ORACLE_NONE);
    if (at->shape == SHAPE_LIST)
        value_list_set(&s->m, holder, 1 + i, new_none(&s->m));
    else if (at->shape == SHAPE_SLOTS)
        value_slot_set(&s->m, holder, 1 + i, NULL);
    else if (value_key_delete(&s->m, holder, s->key[i]) != was_there)
        oracle_note_fault(&s->oracle, at->id, was_there ? "has lost a key" : "has a key too many");
}

static void step_unlink(struct session *s, const struct step *step)
{
    oracle_place from = session_register(s, step->a);
    if (from == ORACLE_NONE)
        return;
    const struct shadow *at = session_shadow(s, from);
    uint32_t i = step_edge(at->shape, at->edges, step->c % 128);
    if (i >= at->edges || is_busy(at, i))
        return;
    struct frame f = session_enter(s, 1);
    session_hold(s, &f, 0, from);
    unset_edge(s, from, i, step->c >= 128);
    session_leave(s, &f);
    s->result->mutations++;
}

static void step_clear(struct session *s, const struct step *step)
{
    oracle_place from = session_register(s, step->a);
    if (from == ORACLE_NONE || session_shadow(s, from)->shape != SHAPE_LIST || session_shadow(s, from)->busy)
        return;
    struct shadow *at = session_shadow(s, from);
    struct frame f = session_enter(s, 1);
    session_hold(s, &f, 0, from);
    at->busy = ORACLE_BUSY; /* without its id */
    oracle_clear(&s->oracle, from);
    value_list_clear(&s->m, at->object);
    value_list_append(&s->m, at->object, new_int(&s->m, (int64_t)at->id));
    at->busy = 0;
    session_leave(s, &f);
    s->result->mutations++;
}

static void step_load(struct session *s, const struct step *step)
{
    oracle_place from = session_register(s, step->b);
    if (from == ORACLE_NONE || session_shadow(s, from)->edges == 0)
        return;
    const struct shadow *at = session_shadow(s, from);
    oracle_place item = at->edge[step->c % at->edges];
    if (item == ORACLE_NONE)
        return;
    store_object(s, step->a, item);
    s->result->mutations++;
}

static void step_move(struct session *s, const struct step *step)
{
    oracle_place place = session_register(s, step->b);
    if (place == ORACLE_NONE)
        return;
    store_object(s, step->a, place);
    s->result->mutations++;
}

static void step_drop(struct session *s, const struct step *step)
{
    for (unsigned i = 0; i <= step->c % 8u; i++)
        empty_register(s, step->a + i);
    s->result->mutations++;
}

/* ---- Weak references, interned strings ---- */

static void add_weakref(struct session *s, oracle_place referent, value ref, const struct step *step,
                        const struct step *then)
{
    oracle_place place = oracle_add(&s->oracle, SHAPE_WEAKREF, 0);
    struct shadow *at = session_shadow(s, place);
    at->calls_back = step->d % 2;
    at->then = *then;
    oracle_set_object(&s->oracle, place, ref);
    oracle_set_referent(&s->oracle, place, referent);
    s->result->objects++;
}

/* Without callback it may be the one that is there already. */
static bool is_shared_weakref(struct session *s, oracle_place place, oracle_place referent)
{
    if (place == ORACLE_NONE)
        return false;
    const struct shadow *at = session_shadow(s, place);
    return at->shape == SHAPE_WEAKREF && !at->calls_back && at->referent == referent;
}

enum { PLACES_TO_SPARE = 64 };

static bool takes_weakrefs(enum shape shape)
{
    return shape == SHAPE_SET || shape == SHAPE_FUNCTION || shape == SHAPE_OBJECT;
}

static void step_weakref(struct session *s, const struct step *step, const struct step *then)
{
    oracle_place referent = session_register(s, step->b);
    if (referent == ORACLE_NONE || !takes_weakrefs(session_shadow(s, referent)->shape) ||
        s->oracle.free_count < PLACES_TO_SPARE)
        return;
    struct frame f = session_enter(s, 2);
    session_hold(s, &f, 0, referent);
    f.slot[1] = new_weakref(&s->m, session_shadow(s, referent)->object, step->d % 2);
    oracle_place found = oracle_find(&s->oracle, f.slot[1]);
    if (step->d % 2 || !is_shared_weakref(s, found, referent))
        add_weakref(s, referent, f.slot[1], step, then);
    session_store(s, step->a, &f.slot[1], oracle_find(&s->oracle, f.slot[1]));
    session_leave(s, &f);
    s->result->mutations++;
}

/* A weak reference leads to what waits for the collector, too, and brings it
 * back; to what is being finalized by its count as well. */
static void step_deref(struct session *s, const struct step *step)
{
    oracle_place place = session_register(s, step->b);
    if (place == ORACLE_NONE || session_shadow(s, place)->shape != SHAPE_WEAKREF)
        return;
    const struct shadow *ref = session_shadow(s, place);
    value v = value_deref(ref->object);
    if (!v)
        return;
    if (ref->referent == ORACLE_NONE || session_shadow(s, ref->referent)->object != v) {
        oracle_note_fault(&s->oracle, ref->id, "is a weak reference that leads to what was freed");
        return;
    }
    const struct shadow *referent = session_shadow(s, ref->referent);
    if (referent->finalized > 0 && !referent->excused) {
        oracle_mark(&s->oracle);
        if (!referent->reachable)
            oracle_excuse(&s->oracle, ref->referent);
    }
    store_object(s, step->a, ref->referent);
    s->result->mutations++;
}

static void step_intern(struct session *s, const struct step *step)
{
    if (s->oracle.free_count < PLACES_TO_SPARE)
        return;
    char text[TEXT_MOST];
    uint32_t name = step->c % ORACLE_NAMES;
    struct frame f = session_enter(s, 1);
    f.slot[0] = new_interned(&s->m, text, content_name(name, text));
    oracle_place place = oracle_find(&s->oracle, f.slot[0]);
    if (place == ORACLE_NONE || session_shadow(s, place)->shape != SHAPE_INTERNED ||
        session_shadow(s, place)->name != name) {
        place = oracle_add(&s->oracle, SHAPE_INTERNED, 0);
        session_shadow(s, place)->name = name;
        oracle_set_object(&s->oracle, place, f.slot[0]);
        s->result->objects++;
    }
    session_store(s, step->a, &f.slot[0], place);
    session_leave(s, &f);
    s->result->mutations++;
}

/* What is finalized already is to be finalized again. Nothing that a collection or release is at work on. */
static void step_arm(struct session *s, const struct step *step, const struct step *then)
{
    oracle_place place = session_register(s, step->a);
    if (s->depth > 0 || place == ORACLE_NONE)
        return;
    struct shadow *at = session_shadow(s, place);
    if (at->shape != SHAPE_OBJECT || !at->finalizes)
        return;
    value_arm_finalizer(at->object);
    at->finalized = 0;
    at->then = *then;
    s->result->mutations++;
}

static void step_call(struct session *s, const struct step *step, const struct step *then)
{
    unsigned n = 1 + step->c % ORACLE_EDGES;
    struct frame f = session_enter(s, n);
    for (unsigned i = 0; i < n; i++)
        session_hold(s, &f, i, s->oracle.root[(step->a + i) % REGISTERS]);
    session_step(s, then, &(struct step){0});
    session_leave(s, &f);
    s->result->mutations++;
}

/* ---- The collector ---- */

static void step_collect(struct session *s, const struct step *step)
{
    int generation = step->c % GENERATIONS;
    if (step->d % 2 && s->depth == 0 && !s->saving)
        session_collect_checked(s, generation);
    else
        runtime_collect(&s->m, generation);
}

static void step_thresholds(struct session *s, const struct step *step)
{
    runtime_set_thresholds(&s->m, step->a < 60 ? step->a : 700, step->b % 5, step->c % 5);
}

static void step_switch(struct session *s, const struct step *step)
{
    runtime_enable(&s->m, step->a % 4 > 0);
}

static void step_saveall(struct session *s, const struct step *step)
{
    if (s->depth > 0)
        return;
    s->saving = step->a % 2;
    runtime_set_debug(&s->m, s->saving ? RUNTIME_DEBUG_SAVEALL : 0);
}

void session_step(struct session *s, const struct step *step, const struct step *then)
{
    switch ((enum deed_kind)step->kind) {
    case DEED_MAKE:
        session_make(s, step, then);
        break;
    case DEED_CHAIN:
        session_chain(s, step);
        break;
    case DEED_LINK:
        step_link(s, step);
        break;
    case DEED_UNLINK:
        step_unlink(s, step);
        break;
    case DEED_CLEAR:
        step_clear(s, step);
        break;
    case DEED_LOAD:
        step_load(s, step);
        break;
    case DEED_MOVE:
        step_move(s, step);
        break;
    case DEED_DROP:
        step_drop(s, step);
        break;
    case DEED_WEAKREF:
        step_weakref(s, step, then);
        break;
    case DEED_DEREF:
        step_deref(s, step);
        break;
    case DEED_ARM:
        step_arm(s, step, then);
        break;
    case DEED_INTERN:
        step_intern(s, step);
        break;
    case DEED_CALL:
        step_call(s, step, then);
        break;
    case DEED_COLLECT:
        step_collect(s, step);
        break;
    case DEED_THRESHOLDS:
        step_thresholds(s, step);
        break;
    case DEED_SWITCH:
        step_switch(s, step);
        break;
    case DEED_FREEZE:
        runtime_freeze(&s->m);
        break;
    case DEED_UNFREEZE:
        runtime_unfreeze(&s->m);
        break;
    case DEED_SAVEALL:
        step_saveall(s, step);
        break;
    case DEED_CHECK:
        session_check(s, false);
        break;
    case DEED_CHECK_ALL:
        session_check_all(s, step->c % 2);
        break;
    default:
        break;
    }
}
