/* verify_random.c - gcsweep verify --random: random heap scripts on both runtimes; what differs is shrunk and saved. */
#include "harness/cli/verify_random.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/cli.h"
#include "harness/store/output.h"
#include "harness/stress/script_executed.h"
#include "harness/stress/script_generate.h"
#include "harness/stress/script_shrink.h"
#include "harness/sweep/host.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/screen.h"
#include "harness/sweep/script_pair.h"
#include "harness/sweep/script_run.h"

/* Shrinking ends after this much time or so many tries, whatever comes first;
 * after so many differences the others are saved as they are. */
#define SHRINK_NS UINT64_C(60000000000)
enum { SHRINK_TRIES = 3000, SHRUNK_MOST = 5 };

enum { ERROR_BYTES = 1024, PROGRESS_NS = 200000000 };

struct search {
    struct runner runner;
    struct script_pair pair;
    const char *save;
    uint64_t seed, scripts;
    uint64_t done, equal, executed, shrunk;
    bool on_terminal;
    uint64_t shown_ns;
    int result; /* 0, RUNNER_INTERRUPTED, or -1 with one line in `error` */
    char error[ERROR_BYTES];
};

/* A script that is being shrunk. */
struct shrinking {
    struct search *search;
    bool well; /* it ends well on both runtimes: so must what is left of it */
    uint64_t deadline_ns;
    char difference[SCRIPT_DIFFERENCE_BYTES]; /* of the last that still differed */
};

/* ---- Progress ---- */

static void show_progress(struct search *s)
{
    uint64_t now = host_now_ns();
    if (!s->on_terminal || now - s->shown_ns < PROGRESS_NS)
        return;
    s->shown_ns = now;
    fprintf(stderr, "\rverify: %" PRIu64 " of %" PRIu64 " scripts, %" PRIu64 " statements", s->done, s->scripts,
            s->executed);
}

static void clear_progress(const struct search *s)
{
    if (s->on_terminal)
        screen_clear_progress();
}

/* ---- A difference ---- */

static bool still_differs(void *context, const char *text, size_t length)
{
    struct shrinking *k = context;
    struct search *s = k->search;
    struct script_verdict v;
    if (s->result != 0 || host_now_ns() >= k->deadline_ns)
        return false;
    s->result = script_pair_run(&s->pair, text, length, &v, s->error, sizeof s->error);
    if (s->result != 0 || !v.differ || (k->well && !v.well))
        return false;
    memcpy(k->difference, v.difference, sizeof k->difference);
    return true;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static int save_script(struct search *s, const char *path, const char *text, const char *difference, size_t lines)
{
    struct output out;
    if (output_open_path(path, &out, s->error, sizeof s->error) != 0)
        return -1;
    fprintf(out.file,
            "# Script %" PRIu64 " of `gcsweep verify --random %" PRIu64 " --seed %" PRIu64 "`, shrunk from %zu lines.\n"
            "# The runtimes differ in what it prints: %s\n"
            "# To see it, run it on each: gcsweep script FILE --runtime model, then --runtime cpython.\n%s",
            s->done, s->scripts, s->seed, lines, difference, text);
    return output_commit(&out, s->error, sizeof s->error);
}

static void report(struct search *s, const char *text, const char *difference, size_t lines)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/gcsweep-random-%" PRIu64 "-%" PRIu64 ".heap", s->save, s->seed, s->done);
    int saved = save_script(s, path, text, difference, lines);
    if (saved != 0)
        s->result = saved;
    char shown[PATH_MAX];
    snprintf(shown, sizeof shown, "%s", path);
    line_clean(shown);
    clear_progress(s);
    printf("DIFFERS  script %" PRIu64 ": %s; %zu of %zu lines left", s->done, difference, count_lines(text), lines);
    if (saved == 0)
        printf(", in %s", shown);
    putchar('\n');
    fflush(stdout);
}

static void shrink_and_report(struct search *s, const char *text, size_t length, const struct script_verdict *v)
{
    struct shrinking k = {.search = s, .well = v->well, .deadline_ns = host_now_ns() + SHRINK_NS};
    memcpy(k.difference, v->difference, sizeof k.difference);
    bool shrinks = v->differ && s->shrunk < SHRUNK_MOST;
    char *shorter = shrinks ? script_shrink(text, length, still_differs, &k, SHRINK_TRIES) : NULL;
    s->shrunk += shrinks;
    report(s, shorter ? shorter : text, k.difference, count_lines(text));
    free(shorter);
}

/* ---- One script ---- */

static void check(struct search *s, const char *text, size_t length)
{
    struct script_verdict v;
    uint64_t executed;
    if (script_executed(text, length, &executed) != 0) {
        s->result = line_error(s->error, sizeof s->error, "script %" PRIu64 " of seed %" PRIu64 " cannot be parsed",
                               s->done, s->seed);
        return;
    }
    s->executed += executed;
    s->result = script_pair_run(&s->pair, text, length, &v, s->error, sizeof s->error);
    if (s->result == 0 && v.equal)
        s->equal++;
    else if (s->result == 0)
        shrink_and_report(s, text, length, &v);
}

static void search(struct search *s)
{
    while (s->done < s->scripts && s->result == 0) {
        size_t length;
        char *text = script_generate(s->seed, ++s->done, &length);
        if (text)
            check(s, text, length);
        else
            s->result = line_error(s->error, sizeof s->error, "out of memory");
        free(text);
        show_progress(s);
    }
    clear_progress(s);
}

static int finish(const struct search *s)
{
    if (s->result != 0) {
        cli_refuse(s->result == RUNNER_INTERRUPTED ? "interrupted" : s->error);
        return s->result == RUNNER_INTERRUPTED ? CLI_INTERRUPTED : CLI_FAILED;
    }
    printf("%" PRIu64 " of %" PRIu64 " scripts equal, %" PRIu64 " statements\n", s->equal, s->scripts, s->executed);
    return cli_finish(s->equal == s->scripts ? CLI_DONE : CLI_FAILED);
}

static int check_save(struct search *s)
{
    struct stat found;
    if (stat(s->save, &found) == 0 && !S_ISDIR(found.st_mode))
        errno = ENOTDIR;
    else if (access(s->save, W_OK | X_OK) == 0)
        return 0;
    return line_error(s->error, sizeof s->error, "--save: cannot write to %s: %s", s->save, strerror(errno));
}

int verify_random(const struct plan *p, uint64_t scripts, const char *save)
{
    struct search s = {.seed = p->seed, .scripts = scripts, .save = save, .on_terminal = screen_shows_progress()};
    runner_init(&s.runner, p);
    if (script_run_check(&s.runner, "--random", s.error, sizeof s.error) != 0)
        return cli_refuse(s.error);
    if (check_save(&s) != 0)
        return cli_refuse(s.error);
    if (script_pair_open(&s.pair, &s.runner, s.error, sizeof s.error) != 0)
        return cli_refuse(s.error);
    s.runner.interrupted = interrupt_watch();
    search(&s);
    interrupt_release();
    script_pair_close(&s.pair);
    return finish(&s);
}
