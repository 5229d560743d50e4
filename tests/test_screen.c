/* test_screen.c - colours and progress only where somebody looks: on a pseudo terminal, in a file, without colours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sweep/screen.h"
#include "tests/command.h"

/* NULL takes a variable away. */
static void set(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

/* Runs gcsweep, or NULL words: what screen.h says, on a pseudo terminal, and keeps what arrives there. */
static void on_terminal(const char *const *words, char text[COMMAND_TEXT])
{
    int master;
    pid_t child = forkpty(&master, NULL, NULL, NULL);
    size_t length = 0;
    ssize_t n;
    if (child == 0) {
        if (words) {
            char *arguments[COMMAND_WORDS + 2] = {(char *)(size_t) "gcsweep"};
            for (size_t i = 0; i < COMMAND_WORDS && words[i]; i++)
                arguments[i + 1] = (char *)(size_t)words[i];
            execv(built("gcsweep"), arguments);
            _exit(127);
        }
        printf("%d%d", screen_has_colours(), screen_shows_progress());
        fflush(stdout);
        _exit(0);
    }
    assert_true(child > 0);
    while (length < COMMAND_TEXT - 1 && (n = read(master, text + length, COMMAND_TEXT - 1 - length)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    close(master);
    waitpid(child, NULL, 0);
}

static void a_terminal_has_colours_unless_it_or_the_user_says_no(void **state)
{
    (void)state;
    static const struct {
        const char *terminal, *no_color, *expected;
    } cases[] = {
        {"xterm", NULL, "11"}, {"xterm", "", "11"}, {"xterm", "1", "01"},
        {"dumb", NULL, "00"},  {NULL, NULL, "00"},  {"", NULL, "00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[COMMAND_TEXT];
        set("TERM", cases[i].terminal);
        set("NO_COLOR", cases[i].no_color);
        on_terminal(NULL, text);
        assert_string_equal(text, cases[i].expected);
    }
    unsetenv("NO_COLOR");
}

static void progress_is_drawn_on_a_terminal_and_nowhere_else(void **state)
{
    (void)state;
    char *folder = folder_make(), out[PATH_MAX], text[COMMAND_TEXT];
    struct command c;
    const char *const words[] = {"sweep",    "--workload", "chain", "--param", "total_objects=1000",
                                 "--rounds", "2",          "--out", out,       NULL};
    set("TERM", "xterm");
    snprintf(out, sizeof out, "%s/terminal", folder);
    on_terminal(words, text);
    assert_non_null(strstr(text, "\r["));
    assert_non_null(strstr(text, "round 2 of 2"));
    snprintf(out, sizeof out, "%s/file", folder);
    command_run(&c, built("gcsweep"), words);
    assert_int_equal(c.status, 0);
    assert_null(strchr(c.error, '\r'));
    assert_null(strchr(c.error, '\033'));
    set("TERM", "dumb");
    snprintf(out, sizeof out, "%s/dumb", folder);
    on_terminal(words, text);
    assert_null(strstr(text, "\r["));
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_has_colours_unless_it_or_the_user_says_no),
        cmocka_unit_test(progress_is_drawn_on_a_terminal_and_nowhere_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
