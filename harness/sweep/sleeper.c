/* sleeper.c - how late this machine wakes a program. */
#include "harness/sweep/sleeper.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "harness/sweep/host.h"

#define STEP_NS UINT64_C(1000000)

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t sleeper_wait_until(uint64_t due_ns)
{
    struct timespec at = {.tv_sec = (time_t)(due_ns / 1000000000), .tv_nsec = (long)(due_ns % 1000000000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
        ;
    return host_now_ns();
}

void sleeper_be_exact(bool exact)
{
    prctl(PR_SET_TIMERSLACK, exact ? 1UL : 0UL);
}

/* How late each of `count` wakings was. */
static void collect(uint64_t *gaps, uint64_t count)
{
    uint64_t due = host_now_ns();
    for (uint64_t i = 0; i < count; i++) {
        due += STEP_NS;
        uint64_t now = sleeper_wait_until(due);
        gaps[i] = now > due ? now - due : 0;
        due = now > due + STEP_NS ? now : due; /* one long gap is one gap */
    }
}

int sleeper_measure(int cpu, int own_cpu, uint64_t duration_ns, struct sleeper_gaps *out)
{
    uint64_t count = duration_ns / STEP_NS > 0 ? duration_ns / STEP_NS : 1;
    uint64_t *gaps = calloc(count, sizeof *gaps);
    if (!gaps)
        return ENOMEM;
    sleeper_be_exact(true);
    host_pin(cpu);
    collect(gaps, count);
    host_pin(own_cpu);
    sleeper_be_exact(false);
    qsort(gaps, count, sizeof *gaps, compare);
    *out = (struct sleeper_gaps){
        .count = count,
        .p50_ns = gaps[count / 2],
        .p99_ns = gaps[count * 99 / 100],
        .max_ns = gaps[count - 1],
    };
    free(gaps);
    return 0;
}

double sleeper_clock_cost(void)
{
    enum { CALLS = 100000 };
    uint64_t start = host_now_ns(), end = start;
    for (int i = 0; i < CALLS; i++)
        end = host_now_ns();
    return (double)(end - start) / CALLS;
}
