/* Preloaded, it lets one request of the process for memory fail: the one whose
 * number, from 1, the variable GCSWEEP_FAIL_MALLOC names; "17+": and all after it.
 * malloc and its kin are counted, and mmap of memory that is no file's. At the
 * end the number of requests goes into the file that GCSWEEP_FAIL_COUNT names.
 *
 * What is granted comes from the next library in line, which may be a
 * sanitizer's. Programs that this one starts are left alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);
static void *(*next_mmap)(void *, size_t, int, int, int, off_t);

static bool counting, onwards;
static unsigned long nth, asked;
static const char *count_file;

/* dlsym itself may ask for zeroed memory, before there is anybody to ask. */
static char early[4096];
static size_t early_used;

static void find(void *out, const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(out, &symbol, sizeof symbol);
}

static void find_all(void)
{
    static bool finding;
    if (next_mmap || finding)
        return;
    finding = true;
    find(&next_malloc, "malloc");
    find(&next_calloc, "calloc");
    find(&next_realloc, "realloc");
    find(&next_free, "free");
    find(&next_mmap, "mmap");
    finding = false;
}

static bool refused(void)
{
    if (!counting)
        return false;
    unsigned long number = __atomic_add_fetch(&asked, 1, __ATOMIC_RELAXED);
    if (nth == 0 || (number != nth && !(onwards && number > nth)))
        return false;
    errno = ENOMEM;
    return true;
}

/* From here on: what the loader and other libraries did to start is not the program's. */
__attribute__((constructor)) static void start(void)
{
    char *end = NULL;
    const char *which = getenv("GCSWEEP_FAIL_MALLOC");
    find_all();
    count_file = getenv("GCSWEEP_FAIL_COUNT");
    nth = which ? strtoul(which, &end, 10) : 0;
    onwards = end && *end == '+';
    unsetenv("LD_PRELOAD");
    counting = true;
}

__attribute__((destructor)) static void stop(void)
{
    counting = false;
    int fd = count_file ? open(count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    dprintf(fd, "%lu\n", asked);
    close(fd);
}

void *malloc(size_t size)
{
    find_all();
    return refused() || !next_malloc ? NULL : next_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    find_all();
    if (next_calloc)
        return refused() ? NULL : next_calloc(count, size);
    size_t bytes = (count * size + 15) & ~(size_t)15;
    if (bytes > sizeof early - early_used)
        return NULL;
    early_used += bytes;
    return early + early_used - bytes;
}

void *realloc(void *block, size_t size)
{
    find_all();
    return refused() || !next_realloc ? NULL : next_realloc(block, size);
}

/* A worker wants to see all of malloc in one library. */
void free(void *block)
{
    find_all();
    bool is_early = (char *)block >= early && (char *)block < early + sizeof early;
    if (next_free && !is_early)
        next_free(block);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    find_all();
    if ((flags & MAP_ANONYMOUS) && refused())
        return MAP_FAILED;
    return next_mmap ? next_mmap(address, length, protection, flags, fd, offset) : MAP_FAILED;
}
