/* deeds_script.c - a session's deeds as the statements of a heap script. */
#include "harness/stress/deeds_script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "core/collectors/collector.h"
#include "harness/stress/deeds_writer.h"
#include "harness/sweep/text_stream.h"

/* ---- Lines ---- */

static void say_indent(struct deeds_writer *w)
{
    fprintf(w->out, "%*s", (int)(2 * w->indent), "");
}

void deeds_say(struct deeds_writer *w, const char *format, ...)
{
    va_list arguments;
    say_indent(w);
    va_start(arguments, format);
    vfprintf(w->out, format, arguments);
    va_end(arguments);
    fputc('\n', w->out);
}

void deeds_miss(struct deeds_writer *w, const char *what)
{
    w->part_unsaid = true;
    deeds_say(w, "# not said: %s", what);
}

/* ---- Registers ---- */

int deeds_held(const struct deeds_writer *w, uint8_t number)
{
    return number == REGISTER_SELF ? GRAPH_NONE : w->graph.root[number % REGISTERS];
}

void deeds_bind(struct deeds_writer *w, uint8_t number, int object)
{
    unsigned r = number % REGISTERS;
    w->bound[r] = true;
    w->graph.root[r] = w->haunted[r] ? GRAPH_UNKNOWN : object;
}

/* None, where it held nothing, makes the name a global one, whatever block comes next. */
static void need_bound(struct deeds_writer *w, uint8_t number)
{
    unsigned r = number % REGISTERS;
    if (!w->bound[r])
        deeds_say(w, "r%u = None", r);
    w->bound[r] = true;
}

void deeds_haunt(struct deeds_writer *w, uint8_t number)
{
    need_bound(w, number);
    w->haunted[number % REGISTERS] = true;
    w->graph.root[number % REGISTERS] = GRAPH_UNKNOWN;
    w->graph.keeps_garbage = true;
}

static void say_drop(struct deeds_writer *w, unsigned r)
{
    if (!w->bound[r])
        return;
    if (w->haunted[r]) {
        deeds_say(w, "r%u = None", r);
        return;
    }
    deeds_say(w, "del r%u", r);
    w->bound[r] = false;
    w->graph.root[r] = GRAPH_NONE;
}

/* An object in a register, of a known shape; GRAPH_NONE for none, which may be noted as not said. */
static int known(struct deeds_writer *w, uint8_t number)
{
    int object = deeds_held(w, number);
    if (object != GRAPH_UNKNOWN)
        return object;
    deeds_miss(w, "what the register holds is not known here");
    return GRAPH_NONE;
}

/* ---- Edges ---- */

/* "r5[2]" or "r5.k1"; false for what the language cannot name. */
static bool name_edge(const struct graph_object *at, unsigned r, uint32_t i, char place[24])
{
    switch (at->shape) {
    case SHAPE_LIST:
    case SHAPE_TUPLE:
    case SHAPE_SLOTS:
        snprintf(place, 24, "r%u[%" PRIu32 "]", r, 1 + i);
        return true;
    case SHAPE_DICT:
    case SHAPE_OBJECT:
        snprintf(place, 24, "r%u.k%" PRIu32, r, i);
        return true;
    default:
        return false;
    }
}

static void say_link(struct deeds_writer *w, const struct step *step)
{
    int from = known(w, step->a), to = deeds_held(w, step->b);
    if (from == GRAPH_NONE || to == GRAPH_NONE)
        return;
    struct graph_object *at = &w->graph.at[from];
    uint32_t i = step_edge(at->shape, at->edges, step->c);
    unsigned a = step->a % REGISTERS, b = step->b % REGISTERS;
    char place[24];
    if (i == ORACLE_EDGES)
        return;
    if (at->shape == SHAPE_LIST && i == at->edges) {
        at->edges++;
        deeds_say(w, "append r%u r%u", a, b);
    } else if (name_edge(at, a, i, place)) {
        deeds_say(w, "%s = r%u", place, b);
    }
    at->edge[i] = to;
}

