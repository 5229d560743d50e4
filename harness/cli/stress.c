/* stress.c - gcsweep stress: random mutation of the model, checked against an oracle. */
#include "harness/cli/cli.h"
#include "harness/cli/stress_faults.h"
#include "harness/stress/confine.h"
#include "harness/stress/deeds_script.h"
#include "harness/stress/shrink.h"
#include "harness/stress/stress.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocators/allocator.h"
#include "core/pool.h"
#include "harness/store/output.h"
#include "harness/sweep/screen.h"
#include "harness/sweep/worker_command.h"

enum { ALLOCATORS_MOST = 16, HANG_SECONDS = 60, SHRINK_SECONDS = 60, LINE_BYTES = 512, POINTS = 1000 };

enum {
    KEY_SECONDS = 256,
    KEY_SEED,
    KEY_THREADS,
    KEY_MUTATIONS,
    KEY_SESSIONS,
    KEY_ALLOCATOR,
    KEY_SAVE,
    KEY_REPLAY,
    KEY_EVERY_ALLOCATION,
    KEY_POINTS,
};

static const struct argp_option known_options[] = {
    {"seconds", KEY_SECONDS, "N", 0, "stop after N seconds (default 30, unless --mutations or --sessions is given)", 0},
    {"mutations", KEY_MUTATIONS, "N", 0, "stop after N mutations", 0},
    {"sessions", KEY_SESSIONS, "N", 0, "run the seed's first N sessions", 0},
    {"seed", KEY_SEED, "N", 0, "of all that is random (default 1)", 0},
    {"threads", KEY_THREADS, "N", 0, "sessions at a time, each with a heap of its own (default 1)", 0},
    {"allocator", KEY_ALLOCATOR, "NAME", 0,
     "only heaps of this allocator, as of gcsweep run; may be given several times (default: pools of several sizes, "
     "and "
     "none, on this process's malloc)",
     0},
    {"save", KEY_SAVE, "DIR", 0,
     "the folder for what a failure was shrunk to, as deeds (for --replay) and as a heap script (for gcsweep script); "
     "made when it is not there",
     0},
    {"replay", KEY_REPLAY, "FILE", 0,
     "run the deeds that were saved (DIR/....deeds), once; with --allocator on that one", 0},
    {"every-allocation", KEY_EVERY_ALLOCATION, NULL, 0,
     "no random mutation: every request for memory of the workloads and heap scripts named (default: every workload, "
     "at "
     "its reduced size) gets nothing, each in a process of its own",
     0},
    {"points", KEY_POINTS, "N", 0,
     "of each kind of request at most N fail (default 1000): half the first ones, half a random sample of the others",
     0},
    {0},
};

struct arguments {
    struct stress_options stress;
    const char *allocator[ALLOCATORS_MOST];
    size_t allocators;
    const char *save, *replay;
    const char *running;          /* the allocator that this process has preloaded or takes; NULL for none asked */
    const char *const *workloads; /* of argv */
    size_t workload_count;
    uint64_t points;
    bool seconds_given, every_allocation;
};

/* ---- Options ---- */

