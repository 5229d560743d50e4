/* script_deeds.c - what random scripts do with their names, a deed a function. */
#include <inttypes.h>

#include "harness/stress/script_writer.h"

enum { KEYS_MOST = 90 };

static void neutrals(struct script_writer *w, unsigned most)
{
    for (uint64_t left = draw(w, most + 1); left > 0; left--)
        write_neutral(w);
}

/* A repeat of few statements: as often as it likes to be, or as the budget lets it. */
static uint64_t passes_of(struct script_writer *w, uint64_t statements)
{
    static const uint64_t wished[] = {1, 2, 3, 7, 20, 45, 60, 100, 130, 250, 700};
    uint64_t passes = wished[draw(w, sizeof wished / sizeof wished[0])];
    while (passes > 1 && !affords(w, passes, statements))
        passes /= 2;
    return passes;
}

/* ---- Names ---- */

static void bind_fresh(struct script_writer *w)
{
    struct name n = any_name_of(w, draw(w, NAME_RESURRECTED));
    write_value(w, &n);
}

static void bind_alias(struct script_writer *w)
{
    struct name y = need_any(w);
    struct name n = any_name_of(w, one_in(w, 2) || y.kind == NAME_RESURRECTED ? NAME_ANY : y.kind);
    write_line(w, "%s = %s", n.text, y.text);
    bind(w, &n);
}

/* Only the frame that a name belongs to deletes it. */
static void delete_name(struct script_writer *w)
{
    struct name n = need_any(w);
    if (w->level[n.kind][n.number] != (int8_t)w->frames || n.kind == NAME_RESURRECTED)
        return;
    write_line(w, "del %s", n.text);
    w->level[n.kind][n.number] = UNBOUND;
}

/* ---- Lists and slots ---- */

static void store_item(struct script_writer *w)
{
    struct name x = need(w, NAME_LIST), y = one_in(w, 6) ? x : need_any(w);
    write_line(w, "%s[%u] = %s", x.text, (unsigned)draw(w, 2), y.text);
}

static void load_item(struct script_writer *w)
{
    struct name x = need(w, one_in(w, 3) ? NAME_SLOTS2 : NAME_LIST), n = any_name_of(w, NAME_ANY);
    write_line(w, "%s = %s[%u]", n.text, x.text, x.kind == NAME_LIST ? (unsigned)draw(w, 2) : 0);
    bind(w, &n);
}

/* A list grows by items and shrinks by as many at most. */
static void grow_and_shrink(struct script_writer *w)
{
    struct name x = need(w, NAME_LIST), y = need_any(w);
    uint64_t grown = passes_of(w, 2), shrunk = draw(w, grown + 1);
    struct repeat r;
    begin_repeat(w, &r, grown);
    write_line(w, "append %s %s", x.text, y.text);
    if (one_in(w, 4))
        write_line(w, "print sizeof %s", x.text);
    end_repeat(w, &r);
    neutrals(w, 2);
    begin_repeat(w, &r, shrunk);
    write_line(w, "del %s[%u]", x.text, (unsigned)draw(w, 2));
    if (one_in(w, 4))
        write_line(w, "print sizeof %s", x.text);
    end_repeat(w, &r);
}

static void append_once(struct script_writer *w)
{
    struct name x = need(w, NAME_LIST), y = one_in(w, 6) ? x : need_any(w);
    write_line(w, "append %s %s", x.text, y.text);
    if (one_in(w, 2))
        write_line(w, "del %s[%u]", x.text, (unsigned)draw(w, 3));
}

static void fill_and_empty_a_slot(struct script_writer *w)
{
    struct name x = need(w, one_in(w, 2) ? NAME_SLOTS2 : NAME_SLOTS5), y = one_in(w, 4) ? x : need_any(w);
    unsigned slot = 1 + (unsigned)draw(w, x.kind == NAME_SLOTS2 ? 1 : 4);
    write_line(w, "%s[%u] = %s", x.text, slot, y.text);
    if (one_in(w, 2))
        return;
    neutrals(w, 2);
    write_line(w, "del %s[%u]", x.text, slot);
}

