/* workload.c - the table of workloads, and their parameters as text.
 *
 * Text of a parameter is canonical: two texts of one number ("0.5", "5e-1")
 * are read as one value and written back as one text, since configurations
 * are told apart by it.
 */
#include "workloads/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKLOAD(c_name) extern const struct workload workload_##c_name;
#include "workloads/workloads.def"
#undef WORKLOAD

const struct workload *const workloads[] = {
#define WORKLOAD(c_name) &workload_##c_name,
#include "workloads/workloads.def"
#undef WORKLOAD
};

const size_t workload_count = sizeof workloads / sizeof workloads[0];

const struct workload *find_workload(const char *name)
{
    for (size_t i = 0; i < workload_count; i++)
        if (strcmp(workloads[i]->name, name) == 0)
            return workloads[i];
    return NULL;
}

/* ---- Parameters ---- */

/* They lie behind the room for own ones, in this order. */
enum { SLOWDOWN_AT = WORKLOAD_OWN_PARAMS_BYTES, WORK_AT = SLOWDOWN_AT + sizeof(double) };

static const struct workload_param common_params[] = {
    {.name = "slowdown_percent",
     .offset = SLOWDOWN_AT,
     .kind = PARAM_FRACTION,
     .initial = 0,
     .least = 0,
     .most = 1000,
     .help = "spinning after each request, in % of the time it took"},
    {.name = "work_ns",
     .offset = WORK_AT,
     .kind = PARAM_INTEGER,
     .initial = 0,
     .least = 0,
     .most = 1e9,
     .help = "mutator work before each allocation, ns"},
};
enum { COMMON_PARAMS = sizeof common_params / sizeof common_params[0] };

const struct workload_param *workload_param_at(const struct workload *w, size_t index)
{
    size_t own = 0;
    while (own < index && w->params[own].name)
        own++;
    if (w->params[own].name)
        return &w->params[own];
    return index - own < COMMON_PARAMS ? &common_params[index - own] : NULL;
}

double workload_slowdown_percent(const void *params)
{
    double percent;
    memcpy(&percent, (const char *)params + SLOWDOWN_AT, sizeof percent);
    return percent;
}

uint64_t workload_work_ns(const void *params)
{
    uint64_t ns;
    memcpy(&ns, (const char *)params + WORK_AT, sizeof ns);
    return ns;
}

static void store(const struct workload_param *param, void *params, double fraction, uint64_t integer)
{
    char *field = (char *)params + param->offset;
    if (param->kind == PARAM_INTEGER)
        memcpy(field, &integer, sizeof integer);
    else
        memcpy(field, &fraction, sizeof fraction);
}

void workload_defaults(const struct workload *w, void *params)
{
    const struct workload_param *p;
    memset(params, 0, WORKLOAD_PARAMS_BYTES);
    for (size_t i = 0; (p = workload_param_at(w, i)); i++)
        store(p, params, p->initial, (uint64_t)p->initial);
}

/* What a user typed, short and printable, so that an error stays one line. */
enum { SHOWN_BYTES = 48 };

static const char *shown(const char *text, char out[SHOWN_BYTES])
{
    size_t n = 0;
    for (; text[n] && n < SHOWN_BYTES - 1; n++)
        out[n] = text[n] < ' ' || text[n] == 0x7f ? '?' : text[n];
    out[n] = '\0';
    return out;
}

static int refuse_name(const struct workload *w, const char *name, char *error, size_t error_size)
{
    char typed[SHOWN_BYTES];
    char known[512] = "";
    size_t used = 0;
    const struct workload_param *p;
    for (size_t i = 0; (p = workload_param_at(w, i)) && used < sizeof known; i++) {
        int n = snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", p->name);
        used += n > 0 ? (size_t)n : 0;
    }
    snprintf(error, error_size, "workload %s has no parameter '%s'; it has: %s", w->name, shown(name, typed), known);
    return -1;
}

static int refuse_value(const struct workload *w, const struct workload_param *p, const char *text, char *error,
                        size_t error_size)
{
    char typed[SHOWN_BYTES];
    snprintf(error, error_size, "parameter %s of workload %s is %s from %.15g to %.15g, not '%s'", p->name, w->name,
             p->kind == PARAM_INTEGER ? "an integer" : "a number", p->least, p->most, shown(text, typed));
    return -1;
}

/* Whether all of `text` is a number in the parameter's range. */
static bool parse(const struct workload_param *p, const char *text, double *fraction, uint64_t *integer)
{
    const char *allowed = p->kind == PARAM_INTEGER ? "0123456789" : "0123456789.eE+-";
    if (text[0] == '\0' || text[strspn(text, allowed)] != '\0')
        return false;
    char *end;
    errno = 0;
    if (p->kind == PARAM_INTEGER) {
        *integer = strtoull(text, &end, 10);
        *fraction = (double)*integer;
    } else {
        *fraction = strtod(text, &end) + 0.0; /* -0 becomes 0 */
    }
    bool in_range = *fraction >= p->least && *fraction <= p->most; /* false for NaN */
    return *end == '\0' && errno == 0 && in_range;
}

int workload_set_param(const struct workload *w, void *params, const char *name, const char *text, char *error,
                       size_t error_size)
{
    const struct workload_param *p;
    size_t i = 0;
    while ((p = workload_param_at(w, i)) && strcmp(p->name, name) != 0)
        i++;
    if (!p)
        return refuse_name(w, name, error, error_size);

    double fraction = 0;
    uint64_t integer = 0;
    if (!parse(p, text, &fraction, &integer))
        return refuse_value(w, p, text, error, error_size);
    store(p, params, fraction, integer);
    return 0;
}

/* The fewest digits that read back as the same number; whole ones without an exponent: 50, not 5e+01. */
static void fraction_text(double x, char *text, size_t size)
{
    double whole = trunc(x);
    if (x >= whole && x <= whole && fabs(x) < 1e15) {
        snprintf(text, size, "%.0f", x);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, x);
        double read = strtod(text, NULL);
        if (read >= x && read <= x)
            return;
    }
}

void workload_param_text(const struct workload *w, const void *params, size_t index, char *text, size_t size)
{
    const struct workload_param *p = workload_param_at(w, index);
    const char *field = (const char *)params + p->offset;
    if (p->kind == PARAM_INTEGER) {
        uint64_t integer;
        memcpy(&integer, field, sizeof integer);
        snprintf(text, size, "%" PRIu64, integer);
    } else {
        double fraction;
        memcpy(&fraction, field, sizeof fraction);
        fraction_text(fraction, text, size);
    }
}
