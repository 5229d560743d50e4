/* launch.h - starting a worker: a fresh process, pinned, that dies with us.
 *
 * The worker leads a process group of its own, so that a Ctrl-C at the
 * terminal reaches the harness alone and a kill reaches all it started. It is
 * killed when the harness dies, writes no core file, reads nothing. One in
 * the foreground (worker_command.h) shares group, input and output with us.
 *
 * Errors   0, or -1 with one line in `error`; then no process is left.
 */
#ifndef GCSWEEP_LAUNCH_H
#define GCSWEEP_LAUNCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/sweep/worker_command.h"

struct worker_process {
    pid_t pid;
    int pidfd;
    int record_fd; /* what it writes to WORKER_RECORD_FD; does not block */
    int error_fd;  /* its standard error, and its standard output unless the command says otherwise; does not block */
    int statm_fd;  /* its /proc/PID/statm; -1 when there is none */
    uint64_t start_ns; /* CLOCK_MONOTONIC when its program had been exec'd */
};

/* `cpu` -1: not pinned. */
int launch_worker(const struct worker_command *command, int cpu, struct worker_process *out, char *error,
                  size_t error_size);
/* Kills the whole group; the process itself stays to be waited for. */
void launch_kill(const struct worker_process *w);
void launch_close(struct worker_process *w);

#endif
