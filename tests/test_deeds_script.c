/* test_deeds_script.c - a session's deeds as a heap script: it parses, runs on both runtimes, and does what they say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stress/deeds_script.h"
#include "harness/stress/oracle.h"
#include "tests/command.h"
#include "tests/other_workers.h"

enum { SESSIONS = 40, MOST_DEEDS = 3000 };

struct script_text {
    char *text;
    size_t length, unsaid;
};

static struct script_text script_of(const struct program *p)
{
    struct script_text s = {0};
    struct deeds_origin from = {.seed = 7, .session = 11, .failure = "object 5 is \"wrong\""};
    FILE *out = open_memstream(&s.text, &s.length);
    assert_non_null(out);
    assert_int_equal(deeds_script_write(out, p, &from, &s.unsaid), 0);
    fclose(out);
    return s;
}

/* ---- Single deeds ---- */

static struct script_text script_of_text(const char *deeds)
{
    struct program p;
    FILE *file = tmpfile();
    fprintf(file, "gcsweep stress 1\nheap arena 0 pool 0 collector cpython-3.11 free-lists 0 debug 0 observed 0\n%s",
            deeds);
    rewind(file);
    assert_int_equal(program_read(file, &p), 0);
    fclose(file);
    struct script_text s = script_of(&p);
    program_free(&p);
    return s;
}

static void assert_says(const char *deeds, const char *statements, size_t unsaid)
{
    struct script_text s = script_of_text(deeds);
    if (!strstr(s.text, statements))
        fail_msg("'%s' is not in:\n%s", statements, s.text);
    assert_int_equal(s.unsaid, unsaid);
    free(s.text);
}

/* Operands that ask for a list, dict, ... of nothing: d is the shape. */
#define A_LIST    "make 1 0 0 0 1\n"
#define A_DICT    "make 2 0 0 1 1\n"
#define AN_OBJECT "make 3 0 0 2 1\n"
#define A_SET     "make 4 0 0 5 1\n"

static void each_deed_is_said_in_statements(void **state)
{
    (void)state;
    assert_says(A_LIST, "id = int 1\nr1 = list 0\nappend r1 id\n", 0);
    assert_says(A_LIST A_DICT "link 1 2 0 0 0\n", "append r1 r2\n", 0);
    assert_says(A_DICT A_LIST "link 2 1 3 0 0\nunlink 2 0 3 0 0\n", "del r2.k3\n", 0);
    assert_says(A_LIST "make 5 1 1 4 1\nload 9 5 0 0 0\n", "r5 = tuple id r1\n", 0);
    assert_says(A_LIST "make 5 1 1 4 1\nload 9 5 0 0 0\n", "r9 = r5[1]\n", 0);
    assert_says(AN_OBJECT "weakref 8 3 0 1 0\n", "r8 = weakref r3 \"1\"\n", 0);
    assert_says(AN_OBJECT "weakref 8 3 0 0 0\nderef 9 8 0 0 0\n", "r9 = deref r8\n", 0);
    assert_says("intern 2 0 5 0 0\n", "r2 = intern \"an interned name, number 5\"\n", 0);
    assert_says(
        A_LIST "call 1 0 0 0 0 then make 7 0 0 1 1\n",
        "r7 = None\nframe\n  held0 = r1\n  id = int 2\n  new = dict\n  new.id = id\n  r7 = new\n  del new\nend\n", 0);
    assert_says("collect 0 0 1 0 0\nthresholds 5 1 2 0 0\nswitch 0 0 0 0 0\nfreeze 0 0 0 0 0\nunfreeze 0 0 0 0 0\n",
                "print gc.collect 1\n", 0);
    assert_says("make 3 0 0 2 0 then move 6 64 0 0 0\n", "finalizer r3 \"1\" resurrect r6\n", 0);
}

static void what_the_language_cannot_say_is_counted(void **state)
{
    (void)state;
    assert_says("make 3 0 0 2 0 then link 6 64 0 0 0\n", "# not said: what this finalizer does\n", 1);
    assert_says("make 3 0 0 3 0\n", "# not said: it has a finalizer; here an object with slots has none\n", 1);
    assert_says(A_LIST "make 5 1 1 6 1\ndrop 1 0 0 0 0\nload 9 5 0 0 0\n",
                "# not said: nothing is read from a set or a function here\n", 1);
    assert_says("make 3 0 0 2 0 then move 6 64 0 0 0\ndrop 3 0 0 0 0\nlink 6 6 0 0 0\n",
                "# not said: what the register holds is not known here\n", 1);
    assert_says("saveall 1 0 0 0 0\ncheck-all 0 0 0 0 0\n", "# not said: gc.garbage is emptied\n", 1);
}

static void a_deed_that_does_nothing_in_the_session_says_nothing(void **state)
{
    (void)state;
    struct script_text s = script_of_text(A_LIST "link 1 9 0 0 0\nlink 9 1 0 0 0\nderef 5 1 0 0 0\nclear 2 0 0 0 0\n"
                                                 "load 5 1 0 0 0\nunlink 1 0 0 0 0\nweakref 5 1 0 0 0\n");
    assert_int_equal(s.unsaid, 0);
    assert_null(strstr(s.text, "r5"));
    assert_null(strstr(s.text, "r9"));
    free(s.text);
}

