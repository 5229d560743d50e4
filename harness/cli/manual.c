/* manual.c - gcsweep(1): commands and options from their rows, the rest as it stands here. */
#include "harness/cli/manual.h"

#include <argp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "core/collectors/collector.h"
#include "harness/cli/argp_rows.h"
#include "harness/cli/cli.h"
#include "harness/cli/options.h"
#include "harness/sweep/runtimes.h"
#include "harness/worker/tunings/tuning.h"
#include "version.h"
#include "workloads/workload.h"

struct item {
    const char *head, *text;
};

static const struct item examples[] = {
    {"gcsweep run chain --tuning 50000,20,100 --allocator jemalloc", "One run: pauses, memory and throughput."},
    {"gcsweep sweep --workload gcbench --allocator pymalloc --allocator jemalloc --threshold0 700,10000,50000 "
     "--out results/first",
     "Six configurations, ten rounds, and an A/A twin that shows the noise. After an interruption the same with "
     "--resume goes on."},
    {"gcsweep report results/first", "Tables on the terminal; report.html, report.md and pictures in the folder."},
    {"gcsweep recommend results/first --max-rss 300M --max-pause 5ms", "The setting to use, and the lines to paste."},
    {"gcsweep compare results/before results/after --fail-over 5%",
     "For CI: exit status 1 where the second one is worse beyond doubt by more than 5 %."},
    {"gcsweep sweep --like results/first --out results/again", "The same plan once more, to see what reproduces."},
    {"gcsweep tune gcbench --out results/tuned", "The best settings of a grid of 504, in at most a fifth of its runs."},
    {"gcsweep export results/first --format benchfmt | benchstat /dev/stdin", "The results in another tool."},
    {"gcsweep script self.heap --runtime cpython", "A heap script on the real CPython."},
};

static const struct item statuses[] = {
    {"0", "Done."},
    {"1", "A check did not hold, nobody keeps a budget, or a run did not end ok."},
    {"2", "Input that cannot be used: one line on standard error says what is wrong and what is allowed. Nothing was "
          "changed."},
    {"3", "Interrupted. What was measured is kept; --resume goes on."},
};

static const struct item environment[] = {
    {"NO_COLOR", "Set to anything but the empty text: no colours. There are none where standard output is no terminal, "
                 "or TERM is dumb; the line that shows progress is drawn only where standard error is one."},
    {"LD_LIBRARY_PATH", "Where an allocator's library is looked for first; then beside the C library."},
    {"PATH", "Where gnuplot, Graphviz, hyperfine and python3 are looked for."},
    {"PYTHON", "The Python interpreter that gcsweep doctor measures against (python3)."},
    {"TMPDIR", "Where a pair of runs puts its files (/tmp)."},
    {"LD_PRELOAD, PYTHON*, MALLOC_CONF, ...", "Never reach a worker: what is measured is what the configuration says."},
};

static const struct item files[] = {
    {"DIR/results.sqlite", "Every run of a sweep, with plan, machine and seed (SQLite)."},
    {"DIR/report.html, DIR/report.md, DIR/summary.csv, DIR/results.json, DIR/plots/", "What gcsweep report writes."},
    {"FILE.heap", "A heap script: what a program does to the heap, a statement a line."},
    {"../share/gcsweep/", "Seen from the program: plot scripts, style sheet, the Python programs that doctor times."},
};

/* ---- roff ---- */

static void put_character(char c, FILE *f)
{
    static const struct {
        char character;
        const char *roff;
    } special[] = {{'\\', "\\(rs"}, {'-', "\\-"},   {'\'', "\\(aq"}, {'`', "\\(ga"},
                   {'^', "\\(ha"},  {'~', "\\(ti"}, {'"', "\\(dq"}};
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (special[i].character == c) {
            fputs(special[i].roff, f);
            return;
        }
    fputc(c, f);
}

/* A line that begins with a dot is no macro. */
static void put_text(const char *text, size_t length, FILE *f)
{
    if (length > 0 && text[0] == '.')
        fputs("\\&", f);
    for (size_t i = 0; i < length; i++)
        put_character(text[i], f);
}

/* Lines are paragraphs; those that begin with a blank stay as they are. `macro` stands before the first one: ".PP\n",
 * or
 * "" below a heading. */
static void put_paragraphs(const char *macro, const char *text, FILE *f)
{
    bool as_it_is = false;
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
        size_t length = strcspn(text, "\n");
        if (length == 0)
            continue;
        if (as_it_is != (text[0] == ' ')) {
            as_it_is = !as_it_is;
            fputs(as_it_is ? ".nf\n" : ".fi\n", f);
        }
        fputs(as_it_is ? "" : macro, f);
        put_text(text, length, f);
        fputc('\n', f);
        macro = ".PP\n";
    }
    fputs(as_it_is ? ".fi\n" : "", f);
}

/* A term in bold and what it means. */
static void put_item(const char *head, const char *text, FILE *f)
{
    fputs(".TP\n\\fB", f);
    put_text(head, strlen(head), f);
    fputs("\\fR\n", f);
    put_text(text, strlen(text), f);
    fputc('\n', f);
}

static void put_items(const char *heading, const struct item *items, size_t count, FILE *f)
{
    fprintf(f, ".SH %s\n", heading);
    for (size_t i = 0; i < count; i++)
        put_item(items[i].head, items[i].text, f);
}
#define PUT_ITEMS(heading, items, f) put_items(heading, items, sizeof(items) / sizeof((items)[0]), f)

