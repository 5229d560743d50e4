/* worker_process.h - running the worker from a test, and reading its record.
 *
 * The binaries lie in the folder that GCSWEEP_BUILD names ("build").
 */
#ifndef GCSWEEP_TESTS_WORKER_PROCESS_H
#define GCSWEEP_TESTS_WORKER_PROCESS_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/record/record.h"
#include "harness/worker/worker.h"

struct worker_run {
    int status;                       /* as waitpid gives it */
    char text[8192];                  /* what it said on standard error */
    char record[WORKER_RECORD_BYTES]; /* what it wrote to record_fd=3 */
    size_t record_length;
};

/* What a run asks for. All but `arguments` may be left out. */
struct worker_request {
    const char *program;          /* "gcsweep-worker" */
    const char *preload;          /* LD_PRELOAD */
    rlim_t address_space_bytes;   /* RLIMIT_AS, 0 for none */
    rlim_t file_bytes;            /* RLIMIT_FSIZE, 0 for none */
    const char *const *arguments; /* ends with NULL; record_fd=3 is added */
};

static inline void built_path(char *path, size_t size, const char *file)
{
    const char *build = getenv("GCSWEEP_BUILD");
    snprintf(path, size, "%s/%s", build && build[0] ? build : "build", file);
}

static inline void worker_become(const struct worker_request *r, int record_fd, int error_fd)
{
    char path[4096];
    const char *argv[64] = {path, "record_fd=3"};
    built_path(path, sizeof path, r->program ? r->program : "gcsweep-worker");
    for (size_t i = 0; r->arguments[i] && i < 60; i++)
        argv[i + 2] = r->arguments[i];
    if (r->preload)
        setenv("LD_PRELOAD", r->preload, 1);
    else
        unsetenv("LD_PRELOAD");
    int record = fcntl(record_fd, F_DUPFD, 10), error = fcntl(error_fd, F_DUPFD, 10);
    dup2(record, 3);
    dup2(error, STDERR_FILENO);
    close(record);
    close(error);
    struct rlimit limit = {r->address_space_bytes, r->address_space_bytes}, no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (r->address_space_bytes)
        setrlimit(RLIMIT_AS, &limit);
    struct rlimit file_limit = {r->file_bytes, r->file_bytes};
    if (r->file_bytes)
        setrlimit(RLIMIT_FSIZE, &file_limit);
    execv(path, (char *const *)(size_t)argv);
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    _exit(127);
}

/* Appends what can be read; false at the end. */
static inline bool worker_drain(int fd, char *text, size_t size, size_t *length)
{
    char beyond[4096];
    size_t room = size - 1 - *length;
    ssize_t n = read(fd, room ? text + *length : beyond, room ? room : sizeof beyond);
    *length += room && n > 0 ? (size_t)n : 0;
    text[*length] = '\0';
    return n > 0 || (n < 0 && errno == EINTR);
}

static inline void worker_listen(struct worker_run *run, int record_fd, int error_fd)
{
    size_t text_length = 0;
    struct pollfd ends[] = {{record_fd, POLLIN, 0}, {error_fd, POLLIN, 0}};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (poll(ends, 2, -1) < 0)
            continue;
        if (ends[0].revents && !worker_drain(record_fd, run->record, sizeof run->record, &run->record_length))
            ends[0].fd = -1;
        if (ends[1].revents && !worker_drain(error_fd, run->text, sizeof run->text, &text_length))
            ends[1].fd = -1;
        ends[0].revents = ends[1].revents = 0;
    }
}

/* Runs it to its end. The caller frees the result; NULL when nothing could be
 * started. */
static inline struct worker_run *worker_run(const struct worker_request *request)
{
    int record[2], error[2];
    struct worker_run *run = calloc(1, sizeof *run);
    if (!run || pipe2(record, O_CLOEXEC) != 0 || pipe2(error, O_CLOEXEC) != 0) {
        free(run);
        return NULL;
    }
    pid_t pid = fork();
    if (pid == 0)
        worker_become(request, record[1], error[1]);
    close(record[1]);
    close(error[1]);
    worker_listen(run, record[0], error[0]);
    close(record[0]);
    close(error[0]);
    while (waitpid(pid, &run->status, 0) < 0 && errno == EINTR)
        continue;
    return run;
}

#endif
