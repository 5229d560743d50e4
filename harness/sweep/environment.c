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
    json_object_set_new(cpu, "model", text_or_null(model));
    json_object_set_new(cpu, "cores", json_integer(host_online_cpus()));
    json_object_set_new(cpu, "governor", line_of(path));
    json_object_set_new(cpu, "worker", json_integer(r->worker_cpu));
    json_object_set_new(cpu, "harness", json_integer(r->own_cpu));
    return cpu;
}

static json_t *describe_memory(const struct runner *r)
{
    json_t *memory = json_object();
    json_object_set_new(memory, "total_bytes", number_or_null(host_memory_bytes()));
    json_object_set_new(memory, "available_bytes", number_or_null(host_available_bytes()));
    json_object_set_new(memory, "limit_bytes", number_or_null(r->memory_bytes > 0 ? r->memory_bytes : HOST_UNKNOWN));
    json_object_set_new(memory, "huge_pages", line_of("/sys/kernel/mm/transparent_hugepage/enabled"));
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
        json_object_set_new(row, "name", json_string(allocators[i]->name));
        bool found = allocator_parse(allocators[i]->name, &choice, ignored, sizeof ignored) == 0 &&
                     allocator_locate(&choice, ignored, sizeof ignored) == 0;
        json_object_set_new(row, "library",
                            !found           ? json_null()
                            : choice.path[0] ? text_or_null(choice.path)
                                             : json_string("the C library"));
        json_object_set_new(row, "package", text_or_null(allocators[i]->package ? allocators[i]->package : ""));
        json_array_append_new(list, row);
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
    json_object_set_new(root, "date", json_string(date));
    json_object_set_new(root, "gcsweep", json_string(GCSWEEP_VERSION));
    json_object_set_new(root, "compiler", json_string(__VERSION__));
    json_object_set_new(root, "libc", json_string(gnu_get_libc_version()));
    json_object_set_new(root, "kernel", text_or_null(names.release));
    json_object_set_new(root, "cpu", describe_cpu(r));
    json_object_set_new(root, "memory", describe_memory(r));
    json_object_set_new(root, "aslr", line_of("/proc/sys/kernel/randomize_va_space"));
    json_object_set_new(root, "steal_share", isnan(steal) ? json_null() : json_real(steal));
    json_object_set_new(root, "load_average", describe_load());
    json_object_set_new(root, "allocators", describe_allocators());
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(root);
    return text;
}
