#include "harness/analysis/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One setting over the subjects asked about. */
struct candidate {
    const struct configuration *first; /* in the first subject */
    struct interval throughput, p99, longest, rss;
    bool collects; /* in one subject at least */
};

static bool same_setting(const struct configuration *x, const struct configuration *y)
{
    const struct run_record *a = x->dimensions, *b = y->dimensions;

    return strcmp(a->allocator, b->allocator) == 0 && strcmp(a->tuning, b->tuning) == 0 &&
           strcmp(a->collector, b->collector) == 0 && strcmp(a->refcount, b->refcount) == 0;
}

static const struct configuration *find_setting(const struct summary *s, const struct subject *subject,
                                                const struct configuration *like)
{
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        if (same_setting(c, like))
            return c->counts ? c : NULL;
    }
    return NULL;
}

struct pairs {
    uint64_t *rounds;
    double *logs;
    size_t count;
};

static int pairs_open(struct pairs *p, size_t room)
{
    p->count = 0;
    p->rounds = malloc((room + 1) * sizeof *p->rounds);
    p->logs = malloc((room + 1) * sizeof *p->logs);
    return p->rounds != NULL && p->logs != NULL ? 0 : -1;
}

static void pairs_close(struct pairs *p)
{
    free(p->rounds);
    free(p->logs);
}

/* Keeps the rounds that both have, and adds the log ratios. */
static void pairs_add(struct pairs *sum, const struct pairs *more)
{
    size_t kept = 0;

    for (size_t i = 0, j = 0; i < sum->count && j < more->count;) {
        if (sum->rounds[i] != more->rounds[j]) {
            sum->rounds[i] < more->rounds[j] ? i++ : j++;
            continue;
        }
        sum->rounds[kept] = sum->rounds[i];
        sum->logs[kept++] = sum->logs[i++] + more->logs[j++];
    }
    sum->count = kept;
}

/* False with *status 0 when a subject lacks the setting. */
static bool sum_over_subjects(const struct summary *s, const struct subject *const *subjects, size_t count,
                              const struct configuration *like, enum measure measure, struct pairs *sum, int *status)
{
    for (size_t i = 0; i < count; i++) {
        const struct configuration *c = find_setting(s, subjects[i], like);
        struct pairs one;
        if (c == NULL)
            return false;
        *status = pairs_open(&one, c->run_count);
        if (*status == 0) {
            one.count = paired_log_ratios(c, &s->configurations[subjects[i]->baseline], measure, one.rounds, one.logs);
            if (i > 0) {
                pairs_add(sum, &one);
            } else {
                sum->count = one.count;
                memcpy(sum->rounds, one.rounds, one.count * sizeof *one.rounds);
                memcpy(sum->logs, one.logs, one.count * sizeof *one.logs);
            }
        }
        pairs_close(&one);
        if (*status != 0)
            return false;
    }
    return true;
}

static bool ratio_over_subjects(const struct summary *s, const struct subject *const *subjects, size_t count,
                                const struct configuration *like, enum measure measure, struct interval *out,
                                int *status)
{
    struct pairs sum;
    bool whole = false;

    *out = (struct interval){0, NAN, NAN, NAN};
    *status = pairs_open(&sum, like->run_count);
    if (*status == 0)
        whole = sum_over_subjects(s, subjects, count, like, measure, &sum, status);
    if (whole) {
        for (size_t i = 0; i < sum.count; i++)
            sum.logs[i] /= (double)count;
        *status = ratio_of_logs(sum.logs, sum.count, out);
    }
    pairs_close(&sum);
    return whole && *status == 0;
}

static bool collects_anywhere(const struct summary *s, const struct subject *const *subjects, size_t count,
                              const struct configuration *like)
{
    for (size_t i = 0; i < count; i++) {
        const struct configuration *c = find_setting(s, subjects[i], like);
        if (c != NULL && c->measure[MEASURE_PAUSE_COUNT].most > 0)
            return true;
    }
    return false;
}

/* All settings that every subject has; the number of them, or -1 without memory. */
static int find_candidates(const struct summary *s, const struct subject *const *subjects, size_t count,
                           struct candidate *out)
{
    const struct subject *first = subjects[0];
    int found = 0, status = 0;

