/* deeds_make.c - statements that make the objects that a session's deeds make.
 *
 * As in the session every object but an atom holds an int, its id, before its
 * items: so none is empty, and no two tuples are equal.
 */
#include "harness/stress/deeds_writer.h"

#include <inttypes.h>

/* What a new object is to hold: registers, NOTHING_THERE for an empty one. */
enum { NOTHING_THERE = REGISTERS };

struct items {
    unsigned from[ORACLE_EDGES];
    uint32_t count;
};

/* "r5", or the name that holds None. */
static const char *item_name(unsigned from, char name[8])
{
    snprintf(name, 8, from == NOTHING_THERE ? "none" : "r%u", from);
    return name;
}

/* ---- What it is to hold ---- */

static bool can_be_in_set(const struct graph *g, int object)
{
    if (object == GRAPH_NONE || object == GRAPH_UNKNOWN)
        return false;
    switch (g->at[object].shape) {
    case SHAPE_OBJECT:
    case SHAPE_SLOTS:
    case SHAPE_FUNCTION:
    case SHAPE_BYTES:
    case SHAPE_TEXT:
    case SHAPE_FLOAT:
    case SHAPE_INTERNED:
        return true;
    default:
        return false;
    }
}

/* Bytes of a script are zeros: those of one length are equal. */
static bool are_equal(const struct graph *g, int a, int b)
{
    return a == b || (g->at[a].shape == SHAPE_BYTES && g->at[b].shape == SHAPE_BYTES && g->at[a].size == g->at[b].size);
}

static bool is_in_set(const struct graph *g, const struct items *items, int object)
{
    for (uint32_t i = 0; i < items->count; i++)
        if (are_equal(g, g->root[items->from[i]], object))
            return true;
    return false;
}

static struct items choose_items(const struct deeds_writer *w, const struct step *step)
{
    enum shape shape = step_shape(step);
    struct items items = {.count = 0};
    for (uint32_t i = 0; i < step_most_edges(shape, step); i++) {
        unsigned from = i == 0 ? step->b : (step->b + i) % REGISTERS;
        int object = deeds_held(w, (uint8_t)from);
        if (shape != SHAPE_SET || (can_be_in_set(&w->graph, object) && !is_in_set(&w->graph, &items, object)))
            items.from[items.count++] = object == GRAPH_NONE ? NOTHING_THERE : from % REGISTERS;
    }
    return items;
}

/* ---- Text ---- */

static void say_group(struct deeds_writer *w, const char *name, const char *kind, const struct items *items)
{
    char line[16 * ORACLE_EDGES] = "", item[8];
    size_t used = 0;
    for (uint32_t i = 0; i < items->count; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, " %s", item_name(items->from[i], item));
    deeds_say(w, "%s = %s id%s", name, kind, line);
}

static void say_list(struct deeds_writer *w, const char *name, const struct items *items)
{
    char item[8];
    deeds_say(w, "%s = list 0", name);
    deeds_say(w, "append %s id", name);
    for (uint32_t i = 0; i < items->count; i++)
        deeds_say(w, "append %s %s", name, item_name(items->from[i], item));
}

static void say_bulk(struct deeds_writer *w, const char *name, uint32_t size)
{
    deeds_say(w, "%s = list 0", name);
    deeds_say(w, "append %s id", name);
    for (uint32_t i = 0; i < size; i++) {
        deeds_say(w, "block = bytes %zu", content_bulk_size(w->made, i));
        deeds_say(w, "append %s block", name);
    }
    if (size > 0)
        deeds_say(w, "del block");
}

static void say_keyed(struct deeds_writer *w, const char *name, const char *kind, const struct items *items)
{
    deeds_say(w, "%s = %s", name, kind);
    deeds_say(w, "%s.id = id", name);
    for (uint32_t i = 0; i < items->count; i++)
        if (items->from[i] != NOTHING_THERE)
            deeds_say(w, "%s.k%" PRIu32 " = r%u", name, i, items->from[i]);
}

static void say_slots(struct deeds_writer *w, const char *name, uint32_t room, const struct items *items)
{
    deeds_say(w, "%s = slots %" PRIu32, name, 1 + room);
    deeds_say(w, "%s[0] = id", name);
    for (uint32_t i = 0; i < items->count; i++)
        if (items->from[i] != NOTHING_THERE)
            deeds_say(w, "%s[%" PRIu32 "] = r%u", name, 1 + i, items->from[i]);
}

/* A text that reads like an identifier would be interned; this one has a sign. */
static void say_atom(struct deeds_writer *w, const char *name, const struct step *step)
{
    enum shape shape = step_shape(step);
    uint32_t size = step_size(shape, step);
    if (shape == SHAPE_BYTES)
        deeds_say(w, "%s = bytes %" PRIu32, name, size);
    else if (shape == SHAPE_TEXT)
        deeds_say(w, "%s = str \"-%0*" PRIu64 "\"", name, 19 + (int)size, w->made);
    else
        deeds_say(w, "%s = float %" PRIu64 ".0", name, w->made);
}

