/* mutator.c - what a mutator is on either runtime: frames, roots, the way out. */
#define MUTATOR_NO_PLACES
#include "workloads/mutator.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Life ---- */

int mutator_open(struct mutator *m, void *memory, const struct runtime_options *options, const void *params,
                 double scale, uint64_t seed, char *error, size_t error_size)
{
    /* The runtime sets its own state: zeroing it here would touch all of it. */
    memset((char *)m + sizeof m->runtime, 0, sizeof *m - sizeof m->runtime);
    m->params = params;
    m->scale = scale;
    random_seed(&m->random, seed);
    m->slots = memory;
    m->frame_base = (uint32_t *)(void *)(m->slots + MUTATOR_SLOTS);
    return runtime_open(m, options, error, error_size);
}

void mutator_close(struct mutator *m)
{
    mutator_release_all(m);
    runtime_close(m);
}

/* steps times the scale may pass what a uint64_t holds. */
uint64_t mutator_scaled(const struct mutator *m, uint64_t steps)
{
    if (steps == 0)
        return 0;
    double scaled = round((double)steps * m->scale);
    if (scaled < 1)
        return 1;
    return scaled < 0x1p64 ? (uint64_t)scaled : UINT64_MAX;
}

/* ---- Frames and roots ---- */

/* A workload that outgrows its frames is wrong, and going on would corrupt
 * what it measures. */
static _Noreturn void abort_workload(const char *what)
{
    fprintf(stderr, "gcsweep: bug in a workload: %s\n", what);
    abort();
}

static value *take_slots(struct mutator *m, size_t n)
{
    if (n > MUTATOR_SLOTS - m->slots_used)
        abort_workload("more roots and frame slots than MUTATOR_SLOTS");
    value *first = m->slots + m->slots_used;
    m->slots_used += n;
    return first;
}

value *mutator_roots(struct mutator *m, size_t n)
{
    if (m->frames > 0)
        abort_workload("mutator_roots while a frame is pushed");
    value *first = take_slots(m, n);
    m->roots_used = m->slots_used;
    return first;
}

value *mutator_push(struct mutator *m, size_t n)
{
    if (m->frames == MUTATOR_FRAMES)
        abort_workload("more nested frames than MUTATOR_FRAMES");
    m->frame_base[m->frames] = (uint32_t)m->slots_used;
    value *first = take_slots(m, n);
    m->frames++;
    return first;
}

/* A finalizer that is called by a drop may push and pop frames above this one. */
void mutator_pop(struct mutator *m)
{
    size_t base = m->frame_base[m->frames - 1];
    for (size_t i = base; i < m->slots_used; i++)
        value_replace(m, &m->slots[i], NULL);
    m->frames--;
    m->slots_used = base;
}

void mutator_release_all(struct mutator *m)
{
    while (m->frames > 0)
        mutator_pop(m);
    for (size_t i = m->roots_used; i-- > 0;)
        value_replace(m, &m->slots[i], NULL);
    m->slots_used = m->roots_used = 0;
}

/* ---- Out of memory, and other ends ---- */

static _Noreturn void leave(struct mutator *m, int reason)
{
    if (!m->unwind)
        abort_workload("out of memory or failed outside of mutator_guard");
    longjmp(*m->unwind, reason);
}

_Noreturn void mutator_out_of_memory(struct mutator *m)
{
    leave(m, ENOMEM);
}

_Noreturn void mutator_fail(struct mutator *m, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(m->failure, sizeof m->failure, format, arguments);
    va_end(arguments);
    leave(m, EINVAL);
}

int mutator_guard(struct mutator *m, void (*step)(struct mutator *m))
{
    jmp_buf *outer = m->unwind;
    jmp_buf here;
    m->unwind = &here;
    m->left = 0;
    int left = setjmp(here);
    if (left == 0) {
        step(m);
    } else {
        m->left = left;
        mutator_release_all(m);
    }
    m->unwind = outer;
    return left;
}
