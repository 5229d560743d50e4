/* options.c - the worker's arguments, one row a key. */
#include "harness/worker/options.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/record.h"

struct parse {
    struct worker_options *out;
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct parse *p, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(p->error, p->error_size, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < p->error_size && p->error[i]; i++)
        if (iscntrl((unsigned char)p->error[i]))
            p->error[i] = '?';
    return -1;
}

/* ---- Values ---- */

static int take_text(struct parse *p, const char *key, const char *text, const char **out)
{
    if (strlen(text) >= RECORD_TEXT_BYTES)
        return refuse(p, "%s is longer than %d bytes", key, RECORD_TEXT_BYTES - 1);
    *out = text;
    return 0;
}

static int take_number(struct parse *p, const char *key, const char *text, uint64_t most, uint64_t *out)
{
    bool digits = text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
    errno = 0;
    uint64_t number = strtoull(text, NULL, 10);
    if (!digits || errno != 0 || number > most)
        return refuse(p, "%s must be a whole number from 0 to %llu, not '%.40s'", key, (unsigned long long)most, text);
    *out = number;
    return 0;
}

static int take_flag(struct parse *p, const char *key, const char *text, bool *out)
{
    if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        return refuse(p, "%s must be 0 or 1, not '%.40s'", key, text);
    *out = text[0] == '1';
    return 0;
}

/* ---- Keys ---- */

/* A heap script is in memory from here on: the run reads no file. */
static int take_script(struct parse *p, const char *name)
{
    struct worker_options *out = p->out;
    if (script_file_open(&out->script, script_workload_path(name), p->error, p->error_size) != 0)
        return -1;
    script_workload(out->script.run, &out->script.script, name, NULL, NULL, &out->script_workload);
    workload_defaults(&out->script_workload, out->params);
    memcpy(out->params, &out->script.run, sizeof out->script.run);
    out->workload = &out->script_workload;
    return 0;
}

static int take_workload(struct parse *p, const char *text)
{
    if (script_workload_path(text))
        return take_script(p, text);
    char known[1024] = "";
    p->out->workload = find_workload(text);
    if (p->out->workload) {
        workload_defaults(p->out->workload, p->out->params);
        return 0;
    }
    for (size_t i = 0, used = 0; i < workload_count && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", workloads[i]->name);
    return refuse(p, "unknown workload '%.40s'; known are %s", text, known);
}

static int take_param(struct parse *p, const char *text)
{
    char name[64];
    size_t n = strcspn(text, "=");
    if (text[n] != '=' || n >= sizeof name)
        return refuse(p, "params must be NAME=VALUE, not '%.40s'", text);
    memcpy(name, text, n);
    name[n] = '\0';
    return workload_set_param(p->out->workload, p->out->params, name, text + n + 1, p->error, p->error_size);
}

static int take_scale(struct parse *p, const char *text)
{
    char *end;
    double scale = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(scale) || scale <= 0)
        return refuse(p, "scale must be a number above 0, not '%.40s'", text);
    p->out->scale = scale;
    return 0;
}

/* What a record's JSON holds as a number. */
static int take_seed(struct parse *p, const char *text)
{
    return take_number(p, "seed", text, INT64_MAX, &p->out->seed);
}

static int take_allocator(struct parse *p, const char *text)
{
    return take_text(p, "allocator", text, &p->out->allocator);
}

static int take_library(struct parse *p, const char *text)
{
    p->out->library = text;
    return 0;
}

static int take_allocator_name(struct parse *p, const char *text)
{
    p->out->allocator_row = find_allocator(text);
    if (text[0] == '\0' || p->out->allocator_row)
        return 0;
    return refuse(p, "unknown allocator_name '%.40s'", text);
}

static int take_pools(struct parse *p, const char *text)
{
    const char *rest = text;
    p->out->pools = find_pools(text, &rest);
    if (*rest == '\0')
        return 0;
    char known[256] = "";
    for (size_t i = 0, used = 0; i < pool_row_count && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, ", %s", pool_rows[i].name);
    return refuse(p, "unknown pools '%.40s'; known are \"\"%s", text, known);
}

static int take_collector(struct parse *p, const char *text)
{
    return take_text(p, "collector", text, &p->out->collector);
}

static int take_tuning(struct parse *p, const char *text)
{
    struct worker_options *out = p->out;
    return tuning_parse(text, &out->tuning, out->tuning_text, sizeof out->tuning_text, p->error, p->error_size);
}

/* A scheme of counting changes the object header: another one is another
 * worker binary. */
static int take_refcount(struct parse *p, const char *text)
{
    if (strcmp(text, "plain") != 0)
        return refuse(p, "unknown refcount '%.40s'; this worker has plain", text);
    p->out->refcount = text;
    return 0;
}

