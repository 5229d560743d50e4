/* script_run.c - one heap script in a process of its own. */
#include "harness/sweep/script_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/watched_run.h"
#include "harness/sweep/worker_command.h"

int script_run_check(const struct runner *r, const char *option, char *error, size_t error_size)
{
    for (size_t i = 0; i < runtime_row_count; i++)
        if (!r->program[i][0])
            return line_error(error, error_size, "%s: %s is not there; %s", option, runtime_rows[i].program,
                              runtime_rows[i].missing);
    return 0;
}

static int make_command(const struct runner *r, const char *runtime, const char *path, struct worker_command *out)
{
    char *word;
    if (asprintf(&word, "script=%s", path) < 0)
        return -1;
    const char *const words[] = {word, NULL};
    int result = worker_command_make_plain(r->program[find_runtime(runtime) - runtime_rows], words, out);
    out->output_is_record = true;
    free(word);
    return result;
}

/* One that exited tells why by its last line; one that did not is explained by what was seen of it. */
static void explain(const struct run_facts *f, struct script_outcome *out)
{
    if (out->exit_code > 0)
        line_last(f->text, f->text_length, out->message, sizeof out->message);
    if (out->message[0])
        return;
    struct run_facts alone = *f;
    struct run_record record;
    alone.record_length = 0;
    run_verdict(&alone, &record);
    snprintf(out->message, sizeof out->message, "%s", record.message);
    record_free(&record);
}

static int take(const struct run_facts *f, void *context)
{
    struct script_outcome *out = context;
    bool killed = f->timed_out || f->over_memory || f->exit_signal != 0;
    out->lines = strndup(f->record_length > 0 ? f->record : "", f->record_length);
    out->length = out->lines ? strlen(out->lines) : 0;
    out->cut = f->record_cut;
    out->exit_code = killed ? -1 : f->exit_code;
    if (out->exit_code != 0)
        explain(f, out);
    return out->lines ? 0 : -1;
}

int script_run(const struct runner *r, const char *runtime, const char *path, struct script_outcome *out, char *error,
               size_t error_size)
{
    memset(out, 0, sizeof *out);
    struct worker_command command;
    if (make_command(r, runtime, path, &command) != 0)
        return line_error(error, error_size, "out of memory");
    int result = watched_run(r, &command, take, out, error, error_size);
    worker_command_free(&command);
    return result;
}

void script_outcome_free(struct script_outcome *outcome)
{
    free(outcome->lines);
    outcome->lines = NULL;
}
