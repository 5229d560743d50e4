/* test_graph.c - the object graph: what is reached, what is garbage, its cycles; and its picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/graph/dot.h"
#include "harness/graph/references.h"
#include "harness/graph/render.h"
#include "tests/command.h"

enum { PAIR, POINT, MOST_ROOTS = 8 };

static const struct workload_class classes[] = {
    {.name = "Pair", .slots = 2},
    {.name = "Point", .dict = true},
    {0},
};

struct fixture {
    struct mutator m;
    void *memory;
    value *slot;
    struct graph_root root[MOST_ROOTS];
    size_t roots;
    struct graph g;
};

static int open_graph(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char error[200];
    f->memory = calloc(1, MUTATOR_MEMORY_BYTES);
    const struct runtime_options options = {.pools = true, .classes = classes};
    if (mutator_open(&f->m, f->memory, &options, NULL, 1, 1, error, sizeof error) != 0)
        return -1;
    f->slot = mutator_push(&f->m, 32);
    *state = f;
    return 0;
}

static int close_graph(void **state)
{
    struct fixture *f = *state;
    graph_free(&f->g);
    mutator_close(&f->m);
    free(f->memory);
    free(f);
    return 0;
}

static void name(struct fixture *f, const char *text, value v)
{
    f->root[f->roots++] = (struct graph_root){.name = text, .object = v};
}

static void take(struct fixture *f)
{
    assert_int_equal(graph_take(&f->g, &f->m, f->root, f->roots), 0);
}

static void forget(struct fixture *f, size_t slot)
{
    value_replace(&f->m, &f->slot[slot], NULL);
}

/* ---- The graph ---- */

static void what_a_name_leads_to_is_no_garbage(void **state)
{
    struct fixture *f = *state;
    f->slot[0] = new_list(&f->m, 1);
    f->slot[1] = new_tuple(&f->m, (value[]){f->slot[0]}, 1);
    value_list_set(&f->m, f->slot[0], 0, new_int(&f->m, 1000));
    name(f, "t", f->slot[1]);
    take(f);
    assert_int_equal(f->g.count, 3);
    assert_int_equal(f->g.reachable, 3);
    assert_int_equal(graph_find(&f->g, f->slot[1]), 0); /* breadth first */
    assert_int_equal(graph_find(&f->g, f->slot[0]), 1);
    assert_int_equal(f->g.cycles, 0);
}

static void shared_atoms_are_left_out(void **state)
{
    struct fixture *f = *state;
    f->slot[0] = new_list(&f->m, 3);
    value_list_set(&f->m, f->slot[0], 1, new_int(&f->m, 7));
    value_list_set(&f->m, f->slot[0], 2, new_interned(&f->m, "name", 4));
    name(f, "l", f->slot[0]);
    name(f, "n", value_list_get(f->slot[0], 0));
    take(f);
    assert_int_equal(f->g.count, 1);
    assert_int_equal(f->g.node[0].count, 0);
    assert_int_equal(graph_find(&f->g, value_list_get(f->slot[0], 1)), GRAPH_NONE);
}

static void an_object_that_holds_itself_is_a_cycle_once_nobody_else_does(void **state)
{
    struct fixture *f = *state;
    f->slot[0] = new_list(&f->m, 1);
    value list = f->slot[0];
    value_list_set(&f->m, list, 0, value_keep(list));
    name(f, "x", list);
    take(f);
    assert_int_equal(f->g.reachable, 1);
    assert_int_equal(f->g.cycles, 0);
    graph_free(&f->g);
    forget(f, 0);
    f->roots = 0;
    take(f);
    assert_int_equal(f->g.reachable, 0);
    assert_int_equal(f->g.cycles, 1);
    assert_int_equal(f->g.node[graph_find(&f->g, list)].cycle, 1);
}

