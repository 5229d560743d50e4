#include "harness/report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/sweep/line.h"

extern char **environ;

enum { ARGUMENTS = 9, STDERR_BYTES = 2048 };

int find_plots_folder(char *path, size_t size, char *error, size_t error_size)
{
    /* From BUILD/gcsweep, BUILD/tests/test_report, and bin/gcsweep. */
    static const char *const places[] = {"plots", "../plots", "../share/gcsweep/plots"};
    char executable[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);

    if (length > 0) {
        executable[length] = '\0';
        *strrchr(executable, '/') = '\0';
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            char style[PATH_MAX + 64];
            snprintf(path, size, "%s/%s", executable, places[i]);
            snprintf(style, sizeof style, "%s/report.css", path);
            if (access(style, R_OK) == 0)
                return 0;
        }
    }
    snprintf(error, error_size, "the plots folder was not found beside %s", length > 0 ? executable : "the program");
    return -1;
}

/* The environment with GNUPLOT_LIB, where a script's `load` looks; NULL without memory. */
static char **environment_with(char *library)
{
    size_t count = 0, kept = 0;

    while (environ[count] != NULL)
        count++;
    char **out = malloc((count + 2) * sizeof *out);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "GNUPLOT_", 8) != 0 && strncmp(environ[i], "LD_PRELOAD=", 11) != 0)
            out[kept++] = environ[i];
    out[kept++] = library;
    out[kept] = NULL;
    return out;
}

static long milliseconds_left(const struct timespec *deadline)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (deadline->tv_sec - now.tv_sec) * 1000 + (deadline->tv_nsec - now.tv_nsec) / 1000000;
}

/* Reads standard error while the process runs; keeps its beginning. -1 when the time is over. */
static int watch(int pidfd, int errors, char *text, size_t size)
{
    struct timespec deadline;
    size_t length = 0;
    int status = -1;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += GNUPLOT_SECONDS;
    struct pollfd fds[2] = {{.fd = pidfd, .events = POLLIN}, {.fd = errors, .events = POLLIN}};
    for (long left; (left = milliseconds_left(&deadline)) > 0;) {
        if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
            break;
        if (fds[1].revents != 0) {
            char chunk[512];
            ssize_t got = read(errors, chunk, sizeof chunk);
            if (got <= 0)
                fds[1].fd = -1;
            for (ssize_t i = 0; i < got && length + 1 < size; i++)
                text[length++] = chunk[i];
        } else if (fds[0].revents != 0) {
            status = 0;
            break;
        }
    }
    text[length] = '\0';
    return status;
}

/* Of what gnuplot says, the line that holds the error: it shows the script's line first, then a caret. */
static void last_line(const char *text, char *line, size_t size)
{
    size_t end = strlen(text);

    while (end > 0 && strchr(" \t\n", text[end - 1]) != NULL)
        end--;
    size_t start = end;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    while (start < end && text[start] == ' ')
        start++;
    snprintf(line, size, "%.*s", (int)(end - start), text + start);
    line_clean(line);
}

static int wait_for(pid_t pid, int errors, const char *script, char *error, size_t error_size)
{
    char said[STDERR_BYTES] = "", line[256];
    int pidfd = pidfd_open(pid, 0), status;
    int in_time = pidfd >= 0 ? watch(pidfd, errors, said, sizeof said) : -1;

    if (in_time != 0)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pidfd >= 0)
        close(pidfd);
    if (in_time != 0) {
        snprintf(error, error_size, "gnuplot %s: not done after %d s", script, GNUPLOT_SECONDS);
        return GNUPLOT_HUNG;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    last_line(said, line, sizeof line);
    snprintf(error, error_size, "gnuplot %s: failed%s%s", script, line[0] != '\0' ? ": " : "", line);
    return -1;
}

static int spawn(char *const *argv, char *const *env, int errors, pid_t *pid)
{
    posix_spawn_file_actions_t actions;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return ENOMEM;
    int status = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (status == 0)
        status = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (status == 0)
        status = posix_spawn_file_actions_adddup2(&actions, errors, 2);
    if (status == 0)
        status = posix_spawnp(pid, argv[0], &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

int gnuplot_run(const char *plots_folder, const char *script, const char *const *arguments, char *error,
                size_t error_size)
{
    char path[PATH_MAX + 64], library[PATH_MAX + 16];
    char *argv[ARGUMENTS + 5] = {"gnuplot", "-d", "-c", path};
    int pipes[2];
    pid_t pid;

    snprintf(path, sizeof path, "%s/%s", plots_folder, script);
    snprintf(library, sizeof library, "GNUPLOT_LIB=%s", plots_folder);
    for (size_t i = 0; i < ARGUMENTS && arguments[i] != NULL; i++)
        argv[4 + i] = (char *)arguments[i];
    char **env = environment_with(library);
    if (env == NULL || pipe2(pipes, O_CLOEXEC) != 0) {
        snprintf(error, error_size, "gnuplot %s: %s", script, strerror(errno));
        free(env);
        return -1;
    }
    int status = spawn(argv, env, pipes[1], &pid);
    close(pipes[1]);
    if (status == ENOENT)
        snprintf(error, error_size, "gnuplot was not found: install the package gnuplot-nox");
    else if (status != 0)
        snprintf(error, error_size, "gnuplot %s: %s", script, strerror(status));
    else
        status = wait_for(pid, pipes[0], script, error, error_size);
    close(pipes[0]);
    free(env);
    return status == 0 || status == GNUPLOT_HUNG ? status : -1;
}
