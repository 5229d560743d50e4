/* worker_command.h - a worker's arguments and environment.
 *
 * The worker gets the user's environment without LD_PRELOAD, PYTHON* and
 * whatever would set an allocator's options (the variables that the rows of
 * allocators.def name, and MALLOC_*): a setting that is not in the plan does
 * not reach a run. LD_PRELOAD and the choice's own settings are added, and
 * GCSWEEP_PAD: `pad` bytes that shift the stack.
 *
 * Ownership  worker_command_free releases both lists.
 */
#ifndef GCSWEEP_WORKER_COMMAND_H
#define GCSWEEP_WORKER_COMMAND_H

#include <stdbool.h>

#include "allocators/allocator.h"
#include "harness/sweep/plan.h"

enum { WORKER_RECORD_FD = 3, WORKER_TIMELINE_FD = 4, WORKER_PAD_BYTES = 4096 };

struct worker_command {
    char **arguments, **environment; /* each ends with NULL */
    bool output_is_record;           /* its standard output goes where a record goes, not where errors go */
    /* It reads our standard input, writes to our standard output and stays in
     * our process group, as a program that a terminal started. */
    bool in_foreground;
    int timeline_fd; /* goes to WORKER_TIMELINE_FD; -1 for none */
};

/* `choice` is located. 0, or -1 without memory; then nothing is held. */
int worker_command_make(const char *program, const struct plan_configuration *c, const struct allocator_choice *choice,
                        unsigned round, uint64_t seed, size_t pad, struct worker_command *out);
/* Other arguments than those of a run, up to NULL; nothing is preloaded. Neither is in the foreground. */
int worker_command_make_plain(const char *program, const char *const *arguments, struct worker_command *out);
/* Has it write its timeline to `fd`, the caller's: 0, or -1 without memory; then it is as before. */
int worker_command_add_timeline(struct worker_command *command, int fd);
/* Puts one more argument in front of the others: 0, or -1 without memory; then it is as before. */
int worker_command_prepend(struct worker_command *command, const char *argument);
void worker_command_free(struct worker_command *command);
/* A worker's environment alone, for another program that shall have the choice preloaded; NULL without memory. */
char **worker_environment_make(const struct allocator_choice *choice, size_t pad);
void worker_environment_free(char **environment);

#endif
