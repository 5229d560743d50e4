/* script_show.c - one heap script in a process of its own. */
#include "harness/sweep/script_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/watched_run.h"
#include "harness/sweep/worker_command.h"

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

struct showing {
    const char *path;
    struct script_ending *out;
};

static int take(const struct run_facts *f, void *context)
{
    const struct showing *showing = context;
    struct script_ending *out = showing->out;
    bool ended = !f->timed_out && !f->over_memory && f->exit_signal == 0;
    out->reader_gone = f->exit_signal == SIGPIPE;
    out->status = ended && (f->exit_code == 0 || f->exit_code == 2) ? f->exit_code : 1;
    if (out->status == 0)
        return 0;
    if (ended) {
        take_last_line(f, out);
    } else {
        struct run_record record;
        run_verdict(f, &record);
        line_error(out->message, sizeof out->message, "%.400s: %s", showing->path, record.message);
        record_free(&record);
    }
    if (!out->message[0])
        snprintf(out->message, sizeof out->message, "the worker ended with exit status %d and said nothing",
                 f->exit_code);
    return 0;
}

int script_show(const struct runner *r, const char *runtime, const char *path, struct script_ending *out, char *error,
                size_t error_size)
{
    memset(out, 0, sizeof *out);
    struct worker_command command;
    struct showing showing = {path, out};
    if (make_command(r->program[find_runtime(runtime) - runtime_rows], path, &command) != 0)
        return line_error(error, error_size, "out of memory");
    int result = watched_run(r, &command, take, &showing, error, error_size);
    worker_command_free(&command);
    return result;
}
