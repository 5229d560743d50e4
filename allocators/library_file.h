/* library_file.h - is this file one that can be preloaded as an allocator?
 *
 * The file is read, never loaded: loading it would run its code in the
 * harness. It may hold anything; every offset in it is checked.
 */
#ifndef GCSWEEP_ALLOCATOR_LIBRARY_FILE_H
#define GCSWEEP_ALLOCATOR_LIBRARY_FILE_H

#include <stddef.h>

/* 0 when `path` is a readable ELF shared object for this machine that defines
 * malloc and free; else -1 with one line in `error`. */
int library_file_check(const char *path, char *error, size_t error_size);

#endif
