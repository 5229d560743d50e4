#include "harness/report/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/format.h"
#include "harness/report/machine.h"

/* More of one kind than a sentence holds. */
enum { NAMES_MOST = 24 };

static int by_text(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;

    return strcmp(*a, *b);
}

/* How many distinct texts there are; 0 without memory. */
static size_t count_distinct(const struct summary *s, size_t offset)
{
    const char **texts = malloc((s->configuration_count + 1) * sizeof *texts);
    size_t distinct = 0;

    if (texts == NULL)
        return 0;
    for (size_t i = 0; i < s->configuration_count; i++)
        texts[i] = (const char *)s->configurations[i].dimensions + offset;
    qsort(texts, s->configuration_count, sizeof *texts, by_text);
    for (size_t i = 0; i < s->configuration_count; i++)
        distinct += i == 0 || strcmp(texts[i - 1], texts[i]) != 0;
    free(texts);
    return distinct;
}

static bool is_among(const char *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0)
            return true;
    return false;
}

/* The distinct texts of one member of all configurations, in the tables' order: the first NAMES_MOST of them. */
static void write_distinct(const struct summary *s, const char *what, size_t offset, const char *between, FILE *f)
{
    const char *names[NAMES_MOST];
    size_t count = 0;

    fprintf(f, " %s: ", what);
    for (size_t i = 0; i < s->configuration_count && count < NAMES_MOST; i++) {
        const char *text = (const char *)s->configurations[i].dimensions + offset;
        if (is_among(text, names, count))
            continue;
        fprintf(f, "%s%s", count > 0 ? between : "", text);
        names[count++] = text;
    }
    size_t distinct = count < NAMES_MOST ? count : count_distinct(s, offset);
    if (distinct > count)
        fprintf(f, "%sand %zu more", between, distinct - count);
    fputc('.', f);
}

static void write_period(const struct summary *s, FILE *f)
{
    const char *first = NULL, *last = NULL;

    for (size_t i = 0; i < s->results->run_count; i++) {
        const char *started = s->results->runs[i].started;
        if (started[0] == '\0')
            continue;
        first = first == NULL || strcmp(started, first) < 0 ? started : first;
        last = last == NULL || strcmp(started, last) > 0 ? started : last;
    }
    if (first != NULL)
        fprintf(f, ", the first at %s, the last at %s", first, last);
}

void write_question(const struct summary *s, FILE *f)
{
    fputs("Which collector settings and which allocator give these workloads the pauses, the memory and the speed that "
          "their owner wants?",
          f);
    write_distinct(s, "Workloads", offsetof(struct run_record, workload), ", ", f);
    write_distinct(s, "Runtimes", offsetof(struct run_record, runtime), ", ", f);
    write_distinct(s, "Allocators", offsetof(struct run_record, allocator), ", ", f);
    write_distinct(s, "Collectors", offsetof(struct run_record, collector), ", ", f);
    write_distinct(s, "Tunings", offsetof(struct run_record, tuning), "; ", f);
    fprintf(f, " %zu configuration%s in %" PRIu64 " round%s, each run a fresh process; %zu of %zu runs ended ok",
            s->configuration_count, s->configuration_count == 1 ? "" : "s", s->rounds, s->rounds == 1 ? "" : "s", s->ok,
            s->ok + s->failed);
    write_period(s, f);
    fputc('.', f);
}

void write_noise(const struct subject *subject, char *text, size_t size)
{
    const struct noise *n = &subject->noise;
    char ratio[FORMAT_BYTES], elsewhere[RECORD_TEXT_BYTES + 20] = "";

    ratio_text(&n->wall, ratio, sizeof ratio);
    if (n->twin != NULL && strcmp(n->twin->runtime, subject->runtime) != 0)
        snprintf(elsewhere, sizeof elsewhere, ", on runtime %s", n->twin->runtime);
    if (n->verdict == NOISE_INVALID)
        snprintf(text, size, "INVALID: the same configuration twice differs by %s in wall time%s", ratio, elsewhere);
    else if (n->verdict == NOISE_FLOOR)
        snprintf(text, size, "noise floor %.1f %%: the same configuration twice, wall time %s%s", n->floor * 100, ratio,
                 elsewhere);
    else
        snprintf(text, size, "noise floor unknown: %zu pairs of the same configuration, %d are needed", n->wall.pairs,
                 STATISTICS_LEAST_PAIRS);
}

