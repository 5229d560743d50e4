/* test_selection.c - which settings get more runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "harness/analysis/selection.h"

/* One run: no spread. */
static struct selection_point once(double a, double b, double c)
{
    struct hypervolume_point p = {{a, b, c}};
    return (struct selection_point){p, p, p};
}

/* Several runs that spread by a factor to either side in the first measure. */
static struct selection_point spread(double a, double b, double c, double factor)
{
    struct selection_point p = once(a, b, c);
    p.best.at[0] = a / factor;
    p.worst.at[0] = a * factor;
    return p;
}

static void the_undominated_come_before_the_dominated(void **state)
{
    (void)state;
    const struct selection_point points[] = {once(2, 2, 2), once(1, 3, 1), once(3, 1, 1), once(2, 3, 2)};
    size_t order[4];
    assert_int_equal(select_best(points, 4, 4, order), 0);
    assert_int_equal(order[3], 3); /* dominated by 0 and 1 */
}

static void of_one_rank_those_come_first_that_cover_most(void **state)
{
    (void)state;
    /* A front of five: the middle covers most; then the two ends; the two close to the middle add least. */
    const struct selection_point points[] = {once(3.8, 4.2, 1), once(1, 16, 1), once(4, 4, 1), once(16, 1, 1),
                                             once(4.2, 3.8, 1)};
    size_t order[5];
    assert_int_equal(select_best(points, 5, 3, order), 0);
    assert_true(order[0] == 0 || order[0] == 2 || order[0] == 4);
    assert_true((order[1] == 1 && order[2] == 3) || (order[1] == 3 && order[2] == 1));
}

static void noise_alone_costs_nobody_a_rank(void **state)
{
    (void)state;
    const struct selection_point clear[] = {once(10, 1, 1), once(11, 1, 1)};
    const struct selection_point vague[] = {spread(10, 1, 1, 1.2), spread(11, 1, 1, 1.2)};
    assert_true(selection_dominates(&clear[0], &clear[1]));
    assert_false(selection_dominates(&clear[1], &clear[0]));
    assert_false(selection_dominates(&vague[0], &vague[1]));
    /* A third that is beyond doubt worse than both comes after them, though it is first. */
    const struct selection_point three[] = {spread(20, 1, 1, 1.2), vague[0], vague[1]};
    size_t order[3];
    assert_int_equal(select_best(three, 3, 3, order), 0);
    assert_int_equal(order[0], 1);
    assert_int_equal(order[1], 2);
    assert_int_equal(order[2], 0);
}

static void equal_points_keep_their_order(void **state)
{
    (void)state;
    const struct selection_point points[] = {once(1, 1, 1), once(1, 1, 1), once(1, 1, 1)};
    size_t order[3];
    assert_int_equal(select_best(points, 3, 3, order), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(order[i], i);
}

static void what_is_not_known_comes_last_and_dominates_nothing(void **state)
{
    (void)state;
    const struct selection_point points[] = {once(NAN, 1, 1), once(0, 1, 1), once(9, 9, 9)};
    size_t order[3];
    assert_int_equal(select_best(points, 3, 9, order), 0);
    assert_int_equal(order[0], 2);
    assert_int_equal(order[1], 0);
    assert_int_equal(order[2], 1);
    assert_int_equal(select_best(points, 0, 9, order), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_undominated_come_before_the_dominated),
        cmocka_unit_test(of_one_rank_those_come_first_that_cover_most),
        cmocka_unit_test(noise_alone_costs_nobody_a_rank),
        cmocka_unit_test(equal_points_keep_their_order),
        cmocka_unit_test(what_is_not_known_comes_last_and_dominates_nothing),
    };
    return cmocka_run_group_tests_name("selection", tests, NULL, NULL);
}
