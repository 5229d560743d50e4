#include "harness/analysis/comparison.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/analysis/matching.h"
#include "harness/analysis/overall.h"
#include "harness/analysis/rank_tests.h"
#include "harness/sweep/line.h"

const struct compared_measure compared_measures[COMPARED] = {
    {MEASURE_WALL_NS, "wall", "wall"},           {MEASURE_GC_NS, "gc", "gc time"},
    {MEASURE_PAUSE_P99_NS, "p99", "pause p99"},  {MEASURE_PAUSE_MAX_NS, "max", "longest pause"},
    {MEASURE_RSS_PEAK_BYTES, "rss", "peak RSS"},
};

/* What many tests together must stay below. */
static const double sure = 0.05;

/* ---- Rows ---- */

/* A side's configuration under the name that it shares with its partner. */
struct keyed {
    char key[MATCH_KEY_BYTES];
    const struct configuration *configuration;
};

struct keyed_list {
    struct keyed *items;
    size_t count;
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct keyed *)a)->key, ((const struct keyed *)b)->key);
}

static int make_keys(const struct match *match, const struct match_names *names, struct keyed_list *out)
{
    *out = (struct keyed_list){malloc(match->count * sizeof *out->items), match->count};
    if (out->items == NULL)
        return -1;
    for (size_t i = 0; i < match->count; i++) {
        out->items[i].configuration = match->configurations[i];
        match_key(match->configurations[i], names, out->items[i].key);
    }
    qsort(out->items, out->count, sizeof *out->items, by_key);
    return 0;
}

static int refuse_ambiguous(const struct comparison_side *side, const struct keyed *first, char *error,
                            size_t error_size)
{
    char one[2 * RECORD_TEXT_BYTES], other[2 * RECORD_TEXT_BYTES];

    configuration_label(side->summary, first[0].configuration, one, sizeof one);
    configuration_label(side->summary, first[1].configuration, other, sizeof other);
    return line_error(error, error_size,
                      "'%s' of %s leaves more than one configuration to compare with the same one of the other side, "
                      "such as '%s' and '%s' (%s): name more",
                      side->words != NULL ? side->words : "", side->summary->results->directory, one, other,
                      first->configuration->dimensions->workload);
}

static int check_keys(const struct comparison_side *side, const struct keyed_list *list, char *error, size_t error_size)
{
    for (size_t i = 1; i < list->count; i++)
        if (strcmp(list->items[i - 1].key, list->items[i].key) == 0)
            return refuse_ambiguous(side, &list->items[i - 1], error, error_size);
    return 0;
}

static struct compared_runs runs_of(const struct configuration *c, bool twin)
{
    struct compared_runs out = {.configuration = c, .twin = twin};

    out.runs = twin ? c->twins : c->runs;
    out.run_count = twin ? c->twin_count : c->run_count;
    for (size_t i = 0; i < out.run_count; i++)
        run_is_ok(out.runs[i]) ? out.ok++ : out.failed++;
    return out;
}

static void pair_keys(struct comparison *c, const struct keyed_list *a, const struct keyed_list *b, bool a_twin,
                      bool b_twin)
{
    size_t i = 0, k = 0;

    while (i < a->count) {
        int order = k < b->count ? strcmp(a->items[i].key, b->items[k].key) : -1;
        if (order == 0)
            c->rows[c->row_count++] = (struct comparison_row){.a = runs_of(a->items[i++].configuration, a_twin),
                                                              .b = runs_of(b->items[k++].configuration, b_twin)};
        else if (order < 0)
            c->missing[c->only_a++] = runs_of(a->items[i++].configuration, a_twin);
        else
            k++;
    }
    c->only_b = b->count - c->row_count;
}

static int by_place(const void *a, const void *b)
{
    const struct configuration *x = ((const struct comparison_row *)a)->a.configuration;
    const struct configuration *y = ((const struct comparison_row *)b)->a.configuration;

    return (x > y) - (x < y);
}

