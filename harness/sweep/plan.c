/* plan.c - a plan is filled value by value. */
#include "harness/sweep/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "harness/sweep/plan_label.h"
#include "harness/sweep/plan_values.h"
#include "workloads/workload.h"

void plan_init(struct plan *p)
{
    memset(p, 0, sizeof *p);
    p->seed = 1;
    p->timeout_ns = PLAN_DEFAULT_TIMEOUT_NS;
    p->memory_bytes = PLAN_MEMORY_AVAILABLE;
}

void plan_free(struct plan *p)
{
    free(p->workloads);
    free(p->runtimes.text);
    free(p->allocators.text);
    free(p->collectors.text);
    free(p->tunings.text);
    free(p->refcounts.text);
    memset(p, 0, sizeof *p);
}

/* ---- Workloads and their parameters ---- */

static bool same_workload(const struct plan_workload *a, const struct plan_workload *b)
{
    char left[PLAN_TEXT_BYTES], right[PLAN_TEXT_BYTES];
    return plan_workload_label(a, left) == 0 && plan_workload_label(b, right) == 0 && strcmp(left, right) == 0;
}

static int append_workload(struct plan *p, const struct plan_workload *w, char *error, size_t error_size)
{
    char label[PLAN_TEXT_BYTES];
    if (plan_workload_label(w, label) != 0)
        return line_error(error, error_size, "the name of workload %s, or its parameters, are too long", w->name);
    for (size_t i = 0; i < p->workload_count; i++)
        if (same_workload(&p->workloads[i], w))
            return 0;
    if (p->workload_count == PLAN_MOST_WORKLOADS)
        return line_error(error, error_size, "a plan has at most %d workloads, each set of parameters counted",
                          PLAN_MOST_WORKLOADS);
    struct plan_workload copy = *w; /* `w` may lie in the array that moves */
    struct plan_workload *grown = realloc(p->workloads, (p->workload_count + 1) * sizeof *grown);
    if (!grown)
        return line_error(error, error_size, "out of memory");
    p->workloads = grown;
    grown[p->workload_count++] = copy;
    return 0;
}

int plan_add_workload(struct plan *p, const char *name, char *error, size_t error_size)
{
    if (plan_check_workload(name, error, error_size) != 0)
        return -1;
    struct plan_workload w = {.scale = 1};
    snprintf(w.name, sizeof w.name, "%s", name);
    return append_workload(p, &w, error, error_size);
}

static int fill_workloads(struct plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; p->workload_count < workload_count && i < workload_count; i++)
        if (plan_add_workload(p, workloads[i]->name, error, error_size) != 0)
            return -1;
    return 0;
}

int plan_set_scale(struct plan *p, const char *text, char *error, size_t error_size)
{
    double scale = 0;
    if (plan_check_scale(text, &scale, error, error_size) != 0)
        return -1;
    if (p->workload_count == 0 && fill_workloads(p, error, error_size) != 0)
        return -1;
    for (size_t i = 0; i < p->workload_count; i++)
        if (plan_has_scale(p->workloads[i].name))
            p->workloads[i].scale = scale;
    return 0;
}

int plan_check_scales(const struct plan *p, const char *scale, char *error, size_t error_size)
{
    double x = 1;
    if (plan_check_scale(scale, &x, error, error_size) != 0)
        return -1;
    for (size_t i = 0; i < p->workload_count; i++)
        if (!plan_has_scale(p->workloads[i].name) && (x < 1 || x > 1))
            return line_error(error, error_size, "%s: a heap script has no scale but 1; change its repeats",
                              p->workloads[i].name);
    return 0;
}

/* The place of a parameter's text: where it stands, else the first free one. */
static struct record_param *param_place(struct plan_workload *w, const char *name)
{
    for (size_t i = 0; i < RECORD_PARAMS; i++)
        if (w->params[i].name[0] == '\0' || strcmp(w->params[i].name, name) == 0)
            return &w->params[i];
    return NULL;
}

static bool has_param(const struct workload *row, const char *name)
{
    const struct workload_param *param;
    for (size_t i = 0; (param = workload_param_at(row, i)); i++)
        if (strcmp(param->name, name) == 0)
            return true;
    return false;
}

/* Each name once: many workloads have the same. */
static void add_name(char *known, size_t size, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = known; (at = strstr(at, name)); at += length)
        if ((at == known || at[-1] == ' ') && (at[length] == ',' || at[length] == '\0'))
            return;
    line_append(known, size, "%s%s", known[0] ? ", " : "", name);
}

static int refuse_param(const struct plan *p, const char *name, char *error, size_t error_size)
{
    char known[2048] = "";
    for (size_t i = 0; i < p->workload_count; i++) {
        const struct workload *row = plan_find_workload(p->workloads[i].name);
        const struct workload_param *param;
        for (size_t k = 0; (param = workload_param_at(row, k)); k++)
            add_name(known, sizeof known, param->name);
    }
    return line_error(error, error_size, "no workload of this plan has a parameter '%s'; they have: %s", name, known);
}

