#include "harness/report/document.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/findings.h"
#include "harness/report/cells.h"
#include "harness/report/format.h"
#include "harness/report/machine.h"
#include "harness/report/subject_tables.h"
#include "harness/report/words.h"

/* What the functions below share: the report, where it goes, and how. */
struct writing {
    const struct report *report;
    const struct document_format *format;
    FILE *f;
};

static const char *const method[] = {
    "Every run is a fresh process with the allocator preloaded; configurations are shuffled within each round, so that "
    "drift of the machine hits all alike.",
    "Spread is shown as median [lower quartile, upper quartile] over runs. No outlier is removed: pauses are the "
    "outliers.",
    "A ratio compares runs of the same round with the default configuration of the same workload and runtime (or "
    "what stands in for it, with a warning): the "
    "Hodges-Lehmann estimate with the exact interval of the signed-rank test, 95 % or a little more, from 6 pairs on. "
    "An interval that includes 1 is not resolved. Intervals are not corrected for the number of comparisons: of 20 "
    "settings that are all like the default, one is resolved by chance.",
    "A pause is the time that the program stands still for one collection; the p99 of fewer than 100 pauses is the "
    "longest and says max. Peak RSS is the worker's own high-water mark.",
    "The Pareto front (*) of longest pause, peak RSS and throughput leaves out a configuration only when another is at "
    "least as good in all three medians (within 1 %) and better in one by more than 2 %, with an interval that "
    "excludes 1. With fewer than 6 rounds nothing is left out.",
    "A bare C mutator allocates many times faster than Python code does, so the share of collection is larger than in "
    "an interpreter: compare settings with it, do not read it as the share of a program.",
};

static int write_text(struct writing *w, void (*put)(FILE *, const char *),
                      void (*produce)(const struct summary *, FILE *))
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);

    if (memory == NULL)
        return -1;
    produce(w->report->summary, memory);
    int status = fclose(memory) == 0 && text != NULL ? 0 : -1;
    if (status == 0)
        put(w->f, text);
    free(text);
    return status;
}

static void put_warning(void *context, const char *text)
{
    struct writing *w = context;

    w->format->warning(w->f, text);
}

static void write_picture_warning(struct writing *w)
{
    const struct pictures *pictures = w->report->pictures;
    char text[600];

    for (size_t i = 0; pictures != NULL && i < pictures->count; i++) {
        if (pictures->list[i].drawn)
            continue;
        snprintf(text, sizeof text, "%zu of %zu pictures could not be drawn: %s.", pictures->missing, pictures->count,
                 pictures->list[i].error);
        w->format->warning(w->f, text);
        return;
    }
}

static void write_list(struct writing *w, const struct findings *findings)
{
    w->format->list_begin(w->f);
    for (size_t i = 0; i < FINDINGS; i++)
        w->format->list_item(w->f, findings->sentence[i]);
    w->format->list_end(w->f);
}

static int write_answer_of(struct writing *w, const char *runtime)
{
    struct findings findings;
    char text[400];

    if (find_findings_of_runtime(w->report->summary, runtime, &findings) != 0)
        return -1;
    char left_out[80] = "";
    if (findings.left_out > 0)
        snprintf(left_out, sizeof left_out, "; %zu without figures to compare left out", findings.left_out);
    if (findings.workloads > 1)
        snprintf(text, sizeof text,
                 "Over %zu workloads on runtime %.100s (geometric means of the ratios%s):", findings.workloads, runtime,
                 left_out);
    else
        snprintf(text, sizeof text, "On runtime %.100s%s:", runtime, left_out);
    w->format->paragraph(w->f, text);
    write_list(w, &findings);
    return 0;
}

static int write_answers(struct writing *w)
{
    const struct summary *s = w->report->summary;

    w->format->heading(w->f, "The answer");
    for (size_t i = 0; i < s->subject_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(s->subjects[k].runtime, s->subjects[i].runtime) == 0;
        if (!seen && write_answer_of(w, s->subjects[i].runtime) != 0)
            return -1;
    }
    return 0;
}

