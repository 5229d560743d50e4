#include "harness/analysis/overall.h"

#include <math.h>
#include <stdlib.h>

#include "harness/analysis/rank_tests.h"

/* More than a plan can have: a results file that says so is not believed. */
enum { MOST_ROUNDS = 1000000 };

/* By round: the sum of logs, and of how many rows. */
struct round_sums {
    double *log_a, *log_b;
    size_t *rows_a, *rows_b;
    size_t rounds;
};

static void sums_free(struct round_sums *s)
{
    free(s->log_a);
    free(s->log_b);
    free(s->rows_a);
    free(s->rows_b);
}

static int sums_open(struct round_sums *s, size_t rounds)
{
    *s = (struct round_sums){calloc(rounds + 1, sizeof(double)), calloc(rounds + 1, sizeof(double)),
                             calloc(rounds + 1, sizeof(size_t)), calloc(rounds + 1, sizeof(size_t)), rounds};
    if (s->log_a != NULL && s->log_b != NULL && s->rows_a != NULL && s->rows_b != NULL)
        return 0;
    sums_free(s);
    return -1;
}

static void add_runs(const struct compared_runs *runs, enum measure m, double *logs, size_t *rows, size_t rounds)
{
    for (size_t i = 0; i < runs->run_count; i++) {
        const struct run_record *run = runs->runs[i];
        double value = run_is_ok(run) && run->round < rounds ? measure_of(run, m) : NAN;
        if (!(value > 0))
            continue;
        logs[run->round] += log(value);
        rows[run->round]++;
    }
}

/* The means of whole rounds, in place, side by side where the sides are paired. */
static size_t whole_rounds(double *logs, const size_t *rows, const size_t *also, size_t wanted, size_t rounds)
{
    size_t count = 0;

    for (size_t r = 0; r < rounds; r++)
        if (rows[r] == wanted && (also == NULL || also[r] == wanted))
            logs[count++] = logs[r] / (double)wanted;
    return count;
}

static int judge_pairs(struct round_sums *s, size_t wanted, struct compared_ratio *out)
{
    size_t count = whole_rounds(s->log_a, s->rows_a, s->rows_b, wanted, s->rounds);

    whole_rounds(s->log_b, s->rows_b, s->rows_a, wanted, s->rounds);
    for (size_t i = 0; i < count; i++)
        s->log_b[i] -= s->log_a[i];
    out->least_p = signed_rank_least_p(count);
    return signed_rank_p(s->log_b, count, &out->p) == 0 ? ratio_of_logs(s->log_b, count, &out->ratio) : -1;
}

static int judge_samples(struct round_sums *s, size_t wanted, struct compared_ratio *out)
{
    struct mann_whitney test;
    size_t a = whole_rounds(s->log_a, s->rows_a, NULL, wanted, s->rounds);
    size_t b = whole_rounds(s->log_b, s->rows_b, NULL, wanted, s->rounds);
    int status = mann_whitney_ratio(s->log_a, a, s->log_b, b, &test);

    out->ratio = test.shift;
    out->p = test.p;
    out->least_p = mann_whitney_least_p(a, b);
    return status;
}

static int judge(struct comparison *c, size_t m, size_t rounds)
{
    struct compared_ratio *out = &c->overall[m];
    struct round_sums s;

    *out = (struct compared_ratio){{0, NAN, NAN, NAN}, NAN, NAN, 1, VERDICT_UNKNOWN, false};
    c->overall_rows[m] = 0;
    if (sums_open(&s, rounds) != 0)
        return -1;
    for (size_t i = 0; i < c->row_count; i++) {
        if (isnan(c->rows[i].measure[m].ratio.estimate))
            continue;
        add_runs(&c->rows[i].a, compared_measures[m].measure, s.log_a, s.rows_a, rounds);
        add_runs(&c->rows[i].b, compared_measures[m].measure, s.log_b, s.rows_b, rounds);
        c->overall_rows[m]++;
    }
    int status = 0;
    if (c->overall_rows[m] > 0)
        status = (c->paired ? judge_pairs : judge_samples)(&s, c->overall_rows[m], out);
    out->p_holm = out->p; /* one test */
    out->verdict = verdict_of(&out->ratio, c->margin);
    out->holds = out->verdict == VERDICT_LESS || out->verdict == VERDICT_MORE;
    sums_free(&s);
    return status;
}

int compare_overall(struct comparison *c)
{
    uint64_t a = c->a.summary->rounds, b = c->b.summary->rounds, rounds = a > b ? a : b;
    int status = 0;

    for (size_t m = 0; m < COMPARED && status == 0; m++)
        status = judge(c, m, rounds <= MOST_ROUNDS ? (size_t)rounds : 0);
    return status;
}
