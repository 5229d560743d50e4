/* Every command runs out of memory: requests of the harness itself fail, one a
 * process, by a preloaded library (data/fail_malloc.c).
 *
 * Undisturbed, a command's requests are counted; then some of them fail, alone
 * or with all that follow. The command must end by itself, with one line that
 * says why, or do without, and leave what it leaves undisturbed: what it prints,
 * the files of a report, the runs of a store.
 * GCSWEEP_FAIL_POINTS is the number of requests of a command that fail (4,
 * under sanitizers 2: half the first ones, half a random sample of the others);
 * GCSWEEP_FAIL_ROW the one row to try.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "harness/store/store.h"
#include "harness/sweep/line.h"
#include "tests/command.h"
#include "workloads/random.h"

struct paths {
    char *folder;
    char results[PATH_MAX], other[PATH_MAX], finished[PATH_MAX], searched[PATH_MAX], script[PATH_MAX], out[PATH_MAX],
        count[PATH_MAX];
};

/* Under sanitizers, which take three times as long, fewer; of what takes long, none. */
#ifdef GCSWEEP_SANITIZED
enum { POINTS = 2, SLOW_POINTS = 0 };
#else
enum { POINTS = 4, SLOW_POINTS = 1 };
#endif
enum { WORDS = 20, SLOW_SHARE = 10, OUTCOMES_SHOWN = 5 };

enum need { NOTHING, CPYTHON, GRAPHVIZ, GNUPLOT };

/* What a command has left, as a number that is the same each time; 0: it is not whole. */
typedef uint64_t digest(const struct paths *p, const struct command *c);

static digest text, first_words, run_table, json_names, report_files, own_run, out_runs, finished_runs, searched_runs,
    confirmed;

/* '@' and what follows it in a word is a path of the fixture. */
struct row {
    const char *program;
    const char *words[WORDS];
    digest *whole;
    enum need need;
    bool tells_in_table; /* a part that failed is a row of what it prints */
    bool slow;           /* a run takes long: fewer requests fail */
    bool narrates;       /* a line a stage on standard error, and then the one that says why */
    bool alone;          /* no program is on the PATH */
    bool judges;         /* exit status 0 or 1, by what was measured */
};

#define SMALL_SEARCH                                                                                                  \
    "chain", "--param", "total_objects=500", "--param", "live_objects=50", "--threshold0", "50,100,200,400,700,5000", \
        "--threshold1", "10", "--allocator", "pymalloc", "--allocator", "system", "--rounds", "6"
#define GCSWEEP_ROW(...) \
    "gcsweep",           \
    {                    \
        __VA_ARGS__      \
    }

