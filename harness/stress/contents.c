/* contents.c - what an object carries besides its edges, and what it holds as an edge.
 *
 * Edges are read field by field, not by the traversal that the collector uses:
 * one that passes an edge by is not to hide it here, too.
 */
#include "harness/stress/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Atoms ---- */

size_t content_text(uint64_t id, uint32_t size, char text[TEXT_MOST])
{
    int zeros = (int)size;
    return (size_t)snprintf(text, TEXT_MOST, "%0*" PRIu64, 20 + zeros, id);
}

size_t content_name(uint32_t name, char text[TEXT_MOST])
{
    return (size_t)snprintf(text, TEXT_MOST, "an interned name, number %" PRIu32, name);
}

void content_bytes(uint64_t id, char *bytes, size_t size)
{
    size_t i = 0;
    for (; i + sizeof id <= size; i += sizeof id)
        memcpy(bytes + i, &id, sizeof id);
    memcpy(bytes + i, &id, size - i);
}

size_t content_bulk_size(uint64_t id, uint32_t i)
{
    return 8 + (id * 16 + i * UINT64_C(48)) % 500;
}

static bool is_text(value v, const char *text, size_t length)
{
    if (v->type != &string_type || string_length(v) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (string_character(v, i) != (unsigned char)text[i])
            return false;
    return true;
}

static bool is_bytes(value v, uint64_t id, size_t size)
{
    if (v->type != &bytes_type || bytes_size(v) != size)
        return false;
    const char *bytes = bytes_data(v);
    size_t i = 0;
    for (; i + sizeof id <= size; i += sizeof id)
        if (memcmp(bytes + i, &id, sizeof id) != 0)
            return false;
    return memcmp(bytes + i, &id, size - i) == 0;
}

static bool is_bulk(value v, const struct shadow *at)
{
    if (list_length(v) != 1 + at->size)
        return false;
    for (uint32_t i = 0; i < at->size; i++)
        if (!is_bytes(list_get(v, 1 + i), at->id, content_bulk_size(at->id, i)))
            return false;
    return true;
}

/* ---- Sets and functions, of which the mutator reads nothing ---- */

static uint64_t id_of_int(value v)
{
    return v && v->type == &int_type ? (uint64_t)int_value(v) : 0;
}

static uint64_t id_in_set(value v)
{
    const struct set_object *set = (const struct set_object *)v;
    for (size_t i = 0; i <= set->mask; i++)
        if (set->table[i].key && set->table[i].key->type == &int_type)
            return id_of_int(set->table[i].key);
    return 0;
}

static bool set_holds(value v, const void *element)
{
    const struct set_object *set = (const struct set_object *)v;
    for (size_t i = 0; i <= set->mask; i++)
        if (set->table[i].key == element)
            return true;
    return false;
}

static value in_cell(value function, size_t i)
{
    value closure = ((const struct function_object *)function)->closure;
    return closure ? ((const struct cell_object *)tuple_get(closure, i))->item : NULL;
}

/* ---- Any object ---- */

static const struct type *type_for(const struct session *s, const struct shadow *at)
{
    switch (at->shape) {
    case SHAPE_LIST:
    case SHAPE_BULK:
        return &list_type;
    case SHAPE_DICT:
        return &dict_type;
    case SHAPE_TUPLE:
        return &tuple_type;
    case SHAPE_SET:
        return &set_type;
    case SHAPE_FUNCTION:
        return &function_type;
    case SHAPE_WEAKREF:
        return &weakref_type;
    case SHAPE_BYTES:
        return &bytes_type;
    case SHAPE_FLOAT:
        return &float_type;
    case SHAPE_TEXT:
    case SHAPE_INTERNED:
        return &string_type;
    case SHAPE_OBJECT:
        return &s->m.runtime.classes[at->class].core.instance.type;
    default:
        return &s->m.runtime.classes[at->class].core.slots.type;
    }
}

uint64_t content_id(struct session *s, const struct shadow *at)
{
    value v = at->object;
    switch (at->shape) {
    case SHAPE_LIST:
    case SHAPE_BULK:
        return list_length(v) > 0 ? id_of_int(list_get(v, 0)) : 0;
    case SHAPE_DICT:
    case SHAPE_OBJECT:
        return id_of_int(value_key_get(&s->m, v, s->key[KEY_ID]));
    case SHAPE_SLOTS:
        return id_of_int(value_slot_get(v, 0));
    case SHAPE_TUPLE:
        return id_of_int(value_tuple_get(v, 0));
    case SHAPE_SET:
        return id_in_set(v);
    case SHAPE_FUNCTION:
        return id_of_int(in_cell(v, 0));
    case SHAPE_FLOAT:
        return (uint64_t)value_float(v);
    default:
        return at->id; /* compared as a whole */
    }
}

static bool has_length(const struct shadow *at)
{
    uint32_t edges = 0;
    for (uint32_t i = 0; i < at->edges; i++)
        edges += at->edge[i] != ORACLE_NONE;
    switch (at->shape) {
    case SHAPE_LIST:
    case SHAPE_TUPLE:
        return value_length(at->object) == 1 + at->edges;
    case SHAPE_DICT:
    case SHAPE_SET:
        return value_length(at->object) == 1 + edges;
    default:
        return true;
    }
}

bool content_is_whole(struct session *s, const struct shadow *at)
{
    value v = at->object;
    char text[TEXT_MOST];
    if (v->type != type_for(s, at) || content_id(s, at) != at->id)
        return false;
    switch (at->shape) {
    case SHAPE_BYTES:
        return is_bytes(v, at->id, at->size);
    case SHAPE_TEXT:
        return is_text(v, text, content_text(at->id, at->size, text));
    case SHAPE_INTERNED:
        return is_text(v, text, content_name(at->name, text)) && string_is_shared(v);
    case SHAPE_BULK:
        return is_bulk(v, at);
    default:
        return has_length(at);
    }
}

value content_edge(struct session *s, const struct shadow *at, uint32_t i)
{
    value v = at->object;
    switch (at->shape) {
    case SHAPE_LIST:
        v = value_list_get(v, 1 + i);
        break;
    case SHAPE_TUPLE:
        v = value_tuple_get(v, 1 + i);
        break;
    case SHAPE_SET: /* which holds it or not, in no order */
        v = set_holds(v, session_shadow(s, at->edge[i])->object) ? session_shadow(s, at->edge[i])->object : NULL;
        break;
    case SHAPE_FUNCTION:
        v = in_cell(v, 1 + i);
        break;
    case SHAPE_SLOTS:
        v = value_slot_get(v, 1 + i);
        break;
    default:
        v = value_key_get(&s->m, v, s->key[i]);
    }
    return v == &mutator_heap(&s->m)->none ? NULL : v;
}
