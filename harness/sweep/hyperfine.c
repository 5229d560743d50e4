#include "harness/sweep/hyperfine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/allocator.h"
#include "harness/store/output.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/watched_run.h"

/* ---- A worker's command ---- */

/* A list of words that grows; once memory ran out it stays failed. */
struct words {
    char **word; /* ends with NULL */
    size_t count;
    bool failed;
};

static void add(struct words *w, const char *before, const char *text)
{
    char **grown = w->failed ? NULL : realloc(w->word, (w->count + 2) * sizeof *grown);

    if (grown == NULL) {
        w->failed = true;
        return;
    }
    w->word = grown;
    grown[w->count] = grown[w->count + 1] = NULL;
    if (asprintf(&grown[w->count], "%s%s", before, text) < 0) {
        grown[w->count] = NULL;
        w->failed = true;
        return;
    }
    w->count++;
}

static void free_words(struct words *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->word[i]);
    free(w->word);
}

/* One line that splits into the words again; NULL without memory. */
static char *join(const struct words *w)
{
    size_t size = 1;

    for (size_t i = 0; i < w->count; i++)
        size += 4 * strlen(w->word[i]) + 4;
    char *line = w->failed ? NULL : calloc(1, size);
    for (size_t i = 0; line != NULL && i < w->count; i++)
        line_add_word(line, size, w->word[i]);
    return line;
}

/* The record goes to standard output, which hyperfine discards: the descriptor of a run is not open there. */
static void add_argument(struct words *w, const char *argument)
{
    static const char record[] = "record_fd=";

    if (strncmp(argument, record, sizeof record - 1) == 0)
        add(w, record, "1");
    else
        add(w, "", argument);
}

static int add_worker(struct words *w, const struct runner *r, const struct pair_plan *p,
                      const struct plan_configuration *c, const struct allocator_choice *choice)
{
    struct worker_command command;
    const struct runtime_row *runtime = find_runtime(c->runtime);

    if (worker_command_make(r->program[runtime - runtime_rows], c, choice, 0, p->plan.seed, 0, &command) != 0)
        return -1;
    for (char **argument = command.arguments; *argument != NULL; argument++)
        add_argument(w, *argument);
    worker_command_free(&command);
    return 0;
}

char *hyperfine_command(const struct runner *r, const struct pair_plan *p, const struct plan_configuration *c,
                        char *error, size_t error_size)
{
    struct words w = {0};
    struct allocator_choice *choice = malloc(sizeof *choice); /* a large one */
    char *line = NULL;

    if (choice == NULL) {
        line_error(error, error_size, "out of memory");
        return NULL;
    }
    if (runner_check(r, c, error, error_size) == 0 && allocator_parse(c->allocator, choice, error, error_size) == 0 &&
        allocator_locate(choice, error, error_size) == 0) {
        add(&w, "", "env"); /* sets what is the worker's alone */
        for (size_t i = 0; i < ALLOCATOR_SETTINGS && choice->settings[i][0] != '\0'; i++)
            add(&w, "", choice->settings[i]);
        if (choice->path[0] != '\0')
            add(&w, "LD_PRELOAD=", choice->path);
        line = add_worker(&w, r, p, c, choice) == 0 ? join(&w) : NULL;
        if (line == NULL)
            line_error(error, error_size, "out of memory");
    }
    free_words(&w);
    free(choice);
    return line;
}

/* ---- hyperfine's own arguments ---- */

/* Its file in PATH; false when there is none. */
static bool find_hyperfine(char path[PATH_MAX])
{
    const char *folders = getenv("PATH");

    for (const char *at = folders != NULL ? folders : "/usr/bin"; *at != '\0';) {
        size_t length = strcspn(at, ":");
        int n = snprintf(path, PATH_MAX, "%.*s/hyperfine", (int)length, at);
        if (length > 0 && at[0] == '/' && n < PATH_MAX && access(path, X_OK) == 0)
            return true;
        at += length + (at[length] == ':');
    }
    return false;
}

static int add_timed(struct words *w, const struct runner *r, const struct pair_plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; i < p->chosen_count; i++) {
        const struct plan_configuration *c = &p->configurations[p->chosen[i]];
        if (c->twin)
            continue;
        char *command = hyperfine_command(r, p, c, error, error_size);
        if (command == NULL)
            return -1;
        add(w, "--command-name=", c->key);
        add(w, "", command);
        free(command);
    }
    return 0;
}

static int make_arguments(const struct runner *r, const struct pair_plan *p, const char *json, struct words *w,
                          char *error, size_t error_size)
{
    char number[32];

    snprintf(number, sizeof number, "%d", HYPERFINE_RUNS);
    add(w, "", "-N");
    add(w, "--style=", "none");
    add(w, "--runs=", number);
    snprintf(number, sizeof number, "%d", HYPERFINE_WARMUP);
    add(w, "--warmup=", number);
    add(w, "--export-json=", json);
    if (add_timed(w, r, p, error, error_size) != 0)
        return -1;
    return w->failed ? line_error(error, error_size, "out of memory") : 0;
}

/* ---- Running it ---- */

struct ending {
    bool ok;
    char message[RECORD_TEXT_BYTES];
};

static int take_ending(const struct run_facts *facts, void *context)
{
    struct ending *end = context;
    struct run_record record;

    end->ok = !facts->timed_out && facts->exit_signal == 0 && facts->exit_code == 0;
    if (end->ok)
        return 0;
    run_verdict(facts, &record);
    snprintf(end->message, sizeof end->message, "%s", record.message);
    record_free(&record);
    return 0;
}

/* As long as all its runs may take; it keeps no memory that needs a limit. */
static struct runner patient(const struct runner *r, const struct pair_plan *p)
{
    struct runner own = *r;
    uint64_t runs = (uint64_t)p->chosen_count * (HYPERFINE_RUNS + HYPERFINE_WARMUP) + 1;

    own.timeout_ns = r->timeout_ns < UINT64_C(3600000000000) ? runs * r->timeout_ns : runs * UINT64_C(3600000000000);
    own.memory_bytes = 0;
    return own;
}

static int run(const struct runner *r, const struct pair_plan *p, const char *program, const struct words *arguments,
               char *error, size_t error_size)
{
    struct worker_command command;
    struct runner own = patient(r, p);
    struct ending end = {0};

    if (worker_command_make_plain(program, (const char *const *)arguments->word, &command) != 0)
        return line_error(error, error_size, "out of memory");
    int status = watched_run(&own, &command, take_ending, &end, error, error_size);
    worker_command_free(&command);
    if (status == RUNNER_INTERRUPTED)
        return HYPERFINE_INTERRUPTED;
    if (status == 0 && !end.ok)
        return line_error(error, error_size, "hyperfine: %s", end.message);
    return status;
}

int hyperfine_run(const struct runner *r, const struct pair_plan *p, const char *directory, char *error,
                  size_t error_size)
{
    char program[PATH_MAX], json[PATH_MAX], made[PATH_MAX];
    struct words arguments = {0};

    if (!find_hyperfine(program))
        return HYPERFINE_MISSING;
    if (snprintf(json, sizeof json, "%s/" HYPERFINE_FILE, directory) >= (int)sizeof json)
        return line_error(error, error_size, "the name of the results folder is too long");
    if (output_make_temporary(json, made, error, error_size) != 0)
        return -1;
    int status = make_arguments(r, p, made, &arguments, error, error_size);
    if (status == 0)
        status = run(r, p, program, &arguments, error, error_size);
    free_words(&arguments);
    if (status == 0)
        return output_adopt(made, json, error, error_size);
    unlink(made);
    return status;
}
