#include "harness/report/pictures.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report/gnuplot.h"
#include "harness/store/output.h"
#include "harness/report/picture_kinds.h"
#include "harness/store/own_folder.h"

/* Whether the file begins as one of that format does: what calls itself gnuplot may have written anything. */
static bool is_picture(const char *path, const char *format)
{
    const char *wanted = strcmp(format, "png") == 0 ? "\x89PNG\r\n" : "<?xml";
    char first[16] = "";
    FILE *in = fopen(path, "re");

    if (in == NULL)
        return false;
    size_t length = fread(first, 1, strlen(wanted), in);
    fclose(in);
    return length == strlen(wanted) && memcmp(first, wanted, length) == 0;
}

static int draw_as(struct drawing *d, const struct picture_kind *kind, const char *format, char *error,
                   size_t error_size)
{
    char script[32], path[PATH_MAX], temporary[PATH_MAX];

    snprintf(script, sizeof script, "%s.gp", kind->name);
    int length = snprintf(path, sizeof path, "%s/%s.%s", d->folder, d->picture->name, format);
    if (length < 0 || (size_t)length >= sizeof path) {
        snprintf(error, error_size, "%s: path too long", d->folder);
        return -1;
    }
    if (output_make_temporary(path, temporary, error, error_size) != 0)
        return -1;
    d->arguments[0] = format;
    d->arguments[1] = temporary;
    int status = gnuplot_run(d->plots, script, d->arguments, error, error_size);
    if (status == 0 && !is_picture(temporary, format)) {
        snprintf(error, error_size, "gnuplot %s: wrote no picture", script);
        status = -1;
    }
    if (status == GNUPLOT_HUNG)
        d->plots = NULL;
    if (status != 0) {
        unlink(temporary);
        return -1;
    }
    return output_adopt(temporary, path, error, error_size);
}

static int draw(struct drawing *d, const struct picture_kind *kind, char *error, size_t error_size)
{
    struct picture *p = d->picture;

    snprintf(p->title, sizeof p->title, "%s", kind->title);
    int status = kind->prepare(d, error, error_size);
    if (status <= 0)
        return status;
    if (d->series->left_out > 0)
        snprintf(p->left_out, sizeof p->left_out, "Only the first %d tunings and %d allocators are drawn.",
                 SERIES_TUNINGS, SERIES_ALLOCATORS);
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
    for (size_t i = 0; i < PICTURE_KINDS; i++) {
        struct picture *p = &out->list[out->count];
        d->picture = p;
        memset(d->arguments, 0, sizeof d->arguments);
        p->subject = d->subject;
        p->kind = picture_kinds[i].name;
        p->layout = &picture_kinds[i].layout;
        snprintf(p->name, sizeof p->name, "%s-%s", name, picture_kinds[i].name);
        int status = has_data_of(d->s, &picture_kinds[i]) ? draw(d, &picture_kinds[i], error, error_size) : 0;
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

    *out = (struct pictures){NULL, 0, 0, 0};
    size_t pictured = s->subject_count < PICTURED_SUBJECTS ? s->subject_count : PICTURED_SUBJECTS;
    out->unpictured = s->subject_count - pictured;
    /* gnuplot takes a name that begins with < or | for a command, and others for no file at all. */
    snprintf(folder, sizeof folder, "%s%s/plots", directory[0] == '/' ? "" : "./", directory);
    if (own_folder_make(folder, error, error_size) != 0)
        return -1;
    out->list = calloc(pictured * PICTURE_KINDS + 1, sizeof *out->list);
    if (out->list == NULL) {
        snprintf(error, error_size, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < pictured; i++) {
        struct series series;
        struct drawing d = {.s = s, .subject = &s->subjects[i], .series = &series, .folder = folder};
        d.plots = found ? plots : NULL;
        series_of(s, d.subject, &series);
        if (draw_subject(&d, i, out, error, error_size) != 0) {
            pictures_free(out);
            return -1;
        }
        if (found && d.plots == NULL) {
            found = false;
            snprintf(why, sizeof why, "gnuplot did not end before");
        }
    }
    say_why(out, why);
    return 0;
}

void pictures_free(struct pictures *pictures)
{
    free(pictures->list);
    *pictures = (struct pictures){NULL, 0, 0, 0};
}
