/* lru_cache.c - a cache that forgets what was used least recently, asked with Zipf keys.
 *
 * Model     entries (slots prev, next, chain, key, value) are in a table of
 *           buckets and in a doubly linked ring in order of use. Each of
 *           `requests` asks for a key drawn from a Zipf distribution over
 *           `keys` keys: a hit moves the entry to the front, a miss makes one
 *           with `value_bytes` of value and, over `capacity` entries, drops
 *           the last. A request is one key asked for.
 * Stresses  stores from old objects to new ones, promotion, and cycles: an
 *           entry that left is not in the ring any more, but the ring is one.
 * Source    our own: the keyed variant of the message buffer (gc-latency), as
 *           functools.lru_cache and every memcached-like cache do it. The
 *           exponent 0.99 is that of YCSB (Cooper et al., SoCC 2010).
 */
#include "workloads/workload.h"

#include <math.h>
#include <string.h>

enum { ENTRY };
enum { PREV, NEXT, CHAIN, KEY, VALUE, ENTRY_SLOTS };

static const struct workload_class lru_cache_classes[] = {{.name = "Entry", .slots = ENTRY_SLOTS}, {0}};

struct lru_cache_params {
    uint64_t capacity, keys, requests, value_bytes;
    double exponent;
};

static const struct workload_param lru_cache_params[] = {
    WORKLOAD_INTEGER(struct lru_cache_params, capacity, 20000, 1, 1e9, "entries kept"),
    WORKLOAD_INTEGER(struct lru_cache_params, keys, 200000, 1, 100000000, "keys asked for"),
    WORKLOAD_INTEGER(struct lru_cache_params, requests, 1000000, 0, 1e12, "keys asked for, one after the other"),
    WORKLOAD_INTEGER(struct lru_cache_params, value_bytes, 100, 2, 1073741824, "value of an entry, bytes"),
    WORKLOAD_FRACTION(struct lru_cache_params, exponent, 0.99, 0, 10, "of the Zipf distribution"),
    {0},
};

static const struct workload_setting lru_cache_reduced[] = {
    {"capacity", "900"}, {"keys", "5000"}, {"requests", "20000"}, {"value_bytes", "20"}, {0}};

enum { ROOT_BUCKETS, ROOT_RING, ROOT_ZIPF, ROOTS };

/* ---- Keys: the n-th most frequent with a share of 1 / n^exponent ---- */

static value make_zipf(struct mutator *m, const struct lru_cache_params *p)
{
    value table = new_bytes(m, p->keys * sizeof(double) + sizeof(double));
    double sum = 0;
    for (uint64_t n = 0; n < p->keys; n++) {
        sum += pow((double)(n + 1), -p->exponent);
        memcpy(value_bytes(table) + n * sizeof sum, &sum, sizeof sum);
    }
    return table;
}

static double share_up_to(value table, uint64_t n)
{
    double sum;
    memcpy(&sum, value_bytes(table) + n * sizeof sum, sizeof sum);
    return sum;
}

