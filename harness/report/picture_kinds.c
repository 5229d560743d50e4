#include "harness/report/picture_kinds.h"

#include <stdio.h>

#include "harness/analysis/curves.h"
#include "harness/report/format.h"
#include "harness/store/output.h"
#include "harness/report/plot_curves.h"
#include "harness/report/plot_data.h"

enum { DRAWN_BYTES = 64 };

/* ---- Data files ---- */

static int open_data(struct drawing *d, const char *suffix, struct output *out, char *error, size_t error_size)
{
    char name[sizeof d->picture->name + 32];

    snprintf(name, sizeof name, "%s%s.tsv", d->picture->name, suffix);
    return output_open(d->folder, name, out, error, error_size);
}

/* Commits a data file that holds something; the number of blocks or rows, or -1. */
static int finish_data(const struct drawing *d, struct output *out, int written, char *path, char *error,
                       size_t error_size)
{
    if (written <= 0) {
        output_abandon(out);
        if (written < 0)
            snprintf(error, error_size, "%s", result_set_error(d->s->results));
        return written;
    }
    snprintf(path, PATH_MAX, "%s", out->path);
    return output_commit(out, error, error_size) == 0 ? written : -1;
}

/* An argument that is a number. */
static const char *count_argument(struct drawing *d, int which, size_t count)
{
    snprintf(d->argument[which], sizeof d->argument[which], "%zu", count);
    return d->argument[which];
}

/* ---- Pictures with one curve a tuning ---- */

static int prepare_curves(struct drawing *d, curve_writer *write, const char *what, char *error, size_t error_size)
{
    const char *allocator = d->s->configurations[d->subject->baseline].dimensions->allocator;
    struct output out;

    snprintf(d->picture->caption, sizeof d->picture->caption, "%s Allocator %s, one curve a tuning.", what, allocator);
    if (open_data(d, "", &out, error, error_size) != 0)
        return -1;
    int blocks = write(d->s, d->subject, d->series, out.file, d->argument[0]);
    blocks = finish_data(d, &out, blocks, d->data, error, error_size);
    d->picture->blocks = blocks > 0 ? (size_t)blocks : 0;
    d->arguments[2] = d->data;
    d->arguments[3] = d->argument[0];
    return blocks > 0 ? 1 : blocks;
}

/* Of which rounds a picture shows everything. */
static const char *drawn_rounds(const struct summary *s, char text[DRAWN_BYTES])
{
    if (s->rounds <= CURVE_RUNS)
        return "all rounds";
    snprintf(text, DRAWN_BYTES, "%d of %llu rounds, spread evenly", CURVE_RUNS, (unsigned long long)s->rounds);
    return text;
}

static int prepare_pauses(struct drawing *d, char *error, size_t error_size)
{
    char drawn[DRAWN_BYTES], what[300];

    snprintf(what, sizeof what,
             "How long the program stood still: all pauses of %s. A tuning that never collected has no curve.",
             drawn_rounds(d->s, drawn));
    return prepare_curves(d, write_pause_curves, what, error, error_size);
}

static int prepare_latency(struct drawing *d, char *error, size_t error_size)
{
    char drawn[DRAWN_BYTES], what[400];

    snprintf(what, sizeof what,
             "How long requests took: all requests of %s. Left the time of the request itself; right the time that "
             "its client waited, had the requests come evenly (or as planned), so that a pause delays all that come "
             "during it.",
             drawn_rounds(d->s, drawn));
    return prepare_curves(d, write_latency_curves, what, error, error_size);
}

static int prepare_utilization(struct drawing *d, char *error, size_t error_size)
{
    return prepare_curves(d, write_utilization_curves,
                          "The least share of any window of that length that is left to the program, pauses of all "
                          "kinds taken off: thick MMU, thin BMU (the least MMU of all longer windows), median over "
                          "runs. A curve stays at 0 % up to the length of its longest pause.",
                          error, error_size);
}

static int prepare_floating(struct drawing *d, char *error, size_t error_size)
{
    return prepare_curves(d, write_floating_curves,
                          "What a lazy setting costs: memory of objects that nothing reaches any more and no "
                          "collection has freed, in the run whose peak memory is the median. No garbage is the lower "
                          "end of the axis.",
                          error, error_size);
}

static int prepare_rss(struct drawing *d, char *error, size_t error_size)
{
    struct output out;
    char styles[PLOT_STYLES_BYTES], what[200];

    if (open_data(d, "-collections", &out, error, error_size) != 0)
        return -1;
    int blocks = write_collection_marks(d->s, d->subject, d->series, out.file, styles);
    blocks = finish_data(d, &out, blocks, d->more, error, error_size);
    d->arguments[4] = d->more;
    snprintf(what, sizeof what,
             "Resident memory while the workload ran, in the run whose peak is the median. Dots: its longest full "
             "collections, %d at most.",
             PLOT_MARKS);
    return blocks > 0 ? prepare_curves(d, write_rss_curves, what, error, error_size) : blocks;
}

/* ---- Pictures of their own ---- */

/* The slowest and the fastest configuration, which are the smallest and the largest symbol. */
static void describe_sizes(const struct drawing *d, char *text, size_t size)
{
    double least = 0, most = greatest_throughput(d->s, d->subject);
    char slow[FORMAT_BYTES], fast[FORMAT_BYTES];

    for (size_t i = d->subject->first; i < d->subject->first + d->subject->count; i++) {
        const struct configuration *c = &d->s->configurations[i];
        double throughput = c->measure[MEASURE_THROUGHPUT].median;
        if (c->counts && throughput > 0 && (least <= 0 || throughput < least))
            least = throughput;
    }
    format_rate(least, slow, sizeof slow);
    format_rate(most, fast, sizeof fast);
    snprintf(text, size, "%s to %s", slow, fast);
}

