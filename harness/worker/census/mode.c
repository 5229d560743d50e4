/* mode.c - marking before collections, and what came of it. */
#include "harness/worker/census/mode.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/heap_mark.h"
#include "harness/worker/apply.h"
#include "harness/worker/census/ages.h"
#include "harness/worker/options.h"
#include "harness/worker/scratch.h"

#define CENSUS_KEY "census="

enum { EXIT_UNUSABLE = 2, CARD_SHARE = 16 };

struct census {
    const char *program;
    bool card;
    struct worker_options options;
    struct applied_tuning tuning;
    struct mutator mutator;
    struct heap_mark *mark;
    struct ages ages; /* a card's */
    struct heap_census now;
    struct heap_count live_peak, floating_peak; /* of floating objects the tracked ones */
    uint64_t next_look;                         /* a card's: blocks allocated when the heap is marked again */
    uint64_t released_before, by_collections;   /* objects, before the collection under way; and in all */
    int result;                                 /* of mutator_guard */
    bool failed;                                /* no memory for marks */
    _Alignas(16) char mutator_memory[MUTATOR_MEMORY_BYTES];
};

bool census_mode_asked(int argc, char **argv)
{
    return argc > 1 && strncmp(argv[1], CENSUS_KEY, strlen(CENSUS_KEY)) == 0;
}

static int fail(const struct census *c, int status, const char *why)
{
    fprintf(stderr, "%s: %s\n", c->program, why);
    return status;
}

/* ---- Looking ---- */

static void raise_to(uint64_t *peak, uint64_t x)
{
    if (x > *peak)
        *peak = x;
}

static void look(struct census *c)
{
    struct mutator *m = &c->mutator;
    if (heap_mark_run(c->mark, mutator_heap(m), m->slots, m->slots_used, &c->now) != 0)
        c->failed = true;
    raise_to(&c->live_peak.objects, c->now.live.objects);
    raise_to(&c->live_peak.bytes, c->now.live.bytes);
    raise_to(&c->floating_peak.objects, c->now.floating_tracked);
    raise_to(&c->floating_peak.bytes, c->now.floating.bytes);
    c->next_look = c->ages.allocated + c->now.live.objects / CARD_SHARE;
}

/* A gc_callback. */
static void see_collection(void *context, const struct gc_event *event)
{
    struct census *c = context;
    uint64_t released = cascade_released(&mutator_heap(&c->mutator)->cascade);
    if (event->stop)
        c->by_collections += released - c->released_before;
    else if (!c->card || c->ages.allocated >= c->next_look)
        look(c);
    c->released_before = released;
}

/* ---- The run ---- */

static int open_mutator(struct census *c, char *error, size_t error_size)
{
    const struct worker_options *o = &c->options;
    const struct runtime_options runtime = worker_runtime_options(o);
    if (mutator_open(&c->mutator, c->mutator_memory, &runtime, o->params, o->scale, o->seed, error, error_size) != 0)
        return -1;
    struct heap *heap = mutator_heap(&c->mutator);
    if (c->card) {
        freelists_open(&heap->freelists, false);
        memory_observe(&heap->memory, &c->ages.observer);
    }
    gc_set_callback(&heap->gc, see_collection, c);
    c->tuning.setting = o->tuning;
    apply_at_start(&c->tuning, &c->mutator);
    return 0;
}

static void run_workload(struct census *c)
{
    const struct workload *workload = c->options.workload;
    c->result = workload->setup ? mutator_guard(&c->mutator, workload->setup) : 0;
    if (c->result != 0)
        return;
    apply_after_setup(&c->tuning, &c->mutator);
    c->result = mutator_guard(&c->mutator, workload->run);
    look(c);
}

/* ---- What it found ---- */

static void write_figures(const struct census *c, FILE *out)
{
    uint64_t released = cascade_released(&c->mutator.runtime.heap.cascade);
    uint64_t left = c->now.live.objects + c->now.floating.objects;
    fprintf(out, "live %" PRIu64 " %" PRIu64 "\n", c->live_peak.objects, c->live_peak.bytes);
    fprintf(out, "floating %" PRIu64 " %" PRIu64 "\n", c->floating_peak.objects, c->floating_peak.bytes);
    fprintf(out, "objects %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", released + left, released - c->by_collections,
            c->by_collections);
    if (!c->card)
        return;
    uint64_t died = c->ages.at_death.count;
    fprintf(out, "blocks %" PRIu64 " %" PRIu64 "\n", c->ages.allocated, c->ages.allocated_bytes);
    fprintf(out, "age %" PRIu64 " %" PRIu64 "\n", died, died > 0 ? histogram_percentile(&c->ages.at_death, 50) : 0);
}

static int report(const struct census *c)
{
    if (c->failed || c->ages.failed)
        return fail(c, EXIT_FAILURE, "no memory for the marks of the heap");
    FILE *out = fdopen(c->options.record_fd, "w");
    if (!out)
        return fail(c, EXIT_FAILURE, "cannot write the census");
    if (c->result == EINVAL)
        fprintf(out, "status failed %s\n", c->mutator.failure);
    else
        fprintf(out, "status %s\n", c->result == 0 ? "ok" : "out-of-memory");
    if (c->result == 0)
        write_figures(c, out);
    bool unwritten = ferror(out) != 0;
    unwritten = fclose(out) != 0 || unwritten;
    return unwritten ? fail(c, EXIT_FAILURE, "cannot write the census") : EXIT_SUCCESS;
}

static int run_census(struct census *c)
{
    char error[1024];
    c->mark = heap_mark_open();
    if (!c->mark || (c->card && ages_open(&c->ages) != 0))
        return fail(c, EXIT_FAILURE, "no memory for the marks of the heap");
    if (open_mutator(c, error, sizeof error) != 0)
        return fail(c, EXIT_UNUSABLE, error);
    run_workload(c);
    int status = report(c);
    mutator_close(&c->mutator);
    script_file_close(&c->options.script);
    heap_mark_close(c->mark);
    if (c->card)
        ages_close(&c->ages);
    return status;
}

int census_mode_run(const char *program, int argc, char **argv)
{
    char error[4096];
    struct census *c = scratch_lazy(sizeof *c);
    if (!c) {
        fprintf(stderr, "%s: no memory for the worker's own buffers\n", program);
        return EXIT_FAILURE;
    }
    c->program = program;
    const char *frequency = argv[1] + strlen(CENSUS_KEY);
    c->card = strcmp(frequency, "card") == 0;
    if (!c->card && strcmp(frequency, "each") != 0)
        return fail(c, EXIT_UNUSABLE, "census must be each or card");
    if (worker_options_parse(argc - 1, argv + 1, &c->options, error, sizeof error) != 0)
        return fail(c, EXIT_UNUSABLE, error);
    return run_census(c);
}
