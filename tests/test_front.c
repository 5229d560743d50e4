/* test_front.c - dominance where intervals separate, and the front of many settings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/analysis/front.h"

enum { ROUNDS = 10 };

struct setting {
    struct front_round rounds[ROUNDS];
    struct front_point point;
};

/* Milliseconds, MiB and seconds. Round r is off by `noise` times a factor that differs from measure to measure;
 * `phase` shifts it, so that settings with different phases are not off together. */
static void make(struct setting *s, size_t rounds, double pause_ms, double rss_mib, double wall_s, double noise,
                 unsigned phase)
{
    const double value[FRONT_MEASURES] = {pause_ms * 1e6, rss_mib * 1024 * 1024, wall_s * 1e9};

    for (size_t r = 0; r < rounds; r++) {
        s->rounds[r].round = r;
        for (unsigned m = 0; m < FRONT_MEASURES; m++)
            s->rounds[r].value[m] = value[m] * (1 + noise * ((double)((r * 7 + phase + m * 3) % 10) - 4.5) / 4.5);
    }
    s->point = (struct front_point){.rounds = s->rounds, .count = rounds};
    assert_int_equal(front_prepare(&s->point), 0);
}

static bool dominates(const struct setting *a, const struct setting *b)
{
    bool out;
    assert_int_equal(front_dominates(&a->point, &b->point, &out), 0);
    return out;
}

static void who_is_better_in_one_and_within_a_percent_elsewhere_dominates(void **state)
{
    struct setting a, b;
    (void)state;
    make(&a, ROUNDS, 2, 50, 1.0, 0.01, 0);
    make(&b, ROUNDS, 3, 49.8, 1.2, 0.01, 3);
    assert_true(dominates(&a, &b));
    assert_false(dominates(&b, &a));
}

static void who_is_worse_in_one_by_more_than_a_percent_does_not_dominate(void **state)
{
    struct setting a, b;
    (void)state;
    make(&a, ROUNDS, 2, 50, 1.0, 0.01, 0);
    make(&b, ROUNDS, 3, 49.4, 1.2, 0.01, 3);
    assert_false(dominates(&a, &b));
    assert_false(dominates(&b, &a));
}

static void a_gain_of_less_than_two_percent_does_not_dominate(void **state)
{
    struct setting a, b;
    (void)state;
    make(&a, ROUNDS, 2, 50, 1.0, 0, 0);
    make(&b, ROUNDS, 2, 50, 1.02, 0, 0);
    assert_false(dominates(&a, &b));
    make(&b, ROUNDS, 2, 50, 1.021, 0, 0);
    assert_true(dominates(&a, &b));
}

static void noise_that_hides_a_gain_keeps_both_on_the_front(void **state)
{
    struct setting a, b;
    (void)state;
    make(&a, ROUNDS, 2, 50, 1.0, 0.5, 0);
    make(&b, ROUNDS, 2.2, 55, 1.1, 0.5, 5);
    assert_false(dominates(&a, &b));
    make(&b, ROUNDS, 2.2, 55, 1.1, 0.5, 0); /* off together: the pairs see through it */
    assert_true(dominates(&a, &b));
}

static void five_rounds_decide_nothing_and_six_do(void **state)
{
    struct setting a, b;
    (void)state;
    make(&a, 5, 1, 50, 1, 0, 0);
    make(&b, 5, 9, 90, 9, 0, 0);
    assert_false(dominates(&a, &b));
    make(&a, 6, 1, 50, 1, 0, 0);
    make(&b, 6, 9, 90, 9, 0, 0);
    assert_true(dominates(&a, &b));
}

static void only_rounds_that_both_have_are_pairs(void **state)
{
    struct setting a, b;
    (void)state;
    make(&a, 8, 1, 50, 1, 0, 0);
    make(&b, 8, 9, 90, 9, 0, 0);
    for (size_t r = 0; r < 8; r++)
        b.rounds[r].round += 3; /* five rounds are left */
    assert_false(dominates(&a, &b));
    for (size_t r = 0; r < 8; r++)
        b.rounds[r].round -= 1;
    assert_true(dominates(&a, &b));
}

static struct run_record ok_run(uint64_t pause_count, uint64_t pause_max_ns)
{
    struct run_record run;

    record_clear(&run);
    strcpy(run.status, "ok");
    run.round = 4;
    run.wall_ns = 1000000;
    run.rss_peak_bytes = 4096;
    run.pause_count = pause_count;
    run.pause_max_ns = pause_max_ns;
    return run;
}

static void no_pause_counts_as_one_microsecond(void **state)
{
    struct front_round round;
    struct run_record run = ok_run(0, RECORD_UNKNOWN);
    (void)state;
    assert_true(front_round_of(&run, &round));
    assert_int_equal(round.round, 4);
    assert_true(round.value[FRONT_PAUSE_NS] == 1000);
    run = ok_run(1, 999);
    assert_true(front_round_of(&run, &round) && round.value[FRONT_PAUSE_NS] == 1000);
    run = ok_run(1, 1001);
    assert_true(front_round_of(&run, &round) && round.value[FRONT_PAUSE_NS] == 1001);
}