static int refuse_strangers(const struct comparison *c, const struct match *a, const struct match *b, char *error,
                            size_t error_size)
{
    return line_error(error, error_size,
                      "%s and %s have no configuration in common: one has such as '%s', the other '%s'",
                      c->a.summary->results->directory, c->b.summary->results->directory,
                      a->configurations[0]->dimensions->configuration, b->configurations[0]->dimensions->configuration);
}

static int make_rows(struct comparison *c, const struct match *a, const struct match *b, char *error, size_t error_size)
{
    struct match_names names = a->names;
    struct keyed_list of_a = {NULL, 0}, of_b = {NULL, 0};
    int status = -1;

    match_names_add(&names, &b->names);
    c->rows = calloc(a->count, sizeof *c->rows);
    c->missing = calloc(a->count, sizeof *c->missing);
    if (c->rows == NULL || c->missing == NULL || make_keys(a, &names, &of_a) != 0 || make_keys(b, &names, &of_b) != 0) {
        line_error(error, error_size, "out of memory");
    } else if (check_keys(&c->a, &of_a, error, error_size) == 0 && check_keys(&c->b, &of_b, error, error_size) == 0) {
        pair_keys(c, &of_a, &of_b, a->twin, b->twin);
        status = c->row_count > 0 ? 0 : refuse_strangers(c, a, b, error, error_size);
    }
    if (status == 0)
        qsort(c->rows, c->row_count, sizeof *c->rows, by_place);
    for (size_t i = 0; status == 0 && i < c->row_count; i++)
        if (c->paired && a->twin == b->twin &&
            strcmp(c->rows[i].a.configuration->dimensions->configuration,
                   c->rows[i].b.configuration->dimensions->configuration) == 0)
            status = line_error(
                error, error_size, "both sides are the same runs of %s; name what to compare: %s:CONFIG %s:CONFIG",
                c->a.summary->results->directory, c->a.summary->results->directory, c->a.summary->results->directory);
    free(of_a.items);
    free(of_b.items);
    return status;
}

/* ---- Figures ---- */

/* Room for one value of each run. */
struct scratch {
    double *a, *b;
    uint64_t *rounds;
};

static size_t logs_of(const struct compared_runs *runs, enum measure m, double *logs)
{
    size_t count = 0;

    for (size_t i = 0; i < runs->run_count; i++) {
        double value = run_is_ok(runs->runs[i]) ? measure_of(runs->runs[i], m) : NAN;
        if (value > 0)
            logs[count++] = log(value);
    }
    return count;
}

static void fill_spreads(struct compared_runs *runs, double *values)
{
    for (size_t m = 0; m < COMPARED; m++) {
        size_t count = 0;
        for (size_t i = 0; i < runs->run_count; i++) {
            double value = run_is_ok(runs->runs[i]) ? measure_of(runs->runs[i], compared_measures[m].measure) : NAN;
            if (!isnan(value))
                values[count++] = value;
        }
        runs->measure[m] = spread_of(values, count);
    }
}

static int compare_pairs(const struct comparison_row *row, enum measure m, struct scratch *s,
                         struct compared_ratio *out)
{
    /* As configurations of their own, so that pairs are formed in one place. */
    const struct configuration a = {.runs = row->a.runs, .run_count = row->a.run_count};
    const struct configuration b = {.runs = row->b.runs, .run_count = row->b.run_count};
    size_t pairs = paired_log_ratios(&b, &a, m, s->rounds, s->b);

    out->least_p = signed_rank_least_p(pairs);
    return signed_rank_p(s->b, pairs, &out->p) == 0 ? ratio_of_logs(s->b, pairs, &out->ratio) : -1;
}

static int compare_samples(const struct comparison_row *row, enum measure m, struct scratch *s,
                           struct compared_ratio *out)
{
    struct mann_whitney test;
    size_t a = logs_of(&row->a, m, s->a), b = logs_of(&row->b, m, s->b);
    int status = mann_whitney_ratio(s->a, a, s->b, b, &test);

    out->ratio = test.shift;
    out->p = test.p;
    out->least_p = mann_whitney_least_p(a, b);
    return status;
}

