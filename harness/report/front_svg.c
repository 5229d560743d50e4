#include "harness/report/front_svg.h"

#include <math.h>

#include "harness/report/axis.h"
#include "harness/report/cells.h"
#include "harness/report/escape.h"
#include "harness/report/format.h"
#include "harness/report/plot_data.h"
#include "harness/report/series.h"

enum { WIDTH = 760, HEIGHT = 430, LEFT = 92, RIGHT = 744, TOP = 34, BOTTOM = 368 };

/* Beyond this ratio of the most to the least memory the axis is logarithmic. */
static const double wide_span = 6;

static const double MIB = 1024 * 1024;

/* Shapes around 0 within a radius of about 1, one an allocator. */
static const char *const shapes[] = {
    "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",                                         /* disc */
    "M-.9-.9H.9V.9H-.9Z",                                                        /* square */
    "M0-1.15 1.05.75H-1.05Z",                                                    /* triangle */
    "M0-1.25 1.05 0 0 1.25-1.05 0Z",                                             /* diamond */
    "M0 1.15 1.05-.75H-1.05Z",                                                   /* triangle, its tip below */
    "M0-1.2 1.14-.37.7.97H-.7L-1.14-.37Z",                                       /* pentagon */
    "M-.4-1.2H.4V-.4H1.2V.4H.4V1.2H-.4V.4H-1.2V-.4H-.4Z",                        /* plus */
    "M-1.2-.6-.6-1.2 0-.6.6-1.2 1.2-.6.6 0 1.2.6.6 1.2 0 .6-.6 1.2-1.2.6-.6 0Z", /* cross */
    "M-1.15 0-.6-1H.6L1.15 0 .6 1H-.6Z",                                         /* hexagon */
    "M-.5-1.2H.5V1.2H-.5Z",                                                      /* bar */
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

struct drawing {
    const struct summary *s;
    const struct subject *subject;
    const struct selection *selection;
    struct series series;
    double floor_ns;   /* where no pause at all lies; 0 for none */
    double throughput; /* the greatest */
    struct axis x, y;
    FILE *f;
};

static double rss_mib(const struct configuration *c)
{
    return c->measure[MEASURE_RSS_PEAK_BYTES].median / MIB;
}

static bool has_place(const struct drawing *d, const struct configuration *c)
{
    return c->counts && drawn_pause_ns(c, d->floor_ns) > 0 && rss_mib(c) > 0;
}

/* ---- Axes ---- */

static bool lay_out(struct drawing *d)
{
    double least_x = INFINITY, most_x = 0, least_y = INFINITY, most_y = 0;

    for (size_t i = 0; i < d->selection->count; i++) {
        const struct configuration *c = &d->s->configurations[d->selection->index[i]];
        if (!has_place(d, c))
            continue;
        least_x = fmin(least_x, rss_mib(c));
        most_x = fmax(most_x, rss_mib(c));
        least_y = fmin(least_y, drawn_pause_ns(c, d->floor_ns));
        most_y = fmax(most_y, drawn_pause_ns(c, d->floor_ns));
    }
    if (most_x <= 0)
        return false;
    d->x = axis_around(least_x, most_x, most_x / least_x > wide_span, LEFT, RIGHT);
    d->y = axis_around(least_y, most_y, true, BOTTOM, TOP);
    return true;
}

static void put_grid_line(FILE *f, double x1, double y1, double x2, double y2)
{
    fprintf(f, "<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>", x1, y1, x2, y2);
}

/* `rank`: a class, for what a small picture has no room for. */
static void put_label(FILE *f, const char *anchor, const char *rank, double x, double y, const char *text)
{
    fprintf(f, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">", rank, anchor, x, y);
    escape_html(f, text);
    fputs("</text>\n", f);
}

/* "50 ms": a tick's value needs no digits for their own sake. */
static void tick_text(double ns, char *text, size_t size)
{
    static const struct {
        double ns;
        const char *name;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}};
    enum { UNITS = sizeof units / sizeof *units };
    size_t unit = 0;

    while (unit + 1 < UNITS && ns < units[unit].ns * 0.999)
        unit++;
    snprintf(text, size, "%.4g %s", ns / units[unit].ns, units[unit].name);
}

