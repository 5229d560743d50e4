/* interpret.h - running a heap script: a workload made from it.
 *
 *     struct script_run run;                      // large: map it
 *     struct workload w;
 *     script_workload(&run, &script, "script:list.heap", output, context, &w);
 *     ... mutator_open with w.classes, w.on_weakref and params = the pointer `&run` ...
 *     mutator_guard(m, w.setup); mutator_guard(m, w.run);
 *
 * setup makes the keys' strings, so that they are there before the first
 * statement as a program's constants are. A name's value lives in a root or a
 * frame slot. A request is one pass of an outermost repeat, or one statement
 * outside of any.
 *
 * Output    one line a call, without its newline, in the order printed,
 *           finalizers' and callbacks' lines included. NULL: nothing is
 *           formatted or printed (a measured run).
 * Checksum  of what no collector changes: texts printed, sizeof, len, same.
 * Errors    a statement that cannot be done (a type, an index, a key, an
 *           unbound name) leaves through mutator_fail with "LINE:COLUMN: what
 *           was expected"; out of memory through mutator_out_of_memory.
 * Ownership the script outlives the run. No call of malloc: side tables come from mmap.
 */
#ifndef GCSWEEP_INTERPRET_H
#define GCSWEEP_INTERPRET_H

#include "workloads/script/script.h"
#include "workloads/workload.h"

typedef void script_output(void *context, const char *line, size_t length);

struct script_run;

/* Bytes to map (zeroed) for a struct script_run of this script. */
size_t script_run_bytes(const struct script *s);
/* Makes the workload. `name` is kept. Its params are one pointer: the run. */
void script_workload(struct script_run *run, const struct script *s, const char *name, script_output *output,
                     void *context, struct workload *out);
/* The statement under way, or the one where the script ended. Only once its run has begun. */
const struct script_statement *script_run_statement(const struct script_run *run);
/* The run ends before the first statement that stands on this line or behind
 * it runs for the first time: frames stay open. 0, or -1 when there is none. */
int script_run_stop_before(struct script_run *run, uint32_t line);
/* Each name that is bound now, for a picture of the heap: globals in the order
 * first seen, then frame 1, the outermost, and the others, each in the order of
 * binding. All is lent; the visitor may change no name. */
typedef void script_name_visit(void *context, const char *name, unsigned frame, value v);
void script_run_each_name(const struct script_run *run, script_name_visit *visit, void *context);
/* Gives the side tables back, after mutator_close; the run's own bytes stay the caller's. */
void script_run_close(struct script_run *run);

#endif
