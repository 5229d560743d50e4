#include "harness/store/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *doing, const char *path, char *error, size_t error_size)
{
    snprintf(error, error_size, "%s: cannot %s: %s", path, doing, strerror(errno));
    return -1;
}

/* Of the folder too, so that the new name is on the disk as well. */
static int rename_synced(const char *from, const char *to, bool keeps)
{
    char folder[PATH_MAX];

    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, keeps ? RENAME_NOREPLACE : 0) != 0)
        return -1;
    snprintf(folder, sizeof folder, "%s", to);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        return 0;
    *slash = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems cannot; the file itself is synced */
        close(fd);
    }
    return 0;
}

/* What a file gets that is no secret: what its user lets others read. */
static int let_read(int fd)
{
    mode_t mask = umask(0);

    umask(mask);
    return fchmod(fd, 0666 & ~mask);
}

static int open_temporary(const char *directory, const char *name, struct output *out, char *error, size_t error_size)
{
    int length = snprintf(out->temporary, sizeof out->temporary, "%s/.%s.XXXXXX", directory, name);
    if (length < 0 || (size_t)length >= sizeof out->temporary) {
        snprintf(error, error_size, "%s: path too long", directory);
        return -1;
    }
    int fd = mkostemp(out->temporary, O_CLOEXEC);
    if (fd < 0)
        return fail("write", out->path, error, error_size);
    out->file = fdopen(fd, "w");
    if (out->file == NULL) {
        fail("write", out->path, error, error_size);
        close(fd);
        unlink(out->temporary);
        return -1;
    }
    return 0;
}

int output_open(const char *directory, const char *name, struct output *out, char *error, size_t error_size)
{
    *out = (struct output){.file = NULL};
    snprintf(out->path, sizeof out->path, "%s/%s", directory, name);
    return open_temporary(directory, name, out, error, error_size);
}

int output_open_path(const char *path, struct output *out, char *error, size_t error_size)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;

    *out = (struct output){.file = NULL};
    if (strlen(path) >= sizeof out->path) {
        snprintf(error, error_size, "%.40s...: path too long", path);
        return -1;
    }
    snprintf(out->path, sizeof out->path, "%s", path);
    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    errno = EISDIR;
    return name[0] == '\0' ? fail("write", path, error, error_size)
                           : open_temporary(folder, name, out, error, error_size);
}

int output_open_new(const char *path, struct output *out, char *error, size_t error_size)
{
    errno = EEXIST;
    if (access(path, F_OK) == 0)
        return fail("write", path, error, error_size);
    int status = output_open_path(path, out, error, error_size);
    out->keeps = out->private = true;
    return status;
}

int output_commit(struct output *out, char *error, size_t error_size)
{
    int bad = ferror(out->file) != 0 || fflush(out->file) != 0 || (!out->private && let_read(fileno(out->file)) != 0) ||
              fsync(fileno(out->file)) != 0;
    int status = bad ? fail("write", out->path, error, error_size) : 0;

    fclose(out->file);
    out->file = NULL;
    if (status == 0 && rename_synced(out->temporary, out->path, out->keeps) != 0)
        status = fail("write", out->path, error, error_size);
    if (status != 0)
        unlink(out->temporary);
    return status;
}

void output_abandon(struct output *out)
{
    if (out->file != NULL)
        fclose(out->file);
    out->file = NULL;
    unlink(out->temporary);
}

int output_make_temporary(const char *path, char *temporary, char *error, size_t error_size)
{
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash + 1 - path) : 0;
    int length = snprintf(temporary, PATH_MAX, "%.*s.%s.XXXXXX", folder, path, path + folder);

    if (length < 0 || length >= PATH_MAX) {
        snprintf(error, error_size, "%.40s...: path too long", path);
        return -1;
    }
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return fail("write", path, error, error_size);
    close(fd);
    return 0;
}

int output_adopt(const char *temporary, const char *path, char *error, size_t error_size)
{
    int fd = open(temporary, O_RDONLY | O_CLOEXEC);
    int status = fd < 0 || let_read(fd) != 0 || fsync(fd) != 0 || rename_synced(temporary, path, false) != 0 ? -1 : 0;

    if (status != 0) {
        fail("write", path, error, error_size);
        unlink(temporary);
    }
    if (fd >= 0)
        close(fd);
    return status;
}
