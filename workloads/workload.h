/* workload.h - what a workload is: one function and one descriptor.
 *
 * To add one: write workloads/NAME.c with a `const struct workload` in it, and
 * add one row to workloads.def. Command line, help, tests, plots and report
 * derive from that row.
 *
 * Order     setup builds what lives before the first request (outside of
 *           wall_ns), run is what is measured. Both may be left by running out
 *           of memory. What both leave in roots is released for them.
 * Scale     multiplies the steps of run (mutator_scaled), never the live set.
 * Requests  each pass of run's main loop is one (mutator_request_done), and the
 *           clock is read after each, which takes 30 to 40 ns. Where a request
 *           takes less than 1 us at the defaults (model, no collection going
 *           on), the clock is read after every request_group of them, and a
 *           latency is that of the group: the least power of two that makes it
 *           2 us or more. It is fixed, so that all settings, runtimes and
 *           machines time the same. A paced workload has none.
 * Checksum  run must observe (mutator_observe) what it reads, so that the
 *           same parameters, scale and seed give the same checksum on every
 *           allocator, collector, tuning and runtime.
 */
#ifndef GCSWEEP_WORKLOAD_H
#define GCSWEEP_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "workloads/mutator.h"

enum workload_param_kind { PARAM_INTEGER, PARAM_FRACTION };

/* A parameter is a uint64_t (PARAM_INTEGER) or double (PARAM_FRACTION) field
 * of the workload's own parameter struct. Bounds are inclusive. */
struct workload_param {
    const char *name; /* as typed: --param cycle_size=100 */
    size_t offset;
    enum workload_param_kind kind;
    double initial, least, most;
    const char *help; /* one phrase, with its unit */
};

#define WORKLOAD_INTEGER(type, field, initial_, least_, most_, help_) \
    {.name = #field, .offset = offsetof(type, field), .kind = PARAM_INTEGER, \
     .initial = (initial_), .least = (least_), .most = (most_), .help = (help_)}
#define WORKLOAD_FRACTION(type, field, initial_, least_, most_, help_) \
    {.name = #field, .offset = offsetof(type, field), .kind = PARAM_FRACTION, \
     .initial = (initial_), .least = (least_), .most = (most_), .help = (help_)}

/* A parameter and its text, as workload_set_param takes them. */
struct workload_setting {
    const char *param, *text;
};

struct workload {
    const char *name;     /* as typed */
    const char *stresses; /* one phrase */
    const char *source;   /* where it comes from */
    const struct workload_param *params;  /* ends with a row whose name is NULL */
    size_t params_size;                   /* at most WORKLOAD_OWN_PARAMS_BYTES */
    /* What makes a run of some milliseconds over a live set of at most a few
     * thousand objects: how verify and the contract tests run it. Ends with a
     * row whose param is NULL; NULL for none. */
    const struct workload_setting *reduced;
    const struct workload_class *classes; /* ends with a row whose name is NULL; NULL for none */
    weakref_hook *on_weakref;             /* NULL where no weak reference has a callback */
    uint64_t request_group;               /* 0 for 1; see Requests */
    bool knows_garbage;                   /* counts what it drops and what dies: mutator_count_dropped */
    void (*setup)(struct mutator *m);     /* NULL for none */
    void (*run)(struct mutator *m);
};

/* Requests timed as one, so that reading the clock takes little of them: of
 * w's own, or 1. */
static inline uint64_t workload_request_group(const struct workload *w)
{
    return w->request_group > 0 ? w->request_group : 1;
}

/* Bytes of a buffer for a workload's parameters: its own struct from the start,
 * those that every workload has at the end. */
enum { WORKLOAD_PARAMS_BYTES = 256, WORKLOAD_OWN_PARAMS_BYTES = WORKLOAD_PARAMS_BYTES - 2 * sizeof(uint64_t) };

/* All rows of workloads.def, in its order. */
extern const struct workload *const workloads[];
extern const size_t workload_count;

/* NULL when there is none of that name. */
const struct workload *find_workload(const char *name);
/* The parameters of a workload by index, its own first, then those that every
 * workload has; NULL after the last. */
const struct workload_param *workload_param_at(const struct workload *w, size_t index);
/* Writes every default into `params` (WORKLOAD_PARAMS_BYTES). */
void workload_defaults(const struct workload *w, void *params);
/* Sets one from text: 0, or -1 with one line in `error` that names what is
 * wrong and what is allowed (the workload's parameters, the range). */
int workload_set_param(const struct workload *w, void *params, const char *name, const char *text, char *error,
                       size_t error_size);
/* The parameter slowdown_percent: what the region is stretched by (the worker spins), %. */
double workload_slowdown_percent(const void *params);
/* The parameter work_ns: what each allocation is preceded by (work.h), ns. */
uint64_t workload_work_ns(const void *params);
/* The value as text, as workload_set_param takes it: "100", "0.25". */
void workload_param_text(const struct workload *w, const void *params, size_t index, char *text, size_t size);

#endif
