/* sweep.c - a plan's runs, round by round, into a store. */
#include "harness/sweep/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/host.h"
#include "harness/sweep/line.h"
#include "harness/sweep/precision.h"
#include "harness/sweep/progress.h"

struct sweep {
    const struct plan *plan;
    const struct runner *runner;
    struct store *store;
    struct plan_configuration *configurations;
    size_t count;
    size_t *order;
    bool *chosen;                /* of the rounds that are being run */
    struct precision *precision; /* NULL: the plan has none */
    bool retry_failed;
    struct progress progress;
    size_t expected_runs; /* 0: not said */
    unsigned expected_rounds;
    struct sweep_result result;
    uint64_t start_ns, deadline_ns; /* no deadline: 0 */
    double longest_run_ns;          /* the mean of the slowest round */
    uint64_t earlier_sweep_ns, earlier_workers_ns;
    char *error; /* of the call that is going on */
    size_t error_size;
};

/* ---- Facts ---- */

static int read_earlier(const struct sweep *w, const char *name, uint64_t *out)
{
    char *text;
    if (store_fact(w->store, name, &text, w->error, w->error_size) != 0)
        return -1;
    *out = text ? strtoull(text, NULL, 10) : 0;
    free(text);
    return 0;
}

static int write_number(const struct sweep *w, const char *name, uint64_t n)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, n);
    return store_set_fact(w->store, name, text, w->error, w->error_size);
}

static int write_width(const struct sweep *w)
{
    const struct sweep_result *r = &w->result;
    char width[32] = "unknown";
    if (isfinite(r->half_width))
        snprintf(width, sizeof width, "%.6f", r->half_width);
    return store_set_fact(w->store, "half_width", width, w->error, w->error_size) == 0
               ? store_set_fact(w->store, "half_width_of", r->half_width_of, w->error, w->error_size)
               : -1;
}