static void store_slot(struct script_writer *w)
{
    struct name x = need(w, one_in(w, 2) ? NAME_SLOTS2 : NAME_SLOTS5), y = need_any(w);
    write_line(w, "%s[0] = %s", x.text, y.text);
}

/* ---- Dicts and attributes ---- */

static struct name need_keyed(struct script_writer *w)
{
    static const enum name_kind keyed[] = {NAME_DICT, NAME_BARE_DICT, NAME_OBJECT, NAME_BARE_OBJECT};
    return need_one_of(w, keyed, sizeof keyed / sizeof keyed[0]);
}

static void store_key(struct script_writer *w)
{
    struct name x = need_keyed(w), y = one_in(w, 6) ? x : need_any(w), n = any_name_of(w, NAME_ANY);
    unsigned key = (unsigned)draw(w, 12);
    write_line(w, "%s.k%u = %s", x.text, key, y.text);
    if (one_in(w, 3))
        neutrals(w, 2);
    if (one_in(w, 3)) {
        write_line(w, "%s = %s.k%u", n.text, x.text, key);
        bind(w, &n);
    }
    if (key > 0 && one_in(w, 3))
        write_line(w, "del %s.k%u", x.text, key);
}

static void load_key(struct script_writer *w)
{
    struct name x = need(w, one_in(w, 2) ? NAME_DICT : NAME_OBJECT), n = any_name_of(w, NAME_ANY);
    write_line(w, "%s = %s.k0", n.text, x.text);
    bind(w, &n);
}

/* Many keys, so that the table grows; then some of them deleted, some of them again. */
static void many_keys(struct script_writer *w)
{
    static const unsigned counts[] = {3, 5, 6, 8, 10, 11, 15, 21, 22, 29, 30, 31, 42, 43, 85, 86};
    unsigned count = counts[draw(w, sizeof counts / sizeof counts[0])];
    while (count > 3 && !affords(w, 1, 2 * count))
        count /= 2;
    struct name x = need_keyed(w), y = need_any(w);
    for (unsigned i = 1; i <= count; i++) {
        write_line(w, "%s.k%u = %s", x.text, i, y.text);
        if (one_in(w, 12))
            write_line(w, "print sizeof %s", x.text);
    }
    for (unsigned i = 1; i <= count; i++)
        if (one_in(w, 3)) {
            write_line(w, "del %s.k%u", x.text, i);
            if (one_in(w, 3))
                write_line(w, "%s.k%u = %s", x.text, i, y.text);
        }
}

/* Objects without attributes use up the room of the class's shared keys. */
static void many_objects(struct script_writer *w)
{
    struct name all = need(w, NAME_LIST), x = any_name_of(w, NAME_BARE_OBJECT), y = need(w, NAME_NUMBER);
    uint64_t passes = passes_of(w, 5);
    struct repeat r;
    begin_repeat(w, &r, passes);
    write_value(w, &x);
    for (uint64_t keys = draw(w, 4); keys > 0; keys--)
        write_line(w, "%s.k%u = %s", x.text, (unsigned)draw(w, 40), y.text);
    if (one_in(w, 2))
        write_line(w, "append %s %s", all.text, x.text);
    end_repeat(w, &r);
    for (unsigned i = 0; i < 3; i++)
        write_line(w, "%s.k%u = %s", x.text, i, y.text);
    write_line(w, "print blocks");
}

/* ---- Death ---- */

static void arm(struct script_writer *w)
{
    struct name x = need(w, one_in(w, 2) ? NAME_OBJECT : NAME_BARE_OBJECT);
    struct name r = name_of(NAME_RESURRECTED, (unsigned)draw(w, NAMES_OF_KIND));
    if (one_in(w, 3))
        write_line(w, "finalizer %s \"%s\" resurrect %s", x.text, any_label(w), r.text);
    else
        write_line(w, "finalizer %s \"%s\"", x.text, any_label(w));
}

/* The name may be bound by a finalizer while it is not bound by the script. */
static void forget_resurrected(struct script_writer *w)
{
    struct name r = name_of(NAME_RESURRECTED, (unsigned)draw(w, NAMES_OF_KIND));
    if (w->frames == 0 && one_in(w, 2)) {
        write_line(w, "del %s", r.text);
        w->level[r.kind][r.number] = UNBOUND;
        neutrals(w, 2);
    }
    write_value(w, &r);
}

