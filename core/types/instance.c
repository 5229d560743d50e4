/* instance.c - plain classes, and the life of their instances. */
#include "core/types/instance.h"

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/dict.h"
#include "core/types/values.h"
#include "core/types/weakref.h"

/* In front of the gc_head. */
struct attributes {
    struct object **values;
    struct object *dict;
};

_Static_assert(sizeof(struct attributes) == GC_PRE_HEADER_BYTES, "what gc_new_with_pre_header makes room for");

static struct attributes *attributes_of(const struct object *o)
{
    return (struct attributes *)(void *)gc_head_of(o) - 1;
}

static struct instance_class *class_of(const struct object *o)
{
    return (struct instance_class *)(uintptr_t)o->type;
}

static struct key_table *keys_of(const struct object *o)
{
    return (struct key_table *)(void *)class_of(o)->keys;
}

/* ---- Life and death ---- */

static void instance_traverse(struct object *o, object_visit *visit, void *argument)
{
    const struct attributes *a = attributes_of(o);
    if (a->values)
        for (intptr_t i = 0, n = keys_of(o)->filled; i < n; i++)
            if (a->values[i])
                visit(a->values[i], argument);
    if (a->dict)
        visit(a->dict, argument);
}

/* The block of values stays. */
static void instance_clear(struct heap *h, struct object *o)
{
    struct attributes *a = attributes_of(o);
    struct object *dict = a->dict;
    if (a->values)
        values_clear(h, a->values, (size_t)keys_of(o)->filled);
    a->dict = NULL;
    object_drop_if_any(h, dict);
}

static void instance_finalize(struct heap *h, struct object *o)
{
    (void)h;
    const struct instance_class *class = class_of(o);
    class->finalizer(class, o);
}

static void drop_attributes(struct heap *h, struct object *o)
{
    struct attributes *a = attributes_of(o);
    if (a->dict) {
        object_drop(h, a->dict);
    } else if (a->values) {
        values_clear(h, a->values, (size_t)keys_of(o)->filled);
        values_free(h, a->values);
    }
}

static void instance_release(struct heap *h, struct object *o)
{
    gc_untrack(o);
    if (!trashcan_begin(h, o))
        return;
    if (!o->type->finalize || !object_try_finalize_tracked(h, o)) {
        struct object **weakrefs = weakrefs_of(o);
        if (*weakrefs)
            weakrefs_clear(h, o, weakrefs);
        drop_attributes(h, o);
        gc_free_with_pre_header(h, o);
    }
    trashcan_end(h);
}

/* As sys.getsizeof, which does not count the block of values. */
static size_t instance_bytes(const struct object *o)
{
    (void)o;
    return sizeof(struct attributes) + sizeof(struct gc_head) + sizeof(struct instance_object);
}

/* ---- Classes ---- */

void instance_class_init(struct heap *h, struct instance_class *class, const char *name,
                         void (*finalizer)(const struct instance_class *class, struct object *self))
{
    class->type = (struct type){
        .name = name,
        .collectable = true,
        .weakrefs = offsetof(struct instance_object, weakrefs),
        .traverse = instance_traverse,
        .clear = instance_clear,
        .finalize = finalizer ? instance_finalize : NULL,
        .release = instance_release,
        .bytes = instance_bytes,
    };
    class->finalizer = finalizer;
    keys_init_shared(class->keys);
    class->next = h->classes;
    h->classes = class;
}

void instance_classes_close(struct heap *h)
{
    for (struct instance_class *class = h->classes; class; class = class->next)
        keys_clear_shared(h, (struct key_table *)(void *)class->keys);
    h->classes = NULL;
}

bool object_is_instance(const struct object *o)
{
    return o->type->release == instance_release;
}

struct object *instance_new(struct heap *h, const struct instance_class *class)
{
    struct object *o = gc_new_with_pre_header(h, &class->type, sizeof(struct instance_object));
    if (!o)
        return NULL;
    struct attributes *a = attributes_of(o);
    *a = (struct attributes){0};
    *weakrefs_of(o) = NULL;
    gc_track(&h->gc, o);

    struct key_table *keys = keys_of(o);
    if (keys->usable > 1)
        keys->usable--;
    a->values = values_new(h, keys_shared_size(keys));
    if (a->values)
        return o;
    object_drop(h, o);
    return NULL;
}

void instance_arm_finalizer(struct object *o)
{
    gc_head_of(o)->prev &= ~(uintptr_t)GC_PREV_FINALIZED;
}

/* ---- Attributes ---- */

bool instance_has_dict(const struct object *o)
{
    return attributes_of(o)->dict != NULL;
}

struct object *instance_get(const struct object *o, struct object *key)
{
    const struct attributes *a = attributes_of(o);
    if (!a->values)
        return a->dict ? dict_get(a->dict, key) : NULL;
    intptr_t entry = keys_find(keys_of(o), key);
    return entry < 0 ? NULL : a->values[entry];
}

void instance_each(const struct object *o, key_visit *visit, void *context)
{
    struct object **values = attributes_of(o)->values;
    const struct key_table *keys = keys_of(o);
    for (intptr_t i = 0, n = values ? keys->filled : 0; i < n; i++)
        if (values[i])
            visit(context, keys_entries(keys)[i].key, values[i]);
}

struct object *instance_dict(const struct object *o)
{
    return attributes_of(o)->dict;
}

/* The entry of the key, a new one where there is none yet; -1 when none is usable. */
static intptr_t find_or_add(struct key_table *keys, struct object *key)
{
    intptr_t entry = keys_find(keys, key);
    return entry < 0 && keys->usable > 0 ? keys_add(keys, object_keep(key)) : entry;
}

/* The allocation may collect, and a finalizer may set an attribute of this same
 * instance: the dict that it was given then is its dict. (CPython 3.11 does not
 * look again, and gives it a second one, with the same values.) */
static struct object *make_dict(struct heap *h, struct object *o)
{
    struct attributes *a = attributes_of(o);
    struct object *dict = a->values ? dict_new(h) : dict_new_split(h, keys_of(o));
    if (!dict)
        return NULL;
    if (a->dict) {
        object_drop(h, dict);
        return a->dict;
    }
    if (a->values)
        dict_take_values(h, dict, keys_of(o), a->values);
    a->values = NULL;
    a->dict = dict;
    return dict;
}

static int set_in_dict(struct heap *h, struct object *o, struct object *key, struct object *value)
{
    struct object *dict = attributes_of(o)->dict;
    if (!dict)
        dict = make_dict(h, o);
    return dict ? dict_set(h, dict, key, value) : -1;
}

int instance_set(struct heap *h, struct object *o, struct object *key, struct object *value)
{
    struct object **values = attributes_of(o)->values;
    intptr_t entry = values ? find_or_add(keys_of(o), key) : -1;
    if (entry < 0)
        return set_in_dict(h, o, key, value);
    struct object *old = values[entry];
    hook_store(h, o, value);
    values[entry] = value;
    if (old)
        object_drop(h, old);
    else
        values_note_stored(values, (size_t)entry);
    return 0;
}

bool instance_delete(struct heap *h, struct object *o, struct object *key)
{
    const struct attributes *a = attributes_of(o);
    if (!a->values)
        return a->dict && dict_delete(h, a->dict, key);
    intptr_t entry = keys_find(keys_of(o), key);
    struct object *old = entry < 0 ? NULL : a->values[entry];
    if (!old)
        return false;
    a->values[entry] = NULL;
    values_note_deleted(a->values, (size_t)entry);
    object_drop(h, old);
    return true;
}
