/* interpret.c - a heap script as a workload: statement by statement. */
#include "workloads/script/interpret.h"

#include <stdio.h>
#include <string.h>

#include "workloads/script/script_file.h"
#include "workloads/script/state.h"

/* ---- Blocks ---- */

static void begin_frame(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    scope_begin_frame(run, m, run->frame_slots[s - run->script->statements]);
}

static void begin_repeat(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)m;
    if (s->integer == 0)
        run->next = s->other + 1;
    else
        run->loop[run->loops++] = (struct script_loop){.passes = (uint64_t)s->integer};
}

/* A pass of an outermost repeat is a request. */
static void end_pass(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    struct script_loop *loop = &run->loop[run->loops - 1];
    if (run->loops == 1)
        mutator_request_done(m);
    if (++loop->index < loop->passes)
        run->next = s->other + 1;
    else
        run->loops--;
}

static void end_block(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    if (run->script->statements[s->other].op == SCRIPT_FRAME)
        scope_end_frame(run, m);
    else
        end_pass(run, m, s);
}

/* ---- The collector's calls ---- */

static void collect(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)run;
    runtime_collect(m, (int)s->integer);
}

static void enable(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)run;
    (void)s;
    runtime_enable(m, true);
}

static void disable(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)run;
    (void)s;
    runtime_enable(m, false);
}

static void set_threshold(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)run;
    runtime_set_thresholds(m, s->threshold[0], s->threshold[1], s->threshold[2]);
}

static void freeze(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)run;
    (void)s;
    runtime_freeze(m);
}

static void unfreeze(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)run;
    (void)s;
    runtime_unfreeze(m);
}

static void set_debug(struct script_run *run, struct mutator *m, const struct script_statement *s)
{
    (void)run;
    runtime_set_debug(m, (unsigned)s->integer);
}

/* ---- All of them ---- */

static script_action *const actions[] = {
    [SCRIPT_NONE] = script_none,
    [SCRIPT_INT] = script_int,
    [SCRIPT_FLOAT] = script_float,
    [SCRIPT_STR] = script_str,
    [SCRIPT_INTERN] = script_intern,
    [SCRIPT_BYTES] = script_bytes,
    [SCRIPT_LIST] = script_list,
    [SCRIPT_TUPLE] = script_tuple,
    [SCRIPT_SET] = script_set,
    [SCRIPT_FUNCTION] = script_function,
    [SCRIPT_DICT] = script_dict,
    [SCRIPT_OBJECT] = script_object,
    [SCRIPT_SLOTTED] = script_slotted,
    [SCRIPT_WEAKREF] = script_weakref,
    [SCRIPT_DEREF] = script_deref,
    [SCRIPT_COPY] = script_copy,
    [SCRIPT_STORE] = script_store,
    [SCRIPT_APPEND] = script_append,
    [SCRIPT_DELETE] = script_delete,
    [SCRIPT_FINALIZER] = script_finalizer,
    [SCRIPT_FRAME] = begin_frame,
    [SCRIPT_REPEAT] = begin_repeat,
    [SCRIPT_END] = end_block,
    [SCRIPT_GC_COLLECT] = collect,
    [SCRIPT_GC_ENABLE] = enable,
    [SCRIPT_GC_DISABLE] = disable,
    [SCRIPT_GC_SET_THRESHOLD] = set_threshold,
    [SCRIPT_GC_FREEZE] = freeze,
    [SCRIPT_GC_UNFREEZE] = unfreeze,
    [SCRIPT_GC_SET_DEBUG] = set_debug,
    [SCRIPT_PRINT_TEXT] = print_text,
    [SCRIPT_PRINT_REFCOUNT] = print_refcount,
    [SCRIPT_PRINT_SIZEOF] = print_sizeof,
    [SCRIPT_PRINT_TRACKED] = print_tracked,
    [SCRIPT_PRINT_FINALIZED] = print_finalized,
    [SCRIPT_PRINT_ALIVE] = print_alive,
    [SCRIPT_PRINT_LEN] = print_len,
    [SCRIPT_PRINT_SAME] = print_same,
    [SCRIPT_PRINT_GC_COLLECT] = print_collect,
    [SCRIPT_PRINT_GC_COUNT] = print_count,
    [SCRIPT_PRINT_GC_THRESHOLD] = print_threshold,
    [SCRIPT_PRINT_GC_STATS] = print_stats,
    [SCRIPT_PRINT_GC_GARBAGE] = print_garbage,
    [SCRIPT_PRINT_GC_FROZEN] = print_frozen,
    [SCRIPT_PRINT_GC_ISENABLED] = print_isenabled,
    [SCRIPT_PRINT_BLOCKS] = print_blocks,
};

