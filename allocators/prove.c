/* prove.c - who really serves malloc in this process.
 *
 * A preload that the dynamic linker cannot load is only a warning on standard
 * error, and every later call goes to the C library: the run would stand in
 * the results under a wrong name. So the addresses that the program calls must
 * lie in the file that the harness named.
 */
#include "allocators/allocator.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const proven[] = {"malloc", "calloc", "realloc", "free"};

/* The file in which a function of that name lies; NULL when there is none. */
static const char *file_of(const char *function)
{
    Dl_info info;
    void *address = dlsym(RTLD_DEFAULT, function);
    return address && dladdr(address, &info) ? info.dli_fname : NULL;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int prove_addresses(const char *expected, char *error, size_t error_size)
{
    bool preloaded = expected[0] != '\0';
    const char *file = preloaded ? expected : file_of("gnu_get_libc_version");
    for (size_t i = 0; i < sizeof proven / sizeof proven[0]; i++) {
        const char *server = file_of(proven[i]);
        if (file && server && same_file(server, file))
            continue;
        snprintf(error, error_size, "%s %s but %s is served by %s", preloaded ? base_name(expected) : "nothing",
                 preloaded ? "was preloaded" : "was to be preloaded", proven[i],
                 server ? base_name(server) : "an unknown file");
        return -1;
    }
    return 0;
}

static int prove_block(const struct allocator *a, size_t size, char *error, size_t error_size)
{
    void *volatile block = malloc(size); /* volatile: a malloc without a use would be optimised away */
    int says = block ? a->owns(block) : -1;
    free(block);
    if (says != 0)
        return 0;
    snprintf(error, error_size, "allocator %s says that a block of %zu bytes fresh from malloc is not its own", a->name,
             size);
    return -1;
}

bool allocator_serving(char *path, size_t size)
{
    const char *file = file_of("malloc");
    char *absolute = file ? realpath(file, NULL) : NULL;
    if (absolute)
        snprintf(path, size, "%s", absolute);
    free(absolute);
    return absolute != NULL;
}

int allocator_prove(const struct allocator *allocator, const char *expected_path, char *error, size_t error_size)
{
#ifdef GCSWEEP_SANITIZED
    if (expected_path[0] == '\0')
        return 0; /* the sanitizer's own allocator stands in for the C library's */
#endif
    if (prove_addresses(expected_path, error, error_size) != 0)
        return -1;
    if (!allocator)
        return 0;
    return prove_block(allocator, 24, error, error_size) == 0 ? prove_block(allocator, 100000, error, error_size) : -1;
}
