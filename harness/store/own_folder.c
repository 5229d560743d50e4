#include "harness/store/own_folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

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
