/* main.c - the worker: one process, one run, one record.
 *
 * Between start-up and record nothing here calls malloc: the allocator under
 * test serves the workload alone. See worker.h for the arguments.
 */
#include "harness/worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/worker/apply.h"
#include "harness/worker/census/mode.h"
#include "harness/worker/events.h"
#include "harness/worker/faults/fail_nth.h"
#include "harness/worker/floating.h"
#include "harness/worker/meter.h"
#include "harness/worker/options.h"
#include "harness/worker/pool/mode.h"
#include "harness/worker/region.h"
#include "harness/worker/rss.h"
#include "harness/worker/scratch.h"
#include "harness/worker/script_mode.h"
#include "harness/worker/timeline_send.h"
#include "version.h"

#ifdef GCSWEEP_RUNTIME_CPYTHON
#define PROGRAM "gcsweep-worker-cpython"
#else
#define PROGRAM "gcsweep-worker"
#endif

#if defined __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

enum { EXIT_UNUSABLE = 2 };

/* All that is used before the last reading of RSS. */
struct worker {
    struct worker_options options;
    struct applied_tuning tuning;
    struct mutator mutator;
    struct fail_nth fail_nth;
    struct meter meter;
    struct log pauses; /* the meter's */
    struct requests requests;
    struct floating_series floating;
    struct region region;
    struct run_record record;
    _Alignas(16) char mutator_memory[MUTATOR_MEMORY_BYTES];
};

/* All that is used after it. */
struct aftermath {
    struct region_buckets buckets;
    struct event_results events;
    char line[WORKER_RECORD_BYTES];
};

static int fail(int status, const char *why)
{
    fprintf(stderr, PROGRAM ": %s\n", why);
    return status;
}

static int fail_to_write(const char *what, int error)
{
    char why[128];
    snprintf(why, sizeof why, "cannot write the %s: %s", what, strerror(error));
    return fail(EXIT_FAILURE, why);
}

static void set_text(char out[RECORD_TEXT_BYTES], const char *text)
{
    snprintf(out, RECORD_TEXT_BYTES, "%.*s", RECORD_TEXT_BYTES - 1, text ? text : "");
}

static void record_params(const struct worker_options *o, struct run_record *r)
{
    const struct workload_param *param;
    for (size_t i = 0; i < RECORD_PARAMS && (param = workload_param_at(o->workload, i)); i++) {
        snprintf(r->params[i].name, sizeof r->params[i].name, "%s", param->name);
        workload_param_text(o->workload, o->params, i, r->params[i].text, sizeof r->params[i].text);
    }
}

static void record_options(const struct worker_options *o, struct run_record *r)
{
    set_text(r->workload, o->workload->name);
    set_text(r->runtime, GCSWEEP_RUNTIME_NAME);
    set_text(r->allocator, o->allocator);
    set_text(r->collector, o->collector);
    set_text(r->tuning, o->tuning_text);
    set_text(r->refcount, o->refcount);
    set_text(r->configuration, o->configuration);
    r->scale = o->scale;
    r->seed = o->seed;
    r->round = o->round;
    r->twin = o->twin;
    record_params(o, r);
}

static void record_versions(const struct worker_options *o, struct run_record *r)
{
    struct utsname system;
    char library[ALLOCATOR_PATH_BYTES];
    set_text(r->version_gcsweep, GCSWEEP_VERSION);
    set_text(r->version_compiler, COMPILER);
    set_text(r->version_python, runtime_python_version());
    if (uname(&system) == 0)
        set_text(r->version_kernel, system.release);
    if (allocator_serving(library, sizeof library))
        set_text(r->version_allocator_library, library);
    if (o->allocator_row && !o->allocator_row->version(r->version_allocator, sizeof r->version_allocator))
        r->version_allocator[0] = '\0';
}

/* A pause_hook: floating garbage falls when a collection ends. */
static void see_pause(void *context, int kind, uint64_t start_ns, uint64_t end_ns)
{
    struct worker *w = context;
    meter_pause(&w->meter, kind, start_ns, end_ns);
    if (w->options.workload->knows_garbage)
        floating_see(&w->floating, end_ns, w->mutator.floating.objects, w->mutator.floating.bytes);
}

static void see_floating(const struct mutator *m, void *context)
{
    floating_see(context, meter_now_ns(), m->floating.objects, m->floating.bytes);
}

