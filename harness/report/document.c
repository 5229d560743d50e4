#include "harness/report/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/document_parts.h"
#include "harness/report/hyperfine_section.h"
#include "harness/report/paste.h"
#include "harness/report/picture_kinds.h"
#include "harness/report/words.h"
#include "harness/sweep/text_stream.h"

/* Configurations in the tables of one document, over all of its workloads. */
enum { ROWS_MOST = 3000, ROWS_MOST_OF_ONE = 250, ROWS_LEAST = 20, WARNINGS_MOST = 12 };

static int write_text(struct writing *w, void (*put)(FILE *, const char *),
                      void (*produce)(const struct summary *, FILE *))
{
    struct text_stream memory;

    if (text_stream_open(&memory) == NULL)
        return -1;
    produce(w->report->summary, memory.file);
    char *text = text_stream_close(&memory);
    if (text == NULL)
        return -1;
    put(w->f, text);
    free(text);
    return 0;
}

/* ---- Warnings ---- */

struct warning_list {
    struct writing *w;
    size_t count;
};

static void put_warning(void *context, const char *text)
{
    struct warning_list *list = context;

    if (list->count++ < WARNINGS_MOST)
        list->w->format->warning(list->w->f, text);
}

static void put_picture_warning(struct warning_list *list, const struct pictures *pictures)
{
    char text[600];

    for (size_t i = 0; pictures != NULL && i < pictures->count; i++) {
        if (pictures->list[i].drawn)
            continue;
        snprintf(text, sizeof text, "%zu of %zu pictures could not be drawn: %s.", pictures->missing, pictures->count,
                 pictures->list[i].error);
        put_warning(list, text);
        return;
    }
}

static int write_warnings(struct writing *w)
{
    struct warning_list list = {w, 0};
    char text[100];

    put_picture_warning(&list, w->report->pictures);
    if (each_warning(w->report->summary, put_warning, &list) != 0)
        return -1;
    if (list.count <= WARNINGS_MOST)
        return 0;
    snprintf(text, sizeof text, "%zu more warnings are in results.json.", list.count - WARNINGS_MOST);
    w->format->paragraph(w->f, text);
    return 0;
}

/* ---- The answer ---- */

void write_findings(struct writing *w, const struct findings *findings)
{
    w->format->list_begin(w->f);
    for (size_t i = 0; i < FINDINGS; i++)
        w->format->list_item(w->f, findings->sentence[i]);
    w->format->list_end(w->f);
}

static int write_lines(struct writing *w, const struct configuration *setting)
{
    struct paste *p = malloc(sizeof *p);
    const char *lines[PASTE_LINES];
    size_t count = 0;

    if (p == NULL)
        return -1;
    paste_of(setting, p);
    while (count < PASTE_LINES && p->python[count][0] != '\0') {
        lines[count] = p->python[count];
        count++;
    }
    w->format->paragraph(w->f, "To set the fastest (gcsweep recommend chooses within budgets of pause and memory):");
    w->format->command(w->f, lines, count);
    if (!p->environment_is_default) {
        lines[0] = p->shell;
        w->format->command(w->f, lines, 1);
    }
    if (p->note[0] != '\0')
        w->format->paragraph(w->f, p->note);
    free(p);
    return 0;
}

static int write_answer_of(struct writing *w, const char *runtime, const struct configuration **fastest)
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
    write_findings(w, &findings);
    *fastest = findings.fastest;
    return 0;
}

static int write_answers(struct writing *w)
{
    const struct summary *s = w->report->summary;
    const struct configuration *fastest = NULL, *here;

    w->format->heading(w->f, "The answer", "answer");
    for (size_t i = 0; i < s->subject_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(s->subjects[k].runtime, s->subjects[i].runtime) == 0;
        if (seen)
            continue;
        if (write_answer_of(w, s->subjects[i].runtime, &here) != 0)
            return -1;
        if (fastest == NULL || strcmp(s->subjects[i].runtime, "cpython") == 0) /* the lines are for the real one */
            fastest = here;
    }
    return fastest != NULL ? write_lines(w, fastest) : 0;
}

/* ---- The noise floor ---- */