/* Two that hold each other, one of them with a finalizer or watched, both dropped. */
static void drop_a_cycle(struct script_writer *w)
{
    struct name x = need(w, one_in(w, 2) ? NAME_OBJECT : NAME_BARE_OBJECT);
    struct name y = need(w, one_in(w, 2) ? NAME_LIST : NAME_DICT), other = any_name_of(w, NAME_WEAKREF);
    write_line(w, "%s.k1 = %s", x.text, y.text);
    write_line(w, y.kind == NAME_LIST ? "%s[0] = %s" : "%s.k0 = %s", y.text, x.text);
    if (one_in(w, 2))
        write_line(w, "finalizer %s \"%s\"", x.text, any_label(w));
    if (one_in(w, 2)) {
        write_line(w, one_in(w, 2) ? "%s = weakref %s" : "%s = weakref %s \"cycle\"", other.text, x.text);
        bind(w, &other);
    }
    write_value(w, &x);
    write_value(w, &y);
    neutrals(w, 1);
}

/* A few objects that refer to each other at random, each with what can happen to it when all of them die at once. */
static void tangle(struct script_writer *w)
{
    struct name all = name_of(NAME_LIST, (unsigned)draw(w, NAMES_OF_KIND)), x = any_name_of(w, NAME_BARE_OBJECT);
    struct name other = any_name_of(w, NAME_WEAKREF), v = any_name_of(w, NAME_ANY);
    unsigned count = 2 + (unsigned)draw(w, 5);
    write_line(w, "%s = list %u", all.text, count);
    bind(w, &all);
    for (unsigned i = 0; i < count; i++) {
        write_value(w, &x);
        write_line(w, "%s[%u] = %s", all.text, i, x.text);
        if (one_in(w, 2))
            write_line(w, "finalizer %s \"tangle %u\"", x.text, i);
        else if (one_in(w, 4))
            write_line(w, "finalizer %s \"back %u\" resurrect r%u", x.text, i, (unsigned)draw(w, NAMES_OF_KIND));
        if (one_in(w, 2)) {
            write_line(w, one_in(w, 3) ? "%s = weakref %s" : "%s = weakref %s \"gone {i}\"", other.text, x.text);
            bind(w, &other);
            if (one_in(w, 2))
                write_line(w, "%s.w = %s", x.text, other.text);
        }
    }
    for (unsigned links = 1 + (unsigned)draw(w, 2 * count); links > 0; links--) {
        write_line(w, "%s = %s[%u]", v.text, all.text, (unsigned)draw(w, count));
        write_line(w, "%s = %s[%u]", x.text, all.text, (unsigned)draw(w, count));
        write_line(w, "%s.k%u = %s", x.text, (unsigned)draw(w, 4), one_in(w, 5) ? all.text : v.text);
    }
    bind(w, &v);
    write_value(w, &x);
    write_value(w, &v);
    write_value(w, &all);
    neutrals(w, 2);
}

/* ---- Depth ---- */

/* One more container around what `v` holds. */
static void wrap(struct script_writer *w, const struct name *v, enum name_kind kind)
{
    struct name x = any_name_of(w, kind);
    switch (kind) {
    case NAME_LIST:
        write_line(w, "%s = list 2", x.text);
        write_line(w, "%s[%u] = %s", x.text, (unsigned)draw(w, 2), v->text);
        break;
    case NAME_DICT:
    case NAME_OBJECT:
        write_line(w, "%s = %s", x.text, kind == NAME_DICT ? "dict" : "object");
        write_line(w, "%s.k0 = %s", x.text, v->text);
        break;
    case NAME_SLOTS2:
        write_line(w, "%s = slots 2", x.text);
        write_line(w, "%s[0] = %s", x.text, v->text);
        break;
    default:
        write_line(w, "%s = %s %s", x.text, kind == NAME_TUPLE ? "tuple" : "function", v->text);
    }
    bind(w, &x);
    if (kind == NAME_OBJECT && one_in(w, 2))
        write_line(w, "finalizer %s \"nested {i}\"", x.text);
    write_line(w, "%s = %s", v->text, x.text);
}

