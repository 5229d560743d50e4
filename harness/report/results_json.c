#include "harness/report/results_json.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/curves.h"
#include "harness/analysis/disturbed.h"
#include "harness/analysis/findings.h"
#include "harness/analysis/front.h"
#include "harness/analysis/hyperfine.h"
#include "harness/record/json_text.h"
#include "harness/report/advice_json.h"
#include "harness/report/escape.h"
#include "harness/report/machine.h"
#include "harness/report/words.h"
#include "harness/sweep/text_stream.h"

/* Of more runs than this the lists are not read: it would take longer than all the rest. */
enum { POOLED_RUNS_MOST = 20000 };

/* A file that is written part by part: only one configuration is in memory as JSON. */
struct writing {
    const struct summary *s;
    FILE *f;
    bool failed; /* memory ran out */
};

/* ---- Values ---- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(uint64_t value)
{
    return value == RECORD_UNKNOWN ? json_null() : json_integer((json_int_t)value);
}

/* A text that was cut within a character, or is no UTF-8, becomes what every other format shows. */
static json_t *text(const char *string)
{
    json_t *value = json_string(string);
    struct text_stream memory;

    if (value != NULL)
        return value;
    if (text_stream_open(&memory) == NULL)
        return NULL;
    escape_plain(memory.file, string);
    char *shown = text_stream_close(&memory);
    if (shown != NULL)
        value = json_string(shown);
    free(shown);
    return value;
}

static json_t *text_or_null(const char *string)
{
    return string[0] != '\0' ? text(string) : json_null();
}

/* Takes the value over; NULL is what a value is without memory. */
static void put(struct writing *w, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        w->failed = true;
}

/* Of a name that a file gave. */
static void put_named(struct writing *w, json_t *object, const char *name, json_t *value)
{
    json_t *shown = text(name);

    put(w, object, shown != NULL ? json_string_value(shown) : "", value);
    json_decref(shown);
}

static void append(struct writing *w, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        w->failed = true;
}

static json_t *interval(struct writing *w, const struct interval *i)
{
    json_t *out = json_object();

    put(w, out, "estimate", number(i->estimate));
    put(w, out, "low", number(i->low));
    put(w, out, "high", number(i->high));
    put(w, out, "pairs", count(i->pairs));
    return out;
}

static json_t *spread(struct writing *w, const struct spread *s)
{
    json_t *out = json_object();

    put(w, out, "runs", count(s->count));
    put(w, out, "median", number(s->median));
    put(w, out, "q1", number(s->q1));
    put(w, out, "q3", number(s->q3));
    put(w, out, "least", number(s->least));
    put(w, out, "most", number(s->most));
    put(w, out, "mad", number(s->mad));
    return out;
}

static json_t *channel(struct writing *w, const struct noise_channel *c)
{
    json_t *out = json_object();

    put(w, out, "wakings", count(c->wakings));
    put(w, out, "p99_ns", number(c->p99_ns));
    put(w, out, "max_ns", number(c->max_ns));
    put(w, out, "gaps_over_1ms", count(c->gaps_over_1ms));
    put(w, out, "beside", json_boolean(c->beside));
    return out;
}

/* ---- The parts of the file ---- */

/* Takes the value over. */
static void write_value(struct writing *w, json_t *value)
{
    if (value == NULL ||
        json_dumpf(value, w->f, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY | JSON_REAL_PRECISION(10)) != 0)
        w->failed = true; /* or the disk is full, which the file's owner sees */
    json_decref(value);
}

static void write_member(struct writing *w, const char *name, json_t *value)
{
    fprintf(w->f, ",\n\"%s\":", name);
    write_value(w, value);
}

struct collecting {
    struct writing *w;
    json_t *into;
};

static void collect_fact(void *context, const char *name, const char *value)
{
    struct collecting *c = context;
    json_t *fact = json_object();

    put(c->w, fact, "what", text(name));
    put(c->w, fact, "text", text(value));
    append(c->w, c->into, fact);
}

static void collect_text(void *context, const char *value)
{
    struct collecting *c = context;

    append(c->w, c->into, text(value));
}

static json_t *versions(struct writing *w)
{
    struct collecting c = {w, json_array()};

    each_version(w->s, collect_fact, &c);
    return c.into;
}

static json_t *warnings(struct writing *w)
{
    struct collecting c = {w, json_array()};

    if (each_warning(w->s, collect_text, &c) != 0)
        w->failed = true;
    return c.into;
}

