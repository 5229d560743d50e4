/* values.c - reading the values of a heap script, and what is said when it cannot be done. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "workloads/script/state.h"

/* ---- Failing ---- */

void script_fail(struct script_run *run, struct mutator *m, uint32_t line, uint32_t column, const char *format, ...)
{
    char message[MUTATOR_FAILURE_BYTES - 32];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    run->over = true;
    mutator_fail(m, "%u:%u: %s", line, column, message);
}

const char *script_kind_name(value v)
{
    static const char *const names[] = {
        [VALUE_NONE] = "None",
        [VALUE_INT] = "an int",
        [VALUE_FLOAT] = "a float",
        [VALUE_STR] = "a str",
        [VALUE_BYTES] = "bytes",
        [VALUE_LIST] = "a list",
        [VALUE_TUPLE] = "a tuple",
        [VALUE_DICT] = "a dict",
        [VALUE_SET] = "a set",
        [VALUE_OBJECT] = "an object",
        [VALUE_SLOTS] = "an object with slots",
        [VALUE_FUNCTION] = "a function",
        [VALUE_WEAKREF] = "a weak reference",
    };
    return names[value_kind(v)];
}

/* ---- Reading ---- */

value script_read_name(struct script_run *run, struct mutator *m, const struct script_statement *s, uint32_t name,
                       uint32_t column)
{
    value v = scope_find(run, name);
    if (!v)
        script_fail(run, m, s->line, column, "'%.60s' holds nothing here; a name that was given a value is expected",
                    run->script->names[name].text);
    return v;
}

void script_check_index(struct script_run *run, struct mutator *m, const struct script_statement *s,
                        const struct script_place *place, value x)
{
    bool slots = value_kind(x) == VALUE_SLOTS;
    size_t length = slots ? value_slot_count(x) : value_length(x);
    if (place->index >= length)
        script_fail(run, m, s->line, place->inner_column, "index %llu is out of range: '%.60s' has %zu %s",
                    (unsigned long long)place->index, run->script->names[place->name].text, length,
                    slots ? "slots" : "items");
}

static value read_item(struct script_run *run, struct mutator *m, const struct script_statement *s,
                       const struct script_place *place, value x)
{
    enum value_kind kind = value_kind(x);
    if (kind != VALUE_LIST && kind != VALUE_TUPLE && kind != VALUE_SLOTS)
        script_fail(run, m, s->line, place->column,
                    "'%.60s' is %s; an item is taken from a list, a tuple or an object with slots",
                    run->script->names[place->name].text, script_kind_name(x));
    script_check_index(run, m, s, place, x);
    if (kind == VALUE_LIST)
        return value_list_get(x, place->index);
    if (kind == VALUE_TUPLE)
        return value_tuple_get(x, place->index);
    value v = value_slot_get(x, place->index);
    if (!v)
        script_fail(run, m, s->line, place->inner_column, "slot %llu of '%.60s' is empty; one that was set is expected",
                    (unsigned long long)place->index, run->script->names[place->name].text);
    return v;
}

static value read_key(struct script_run *run, struct mutator *m, const struct script_statement *s,
                      const struct script_place *place, value x)
{
    script_check_key(run, m, s, place, x);
    value v = value_key_get(m, x, *run->variables[place->key].key);
    if (!v)
        script_fail(run, m, s->line, place->inner_column, "'%.60s' has no key '%.60s'",
                    run->script->names[place->name].text, run->script->names[place->key].text);
    return v;
}

value script_read(struct script_run *run, struct mutator *m, const struct script_statement *s,
                  const struct script_place *place)
{
    value x = script_read_name(run, m, s, place->name, place->column);
    switch (place->kind) {
    case SCRIPT_AT_ITEM:
        return read_item(run, m, s, place, x);
    case SCRIPT_AT_KEY:
        return read_key(run, m, s, place, x);
    default:
        return x;
    }
}

/* `__x__`: what every class has of its own. */
static bool is_class_attribute(const struct script_name *name)
{
    return name->length > 4 && memcmp(name->text, "__", 2) == 0 && memcmp(name->text + name->length - 2, "__", 2) == 0;
}

void script_check_key(struct script_run *run, struct mutator *m, const struct script_statement *s,
                      const struct script_place *place, value x)
{
    enum value_kind kind = value_kind(x);
    if (kind != VALUE_DICT && kind != VALUE_OBJECT)
        script_fail(run, m, s->line, place->column, "'%.60s' is %s; a key belongs to a dict or an object",
                    run->script->names[place->name].text, script_kind_name(x));
    if (kind == VALUE_OBJECT && is_class_attribute(&run->script->names[place->key]))
        script_fail(run, m, s->line, place->inner_column,
                    "'%.60s' belongs to the class of objects; a name without underscores around it is expected",
                    run->script->names[place->key].text);
}

/* ---- Texts ---- */

static size_t write_index(uint64_t index, char *out)
{
    char digits[20];
    size_t n = 0;
    do
        digits[n++] = (char)('0' + index % 10);
    while ((index /= 10) > 0);
    for (size_t i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    return n;
}

size_t script_expand(const struct script_text *text, bool in_loop, uint64_t index, char out[EXPANDED_BYTES])
{
    if (!text->has_index || !in_loop) {
        memcpy(out, text->bytes, text->length);
        return text->length;
    }
    size_t used = 0;
    for (size_t i = 0; i < text->length;) {
        if (text->length - i >= 3 && memcmp(text->bytes + i, "{i}", 3) == 0) {
            used += write_index(index, out + used);
            i += 3;
        } else {
            out[used++] = text->bytes[i++];
        }
    }
    return used;
}