static void write_noise_table(struct writing *w)
{
    static const char *const headers[] = {"workload", "ran twice", "wall time", "pause p99", "peak RSS", "verdict"};
    enum { CELLS = sizeof headers / sizeof *headers };
    const struct summary *s = w->report->summary;
    char cell[CELLS][4 * RECORD_TEXT_BYTES];
    const char *cells[CELLS];

    for (int i = 0; i < CELLS; i++)
        cells[i] = cell[i];
    w->format->heading(w->f, "The noise floor", "noise");
    w->format->paragraph(w->f,
                         "One configuration of each workload ran twice a round under two names (A/A). Its ratio "
                         "to itself is what this machine calls a difference when there is none; smaller "
                         "differences mean nothing. By chance its interval excludes 1 in 3 to 5 of 100 workloads.");
    w->format->table_begin(w->f, headers, CELLS);
    for (size_t i = 0; i < s->subject_count && i < ROWS_MOST_OF_ONE; i++) {
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

/* ---- The whole ---- */

static size_t subjects_shown(const struct summary *s)
{
    return s->subject_count < SUBJECTS_MOST ? s->subject_count : SUBJECTS_MOST;
}

static size_t rows_for(size_t subjects)
{
    size_t rows = subjects > 0 ? ROWS_MOST / subjects : 0;

    return rows > ROWS_MOST_OF_ONE ? ROWS_MOST_OF_ONE : rows < ROWS_LEAST ? ROWS_LEAST : rows;
}

static void subject_title(const struct subject *subject, char *text, size_t size)
{
    bool model = strcmp(subject->runtime, "model") == 0;

    snprintf(text, size, "%s%s%s", subject->workload, model ? "" : " on ", model ? "" : subject->runtime);
}

/* A link to every heading: tests/test_page.c sees to it. */
static void write_contents(struct writing *w, bool hyperfine)
{
    static const struct link before[] = {
        {"The answer", "answer"}, {"What was measured", "measured"}, {"The noise floor", "noise"}};
    static const struct link after[] = {{"Whole processes", "hyperfine"}, {"Failed runs", "failed"},
                                        {"Disturbed runs", "disturbed"},  {"The machine and the versions", "machine"},
                                        {"The files", "files"},           {"Do it again", "again"},
                                        {"How it was measured", "method"}};
    enum { BEFORE = sizeof before / sizeof *before, AFTER = sizeof after / sizeof *after };
    const struct summary *s = w->report->summary;
    char titles[SUBJECTS_MOST][2 * RECORD_TEXT_BYTES + 4];
    struct link links[BEFORE + SUBJECTS_MOST + AFTER];
    size_t count = 0;

    if (w->format->contents == NULL || s->subject_count == 0)
        return;
    while (count < BEFORE) {
        links[count] = before[count];
        count++;
    }
    for (size_t i = 0; i < subjects_shown(s); i++) {
        subject_title(&s->subjects[i], titles[i], sizeof titles[i]);
        links[count].text = titles[i];
        snprintf(links[count++].id, LINK_BYTES, "workload-%zu", i + 1);
    }
    for (size_t i = hyperfine ? 0 : 1; i < AFTER; i++)
        links[count++] = after[i];
    w->format->contents(w->f, links, count);
}

/* Also where no pictures were asked for: what is not in the results is not in the files beside the page either. */
static void say_what_was_left_out(struct writing *w)
{
    char text[600];

    if (result_set_has_lists(w->report->summary->results))
        return;
    size_t length = (size_t)snprintf(text, sizeof text,
                                     "These results are a copy without the lists of their runs (gcsweep merge "
                                     "--without-lists), so these pictures are not here:");
    for (size_t i = 0, named = 0; i < PICTURE_KINDS && length < sizeof text; i++)
        if (picture_kinds[i].of_lists)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s %s", named++ > 0 ? "," : "",
                                       picture_kinds[i].title);
    if (length < sizeof text)
        snprintf(text + length, sizeof text - length, ". All other figures are those of the whole results.");
    w->format->paragraph(w->f, text);
}

static void say_what_has_no_pictures(struct writing *w)
{
    const struct pictures *pictures = w->report->pictures;
    char text[120];

    if (pictures == NULL || pictures->unpictured == 0)
        return;
    snprintf(text, sizeof text, "The first %d workloads have pictures, the other %zu tables alone.", PICTURED_SUBJECTS,
             pictures->unpictured);
    w->format->paragraph(w->f, text);
}

static int write_subjects(struct writing *w)
{
    const struct summary *s = w->report->summary;
    char title[2 * RECORD_TEXT_BYTES + 4], id[LINK_BYTES], text[200];

    for (size_t i = 0; i < subjects_shown(s); i++) {
        subject_title(&s->subjects[i], title, sizeof title);
        snprintf(id, sizeof id, "workload-%zu", i + 1);
        w->format->heading(w->f, title, id);
        if (write_subject(w, &s->subjects[i]) != 0)
            return -1;
    }
    if (subjects_shown(s) == s->subject_count)
        return 0;
    snprintf(text, sizeof text, "%zu more workloads are left out here: summary.csv and results.json have them.",
             s->subject_count - subjects_shown(s));
    w->format->paragraph(w->f, text);
    return 0;
}

int write_document(const struct report *report, const struct document_format *format, FILE *f)
{
    const struct summary *s = report->summary;
    struct writing w = {report, format, f, rows_for(subjects_shown(s))};
    struct hyperfine_rows timed;
    char error[600] = "";

    if (format->begin(f, "Collector settings and allocators, measured") != 0)
        return -1;
    if (s->subject_count > 0 && write_answers(&w) != 0)
        return -1;
    if (write_warnings(&w) != 0)
        return -1;
    if (hyperfine_load(s, report->directory, &timed, error, sizeof error) != 0)
        format->warning(f, error);
    write_contents(&w, timed.count > 0);
    format->heading(f, "What was measured", "measured");
    if (write_text(&w, format->paragraph, write_question) != 0)
        return -1;
    say_what_was_left_out(&w);
    say_what_has_no_pictures(&w);
    if (s->subject_count > 0)
        write_noise_table(&w);
    int status = write_subjects(&w);
    if (timed.count > 0)
        write_hyperfine_section(&timed, format, f);
    hyperfine_free(&timed);
    if (status != 0 || write_facts(&w) != 0)
        return -1;
    format->end(f);
    return 0;
}
