/* runner.c - one run: a fresh worker process, watched until it ends. */
#include "harness/sweep/runner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/record/derive.h"
#include "harness/sweep/hiccups.h"
#include "harness/sweep/host.h"
#include "harness/sweep/launch.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/watch.h"
#include "harness/sweep/worker_command.h"
#include "version.h"
#include "workloads/random.h"

/* Where there is no second CPU, looking at a worker stops it: look less often. */
#define GRID_NS            UINT64_C(1000000)
#define GRID_ON_ONE_CPU_NS UINT64_C(10000000)

/* ---- Set-up ---- */

static void find_program_file(const char *folder, const char *name, char path[PATH_MAX])
{
    path[0] = '\0';
    line_append(path, PATH_MAX, "%s/%s", folder, name);
    if (access(path, X_OK) != 0)
        path[0] = '\0';
}

static void find_programs(struct runner *r)
{
    char folder[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    folder[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < runtime_row_count && i < RUNNER_RUNTIMES; i++)
        find_program_file(folder, runtime_rows[i].program, r->program[i]);
    find_program_file(folder, "gcsweep-worker-sites", r->sites_program);
}

static uint64_t memory_limit(const struct plan *p)
{
    if (p->memory_bytes != PLAN_MEMORY_AVAILABLE)
        return p->memory_bytes;
    uint64_t available = host_available_bytes();
    return available == HOST_UNKNOWN ? 0 : available / 5 * 4;
}

void runner_init(struct runner *r, const struct plan *p)
{
    memset(r, 0, sizeof *r);
    find_programs(r);
    r->seed = p->seed;
    r->timeline_fd = -1;
    r->timeout_ns = p->timeout_ns;
    r->memory_bytes = memory_limit(p);
    host_pick_cpus(&r->worker_cpu, &r->own_cpu);
    if (r->own_cpu != r->worker_cpu)
        host_pin(r->own_cpu);
}

static const char *find_program(const struct runner *r, const struct runtime_row *row)
{
    return r->program[row - runtime_rows];
}

/* What a configuration needs to be started, or why it cannot be. */
static int prepare(const struct runner *r, const struct plan_configuration *c, struct allocator_choice *choice,
                   char *error, size_t error_size)
{
    const struct runtime_row *row = find_runtime(c->runtime);
    if (!find_program(r, row)[0])
        return line_error(error, error_size, "runtime %s: %s is not there; %s", row->name, row->program, row->missing);
    if (allocator_parse(c->allocator, choice, error, error_size) != 0)
        return -1;
    return allocator_locate(choice, error, error_size);
}

int runner_check(const struct runner *r, const struct plan_configuration *c, char *error, size_t error_size)
{
    struct allocator_choice choice;
    return prepare(r, c, &choice, error, error_size);
}

/* ---- The record ---- */

static void write_now(char text[RECORD_TEXT_BYTES])
{
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(text, RECORD_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* A worker says which run its record is of; one of another run is no record of this one. */
static void refuse_foreign(const struct plan_configuration *c, unsigned round, struct run_record *out)
{
    bool same = (!out->configuration[0] || strcmp(out->configuration, c->key) == 0) &&
                (out->round == RECORD_UNKNOWN || out->round == round);
    if (same)
        return;
    int64_t exit_code = out->exit_code;
    uint64_t process_ns = out->process_ns;
    char message[RECORD_TEXT_BYTES];
    line_error(message, sizeof message, "the worker's record cannot be used: it is of round %" PRIu64 " of '%.150s'",
               out->round, out->configuration);
    record_free(out);
    record_clear(out);
    snprintf(out->status, sizeof out->status, "failed");
    memcpy(out->message, message, sizeof out->message);
    out->exit_code = exit_code;
    out->process_ns = process_ns;
}

static void write_identity(const struct plan *p, const struct plan_configuration *c, unsigned round,
                           struct run_record *out)
{
    snprintf(out->workload, sizeof out->workload, "%s", c->workload->name);
    snprintf(out->runtime, sizeof out->runtime, "%s", c->runtime);
    snprintf(out->allocator, sizeof out->allocator, "%s", c->allocator);
    snprintf(out->collector, sizeof out->collector, "%s", c->collector);
    snprintf(out->tuning, sizeof out->tuning, "%s", c->tuning);
    snprintf(out->refcount, sizeof out->refcount, "%s", c->refcount);
    snprintf(out->configuration, sizeof out->configuration, "%s", c->key);
    snprintf(out->version_gcsweep, sizeof out->version_gcsweep, "%s", GCSWEEP_VERSION);
    plan_params(c->workload, out->params);
    out->scale = c->workload->scale;
    out->seed = p->seed;
    out->round = round;
    out->twin = c->twin;
}

static void write_memory(const struct watch *w, uint64_t start_ns, struct run_record *out)
{
    bool left_a_record = out->region_start_ns != RECORD_UNKNOWN;
    uint64_t from = left_a_record ? out->region_start_ns : start_ns;
    uint64_t to = left_a_record && out->wall_ns != RECORD_UNKNOWN ? from + out->wall_ns : w->end_ns;
    sampler_fill(&w->sampler, from, to, out);
    if (out->rss_peak_bytes == RECORD_UNKNOWN && w->sampler.peak_bytes > 0) {
        out->rss_peak_bytes = w->sampler.peak_bytes;
        out->rss_peak_is_sample = true;
    }
}

/* ---- The run ---- */

/* The same for one plan, configuration and round, whatever the order. */
static size_t pad_bytes(const struct runner *r, const struct plan_configuration *c, unsigned round)
{
    uint64_t mixed = r->seed;
    for (const char *s = c->key; *s; s++)
        mixed = (mixed ^ (unsigned char)*s) * UINT64_C(0x100000001B3);
    mixed ^= ((uint64_t)round << 1) | c->twin;
    struct random random;
    random_seed(&random, mixed);
    return (size_t)random_next_below(&random, WORKER_PAD_BYTES);
}

/* Where there is one CPU only: less than 5 % of all but the shortest runs. */
enum { STEPS_BEFORE = 2 };

static int watch_run(const struct runner *r, const struct worker_command *command, struct watch *w,
                     struct run_record *out, char *error, size_t error_size)
{
    struct worker_process process;
    struct hiccups hiccups;
    bool beside = r->own_cpu != r->worker_cpu;
    hiccups_open(&hiccups); /* without memory the noise stays unknown */
    if (!beside)
        hiccups_sleep(&hiccups, STEPS_BEFORE);
    if (launch_worker(command, r->worker_cpu, &process, error, error_size) != 0) {
        hiccups_close(&hiccups);
        return -1;
    }
    struct watch_limits limits = {
        .timeout_ns = r->timeout_ns,
        .memory_bytes = r->memory_bytes,
        .grid_ns = beside ? GRID_NS : GRID_ON_ONE_CPU_NS,
        .hiccups = beside ? &hiccups : NULL,
        .interrupted = r->interrupted,
    };
    uint64_t start_ns = process.start_ns;
    int result = watch_worker(w, &process, &limits);
    if (result == 0) {
        run_verdict(&w->facts, out);
        write_memory(w, start_ns, out);
        out->process_ns = w->end_ns - start_ns;
        if (!beside)
            hiccups_sleep(&hiccups, hiccups_steps_after(out->process_ns));
        hiccups_fill(&hiccups, beside, out);
        record_derive(out);
    } else if (result == WATCH_INTERRUPTED) {
        result = RUNNER_INTERRUPTED;
    } else {
        result = line_error(error, error_size, "cannot watch the worker: %s", strerror(result));
    }
    hiccups_close(&hiccups);
    watch_free(w);
    return result;
}

static int add_fail_nth(struct worker_command *command, const struct fault_point *point)
{
    char text[FAULT_POINT_BYTES], argument[16 + FAULT_POINT_BYTES];
    fault_point_write(point, text);
    snprintf(argument, sizeof argument, "fail_nth=%s", text);
    return worker_command_prepend(command, argument);
}

static int make_command(const struct runner *r, const struct plan *p, const struct plan_configuration *c,
                        const struct allocator_choice *choice, unsigned round, struct worker_command *out)
{
    const char *program = find_program(r, find_runtime(c->runtime));
    if (worker_command_make(program, c, choice, round, p->seed, pad_bytes(r, c, round), out) != 0)
        return -1;
    if ((r->fail_nth.nth == 0 || add_fail_nth(out, &r->fail_nth) == 0) &&
        (r->timeline_fd < 0 || worker_command_add_timeline(out, r->timeline_fd) == 0))
        return 0;
    worker_command_free(out);
    return -1;
}

static int start(const struct runner *r, const struct plan *p, const struct plan_configuration *c,
                 const struct allocator_choice *choice, unsigned round, struct run_record *out, char *error,
                 size_t error_size)
{
    struct worker_command command;
    struct watch *w = malloc(sizeof *w);
    if (!w || make_command(r, p, c, choice, round, &command) != 0) {
        free(w);
        return line_error(error, error_size, "out of memory");
    }
    int result = watch_run(r, &command, w, out, error, error_size);
    worker_command_free(&command);
    free(w);
    return result;
}

int runner_run(const struct runner *r, const struct plan *p, const struct plan_configuration *c, unsigned round,
               struct run_record *out, char *error, size_t error_size)
{
    char started[RECORD_TEXT_BYTES];
    write_now(started);
    struct allocator_choice choice;
    char reason[RECORD_TEXT_BYTES];
    if (prepare(r, c, &choice, reason, sizeof reason) != 0) {
        record_clear(out);
        snprintf(out->status, sizeof out->status, "failed");
        snprintf(out->message, sizeof out->message, "%s", reason);
    } else {
        int result = start(r, p, c, &choice, round, out, error, error_size);
        if (result != 0)
            return result;
    }
    refuse_foreign(c, round, out);
    memcpy(out->started, started, sizeof started);
    write_identity(p, c, round, out);
    return 0;
}