/* Sets it where it was not set; where it was, adds a workload with the other value. */
static int set_param(struct plan *p, size_t index, const struct record_param *param, char *error, size_t error_size)
{
    struct plan_workload *w = &p->workloads[index];
    struct record_param *place = param_place(w, param->name);
    if (!place)
        return line_error(error, error_size, "workload %s: more than %d parameters", w->name, RECORD_PARAMS);
    if (place->name[0] == '\0') {
        *place = *param;
        return 0;
    }
    struct plan_workload other = *w;
    *param_place(&other, param->name) = *param;
    return append_workload(p, &other, error, error_size);
}

int plan_workload_set(struct plan_workload *w, const struct record_param *param, char *error, size_t error_size)
{
    const struct workload *row = plan_find_workload(w->name);
    _Alignas(max_align_t) unsigned char scratch[WORKLOAD_PARAMS_BYTES];
    workload_defaults(row, scratch);
    if (workload_set_param(row, scratch, param->name, param->text, error, error_size) != 0)
        return -1;
    struct record_param *place = param_place(w, param->name);
    if (!place)
        return line_error(error, error_size, "workload %s: more than %d parameters", w->name, RECORD_PARAMS);
    *place = *param;
    return 0;
}

/* "NAME=VALUE" taken apart. */
static int split_param(const char *text, struct record_param *out, char *error, size_t error_size)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return line_error(error, error_size, "parameter '%s' is not of the form NAME=VALUE", text);
    size_t name_length = (size_t)(equals - text);
    if (name_length >= sizeof out->name || strlen(equals + 1) >= sizeof out->text)
        return line_error(error, error_size, "parameter '%s' is too long", text);
    memset(out, 0, sizeof *out);
    memcpy(out->name, text, name_length);
    memcpy(out->text, equals + 1, strlen(equals + 1));
    return 0;
}

int plan_add_param(struct plan *p, const char *name_and_value, char *error, size_t error_size)
{
    struct record_param param;
    if (split_param(name_and_value, &param, error, error_size) != 0)
        return -1;
    if (p->workload_count == 0 && fill_workloads(p, error, error_size) != 0)
        return -1;
    bool found = false;
    size_t before = p->workload_count;
    for (size_t i = 0; i < before; i++) {
        if (!has_param(plan_find_workload(p->workloads[i].name), param.name))
            continue;
        found = true;
        struct plan_workload probe = p->workloads[i];
        if (plan_workload_set(&probe, &param, error, error_size) != 0 ||
            set_param(p, i, &param, error, error_size) != 0)
            return -1;
    }
    return found ? 0 : refuse_param(p, param.name, error, error_size);
}

static bool is_set(const struct plan_workload *w, const char *name)
{
    for (size_t i = 0; i < RECORD_PARAMS; i++)
        if (strcmp(w->params[i].name, name) == 0)
            return true;
    return false;
}

static int reduce_workload(struct plan_workload *w, char *error, size_t error_size)
{
    for (const struct workload_setting *s = plan_find_workload(w->name)->reduced; s && s->param; s++) {
        struct record_param param = {0};
        snprintf(param.name, sizeof param.name, "%s", s->param);
        snprintf(param.text, sizeof param.text, "%s", s->text);
        if (!is_set(w, s->param) && plan_workload_set(w, &param, error, error_size) != 0)
            return -1;
    }
    return 0;
}

int plan_reduce(struct plan *p, char *error, size_t error_size)
{
    if (p->workload_count == 0 && fill_workloads(p, error, error_size) != 0)
        return -1;
    for (size_t i = 0; i < p->workload_count; i++)
        if (reduce_workload(&p->workloads[i], error, error_size) != 0)
            return -1;
    return 0;
}

int plan_append_workload(struct plan *p, const struct plan_workload *w, char *error, size_t error_size)
{
    return append_workload(p, w, error, error_size);
}

/* ---- The other dimensions ---- */

static struct plan_list *dimension_list(struct plan *p, const char *dimension)
{
    struct {
        const char *name;
        struct plan_list *list;
    } lists[] = {
        {"runtime", &p->runtimes}, {"allocator", &p->allocators}, {"collector", &p->collectors},
        {"tuning", &p->tunings},   {"refcount", &p->refcounts},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (strcmp(lists[i].name, dimension) == 0)
            return lists[i].list;
    return NULL;
}

/* For one more; the room doubles, as thresholds cross into thousands. */
static int list_make_room(struct plan_list *list)
{
    if ((list->count & (list->count - 1)) != 0)
        return 0;
    void *grown = realloc(list->text, (list->count > 0 ? 2 * list->count : 1) * sizeof *list->text);
    if (!grown)
        return -1;
    list->text = grown;
    return 0;
}

int plan_add(struct plan *p, const char *dimension, const char *text, char *error, size_t error_size)
{
    char canonical[PLAN_TEXT_BYTES];
    if (plan_check_value(dimension, text, canonical, error, error_size) != 0)
        return -1;
    struct plan_list *list = dimension_list(p, dimension);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->text[i], canonical) == 0)
            return 0;
    if (list->count == PLAN_MOST_VALUES)
        return line_error(error, error_size, "a plan has at most %d %ss", PLAN_MOST_VALUES, dimension);
    if (list_make_room(list) != 0)
        return line_error(error, error_size, "out of memory");
    memcpy(list->text[list->count++], canonical, sizeof canonical);
    return 0;
}

