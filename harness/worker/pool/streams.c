/* streams.c - the streams of requests, and their table. */
#include "harness/worker/pool/streams.h"

#include <string.h>

#include "harness/worker/pool/session.h"

/* An arena of these: 64 pools of 31. */
enum { LARGEST = POOL_LARGEST_BLOCK, LARGEST_PER_POOL = 31 };

static size_t any_small(struct pool_session *s)
{
    return 1 + session_below(s, LARGEST);
}

/* The middle of a random class, so that neither end of it is favoured. */
static size_t any_class(struct pool_session *s)
{
    return 8 + POOL_ALIGNMENT * session_below(s, POOL_CLASSES);
}

/* Objects as programs have them: most below 100 bytes, few beyond the pools, some of none. */
static size_t mixed(struct pool_session *s)
{
    size_t kind = session_below(s, 100);
    if (kind == 0)
        return 0;
    if (kind < 70)
        return 1 + session_below(s, 96);
    return kind < 94 ? any_small(s) : LARGEST + session_below(s, 4096);
}

static void run_lifo(struct pool_session *s)
{
    size_t top = 0;
    while (session_more(s)) {
        size_t height = session_below(s, SESSION_SLOTS), bytes = any_class(s);
        for (; top < height; top++)
            session_fill(s, top, top % 8 ? bytes : any_small(s));
        for (; top > height; top--)
            session_empty(s, top - 1);
    }
}

/* A queue whose length wanders. */
static void run_fifo(struct pool_session *s)
{
    size_t first = 0, length = 0;
    while (session_more(s)) {
        size_t wanted = session_below(s, SESSION_SLOTS), step = 0;
        while (length != wanted) {
            bool grow = length < wanted ? step++ % 4 != 0 : step++ % 4 == 0;
            if (grow) {
                session_fill(s, (first + length++) % SESSION_SLOTS, any_small(s));
            } else if (length > 0) {
                session_empty(s, first);
                first = (first + 1) % SESSION_SLOTS;
                length--;
            }
        }
    }
}

static void toggle(struct pool_session *s, size_t slot, size_t bytes)
{
    if (session_full(s, slot))
        session_empty(s, slot);
    else
        session_fill(s, slot, bytes);
}

static void run_random(struct pool_session *s)
{
    while (session_more(s)) {
        size_t slot = session_below(s, SESSION_SLOTS);
        toggle(s, slot, any_small(s));
    }
}

static void run_size_mix(struct pool_session *s)
{
    while (session_more(s)) {
        size_t slot = session_below(s, SESSION_SLOTS / 2);
        toggle(s, slot, mixed(s));
    }
}

/* One class at a time up to many arenas, then down: forward, backward or scattered. */
static void run_ramps(struct pool_session *s)
{
    while (session_more(s)) {
        size_t n = (size_t)1 << (13 + session_below(s, 4));
        size_t bytes = any_class(s);
        size_t stride = session_below(s, n) | 1, way = session_below(s, 3);
        for (size_t i = 0; i < n; i++)
            session_fill(s, i, bytes);
        for (size_t i = 0; i < n; i++)
            session_empty(s, way == 0 ? i : way == 1 ? n - 1 - i : (i * stride) % n);
    }
}

/* Lists that grow by an eighth and die when they are large. */
static void run_realloc_up(struct pool_session *s)
{
    while (session_more(s)) {
        size_t slot = session_below(s, 8192), bytes = s->slot[slot].bytes;
        if (!session_full(s, slot))
            session_resize(s, slot, session_below(s, 64));
        else if (bytes > 1024)
            session_empty(s, slot);
        else
            session_resize(s, slot, bytes + bytes / 8 + session_below(s, 24));
    }
}

/* Buffers that shrink to about three quarters, around the limit at which they move. */
static void run_realloc_down(struct pool_session *s)
{
    while (session_more(s)) {
        size_t slot = session_below(s, 16384), bytes = s->slot[slot].bytes;
        if (!session_full(s, slot))
            session_fill(s, slot, 1 + session_below(s, session_below(s, 8) ? LARGEST : 2 * LARGEST));
        else if (bytes == 0)
            session_empty(s, slot);
        else
            session_resize(s, slot, bytes * (60 + session_below(s, 42)) / 100);
    }
}

