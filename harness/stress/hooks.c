/* hooks.c - finalizers and callbacks: was the call allowed, and what they do.
 *
 * A finalizer may be called when its object is unreachable, and once; a
 * callback when the referent is unreachable, and once. That is looked at
 * whenever a finalizer acts, since it could hide it by bringing its object
 * back, itself or through what it sets off; and else in one call of SAMPLED:
 * the check after the batch sees the rest.
 */
#include "harness/stress/session.h"

enum { SAMPLED = 16, DEEPEST = 4 };

static bool acts(const struct session *s, const struct step *then)
{
    return !s->calm && s->depth < DEEPEST && then->kind != DEED_NOTHING;
}

/* What the session's deed does meanwhile waits. */
static void act(struct session *s, const struct step *then, oracle_place self)
{
    const struct step step = *then; /* its shadow may go */
    oracle_place outer = s->self;
    struct frame f = session_enter(s, 1);
    session_hold(s, &f, 0, self);
    s->self = self;
    s->depth++;
    session_step(s, &step, &(struct step){0});
    s->depth--;
    s->self = outer;
    session_leave(s, &f);
}

static void finalize(struct mutator *m, value self, uint64_t id)
{
    (void)m;
    struct session *s = session_of(m);
    oracle_place place = oracle_finalized(&s->oracle, id);
    s->result->hooks++;
    if (place == ORACLE_NONE)
        return;
    struct shadow *at = session_shadow(s, place);
    if (at->object != self)
        oracle_note_fault(&s->oracle, id, "was finalized, but another has its id");
    bool acting = acts(s, &at->then);
    if (acting || s->result->hooks % SAMPLED == 0) {
        oracle_mark(&s->oracle);
        if (at->reachable && !at->excused)
            oracle_note_fault(&s->oracle, id, "was finalized while reachable");
        if (acting)
            oracle_excuse(&s->oracle, place);
    }
    if (acting)
        act(s, &at->then, place);
}

static uint64_t id_in(value id)
{
    return id && value_kind(id) == VALUE_INT ? (uint64_t)value_int(id) : 0;
}

static void finalize_slots(struct mutator *m, value self)
{
    finalize(m, self, id_in(value_slot_get(self, 0)));
}

static void finalize_object(struct mutator *m, value self)
{
    finalize(m, self, id_in(value_key_get(m, self, session_of(m)->key[KEY_ID])));
}

void session_on_weakref(struct mutator *m, value ref)
{
    struct session *s = session_of(m);
    oracle_place place = oracle_find(&s->oracle, ref);
    s->result->hooks++;
    if (place == ORACLE_NONE || session_shadow(s, place)->shape != SHAPE_WEAKREF) {
        oracle_note_fault(&s->oracle, 0, "is no weak reference, but was called back");
        return;
    }
    struct shadow *at = session_shadow(s, place);
    if (!at->calls_back || at->called_back)
        oracle_note_fault(&s->oracle, at->id, at->calls_back ? "was called back twice" : "has no callback to call");
    at->called_back = true;
    if (value_deref(ref))
        oracle_note_fault(&s->oracle, at->id, "was called back while it leads to something");
    if (s->result->hooks % SAMPLED == 0 && at->referent != ORACLE_NONE) {
        oracle_mark(&s->oracle);
        const struct shadow *referent = session_shadow(s, at->referent);
        if (referent->reachable && !referent->excused)
            oracle_note_fault(&s->oracle, at->id, "was called back while its referent is reachable");
    }
    if (acts(s, &at->then))
        act(s, &at->then, ORACLE_NONE);
}

/* Without finalizer, and with. */
#define SLOTS_CLASSES(title, n)                                                  \
    {.name = title, .slots = 1 + (n)},                                           \
    {                                                                            \
        .name = title "Finalized", .slots = 1 + (n), .finalizer = finalize_slots \
    }
#define OBJECT_CLASSES_NAMED(title)                                           \
    {.name = title, .dict = true},                                            \
    {                                                                         \
        .name = title "Finalized", .dict = true, .finalizer = finalize_object \
    }

const struct workload_class session_classes[] = {
    SLOTS_CLASSES("Few", SLOTS_FEW),
    SLOTS_CLASSES("Many", SLOTS_MANY),
    OBJECT_CLASSES_NAMED("A"),
    OBJECT_CLASSES_NAMED("B"),
    OBJECT_CLASSES_NAMED("C"),
    OBJECT_CLASSES_NAMED("D"),
    OBJECT_CLASSES_NAMED("E"),
    OBJECT_CLASSES_NAMED("F"),
    OBJECT_CLASSES_NAMED("G"),
    OBJECT_CLASSES_NAMED("H"),
    {.name = NULL},
};

_Static_assert(sizeof session_classes / sizeof session_classes[0] == CLASSES + 1, "as session.h numbers them");
