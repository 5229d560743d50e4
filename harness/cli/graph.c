/* graph.c - gcsweep graph: what a heap script leaves behind, as a picture. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/cli.h"
#include "harness/graph/dot.h"
#include "harness/graph/render.h"
#include "harness/store/output.h"
#include "harness/sweep/host.h"
#include "harness/sweep/line.h"
#include "harness/sweep/units.h"
#include "workloads/script/script_file.h"

enum { KEY_SVG = 512, KEY_OUT, KEY_MOST, KEY_AT, ERROR_BYTES = 1024, MOST_DRAWN = 5000, DEFAULT_DRAWN = 300 };

struct graph_options {
    const char *path, *out;
    bool svg;
    uint64_t most;
    uint64_t line; /* 0: after the last statement */
};

static const struct argp_option rows[] = {
    {"svg", KEY_SVG, NULL, 0, "the picture as SVG, drawn by Graphviz; without it the text that Graphviz reads (DOT)",
     0},
    {"out", KEY_OUT, "FILE", 0, "where to write it (default: standard output)", 0},
    {"at", KEY_AT, "LINE", 0,
     "the objects before this line runs for the first time (default: after the last statement)", 0},
    {"most", KEY_MOST, "N", 0, "draw at most N objects (default 300); what is left out is said", 0},
    {0},
};

static error_t take_most(struct graph_options *o, const char *text, struct argp_state *state)
{
    char error[ERROR_BYTES];
    if (units_parse_count("--most", text, 1, MOST_DRAWN, &o->most, error, sizeof error) != 0)
        return cli_refuse_option(state, "%s", error);
    return 0;
}

