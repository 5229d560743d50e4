#include "harness/report/pictures.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/report/format.h"
#include "harness/report/gnuplot.h"
#include "harness/report/output.h"
#include "harness/report/plot_curves.h"
#include "harness/report/plot_data.h"

enum { KINDS = 8, SCRIPT_ARGUMENTS = 9 };

/* What is needed while one picture is made. */
struct drawing {
    const struct summary *s;
    const struct subject *subject;
    const struct series *series;
    const char *folder; /* DIRECTORY/plots */
    const char *plots;  /* the scripts; NULL when not found */
    struct picture *picture;
    char data[PATH_MAX], more[PATH_MAX]; /* the TSV files */
    char argument[4][PLOT_STYLES_BYTES]; /* numbers for the script */
    const char *arguments[SCRIPT_ARGUMENTS + 1];
};

struct kind {
    const char *name; /* of the script and the picture */
    const char *title;
    /* Writes the data and the caption, sets arguments from the third on: 1, 0 when there is nothing to draw, -1
     * with one line in `error`. */
    int (*prepare)(struct drawing *d, char *error, size_t error_size);
};

static int no_memory(char *error, size_t error_size)
{
    snprintf(error, error_size, "out of memory");
    return -1;
}

static const char *baseline_allocator(const struct drawing *d)
{
    return d->s->configurations[d->subject->baseline].dimensions->allocator;
}

/* Commits a data file that holds something; the number of blocks or rows, or -1. */
static int finish_data(const struct drawing *d, struct output *out, int written, char *path, char *error,
                       size_t error_size)
{
    if (written <= 0) {
        output_abandon(out);
        if (written < 0)
            snprintf(error, error_size, "%s", result_set_error(d->s->results));
        return written < 0 ? -1 : 0;
    }
    snprintf(path, PATH_MAX, "%s", out->path);
    return output_commit(out, error, error_size) == 0 ? written : -1;
}

static int open_data(struct drawing *d, const char *suffix, struct output *out, char *error, size_t error_size)
{
    char name[sizeof d->picture->name + 32];

    snprintf(name, sizeof name, "%s%s.tsv", d->picture->name, suffix);
    return output_open(d->folder, name, out, error, error_size);
}

static int prepare_curves(struct drawing *d, curve_writer *write, char *error, size_t error_size)
{
    struct output out;

    if (open_data(d, "", &out, error, error_size) != 0)
        return -1;
    int blocks = write(d->s, d->subject, d->series, out.file, d->argument[0]);
    blocks = finish_data(d, &out, blocks, d->data, error, error_size);
    d->arguments[2] = d->data;
    d->arguments[3] = d->argument[0];
    return blocks > 0 ? 1 : blocks;
}

static int prepare_pauses(struct drawing *d, char *error, size_t error_size)
{
    snprintf(d->picture->caption, sizeof d->picture->caption,
             "How long the program stood still: all pauses of all rounds, allocator %s, one curve a tuning. A tuning "
             "that never collected has no curve.",
             baseline_allocator(d));
    return prepare_curves(d, write_pause_curves, error, error_size);
}

static int prepare_latency(struct drawing *d, char *error, size_t error_size)
{
    snprintf(d->picture->caption, sizeof d->picture->caption,
             "How long requests took: all requests of all rounds, allocator %s, one curve a tuning. Left the time of "
             "the request itself; right the time that its client waited, had the requests come evenly (or as planned), "
             "so that a pause delays all that come during it.",
             baseline_allocator(d));
    return prepare_curves(d, write_latency_curves, error, error_size);
}

static int prepare_utilization(struct drawing *d, char *error, size_t error_size)
{
    snprintf(d->picture->caption, sizeof d->picture->caption,
             "The least share of any window of that length that is left to the program, pauses of all kinds taken "
             "off: thick MMU, thin BMU (the least MMU of all longer windows); allocator %s, one curve a tuning, "
             "median over runs. A curve stays at 0 %% up to the length of its longest pause.",
             baseline_allocator(d));
    return prepare_curves(d, write_utilization_curves, error, error_size);
}

static int prepare_floating(struct drawing *d, char *error, size_t error_size)
{
    snprintf(d->picture->caption, sizeof d->picture->caption,
             "What a lazy setting costs: memory of objects that nothing reaches any more and no collection has freed; "
             "allocator %s, one curve a tuning, each the run whose peak memory is the median. No garbage is the lower "
             "end of the axis.",
             baseline_allocator(d));
    return prepare_curves(d, write_floating_curves, error, error_size);
}

