/* cascade.c - the rare part: reading the clock, reporting, making way for a collection. */
#include "core/cascade.h"

#include "core/clock.h"
#include "core/heap.h"

void cascade_look(struct heap *h)
{
    h->cascade.look_at = 0;
    if (h->gc.pause)
        h->cascade.start_ns = clock_now_ns();
}

/* Whether it was long enough. */
static bool report(const struct heap *h, const struct cascade *c, uint64_t end_ns)
{
    if (c->released - c->first < CASCADE_LEAST)
        return false;
    if (h->gc.pause)
        h->gc.pause(h->gc.pause_context, PAUSE_CASCADE, c->start_ns, end_ns);
    return true;
}

void cascade_finish(struct heap *h)
{
    report(h, &h->cascade, clock_now_ns());
    h->cascade.start_ns = 0;
}

struct cascade cascade_hold(struct heap *h, uint64_t now_ns)
{
    struct cascade held = h->cascade;
    if (held.start_ns != 0 && report(h, &held, now_ns))
        held.first = held.released;
    h->cascade.depth = 1;
    h->cascade.look_at = 0;
    h->cascade.start_ns = 0;
    return held;
}

void cascade_go_on(struct heap *h, const struct cascade *held, uint64_t now_ns)
{
    uint64_t by_collection = h->cascade.released - held->released;
    h->cascade.depth = held->depth;
    h->cascade.first = held->first + by_collection;
    h->cascade.look_at = held->look_at != 0 ? held->look_at + by_collection : 0;
    h->cascade.start_ns = held->start_ns != 0 ? now_ns : 0;
}
