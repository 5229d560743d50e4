/* script_show.c - one heap script in a process of its own. */
#include "harness/sweep/script_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/launch.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/watch.h"
#include "harness/sweep/worker_command.h"

/* Resident memory is looked at, but not kept. */
#define GRID_NS UINT64_C(10000000)

static int make_command(const char *program, const char *path, struct worker_command *out)
{
    char *word;
    if (asprintf(&word, "script=%s", path) < 0)
        return -1;
    int result = worker_command_make_plain(program, (const char *const[]){word, NULL}, out);
    free(word);
    out->in_foreground = true;
    return result;
}

/* What the worker said of its script, without the program's name. */
static void take_last_line(const struct run_facts *f, struct script_ending *out)
{
    char line[SCRIPT_MESSAGE_BYTES];
    line_last(f->text, f->text_length, line, sizeof line);
    const char *rest = strncmp(line, "gcsweep: ", 9) == 0 ? line + 9 : line;
    snprintf(out->message, sizeof out->message, "%s", rest);
}

static void take(const struct run_facts *f, const char *path, struct script_ending *out)
{
    bool ended = !f->timed_out && !f->over_memory && f->exit_signal == 0;
    out->reader_gone = f->exit_signal == SIGPIPE;
    out->status = ended && (f->exit_code == 0 || f->exit_code == 2) ? f->exit_code : 1;
    if (out->status == 0)
        return;
    if (ended) {
        take_last_line(f, out);
    } else {
        struct run_record record;
        run_verdict(f, &record);
        line_error(out->message, sizeof out->message, "%.400s: %s", path, record.message);
        record_free(&record);
    }
    if (!out->message[0])
        snprintf(out->message, sizeof out->message, "the worker ended with exit status %d and said nothing",
                 f->exit_code);
}

static int watch_script(const struct runner *r, const struct worker_command *command, const char *path, struct watch *w,
                        struct script_ending *out, char *error, size_t error_size)
{
    struct worker_process process;
    if (launch_worker(command, r->worker_cpu, &process, error, error_size) != 0)
        return -1;
    const struct watch_limits limits = {
        .timeout_ns = r->timeout_ns,
        .memory_bytes = r->memory_bytes,
        .grid_ns = GRID_NS,
        .interrupted = r->interrupted,
    };
    int result = watch_worker(w, &process, &limits);
    if (result == 0)
        take(&w->facts, path, out);
    else if (result == WATCH_INTERRUPTED)
        result = RUNNER_INTERRUPTED;
    else
        result = line_error(error, error_size, "cannot watch the worker: %s", strerror(result));
    watch_free(w);
    return result;
}

int script_show(const struct runner *r, const char *runtime, const char *path, struct script_ending *out, char *error,
                size_t error_size)
{
    memset(out, 0, sizeof *out);
    struct worker_command command;
    struct watch *w = malloc(sizeof *w);
    if (!w || make_command(r->program[find_runtime(runtime) - runtime_rows], path, &command) != 0) {
        free(w);
        return line_error(error, error_size, "out of memory");
    }
    int result = watch_script(r, &command, path, w, out, error, error_size);
    worker_command_free(&command);
    free(w);
    return result;
}
