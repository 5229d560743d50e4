/* fault_sweep.c - a run that forks at each point of failure. */
#include "harness/stress/fault_sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/stress/confine.h"
#include "harness/worker/apply.h"
#include "harness/worker/faults/fail_nth.h"
#include "workloads/random.h"

/* How one end came out, written by the process that had it. */
struct verdict {
    bool given; /* false: it did not come that far */
    enum fault_end end;
    char why[FAULT_TEXT];
};

/* What all processes of a sweep see. */
struct shared {
    struct fault_result result;
    struct verdict verdict;
};

/* Which of `total` requests fail: those still to choose among those still to come. */
struct chooser {
    uint64_t total, first, to_choose;
};

struct sweep {
    const struct worker_options *subject;
    const struct fault_sweep_options *options;
    struct shared *shared;
    struct fail_nth fail; /* its point is set in the child whose request gets nothing */
    struct chooser chooser[MEMORY_FAULT_KINDS];
    struct random random;
    bool counting; /* nothing fails */
    struct applied_tuning tuning;
    struct mutator mutator;
    _Alignas(16) char mutator_memory[MUTATOR_MEMORY_BYTES];
};

/* ---- Which points ---- */

static void open_chooser(struct chooser *c, uint64_t total, uint64_t most)
{
    uint64_t points = total < most ? total : most;
    uint64_t first = total <= most ? total : most - most / 2;
    *c = (struct chooser){.total = total, .first = first, .to_choose = points - first};
}

/* Algorithm S of Knuth, The Art of Computer Programming 2, 3.4.2: each sample of
 * the wanted size is as likely. */
static bool chosen(struct sweep *s, enum memory_fault_kind kind, uint64_t number)
{
    struct chooser *c = &s->chooser[kind];
    if (number <= c->first)
        return true;
    if (number > c->total || c->to_choose == 0)
        return false;
    double to_come = (double)(c->total - number + 1);
    bool taken = random_next_unit(&s->random) * to_come < (double)c->to_choose;
    c->to_choose -= taken;
    return taken;
}

/* ---- Ends ---- */

static void note(struct sweep *s, const struct fault_point *point, enum fault_end end, const char *why)
{
    struct fault_result *r = &s->shared->result;
    r->kind[point->kind].ends[end]++;
    if (end == FAULT_OUT_OF_MEMORY || end == FAULT_WENT_ON || r->first_bad.nth > 0)
        return;
    r->first_bad = *point;
    snprintf(r->why, sizeof r->why, "%s", why);
}

static void give(struct sweep *s, enum fault_end end, const char *why)
{
    struct verdict *v = &s->shared->verdict;
    snprintf(v->why, sizeof v->why, "%s", why);
    v->end = end;
    v->given = true;
}

/* The run is over, the heap closed: `left` is what the guards gave. */
static void judge(struct sweep *s, int left)
{
    const struct memory_faults *memory = &s->fail.memory;
    char why[FAULT_TEXT];
    snprintf(why, sizeof why, "%" PRIu64 " blocks, %" PRIu64 " of malloc's and %" PRIu64 " arenas leaked",
             memory->out[MEMORY_FAULT_BLOCK], memory->out[MEMORY_FAULT_MALLOC], memory->out[MEMORY_FAULT_ARENA]);
    if (s->fail.unsound[0])
        give(s, FAULT_UNSOUND, s->fail.unsound);
    else if (memory_faults_out(memory) > 0)
        give(s, FAULT_LEAKED, why);
    else if (left == 0)
        give(s, FAULT_WENT_ON, "");
    else if (left == ENOMEM)
        give(s, FAULT_OUT_OF_MEMORY, "");
    else
        give(s, FAULT_FAILED, s->mutator.failure);
}

static void note_child(struct sweep *s, const struct fault_point *point, int status)
{
    const struct verdict *v = &s->shared->verdict;
    char crash[FAULT_TEXT];
    confine_describe(status, s->options->hang_seconds, crash, sizeof crash);
    if (crash[0])
        note(s, point, FAULT_CRASHED, crash);
    else if (!v->given)
        note(s, point, FAULT_CRASHED, "the process ended without a word");
    else
        note(s, point, v->end, v->why);
}

/* ---- Points ---- */

static int wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

/* What it says of its end is in the verdict; a sanitizer's words are of no use in their hundreds. */
static void become_child(const struct sweep *s)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        signal(crashes[i], SIG_DFL); /* whatever the caller does on a crash of its own */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(s->options->hang_seconds);
}

