/* work.c - spinning for as long as an interpreter would have worked. */
#include "workloads/work.h"

#include <math.h>
#include <stddef.h>
#include <time.h>

uint64_t work_spin(uint64_t loops)
{
    uint64_t passes = 0;
    while (passes < loops) {
        passes++;
        __asm__ volatile("" : "+r"(passes)); /* or the compiler would count in one step */
    }
    return passes;
}

void work_do(struct work *w)
{
    w->allocations++;
    work_spin(w->loops);
}

uint64_t work_loops(uint64_t ns, double loops_per_ns)
{
    if (ns == 0)
        return 0;
    double loops = round((double)ns * loops_per_ns);
    if (!(loops >= 1))
        return 1;
    return loops < 0x1p64 ? (uint64_t)loops : UINT64_MAX;
}

/* ---- How fast it is here ---- */

enum { BATCHES = 9, BATCH_LOOPS = 200000 };

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_batch(void)
{
    double begin = now_ns();
    uint64_t passes = work_spin(BATCH_LOOPS);
    double took = now_ns() - begin;
    return (double)passes / (took > 1 ? took : 1);
}

/* The median: any batch may be interrupted, and the first warms the clock up. */
double work_calibrate(void)
{
    double rate[BATCHES];
    for (size_t i = 0; i < BATCHES; i++) {
        double x = time_batch();
        size_t k = i;
        for (; k > 0 && rate[k - 1] > x; k--)
            rate[k] = rate[k - 1];
        rate[k] = x;
    }
    return rate[BATCHES / 2];
}