/* The piece of a comma-separated list that starts at *at; *at moves behind it. */
static int next_piece(const char **at, char *piece, size_t size)
{
    size_t length = strcspn(*at, ",");
    if (length >= size)
        return -1;
    memcpy(piece, *at, length);
    piece[length] = '\0';
    *at += length;
    return 0;
}

enum { THRESHOLD_BYTES = 32 };

static int add_threshold_values(struct plan *p, const char *const lists[3], unsigned level,
                                char chosen[3][THRESHOLD_BYTES], char *error, size_t error_size)
{
    if (level == 3) {
        char tuning[3 * THRESHOLD_BYTES + 3];
        snprintf(tuning, sizeof tuning, "%s,%s,%s", chosen[0], chosen[1], chosen[2]);
        return plan_add(p, "tuning", tuning, error, error_size);
    }
    const char *at = lists[level] ? lists[level] : level == 0 ? "700" : "10";
    for (;;) {
        if (next_piece(&at, chosen[level], THRESHOLD_BYTES) != 0)
            return line_error(error, error_size, "threshold %u: '%s' is too long", level, at);
        if (add_threshold_values(p, lists, level + 1, chosen, error, error_size) != 0)
            return -1;
        if (*at == '\0')
            return 0;
        at++;
    }
}

int plan_add_thresholds(struct plan *p, const char *const lists[3], char *error, size_t error_size)
{
    char chosen[3][THRESHOLD_BYTES];
    return add_threshold_values(p, lists, 0, chosen, error, error_size);
}

/* ---- Rounds ---- */

/* A whole number of at most five digits; what follows it is at *end. */
static unsigned long take_number(const char *text, const char **end)
{
    size_t digits = strspn(text, "0123456789");
    *end = text + digits;
    return digits > 0 && digits < 6 ? strtoul(text, NULL, 10) : 0;
}

int plan_set_shard(struct plan *p, const char *text, char *error, size_t error_size)
{
    const char *slash, *end = "?";
    unsigned long k = take_number(text, &slash);
    unsigned long n = *slash == '/' ? take_number(slash + 1, &end) : 0;
    if (k < 1 || k > n || n > PLAN_MOST_SHARDS || *end != '\0')
        return line_error(error, error_size, "a shard is K/N such as 2/4, K from 1 to N, N at most %d, not '%s'",
                          PLAN_MOST_SHARDS, text);
    p->shard = (unsigned)k;
    p->shards = (unsigned)n;
    return 0;
}

bool plan_has_round(const struct plan *p, unsigned round)
{
    return p->shards == 0 || round % p->shards == p->shard - 1;
}

unsigned plan_round_count(const struct plan *p)
{
    return p->shards == 0 ? p->rounds : (p->rounds + p->shards - p->shard) / p->shards;
}

static int check_rounds(const struct plan *p, char *error, size_t error_size)
{
    if (p->rounds < 1 || p->rounds > PLAN_MOST_ROUNDS)
        return line_error(error, error_size, "rounds is a whole number from 1 to %d, not %u", PLAN_MOST_ROUNDS,
                          p->rounds);
    if (p->precision < 0 || p->precision > PLAN_MOST_PRECISION || (p->precision > 0 && p->precision < 1e-6))
        return line_error(error, error_size, "precision is a percentage from 0.0001%% to %.0f%%",
                          PLAN_MOST_PRECISION * 100);
    if (p->precision > 0 && p->rounds < PLAN_PRECISION_FLOOR_ROUNDS)
        return line_error(error, error_size, "precision takes at least %d rounds: with %u there is no interval",
                          PLAN_PRECISION_FLOOR_ROUNDS, p->rounds);
    if (p->precision > 0 && p->shards > 0)
        return line_error(error, error_size,
                          "precision and shard: a shard does not see the others' rounds, so it cannot know how "
                          "precise they are together");
    if (plan_round_count(p) == 0)
        return line_error(error, error_size, "shard %u/%u of %u rounds has no round", p->shard, p->shards, p->rounds);
    return 0;
}

/* ---- The whole ---- */

int plan_finish(struct plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; i < PLAN_DIMENSIONS; i++) {
        const struct plan_default *d = &plan_defaults[i];
        if (dimension_list(p, d->dimension)->count == 0 && plan_add(p, d->dimension, d->text, error, error_size) != 0)
            return -1;
    }
    if (p->workload_count == 0 && fill_workloads(p, error, error_size) != 0)
        return -1;
    if (p->rounds == 0)
        p->rounds = p->precision > 0 ? PLAN_PRECISION_MOST_ROUNDS : PLAN_DEFAULT_ROUNDS;
    if (check_rounds(p, error, error_size) != 0)
        return -1;
    if (p->timeout_ns == 0)
        return line_error(error, error_size, "timeout must be longer than 0 s");
    struct plan_configuration *list;
    size_t count;
    if (plan_configurations(p, &list, &count, error, error_size) != 0)
        return -1;
    free(list);
    return 0;
}
