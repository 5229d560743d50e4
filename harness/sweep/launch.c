/* launch.c - starting a worker. */
#include "harness/sweep/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sweep/line.h"
#include "harness/sweep/host.h"

enum { READ_END, WRITE_END };

struct pipes {
    int record[2], text[2], exec[2]; /* all close on exec */
};

static void close_both(int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    ends[0] = ends[1] = -1;
}

static void close_end(int ends[2], int which)
{
    close(ends[which]);
    ends[which] = -1;
}

static int open_pipes(struct pipes *p)
{
    *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(p->record, O_CLOEXEC) == 0 && pipe2(p->text, O_CLOEXEC) == 0 && pipe2(p->exec, O_CLOEXEC) == 0)
        return 0;
    close_both(p->record);
    close_both(p->text);
    return -1;
}

/* ---- In the child, between fork and exec: nothing here may allocate ---- */

static void limit(pid_t parent, int cpu, bool in_foreground)
{
    if (!in_foreground)
        setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    host_pin(cpu); /* a CPU that went away costs the pinning, not the run */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(SIGXFSZ, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Moves `fd` to `place`, open over exec. */
static int put(int fd, int place)
{
    if (fd == place)
        return fcntl(fd, F_SETFD, 0);
    return dup2(fd, place);
}

/* What it reads and writes beside its record. */
static bool put_streams(const struct worker_command *command, int nothing, int output, int text)
{
    bool ours = command->in_foreground;
    return (ours || (put(nothing, STDIN_FILENO) >= 0 && put(output, STDOUT_FILENO) >= 0)) &&
           put(text, STDERR_FILENO) >= 0;
}

static void become_worker(const struct worker_command *command, struct pipes *p, pid_t parent, int cpu)
{
    limit(parent, cpu, command->in_foreground);
    /* What is used later must not lie where the record and the timeline go. */
    int report = fcntl(p->exec[WRITE_END], F_DUPFD_CLOEXEC, WORKER_TIMELINE_FD + 1);
    int timeline = command->timeline_fd < 0 ? -1 : fcntl(command->timeline_fd, F_DUPFD_CLOEXEC, WORKER_TIMELINE_FD + 1);
    int output = command->output_is_record ? p->record[WRITE_END] : p->text[WRITE_END];
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (report >= 0 && nothing >= 0 && put_streams(command, nothing, output, p->text[WRITE_END]) &&
        put(p->record[WRITE_END], WORKER_RECORD_FD) >= 0 &&
        (command->timeline_fd < 0 || put(timeline, WORKER_TIMELINE_FD) >= 0))
        execve(command->arguments[0], command->arguments, command->environment);
    int why = errno;
    ssize_t written = write(report, &why, sizeof why);
    _exit(written == sizeof why ? 127 : 126);
}

/* ---- In the parent ---- */

/* Waits until the child has exec'd: 0, or the errno of its failure. */
static int await_exec(struct pipes *p)
{
    int why = 0;
    ssize_t n;
    do
        n = read(p->exec[READ_END], &why, sizeof why);
    while (n < 0 && errno == EINTR);
    return n == 0 ? 0 : n == sizeof why ? why : EIO;
}

static int open_statm(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static int adopt(pid_t pid, bool in_foreground, struct pipes *p, struct worker_process *out)
{
    if (!in_foreground)
        setpgid(pid, pid); /* whoever comes first, parent or child */
    close_end(p->record, WRITE_END);
    close_end(p->text, WRITE_END);
    close_end(p->exec, WRITE_END);
    *out = (struct worker_process){
        .pid = pid,
        .pidfd = pidfd_open(pid, 0),
        .record_fd = p->record[READ_END],
        .error_fd = p->text[READ_END],
        .statm_fd = -1,
    };
    int why = out->pidfd < 0 ? errno : await_exec(p);
    close_end(p->exec, READ_END);
    if (why == 0) {
        out->start_ns = host_now_ns();
        out->statm_fd = open_statm(pid);
        fcntl(out->record_fd, F_SETFL, O_NONBLOCK);
        fcntl(out->error_fd, F_SETFL, O_NONBLOCK);
        return 0;
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    launch_close(out);
    errno = why;
    return -1;
}

int launch_worker(const struct worker_command *command, int cpu, struct worker_process *out, char *error,
                  size_t error_size)
{
    struct pipes pipes;
    if (open_pipes(&pipes) != 0)
        return line_error(error, error_size, "cannot make a pipe: %s", strerror(errno));
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become_worker(command, &pipes, parent, cpu);
    if (pid < 0) {
        line_error(error, error_size, "cannot start a process: %s", strerror(errno));
        close_both(pipes.record);
        close_both(pipes.text);
        close_both(pipes.exec);
        return -1;
    }
    if (adopt(pid, command->in_foreground, &pipes, out) != 0)
        return line_error(error, error_size, "cannot run %s: %s", command->arguments[0], strerror(errno));
    return 0;
}

void launch_kill(const struct worker_process *w)
{
    kill(-w->pid, SIGKILL);
    kill(w->pid, SIGKILL);
}

void launch_close(struct worker_process *w)
{
    int *const fds[] = {&w->pidfd, &w->record_fd, &w->error_fd, &w->statm_fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        if (*fds[i] >= 0)
            close(*fds[i]);
        *fds[i] = -1;
    }
}
