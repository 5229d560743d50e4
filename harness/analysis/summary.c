#include "harness/analysis/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/agreement.h"
#include "harness/analysis/front.h"
#include "harness/analysis/order.h"
#include "harness/analysis/pareto.h"

const char *const failure_names[FAILURES] = {"crashed", "timeout", "out-of-memory", "failed"};

static void count_runs(struct configuration *c)
{
    for (size_t i = 0; i < c->run_count; i++) {
        if (run_is_ok(c->runs[i])) {
            c->ok++;
            continue;
        }
        size_t why = 0;
        while (why < FAILURE_FAILED && strcmp(failure_names[why], c->runs[i]->status) != 0)
            why++;
        c->failures[why]++;
        c->failed++;
    }
}

/* `scratch` holds run_count values. */
static void measure_configuration(struct configuration *c, double *scratch)
{
    for (enum measure m = 0; m < MEASURES; m++) {
        size_t count = 0;
        for (size_t i = 0; i < c->run_count; i++) {
            double value = run_is_ok(c->runs[i]) ? measure_of(c->runs[i], m) : NAN;
            if (!isnan(value))
                scratch[count++] = value;
        }
        c->measure[m] = spread_of(scratch, count);
        c->ratio[m] = (struct interval){0, NAN, NAN, NAN};
    }
    c->p99_is_max = c->measure[MEASURE_PAUSE_COUNT].median < MEASURE_P99_LEAST;
}

size_t paired_log_ratios(const struct configuration *c, const struct configuration *base, enum measure measure,
                         uint64_t *rounds, double *log_ratios)
{
    size_t pairs = 0;

    for (size_t i = 0, j = 0; i < c->run_count && j < base->run_count;) {
        const struct run_record *run = c->runs[i], *other = base->runs[j];
        if (run->round != other->round) {
            run->round < other->round ? i++ : j++;
            continue;
        }
        i++, j++;
        double value = measure_of(run, measure), basis = measure_of(other, measure);
        if (!run_is_ok(run) || !run_is_ok(other) || !(value > 0) || !(basis > 0))
            continue;
        rounds[pairs] = run->round;
        log_ratios[pairs++] = log(value / basis);
    }
    return pairs;
}

static bool is_default(const struct configuration *c)
{
    const struct run_record *d = c->dimensions;

    return strcmp(d->allocator, "pymalloc") == 0 && strcmp(d->tuning, "700,10,10") == 0 &&
           strcmp(d->collector, "cpython-3.11") == 0 && strcmp(d->refcount, "plain") == 0;
}

static size_t choose_baseline(const struct summary *s, const struct subject *subject)
{
    size_t best = subject->first, best_score = 0;

    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        size_t score = c->counts ? (is_default(c) ? 2 : 1) : 0;
        if (score > best_score) {
            best = i;
            best_score = score;
        }
    }
    return best;
}

/* `rounds` and `logs` hold as many items as any configuration has runs. */
static int compare_with_baseline(struct summary *s, const struct subject *subject, uint64_t *rounds, double *logs)
{
    const struct configuration *base = &s->configurations[subject->baseline];

    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        struct configuration *c = &s->configurations[i];
        for (enum measure m = 0; c->counts && m < MEASURES; m++) {
            size_t pairs = paired_log_ratios(c, base, m, rounds, logs);
            if (ratio_of_logs(logs, pairs, &c->ratio[m]) != 0)
                return -1;
        }
    }
    return 0;
}

/* The rounds that say all of a configuration that counts; `rounds` has room for all of its runs. */
static struct front_point front_point_of(const struct configuration *c, struct front_round *rounds)
{
    struct front_point point = {.rounds = rounds};

    for (size_t i = 0; c->counts && i < c->run_count; i++)
        point.count += front_round_of(c->runs[i], &rounds[point.count]);
    return point;
}

