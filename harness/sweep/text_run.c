/* text_run.c - starting it, watching it, keeping its lines. */
#include "harness/sweep/text_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/watched_run.h"

/* Takes the lines where the worker ended well, else says how it ended. */
static int take(const struct run_facts *f, void *context)
{
    struct text_run *out = context;
    if (!f->timed_out && !f->over_memory && f->exit_signal == 0 && f->exit_code == 0) {
        if (f->record_cut || f->record_length == 0)
            snprintf(out->message, sizeof out->message, "what it wrote is %s", f->record_cut ? "too long" : "empty");
        else if (!(out->lines = strndup(f->record, f->record_length)))
            return -1;
        return 0;
    }
    struct run_record record;
    run_verdict(f, &record);
    snprintf(out->message, sizeof out->message, "%s", record.message);
    record_free(&record);
    return 0;
}

int text_run(const struct runner *r, const struct worker_command *command, struct text_run *out, char *error,
             size_t error_size)
{
    memset(out, 0, sizeof *out);
    return watched_run(r, command, take, out, error, error_size);
}

void text_run_free(struct text_run *run)
{
    free(run->lines);
    run->lines = NULL;
}