bool write_channel(const struct noise_channel *channel, char *text, size_t size)
{
    char p99[FORMAT_BYTES], most[FORMAT_BYTES];

    if (channel->wakings == 0)
        return false;
    format_duration(channel->p99_ns, p99, sizeof p99);
    format_duration(channel->max_ns, most, sizeof most);
    snprintf(text, size,
             "99 %% of the machine's own gaps are within %s, the longest took %s, %" PRIu64
             " took over 1 ms, of %" PRIu64 " wakings of a sleeper %s",
             p99, most, channel->gaps_over_1ms, channel->wakings,
             channel->beside ? "on another CPU beside the runs"
                             : "before and after the runs, there being one CPU only");
    return true;
}

/* "pymalloc 700,10,10 (41 us below 112 us)" of the first few; how many there are. */
static size_t name_those_below_channel(const struct summary *s, const struct subject *subject, char *text, size_t size)
{
    enum { NAMED = 3 };
    size_t below = 0, used = 0;

    text[0] = '\0';
    for (size_t k = subject->first; k < subject->first + subject->count; k++) {
        const struct configuration *c = &s->configurations[k];
        char label[2 * RECORD_TEXT_BYTES], pause[FORMAT_BYTES], floor[FORMAT_BYTES];
        if (!is_below_channel(c) || below++ >= NAMED)
            continue;
        configuration_label(s, c, label, sizeof label);
        format_duration(c->measure[MEASURE_PAUSE_P99_NS].median, pause, sizeof pause);
        format_duration(c->channel.p99_ns, floor, sizeof floor);
        int n =
            snprintf(text + used, size - used, "%s%.200s (%s below %s)", below > 1 ? ", " : "", label, pause, floor);
        used += n > 0 && (size_t)n < size - used ? (size_t)n : 0;
    }
    return below;
}

static void warn_of_pauses_below_channel(const struct summary *s, warning_sink *say, void *context)
{
    char names[4 * RECORD_TEXT_BYTES], text[8 * RECORD_TEXT_BYTES];

    for (size_t i = 0; i < s->subject_count; i++) {
        const struct subject *subject = &s->subjects[i];
        size_t below = name_those_below_channel(s, subject, names, sizeof names);
        if (below == 0)
            continue;
        snprintf(text, sizeof text,
                 "%s on %s: the p99 pause of %zu of %zu configurations is below the noise channel's p99 beside their "
                 "runs: %s%s. Pauses below that may be the machine's.",
                 subject->label, subject->runtime, below, subject->count, names, below > 3 ? ", ..." : "");
        say(context, text);
    }
}

static void warn_of_checksums(const struct summary *s, warning_sink *say, void *context)
{
    char text[4 * RECORD_TEXT_BYTES];

    for (size_t i = 0; i < s->subject_count; i++) {
        const struct subject *subject = &s->subjects[i];
        if (subject->checksums_agree)
            continue;
        size_t differ = 0;
        for (size_t k = subject->first; k < subject->first + subject->count; k++)
            differ += s->configurations[k].checksum_differs;
        snprintf(text, sizeof text,
                 "CHECKSUMS DIFFER in %s on %s: %zu of %zu configurations did not do the work that %s; their figures "
                 "do not count.",
                 subject->label, subject->runtime, differ, subject->count,
                 subject->has_checksum ? "the others did" : "any majority did");
        say(context, text);
    }
}

static void warn_of_noise(const struct summary *s, warning_sink *say, void *context)
{
    char noise[4 * FORMAT_BYTES], text[4 * RECORD_TEXT_BYTES];

    for (size_t i = 0; i < s->subject_count; i++) {
        if (s->subjects[i].noise.verdict != NOISE_INVALID)
            continue;
        write_noise(&s->subjects[i], noise, sizeof noise);
        snprintf(text, sizeof text, "%s on %s: %s. Something but the setting moved the figures of this workload.",
                 s->subjects[i].label, s->subjects[i].runtime, noise);
        say(context, text);
    }
}

/* The floor from which a machine is not called quiet any more. */
static const double loud_floor = 0.05;

static void warn_of_loud_machine(const struct summary *s, warning_sink *say, void *context)
{
    const struct subject *loudest = NULL;
    char text[4 * RECORD_TEXT_BYTES];

    for (size_t i = 0; i < s->subject_count; i++)
        if (s->subjects[i].noise.verdict == NOISE_FLOOR && s->subjects[i].noise.floor > loud_floor &&
            (loudest == NULL || s->subjects[i].noise.floor > loudest->noise.floor))
            loudest = &s->subjects[i];
    if (loudest == NULL)
        return;
    snprintf(
        text, sizeof text,
        "The machine was not quiet, or the runs are too short: the same configuration twice differs by up to %.0f %% "
        "in wall time (%s on %s). Differences below a workload's noise floor mean nothing.",
        loudest->noise.floor * 100, loudest->label, loudest->runtime);
    say(context, text);
}