static void a_run_that_failed_or_does_not_know_all_three_is_no_round(void **state)
{
    struct front_round round;
    struct run_record run = ok_run(1, 5000);
    (void)state;
    assert_true(front_round_of(&run, &round));
    run.rss_peak_bytes = RECORD_UNKNOWN;
    assert_false(front_round_of(&run, &round));
    run = ok_run(1, RECORD_UNKNOWN);
    assert_false(front_round_of(&run, &round));
    run = ok_run(1, 5000);
    run.wall_ns = 0;
    assert_false(front_round_of(&run, &round));
    run = ok_run(1, 5000);
    strcpy(run.status, "timeout");
    assert_false(front_round_of(&run, &round));
}

static void a_setting_without_rounds_is_on_no_front_and_equal_ones_are_together(void **state)
{
    struct setting s[4];
    struct front_point points[4];
    bool front[4];
    (void)state;
    make(&s[0], ROUNDS, 2, 50, 1, 0.01, 0);
    make(&s[1], 0, 1, 1, 1, 0, 0);
    make(&s[2], ROUNDS, 2, 50, 1, 0.01, 0);
    make(&s[3], ROUNDS, 2, 60, 1, 0.01, 0);
    for (size_t i = 0; i < 4; i++)
        points[i] = s[i].point;
    assert_int_equal(find_front(points, 4, front), 0);
    assert_true(front[0] && !front[1] && front[2] && !front[3]);
    assert_int_equal(find_front(points, 0, front), 0);
}

/* A setting on a sphere around the origin is beaten by nobody; twice as far out it is beaten by one at least. */
static void the_front_of_3000_settings_is_the_sphere_they_were_made_from(void **state)
{
    enum { INNER = 30, STEPS = INNER * (INNER + 1) / 2, COPIES = 6, COUNT = STEPS * COPIES };
    struct setting *s = malloc(COUNT * sizeof *s);
    struct front_point *points = malloc(COUNT * sizeof *points);
    bool *front = malloc(COUNT * sizeof *front);
    size_t n = 0;
    (void)state;
    assert_true(s != NULL && points != NULL && front != NULL);
    for (unsigned copy = 0; copy < COPIES; copy++)
        for (unsigned i = 0; i < INNER; i++)
            for (unsigned k = 0; i + k < INNER; k++) {
                double x = 1 + i * 0.2, y = 1 + k * 0.2;
                double out = 1 + 0.2 * copy;
                make(&s[n], ROUNDS, x * out, y * out, 100 / (x * y) * out, 0.02, (unsigned)(n % 10));
                points[n] = s[n].point;
                n++;
            }
    assert_int_equal(n, COUNT);
    assert_int_equal(find_front(points, COUNT, front), 0);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(front[i], i < STEPS);
    free(s);
    free(points);
    free(front);
}

static double share(void)
{
    return (double)rand() / (double)RAND_MAX;
}

/* Whatever the noise, steps of dominance lead to somebody whom nobody dominates. */
static void a_setting_given_up_early_is_off_the_front_of_those_that_were_not(void **state)
{
    struct setting a, b;
    bool on_front[2];
    (void)state;
    make(&a, ROUNDS, 2, 50, 1.0, 0.01, 0);
    make(&b, 1, 1, 40, 0.5, 0, 0); /* one lucky run */
    struct front_point points[] = {a.point, b.point};
    assert_int_equal(find_front(points, 2, on_front), 0);
    assert_true(on_front[0]);
    assert_false(on_front[1]);
    assert_int_equal(find_front(&points[1], 1, &on_front[1]), 0);
    assert_true(on_front[1]);
}

static void a_front_is_never_empty(void **state)
{
    enum { COUNT = 40 };
    struct setting s[COUNT];
    struct front_point points[COUNT];
    bool front[COUNT];
    (void)state;
    srand(5);
    for (unsigned trial = 0; trial < 200; trial++) {
        size_t on = 0;
        for (unsigned i = 0; i < COUNT; i++) {
            double spread = trial % 2 ? 0.03 : 0.5;
            make(&s[i], 6, 1 + spread * share(), 1 + spread * share(), 1 + spread * share(), 0.001, i);
            points[i] = s[i].point;
        }
        assert_int_equal(find_front(points, COUNT, front), 0);
        for (unsigned i = 0; i < COUNT; i++)
            on += front[i];
        assert_true(on > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_better_in_one_and_within_a_percent_elsewhere_dominates),
        cmocka_unit_test(who_is_worse_in_one_by_more_than_a_percent_does_not_dominate),
        cmocka_unit_test(a_gain_of_less_than_two_percent_does_not_dominate),
        cmocka_unit_test(noise_that_hides_a_gain_keeps_both_on_the_front),
        cmocka_unit_test(five_rounds_decide_nothing_and_six_do),
        cmocka_unit_test(only_rounds_that_both_have_are_pairs),
        cmocka_unit_test(no_pause_counts_as_one_microsecond),
        cmocka_unit_test(a_run_that_failed_or_does_not_know_all_three_is_no_round),
        cmocka_unit_test(a_setting_without_rounds_is_on_no_front_and_equal_ones_are_together),
        cmocka_unit_test(the_front_of_3000_settings_is_the_sphere_they_were_made_from),
        cmocka_unit_test(a_setting_given_up_early_is_off_the_front_of_those_that_were_not),
        cmocka_unit_test(a_front_is_never_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