/* ---- Hooks ---- */

/* After the script's end, also one by failure, the heap is given back in silence. */
static bool is_over(const struct script_run *run, const struct mutator *m)
{
    return run->over || m->left != 0;
}

static void finalize(struct mutator *m, value self)
{
    struct script_run *run = script_run_of(m);
    struct label *label = labels_find(&run->labels, self);
    if (is_over(run, m) || !label || !label->statement || label->ran)
        return;
    label->ran = true;
    print_label(run, "finalize", label);
    if (label->statement->resurrect != SCRIPT_NO_NAME)
        value_replace(m, run->variables[label->statement->resurrect].global, value_keep(self));
}

static void call_back(struct mutator *m, value ref)
{
    struct script_run *run = script_run_of(m);
    const struct label *label = labels_find(&run->labels, ref);
    if (!is_over(run, m) && label && label->statement)
        print_label(run, "callback", label);
}

/* ---- The workload ---- */

static void setup(struct mutator *m)
{
    scope_open(script_run_of(m), m);
}

static void run_statements(struct mutator *m)
{
    struct script_run *run = script_run_of(m);
    const struct script *script = run->script;
    runtime_get_stats(m, run->stats_before);
    run->blocks_before = runtime_blocks(m);
    for (uint32_t at = 0; at != run->stop; at = run->next) {
        const struct script_statement *s = &script->statements[at];
        bool outside = run->loops == 0;
        run->next = at + 1;
        mutator_at_statement(m, run->file, s->line);
        actions[s->op](run, m, s);
        if (outside && run->loops == 0)
            mutator_request_done(m);
    }
    run->over = true;
}

static void name_classes(struct script_run *run)
{
    size_t count = 0;
    run->classes[count++] = (struct workload_class){.name = "object", .dict = true, .finalizer = finalize};
    for (unsigned slots = 0; slots <= SCRIPT_SLOTS; slots++) {
        if (!run->script->uses_slots[slots])
            continue;
        snprintf(run->class_names[slots], sizeof run->class_names[slots], "slots%u", slots);
        run->class_of_slots[slots] = count;
        run->classes[count++] = (struct workload_class){.name = run->class_names[slots], .slots = slots};
    }
}

_Static_assert(SCRIPT_SLOTS + 3 <= WORKLOAD_CLASSES, "a workload may have the classes of any script");

/* The parts of a run's memory, one behind the other. */
static size_t part(size_t *used, size_t count, size_t size)
{
    size_t at = *used;
    *used = (at + count * size + 15) / 16 * 16;
    return at;
}

struct layout {
    size_t variables, frame_slots, locals, all;
};

static struct layout lay_out(const struct script *s)
{
    struct layout l = {.all = 0};
    part(&l.all, 1, sizeof(struct script_run));
    l.variables = part(&l.all, s->name_count, sizeof(struct script_variable));
    l.frame_slots = part(&l.all, s->statement_count, sizeof(uint32_t));
    l.locals = part(&l.all, MUTATOR_SLOTS, sizeof(struct script_local));
    return l;
}

size_t script_run_bytes(const struct script *s)
{
    return lay_out(s).all;
}

void script_workload(struct script_run *run, const struct script *s, const char *name, script_output *output,
                     void *context, struct workload *out)
{
    static const struct workload_param no_params[] = {{0}};
    struct layout l = lay_out(s);
    char *memory = (char *)run;
    const char *file = script_workload_path(name);
    run->script = s;
    run->stop = (uint32_t)s->statement_count;
    run->file = file ? file : name;
    run->output = output;
    run->context = context;
    run->variables = (void *)(memory + l.variables);
    run->frame_slots = (void *)(memory + l.frame_slots);
    run->locals = (void *)(memory + l.locals);
    scope_count(run);
    name_classes(run);
    *out = (struct workload){
        .name = name,
        .stresses = "what the script says",
        .source = "a heap script",
        .params = no_params,
        .params_size = sizeof run,
        .classes = run->classes,
        .on_weakref = call_back,
        .setup = setup,
        .run = run_statements,
    };
}

int script_run_stop_before(struct script_run *run, uint32_t line)
{
    const struct script *script = run->script;
    for (uint32_t i = 0; i < script->statement_count; i++) {
        if (script->statements[i].line >= line) {
            run->stop = i;
            return 0;
        }
    }
    return -1;
}

const struct script_statement *script_run_statement(const struct script_run *run)
{
    return &run->script->statements[run->next > 0 ? run->next - 1 : 0];
}

void script_run_close(struct script_run *run)
{
    labels_close(&run->labels);
}
