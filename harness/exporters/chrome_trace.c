/* chrome_trace.c - a run as trace events, one a line. */
#include "harness/exporters/chrome_trace.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "harness/record/histogram.h"

enum { PROCESS = 1, TRACK_REGION = 1, TRACK_PAUSES, TRACK_REQUESTS };

/* Which requests are shown: those that take longer than longer_than_ns, and of all each `step`th. */
struct choice {
    uint64_t longer_than_ns, step, shown;
};

static uint64_t duration_of(const struct timeline *t, uint64_t i)
{
    return t->end[i] - timeline_request_start_ns(t, i);
}

static bool is_shown(const struct choice *c, const struct timeline *t, uint64_t i)
{
    return i % c->step == 0 || duration_of(t, i) > c->longer_than_ns;
}

/* The least time that no more than `most` requests exceed, by buckets of the histogram. */
static int find_limit(const struct timeline *t, uint64_t most, uint64_t *limit_ns)
{
    struct histogram h;
    uint64_t *buckets = calloc(HISTOGRAM_BUCKETS, sizeof *buckets), above = 0;
    if (!buckets)
        return -1;
    histogram_open(&h, buckets);
    for (uint64_t i = 0; i < t->header.ends; i++)
        histogram_add(&h, duration_of(t, i));
    size_t bucket = HISTOGRAM_BUCKETS - 1;
    while (bucket > 0 && above + buckets[bucket] <= most)
        above += buckets[bucket--];
    *limit_ns = histogram_highest(bucket);
    free(buckets);
    return 0;
}

static int choose(const struct timeline *t, struct choice *out)
{
    uint64_t half = CHROME_TRACE_REQUESTS / 2;
    *out = (struct choice){.step = 1, .shown = t->header.ends};
    if (t->header.ends <= CHROME_TRACE_REQUESTS)
        return 0;
    out->step = (t->header.ends + half - 1) / half;
    if (find_limit(t, half, &out->longer_than_ns) != 0)
        return -1;
    out->shown = 0;
    for (uint64_t i = 0; i < t->header.ends; i++)
        out->shown += is_shown(out, t, i);
    return 0;
}

/* ---- Texts ---- */

/* A JSON string, quotes and all; "?" of what is no UTF-8. */
static void put_string(const char *text, FILE *f)
{
    json_t *string = json_string(text);
    if (!string || json_dumpf(string, f, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) != 0)
        fputs("\"?\"", f);
    json_decref(string);
}

static void put_name(const char *what, int track, const char *name, FILE *f)
{
    fprintf(f, "{\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\",\"args\":{\"name\":", PROCESS, track, what);
    put_string(name, f);
    fputs("}},\n", f);
    if (track != 0)
        fprintf(f,
                "{\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":%d}},\n",
                PROCESS, track, track);
}

static void put_names(const struct run_record *run, FILE *f)
{
    char name[4 * RECORD_TEXT_BYTES + 16];
    snprintf(name, sizeof name, "%s on %s, %s, %s", run->workload, run->runtime, run->allocator, run->tuning);
    put_name("process_name", 0, name, f);
    put_name("thread_name", TRACK_REGION, "run", f);
    put_name("thread_name", TRACK_PAUSES, "pauses", f);
    put_name("thread_name", TRACK_REQUESTS, "requests", f);
}

/* ---- Events ---- */

static void put_times(uint64_t start_ns, uint64_t duration_ns, FILE *f)
{
    fprintf(f, "\"ts\":%" PRIu64 ".%03" PRIu64 ",\"dur\":%" PRIu64 ".%03" PRIu64, start_ns / 1000, start_ns % 1000,
            duration_ns / 1000, duration_ns % 1000);
}

static void put_pause(const struct record_pause *p, FILE *f)
{
    static const char *const names[TIMELINE_KINDS] = {"generation 0", "generation 1", "generation 2", "release"};
    fprintf(f, "{\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"cat\":\"pause\",\"name\":\"%s\",", PROCESS, TRACK_PAUSES,
            names[p->kind]);
    put_times(p->start_ns, p->duration_ns, f);
    fputs("},\n", f);
}