static int mark_front(struct summary *s, const struct subject *subject)
{
    struct configuration *first = &s->configurations[subject->first];
    size_t runs = 0, used = 0;
    int status = -1;

    for (size_t i = 0; i < subject->count; i++)
        runs += first[i].run_count;
    struct front_round *rounds = malloc((runs + 1) * sizeof *rounds);
    struct front_point *points = calloc(subject->count + 1, sizeof *points);
    bool *on_front = malloc((subject->count + 1) * sizeof *on_front);
    if (rounds != NULL && points != NULL && on_front != NULL) {
        status = 0;
        for (size_t i = 0; i < subject->count && status == 0; i++) {
            points[i] = front_point_of(&first[i], &rounds[used]);
            used += points[i].count;
            status = front_prepare(&points[i]);
        }
        if (status == 0)
            status = find_front(points, subject->count, on_front);
        for (size_t i = 0; i < subject->count && status == 0; i++)
            first[i].on_front = on_front[i];
    }
    free(rounds);
    free(points);
    free(on_front);
    return status;
}

static int mark_plane_front(struct summary *s, const struct subject *subject)
{
    enum { IN_PLANE = 2 };
    size_t count = subject->count;
    double *plane = malloc(count * IN_PLANE * sizeof *plane);
    bool *front = malloc(count * sizeof *front);
    int status = plane != NULL && front != NULL ? 0 : -1;

    for (size_t i = 0; status == 0 && i < count; i++) {
        const struct configuration *c = &s->configurations[subject->first + i];
        plane[i * IN_PLANE] = c->counts ? c->measure[MEASURE_PAUSE_MAX_NS].median : NAN;
        plane[i * IN_PLANE + 1] = c->measure[MEASURE_RSS_PEAK_BYTES].median;
    }
    if (status == 0)
        pareto_front(plane, count, IN_PLANE, front);
    for (size_t i = 0; status == 0 && i < count; i++)
        s->configurations[subject->first + i].on_plane_front = front[i];
    free(plane);
    free(front);
    return status;
}

static struct ordered_run *order_runs(const struct result_set *results)
{
    size_t count = results->run_count;
    struct ordered_run *order = malloc((count ? count : 1) * sizeof *order);

    if (order == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        order_prepare(&results->runs[i], &order[i]);
    qsort(order, count, sizeof *order, order_compare);
    return order;
}

static void add_run(struct summary *s, const struct ordered_run *order, size_t i)
{
    s->runs[i] = order[i].run;
    if (i == 0 || !same_subject(&order[i - 1], &order[i])) {
        struct subject *subject = &s->subjects[s->subject_count++];
        snprintf(subject->label, sizeof subject->label, "%s", order[i].subject);
        subject->workload = order[i].run->workload;
        subject->runtime = order[i].run->runtime;
        subject->first = s->configuration_count;
    }
    if (i == 0 || !same_configuration(&order[i - 1], &order[i])) {
        struct configuration *c = &s->configurations[s->configuration_count++];
        c->dimensions = order[i].run;
        c->runs = c->twins = &s->runs[i];
        s->subjects[s->subject_count - 1].count++;
    }
    struct configuration *c = &s->configurations[s->configuration_count - 1];
    if (order[i].run->twin) {
        if (c->twin_count++ == 0)
            c->twins = &s->runs[i];
    } else {
        c->run_count++;
    }
    run_is_ok(order[i].run) ? s->ok++ : s->failed++;
    if (order[i].run->round != RECORD_UNKNOWN && order[i].run->round >= s->rounds)
        s->rounds = order[i].run->round + 1;
}

static void note_what_varies(struct summary *s)
{
    for (size_t i = 1; i < s->configuration_count; i++) {
        const struct run_record *a = s->configurations[i - 1].dimensions, *b = s->configurations[i].dimensions;
        // NOLINTBEGIN(clang-analyzer-core.NonNullParamChecker): each configuration has dimensions, its first run
        s->collectors_vary = s->collectors_vary || strcmp(a->collector, b->collector) != 0;
        s->refcounts_vary = s->refcounts_vary || strcmp(a->refcount, b->refcount) != 0;
        // NOLINTEND(clang-analyzer-core.NonNullParamChecker)
    }
}

/* The twin is made once a workload: its floor holds for the workload's other runtimes too. */
static int find_noise(struct summary *s)
{
    for (size_t i = 0; i < s->subject_count; i++) {
        struct subject *subject = &s->subjects[i];
        subject->noise = noise_unknown();
        for (size_t k = subject->first; k < subject->first + subject->count; k++)
            if (s->configurations[k].twin_count > 0 && noise_of(&s->configurations[k], &subject->noise) != 0)
                return -1;
    }
    for (size_t i = 0; i < s->subject_count; i++)
        for (size_t k = 0; k < s->subject_count && s->subjects[i].noise.twin == NULL; k++)
            if (strcmp(s->subjects[i].label, s->subjects[k].label) == 0)
                s->subjects[i].noise = s->subjects[k].noise;
    return 0;
}

static int find_channels(struct summary *s)
{
    for (size_t i = 0; i < s->configuration_count; i++) {
        struct configuration *c = &s->configurations[i];
        if (noise_channel_of(c->runs, c->run_count, &c->channel) != 0)
            return -1;
    }
    return noise_channel_of(s->runs, s->results->run_count, &s->channel);
}

static int measure_all(struct summary *s, double *values)
{
    if (find_agreement(s) != 0)
        return -1;
    for (size_t i = 0; i < s->configuration_count; i++) {
        struct configuration *c = &s->configurations[i];
        measure_configuration(c, values);
        c->counts = c->ok > 0 && !c->checksum_differs;
    }
    for (size_t i = 0; i < s->subject_count; i++)
        s->subjects[i].baseline = choose_baseline(s, &s->subjects[i]);
    return find_channels(s) == 0 ? find_noise(s) : -1;
}

static int compare_all(struct summary *s, uint64_t *rounds, double *values)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < s->subject_count; i++) {
        struct subject *subject = &s->subjects[i];
        if (compare_with_baseline(s, subject, rounds, values) != 0 || mark_front(s, subject) != 0 ||
            mark_plane_front(s, subject) != 0)
            status = -1;
        for (enum lbo_cost cost = 0; cost < LBO_COSTS; cost++)
            subject->least_distilled_ns[cost] =
                lbo_fill(&s->configurations[subject->first], subject->count, cost, values);
    }
    return status;
}