/* Hundreds of containers, one in the other, so that their end is put off. */
static void nest(struct script_writer *w)
{
    static const enum name_kind kinds[] = {NAME_LIST, NAME_DICT, NAME_OBJECT, NAME_SLOTS2, NAME_TUPLE, NAME_FUNCTION};
    enum name_kind chosen[3];
    unsigned count = 1 + (unsigned)draw(w, 3);
    for (unsigned i = 0; i < count; i++)
        chosen[i] = kinds[draw(w, sizeof kinds / sizeof kinds[0])];
    struct name v = need(w, NAME_ANY);
    uint64_t passes = passes_of(w, 3 * count);
    struct repeat r;
    begin_repeat(w, &r, passes);
    for (unsigned i = 0; i < count; i++)
        wrap(w, &v, chosen[i]);
    end_repeat(w, &r);
    for (unsigned i = 0; i < count; i++) {
        struct name x;
        for (unsigned k = 0; k < NAMES_OF_KIND; k++) {
            x = name_of(chosen[i], k);
            if (is_bound(w, &x))
                write_value(w, &x);
        }
    }
    if (one_in(w, 2)) {
        write_line(w, "%s = None", v.text);
        write_line(w, "print blocks");
    }
}

/* ---- Churn ---- */

/* As many made as dropped: free lists and the counter. */
static void churn(struct script_writer *w)
{
    static const enum name_kind kinds[] = {NAME_TUPLE, NAME_DICT, NAME_LIST, NAME_SET, NAME_FUNCTION, NAME_ANY};
    struct name n = any_name_of(w, kinds[draw(w, sizeof kinds / sizeof kinds[0])]), all = need(w, NAME_LIST);
    bool kept = one_in(w, 2);
    struct repeat r;
    begin_repeat(w, &r, passes_of(w, 3));
    write_value(w, &n);
    if (kept)
        write_line(w, "append %s %s", all.text, n.text);
    if (one_in(w, 4))
        write_neutral(w);
    end_repeat(w, &r);
    if (kept)
        write_value(w, &all);
    write_line(w, "print gc.count");
}

static void turn_a_knob(struct script_writer *w)
{
    static const char *const knobs[] = {
        "gc.enable", "gc.enable",   "gc.disable",  "gc.freeze",
        "gc.freeze", "gc.unfreeze", "gc.unfreeze", "gc.set_debug none",
    };
    if (one_in(w, 8))
        write_line(w, "gc.set_debug saveall");
    else if (one_in(w, 3))
        write_threshold(w);
    else
        write_line(w, "%s", knobs[draw(w, sizeof knobs / sizeof knobs[0])]);
    if (one_in(w, 3))
        write_line(w, one_in(w, 2) ? "print gc.frozen" : "print gc.garbage");
}

typedef void deed(struct script_writer *w);

void write_deed(struct script_writer *w)
{
    static const struct {
        deed *does;
        unsigned weight;
    } deeds[] = {
        {bind_fresh, 30},
        {bind_alias, 10},
        {delete_name, 8},
        {store_item, 12},
        {load_item, 6},
        {append_once, 6},
        {grow_and_shrink, 2},
        {fill_and_empty_a_slot, 5},
        {store_slot, 5},
        {store_key, 14},
        {load_key, 6},
        {many_keys, 2},
        {many_objects, 2},
        {arm, 8},
        {forget_resurrected, 3},
        {drop_a_cycle, 6},
        {tangle, 3},
        {nest, 2},
        {churn, 5},
        {turn_a_knob, 6},
        {write_neutral, 30},
    };
    enum { DEEDS = sizeof deeds / sizeof deeds[0] };
    unsigned all = 0, i = 0;
    for (unsigned k = 0; k < DEEDS; k++)
        all += deeds[k].weight;
    for (uint64_t left = draw(w, all); left >= deeds[i].weight; i++)
        left -= deeds[i].weight;
    deeds[i].does(w);
}
