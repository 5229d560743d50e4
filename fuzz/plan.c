/* plan.c - a plan as JSON, which may be anything: taken with all its
 * configurations and the same when it is written and read again, or refused in one line. */
#include "fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "harness/sweep/plan.h"

enum { ERROR_BYTES = 1024, CONFIGURATIONS_MOST = 20000 };

/* Of which one is made for each of all combinations. */
static size_t count_combinations(const struct plan *p)
{
    const size_t counts[] = {p->workload_count,   p->runtimes.count, p->allocators.count,
                             p->collectors.count, p->tunings.count,  p->refcounts.count};
    size_t product = 1;

    for (size_t i = 0; i < sizeof counts / sizeof *counts && product <= CONFIGURATIONS_MOST; i++)
        product *= counts[i];
    return product;
}

static void list_configurations(const struct plan *p)
{
    struct plan_configuration *list = NULL;
    char error[ERROR_BYTES] = "";
    size_t count = 0;

    if (count_combinations(p) > CONFIGURATIONS_MOST)
        return;
    if (plan_configurations(p, &list, &count, error, sizeof error) != 0) {
        fuzz_expect_one_line(error);
        return;
    }
    size_t *order = malloc((count + 1) * sizeof *order);
    bool *seen = calloc(count + 1, sizeof *seen);
    plan_order(p, 1, order, count);
    for (size_t i = 0; i < count; i++) {
        fuzz_expect(order[i] < count && !seen[order[i]], "each configuration once in a round");
        seen[order[i]] = true;
        struct record_param params[RECORD_PARAMS];
        plan_params(list[i].workload, params);
    }
    free(seen);
    free(order);
    free(list);
}

static void expect_same_again(const struct plan *p)
{
    struct plan again;
    char error[ERROR_BYTES] = "";
    char *json = plan_to_json(p);

    fuzz_expect(json != NULL, "a plan as JSON");
    if (plan_from_json(json, &again, error, sizeof error) != 0)
        fuzz_expect(false, error);
    char *json_again = plan_to_json(&again);
    fuzz_expect(strcmp(json, json_again) == 0, "the same plan from its own JSON");
    plan_free(&again);
    free(json_again);
    free(json);
}

void fuzz_plan(const uint8_t *bytes, size_t count)
{
    struct plan p;
    char error[ERROR_BYTES] = "";
    char *json = malloc(count + 1);

    memcpy(json, bytes, count);
    json[count] = '\0';
    if (plan_from_json(json, &p, error, sizeof error) == 0) {
        expect_same_again(&p);
        list_configurations(&p);
        fuzz_expect(plan_round_count(&p) <= p.rounds, "a shard's rounds among the plan's");
        plan_free(&p);
    } else {
        fuzz_expect_one_line(error);
    }
    free(json);
}
