/* scope.c - the names of a heap script: where each one's value lives.
 *
 * A name has a global slot (a root) and at most one slot in a frame. Which
 * names become local is known only as the script runs, so a frame gets room
 * for every name that is bound in it; the slots fill in the order of first
 * binding, in which they are dropped.
 */
#include "workloads/script/state.h"

/* ---- Counting, before the script runs ---- */

static void note_key(struct script_run *run, const struct script_place *place)
{
    if (place->kind == SCRIPT_AT_KEY)
        run->variables[place->key].is_key = true;
}

static void note_names(struct script_run *run, const struct script_statement *s)
{
    if (s->op <= SCRIPT_COPY)
        run->variables[s->target.name].bound = true;
    if (s->op == SCRIPT_FINALIZER && s->resurrect != SCRIPT_NO_NAME)
        run->variables[s->resurrect].bound = true;
    note_key(run, &s->target);
    note_key(run, &s->source);
    if (s->operand_count > run->most_operands)
        run->most_operands = s->operand_count;
}

struct counted_frame {
    uint32_t statement, first;
    size_t inside; /* slots of the frames in it, the most at a time */
};

/* A name that a frame binds, once a frame. */
static void count_local(struct script_run *run, const struct script_statement *s, uint32_t frame)
{
    struct script_variable *variable = &run->variables[s->target.name];
    if (variable->counted_in == frame || run->locals_used == MUTATOR_SLOTS)
        return;
    run->locals[run->locals_used++] = (struct script_local){s->target.name, variable->counted_in};
    variable->counted_in = frame;
}

/* The outer frame counts its own names again as it did before. */
static void end_counted_frame(struct script_run *run, struct counted_frame *frame, size_t *inside)
{
    uint32_t slots = run->locals_used - frame->first;
    while (run->locals_used > frame->first) {
        const struct script_local *local = &run->locals[--run->locals_used];
        run->variables[local->name].counted_in = local->counted_before;
    }
    run->frame_slots[frame->statement] = slots;
    if (*inside < frame->inside + slots)
        *inside = frame->inside + slots;
}

static void count_frames(struct script_run *run)
{
    const struct script *script = run->script;
    struct counted_frame frames[SCRIPT_BLOCKS];
    uint32_t depth = 0;
    for (uint32_t i = 0; i < script->statement_count; i++) {
        const struct script_statement *s = &script->statements[i];
        if (s->op == SCRIPT_FRAME) {
            frames[depth++] = (struct counted_frame){i, run->locals_used, 0};
        } else if (depth == 0) {
            continue;
        } else if (s->op == SCRIPT_END && script->statements[s->other].op == SCRIPT_FRAME) {
            depth--;
            end_counted_frame(run, &frames[depth], depth > 0 ? &frames[depth - 1].inside : &run->most_frame_slots);
        } else if (s->op <= SCRIPT_COPY) {
            count_local(run, s, frames[depth - 1].statement + 1);
        }
    }
}

void scope_count(struct script_run *run)
{
    const struct script *script = run->script;
    for (size_t i = 0; i < script->statement_count; i++)
        note_names(run, &script->statements[i]);
    count_frames(run);
    run->roots = 1 + 2 + run->most_operands; /* the empty slot, and holds */
    for (size_t i = 0; i < script->name_count; i++)
        run->roots += (size_t)run->variables[i].bound + run->variables[i].is_key;
}

/* ---- Opening ---- */

void scope_open(struct script_run *run, struct mutator *m)
{
    const struct script *script = run->script;
    if (run->roots > MUTATOR_SLOTS || run->most_frame_slots > MUTATOR_SLOTS - run->roots)
        script_fail(run, m, 1, 1, "the script has more names than the %d that can hold a value at a time",
                    MUTATOR_SLOTS - 4);
    value *next = mutator_roots(m, run->roots);
    value *empty = next++;
    run->holds = next;
    next += 2 + run->most_operands;
    for (size_t i = 0; i < script->name_count; i++) {
        struct script_variable *variable = &run->variables[i];
        variable->global = variable->bound ? next++ : empty;
        variable->key = variable->is_key ? next++ : NULL;
    }
    for (size_t i = 0; i < script->name_count; i++)
        if (run->variables[i].key)
            *run->variables[i].key = new_interned(m, script->names[i].text, script->names[i].length);
}

/* ---- Binding ---- */

void scope_bind(struct script_run *run, struct mutator *m, uint32_t name, value v)
{
    struct script_variable *variable = &run->variables[name];
    if (run->frames > 0 && !variable->local && !*variable->global) {
        const struct script_frame *frame = &run->frame[run->frames - 1];
        variable->local = &frame->slots[run->locals_used - frame->first];
        run->locals[run->locals_used++].name = name;
    }
    value_replace(m, variable->local ? variable->local : variable->global, v);
}

bool scope_unbind(struct script_run *run, struct mutator *m, uint32_t name)
{
    struct script_variable *variable = &run->variables[name];
    value *slot = variable->local && *variable->local ? variable->local : variable->global;
    bool bound = *slot != NULL;
    value_replace(m, slot, NULL);
    return bound;
}

/* ---- Frames ---- */

void scope_begin_frame(struct script_run *run, struct mutator *m, uint32_t slots)
{
    run->frame[run->frames++] = (struct script_frame){.slots = mutator_push(m, slots), .first = run->locals_used};
}

void scope_end_frame(struct script_run *run, struct mutator *m)
{
    uint32_t first = run->frame[--run->frames].first;
    while (run->locals_used > first)
        run->variables[run->locals[--run->locals_used].name].local = NULL;
    mutator_pop(m);
}

/* ---- Looking ---- */

static void visit_locals(const struct script_run *run, uint32_t frame, script_name_visit *visit, void *context)
{
    const struct script_frame *f = &run->frame[frame];
    uint32_t end = frame + 1 < run->frames ? run->frame[frame + 1].first : run->locals_used;
    for (uint32_t i = f->first; i < end; i++)
        if (f->slots[i - f->first])
            visit(context, run->script->names[run->locals[i].name].text, frame + 1, f->slots[i - f->first]);
}

void script_run_each_name(const struct script_run *run, script_name_visit *visit, void *context)
{
    for (size_t i = 0; i < run->script->name_count; i++)
        if (run->variables[i].bound && *run->variables[i].global)
            visit(context, run->script->names[i].text, 0, *run->variables[i].global);
    for (uint32_t frame = 0; frame < run->frames; frame++)
        visit_locals(run, frame, visit, context);
}
