/* target.c - what the fuzz targets share. */
#include "fuzz/target.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/script/utf8.h"

void fuzz_expect(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "expected: %s\n", what);
    abort();
}

void fuzz_expect_one_line(const char *message)
{
    uint32_t c = 0;
    const char *end = message + strlen(message);

    fuzz_expect(message < end, "a message");
    for (size_t length; message < end; message += length) {
        length = (unsigned char)*message < 0x80 ? 1 : utf8_decode(message, end, &c);
        c = length == 1 ? (unsigned char)*message : c;
        fuzz_expect(length > 0 && utf8_is_printable(c), "a message of one line of printable characters");
    }
}

/* ---- The scratch folder ---- */

static char scratch[64];

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Only by the process that made it, not by one that it forked. */
static pid_t scratch_owner;

static void remove_scratch(void)
{
    if (getpid() == scratch_owner)
        remove_tree(scratch);
}

const char *fuzz_scratch(void)
{
    const char *given = getenv("TMPDIR");

    if (scratch[0])
        return scratch;
    for (int in_memory = 1; in_memory >= 0; in_memory--) {
        snprintf(scratch, sizeof scratch, "%.40s/gcsweep-fuzz-XXXXXX", in_memory ? "/dev/shm" : given ? given : "/tmp");
        if (mkdtemp(scratch)) {
            scratch_owner = getpid();
            atexit(remove_scratch);
            return scratch;
        }
    }
    perror(scratch);
    abort();
}

static void scratch_path(const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", fuzz_scratch(), name);
}

void fuzz_write_file(const char *name, const uint8_t *bytes, size_t count)
{
    char path[PATH_MAX];

    scratch_path(name, path);
    FILE *file = fopen(path, "w");
    if (!file || (count > 0 && fwrite(bytes, count, 1, file) != 1) || fclose(file) != 0) {
        perror(path);
        abort();
    }
}

void fuzz_remove(const char *name)
{
    char path[PATH_MAX];

    scratch_path(name, path);
    remove_tree(path);
}