/* Runs that did other work have no ratio, whatever their times. */
static bool same_work(const struct comparison_row *row)
{
    uint64_t checksum = RECORD_UNKNOWN;

    for (size_t i = 0; i < row->a.run_count + row->b.run_count; i++) {
        const struct run_record *run = i < row->a.run_count ? row->a.runs[i] : row->b.runs[i - row->a.run_count];
        if (!run_is_ok(run) || run->checksum == RECORD_UNKNOWN)
            continue;
        if (checksum == RECORD_UNKNOWN)
            checksum = run->checksum;
        if (run->checksum != checksum)
            return false;
    }
    return true;
}

static int fill_row(const struct comparison *c, struct comparison_row *row, struct scratch *s)
{
    int status = 0;

    fill_spreads(&row->a, s->a);
    fill_spreads(&row->b, s->b);
    row->refusal = row->a.ok == 0 || row->b.ok == 0 ? REFUSED_NO_OK_RUN
                   : same_work(row)                 ? REFUSED_NOT
                                                    : REFUSED_CHECKSUM;
    for (size_t m = 0; m < COMPARED && status == 0; m++) {
        struct compared_ratio *r = &row->measure[m];
        *r = (struct compared_ratio){{0, NAN, NAN, NAN}, NAN, NAN, 1, VERDICT_UNKNOWN, false};
        if (row->refusal != REFUSED_NOT)
            continue;
        status = (c->paired ? compare_pairs : compare_samples)(row, compared_measures[m].measure, s, r);
        r->verdict = verdict_of(&r->ratio, c->margin);
    }
    return status;
}

static int adjust(struct comparison *c)
{
    double *p = calloc(c->row_count + 1, sizeof *p);
    int status = p != NULL ? 0 : -1;

    for (size_t m = 0; m < COMPARED && status == 0; m++) {
        for (size_t i = 0; i < c->row_count; i++)
            p[i] = c->rows[i].measure[m].p;
        status = holm_adjust(p, c->row_count, p, &c->tested[m]);
        for (size_t i = 0; i < c->row_count; i++) {
            struct compared_ratio *r = &c->rows[i].measure[m];
            r->p_holm = p[i];
            r->holds = (r->verdict == VERDICT_LESS || r->verdict == VERDICT_MORE) && r->p_holm < sure;
        }
    }
    free(p);
    return status;
}

static int fill_rows(struct comparison *c)
{
    size_t most = 1;

    for (size_t i = 0; i < c->row_count; i++) {
        most = c->rows[i].a.run_count > most ? c->rows[i].a.run_count : most;
        most = c->rows[i].b.run_count > most ? c->rows[i].b.run_count : most;
    }
    struct scratch s = {malloc(most * sizeof *s.a), malloc(most * sizeof *s.b), malloc(most * sizeof *s.rounds)};
    int status = s.a != NULL && s.b != NULL && s.rounds != NULL ? 0 : -1;
    for (size_t i = 0; i < c->row_count && status == 0; i++) {
        status = fill_row(c, &c->rows[i], &s);
        c->refused += c->rows[i].refusal != REFUSED_NOT;
    }
    free(s.a);
    free(s.b);
    free(s.rounds);
    return status == 0 && adjust(c) == 0 ? compare_overall(c) : -1;
}

/* ---- The whole ---- */

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;

    if (stat(a, &x) != 0 || stat(b, &y) != 0)
        return strcmp(a, b) == 0;
    return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int compare_summaries(const struct comparison_side *a, const struct comparison_side *b, double margin,
                      struct comparison *out, char *error, size_t error_size)
{
    struct match of_a, of_b;

    *out = (struct comparison){.a = *a, .b = *b, .margin = margin};
    out->paired = same_folder(a->summary->results->directory, b->summary->results->directory);
    if (match_words(a->summary, a->words, &of_a, error, error_size) != 0)
        return -1;
    if (match_words(b->summary, b->words, &of_b, error, error_size) != 0) {
        match_free(&of_a);
        return -1;
    }
    int status = make_rows(out, &of_a, &of_b, error, error_size);
    if (status == 0 && fill_rows(out) != 0)
        status = line_error(error, error_size, "out of memory");
    match_free(&of_a);
    match_free(&of_b);
    if (status != 0)
        comparison_free(out);
    return status;
}

