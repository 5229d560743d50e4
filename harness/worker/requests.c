/* requests.c - a reading of the clock at the end of each request. */
#include "harness/worker/requests.h"

#include "harness/worker/meter.h"

void requests_open(struct requests *r, uint64_t group)
{
    r->group = group;
    r->until_end = group;
    log_open(&r->log, sizeof(uint64_t), LOG_MOST);
}

void requests_close(struct requests *r)
{
    log_close(&r->log);
}

static inline void note(struct requests *r, const struct mutator *m)
{
    if (--r->until_end > 0)
        return;
    uint64_t now_ns = meter_now_ns();
    if (__builtin_expect(r->slowdown.share > 0, 0))
        now_ns = slowdown_spin(&r->slowdown, now_ns, m->pace.waited_ns);
    uint64_t end_ns = now_ns - r->region_start_ns;
    r->until_end = r->group;
    log_add(&r->log, &end_ns, sizeof end_ns);
}

static void request_done(struct mutator *m, void *context)
{
    struct requests *r = context;
    note(r, m);
    if (r->tuning)
        r->tuning(m, r->tuning_context);
}

void requests_attach(struct requests *r, struct mutator *m)
{
    r->tuning = m->on_request;
    r->tuning_context = m->on_request_context;
    m->on_request = request_done;
    m->on_request_context = r;
}

void requests_start(struct requests *r, uint64_t now_ns)
{
    r->region_start_ns = now_ns;
    r->until_end = r->group;
    slowdown_start(&r->slowdown, now_ns);
}

void requests_catch_up(struct requests *r, const struct mutator *m)
{
    if (r->slowdown.share > 0)
        slowdown_finish(&r->slowdown, meter_now_ns(), m->pace.waited_ns);
}

void requests_stop(struct requests *r)
{
    log_flush(&r->log);
}

/* ---- What it costs ---- */

enum { BATCHES = 5, BATCH_GROUPS = 4000 };
_Static_assert(BATCH_GROUPS * sizeof(uint64_t) < LOG_BUFFER_BYTES, "no flush in a batch");

/* Called as the mutator calls it, which cannot know what it calls. */
static double time_batch(struct requests *r)
{
    request_hook *volatile hook = request_done;
    struct mutator idle = {0};
    uint64_t begin = meter_now_ns();
    for (uint64_t i = 0; i < BATCH_GROUPS; i++)
        hook(&idle, r);
    double cost = (double)(meter_now_ns() - begin) / BATCH_GROUPS;
    log_clear(&r->log);
    return cost;
}

/* The least: whatever comes between makes a batch longer, nothing shorter. */
double requests_calibrate(struct requests *r)
{
    uint64_t group = r->group;
    r->group = r->until_end = 1;
    r->cost_ns = time_batch(r);
    for (int i = 1; i < BATCHES; i++) {
        double cost = time_batch(r);
        if (cost < r->cost_ns)
            r->cost_ns = cost;
    }
    r->group = r->until_end = group;
    return r->cost_ns;
}

uint64_t requests_cost_ns(const struct requests *r)
{
    return (uint64_t)(r->cost_ns * (double)log_added(&r->log)) + r->log.flush_ns;
}
