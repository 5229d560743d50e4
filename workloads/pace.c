/* pace.c - waiting for a planned time. */
#include "workloads/pace.h"

#include <errno.h>
#include <math.h>
#include <time.h>

enum { SECOND_NS = 1000000000 };

/* The kernel wakes a sleeper late by up to so much: the rest is spun. */
enum { SPIN_NS = 200000 };

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

void pace_set(struct pace *p, uint64_t per_second)
{
    *p = (struct pace){.per_second = per_second};
}

uint64_t pace_planned_ns(const struct pace *p, uint64_t turn)
{
    uint64_t seconds = turn / p->per_second, rest = turn % p->per_second;
    return p->origin_ns + seconds * SECOND_NS + rest * SECOND_NS / p->per_second;
}

static void sleep_until(uint64_t ns)
{
    struct timespec t = {.tv_sec = (time_t)(ns / SECOND_NS), .tv_nsec = (long)(ns % SECOND_NS)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

/* The first time that is not before `planned_ns`. */
static uint64_t wait_until(uint64_t planned_ns, uint64_t now)
{
    if (planned_ns > now + SPIN_NS)
        sleep_until(planned_ns - SPIN_NS);
    while ((now = now_ns()) < planned_ns)
        ;
    return now;
}

void pace_wait(struct pace *p)
{
    if (p->per_second == 0)
        return;
    uint64_t now = now_ns();
    if (p->turns == 0)
        p->origin_ns = now;
    uint64_t planned = pace_planned_ns(p, p->turns++);
    p->last_ns = now;
    if (now > planned)
        p->late++;
    if (now < planned) {
        p->last_ns = wait_until(planned, now);
        p->waited_ns += p->last_ns - now;
    }
}

double pace_kept(const struct pace *p)
{
    if (p->turns < 2)
        return NAN;
    return (double)(p->turns - 1) / (double)(p->last_ns - p->origin_ns) * SECOND_NS;
}
