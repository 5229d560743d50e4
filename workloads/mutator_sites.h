/* mutator_sites.h - the calls of mutator.h that allocate, each noting its file and line first.
 *
 * Included by mutator.h alone, where GCSWEEP_SITES is defined, in the worker
 * that tells allocation sites apart, and for the model in the debug heap
 * (GCSWEEP_DEBUG_HEAP), whose reports name them.
 */
#ifndef GCSWEEP_MUTATOR_SITES_H
#define GCSWEEP_MUTATOR_SITES_H

#include "workloads/sites.h"

static inline void mutator_at_statement(struct mutator *m, const char *file, uint32_t line)
{
    if (m->sites)
        sites_at_statement(m->sites, file, line);
#ifdef GCSWEEP_DEBUG_HEAP
    debug_memory_at_statement(&mutator_heap(m)->memory.debug_memory, file, line);
#endif
}

static inline void mutator_at(struct mutator *m, const char *file, uint32_t line)
{
    if (m->sites)
        sites_at(m->sites, file, line);
#ifdef GCSWEEP_DEBUG_HEAP
    debug_memory_at(&mutator_heap(m)->memory.debug_memory, file, line);
#endif
}

/* An object may come from a free list: it is the taker's then. */
static inline value mutator_claim(struct mutator *m, value v)
{
    if (m->sites)
        sites_claim(m->sites, object_is_collectable(v) ? (const void *)gc_head_of(v) : (const void *)v);
    return v;
}

/* Functions, so that a line is noted when the arguments have been evaluated:
 * they may come from lines of their own. */
#define MUTATOR_SITE const char *file, uint32_t line, struct mutator *m

static inline value new_int_at(MUTATOR_SITE, int64_t i)
{
    mutator_at(m, file, line);
    return new_int(m, i);
}

static inline value new_float_at(MUTATOR_SITE, double x)
{
    mutator_at(m, file, line);
    return mutator_claim(m, new_float(m, x));
}

static inline value new_bytes_at(MUTATOR_SITE, size_t n)
{
    mutator_at(m, file, line);
    return new_bytes(m, n);
}

static inline value new_list_at(MUTATOR_SITE, size_t n)
{
    mutator_at(m, file, line);
    return mutator_claim(m, new_list(m, n));
}

static inline value new_tuple_at(MUTATOR_SITE, const value *items, size_t n)
{
    mutator_at(m, file, line);
    return mutator_claim(m, new_tuple(m, items, n));
}

static inline value new_slots_at(MUTATOR_SITE, size_t class_index)
{
    mutator_at(m, file, line);
    return new_slots(m, class_index);
}

static inline value new_object_at(MUTATOR_SITE, size_t class_index)
{
    mutator_at(m, file, line);
    return new_object(m, class_index);
}

static inline value new_dict_at(MUTATOR_SITE)
{
    mutator_at(m, file, line);
    return mutator_claim(m, new_dict(m));
}

static inline value new_set_at(MUTATOR_SITE, const value *items, size_t n)
{
    mutator_at(m, file, line);
    return new_set(m, items, n);
}

static inline value new_function_at(MUTATOR_SITE, const value *items, size_t n)
{
    mutator_at(m, file, line);
    return new_function(m, items, n);
}

static inline value new_str_at(MUTATOR_SITE, const char *utf8, size_t bytes)
{
    mutator_at(m, file, line);
    return new_str(m, utf8, bytes);
}

static inline value new_interned_at(MUTATOR_SITE, const char *utf8, size_t bytes)
{
    mutator_at(m, file, line);
    return new_interned(m, utf8, bytes);
}

static inline value new_weakref_at(MUTATOR_SITE, value v, bool callback)
{
    mutator_at(m, file, line);
    return new_weakref(m, v, callback);
}

static inline void value_list_append_at(MUTATOR_SITE, value list, value v)
{
    mutator_at(m, file, line);
    value_list_append(m, list, v);
}

static inline void value_list_delete_at(MUTATOR_SITE, value list, size_t i)
{
    mutator_at(m, file, line);
    value_list_delete(m, list, i);
}

static inline void value_key_set_at(MUTATOR_SITE, value x, value key, value v)
{
    mutator_at(m, file, line);
    value_key_set(m, x, key, v);
}

static inline bool value_key_delete_at(MUTATOR_SITE, value x, value key)
{
    mutator_at(m, file, line);
    return value_key_delete(m, x, key);
}

#undef MUTATOR_SITE

#define new_int(...)           new_int_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_float(...)         new_float_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_bytes(...)         new_bytes_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_list(...)          new_list_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_tuple(...)         new_tuple_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_slots(...)         new_slots_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_object(...)        new_object_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_dict(...)          new_dict_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_set(...)           new_set_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_function(...)      new_function_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_str(...)           new_str_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_interned(...)      new_interned_at(__FILE__, __LINE__, __VA_ARGS__)
#define new_weakref(...)       new_weakref_at(__FILE__, __LINE__, __VA_ARGS__)
#define value_list_append(...) value_list_append_at(__FILE__, __LINE__, __VA_ARGS__)
#define value_list_delete(...) value_list_delete_at(__FILE__, __LINE__, __VA_ARGS__)
#define value_key_set(...)     value_key_set_at(__FILE__, __LINE__, __VA_ARGS__)
#define value_key_delete(...)  value_key_delete_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
