/* census_run.c - the command, and reading its lines. */
#include "harness/sweep/census_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/text_run.h"

/* ---- Reading ---- */

static int read_line(struct census_result *out, const char *line)
{
    const struct {
        const char *name;
        uint64_t *field[3];
        int fields;
    } lines[] = {
        {"live", {&out->live_objects, &out->live_bytes}, 2},
        {"floating", {&out->floating_objects, &out->floating_bytes}, 2},
        {"objects", {&out->allocated, &out->freed_by_counts, &out->freed_by_collections}, 3},
        {"blocks", {&out->blocks, &out->block_bytes}, 2},
        {"age", {&out->died, &out->median_age}, 2},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        size_t length = strlen(lines[i].name);
        uint64_t number[3] = {0};
        if (strncmp(line, lines[i].name, length) != 0 || line[length] != ' ')
            continue;
        int read = sscanf(line + length, " %" SCNu64 " %" SCNu64 " %" SCNu64, &number[0], &number[1], &number[2]);
        if (read != lines[i].fields)
            return -1;
        for (int k = 0; k < read; k++)
            *lines[i].field[k] = number[k];
        return 0;
    }
    return -1;
}

static int read_lines(struct census_result *out, char *text, char *error, size_t error_size)
{
    static const char status[] = "status ";
    char *rest = text, *line = strsep(&rest, "\n");
    if (!rest || strncmp(line, status, sizeof status - 1) != 0)
        return line_error(error, error_size, "the worker of the census did not say how it ended");
    if (strcmp(line + sizeof status - 1, "ok") != 0)
        return line_error(error, error_size, "the run for the census ended as %s", line + sizeof status - 1);
    while ((line = strsep(&rest, "\n")) && *line)
        if (read_line(out, line) != 0)
            return line_error(error, error_size, "the worker of the census wrote a line that cannot be read");
    return 0;
}

/* ---- Running ---- */

static const char *find_model_program(const struct runner *r)
{
    for (size_t i = 0; i < runtime_row_count; i++)
        if (strcmp(runtime_rows[i].name, "model") == 0)
            return r->program[i];
    return "";
}

static int make_command(const struct runner *r, const struct plan *p, const struct plan_configuration *c, bool card,
                        struct worker_command *out, char *error, size_t error_size)
{
    struct allocator_choice choice;
    const char *program = find_model_program(r);
    if (!program[0])
        return line_error(error, error_size, "gcsweep-worker is not there; build it with make");
    if (allocator_parse(c->allocator, &choice, error, error_size) != 0 ||
        allocator_locate(&choice, error, error_size) != 0)
        return -1;
    if (worker_command_make(program, c, &choice, 0, p->seed, 0, out) != 0)
        return line_error(error, error_size, "out of memory");
    if (worker_command_prepend(out, card ? "census=card" : "census=each") == 0)
        return 0;
    worker_command_free(out);
    return line_error(error, error_size, "out of memory");
}

int census_run(const struct runner *r, const struct plan *p, const struct plan_configuration *c, bool card,
               struct census_result *out, char *error, size_t error_size)
{
    struct worker_command command;
    struct text_run text;
    memset(out, 0, sizeof *out);
    if (make_command(r, p, c, card, &command, error, error_size) != 0)
        return -1;
    int result = text_run(r, &command, &text, error, error_size);
    worker_command_free(&command);
    if (result != 0)
        return result;
    if (!text.lines)
        return line_error(error, error_size, "the run for the census: %s", text.message);
    result = read_lines(out, text.lines, error, error_size);
    text_run_free(&text);
    return result;
}

void census_record(const struct census_result *census, struct run_record *record)
{
    record->live_objects_peak = census->live_objects;
    record->live_bytes_peak = census->live_bytes;
    if (record->floating_objects_peak != RECORD_UNKNOWN)
        return;
    record->floating_objects_peak = census->floating_objects;
    record->floating_bytes_peak = census->floating_bytes;
}