/* True in the child: its request gets nothing. False in the parent. */
static bool fail_in_child(struct sweep *s, const struct fault_point *point)
{
    s->shared->verdict.given = false;
    pid_t child = fork();
    if (child == 0) {
        become_child(s);
        s->fail.point = *point;
        return true;
    }
    if (child < 0)
        note(s, point, FAULT_FAILED, "no process for it");
    else
        note_child(s, point, wait_for(child));
    return false;
}

/* A memory_refuse. */
static bool refuse(void *context, enum memory_fault_kind kind, uint64_t number, size_t bytes)
{
    struct sweep *s = context;
    if (s->fail.point.nth > 0)
        return fail_nth_refuse(&s->fail, kind, number, bytes);
    if (s->counting || !chosen(s, kind, number))
        return false;
    s->shared->result.kind[kind].points++;
    for (int onwards = 0; onwards < 2; onwards++) {
        const struct fault_point point = {.kind = kind, .nth = number, .onwards = onwards == 1};
        if (fail_in_child(s, &point))
            return fail_nth_refuse(&s->fail, kind, number, bytes);
    }
    return false;
}

/* ---- The run ---- */

static int run_workload(struct sweep *s)
{
    const struct workload *workload = s->subject->workload;
    int left = workload->setup ? mutator_guard(&s->mutator, workload->setup) : 0;
    if (left != 0)
        return left;
    apply_after_setup(&s->tuning, &s->mutator);
    return mutator_guard(&s->mutator, workload->run);
}

/* From the heap's opening to its end; in a child, its end alone. */
static void run(struct sweep *s)
{
    const struct worker_options *o = s->subject;
    struct runtime_options runtime = worker_runtime_options(o);
    char error[FAULT_TEXT];
    fail_nth_open(&s->fail, &(struct fault_point){0}, &runtime);
    s->fail.memory.refuse = refuse;
    s->fail.memory.context = s;
    if (mutator_open(&s->mutator, s->mutator_memory, &runtime, o->params, o->scale, o->seed, error, sizeof error) !=
        0) {
        give(s, FAULT_FAILED, error);
        return;
    }
    fail_nth_watch(&s->fail, &s->mutator);
    s->tuning.setting = o->tuning;
    apply_at_start(&s->tuning, &s->mutator);
    int left = run_workload(s);
    fail_nth_close(&s->fail, &s->mutator);
    judge(s, left);
}

/* The undisturbed run, in a process of its own. */
static _Noreturn void run_trunk(struct sweep *s)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    random_seed(&s->random, s->options->seed);
    for (int kind = 0; kind < MEMORY_FAULT_KINDS; kind++)
        open_chooser(&s->chooser[kind], s->shared->result.kind[kind].asked, s->options->most);
    run(s);
    if (s->fail.point.nth == 0)
        for (int kind = 0; kind < MEMORY_FAULT_KINDS; kind++)
            s->shared->result.kind[kind].asked = s->fail.memory.asked[kind];
    _exit(0);
}

static int fork_trunk(struct sweep *s, bool counting, char *error, size_t error_size)
{
    char why[FAULT_TEXT] = "";
    s->counting = counting;
    s->shared->verdict = (struct verdict){0};
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        run_trunk(s);
    if (child > 0)
        confine_describe(wait_for(child), s->options->hang_seconds, why, sizeof why);
    const struct verdict *v = &s->shared->verdict;
    if (child > 0 && why[0] == '\0' && v->given && v->end == FAULT_WENT_ON)
        return 0;
    snprintf(error, error_size, "%s cannot be swept: %s", s->subject->workload->name,
             child < 0   ? strerror(errno)
             : why[0]    ? why
             : v->why[0] ? v->why
                         : "it does not come to its end");
    return -1;
}

int fault_sweep(const struct worker_options *subject, const struct fault_sweep_options *o, struct fault_result *out,
                char *error, size_t error_size)
{
    struct sweep *s = calloc(1, sizeof *s);
    struct shared *shared = confine_share(sizeof *shared);
    int result = -1;
    if (!s || !shared) {
        snprintf(error, error_size, "out of memory");
    } else {
        s->subject = subject;
        s->options = o;
        s->shared = shared;
        result = fork_trunk(s, true, error, error_size);
        if (result == 0)
            result = fork_trunk(s, false, error, error_size);
        *out = shared->result;
    }
    if (shared)
        confine_unshare(shared, sizeof *shared);
    free(s);
    return result;
}
