/* compare_gate.c - compare --fail-over: what makes a build fail.
 *
 * Fails      B broken where A was not (comparison_broken), a configuration
 *            of A that B does not have, a measure beyond the limit.
 * Undecided  a measure beyond the limit on a workload whose A/A twin is off on
 *            either side; measures that so few runs can never show to be so.
 *            What is broken fails all the same.
 * Passes     what is not resolved, what only B has, and what has no ok run in
 *            A. In one folder a configuration without a partner is the user's
 *            choice of words.
 */
#include <stdio.h>

#include "harness/cli/cli.h"
#include "harness/cli/compare_view.h"
#include "harness/sweep/line.h"

static void say(char line[COMPARE_LINE_BYTES])
{
    line_clean(line);
    cli_refuse(line);
}

static void warn(void *context, const char *text)
{
    char line[COMPARE_LINE_BYTES];
    (void)context;

    line_error(line, sizeof line, "warning: %s", text);
    say(line);
}

/* ---- What is broken ---- */

static int check_rows(const struct compare_view *v)
{
    char name[COMPARE_NAME_BYTES], line[COMPARE_LINE_BYTES];
    int status = CLI_DONE;

    for (size_t i = 0; i < v->comparison->row_count; i++) {
        const struct comparison_row *row = &v->comparison->rows[i];
        enum broken broken = comparison_broken(row);
        if (broken == BROKEN_NOT)
            continue;
        compare_row_name(v, row, name);
        line_error(line, sizeof line, "%s: %s (%zu of %zu runs are ok, of A %zu of %zu)", name, compare_broken(broken),
                   row->b.ok, row->b.run_count, row->a.ok, row->a.run_count);
        say(line);
        status = CLI_FAILED;
    }
    return status;
}

static int check_missing(const struct compare_view *v)
{
    char name[COMPARE_NAME_BYTES], line[COMPARE_LINE_BYTES];

    if (v->comparison->paired || v->comparison->only_a == 0)
        return CLI_DONE;
    for (size_t i = 0; i < v->comparison->only_a; i++) {
        compare_missing_name(v, &v->comparison->missing[i], name);
        line_error(line, sizeof line, "%s: B does not have it", name);
        say(line);
    }
    return CLI_FAILED;
}

/* ---- What is beyond the limit ---- */

static int fail_on(const struct compare_view *v, const struct comparison_row *row, size_t m)
{
    char name[COMPARE_NAME_BYTES], ratio[128], line[COMPARE_LINE_BYTES];
    bool invalid = compare_is_invalid(v, row);

    compare_row_name(v, row, name);
    ratio_text(&row->measure[m].ratio, ratio, sizeof ratio);
    line_error(line, sizeof line, "%s of %s is %s, beyond %g %%%s", compared_measures[m].label, name, ratio,
               v->fail_over * 100, invalid ? "; not decided, since the A/A twin of that workload is off" : "");
    say(line);
    return invalid ? CLI_UNUSABLE : CLI_FAILED;
}

/* A gate that cannot close is no gate. */
static int refuse_measure(const struct compare_view *v, size_t m)
{
    char line[COMPARE_LINE_BYTES];

    if (v->comparison->tested[m] == 0)
        line_error(line, sizeof line, "--fail-over: no configuration has a %s to compare", compared_measures[m].label);
    else
        line_error(line, sizeof line,
                   "--fail-over cannot decide on %s: with so few %s no p can be below 0.05 once adjusted for %zu "
                   "configurations; run more rounds, or name fewer configurations",
                   compared_measures[m].label, v->comparison->paired ? "rounds" : "runs", v->comparison->tested[m]);
    return cli_refuse(line);
}

static int check_measure(const struct compare_view *v, size_t m)
{
    int status = CLI_DONE;

    for (size_t i = 0; i < v->comparison->row_count; i++) {
        const struct comparison_row *row = &v->comparison->rows[i];
        if (comparison_fails(&row->measure[m], v->fail_over)) {
            int one = fail_on(v, row, m);
            status = status == CLI_FAILED ? status : one;
        }
    }
    return status;
}

int compare_gate(const struct compare_view *v)
{
    int broken = check_rows(v), missing = check_missing(v);
    int status = broken == CLI_FAILED ? broken : missing;

    each_noise_warning(v, warn, NULL);
    for (size_t m = 0; m < COMPARED; m++) {
        if (!v->gate[m])
            continue;
        int one = comparison_can_fail(v->comparison, m) ? check_measure(v, m)
                  : status == CLI_FAILED                ? CLI_DONE /* which is said already */
                                                        : refuse_measure(v, m);
        status = status == CLI_FAILED || one == CLI_DONE ? status : one;
    }
    return status;
}