    for (size_t i = first->first; i < first->first + first->count; i++) {
        struct candidate *k = &out[found];
        k->first = &s->configurations[i];
        if (!ratio_over_subjects(s, subjects, count, k->first, MEASURE_THROUGHPUT, &k->throughput, &status) ||
            !ratio_over_subjects(s, subjects, count, k->first, MEASURE_RSS_PEAK_BYTES, &k->rss, &status) ||
            !ratio_over_subjects(s, subjects, count, k->first, MEASURE_PAUSE_P99_NS, &k->p99, &status) ||
            !ratio_over_subjects(s, subjects, count, k->first, MEASURE_PAUSE_MAX_NS, &k->longest, &status)) {
            if (status != 0)
                return -1;
            continue;
        }
        k->collects = collects_anywhere(s, subjects, count, k->first);
        found++;
    }
    return found;
}

/* "1.42x [1.40, 1.44]", with a note where that does not tell it from the default. */
static void write_ratio(char *text, size_t size, const struct interval *ratio)
{
    char figures[120];

    ratio_text(ratio, figures, sizeof figures);
    if (isnan(ratio->estimate))
        snprintf(text, size, "unknown");
    else if (isnan(ratio->low))
        snprintf(text, size, "%s (%zu pairs, no interval: not resolved)", figures, ratio->pairs);
    else
        snprintf(text, size, "%s%s", figures, interval_excludes_one(ratio) ? "" : " (not resolved)");
}

/* The 99th percentile alone would praise a setting of many short pauses for hiding its few long ones. */
static void write_pauses(char *text, size_t size, const struct candidate *k)
{
    char p99[200], longest[200];

    write_ratio(p99, sizeof p99, &k->p99);
    write_ratio(longest, sizeof longest, &k->longest);
    if (k->collects)
        snprintf(text, size, "its pause p99 is %s, its longest pause %s", p99, longest);
    else
        snprintf(text, size, "it has no collection pauses at all");
}

/* What a sentence is about: which ratio, and which way is better. */
struct goal {
    const char *name;   /* "Throughput" */
    const char *better; /* "faster than" */
    bool more_is_better;
    enum measure measure;
};

static const struct goal goals[FINDINGS] = {
    {"Throughput", "faster than", true, MEASURE_THROUGHPUT},
    {"Pauses", "shorter in its pause p99 than", false, MEASURE_PAUSE_P99_NS},
    {"Memory", "smaller than", false, MEASURE_RSS_PEAK_BYTES},
};

static const struct interval *goal_ratio(const struct goal *goal, const struct candidate *k)
{
    switch (goal->measure) {
    case MEASURE_THROUGHPUT:
        return &k->throughput;
    case MEASURE_PAUSE_P99_NS:
        return &k->p99;
    default:
        return &k->rss;
    }
}

/* Who never collects has neither pauses nor their cost, and no bound on memory: no winner of a choice of thresholds
 * but of memory, unless nobody collects. */
static bool competes(const struct goal *goal, const struct candidate *k, const struct candidate *all, size_t count)
{
    if (goal->measure == MEASURE_RSS_PEAK_BYTES || k->collects)
        return true;
    for (size_t i = 0; i < count; i++)
        if (all[i].collects)
            return false;
    return true;
}

static const struct candidate *best_of(const struct goal *goal, const struct candidate *k, size_t count)
{
    const struct candidate *best = NULL;

    for (size_t i = 0; i < count; i++) {
        double ratio = goal_ratio(goal, &k[i])->estimate;
        if (isnan(ratio) || !competes(goal, &k[i], k, count))
            continue;
        double least = best != NULL ? goal_ratio(goal, best)->estimate : NAN;
        if (best == NULL || (goal->more_is_better ? ratio > least : ratio < least))
            best = &k[i];
    }
    return best;
}

static void write_costs(char *text, size_t size, const struct goal *goal, const struct candidate *k)
{
    char throughput[200], pauses[500], longest[200], rss[200];

    write_ratio(throughput, sizeof throughput, &k->throughput);
    write_pauses(pauses, sizeof pauses, k);
    write_ratio(longest, sizeof longest, &k->longest);
    write_ratio(rss, sizeof rss, &k->rss);
    if (goal->measure == MEASURE_THROUGHPUT)
        snprintf(text, size, "%s and its peak RSS %s", pauses, rss);
    else if (goal->measure == MEASURE_PAUSE_P99_NS)
        snprintf(text, size, "its longest pause is %s, its throughput %s and its peak RSS %s", longest, throughput,
                 rss);
    else
        snprintf(text, size, "its throughput is %s and %s", throughput, pauses);
}

