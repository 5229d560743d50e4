/* confine.c - a child that runs one session, and what became of it. */
#include "harness/stress/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void *confine_share(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void confine_unshare(void *memory, size_t bytes)
{
    munmap(memory, bytes);
}

void confine_describe(int status, unsigned most_seconds, char *text, size_t size)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        text[0] = '\0';
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        snprintf(text, size, "took longer than %u s", most_seconds);
    else if (WIFSIGNALED(status))
        snprintf(text, size, "crashed: %s", strsignal(WTERMSIG(status)));
    else
        snprintf(text, size, "crashed: exit status %d", WEXITSTATUS(status)); /* a sanitizer's */
}

static _Noreturn void run_child(const struct program *p, unsigned most_seconds, struct program_result *result)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(most_seconds);
    program_run(p, result);
    _exit(0);
}

int program_run_confined(const struct program *p, unsigned most_seconds, struct program_result *result)
{
    struct program_result *shared = confine_share(sizeof *shared);
    *result = (struct program_result){0};
    pid_t child = shared ? fork() : -1;
    if (child == 0)
        run_child(p, most_seconds, shared);
    if (child < 0) {
        snprintf(result->failure, sizeof result->failure, "no process for the session: %s", strerror(errno));
    } else {
        int status;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
        *result = *shared;
        if (result->failure[0] == '\0')
            confine_describe(status, most_seconds, result->failure, sizeof result->failure);
    }
    if (shared)
        confine_unshare(shared, sizeof *shared);
    return result->failure[0] == '\0' ? 0 : -1;
}
