/* doctor.c - gcsweep doctor: this machine as a benchmark host. */
#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/cli/cli.h"
#include "harness/sweep/host.h"
#include "harness/sweep/interpreter.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/sleeper.h"
#include "harness/sweep/units.h"
#include "harness/worker/counters.h"
#include "harness/worker/meter.h"

#define SLEEP_NS UINT64_C(1000000000)

enum { ADVICE_MOST = 16, ADVICE_BYTES = 256, FACT_BYTES = 1024 };

struct doctor {
    struct runner runner;
    char advice[ADVICE_MOST][ADVICE_BYTES];
    size_t advice_count;
};

static void say(const char *name, const char *text)
{
    printf("%-20s %s\n", name, text[0] ? text : "unknown");
}

static void advise(struct doctor *d, const char *text)
{
    if (d->advice_count < ADVICE_MOST)
        line_error(d->advice[d->advice_count++], ADVICE_BYTES, "%s", text);
}

/* ---- The machine ---- */

static void look_at_cpus(struct doctor *d)
{
    char text[FACT_BYTES], path[128];
    host_read_key("/proc/cpuinfo", "model name", text, sizeof text);
    say("CPU", text);
    snprintf(text, sizeof text, "%d online; workers run on CPU %d, the harness on CPU %d", host_online_cpus(),
             d->runner.worker_cpu, d->runner.own_cpu);
    say("cores", text);
    if (d->runner.worker_cpu == d->runner.own_cpu)
        advise(d, "One CPU only: the harness's samples stop the worker. Allow it a second CPU.");
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", d->runner.worker_cpu);
    host_read_line(path, text, sizeof text);
    say("governor", text);
    if (text[0] && strcmp(text, "performance") != 0)
        advise(d, "The frequency governor is not performance: cpupower frequency-set -g performance.");
}

