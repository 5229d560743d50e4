/* test_sanitizers.c - do the sanitizers raise an alarm here at all, in a child and in a worker? In other builds all is
 * skipped.
 */
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/worker_process.h"

static char *volatile block;
static volatile int number;

static void lose_a_block(void)
{
    block = malloc(4242);
    block = NULL;
}

static void write_past_the_end(void)
{
    block = malloc(10);
    block[10] = 1;
}

static void overflow(void)
{
    number = INT_MAX;
    number++;
}

static void *count_up(void *unused)
{
    for (int i = 0; i < 100000; i++)
        number++;
    return unused;
}

static void race(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, count_up, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
}

/* Commits the sin in a child: true when the child was stopped, or ended with a failure. */
static bool alarms(void (*sin)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(0);
        sin();
        exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status != 0;
}

static void address_and_undefined_sanitizer_raise_an_alarm(void **state)
{
    (void)state;
#ifndef __SANITIZE_ADDRESS__
    skip();
#endif
    assert_true(alarms(lose_a_block));
    assert_true(alarms(write_past_the_end));
    assert_true(alarms(overflow));
}

static void the_thread_sanitizer_raises_an_alarm(void **state)
{
    (void)state;
#ifndef __SANITIZE_THREAD__
    skip();
#endif
    assert_true(alarms(race));
}

#ifdef __SANITIZE_ADDRESS__
/* The first mapped file whose name holds `part`. */
static void find_mapped(const char *part, char *path, size_t size)
{
    char line[PATH_MAX + 200];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    path[0] = '\0';
    while (path[0] == '\0' && fgets(line, sizeof line, maps))
        if (strstr(line, part))
            snprintf(path, size, "%.*s", (int)strcspn(strchr(line, '/'), "\n"), strchr(line, '/'));
    fclose(maps);
}
#endif

/* The same worker, without and with a library that loses a block. */
static void a_leak_in_a_worker_raises_an_alarm(void **state)
{
    (void)state;
#ifndef __SANITIZE_ADDRESS__
    skip();
#else
    static const char *const chain[] = {"workload=chain", "scale=0.01", NULL};
    char sanitizer[PATH_MAX], leak[PATH_MAX], preload[2 * PATH_MAX + 2];
    find_mapped("libasan", sanitizer, sizeof sanitizer);
    built_path(leak, sizeof leak, "tests/data/leak.so");
    snprintf(preload, sizeof preload, "%s:%s", sanitizer, leak);

    struct worker_run *run = worker_run(&(struct worker_request){.arguments = chain, .preload = sanitizer});
    assert_non_null(run);
    assert_int_equal(run->status, 0);
    free(run);
    run = worker_run(&(struct worker_request){.arguments = chain, .preload = preload});
    assert_non_null(run);
    assert_true(WIFEXITED(run->status) && WEXITSTATUS(run->status) != 0);
    assert_non_null(strstr(run->text, "4242 byte(s) leaked"));
    free(run);
#endif
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_and_undefined_sanitizer_raise_an_alarm),
        cmocka_unit_test(the_thread_sanitizer_raises_an_alarm),
        cmocka_unit_test(a_leak_in_a_worker_raises_an_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