/* The settings that never collect, named beside the best of those that do: what no collection would give, and cost. */
static void write_pauseless(const struct summary *s, const struct candidate *k, size_t count, char *text, size_t size)
{
    size_t pauseless = 0;
    const struct candidate *fastest = NULL;

    for (size_t i = 0; i < count; i++) {
        if (k[i].collects)
            continue;
        pauseless++;
        if (fastest == NULL || k[i].throughput.estimate > fastest->throughput.estimate)
            fastest = &k[i];
    }
    text[0] = '\0';
    if (fastest == NULL || pauseless == count)
        return;
    char label[4 * RECORD_TEXT_BYTES], throughput[200], rss[200];
    configuration_label(s, fastest->first, label, sizeof label);
    write_ratio(throughput, sizeof throughput, &fastest->throughput);
    write_ratio(rss, sizeof rss, &fastest->rss);
    snprintf(
        text, size,
        "; %zu %s never collect%s and so %s no pauses: the fastest, %.120s, has a throughput of %s and a peak RSS of "
        "%s",
        pauseless, pauseless == 1 ? "setting" : "settings", pauseless == 1 ? "s" : "", pauseless == 1 ? "has" : "have",
        label, throughput, rss);
}

/* Who bounds its longest pause, where that is neither the default nor `named` already: a program that must not stand
 * still asks for it. */
static void write_longest(const struct summary *s, const struct candidate *k, size_t count,
                          const struct candidate *named, const char *word, char *text, size_t size)
{
    const struct candidate *best = NULL;

    for (size_t i = 0; i < count; i++)
        if (k[i].collects && interval_excludes_one(&k[i].longest) && k[i].longest.estimate < 1 &&
            (best == NULL || k[i].longest.estimate < best->longest.estimate))
            best = &k[i];
    text[0] = '\0';
    if (best == NULL || best == named)
        return;
    char label[4 * RECORD_TEXT_BYTES], longest[200];
    configuration_label(s, best->first, label, sizeof label);
    write_ratio(longest, sizeof longest, &best->longest);
    snprintf(text, size, "; the longest pause is shortest with %.120s, at %s of the %s's", label, longest, word);
}

static bool is_better(const struct goal *goal, const struct interval *ratio)
{
    return interval_excludes_one(ratio) && (ratio->estimate > 1) == goal->more_is_better;
}

/* What the ratios of a sentence are to, and how far the loudest workload's A/A twin is from itself. */
struct reference {
    const struct configuration *setting;
    const char *word; /* "default" or "baseline" */
    char text[4 * RECORD_TEXT_BYTES];
    double floor[FINDINGS]; /* as struct noise's, of the goal's measure; 0 when none is known */
};

static const struct interval *twin_interval(const struct noise *noise, enum measure measure)
{
    switch (measure) {
    case MEASURE_THROUGHPUT:
        return &noise->wall;
    case MEASURE_PAUSE_P99_NS:
        return &noise->p99;
    default:
        return &noise->rss;
    }
}

static void find_floors(const struct subject *const *subjects, size_t count, double floor[FINDINGS])
{
    for (size_t g = 0; g < FINDINGS; g++) {
        floor[g] = 0;
        for (size_t i = 0; i < count; i++) {
            const struct interval *twin = twin_interval(&subjects[i]->noise, goals[g].measure);
            floor[g] = fmax(floor[g], fmax(fabs(twin->low - 1), fabs(twin->high - 1))); /* fmax leaves NaN out */
        }
    }
}

/* A ratio may exclude 1 by luck of a loud machine. */
static void write_floor(const struct reference *reference, const struct goal *goal, const struct interval *ratio,
                        char *text, size_t size)
{
    double floor = reference->floor[goal - goals];

    text[0] = '\0';
    if (fabs(ratio->estimate - 1) < floor)
        snprintf(text, size, ", a difference within the noise floor of %.1f %%", 100 * floor);
}

static void write_reference(const struct summary *s, const struct subject *subject, struct reference *out)
{
    char label[4 * RECORD_TEXT_BYTES];

    out->setting = &s->configurations[subject->baseline];
    out->word = baseline_word(s, subject);
    configuration_label(s, out->setting, label, sizeof label);
    snprintf(out->text, sizeof out->text, "the %s (%.120s)", out->word, label);
}