/* Two rings, one holding the other; what hangs on them is garbage, but on no cycle. */
static void each_cycle_of_the_garbage_is_told_apart(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    for (int i = 0; i < 6; i++)
        f->slot[i] = new_slots(m, PAIR);
    value pair[6];
    memcpy(pair, f->slot, sizeof pair);
    for (int i = 0; i < 5; i++)
        value_slot_set(m, pair[i], 0, value_keep(pair[i == 1 ? 0 : i == 4 ? 2 : i + 1]));
    value_slot_set(m, pair[0], 1, value_keep(pair[3]));
    value_slot_set(m, pair[4], 1, value_keep(pair[5]));
    for (size_t i = 0; i < 6; i++)
        forget(f, i);
    take(f);
    uint32_t cycle[6];
    for (int i = 0; i < 6; i++)
        cycle[i] = f->g.node[graph_find(&f->g, pair[i])].cycle;
    assert_int_equal(f->g.cycles, 2);
    assert_int_equal(cycle[0], cycle[1]);
    assert_int_equal(cycle[2], cycle[3]);
    assert_int_equal(cycle[3], cycle[4]);
    assert_true(cycle[0] != 0 && cycle[2] != 0 && cycle[0] != cycle[2]);
    assert_int_equal(cycle[5], 0);
}

/* Recursion would not survive this. */
static void a_ring_of_a_hundred_thousand_is_one_cycle(void **state)
{
    enum { RING = 100000 };
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    runtime_enable(m, false);
    f->slot[0] = f->slot[1] = new_slots(m, PAIR);
    value_keep(f->slot[1]);
    for (int i = 1; i < RING; i++) {
        value next = new_slots(m, PAIR);
        value_slot_set(m, f->slot[1], 0, value_keep(next));
        value_replace(m, &f->slot[1], next);
    }
    value_slot_set(m, f->slot[1], 0, value_keep(f->slot[0]));
    forget(f, 0);
    forget(f, 1);
    take(f);
    assert_int_equal(f->g.count, RING);
    assert_int_equal(f->g.cycles, 1);
    for (size_t i = 0; i < RING; i++)
        assert_int_equal(f->g.node[i].cycle, 1);
}

static void a_weak_reference_keeps_nothing_reachable(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    f->slot[0] = new_object(m, POINT);
    f->slot[1] = new_interned(m, "self", 4);
    f->slot[2] = new_weakref(m, f->slot[0], false);
    value object = f->slot[0];
    value_key_set(m, object, f->slot[1], value_keep(object));
    forget(f, 0);
    name(f, "w", f->slot[2]);
    take(f);
    assert_int_equal(f->g.reachable, 1);
    assert_int_equal(f->g.node[graph_find(&f->g, object)].cycle, 1);
}

/* ---- References ---- */

struct tally {
    size_t count;
    char labels[512];
};

static void add_label(void *context, const char *label, bool weak, value target)
{
    struct tally *t = context;
    (void)target;
    t->count++;
    snprintf(t->labels + strlen(t->labels), sizeof t->labels - strlen(t->labels), "%s%s ", label, weak ? "~" : "");
}

static void count_visit(struct object *o, void *argument)
{
    (void)o;
    ++*(size_t *)argument;
}

/* What the collector sees, by name. */
static void assert_labels(value object, const char *labels)
{
    struct tally named = {0};
    size_t visited = 0;
    graph_each_reference(object, add_label, &named);
    assert_string_equal(named.labels, labels);
    object_traverse(object, count_visit, &visited);
    assert_int_equal(visited, value_kind(object) == VALUE_WEAKREF ? 0 : named.count);
}

static void each_reference_has_the_name_of_its_slot(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    value *slot = f->slot;
    slot[0] = new_list(m, 2);
    slot[1] = new_tuple(m, (value[]){slot[0], slot[0]}, 2);
    slot[2] = new_slots(m, PAIR);
    value_slot_set(m, slot[2], 1, value_keep(slot[0]));
    slot[3] = new_dict(m);
    slot[4] = new_interned(m, "first", 5);
    slot[5] = new_interned(m, "naïve", 6);
    value_key_set(m, slot[3], slot[4], value_keep(slot[0]));
    value_key_set(m, slot[3], slot[5], value_keep(slot[0]));
    slot[6] = new_object(m, POINT);
    value_key_set(m, slot[6], slot[5], value_keep(slot[0]));
    slot[7] = new_function(m, (value[]){slot[0]}, 1);
    slot[8] = new_set(m, (value[]){slot[6]}, 1);
    slot[9] = new_weakref(m, slot[6], false);
    assert_labels(slot[0], "[0] [1] ");
    assert_labels(slot[1], "[0] [1] ");
    assert_labels(slot[2], "slot 1 ");
    assert_labels(slot[3], ".first .naïve ");
    assert_labels(slot[6], ".naïve ");
    assert_labels(slot[7], "closure ");
    assert_labels(slot[8], "element ");
    assert_labels(slot[9], "weak~ ");
}

