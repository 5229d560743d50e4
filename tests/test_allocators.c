/* test_allocators.c - allocators from text, their files, and the contract of
 * every row of allocators.def: preloaded into a worker, it serves malloc.
 */
#include "allocators/allocator.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "allocators/library_file.h"
#include "tests/worker_process.h"

/* ---- Text ---- */

static void a_name_is_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
        const char *pools; /* NULL for none */
        const char *first, *second;
    } table[] = {
        {"system", "system", NULL, "", ""},
        {"jemalloc", "jemalloc", NULL, "", ""},
        {"pymalloc", "system", "pymalloc", "", ""},
        {"pymalloc+system", "system", "pymalloc", "", ""},
        {"pymalloc+mimalloc", "mimalloc", "pymalloc", "", ""},
        {"pymalloc-3.9", "system", "pymalloc-3.9", "", ""},
        {"pymalloc-3.9+mimalloc", "mimalloc", "pymalloc-3.9", "", ""},
        {"pymalloc-3.9@MALLOC_ARENA_MAX=1", "system", "pymalloc-3.9", "MALLOC_ARENA_MAX=1", ""},
        {"jemalloc@MALLOC_CONF=dirty_decay_ms:0,narenas:1", "jemalloc", NULL, "MALLOC_CONF=dirty_decay_ms:0,narenas:1",
         ""},
        {"system@MALLOC_ARENA_MAX=1@MALLOC_TOP_PAD_=65536", "system", NULL, "MALLOC_ARENA_MAX=1",
         "MALLOC_TOP_PAD_=65536"},
        {"pymalloc+jemalloc@MALLOC_CONF=", "jemalloc", "pymalloc", "MALLOC_CONF=", ""},
        {"system@GLIBC_TUNABLES=glibc.malloc.check=3@x", "system", NULL, "GLIBC_TUNABLES=glibc.malloc.check=3@x", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct allocator_choice choice;
        char error[4096] = "";
        if (allocator_parse(table[i].text, &choice, error, sizeof error) != 0)
            fail_msg("%s: %s", table[i].text, error);
        assert_string_equal(choice.allocator->name, table[i].name);
        assert_string_equal(choice.pools ? choice.pools->name : "", table[i].pools ? table[i].pools : "");
        assert_string_equal(choice.settings[0], table[i].first);
        assert_string_equal(choice.settings[1], table[i].second);
        assert_string_equal(choice.path, "");
    }
}

static const char *error_of(const char *text)
{
    static char error[4096];
    struct allocator_choice choice;
    assert_int_equal(allocator_parse(text, &choice, error, sizeof error), -1);
    for (const char *c = error; *c; c++)
        assert_true((unsigned char)*c >= ' ');
    return error;
}

#define KNOWN                                                                           \
    "known are system, jemalloc, mimalloc, tcmalloc, PATH.so; pymalloc, pymalloc-3.9; " \
    "and pymalloc+ any of the former"

static void a_name_that_is_not_known_is_refused_with_the_known_ones_named(void **state)
{
    (void)state;
    assert_string_equal(error_of("hoard"), "unknown allocator 'hoard'; " KNOWN);
    assert_string_equal(error_of(""), "unknown allocator ''; " KNOWN);
    assert_string_equal(error_of("pymalloc+"), "unknown allocator 'pymalloc+'; " KNOWN);
    assert_string_equal(error_of("pymalloc+hoard"), "unknown allocator 'hoard'; " KNOWN);
    assert_string_equal(error_of("pymalloc+pymalloc"), "unknown allocator 'pymalloc'; " KNOWN);
    assert_string_equal(error_of("Jemalloc"), "unknown allocator 'Jemalloc'; " KNOWN);
    assert_string_equal(error_of("je\nmalloc"), "unknown allocator 'je?malloc'; " KNOWN);
    assert_string_equal(error_of("jemalloc@"), "unknown allocator 'jemalloc@'; " KNOWN);
    assert_string_equal(error_of("@MALLOC_CONF=x"), "unknown allocator '@MALLOC_CONF=x'; " KNOWN);
}

static void only_the_variables_of_the_allocator_are_taken(void **state)
{
    (void)state;
    assert_string_equal(error_of("jemalloc@LD_PRELOAD=/tmp/x.so"),
                        "allocator jemalloc takes no variable 'LD_PRELOAD'; it takes MALLOC_CONF");
    assert_non_null(strstr(error_of("tcmalloc@MALLOC_CONF=x"), "allocator tcmalloc takes no variable 'MALLOC_CONF'"));
    assert_string_equal(error_of("jemalloc@MALLOC_CONF=a@MALLOC_CONF=b"), "'@MALLOC_CONF=b' is set twice");
    assert_string_equal(error_of("jemalloc@MALLOC_CONF=a\x01"), "'@MALLOC_CONF=a?' holds a control character");
}

