/* scale_store.c - a store of as many runs as one likes, from the few of a real sweep, and what a command on it takes.
 *
 *   scale_store make TEMPLATE OUT CONFIGURATIONS ROUNDS
 *       a results folder OUT: each run is one of TEMPLATE's that ended ok, its lists whole, its times and memory a
 *       little off at random; the configurations differ in workload (TEMPLATE's), allocator and threshold 0.
 *   scale_store time COMMAND...
 *       runs it, its output to /dev/null, and prints seconds, peak memory and exit status.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/store/store.h"

static const char *const allocators[] = {"pymalloc", "system", "jemalloc", "mimalloc"};
enum { ALLOCATORS = sizeof allocators / sizeof *allocators, TEMPLATES_MOST = 1000 };

static int fail(const char *why)
{
    fprintf(stderr, "scale_store: %s\n", why);
    return 1;
}

/* ---- Templates: whole runs that ended ok, one workload after the other ---- */

struct templates {
    struct whole_run run[TEMPLATES_MOST];
    size_t count;
    size_t first[TEMPLATES_MOST]; /* of each workload, in `run` */
    size_t workloads;
};

static bool is_known(const struct templates *t, const char *workload)
{
    for (size_t i = 0; i < t->workloads; i++)
        if (strcmp(t->run[t->first[i]].run->workload, workload) == 0)
            return true;
    return false;
}

static int take_workload(const struct result_set *from, const char *workload, struct templates *out)
{
    out->first[out->workloads] = out->count;
    for (size_t i = 0; i < from->run_count && out->count < TEMPLATES_MOST; i++) {
        const struct run_record *run = &from->runs[i];
        if (strcmp(run->workload, workload) != 0 || strcmp(run->status, "ok") != 0 || run->twin)
            continue;
        if (whole_run_read(from, run, &out->run[out->count]) != 0)
            return -1;
        out->count++;
    }
    out->workloads += out->count > out->first[out->workloads];
    return 0;
}

static int take_templates(const struct result_set *from, struct templates *out)
{
    for (size_t i = 0; i < from->run_count; i++)
        if (!is_known(out, from->runs[i].workload) && take_workload(from, from->runs[i].workload, out) != 0)
            return -1;
    return 0;
}

/* ---- Runs ---- */

/* In [-1, 1], the same for the same number (splitmix64). */
static double noise(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ (x >> 31)) >> 11) / (double)(UINT64_C(1) << 52) - 1;
}

static void scale(uint64_t *value, double by)
{
    if (*value != RECORD_UNKNOWN)
        *value = (uint64_t)((double)*value * by);
}

/* Configuration 0 of each workload is the default, so that there is a baseline. */
static void make_run(const struct templates *t, size_t configuration, unsigned round, struct run_record *out)
{
    size_t w = configuration % t->workloads, k = configuration / t->workloads;
    size_t end = w + 1 < t->workloads ? t->first[w + 1] : t->count;
    size_t choice = t->first[w] + (k + round) % (end - t->first[w]);
    *out = *t->run[choice].run;
    double threshold = 700 * pow(1.01, (double)(k / ALLOCATORS));
    double off = 1 + 0.02 * noise(configuration * 100003 + round), wide = 1 + 0.1 * noise(~(configuration * 7 + round));
    scale(&out->wall_ns, off * (1 + 0.2 * sqrt(700 / threshold)));
    scale(&out->user_ns, off);
    scale(&out->gc_ns, off * sqrt(700 / threshold));
    scale(&out->pause_p99_ns, wide * sqrt(threshold / 700));
    scale(&out->pause_max_ns, wide * sqrt(threshold / 700));
    scale(&out->rss_peak_bytes, off * (1 + 0.01 * sqrt(threshold / 700)));
    snprintf(out->allocator, sizeof out->allocator, "%s", allocators[k % ALLOCATORS]);
    snprintf(out->tuning, sizeof out->tuning, "%zu,10,10", (size_t)700 + k / ALLOCATORS * 100);
    snprintf(out->configuration, sizeof out->configuration, "%.60s scale=%g seed=%llu %.20s %.40s %.40s %.20s %.20s",
             out->workload, out->scale, (unsigned long long)out->seed, out->runtime, out->allocator, out->collector,
             out->tuning, out->refcount);
    out->round = round;
    out->twin = false;
}

static int fill(const struct templates *t, struct store *s, size_t configurations, unsigned rounds, char *error,
                size_t error_size)
{
    for (unsigned round = 0; round < rounds; round++)
        for (size_t c = 0; c < configurations; c++) {
            struct run_record run;
            make_run(t, c, round, &run);
            if (store_add_run(s, &run, error, error_size) != 0)
                return -1;
        }
    return 0;
}

static int make_store(const char *from, const char *to, size_t configurations, unsigned rounds)
{
    static struct templates templates;
    struct result_set results;
    struct store *s;
    char error[1024];

    mkdir(to, 0777);
    if (store_load(from, &results, error, sizeof error) != 0)
        return fail(error);
    if (take_templates(&results, &templates) != 0 || templates.workloads == 0)
        return fail("the template holds no run that ended ok");
    if (store_create(to, results.plan, results.environment, &s, error, sizeof error) != 0)
        return fail(error);
    int status = fill(&templates, s, configurations, rounds, error, sizeof error) != 0 ? fail(error) : 0;
    if (store_close(s, error, sizeof error) != 0)
        status = fail(error);
    for (size_t i = 0; i < templates.count; i++)
        whole_run_free(&templates.run[i]);
    result_set_free(&results);
    return status;
}

/* ---- Commands ---- */

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static int time_command(char **command)
{
    double start_s = now_s();
    int status;
    struct rusage usage;
    pid_t child = fork();

    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
        execvp(command[0], command);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return fail("cannot run the command");
    printf("%7.2f s (%.2f s of CPU) %5.0f MiB  exit %d  ", now_s() - start_s,
           seconds(&usage.ru_utime) + seconds(&usage.ru_stime), (double)usage.ru_maxrss / 1024,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    for (char **word = command + 1; *word != NULL; word++)
        printf(" %s", *word);
    printf("\n");
    return WIFEXITED(status) && WEXITSTATUS(status) <= 1 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "make") == 0)
        return make_store(argv[2], argv[3], strtoul(argv[4], NULL, 10), (unsigned)strtoul(argv[5], NULL, 10));
    if (argc > 2 && strcmp(argv[1], "time") == 0)
        return time_command(argv + 2);
    return fail("make TEMPLATE OUT CONFIGURATIONS ROUNDS, or time COMMAND...");
}