static error_t take_line(struct graph_options *o, const char *text, struct argp_state *state)
{
    char error[ERROR_BYTES];
    if (units_parse_count("--at", text, 1, UINT32_MAX, &o->line, error, sizeof error) != 0)
        return cli_refuse_option(state, "%s", error);
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct graph_options *o = state->input;
    switch (key) {
    case KEY_SVG:
        o->svg = true;
        return 0;
    case KEY_OUT:
        o->out = argument;
        return 0;
    case KEY_MOST:
        return take_most(o, argument, state);
    case KEY_AT:
        return take_line(o, argument, state);
    case ARGP_KEY_ARG:
        if (o->path)
            return cli_refuse_option(state, "one script at a time, and '%s' is a second one", argument);
        o->path = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return cli_refuse_option(state, "which script? A file, or - for standard input");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp graph_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "FILE.heap",
    .doc = "Runs a heap script on the model and draws the objects that it leaves behind: who refers to whom, by which "
           "slot; names on top, garbage filled, its cycles framed.\v"
           "Exit status: 0 done, 1 out of memory or nothing could be written, 2 the script is wrong or cannot be read, "
           "or Graphviz is not there.",
};

/* ---- The script ---- */

struct scene {
    struct script_file file;
    struct mutator *mutator;
    void *mutator_memory;
    struct graph_root *root;
    size_t roots;
    bool failed; /* no memory for a root */
};

static void add_root(void *context, const char *name, unsigned frame, value v)
{
    struct scene *s = context;
    struct graph_root *grown = s->failed ? NULL : realloc(s->root, (s->roots + 1) * sizeof *grown);
    if (!grown) {
        s->failed = true;
        return;
    }
    s->root = grown;
    grown[s->roots++] = (struct graph_root){.name = name, .frame = frame, .object = v};
}

/* A script that asks for more than there is shall be told so, not end this machine's other work. */
static void limit_memory(void)
{
#ifndef GCSWEEP_SANITIZED
    uint64_t available = host_available_bytes();
    if (available != HOST_UNKNOWN)
        setrlimit(RLIMIT_DATA, &(struct rlimit){available / 5 * 4, available / 5 * 4});
#endif
}

static int out_of_memory(void)
{
    cli_refuse("out of memory");
    return CLI_FAILED;
}

static int run_script(struct scene *s, struct workload *workload)
{
    int result = mutator_guard(s->mutator, workload->setup);
    if (result == 0)
        result = mutator_guard(s->mutator, workload->run);
    if (result == 0)
        return CLI_DONE;
    char message[ERROR_BYTES];
    const struct script_statement *at = script_run_statement(s->file.run);
    if (result == ENOMEM)
        line_error(message, sizeof message, "%s:%u:%u: out of memory", workload->name, at->line, at->column);
    else
        line_error(message, sizeof message, "%s:%s", workload->name, s->mutator->failure);
    cli_refuse(message);
    return result == ENOMEM ? CLI_FAILED : CLI_UNUSABLE;
}

/* ---- The picture ---- */

/* Where the picture goes. */
struct drawing_file {
    FILE *file;
    struct output whole; /* a file appears whole or not at all; unused where `file` is none: a pipe, a terminal */
};

static int open_out(const struct graph_options *o, struct drawing_file *d)
{
    char message[ERROR_BYTES];
    struct stat status;
    int opened = 0;
    *d = (struct drawing_file){.file = stdout};
    if (o->out && stat(o->out, &status) == 0 && !S_ISREG(status.st_mode)) {
        d->file = fopen(o->out, "we");
        if (!d->file)
            opened = line_error(message, sizeof message, "%s: %s", o->out, strerror(errno));
    } else if (o->out) {
        opened = output_open_path(o->out, &d->whole, message, sizeof message);
        d->file = d->whole.file;
    }
    return opened == 0 ? 0 : cli_refuse(message);
}

static int close_out(const struct graph_options *o, struct drawing_file *d, int status)
{
    char message[ERROR_BYTES] = "";
    if (status != CLI_DONE && d->whole.file)
        output_abandon(&d->whole);
    else if (d->whole.file)
        output_commit(&d->whole, message, sizeof message);
    else if (fflush(d->file) != 0 || ferror(d->file))
        line_error(message, sizeof message, "%s: %s", o->out ? o->out : "standard output", strerror(errno));
    if (o->out && !d->whole.path[0])
        fclose(d->file);
    if (status != CLI_DONE || !message[0])
        return status;
    cli_refuse(message);
    return CLI_FAILED;
}

static void say_left_out(const struct graph_options *o, long long left_out)
{
    if (left_out > 0)
        fprintf(stderr, "gcsweep graph: %lld object%s not drawn; --most %" PRIu64 " was the limit\n", left_out,
                left_out == 1 ? " is" : "s are", o->most);
}

/* Copies what dot wrote, if that is a picture. */
static int copy_svg(int svg, FILE *out, char *error, size_t error_size)
{
    char bytes[4096];
    off_t at = 0;
    for (ssize_t n; (n = pread(svg, bytes, sizeof bytes, at)) > 0; at += n) {
        if (at == 0 && (n < 5 || memcmp(bytes, "<?xml", 5) != 0))
            return line_error(error, error_size, "dot wrote something else than a picture");
        fwrite(bytes, 1, (size_t)n, out);
    }
    return at > 0 ? 0 : line_error(error, error_size, "dot wrote nothing");
}

static int write_svg(const struct graph *g, const struct graph_picture *picture, FILE *out, long long *left_out)
{
    char error[ERROR_BYTES];
    int text = memfd_create("gcsweep-dot", MFD_CLOEXEC), svg = memfd_create("gcsweep-svg", MFD_CLOEXEC);
    FILE *dot = text >= 0 ? fdopen(text, "w") : NULL;
    *left_out = dot ? dot_write(g, picture, dot) : -1;
    int result = -1;
    line_error(error, sizeof error, "out of memory");
    if (*left_out >= 0 && svg >= 0 && fflush(dot) == 0 && !ferror(dot))
        result = render_svg(text, svg, error, sizeof error);
    if (result == 0)
        result = copy_svg(svg, out, error, sizeof error);
    if (dot)
        fclose(dot);
    else if (text >= 0)
        close(text);
    if (svg >= 0)
        close(svg);
    if (result == 0)
        return CLI_DONE;
    cli_refuse(error);
    return result == RENDER_MISSING ? CLI_UNUSABLE : CLI_FAILED;
}

static int write_graph(const struct graph_options *o, const struct graph *g, const struct graph_picture *picture)
{
    struct drawing_file out;
    int status = open_out(o, &out);
    if (status != CLI_DONE)
        return status;
    long long left_out;
    if (o->svg)
        status = write_svg(g, picture, out.file, &left_out);
    else if ((left_out = dot_write(g, picture, out.file)) < 0)
        status = out_of_memory();
    say_left_out(o, left_out);
    return close_out(o, &out, status);
}

static int draw(const struct graph_options *o, struct scene *s, const char *file)
{
    char title[ERROR_BYTES] = "";
    line_append(title, sizeof title, "%s", file);
    if (o->line > 0)
        line_append(title, sizeof title, ", before line %" PRIu64, o->line);
    script_run_each_name(s->file.run, add_root, s);
    value garbage = heap_garbage(mutator_heap(s->mutator));
    if (garbage && list_length(garbage) > 0)
        add_root(s, "gc.garbage", 0, garbage);
    struct graph g;
    if (s->failed || graph_take(&g, s->mutator, s->root, s->roots) != 0)
        return out_of_memory();
    const struct graph_picture picture = {.title = title, .root = s->root, .root_count = s->roots, .most = o->most};
    int status = write_graph(o, &g, &picture);
    graph_free(&g);
    return status;
}

static int run_and_draw(const struct graph_options *o, struct scene *s, char *error, size_t error_size)
{
    struct workload workload;
    struct script_run *run = s->file.run;
    script_workload(run, &s->file.script, strcmp(o->path, "-") == 0 ? "<stdin>" : o->path, NULL, NULL, &workload);
    if (o->line > 0 && script_run_stop_before(run, (uint32_t)o->line) != 0) {
        line_error(error, error_size, "--at: %s has no statement on line %" PRIu64 " or behind it", workload.name,
                   o->line);
        return cli_refuse(error);
    }
    const struct runtime_options options = {
        .pools = true, .classes = workload.classes, .on_weakref = workload.on_weakref};
    if (mutator_open(s->mutator, s->mutator_memory, &options, &run, 1, 1, error, error_size) != 0)
        return cli_refuse(error);
    limit_memory();
    int status = run_script(s, &workload);
    if (status == CLI_DONE)
        status = draw(o, s, workload.name);
    mutator_close(s->mutator);
    return status;
}

int cli_graph(int argc, char **argv)
{
    struct graph_options o = {.most = DEFAULT_DRAWN};
    char error[ERROR_BYTES];
    if (cli_parse(&graph_argp, argc, argv, &o) != 0)
        return CLI_UNUSABLE;
    struct scene s = {0};
    if (script_file_open(&s.file, o.path, error, sizeof error) != 0)
        return cli_refuse(error);
    s.mutator = calloc(1, sizeof *s.mutator);
    s.mutator_memory = calloc(1, MUTATOR_MEMORY_BYTES);
    int status = s.mutator && s.mutator_memory ? run_and_draw(&o, &s, error, sizeof error) : out_of_memory();
    free(s.root);
    free(s.mutator);
    free(s.mutator_memory);
    script_file_close(&s.file);
    return status;
}
