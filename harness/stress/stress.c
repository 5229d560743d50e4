/* stress.c - sessions and batches: which heap, which settings, until when. */
#include "harness/stress/session.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCHES_A_SESSION = 64, MUTATIONS_A_BATCH = 200, FULL_CHECK_EVERY = 8, PLACES_TO_SPARE = 1024 };

bool session_fail(struct session *s, const char *format, ...)
{
    if (s->result->failure[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(s->result->failure, sizeof s->result->failure, format, arguments);
        va_end(arguments);
        s->result->failed_batch = s->result->batches;
    }
    return false;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Settings that a user of the collector may change at any time. */
static void change_settings(struct session *s)
{
    struct mutator *m = &s->m;
    runtime_set_thresholds(m, (int)session_below(s, 60), (int)session_below(s, 5), (int)session_below(s, 5));
    runtime_enable(m, session_below(s, 4) > 0);
    if (session_below(s, 8) == 0)
        runtime_freeze(m);
    if (session_below(s, 6) == 0)
        runtime_unfreeze(m);
    if (session_below(s, 3) == 0)
        runtime_collect(m, (int)session_below(s, GENERATIONS));
    s->quiet = false;
}

/* Collection off, so that what the next full one finds is known exactly. */
static void be_quiet(struct session *s)
{
    if (!session_collect_all(s))
        return;
    runtime_enable(&s->m, false);
    s->quiet = true;
}

static void drop_roots(struct session *s)
{
    for (size_t i = 0; i < ORACLE_ROOTS; i++) {
        value_replace(&s->m, &mutator_all_roots(&s->m)[i], NULL);
        oracle_set_root(&s->oracle, i, ORACLE_NONE);
    }
}

static bool run_batch(struct session *s, const struct stress_options *options)
{
    bool last = ++s->result->batches % FULL_CHECK_EVERY == 0;
    if (session_below(s, 4) == 0)
        be_quiet(s);
    else
        change_settings(s);
    s->growing = session_below(s, 4) > 0;
    for (int i = 0; i < MUTATIONS_A_BATCH; i++)
        session_mutate(s);
    if (options->before_check)
        options->before_check(options->context, &s->m, s->result->batches);
    if (!session_check(s, false) || (last && !session_collect_all(s)))
        return false;
    if (s->oracle.free_count < PLACES_TO_SPARE) {
        drop_roots(s);
        return session_collect_all(s);
    }
    return s->result->failure[0] == '\0';
}

struct guarded {
    struct session session; /* first: the mutator leads here */
    const struct stress_options *options;
};

static void run_batches(struct mutator *m)
{
    struct guarded *g = (struct guarded *)(void *)m;
    mutator_roots(m, ORACLE_ROOTS);
    for (int i = 0; i < BATCHES_A_SESSION; i++)
        if (!run_batch(&g->session, g->options))
            return;
    drop_roots(&g->session);
    if (session_collect_all(&g->session))
        session_check_empty(&g->session);
}

static void count_collection(void *context, int kind, uint64_t start_ns, uint64_t end_ns)
{
    (void)start_ns, (void)end_ns;
    if (kind != PAUSE_RELEASE)
        ((struct stress_result *)context)->collections++;
}

/* One heap from its opening to its closing. False on a failure. */
static bool run_session(struct guarded *g, void *memory, uint64_t number)
{
    struct session *s = &g->session;
    struct stress_result *result = s->result;
    struct runtime_options heap = {
        .pools = number % 2 == 0,
        .collector = collectors[number / 2 % collector_count]->name,
        .classes = session_classes,
        .on_pause = count_collection,
        .on_pause_context = result,
    };
    char error[200];
    random_seed(&s->random, g->options->seed ^ (number * UINT64_C(0x9E3779B97F4A7C15)));
    oracle_reset(&s->oracle);
    if (mutator_open(&s->m, memory, &heap, NULL, 1, 1, error, sizeof error) != 0)
        return session_fail(s, "no heap: %s", error);
    if (mutator_guard(&s->m, run_batches) != 0)
        session_fail(s, "memory ran out");
    mutator_close(&s->m);
    result->sessions++;
    return result->failure[0] == '\0';
}

static bool is_over(const struct stress_options *options, const struct stress_result *result, double start)
{
    return (options->batches > 0 && result->batches >= options->batches) ||
           (options->seconds > 0 && seconds_now() - start >= options->seconds);
}

int stress_run(const struct stress_options *options, struct stress_result *result)
{
    memset(result, 0, sizeof *result);
    struct guarded *g = calloc(1, sizeof *g);
    void *memory = calloc(1, MUTATOR_MEMORY_BYTES);
    if (!g || !memory) {
        snprintf(result->failure, sizeof result->failure, "memory ran out");
        free(g);
        free(memory);
        return -1;
    }
    g->options = options;
    g->session.result = result;
    double start = seconds_now();
    bool held = true;
    for (uint64_t number = 0; held && !is_over(options, result, start); number++) {
        held = run_session(g, memory, number);
        if (options->on_progress)
            options->on_progress(options->context, result);
    }
    free(g);
    free(memory);
    return held ? 0 : -1;
}
