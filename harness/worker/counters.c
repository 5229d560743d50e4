/* counters.c - hardware counters by perf_event_open. */
#include "harness/worker/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct counter_event counter_events[COUNTERS] = {
    [COUNTER_CYCLES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    [COUNTER_INSTRUCTIONS] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    [COUNTER_CACHE_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    [COUNTER_BRANCH_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    [COUNTER_DTLB_MISSES] = {PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_READ << 8 |
                                                     PERF_COUNT_HW_CACHE_RESULT_MISS << 16},
};

static int open_event(const struct counter_event *event)
{
    struct perf_event_attr attributes = {
        .type = event->type,
        .size = sizeof attributes,
        .config = event->config,
        .disabled = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
    };
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int counters_open(struct counters *c, const struct counter_event events[COUNTERS])
{
    int failed = 0;
    memset(c, 0, sizeof *c);
    for (int i = 0; i < COUNTERS; i++) {
        c->fd[i] = open_event(&events[i]);
        c->open[i] = c->fd[i] >= 0;
        if (!c->open[i] && failed == 0)
            failed = errno;
    }
    return failed;
}

void counters_close(struct counters *c)
{
    for (int i = 0; i < COUNTERS; i++)
        if (c->open[i])
            close(c->fd[i]);
    memset(c, 0, sizeof *c);
}

static void tell_all(const struct counters *c, unsigned long request)
{
    for (int i = 0; i < COUNTERS; i++)
        if (c->open[i])
            ioctl(c->fd[i], request, 0);
}

void counters_start(struct counters *c)
{
    tell_all(c, PERF_EVENT_IOC_RESET);
    tell_all(c, PERF_EVENT_IOC_ENABLE);
}

void counters_stop(struct counters *c)
{
    tell_all(c, PERF_EVENT_IOC_DISABLE);
}

uint64_t counters_read(const struct counters *c, enum counter which)
{
    struct {
        uint64_t value, enabled_ns, running_ns;
    } now;
    if (!c->open[which] || read(c->fd[which], &now, sizeof now) != sizeof now || now.running_ns == 0)
        return RECORD_UNKNOWN;
    if (now.running_ns >= now.enabled_ns)
        return now.value;
    return (uint64_t)((double)now.value * ((double)now.enabled_ns / (double)now.running_ns));
}

void counters_record(const struct counters *c, struct run_record *r)
{
    r->counter_cycles = counters_read(c, COUNTER_CYCLES);
    r->counter_instructions = counters_read(c, COUNTER_INSTRUCTIONS);
    r->counter_cache_misses = counters_read(c, COUNTER_CACHE_MISSES);
    r->counter_branch_misses = counters_read(c, COUNTER_BRANCH_MISSES);
    r->counter_dtlb_misses = counters_read(c, COUNTER_DTLB_MISSES);
}

const char *counters_excuse(int failed)
{
    switch (failed) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        return "this processor does not offer them, as most virtual machines do not";
    case EACCES:
    case EPERM:
        return "the kernel does not allow them: kernel.perf_event_paranoid must be 2 or less, and a container must "
               "allow perf_event_open";
    case ENOSYS:
        return "this kernel has no perf_event_open";
    default:
        return strerror(failed);
    }
}
