/* objects.c - new objects of every shape, in heap and oracle alike. */
#include "harness/stress/session.h"

#include <string.h>

/* Slots of the frame in which an object is made: the object, the int of its
 * id, then what it is to hold. */
enum { MADE, ID, ITEMS, MAKER_SLOTS = ITEMS + ORACLE_EDGES };

struct maker {
    struct session *session;
    struct frame frame;
    oracle_place place;
};

static struct shadow *shadow_of(const struct maker *k)
{
    return session_shadow(k->session, k->place);
}

static struct mutator *mutator_of(const struct maker *k)
{
    return &k->session->m;
}

/* ---- Each shape ---- */

static void make_list(const struct maker *k)
{
    struct mutator *m = mutator_of(k);
    value *slot = k->frame.slot;
    slot[MADE] = new_list(m, 0);
    value_list_append(m, slot[MADE], value_take(&slot[ID]));
    for (uint32_t i = 0; i < shadow_of(k)->edges; i++)
        value_list_append(m, slot[MADE], slot[ITEMS + i] ? value_keep(slot[ITEMS + i]) : new_none(m));
}

static void make_keyed(const struct maker *k)
{
    struct mutator *m = mutator_of(k);
    const value *key = k->session->key;
    value *slot = k->frame.slot;
    slot[MADE] = shadow_of(k)->shape == SHAPE_DICT ? new_dict(m) : new_object(m, shadow_of(k)->class);
    value_key_set(m, slot[MADE], key[KEY_ID], value_take(&slot[ID]));
    for (uint32_t i = 0; i < ORACLE_EDGES; i++)
        if (slot[ITEMS + i])
            value_key_set(m, slot[MADE], key[i], value_keep(slot[ITEMS + i]));
}

static void make_slots(const struct maker *k)
{
    struct mutator *m = mutator_of(k);
    value *slot = k->frame.slot;
    slot[MADE] = new_slots(m, shadow_of(k)->class);
    value_slot_set(m, slot[MADE], 0, value_take(&slot[ID]));
    for (uint32_t i = 0; i < shadow_of(k)->edges; i++)
        if (slot[ITEMS + i])
            value_slot_set(m, slot[MADE], 1 + i, value_keep(slot[ITEMS + i]));
}

/* The id and the items, None for those that are not there, in the frame. */
static size_t fill_items(const struct maker *k, value items[1 + ORACLE_EDGES])
{
    uint32_t edges = shadow_of(k)->edges;
    items[0] = k->frame.slot[ID];
    for (uint32_t i = 0; i < edges; i++) {
        value *slot = &k->frame.slot[ITEMS + i];
        if (!*slot)
            *slot = new_none(mutator_of(k));
        items[1 + i] = *slot;
    }
    return 1 + edges;
}

static void make_fixed(const struct maker *k)
{
    struct mutator *m = mutator_of(k);
    value items[1 + ORACLE_EDGES];
    size_t n = fill_items(k, items);
    value made = shadow_of(k)->shape == SHAPE_TUPLE ? new_tuple(m, items, n)
                 : shadow_of(k)->shape == SHAPE_SET ? new_set(m, items, n)
                                                    : new_function(m, items, n);
    k->frame.slot[MADE] = made;
}

static value make_bytes(const struct maker *k, size_t size)
{
    value bytes = new_bytes(mutator_of(k), size);
    content_bytes(shadow_of(k)->id, value_bytes(bytes), size);
    return bytes;
}

static void make_bulk(const struct maker *k)
{
    struct mutator *m = mutator_of(k);
    value *slot = k->frame.slot;
    slot[MADE] = new_list(m, 0);
    value_list_append(m, slot[MADE], value_take(&slot[ID]));
    for (uint32_t i = 0; i < shadow_of(k)->size; i++)
        value_list_append(m, slot[MADE], make_bytes(k, content_bulk_size(shadow_of(k)->id, i)));
}