static size_t most_runs_of_any(const struct summary *s)
{
    size_t most = 0;

    for (size_t i = 0; i < s->configuration_count; i++)
        if (s->configurations[i].run_count > most)
            most = s->configurations[i].run_count;
    return most;
}

static int fill(struct summary *s, bool compare)
{
    size_t room = most_runs_of_any(s) + 1;
    double *values = malloc(room * sizeof *values);
    uint64_t *rounds = malloc(room * sizeof *rounds);
    int status = values != NULL && rounds != NULL ? measure_all(s, values) : -1;

    if (status == 0 && compare)
        status = compare_all(s, rounds, values);
    free(values);
    free(rounds);
    return status;
}

static int summarise_runs(const struct result_set *results, bool compare, struct summary *out)
{
    size_t room = results->run_count + 1;
    struct ordered_run *order = order_runs(results);

    *out = (struct summary){.results = results};
    out->configurations = calloc(room, sizeof *out->configurations);
    out->subjects = calloc(room, sizeof *out->subjects);
    out->runs = calloc(room, sizeof *out->runs);
    int status = -1;
    if (order != NULL && out->configurations != NULL && out->subjects != NULL && out->runs != NULL) {
        for (size_t i = 0; i < results->run_count; i++)
            add_run(out, order, i);
        for (size_t i = 0; i < out->configuration_count; i++)
            count_runs(&out->configurations[i]);
        note_what_varies(out);
        status = fill(out, compare);
    }
    free(order);
    if (status != 0)
        summary_free(out);
    return status;
}

int summarise(const struct result_set *results, struct summary *out)
{
    return summarise_runs(results, true, out);
}

int summarise_uncompared(const struct result_set *results, struct summary *out)
{
    return summarise_runs(results, false, out);
}

void summary_free(struct summary *summary)
{
    free(summary->configurations);
    free(summary->subjects);
    free(summary->runs);
    *summary = (struct summary){0};
}

const char *baseline_word(const struct summary *summary, const struct subject *subject)
{
    return is_default(&summary->configurations[subject->baseline]) ? "default" : "baseline";
}

void configuration_label(const struct summary *summary, const struct configuration *c, char *text, size_t size)
{
    const struct run_record *d = c->dimensions;

    snprintf(text, size, "%s %s%s%s%s%s", d->allocator, d->tuning, summary->collectors_vary ? " " : "",
             summary->collectors_vary ? d->collector : "", summary->refcounts_vary ? " " : "",
             summary->refcounts_vary ? d->refcount : "");
}
