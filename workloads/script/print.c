/* print.c - the lines that a heap script prints: values as Python shows them.
 *
 * A run without output formats nothing; the checksum is of the same values
 * either way.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "workloads/script/state.h"

/* ---- Lines ---- */

/* "EXPRESSION: VALUE" */
__attribute__((format(printf, 3, 4))) static void print_value(struct script_run *run, const struct script_statement *s,
                                                              const char *format, ...)
{
    if (!run->output)
        return;
    size_t used = s->text.length;
    memcpy(run->line, s->text.bytes, used);
    memcpy(run->line + used, ": ", 2);
    used += 2;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(run->line + used, sizeof run->line - used, format, arguments);
    va_end(arguments);
    run->output(run->context, run->line, used + (n > 0 ? (size_t)n : 0));
}

static void print_bool(struct script_run *run, const struct script_statement *s, bool yes)
{
    print_value(run, s, "%s", yes ? "True" : "False");
}

static void print_count_of(struct script_run *run, const struct script_statement *s, uint64_t count)
{
    print_value(run, s, "%" PRIu64, count);
}

void print_label(struct script_run *run, const char *word, const struct label *label)
{
    if (!run->output)
        return;
    size_t used = strlen(word);
    memcpy(run->line, word, used);
    run->line[used++] = ' ';
    used += script_expand(&label->statement->text, label->in_loop, label->index, run->line + used);
    run->output(run->context, run->line, used);
}

static void observe_text(struct mutator *m, const char *bytes, size_t length)
{
    uint64_t hash = length;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001B3);
    mutator_observe(m, hash);
}

void print_text(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    size_t length = script_expand(&s->text, script_in_loop(run), script_index(run), run->line);
    observe_text(m, run->line, length);
    if (run->output)
        run->output(run->context, run->line, length);
}

/* ---- Of a value ---- */

void print_refcount(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value v = script_read(run, m, s, &s->source);
    if (value_is_shared(m, v))
        print_value(run, s, "shared");
    else
        print_value(run, s, "%" PRIdPTR, value_references(v));
}

void print_sizeof(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    size_t size = value_size(m, script_read(run, m, s, &s->source));
    mutator_observe(m, size);
    print_count_of(run, s, size);
}

void print_tracked(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    print_bool(run, s, value_is_tracked(script_read(run, m, s, &s->source)));
}

void print_finalized(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value v = script_read(run, m, s, &s->source);
    const struct label *label = value_kind(v) == VALUE_OBJECT ? labels_find(&run->labels, v) : NULL;
    print_bool(run, s, label && label->ran);
}

void print_alive(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value ref = script_read(run, m, s, &s->source);
    if (value_kind(ref) != VALUE_WEAKREF)
        script_fail(run, m, s->line, s->source.column, "'%.60s' is %s; alive takes a weak reference",
                    run->script->names[s->source.name].text, script_kind_name(ref));
    print_bool(run, s, value_deref(ref) != NULL);
}

static bool has_length(enum value_kind kind)
{
    return kind == VALUE_LIST || kind == VALUE_TUPLE || kind == VALUE_DICT || kind == VALUE_SET || kind == VALUE_STR ||
           kind == VALUE_BYTES;
}

void print_len(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value v = script_read(run, m, s, &s->source);
    if (!has_length(value_kind(v)))
        script_fail(run, m, s->line, s->source.column,
                    "'%.60s' is %s; len takes a list, a tuple, a dict, a set, a str or bytes",
                    run->script->names[s->source.name].text, script_kind_name(v));
    size_t length = value_length(v);
    mutator_observe(m, length);
    print_count_of(run, s, length);
}

void print_same(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    bool same = script_read(run, m, s, &s->source) == script_read(run, m, s, &s->target);
    mutator_observe(m, same);
    print_bool(run, s, same);
}

/* ---- Of the collector ---- */

void print_collect(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    print_count_of(run, s, runtime_collect(m, (int)s->integer));
}

void print_count(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    int64_t count[GENERATIONS];
    runtime_get_count(m, count);
    print_value(run, s, "(%" PRId64 ", %" PRId64 ", %" PRId64 ")", count[0], count[1], count[2]);
}

void print_threshold(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    int threshold[GENERATIONS];
    runtime_get_thresholds(m, threshold);
    print_value(run, s, "(%d, %d, %d)", threshold[0], threshold[1], threshold[2]);
}

void print_stats(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    enum { ONE_BYTES = 160 };
    char text[GENERATIONS * ONE_BYTES];
    size_t used = 0;
    struct generation_stats now[GENERATIONS];
    runtime_get_stats(m, now);
    for (int g = 0; g < GENERATIONS; g++) {
        const struct generation_stats *before = &run->stats_before[g];
        int n = snprintf(text + used, ONE_BYTES,
                         "%s{'collections': %" PRIu64 ", 'collected': %" PRIu64 ", 'uncollectable': %" PRIu64 "}",
                         g > 0 ? ", " : "", now[g].collections - before->collections,
                         now[g].collected - before->collected, now[g].uncollectable - before->uncollectable);
        used += n > 0 ? (size_t)n : 0;
    }
    print_value(run, s, "[%s]", text);
}

void print_garbage(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    print_count_of(run, s, runtime_garbage_length(m));
}

void print_frozen(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    print_count_of(run, s, runtime_freeze_count(m));
}

void print_isenabled(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    print_bool(run, s, runtime_is_enabled(m));
}

void print_blocks(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    print_value(run, s, "%" PRId64, (int64_t)(runtime_blocks(m) - run->blocks_before));
}
