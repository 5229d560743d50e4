/* interpreter.c - a heap script of any text, run on every collector within small limits.
 *
 * Blocks come from malloc, so that the sanitizers see each of them; a second
 * run takes them from the pools and has to do the same work. In a third one
 * call for memory fails, drawn from the text: the heap has to stay sound and
 * nothing may be lost. */
#include "fuzz/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/collectors/collector.h"
#include "core/heap_check.h"
#include "tests/memory_sources.h"
#include "workloads/script/interpret.h"

enum { STATEMENTS_MOST = 4000, BLOCK_BYTES_MOST = 1 << 20, ARENAS_MOST = 4, ERROR_BYTES = 256 };

/* ---- Memory within limits ---- */

struct limited {
    struct failing failing;
    uint64_t asked; /* bytes, in all: what was given back counts, too */
    uint64_t arenas;
};

enum { ASKED_MOST = 16 << 20 };

static bool is_too_much(struct limited *l, size_t bytes)
{
    l->asked += bytes;
    return bytes > BLOCK_BYTES_MOST || l->asked > ASKED_MOST;
}

static void *limited_alloc(void *context, size_t bytes)
{
    return is_too_much(context, bytes) ? NULL : failing_alloc(context, bytes);
}

static void *limited_alloc_zeroed(void *context, size_t bytes)
{
    return is_too_much(context, bytes) ? NULL : failing_alloc_zeroed(context, bytes);
}

static void *limited_resize(void *context, void *block, size_t bytes)
{
    return is_too_much(context, bytes) ? NULL : failing_resize(context, block, bytes);
}

static void *limited_map(void *context, size_t bytes)
{
    struct limited *l = context;
    return l->arenas++ >= ARENAS_MOST ? NULL : failing_map(&l->failing, bytes);
}

/* ---- One run ---- */

struct run {
    const char *collector;
    bool pools, debug;
    uint64_t fail_at;
    struct limited memory;
    /* What came of it. */
    int result;
    uint64_t checksum, operations;
    char failure[MUTATOR_FAILURE_BYTES];
};

static void ignore_line(void *context, const char *line, size_t length)
{
    uint64_t *sum = context;
    for (size_t i = 0; i < length; i++)
        *sum = *sum * 31 + (unsigned char)line[i]; /* reads each of its bytes */
}

static void expect_sound(struct mutator *m)
{
    char error[ERROR_BYTES] = "";
    if (heap_check(mutator_heap(m), error, sizeof error) != 0)
        fuzz_expect(false, error);
}

static void perform(struct run *r, struct mutator *m, const struct workload *w)
{
    r->result = w->setup ? mutator_guard(m, w->setup) : 0;
    if (r->result == 0)
        r->result = mutator_guard(m, w->run);
    expect_sound(m);
    if (r->result == EINVAL)
        fuzz_expect_one_line(m->failure);
    memcpy(r->failure, m->failure, sizeof r->failure);
    r->checksum = m->checksum;
    r->operations = m->operations;
}

static void run_script(const struct script *s, struct run *r)
{
    static struct mutator m;
    static _Alignas(16) char memory[MUTATOR_MEMORY_BYTES];
    struct limited *limited = &r->memory;
    struct workload w;
    char error[ERROR_BYTES] = "";
    uint64_t sum = 0;
    struct script_run *state = calloc(1, script_run_bytes(s));
    const struct memory_backend backend = {limited, limited_alloc, limited_alloc_zeroed, limited_resize,
                                           failing_release};
    const struct arena_source arenas = {limited, limited_map, failing_unmap};

    limited->failing.fail_at = r->fail_at;
    memset(memory, 0, sizeof memory);
    memset(&m, 0, sizeof m);
    script_workload(state, s, "script:fuzz.heap", ignore_line, &sum, &w);
    const struct runtime_options options = {.pools = r->pools,
                                            .collector = r->collector,
                                            .classes = w.classes,
                                            .on_weakref = w.on_weakref,
                                            .debug = r->debug,
                                            .backend = &backend,
                                            .arenas = &arenas};
    if (mutator_open(&m, memory, &options, &state, 1, 1, error, sizeof error) == 0) {
        perform(r, &m, &w);
        mutator_close(&m);
    } else {
        fuzz_expect_one_line(error);
        r->result = ENOMEM;
    }
    script_run_close(state);
    free(state);
    fuzz_expect(limited->failing.blocks == 0, "every block given back");
    fuzz_expect(limited->failing.mapped == limited->failing.unmapped, "every arena given back");
}

/* ---- The script ---- */

/* How many statements are executed, STATEMENTS_MOST and one where there are more. */
static uint64_t count_executed(const struct script *s)
{
    uint64_t times[SCRIPT_BLOCKS + 1] = {1};
    uint64_t executed = 0;
    size_t depth = 0;

    for (size_t i = 0; i < s->statement_count; i++) {
        const struct script_statement *t = &s->statements[i];
        executed += times[depth];
        if (executed > STATEMENTS_MOST)
            return executed;
        if (t->op == SCRIPT_FRAME || t->op == SCRIPT_REPEAT) {
            uint64_t passes = t->op == SCRIPT_FRAME ? 1 : (uint64_t)t->integer;
            uint64_t most = STATEMENTS_MOST + 1;
            passes = passes > most ? most : passes;
            times[depth + 1] = times[depth] * passes > most ? most : times[depth] * passes;
            depth++;
        } else if (t->op == SCRIPT_END) {
            depth--;
        }
    }
    return executed;
}

static uint64_t draw(const uint8_t *bytes, size_t count, uint64_t below)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    return (hash ^ hash >> 32) % below;
}

static void run_on(const struct script *s, const char *collector, const uint8_t *bytes, size_t count)
{
    bool debug = count % 2 != 0; /* collects more often, so both runs do */
    struct run plain = {.collector = collector, .debug = debug};
    struct run pooled = {.collector = collector, .pools = true, .debug = debug};

    run_script(s, &plain);
    run_script(s, &pooled);
    if (plain.result != ENOMEM && pooled.result != ENOMEM)
        fuzz_expect(plain.result == pooled.result && plain.checksum == pooled.checksum &&
                        plain.operations == pooled.operations && strcmp(plain.failure, pooled.failure) == 0,
                    "the same work with pools and without");
    struct run failing = {.collector = collector,
                          .pools = count % 4 >= 2,
                          .fail_at = 1 + draw(bytes, count, plain.memory.failing.calls + 1)};
    run_script(s, &failing);
}

void fuzz_interpreter(const uint8_t *bytes, size_t count)
{
    struct script s;
    struct script_error error = {0};
    void *memory = calloc(1, script_memory_bytes(count));

    if (script_parse(&s, (const char *)bytes, count, memory, &error) == 0 && count_executed(&s) <= STATEMENTS_MOST)
        for (size_t i = 0; i < collector_count; i++)
            run_on(&s, collectors[i]->name, bytes, count);
    free(memory);
}
