#include "harness/store/own_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/sweep/line.h"

int own_folder_make(const char *path, char *error, size_t error_size)
{
    struct stat status;

    if (mkdir(path, 0777) == 0)
        return 0;
    if (errno != EEXIST || lstat(path, &status) != 0)
        return line_error(error, error_size, "%s: cannot be made: %s", path, strerror(errno));
    if (S_ISLNK(status.st_mode))
        return line_error(error, error_size, "%s: a link, which is not followed out of the folder", path);
    return S_ISDIR(status.st_mode) ? 0 : line_error(error, error_size, "%s: in the way, and no folder", path);
}

/* Whether an open file is one to read. */
static int check_file(int fd, const char *path, size_t most_bytes, char *error, size_t error_size)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return line_error(error, error_size, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return line_error(error, error_size, "%s: no plain file", path);
    if ((uintmax_t)status.st_size > most_bytes)
        return line_error(error, error_size, "%s: larger than %zu MiB", path, most_bytes >> 20);
    return 0;
}

int own_file_open(const char *path, size_t most_bytes, FILE **out, char *error, size_t error_size)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    *out = NULL;
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 && errno == ELOOP)
        return line_error(error, error_size, "%s: a link, which is not followed out of the folder", path);
    if (fd < 0)
        return line_error(error, error_size, "%s: %s", path, strerror(errno));
    if (check_file(fd, path, most_bytes, error, error_size) != 0) {
        close(fd);
        return -1;
    }
    *out = fdopen(fd, "r");
    if (*out != NULL)
        return 0;
    close(fd);
    return line_error(error, error_size, "out of memory");
}
