#include "harness/stress/script_writer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static const char letters[NAME_KINDS + 1] = "nbltpdmoeszqhfwvr";

void write_line(struct script_writer *w, const char *format, ...)
{
    va_list more;
    fprintf(w->out, "%*s", (int)w->blocks * 2, "");
    va_start(more, format);
    vfprintf(w->out, format, more);
    va_end(more);
    fputc('\n', w->out);
    w->executed += w->times;
}

uint64_t draw(struct script_writer *w, uint64_t n)
{
    return random_next_below(&w->random, n);
}

bool one_in(struct script_writer *w, uint64_t n)
{
    return draw(w, n) == 0;
}

bool affords(const struct script_writer *w, uint64_t passes, uint64_t statements)
{
    return w->executed + w->times * passes * statements <= w->budget;
}

struct name name_of(enum name_kind kind, unsigned number)
{
    struct name n = {.kind = kind, .number = number};
    snprintf(n.text, sizeof n.text, "%c%u", letters[kind], number);
    return n;
}

struct name any_name_of(struct script_writer *w, enum name_kind kind)
{
    return name_of(kind, (unsigned)draw(w, NAMES_OF_KIND));
}

bool is_bound(const struct script_writer *w, const struct name *n)
{
    return w->level[n->kind][n->number] != UNBOUND;
}

void bind(struct script_writer *w, const struct name *n)
{
    if (!is_bound(w, n))
        w->level[n->kind][n->number] = (int8_t)w->frames;
}

struct name need(struct script_writer *w, enum name_kind kind)
{
    unsigned start = (unsigned)draw(w, NAMES_OF_KIND);
    for (unsigned i = 0; i < NAMES_OF_KIND; i++) {
        struct name n = name_of(kind, (start + i) % NAMES_OF_KIND);
        if (is_bound(w, &n))
            return n;
    }
    struct name n = name_of(kind, start);
    write_value(w, &n);
    return n;
}

struct name need_any(struct script_writer *w)
{
    unsigned start = (unsigned)draw(w, NAME_KINDS);
    for (unsigned i = 0; i < NAME_KINDS; i++)
        for (unsigned k = 0; k < NAMES_OF_KIND; k++) {
            struct name n = name_of((start + i) % NAME_KINDS, k);
            if (is_bound(w, &n))
                return need(w, n.kind);
        }
    return need(w, NAME_NUMBER);
}

struct name need_one_of(struct script_writer *w, const enum name_kind *kinds, size_t count)
{
    return need(w, kinds[draw(w, count)]);
}

void begin_repeat(struct script_writer *w, struct repeat *r, uint64_t passes)
{
    write_line(w, "repeat %" PRIu64, passes);
    r->outer_times = w->times;
    r->passes = passes;
    memcpy(r->level, w->level, sizeof r->level);
    w->times *= passes;
    w->blocks++;
    w->repeats++;
}

void end_repeat(struct script_writer *w, const struct repeat *r)
{
    for (unsigned kind = 0; kind < NAME_KINDS; kind++)
        for (unsigned i = 0; i < NAMES_OF_KIND; i++) {
            struct name n = name_of(kind, i);
            if (r->level[kind][i] != UNBOUND && !is_bound(w, &n))
                write_value(w, &n);
        }
    if (r->passes == 0) /* what its body binds is not bound after it */
        memcpy(w->level, r->level, sizeof w->level);
    w->times = r->outer_times;
    w->blocks--;
    w->repeats--;
    fprintf(w->out, "%*send\n", (int)w->blocks * 2, "");
}

void begin_frame(struct script_writer *w)
{
    write_line(w, "frame");
    w->frames++;
    w->blocks++;
}

void end_frame(struct script_writer *w)
{
    for (unsigned kind = 0; kind < NAME_KINDS; kind++)
        for (unsigned i = 0; i < NAMES_OF_KIND; i++)
            if (w->level[kind][i] == (int8_t)w->frames)
                w->level[kind][i] = UNBOUND;
    w->frames--;
    w->blocks--;
    fprintf(w->out, "%*send\n", (int)w->blocks * 2, "");
}
