/* fail_nth.c - refusing one request, and looking at what it left. */
#include "harness/worker/faults/fail_nth.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/heap_check.h"

bool fail_nth_refuse(void *context, enum memory_fault_kind kind, uint64_t number, size_t bytes)
{
    struct fail_nth *f = context;
    if (!fault_point_refuses(&f->point, kind, number))
        return false;
    if (f->refused++ == 0)
        f->bytes = bytes;
    return true;
}

void fail_nth_open(struct fail_nth *f, const struct fault_point *point, struct runtime_options *options)
{
    *f = (struct fail_nth){.point = *point};
    memory_faults_open(&f->memory, fail_nth_refuse, f);
    options->backend = &f->memory.backend;
    options->arenas = &f->memory.arenas;
}

void fail_nth_watch(struct fail_nth *f, struct mutator *m)
{
    memory_observe(&mutator_heap(m)->memory, &f->memory.observer);
}

void fail_nth_close(struct fail_nth *f, struct mutator *m)
{
    if (heap_check(mutator_heap(m), f->unsound, sizeof f->unsound) == 0)
        f->unsound[0] = '\0';
    mutator_close(m);
}

/* ---- The record ---- */

__attribute__((format(printf, 2, 3))) static void add(char message[RECORD_TEXT_BYTES], const char *format, ...)
{
    size_t used = strlen(message);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message + used, RECORD_TEXT_BYTES - used, format, arguments);
    va_end(arguments);
}

static void fail(struct run_record *r, const char *what)
{
    snprintf(r->status, sizeof r->status, "failed");
    add(r->message, "; %s", what);
}

static void say_refused(const struct fail_nth *f, struct run_record *r)
{
    const char *noun = fault_kind_noun(f->point.kind);
    if (f->refused == 0) {
        add(r->message, "nothing was refused: the run asked for %s %" PRIu64 " times", noun,
            f->memory.asked[f->point.kind]);
        return;
    }
    bool went_on = strcmp(r->status, "ok") == 0;
    add(r->message, "%srequest %" PRIu64 " for %s (%zu bytes) was refused%s", r->message[0] ? ": " : "", f->point.nth,
        noun, f->bytes, went_on ? ", and the run went on" : "");
}

void fail_nth_record(const struct fail_nth *f, struct run_record *r)
{
    char why[2 * RECORD_TEXT_BYTES];
    say_refused(f, r);
    if (f->unsound[0]) {
        snprintf(why, sizeof why, "the heap was not sound: %s", f->unsound);
        fail(r, why);
    }
    if (memory_faults_out(&f->memory) == 0)
        return;
    snprintf(why, sizeof why, "leaked: %" PRIu64 " blocks, %" PRIu64 " of malloc's, %" PRIu64 " arenas",
             f->memory.out[MEMORY_FAULT_BLOCK], f->memory.out[MEMORY_FAULT_MALLOC], f->memory.out[MEMORY_FAULT_ARENA]);
    fail(r, why);
}
