/* plan_json.c - a plan as JSON: what the store keeps and a plan file holds.
 *
 *     {"rounds": 6, "precision": "2%", "seed": 1, "timeout": "60s", "memory_limit": "4G", "budget": "5m",
 *      "workloads": [{"name": "chain", "scale": 0.5, "params": {"cycle_size": 10}}],
 *      "runtimes": ["model"], "allocators": ["system", "pymalloc"],
 *      "collectors": ["cpython-3.11"], "tunings": ["700,10,10"], "refcounts": ["plain"]}
 *
 * and "shard": "2/4" in the plan of a shard. All keys are optional; what is left out has its default. A key that is not
 * known is an error: it is a mistyped one.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/sweep/line.h"
#include "harness/sweep/json_build.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/plan_label.h"
#include "harness/sweep/plan_values.h"
#include "harness/sweep/units.h"
#include "workloads/workload.h"
#include "harness/record/json_text.h"

/* ---- Writing ---- */

static json_t *list_to_json(const struct plan_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        array = json_with(array, json_string(list->text[i]));
    return array;
}

static json_t *workload_to_json(const struct plan_workload *w)
{
    json_t *params = json_object();
    for (size_t i = 0; i < RECORD_PARAMS && w->params[i].name[0]; i++)
        params = json_with_member(params, w->params[i].name, json_string(w->params[i].text));
    return json_pack("{s:s, s:f, s:o}", "name", w->name, "scale", w->scale, "params", params);
}

char *plan_to_json(const struct plan *p)
{
    char text[UNITS_TEXT_BYTES];
    json_t *workloads_json = json_array();
    for (size_t i = 0; i < p->workload_count; i++)
        workloads_json = json_with(workloads_json, workload_to_json(&p->workloads[i]));
    json_t *root = json_pack("{s:I, s:I}", "rounds", (json_int_t)p->rounds, "seed", (json_int_t)p->seed);
    units_write_duration(p->timeout_ns, text);
    root = json_with_member(root, "timeout", json_string(text));
    if (p->memory_bytes != PLAN_MEMORY_AVAILABLE) {
        units_write_size(p->memory_bytes, text);
        root = json_with_member(root, "memory_limit", json_string(text));
    }
    if (p->budget_ns > 0) {
        units_write_duration(p->budget_ns, text);
        root = json_with_member(root, "budget", json_string(text));
    }
    if (p->precision > 0) {
        units_write_percent(p->precision, text);
        root = json_with_member(root, "precision", json_string(text));
    }
    if (p->shards > 0) {
        snprintf(text, sizeof text, "%u/%u", p->shard, p->shards);
        root = json_with_member(root, "shard", json_string(text));
    }
    root = json_with_member(root, "workloads", workloads_json);
    root = json_with_member(root, "runtimes", list_to_json(&p->runtimes));
    root = json_with_member(root, "allocators", list_to_json(&p->allocators));
    root = json_with_member(root, "collectors", list_to_json(&p->collectors));
    root = json_with_member(root, "tunings", list_to_json(&p->tunings));
    root = json_with_member(root, "refcounts", list_to_json(&p->refcounts));
    char *out = json_to_text(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    json_decref(root);
    return out;
}

/* ---- Reading ---- */

struct reading {
    struct plan *plan;
    const char *key; /* for the error */
    char *error;
    size_t error_size;
};

static int refuse(struct reading *r, const char *wanted)
{
    return line_error(r->error, r->error_size, "\"%s\" is not %s", r->key, wanted);
}

static int read_number(struct reading *r, const json_t *json, uint64_t least, uint64_t most, uint64_t *out)
{
    json_int_t n = json_integer_value(json);
    if (json_is_integer(json) && n >= 0 && (uint64_t)n >= least && (uint64_t)n <= most) {
        *out = (uint64_t)n;
        return 0;
    }
    return line_error(r->error, r->error_size, "\"%s\" is not a whole number from %" PRIu64 " to %" PRIu64, r->key,
                      least, most);
}

static int read_rounds(struct reading *r, const json_t *json)
{
    uint64_t n = 0;
    if (read_number(r, json, 1, PLAN_MOST_ROUNDS, &n) != 0)
        return -1;
    r->plan->rounds = (unsigned)n;
    return 0;
}

static int read_precision(struct reading *r, const json_t *json)
{
    char ignored[RECORD_TEXT_BYTES];
    const char *text = json_string_value(json);
    if (!text || units_parse_percent(text, &r->plan->precision, ignored, sizeof ignored) != 0 ||
        !(r->plan->precision > 0))
        return refuse(r, "a text such as \"2%\" or \"0.5%\", more than 0%");
    return 0;
}

static int read_shard(struct reading *r, const json_t *json)
{
    const char *text = json_string_value(json);
    return text ? plan_set_shard(r->plan, text, r->error, r->error_size) : refuse(r, "a text such as \"2/4\"");
}

static int read_seed(struct reading *r, const json_t *json)
{
    return read_number(r, json, 0, PLAN_MOST_SEED, &r->plan->seed);
}

static int read_duration(struct reading *r, const json_t *json, uint64_t *out)
{
    char ignored[RECORD_TEXT_BYTES];
    const char *text = json_string_value(json);
    if (!text || units_parse_duration(text, out, ignored, sizeof ignored) != 0 || *out == 0)
        return refuse(r, "a text such as \"90s\", \"10m\" or \"1h\", longer than 0 s");
    return 0;
}

static int read_timeout(struct reading *r, const json_t *json)
{
    return read_duration(r, json, &r->plan->timeout_ns);
}

static int read_budget(struct reading *r, const json_t *json)
{
    return read_duration(r, json, &r->plan->budget_ns);
}

static int read_memory(struct reading *r, const json_t *json)
{
    char ignored[RECORD_TEXT_BYTES];
    const char *text = json_string_value(json);
    if (!text || units_parse_size(text, &r->plan->memory_bytes, ignored, sizeof ignored) != 0)
        return refuse(r, "a text such as \"500M\" or \"4G\"");
    return 0;
}

/* A parameter's value may be a text or a number. */
static int param_text(struct reading *r, const char *name, const json_t *json, struct record_param *out)
{
    char number[UNITS_TEXT_BYTES];
    const char *text = json_string_value(json);
    if (json_is_integer(json)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json));
        text = number;
    } else if (json_is_real(json)) {
        units_write_number(json_real_value(json), number);
        text = number;
    }
    if (!text || strlen(name) >= sizeof out->name || strlen(text) >= sizeof out->text)
        return line_error(r->error, r->error_size, "parameter \"%s\" has no value that could be one", name);
    memset(out, 0, sizeof *out);
    memcpy(out->name, name, strlen(name));
    memcpy(out->text, text, strlen(text));
    return 0;
}

