/* keys.h - key tables: the hash tables of dicts, and of the classes whose instances share their keys.
 *
 * A table of 2^n places holds at most two thirds as many entries, in the order
 * in which they came, and an index: 2^n numbers of entries, found by the key's
 * hash. An entry is a key and, unless the table is shared, its value. Deleting
 * an entry leaves a hole, which only a new, resized table gets rid of.
 *
 *     header 32 bytes | index 2^n numbers of 1, 2, 4 or 8 bytes | entries of 16 bytes
 *
 * Worked example  n 3: 8 places, 5 entries, 32 + 8 + 80 = 120 bytes; n 8: 170
 *            entries, 32 + 512 + 2,720 bytes.
 * Shared     the table of a class holds at most 30 keys and no values: each
 *            instance has its own block of values (values.h). It stays with its
 *            class, and loses a usable entry for each instance that is made
 *            while more than one is left (instance.h).
 * Free list  80 dead tables of 8 places are kept for reuse.
 * Ownership  an entry's references are the table's.
 * Errors     NULL without memory.
 * Source     CPython 3.11 Objects/dictobject.c, tables whose keys are all
 *            strings. Differs: no others, since nothing makes them.
 */
#ifndef GCSWEEP_KEYS_H
#define GCSWEEP_KEYS_H

#include "core/object.h"

enum {
    KEYS_LEAST_LOG2 = 3,
    KEYS_SHARED_LOG2 = 6,
    KEYS_SHARED_MOST = 30,
    KEYS_SHARED_BYTES = 32 + 64 + 42 * 16,
};

struct key_entry {
    struct object *key;   /* NULL: deleted */
    struct object *value; /* NULL in a shared table */
};

struct key_table {
    struct key_table *next_free; /* in the free list; room of CPython's count otherwise */
    uint8_t log2_places;
    uint8_t log2_index_bytes;
    bool shared;
    uint32_t unused; /* room of CPython's version number */
    intptr_t usable; /* entries that are still free */
    intptr_t filled; /* entries taken, deleted ones included */
    char index[];    /* then the entries */
};

/* A key and its value, both lent. */
typedef void key_visit(void *context, struct object *key, struct object *value);

/* 2^log2_places places, no entry. */
struct key_table *keys_new(struct heap *h, unsigned log2_places);
/* Makes a class's shared table in KEYS_SHARED_BYTES at `room`, aligned to 16. */
struct key_table *keys_init_shared(void *room);
/* Drops keys and values, first to last, each key before its value; then as keys_discard. */
void keys_drop(struct heap *h, struct key_table *t);
/* Drops the keys of a shared table; its room is its owner's. */
void keys_clear_shared(struct heap *h, struct key_table *t);
/* Gives the block alone back, or to the free list. */
void keys_discard(struct heap *h, struct key_table *t);

/* The n for a table that is to have room for so many places: 2^n >= places. As
 * in CPython 1 to 7 places make one of 16, though 8 would do; 0 and 8 one of 8. */
unsigned keys_log2_for(size_t places);
/* Its block, all of it. */
size_t keys_bytes(const struct key_table *t);

/* The entry of that key, -1 for none. */
intptr_t keys_find(const struct key_table *t, struct object *key);
/* A new entry behind the last; `usable` is above 0, the key is not there yet,
 * and its reference is taken over. Its number; its value is NULL. */
intptr_t keys_add(struct key_table *t, struct object *key);
/* Leaves a hole; key and value are the caller's now. */
void keys_delete(struct key_table *t, intptr_t entry);

static inline struct key_entry *keys_entries(const struct key_table *t)
{
    return (struct key_entry *)(void *)((char *)(uintptr_t)t->index + ((size_t)1 << t->log2_index_bytes));
}

/* Of a shared table: the slots that an instance's values need. */
static inline size_t keys_shared_size(const struct key_table *t)
{
    return (size_t)(t->filled + t->usable);
}

#endif
