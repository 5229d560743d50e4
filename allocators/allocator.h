/* allocator.h - what serves malloc: a descriptor, not a wrapper.
 *
 * An allocator is used as its users deploy it: its shared object stands in
 * LD_PRELOAD of a fresh worker process. To add one: write allocators/NAME.c
 * with a `const struct allocator`, and add one row to allocators.def.
 *
 * The functions of a descriptor run inside the worker, where the library is
 * loaded; they find its entry points by dlsym, so that nothing links to it.
 *
 * Units    bytes. What a library cannot say stays ALLOCATOR_UNKNOWN, never 0.
 * Threads  none.
 */
#ifndef GCSWEEP_ALLOCATOR_H
#define GCSWEEP_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALLOCATOR_UNKNOWN UINT64_MAX

struct allocator_stats {
    uint64_t allocated_bytes; /* in blocks handed out */
    uint64_t resident_bytes;  /* what the allocator itself believes is resident */
    uint64_t mapped_bytes;
};

struct allocator {
    const char *name;             /* as typed; lower case */
    const char *summary;          /* one phrase */
    const char *source;           /* project page */
    const char *package;          /* Debian package that ships it; NULL for the C library's own */
    const char *preload[4];       /* file names, best first; all NULL for the C library's own */
    const char *const *variables; /* environment variables that NAME@VARIABLE=VALUE may set; ends with NULL */
    /* "5.3.0-0-g54eaed1..." as the library itself says; false when it does not say. */
    bool (*version)(char *text, size_t size);
    /* 1 when the library says the block is its own, 0 when not, -1 when it cannot say. */
    int (*owns)(const void *block);
    /* Sets what the library can say, and leaves the rest as it is. */
    void (*stats)(struct allocator_stats *out);
    /* Give free pages back to the OS, as far as the library offers it; false when it does not. */
    bool (*purge)(void);
};

extern const struct allocator *const allocators[];
extern const size_t allocator_count;
const struct allocator *find_allocator(const char *name);

struct pool_geometry;

/* What may stand in front of an allocator: CPython's pool allocator, which
 * serves up to 512 bytes. Rows, as allocators are. */
struct pool_row {
    const char *name; /* as typed */
    const char *summary;
    const struct pool_geometry *geometry;
    bool in_cpython; /* runtime cpython has it, too */
};
extern const struct pool_row pool_rows[];
extern const size_t pool_row_count;
/* The row that an allocator's text begins with, as in "NAME", "NAME+X" and
 * "NAME@VARIABLE=VALUE"; NULL for none. Behind it `*rest` is the text from the
 * '+' or '@' on. */
const struct pool_row *find_pools(const char *text, const char **rest);

enum { ALLOCATOR_PATH_BYTES = 4096, ALLOCATOR_SETTINGS = 8 };

/* An allocator dimension's value as typed, taken apart:
 *     [POOLS+]NAME|PATH.so[@VARIABLE=VALUE]...   or   POOLS
 * where POOLS is a row of pool_rows.
 */
struct allocator_choice {
    const struct pool_row *pools;           /* serve up to 512 bytes; NULL for none */
    const struct allocator *allocator;      /* NULL for PATH.so */
    char path[ALLOCATOR_PATH_BYTES];        /* absolute path to preload, "" for the C library's own */
    char settings[ALLOCATOR_SETTINGS][256]; /* "VARIABLE=VALUE", unused ones "" */
};

/* Takes `text` apart and checks its form only: 0, or -1 with one line in
 * `error` that names the known allocators or the allowed variables. For
 * PATH.so the path is made absolute and must be a readable ELF shared object
 * that defines malloc and free, with no colon or blank in its path. */
int allocator_parse(const char *text, struct allocator_choice *choice, char *error, size_t error_size);
/* Finds the library's file and writes choice->path: 0, or -1 with one line in
 * `error` that names the package to install. Nothing to do for PATH.so. */
int allocator_locate(struct allocator_choice *choice, char *error, size_t error_size);

/* In the worker: proves that `expected_path` ("" for the C library) serves
 * malloc, calloc, realloc and free, by where their addresses lie and by what
 * the library says of a block. 0, or -1 with one line in `error`. */
int allocator_prove(const struct allocator *allocator, const char *expected_path, char *error, size_t error_size);
/* In the worker: the path of the file that serves malloc; false when it cannot
 * be told. */
bool allocator_serving(char *path, size_t size);

#endif