/* Every k-th block of one size stays and keeps its pool from the next size. */
static void run_fragmentation(struct pool_session *s)
{
    while (session_more(s)) {
        size_t n = SESSION_SLOTS / 2, keep = 2 + session_below(s, 200);
        size_t first = any_class(s), second = any_class(s);
        for (size_t i = 0; i < n; i++)
            session_fill(s, i, first);
        for (size_t i = 0; i < n; i++)
            if (i % keep)
                session_empty(s, i);
        for (size_t i = 0; i < n; i++)
            if (!session_full(s, i))
                session_fill(s, n + i, second);
        for (size_t i = 0; i < n; i++)
            session_empty(s, session_below(s, 2 * n));
    }
}

/* Each phase has few sizes and a live set of its own, of which a fiftieth survives. */
static void run_phases(struct pool_session *s)
{
    for (size_t base = 0; session_more(s); base += 10000) {
        size_t sizes[] = {any_class(s), any_class(s), any_class(s)};
        size_t live = 1000 + session_below(s, 20000);
        for (size_t i = 0; i < 2 * live; i++)
            toggle(s, (base + session_below(s, live)) % SESSION_SLOTS, sizes[session_below(s, 3)]);
        for (size_t i = 0; i < live; i++)
            if (session_below(s, 50))
                session_empty(s, (base + i) % SESSION_SLOTS);
    }
}

/* Whole pools come and go at random in many arenas, nearly all of the one and
 * then of the other kind, so that arenas change places in their order all the
 * time, and some empty. */
static void run_arena_order(struct pool_session *s)
{
    enum { POOLS = SESSION_SLOTS / LARGEST_PER_POOL };
    for (size_t step = 0; session_more(s); step++) {
        size_t first = session_below(s, POOLS) * LARGEST_PER_POOL;
        bool full = session_full(s, first), growing = step / (3 * (size_t)POOLS) % 2 == 0;
        if (full == growing && session_below(s, 16))
            continue;
        for (size_t i = 0; i < LARGEST_PER_POOL; i++)
            toggle(s, first + i, LARGEST);
    }
}

/* As random, with fewer arenas than that takes: malloc serves the rest. */
static void run_exhaustion(struct pool_session *s)
{
    while (session_more(s)) {
        size_t slot = session_below(s, SESSION_SLOTS / 2);
        if (session_full(s, slot) && session_below(s, 4) == 0)
            session_resize(s, slot, any_small(s));
        else
            toggle(s, slot, any_small(s));
    }
}

const struct pool_stream pool_streams[] = {
    {"lifo", "a stack that grows and shrinks", 400000, ARENA_REGION_MOST, run_lifo},
    {"fifo", "a queue whose length wanders", 400000, ARENA_REGION_MOST, run_fifo},
    {"random", "blocks of any small size live for random times", 400000, ARENA_REGION_MOST, run_random},
    {"size-mix", "sizes as programs have them, 0 and above 512 bytes too", 400000, ARENA_REGION_MOST, run_size_mix},
    {"ramps", "one class at a time, up and down", 600000, ARENA_REGION_MOST, run_ramps},
    {"realloc-up", "blocks that grow out of their class and out of the pools", 400000, ARENA_REGION_MOST,
     run_realloc_up},
    {"realloc-down", "blocks that shrink around the limit at which they move", 400000, ARENA_REGION_MOST,
     run_realloc_down},
    {"fragmentation", "few blocks hold many pools", 600000, ARENA_REGION_MOST, run_fragmentation},
    {"phases", "phases with few sizes each, and survivors", 600000, ARENA_REGION_MOST, run_phases},
    {"arena-order", "arenas fill and drain by whole pools", 600000, ARENA_REGION_MOST, run_arena_order},
    {"exhaustion", "only three arenas can be had", 400000, 3, run_exhaustion},
};
const size_t pool_stream_count = sizeof pool_streams / sizeof pool_streams[0];

const struct pool_stream *find_pool_stream(const char *name)
{
    for (size_t i = 0; i < pool_stream_count; i++)
        if (strcmp(pool_streams[i].name, name) == 0)
            return &pool_streams[i];
    return NULL;
}
