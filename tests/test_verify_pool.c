/* test_verify_pool.c - gcsweep verify --pool, as it is typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/worker/pool/streams.h"
#include "tests/other_workers.h"

#define RUN(c, program, ...) command_run((c), (program), (const char *const[]){__VA_ARGS__, NULL})

static void assert_equal_rows(const struct command *c, size_t rows)
{
    char sum[64];
    snprintf(sum, sizeof sum, "%zu of %zu streams equal", rows, pool_stream_count);
    if (!strstr(c->out, sum))
        fail_msg("'%s' is not in: %s", sum, c->out);
    assert_int_equal(line_count(c->out), pool_stream_count + 1);
}

static void core_and_cpython_agree(const char *seed)
{
    static struct command c;
    GCSWEEP(&c, "verify", "--pool", "--seed", seed);
    if (c.status != 0)
        print_error("%s%s", c.out, c.error);
    assert_int_equal(c.status, 0);
    assert_null(strstr(c.out, "DIFFERS"));
    assert_equal_rows(&c, pool_stream_count);
}

static void both_pool_allocators_agree_on_every_stream(void **state)
{
    (void)state;
    skip_without_cpython();
    core_and_cpython_agree("1");
    core_and_cpython_agree("20260");
}

static void a_model_with_another_geometry_is_found_and_named(void **state)
{
    (void)state;
    skip_without_cpython();
    static struct command c;
    char *folder = folder_with_gcsweep();
    put_worker(folder, "gcsweep-worker", "geometry=262144,4096");
    put_worker(folder, "gcsweep-worker-cpython", "");
    RUN(&c, in_folder(folder, "gcsweep"), "verify", "--pool");
    folder_remove(folder);
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.out, "DIFFERS  lifo"));
    assert_non_null(strstr(c.out, "model against cpython: at request=10000: "));
    assert_non_null(strstr(c.out, "arenas_allocated "));
    assert_equal_rows(&c, 0);
}

static void a_worker_that_dies_is_no_equal_row(void **state)
{
    (void)state;
    skip_without_cpython();
    static struct command c;
    char *folder = folder_with_gcsweep();
    put_worker(folder, "gcsweep-worker", "");
    file_write(in_folder(folder, "gcsweep-worker-cpython"), "#!/bin/sh\nkill -SEGV $$\n", 0755);
    RUN(&c, in_folder(folder, "gcsweep"), "verify", "--pool");
    folder_remove(folder);
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.out, "model ran; cpython signal 11"));
    assert_equal_rows(&c, 0);
}

static void without_the_real_one_it_says_what_to_install(void **state)
{
    (void)state;
    static struct command c;
    char *folder = folder_with_gcsweep();
    put_worker(folder, "gcsweep-worker", "");
    RUN(&c, in_folder(folder, "gcsweep"), "verify", "--pool");
    folder_remove(folder);
    assert_refused(&c, "gcsweep-worker-cpython is not there; install the package python3-dev");
}

static void what_concerns_workloads_is_refused_beside_pool(void **state)
{
    (void)state;
    static struct command c;
    GCSWEEP(&c, "verify", "--pool", "chain");
    assert_refused(&c, "--pool");
    GCSWEEP(&c, "verify", "--pool", "--scale", "2");
    assert_refused(&c, "--pool");
    GCSWEEP(&c, "verify", "--pool", "--threshold0", "700");
    assert_refused(&c, "--pool");
    GCSWEEP(&c, "verify", "--pool", "--seed", "x");
    assert_refused(&c, "--seed");
}

static void the_workers_refuse_a_stream_that_they_cannot_run(void **state)
{
    (void)state;
    static struct command c;
    RUN(&c, built("gcsweep-worker"), "pool-stream=nothing");
    assert_refused(&c, "known are lifo, fifo");
    RUN(&c, built("gcsweep-worker"), "pool-stream=lifo", "seed=-1");
    assert_refused(&c, "seed=NUMBER");
    RUN(&c, built("gcsweep-worker"), "pool-stream=lifo", "geometry=262144");
    assert_refused(&c, "geometry=ARENA_BYTES,POOL_BYTES");
    RUN(&c, built("gcsweep-worker"), "pool-stream=lifo", "geometry=262144,3000");
    assert_refused(&c, "geometry");
    skip_without_cpython();
    RUN(&c, built("gcsweep-worker-cpython"), "pool-stream=lifo", "geometry=1048576,16384");
    assert_refused(&c, "has its own");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_pool_allocators_agree_on_every_stream),
        cmocka_unit_test(a_model_with_another_geometry_is_found_and_named),
        cmocka_unit_test(a_worker_that_dies_is_no_equal_row),
        cmocka_unit_test(without_the_real_one_it_says_what_to_install),
        cmocka_unit_test(what_concerns_workloads_is_refused_beside_pool),
        cmocka_unit_test(the_workers_refuse_a_stream_that_they_cannot_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