static int open_mutator(struct worker *w, char *error, size_t error_size)
{
    const struct worker_options *o = &w->options;
    struct runtime_options runtime = worker_runtime_options(o);
    runtime.on_pause = see_pause;
    runtime.on_pause_context = w;
    if (o->fail_nth.nth > 0)
        fail_nth_open(&w->fail_nth, &o->fail_nth, &runtime);
    if (mutator_open(&w->mutator, w->mutator_memory, &runtime, o->params, o->scale, o->seed, error, error_size) != 0)
        return -1;
    if (o->fail_nth.nth > 0)
        fail_nth_watch(&w->fail_nth, &w->mutator);
    w->mutator.on_floating = see_floating;
    w->mutator.on_floating_context = &w->floating;
    w->tuning.setting = o->tuning;
    apply_at_start(&w->tuning, &w->mutator);
    return 0;
}

/* Why it was left before its time: `result` of mutator_guard. */
static void record_end(const struct worker *w, int result, const char *where, struct run_record *r)
{
    const char *script = script_workload_path(w->options.workload->name);
    set_text(r->status, result == ENOMEM ? "out-of-memory" : "failed");
    if (result == ENOMEM)
        snprintf(r->message, sizeof r->message, "the allocator returned NULL %s", where);
    else
        snprintf(r->message, sizeof r->message, "%.100s%s%.150s", script ? script : "", script ? ":" : "",
                 w->mutator.failure);
}

/* From here on: set-up is not measured, so it is not paced. */
static void set_work(struct worker *w)
{
    uint64_t work_ns = workload_work_ns(w->options.params);
    if (work_ns > 0)
        mutator_set_work(&w->mutator, work_loops(work_ns, work_calibrate()));
}

static void record_work(const struct worker *w, struct run_record *r)
{
    r->work_ns = workload_work_ns(w->options.params);
    if (r->work_ns > 0)
        r->work_allocations = mutator_work_allocations(&w->mutator);
}

/* Set-up and the measured region. False when set-up did not come to its end. */
static bool run_workload(struct worker *w)
{
    const struct workload *workload = w->options.workload;
    int result = workload->setup ? mutator_guard(&w->mutator, workload->setup) : 0;
    if (result != 0) {
        record_end(w, result, "during set-up", &w->record);
        return false;
    }
    apply_after_setup(&w->tuning, &w->mutator);
    set_work(w);
    w->requests.slowdown.share = workload_slowdown_percent(w->options.params) / 100;
    if (w->options.requests)
        requests_attach(&w->requests, &w->mutator);
    region_run(&w->region, &w->mutator, workload, &w->meter, w->options.requests ? &w->requests : NULL);
    return true;
}

static void record_memory(struct worker *w)
{
    struct run_record *r = &w->record;
    const struct allocator *row = w->options.allocator_row;
    struct rss end = rss_read();
    r->rss_end_bytes = end.now_bytes;
    r->rss_peak_bytes = end.peak_bytes;
    if (!row)
        return;
    struct allocator_stats stats = {ALLOCATOR_UNKNOWN, ALLOCATOR_UNKNOWN, ALLOCATOR_UNKNOWN};
    row->stats(&stats);
    r->allocator_allocated_bytes = stats.allocated_bytes;
    r->allocator_resident_bytes = stats.resident_bytes;
    r->allocator_mapped_bytes = stats.mapped_bytes;
    if (row->purge())
        r->rss_purged_bytes = rss_read().now_bytes;
}

static void record_floating(struct worker *w)
{
    struct run_record *r = &w->record;
    if (!w->options.workload->knows_garbage)
        return;
    r->floating_objects_peak = w->mutator.floating.objects_peak;
    r->floating_bytes_peak = w->mutator.floating.bytes_peak;
    floating_finish(&w->floating, w->region.begin.now_ns);
    r->floating = w->floating.sample;
    r->floating_count = w->floating.count;
}

static void record_region(struct worker *w, struct aftermath *after)
{
    struct run_record *r = &w->record;
    r->operations = w->mutator.operations;
    region_record(&w->region, &w->meter, &after->buckets, r);
    if (w->options.requests)
        events_record_requests(&w->requests, &w->region.pace, &after->events, r);
    events_record_pauses(&w->pauses, &after->events, r);
    record_work(w, r);
    r->longest = w->meter.longest;
    r->longest_count = w->meter.longest_count;
    record_floating(w);
    if (w->region.result != 0) {
        record_end(w, w->region.result, "during the run", r);
        return; /* half of a checksum compares with nothing */
    }
    set_text(r->status, "ok");
    mutator_observe(&w->mutator, w->mutator.operations);
    r->checksum = w->mutator.checksum;
}