static const struct row rows[] = {
    {GCSWEEP_ROW("--help"), .whole = text},
    {GCSWEEP_ROW("list", "workloads"), .whole = text},
    {GCSWEEP_ROW("list", "allocators"), .whole = first_words}, /* where a library was found first may differ */
    {GCSWEEP_ROW("list", "collectors"), .whole = text},
    {GCSWEEP_ROW("list", "tunings"), .whole = text},
    {GCSWEEP_ROW("list", "runtimes"), .whole = text},
    {GCSWEEP_ROW("list", "workloads", "--card", "empty"), .whole = first_words},
    {GCSWEEP_ROW("script", "@script"), .whole = text},
    {GCSWEEP_ROW("graph", "@script"), .whole = text},
    {GCSWEEP_ROW("graph", "--svg", "@script"), .whole = text, .need = GRAPHVIZ},
    {GCSWEEP_ROW("run", "empty"), .whole = run_table},
    {GCSWEEP_ROW("run", "empty", "--format", "json"), .whole = json_names},
    {GCSWEEP_ROW("run", "empty", "--fail-nth", "1"), .whole = first_words},
    {GCSWEEP_ROW("sweep", "--workload", "empty", "--rounds", "1", "--out", "@out"), .whole = out_runs},
    {GCSWEEP_ROW("sweep", "--resume", "--out", "@finished"), .whole = finished_runs},
    {GCSWEEP_ROW("tune", SMALL_SEARCH, "--out", "@out"), .whole = own_run, .narrates = true, .slow = true},
    {GCSWEEP_ROW("tune", "--resume", "--out", "@searched"), .whole = searched_runs, .narrates = true},
    {GCSWEEP_ROW("merge", "@results", "@other", "--out", "@out"), .whole = out_runs},
    {GCSWEEP_ROW("recommend", "@results"), .whole = text},
    {GCSWEEP_ROW("recommend", "@results", "--format", "json"), .whole = text},
    {GCSWEEP_ROW("recommend", "@finished", "--workload", "chain", "--min-throughput", "0.01", "--with-disabled",
                 "--confirm"),
     .whole = confirmed, .need = CPYTHON, .slow = true, .alone = true, .judges = true},
    {GCSWEEP_ROW("compare", "@results", "@other"), .whole = text},
    {GCSWEEP_ROW("compare", "@results", "@other", "--format", "json"), .whole = text},
    {GCSWEEP_ROW("compare", "@results", "@other", "--format", "csv"), .whole = text},
    {GCSWEEP_ROW("compare", "@results", "@other", "--format", "markdown"), .whole = text},
    {GCSWEEP_ROW("report", "@results"), .whole = report_files, .need = GNUPLOT, .slow = true},
    {GCSWEEP_ROW("report", "@results", "--no-pictures"), .whole = report_files},
    {GCSWEEP_ROW("verify", "empty"), .whole = first_words, .need = CPYTHON, .tells_in_table = true},
    {GCSWEEP_ROW("export", "@results", "--format", "json"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "csv"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "pyperf"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "hyperfine"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "google-benchmark"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "benchfmt"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "bmf"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "github-action-benchmark"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "hgrm", "--configuration", "chain disabled"), .whole = text},
    {GCSWEEP_ROW("export", "@results", "--format", "openmetrics"), .whole = text},
    {GCSWEEP_ROW("stress", "--sessions", "1"), .whole = first_words},
    {GCSWEEP_ROW("stress", "--every-allocation", "--points", "2", "@script"), .whole = text, .narrates = true},
    {GCSWEEP_ROW("doctor"), .whole = first_words, .slow = true, .alone = true},
    {"gcsweep-worker", {"workload=empty", "allocator_name=", "library=@library"}, .whole = json_names},
    {"gcsweep-worker", {"script=@script"}, .whole = text},
    {"gcsweep-worker",
     {"workload=linked-list", "params=steps=50", "params=length=20", "params=lists=10",
      "allocator_name=", "library=@library"},
     .whole = json_names},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* ---- What a command leaves ---- */

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_text(uint64_t hash, const char *string)
{
    return hash_bytes(hash, string, strlen(string) + 1);
}

static uint64_t text(const struct paths *p, const struct command *c)
{
    (void)p;
    return hash_text(1, c->out);
}

/* Of each line up to the first empty one: figures and advice differ from run to run. */
static uint64_t hash_first_words(const char *line)
{
    uint64_t hash = 1;
    while (*line != '\0' && *line != '\n') {
        hash = hash_bytes(hash, line, strcspn(line, " \n"));
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return hash;
}

static uint64_t first_words(const struct paths *p, const struct command *c)
{
    (void)p;
    return hash_first_words(c->out);
}

/* Lines above that hang on what was measured. */
static uint64_t run_table(const struct paths *p, const struct command *c)
{
    const char *from = strstr(c->out, "generation 0");
    (void)p;
    return from ? hash_first_words(from) : 0;
}

static uint64_t json_names(const struct paths *p, const struct command *c)
{
    const char *name;
    json_t *value, *root = json_loads(c->out, 0, NULL);
    uint64_t hash = root ? 1 : 0;
    (void)p;
    json_object_foreach(root, name, value) hash = hash_text(hash, name);
    json_decref(root);
    return hash;
}

/* A page has a random number in it, behind "nonce-" and in nonce="...", of 32 digits. */
static uint64_t hash_file(uint64_t hash, const char *folder, const char *name)
{
    enum { MOST = 1 << 22, NONCE = 32 };
    static char bytes[MOST];
    FILE *file = fopen(in_folder(folder, name), "r");
    size_t count = file ? fread(bytes, 1, MOST - 1, file) : 0;
    if (file)
        fclose(file);
    bytes[count] = '\0';
    for (char *at = bytes; (at = strstr(at, "nonce")); at += 5)
        if (strlen(at) > 7 + NONCE)
            memset(at + 6, '0', 1 + NONCE);
    return count > 0 ? hash_bytes(hash, bytes, count) : 0;
}

static uint64_t report_files(const struct paths *p, const struct command *c)
{
    static const char *const names[] = {"report.html", "report.md", "summary.csv", "results.json"};
    uint64_t all = hash_text(1, c->out);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint64_t one = hash_file(1, p->results, names[i]);
        all = one != 0 && all != 0 ? all * 31 + one : 0;
        unlink(in_folder(p->results, names[i]));
    }
    return all;
}

/* Which runs there are, and what is told of the sweep. Those that did not end well are counted in its last line. */
static uint64_t hash_runs(const char *folder, const struct command *c)
{
    struct result_set results;
    char error[500];
    if (store_load(folder, &results, error, sizeof error) != 0) {
        fprintf(stderr, "%s\n", error);
        return 0;
    }
    uint64_t sum = results.run_count + 1;
    bool well = true;
    for (size_t i = 0; i < results.run_count; i++) {
        const struct run_record *r = &results.runs[i];
        sum += hash_text(r->round * 2 + r->twin, r->configuration);
        well = well && strcmp(r->status, "ok") == 0;
    }
    for (size_t i = 0; i < results.fact_count; i++)
        sum += hash_text(1, results.facts[i].name);
    sum += hash_text(1, results.plan);
    result_set_free(&results);
    return well || !strstr(c->error, " 0 not ok") ? sum : 0;
}

static uint64_t out_runs(const struct paths *p, const struct command *c)
{
    return hash_runs(p->out, c);
}

static uint64_t finished_runs(const struct paths *p, const struct command *c)
{
    return hash_runs(p->finished, c);
}

static uint64_t searched_runs(const struct paths *p, const struct command *c)
{
    return hash_runs(p->searched, c);
}

/* What a search or a trial runs hangs on what it measures. */
static uint64_t own_run(const struct paths *p, const struct command *c)
{
    return hash_runs(p->out, c) != 0;
}

static uint64_t confirmed(const struct paths *p, const struct command *c)
{
    return hash_runs(in_folder(p->finished, "confirm"), c) != 0 && strstr(c->out, "Tried on the real CPython");
}

struct tally {
    unsigned long asked, points, refused, went_on, bad;
};

/* ---- Fixture ---- */

static void search_into(const char *out)
{
    struct command c;
    GCSWEEP(&c, "tune", SMALL_SEARCH, "--out", out);
    if (c.status != 0)
        fail_msg("no search to go on with: %s", c.error);
}

static void sweep_into(const char *out, const char *rounds)
{
    struct command c;
    GCSWEEP(&c, "sweep", "--workload", "empty", "--workload", "chain", "--scale", "0.001", "--tuning", "700,10,10",
            "--tuning", "disabled", "--rounds", rounds, "--out", out);
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
    snprintf(p->finished, sizeof p->finished, "%s/finished", p->folder);
    snprintf(p->searched, sizeof p->searched, "%s/searched", p->folder);
    snprintf(p->script, sizeof p->script, "%s/script.heap", p->folder);
    snprintf(p->out, sizeof p->out, "%s/out", p->folder);
    snprintf(p->count, sizeof p->count, "%s/count", p->folder);
    file_write(p->script, "a = list 2\nb = object\nb.other = a\na[0] = b\nprint len a\ndel a\n", 0600);
    sweep_into(p->results, "2");
    sweep_into(p->other, "2");
    sweep_into(p->finished, "6");
    search_into(p->searched);
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
    return strcmp(name, "results") == 0    ? p->results
           : strcmp(name, "other") == 0    ? p->other
           : strcmp(name, "finished") == 0 ? p->finished
           : strcmp(name, "searched") == 0 ? p->searched
           : strcmp(name, "script") == 0   ? p->script
           : strcmp(name, "out") == 0      ? p->out
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
    const char *const made[] = {p->out, in_folder(p->finished, "confirm")};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        if (access(made[i], F_OK) == 0)
            folder_remove(strdup(made[i]));
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    if (row->alone)
        setenv("PATH", p->folder, 1);
    setenv("GCSWEEP_FAIL_MALLOC", point, 1);
    setenv("GCSWEEP_FAIL_COUNT", p->count, 1);
#ifdef GCSWEEP_SANITIZED
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
#endif
    setenv("LD_PRELOAD", built("tests/data/fail_malloc.so"), 1);
    command_run(c, built(row->program), words);
    unsetenv("LD_PRELOAD");
    setenv("PATH", path, 1);
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

struct calm {
    struct command command;
    uint64_t whole;
};

static bool is_well(const struct paths *p, const struct row *row, const struct calm *calm, const struct command *c)
{
    if (c->status == calm->command.status || (row->judges && c->status == 0))
        return row->whole(p, c) == calm->whole || (row->judges && line_count(c->error) == 1);
    bool says_why = line_count(c->error) == 1 || (line_count(c->error) == 0 && row->tells_in_table) ||
                    (line_count(c->error) > 1 && row->narrates);
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

static void refuse_one(const struct paths *p, const struct row *row, const struct calm *calm, unsigned long number,
                       struct tally *t)
{
    static struct command c;
    for (int onwards = 0; onwards < 2; onwards++) {
        char point[32];
        snprintf(point, sizeof point, "%lu%s", number, onwards ? "+" : "");
        run_row(p, row, point, &c);
        if (c.status == calm->command.status)
            t->went_on++;
        else
            t->refused++;
        if (!is_well(p, row, calm, &c) && t->bad++ < OUTCOMES_SHOWN)
            show(row, point, &c);
    }
    t->points++;
}

static unsigned long most_points(const struct row *row)
{
    const char *given = getenv("GCSWEEP_FAIL_POINTS");
    unsigned long most = given ? strtoul(given, NULL, 10) : POINTS;
    if (row->slow)
        most = given ? most / SLOW_SHARE + 1 : SLOW_POINTS;
    return most;
}

static void refuse_each(const struct paths *p, const struct row *row, struct tally *t)
{
    static struct calm calm;
    struct random random;
    run_row(p, row, "0", &calm.command);
    *t = (struct tally){.asked = read_count(p)};
    calm.whole = row->whole(p, &calm.command);
    if (calm.whole == 0 || (calm.command.status != 0 && !(row->judges && calm.command.status == 1)))
        fail_msg("%s %s: exit status %d undisturbed: %s", row->program, row->words[0], calm.command.status,
                 calm.command.error);
    random_seed(&random, 1);
    unsigned long most = most_points(row);
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

/* Its last word. */
static const char *described(const struct row *row)
{
    const char *last = "";
    for (int i = 1; i < WORDS && row->words[i]; i++)
        last = row->words[i];
    return last;
}

static bool is_there(const char *program)
{
    struct command c;
    command_run(&c, "/bin/sh", (const char *const[]){"-c", "command -v \"$0\"", program, NULL});
    return c.status == 0;
}

static bool can_run(const struct row *row)
{
    if (row->need == CPYTHON && access(built("gcsweep-worker-cpython"), X_OK) != 0)
        print_message("%s %s: built without libpython\n", row->program, row->words[0]);
    else if (row->need == GRAPHVIZ && !is_there("dot"))
        print_message("%s %s: dot is not installed\n", row->program, row->words[0]);
    else if (row->need == GNUPLOT && !is_there("gnuplot"))
        print_message("%s %s: gnuplot is not installed\n", row->program, row->words[0]);
    else
        return true;
    return false;
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
        if ((only && atoi(only) != i) || most_points(&rows[i]) == 0 || !can_run(&rows[i]))
            continue;
        refuse_each(*state, &rows[i], &t);
        printf("%2d %-16s %-10s %-22.22s asked %6lu refused %6lu: ended %6lu, went on %6lu, bad %lu\n", i,
               rows[i].program, rows[i].words[0], described(&rows[i]), t.asked, t.points, t.refused, t.went_on, t.bad);
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
