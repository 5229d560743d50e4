/* script_mode.c - a worker that runs one heap script. */
#include "harness/worker/script_mode.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/worker/lines.h"
#include "harness/worker/scratch.h"
#include "workloads/script/script_file.h"

enum { EXIT_UNUSABLE = 2, ERROR_BYTES = 1024, SHOWN_BYTES = 400, FREE_LISTS_MOST = 1000000 };

#define SCRIPT_KEY     "script="
#define FREE_LISTS_KEY "free_lists="

struct script_mode {
    struct script_file file;
    struct mutator mutator;
    struct lines lines;
    char shown[SHOWN_BYTES]; /* the path, as errors show it */
    unsigned free_lists;     /* see worker.h */
    _Alignas(16) char mutator_memory[MUTATOR_MEMORY_BYTES];
};

bool script_mode_asked(int argc, char **argv)
{
    return argc > 1 && strncmp(argv[1], SCRIPT_KEY, strlen(SCRIPT_KEY)) == 0;
}

static void take_line(void *context, const char *line, size_t length)
{
    lines_add(context, line, length);
}

static void show_path(struct script_mode *mode, const char *path)
{
    snprintf(mode->shown, sizeof mode->shown, "%s", strcmp(path, "-") == 0 ? "<stdin>" : path);
    for (char *c = mode->shown; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
}

/* How the script ended: its lines first, then what went wrong. */
static int finish(struct script_mode *mode, int result)
{
    const struct script_statement *at = script_run_statement(mode->file.run);
    int unwritten = lines_close(&mode->lines);
    if (unwritten != 0)
        fprintf(stderr, "gcsweep: standard output: %s\n", strerror(unwritten));
    else if (result == ENOMEM)
        fprintf(stderr, "gcsweep: %s:%u:%u: out of memory\n", mode->shown, at->line, at->column);
    else if (result != 0)
        fprintf(stderr, "gcsweep: %s:%s\n", mode->shown, mode->mutator.failure);
    if (unwritten != 0 || result == ENOMEM)
        return EXIT_FAILURE;
    return result != 0 ? EXIT_UNUSABLE : EXIT_SUCCESS;
}

static int run(struct script_mode *mode, char *error, size_t error_size)
{
    struct workload workload;
    struct script_run *script = mode->file.run;
    script_workload(script, &mode->file.script, mode->shown, take_line, &mode->lines, &workload);
    const struct runtime_options options = {
        .pools = true,
        .classes = workload.classes,
        .on_weakref = workload.on_weakref,
        .free_lists = mode->free_lists,
    };
    if (mutator_open(&mode->mutator, mode->mutator_memory, &options, &script, 1, 1, error, error_size) != 0)
        return EXIT_FAILURE;
    lines_open(&mode->lines, LINES_LATE_MS);
    int result = mutator_guard(&mode->mutator, workload.setup);
    if (result == 0)
        result = mutator_guard(&mode->mutator, workload.run);
    int status = finish(mode, result);
#if defined GCSWEEP_SANITIZED || defined GCSWEEP_DEBUG_HEAP
    mutator_close(&mode->mutator);
    script_file_close(&mode->file);
#endif
    return status;
}

/* What may follow the script's name: -1 after a line on standard error. */
static int take_more(struct script_mode *mode, const char *program, int argc, char **argv)
{
    char *end = NULL;
    if (argc == 2)
        return 0;
    if (argc == 3 && strncmp(argv[2], FREE_LISTS_KEY, strlen(FREE_LISTS_KEY)) == 0) {
        unsigned long most = strtoul(argv[2] + strlen(FREE_LISTS_KEY), &end, 10);
        mode->free_lists = (unsigned)most;
        if (isdigit((unsigned char)argv[2][strlen(FREE_LISTS_KEY)]) && *end == '\0' && most <= FREE_LISTS_MOST)
            return 0;
    }
    fprintf(stderr, "%s: after " SCRIPT_KEY "FILE only " FREE_LISTS_KEY "NUMBER may follow, of at most %d\n", program,
            FREE_LISTS_MOST);
    return -1;
}

int script_mode_run(const char *program, int argc, char **argv)
{
    char error[ERROR_BYTES] = "";
    const char *path = argv[1] + strlen(SCRIPT_KEY);
    struct script_mode *mode = scratch_lazy(sizeof *mode);
    if (!mode) {
        fprintf(stderr, "%s: no memory for the worker's own buffers\n", program);
        return EXIT_FAILURE;
    }
    if (take_more(mode, program, argc, argv) != 0)
        return EXIT_UNUSABLE;
    signal(SIGPIPE, SIG_DFL);
    int status = EXIT_UNUSABLE;
    show_path(mode, path);
    if (script_file_open(&mode->file, path, error, sizeof error) == 0)
        status = run(mode, error, sizeof error);
    if (error[0])
        fprintf(stderr, "gcsweep: %s\n", error);
    return status;
}