static uint64_t draw_key(struct mutator *m, value table, uint64_t keys)
{
    double at = random_next_unit(&m->random) * share_up_to(table, keys - 1);
    uint64_t low = 0, high = keys - 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (share_up_to(table, middle) > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* ---- The ring: its head is an entry without key and value ---- */

static void unlink_entry(struct mutator *m, value entry)
{
    value prev = value_slot_get(entry, PREV), next = value_slot_get(entry, NEXT);
    value_slot_set(m, prev, NEXT, value_keep(next));
    value_slot_set(m, next, PREV, value_keep(prev));
}

static void link_first(struct mutator *m, value ring, value entry)
{
    value first = value_slot_get(ring, NEXT);
    value_slot_set(m, entry, PREV, value_keep(ring));
    value_slot_set(m, entry, NEXT, value_keep(first));
    value_slot_set(m, first, PREV, value_keep(entry));
    value_slot_set(m, ring, NEXT, value_keep(entry));
}

/* ---- The table ---- */

static uint64_t bucket_of(uint64_t key, uint64_t buckets)
{
    return (key * UINT64_C(0x9E3779B97F4A7C15) >> 32) % buckets;
}

static uint64_t key_of(value entry)
{
    return (uint64_t)value_int(value_slot_get(entry, KEY));
}

/* Lent; NULL when it is not there. */
static value find_entry(value buckets, uint64_t key)
{
    value entry = value_list_get(buckets, bucket_of(key, value_list_length(buckets)));
    while (value_kind(entry) == VALUE_SLOTS && key_of(entry) != key)
        entry = value_slot_get(entry, CHAIN);
    return value_kind(entry) == VALUE_SLOTS ? entry : NULL;
}

/* A chain ends in None. */
static void remove_from_bucket(struct mutator *m, value buckets, value entry)
{
    uint64_t bucket = bucket_of(key_of(entry), value_list_length(buckets));
    value at = value_list_get(buckets, bucket);
    value rest = value_keep(value_slot_get(entry, CHAIN));
    if (at == entry) {
        value_list_set(m, buckets, bucket, rest);
        return;
    }
    while (value_slot_get(at, CHAIN) != entry)
        at = value_slot_get(at, CHAIN);
    value_slot_set(m, at, CHAIN, rest);
}

static void insert_entry(struct mutator *m, value *root, uint64_t key, uint64_t value_bytes_)
{
    value *entry = mutator_push(m, 1);
    entry[0] = new_slots(m, ENTRY);
    value_slot_set(m, entry[0], KEY, new_int(m, (int64_t)key));
    value content = new_bytes(m, value_bytes_);
    memset(value_bytes(content), (int)(key & 0xff), value_bytes_);
    value_slot_set(m, entry[0], VALUE, content);
    uint64_t bucket = bucket_of(key, value_list_length(root[ROOT_BUCKETS]));
    value_slot_set(m, entry[0], CHAIN, value_keep(value_list_get(root[ROOT_BUCKETS], bucket)));
    value_list_set(m, root[ROOT_BUCKETS], bucket, value_keep(entry[0]));
    link_first(m, root[ROOT_RING], entry[0]);
    mutator_pop(m);
}

static void drop_last(struct mutator *m, value *root)
{
    value *last = mutator_push(m, 1);
    last[0] = value_keep(value_slot_get(root[ROOT_RING], PREV));
    remove_from_bucket(m, root[ROOT_BUCKETS], last[0]);
    unlink_entry(m, last[0]);
    mutator_pop(m);
}

/* ---- The workload ---- */

static void lru_cache_setup(struct mutator *m)
{
    const struct lru_cache_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    root[ROOT_BUCKETS] = new_list(m, p->capacity);
    root[ROOT_RING] = new_slots(m, ENTRY);
    value_slot_set(m, root[ROOT_RING], PREV, value_keep(root[ROOT_RING]));
    value_slot_set(m, root[ROOT_RING], NEXT, value_keep(root[ROOT_RING]));
    root[ROOT_ZIPF] = make_zipf(m, p);
}

static void lru_cache_run(struct mutator *m)
{
    const struct lru_cache_params *p = mutator_params(m);
    value *root = mutator_all_roots(m);
    uint64_t entries = 0, hits = 0;
    for (uint64_t i = 0, n = mutator_scaled(m, p->requests); i < n; i++) {
        uint64_t key = draw_key(m, root[ROOT_ZIPF], p->keys);
        value found = find_entry(root[ROOT_BUCKETS], key);
        if (found) {
            hits++;
            unlink_entry(m, found); /* its bucket holds it */
            link_first(m, root[ROOT_RING], found);
        } else {
            if (entries == p->capacity)
                drop_last(m, root);
            else
                entries++;
            insert_entry(m, root, key, p->value_bytes);
        }
        mutator_request_done(m);
    }
    mutator_observe(m, hits);
    mutator_observe(m, entries);
}

const struct workload workload_lru_cache = {
    .name = "lru-cache",
    .stresses = "stores from old objects to new ones, and promotion",
    .source = "our own: a keyed message buffer with YCSB's Zipf keys",
    .params = lru_cache_params,
    .params_size = sizeof(struct lru_cache_params),
    .reduced = lru_cache_reduced,
    .classes = lru_cache_classes,
    .request_group = 8,
    .setup = lru_cache_setup,
    .run = lru_cache_run,
};