static void put_requests(const struct timeline *t, const struct choice *c, FILE *f)
{
    const char *name = t->header.group > 1 ? "requests" : "request";
    for (uint64_t i = 0; i < t->header.ends; i++) {
        if (!is_shown(c, t, i))
            continue;
        fprintf(f, "{\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"cat\":\"request\",\"name\":\"%s\",", PROCESS, TRACK_REQUESTS,
                name);
        put_times(timeline_request_start_ns(t, i), duration_of(t, i), f);
        fprintf(f, ",\"args\":{\"number\":%" PRIu64 "}},\n", i * t->header.group + 1);
    }
}

static void put_samples(const struct run_record *run, FILE *f)
{
    for (size_t i = 0; i < run->sample_count; i++)
        fprintf(f,
                "{\"ph\":\"C\",\"pid\":%d,\"name\":\"resident memory\",\"ts\":%" PRIu64 ".%03" PRIu64
                ",\"args\":{\"MiB\":%.3f}},\n",
                PROCESS, run->samples[i].t_ns / 1000, run->samples[i].t_ns % 1000,
                (double)run->samples[i].bytes / (1024 * 1024));
}

static void put_floating(const struct run_record *run, FILE *f)
{
    for (size_t i = 0; i < run->floating_count; i++)
        fprintf(f,
                "{\"ph\":\"C\",\"pid\":%d,\"name\":\"floating garbage\",\"ts\":%" PRIu64 ".%03" PRIu64
                ",\"args\":{\"MiB\":%.6f}},\n",
                PROCESS, run->floating[i].t_ns / 1000, run->floating[i].t_ns % 1000,
                (double)run->floating[i].bytes / (1024 * 1024));
}

/* Without a comma behind it: the last one. */
static void put_region(const struct run_record *run, FILE *f)
{
    fprintf(f, "{\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"cat\":\"run\",\"name\":\"measured region\",", PROCESS,
            TRACK_REGION);
    put_times(0, run->wall_ns == RECORD_UNKNOWN ? 0 : run->wall_ns, f);
    fputs("}\n", f);
}

/* ---- What is shown and what is not ---- */

static void put_shown(const struct timeline *t, const struct choice *c, FILE *f)
{
    if (!t->header.requests_whole)
        fputs("\"requests\":\"none: not timed, or more than a log holds\"", f);
    else if (c->step == 1)
        fputs("\"requests\":\"all\"", f);
    else
        fprintf(f,
                "\"requests\":\"a sample: all above %" PRIu64 " ns, and of the others one of %" PRIu64
                "; use an .hlog file for the distribution\"",
                c->longer_than_ns, c->step);
    fprintf(f, ",\n\"requests_timed\":%" PRIu64 ",\n\"requests_shown\":%" PRIu64 ",\n\"requests_an_event\":%" PRIu64,
            t->header.ends, c->shown, t->header.group);
    fprintf(f, ",\n\"pauses\":\"%s\"", t->header.pauses_whole ? "all" : "none: there were more than a log holds");
}

static void put_metadata(const struct timeline_source *s, const struct choice *c, FILE *f)
{
    fputs("\"otherData\":{\n\"configuration\":", f);
    put_string(s->run->configuration, f);
    fputs(",\n\"gcsweep\":", f);
    put_string(s->run->version_gcsweep, f);
    fprintf(f, ",\n\"region_began_ns_since_1970\":\"%" PRIu64 "\",\n", s->epoch_ns);
    put_shown(s->timeline, c, f);
    fputs("\n}", f);
}

int chrome_trace_write(const struct timeline_source *source, FILE *f)
{
    const struct timeline *t = source->timeline;
    struct choice choice;
    if (choose(t, &choice) != 0)
        return -1;
    fputs("{\"displayTimeUnit\":\"ms\",\n", f);
    put_metadata(source, &choice, f);
    fputs(",\n\"traceEvents\":[\n", f);
    put_names(source->run, f);
    for (uint64_t i = 0; i < t->header.pauses; i++)
        put_pause(&t->pause[i], f);
    put_requests(t, &choice, f);
    put_samples(source->run, f);
    put_floating(source->run, f);
    put_region(source->run, f);
    fputs("]}\n", f);
    return 0;
}
