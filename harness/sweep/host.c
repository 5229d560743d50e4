/* host.c - what the kernel says about this machine. */
#include "harness/sweep/host.h"

#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/sweep/line.h"

uint64_t host_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void host_read_line(const char *path, char *out, size_t size)
{
    out[0] = '\0';
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    if (fgets(out, (int)size, file))
        out[strcspn(out, "\n")] = '\0';
    else
        out[0] = '\0';
    line_clean(out);
    fclose(file);
}

void host_read_key(const char *path, const char *key, char *out, size_t size)
{
    char line[1024];
    out[0] = '\0';
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        size_t length = strlen(key);
        if (strncmp(line, key, length) != 0 || !strchr(" \t:", line[length]))
            continue;
        const char *value = line + length;
        value += strspn(value, " \t:");
        snprintf(out, size, "%.*s", (int)strcspn(value, "\n"), value);
        line_clean(out);
        break;
    }
    if (file)
        fclose(file);
}

static uint64_t read_number(const char *path, const char *key, uint64_t factor)
{
    char text[64];
    host_read_key(path, key, text, sizeof text);
    char *end;
    uint64_t n = strtoull(text, &end, 10);
    return end == text ? HOST_UNKNOWN : n * factor;
}

uint64_t host_memory_bytes(void)
{
    return read_number("/proc/meminfo", "MemTotal", 1024);
}

uint64_t host_available_bytes(void)
{
    return read_number("/proc/meminfo", "MemAvailable", 1024);
}

uint64_t host_oom_kills(void)
{
    return read_number("/proc/vmstat", "oom_kill", 1);
}

double host_steal_share(void)
{
    char text[256];
    host_read_key("/proc/stat", "cpu", text, sizeof text);
    /* user nice system idle iowait irq softirq steal; guest time is in user already */
    double total = 0, steal = NAN;
    char *at = text;
    for (int i = 0; i < 8; i++) {
        char *end;
        double ticks = strtod(at, &end);
        if (end == at)
            return NAN;
        total += ticks;
        steal = ticks;
        at = end;
    }
    return total > 0 ? steal / total : NAN;
}

int host_online_cpus(void)
{
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void host_pick_cpus(int *worker, int *own)
{
    cpu_set_t allowed;
    *worker = *own = -1;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &allowed))
            continue;
        *own = *own < 0 ? cpu : *own;
        *worker = cpu;
    }
}

int host_pin(int cpu)
{
    if (cpu < 0)
        return 0;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)cpu, &one);
    return sched_setaffinity(0, sizeof one, &one);
}

void host_find_program(const char *program, char *out, size_t size)
{
    const char *path = getenv("PATH");
    out[0] = '\0';
    while (path && *path) {
        size_t length = strcspn(path, ":");
        snprintf(out, size, "%.*s/%s", (int)length, path, program);
        if (length > 0 && access(out, X_OK) == 0)
            return;
        path += length + (path[length] == ':');
    }
    out[0] = '\0';
}
