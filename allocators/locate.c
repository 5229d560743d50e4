/* locate.c - finding an allocator's library as the dynamic linker would, but
 * without loading it: that would run an allocator inside the harness.
 */
#include "allocators/allocator.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/library_file.h"

#if defined __x86_64__
#define MULTIARCH "x86_64-linux-gnu"
#else
#define MULTIARCH "aarch64-linux-gnu"
#endif

static const char *const usual_folders[] = {
    "/usr/local/lib",
    "/usr/local/lib/" MULTIARCH,
    "/usr/lib/" MULTIARCH,
    "/lib/" MULTIARCH,
    "/usr/lib64",
    "/usr/lib",
    "/lib64",
    "/lib",
};

struct search {
    struct allocator_choice *choice;
    char *error; /* why the best candidate so far is none; "" when no file was seen */
    size_t error_size;
};

/* Whether the folder's first `length` bytes name a folder with the library. */
static bool try_folder(struct search *s, const char *folder, size_t length, const char *file)
{
    char path[ALLOCATOR_PATH_BYTES];
    int n = snprintf(path, sizeof path, "%.*s/%s", (int)length, folder, file);
    if (length == 0 || n < 0 || (size_t)n >= sizeof path || access(path, F_OK) != 0 || path[strcspn(path, ": \t\n")])
        return false;
    if (library_file_check(path, s->error, s->error_size) != 0)
        return false;
    char absolute[PATH_MAX];
    if (path[0] != '/' && !realpath(path, absolute))
        return false;
    const char *found = path[0] == '/' ? path : absolute;
    if (strlen(found) >= sizeof s->choice->path)
        return false;
    memcpy(s->choice->path, found, strlen(found) + 1);
    return true;
}

/* A list of folders with colons between, as LD_LIBRARY_PATH. */
static bool try_list(struct search *s, const char *list, const char *file)
{
    while (list && *list) {
        size_t length = strcspn(list, ":;");
        if (try_folder(s, list, length, file))
            return true;
        list += length + (list[length] != '\0');
    }
    return false;
}

/* Where the C library lies, the system's other libraries do. */
static bool try_beside_libc(struct search *s, const char *file)
{
    Dl_info libc;
    void *function = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
    const char *slash = function && dladdr(function, &libc) && libc.dli_fname ? strrchr(libc.dli_fname, '/') : NULL;
    return slash && try_folder(s, libc.dli_fname, (size_t)(slash - libc.dli_fname), file);
}

static bool try_everywhere(struct search *s, const char *file)
{
    if (try_list(s, getenv("LD_LIBRARY_PATH"), file) || try_beside_libc(s, file))
        return true;
    for (size_t i = 0; i < sizeof usual_folders / sizeof usual_folders[0]; i++)
        if (try_folder(s, usual_folders[i], strlen(usual_folders[i]), file))
            return true;
    return false;
}

int allocator_locate(struct allocator_choice *choice, char *error, size_t error_size)
{
    const struct allocator *a = choice->allocator;
    char why[ALLOCATOR_PATH_BYTES] = "";
    struct search s = {choice, why, sizeof why};
    if (!a || !a->preload[0])
        return 0;
    for (size_t i = 0; i < sizeof a->preload / sizeof a->preload[0] && a->preload[i]; i++)
        if (try_everywhere(&s, a->preload[i]))
            return 0;
    if (why[0])
        snprintf(error, error_size, "allocator %s: %s", a->name, why);
    else
        snprintf(error, error_size, "allocator %s: %s not found; install the package %s", a->name, a->preload[0],
                 a->package);
    return -1;
}
