/* Every command runs out of memory: requests of the harness itself fail, one a
 * process, by a preloaded library (data/fail_malloc.c).
 *
 * Undisturbed, a command's requests are counted; then some of them fail, alone
 * or with all that follow. The command must end by itself, with one line that
 * says why, or do without and print what it prints undisturbed.
 * GCSWEEP_FAIL_POINTS is the number of requests of a command that fail (6: half
 * the first ones, half a random sample of the others).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include "harness/sweep/line.h"
#include "tests/command.h"
#include "workloads/random.h"

struct paths {
    char *folder;
    char results[PATH_MAX], other[PATH_MAX], script[PATH_MAX], out[PATH_MAX], count[PATH_MAX];
};

enum { WORDS = 12, POINTS = 6, OUTCOMES_SHOWN = 5 };

/* '@' and what follows it in a word is a path of the fixture. */
struct row {
    const char *program;
    const char *words[WORDS];
    int status;          /* undisturbed */
    bool tells_in_table; /* a part that failed is a row of what it prints */
    bool varies;         /* what it prints is not compared: times, or where a library was found first */
};

static const struct row rows[] = {
    {"gcsweep", {"--help"}, 0, false, false},
    {"gcsweep", {"list", "workloads"}, 0, false, false},
    {"gcsweep", {"list", "allocators"}, 0, false, true},
    {"gcsweep", {"list", "tunings"}, 0, false, false},
    {"gcsweep", {"list", "workloads", "--card", "empty"}, 0, false, true},
    {"gcsweep", {"script", "@script"}, 0, false, false},
    {"gcsweep", {"graph", "@script"}, 0, false, false},
    {"gcsweep", {"run", "empty"}, 0, false, true},
    {"gcsweep", {"run", "empty", "--format", "json"}, 0, false, true},
    {"gcsweep", {"run", "empty", "--fail-nth", "1"}, 0, false, true},
    {"gcsweep", {"sweep", "--workload", "empty", "--rounds", "1", "--out", "@out"}, 0, false, true},
    {"gcsweep", {"merge", "@results", "@other", "--out", "@out"}, 0, false, true},
    {"gcsweep", {"recommend", "@results"}, 0, false, false},
    {"gcsweep", {"recommend", "@results", "--format", "json"}, 0, false, false},
    {"gcsweep", {"compare", "@results", "@other"}, 0, false, false},
    {"gcsweep", {"compare", "@results", "@other", "--format", "json"}, 0, false, false},
    {"gcsweep", {"report", "@results"}, 0, false, true},
    {"gcsweep", {"verify", "empty"}, 0, true, true},
    {"gcsweep", {"export", "@results", "--format", "json"}, 0, false, false},
    {"gcsweep", {"export", "@results", "--format", "csv"}, 0, false, false},
    {"gcsweep", {"export", "@results", "--format", "pyperf"}, 0, false, false},
    {"gcsweep", {"export", "@results", "--format", "hyperfine"}, 0, false, false},
    {"gcsweep", {"export", "@results", "--format", "hgrm", "--configuration", "chain disabled"}, 0, false, false},
    {"gcsweep", {"export", "@results", "--format", "openmetrics"}, 0, false, false},
    {"gcsweep", {"stress", "--sessions", "1"}, 0, false, true},
    {"gcsweep-worker", {"workload=empty", "allocator_name=", "library=@library"}, 0, false, true},
    {"gcsweep-worker", {"script=@script"}, 0, false, false},
    {"gcsweep-worker",
     {"workload=linked-list", "params=steps=50", "params=length=20", "params=lists=10",
      "allocator_name=", "library=@library"},
     0,
     false,
     true},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

struct tally {
    unsigned long asked, points, refused, went_on, bad;
};

/* ---- Fixture ---- */

static void sweep_into(const char *out)
{
    struct command c;
    GCSWEEP(&c, "sweep", "--workload", "empty", "--workload", "chain", "--scale", "0.001", "--tuning", "700,10,10",
            "--tuning", "disabled", "--rounds", "2", "--out", out);
    if (c.status != 0)
        fail_msg("no results to work on: %s", c.error);
}

static int open_paths(void **state)
{
    struct paths *p = calloc(1, sizeof *p);
    if (!p || !(p->folder = folder_make()))
        return -1;
    snprintf(p->results, sizeof p->results, "%s/results", p->folder);
    snprintf(p->other, sizeof p->other, "%s/other", p->folder);
    snprintf(p->script, sizeof p->script, "%s/script.heap", p->folder);
    snprintf(p->out, sizeof p->out, "%s/out", p->folder);
    snprintf(p->count, sizeof p->count, "%s/count", p->folder);
    file_write(p->script, "a = list 2\nb = object\nb.other = a\na[0] = b\nprint len a\ndel a\n", 0600);
    sweep_into(p->results);
    sweep_into(p->other);
    *state = p;
    return 0;
}

static int close_paths(void **state)
{
    struct paths *p = *state;
    folder_remove(p->folder);
    free(p);
    return 0;
}

static const char *named_path(const struct paths *p, const char *name)
{
    return strcmp(name, "results") == 0  ? p->results
           : strcmp(name, "other") == 0  ? p->other
           : strcmp(name, "script") == 0 ? p->script
           : strcmp(name, "out") == 0    ? p->out
                                         : built("tests/data/fail_malloc.so");
}

/* Into `out`, of PATH_MAX bytes, where it names a path. */
static const char *expand(const struct paths *p, const char *word, char *out)
{
    const char *at = strchr(word, '@');
    if (!at)
        return word;
    out[0] = '\0';
    line_append(out, PATH_MAX, "%.*s%s", (int)(at - word), word, named_path(p, at + 1));
    return out;
}

/* ---- One command ---- */

static void run_row(const struct paths *p, const struct row *row, const char *point, struct command *c)
{
    static char expanded[WORDS][PATH_MAX];
    const char *words[WORDS + 1] = {NULL};
    for (int i = 0; i < WORDS && row->words[i]; i++)
        words[i] = expand(p, row->words[i], expanded[i]);
    if (access(p->out, F_OK) == 0)
        folder_remove(strdup(p->out));
    setenv("GCSWEEP_FAIL_MALLOC", point, 1);
    setenv("GCSWEEP_FAIL_COUNT", p->count, 1);
#ifdef GCSWEEP_SANITIZED
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
#endif
    setenv("LD_PRELOAD", built("tests/data/fail_malloc.so"), 1);
    command_run(c, built(row->program), words);
    unsetenv("LD_PRELOAD");
}

static unsigned long read_count(const struct paths *p)
{
    unsigned long count = 0;
    FILE *file = fopen(p->count, "r");
    if (!file || fscanf(file, "%lu", &count) != 1)
        count = 0;
    if (file)
        fclose(file);
    return count;
}

static bool is_well(const struct row *row, const struct command *calm, const struct command *c)
{
    if (c->status == calm->status)
        return row->varies || strcmp(c->out, calm->out) == 0;
    bool says_why = line_count(c->error) == 1 || (line_count(c->error) == 0 && row->tells_in_table);
    return c->status > 0 && c->status <= 3 && says_why;
}

static void show(const struct row *row, const char *point, const struct command *c)
{
    fprintf(stderr, "%s", row->program);
    for (int i = 0; i < WORDS && row->words[i]; i++)
        fprintf(stderr, " %s", row->words[i]);
    fprintf(stderr, ": request %s: exit status %d, %zu lines: %.300s\n", point, c->status, line_count(c->error),
            c->error);
}

static void refuse_one(const struct paths *p, const struct row *row, const struct command *calm, unsigned long number,
                       struct tally *t)
{
    static struct command c;
    for (int onwards = 0; onwards < 2; onwards++) {
        char point[32];
        snprintf(point, sizeof point, "%lu%s", number, onwards ? "+" : "");
        run_row(p, row, point, &c);
        if (c.status == calm->status)
            t->went_on++;
        else
            t->refused++;
        if (!is_well(row, calm, &c) && t->bad++ < OUTCOMES_SHOWN)
            show(row, point, &c);
    }
    t->points++;
}

static unsigned long most_points(void)
{
    const char *text = getenv("GCSWEEP_FAIL_POINTS");
    return text ? strtoul(text, NULL, 10) : POINTS;
}

static void refuse_each(const struct paths *p, const struct row *row, struct tally *t)
{
    static struct command calm;
    struct random random;
    run_row(p, row, "0", &calm);
    *t = (struct tally){.asked = read_count(p)};
    if (calm.status != row->status)
        fail_msg("%s %s: exit status %d undisturbed: %s", row->program, row->words[0], calm.status, calm.error);
    random_seed(&random, 1);
    unsigned long most = most_points();
    unsigned long first = t->asked <= most ? t->asked : most / 2;
    unsigned long to_choose = t->asked <= most ? 0 : most - first;
    for (unsigned long n = 1; n <= t->asked; n++) {
        unsigned long to_come = t->asked - n + 1;
        bool chosen = n <= first || random_next_unit(&random) * (double)to_come < (double)to_choose;
        if (!chosen)
            continue;
        to_choose -= n > first;
        refuse_one(p, row, &calm, n, t);
    }
}

static void every_command_survives_a_request_that_gets_nothing(void **state)
{
#ifdef GCSWEEP_COVERAGE
    skip(); /* gcov itself crashes without memory */
#endif
    struct tally all = {0};
    const char *only = getenv("GCSWEEP_FAIL_ROW");
    for (int i = 0; i < ROWS; i++) {
        struct tally t;
        if (only && atoi(only) != i)
            continue;
        refuse_each(*state, &rows[i], &t);
        printf("%2d %-16s %-10s %-20.20s asked %6lu refused %6lu: ended %6lu, went on %6lu, bad %lu\n", i,
               rows[i].program, rows[i].words[0], rows[i].words[1] ? rows[i].words[1] : "", t.asked, t.points,
               t.refused, t.went_on, t.bad);
        fflush(stdout);
        assert_true(t.asked > 0);
        all.points += t.points;
        all.bad += t.bad;
    }
    printf("%lu requests refused, each once alone and once with all after it: %lu ended badly\n", all.points, all.bad);
    assert_int_equal(all.bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_command_survives_a_request_that_gets_nothing, open_paths, close_paths),
    };
    return cmocka_run_group_tests_name("out of memory", tests, NULL, NULL);
}