static void what_is_gone_leaves_the_register_as_it_was(void **state)
{
    (void)state;
    struct script_text s = script_of_text(AN_OBJECT "weakref 8 3 0 0 0\ndrop 3 0 0 0 0\nderef 9 8 0 0 0\n");
    assert_null(strstr(s.text, "deref r8"));
    free(s.text);
    /* A cycle may wait for the collector, until a full collection. */
#define A_CYCLE_GOES AN_OBJECT "weakref 8 3 0 0 0\nlink 3 3 0 0 0\ndrop 3 0 0 0 0\n"
    assert_says(A_CYCLE_GOES "deref 9 8 0 0 0\n", "r9 = deref r8\n", 1);
    s = script_of_text(A_CYCLE_GOES "collect 0 0 2 0 0\nderef 9 8 0 0 0\n");
    assert_null(strstr(s.text, "deref r8"));
    assert_int_equal(s.unsaid, 0);
    free(s.text);
}

static void a_long_chain_is_a_repeat(void **state)
{
    (void)state;
    assert_says("chain 5 0 200 4 0\n", "repeat 33\n  new = dict\n", 0);
    assert_says("chain 5 0 200 5 1\n", "repeat 66\n  r5 = tuple id r5\n", 0);
    assert_says("chain 5 0 255 5 130\n", "repeat 41\n  r5 = tuple id r5\n", 0);
}

static void the_head_tells_where_it_comes_from(void **state)
{
    (void)state;
    struct script_text s = script_of_text(A_LIST);
    assert_non_null(strstr(s.text, "--seed 7 found in session 11, shrunk to 1 deeds."));
    assert_non_null(strstr(s.text, "# What failed: object 5 is \"wrong\"\n"));
    assert_non_null(strstr(s.text, "collector cpython-3.11"));
    assert_non_null(strstr(s.text, "# Each deed is said.\n"));
    free(s.text);
    assert_says("make 3 0 0 3 0\n", "(\"not said\" marks them): 1 of 1.\n", 1);
}

/* ---- Whole sessions ---- */

/* In which order a set lets go of its elements is up to their addresses. */
static void make_tuples_of_sets(struct step *step)
{
    if (step->kind == DEED_MAKE && step->d % SHAPES == SHAPE_SET)
        step->d = (uint8_t)(step->d / SHAPES * SHAPES + SHAPE_TUPLE);
}

static void draw_without_sets(struct program *p, uint64_t number)
{
    assert_int_equal(program_draw(p, 1, number, NULL), 0);
    p->count = p->count > MOST_DEEDS ? MOST_DEEDS : p->count;
    for (size_t i = 0; i < p->count; i++) {
        make_tuples_of_sets(&p->deed[i].now);
        make_tuples_of_sets(&p->deed[i].then);
    }
}

static const char *written(char *folder, uint64_t number, bool sets, size_t *unsaid)
{
    struct program p;
    if (sets)
        assert_int_equal(program_draw(&p, 2, number, NULL), 0);
    else
        draw_without_sets(&p, number);
    struct script_text s = script_of(&p);
    const char *path = in_folder(folder, "session.heap");
    file_write(path, s.text, 0644);
    *unsaid += s.unsaid;
    free(s.text);
    program_free(&p);
    return path;
}

static void every_session_is_a_script_that_runs_without_an_error(void **state)
{
    (void)state;
    char *folder = folder_make();
    static struct command c;
    size_t unsaid = 0;
    for (uint64_t number = 0; number < SESSIONS; number++) {
        command_run(&c, "/bin/sh",
                    (const char *const[]){"-c", "exec \"$0\" script \"$1\" >/dev/null", built("gcsweep"),
                                          written(folder, number, true, &unsaid), NULL});
        if (c.status != 0)
            fail_msg("session %d: %s", (int)number, c.error);
    }
    assert_true(unsaid > 0);
    folder_remove(folder);
}

static void without_sets_both_runtimes_print_the_same(void **state)
{
    (void)state;
    skip_without_cpython();
    char *folder = folder_make();
    static struct command c;
    size_t unsaid = 0;
    for (uint64_t number = 0; number < SESSIONS; number++) {
        command_run(&c, "/bin/sh",
                    (const char *const[]){"-c",
                                          "\"$0\" script \"$1\" >\"$2/a\" && \"$0\" script --runtime cpython \"$1\" "
                                          ">\"$2/b\" && cmp \"$2/a\" \"$2/b\"",
                                          built("gcsweep"), written(folder, number, false, &unsaid), folder, NULL});
        if (c.status != 0)
            fail_msg("session %d: %s%s", (int)number, c.out, c.error);
    }
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_deed_is_said_in_statements),
        cmocka_unit_test(what_the_language_cannot_say_is_counted),
        cmocka_unit_test(a_deed_that_does_nothing_in_the_session_says_nothing),
        cmocka_unit_test(what_is_gone_leaves_the_register_as_it_was),
        cmocka_unit_test(a_long_chain_is_a_repeat),
        cmocka_unit_test(the_head_tells_where_it_comes_from),
        cmocka_unit_test(every_session_is_a_script_that_runs_without_an_error),
        cmocka_unit_test(without_sets_both_runtimes_print_the_same),
    };
    return cmocka_run_group_tests_name("deeds as heap scripts", tests, NULL, NULL);
}