static int prepare_rss(struct drawing *d, char *error, size_t error_size)
{
    struct output out;
    char styles[PLOT_STYLES_BYTES];

    snprintf(d->picture->caption, sizeof d->picture->caption,
             "Resident memory while the workload ran: allocator %s, one curve a tuning, each the run whose peak is the "
             "median. Dots: its longest full collections, %d at most.",
             baseline_allocator(d), PLOT_MARKS);
    if (open_data(d, "-collections", &out, error, error_size) != 0)
        return -1;
    int blocks = write_collection_marks(d->s, d->subject, d->series, out.file, styles);
    blocks = finish_data(d, &out, blocks, d->more, error, error_size);
    d->arguments[4] = d->more;
    return blocks > 0 ? prepare_curves(d, write_rss_curves, error, error_size) : blocks;
}

/* The slowest and the fastest configuration, which are the smallest and the largest symbol. */
static void describe_sizes(const struct drawing *d, char *text, size_t size)
{
    struct spread least = {0}, most = {0};
    bool any = false;
    char slow[FORMAT_BYTES], fast[FORMAT_BYTES];

    for (size_t i = d->subject->first; i < d->subject->first + d->subject->count; i++) {
        const struct configuration *c = &d->s->configurations[i];
        const struct spread *throughput = &c->measure[MEASURE_THROUGHPUT];
        if (!c->counts)
            continue;
        if (!any || throughput->median < least.median)
            least = *throughput;
        if (!any || throughput->median > most.median)
            most = *throughput;
        any = true;
    }
    format_rate(least.median, slow, sizeof slow);
    format_rate(most.median, fast, sizeof fast);
    snprintf(text, size, "%s to %s", slow, fast);
}