static void make_atom(const struct maker *k)
{
    const struct shadow *at = shadow_of(k);
    value *made = &k->frame.slot[MADE];
    char text[TEXT_MOST];
    if (at->shape == SHAPE_BYTES)
        *made = make_bytes(k, at->size);
    else if (at->shape == SHAPE_TEXT)
        *made = new_str(mutator_of(k), text, content_text(at->id, at->size, text));
    else
        *made = new_float(mutator_of(k), (double)at->id);
}

static void make_object(const struct maker *k)
{
    struct shadow *at = shadow_of(k);
    if (at->shape < SHAPE_BYTES)
        k->frame.slot[ID] = new_int(mutator_of(k), (int64_t)at->id);
    switch (at->shape) {
    case SHAPE_LIST:
        make_list(k);
        break;
    case SHAPE_DICT:
    case SHAPE_OBJECT:
        make_keyed(k);
        break;
    case SHAPE_SLOTS:
        make_slots(k);
        break;
    case SHAPE_TUPLE:
    case SHAPE_SET:
    case SHAPE_FUNCTION:
        make_fixed(k);
        break;
    case SHAPE_BULK:
        make_bulk(k);
        break;
    default:
        make_atom(k);
    }
}

/* ---- What it is to hold ---- */

static bool is_there(const oracle_place *edge, uint32_t n, oracle_place place)
{
    for (uint32_t i = 0; i < n; i++)
        if (edge[i] == place)
            return true;
    return false;
}

/* Up to `most` registers from `first` on; a set takes only what it can hold, each once. */
static uint32_t choose_edges(const struct session *s, enum shape shape, uint8_t first, uint32_t most,
                             oracle_place edge[ORACLE_EDGES])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < most; i++) {
        oracle_place place = session_register(s, i == 0 ? first : (uint8_t)((first + i) % REGISTERS));
        if (shape != SHAPE_SET)
            edge[n++] = place;
        else if (oracle_can_hash(&s->oracle, place) && !is_there(edge, n, place))
            edge[n++] = place;
    }
    return n;
}

static oracle_place describe(struct session *s, const struct step *step, const struct step *then)
{
    enum shape shape = step_shape(step);
    oracle_place edge[ORACLE_EDGES];
    uint32_t n = choose_edges(s, shape, step->b, step_most_edges(shape, step), edge);
    oracle_place place = oracle_add(&s->oracle, shape, step_room(shape, n, step));
    if (place == ORACLE_NONE)
        return ORACLE_NONE;
    struct shadow *at = session_shadow(s, place);
    at->size = step_size(shape, step);
    if (shape == SHAPE_OBJECT || shape == SHAPE_SLOTS) {
        at->class = step_class(shape, step);
        at->finalizes = session_classes[at->class].finalizer;
        at->then = *then;
    }
    for (uint32_t i = 0; i < n; i++)
        oracle_set(&s->oracle, place, i, edge[i]);
    return place;
}

void session_make(struct session *s, const struct step *step, const struct step *then)
{
    struct maker k = {.session = s, .place = describe(s, step, then)};
    if (k.place == ORACLE_NONE)
        return;
    const struct shadow *at = shadow_of(&k);
    k.frame = session_enter(s, MAKER_SLOTS);
    for (uint32_t i = 0; i < at->edges; i++)
        session_hold(s, &k.frame, ITEMS + i, at->edge[i]);
    make_object(&k);
    if (k.frame.slot[MADE]) {
        oracle_set_object(&s->oracle, k.place, k.frame.slot[MADE]);
        session_store(s, step->a, &k.frame.slot[MADE], k.place);
    } else {
        oracle_note_fault(&s->oracle, at->id, "is a set that was refused");
    }
    session_leave(s, &k.frame);
    s->result->objects++;
    s->result->mutations++;
}

/* Released in one deep cascade when its register goes. */
void session_chain(struct session *s, const struct step *step)
{
    unsigned depth = s->depth > 0 ? step->c % 16u : step->c;
    for (unsigned i = 0; i < depth; i++) {
        struct step link = step_link_of_chain(step, i);
        session_make(s, &link, &(struct step){0});
    }
}