static void an_instance_with_a_dict_refers_to_it(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    f->slot[0] = new_object(m, POINT);
    char key[16];
    for (int i = 0; !instance_has_dict(f->slot[0]); i++) { /* more keys than a class shares */
        snprintf(key, sizeof key, "k%d", i);
        value_replace(m, &f->slot[1], new_interned(m, key, strlen(key)));
        value_key_set(m, f->slot[0], f->slot[1], new_list(m, 0));
    }
    assert_labels(f->slot[0], "__dict__ ");
}

/* ---- The picture ---- */

static char *picture_of(struct fixture *f, const char *title, size_t most, long long left_out)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const struct graph_picture picture = {title, f->root, f->roots, most};
    take(f);
    assert_int_equal(dot_write(&f->g, &picture, out), left_out);
    fclose(out);
    graph_free(&f->g);
    return text;
}

#define assert_has(text, part)                               \
    do {                                                     \
        if (!strstr((text), (part)))                         \
            fail_msg("'%s' is not in:\n%s", (part), (text)); \
    } while (0)

static size_t occurrences(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* The picture as Graphviz draws it; NULL where there is no Graphviz. Takes the text over. */
static char *drawn(char *text)
{
    static struct command drawing;
    char error[200];
    FILE *dot = tmpfile(), *svg = tmpfile();
    fputs(text, dot);
    fflush(dot);
    free(text);
    int result = render_svg(fileno(dot), fileno(svg), error, sizeof error);
    if (result != 0 && result != RENDER_MISSING)
        fail_msg("%s", error);
    read_back(dup(fileno(svg)), drawing.out);
    fclose(dot);
    fclose(svg);
    return result == 0 ? drawing.out : NULL;
}

static void garbage_is_filled_and_its_cycle_framed(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    f->slot[0] = new_slots(m, PAIR);
    f->slot[1] = new_slots(m, PAIR);
    value_slot_set(m, f->slot[0], 0, value_keep(f->slot[1]));
    value_slot_set(m, f->slot[1], 1, value_keep(f->slot[0]));
    forget(f, 0);
    forget(f, 1);
    f->slot[2] = new_list(m, 0);
    name(f, "kept", f->slot[2]);
    char *text = picture_of(f, "two.heap", 100, 0);
    assert_has(text, "two.heap: 3 objects, 2 garbage (1 cycle)");
    assert_has(text, "subgraph cluster_cycle_1");
    assert_int_equal(occurrences(text, "fillcolor=\"#fbe1d8\""), 2);
    assert_has(text, "[label=\" slot 0 \", color=\"#c2452d\", penwidth=1.8]");
    assert_has(text, "[label=\" slot 1 \", color=\"#c2452d\", penwidth=1.8]");
    assert_has(text, "r0 [label=<kept>]");
    assert_has(text, "r0 -> n0 ");
    const char *svg = drawn(text);
    if (svg) {
        assert_has(svg, "<svg");
        assert_int_equal(occurrences(svg, "class=\"node\""), 4);
        assert_has(svg, "garbage cycle");
    }
}

static void every_kind_of_object_can_be_drawn(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    value *slot = f->slot;
    slot[0] = new_list(m, 10);
    slot[1] = new_dict(m);
    slot[2] = new_interned(m, "key", 3);
    slot[3] = new_object(m, POINT);
    slot[4] = new_function(m, (value[]){slot[0], slot[3]}, 2);
    slot[5] = new_set(m, (value[]){slot[3], slot[4]}, 2);
    slot[6] = new_weakref(m, slot[3], false);
    static const char text_of_it[] = "a \"text\" <&> of more than twenty-four characters";
    slot[7] = new_str(m, text_of_it, sizeof text_of_it - 1);
    slot[8] = new_float(m, 0.5);
    slot[9] = new_bytes(m, 1000);
    slot[10] = new_int(m, -123456789);
    slot[11] = new_slots(m, PAIR);
    slot[12] = new_tuple(m, slot, 12);
    value_key_set(m, slot[1], slot[2], value_keep(slot[12]));
    name(f, "all", slot[1]);
    name(f, "none", value_list_get(slot[0], 0));
    char *text = picture_of(f, "all.heap", 100, 0);
    assert_has(text, "[0] None");
    assert_has(text, "and 6 more");
    assert_has(text, "str &quot;a &quot;text&quot; &lt;&amp;&gt; of more tha…&quot;");
    assert_has(text, "float 0.5");
    assert_has(text, "bytes 1000");
    assert_has(text, "int -123456789");
    assert_has(text, "<B>Point</B>");
    assert_has(text, "style=dashed");
    assert_has(text, "label=\" .key \"");
    const char *svg = drawn(text);
    if (svg)
        assert_has(svg, "of more tha…");
}

static void what_is_left_out_is_said(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    f->slot[0] = new_list(m, 0);
    for (int i = 0; i < 100; i++)
        value_list_append(m, f->slot[0], new_list(m, 0));
    for (int i = 0; i < 100; i++)
        value_list_append(m, f->slot[0], value_keep(f->slot[0]));
    for (int i = 0; i < 50; i++) {
        value_replace(m, &f->slot[1], new_list(m, 1));
        value_list_set(m, f->slot[1], 0, value_keep(f->slot[1]));
    }
    forget(f, 1);
    name(f, "l", f->slot[0]);
    char *text = picture_of(f, "many.heap", 10, 101 + 50 - 10);
    assert_has(text, "151 objects, 50 garbage (50 cycles); 141 not drawn");
    assert_has(text, "96 not drawn");
    assert_has(text, "label=\" 97 more \"");
    assert_int_equal(occurrences(text, "<B>list</B>"), 10);
    assert_int_equal(occurrences(text, "subgraph cluster_cycle"), 5); /* half of the room is the garbage's */
    drawn(text);
}

/* A title is a file's name: any bytes. */
static void nothing_that_is_named_can_end_its_label(void **state)
{
    struct fixture *f = *state;
    f->slot[0] = new_list(&f->m, 0);
    name(f, "x\"];evil[<b>&amp;\\", f->slot[0]);
    char *text = picture_of(f, "a\"b<c>&d\\\n\x1b[31m\xff\xc3(", 100, 0);
    assert_has(text, "label=<a&quot;b&lt;c&gt;&amp;d\\??[31m?\?(: 1 object>");
    assert_has(text, "label=<x&quot;];evil[&lt;b&gt;&amp;amp;\\>");
    drawn(text);
}

/* ---- The command ---- */

static const char pair_script[] = "a = object\n"
                                  "b = object\n"
                                  "a.other = b\n"
                                  "b.other = a\n"
                                  "kept = intern \"kept\"\n"
                                  "frame\n"
                                  "  inner = list 2\n"
                                  "  append inner inner\n"
                                  "end\n"
                                  "del a\n"
                                  "del b\n";

static int open_folder(void **state)
{
    *state = folder_make();
    if (!*state)
        return -1;
    file_write(in_folder(*state, "pair.heap"), pair_script, 0644);
    return 0;
}

static int drop_folder(void **state)
{
    folder_remove(*state);
    return 0;
}

static void what_a_script_leaves_behind_is_written_as_dot(void **state)
{
    struct command c;
    GCSWEEP(&c, "graph", in_folder(*state, "pair.heap"));
    assert_int_equal(c.status, 0);
    assert_string_equal(c.error, "");
    assert_int_equal(strncmp(c.out, "digraph heap {", 14), 0);
    assert_has(c.out, "pair.heap: 3 objects, 3 garbage (2 cycles)");
    assert_has(c.out, "kept<BR/><FONT POINT-SIZE=\"9\" COLOR=\"#cbd5e1\">str &quot;kept&quot;");
    assert_int_equal(occurrences(c.out, "label=\" .other \""), 2);
    assert_int_equal(occurrences(c.out, "<B>object</B>"), 2);
}

static void a_line_says_when_to_look(void **state)
{
    struct command c;
    GCSWEEP(&c, "graph", in_folder(*state, "pair.heap"), "--at", "9");
    assert_int_equal(c.status, 0);
    assert_has(c.out, "pair.heap, before line 9: 3 objects>");
    assert_has(c.out, "<inner<BR/><FONT POINT-SIZE=\"8\">frame 1</FONT>>");
    assert_has(c.out, "label=\" [2] \"");
    assert_int_equal(occurrences(c.out, "garbage"), 0);
}

static void a_file_takes_the_picture(void **state)
{
    struct command c, read;
    const char *out = in_folder(*state, "pair.svg");
    GCSWEEP(&c, "graph", in_folder(*state, "pair.heap"), "--svg", "--out", out, "--most", "2");
    if (c.status == 2 && strstr(c.error, "Graphviz"))
        skip();
    assert_int_equal(c.status, 0);
    assert_string_equal(c.out, "");
    assert_has(c.error, "1 object is not drawn");
    command_run(&read, "/bin/cat", (const char *const[]){out, NULL});
    assert_has(read.out, "</svg>");
}

static void without_graphviz_one_line_says_how_to_get_it(void **state)
{
    struct command c;
    char *path = strdup(getenv("PATH"));
    setenv("PATH", *state, 1);
    GCSWEEP(&c, "graph", in_folder(*state, "pair.heap"), "--svg");
    setenv("PATH", path, 1);
    free(path);
    assert_int_equal(c.status, 2);
    assert_has(c.error, "install the package graphviz");
    assert_int_equal(line_count(c.error), 1);
    assert_string_equal(c.out, "");
}

static void assert_graph_refused(void **state, const char *script, int status, const char *part)
{
    struct command c;
    file_write(in_folder(*state, "wrong.heap"), script, 0644);
    GCSWEEP(&c, "graph", in_folder(*state, "wrong.heap"), "--at", "2");
    assert_int_equal(c.status, status);
    assert_has(c.error, part);
    assert_int_equal(line_count(c.error), 1);
    assert_string_equal(c.out, "");
}

static void what_cannot_be_drawn_is_refused_in_one_line(void **state)
{
    assert_graph_refused(state, "x = list many\ny = None\n", 2, "wrong.heap:1:10: ");
    assert_graph_refused(state, "y = x\nx = None\n", 2, "wrong.heap:1:5: ");
    assert_graph_refused(state, "x = None\n", 2, "no statement on line 2");
#ifndef GCSWEEP_SANITIZED
    assert_graph_refused(state, "x = bytes 1099511627776\nx = None\n", 1, "wrong.heap:1:1: out of memory");
#endif
    struct command c;
    GCSWEEP(&c, "graph", in_folder(*state, "nothing.heap"));
    assert_int_equal(c.status, 2);
    GCSWEEP(&c, "graph");
    assert_int_equal(c.status, 2);
    GCSWEEP(&c, "graph", "--most", "0", "x.heap");
    assert_int_equal(c.status, 2);
    GCSWEEP(&c, "graph", in_folder(*state, "pair.heap"), "--out", in_folder(*state, "no/such/folder"));
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
}

int main(void)
{
#define COMMAND(test) cmocka_unit_test_setup_teardown(test, open_folder, drop_folder)
#define ROW(test)     cmocka_unit_test_setup_teardown(test, open_graph, close_graph)
    const struct CMUnitTest tests[] = {
        ROW(what_a_name_leads_to_is_no_garbage),
        ROW(shared_atoms_are_left_out),
        ROW(an_object_that_holds_itself_is_a_cycle_once_nobody_else_does),
        ROW(each_cycle_of_the_garbage_is_told_apart),
        ROW(a_ring_of_a_hundred_thousand_is_one_cycle),
        ROW(a_weak_reference_keeps_nothing_reachable),
        ROW(each_reference_has_the_name_of_its_slot),
        ROW(an_instance_with_a_dict_refers_to_it),
        ROW(garbage_is_filled_and_its_cycle_framed),
        ROW(every_kind_of_object_can_be_drawn),
        ROW(what_is_left_out_is_said),
        ROW(nothing_that_is_named_can_end_its_label),
        COMMAND(what_a_script_leaves_behind_is_written_as_dot),
        COMMAND(a_line_says_when_to_look),
        COMMAND(a_file_takes_the_picture),
        COMMAND(without_graphviz_one_line_says_how_to_get_it),
        COMMAND(what_cannot_be_drawn_is_refused_in_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