static int take_fd(struct parse *p, const char *key, const char *text, int *out)
{
    uint64_t fd = 0;
    if (take_number(p, key, text, INT_MAX, &fd) != 0)
        return -1;
    *out = (int)fd;
    return 0;
}

static int take_record_fd(struct parse *p, const char *text)
{
    return take_fd(p, "record_fd", text, &p->out->record_fd);
}

static int take_timeline_fd(struct parse *p, const char *text)
{
    return take_fd(p, "timeline_fd", text, &p->out->timeline_fd);
}

static int take_configuration(struct parse *p, const char *text)
{
    return take_text(p, "configuration", text, &p->out->configuration);
}

static int take_round(struct parse *p, const char *text)
{
    return take_number(p, "round", text, INT64_MAX, &p->out->round);
}

static int take_twin(struct parse *p, const char *text)
{
    return take_flag(p, "twin", text, &p->out->twin);
}

static int take_debug(struct parse *p, const char *text)
{
    return take_flag(p, "debug", text, &p->out->debug);
}

static int take_requests(struct parse *p, const char *text)
{
    return take_flag(p, "requests", text, &p->out->requests);
}

static int take_free_lists(struct parse *p, const char *text)
{
    uint64_t most = 0;
    if (take_number(p, "free_lists", text, 1000000, &most) != 0)
        return -1;
    p->out->free_lists = (unsigned)most;
    return 0;
}

static int take_fail_nth(struct parse *p, const char *text)
{
    char why[256];
    if (strcmp(GCSWEEP_RUNTIME_NAME, "model") != 0)
        return refuse(p, "fail_nth is for the runtime model");
    return fault_point_parse(text, &p->out->fail_nth, why, sizeof why) == 0 ? 0 : refuse(p, "fail_nth: %s", why);
}

/* The workload first: the parameters are its own. */
static const struct {
    const char *name;
    int (*take)(struct parse *p, const char *text);
} keys[] = {
    {"workload", take_workload},
    {"params", take_param},
    {"scale", take_scale},
    {"seed", take_seed},
    {"allocator", take_allocator},
    {"library", take_library},
    {"allocator_name", take_allocator_name},
    {"pools", take_pools},
    {"collector", take_collector},
    {"tuning", take_tuning},
    {"refcount", take_refcount},
    {"record_fd", take_record_fd},
    {"timeline_fd", take_timeline_fd},
    {"configuration", take_configuration},
    {"round", take_round},
    {"twin", take_twin},
    {"debug", take_debug},
    {"requests", take_requests},
    {"free_lists", take_free_lists},
    {"fail_nth", take_fail_nth},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static size_t find_key(const char *argument)
{
    size_t length = strcspn(argument, "="), i = 0;
    while (argument[length] == '=' && i < KEYS &&
           (strlen(keys[i].name) != length || strncmp(keys[i].name, argument, length) != 0))
        i++;
    return argument[length] == '=' ? i : KEYS;
}

static int refuse_key(struct parse *p, const char *argument)
{
    char known[512] = "";
    for (size_t i = 0, used = 0; i < KEYS && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", keys[i].name);
    return refuse(p, "unknown argument '%.40s'; known are KEY=VALUE with the keys %s", argument, known);
}

static int set_defaults(struct parse *p)
{
    *p->out = (struct worker_options){
        .scale = 1,
        .seed = 1,
        .allocator = "pymalloc",
        .library = "",
        .allocator_row = find_allocator("system"),
        .pools = &pool_rows[0],
        .collector = "cpython-3.11",
        .refcount = "plain",
        .record_fd = 1,
        .timeline_fd = -1,
        .configuration = "",
        .round = RECORD_UNKNOWN,
        .requests = true,
    };
    return take_tuning(p, "700,10,10");
}

int worker_options_parse(int argc, char **argv, struct worker_options *out, char *error, size_t error_size)
{
    struct parse p = {out, error, error_size};
    if (set_defaults(&p) != 0)
        return -1;
    for (int i = 1; i < argc; i++)
        if (find_key(argv[i]) == KEYS)
            return refuse_key(&p, argv[i]);
    for (size_t key = 0; key < KEYS; key++) {
        for (int i = 1; i < argc; i++)
            if (find_key(argv[i]) == key && keys[key].take(&p, strchr(argv[i], '=') + 1) != 0)
                return -1;
        if (!out->workload)
            return refuse(&p, "workload=NAME is missing");
    }
    return 0;
}

struct runtime_options worker_runtime_options(const struct worker_options *o)
{
    return (struct runtime_options){
        .pools = o->pools != NULL,
        .geometry = o->pools ? o->pools->geometry : NULL,
        .collector = o->collector,
        .classes = o->workload->classes,
        .on_weakref = o->workload->on_weakref,
        .free_lists = o->free_lists,
        .debug = o->debug,
    };
}
