/* apply.c - a tuning on a running collector. */
#include "harness/worker/apply.h"

void apply_at_start(struct applied_tuning *t, struct mutator *m)
{
    const struct tuning_setting *s = &t->setting;
    if (s->disabled)
        runtime_enable(m, false);
    else
        runtime_set_thresholds(m, s->threshold[0], s->threshold[1], s->threshold[2]);
}

static void collect_by_hand(struct mutator *m, void *context)
{
    struct applied_tuning *t = context;
    if (--t->until_collection > 0)
        return;
    t->until_collection = t->setting.every;
    runtime_collect(m, GENERATIONS - 1);
}

void apply_after_setup(struct applied_tuning *t, struct mutator *m)
{
    if (t->setting.freeze)
        runtime_freeze(m);
    if (t->setting.every > 0) {
        t->until_collection = t->setting.every;
        m->on_request_context = t;
        m->on_request = collect_by_hand;
    }
}