static void say_unlink(struct deeds_writer *w, const struct step *step)
{
    int from = known(w, step->a);
    if (from == GRAPH_NONE)
        return;
    struct graph_object *at = &w->graph.at[from];
    uint32_t i = step_edge(at->shape, at->edges, step->c % 128);
    char place[24];
    if (i >= at->edges || !name_edge(at, step->a % REGISTERS, i, place))
        return;
    if (at->shape == SHAPE_LIST && step->c < 128) {
        deeds_say(w, "del %s", place);
        graph_delete_edge(&w->graph, from, i);
        return;
    }
    if (at->shape == SHAPE_LIST)
        deeds_say(w, "%s = none", place);
    else if (at->edge[i] != GRAPH_NONE)
        deeds_say(w, "del %s", place);
    at->edge[i] = GRAPH_NONE;
}

/* The language has no list.clear: item by item, the id as well. */
static void say_clear(struct deeds_writer *w, const struct step *step)
{
    int list = known(w, step->a);
    if (list == GRAPH_NONE || w->graph.at[list].shape != SHAPE_LIST)
        return;
    struct graph_object *at = &w->graph.at[list];
    unsigned a = step->a % REGISTERS;
    for (; at->edges > 0; graph_delete_edge(&w->graph, list, at->edges - 1))
        deeds_say(w, "del r%u[%" PRIu32 "]", a, at->edges);
    deeds_say(w, "id = r%u[0]", a);
    deeds_say(w, "del r%u[0]", a);
    deeds_say(w, "append r%u id", a);
}

static void say_load(struct deeds_writer *w, const struct step *step)
{
    int from = known(w, step->b);
    if (from == GRAPH_NONE || w->graph.at[from].edges == 0)
        return;
    const struct graph_object *at = &w->graph.at[from];
    uint32_t i = step->c % at->edges;
    int item = at->edge[i];
    char place[24];
    if (item == GRAPH_NONE)
        return;
    if (!name_edge(at, step->b % REGISTERS, i, place)) {
        unsigned same = item == GRAPH_UNKNOWN ? REGISTERS : graph_find_root(&w->graph, item);
        if (same == REGISTERS) {
            deeds_miss(w, "nothing is read from a set or a function here");
            return;
        }
        snprintf(place, sizeof place, "r%u", same);
    }
    deeds_say(w, "r%u = %s", step->a % REGISTERS, place);
    deeds_bind(w, step->a, item);
}

static void say_move(struct deeds_writer *w, const struct step *step)
{
    int object = deeds_held(w, step->b);
    if (object == GRAPH_NONE)
        return;
    deeds_say(w, "r%u = r%u", step->a % REGISTERS, step->b % REGISTERS);
    deeds_bind(w, step->a, object);
}

/* ---- Weak references, interned strings, finalizers ---- */

static void say_weakref(struct deeds_writer *w, const struct step *step, const struct step *then)
{
    int referent = known(w, step->b);
    if (referent == GRAPH_NONE)
        return;
    enum shape shape = w->graph.at[referent].shape;
    if (shape != SHAPE_SET && shape != SHAPE_FUNCTION && shape != SHAPE_OBJECT)
        return;
    if (step->d % 2)
        deeds_say(w, "r%u = weakref r%u \"%u\"", step->a % REGISTERS, step->b % REGISTERS, ++w->labels);
    else
        deeds_say(w, "r%u = weakref r%u", step->a % REGISTERS, step->b % REGISTERS);
    if (step->d % 2 && then->kind != DEED_NOTHING)
        deeds_miss(w, "what this callback does");
    int ref = graph_add(&w->graph, SHAPE_WEAKREF, 0);
    w->graph.at[ref].referent = referent;
    deeds_bind(w, step->a, ref);
}

/* What is gone leads to nothing, and leaves the register as it was. */
static void say_deref(struct deeds_writer *w, const struct step *step)
{
    int ref = known(w, step->b);
    if (ref == GRAPH_NONE || w->graph.at[ref].shape != SHAPE_WEAKREF)
        return;
    int referent = w->graph.at[ref].referent;
    enum graph_presence presence = graph_presence_of(&w->graph, referent);
    if (presence == GRAPH_GONE)
        return;
    deeds_say(w, "r%u = deref r%u", step->a % REGISTERS, step->b % REGISTERS);
    if (presence == GRAPH_MAYBE)
        deeds_miss(w, "where the object is gone, the register keeps what it holds");
    deeds_bind(w, step->a, presence == GRAPH_THERE ? referent : GRAPH_UNKNOWN);
}