static void a_setting_that_is_too_long_or_one_too_many_is_refused(void **state)
{
    (void)state;
    char text[1024];
    snprintf(text, sizeof text, "jemalloc@MALLOC_CONF=%0300d", 0);
    assert_non_null(strstr(error_of(text), "is longer than 255 bytes"));
    assert_non_null(strstr(error_of("mimalloc@MIMALLOC_VERBOSE=1@MIMALLOC_PAGE_RESET=1@MIMALLOC_EAGER_COMMIT=1"
                                    "@MIMALLOC_LARGE_OS_PAGES=1@MIMALLOC_RESET_DELAY=1@MIMALLOC_PURGE_DELAY=1"
                                    "@MIMALLOC_USE_NUMA_NODES=1@MIMALLOC_MAX_ERRORS=1@MIMALLOC_MAX_WARNINGS=1"),
                           "more than 8 variables"));
    char *endless = malloc(100001);
    assert_non_null(endless);
    memset(endless, 'a', 100000);
    endless[100000] = '\0';
    assert_non_null(strstr(error_of(endless), "is longer than"));
    free(endless);
}

/* ---- Files ---- */

static void built(char path[PATH_MAX], const char *file)
{
    built_path(path, PATH_MAX, file);
}

static void a_path_becomes_absolute(void **state)
{
    (void)state;
    char path[PATH_MAX], error[4096];
    struct allocator_choice choice;
    built(path, "tests/data/plain_malloc.so");
    if (allocator_parse(path, &choice, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_null(choice.allocator);
    assert_int_equal(choice.path[0], '/');
    assert_int_equal(access(choice.path, R_OK), 0);
    assert_int_equal(allocator_locate(&choice, error, sizeof error), 0);
}

static void a_path_behind_pymalloc_keeps_the_pools(void **state)
{
    (void)state;
    char path[PATH_MAX], text[PATH_MAX + 32], error[4096];
    struct allocator_choice choice;
    built(path, "tests/data/plain_malloc.so");
    snprintf(text, sizeof text, "pymalloc+%s", path);
    assert_int_equal(allocator_parse(text, &choice, error, sizeof error), 0);
    assert_true(choice.pools);
    assert_null(choice.allocator);
    strcat(text, "@MALLOC_CONF=1");
    assert_string_equal(error_of(text), "'@MALLOC_CONF=1': only an allocator known by name takes a variable");
}

static void a_file_that_is_no_library_is_refused(void **state)
{
    (void)state;
    char path[PATH_MAX];
    assert_non_null(strstr(error_of("README.md.so"), "No such file or directory"));
    assert_non_null(strstr(error_of("./README.md"), "README.md: is not a shared library (ELF) of this machine"));
    assert_non_null(strstr(error_of("/"), "is no regular file"));
    assert_non_null(strstr(error_of("/dev/null"), "is no regular file"));
    built(path, "harness/record/record.o");
    assert_non_null(strstr(error_of(path), "is not a shared library (ELF) of this machine"));
    built(path, "tests/data/no_malloc.so");
    assert_non_null(strstr(error_of(path), "no_malloc.so: defines no malloc and free"));
}

static char *read_whole(const char *path, size_t *size)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    *size = (size_t)status.st_size;
    char *bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(read(fd, bytes, *size), status.st_size);
    close(fd);
    return bytes;
}

static void write_whole(int fd, const char *bytes, size_t size)
{
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, bytes, size, 0), (ssize_t)size);
}

/* Every beginning of a library, and a library with any one byte of its
 * headers changed: refused or taken, but read within its bounds. */
static void a_damaged_library_is_never_read_beyond_its_end(void **state)
{
    (void)state;
    char path[PATH_MAX], damaged[] = "/tmp/gcsweep-damaged-XXXXXX", error[4096];
    size_t size;
    built(path, "tests/data/plain_malloc.so");
    char *bytes = read_whole(path, &size);
    int fd = mkstemp(damaged);
    assert_true(fd >= 0);

    write_whole(fd, bytes, size);
    assert_int_equal(library_file_check(damaged, error, sizeof error), 0);
    for (size_t n = 0; n < size; n += n < 1000 ? 1 : 97) {
        write_whole(fd, bytes, n);
        assert_int_equal(library_file_check(damaged, error, sizeof error), -1);
    }
    size_t headers = size - 64 * 64; /* the section headers stand at the end */
    for (size_t at = 0; at < size; at = at == 63 ? headers : at + 1) {
        static const char flips[] = {0x01, 0x40, (char)0x80, (char)0xFF};
        write_whole(fd, bytes, size);
        for (size_t k = 0; k < sizeof flips; k++) {
            char changed = (char)(bytes[at] ^ flips[k]);
            assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
            library_file_check(damaged, error, sizeof error);
        }
    }
    close(fd);
    unlink(damaged);
    free(bytes);
}