static int read_workload_key(struct reading *r, struct plan_workload *w, const char *key, json_t *json)
{
    if (strcmp(key, "name") == 0)
        return 0;
    if (strcmp(key, "scale") == 0) {
        char text[UNITS_TEXT_BYTES];
        if (!json_is_number(json))
            return line_error(r->error, r->error_size, "\"scale\" of workload %s is not a number", w->name);
        units_write_number(json_number_value(json), text);
        if (plan_check_scale(text, &w->scale, r->error, r->error_size) != 0)
            return -1;
        if (plan_has_scale(w->name) || strcmp(text, "1") == 0)
            return 0;
        return line_error(r->error, r->error_size, "%s: a heap script has no scale but 1; change its repeats", w->name);
    }
    if (strcmp(key, "params") != 0 || !json_is_object(json))
        return line_error(r->error, r->error_size, "workload %s: \"%s\" is not one of name, scale, params {}", w->name,
                          key);
    const char *name;
    json_t *param_value;
    json_object_foreach(json, name, param_value)
    {
        struct record_param param;
        if (param_text(r, name, param_value, &param) != 0 || plan_workload_set(w, &param, r->error, r->error_size) != 0)
            return -1;
    }
    return 0;
}

static int read_workload(struct reading *r, json_t *json)
{
    const char *name =
        json_is_string(json) ? json_string_value(json) : json_string_value(json_object_get(json, "name"));
    if (!name)
        return refuse(r, "a list of names or of objects with a \"name\"");
    if (plan_check_workload(name, r->error, r->error_size) != 0)
        return -1;
    struct plan_workload w = {.scale = 1};
    snprintf(w.name, sizeof w.name, "%s", name);
    const char *key;
    json_t *member;
    json_object_foreach(json, key, member)
    {
        if (read_workload_key(r, &w, key, member) != 0)
            return -1;
    }
    return plan_append_workload(r->plan, &w, r->error, r->error_size);
}