/* What a known register holds has not been finalized: this one comes instead. */
static void say_arm(struct deeds_writer *w, const struct step *step, const struct step *then)
{
    int object = known(w, step->a);
    if (object == GRAPH_NONE || !w->graph.at[object].finalizes)
        return;
    char name[8];
    snprintf(name, sizeof name, "r%u", step->a % REGISTERS);
    deeds_finalizer(w, name, then);
}

static void say_intern(struct deeds_writer *w, const struct step *step)
{
    char text[TEXT_MOST];
    uint32_t name = step->c % ORACLE_NAMES;
    content_name(name, text);
    deeds_say(w, "r%u = intern \"%s\"", step->a % REGISTERS, text);
    deeds_bind(w, step->a, graph_add(&w->graph, SHAPE_INTERNED, 0));
}

/* ---- The collector ---- */

static void say_collect(struct deeds_writer *w, const struct step *step)
{
    int generation = step->c % GENERATIONS;
    deeds_say(w, "print gc.collect %d", generation);
    if (step->d % 2)
        deeds_say(w, "print gc.count");
    if (generation == GENERATIONS - 1)
        graph_collect(&w->graph);
}

static void say_saveall(struct deeds_writer *w, const struct step *step)
{
    deeds_say(w, "gc.set_debug %s", step->a % 2 ? "saveall" : "none");
    w->saved |= step->a % 2;
    w->graph.keeps_garbage |= step->a % 2;
}

static void say_thresholds(struct deeds_writer *w, const struct step *step)
{
    deeds_say(w, "gc.set_threshold %d %d %d", step->a < 60 ? step->a : 700, step->b % 5, step->c % 5);
}

/* ---- Checks ---- */

static void say_length(struct deeds_writer *w, unsigned r, enum shape shape)
{
    if (shape == SHAPE_LIST || shape == SHAPE_DICT || shape == SHAPE_TUPLE || shape == SHAPE_SET || shape == SHAPE_BULK)
        deeds_say(w, "print len r%u", r);
    if (shape == SHAPE_WEAKREF)
        deeds_say(w, "print alive r%u", r);
    else
        deeds_say(w, "print tracked r%u", r);
}

static void say_check(struct deeds_writer *w)
{
    for (unsigned r = 0; r < REGISTERS; r++) {
        int object = w->graph.root[r];
        if (object == GRAPH_NONE)
            continue;
        deeds_say(w, "print refcount r%u", r);
        if (object != GRAPH_UNKNOWN)
            say_length(w, r, w->graph.at[object].shape);
    }
    deeds_say(w, "print gc.count");
}

static void say_full_collection(struct deeds_writer *w)
{
    if (w->saved)
        deeds_say(w, "gc.set_debug none");
    deeds_say(w, "gc.unfreeze");
    deeds_say(w, "print gc.collect");
    graph_collect(&w->graph);
}

static void say_check_all(struct deeds_writer *w, const struct step *step)
{
    if (step->c % 2)
        deeds_say(w, "print gc.collect");
    if (w->saved)
        deeds_miss(w, "gc.garbage is emptied");
    say_full_collection(w);
    say_check(w);
}

/* ---- Deeds ---- */

static void say_step(struct deeds_writer *w, const struct step *step, const struct step *then);

static bool binds(enum deed_kind kind)
{
    return kind == DEED_MAKE || kind == DEED_CHAIN || kind == DEED_LOAD || kind == DEED_MOVE || kind == DEED_WEAKREF ||
           kind == DEED_DEREF || kind == DEED_INTERN;
}

/* A name that is first bound in a frame would be the frame's own. */
static void say_call(struct deeds_writer *w, const struct step *step, const struct step *then)
{
    if (binds((enum deed_kind)then->kind))
        need_bound(w, then->a);
    deeds_say(w, "frame");
    w->indent++;
    for (unsigned i = 0; i <= step->c % (unsigned)ORACLE_EDGES; i++) {
        unsigned r = (step->a + i) % REGISTERS;
        if (w->graph.root[r] != GRAPH_NONE)
            deeds_say(w, "held%u = r%u", i, r);
    }
    say_step(w, then, &(struct step){0});
    w->indent--;
    deeds_say(w, "end");
}