static void write_noise_table(struct writing *w)
{
    static const char *const headers[] = {"workload", "ran twice", "wall time", "pause p99", "peak RSS", "verdict"};
    enum { CELLS = sizeof headers / sizeof *headers };
    const struct summary *s = w->report->summary;
    char cell[CELLS][4 * RECORD_TEXT_BYTES];
    const char *cells[CELLS];

    for (int i = 0; i < CELLS; i++)
        cells[i] = cell[i];
    w->format->heading(w->f, "The noise floor");
    w->format->paragraph(w->f,
                         "One configuration of each workload ran twice a round under two names (A/A). Its ratio "
                         "to itself is what this machine calls a difference when there is none; smaller "
                         "differences mean nothing. By chance its interval excludes 1 in 3 to 5 of 100 workloads.");
    w->format->table_begin(w->f, headers, CELLS);
    for (size_t i = 0; i < s->subject_count; i++) {
        const struct noise *n = &s->subjects[i].noise;
        if (n->twin != NULL && strcmp(n->twin->runtime, s->subjects[i].runtime) != 0)
            continue;
        snprintf(cell[0], sizeof cell[0], "%s", s->subjects[i].label);
        snprintf(cell[1], sizeof cell[1], "%s", "none");
        if (n->twin != NULL)
            snprintf(cell[1], sizeof cell[1], "%s %s, %s", n->twin->allocator, n->twin->tuning, n->twin->runtime);
        ratio_text(&n->wall, cell[2], sizeof cell[2]);
        ratio_text(&n->p99, cell[3], sizeof cell[3]);
        ratio_text(&n->rss, cell[4], sizeof cell[4]);
        if (n->verdict == NOISE_FLOOR)
            snprintf(cell[5], sizeof cell[5], "floor %.1f %%", n->floor * 100);
        else
            snprintf(cell[5], sizeof cell[5], "%s", n->verdict == NOISE_INVALID ? "INVALID" : "unknown");
        const double keys[CELLS] = {NAN, NAN, n->wall.estimate, n->p99.estimate, n->rss.estimate, n->floor};
        w->format->table_row(w->f, cells, keys, CELLS, n->verdict == NOISE_INVALID);
    }
    w->format->table_end(w->f);
}

static int write_table(struct writing *w, const struct subject *subject)
{
    const struct summary *s = w->report->summary;
    struct cells *cells = malloc(sizeof *cells);
    const char *texts[COLUMNS], *headers[COLUMNS];

    if (cells == NULL)
        return -1;
    for (int i = 0; i < COLUMNS; i++) {
        texts[i] = cells->text[i];
        headers[i] = column_header(i, baseline_word(s, subject));
    }
    w->format->table_begin(w->f, headers, COLUMNS);
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        fill_cells(s, &s->configurations[i], subject, cells);
        w->format->table_row(w->f, texts, cells->key, COLUMNS, s->configurations[i].on_front);
    }
    w->format->table_end(w->f);
    free(cells);
    return 0;
}

static void write_pictures(struct writing *w, const struct subject *subject)
{
    const struct pictures *pictures = w->report->pictures;
    char text[600];

    for (size_t i = 0; pictures != NULL && i < pictures->count; i++) {
        const struct picture *p = &pictures->list[i];
        if (p->subject != subject)
            continue;
        if (p->drawn) {
            w->format->picture(w->f, p, w->report->directory);
        } else {
            snprintf(text, sizeof text, "Not drawn: %s (%s).", p->title, p->error);
            w->format->warning(w->f, text);
        }
    }
}

static void describe_subject(const struct subject *subject, char *text, size_t size)
{
    char noise[4 * FORMAT_BYTES], checksum[80] = "no checksum known";

    write_noise(subject, noise, sizeof noise);
    if (subject->has_checksum)
        snprintf(checksum, sizeof checksum, "%s checksum %016" PRIx64,
                 subject->checksums_agree ? "every run has the" : "NOT every run has the", subject->checksum);
    snprintf(text, size, "%s on runtime %s; %s; %s.", subject->label, subject->runtime, checksum, noise);
}

static int write_subject(struct writing *w, const struct subject *subject)
{
    struct findings findings;
    char text[8 * RECORD_TEXT_BYTES];

    snprintf(text, sizeof text, "%s%s%s", subject->workload, strcmp(subject->runtime, "model") == 0 ? "" : " on ",
             strcmp(subject->runtime, "model") == 0 ? "" : subject->runtime);
    w->format->heading(w->f, text);
    describe_subject(subject, text, sizeof text);
    w->format->paragraph(w->f, text);
    if (subject->noise.verdict == NOISE_INVALID)
        w->format->warning(w->f, "The figures of this workload are marked invalid: its A/A twin differs from itself.");
    bool counts = w->report->summary->configurations[subject->baseline].counts;
    if (find_findings(w->report->summary, &subject, counts ? 1 : 0, &findings) != 0)
        return -1;
    write_list(w, &findings);
    if (write_table(w, subject) != 0)
        return -1;
    write_pictures(w, subject);
    const struct summary *s = w->report->summary;
    if (write_longest_table(s, subject, w->format, w->f) != 0)
        return -1;
    write_latency_table(s, subject, w->format, w->f);
    write_overhead_table(s, subject, w->format, w->f);
    return write_memory_table(s, subject, w->format, w->f);
}