static void put_axes(struct drawing *d)
{
    double ticks[AXIS_TICKS];
    char text[FORMAT_BYTES];
    size_t count = axis_ticks(&d->x, ticks);

    for (size_t i = 0; i < count; i++) {
        double x = axis_place(&d->x, ticks[i]);
        put_grid_line(d->f, x, TOP, x, BOTTOM);
        snprintf(text, sizeof text, "%.6g", ticks[i]);
        put_label(d->f, "middle", "tick", x, BOTTOM + 22, text);
    }
    count = axis_ticks(&d->y, ticks);
    for (size_t i = 0; i < count; i++) {
        double y = axis_place(&d->y, ticks[i]);
        bool none = d->floor_ns > 0 && ticks[i] < 2 * d->floor_ns;
        put_grid_line(d->f, LEFT, y, RIGHT, y);
        if (none) /* below the shortest pause is only the place of those without */
            continue;
        tick_text(ticks[i], text, sizeof text);
        put_label(d->f, "end", axis_is_power(ticks[i]) ? "tick" : "minor", LEFT - 8, y + 5, text);
    }
    if (d->floor_ns > 0)
        put_label(d->f, "end", "tick", LEFT - 8, axis_place(&d->y, d->floor_ns) + 5, "none");
    put_label(d->f, "start", "title", 8, TOP - 14, "longest pause");
    put_label(d->f, "middle", "title", (LEFT + RIGHT) / 2.0, HEIGHT - 12, "peak resident memory (MiB)");
    fprintf(d->f, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP, BOTTOM, RIGHT);
}

/* ---- Points ---- */

/* The quartiles of both measures, where there are any. */
static void put_spread(const struct drawing *d, const struct configuration *c, double x, double y, int colour)
{
    const struct spread *rss = &c->measure[MEASURE_RSS_PEAK_BYTES], *pause = &c->measure[MEASURE_PAUSE_MAX_NS];

    if (rss->count < 3)
        return;
    fprintf(d->f, "<path class=\"spread l%d\" d=\"M%.1f %.1fH%.1f", colour, axis_place(&d->x, rss->q1 / MIB), y,
            axis_place(&d->x, rss->q3 / MIB));
    if (pause->q1 > 0)
        fprintf(d->f, "M%.1f %.1fV%.1f", x, axis_place(&d->y, pause->q1), axis_place(&d->y, pause->q3));
    fputs("\"/>\n", d->f);
}

static void put_line(FILE *f, const char *name, const char *figure, const char *ratio, const char *to)
{
    fprintf(f, "&#10;%s ", name);
    escape_html(f, figure);
    if (ratio[0] == '-')
        return;
    fputs("; ", f);
    escape_html(f, ratio);
    fprintf(f, " of the %s", to);
}

static void put_title(const struct drawing *d, const struct configuration *c)
{
    static const struct {
        const char *name;
        enum measure measure;
        formatter *format;
    } lines[] = {{"longest pause", MEASURE_PAUSE_MAX_NS, format_duration},
                 {"pause p99", MEASURE_PAUSE_P99_NS, format_duration},
                 {"peak RSS", MEASURE_RSS_PEAK_BYTES, format_bytes},
                 {"throughput", MEASURE_THROUGHPUT, format_rate}};
    const char *to = baseline_word(d->s, d->subject);
    bool is_baseline = c == &d->s->configurations[d->subject->baseline];
    char label[4 * RECORD_TEXT_BYTES], figure[4 * FORMAT_BYTES], ratio[FORMAT_BYTES];

    configuration_label(d->s, c, label, sizeof label);
    fputs("<title>", d->f);
    escape_html(d->f, label);
    fprintf(d->f, "%s%s%s%s", is_baseline ? " (" : "", is_baseline ? to : "", is_baseline ? ")" : "",
            c->on_front ? ", on the front" : "");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct spread *spread = &c->measure[lines[i].measure];
        if (spread->most == 0) /* quartiles of what never was say nothing */
            snprintf(figure, sizeof figure, "none");
        else
            format_spread(spread, lines[i].format, figure, sizeof figure);
        ratio_text(&c->ratio[lines[i].measure], ratio, sizeof ratio);
        put_line(d->f, lines[i].name, figure, is_baseline ? "-" : ratio, to);
    }
    fprintf(d->f, "&#10;%zu run%s</title>", c->ok, c->ok == 1 ? "" : "s");
}

