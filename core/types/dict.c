/* dict.c - storing, deleting, growing and releasing dicts. */
#include "core/types/dict.h"

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/tuple.h"
#include "core/types/values.h"

static struct dict_object *as_dict(const struct object *o)
{
    return (struct dict_object *)object_used(o);
}

/* ---- Values ---- */

/* Where the value of an entry is kept. */
static struct object **value_at(const struct dict_object *d, intptr_t entry)
{
    return d->values ? &d->values[entry] : &keys_entries(d->keys)[entry].value;
}

static intptr_t entries(const struct dict_object *d)
{
    return d->keys ? d->keys->filled : 0;
}

static void dict_traverse(struct object *o, object_visit *visit, void *argument)
{
    const struct dict_object *d = as_dict(o);
    for (intptr_t i = 0, n = entries(d); i < n; i++)
        if (*value_at(d, i))
            visit(*value_at(d, i), argument);
}

struct object *dict_get(const struct object *o, struct object *key)
{
    const struct dict_object *d = as_dict(o);
    intptr_t entry = d->keys ? keys_find(d->keys, key) : -1;
    return entry < 0 ? NULL : *value_at(d, entry);
}

void dict_each(const struct object *o, key_visit *visit, void *context)
{
    const struct dict_object *d = as_dict(o);
    for (intptr_t i = 0, n = entries(d); i < n; i++)
        if (*value_at(d, i))
            visit(context, keys_entries(d->keys)[i].key, *value_at(d, i));
}

bool dict_is_sound(const struct object *o)
{
    const struct dict_object *d = as_dict(o);
    size_t held = 0;
    for (intptr_t i = 0, n = entries(d); i < n; i++)
        held += *value_at(d, i) != NULL;
    return held == d->length && (!d->values || (d->keys->shared && values_stored(d->values) == held));
}

/* ---- Tracking ---- */

static void track_if_needed(struct heap *h, struct dict_object *d, const struct object *value)
{
    if (!object_is_tracked(&d->base) && object_may_be_tracked(value))
        gc_track(&h->gc, &d->base);
}

void dict_untrack_if_settled(struct object *o)
{
    const struct dict_object *d = as_dict(o);
    for (intptr_t i = 0, n = entries(d); i < n; i++) {
        const struct object *value = *value_at(d, i);
        if (value && object_may_be_tracked(value))
            return;
    }
    gc_untrack(o);
}

/* ---- Releasing ---- */

static size_t dict_bytes(const struct object *o)
{
    const struct dict_object *d = as_dict(o);
    size_t bytes = sizeof(struct gc_head) + sizeof(*d);
    if (d->values)
        return bytes + keys_shared_size(d->keys) * sizeof(struct object *);
    return d->keys ? bytes + keys_bytes(d->keys) : bytes;
}

/* What a dict held; the dict itself is not looked at. */
static void drop_contents(struct heap *h, struct key_table *keys, struct object **values)
{
    if (values) {
        values_clear(h, values, (size_t)keys->filled);
        values_free(h, values);
    } else if (keys) {
        keys_drop(h, keys);
    }
}

void dict_clear(struct heap *h, struct object *o)
{
    struct dict_object *d = as_dict(o);
    struct key_table *keys = d->keys;
    struct object **values = d->values;
    d->keys = NULL;
    d->values = NULL;
    d->length = 0;
    drop_contents(h, keys, values);
}

static void dict_release(struct heap *h, struct object *o)
{
    struct dict_object *d = as_dict(o);
    gc_untrack(o);
    if (!trashcan_begin(h, o))
        return;
    drop_contents(h, d->keys, d->values);
    if (!freelist_try_push(h, &h->freelists.dicts, o))
        gc_free(h, o);
    trashcan_end(h);
}

const struct type dict_type = {
    .name = "dict",
    .collectable = true,
    .traverse = dict_traverse,
    .clear = dict_clear,
    .release = dict_release,
    .bytes = dict_bytes,
};

/* ---- Making ---- */