static void say_object(struct deeds_writer *w, const char *name, const struct step *step, const struct items *items)
{
    enum shape shape = step_shape(step);
    switch (shape) {
    case SHAPE_LIST:
        say_list(w, name, items);
        break;
    case SHAPE_DICT:
    case SHAPE_OBJECT:
        say_keyed(w, name, shape == SHAPE_DICT ? "dict" : "object", items);
        break;
    case SHAPE_SLOTS:
        say_slots(w, name, step_room(shape, items->count, step), items);
        break;
    case SHAPE_TUPLE:
        say_group(w, name, "tuple", items);
        break;
    case SHAPE_SET:
        say_group(w, name, "set", items);
        break;
    case SHAPE_FUNCTION:
        say_group(w, name, "function", items);
        break;
    case SHAPE_BULK:
        say_bulk(w, name, step_size(shape, step));
        break;
    default:
        say_atom(w, name, step);
    }
}

/* ---- Finalizers ---- */

/* Puts what is finalized into a register, and does nothing else. */
static bool brings_back(const struct step *then)
{
    return then->kind == DEED_MOVE && then->b == REGISTER_SELF;
}

void deeds_finalizer(struct deeds_writer *w, const char *name, const struct step *then)
{
    unsigned label = ++w->labels;
    if (brings_back(then)) {
        deeds_haunt(w, then->a);
        deeds_say(w, "finalizer %s \"%u\" resurrect r%u", name, label, then->a % REGISTERS);
        return;
    }
    deeds_say(w, "finalizer %s \"%u\"", name, label);
    if (then->kind != DEED_NOTHING)
        deeds_miss(w, "what this finalizer does");
}

static void say_finalizer(struct deeds_writer *w, const char *name, const struct step *step, const struct step *then)
{
    enum shape shape = step_shape(step);
    if ((shape != SHAPE_OBJECT && shape != SHAPE_SLOTS) || !session_classes[step_class(shape, step)].finalizer)
        return;
    if (shape == SHAPE_OBJECT)
        deeds_finalizer(w, name, then);
    else
        deeds_miss(w, "it has a finalizer; here an object with slots has none");
}

/* ---- One object ---- */

static bool takes_one_statement(enum shape shape)
{
    return shape == SHAPE_TUPLE || shape == SHAPE_SET || shape == SHAPE_FUNCTION || shape >= SHAPE_BYTES;
}

/* Whatever a name held goes when all is in place. */
static void say_new(struct deeds_writer *w, const struct step *step, const struct items *items, const struct step *then)
{
    char name[8];
    unsigned a = step->a % REGISTERS;
    bool direct = !w->bound[a] || takes_one_statement(step_shape(step));
    snprintf(name, sizeof name, direct ? "r%u" : "new", a);
    say_object(w, name, step, items);
    say_finalizer(w, name, step, then);
    if (direct)
        return;
    deeds_say(w, "r%u = new", a);
    deeds_say(w, "del new");
}

static void add_to_graph(struct deeds_writer *w, const struct step *step, const struct items *items)
{
    struct graph *g = &w->graph;
    enum shape shape = step_shape(step);
    int object = graph_add(g, shape, step_room(shape, items->count, step));
    g->at[object].size = step_size(shape, step);
    g->at[object].finalizes = shape == SHAPE_OBJECT && session_classes[step_class(shape, step)].finalizer;
    for (uint32_t i = 0; object != GRAPH_UNKNOWN && i < items->count; i++)
        g->at[object].edge[i] = items->from[i] == NOTHING_THERE ? GRAPH_NONE : g->root[items->from[i]];
    deeds_bind(w, step->a, object);
}

static void say_id(struct deeds_writer *w)
{
    deeds_say(w, "id = int %" PRIu64, w->made);
}

void deeds_make(struct deeds_writer *w, const struct step *step, const struct step *then)
{
    struct items items = choose_items(w, step);
    w->made++;
    if (step_shape(step) < SHAPE_BYTES)
        say_id(w);
    say_new(w, step, &items, then);
    add_to_graph(w, step, &items);
}

/* ---- Chains ---- */

static void say_links(struct deeds_writer *w, const struct step *chain, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) {
        struct step link = step_link_of_chain(chain, i);
        struct items items = choose_items(w, &link);
        say_new(w, &link, &items, &(struct step){0});
        add_to_graph(w, &link, &items);
    }
}

static void add_links(struct deeds_writer *w, const struct step *chain, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) {
        struct step link = step_link_of_chain(chain, i);
        struct items items = choose_items(w, &link);
        add_to_graph(w, &link, &items);
    }
}

/* Links recur, but where their e begins again at 0: then others have finalizers. */
static unsigned end_of_run(const struct step *chain, unsigned first)
{
    unsigned end = first + 256 - (uint8_t)(chain->e + first);
    return end < chain->c ? end : chain->c;
}

static void say_run(struct deeds_writer *w, const struct step *chain, unsigned first, unsigned end)
{
    unsigned recurs = chain->d % 4 == 0 ? 6 : 3; /* shapes, and one link in three has a finalizer */
    unsigned passes = (end - first) / recurs;
    if (passes > 1) {
        deeds_say(w, "repeat %u", passes);
        w->indent++;
        say_links(w, chain, first, first + recurs);
        w->indent--;
        deeds_say(w, "end");
        add_links(w, chain, first + recurs, first + passes * recurs);
        first += passes * recurs;
    }
    say_links(w, chain, first, end);
}

/* The first link may find the register empty; those after it are alike. */
void deeds_chain(struct deeds_writer *w, const struct step *step)
{
    unsigned end;
    if (step->c == 0)
        return;
    w->made++;
    say_id(w);
    say_links(w, step, 0, 1);
    for (unsigned first = 1; first < step->c; first = end) {
        end = end_of_run(step, first);
        say_run(w, step, first, end);
    }
}