void comparison_free(struct comparison *c)
{
    free(c->rows);
    free(c->missing);
    *c = (struct comparison){0};
}

bool comparison_fails(const struct compared_ratio *r, double limit)
{
    return r->ratio.low > 1 + limit && r->p_holm < sure;
}

bool comparison_can_fail(const struct comparison *c, size_t measure)
{
    for (size_t i = 0; i < c->row_count; i++)
        if ((double)c->tested[measure] * c->rows[i].measure[measure].least_p < sure)
            return true;
    return false;
}

enum broken comparison_broken(const struct comparison_row *row)
{
    const struct compared_runs *a = &row->a, *b = &row->b;

    if (a->ok == 0)
        return BROKEN_NOT;
    if (b->ok == 0)
        return BROKEN_NO_OK_RUN;
    if (row->refusal == REFUSED_CHECKSUM)
        return BROKEN_CHECKSUM;
    /* Wall time is known of every ok run: without an interval there were too few. */
    bool unknown = isnan(row->measure[0].ratio.low);
    return b->failed > a->failed && (a->failed == 0 || unknown) ? BROKEN_RUNS : BROKEN_NOT;
}

static const struct subject *find_subject(const struct summary *s, const struct compared_runs *runs)
{
    size_t index = (size_t)(runs->configuration - s->configurations);

    for (size_t i = 0; i < s->subject_count; i++)
        if (index >= s->subjects[i].first && index < s->subjects[i].first + s->subjects[i].count)
            return &s->subjects[i];
    return NULL;
}

const struct noise *comparison_noise(const struct summary *s, const struct compared_runs *runs)
{
    const struct subject *subject = find_subject(s, runs);

    return subject != NULL ? &subject->noise : NULL;
}

size_t comparison_count(const struct comparison *c, size_t measure, enum verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < c->row_count; i++)
        count += c->rows[i].refusal == REFUSED_NOT && c->rows[i].measure[measure].verdict == verdict;
    return count;
}

/* ---- Names ---- */

void comparison_subject(const struct summary *s, const struct compared_runs *runs, char *text, size_t size)
{
    const struct subject *subject = find_subject(s, runs);

    text[0] = '\0';
    if (subject != NULL)
        snprintf(text, size, "%s on %s", subject->label, subject->runtime);
}

/* Collector and refcount where they tell configurations of either side apart. */
void comparison_setting(const struct comparison *c, const struct compared_runs *runs, char *text, size_t size)
{
    const struct summary *a = c->a.summary, *b = c->b.summary;
    const struct run_record *d = runs->configuration->dimensions, *of_a = a->configurations[0].dimensions,
                            *of_b = b->configurations[0].dimensions;
    bool collectors = a->collectors_vary || b->collectors_vary || strcmp(of_a->collector, of_b->collector) != 0;
    bool refcounts = a->refcounts_vary || b->refcounts_vary || strcmp(of_a->refcount, of_b->refcount) != 0;

    snprintf(text, size, "%s %s%s%s%s%s%s", d->allocator, d->tuning, collectors ? " " : "",
             collectors ? d->collector : "", refcounts ? " " : "", refcounts ? d->refcount : "",
             runs->twin ? " (twin)" : "");
}

void comparison_label(const struct comparison *c, const struct comparison_row *row, char *text, size_t size)
{
    char a[5 * RECORD_TEXT_BYTES], b[5 * RECORD_TEXT_BYTES], a_of[3 * RECORD_TEXT_BYTES], b_of[3 * RECORD_TEXT_BYTES];

    comparison_setting(c, &row->a, a, sizeof a);
    comparison_setting(c, &row->b, b, sizeof b);
    comparison_subject(c->a.summary, &row->a, a_of, sizeof a_of);
    comparison_subject(c->b.summary, &row->b, b_of, sizeof b_of);
    if (strcmp(a_of, b_of) != 0)
        snprintf(text, size, "%s -> %s%s%s", a, b_of, strcmp(a, b) != 0 ? ", " : "", strcmp(a, b) != 0 ? b : "");
    else if (strcmp(a, b) != 0)
        snprintf(text, size, "%s -> %s", a, b);
    else
        snprintf(text, size, "%s", a);
}
