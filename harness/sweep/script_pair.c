/* script_pair.c - one heap script on both runtimes. */
#include "harness/sweep/script_pair.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/sweep/output_difference.h"
#include "harness/sweep/line.h"
#include "harness/sweep/script_run.h"

int script_pair_open(struct script_pair *p, const struct runner *r, char *error, size_t error_size)
{
    const char *below = getenv("TMPDIR");
    p->runner = r;
    int n = snprintf(p->folder, sizeof p->folder, "%s/gcsweep-scripts-XXXXXX", below && below[0] ? below : "/tmp");
    if (n >= (int)sizeof p->folder)
        errno = ENAMETOOLONG;
    else if (mkdtemp(p->folder)) {
        snprintf(p->path, sizeof p->path, "%s/random.heap", p->folder);
        return 0;
    }
    return line_error(error, error_size, "cannot make a folder for the scripts, %s: %s", p->folder, strerror(errno));
}

void script_pair_close(struct script_pair *p)
{
    unlink(p->path);
    rmdir(p->folder);
}

static int write_script(const struct script_pair *p, const char *text, size_t length, char *error, size_t error_size)
{
    FILE *file = fopen(p->path, "w");
    bool written = file && fwrite(text, 1, length, file) == length;
    if (file && fclose(file) != 0)
        written = false;
    return written ? 0 : line_error(error, error_size, "cannot write %s: %s", p->path, strerror(errno));
}

static void describe_end(const struct script_outcome *o, char *text, size_t size)
{
    if (o->exit_code == 0)
        snprintf(text, size, "ends well");
    else
        snprintf(text, size, "%s", o->message);
}

static void judge(const struct script_outcome *model, const struct script_outcome *cpython, struct script_verdict *out)
{
    bool same_lines = same_output(model->lines, cpython->lines, out->difference, sizeof out->difference);
    out->well = model->exit_code == 0 && cpython->exit_code == 0;
    out->differ = !same_lines || model->exit_code != cpython->exit_code;
    out->equal = out->well && same_lines && !model->cut;
    if (same_lines && !out->well) {
        char of_model[RECORD_TEXT_BYTES], of_cpython[RECORD_TEXT_BYTES];
        describe_end(model, of_model, sizeof of_model);
        describe_end(cpython, of_cpython, sizeof of_cpython);
        snprintf(out->difference, sizeof out->difference, "model %.*s, cpython %.*s", SCRIPT_DIFFERENCE_BYTES / 2 - 20,
                 of_model, SCRIPT_DIFFERENCE_BYTES / 2 - 20, of_cpython);
    } else if (same_lines && model->cut) {
        snprintf(out->difference, sizeof out->difference, "both print more than can be compared");
    }
    line_clean(out->difference);
}

int script_pair_run(const struct script_pair *p, const char *text, size_t length, struct script_verdict *out,
                    char *error, size_t error_size)
{
    struct script_outcome model, cpython;
    *out = (struct script_verdict){0};
    int result = write_script(p, text, length, error, error_size);
    if (result == 0)
        result = script_run(p->runner, "model", p->path, &model, error, error_size);
    if (result != 0)
        return result;
    result = script_run(p->runner, "cpython", p->path, &cpython, error, error_size);
    if (result == 0) {
        judge(&model, &cpython, out);
        script_outcome_free(&cpython);
    }
    script_outcome_free(&model);
    return result;
}
