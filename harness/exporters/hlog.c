/* hlog.c - rows of an HdrHistogram log, a second a row and tag. */
#include "harness/exporters/hlog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "harness/exporters/hdr_payload.h"

#define INTERVAL_NS UINT64_C(1000000000)

const char *const timeline_kind_names[TIMELINE_KINDS] = {"gen0", "gen1", "gen2", "release"};

/* A second's values of one tag. */
struct interval {
    struct histogram h;
    uint64_t number;
    const char *tag;
    uint64_t wall_ns; /* where the last interval ends */
    FILE *f;
};

static int end_interval(struct interval *i)
{
    if (i->h.count == 0)
        return 0;
    uint64_t start_ns = i->number * INTERVAL_NS, length_ns = INTERVAL_NS;
    if (i->wall_ns > start_ns && i->wall_ns - start_ns < INTERVAL_NS)
        length_ns = i->wall_ns - start_ns;
    char *payload = hdr_payload(&i->h);
    if (!payload)
        return -1;
    fprintf(i->f, "Tag=%s,%.3f,%.3f,%.6f,%s\n", i->tag, (double)start_ns / 1e9, (double)length_ns / 1e9,
            (double)i->h.max_ns / 1e6, payload);
    free(payload);
    histogram_clear(&i->h);
    return 0;
}

/* `start_ns` does not fall from call to call. */
static int add(struct interval *i, uint64_t start_ns, uint64_t duration_ns)
{
    uint64_t number = start_ns / INTERVAL_NS;
    int status = number != i->number ? end_interval(i) : 0;
    i->number = number;
    histogram_add(&i->h, duration_ns);
    return status;
}

static int write_pauses(struct interval *i, const struct timeline *t, int64_t kind)
{
    i->tag = timeline_kind_names[kind];
    for (uint64_t k = 0; k < t->header.pauses; k++)
        if (t->pause[k].kind == kind && add(i, t->pause[k].start_ns, t->pause[k].duration_ns) != 0)
            return -1;
    return end_interval(i);
}

static int write_requests(struct interval *i, const struct timeline *t)
{
    i->tag = "request";
    for (uint64_t k = 0; k < t->header.ends; k++) {
        uint64_t start_ns = timeline_request_start_ns(t, k);
        if (add(i, start_ns, t->end[k] - start_ns) != 0)
            return -1;
    }
    return end_interval(i);
}

/* Comments end at the line's end: the one text that the user may have chosen goes without control characters. */
static void write_comment(const char *text, FILE *f)
{
    fputs("#[gcsweep: ", f);
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, f);
    fputs("; values in ns]\n", f);
}

static void write_head(const struct timeline_source *s, FILE *f)
{
    time_t seconds = (time_t)(s->epoch_ns / 1000000000);
    struct tm utc;
    char date[64];
    gmtime_r(&seconds, &utc);
    strftime(date, sizeof date, "%a %b %d %H:%M:%S UTC %Y", &utc);
    write_comment(s->run->configuration, f);
    if (!s->timeline->header.pauses_whole)
        fputs("#[more pauses than a log holds: none are here]\n", f);
    if (!s->timeline->header.requests_whole)
        fputs("#[requests are not here: not timed, or more than a log holds]\n", f);
    if (s->timeline->header.group > 1)
        fprintf(f, "#[a value of tag request is the time of %" PRIu64 " requests]\n", s->timeline->header.group);
    fputs("#[Histogram log format version 1.3]\n", f);
    fprintf(f, "#[StartTime: %" PRIu64 ".%03" PRIu64 " (seconds since epoch), %s]\n", s->epoch_ns / 1000000000,
            s->epoch_ns / 1000000 % 1000, date);
    fputs("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n", f);
}

int hlog_write(const struct timeline_source *source, FILE *f)
{
    struct interval i = {.wall_ns = source->run->wall_ns, .f = f};
    uint64_t *buckets = calloc(HISTOGRAM_BUCKETS, sizeof *buckets);
    int status = buckets ? 0 : -1;
    if (!buckets)
        return status;
    histogram_open(&i.h, buckets);
    write_head(source, f);
    for (int64_t kind = 0; kind < TIMELINE_KINDS && status == 0; kind++)
        status = write_pauses(&i, source->timeline, kind);
    if (status == 0)
        status = write_requests(&i, source->timeline);
    free(buckets);
    return status;
}
