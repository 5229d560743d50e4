/* dict.h - dicts whose keys are strings: a header and a key table (keys.h).
 *
 * An empty dict has no table; the first key gets it one of 8 places. A full
 * table is replaced by one with room for three times the keys that there are,
 * so that it doubles while nothing is deleted. Deleting shrinks nothing.
 *
 * A dict may also be split, as that of an instance is at first: its keys are
 * then in its class's shared table, its values in a block of its own. It gets a
 * table of its own once a key comes for which the shared one has no entry.
 *
 * Tracking   a dict is not tracked when it is made. It becomes so when a value
 *            is stored that is, or may come to be, tracked; a full collection
 *            untracks those that hold none any more.
 * Ownership  a stored value's reference is the dict's from then on; when the
 *            call fails it stays the caller's. Keys are lent: the dict takes a
 *            reference of its own. A value that is read is lent.
 * Errors     NULL or -1 without memory; the dict is then as before.
 * Source     CPython 3.11 Objects/dictobject.c.
 */
#ifndef GCSWEEP_DICT_H
#define GCSWEEP_DICT_H

#include "core/object.h"
#include "core/types/keys.h"

struct dict_object {
    struct object base;
    size_t length;
    uint64_t unused;        /* room of CPython's version number */
    struct key_table *keys; /* NULL: empty, and no table yet */
    struct object **values; /* of a split dict, else NULL */
};

extern const struct type dict_type;

/* Empty. */
struct object *dict_new(struct heap *h);
/* Split, empty; `shared` belongs to a class that lives on. */
struct object *dict_new_split(struct heap *h, struct key_table *shared);
/* Makes a new, empty dict split; it takes a block of values over. */
void dict_take_values(struct heap *h, struct object *dict, struct key_table *shared, struct object **values);

/* NULL when there is none. */
struct object *dict_get(const struct object *dict, struct object *key);
int dict_set(struct heap *h, struct object *dict, struct object *key, struct object *value);
/* false when there is none. */
bool dict_delete(struct heap *h, struct object *dict, struct object *key);
/* Drops keys and values in order, the dict being empty already. */
void dict_clear(struct heap *h, struct object *dict);
/* Each key that has a value, in the order of the table: it may not change meanwhile. */
void dict_each(const struct object *dict, key_visit *visit, void *context);
/* Untracks it when no value is, or may come to be, tracked. */
void dict_untrack_if_settled(struct object *dict);
/* Does its length agree with its entries? */
bool dict_is_sound(const struct object *dict);

static inline size_t dict_length(const struct object *dict)
{
    return ((const struct dict_object *)object_used(dict))->length;
}

#endif
