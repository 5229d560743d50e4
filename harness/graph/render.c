/* render.c - starting dot and waiting for it. */
#include "harness/graph/render.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int spawn_dot(int dot_fd, int svg_fd, pid_t *pid)
{
    char *const arguments[] = {(char[]){"dot"}, (char[]){"-Tsvg"}, NULL};
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_adddup2(&actions, dot_fd, STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, svg_fd, STDOUT_FILENO);
    if (!failed)
        failed = posix_spawnp(pid, "dot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Whether it ends by itself; killed when not. */
static bool ends_in_time(pid_t pid)
{
    struct pollfd ended = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    int ready;
    do
        ready = poll(&ended, 1, RENDER_SECONDS * 1000);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        kill(pid, SIGKILL);
    if (ended.fd >= 0)
        close(ended.fd);
    return ready > 0;
}

int render_svg(int dot_fd, int svg_fd, char *error, size_t error_size)
{
    pid_t pid = -1, ended;
    int status = 0;
    int failed = lseek(dot_fd, 0, SEEK_SET) < 0 ? errno : spawn_dot(dot_fd, svg_fd, &pid);
    if (failed == ENOENT) {
        snprintf(error, error_size, "--svg needs Graphviz: install the package graphviz (make deps does)");
        return RENDER_MISSING;
    }
    if (failed) {
        snprintf(error, error_size, "cannot start dot: %s", strerror(failed));
        return -1;
    }
    bool in_time = ends_in_time(pid);
    do
        ended = waitpid(pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (in_time)
        snprintf(error, error_size, "dot could not draw the graph");
    else
        snprintf(error, error_size, "dot was not done after %d s; --most N draws fewer objects", RENDER_SECONDS);
    return -1;
}