static json_t *facts(struct writing *w)
{
    const struct result_set *results = w->s->results;
    json_t *out = json_object();

    for (size_t i = 0; i < results->fact_count; i++)
        put_named(w, out, results->facts[i].name, text(results->facts[i].text));
    return out;
}

/* JSON that the sweep kept; null when somebody has spoilt it since. */
static json_t *kept(const char *json)
{
    bool full;
    json_t *value = json_of_text(json, &full);

    return value != NULL || full ? value : json_null();
}

/* What it timed, null where it did not, or where its file cannot be read: the page says why. */
static json_t *hyperfine(struct writing *w, const char *directory)
{
    struct hyperfine_rows rows;
    char error[600];

    if (hyperfine_load(w->s, directory, &rows, error, sizeof error) != 0 || rows.count == 0)
        return json_null();
    json_t *out = hyperfine_to_json(&rows);
    hyperfine_free(&rows);
    return out;
}

static json_t *runs_of(struct writing *w, const struct configuration *c)
{
    json_t *out = json_object();

    put(w, out, "ok", count(c->ok));
    for (enum failure why = 0; why < FAILURES; why++)
        put(w, out, failure_names[why], count(c->failures[why]));
    put(w, out, "disturbed", count(count_disturbed_runs(c)));
    return out;
}

static json_t *params_of(struct writing *w, const struct run_record *d)
{
    json_t *out = json_object();

    for (size_t i = 0; i < RECORD_PARAMS && d->params[i].name[0] != '\0'; i++)
        put_named(w, out, d->params[i].name, text(d->params[i].text));
    return out;
}

/* What no run of it has is left out. */
static json_t *measures_of(struct writing *w, const struct configuration *c)
{
    json_t *out = json_object();

    for (enum measure m = 0; m < MEASURES; m++) {
        if (c->measure[m].count == 0)
            continue;
        json_t *measure = spread(w, &c->measure[m]);
        if (c->ratio[m].pairs > 0)
            put(w, measure, "ratio", interval(w, &c->ratio[m]));
        enum verdict verdict = verdict_of(&c->ratio[m], FRONT_MARGIN);
        if (verdict != VERDICT_UNKNOWN)
            put(w, measure, "verdict", text(verdict_word(m, verdict)));
        put(w, out, measure_names[m], measure);
    }
    return out;
}

/* Of all pauses of the runs together; null where there is none, or where the lists are not read. */
static json_t *pooled_p99_of(struct writing *w, const struct configuration *c)
{
    struct interval p99;

    if (!c->counts || !result_set_has_lists(w->s->results) || w->s->ok > POOLED_RUNS_MOST)
        return json_null();
    if (pooled_pause_quantile(w->s->results, c, 0.99, &p99) != 0) {
        w->failed = true;
        return json_null();
    }
    if (p99.pairs == 0)
        return json_null();
    json_t *out = json_object();
    put(w, out, "pauses", count(p99.pairs));
    put(w, out, "estimate", number(p99.estimate));
    put(w, out, "low", number(p99.low));
    put(w, out, "high", number(p99.high));
    return out;
}

static json_t *overheads_of(struct writing *w, const struct configuration *c)
{
    json_t *out = json_object();

    for (enum lbo_cost cost = 0; cost < LBO_COSTS; cost++)
        if (c->lbo[cost].ratio.count > 0)
            put(w, out, lbo_names[cost], spread(w, &c->lbo[cost].ratio));
    return out;
}

static json_t *configuration_of(struct writing *w, const struct subject *subject, size_t index)
{
    const struct configuration *c = &w->s->configurations[index];
    const struct run_record *d = c->dimensions;
    json_t *out = json_object();

    put(w, out, "configuration", text(d->configuration));
    put(w, out, "allocator", text(d->allocator));
    put(w, out, "collector", text(d->collector));
    put(w, out, "tuning", text(d->tuning));
    put(w, out, "refcount", text(d->refcount));
    put(w, out, "params", params_of(w, d));
    put(w, out, "scale", number(d->scale));
    put(w, out, "seed", count(d->seed));
    put(w, out, "is_baseline", json_boolean(index == subject->baseline));
    put(w, out, "counts", json_boolean(c->counts));
    put(w, out, "checksum_differs", json_boolean(c->checksum_differs));
    put(w, out, "on_front", json_boolean(c->on_front));
    put(w, out, "p99_is_max", json_boolean(c->p99_is_max));
    put(w, out, "pauses_below_noise_channel", json_boolean(is_below_channel(c)));
    put(w, out, "runs", runs_of(w, c));
    put(w, out, "measures", measures_of(w, c));
    put(w, out, "pooled_pause_p99_ns", pooled_p99_of(w, c));
    put(w, out, "lower_bound_overhead", overheads_of(w, c));
    put(w, out, "noise_channel", channel(w, &c->channel));
    return out;
}

