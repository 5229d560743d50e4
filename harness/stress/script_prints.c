/* script_prints.c - statements that show the state, and those that leave all names but numbers and texts alone. */
#include "harness/stress/script_writer.h"

static const enum name_kind with_length[] = {NAME_TEXT, NAME_LIST, NAME_TUPLE,    NAME_PLAIN,
                                             NAME_DICT, NAME_SET,  NAME_BARE_DICT};

static void print_of_a_value(struct script_writer *w)
{
    struct name x, y;
    switch (draw(w, 9)) {
    case 0:
        x = need_one_of(w, with_length, sizeof with_length / sizeof with_length[0]);
        write_line(w, "print len %s", x.text);
        break;
    case 1:
        x = need(w, NAME_WEAKREF);
        write_line(w, "print alive %s", x.text);
        break;
    case 2:
        x = need(w, one_in(w, 2) ? NAME_OBJECT : NAME_BARE_OBJECT);
        write_line(w, "print finalized %s", x.text);
        break;
    case 3:
        x = need_any(w);
        y = one_in(w, 2) ? need(w, x.kind) : need_any(w);
        write_line(w, "print same %s %s", x.text, y.text);
        break;
    case 4:
        x = need_any(w);
        write_line(w, "print sizeof %s", x.text);
        break;
    case 5:
    case 6:
        x = need_any(w);
        write_line(w, "print refcount %s", x.text);
        break;
    default:
        x = need_any(w);
        write_line(w, "print tracked %s", x.text);
    }
}

static void print_of_the_collector(struct script_writer *w)
{
    static const char *const what[] = {
        "gc.count",   "gc.count",  "gc.count",     "gc.stats", "gc.stats", "gc.threshold",
        "gc.garbage", "gc.frozen", "gc.isenabled", "blocks",   "blocks",   "blocks",
    };
    write_line(w, "print %s", what[draw(w, sizeof what / sizeof what[0])]);
}

void write_print(struct script_writer *w)
{
    switch (draw(w, 8)) {
    case 0:
        write_line(w, "print \"%s\"", any_text(w));
        break;
    case 1:
    case 2:
    case 3:
        print_of_the_collector(w);
        break;
    default:
        print_of_a_value(w);
    }
}

void write_threshold(struct script_writer *w)
{
    static const char *const thresholds[] = {
        "1 1 1",  "2 0 0",  "3 2 2",     "5 2 2",     "10 3 3",  "10 1 100", "20 10 1",
        "50 3 4", "50 2 2", "100 10 10", "700 10 10", "0 10 10", "0 0 0",    "7 0 1",
    };
    write_line(w, "gc.set_threshold %s", thresholds[draw(w, sizeof thresholds / sizeof thresholds[0])]);
}

static void collect(struct script_writer *w)
{
    const char *print = one_in(w, 2) ? "print " : "";
    unsigned generation = (unsigned)draw(w, 5);
    if (generation > 2)
        write_line(w, "%sgc.collect", print);
    else
        write_line(w, "%sgc.collect %u", print, generation);
}

void write_neutral(struct script_writer *w)
{
    struct name n;
    switch (draw(w, 8)) {
    case 0:
        n = any_name_of(w, one_in(w, 2) ? NAME_NUMBER : NAME_TEXT);
        write_value(w, &n);
        break;
    case 1:
    case 2:
        collect(w);
        break;
    default:
        write_print(w);
    }
}