static bool parse_integer(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static bool parse_seconds(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *out > 0 && *out <= 1e7;
}

static error_t take_count(struct argp_state *state, const char *name, const char *text, uint64_t *out)
{
    if (!parse_integer(text, out) || *out == 0)
        return cli_refuse_option(state, "--%s is an integer of at least 1, not '%s'", name, text);
    return 0;
}

static error_t take_allocator(struct argp_state *state, struct arguments *a, const char *text)
{
    struct allocator_choice choice;
    char error[LINE_BYTES];
    if (a->allocators == ALLOCATORS_MOST)
        return cli_refuse_option(state, "at most %d allocators", ALLOCATORS_MOST);
    if (allocator_parse(text, &choice, error, sizeof error) < 0 || allocator_locate(&choice, error, sizeof error) < 0)
        return cli_refuse_option(state, "%s", error);
    a->allocator[a->allocators++] = text;
    return 0;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *a = state->input;
    uint64_t threads;
    switch (key) {
    case KEY_SECONDS:
        if (!parse_seconds(text, &a->stress.seconds))
            return cli_refuse_option(state, "--seconds is a number above 0, at most 10000000, not '%s'", text);
        a->seconds_given = true;
        return 0;
    case KEY_SEED:
        if (!parse_integer(text, &a->stress.seed))
            return cli_refuse_option(state, "--seed is an integer from 0 to 2^64 - 1, not '%s'", text);
        return 0;
    case KEY_MUTATIONS:
        return take_count(state, "mutations", text, &a->stress.mutations);
    case KEY_SESSIONS:
        return take_count(state, "sessions", text, &a->stress.sessions);
    case KEY_THREADS:
        if (!parse_integer(text, &threads) || threads == 0 || threads > STRESS_THREADS)
            return cli_refuse_option(state, "--threads is an integer from 1 to %d, not '%s'", STRESS_THREADS, text);
        a->stress.threads = (unsigned)threads;
        return 0;
    case KEY_ALLOCATOR:
        return take_allocator(state, a, text);
    case KEY_SAVE:
        a->save = text;
        return 0;
    case KEY_REPLAY:
        a->replay = text;
        return 0;
    case KEY_EVERY_ALLOCATION:
        a->every_allocation = true;
        return 0;
    case KEY_POINTS:
        return take_count(state, "points", text, &a->points);
    case ARGP_KEY_ARGS:
        a->workloads = (const char *const *)state->argv + state->next;
        a->workload_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (a->workload_count > 0 && !a->every_allocation)
            return cli_refuse_option(state, "stress takes no argument without --every-allocation, but got '%s'",
                                     a->workloads[0]);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- What a failure was shrunk to ---- */

/* DIR/stress-SEED-SESSION and an ending. */
static void name_saved(char path[PATH_MAX], const char *folder, const struct deeds_origin *from, const char *ending)
{
    snprintf(path, PATH_MAX, "%s/stress-%" PRIu64 "-%" PRIu64 "%s", folder, from->seed, from->session, ending);
}

/* Says why, where it cannot be written: then there is no such file, or the former one. */
static bool open_saved(const char *path, struct output *out)
{
    char error[PATH_MAX + 200];
    if (output_open_path(path, out, error, sizeof error) == 0)
        return true;
    cli_say("stress: %s", error);
    return false;
}

static bool close_saved(struct output *out)
{
    char error[PATH_MAX + 200];
    if (output_commit(out, error, sizeof error) == 0)
        return true;
    cli_say("stress: %s", error);
    return false;
}

/* The deeds have the heap's kind, not the malloc below it: that is the allocator of this process. */
static void save_deeds(const struct arguments *a, const struct deeds_origin *from, const struct program *p)
{
    char path[PATH_MAX];
    struct output out;
    name_saved(path, a->save, from, ".deeds");
    if (!open_saved(path, &out))
        return;
    program_write(out.file, p);
    if (close_saved(&out))
        cli_say("stress: `gcsweep stress --replay %s%s%s` runs it again", path, a->running ? " --allocator " : "",
                a->running ? a->running : "");
}

static void save_script(const char *folder, const struct deeds_origin *from, const struct program *p)
{
    char path[PATH_MAX];
    size_t unsaid = 0;
    struct output out;
    name_saved(path, folder, from, ".heap");
    if (!open_saved(path, &out))
        return;
    if (deeds_script_write(out.file, p, from, &unsaid) != 0) {
        cli_say("stress: %s: memory ran out", path);
        output_abandon(&out);
        return;
    }
    if (!close_saved(&out))
        return;
    char but[96] = "";
    if (unsaid > 0)
        snprintf(but, sizeof but, ", but for %zu of %zu deeds that it cannot say wholly", unsaid, p->count);
    cli_say("stress: `gcsweep script %s` does the same to the heap%s", path, but);
}

static int show_failure(const struct arguments *a, const struct stress_result *r)
{
    const struct stress_options *o = &a->stress;
    if (!r->failed_in_session) {
        fprintf(stderr, "gcsweep stress: seed %" PRIu64 ": %s; no session fails alone\n", o->seed, r->all.failure);
        return CLI_FAILED;
    }
    fprintf(stderr, "gcsweep stress: seed %" PRIu64 ", session %" PRIu64 ", deed %" PRIu64 ": %s\n", o->seed,
            r->failed_session, r->all.deed, r->all.failure);
    fprintf(stderr, "gcsweep stress: found after %.2f s\n", r->seconds);
    struct program p;
    struct program_result shrunk;
    if (program_draw(&p, o->seed, r->failed_session, &o->heaps) < 0)
        return CLI_FAILED;
    if (program_run_confined(&p, o->hang_seconds, &shrunk) == 0) {
        fputs("gcsweep stress: the session did not fail when it was run again, alone\n", stderr);
    } else {
        program_shrink(&p, &shrunk, SHRINK_SECONDS, o->hang_seconds);
        fprintf(stderr, "gcsweep stress: shrunk to %zu deeds: %s\n", p.count, shrunk.failure);
        struct deeds_origin from = {.seed = o->seed, .session = r->failed_session, .failure = shrunk.failure};
        if (a->save) {
            save_deeds(a, &from, &p);
            save_script(a->save, &from, &p);
        } else {
            program_write(stdout, &p);
        }
    }
    program_free(&p);
    return cli_finish(CLI_FAILED);
}

/* ---- Runs ---- */

static void show_progress(void *context, const struct stress_result *r)
{
    (void)context;
    fprintf(stderr, "\rstress: %" PRIu64 " sessions, %" PRIu64 " mutations, %" PRIu64 " collections", r->sessions,
            r->all.mutations, r->all.collections);
}

static int run_here(struct arguments *a)
{
    struct stress_result r;
    a->stress.on_progress = screen_shows_progress() ? show_progress : NULL;
    int status = stress_run(&a->stress, &r);
    screen_clear_progress();
    if (status != 0)
        return show_failure(a, &r);
    printf("stress: seed %" PRIu64 ": %" PRIu64 " mutations, %" PRIu64 " objects, %" PRIu64
           " finalizers and callbacks, %" PRIu64 " collections, %" PRIu64 " checks, %" PRIu64
           " of them full, in %" PRIu64 " heaps, in %.1f s: all held\n",
           a->stress.seed, r.all.mutations, r.all.objects, r.all.hooks, r.all.collections, r.all.checks,
           r.all.full_checks, r.sessions, r.seconds);
    return cli_finish(CLI_DONE);
}

/* ---- Replaying ---- */

/* Of a file that holds no deeds. */
static const char *why_not(const char *path)
{
    size_t length = strlen(path);
    return length > 5 && strcmp(path + length - 5, ".heap") == 0
               ? "a heap script: `gcsweep script` runs it, and --replay the .deeds file beside it"
               : "this is nothing that --save has written";
}

static int replay(const char *path)
{
    FILE *in = fopen(path, "r");
    struct program p;
    if (!in || program_read(in, &p) < 0) {
        cli_say("stress: %s: %s", path, in ? why_not(path) : strerror(errno));
        if (in)
            fclose(in);
        return CLI_UNUSABLE;
    }
    fclose(in);
    struct program_result r;
    int status = program_run_confined(&p, HANG_SECONDS, &r);
    if (status == 0)
        printf("stress: %zu deeds, %" PRIu64 " mutations: all held\n", p.count, r.mutations);
    else
        fprintf(stderr, "gcsweep stress: deed %" PRIu64 ": %s\n", r.deed, r.failure);
    program_free(&p);
    return cli_finish(status == 0 ? CLI_DONE : CLI_FAILED);
}

/* ---- Allocators ---- */

/* Set in the process that was started with the allocator preloaded. */
#define PRELOADED "GCSWEEP_STRESS_PRELOADED"

enum { WORDS_MOST = 12 };

struct words {
    char *word[WORDS_MOST + 1];
    size_t count;
    bool failed;
};

static void add_word(struct words *w, const char *form, ...) __attribute__((format(printf, 2, 3)));

static void add_word(struct words *w, const char *form, ...)
{
    va_list arguments;
    va_start(arguments, form);
    if (vasprintf(&w->word[w->count], form, arguments) < 0)
        w->failed = true;
    else
        w->count++;
    va_end(arguments);
}

static void add_words(struct words *w, const struct arguments *a, const char *allocator)
{
    const struct stress_options *o = &a->stress;
    add_word(w, "gcsweep");
    add_word(w, "stress");
    add_word(w, "--seed=%" PRIu64, o->seed);
    add_word(w, "--threads=%u", o->threads);
    add_word(w, "--allocator=%s", allocator);
    if (o->seconds > 0)
        add_word(w, "--seconds=%.9g", o->seconds);
    if (o->mutations > 0)
        add_word(w, "--mutations=%" PRIu64, o->mutations);
    if (o->sessions > 0)
        add_word(w, "--sessions=%" PRIu64, o->sessions);
    if (a->save)
        add_word(w, "--save=%s", a->save);
    if (a->replay)
        add_word(w, "--replay=%s", a->replay);
    w->word[w->count] = NULL;
}

static int wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return CLI_FAILED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_FAILED;
}

/* This program again, with the allocator preloaded. */
static int run_preloaded(const struct arguments *a, const char *name, const struct allocator_choice *choice)
{
    struct words w = {0};
    add_words(&w, a, name);
    setenv(PRELOADED, "1", 1);
    char **environment = worker_environment_make(choice, 0);
    unsetenv(PRELOADED);
    pid_t child;
    int failed =
        w.failed || !environment ? ENOMEM : posix_spawn(&child, "/proc/self/exe", NULL, NULL, w.word, environment);
    worker_environment_free(environment);
    for (size_t i = 0; i < w.count; i++)
        free(w.word[i]);
    if (!failed)
        return wait_for(child);
    fprintf(stderr, "gcsweep stress: %s cannot be started: %s\n", name, strerror(failed));
    return CLI_FAILED;
}

static int run_allocator(struct arguments *a, const char *name)
{
    struct allocator_choice choice;
    char error[LINE_BYTES];
    if (allocator_parse(name, &choice, error, sizeof error) < 0 || allocator_locate(&choice, error, sizeof error) < 0)
        return cli_refuse(error);
    a->stress.heaps = (struct heap_choice){
        .chosen = true,
        .arena_bytes = choice.pools ? choice.pools->geometry->arena_bytes : 0,
        .pool_bytes = choice.pools ? choice.pools->geometry->pool_bytes : 0,
    };
    bool preloaded = getenv(PRELOADED) != NULL;
    if ((choice.path[0] || choice.settings[0][0]) && !preloaded)
        return run_preloaded(a, name, &choice);
    if (preloaded && allocator_prove(choice.allocator, choice.path, error, sizeof error) < 0)
        return cli_refuse(error);
    printf("%s: ", name);
    a->running = name;
    return a->replay ? replay(a->replay) : run_here(a);
}

static int run_allocators(struct arguments *a)
{
    int worst = CLI_DONE;
    for (size_t i = 0; i < a->allocators; i++) {
        fflush(stdout);
        int status = run_allocator(a, a->allocator[i]);
        worst = status > worst ? status : worst;
    }
    return worst;
}

static int make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && access(path, W_OK | X_OK) == 0))
        return 0;
    cli_say("stress: --save %s: %s", path, strerror(errno));
    return -1;
}

const struct argp stress_argp = {
    .options = known_options,
    .parser = parse,
    .args_doc = "[WORKLOAD...]",
    .doc = "Changes the model's heap at random and checks it against an oracle after each batch.\v"
           "A failure is shrunk to the few deeds that it takes. Only --every-allocation takes a WORKLOAD.\n"
           "Exit status: 0 all held, 1 a check failed, 2 input that cannot be used.",
};

int cli_stress(int argc, char **argv)
{
    struct arguments a = {.stress = {.seed = 1, .threads = 1, .hang_seconds = HANG_SECONDS}, .points = POINTS};
    if (cli_parse(&stress_argp, argc, argv, &a) != 0)
        return CLI_UNUSABLE;
    if (a.every_allocation)
        return stress_faults(a.workloads, a.workload_count, a.points, a.stress.seed);
    if (a.replay && a.allocators == 0)
        return replay(a.replay);
    if (!a.seconds_given && a.stress.mutations == 0 && a.stress.sessions == 0)
        a.stress.seconds = 30;
    if (a.save && make_folder(a.save) < 0)
        return CLI_UNUSABLE;
    return a.allocators > 0 ? run_allocators(&a) : run_here(&a);
}
