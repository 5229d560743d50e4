/* merge_sources.c - whether results belong together, and what they are together. */
#include "harness/store/merge_sources.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/record/json_text.h"
#include "harness/sweep/json_build.h"
#include "harness/sweep/line.h"
#include "harness/sweep/plan.h"

#define SCRIPT_FACT "script:"

/* ---- Reading ---- */

/* What two sweeps of one plan may have different. */
static const char *const own_keys[] = {"shard", "rounds", "budget", "precision"};

static int read_plan(struct merge_source *s, char *error, size_t error_size)
{
    bool full;
    s->plan = json_of_text(s->results.plan, &full);
    if (full)
        return line_error(error, error_size, "%s: out of memory", s->results.directory);
    if (!json_is_object(s->plan))
        return line_error(error, error_size, "%s: its plan is not JSON", s->results.directory);
    const char *shard = json_string_value(json_object_get(s->plan, "shard"));
    struct plan kept = {0};
    char why[RECORD_TEXT_BYTES];
    if (shard && plan_set_shard(&kept, shard, why, sizeof why) != 0)
        return line_error(error, error_size, "%s: %s", s->results.directory, why);
    s->shard = kept.shard;
    s->shards = kept.shards;
    for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++)
        json_object_del(s->plan, own_keys[i]);
    return 0;
}

static int read_source(const struct merge_sources *m, bool alone, struct merge_source *s, const char *directory,
                       char *error, size_t error_size)
{
    if (store_load(directory, &s->results, error, error_size) != 0)
        return -1;
    if (m->lists == MERGE_LISTS && !result_set_has_lists(&s->results))
        return line_error(error, error_size,
                          "%s: the lists of its runs were left out; --without-lists merges what is there", directory);
    if (!alone && find_result_fact(&s->results, "sources"))
        return line_error(error, error_size, "%s: is merged already; name the folders that it was merged of",
                          directory);
    for (size_t i = 0; i < s->results.run_count; i++) {
        uint64_t round = s->results.runs[i].round;
        if (round == RECORD_UNKNOWN || round > INT32_MAX)
            return line_error(error, error_size, "%s: holds a run without a round", directory);
        if (round >= s->rounds)
            s->rounds = round + 1;
    }
    return read_plan(s, error, error_size);
}

/* ---- Do they belong together? ---- */

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool same_scripts(const struct result_set *a, const struct result_set *b)
{
    for (size_t i = 0; i < a->fact_count; i++) {
        if (strncmp(a->facts[i].name, SCRIPT_FACT, strlen(SCRIPT_FACT)) != 0)
            continue;
        const char *other = find_result_fact(b, a->facts[i].name);
        if (other && strcmp(other, a->facts[i].text) != 0)
            return false;
    }
    return true;
}

static int check_pair(const struct merge_source *a, const struct merge_source *b, char *error, size_t error_size)
{
    const char *x = a->results.directory, *y = b->results.directory;
    if (same_folder(x, y))
        return line_error(error, error_size, "%s and %s are the same folder", x, y);
    if (!json_equal(a->plan, b->plan))
        return line_error(error, error_size, "%s and %s were made from different plans", x, y);
    if (!same_scripts(&a->results, &b->results))
        return line_error(error, error_size, "%s and %s were made from different texts of a heap script", x, y);
    if ((a->shards > 0) != (b->shards > 0))
        return line_error(error, error_size, "%s is a shard and %s is a whole sweep", a->shards > 0 ? x : y,
                          a->shards > 0 ? y : x);
    if (a->shards != b->shards)
        return line_error(error, error_size, "%s is a shard of %u and %s is one of %u", x, a->shards, y, b->shards);
    if (a->shards > 0 && a->shard == b->shard)
        return line_error(error, error_size, "%s and %s are both shard %u/%u", x, y, a->shard, a->shards);
    return 0;
}

struct placed_run {
    const struct run_record *run;
    const char *directory;
};

/* A run is known by when it ran: two of the same nanosecond, length and name are one. */
static int compare_runs(const void *a, const void *b)
{
    const struct run_record *x = ((const struct placed_run *)a)->run, *y = ((const struct placed_run *)b)->run;
    if (x->region_start_ns != y->region_start_ns)
        return x->region_start_ns < y->region_start_ns ? -1 : 1;
    if (x->wall_ns != y->wall_ns)
        return x->wall_ns < y->wall_ns ? -1 : 1;
    int order = strcmp(x->started, y->started);
    return order != 0 ? order : strcmp(x->configuration, y->configuration);
}

static int check_copies(const struct merge_sources *m, char *error, size_t error_size)
{
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++)
        count += m->source[i].results.run_count;
    struct placed_run *all = malloc((count + 1) * sizeof *all);
    if (!all)
        return line_error(error, error_size, "out of memory");
    count = 0;
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < m->source[i].results.run_count; k++) {
            const struct run_record *run = &m->source[i].results.runs[k];
            if (run->region_start_ns != RECORD_UNKNOWN)
                all[count++] = (struct placed_run){run, m->source[i].results.directory};
        }
    qsort(all, count, sizeof *all, compare_runs);
    int result = 0;
    for (size_t i = 1; result == 0 && i < count; i++)
        if (compare_runs(&all[i - 1], &all[i]) == 0 && all[i - 1].directory != all[i].directory)
            result =
                line_error(error, error_size, "%s and %s hold the same run: round %llu of '%s'", all[i - 1].directory,
                           all[i].directory, (unsigned long long)all[i].run->round, all[i].run->configuration);
    free(all);
    return result;
}

