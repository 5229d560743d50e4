/* command.h - what tests of whole programs share: a folder of their own, files
 * in it, and commands whose output and exit status are kept.
 */
#ifndef GCSWEEP_TESTS_COMMAND_H
#define GCSWEEP_TESTS_COMMAND_H

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMAND_TEXT = 65536, COMMAND_WORDS = 80 };

/* ---- Folders and files ---- */

/* A fresh folder below /tmp; malloc'd. */
static inline char *folder_make(void)
{
    char *path = strdup("/tmp/gcsweep-test-XXXXXX");
    return path ? mkdtemp(path) : NULL;
}

/* Removes a folder and all that is in it. Takes the path over. */
static inline void folder_remove(char *path)
{
    DIR *open = opendir(path);
    struct dirent *entry;
    while (open && (entry = readdir(open))) {
        char inner[2 * PATH_MAX];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR)
            folder_remove(strdup(inner));
        else
            unlink(inner);
    }
    if (open)
        closedir(open);
    rmdir(path);
    free(path);
}

/* FOLDER/NAME; lasts until the program ends. */
static inline const char *in_folder(const char *folder, const char *name)
{
    struct kept {
        struct kept *before; /* so that all stay reachable */
        char path[];
    };
    static struct kept *last;
    size_t size = strlen(folder) + strlen(name) + 2;
    struct kept *kept = malloc(sizeof *kept + size);
    if (!kept)
        abort();
    snprintf(kept->path, size, "%s/%s", folder, name);
    kept->before = last;
    last = kept;
    return kept->path;
}

static inline void file_write(const char *path, const char *text, int mode)
{
    FILE *file = fopen(path, "w");
    if (!file)
        abort();
    fputs(text, file);
    fclose(file);
    chmod(path, (mode_t)mode);
}

/* ---- Commands ---- */

struct command {
    char out[COMMAND_TEXT], error[COMMAND_TEXT];
    int status; /* the exit status; 128 + the signal that ended it */
};

/* A file that was built: a program, "tests/data/crash_malloc.so". */
static inline const char *built(const char *name)
{
    const char *build = getenv("GCSWEEP_BUILD");
    return in_folder(build ? build : "build", name);
}

static inline void read_back(int fd, char text[COMMAND_TEXT])
{
    ssize_t n = pread(fd, text, COMMAND_TEXT - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    close(fd);
}

static inline int scratch_file(void)
{
    char path[] = "/tmp/gcsweep-out-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    unlink(path);
    return fd;
}

struct started {
    pid_t pid;
    int out, error;
};

/* Starts `program` with the words up to NULL; what cannot be started ends with 127. */
static inline struct started command_start(const char *program, const char *const *words)
{
    extern char **environ;
    char *arguments[COMMAND_WORDS + 2] = {(char *)(size_t)program};
    for (size_t i = 0; i < COMMAND_WORDS && words[i]; i++)
        arguments[i + 1] = (char *)(size_t)words[i];
    struct started s = {.pid = -1, .out = scratch_file(), .error = scratch_file()};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, s.out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, s.error, STDERR_FILENO);
    if (posix_spawn(&s.pid, program, &actions, NULL, arguments, environ) != 0) {
        s.pid = fork(); /* never -1: a test's signals would go to all processes */
        if (s.pid == 0)
            _exit(127);
        if (s.pid < 0)
            abort();
    }
    posix_spawn_file_actions_destroy(&actions);
    return s;
}

static inline void command_await(struct started *s, struct command *c)
{
    int status = 0;
    if (waitpid(s->pid, &status, 0) != s->pid)
        status = 127 << 8;
    c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    read_back(s->out, c->out);
    read_back(s->error, c->error);
}

static inline void command_run(struct command *c, const char *program, const char *const *words)
{
    struct started s = command_start(program, words);
    command_await(&s, c);
}

/* gcsweep with the words given: GCSWEEP(&c, "run", "chain"). */
#define GCSWEEP(c, ...) command_run((c), built("gcsweep"), (const char *const[]){__VA_ARGS__, NULL})

static inline size_t line_count(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

#endif
