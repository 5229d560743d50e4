#include "harness/analysis/hyperfine.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/own_folder.h"
#include "harness/sweep/line.h"
#include "harness/record/json_text.h"

#define FILE_NAME "hyperfine.json"

/* Ten runs of two commands are a few KiB for each workload. */
enum { MOST_BYTES = 16 << 20 };

/* ---- One command of theirs ---- */

struct timed {
    const char *name;
    double median_s;
    size_t runs;
    bool failed;
};

static bool read_timed(const json_t *result, struct timed *out)
{
    const json_t *codes = json_object_get(result, "exit_codes"), *code;
    size_t i;

    out->name = json_string_value(json_object_get(result, "command"));
    out->median_s = json_number_value(json_object_get(result, "median"));
    out->runs = json_array_size(json_object_get(result, "times"));
    out->failed = false;
    json_array_foreach(codes, i, code) out->failed =
        out->failed || !json_is_integer(code) || json_integer_value(code) != 0;
    return out->name != NULL && out->median_s > 0 && isfinite(out->median_s);
}

static bool find_timed(const json_t *results, const char *name, struct timed *out)
{
    const json_t *result;
    size_t i;

    json_array_foreach(results, i, result) if (read_timed(result, out) && strcmp(out->name, name) == 0) return true;
    return false;
}

/* ---- Ours ---- */

static int process_ratio(const struct configuration *c, const struct configuration *base, struct interval *out)
{
    double *logs = malloc((c->run_count + 1) * sizeof *logs);
    size_t pairs = 0;

    if (logs == NULL)
        return -1;
    for (size_t i = 0, k = 0; i < c->run_count && k < base->run_count;) {
        const struct run_record *a = c->runs[i], *b = base->runs[k];
        if (a->round == b->round && run_is_ok(a) && run_is_ok(b) && a->process_ns != RECORD_UNKNOWN &&
            b->process_ns != RECORD_UNKNOWN && a->process_ns > 0 && b->process_ns > 0)
            logs[pairs++] = log((double)a->process_ns / (double)b->process_ns);
        i += a->round <= b->round;
        k += b->round <= a->round;
    }
    int status = ratio_of_logs(logs, pairs, out);
    free(logs);
    return status;
}

static int fill_row(const struct summary *s, const struct subject *subject, const struct configuration *c,
                    const struct timed *reference, const struct timed *setting, struct hyperfine_row *row)
{
    *row = (struct hyperfine_row){
        .subject = subject,
        .setting = c,
        .reference = &s->configurations[subject->baseline],
        .reference_ns = reference->median_s * 1e9,
        .setting_ns = setting->median_s * 1e9,
        .runs = reference->runs < setting->runs ? reference->runs : setting->runs,
        .theirs = setting->median_s / reference->median_s,
        .failed = reference->failed || setting->failed,
    };
    if (process_ratio(c, row->reference, &row->ours) != 0)
        return -1;
    row->difference = row->theirs / row->ours.estimate - 1;
    return 0;
}

/* ---- All ---- */

static int compare_subject(const struct summary *s, const struct subject *subject, const json_t *results,
                           struct hyperfine_rows *out)
{
    struct timed reference, setting;

    if (!s->configurations[subject->baseline].counts ||
        !find_timed(results, s->configurations[subject->baseline].dimensions->configuration, &reference))
        return 0;
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        if (i == subject->baseline || !c->counts || out->count == json_array_size(results) ||
            !find_timed(results, c->dimensions->configuration, &setting))
            continue;
        if (fill_row(s, subject, c, &reference, &setting, &out->row[out->count]) != 0)
            return -1;
        out->count++;
    }
    return 0;
}

int hyperfine_load(const struct summary *s, const char *directory, struct hyperfine_rows *out, char *error,
                   size_t error_size)
{
    char path[PATH_MAX];
    json_error_t why;
    FILE *file;

    *out = (struct hyperfine_rows){0};
    if (snprintf(path, sizeof path, "%s/" FILE_NAME, directory) >= (int)sizeof path)
        return 0;
    if (own_file_open(path, MOST_BYTES, &file, error, error_size) != 0)
        return -1;
    if (file == NULL)
        return 0;
    json_t *root = json_text_read_file(file, 0, &why);
    fclose(file);
    const json_t *results = json_object_get(root, "results");
    if (!json_is_array(results)) {
        json_decref(root);
        return line_error(error, error_size, "%s: %s", path, root == NULL ? why.text : "has no results of hyperfine");
    }
    out->row = calloc(json_array_size(results) + 1, sizeof *out->row);
    int status = out->row != NULL ? 0 : -1;
    for (size_t i = 0; i < s->subject_count && status == 0; i++)
        status = compare_subject(s, &s->subjects[i], results, out);
    json_decref(root);
    if (status == 0)
        return 0;
    hyperfine_free(out);
    return line_error(error, error_size, "out of memory");
}

void hyperfine_free(struct hyperfine_rows *rows)
{
    free(rows->row);
    *rows = (struct hyperfine_rows){0};
}

bool hyperfine_disagrees(const struct hyperfine_row *row)
{
    return !row->failed && fabs(row->difference) > HYPERFINE_TOLERANCE; /* false for NaN */
}