static void a_path_with_a_blank_or_a_colon_is_refused(void **state)
{
    (void)state;
    char folder[] = "/tmp/gcsweep-test-XXXXXX", path[128];
    static const char *const names[] = {"a b.so", "a:b.so"};
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        close(fd);
        assert_non_null(strstr(error_of(path), "LD_PRELOAD takes no path with a colon or a blank"));
        unlink(path);
    }
    rmdir(folder);
}

static void a_library_that_is_not_installed_names_its_package(void **state)
{
    (void)state;
    const struct allocator nowhere = {
        .name = "nowhere", .package = "libnowhere1", .preload = {"libnowhere.so.1", "libnowhere.so"}};
    struct allocator_choice choice = {.allocator = &nowhere};
    char error[512];
    assert_int_equal(allocator_locate(&choice, error, sizeof error), -1);
    assert_string_equal(error, "allocator nowhere: libnowhere.so.1 not found; install the package libnowhere1");
}

static void a_library_is_looked_for_where_the_user_points(void **state)
{
    (void)state;
    char folder[PATH_MAX], path[PATH_MAX], expected[PATH_MAX], found[PATH_MAX], error[512];
    const struct allocator plain = {.name = "plain", .package = "none", .preload = {"plain_malloc.so"}};
    const struct allocator empty = {.name = "empty", .package = "none", .preload = {"no_malloc.so"}};
    struct allocator_choice choice = {.allocator = &plain};
    built(folder, "tests/data");
    built(path, "tests/data/plain_malloc.so");
    assert_non_null(realpath(path, expected));
    assert_int_equal(allocator_locate(&choice, error, sizeof error), -1);
    setenv("LD_LIBRARY_PATH", folder, 1);
    assert_int_equal(allocator_locate(&choice, error, sizeof error), 0);
    assert_int_equal(choice.path[0], '/');
    assert_non_null(realpath(choice.path, found));
    assert_string_equal(found, expected);
    choice.allocator = &empty;
    assert_int_equal(allocator_locate(&choice, error, sizeof error), -1);
    assert_non_null(strstr(error, "no_malloc.so: defines no malloc and free"));
    unsetenv("LD_LIBRARY_PATH");
}

/* ---- The contract of a row ---- */

static void every_allocator_describes_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator *a = allocators[i];
        assert_ptr_equal(find_allocator(a->name), a);
        assert_true(a->summary[0] && a->source[0]);
        assert_true(a->version && a->owns && a->stats && a->purge);
        assert_int_equal(a->preload[0] == NULL, a->package == NULL);
        assert_true(a->variables && a->variables[0]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(a->name, allocators[k]->name);
    }
}

static void assert_serves(const char *program, const struct allocator *a, const char *library, const char *pools)
{
    char library_argument[PATH_MAX + 16], name_argument[64], pools_argument[32], error[512];
    snprintf(library_argument, sizeof library_argument, "library=%s", library);
    snprintf(name_argument, sizeof name_argument, "allocator_name=%s", a->name);
    snprintf(pools_argument, sizeof pools_argument, "pools=%s", pools);
    const char *const arguments[] = {"workload=chain", "scale=0.01",   library_argument,
                                     name_argument,    pools_argument, NULL};
    const struct worker_request request = {
        .program = program, .preload = library[0] ? library : NULL, .arguments = arguments};
    struct worker_run *run = worker_run(&request);
    struct run_record record;
    char resolved[PATH_MAX];
    assert_non_null(run);
    if (run->status != 0)
        fail_msg("%s under %s: status %d: %s", program, a->name, run->status, run->text);
    if (record_read(run->record, run->record_length, &record, error, sizeof error) != 0)
        fail_msg("%s: %s", a->name, error);
    assert_string_equal(record.status, "ok");
    assert_true(record.version_allocator[0]);
    assert_true(record.version_allocator_library[0]);
    if (library[0]) {
        assert_non_null(realpath(library, resolved));
        assert_string_equal(record.version_allocator_library, resolved);
    }
    assert_true(record.rss_purged_bytes != RECORD_UNKNOWN);
    assert_true(record.allocator_allocated_bytes != RECORD_UNKNOWN ||
                record.allocator_resident_bytes != RECORD_UNKNOWN);
    assert_int_equal(record.pool_arenas_allocated == RECORD_UNKNOWN, pools[0] == '\0');
    record_free(&record);
    free(run);
}

