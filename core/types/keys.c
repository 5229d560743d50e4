/* keys.c - hash tables of strings: making, looking up, inserting, deleting. */
#include "core/types/keys.h"

#include <string.h>

#include "core/heap.h"
#include "core/refcount.h"
#include "core/types/string.h"

/* In the index: no entry, and one that was deleted. */
enum { EMPTY = -1, DELETED = -2 };

_Static_assert(sizeof(struct key_table) == 32, "as CPython's table");

static intptr_t entries_for(unsigned log2_places)
{
    return (intptr_t)(((size_t)2 << log2_places) / 3);
}

static size_t bytes_for(unsigned log2_places, unsigned log2_index_bytes)
{
    return sizeof(struct key_table) + ((size_t)1 << log2_index_bytes) +
           (size_t)entries_for(log2_places) * sizeof(struct key_entry);
}

size_t keys_bytes(const struct key_table *t)
{
    return bytes_for(t->log2_places, t->log2_index_bytes);
}

/* A number of the index takes 1 byte in tables of up to 128 places, then 2, 4, 8. */
static unsigned log2_index_bytes_for(unsigned log2_places)
{
    return log2_places + (log2_places < 8 ? 0 : log2_places < 16 ? 1 : log2_places < 32 ? 2 : 3);
}

unsigned keys_log2_for(size_t places)
{
    const size_t least = (size_t)1 << KEYS_LEAST_LOG2;
    size_t last = ((places | least) - 1) | (least - 1);
    unsigned log2 = KEYS_LEAST_LOG2;
    while (last >> log2)
        log2++;
    return log2;
}

/* ---- Making and freeing ---- */

static void set_empty(struct key_table *t, unsigned log2_places)
{
    unsigned log2_index_bytes = log2_index_bytes_for(log2_places);
    t->next_free = NULL;
    t->log2_places = (uint8_t)log2_places;
    t->log2_index_bytes = (uint8_t)log2_index_bytes;
    t->shared = false;
    t->unused = 0;
    t->usable = entries_for(log2_places);
    t->filled = 0;
    memset(t->index, 0xFF, (size_t)1 << log2_index_bytes); /* EMPTY, in every width */
    memset(keys_entries(t), 0, (size_t)t->usable * sizeof(struct key_entry));
}

struct key_table *keys_new(struct heap *h, unsigned log2_places)
{
    struct key_table *t = log2_places == KEYS_LEAST_LOG2 ? tables_try_pop(&h->freelists.tables) : NULL;
    if (!t)
        t = memory_alloc(&h->memory, bytes_for(log2_places, log2_index_bytes_for(log2_places)));
    if (!t)
        return NULL;
    memory_name(t, "key table");
    set_empty(t, log2_places);
    return t;
}

struct key_table *keys_init_shared(void *room)
{
    struct key_table *t = room;
    set_empty(t, KEYS_SHARED_LOG2);
    t->usable = KEYS_SHARED_MOST;
    t->shared = true;
    return t;
}

void keys_discard(struct heap *h, struct key_table *t)
{
    if (t->log2_places != KEYS_LEAST_LOG2 || !tables_try_push(h, &h->freelists.tables, t))
        memory_free(&h->memory, t);
}

void keys_drop(struct heap *h, struct key_table *t)
{
    struct key_entry *entry = keys_entries(t);
    for (intptr_t i = 0, n = t->filled; i < n; i++) {
        object_drop_if_any(h, entry[i].key);
        object_drop_if_any(h, entry[i].value);
    }
    keys_discard(h, t);
}

void keys_clear_shared(struct heap *h, struct key_table *t)
{
    for (intptr_t i = 0; i < t->filled; i++)
        object_drop(h, keys_entries(t)[i].key);
    keys_init_shared(t);
}

/* ---- The index ---- */

static intptr_t index_get(const struct key_table *t, size_t place)
{
    const void *index = t->index;
    switch (t->log2_index_bytes - t->log2_places) {
    case 0:
        return ((const int8_t *)index)[place];
    case 1:
        return ((const int16_t *)index)[place];
    case 2:
        return ((const int32_t *)index)[place];
    default:
        return ((const int64_t *)index)[place];
    }
}

static void index_set(struct key_table *t, size_t place, intptr_t entry)
{
    void *index = t->index;
    switch (t->log2_index_bytes - t->log2_places) {
    case 0:
        ((int8_t *)index)[place] = (int8_t)entry;
        break;
    case 1:
        ((int16_t *)index)[place] = (int16_t)entry;
        break;
    case 2:
        ((int32_t *)index)[place] = (int32_t)entry;
        break;
    default:
        ((int64_t *)index)[place] = entry;
    }
}

/* The places in which a key may be: all of them, in an order that its hash
 * gives. An empty place ends the search; one is always left. */
struct probe {
    size_t place, mask, rest;
};

static struct probe probe_start(const struct key_table *t, intptr_t hash)
{
    size_t mask = ((size_t)1 << t->log2_places) - 1;
    return (struct probe){.place = (size_t)hash & mask, .mask = mask, .rest = (size_t)hash};
}

static void probe_next(struct probe *p)
{
    p->rest >>= 5;
    p->place = (p->place * 5 + p->rest + 1) & p->mask;
}

static bool is_same_key(const struct object *a, const struct object *b)
{
    return a == b || string_equal(a, b);
}

intptr_t keys_find(const struct key_table *t, struct object *key)
{
    for (struct probe p = probe_start(t, string_hash(key));; probe_next(&p)) {
        intptr_t entry = index_get(t, p.place);
        if (entry == EMPTY)
            return -1;
        if (entry >= 0 && is_same_key(keys_entries(t)[entry].key, key))
            return entry;
    }
}

intptr_t keys_add(struct key_table *t, struct object *key)
{
    struct probe p = probe_start(t, string_hash(key));
    while (index_get(t, p.place) >= 0)
        probe_next(&p);
    intptr_t entry = t->filled++;
    t->usable--;
    index_set(t, p.place, entry);
    keys_entries(t)[entry] = (struct key_entry){.key = key};
    return entry;
}

void keys_delete(struct key_table *t, intptr_t entry)
{
    struct probe p = probe_start(t, string_hash(keys_entries(t)[entry].key));
    while (index_get(t, p.place) != entry)
        probe_next(&p);
    index_set(t, p.place, DELETED);
    keys_entries(t)[entry] = (struct key_entry){0};
}