static void say_step(struct deeds_writer *w, const struct step *step, const struct step *then)
{
    switch ((enum deed_kind)step->kind) {
    case DEED_MAKE:
        deeds_make(w, step, then);
        break;
    case DEED_CHAIN:
        deeds_chain(w, step);
        break;
    case DEED_LINK:
        say_link(w, step);
        break;
    case DEED_UNLINK:
        say_unlink(w, step);
        break;
    case DEED_CLEAR:
        say_clear(w, step);
        break;
    case DEED_LOAD:
        say_load(w, step);
        break;
    case DEED_MOVE:
        say_move(w, step);
        break;
    case DEED_DROP:
        for (unsigned i = 0; i <= step->c % 8u; i++)
            say_drop(w, (step->a + i) % REGISTERS);
        break;
    case DEED_WEAKREF:
        say_weakref(w, step, then);
        break;
    case DEED_DEREF:
        say_deref(w, step);
        break;
    case DEED_ARM:
        say_arm(w, step, then);
        break;
    case DEED_INTERN:
        say_intern(w, step);
        break;
    case DEED_CALL:
        say_call(w, step, then);
        break;
    case DEED_COLLECT:
        say_collect(w, step);
        break;
    case DEED_THRESHOLDS:
        say_thresholds(w, step);
        break;
    case DEED_SWITCH:
        deeds_say(w, "gc.%s", step->a % 4 > 0 ? "enable" : "disable");
        break;
    case DEED_FREEZE:
        deeds_say(w, "gc.freeze");
        w->graph.keeps_garbage = true;
        break;
    case DEED_UNFREEZE:
        deeds_say(w, "gc.unfreeze");
        break;
    case DEED_SAVEALL:
        say_saveall(w, step);
        break;
    case DEED_CHECK:
        say_check(w);
        break;
    case DEED_CHECK_ALL:
        say_check_all(w, step);
        break;
    default:
        break;
    }
}

static size_t say_deeds(struct deeds_writer *w, const struct program *p)
{
    size_t unsaid = 0;
    for (size_t i = 0; i < p->count; i++) {
        fprintf(w->out, "\n# %zu: ", i);
        deed_write(w->out, &p->deed[i]);
        w->part_unsaid = false;
        say_step(w, &p->deed[i].now, &p->deed[i].then);
        unsaid += w->part_unsaid;
    }
    return unsaid;
}

/* ---- Before and after ---- */

static void say_end(struct deeds_writer *w)
{
    fputs("\n# What is there at the end, and what is left when all names are dropped.\n", w->out);
    say_full_collection(w);
    say_check(w);
    for (unsigned r = 0; r < REGISTERS; r++)
        say_drop(w, r);
    deeds_say(w, "id = None");
    deeds_say(w, "print gc.collect");
    deeds_say(w, "print gc.garbage");
    deeds_say(w, "print blocks");
    deeds_say(w, "print gc.stats");
}

static void write_head(FILE *out, const struct program *p, const struct deeds_origin *from, size_t unsaid)
{
    const struct heap_settings *s = &p->settings;
    fprintf(out, "# What gcsweep stress --seed %" PRIu64 " found in session %" PRIu64 ", shrunk to %zu deeds.\n",
            from->seed, from->session, p->count);
    fprintf(out, "# What failed: %s\n", from->failure);
    fprintf(out,
            "# In a heap with arenas of %" PRIu32 " bytes, pools of %" PRIu32
            ", collector %s, free lists %u, debug %d,\n# observed %d; this script runs in whatever heap it is given.\n",
            s->arena_bytes, s->pool_bytes, collectors[s->collector]->name, s->free_lists, s->debug, s->observed);
    if (unsaid == 0)
        fputs("# Each deed is said.\n", out);
    else
        fprintf(out, "# Deeds that could not be said, or not wholly (\"not said\" marks them): %zu of %zu.\n", unsaid,
                p->count);
    fputs("none = None\n", out);
}

int deeds_script_write(FILE *out, const struct program *p, const struct deeds_origin *from, size_t *unsaid)
{
    struct deeds_writer w = {0};
    struct text_stream stream;
    char *body = NULL;
    if (graph_open(&w.graph) < 0)
        return -1;
    w.out = text_stream_open(&stream);
    if (w.out) {
        *unsaid = say_deeds(&w, p);
        say_end(&w);
        body = text_stream_close(&stream);
    }
    bool whole = body && !w.graph.full;
    if (whole) {
        write_head(out, p, from, *unsaid);
        fwrite(body, 1, stream.length, out);
    }
    free(body);
    graph_close(&w.graph);
    return whole ? 0 : -1;
}
