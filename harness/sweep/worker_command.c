/* worker_command.c - a worker's arguments and environment. */
#include "harness/sweep/worker_command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/sweep/units.h"

/* A list of texts that ends with NULL; once memory ran out it stays failed. */
struct texts {
    char **item;
    size_t count;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void add(struct texts *t, const char *format, ...)
{
    char **grown = t->failed ? NULL : realloc(t->item, (t->count + 2) * sizeof *grown);
    if (!grown) {
        t->failed = true;
        return;
    }
    t->item = grown;
    grown[t->count] = grown[t->count + 1] = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&grown[t->count], format, arguments) < 0) {
        grown[t->count] = NULL;
        t->failed = true;
    } else {
        t->count++;
    }
    va_end(arguments);
}

static void free_list(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

static char **make_arguments(const char *program, const struct plan_configuration *c,
                             const struct allocator_choice *choice, unsigned round, uint64_t seed)
{
    struct texts t = {0};
    char scale[UNITS_TEXT_BYTES];
    units_write_number(c->workload->scale, scale);
    add(&t, "%s", program);
    add(&t, "workload=%s", c->workload->name);
    for (size_t i = 0; i < RECORD_PARAMS && c->workload->params[i].name[0]; i++)
        add(&t, "params=%s=%s", c->workload->params[i].name, c->workload->params[i].text);
    add(&t, "scale=%s", scale);
    add(&t, "seed=%" PRIu64, seed);
    add(&t, "allocator=%s", c->allocator);
    add(&t, "library=%s", choice->path);
    add(&t, "allocator_name=%s", choice->allocator ? choice->allocator->name : "");
    add(&t, "pools=%s", choice->pools ? choice->pools->name : "");
    add(&t, "collector=%s", c->collector);
    add(&t, "tuning=%s", c->tuning);
    add(&t, "refcount=%s", c->refcount);
    add(&t, "record_fd=%d", WORKER_RECORD_FD);
    add(&t, "configuration=%s", c->key);
    add(&t, "round=%u", round);
    add(&t, "twin=%d", c->twin);
    if (!t.failed)
        return t.item;
    free_list(t.item);
    return NULL;
}

static bool names(const char *variable, const char *name)
{
    size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

/* Whether a variable of the user's could change what a run measures. */
static bool withheld(const char *variable)
{
    if (names(variable, "LD_PRELOAD") || names(variable, "GCSWEEP_PAD") || strncmp(variable, "PYTHON", 6) == 0 ||
        strncmp(variable, "MALLOC_", 7) == 0)
        return true;
    for (size_t i = 0; i < allocator_count; i++)
        for (const char *const *name = allocators[i]->variables; name && *name; name++)
            if (names(variable, *name))
                return true;
    return false;
}

char **worker_environment_make(const struct allocator_choice *choice, size_t pad)
{
    struct texts t = {0};
    for (char **variable = environ; *variable; variable++)
        if (!withheld(*variable))
            add(&t, "%s", *variable);
    if (choice->path[0])
        add(&t, "LD_PRELOAD=%s", choice->path);
    for (size_t i = 0; i < ALLOCATOR_SETTINGS && choice->settings[i][0]; i++)
        add(&t, "%s", choice->settings[i]);
    char filler[WORKER_PAD_BYTES];
    memset(filler, 'x', sizeof filler);
    add(&t, "GCSWEEP_PAD=%.*s", (int)pad, filler);
    if (!t.failed)
        return t.item;
    free_list(t.item);
    return NULL;
}

void worker_environment_free(char **environment)
{
    free_list(environment);
}

static int finish(struct worker_command *command)
{
    if (command->arguments && command->environment)
        return 0;
    worker_command_free(command);
    return -1;
}

int worker_command_make(const char *program, const struct plan_configuration *c, const struct allocator_choice *choice,
                        unsigned round, uint64_t seed, size_t pad, struct worker_command *out)
{
    out->arguments = make_arguments(program, c, choice, round, seed);
    out->environment = worker_environment_make(choice, pad);
    out->output_is_record = out->in_foreground = false;
    out->timeline_fd = -1;
    return finish(out);
}

int worker_command_make_plain(const char *program, const char *const *arguments, struct worker_command *out)
{
    struct allocator_choice none = {0};
    struct texts t = {0};
    add(&t, "%s", program);
    for (; *arguments; arguments++)
        add(&t, "%s", *arguments);
    if (t.failed)
        free_list(t.item);
    out->arguments = t.failed ? NULL : t.item;
    out->environment = worker_environment_make(&none, 0);
    out->output_is_record = out->in_foreground = false;
    out->timeline_fd = -1;
    return finish(out);
}

int worker_command_prepend(struct worker_command *command, const char *argument)
{
    size_t n = 0;
    while (command->arguments[n])
        n++;
    char *copy = strdup(argument);
    char **grown = copy ? realloc(command->arguments, (n + 2) * sizeof *grown) : NULL;
    if (!grown) {
        free(copy);
        return -1;
    }
    memmove(&grown[2], &grown[1], n * sizeof *grown); /* the NULL at the end, too */
    grown[1] = copy;
    command->arguments = grown;
    return 0;
}

int worker_command_add_timeline(struct worker_command *command, int fd)
{
    char argument[32];
    snprintf(argument, sizeof argument, "timeline_fd=%d", WORKER_TIMELINE_FD);
    if (worker_command_prepend(command, argument) != 0)
        return -1;
    command->timeline_fd = fd;
    return 0;
}

void worker_command_free(struct worker_command *command)
{
    free_list(command->arguments);
    free_list(command->environment);
    command->arguments = command->environment = NULL;
}
