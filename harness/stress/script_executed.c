#include "harness/stress/script_executed.h"

#include <sys/mman.h>

#include "workloads/script/script.h"

static uint64_t count(const struct script *s)
{
    uint64_t executed = 0, times = 1, outer[SCRIPT_BLOCKS];
    size_t deep = 0;
    for (size_t i = 0; i < s->statement_count; i++) {
        const struct script_statement *now = &s->statements[i];
        if (now->op == SCRIPT_END && deep > 0) {
            times = outer[--deep];
            continue;
        }
        executed += times;
        if (now->op == SCRIPT_REPEAT || now->op == SCRIPT_FRAME)
            outer[deep++] = times;
        if (now->op == SCRIPT_REPEAT)
            times *= (uint64_t)now->integer;
    }
    return executed;
}

int script_executed(const char *text, size_t length, uint64_t *out)
{
    struct script s;
    struct script_error error;
    size_t bytes = script_memory_bytes(length);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return -1;
    int result = script_parse(&s, text, length, memory, &error);
    if (result == 0)
        *out = count(&s);
    munmap(memory, bytes);
    return result;
}
