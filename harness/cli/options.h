/* options.h - what `run` and `sweep` share: the options that make a plan.
 *
 * Give options_argp as a child parser with a struct plan_options as input.
 * Texts are kept as typed while options come in any order, and are applied
 * afterwards.
 */
#ifndef GCSWEEP_OPTIONS_H
#define GCSWEEP_OPTIONS_H

#include <argp.h>
#include <stddef.h>

#include "harness/sweep/plan.h"

enum { OPTIONS_MOST = 256 };

struct option_value {
    int key;
    const char *text;
};

struct plan_options {
    /* In the order given: the dimensions' values and parameters. */
    struct option_value dimension[OPTIONS_MOST];
    size_t dimension_count;
    const char *thresholds[3];
    const char *scale, *seed, *timeout, *memory_limit; /* NULL: not given */
};

enum option_key {
    OPTION_WORKLOAD = 512,
    OPTION_RUNTIME,
    OPTION_ALLOCATOR,
    OPTION_COLLECTOR,
    OPTION_TUNING,
    OPTION_REFCOUNT,
    OPTION_PARAM,
    OPTION_THRESHOLD0,
    OPTION_THRESHOLD1,
    OPTION_THRESHOLD2,
    OPTION_SCALE,
    OPTION_SEED,
    OPTION_TIMEOUT,
    OPTION_MEMORY_LIMIT,
    OPTION_OWN = 1024, /* a subcommand's own keys start here */
};

extern const struct argp options_argp;

/* For a value that is no option, such as run's WORKLOAD. -1 when there are too many. */
int options_keep(struct plan_options *o, int key, const char *text);
/* The first option that names a dimension, as typed ("--allocator"); NULL when none did. */
const char *options_first_dimension(const struct plan_options *o);
/* Adds the dimensions to a plan that was initialised. 0, or -1 with one line in `error`. */
int options_apply_dimensions(const struct plan_options *o, struct plan *p, char *error, size_t error_size);
/* Sets scale, seed and limits, where given. */
int options_apply_numbers(const struct plan_options *o, struct plan *p, char *error, size_t error_size);

#endif
