/* interpreter.c - how much slower an interpreter's mutator is than ours. */
#include "harness/sweep/interpreter.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/sweep/host.h"
#include "harness/sweep/line.h"
#include "harness/sweep/text_run.h"

const struct interpreter_probe interpreter_probes[] = {
    {"short-lived", "short_lived.py", "steps=200"},
    {"chain", "chain.py", "total_objects=300000"},
};
const size_t interpreter_probe_count = sizeof interpreter_probes / sizeof interpreter_probes[0];

enum { TURNS = 3 };

/* ---- Finding ---- */

int interpreter_find(char *path, size_t size, char *error, size_t error_size)
{
    const char *asked = getenv("PYTHON");
    const char *name = asked && asked[0] ? asked : "python3";
    if (strchr(name, '/'))
        snprintf(path, size, "%s", access(name, X_OK) == 0 ? name : "");
    else
        host_find_program(name, path, size);
    if (path[0])
        return 0;
    return line_error(error, error_size, "no %s%s; PYTHON=PATH names the interpreter", name,
                      name == asked ? ", which PYTHON names" : " in PATH");
}

static int find_script(const char *name, char *path, size_t size, char *error, size_t error_size)
{
    /* From BUILD/gcsweep, BUILD/tests/test_interpreter, and bin/gcsweep. */
    static const char *const places[] = {"share", "../share", "../share/gcsweep"};
    char folder[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    folder[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        path[0] = '\0';
        line_append(path, size, "%s/%s/%s", folder, places[i], name);
        if (access(path, R_OK) == 0)
            return 0;
    }
    return line_error(error, error_size, "%s was not found beside the program", name);
}

/* ---- Measuring ---- */

struct times {
    double mutator_ns[TURNS], gc_ns[TURNS];
};

int interpreter_parse(const char *line, double *mutator_ns, double *gc_ns)
{
    uint64_t mutator, gc;
    int end = 0;
    if (sscanf(line, "mutator_ns=%" SCNu64 " gc_ns=%" SCNu64 "%n", &mutator, &gc, &end) != 2 || mutator == 0 ||
        line[end + (int)strspn(line + end, "\n")] != '\0')
        return -1;
    *mutator_ns = (double)mutator;
    *gc_ns = (double)gc;
    return 0;
}

static int run_python(const struct runner *r, const char *python, const struct interpreter_probe *probe,
                      struct times *out, size_t turn, char *error, size_t error_size)
{
    char script[PATH_MAX];
    struct worker_command command;
    struct text_run run;
    if (find_script(probe->script, script, sizeof script, error, error_size) != 0)
        return -1;
    /* Nothing of the user's settings, but the module beside the script (-I would hide it); and no file beside it. */
    if (worker_command_make_plain(python, (const char *const[]){"-E", "-s", "-B", script, probe->param, NULL},
                                  &command) != 0)
        return line_error(error, error_size, "out of memory");
    command.output_is_record = true;
    int result = text_run(r, &command, &run, error, error_size);
    worker_command_free(&command);
    if (result != 0)
        return result;
    if (!run.lines)
        result = line_error(error, error_size, "%s: %s", probe->script, run.message);
    else if (interpreter_parse(run.lines, &out->mutator_ns[turn], &out->gc_ns[turn]) != 0)
        result = line_error(error, error_size, "%s: printed '%.80s', no times", probe->script, run.lines);
    text_run_free(&run);
    return result;
}

/* One run of the workload with the usual settings; `work_ns` NULL for none. */
static int run_model(const struct runner *r, const struct interpreter_probe *probe, const char *work_ns,
                     struct run_record *out, char *error, size_t error_size)
{
    struct plan plan;
    struct plan_configuration *list = NULL;
    size_t count;
    plan_init(&plan);
    int result = plan_add_workload(&plan, probe->workload, error, error_size);
    if (result == 0)
        result = plan_add_param(&plan, probe->param, error, error_size);
    if (result == 0 && work_ns)
        result = plan_add_param(&plan, work_ns, error, error_size);
    if (result == 0)
        result = plan_finish(&plan, error, error_size);
    if (result == 0)
        result = plan_configurations(&plan, &list, &count, error, error_size);
    if (result == 0)
        result = runner_run(r, &plan, &list[0], 0, out, error, error_size);
    free(list);
    plan_free(&plan);
    if (result == 0 && strcmp(out->status, "ok") != 0) {
        line_error(error, error_size, "%s: %s %s", probe->workload, out->status, out->message);
        record_free(out);
        result = -1;
    }
    return result;
}

static int run_model_turn(const struct runner *r, const struct interpreter_probe *probe, struct times *out, size_t turn,
                          char *error, size_t error_size)
{
    struct run_record record;
    int result = run_model(r, probe, NULL, &record, error, error_size);
    if (result != 0)
        return result;
    out->mutator_ns[turn] = (double)record.mutator_ns;
    out->gc_ns[turn] = (double)record.gc_ns;
    record_free(&record);
    return 0;
}

/* What work_ns is multiplied by. */
static int count_allocations(const struct runner *r, const struct interpreter_probe *probe, uint64_t *out, char *error,
                             size_t error_size)
{
    struct run_record record;
    int result = run_model(r, probe, "work_ns=1", &record, error, error_size);
    if (result != 0)
        return result;
    *out = record.work_allocations;
    record_free(&record);
    return *out > 0 ? 0 : line_error(error, error_size, "%s allocates nothing", probe->workload);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[TURNS])
{
    qsort(values, TURNS, sizeof *values, compare);
    return values[TURNS / 2];
}

uint64_t interpreter_work_ns(double python_ns, double model_ns)
{
    double more = round(python_ns - model_ns);
    return more > 0 ? (uint64_t)more : 0;
}

static void settle(struct times *python, struct times *model, struct interpreter_pace *out)
{
    double allocations = (double)out->allocations;
    double python_ns = median(python->mutator_ns), python_gc_ns = median(python->gc_ns);
    double model_ns = median(model->mutator_ns), model_gc_ns = median(model->gc_ns);
    out->python_ns = python_ns / allocations;
    out->model_ns = model_ns / allocations;
    out->python_gc_share = python_gc_ns / (python_ns + python_gc_ns);
    out->model_gc_share = model_gc_ns / (model_ns + model_gc_ns);
    out->work_ns = interpreter_work_ns(out->python_ns, out->model_ns);
}

int interpreter_measure(const struct runner *r, const char *python, const struct interpreter_probe *probe,
                        struct interpreter_pace *out, char *error, size_t error_size)
{
    struct times of_python = {0}, of_model = {0};
    int result = count_allocations(r, probe, &out->allocations, error, error_size);
    for (size_t turn = 0; result == 0 && turn < TURNS; turn++) {
        result = run_python(r, python, probe, &of_python, turn, error, error_size);
        if (result == 0)
            result = run_model_turn(r, probe, &of_model, turn, error, error_size);
    }
    if (result == 0)
        settle(&of_python, &of_model, out);
    return result;
}