static struct dict_object *new_dict(struct heap *h, struct key_table *keys, struct object **values, size_t length)
{
    struct object *o = freelist_try_pop(&h->freelists.dicts);
    if (!o)
        o = gc_new(h, &dict_type, sizeof(struct dict_object));
    if (!o)
        return NULL;
    struct dict_object *d = as_dict(o);
    d->length = length;
    d->unused = 0;
    d->keys = keys;
    d->values = values;
    return d;
}

struct object *dict_new(struct heap *h)
{
    struct dict_object *d = new_dict(h, NULL, NULL, 0);
    return d ? &d->base : NULL;
}

struct object *dict_new_split(struct heap *h, struct key_table *shared)
{
    struct object **values = values_new(h, keys_shared_size(shared));
    if (!values)
        return NULL;
    struct dict_object *d = new_dict(h, shared, values, 0);
    if (d)
        return &d->base;
    values_free(h, values);
    return NULL;
}

void dict_take_values(struct heap *h, struct object *o, struct key_table *shared, struct object **values)
{
    struct dict_object *d = as_dict(o);
    d->keys = shared;
    d->values = values;
    d->length = values_stored(values);
    for (intptr_t i = 0; i < shared->filled && !object_is_tracked(o); i++)
        if (values[i])
            track_if_needed(h, d, values[i]);
}

/* ---- Storing ---- */

/* Moves the entries into a table of its own, in order, without holes. */
static void move_entries(const struct dict_object *d, struct key_table *to)
{
    for (intptr_t i = 0, n = entries(d); i < n; i++) {
        const struct key_entry *from = &keys_entries(d->keys)[i];
        if (from->key)
            keys_entries(to)[keys_add(to, from->key)].value = from->value;
    }
}

/* The shared table keeps its keys: they are referred to once more. */
static void move_split_entries(const struct dict_object *d, struct key_table *to)
{
    for (size_t i = 0; i < d->length; i++) {
        size_t entry = values_in_order(d->values, i);
        struct object *key = object_keep(keys_entries(d->keys)[entry].key);
        keys_entries(to)[keys_add(to, key)].value = d->values[entry];
    }
}

static int grow(struct heap *h, struct dict_object *d)
{
    struct key_table *larger = keys_new(h, keys_log2_for(d->length * 3));
    if (!larger)
        return -1;
    if (d->values && d->keys) { /* values of its own come with a shared table of keys */
        move_split_entries(d, larger);
        values_free(h, d->values);
        d->values = NULL;
    } else if (d->keys) {
        move_entries(d, larger);
        keys_discard(h, d->keys);
    }
    d->keys = larger;
    return 0;
}

static void replace(struct heap *h, struct dict_object *d, intptr_t entry, struct object *value)
{
    struct object **at = value_at(d, entry);
    struct object *old = *at;
    *at = value;
    if (d->values && !old) {
        values_note_stored(d->values, (size_t)entry);
        d->length++;
    }
    object_drop_if_any(h, old);
}

int dict_set(struct heap *h, struct object *o, struct object *key, struct object *value)
{
    struct dict_object *d = as_dict(o);
    intptr_t entry = d->keys ? keys_find(d->keys, key) : -1;
    if (entry < 0 && (!d->keys || d->keys->usable <= 0) && grow(h, d) < 0)
        return -1;
    track_if_needed(h, d, value);
    hook_store(h, o, value);
    if (entry >= 0) {
        replace(h, d, entry, value);
        return 0;
    }
    entry = keys_add(d->keys, object_keep(key));
    *value_at(d, entry) = value;
    if (d->values)
        values_note_stored(d->values, (size_t)entry);
    d->length++;
    return 0;
}

bool dict_delete(struct heap *h, struct object *o, struct object *key)
{
    struct dict_object *d = as_dict(o);
    intptr_t entry = d->keys ? keys_find(d->keys, key) : -1;
    struct object *value = entry < 0 ? NULL : *value_at(d, entry);
    if (!value)
        return false;
    d->length--;
    if (d->values) {
        d->values[entry] = NULL;
        values_note_deleted(d->values, (size_t)entry);
    } else {
        struct object *own_key = keys_entries(d->keys)[entry].key;
        keys_delete(d->keys, entry);
        object_drop(h, own_key);
    }
    object_drop(h, value);
    return true;
}