static int write_facts(struct sweep *w, const char *stopped)
{
    struct sweep_result *r = &w->result;
    r->sweep_ns = host_now_ns() - w->start_ns;
    uint64_t whole = w->earlier_sweep_ns + r->sweep_ns, workers = w->earlier_workers_ns + r->workers_ns;
    char share[32];
    snprintf(share, sizeof share, "%.4f", whole > 0 ? 1 - (double)workers / (double)whole : 0);
    if (write_number(w, "sweep_ns", whole) != 0 || write_number(w, "workers_ns", workers) != 0 ||
        write_number(w, "rounds_done", r->rounds_done) != 0 ||
        store_set_fact(w->store, "harness_share", share, w->error, w->error_size) != 0)
        return -1;
    if (w->precision && write_width(w) != 0)
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

/* `replace`: the store holds a failed run of it. */
static int run_one(struct sweep *w, const struct plan_configuration *c, unsigned round, bool replace,
                   struct store_outcome *outcome)
{
    struct run_record record;
    progress_show(&w->progress, c, round);
    uint64_t start_ns = host_now_ns();
    int result = runner_run(w->runner, w->plan, c, round, &record, w->error, w->error_size);
    if (result == RUNNER_INTERRUPTED)
        w->result.workers_ns += host_now_ns() - start_ns; /* dropped, but no cost of the harness */
    if (result != 0)
        return result;
    *outcome = store_outcome_of(&record);
    w->result.runs++;
    w->result.retried += replace;
    w->result.failed += !outcome->ok;
    w->result.workers_ns += record.process_ns != RECORD_UNKNOWN ? record.process_ns : 0;
    result = replace ? store_replace_run(w->store, &record, w->error, w->error_size)
                     : store_add_run(w->store, &record, w->error, w->error_size);
    record_free(&record);
    return result;
}

/* Takes the run from the store or makes it: 0, RUNNER_INTERRUPTED or -1. */
static int have_run(struct sweep *w, size_t index, unsigned round)
{
    const struct plan_configuration *c = &w->configurations[index];
    struct store_outcome outcome;
    int held = store_find_run(w->store, c->key, round, c->twin, &outcome, w->error, w->error_size);
    if (held < 0)
        return -1;
    bool run = held == 0 || (w->retry_failed && !outcome.ok);
    int result = run ? run_one(w, c, round, held == 1, &outcome) : 0;
    if (result != 0)
        return result;
    w->result.found += !run;
    progress_step(&w->progress, run);
    if (w->precision && precision_note(w->precision, index, round, &outcome) != 0)
        return line_error(w->error, w->error_size, "out of memory");
    return 0;
}

/* 0, RUNNER_INTERRUPTED or -1. */
static int run_round(struct sweep *w, unsigned round)
{
    plan_order(w->plan, round, w->order, w->count);
    for (size_t i = 0; i < w->count; i++) {
        if (!w->chosen[w->order[i]])
            continue;
        if (w->runner->interrupted && *w->runner->interrupted)
            return RUNNER_INTERRUPTED;
        int result = have_run(w, w->order[i], round);
        if (result != 0)
            return result;
    }
    w->result.rounds_done++;
    return 0;
}

static bool fits_budget(const struct sweep *w, size_t count)
{
    double longest_ns = w->longest_run_ns * (double)count;
    return w->deadline_ns == 0 || !(longest_ns > 0) || (double)host_now_ns() + longest_ns <= (double)w->deadline_ns;
}

static void note_time(struct sweep *w, uint64_t start_ns, size_t runs)
{
    double mean_ns = runs > 0 ? (double)(host_now_ns() - start_ns) / (double)runs : 0;
    if (mean_ns > w->longest_run_ns)
        w->longest_run_ns = mean_ns;
}

static int run_rounds(struct sweep *w, size_t count, unsigned first, unsigned rounds, enum sweep_stop *stopped)
{
    for (unsigned round = first; round < first + rounds; round++) {
        *stopped = SWEEP_BUDGET;
        if (!fits_budget(w, count))
            return 0;
        uint64_t start_ns = host_now_ns();
        size_t runs = w->result.runs;
        int result = run_round(w, round);
        *stopped = SWEEP_INTERRUPTED;
        if (result == RUNNER_INTERRUPTED)
            return 0;
        if (result != 0 || write_facts(w, "running") != 0)
            return -1;
        note_time(w, start_ns, w->result.runs - runs);
    }
    *stopped = SWEEP_DONE;
    return 0;
}

static void use_error(struct sweep *w, char *error, size_t error_size)
{
    w->error = error;
    w->error_size = error_size;
}

/* ---- From opening to closing ---- */

static int begin(struct sweep *w)
{
    const struct plan *p = w->plan;
    if (plan_configurations(p, &w->configurations, &w->count, w->error, w->error_size) != 0)
        return -1;
    w->order = malloc((w->count + 1) * sizeof *w->order);
    w->chosen = malloc(w->count + 1);
    if (!w->order || !w->chosen)
        return line_error(w->error, w->error_size, "out of memory");
    w->result.half_width = NAN;
    w->precision = p->precision > 0 ? precision_open(w->configurations, w->count) : NULL;
    if (p->precision > 0 && !w->precision)
        return line_error(w->error, w->error_size, "out of memory");
    if (read_earlier(w, "sweep_ns", &w->earlier_sweep_ns) != 0 ||
        read_earlier(w, "workers_ns", &w->earlier_workers_ns) != 0)
        return -1;
    say_what_is_missing(w);
    w->start_ns = host_now_ns();
    w->deadline_ns = p->budget_ns > 0 ? w->start_ns + p->budget_ns : 0;
    progress_start(&w->progress, 0, 0, w->deadline_ns);
    w->progress.precision = p->precision;
    return write_facts(w, "running");
}

static void sweep_free(struct sweep *w)
{
    free(w->configurations);
    free(w->order);
    free(w->chosen);
    precision_free(w->precision);
    free(w);
}

int sweep_open(const struct plan *p, const struct runner *r, struct store *s, struct sweep **out, char *error,
               size_t error_size)
{
    struct sweep *w = calloc(1, sizeof *w);
    if (!w)
        return line_error(error, error_size, "out of memory");
    *w = (struct sweep){.plan = p, .runner = r, .store = s, .error = error, .error_size = error_size};
    if (begin(w) != 0) {
        sweep_free(w);
        return -1;
    }
    *out = w;
    return 0;
}

const struct plan_configuration *sweep_configurations(const struct sweep *w, size_t *count)
{
    *count = w->count;
    return w->configurations;
}

void sweep_expect(struct sweep *w, size_t runs, unsigned rounds)
{
    w->expected_runs = runs;
    w->expected_rounds = rounds;
}

int sweep_rounds(struct sweep *w, const size_t *chosen, size_t count, unsigned first, unsigned rounds,
                 enum sweep_stop *stopped, char *error, size_t error_size)
{
    use_error(w, error, error_size);
    memset(w->chosen, chosen == NULL, w->count);
    for (size_t i = 0; chosen && i < count; i++)
        w->chosen[chosen[i]] = true;
    if (!chosen)
        count = w->count;
    w->progress.total = w->expected_runs > 0 ? w->expected_runs : w->progress.done + count * rounds;
    w->progress.rounds = w->expected_runs > 0 ? w->expected_rounds : first + rounds;
    int result = run_rounds(w, count, first, rounds, stopped);
    progress_clear(&w->progress);
    return result;
}

/* ---- The whole plan ---- */

void sweep_retry_failed(struct sweep *w)
{
    w->retry_failed = true;
}

/* Finds the widest comparison, and from it how many rounds there will be. */
static int see_precision(struct sweep *w, bool *precise)
{
    const struct plan *p = w->plan;
    struct sweep_result *r = &w->result;
    struct precision_width widest;
    *precise = false;
    if (!w->precision)
        return 0;
    if (precision_find(w->precision, &widest) != 0)
        return line_error(w->error, w->error_size, "out of memory");
    r->half_width = isfinite(widest.half_width) ? widest.half_width : NAN;
    const struct plan_configuration *c = &w->configurations[widest.configuration];
    if (widest.compared > 0)
        snprintf(r->half_width_of, sizeof r->half_width_of, "%s of %s%s", widest.measure, c->key,
                 c->twin ? " (twin)" : "");
    unsigned least = p->rounds < PLAN_PRECISION_LEAST_ROUNDS ? p->rounds : PLAN_PRECISION_LEAST_ROUNDS;
    unsigned rounds = precision_rounds_needed(r->half_width, p->precision, r->rounds_done, least, p->rounds);
    *precise = r->rounds_done >= least && r->half_width <= p->precision;
    sweep_expect(w, w->count * rounds, rounds);
    w->progress.half_width = r->half_width;
    return write_facts(w, "running");
}

int sweep_plan(struct sweep *w, enum sweep_stop *stopped, char *error, size_t error_size)
{
    const struct plan *p = w->plan;
    bool precise = false;
    unsigned expected =
        p->precision > 0 && p->rounds > PLAN_PRECISION_LEAST_ROUNDS ? PLAN_PRECISION_LEAST_ROUNDS : plan_round_count(p);
    sweep_expect(w, w->count * expected, p->shards > 0 ? p->rounds : expected);
    *stopped = SWEEP_DONE;
    for (unsigned round = 0; round < p->rounds && *stopped == SWEEP_DONE && !precise; round++) {
        if (!plan_has_round(p, round))
            continue;
        if (sweep_rounds(w, NULL, 0, round, 1, stopped, error, error_size) != 0)
            return -1;
        if (*stopped == SWEEP_DONE && see_precision(w, &precise) != 0)
            return -1;
    }
    if (*stopped == SWEEP_DONE && w->precision)
        *stopped = precise ? SWEEP_PRECISE : SWEEP_ROUNDS;
    return 0;
}

int sweep_close(struct sweep *w, enum sweep_stop stopped, struct sweep_result *out, char *error, size_t error_size)
{
    static const char *const stops[] = {[SWEEP_DONE] = "done",
                                        [SWEEP_BUDGET] = "budget",
                                        [SWEEP_INTERRUPTED] = "interrupted",
                                        [SWEEP_PRECISE] = "precise",
                                        [SWEEP_ROUNDS] = "rounds"};
    use_error(w, error, error_size);
    w->result.stopped = stopped;
    int result = write_facts(w, stops[stopped]);
    if (out)
        *out = w->result;
    sweep_free(w);
    return result;
}

int sweep_run(const struct plan *p, const struct runner *r, struct store *s, struct sweep_result *out, char *error,
              size_t error_size)
{
    struct sweep *w;
    enum sweep_stop stopped;
    memset(out, 0, sizeof *out);
    if (sweep_open(p, r, s, &w, error, error_size) != 0)
        return -1;
    if (sweep_plan(w, &stopped, error, error_size) == 0)
        return sweep_close(w, stopped, out, error, error_size);
    sweep_free(w);
    return -1;
}
