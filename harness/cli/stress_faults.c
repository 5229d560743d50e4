#include "harness/cli/stress_faults.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/stress/busy_hooks.h"
#include "harness/stress/fault_sweep.h"
#include "harness/sweep/line.h"

enum { ERROR_BYTES = 1024, NAME_BYTES = 4096, HANG_SECONDS = 120, WORDS = 16, NAME_WIDTH = 50 };

/* With pools, and all from malloc. */
enum { HEAPS = 2 };
static const char *const heap_allocator[HEAPS] = {"pymalloc", "system"};

/* ---- Subjects ---- */

static bool is_script(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".heap") == 0;
}

struct subject {
    char words[WORDS][NAME_BYTES]; /* a worker's arguments */
    struct worker_options options;
};

static int open_subject(struct subject *s, const char *name, int heap, char *error, size_t error_size)
{
    const struct workload *row = find_workload(name);
    const struct workload_setting *reduced = row ? row->reduced : NULL;
    bool hooks = strcmp(name, busy_hooks.name) == 0;
    bool prefix = is_script(name) && !script_workload_path(name);
    char *argument[WORDS];
    int count = 0;
    snprintf(s->words[count++], NAME_BYTES, "gcsweep");
    snprintf(s->words[count++], NAME_BYTES, "workload=%s%s", prefix ? SCRIPT_WORKLOAD_PREFIX : "",
             hooks ? "empty" : name);
    snprintf(s->words[count++], NAME_BYTES, "pools=%s", heap == 0 ? heap_allocator[0] : "");
    for (; reduced && reduced->param && count < WORDS; reduced++)
        snprintf(s->words[count++], NAME_BYTES, "params=%s=%s", reduced->param, reduced->text);
    for (int i = 0; i < count; i++)
        argument[i] = s->words[i];
    if (worker_options_parse(count, argument, &s->options, error, error_size) != 0)
        return -1;
    if (hooks)
        s->options.workload = &busy_hooks;
    return 0;
}

/* How a user sees it fail alone. */
static void show_bad(const char *name, int heap, const struct fault_result *r)
{
    char line[2 * ERROR_BYTES] = "", point[FAULT_POINT_BYTES];
    const struct workload *row = find_workload(name);
    const struct workload_setting *reduced = row ? row->reduced : NULL;
    fault_point_write(&r->first_bad, point);
    line_append(line, sizeof line, "gcsweep stress: %s: %s; run %s", name, r->why,
                is_script(name) && !script_workload_path(name) ? SCRIPT_WORKLOAD_PREFIX : "");
    line_append(line, sizeof line, "%s --allocator %s", name, heap_allocator[heap]);
    for (; reduced && reduced->param; reduced++)
        line_append(line, sizeof line, " --param %s=%s", reduced->param, reduced->text);
    line_append(line, sizeof line, " --fail-nth %s", point);
    fprintf(stderr, "%s\n", line);
}

/* ---- Figures ---- */

static void add(struct fault_tally *all, const struct fault_tally *t)
{
    all->asked += t->asked;
    all->points += t->points;
    for (int end = 0; end < FAULT_ENDS; end++)
        all->ends[end] += t->ends[end];
}

static const char *const column[] = {"requests", "refused", "no memory", "went on",
                                     "crashed",  "leaked",  "unsound",   "failed"};

static void print_head(void)
{
    printf("%-*s", NAME_WIDTH, "workload");
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++)
        printf(" %10s", column[i]);
    putchar('\n');
}

static void print_row(const char *name, const struct fault_tally *t)
{
    const char *slash = strrchr(name, '/');
    char shown[NAME_WIDTH + 1] = "";
    line_append(shown, sizeof shown, "%s", slash ? slash + 1 : name);
    printf("%-*s %10" PRIu64 " %10" PRIu64, NAME_WIDTH, shown, t->asked, t->points);
    for (int end = 0; end < FAULT_ENDS; end++)
        printf(" %10" PRIu64, t->ends[end]);
    putchar('\n');
    fflush(stdout);
}

/* ---- The sweep ---- */

static int sweep_heap(struct subject *s, const char *name, int heap, const struct fault_sweep_options *o,
                      struct fault_tally *all)
{
    char error[ERROR_BYTES];
    struct fault_result result;
    memset(&s->options, 0, sizeof s->options);
    if (open_subject(s, name, heap, error, sizeof error) != 0)
        return cli_refuse(error);
    int swept = fault_sweep(&s->options, o, &result, error, sizeof error);
    script_file_close(&s->options.script);
    if (swept != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    for (int kind = 0; kind < MEMORY_FAULT_KINDS; kind++)
        add(all, &result.kind[kind]);
    if (result.first_bad.nth == 0)
        return CLI_DONE;
    show_bad(name, heap, &result);
    return CLI_FAILED;
}

static int sweep_subject(const char *name, const struct fault_sweep_options *o, struct fault_tally *all)
{
    struct subject *s = calloc(1, sizeof *s);
    struct fault_tally own = {0};
    int worst = CLI_DONE;
    if (!s) {
        cli_refuse("out of memory");
        return CLI_FAILED;
    }
    for (int heap = 0; heap < HEAPS && worst != CLI_UNUSABLE; heap++) {
        int status = sweep_heap(s, name, heap, o, &own);
        worst = status > worst ? status : worst;
    }
    free(s);
    if (worst != CLI_UNUSABLE)
        print_row(name, &own);
    add(all, &own);
    return worst;
}

static int sweep_all_workloads(const struct fault_sweep_options *o, struct fault_tally *all)
{
    int worst = sweep_subject(busy_hooks.name, o, all);
    for (size_t i = 0; i < workload_count; i++) {
        int status = sweep_subject(workloads[i]->name, o, all);
        worst = status > worst ? status : worst;
    }
    return worst;
}

int stress_faults(const char *const *names, size_t count, uint64_t points, uint64_t seed)
{
    const struct fault_sweep_options o = {.most = points, .seed = seed, .hang_seconds = HANG_SECONDS};
    struct fault_tally all = {0};
    print_head();
    int worst = count == 0 ? sweep_all_workloads(&o, &all) : CLI_DONE;
    for (size_t i = 0; i < count && worst != CLI_UNUSABLE; i++) {
        int status = sweep_subject(names[i], &o, &all);
        worst = status > worst ? status : worst;
    }
    if (worst == CLI_UNUSABLE)
        return worst;
    print_row("all", &all);
    printf("stress: %" PRIu64 " requests for memory refused, each once alone and once with all after it: %" PRIu64
           " crashes, %" PRIu64 " leaks, %" PRIu64 " unsound heaps, %" PRIu64 " other failures\n",
           all.points, all.ends[FAULT_CRASHED], all.ends[FAULT_LEAKED], all.ends[FAULT_UNSOUND],
           all.ends[FAULT_FAILED]);
    return cli_finish(worst);
}
