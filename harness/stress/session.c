/* session.c - one heap from its opening to its closing. */
#include "harness/stress/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool session_fail(struct session *s, const char *format, ...)
{
    if (s->result->failure[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(s->result->failure, sizeof s->result->failure, format, arguments);
        va_end(arguments);
    }
    return false;
}

static bool has_failed(const struct session *s)
{
    return s->result->failure[0] != '\0';
}

/* ---- The heap's memory: malloc and mmap, counted ---- */

static void *tally_alloc(void *context, size_t bytes)
{
    void *block = memory_system.alloc(memory_system.context, bytes);
    ((struct tally *)context)->blocks += block != NULL;
    return block;
}

static void *tally_alloc_zeroed(void *context, size_t bytes)
{
    void *block = memory_system.alloc_zeroed(memory_system.context, bytes);
    ((struct tally *)context)->blocks += block != NULL;
    return block;
}

static void *tally_resize(void *context, void *block, size_t bytes)
{
    (void)context;
    return memory_system.resize(memory_system.context, block, bytes);
}

static void tally_release(void *context, void *block)
{
    ((struct tally *)context)->blocks--;
    memory_system.release(memory_system.context, block);
}

static void *tally_map(void *context, size_t bytes)
{
    struct tally *tally = context;
    char *base = memory_mmap.map(memory_mmap.context, bytes);
    tally->arenas += base != NULL;
    for (unsigned i = 0; base && i < TALLY_UNMAPPED; i++) {
        const char *gone = tally->unmapped[i];
        if (gone && gone < base + bytes && base < gone + bytes)
            tally->unmapped[i] = NULL;
    }
    return base;
}

static void tally_unmap(void *context, void *base, size_t bytes)
{
    struct tally *tally = context;
    tally->arenas--;
    tally->unmapped[tally->next++ % TALLY_UNMAPPED] = base;
    memory_mmap.unmap(memory_mmap.context, base, bytes);
}

static void see_allocated(void *context, void *block, size_t bytes)
{
    (void)block, (void)bytes;
    ((struct session *)context)->observed_blocks++;
}

static void see_released(void *context, void *block)
{
    (void)block;
    ((struct session *)context)->observed_blocks--;
}

/* ---- The course of a session ---- */

static void count_collection(void *context, int kind, uint64_t start_ns, uint64_t end_ns)
{
    (void)start_ns, (void)end_ns;
    if (kind != PAUSE_RELEASE)
        ((struct program_result *)context)->collections++;
}

struct course {
    struct session session; /* first: the mutator leads here */
    const struct program *program;
};

static void make_keys(struct session *s)
{
    s->key = mutator_roots(&s->m, SESSION_KEYS);
    for (unsigned i = 0; i < SESSION_KEYS; i++) {
        char text[TEXT_MOST];
        int length = i == KEY_ID ? snprintf(text, sizeof text, "id") : snprintf(text, sizeof text, "k%u", i);
        s->key[i] = new_interned(&s->m, text, (size_t)length);
    }
}

static void drop_registers(struct session *s)
{
    for (unsigned i = 0; i < REGISTERS; i += 8)
        session_step(s, &(struct step){.kind = DEED_DROP, .a = (uint8_t)i, .c = 7}, &(struct step){0});
    oracle_settle(&s->oracle);
}

static void take_course(struct mutator *m)
{
    struct course *c = (struct course *)(void *)m;
    struct session *s = &c->session;
    const struct program *p = c->program;
    s->root = mutator_roots(m, REGISTERS);
    make_keys(s);
    for (size_t i = 0; i < p->count && !has_failed(s); i++) {
        s->result->deed = i;
        session_step(s, &p->deed[i].now, &p->deed[i].then);
        oracle_settle(&s->oracle);
    }
    if (has_failed(s))
        return;
    s->result->deed = p->count;
    s->calm = true; /* or finalizers fill registers again */
    drop_registers(s);
    if (session_check_all(s, false))
        session_check_empty(s);
}

static bool check_given_back(struct session *s)
{
    return (s->tally.blocks == 0 && s->tally.arenas == 0) ||
           session_fail(s, "%" PRId64 " blocks and %" PRId64 " arenas were not given back when the heap was closed",
                        s->tally.blocks, s->tally.arenas);
}

static struct pool_geometry geometry_of(const struct heap_settings *settings)
{
    return (struct pool_geometry){.arena_bytes = settings->arena_bytes, .pool_bytes = settings->pool_bytes};
}

/* What failed is left as it is: closing would walk into it. */
static void run_session(struct course *c, void *memory)
{
    struct session *s = &c->session;
    struct pool_geometry geometry = geometry_of(s->settings);
    struct memory_backend backend = {&s->tally, tally_alloc, tally_alloc_zeroed, tally_resize, tally_release};
    struct arena_source arenas = {&s->tally, tally_map, tally_unmap};
    struct runtime_options heap = {
        .pools = geometry.pool_bytes != 0,
        .geometry = geometry.pool_bytes ? &geometry : NULL,
        .collector = collectors[s->settings->collector]->name,
        .classes = session_classes,
        .on_weakref = session_on_weakref,
        .on_pause = count_collection,
        .on_pause_context = s->result,
        .free_lists = s->settings->free_lists,
        .debug = s->settings->debug,
        .backend = &backend,
        .arenas = &arenas,
    };
    char error[200];
    if (mutator_open(&s->m, memory, &heap, NULL, 1, 1, error, sizeof error) != 0) {
        session_fail(s, "no heap: %s", error);
        return;
    }
    s->observer = (struct memory_observer){.allocated = see_allocated, .released = see_released, .context = s};
    if (s->settings->observed)
        memory_observe(&mutator_heap(&s->m)->memory, &s->observer);
    int left = mutator_guard(&s->m, take_course);
    if (left != 0)
        session_fail(s, "%s", left == ENOMEM ? "memory ran out" : s->m.failure);
    if (has_failed(s))
        return;
    mutator_close(&s->m);
    check_given_back(s);
}

int program_run_hooked(const struct program *p, struct program_result *result, program_hook *before_check,
                       void *context)
{
    struct course *c = calloc(1, sizeof *c);
    void *memory = calloc(1, MUTATOR_MEMORY_BYTES);
    result->failure[0] = '\0';
    if (!c || !memory) {
        snprintf(result->failure, sizeof result->failure, "memory ran out");
    } else {
        c->program = p;
        c->session.settings = &p->settings;
        c->session.result = result;
        c->session.self = ORACLE_NONE;
        c->session.before_check = before_check;
        c->session.context = context;
        c->session.collections_checked = result->collections;
        oracle_reset(&c->session.oracle);
        run_session(c, memory);
    }
    free(c);
    free(memory);
    return result->failure[0] == '\0' ? 0 : -1;
}

int program_run(const struct program *p, struct program_result *result)
{
    return program_run_hooked(p, result, NULL, NULL);
}
