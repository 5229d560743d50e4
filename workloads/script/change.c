/* change.c - statements that change what a value holds.
 *
 * The container is on hold meanwhile: dropping an item may run a finalizer
 * that binds the container's name anew.
 */
#include "workloads/script/state.h"

/* The container of target[index], with the index checked. */
static value hold_item_owner(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    const struct script_place *place = &s->target;
    value x = script_read_name(run, m, s, place->name, place->column);
    enum value_kind kind = value_kind(x);
    if (kind != VALUE_LIST && kind != VALUE_SLOTS)
        script_fail(run, m, s->line, place->column, "'%.60s' is %s; items of a list or an object with slots change",
                    run->script->names[place->name].text, script_kind_name(x));
    script_check_index(run, m, s, place, x);
    script_hold(run, 0, x);
    return x;
}

static value hold_key_owner(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value x = script_read_name(run, m, s, s->target.name, s->target.column);
    script_check_key(run, m, s, &s->target, x);
    script_hold(run, 0, x);
    return x;
}

void script_store(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value v = script_read(run, m, s, &s->source);
    if (s->target.kind == SCRIPT_AT_KEY) {
        value x = hold_key_owner(run, m, s);
        value_key_set(m, x, *run->variables[s->target.key].key, value_keep(v));
    } else {
        value x = hold_item_owner(run, m, s);
        if (value_kind(x) == VALUE_LIST)
            value_list_set(m, x, s->target.index, value_keep(v));
        else
            value_slot_set(m, x, s->target.index, value_keep(v));
    }
    script_release(run, m, 0);
}

void script_append(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value list = script_read(run, m, s, &s->target), v = script_read(run, m, s, &s->source);
    if (value_kind(list) != VALUE_LIST)
        script_fail(run, m, s->line, s->target.column, "'%.60s' is %s; append takes a list and a value",
                    run->script->names[s->target.name].text, script_kind_name(list));
    value_list_append(m, list, value_keep(v));
}

static void delete_item(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value x = hold_item_owner(run, m, s);
    size_t index = s->target.index;
    if (value_kind(x) == VALUE_LIST) {
        value_list_delete(m, x, index);
    } else {
        if (!value_slot_get(x, index))
            script_fail(run, m, s->line, s->target.inner_column, "slot %zu of '%.60s' is empty already", index,
                        run->script->names[s->target.name].text);
        value_slot_set(m, x, index, NULL);
    }
    script_release(run, m, 0);
}

static void delete_key(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value x = hold_key_owner(run, m, s);
    if (!value_key_delete(m, x, *run->variables[s->target.key].key))
        script_fail(run, m, s->line, s->target.inner_column, "'%.60s' has no key '%.60s'",
                    run->script->names[s->target.name].text, run->script->names[s->target.key].text);
    script_release(run, m, 0);
}

void script_delete(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    if (s->target.kind == SCRIPT_AT_ITEM)
        delete_item(run, m, s);
    else if (s->target.kind == SCRIPT_AT_KEY)
        delete_key(run, m, s);
    else if (!scope_unbind(run, m, s->target.name))
        script_fail(run, m, s->line, s->target.column, "'%.60s' holds nothing here; del takes a name with a value",
                    run->script->names[s->target.name].text);
}

/* Once in an object's life: where a finalizer ran, another label changes nothing. */
void script_finalizer(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    value x = script_read(run, m, s, &s->target);
    if (value_kind(x) != VALUE_OBJECT)
        script_fail(run, m, s->line, s->target.column, "'%.60s' is %s; finalizer takes an object",
                    run->script->names[s->target.name].text, script_kind_name(x));
    struct label *label = labels_find(&run->labels, x);
    if (label && label->ran)
        return;
    if (labels_reserve(&run->labels) != 0)
        mutator_out_of_memory(m);
    label = labels_put(&run->labels, x);
    label->statement = s;
    label->in_loop = script_in_loop(run);
    label->index = script_index(run);
    value_arm_finalizer(x);
}