static json_t *noise_of_subject(struct writing *w, const struct subject *subject)
{
    static const char *const verdicts[] = {"unknown", "floor", "invalid"};
    const struct noise *n = &subject->noise;
    json_t *out = json_object();

    put(w, out, "verdict", text(verdicts[n->verdict]));
    put(w, out, "floor", number(n->floor));
    put(w, out, "twin", n->twin != NULL ? text(n->twin->configuration) : json_null());
    put(w, out, "wall_ns", interval(w, &n->wall));
    put(w, out, "pause_p99_ns", interval(w, &n->p99));
    put(w, out, "rss_peak_bytes", interval(w, &n->rss));
    return out;
}

static json_t *answers_of(struct writing *w, const struct subject *subject)
{
    struct findings findings;
    json_t *out = json_array();
    bool counts = w->s->configurations[subject->baseline].counts;

    if (find_findings(w->s, &subject, counts ? 1 : 0, &findings) != 0)
        w->failed = true;
    else
        for (size_t i = 0; i < FINDINGS; i++)
            append(w, out, text(findings.sentence[i]));
    return out;
}

static void write_subject(struct writing *w, const struct subject *subject, bool first)
{
    char checksum[20];

    snprintf(checksum, sizeof checksum, "%016" PRIx64, subject->checksum);
    fputs(first ? "\n{\"label\":" : ",\n{\"label\":", w->f);
    write_value(w, text(subject->label));
    write_member(w, "workload", text(subject->workload));
    write_member(w, "runtime", text(subject->runtime));
    write_member(w, "baseline", text(w->s->configurations[subject->baseline].dimensions->configuration));
    write_member(w, "baseline_is_default", json_boolean(strcmp(baseline_word(w->s, subject), "default") == 0));
    write_member(w, "checksum", subject->has_checksum ? text(checksum) : json_null());
    write_member(w, "checksums_agree", json_boolean(subject->checksums_agree));
    write_member(w, "noise", noise_of_subject(w, subject));
    write_member(w, "answers", answers_of(w, subject));
    fputs(",\n\"configurations\":[", w->f);
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        fputs(i > subject->first ? ",\n" : "\n", w->f);
        write_value(w, configuration_of(w, subject, i));
    }
    fputs("]}", w->f);
}

static json_t *failed_run(struct writing *w, const struct run_record *run)
{
    json_t *out = json_object();

    put(w, out, "configuration", text(run->configuration));
    put(w, out, "round", count(run->round));
    put(w, out, "twin", json_boolean(run->twin));
    put(w, out, "status", text_or_null(run->status));
    put(w, out, "message", text_or_null(run->message));
    put(w, out, "started", text_or_null(run->started));
    return out;
}

static void write_failed_runs(struct writing *w)
{
    size_t at = 0, written = 0;

    fputs(",\n\"failed_runs\":[", w->f);
    for (const struct run_record *run; (run = next_failed_run(w->s, &at)) != NULL;) {
        fputs(written++ > 0 ? ",\n" : "\n", w->f);
        write_value(w, failed_run(w, run));
    }
    fputs("]", w->f);
}

int write_results_json(const struct summary *s, const char *directory, const char *again, FILE *f)
{
    struct writing w = {s, f, false};

    fprintf(f, "{\"schema\":%d", RESULTS_SCHEMA);
    write_member(&w, "kind", text("gcsweep results"));
    write_member(&w, "again", text(again));
    write_member(&w, "rounds", count(s->rounds));
    write_member(&w, "ok_runs", count(s->ok));
    write_member(&w, "failed_run_count", count(s->failed));
    write_member(&w, "verdict_margin", number(FRONT_MARGIN));
    write_member(&w, "warnings", warnings(&w));
    write_member(&w, "facts", facts(&w));
    write_member(&w, "versions", versions(&w));
    write_member(&w, "environment", kept(s->results->environment));
    write_member(&w, "plan", kept(s->results->plan));
    write_member(&w, "noise_channel", channel(&w, &s->channel));
    write_member(&w, "hyperfine", hyperfine(&w, directory));
    write_failed_runs(&w);
    fputs(",\n\"subjects\":[", f);
    for (size_t i = 0; i < s->subject_count; i++)
        write_subject(&w, &s->subjects[i], i == 0);
    fputs("]}\n", f);
    return w.failed && !ferror(f) ? -1 : 0;
}
