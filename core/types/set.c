/* set.c - filling, clearing and releasing sets. */
#include "core/types/set.h"

#include <string.h>

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/hash.h"
#include "core/types/weakref.h"

_Static_assert(sizeof(struct set_object) == 200, "as large as CPython's");

static struct set_object *as_set(struct object *o)
{
    return (struct set_object *)object_used(o);
}

/* ---- The table ---- */

enum {
    NEIGHBOURS = 9, /* looked at after an entry, before jumping on */
    PERTURB_SHIFT = 5,
    LARGE = 50000, /* elements: beyond it a table doubles only */
};

/* The entries to look at for a hash, in order. */
struct probe {
    size_t mask, at, perturb;
    size_t neighbours; /* of the entry at `at`, still to look at */
    size_t entry;
};

static void probe_jump(struct probe *p, size_t at)
{
    p->at = p->entry = at & p->mask;
    p->neighbours = p->at + NEIGHBOURS <= p->mask ? NEIGHBOURS : 0;
}

static struct probe probe_start(size_t mask, intptr_t hash)
{
    struct probe p = {.mask = mask, .perturb = (size_t)hash};
    probe_jump(&p, (size_t)hash);
    return p;
}

static void probe_next(struct probe *p)
{
    if (p->neighbours > 0) {
        p->neighbours--;
        p->entry++;
    } else {
        p->perturb >>= PERTURB_SHIFT;
        probe_jump(p, p->at * 5 + 1 + p->perturb);
    }
}

/* The entry of an equal key, or the free one where it belongs. */
static struct set_entry *find(const struct set_object *set, struct object *key, intptr_t hash)
{
    struct probe p = probe_start(set->mask, hash);
    for (;; probe_next(&p)) {
        struct set_entry *entry = &set->table[p.entry];
        if (!entry->key || (entry->hash == hash && object_equal(entry->key, key)))
            return entry;
    }
}

static void insert_clean(struct set_entry *table, size_t mask, struct set_entry from)
{
    struct probe p = probe_start(mask, from.hash);
    while (table[p.entry].key)
        probe_next(&p);
    table[p.entry] = from;
}

static void free_table(struct heap *h, struct set_object *set, struct set_entry *table)
{
    if (table != set->small)
        memory_free(&h->memory, table);
}

/* A table of more than `least` entries in a block of its own. */
static int grow(struct heap *h, struct set_object *set, size_t least)
{
    size_t size = SET_SMALL;
    while (size <= least)
        size <<= 1;
    struct set_entry *table = memory_alloc(&h->memory, size * sizeof(table[0]));
    if (!table)
        return -1;
    memory_name(table, "set's table");
    memset(table, 0, size * sizeof(table[0]));
    for (size_t i = 0; i <= set->mask; i++)
        if (set->table[i].key)
            insert_clean(table, size - 1, set->table[i]);
    free_table(h, set, set->table);
    set->table = table;
    set->mask = size - 1;
    return 0;
}

/* -1 without memory; the key may be in it then. */
static int add(struct heap *h, struct set_object *set, struct object *key, intptr_t hash)
{
    struct set_entry *entry = find(set, key, hash);
    if (entry->key)
        return 0;
    hook_store(h, &set->base, key);
    *entry = (struct set_entry){object_keep(key), hash};
    set->fill++;
    set->used++;
    if (set->fill * 5 < set->mask * 3)
        return 0;
    return grow(h, set, set->used > LARGE ? set->used * 2 : set->used * 4);
}

/* ---- The type ---- */

static void set_traverse(struct object *o, object_visit *visit, void *argument)
{
    const struct set_object *set = as_set(o);
    for (size_t i = 0; i <= set->mask; i++)
        if (set->table[i].key)
            visit(set->table[i].key, argument);
}

static void make_empty(struct set_object *set)
{
    memset(set->small, 0, sizeof(set->small));
    set->fill = set->used = 0;
    set->mask = SET_SMALL - 1;
    set->table = set->small;
    set->hash = -1;
}

static void drop_keys(struct heap *h, const struct set_entry *entry, size_t used)
{
    for (; used > 0; entry++) {
        if (entry->key) {
            used--;
            object_drop(h, entry->key);
        }
    }
}

/* Empty before the first element is dropped, since a finalizer may look at it. */
static void set_clear(struct heap *h, struct object *o)
{
    struct set_object *set = as_set(o);
    struct set_entry copy[SET_SMALL];
    struct set_entry *table = set->table;
    size_t used = set->used;
    memcpy(copy, set->small, sizeof(copy));
    make_empty(set);
    drop_keys(h, table == set->small ? copy : table, used);
    free_table(h, set, table);
}

static void set_release(struct heap *h, struct object *o)
{
    struct set_object *set = as_set(o);
    gc_untrack(o);
    if (!trashcan_begin(h, o))
        return;
    if (set->weakrefs)
        weakrefs_clear(h, o, &set->weakrefs);
    drop_keys(h, set->table, set->used);
    free_table(h, set, set->table);
    gc_free(h, o);
    trashcan_end(h);
}

static size_t set_bytes(const struct object *o)
{
    const struct set_object *set = (const struct set_object *)o;
    size_t table = set->table == set->small ? 0 : (set->mask + 1) * sizeof(set->table[0]);
    return sizeof(struct gc_head) + sizeof(*set) + table;
}

const struct type set_type = {
    .name = "set",
    .collectable = true,
    .weakrefs = offsetof(struct set_object, weakrefs),
    .traverse = set_traverse,
    .clear = set_clear,
    .release = set_release,
    .bytes = set_bytes,
};

static bool can_hash_all(struct object *const *items, size_t n)
{
    intptr_t hash;
    for (size_t i = 0; i < n; i++)
        if (!object_hash(items[i], &hash))
            return false;
    return true;
}

static struct set_object *new_empty(struct heap *h)
{
    struct set_object *set = (struct set_object *)gc_new(h, &set_type, sizeof(*set));
    if (!set)
        return NULL;
    make_empty(set);
    set->finger = 0;
    set->weakrefs = NULL;
    gc_track(&h->gc, &set->base);
    return set;
}

struct object *set_new(struct heap *h, struct object *const *items, size_t n, bool *refused)
{
    *refused = !can_hash_all(items, n);
    struct set_object *set = *refused ? NULL : new_empty(h);
    for (size_t i = 0; set && i < n; i++) {
        intptr_t hash;
        object_hash(items[i], &hash);
        if (add(h, set, items[i], hash) < 0) {
            object_drop(h, &set->base);
            return NULL;
        }
    }
    return (struct object *)set;
}
