/* script_file.c - reading and parsing a heap script. */
#include "workloads/script/script_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATH_SHOWN_BYTES = 400 };

__attribute__((format(printf, 3, 4))) static int refuse(char *error, size_t error_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < error_size && error[i]; i++)
        if (iscntrl((unsigned char)error[i]))
            error[i] = '?';
    return -1;
}

static const char *shown_path(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

const char *script_workload_path(const char *workload_name)
{
    size_t length = strlen(SCRIPT_WORKLOAD_PREFIX);
    return strncmp(workload_name, SCRIPT_WORKLOAD_PREFIX, length) == 0 ? workload_name + length : NULL;
}

/* Zeroes that become resident as they are used. */
static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* At most one byte more than a script may have: 0, or an errno value. */
static int read_all(int fd, char *text, size_t *length)
{
    *length = 0;
    while (*length <= SCRIPT_MOST_BYTES) {
        ssize_t n = read(fd, text + *length, SCRIPT_MOST_BYTES + 1 - *length);
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            return errno;
        *length += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int read_file(const char *path, char *text, size_t *length)
{
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, text, length);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int result = read_all(fd, text, length);
    close(fd);
    return result;
}

static int load(struct script_file *f, const char *path, char *error, size_t error_size)
{
    size_t length = 0;
    f->text_bytes = (size_t)SCRIPT_MOST_BYTES + 1;
    f->text = map(f->text_bytes);
    int why = f->text ? read_file(path, f->text, &length) : ENOMEM;
    if (why != 0)
        return refuse(error, error_size, "%.*s: %s", PATH_SHOWN_BYTES, shown_path(path), strerror(why));
    if (length > SCRIPT_MOST_BYTES)
        return refuse(error, error_size, "%.*s: larger than the %d MiB that a script may have", PATH_SHOWN_BYTES,
                      shown_path(path), SCRIPT_MOST_BYTES >> 20);
    f->memory_bytes = script_memory_bytes(length);
    f->memory = map(f->memory_bytes);
    if (!f->memory)
        return refuse(error, error_size, "%.*s: %s", PATH_SHOWN_BYTES, shown_path(path), strerror(ENOMEM));
    struct script_error at;
    if (script_parse(&f->script, f->text, length, f->memory, &at) != 0)
        return refuse(error, error_size, "%.*s:%u:%u: %s", PATH_SHOWN_BYTES, shown_path(path), at.line, at.column,
                      at.message);
    f->run_bytes = script_run_bytes(&f->script);
    f->run = map(f->run_bytes);
    return f->run ? 0 : refuse(error, error_size, "%.*s: %s", PATH_SHOWN_BYTES, shown_path(path), strerror(ENOMEM));
}

int script_file_open(struct script_file *f, const char *path, char *error, size_t error_size)
{
    *f = (struct script_file){.text = NULL};
    int result = load(f, path, error, error_size);
    if (result != 0)
        script_file_close(f);
    return result;
}

void script_file_close(struct script_file *f)
{
    if (f->run) {
        script_run_close(f->run);
        munmap(f->run, f->run_bytes);
    }
    if (f->memory)
        munmap(f->memory, f->memory_bytes);
    if (f->text)
        munmap(f->text, f->text_bytes);
    *f = (struct script_file){.text = NULL};
}