static void write_failed_runs(struct writing *w)
{
    static const char *const headers[] = {"configuration", "round", "status", "message"};
    enum { CELLS = sizeof headers / sizeof *headers };
    const struct summary *s = w->report->summary;
    size_t at = 0;

    w->format->heading(w->f, "Failed runs");
    if (s->failed == 0) {
        w->format->paragraph(w->f, "None.");
        return;
    }
    w->format->table_begin(w->f, headers, CELLS);
    for (const struct run_record *run; (run = next_failed_run(s, &at)) != NULL;) {
        char configuration[RECORD_TEXT_BYTES + 16], round[24];
        snprintf(configuration, sizeof configuration, "%s%s", run->configuration, run->twin ? " (twin)" : "");
        snprintf(round, sizeof round, "%" PRIu64, run->round);
        const char *const cells[CELLS] = {configuration, round, run->status, run->message};
        w->format->table_row(w->f, cells, NULL, CELLS, false);
    }
    w->format->table_end(w->f);
}

static void put_fact(void *context, const char *name, const char *text)
{
    struct writing *w = context;
    const char *const cells[] = {name, text};

    w->format->table_row(w->f, cells, NULL, 2, false);
}

/* What the runs' own records have said already is left out; bytes get a unit. */
static void put_environment(void *context, const char *name, const char *text)
{
    static const char *const said[] = {"gcsweep", "compiler", "kernel", "allocators."};
    char figure[FORMAT_BYTES], *end;

    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        bool is_prefix = said[i][strlen(said[i]) - 1] == '.';
        if (is_prefix ? strncmp(name, said[i], strlen(said[i])) == 0 : strcmp(name, said[i]) == 0)
            return;
    }
    double bytes = strtod(text, &end);
    if (end > text && *end == '\0' && strstr(name, "_bytes") != NULL) {
        format_bytes(bytes, figure, sizeof figure);
        text = figure;
    }
    put_fact(context, name, text);
}

/* What the sweep spent on itself, where it says so. */
static void put_harness_share(struct writing *w)
{
    const char *share = find_result_fact(w->report->summary->results, "harness_share");
    char text[FORMAT_BYTES];

    if (share == NULL)
        return;
    format_share(strtod(share, NULL), text, sizeof text);
    put_fact(w, "time outside workers", text);
}

/* Of a sweep with a precision: what it reached. */
static void put_precision(struct writing *w)
{
    char text[2 * RECORD_TEXT_BYTES];

    write_precision(w->report->summary->results, text, sizeof text);
    if (text[0] != '\0')
        put_fact(w, "widest interval of wall and peak RSS", text);
}

static void put_channel(struct writing *w)
{
    char text[2 * RECORD_TEXT_BYTES];

    if (write_channel(&w->report->summary->channel, text, sizeof text))
        put_fact(w, "noise channel", text);
}

static void write_machine(struct writing *w)
{
    static const char *const headers[] = {"what", "value"};

    w->format->heading(w->f, "The machine and the versions");
    w->format->table_begin(w->f, headers, 2);
    each_version(w->report->summary, put_fact, w);
    put_harness_share(w);
    put_precision(w);
    put_channel(w);
    each_machine_fact(w->report->summary->results->environment, put_environment, w);
    w->format->table_end(w->f);
}

static void write_reproduction(struct writing *w)
{
    const char *command = find_result_fact(w->report->summary->results, "command");

    w->format->heading(w->f, "Do it again");
    if (command != NULL) {
        w->format->paragraph(w->f, "The command that made these results:");
        w->format->command(w->f, command);
    }
    w->format->paragraph(w->f, "The same plan again, from these results:");
    w->format->command(w->f, w->report->again);
}

static void write_method(struct writing *w)
{
    w->format->heading(w->f, "How it was measured");
    w->format->list_begin(w->f);
    for (size_t i = 0; i < sizeof method / sizeof *method; i++)
        w->format->list_item(w->f, method[i]);
    w->format->list_end(w->f);
}

int write_document(const struct report *report, const struct document_format *format, FILE *f)
{
    struct writing w = {report, format, f};
    const struct summary *s = report->summary;

    format->begin(f, "Collector settings and allocators, measured");
    if (write_text(&w, format->paragraph, write_question) != 0)
        return -1;
    each_warning(s, put_warning, &w);
    write_picture_warning(&w);
    if (s->subject_count > 0) {
        if (write_answers(&w) != 0)
            return -1;
        write_noise_table(&w);
    }
    for (size_t i = 0; i < s->subject_count; i++)
        if (write_subject(&w, &s->subjects[i]) != 0)
            return -1;
    write_failed_runs(&w);
    write_machine(&w);
    write_reproduction(&w);
    write_method(&w);
    format->end(f);
    return 0;
}
