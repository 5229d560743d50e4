/* test_hardening.c - what the programs are built with, read from the programs; and which calls they do not make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/command.h"

static const char *const programs[] = {"gcsweep", "gcsweep-worker", "gcsweep-worker-sites", "gcsweep-worker-cpython"};
enum { PROGRAMS = sizeof programs / sizeof *programs, OUTPUT_BYTES = 1 << 20 };

/* What a command prints with the program's file in place of %s, or at its end; malloc'd. */
static char *output_of(const char *command, const char *program)
{
    char line[PATH_MAX + 64];
    char *text = calloc(1, OUTPUT_BYTES);
    const char *place = strstr(command, "%s");
    int before = place ? (int)(place - command) : (int)strlen(command);
    if (snprintf(line, sizeof line, "%.*s '%s'%s", before, command, built(program), place ? place + 2 : "") >=
        (int)sizeof line)
        abort();
    FILE *out = popen(line, "r");
    assert_non_null(out);
    text[fread(text, 1, OUTPUT_BYTES - 1, out)] = '\0';
    pclose(out);
    return text;
}

static bool is_built(const char *program)
{
    return access(built(program), X_OK) == 0;
}

static void need_readelf(void)
{
    if (system("readelf --version > /dev/null 2>&1") != 0) {
        print_message("readelf is not there: Debian package binutils\n");
        skip();
    }
}

/* ---- Flags ---- */

static const struct {
    const char *flag, *readelf, *shown;
    bool absent; /* it must not be shown */
} marks[] = {
    {"-fPIE -pie", "readelf -Wh", "DYN (Position-Independent Executable file)", false},
    {"-Wl,-z,relro", "readelf -Wl", "GNU_RELRO", false},
    {"-Wl,-z,now", "readelf -Wd", "NOW", false},
    {"-Wl,-z,noexecstack", "readelf -Wl", "GNU_STACK", false},
    {"-Wl,-z,noexecstack", "readelf -Wl", " RWE ", true},
    {"-fstack-protector-strong", "readelf -W --dyn-syms", "__stack_chk_fail", false},
#ifndef GCSWEEP_SANITIZED
    {"-D_FORTIFY_SOURCE", "readelf -W --dyn-syms", "_chk@", false},
#endif
};

static void every_program_is_hardened(void **state)
{
    (void)state;
    need_readelf();
    unsigned missing = 0;
    for (size_t i = 0; i < PROGRAMS; i++)
        for (size_t k = 0; is_built(programs[i]) && k < sizeof marks / sizeof *marks; k++) {
            char *text = output_of(marks[k].readelf, programs[i]);
            if ((strstr(text, marks[k].shown) != NULL) == marks[k].absent) {
                print_message("%s lacks %s\n", programs[i], marks[k].flag);
                missing++;
            }
            free(text);
        }
    assert_int_equal(missing, 0);
}

/* What leaves no mark in a program is among the options that the compiler notes beside its -g. */
static void every_program_was_compiled_with_what_leaves_no_mark(void **state)
{
    static const char *const flags[] = {
        "-fstack-clash-protection",
#ifdef __CET__
        "-fcf-protection",
#endif
    };
    (void)state;
    need_readelf();
    for (size_t i = 0; i < PROGRAMS; i++) {
        if (!is_built(programs[i]))
            continue;
        char *text = output_of("readelf -W -p .debug_str %s | grep -m1 'GNU C11'", programs[i]);
        if (!strstr(text, "GNU C11"))
            skip(); /* built without -g, or by another compiler */
        for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
            if (!strstr(text, flags[k]))
                fail_msg("%s lacks %s", programs[i], flags[k]);
        free(text);
    }
}

/* ---- Calls ---- */

/* A shell between us and another program, or a name that another process could take first. */
static void no_program_calls_a_shell_or_makes_a_guessable_file(void **state)
{
    static const char *const forbidden[] = {"system", "popen",  "wordexp", "execlp",  "execvp",  "gets",     "strcpy",
                                            "strcat", "tmpnam", "mktemp",  "tempnam", "sprintf", "vsprintf", "dlopen"};
    (void)state;
    need_readelf();
#if defined GCSWEEP_SANITIZED || defined GCSWEEP_COVERAGE
    skip(); /* the sanitizers' own calls, or gcov's, are among them */
#endif
    for (size_t i = 0; i < PROGRAMS; i++) {
        if (!is_built(programs[i]))
            continue;
        char *text = output_of("readelf -W --dyn-syms", programs[i]);
        for (size_t k = 0; k < sizeof forbidden / sizeof *forbidden; k++) {
            char name[32];
            snprintf(name, sizeof name, " %s@", forbidden[k]);
            if (strstr(text, name))
                fail_msg("%s calls %s", programs[i], forbidden[k]);
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_program_is_hardened),
        cmocka_unit_test(every_program_was_compiled_with_what_leaves_no_mark),
        cmocka_unit_test(no_program_calls_a_shell_or_makes_a_guessable_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
