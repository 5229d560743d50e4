/* test_chain_script.c - the workload chain against the same program in Python,
 * run by the installed interpreter with the same thresholds.
 *
 * The two are not the same to the last object: the interpreter's own calls
 * move a collection by a few allocations. So counts agree within 2 %.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/sweep/runner.h"
#include "tests/command.h"

#define SCRIPT "tests/data/chain.py"

enum { AGREE_WITHIN_PERCENT = 2 };

static const char *const tunings[] = {"700,10,10", "50,3,4", "2000,10,10", "5000,20,100", "700,1000,1000"};
enum { TUNINGS = sizeof tunings / sizeof tunings[0] };

struct counts {
    uint64_t collections[3], floating_peak;
};

/* ---- The script ---- */

/* A Python 3.11, as env(1) finds it; NULL for none. */
static const char *find_python(void)
{
    static const char *const names[] = {"/usr/bin/python3", "python3"};
    static struct command c;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *const words[] = {names[i], "-c", "import sys; print(sys.version_info[:2])", NULL};
        command_run(&c, "/usr/bin/env", words);
        if (c.status == 0 && strcmp(c.out, "(3, 11)\n") == 0)
            return names[i];
    }
    return NULL;
}

static void run_script(struct command *c, const char *python, const char *argument)
{
    const char *const words[] = {python, SCRIPT, argument, NULL};
    command_run(c, "/usr/bin/env", words);
}

static struct counts run_python(const char *python, const char *tuning)
{
    static struct command c;
    struct counts out;
    char thresholds[64];
    snprintf(thresholds, sizeof thresholds, "thresholds=%s", tuning);
    run_script(&c, python, thresholds);
    if (c.status != 0)
        fail_msg("%s: %s", SCRIPT, c.error);
    const char *peak = strstr(c.out, "floating_garbage_objects_peak ");
    assert_non_null(peak);
    assert_int_equal(
        sscanf(c.out, "collections %lu %lu %lu", &out.collections[0], &out.collections[1], &out.collections[2]), 3);
    assert_int_equal(sscanf(peak, "%*s %lu", &out.floating_peak), 1);
    return out;
}

/* ---- The model ---- */

static struct counts run_model(const char *tuning)
{
    char error[1024];
    struct plan plan;
    struct runner runner;
    struct plan_configuration *list;
    size_t count;
    struct run_record r;
    plan_init(&plan);
    if (plan_add_workload(&plan, "chain", error, sizeof error) != 0 ||
        plan_add(&plan, "tuning", tuning, error, sizeof error) != 0 || plan_finish(&plan, error, sizeof error) != 0 ||
        plan_configurations(&plan, &list, &count, error, sizeof error) != 0)
        fail_msg("%s", error);
    runner_init(&runner, &plan);
    snprintf(runner.program[0], sizeof runner.program[0], "%s", built("gcsweep-worker"));
    if (runner_run(&runner, &plan, &list[0], 0, &r, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_string_equal(r.status, "ok");
    struct counts out = {{r.gen0_collections, r.gen1_collections, r.gen2_collections}, r.floating_objects_peak};
    record_free(&r);
    free(list);
    plan_free(&plan);
    return out;
}

/* ---- Together ---- */

static void assert_agree(const char *tuning, const char *what, uint64_t model, uint64_t python)
{
    uint64_t apart = model > python ? model - python : python - model;
    if (apart * 100 > python * AGREE_WITHIN_PERCENT)
        fail_msg("%s: %s: the model %lu, Python %lu", tuning, what, model, python);
}

static void chain_as_a_python_program_makes_the_same_collections_and_garbage(void **state)
{
    (void)state;
    const char *python = find_python();
    if (!python)
        skip();
    for (int i = 0; i < TUNINGS; i++) {
        struct counts model = run_model(tunings[i]), script = run_python(python, tunings[i]);
        for (int g = 0; g < 3; g++)
            assert_agree(tunings[i], "collections", model.collections[g], script.collections[g]);
        assert_agree(tunings[i], "peak of floating garbage", model.floating_peak, script.floating_peak);
        assert_true(script.collections[0] > 0 && script.floating_peak > 0);
    }
}

static void the_script_refuses_a_parameter_that_chain_does_not_have(void **state)
{
    (void)state;
    const char *python = find_python();
    if (!python)
        skip();
    static struct command c;
    run_script(&c, python, "cycles=5");
    assert_int_equal(c.status, 1);
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "'cycles=5'"));
    assert_non_null(strstr(c.error, "cycle_size"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_as_a_python_program_makes_the_same_collections_and_garbage),
        cmocka_unit_test(the_script_refuses_a_parameter_that_chain_does_not_have),
    };
    return cmocka_run_group_tests_name("chain script", tests, NULL, NULL);
}
