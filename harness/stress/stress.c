/* stress.c - which sessions run, on which thread, until when. */
#include "harness/stress/stress.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/stress/confine.h"

/* What a thread is at, for the parent to see. */
struct lane {
    struct yard *yard;
    struct program_result result; /* sums; failure and deed are those of the session under way */
    uint64_t session;             /* under way, plus 1; 0: none */
    uint64_t sessions;            /* done */
};

/* All that the child and its parent share. */
struct yard {
    const struct stress_options *options;
    double start;
    atomic_uint_fast64_t next_session, mutations;
    atomic_bool stop;
    struct lane lane[STRESS_THREADS];
};

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- In the child ---- */

static bool is_over(struct yard *y, uint64_t session)
{
    const struct stress_options *o = y->options;
    return atomic_load(&y->stop) || (o->sessions > 0 && session >= o->sessions) ||
           (o->mutations > 0 && atomic_load(&y->mutations) >= o->mutations) ||
           (o->seconds > 0 && seconds_now() - y->start >= o->seconds);
}

static int run_one(const struct stress_options *o, uint64_t session, struct program_result *result)
{
    struct program p;
    if (program_draw(&p, o->seed, session, &o->heaps) < 0) {
        snprintf(result->failure, sizeof result->failure, "memory ran out");
        return -1;
    }
    int status = program_run_hooked(&p, result, o->before_check, o->context);
    program_free(&p);
    return status;
}

static void *run_lane(void *argument)
{
    struct lane *lane = argument;
    struct yard *y = lane->yard;
    for (;;) {
        uint64_t session = atomic_fetch_add(&y->next_session, 1);
        if (is_over(y, session))
            return NULL;
        uint64_t before = lane->result.mutations;
        lane->session = session + 1;
        if (run_one(y->options, session, &lane->result) < 0) {
            atomic_store(&y->stop, true);
            return NULL;
        }
        lane->session = 0;
        lane->sessions++;
        atomic_fetch_add(&y->mutations, lane->result.mutations - before);
    }
}

static _Noreturn void run_child(struct yard *y)
{
    pthread_t thread[STRESS_THREADS];
    unsigned started = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (; started < y->options->threads; started++) {
        y->lane[started].yard = y;
        if (pthread_create(&thread[started], NULL, run_lane, &y->lane[started]) != 0)
            break;
    }
    for (unsigned i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    _exit(started == y->options->threads ? 0 : 1);
}

/* ---- In the parent ---- */

static void add_up(const struct yard *y, struct stress_result *out)
{
    struct stress_result sum = {0};
    for (unsigned i = 0; i < y->options->threads; i++) {
        const struct program_result *r = &y->lane[i].result;
        sum.all.mutations += r->mutations;
        sum.all.objects += r->objects;
        sum.all.hooks += r->hooks;
        sum.all.collections += r->collections;
        sum.all.checks += r->checks;
        sum.all.full_checks += r->full_checks;
        sum.sessions += y->lane[i].sessions;
    }
    *out = sum;
}

/* Something that changes as long as the lane gets on. */
static uint64_t pulse(const struct lane *lane)
{
    const volatile struct lane *l = lane;
    return l->session * UINT64_C(1000003) + l->result.deed;
}

struct watch {
    uint64_t pulse[STRESS_THREADS];
    double since[STRESS_THREADS];
};

static bool hangs(const struct yard *y, struct watch *w)
{
    double now = seconds_now();
    for (unsigned i = 0; i < y->options->threads; i++) {
        uint64_t p = pulse(&y->lane[i]);
        if (p != w->pulse[i] || w->since[i] <= 0) {
            w->pulse[i] = p;
            w->since[i] = now;
        } else if (y->lane[i].session != 0 && now - w->since[i] > y->options->hang_seconds) {
            return true;
        }
    }
    return false;
}

/* The child's status, as waitpid gives it; a child that hangs is ended as by an alarm. */
static int wait_for(pid_t child, const struct yard *y, struct stress_result *result)
{
    struct watch watch = {0};
    int status = 0;
    for (;;) {
        pid_t got = waitpid(child, &status, WNOHANG);
        if (got == child || (got < 0 && errno != EINTR))
            return status;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        if (hangs(y, &watch)) {
            kill(child, SIGALRM);
            waitpid(child, &status, 0);
            return status;
        }
        if (y->options->on_progress) {
            add_up(y, result);
            y->options->on_progress(y->options->context, result);
        }
    }
}

static void blame(const struct lane *lane, const struct program_result *r, struct stress_result *out)
{
    memcpy(out->all.failure, r->failure, sizeof out->all.failure);
    out->all.deed = r->deed;
    out->failed_session = lane->session - 1;
    out->failed_in_session = true;
}

/* The child crashed: which of the sessions under way does so alone? */
static void find_culprit(const struct yard *y, struct stress_result *out)
{
    for (unsigned i = 0; i < y->options->threads && !out->failed_in_session; i++) {
        struct program p;
        struct program_result r;
        if (y->lane[i].session == 0 ||
            program_draw(&p, y->options->seed, y->lane[i].session - 1, &y->options->heaps) < 0)
            continue;
        if (program_run_confined(&p, y->options->hang_seconds, &r) < 0)
            blame(&y->lane[i], &r, out);
        program_free(&p);
    }
}

static void find_failure(const struct yard *y, int status, struct stress_result *out)
{
    for (unsigned i = 0; i < y->options->threads; i++) {
        if (y->lane[i].result.failure[0] == '\0')
            continue;
        blame(&y->lane[i], &y->lane[i].result, out);
        return;
    }
    confine_describe(status, y->options->hang_seconds, out->all.failure, sizeof out->all.failure);
    if (out->all.failure[0] != '\0')
        find_culprit(y, out);
}

int stress_run(const struct stress_options *options, struct stress_result *result)
{
    *result = (struct stress_result){0};
    struct yard *y = confine_share(sizeof *y);
    if (!y) {
        snprintf(result->all.failure, sizeof result->all.failure, "memory ran out");
        return -1;
    }
    y->options = options;
    y->start = seconds_now();
    pid_t child = fork();
    if (child == 0)
        run_child(y);
    if (child < 0) {
        snprintf(result->all.failure, sizeof result->all.failure, "no process: %s", strerror(errno));
    } else {
        int status = wait_for(child, y, result);
        add_up(y, result);
        result->seconds = seconds_now() - y->start;
        find_failure(y, status, result);
    }
    confine_unshare(y, sizeof *y);
    return result->all.failure[0] == '\0' ? 0 : -1;
}
