/* sweep.c - a plan's runs, round by round, into a store. */
#include "harness/sweep/sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/host.h"
#include "harness/sweep/line.h"
#include "harness/sweep/progress.h"

struct sweep {
    const struct plan *plan;
    const struct runner *runner;
    struct store *store;
    struct plan_configuration *configurations;
    size_t count;
    size_t *order;
    struct progress progress;
    struct sweep_result *result;
    uint64_t start_ns, deadline_ns; /* no deadline: 0 */
    uint64_t earlier_sweep_ns, earlier_workers_ns;
    char *error;
    size_t error_size;
};

/* ---- Facts ---- */

static uint64_t earlier_fact(struct store *s, const char *name)
{
    char *text = store_fact(s, name);
    uint64_t n = text ? strtoull(text, NULL, 10) : 0;
    free(text);
    return n;
}

static int write_number(struct sweep *w, const char *name, uint64_t n)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, n);
    return store_set_fact(w->store, name, text, w->error, w->error_size);
}

static int write_facts(struct sweep *w, const char *stopped)
{
    struct sweep_result *r = w->result;
    r->sweep_ns = host_now_ns() - w->start_ns;
    uint64_t whole = w->earlier_sweep_ns + r->sweep_ns, workers = w->earlier_workers_ns + r->workers_ns;
    char share[32];
    snprintf(share, sizeof share, "%.4f", whole > 0 ? 1 - (double)workers / (double)whole : 0);
    if (write_number(w, "sweep_ns", whole) != 0 || write_number(w, "workers_ns", workers) != 0 ||
        write_number(w, "rounds_done", r->rounds_done) != 0 ||
        store_set_fact(w->store, "harness_share", share, w->error, w->error_size) != 0)
        return -1;
    return store_set_fact(w->store, "stopped", stopped, w->error, w->error_size);
}

/* ---- What is missing ---- */

/* Says each thing once: many configurations miss the same library. */
static void say_what_is_missing(const struct sweep *w)
{
    char said[4096] = "";
    for (size_t i = 0; i < w->count; i++) {
        char reason[RECORD_TEXT_BYTES], line[RECORD_TEXT_BYTES + 2];
        if (runner_check(w->runner, &w->configurations[i], reason, sizeof reason) == 0)
            continue;
        snprintf(line, sizeof line, "%s\n", reason);
        if (strstr(said, line))
            continue;
        line_append(said, sizeof said, "%s", line);
        fprintf(stderr, "gcsweep: %s; its runs are recorded as failed\n", reason);
    }
}

/* ---- Runs ---- */

static int run_one(struct sweep *w, const struct plan_configuration *c, unsigned round)
{
    struct run_record record;
    progress_show(&w->progress, c, round);
    uint64_t start_ns = host_now_ns();
    int result = runner_run(w->runner, w->plan, c, round, &record, w->error, w->error_size);
    if (result == RUNNER_INTERRUPTED)
        w->result->workers_ns += host_now_ns() - start_ns; /* dropped, but no cost of the harness */
    if (result != 0)
        return result;
    w->result->runs++;
    w->result->failed += strcmp(record.status, "ok") != 0;
    w->result->workers_ns += record.process_ns != RECORD_UNKNOWN ? record.process_ns : 0;
    result = store_add_run(w->store, &record, w->error, w->error_size);
    record_free(&record);
    return result;
}

/* 0, RUNNER_INTERRUPTED or -1. */
static int run_round(struct sweep *w, unsigned round)
{
    plan_order(w->plan, round, w->order, w->count);
    for (size_t i = 0; i < w->count; i++) {
        const struct plan_configuration *c = &w->configurations[w->order[i]];
        if (w->runner->interrupted && *w->runner->interrupted)
            return RUNNER_INTERRUPTED;
        int held = store_has_run(w->store, c->key, round, c->twin, w->error, w->error_size);
        int result = held < 0 ? -1 : held == 0 ? run_one(w, c, round) : 0;
        if (result != 0)
            return result;
        w->result->found += held == 1;
        progress_step(&w->progress, held == 0);
    }
    w->result->rounds_done++;
    return 0;
}

static int run_rounds(struct sweep *w)
{
    uint64_t longest = 0;
    for (unsigned round = 0; round < w->plan->rounds; round++) {
        uint64_t start = host_now_ns();
        if (w->deadline_ns > 0 && longest > 0 && start + longest > w->deadline_ns) {
            w->result->stopped = SWEEP_BUDGET;
            return 0;
        }
        size_t runs = w->result->runs;
        int result = run_round(w, round);
        if (result == RUNNER_INTERRUPTED) {
            w->result->stopped = SWEEP_INTERRUPTED;
            return 0;
        }
        if (result != 0 || write_facts(w, "running") != 0)
            return -1;
        uint64_t took = host_now_ns() - start;
        if (w->result->runs > runs && took > longest)
            longest = took;
    }
    w->result->stopped = SWEEP_DONE;
    return 0;
}

static int begin(struct sweep *w)
{
    const struct plan *p = w->plan;
    if (plan_configurations(p, &w->configurations, &w->count, w->error, w->error_size) != 0)
        return -1;
    w->order = malloc((w->count + 1) * sizeof *w->order);
    if (!w->order)
        return line_error(w->error, w->error_size, "out of memory");
    w->earlier_sweep_ns = earlier_fact(w->store, "sweep_ns");
    w->earlier_workers_ns = earlier_fact(w->store, "workers_ns");
    say_what_is_missing(w);
    w->start_ns = host_now_ns();
    w->deadline_ns = p->budget_ns > 0 ? w->start_ns + p->budget_ns : 0;
    progress_start(&w->progress, w->count * p->rounds, p->rounds, w->deadline_ns);
    return write_facts(w, "running");
}

int sweep_run(const struct plan *p, const struct runner *r, struct store *s, struct sweep_result *out, char *error,
              size_t error_size)
{
    static const char *const stops[] = {
        [SWEEP_DONE] = "done", [SWEEP_BUDGET] = "budget", [SWEEP_INTERRUPTED] = "interrupted"};
    memset(out, 0, sizeof *out);
    struct sweep w = {.plan = p, .runner = r, .store = s, .result = out, .error = error, .error_size = error_size};
    int result = begin(&w);
    if (result == 0)
        result = run_rounds(&w);
    progress_clear(&w.progress);
    if (result == 0)
        result = write_facts(&w, stops[out->stopped]);
    free(w.configurations);
    free(w.order);
    return result;
}