static int prepare_tradeoff(struct drawing *d, char *error, size_t error_size)
{
    double floor_ns = pauseless_floor_ns(d->s, d->subject);
    char sizes[2 * FORMAT_BYTES + 8];
    struct output out;

    describe_sizes(d, sizes, sizeof sizes);
    snprintf(d->picture->caption, sizeof d->picture->caption,
             "What a setting costs: pause p99 against peak memory, one point a configuration. Colour: tuning; symbol: "
             "allocator; size: throughput (%s, larger is faster). Lower left is better; a ring marks what no other "
             "beats in all three, the line joins what no other beats in the two axes.",
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
    snprintf(d->argument[0], sizeof d->argument[0], "%zu", d->series->tuning_count);
    snprintf(d->argument[1], sizeof d->argument[1], "%zu", d->series->allocator_count);
    snprintf(d->argument[2], sizeof d->argument[2], "%.6g", floor_ns);
    d->arguments[2] = d->data;
    d->arguments[3] = d->more;
    for (int i = 0; i < 3; i++)
        d->arguments[4 + i] = d->argument[i];
    return points > 0 ? 1 : points;
}

static int prepare_thresholds(struct drawing *d, char *error, size_t error_size)
{
    struct output out;

    snprintf(d->picture->caption, sizeof d->picture->caption,
             "What threshold 0 does: collections of each generation and the time they take in all (median and "
             "quartiles), allocator %s. Tunings that are no plain thresholds are left out.",
             baseline_allocator(d));
    if (open_data(d, "", &out, error, error_size) != 0)
        return -1;
    int rows = finish_data(d, &out, write_thresholds(d->s, d->subject, out.file), d->data, error, error_size);
    snprintf(d->argument[0], sizeof d->argument[0], "%d", rows);
    d->arguments[2] = d->data;
    d->arguments[3] = d->argument[0];
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
    snprintf(d->argument[0], sizeof d->argument[0], "%zu", d->series->tuning_count);
    snprintf(d->argument[1], sizeof d->argument[1], "%zu", d->series->allocator_count);
    d->arguments[2] = d->data;
    d->arguments[3] = d->argument[0];
    d->arguments[4] = d->argument[1];
    d->arguments[5] = has_pauses(d->s, d->subject) ? "1" : "0";
    return rows > 0 ? 1 : rows;
}

static const struct kind kinds[KINDS] = {
    {"tradeoff", "Pauses, memory and throughput", prepare_tradeoff},
    {"pauses", "Pause percentiles", prepare_pauses},
    {"utilization", "Minimum mutator utilization", prepare_utilization},
    {"latency", "Request latency", prepare_latency},
    {"rss", "Memory over time", prepare_rss},
    {"floating", "Floating garbage over time", prepare_floating},
    {"thresholds", "Collections over threshold 0", prepare_thresholds},
    {"allocators", "Allocators side by side", prepare_allocators},
};

static int draw_as(struct drawing *d, const struct kind *kind, const char *format, char *error, size_t error_size)
{
    char script[32], path[PATH_MAX], temporary[PATH_MAX];

    snprintf(script, sizeof script, "%s.gp", kind->name);
    int length = snprintf(path, sizeof path, "%s/%s.%s", d->folder, d->picture->name, format);
    int other = snprintf(temporary, sizeof temporary, "%s/.%s.%s.new", d->folder, d->picture->name, format);
    if (length < 0 || other < 0 || (size_t)other >= sizeof temporary) {
        snprintf(error, error_size, "%s: path too long", d->folder);
        return -1;
    }
    d->arguments[0] = format;
    d->arguments[1] = temporary;
    if (gnuplot_run(d->plots, script, d->arguments, error, error_size) != 0) {
        unlink(temporary);
        return -1;
    }
    return output_adopt(temporary, path, error, error_size);
}

static int draw(struct drawing *d, const struct kind *kind, char *error, size_t error_size)
{
    struct picture *p = d->picture;

    snprintf(p->title, sizeof p->title, "%s", kind->title);
    int status = kind->prepare(d, error, error_size);
    if (status <= 0)
        return status;
    if (d->series->left_out > 0) {
        size_t length = strlen(p->caption);
        snprintf(p->caption + length, sizeof p->caption - length,
                 " Only the first %d tunings and %d allocators are drawn.", SERIES_TUNINGS, SERIES_ALLOCATORS);
    }
    if (d->plots != NULL)
        p->drawn = draw_as(d, kind, "svg", p->error, sizeof p->error) == 0 &&
                   draw_as(d, kind, "png", p->error, sizeof p->error) == 0;
    return 1;
}

enum { NAME_BYTES = 100, NAME_LETTERS = 40 };

/* Letters, digits and dashes; the runtime where it is not the model. */
static void plain_name(const struct subject *subject, char name[NAME_BYTES])
{
    size_t length = 0;
    for (const char *c = subject->workload; *c != '\0' && length < NAME_LETTERS; c++)
        name[length++] = isalnum((unsigned char)*c) ? *c : '-';
    name[length] = '\0';
    if (strcmp(subject->runtime, "model") != 0)
        snprintf(name + length, NAME_BYTES - length, "-%s",
                 strcmp(subject->runtime, "cpython") == 0 ? "cpython" : "other");
}

/* With a number behind an underscore, which no plain name has, where the name is taken. */
static void name_subject(const struct summary *s, size_t index, char *name, size_t size)
{
    size_t before = 0;
    char other[NAME_BYTES];

    plain_name(&s->subjects[index], name);
    for (size_t i = 0; i < index; i++) {
        plain_name(&s->subjects[i], other);
        before += strcmp(other, name) == 0;
    }
    size_t length = strlen(name);
    if (before > 0)
        snprintf(name + length, size - length, "_%zu", before + 1);
}

static int draw_subject(struct drawing *d, size_t index, struct pictures *out, char *error, size_t error_size)
{
    char name[NAME_BYTES];

    name_subject(d->s, index, name, sizeof name);
    for (size_t i = 0; i < KINDS; i++) {
        struct picture *p = &out->list[out->count];
        d->picture = p;
        memset(d->arguments, 0, sizeof d->arguments);
        p->subject = d->subject;
        snprintf(p->name, sizeof p->name, "%s-%s", name, kinds[i].name);
        int status = draw(d, &kinds[i], error, error_size);
        if (status < 0)
            return -1;
        if (status > 0) {
            out->count++;
            out->missing += !p->drawn;
        }
    }
    return 0;
}

static void say_why(struct pictures *pictures, const char *why)
{
    for (size_t i = 0; i < pictures->count; i++)
        if (!pictures->list[i].drawn && pictures->list[i].error[0] == '\0')
            snprintf(pictures->list[i].error, sizeof pictures->list[i].error, "%s", why);
}

int draw_pictures(const struct summary *s, const char *directory, struct pictures *out, char *error, size_t error_size)
{
    char folder[PATH_MAX], plots[PATH_MAX], why[400] = "";
    bool found = find_plots_folder(plots, sizeof plots, why, sizeof why) == 0;

    *out = (struct pictures){NULL, 0, 0};
    snprintf(folder, sizeof folder, "%s/plots", directory);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        snprintf(error, error_size, "%s: cannot create: %s", folder, strerror(errno));
        return -1;
    }
    out->list = calloc(s->subject_count * KINDS + 1, sizeof *out->list);
    if (out->list == NULL)
        return no_memory(error, error_size);
    for (size_t i = 0; i < s->subject_count; i++) {
        struct series series;
        struct drawing d = {.s = s, .subject = &s->subjects[i], .series = &series, .folder = folder};
        d.plots = found ? plots : NULL;
        series_of(s, d.subject, &series);
        if (draw_subject(&d, i, out, error, error_size) != 0) {
            pictures_free(out);
            return -1;
        }
    }
    say_why(out, why);
    return 0;
}

void pictures_free(struct pictures *pictures)
{
    free(pictures->list);
    *pictures = (struct pictures){NULL, 0, 0};
}