/* Ratios that read as if they were to the default. */
static void warn_of_baselines(const struct summary *s, warning_sink *say, void *context)
{
    char label[4 * RECORD_TEXT_BYTES], text[8 * RECORD_TEXT_BYTES];

    for (size_t i = 0; i < s->subject_count; i++) {
        const struct configuration *baseline = &s->configurations[s->subjects[i].baseline];
        if (!baseline->counts || strcmp(baseline_word(s, &s->subjects[i]), "default") == 0)
            continue;
        configuration_label(s, baseline, label, sizeof label);
        snprintf(text, sizeof text,
                 "%s on %s has no run of the default setting that counts: its ratios are to %s, its baseline.",
                 s->subjects[i].label, s->subjects[i].runtime, label);
        say(context, text);
    }
}

static void warn_of_unfinished(const struct summary *s, warning_sink *say, void *context)
{
    const char *stopped = find_result_fact(s->results, "stopped");

    if (stopped == NULL)
        return;
    if (strcmp(stopped, "interrupted") == 0)
        say(context, "The sweep was interrupted and its last round is not whole: gcsweep sweep --resume --out DIR goes "
                     "on with it.");
    else if (strcmp(stopped, "running") == 0)
        say(context, "The sweep has not ended: it is still running, or it was killed, and then gcsweep sweep --resume "
                     "--out DIR goes on with it.");
}

void write_precision(const struct result_set *results, char *text, size_t size)
{
    const char *width = find_result_fact(results, "half_width"), *of = find_result_fact(results, "half_width_of");
    char share[FORMAT_BYTES];

    text[0] = '\0';
    if (width == NULL || of == NULL)
        return;
    if (strcmp(width, "unknown") == 0) {
        snprintf(text, size, "unknown");
        return;
    }
    format_share(strtod(width, NULL), share, sizeof share);
    snprintf(text, size, "to %s either side, %s", share, of);
}

static void warn_of_precision(const struct summary *s, warning_sink *say, void *context)
{
    const char *stopped = find_result_fact(s->results, "stopped");
    char text[2 * RECORD_TEXT_BYTES], widest[RECORD_TEXT_BYTES + 100];

    write_precision(s->results, widest, sizeof widest);
    if (stopped == NULL || widest[0] == '\0' || (strcmp(stopped, "budget") != 0 && strcmp(stopped, "rounds") != 0))
        return;
    snprintf(text, sizeof text, "The precision that was asked for was not reached %s; the widest interval: %s.",
             strcmp(stopped, "budget") == 0 ? "when the budget ended" : "by the last round", widest);
    say(context, text);
}

static void warn_of_few_rounds(const struct summary *s, warning_sink *say, void *context)
{
    char text[200];

    if (s->results->run_count == 0 || s->rounds >= STATISTICS_LEAST_PAIRS)
        return;
    snprintf(text, sizeof text,
             "Only %" PRIu64 " round%s: no ratio has an interval below %d rounds, so none is resolved.", s->rounds,
             s->rounds == 1 ? "" : "s", STATISTICS_LEAST_PAIRS);
    say(context, text);
}

int each_warning(const struct summary *s, warning_sink *say, void *context)
{
    char text[200];

    if (s->ok == 0)
        say(context, "No run ended ok: there is nothing to compare.");
    warn_of_unfinished(s, say, context);
    warn_of_baselines(s, say, context);
    warn_of_checksums(s, say, context);
    warn_of_noise(s, say, context);
    if (s->failed > 0) {
        snprintf(text, sizeof text, "%zu of %zu runs did not end ok: see Failed runs.", s->failed, s->ok + s->failed);
        say(context, text);
    }
    warn_of_loud_machine(s, say, context);
    warn_of_few_rounds(s, say, context);
    warn_of_precision(s, say, context);
    warn_of_pauses_below_channel(s, say, context);
    return each_machine_warning(s->results->environment, say, context);
}

const struct run_record *next_failed_run(const struct summary *s, size_t *at)
{
    while (*at < s->results->run_count) {
        const struct run_record *run = s->runs[(*at)++];
        if (!run_is_ok(run))
            return run;
    }
    return NULL;
}
