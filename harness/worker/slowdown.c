/* slowdown.c - spinning for a share of the time that went by. */
#include "harness/worker/slowdown.h"

#include "harness/worker/meter.h"

enum { LEAST_NS = 1000 }; /* shorter ones would be readings of the clock for the most part */

void slowdown_start(struct slowdown *s, uint64_t now_ns)
{
    s->start_ns = now_ns;
    s->spun_ns = 0;
}

static double owed_ns(const struct slowdown *s, uint64_t now_ns, uint64_t waited_ns)
{
    double busy_ns = (double)(now_ns - s->start_ns) - (double)s->spun_ns - (double)waited_ns;
    return busy_ns * s->share - (double)s->spun_ns;
}

/* What the last reading overshoots is part of spun_ns: less is owed the next time. */
static uint64_t spin(struct slowdown *s, uint64_t now_ns, double ns)
{
    uint64_t at_ns = now_ns;
    while ((double)(at_ns - now_ns) < ns)
        at_ns = meter_now_ns();
    s->spun_ns += at_ns - now_ns;
    return at_ns;
}

uint64_t slowdown_spin(struct slowdown *s, uint64_t now_ns, uint64_t waited_ns)
{
    double ns = owed_ns(s, now_ns, waited_ns);
    return ns < LEAST_NS ? now_ns : spin(s, now_ns, ns);
}

void slowdown_finish(struct slowdown *s, uint64_t now_ns, uint64_t waited_ns)
{
    spin(s, now_ns, owed_ns(s, now_ns, waited_ns));
}
