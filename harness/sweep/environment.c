/* environment.c - the machine and the versions a sweep ran with. */
#include "harness/sweep/environment.h"

#include <gnu/libc-version.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>

#include "allocators/allocator.h"
#include "harness/sweep/host.h"
#include "harness/sweep/json_build.h"
#include "version.h"

static json_t *text_or_null(const char *text)
{
    json_t *value = text[0] ? json_string(text) : NULL;
    return value ? value : json_null();
}

static json_t *number_or_null(uint64_t n)
{
    return n == HOST_UNKNOWN ? json_null() : json_integer((json_int_t)n);
}

static json_t *line_of(const char *path)
{
    char text[256];
    host_read_line(path, text, sizeof text);
    return text_or_null(text);
}

static json_t *describe_cpu(const struct runner *r)
{
    char model[256], path[128];
    host_read_key("/proc/cpuinfo", "model name", model, sizeof model);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", r->worker_cpu);
    json_t *cpu = json_object();
    cpu = json_with_member(cpu, "model", text_or_null(model));
    cpu = json_with_member(cpu, "cores", json_integer(host_online_cpus()));
    cpu = json_with_member(cpu, "governor", line_of(path));
    cpu = json_with_member(cpu, "worker", json_integer(r->worker_cpu));
    cpu = json_with_member(cpu, "harness", json_integer(r->own_cpu));
    return cpu;
}

static json_t *describe_memory(const struct runner *r)
{
    json_t *memory = json_object();
    memory = json_with_member(memory, "total_bytes", number_or_null(host_memory_bytes()));
    memory = json_with_member(memory, "available_bytes", number_or_null(host_available_bytes()));
    memory =
        json_with_member(memory, "limit_bytes", number_or_null(r->memory_bytes > 0 ? r->memory_bytes : HOST_UNKNOWN));
    memory = json_with_member(memory, "huge_pages", line_of("/sys/kernel/mm/transparent_hugepage/enabled"));
    return memory;
}

static json_t *describe_load(void)
{
    double load[3];
    if (getloadavg(load, 3) != 3)
        return json_null();
    return json_pack("[f,f,f]", load[0], load[1], load[2]);
}

static json_t *describe_allocators(void)
{
    char ignored[RECORD_TEXT_BYTES];
    json_t *list = json_array();
    for (size_t i = 0; i < allocator_count; i++) {
        struct allocator_choice choice;
        json_t *row = json_object();
        row = json_with_member(row, "name", json_string(allocators[i]->name));
        bool found = allocator_parse(allocators[i]->name, &choice, ignored, sizeof ignored) == 0 &&
                     allocator_locate(&choice, ignored, sizeof ignored) == 0;
        row = json_with_member(row, "library",
                               !found           ? json_null()
                               : choice.path[0] ? text_or_null(choice.path)
                                                : json_string("the C library"));
        row = json_with_member(row, "package", text_or_null(allocators[i]->package ? allocators[i]->package : ""));
        list = json_with(list, row);
    }
    return list;
}

char *environment_to_json(const struct runner *r)
{
    char date[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    struct utsname names = {0};
    uname(&names);
    double steal = host_steal_share();

    json_t *root = json_object();
    root = json_with_member(root, "date", json_string(date));
    root = json_with_member(root, "gcsweep", json_string(GCSWEEP_VERSION));
    root = json_with_member(root, "compiler", json_string(__VERSION__));
    root = json_with_member(root, "libc", json_string(gnu_get_libc_version()));
    root = json_with_member(root, "kernel", text_or_null(names.release));
    root = json_with_member(root, "cpu", describe_cpu(r));
    root = json_with_member(root, "memory", describe_memory(r));
    root = json_with_member(root, "aslr", line_of("/proc/sys/kernel/randomize_va_space"));
    root = json_with_member(root, "steal_share", isnan(steal) ? json_null() : json_real(steal));
    root = json_with_member(root, "load_average", describe_load());
    root = json_with_member(root, "allocators", describe_allocators());
    char *text = json_to_text(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(root);
    return text;
}