/* ---- Commands ---- */

static void put_option(const struct argp_option *o, FILE *f)
{
    char head[256];
    snprintf(head, sizeof head, o->arg ? "--%s=%s" : "--%s", o->name, o->arg);
    put_item(head, o->doc, f);
}

static void put_options(const struct argp *argp, FILE *f)
{
    struct argp_row rows[ARGP_ROWS_MOST];
    size_t count = argp_rows(argp, rows);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].option->name)
            put_option(rows[i].option, f);
        else
            put_paragraphs(".PP\n", rows[i].option->doc, f);
    }
}

/* A part of argp's doc, through the command's own filter as argp does it. */
static void put_doc(const struct argp *argp, int key, const char *macro, const char *text, FILE *f)
{
    char *mine = strdup(text);
    char *shown = mine && argp->help_filter ? argp->help_filter(key, mine, NULL) : mine;
    if (shown)
        put_paragraphs(macro, shown, f);
    if (shown != mine)
        free(shown);
    free(mine);
}

static void put_command(const struct cli_command *command, FILE *f)
{
    const struct argp *argp = command->argp;
    struct argp own = *argp;
    const char *after = argp->doc ? strchr(argp->doc, '\v') : NULL;
    char *before = argp->doc ? strndup(argp->doc, strcspn(argp->doc, "\v")) : NULL;

    fprintf(f, ".SS gcsweep %s", command->name);
    if (command->arguments[0] != '\0')
        fputc(' ', f);
    put_text(command->arguments, strlen(command->arguments), f);
    fputc('\n', f);
    if (before)
        put_doc(argp, ARGP_KEY_HELP_PRE_DOC, "", before, f);
    own.children = NULL;
    put_options(&own, f);
    if (argp->children)
        put_paragraphs(".PP\n", "And the options of a configuration, below.", f);
    if (after)
        put_doc(argp, ARGP_KEY_HELP_POST_DOC, ".PP\n", after + 1, f);
    free(before);
}

static void put_commands(FILE *f)
{
    fputs(".SH COMMANDS\n", f);
    put_paragraphs("", "Options may be shortened as long as they are unambiguous. Every command has --help.", f);
    for (unsigned i = 0; i < cli_command_count; i++)
        put_command(&cli_commands[i], f);
    fputs(".SS Options of a configuration\n", f);
    put_paragraphs("", "For the commands that run workloads.", f);
    put_options(&options_argp, f);
}

/* ---- Values ---- */

static void put_values(FILE *f)
{
    fputs(".SH WORKLOADS\n", f);
    for (size_t i = 0; i < workload_count; i++)
        put_item(workloads[i]->name, workloads[i]->stresses, f);
    fputs(".SH ALLOCATORS\n", f);
    for (size_t i = 0; i < pool_row_count; i++)
        put_item(pool_rows[i].name, pool_rows[i].summary, f);
    for (size_t i = 0; i < allocator_count; i++)
        put_item(allocators[i]->name, allocators[i]->summary, f);
    put_item("PATH.so", "any library that defines malloc and free", f);
    put_item("POOLS+NAME", "a pool allocator up to 512 bytes, NAME for the rest, as in pymalloc+jemalloc", f);
    put_item("NAME@VARIABLE=VALUE", "with an option of the allocator's own", f);
    fputs(".SH TUNINGS\n", f);
    for (size_t i = 0; i < tuning_count; i++)
        put_item(tunings[i]->form, tunings[i]->summary, f);
    fputs(".SH COLLECTORS AND RUNTIMES\n", f);
    for (size_t i = 0; i < collector_count; i++)
        put_item(collectors[i]->name, collectors[i]->summary, f);
    for (size_t i = 0; i < runtime_row_count; i++)
        put_item(runtime_rows[i].name, runtime_rows[i].summary, f);
}

void manual_write(FILE *f)
{
    fprintf(f, ".TH GCSWEEP 1 \"%s\" \"gcsweep %s\" \"User Commands\"\n.ad l\n.nh\n", GCSWEEP_DATE, GCSWEEP_VERSION);
    fputs(".SH NAME\ngcsweep \\- measure garbage\\-collector thresholds and memory allocators side by side\n"
          ".SH SYNOPSIS\n.B gcsweep\n.I COMMAND\n.RI [ OPTION ...]\n"
          ".SH DESCRIPTION\n",
          f);
    put_paragraphs("",
                   "Tells which garbage-collector thresholds and which memory allocator to use: runs workload x "
                   "allocator x collector x thresholds, each in a fresh process, in shuffled rounds, and shows pause "
                   "times, memory and throughput side by side, with intervals.\n"
                   "The memory management is CPython's: a model of it in C, and the real CPython behind the same "
                   "calls.",
                   f);
    put_commands(f);
    put_values(f);
    PUT_ITEMS("EXAMPLES", examples, f);
    PUT_ITEMS("EXIT STATUS", statuses, f);
    PUT_ITEMS("ENVIRONMENT", environment, f);
    PUT_ITEMS("FILES", files, f);
    fputs(".SH SEE ALSO\n.BR python3 (1),\n.BR hyperfine (1),\n.BR gnuplot (1),\n.BR jemalloc (3)\n", f);
}