int merge_sources_load(struct merge_sources *m, const char *const *directories, size_t count, enum merge_lists lists,
                       char *error, size_t error_size)
{
    m->count = 0;
    m->lists = lists;
    m->source = calloc(count + 1, sizeof *m->source);
    if (!m->source)
        return line_error(error, error_size, "out of memory");
    uint64_t offset = 0;
    for (; m->count < count; m->count++) {
        struct merge_source *s = &m->source[m->count];
        if (read_source(m, count == 1, s, directories[m->count], error, error_size) != 0) {
            m->count++;
            return -1;
        }
        for (size_t i = 0; i < m->count; i++)
            if (check_pair(&m->source[i], s, error, error_size) != 0) {
                m->count++;
                return -1;
            }
        s->offset = s->shards > 0 ? 0 : offset;
        offset += s->rounds;
    }
    return check_copies(m, error, error_size);
}

void merge_sources_free(struct merge_sources *m)
{
    for (size_t i = 0; i < m->count; i++) {
        result_set_free(&m->source[i].results);
        json_decref(m->source[i].plan);
    }
    free(m->source);
}

/* ---- What they are together ---- */

uint64_t merge_sources_rounds(const struct merge_sources *m)
{
    uint64_t rounds = 0;
    for (size_t i = 0; i < m->count; i++)
        if (m->source[i].offset + m->source[i].rounds > rounds)
            rounds = m->source[i].offset + m->source[i].rounds;
    return rounds;
}

static char *dump(json_t *json)
{
    char *text = json_to_text(json, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    json_decref(json);
    return text;
}

char *merge_sources_plan(const struct merge_sources *m)
{
    if (m->count == 1)
        return strdup(m->source[0].results.plan);
    json_t *plan = json_copy(m->source[0].plan);
    uint64_t rounds = merge_sources_rounds(m);
    plan = json_with_member(plan, "rounds", json_integer(rounds > 0 ? (json_int_t)rounds : 1));
    return dump(plan);
}

static json_t *environment_of(const struct merge_source *s)
{
    bool full;
    json_t *environment = json_of_text(s->results.environment, &full);
    return environment || full ? environment : json_object();
}

/* Of an environment what another one does not have the same; NULL without memory. */
static json_t *difference(const json_t *environment, const json_t *from)
{
    const char *key;
    json_t *member, *out = environment ? json_object() : NULL;
    json_object_foreach((json_t *)environment, key, member)
    {
        if (!json_equal(member, json_object_get(from, key)))
            out = json_with_member(out, key, json_incref(member));
    }
    return out;
}

char *merge_sources_environment(const struct merge_sources *m)
{
    if (m->count == 1)
        return strdup(m->source[0].results.environment);
    json_t *first = environment_of(&m->source[0]), *others = json_object();
    for (size_t i = 1; i < m->count; i++) {
        json_t *own = environment_of(&m->source[i]);
        char name[PATH_MAX];
        snprintf(name, sizeof name, "%s", m->source[i].results.directory);
        line_clean(name);
        others = json_with_member(others, name, difference(own, first));
        json_decref(own);
    }
    first = json_with_member(first, "other_sources", others);
    return dump(first);
}

/* Rounds of the merged results: the first, every how many, how many. */
static json_t *describe_rounds(const struct merge_source *s)
{
    uint64_t step = s->shards > 0 ? s->shards : 1, first = s->shards > 0 ? s->shard - 1 : s->offset;
    uint64_t count = s->shards == 0 ? s->rounds : s->rounds < s->shard ? 0 : (s->rounds - s->shard) / s->shards + 1;
    return json_pack("{s:I, s:I, s:I}", "first", (json_int_t)first, "step", (json_int_t)step, "count",
                     (json_int_t)count);
}

/* A folder's name and a command line may hold any bytes. */
static json_t *text_or_null(const char *text)
{
    if (!text)
        return json_null();
    char *clean = strdup(text);
    if (!clean)
        return NULL;
    line_clean(clean);
    json_t *value = json_string(clean);
    free(clean);
    return value;
}

char *merge_sources_describe(const struct merge_sources *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->count; i++) {
        const struct merge_source *s = &m->source[i];
        json_t *row = json_object();
        row = json_with_member(row, "directory", text_or_null(s->results.directory));
        row = json_with_member(row, "command", text_or_null(find_result_fact(&s->results, "command")));
        row = json_with_member(row, "stopped", text_or_null(find_result_fact(&s->results, "stopped")));
        row = json_with_member(row, "rounds", describe_rounds(s));
        row = json_with_member(row, "runs", json_integer((json_int_t)s->results.run_count));
        row = json_with_member(row, "environment", environment_of(s));
        list = json_with(list, row);
    }
    return dump(list);
}

uint64_t merge_sources_sum(const struct merge_sources *m, const char *name)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < m->count; i++) {
        const char *text = find_result_fact(&m->source[i].results, name);
        sum += text ? strtoull(text, NULL, 10) : 0;
    }
    return sum;
}

const char *merge_sources_stopped(const struct merge_sources *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const char *stopped = find_result_fact(&m->source[i].results, "stopped");
        if (stopped && (strcmp(stopped, "running") == 0 || strcmp(stopped, "interrupted") == 0))
            return stopped;
    }
    return "done";
}