static int read_workloads(struct reading *r, const json_t *json)
{
    if (json_array_size(json) == 0)
        return refuse(r, "a list that holds something; leave it out for all workloads");
    for (size_t i = 0; i < json_array_size(json); i++)
        if (read_workload(r, json_array_get(json, i)) != 0)
            return -1;
    return 0;
}

/* The key is the dimension's name in the plural. */
static int read_dimension(struct reading *r, const json_t *json)
{
    char dimension[32];
    snprintf(dimension, sizeof dimension, "%.*s", (int)strlen(r->key) - 1, r->key);
    if (json_array_size(json) == 0)
        return refuse(r, "a list that holds something; leave it out for the default");
    for (size_t i = 0; i < json_array_size(json); i++) {
        const char *text = json_string_value(json_array_get(json, i));
        if (!text)
            return refuse(r, "a list of texts");
        if (plan_add(r->plan, dimension, text, r->error, r->error_size) != 0)
            return -1;
    }
    return 0;
}

static const struct plan_key {
    const char *name;
    int (*read)(struct reading *r, const json_t *json);
} plan_keys[] = {
    {"rounds", read_rounds},        {"seed", read_seed},
    {"timeout", read_timeout},      {"memory_limit", read_memory},
    {"budget", read_budget},        {"workloads", read_workloads},
    {"runtimes", read_dimension},   {"allocators", read_dimension},
    {"collectors", read_dimension}, {"tunings", read_dimension},
    {"refcounts", read_dimension},  {"precision", read_precision},
    {"shard", read_shard},
};

static int read_key(struct reading *r, const json_t *json)
{
    char known[RECORD_TEXT_BYTES] = "";
    for (size_t i = 0; i < sizeof plan_keys / sizeof plan_keys[0]; i++) {
        if (strcmp(plan_keys[i].name, r->key) == 0)
            return plan_keys[i].read(r, json);
        line_append(known, sizeof known, "%s%s", i > 0 ? ", " : "", plan_keys[i].name);
    }
    return line_error(r->error, r->error_size, "unknown key \"%s\" in a plan; known: %s", r->key, known);
}

static int read_root(json_t *root, struct plan *p, char *error, size_t error_size)
{
    if (!json_is_object(root))
        return line_error(error, error_size, "a plan is a JSON object");
    struct reading r = {.plan = p, .error = error, .error_size = error_size};
    json_t *json;
    json_object_foreach(root, r.key, json)
    {
        if (read_key(&r, json) != 0)
            return -1;
    }
    return plan_finish(p, error, error_size);
}

static int read_loaded(json_t *root, const json_error_t *problem, struct plan *p, char *error, size_t error_size)
{
    plan_init(p);
    int result = 0;
    if (root)
        result = read_root(root, p, error, error_size);
    else if (problem->line < 1) /* not read at all */
        result = line_error(error, error_size, "%s", problem->text);
    else
        result = line_error(error, error_size, "line %d: %s", problem->line, problem->text);
    json_decref(root);
    if (result != 0)
        plan_free(p);
    return result;
}

int plan_from_json(const char *json, struct plan *p, char *error, size_t error_size)
{
    json_error_t problem;
    json_t *root = json_text_read(json, strlen(json), JSON_REJECT_DUPLICATES, &problem);
    return read_loaded(root, &problem, p, error, error_size);
}

int plan_from_file(const char *path, struct plan *p, char *error, size_t error_size)
{
    char reason[2 * RECORD_TEXT_BYTES];
    json_error_t problem;
    struct stat status;
    FILE *file = fopen(path, "re");
    int why = !file ? errno : fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode) ? EISDIR : 0;
    json_t *root = why == 0 ? json_text_read_file(file, JSON_REJECT_DUPLICATES, &problem) : NULL;
    if (file)
        fclose(file);
    if (why != 0) {
        plan_init(p);
        return line_error(error, error_size, "plan %s: %s", path, strerror(why));
    }
    if (read_loaded(root, &problem, p, reason, sizeof reason) != 0)
        return line_error(error, error_size, "plan %s: %s", path, reason);
    return 0;
}
