/* progress.c - what a sweep is doing, in one line. */
#include "harness/sweep/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/sweep/host.h"
#include "harness/sweep/line.h"
#include "harness/sweep/screen.h"
#include "harness/sweep/units.h"

enum { BAR_COLUMNS = 20, USUAL_COLUMNS = 80 };

void progress_start(struct progress *p, size_t total, unsigned rounds, uint64_t deadline_ns)
{
    *p = (struct progress){
        .drawn_at_all = screen_shows_progress(),
        .total = total,
        .rounds = rounds,
        .start_ns = host_now_ns(),
        .deadline_ns = deadline_ns,
    };
}

void progress_step(struct progress *p, bool ran)
{
    p->done++;
    p->timed += ran;
}

uint64_t progress_time_left(const struct progress *p, uint64_t now_ns)
{
    if (p->timed == 0)
        return 0;
    double each = (double)(now_ns - p->start_ns) / (double)p->timed;
    uint64_t left = (uint64_t)(each * (double)(p->total - p->done));
    uint64_t budget = p->deadline_ns > now_ns ? p->deadline_ns - now_ns : 0;
    return p->deadline_ns != 0 && left > budget ? budget : left;
}

static void add_time_left(const struct progress *p, uint64_t now_ns, char line[PROGRESS_LINE_BYTES])
{
    if (p->timed == 0)
        return;
    char text[UNITS_TEXT_BYTES] = "less than 1 s";
    uint64_t left_ns = progress_time_left(p, now_ns);
    left_ns -= left_ns % 1000000000; /* no fractions that flicker */
    if (left_ns > 0)
        units_show_duration(left_ns, text);
    line_append(line, PROGRESS_LINE_BYTES, "  %s left", text);
}

static void add_precision(const struct progress *p, char line[PROGRESS_LINE_BYTES])
{
    char wanted[UNITS_TEXT_BYTES];
    if (!(p->precision > 0) || !(p->half_width > 0))
        return;
    units_write_percent(p->precision, wanted);
    line_append(line, PROGRESS_LINE_BYTES, "  +-%.2g%% (%s wanted)", p->half_width * 100, wanted);
}

void progress_line(const struct progress *p, const struct plan_configuration *c, unsigned round, uint64_t now_ns,
                   size_t width, char line[PROGRESS_LINE_BYTES])
{
    char bar[BAR_COLUMNS + 1];
    size_t filled = p->total > 0 ? p->done * BAR_COLUMNS / p->total : 0;
    for (size_t i = 0; i < BAR_COLUMNS; i++)
        bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
    bar[BAR_COLUMNS] = '\0';
    line[0] = '\0';
    line_append(line, PROGRESS_LINE_BYTES, "[%s] %zu/%zu  round %u of %s%u", bar, p->done, p->total, round + 1,
                p->precision > 0 ? "about " : "", p->rounds);
    add_precision(p, line);
    add_time_left(p, now_ns, line);
    line_append(line, PROGRESS_LINE_BYTES, "  %s %s %s%s", c->workload->name, c->allocator, c->tuning,
                c->twin ? " (twin)" : "");
    if (strlen(line) > width)
        line[width] = '\0';
}

static size_t terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
        return USUAL_COLUMNS - 1;
    return size.ws_col - 1u;
}

void progress_show(const struct progress *p, const struct plan_configuration *c, unsigned round)
{
    if (!p->drawn_at_all)
        return;
    char line[PROGRESS_LINE_BYTES];
    progress_line(p, c, round, host_now_ns(), terminal_columns(), line);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
}

void progress_clear(const struct progress *p)
{
    if (p->drawn_at_all)
        screen_clear_progress();
}
