/* allocator.c - the table of allocators, and the way to their functions. */
#include "allocators/allocator.h"

#include <dlfcn.h>
#include <string.h>

#include "allocators/entry.h"

#define ALLOCATOR(c_name) extern const struct allocator allocator_##c_name;
#include "allocators/allocators.def"
#undef ALLOCATOR

const struct allocator *const allocators[] = {
#define ALLOCATOR(c_name) &allocator_##c_name,
#include "allocators/allocators.def"
#undef ALLOCATOR
};

const size_t allocator_count = sizeof allocators / sizeof allocators[0];

const struct allocator *find_allocator(const char *name)
{
    for (size_t i = 0; i < allocator_count; i++)
        if (strcmp(allocators[i]->name, name) == 0)
            return allocators[i];
    return NULL;
}

entry_function *find_entry(const char *name)
{
    entry_function *function = NULL;
    void *address = dlsym(RTLD_DEFAULT, name);
    /* POSIX makes the two alike; C has no cast for it. */
    memcpy(&function, &address, sizeof function);
    return function;
}