/* One line, whole or not at all as far as the pipe allows. */
static int send_record(const struct run_record *r, int fd, char *line, size_t size)
{
    size_t length = record_write(r, line, size);
    if (length >= size)
        return fail(EXIT_FAILURE, "the record is longer than a record may be");
    line[length++] = '\n';
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, line + done, length - done);
        if (n < 0 && errno != EINTR)
            return fail_to_write("record", errno);
        done += n > 0 ? (size_t)n : 0;
    }
    return EXIT_SUCCESS;
}

static int send_timeline(const struct worker *w, int fd)
{
    const struct requests *requests = w->options.requests ? &w->requests : NULL;
    int why = timeline_send(fd, &w->pauses, requests, &w->region.pace);
    return why == 0 ? EXIT_SUCCESS : fail_to_write("timeline", why);
}

/* A run that is looked at closely gives everything back; the others leave it
 * to the OS, which is quicker. */
static void close_mutator(struct worker *w)
{
#if defined GCSWEEP_SANITIZED || defined GCSWEEP_DEBUG_HEAP
    bool looked_at = true;
#else
    bool looked_at = w->options.debug;
#endif
    if (looked_at && w->options.fail_nth.nth == 0)
        mutator_close(&w->mutator);
    if (looked_at)
        script_file_close(&w->options.script);
}

static void open_instruments(struct worker *w)
{
    meter_open(&w->meter);
    log_open(&w->pauses, sizeof(struct meter_entry), LOG_MOST);
    w->meter.log = &w->pauses;
    meter_calibrate(&w->meter);
    counters_open(&w->region.counters, counter_events); /* what it cannot count stays unknown */
    requests_open(&w->requests, workload_request_group(w->options.workload));
    requests_calibrate(&w->requests);
}

static int measure(struct worker *w, struct aftermath *after)
{
    char error[1024];
    const struct worker_options *o = &w->options;
    if (fcntl(o->record_fd, F_GETFD) < 0) /* now, while no log can have taken its number */
        return fail_to_write("record", errno);
    if (o->timeline_fd >= 0 && fcntl(o->timeline_fd, F_GETFD) < 0)
        return fail_to_write("timeline", errno);
    record_clear(&w->record);
    record_options(o, &w->record);
    open_instruments(w);
    if (allocator_prove(o->allocator_row, o->library, error, sizeof error) != 0)
        return fail(EXIT_UNUSABLE, error);
    record_versions(o, &w->record);
    if (open_mutator(w, error, sizeof error) != 0)
        return fail(EXIT_UNUSABLE, error);

    w->record.rss_baseline_bytes = rss_read().now_bytes;
    bool ran = run_workload(w);
    record_memory(w);

    if (ran)
        record_region(w, after);
    if (o->fail_nth.nth > 0) {
        fail_nth_close(&w->fail_nth, &w->mutator);
        fail_nth_record(&w->fail_nth, &w->record);
    }
    int status = ran && o->timeline_fd >= 0 ? send_timeline(w, o->timeline_fd) : EXIT_SUCCESS;
    if (status == EXIT_SUCCESS)
        status = send_record(&w->record, o->record_fd, after->line, sizeof after->line);
    close_mutator(w);
    return status;
}

int main(int argc, char **argv)
{
    char error[4096];
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write */
    signal(SIGXFSZ, SIG_IGN); /* and so is a log that outgrows a limit */
#ifndef GCSWEEP_RUNTIME_CPYTHON
    if (census_mode_asked(argc, argv))
        return census_mode_run(PROGRAM, argc, argv);
#endif
    if (pool_mode_asked(argc, argv))
        return pool_mode_run(PROGRAM, argc, argv);
    if (script_mode_asked(argc, argv))
        return script_mode_run(PROGRAM, argc, argv);
    struct worker *w = scratch_touched(sizeof *w);
    struct aftermath *after = scratch_lazy(sizeof *after);
    if (!w || !after)
        return fail(EXIT_FAILURE, "no memory for the worker's own buffers");
    if (worker_options_parse(argc, argv, &w->options, error, sizeof error) != 0)
        return fail(EXIT_UNUSABLE, error);
    return measure(w, after);
}