static void assert_every_installed_one_serves(const char *program, bool is_cpython)
{
    for (size_t i = 0; i < allocator_count; i++) {
        struct allocator_choice choice;
        char error[4096];
        assert_int_equal(allocator_parse(allocators[i]->name, &choice, error, sizeof error), 0);
        if (allocator_locate(&choice, error, sizeof error) != 0) {
            print_message("%s\n", error);
            continue;
        }
        assert_serves(program, allocators[i], choice.path, "");
        for (size_t k = 0; k < pool_row_count; k++)
            if (!is_cpython || pool_rows[k].in_cpython)
                assert_serves(program, allocators[i], choice.path, pool_rows[k].name);
    }
}

static void every_installed_allocator_serves_the_worker_and_says_its_version(void **state)
{
    (void)state;
#ifdef GCSWEEP_SANITIZED
    skip();
#endif
    assert_every_installed_one_serves("gcsweep-worker", false);
}

static void every_installed_allocator_serves_the_real_cpython(void **state)
{
    (void)state;
    char worker[PATH_MAX];
    built(worker, "gcsweep-worker-cpython");
#ifdef GCSWEEP_SANITIZED
    skip();
#endif
    if (access(worker, X_OK) != 0)
        skip(); /* built without libpython */
    assert_every_installed_one_serves("gcsweep-worker-cpython", true);
}

static void a_library_given_by_its_path_serves_the_worker(void **state)
{
    (void)state;
#ifdef GCSWEEP_SANITIZED
    skip();
#endif
    char path[PATH_MAX], library[PATH_MAX + 16];
    built(path, "tests/data/plain_malloc.so");
    snprintf(library, sizeof library, "library=%s", path);
    const char *const arguments[] = {"workload=chain", "scale=0.01", library, "allocator_name=", "pools=", NULL};
    struct worker_run *run = worker_run(&(struct worker_request){.preload = path, .arguments = arguments});
    assert_non_null(run);
    assert_int_equal(run->status, 0);
    assert_non_null(strstr(run->record, "plain_malloc.so"));
    assert_non_null(strstr(run->record, "\"allocator\":null"));
    free(run);
}

static void expect_refusal(const char *preload, const char *library, const char *name, const char *message)
{
    const char *const arguments[] = {"workload=chain", "scale=0.01", library, name, NULL};
    struct worker_run *run = worker_run(&(struct worker_request){.preload = preload, .arguments = arguments});
    assert_non_null(run);
    assert_true(WIFEXITED(run->status));
    assert_int_equal(WEXITSTATUS(run->status), 2);
    assert_int_equal(run->record_length, 0);
    assert_string_equal(run->text, message);
    free(run);
}

static void a_preload_that_does_not_serve_malloc_is_refused(void **state)
{
    (void)state;
#ifdef GCSWEEP_SANITIZED
    skip();
#endif
    char plain[PATH_MAX], none[PATH_MAX], library[PATH_MAX + 16];
    built(plain, "tests/data/plain_malloc.so");
    built(none, "tests/data/no_malloc.so");
    snprintf(library, sizeof library, "library=%s", none);
    expect_refusal(none, library,
                   "allocator_name=", "gcsweep-worker: no_malloc.so was preloaded but malloc is served by libc.so.6\n");
    snprintf(library, sizeof library, "library=%s", plain);
    expect_refusal(NULL, library, "allocator_name=",
                   "gcsweep-worker: plain_malloc.so was preloaded but malloc is served by libc.so.6\n");
    expect_refusal(plain, "library=", "allocator_name=system",
                   "gcsweep-worker: nothing was to be preloaded but malloc is served by plain_malloc.so\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_taken_apart),
        cmocka_unit_test(a_name_that_is_not_known_is_refused_with_the_known_ones_named),
        cmocka_unit_test(only_the_variables_of_the_allocator_are_taken),
        cmocka_unit_test(a_setting_that_is_too_long_or_one_too_many_is_refused),
        cmocka_unit_test(a_path_becomes_absolute),
        cmocka_unit_test(a_path_behind_pymalloc_keeps_the_pools),
        cmocka_unit_test(a_file_that_is_no_library_is_refused),
        cmocka_unit_test(a_damaged_library_is_never_read_beyond_its_end),
        cmocka_unit_test(a_path_with_a_blank_or_a_colon_is_refused),
        cmocka_unit_test(a_library_that_is_not_installed_names_its_package),
        cmocka_unit_test(a_library_is_looked_for_where_the_user_points),
        cmocka_unit_test(every_allocator_describes_itself),
        cmocka_unit_test(every_installed_allocator_serves_the_worker_and_says_its_version),
        cmocka_unit_test(every_installed_allocator_serves_the_real_cpython),
        cmocka_unit_test(a_library_given_by_its_path_serves_the_worker),
        cmocka_unit_test(a_preload_that_does_not_serve_malloc_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
