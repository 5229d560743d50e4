/* site_run.c - the command, and reading its lines (harness/worker/sites/main.c describes them). */
#include "harness/sweep/site_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "harness/sweep/text_run.h"

/* ---- Reading ---- */

static int add_row(struct site_table *t, char *fields)
{
    struct site_row row;
    int file = 0;
    if (sscanf(fields, "%" SCNu64 " %" SCNu64 " %" SCNu32 " %n", &row.bytes, &row.blocks, &row.line, &file) != 3 ||
        file == 0)
        return -1;
    row.file = fields + file;
    struct site_row *grown = realloc(t->row, (t->count + 1) * sizeof *grown);
    if (!grown)
        return -1;
    t->row = grown;
    grown[t->count++] = row;
    return 0;
}

static int read_total(struct site_table *t, const char *fields)
{
    return sscanf(fields, "%" SCNu64 " %" SCNu64, &t->bytes, &t->blocks) == 2 ? 0 : -1;
}

static int read_line(struct site_run *run, char *line)
{
    char *fields = strchr(line, ' ');
    if (!fields)
        return -1;
    *fields++ = '\0';
    if (strcmp(line, "peak") == 0)
        return read_total(&run->at_peak, fields);
    if (strcmp(line, "allocated") == 0)
        return read_total(&run->in_all, fields);
    if (strcmp(line, "at-peak") == 0)
        return add_row(&run->at_peak, fields);
    if (strcmp(line, "in-all") == 0)
        return add_row(&run->in_all, fields);
    return -1;
}

/* Takes `text` over. */
static int read_lines(struct site_run *run, char *text, char *error, size_t error_size)
{
    static const char status[] = "status ";
    char *rest = text, *line = strsep(&rest, "\n");
    run->lines = text;
    if (!rest || strncmp(line, status, sizeof status - 1) != 0)
        return line_error(error, error_size, "the worker of sites did not say how it ended");
    if (strcmp(line + sizeof status - 1, "ok") != 0)
        return line_error(error, error_size, "the run for the sites ended as %s", line + sizeof status - 1);
    while ((line = strsep(&rest, "\n")) && *line)
        if (read_line(run, line) != 0)
            return line_error(error, error_size, "the worker of sites wrote a line that cannot be read");
    return 0;
}

/* ---- Running ---- */

static int make_command(const struct runner *r, const struct plan *p, const struct plan_configuration *c, unsigned most,
                        struct worker_command *out, char *error, size_t error_size)
{
    struct allocator_choice choice;
    char argument[32];
    if (allocator_parse(c->allocator, &choice, error, error_size) != 0 ||
        allocator_locate(&choice, error, error_size) != 0)
        return -1;
    if (worker_command_make(r->sites_program, c, &choice, 0, p->seed, 0, out) != 0)
        return line_error(error, error_size, "out of memory");
    snprintf(argument, sizeof argument, "sites=%u", most);
    if (worker_command_prepend(out, argument) == 0)
        return 0;
    worker_command_free(out);
    return line_error(error, error_size, "out of memory");
}

int site_run_check(const struct runner *r, const struct plan_configuration *c, char *error, size_t error_size)
{
    if (strcmp(c->runtime, "model") != 0)
        return line_error(error, error_size, "allocation sites are known on runtime model only, not on %s", c->runtime);
    if (!r->sites_program[0])
        return line_error(error, error_size, "gcsweep-worker-sites is not there; build it with make");
    return 0;
}

int site_run(const struct runner *r, const struct plan *p, const struct plan_configuration *c, unsigned most,
             struct site_run *out, char *error, size_t error_size)
{
    struct worker_command command;
    struct text_run text;
    memset(out, 0, sizeof *out);
    if (site_run_check(r, c, error, error_size) != 0 || make_command(r, p, c, most, &command, error, error_size) != 0)
        return -1;
    int result = text_run(r, &command, &text, error, error_size);
    worker_command_free(&command);
    if (result == 0 && !text.lines)
        result = line_error(error, error_size, "the run for the sites: %s", text.message);
    else if (result == 0)
        result = read_lines(out, text.lines, error, error_size);
    if (result != 0)
        site_run_free(out);
    return result;
}

void site_run_free(struct site_run *run)
{
    free(run->at_peak.row);
    free(run->in_all.row);
    free(run->lines);
    memset(run, 0, sizeof *run);
}
