/* state.h - a heap script under way: what the parts of the interpreter share.
 *
 * References  only the names' slots hold any between two statements. While a
 *             statement goes on, what it works with is held in `holds` too: a
 *             collection may run a finalizer that binds a name anew.
 * Ownership   one block of memory, the caller's (script_run_bytes), and the
 *             table of labels.
 */
#ifndef GCSWEEP_SCRIPT_STATE_H
#define GCSWEEP_SCRIPT_STATE_H

#include "workloads/script/interpret.h"
#include "workloads/script/labels.h"

/* A text whose every `{i}` became an index, and a line with one in it. */
enum { EXPANDED_BYTES = 7 * SCRIPT_LINE_BYTES, OUTPUT_BYTES = EXPANDED_BYTES + 1024 };

/* A name of the script, as a variable and as a key. */
struct script_variable {
    value *global;
    value *local;        /* NULL while it has no slot in a frame */
    value *key;          /* its interned string; NULL when it is no key */
    uint32_t counted_in; /* while slots are counted: the innermost frame that counts it */
    bool bound, is_key;  /* anywhere in the script */
};

/* A slot of a frame. */
struct script_local {
    uint32_t name;
    uint32_t counted_before; /* while slots are counted: the name's counted_in outside of this frame */
};

struct script_frame {
    value *slots;
    uint32_t first; /* of its locals */
};

struct script_loop {
    uint64_t index, passes;
};

struct script_run {
    const struct script *script;
    const char *file; /* as allocation sites name it */
    script_output *output;
    void *context;

    struct script_variable *variables; /* one a name */
    uint32_t *frame_slots;             /* one a statement: the slots of the frame that it begins */
    size_t roots, most_frame_slots;    /* needed; of frames the most at a time */
    size_t most_operands;
    struct script_local *locals;

    value *holds;
    uint32_t next; /* statement */
    uint32_t stop; /* the statement before which the run ends; as many as there are: none */
    uint32_t frames, loops, locals_used;
    bool over; /* from here on nothing is finalized or printed */
    struct script_frame frame[SCRIPT_BLOCKS];
    struct script_loop loop[SCRIPT_BLOCKS];

    struct labels labels;
    struct generation_stats stats_before[GENERATIONS];
    uint64_t blocks_before;

    size_t class_of_slots[SCRIPT_SLOTS + 1];
    struct workload_class classes[SCRIPT_SLOTS + 3];
    char class_names[SCRIPT_SLOTS + 1][16];
    char expanded[EXPANDED_BYTES];
    char line[OUTPUT_BYTES];
};

enum { CLASS_OBJECT = 0 }; /* the class of every `object` */

static inline struct script_run *script_run_of(struct mutator *m)
{
    return *(struct script_run *const *)mutator_params(m);
}

/* ---- Names (scope.c) ---- */

/* How many slots names, keys and frames need. */
void scope_count(struct script_run *run);
/* Makes them, and the keys' strings. Fails where there are too many. */
void scope_open(struct script_run *run, struct mutator *m);
/* Gives the name the value, whose reference it takes over. */
void scope_bind(struct script_run *run, struct mutator *m, uint32_t name, value v);
/* What the name holds, lent; NULL when it is unbound. */
static inline value scope_find(const struct script_run *run, uint32_t name)
{
    const struct script_variable *variable = &run->variables[name];
    if (variable->local && *variable->local)
        return *variable->local;
    return *variable->global;
}
/* False when it was unbound. */
bool scope_unbind(struct script_run *run, struct mutator *m, uint32_t name);
void scope_begin_frame(struct script_run *run, struct mutator *m, uint32_t slots);
void scope_end_frame(struct script_run *run, struct mutator *m);

/* ---- Values (values.c) ---- */

/* Ends the script: "LINE:COLUMN: ...". */
__attribute__((format(printf, 5, 6))) _Noreturn void
script_fail(struct script_run *run, struct mutator *m, uint32_t line, uint32_t column, const char *format, ...);
/* What a name as an operand, or a place, holds: lent. Fail when there is nothing. */
value script_read_name(struct script_run *run, struct mutator *m, const struct script_statement *s, uint32_t name,
                       uint32_t column);
value script_read(struct script_run *run, struct mutator *m, const struct script_statement *s,
                  const struct script_place *place);
/* Fails where x, a list, tuple or object with slots, is too short for the place's index. */
void script_check_index(struct script_run *run, struct mutator *m, const struct script_statement *s,
                        const struct script_place *place, value x);
/* Fails where x has no keys, or this one is not for it. */
void script_check_key(struct script_run *run, struct mutator *m, const struct script_statement *s,
                      const struct script_place *place, value x);
/* "a list" */
const char *script_kind_name(value v);
/* Writes a text with its `{i}`s replaced: the length. */
size_t script_expand(const struct script_text *text, bool in_loop, uint64_t index, char out[EXPANDED_BYTES]);
static inline bool script_in_loop(const struct script_run *run)
{
    return run->loops > 0;
}
static inline uint64_t script_index(const struct script_run *run)
{
    return run->loops > 0 ? run->loop[run->loops - 1].index : 0;
}
static inline void script_hold(struct script_run *run, size_t i, value v)
{
    run->holds[i] = value_keep(v);
}
static inline void script_release(struct script_run *run, struct mutator *m, size_t i)
{
    value_replace(m, &run->holds[i], NULL);
}

/* ---- Actions: one a form of statement ---- */

typedef void script_action(struct script_run *run, struct mutator *m, const struct script_statement *s);

/* build.c: a name gets a value */
script_action script_none, script_int, script_float, script_str, script_intern, script_bytes, script_list, script_tuple,
    script_set, script_function, script_dict, script_object, script_slotted, script_weakref, script_deref, script_copy;
/* change.c */
script_action script_store, script_append, script_delete, script_finalizer;
/* print.c */
script_action print_text, print_refcount, print_sizeof, print_tracked, print_finalized, print_alive, print_len,
    print_same, print_collect, print_count, print_threshold, print_stats, print_garbage, print_frozen, print_isenabled,
    print_blocks;
/* print.c: "WORD LABEL", for finalizers and callbacks. */
void print_label(struct script_run *run, const char *word, const struct label *label);

#endif