static void look_at_memory(struct doctor *d)
{
    char text[FACT_BYTES], total[UNITS_TEXT_BYTES], available[UNITS_TEXT_BYTES];
    units_show_size(host_memory_bytes(), total);
    units_show_size(host_available_bytes(), available);
    snprintf(text, sizeof text, "%s, %s available", total, available);
    say("memory", text);
    host_read_line("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text);
    say("huge pages", text);
    if (strstr(text, "[always]"))
        advise(d, "Transparent huge pages are set to always: they change the order of allocators in memory. madvise "
                  "is the more usual setting of servers.");
}

static void look_at_kernel(struct doctor *d)
{
    char text[FACT_BYTES];
    host_read_line("/proc/sys/kernel/randomize_va_space", text, sizeof text);
    say("address layout", strcmp(text, "2") == 0 || strcmp(text, "1") == 0 ? "randomised (each run has its own layout)"
                          : text[0]                                        ? "fixed"
                                                                           : "");
    if (strcmp(text, "0") == 0)
        advise(d, "Addresses are not randomised: every run has the same layout, and its luck. Set "
                  "kernel.randomize_va_space to 2.");
    double steal = host_steal_share();
    if (isnan(steal))
        text[0] = '\0';
    else
        snprintf(text, sizeof text, "%.2f %% since boot", 100 * steal);
    say("stolen time", text);
    if (steal > 0.01)
        advise(d, "The hypervisor takes more than 1 % of the CPU: expect wide intervals; more rounds help.");
    double load[3] = {0};
    int loads = getloadavg(load, 3);
    snprintf(text, sizeof text, "%.2f %.2f %.2f (1, 5, 15 minutes)", load[0], load[1], load[2]);
    say("load", loads == 3 ? text : "");
    if (loads == 3 && load[0] > 0.5)
        advise(d, "Other programs are running (load above 0.5): stop them before measuring.");
}

static void look_at_clock(struct doctor *d)
{
    char text[FACT_BYTES];
    host_read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", text, sizeof text);
    double cost = sleeper_clock_cost();
    line_append(text, sizeof text, "%sclock_gettime %.0f ns", text[0] ? ", " : "", cost);
    say("clock", text);
    if (cost > 200)
        advise(d, "Reading the clock is slow (no tsc): each pause costs two readings.");
}

/* What recording a pause costs the run it is in. */
static void look_at_meter(void)
{
    char text[FACT_BYTES];
    struct meter *meter = calloc(1, sizeof *meter);
    if (!meter) {
        say("cost of one pause", "unknown: out of memory");
        return;
    }
    meter_open(meter);
    snprintf(text, sizeof text, "%.0f ns to record (two clock readings included)", meter_calibrate(meter));
    say("cost of one pause", text);
    free(meter);
}

static void look_at_noise(struct doctor *d)
{
    char text[FACT_BYTES];
    struct sleeper_gaps gaps;
    int failed = sleeper_measure(d->runner.worker_cpu, d->runner.own_cpu, SLEEP_NS, &gaps);
    if (failed != 0) {
        line_error(text, sizeof text, "unknown: %s", strerror(failed));
        say("noise floor", text);
        return;
    }
    char p50[UNITS_TEXT_BYTES], p99[UNITS_TEXT_BYTES], max[UNITS_TEXT_BYTES];
    units_show_duration(gaps.p50_ns, p50);
    units_show_duration(gaps.p99_ns, p99);
    units_show_duration(gaps.max_ns, max);
    snprintf(text, sizeof text, "wakes late by %s (p50), %s (p99), %s (max) on CPU %d", p50, p99, max,
             d->runner.worker_cpu);
    say("noise floor", text);
    if (gaps.p99_ns > 1000000)
        advise(d, "The machine itself stops for more than 1 ms: pauses below that are not its program's.");
}

static void look_at_counters(void)
{
    struct counters counters;
    char text[FACT_BYTES];
    size_t open = 0;
    int failed = counters_open(&counters, counter_events);
    for (int i = 0; i < COUNTERS; i++)
        open += counters.open[i];
    counters_close(&counters);
    if (failed == 0)
        snprintf(text, sizeof text, "all %d are counted", COUNTERS);
    else
        snprintf(text, sizeof text, "%zu of %d are counted: %s", open, COUNTERS, counters_excuse(failed));
    say("hardware counters", text);
}

/* ---- The programs ---- */

static void look_at_allocators(struct doctor *d)
{
    char error[FACT_BYTES];
    for (size_t i = 0; i < allocator_count; i++) {
        struct allocator_choice choice;
        if (allocator_parse(allocators[i]->name, &choice, error, sizeof error) == 0 &&
            allocator_locate(&choice, error, sizeof error) == 0) {
            say(allocators[i]->name, choice.path[0] ? choice.path : "the C library's own");
        } else {
            say(allocators[i]->name, "not found");
            advise(d, error);
        }
    }
}

static void look_at_runtimes(struct doctor *d)
{
    for (size_t i = 0; i < runtime_row_count; i++) {
        char name[64], text[ADVICE_BYTES];
        bool found = d->runner.program[i][0] != '\0';
        snprintf(name, sizeof name, "runtime %s", runtime_rows[i].name);
        say(name, found ? d->runner.program[i] : "not found");
        if (found)
            continue;
        snprintf(text, sizeof text, "%s is not there: %s.", runtime_rows[i].program, runtime_rows[i].missing);
        advise(d, text);
    }
}

static void look_at_gnuplot(struct doctor *d)
{
    char text[FACT_BYTES];
    host_find_program("gnuplot", text, sizeof text);
    say("gnuplot", text[0] ? text : "not found");
    if (!text[0])
        advise(d, "gnuplot is not there: reports have no pictures. Install the package gnuplot-nox.");
}

/* ---- How fast Python is ---- */

static int measure_probe(struct doctor *d, const char *python, const struct interpreter_probe *probe, uint64_t *work_ns)
{
    char text[FACT_BYTES], error[FACT_BYTES];
    struct interpreter_pace pace;
    int result = interpreter_measure(&d->runner, python, probe, &pace, error, sizeof error);
    if (result != 0) {
        say(probe->workload, result < 0 ? error : "interrupted");
        return -1;
    }
    snprintf(text, sizeof text,
             "Python %.0f ns an allocation (%.0f %% in collections), the model %.0f ns (%.0f %%): work_ns=%llu",
             pace.python_ns, 100 * pace.python_gc_share, pace.model_ns, 100 * pace.model_gc_share,
             (unsigned long long)pace.work_ns);
    say(probe->workload, text);
    *work_ns = pace.work_ns;
    return 0;
}

/* What work makes the model's mutator as slow as this Python's: it depends on what a program does between two
 * allocations. */
static void look_at_python(struct doctor *d)
{
    char path[FACT_BYTES], text[FACT_BYTES] = "", error[FACT_BYTES];
    if (interpreter_find(path, sizeof path, error, sizeof error) != 0) {
        say("python", error);
        return;
    }
    say("python", path);
    for (size_t i = 0; i < interpreter_probe_count; i++) {
        uint64_t work_ns;
        if (measure_probe(d, path, &interpreter_probes[i], &work_ns) != 0)
            return;
        line_append(text, sizeof text, "%s--param work_ns=%llu for a program like %s", i > 0 ? ", " : "",
                    (unsigned long long)work_ns, interpreter_probes[i].workload);
    }
    say("pacing", text);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    return cli_refuse_option(state, "doctor takes no arguments");
}

const struct argp doctor_argp = {
    .parser = parse,
    .doc = "Looks at this machine as a benchmark host and says what would make its figures steadier. Changes nothing.\v"
           "Exit status: 0 done, 2 input that cannot be used.",
};

int cli_doctor(int argc, char **argv)
{
    struct doctor d = {0};
    struct plan plan;
    if (cli_parse(&doctor_argp, argc, argv, NULL) != 0)
        return CLI_UNUSABLE;
    plan_init(&plan);
    runner_init(&d.runner, &plan);
    plan_free(&plan);

    look_at_cpus(&d);
    look_at_memory(&d);
    look_at_kernel(&d);
    look_at_clock(&d);
    look_at_meter();
    look_at_noise(&d);
    look_at_counters();
    look_at_allocators(&d);
    look_at_runtimes(&d);
    look_at_gnuplot(&d);
    look_at_python(&d);
    putchar('\n');
    for (size_t i = 0; i < d.advice_count; i++)
        printf("advice: %s\n", d.advice[i]);
    if (d.advice_count == 0)
        printf("Nothing to say against measuring here.\n");
    return cli_finish(CLI_DONE);
}