static int prepare_tradeoff(struct drawing *d, char *error, size_t error_size)
{
    double floor_ns = pauseless_floor_ns(d->s, d->subject);
    char sizes[2 * FORMAT_BYTES + 8];
    struct output out;

    describe_sizes(d, sizes, sizeof sizes);
    snprintf(d->picture->caption, sizeof d->picture->caption,
             "What a setting costs: the longest pause against peak memory, medians, one point a configuration. Colour: "
             "tuning; symbol: allocator; size: throughput (%s, larger is faster). Lower left is better; an outline "
             "marks the front: what no other is known to beat in all three.",
             sizes);
    if (open_data(d, "", &out, error, error_size) != 0)
        return -1;
    int points = write_tradeoff_points(d->s, d->subject, d->series, floor_ns, out.file);
    points = finish_data(d, &out, points, d->data, error, error_size);
    if (points <= 0)
        return points;
    if (open_data(d, "-front", &out, error, error_size) != 0)
        return -1;
    points = write_plane_front(d->s, d->subject, floor_ns, out.file);
    points = finish_data(d, &out, points, d->more, error, error_size);
    snprintf(d->argument[2], sizeof d->argument[2], "%.6g", floor_ns);
    d->picture->blocks = d->series->tuning_count;
    d->arguments[2] = d->data;
    d->arguments[3] = d->more;
    d->arguments[4] = count_argument(d, 0, d->series->tuning_count);
    d->arguments[5] = count_argument(d, 1, d->series->allocator_count);
    d->arguments[6] = d->argument[2];
    return points > 0 ? 1 : points;
}

static int prepare_thresholds(struct drawing *d, char *error, size_t error_size)
{
    struct output out;

    snprintf(d->picture->caption, sizeof d->picture->caption,
             "What threshold 0 does: collections of each generation and the time they take in all (median and "
             "quartiles), allocator %s. Tunings that are no plain thresholds are left out.",
             d->s->configurations[d->subject->baseline].dimensions->allocator);
    if (open_data(d, "", &out, error, error_size) != 0)
        return -1;
    int rows = finish_data(d, &out, write_thresholds(d->s, d->subject, out.file), d->data, error, error_size);
    d->picture->blocks = 1;
    d->arguments[2] = d->data;
    d->arguments[3] = count_argument(d, 0, rows > 0 ? (size_t)rows : 0);
    return rows > 0 ? 1 : rows;
}

static int prepare_allocators(struct drawing *d, char *error, size_t error_size)
{
    struct output out;

    snprintf(d->picture->caption, sizeof d->picture->caption,
             "Allocators side by side: throughput (more is better), peak memory and pause p99 (less is better); one "
             "symbol a tuning, the bar from quartile to quartile.");
    if (open_data(d, "", &out, error, error_size) != 0)
        return -1;
    int rows = write_allocators(d->s, d->subject, d->series, out.file);
    rows = finish_data(d, &out, rows, d->data, error, error_size);
    d->picture->blocks = d->series->tuning_count;
    d->arguments[2] = d->data;
    d->arguments[3] = count_argument(d, 0, d->series->tuning_count);
    d->arguments[4] = count_argument(d, 1, d->series->allocator_count);
    d->arguments[5] = has_pauses(d->s, d->subject) ? "1" : "0";
    return rows > 0 ? 1 : rows;
}

const struct picture_kind picture_kinds[PICTURE_KINDS] = {
    {"tradeoff",
     "Pauses, memory and throughput",
     prepare_tradeoff,
     {BLOCK_NAMED_FIRST,
      0,
      {"tuning", "rss_peak_mib", "pause_max_ns", "relative_throughput", "allocator_number", "on_front"}},
     false},
    {"pauses", "Pause percentiles", prepare_pauses, {BLOCK_NAMED_SECOND, 0, {"tuning", "1/(1-p)", "pause_ns"}}, true},
    {"utilization",
     "Minimum mutator utilization",
     prepare_utilization,
     {BLOCK_NAMED_SECOND, 0, {"tuning", "window_ns", "mmu", "bmu"}},
     true},
    {"latency",
     "Request latency",
     prepare_latency,
     {BLOCK_NAMED_SECOND, 0, {"tuning", "1/(1-p)", "request_ns", "metered_ns"}},
     true},
    {"rss", "Memory over time", prepare_rss, {BLOCK_NAMED_SECOND, 0, {"tuning", "seconds", "rss_mib"}}, true},
    {"floating",
     "Floating garbage over time",
     prepare_floating,
     {BLOCK_NAMED_SECOND, 0, {"tuning", "seconds", "garbage_mib", "garbage_objects"}},
     true},
    {"thresholds",
     "Collections over threshold 0",
     prepare_thresholds,
     {BLOCK_UNNAMED,
      0,
      {"threshold0", "tuning", "collections_gen0", "collections_gen1", "collections_gen2", "gc_ms", "gc_ms_q1",
       "gc_ms_q3"}},
     false},
    {"allocators",
     "Allocators side by side",
     prepare_allocators,
     {BLOCK_NAMED_FIRST,
      1,
      {"tuning", "allocator", "per_s", "per_s_q1", "per_s_q3", "rss_mib", "rss_mib_q1", "rss_mib_q3", "p99_ms",
       "p99_ms_q1", "p99_ms_q3"}},
     false},
};

bool has_data_of(const struct summary *s, const struct picture_kind *kind)
{
    return !kind->of_lists || result_set_has_lists(s->results);
}
