/* build.c - statements by which a name gets a value.
 *
 * The value is made first, then the name is bound, then what it held before
 * is dropped.
 */
#include <errno.h>
#include <string.h>

#include "workloads/script/state.h"

/* ---- Atoms ---- */

void script_none(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_bind(run, m, s->target.name, new_none(m));
}

void script_int(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_bind(run, m, s->target.name, new_int(m, s->integer));
}

void script_float(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_bind(run, m, s->target.name, new_float(m, s->number));
}

/* A text that reads like an identifier is interned where it is made, as the
 * constants of a Python program are. */
void script_str(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    const char *bytes = s->text.bytes;
    size_t length = s->text.length;
    if (s->text.has_index) {
        length = script_expand(&s->text, script_in_loop(run), script_index(run), run->expanded);
        bytes = run->expanded;
    }
    bool shared = s->text.is_identifier && length > 0;
    scope_bind(run, m, s->target.name, shared ? new_interned(m, bytes, length) : new_str(m, bytes, length));
}

void script_intern(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    size_t length = script_expand(&s->text, script_in_loop(run), script_index(run), run->expanded);
    scope_bind(run, m, s->target.name, new_interned(m, run->expanded, length));
}

/* Zeroes, as bytes(n) gives: sets compare them. */
void script_bytes(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    size_t n = (size_t)s->integer;
    value v = new_bytes(m, n);
    if (n > 0)
        memset(value_bytes(v), 0, n);
    scope_bind(run, m, s->target.name, v);
}

/* ---- Containers ---- */

void script_list(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_bind(run, m, s->target.name, new_list(m, (size_t)s->integer));
}

void script_dict(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_bind(run, m, s->target.name, new_dict(m));
}

/* A new object at the address of a dead one has nothing of its label. */
void script_object(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value v = new_object(m, CLASS_OBJECT);
    labels_forget(&run->labels, v);
    scope_bind(run, m, s->target.name, v);
}

void script_slotted(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_bind(run, m, s->target.name, new_slots(m, run->class_of_slots[s->integer]));
}

/* The operands on hold: as on the stack of Python's interpreter, they live
 * until the new value has them. */
static const value *hold_operands(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    const struct script_operand *operands = run->script->operands + s->operands;
    for (uint32_t i = 0; i < s->operand_count; i++)
        script_hold(run, i, script_read_name(run, m, s, operands[i].name, operands[i].column));
    return run->holds;
}

static void bind_from_operands(struct script_run *run, struct mutator *m, const struct script_statement *s, value v)
{
    for (uint32_t i = 0; i < s->operand_count; i++)
        script_release(run, m, i);
    scope_bind(run, m, s->target.name, v);
}

void script_tuple(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    const value *items = hold_operands(run, m, s);
    bind_from_operands(run, m, s, new_tuple(m, items, s->operand_count));
}

void script_function(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    const value *items = hold_operands(run, m, s);
    bind_from_operands(run, m, s, new_function(m, items, s->operand_count));
}

/* The operand that a set cannot hold: a container, else the first tuple, which holds one. */
static const struct script_operand *find_unhashable(const struct script_run *run, const struct script_statement *s)
{
    const struct script_operand *operands = run->script->operands + s->operands, *tuple = operands;
    for (uint32_t i = s->operand_count; i-- > 0;) {
        enum value_kind kind = value_kind(run->holds[i]);
        if (kind == VALUE_LIST || kind == VALUE_DICT || kind == VALUE_SET)
            return &operands[i];
        if (kind == VALUE_TUPLE)
            tuple = &operands[i];
    }
    return tuple;
}

void script_set(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    const value *items = hold_operands(run, m, s);
    value v = new_set(m, items, s->operand_count);
    if (!v) {
        const struct script_operand *operand = find_unhashable(run, s);
        script_fail(run, m, s->line, operand->column,
                    "'%.60s' cannot be in a set: lists, dicts, sets and tuples with "
                    "such in them change",
                    run->script->names[operand->name].text);
    }
    bind_from_operands(run, m, s, v);
}

/* ---- References ---- */

void script_copy(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_bind(run, m, s->target.name, value_keep(script_read(run, m, s, &s->source)));
}

void script_weakref(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value referent = script_read(run, m, s, &s->source);
    enum value_kind kind = value_kind(referent);
    if (kind != VALUE_OBJECT && kind != VALUE_SET && kind != VALUE_FUNCTION)
        script_fail(run, m, s->line, s->source.column,
                    "'%.60s' is %s; a weak reference goes to an object, a set or a function",
                    run->script->names[s->source.name].text, script_kind_name(referent));
    bool called_back = s->text.bytes != NULL;
    if (called_back && labels_reserve(&run->labels) != 0)
        mutator_out_of_memory(m);
    script_hold(run, 0, referent);
    value v = new_weakref(m, referent, called_back);
    if (called_back) {
        struct label *label = labels_put(&run->labels, v);
        label->statement = s;
        label->in_loop = script_in_loop(run);
        label->index = script_index(run);
    }
    script_release(run, m, 0);
    scope_bind(run, m, s->target.name, v);
}

void script_deref(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value ref = script_read(run, m, s, &s->source);
    if (value_kind(ref) != VALUE_WEAKREF)
        script_fail(run, m, s->line, s->source.column, "'%.60s' is %s; deref takes a weak reference",
                    run->script->names[s->source.name].text, script_kind_name(ref));
    value referent = value_deref(ref);
    scope_bind(run, m, s->target.name, referent ? value_keep(referent) : new_none(m));
}
