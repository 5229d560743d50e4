/* meter.c - recording pauses at little cost. */
#include "harness/worker/meter.h"

#include <time.h>

#include "workloads/random.h"

uint64_t meter_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void meter_open(struct meter *meter)
{
    for (size_t k = 0; k < RECORD_PAUSE_KINDS; k++)
        histogram_open(&meter->kind[k], meter->bucket[k]);
}

static void clear(struct meter *meter)
{
    for (size_t k = 0; k < RECORD_PAUSE_KINDS; k++)
        histogram_clear(&meter->kind[k]);
    meter->longest_count = 0;
    if (meter->log)
        log_clear(meter->log);
}

/* ---- The longest: a heap, its shortest first, so that most pauses cost one
 *      comparison ---- */

static bool is_shorter(const struct record_pause *a, const struct record_pause *b)
{
    /* Of two alike the later one goes first, so that the list is the same however the heap grew. */
    return a->duration_ns != b->duration_ns ? a->duration_ns < b->duration_ns : a->start_ns > b->start_ns;
}

/* Puts `pause` where the hole at the end of `count` items is, or above. */
static void sift_up(struct record_pause *heap, size_t count, struct record_pause pause)
{
    size_t hole = count;
    while (hole > 0 && is_shorter(&pause, &heap[(hole - 1) / 2])) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap[hole] = pause;
}

/* Puts `pause` in place of the first of `count` items, or below. */
static void sift_down(struct record_pause *heap, size_t count, struct record_pause pause)
{
    size_t hole = 0;
    for (size_t child = 1; child < count; child = 2 * hole + 1) {
        if (child + 1 < count && is_shorter(&heap[child + 1], &heap[child]))
            child++;
        if (!is_shorter(&heap[child], &pause))
            break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = pause;
}

static void note_longest(struct meter *meter, struct record_pause pause)
{
    if (meter->longest_count < METER_LONGEST)
        sift_up(meter->longest, meter->longest_count++, pause);
    else if (is_shorter(&meter->longest[0], &pause))
        sift_down(meter->longest, METER_LONGEST, pause);
}

/* Takes the shortest out and puts it behind the rest, until none is left. */
static void sort_longest(struct meter *meter)
{
    for (size_t count = meter->longest_count; count > 1; count--) {
        struct record_pause shortest = meter->longest[0];
        sift_down(meter->longest, count - 1, meter->longest[count - 1]);
        meter->longest[count - 1] = shortest;
    }
}

/* ---- Recording ---- */

void meter_start(struct meter *meter, uint64_t now_ns)
{
    meter->region_start_ns = now_ns;
    meter->running = true;
}

void meter_pause(void *context, int kind, uint64_t start_ns, uint64_t end_ns)
{
    struct meter *meter = context;
    if (!meter->running)
        return;
    uint64_t since_ns = start_ns - meter->region_start_ns, duration_ns = end_ns - start_ns;
    histogram_add(&meter->kind[kind], duration_ns);
    note_longest(meter, (struct record_pause){since_ns, duration_ns, kind});
    if (meter->log) {
        struct meter_entry entry = {since_ns, duration_ns << METER_KIND_BITS | (uint64_t)kind};
        log_add(meter->log, &entry, sizeof entry);
    }
}

void meter_stop(struct meter *meter)
{
    meter->running = false;
    sort_longest(meter);
    if (meter->log)
        log_flush(meter->log);
}

uint64_t meter_pauses(const struct meter *meter)
{
    uint64_t count = 0;
    for (size_t k = 0; k < RECORD_PAUSE_KINDS; k++)
        count += meter->kind[k].count;
    return count;
}

uint64_t meter_gc_ns(const struct meter *meter)
{
    uint64_t total = 0;
    for (size_t g = 0; g < RECORD_GENERATIONS; g++)
        total += meter->kind[g].sum_ns;
    return total;
}

/* ---- What it costs ---- */

enum { BATCHES = 5, BATCH_PAUSES = 4000 };
_Static_assert(BATCH_PAUSES * sizeof(struct meter_entry) < LOG_BUFFER_BYTES, "no flush in a batch");

static double time_batch(struct meter *meter, struct random *random)
{
    if (meter->log)
        log_clear(meter->log);
    uint64_t begin = meter_now_ns();
    for (int i = 0; i < BATCH_PAUSES; i++) {
        uint64_t start = meter_now_ns(), end = meter_now_ns();
        /* Up to 65 microseconds longer than it was: as many buckets and as much of the heap as a run would use. */
        meter_pause(meter, i % RECORD_GENERATIONS, start, end + (random_next(random) >> 48));
    }
    return (double)(meter_now_ns() - begin) / BATCH_PAUSES;
}

/* The median: the first batch faults memory in, and any may be interrupted. */
static double median_of(double cost[BATCHES])
{
    for (int i = 1; i < BATCHES; i++)
        for (int k = i; k > 0 && cost[k] < cost[k - 1]; k--) {
            double swap = cost[k];
            cost[k] = cost[k - 1];
            cost[k - 1] = swap;
        }
    return cost[BATCHES / 2];
}

double meter_calibrate(struct meter *meter)
{
    struct random random;
    double cost[BATCHES];
    random_seed(&random, 1);
    meter_start(meter, meter_now_ns());
    for (int i = 0; i < BATCHES; i++)
        cost[i] = time_batch(meter, &random);
    meter->running = false;
    clear(meter);
    meter->pause_cost_ns = median_of(cost);
    return meter->pause_cost_ns;
}