static void write_sentence(const struct summary *s, const struct goal *goal, const struct candidate *k, size_t count,
                           const struct reference *reference, char *text, size_t size)
{
    const struct candidate *best = best_of(goal, k, count);
    char label[4 * RECORD_TEXT_BYTES], ratio[200], costs[1000], floor[80], beside[700] = "";
    bool better = best != NULL && is_better(goal, goal_ratio(goal, best));

    if (goal->measure == MEASURE_THROUGHPUT)
        write_pauseless(s, k, count, beside, sizeof beside);
    else if (goal->measure == MEASURE_PAUSE_P99_NS)
        write_longest(s, k, count, better ? best : NULL, reference->word, beside, sizeof beside);
    if (best == NULL) {
        snprintf(text, size, "%s: no setting has a ratio to %s%s.", goal->name, reference->text, beside);
        return;
    }
    const struct interval *r = goal_ratio(goal, best);
    configuration_label(s, best->first, label, sizeof label);
    write_ratio(ratio, sizeof ratio, r);
    write_costs(costs, sizeof costs, goal, best);
    write_floor(reference, goal, r, floor, sizeof floor);
    if (count == 1)
        snprintf(text, size, "%s: %s is the only setting with runs to compare, so there is no answer.", goal->name,
                 reference->text);
    else if (better)
        snprintf(text, size, "%s: %.120s is best at %s of %s%s; %s%s.", goal->name, label, ratio, reference->text,
                 floor, costs, beside);
    else if (best->first == reference->setting)
        snprintf(text, size, "%s: no setting is %s %s%s.", goal->name, goal->better, reference->text, beside);
    else
        snprintf(text, size, "%s: no setting is resolved as %s %s; the nearest is %.120s at %s%s.", goal->name,
                 goal->better, reference->text, label, ratio, beside);
}

int find_findings(const struct summary *s, const struct subject *const *subjects, size_t count, struct findings *out)
{
    *out = (struct findings){.workloads = count};
    if (count == 0) {
        for (size_t i = 0; i < FINDINGS; i++)
            snprintf(out->sentence[i], FINDING_BYTES, "%s: no run that counts, so no answer.", goals[i].name);
        return 0;
    }
    struct candidate *candidates = calloc(subjects[0]->count, sizeof *candidates);
    int found = candidates != NULL ? find_candidates(s, subjects, count, candidates) : -1;
    struct reference reference;

    write_reference(s, subjects[0], &reference);
    find_floors(subjects, count, reference.floor);
    for (size_t i = 0; i < FINDINGS && found >= 0; i++)
        write_sentence(s, &goals[i], candidates, (size_t)found, &reference, out->sentence[i], FINDING_BYTES);
    free(candidates);
    return found < 0 ? -1 : 0;
}

/* The subjects of a runtime whose ratios are to one and the same setting; returns how many. */
static size_t comparable_subjects(const struct summary *s, const char *runtime, const struct subject **out,
                                  size_t *left_out)
{
    const struct configuration *reference = NULL;
    size_t all = 0, kept = 0;

    for (size_t i = 0; i < s->subject_count; i++) {
        const struct subject *subject = &s->subjects[i];
        const struct configuration *baseline = &s->configurations[subject->baseline];
        if (strcmp(subject->runtime, runtime) != 0)
            continue;
        out[all++] = subject;
        if (baseline->counts && (reference == NULL || strcmp(baseline_word(s, subject), "default") == 0))
            reference = baseline;
    }
    for (size_t i = 0; i < all; i++) {
        const struct configuration *baseline = &s->configurations[out[i]->baseline];
        if (baseline->counts && same_setting(baseline, reference))
            out[kept++] = out[i];
    }
    *left_out = all - kept;
    return kept;
}

int find_findings_of_runtime(const struct summary *s, const char *runtime, struct findings *out)
{
    const struct subject **subjects = malloc((s->subject_count + 1) * sizeof *subjects);
    size_t left_out;

    if (subjects == NULL)
        return -1;
    size_t count = comparable_subjects(s, runtime, subjects, &left_out);
    int status = find_findings(s, subjects, count, out);
    out->left_out = left_out;
    free(subjects);
    return status;
}
