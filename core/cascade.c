/* cascade.c - the rare part: reading the clock, reporting, making way for a collection. */
#include "core/cascade.h"

#include "core/clock.h"
#include "core/heap.h"

/* More objects than a run releases. */
#define NEVER (UINT64_C(1) << 62)

void cascade_open(struct cascade *c)
{
    *c = (struct cascade){.left = NEVER, .until = NEVER};
}

/* Objects that go one by one come here, too. */
void cascade_look(struct heap *h)
{
    cascade_arm(&h->cascade, NEVER);
    if (h->cascade.depth > 0 && h->gc.pause)
        h->cascade.start_ns = clock_now_ns();
}

/* Whether it was long enough. */
static bool report(const struct heap *h, const struct cascade *c, uint64_t end_ns)
{
    if (cascade_released(c) - c->first < CASCADE_LEAST)
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
        held.first = cascade_released(&held);
    h->cascade.depth = 1;
    h->cascade.start_ns = 0;
    cascade_arm(&h->cascade, NEVER);
    return held;
}

void cascade_go_on(struct heap *h, const struct cascade *held, uint64_t now_ns)
{
    uint64_t by_collection = cascade_released(&h->cascade) - cascade_released(held);
    h->cascade.depth = held->depth;
    h->cascade.first = held->first + by_collection;
    h->cascade.start_ns = held->start_ns != 0 ? now_ns : 0;
    cascade_arm(&h->cascade, held->left);
}
