/* scratch.c - memory by mmap. */
#include "harness/worker/scratch.h"

#include <sys/mman.h>
#include <unistd.h>

void *scratch_lazy(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void *scratch_touched(size_t bytes)
{
    volatile char *memory = scratch_lazy(bytes);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; memory && i < bytes; i += page)
        memory[i] = 0; /* a read would map the shared page of zeroes only */
    return (void *)(size_t)memory;
}
