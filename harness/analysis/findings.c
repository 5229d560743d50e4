#include "harness/analysis/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/settings.h"

/* One setting over the subjects asked about. */
struct candidate {
    const struct configuration *first; /* in the first subject */
    struct interval throughput, p99, longest, rss;
    bool collects; /* in one subject at least */
};

/* All settings that every subject has; the number of them, or -1 without memory. */
static int find_candidates(const struct summary *s, const struct subject *const *subjects, size_t count,
                           struct candidate *out)
{
    struct settings t;
    int status = settings_open(s, subjects, count, &t);

    for (size_t i = 0; status == 0 && i < t.count && t.reference < t.count; i++) {
        const struct setting *setting = &t.list[i], *reference = &t.list[t.reference];
        out[i] = (struct candidate){.first = setting->in[0], .collects = setting->collects};
        if (settings_ratio(&t, setting, reference, MEASURE_THROUGHPUT, &out[i].throughput) != 0 ||
            settings_ratio(&t, setting, reference, MEASURE_RSS_PEAK_BYTES, &out[i].rss) != 0 ||
            settings_ratio(&t, setting, reference, MEASURE_PAUSE_P99_NS, &out[i].p99) != 0 ||
            settings_ratio(&t, setting, reference, MEASURE_PAUSE_MAX_NS, &out[i].longest) != 0)
            status = -1;
    }
    if (status != 0) {
        settings_close(&t);
        return -1;
    }
    int found = t.reference < t.count ? (int)t.count : 0;
    settings_close(&t);
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

/* The setting that it calls best, or NULL. */
static const struct configuration *write_sentence(const struct summary *s, const struct goal *goal,
                                                  const struct candidate *k, size_t count,
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
        return NULL;
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
    return better && count > 1 ? best->first : NULL;
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
    for (size_t i = 0; i < FINDINGS && found >= 0; i++) {
        const struct configuration *best =
            write_sentence(s, &goals[i], candidates, (size_t)found, &reference, out->sentence[i], FINDING_BYTES);
        if (goals[i].measure == MEASURE_THROUGHPUT)
            out->fastest = best;
    }
    free(candidates);
    return found < 0 ? -1 : 0;
}

int find_findings_of_runtime(const struct summary *s, const char *runtime, struct findings *out)
{
    const struct subject **subjects = malloc((s->subject_count + 1) * sizeof *subjects);
    size_t all = 0;

    if (subjects == NULL)
        return -1;
    for (size_t i = 0; i < s->subject_count; i++)
        if (strcmp(s->subjects[i].runtime, runtime) == 0)
            subjects[all++] = &s->subjects[i];
    size_t count = comparable_subjects(s, subjects, all, subjects);
    int status = find_findings(s, subjects, count, out);
    out->left_out = all - count;
    free(subjects);
    return status;
}