static double radius_of(const struct drawing *d, const struct configuration *c)
{
    double throughput = c->measure[MEASURE_THROUGHPUT].median;

    return throughput > 0 && d->throughput > 0 ? 4 + 3.5 * throughput / d->throughput : 4;
}

static int colour_of(const struct drawing *d, const struct configuration *c)
{
    int tuning = find_tuning_series(&d->series, c);

    return tuning < 0 ? SERIES_TUNINGS : tuning;
}

static const char *shape_of(const struct drawing *d, const struct configuration *c)
{
    int allocator = find_allocator_series(&d->series, c);

    return shapes[allocator < 0 ? 0 : allocator % SHAPES];
}

static void put_point(const struct drawing *d, const struct configuration *c)
{
    double x = axis_place(&d->x, rss_mib(c)), y = axis_place(&d->y, drawn_pause_ns(c, d->floor_ns));

    if (c->on_front)
        put_spread(d, c, x, y, colour_of(d, c));
    fprintf(d->f, "<g class=\"point%s\" role=\"img\" transform=\"translate(%.1f %.1f) scale(%.2f)\">",
            c->on_front ? " front" : "", x, y, radius_of(d, c));
    put_title(d, c);
    fprintf(d->f, "<path class=\"s%d\" d=\"%s\"/></g>\n", colour_of(d, c), shape_of(d, c));
}

/* ---- Legend ---- */

static void put_key(FILE *f, const char *before, int colour, const char *shape, const char *text, bool front)
{
    fprintf(f, "<li>%s<svg class=\"key%s\" viewBox=\"-1.6 -1.6 3.2 3.2\" aria-hidden=\"true\">", before,
            front ? " front" : "");
    fprintf(f, "<path class=\"s%d\" d=\"%s\"/></svg>", colour, shape);
    escape_html(f, text);
    fputs("</li>\n", f);
}

static void put_legend(const struct drawing *d)
{
    char label[4 * RECORD_TEXT_BYTES];

    fputs("<ul class=\"legend\">\n", d->f);
    for (size_t i = 0; i < d->series.tuning_count; i++) {
        tuning_label(d->s, d->series.tuning[i], label, sizeof label);
        put_key(d->f, "", (int)i, shapes[1], label, false);
    }
    if (d->series.left_out > 0)
        put_key(d->f, "", SERIES_TUNINGS, shapes[1], "any other", false);
    fputs("</ul>\n<ul class=\"legend\">\n", d->f);
    for (size_t i = 0; i < d->series.allocator_count; i++) {
        allocator_label(d->series.allocator[i], label, sizeof label);
        put_key(d->f, "", SERIES_TUNINGS, shapes[i % SHAPES], label, false);
    }
    put_key(d->f, "", SERIES_TUNINGS, shapes[0], "on the front", true);
    fputs("</ul>\n", d->f);
}

bool write_front_svg(const struct summary *s, const struct subject *subject, const struct selection *selection, FILE *f)
{
    struct drawing d = {.s = s, .subject = subject, .selection = selection, .f = f};

    d.floor_ns = pauseless_floor_ns(s, subject);
    d.throughput = greatest_throughput(s, subject);
    series_of(s, subject, &d.series);
    if (!lay_out(&d))
        return false;
    fprintf(
        f, "<svg class=\"points\" viewBox=\"0 0 %d %d\" role=\"group\" aria-label=\"Longest pause over peak memory of ",
        WIDTH, HEIGHT);
    escape_html(f, subject->label);
    fputs("\">\n", f);
    put_axes(&d);
    for (size_t i = 0; i < selection->count; i++) {
        const struct configuration *c = &s->configurations[selection->index[i]];
        if (has_place(&d, c))
            put_point(&d, c);
    }
    fputs("</svg>\n", f);
    put_legend(&d);
    return true;
}
