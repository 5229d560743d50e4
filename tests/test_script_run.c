/* test_script_run.c - what each statement of a heap script does, on the model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/memory_sources.h"
#include "workloads/script/script_file.h"

enum { OUT_BYTES = 65536 };

/* ---- Running a text ---- */

struct outcome {
    int result; /* of mutator_guard */
    char out[OUT_BYTES];
    size_t length;
    char failure[MUTATOR_FAILURE_BYTES];
    uint64_t checksum, operations;
};

static void take_line(void *context, const char *line, size_t length)
{
    struct outcome *o = context;
    assert_true(o->length + length + 2 < OUT_BYTES);
    memcpy(o->out + o->length, line, length);
    o->length += length;
    o->out[o->length++] = '\n';
    o->out[o->length] = '\0';
}

struct setting {
    bool silent, debug;
    struct failing *failing; /* serves every block; NULL: the pools do */
    int threshold0;          /* 0: as usual */
};

static void run_as(const char *text, const struct setting *setting, struct outcome *o)
{
    struct script script;
    struct script_error error;
    char why[256];
    void *memory = calloc(1, script_memory_bytes(strlen(text)));
    memset(o, 0, sizeof *o);
    if (script_parse(&script, text, strlen(text), memory, &error) != 0)
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
    struct script_run *run = calloc(1, script_run_bytes(&script));
    struct workload w;
    script_workload(run, &script, "script:test.heap", setting->silent ? NULL : take_line, o, &w);

    struct mutator *m = malloc(sizeof *m);
    void *slots = calloc(1, MUTATOR_MEMORY_BYTES);
    const struct memory_backend backend = failing_backend(setting->failing);
    const struct runtime_options options = {.pools = !setting->failing,
                                            .backend = setting->failing ? &backend : NULL,
                                            .classes = w.classes,
                                            .on_weakref = w.on_weakref,
                                            .debug = setting->debug};
    assert_int_equal(mutator_open(m, slots, &options, &run, 1, 1, why, sizeof why), 0);
    if (setting->threshold0 > 0)
        runtime_set_thresholds(m, setting->threshold0, 10, 10);
    o->result = mutator_guard(m, w.setup);
    if (o->result == 0)
        o->result = mutator_guard(m, w.run);
    memcpy(o->failure, m->failure, sizeof o->failure);
    o->checksum = m->checksum;
    o->operations = m->operations;
    mutator_close(m);
    script_run_close(run);
    free(slots);
    free(m);
    free(run);
    free(memory);
}

static struct outcome outcome;

static struct outcome *run(const char *text)
{
    run_as(text, &(struct setting){.silent = false}, &outcome);
    if (outcome.result != 0)
        print_error("%s\n", outcome.failure);
    return &outcome;
}

static void assert_prints(const char *text, const char *expected)
{
    struct outcome *o = run(text);
    assert_int_equal(o->result, 0);
    assert_string_equal(o->out, expected);
}

static void assert_fails(const char *text, const char *expected)
{
    run_as(text, &(struct setting){.silent = false}, &outcome);
    assert_int_equal(outcome.result, EINVAL);
    if (strstr(outcome.failure, expected) != outcome.failure)
        fail_msg("expected: %s\nbut got: %s", expected, outcome.failure);
}

/* ---- Values ---- */

static void atoms_are_shared_as_python_shares_them(void **state)
{
    (void)state;
    assert_prints(
        "a = int 256\nb = int 256\nprint same a b\nc = int 257\nd = int 257\nprint same c d\n"
        "e = str \"abc\"\nf = str \"abc\"\nprint same e f\ng = str \"a b\"\nh = str \"a b\"\nprint same g h\n"
        "i = intern \"a b\"\nj = intern \"a b\"\nprint same i j\nprint same g i\n"
        "k = None\nprint refcount k\nprint refcount a\nprint refcount c\nprint refcount e\nprint refcount g\n",
        "same a b: True\nsame c d: False\nsame e f: True\nsame g h: False\nsame i j: True\nsame g i: False\n"
        "refcount k: shared\nrefcount a: shared\nrefcount c: 1\nrefcount e: shared\nrefcount g: 1\n");
}

static void sizes_are_those_of_python(void **state)
{
    (void)state;
    assert_prints("a = int 5\nprint sizeof a\nb = float 1.5\nprint sizeof b\nc = bytes 100\nprint sizeof c\n"
                  "d = list 3\nprint sizeof d\ne = tuple a b c\nprint sizeof e\nf = dict\nprint sizeof f\n"
                  "g = slots 2\nprint sizeof g\nh = set a\nprint sizeof h\ni = str \"text\"\nprint sizeof i\n",
                  "sizeof a: 28\nsizeof b: 24\nsizeof c: 133\nsizeof d: 80\nsizeof e: 64\nsizeof f: 64\n"
                  "sizeof g: 48\nsizeof h: 216\nsizeof i: 53\n");
}

static void lengths_are_told_of_what_has_one(void **state)
{
    (void)state;
    assert_prints(
        "a = list 3\nb = tuple a a\nc = dict\nc.k = a\nd = int 1\ne = int 1\nf = set d e\n"
        "g = str \"h\xc3\xa9\"\nh = bytes 10\nprint len a\nprint len b\nprint len c\nprint len f\nprint len g\n"
        "print len h\n",
        "len a: 3\nlen b: 2\nlen c: 1\nlen f: 1\nlen g: 2\nlen h: 10\n");
}

static void an_assignment_makes_the_new_value_before_it_drops_the_old(void **state)
{
    (void)state;
    assert_prints("a = object\nfinalizer a \"first\"\na = object\nprint \"next\"\n", "finalize first\nnext\n");
    assert_prints("a = list 1\na[0] = a\nprint refcount a\na = a[0]\nprint refcount a\n",
                  "refcount a: 2\nrefcount a: 2\n");
    assert_prints("a = list 1\nb = object\na[0] = b\ndel b\nfinalizer_of = a[0]\nfinalizer finalizer_of \"b\"\n"
                  "del finalizer_of\na = a[0]\nprint refcount a\ndel a\n",
                  "refcount a: 1\nfinalize b\n");
}

static void a_name_holds_exactly_one_reference(void **state)
{
    (void)state;
    assert_prints("a = list 2\nprint refcount a\nb = a\nprint refcount a\na[0] = a\nprint refcount b\nappend a b\n"
                  "t = tuple a b a\nprint refcount a\ndel t\nprint refcount a\ndel a[2]\ndel a[0]\nprint refcount a\n"
                  "del b\nprint refcount a\n",
                  "refcount a: 1\nrefcount a: 2\nrefcount b: 3\nrefcount a: 7\nrefcount a: 4\nrefcount a: 2\n"
                  "refcount a: 1\n");
}

static void slots_and_keys_are_set_read_and_deleted(void **state)
{
    (void)state;
    assert_prints("o = slots 2\nv = list 0\no[1] = v\nw = o[1]\nprint same v w\ndel o[1]\nprint refcount v\n"
                  "d = dict\nd.k = v\nx = d.k\nprint same v x\nd.k = o\nprint refcount v\ndel d.k\nprint len d\n"
                  "i = object\ni.k = v\ny = i.k\nprint refcount v\ndel i.k\nprint refcount v\n",
                  "same v w: True\nrefcount v: 2\nsame v x: True\nrefcount v: 3\nlen d: 0\nrefcount v: 5\n"
                  "refcount v: 4\n");
}

/* ---- Names and frames ---- */

static void what_is_bound_in_a_frame_is_dropped_at_its_end_in_order_of_binding(void **state)
{
    (void)state;
    assert_prints("frame\nb = object\nfinalizer b \"b\"\na = object\nfinalizer a \"a\"\nc = object\n"
                  "finalizer c \"c\"\nprint \"end\"\nend\nprint \"out\"\n",
                  "end\nfinalize b\nfinalize a\nfinalize c\nout\n");
}

static void a_rebound_local_keeps_its_place_even_after_del(void **state)
{
    (void)state;
    assert_prints("frame\na = None\nb = object\nfinalizer b \"b\"\ndel a\na = object\nfinalizer a \"a\"\nend\n",
                  "finalize a\nfinalize b\n");
}

static void a_bound_global_is_rebound_from_a_frame(void **state)
{
    (void)state;
    assert_prints("g = int 1000\nframe\ng = list 3\nend\nprint len g\n", "len g: 3\n");
    assert_fails("frame\nx = list 3\nend\nprint len x\n", "4:11: 'x' holds nothing here");
    assert_fails("g = None\ndel g\nframe\ng = list 3\nend\nprint len g\n", "6:11: 'g' holds nothing here");
}

static void an_inner_frame_rebinds_the_local_of_an_outer_one(void **state)
{
    (void)state;
    assert_prints("frame\na = list 1\nframe\na = list 2\nb = list 5\nend\nprint len a\nb = list 7\nprint len b\nend\n",
                  "len a: 2\nlen b: 7\n");
    assert_prints("frame\na = list 1\ndel a\nframe\na = object\nfinalizer a \"a\"\nend\nprint \"still there\"\nend\n",
                  "still there\nfinalize a\n");
}

static void a_frame_in_a_repeat_begins_anew_each_time(void **state)
{
    (void)state;
    assert_prints("repeat 3\nframe\na = object\nfinalizer a \"{i}\"\nrepeat 2\nb = list 1\nend\nend\nend\n",
                  "finalize 0\nfinalize 1\nfinalize 2\n");
    /* The name is local where it is first bound: in the outer frame, when the inner one comes later. */
    assert_prints("repeat 2\nframe\nrepeat 0\nx = None\nend\nframe\nx = object\nfinalizer x \"inner\"\nend\n"
                  "print \"outer\"\nx = None\nend\nend\n",
                  "finalize inner\nouter\nfinalize inner\nouter\n");
}

static void a_finalizer_may_bind_a_global_that_hides_behind_a_local(void **state)
{
    (void)state;
    assert_prints("frame\nx = int 7\ny = object\nfinalizer y \"y\" resurrect x\ndel y\nprint refcount x\nend\n"
                  "print refcount x\nprint finalized x\n",
                  "finalize y\nrefcount x: shared\nrefcount x: 1\nfinalized x: True\n");
}

static void a_deleted_local_uncovers_the_global(void **state)
{
    (void)state;
    assert_prints("frame\nx = list 3\ny = object\nfinalizer y \"y\" resurrect x\ndel y\nprint len x\ndel x\n"
                  "print refcount x\ndel x\nend\n",
                  "finalize y\nlen x: 3\nrefcount x: 1\n");
}

/* ---- Repeats and texts ---- */

static void repeats_nest_and_count_from_0(void **state)
{
    (void)state;
    assert_prints(
        "repeat 2\nprint \"outer {i}\"\nrepeat 2\nprint \"inner {i} {i}\"\nend\nend\nrepeat 0\nprint \"never\"\n"
        "end\nprint \"after {i}\"\n",
        "outer 0\ninner 0 0\ninner 1 1\nouter 1\ninner 0 0\ninner 1 1\nafter {i}\n");
}

static void an_index_in_a_text_makes_strings_of_their_own(void **state)
{
    (void)state;
    assert_prints("repeat 2\na = str \"item{i}\"\nb = str \"item{i}\"\nprint same a b\nc = intern \"item{i}\"\n"
                  "d = intern \"item{i}\"\nprint same c d\nprint len d\nend\n",
                  "same a b: False\nsame c d: True\nlen d: 5\nsame a b: False\nsame c d: True\nlen d: 5\n");
}

static void a_request_is_a_pass_of_an_outermost_repeat_or_a_statement_outside(void **state)
{
    (void)state;
    assert_int_equal(run("a = None\nrepeat 10\nrepeat 3\na = None\nend\nend\ndel a\n")->operations, 12);
    assert_int_equal(run("frame\nrepeat 5\na = None\nend\nend\n")->operations, 7);
    assert_int_equal(run("")->operations, 0);
}

/* ---- Weak references and finalizers ---- */

static void weak_references_without_a_label_are_shared(void **state)
{
    (void)state;
    assert_prints("x = object\nw = weakref x\nv = weakref x\nprint same w v\nu = weakref x \"u\"\nprint same w u\n"
                  "print alive w\ny = deref w\nprint same x y\ndel y\ndel x\nprint alive w\nz = deref w\nn = None\n"
                  "print same z n\n",
                  "same w v: True\nsame w u: False\nalive w: True\nsame x y: True\ncallback u\nalive w: False\n"
                  "same z n: True\n");
}

static void callbacks_come_newest_first_with_the_index_of_their_making(void **state)
{
    (void)state;
    assert_prints("x = object\nl = list 0\nrepeat 3\nw = weakref x \"w{i}\"\nappend l w\nend\ndel x\n",
                  "callback w2\ncallback w1\ncallback w0\n");
}

static void weak_references_go_to_sets_and_functions_too(void **state)
{
    (void)state;
    assert_prints("s = set\nf = function s\nw = weakref s \"s\"\nv = weakref f \"f\"\ndel s\ndel f\n",
                  "callback f\ncallback s\n");
}

static void a_finalizer_runs_once(void **state)
{
    (void)state;
    assert_prints("x = object\nprint finalized x\nfinalizer x \"one\" resurrect y\ndel x\nprint finalized y\n"
                  "finalizer y \"two\"\ndel y\nprint \"gone\"\n",
                  "finalized x: False\nfinalize one\nfinalized y: True\ngone\n");
}

static void a_second_finalizer_replaces_the_first(void **state)
{
    (void)state;
    assert_prints("x = object\nfinalizer x \"one\" resurrect y\nfinalizer x \"two\"\ndel x\n", "finalize two\n");
}

static void a_new_object_at_a_dead_ones_address_has_no_finalizer(void **state)
{
    (void)state;
    assert_prints("repeat 3\nx = object\nprint finalized x\nfinalizer x \"{i}\"\ndel x\nx = object\nprint finalized x\n"
                  "del x\nend\n",
                  "finalized x: False\nfinalize 0\nfinalized x: False\nfinalized x: False\nfinalize 1\n"
                  "finalized x: False\nfinalized x: False\nfinalize 2\nfinalized x: False\n");
}

static void resurrection_may_drop_another_that_is_finalized(void **state)
{
    (void)state;
    assert_prints("keep = object\nfinalizer keep \"old\"\nx = object\nfinalizer x \"new\" resurrect keep\ndel x\n"
                  "print finalized keep\n",
                  "finalize new\nfinalize old\nfinalized keep: True\n");
}

static void a_cycle_is_finalized_by_the_collector(void **state)
{
    (void)state;
    assert_prints("x = object\nx.me = x\nfinalizer x \"x\"\ndel x\nprint gc.collect\nprint gc.collect\n",
                  "finalize x\ngc.collect: 1\ngc.collect: 0\n");
}

static void thousands_of_labels_are_kept_apart(void **state)
{
    (void)state;
    struct outcome *o = run("l = list 0\nrepeat 3000\nx = object\nfinalizer x \"{i}\"\nappend l x\nend\ndel x\n"
                            "repeat 2998\ndel l[2]\nend\ndel l[1]\n");
    assert_int_equal(o->result, 0);
    char expected[OUT_BYTES] = "";
    size_t used = 0;
    for (int i = 2; i < 3000; i++)
        used += (size_t)snprintf(expected + used, sizeof expected - used, "finalize %d\n", i);
    snprintf(expected + used, sizeof expected - used, "finalize 1\n");
    assert_string_equal(o->out, expected);
}

static void nothing_is_printed_after_the_last_statement(void **state)
{
    (void)state;
    assert_prints("x = object\nfinalizer x \"x\" resurrect y\nz = object\nw = weakref z \"z\"\nprint \"last\"\n",
                  "last\n");
}

/* ---- The collector ---- */

static void the_collectors_calls_do_what_the_gc_module_does(void **state)
{
    (void)state;
    assert_prints("print gc.threshold\nprint gc.isenabled\ngc.disable\nprint gc.isenabled\ngc.enable\n"
                  "print gc.isenabled\ngc.set_threshold 50 3 4\nprint gc.threshold\nprint gc.count\na = list 0\n"
                  "print gc.count\ngc.collect 0\nprint gc.count\ngc.freeze\nprint gc.frozen\ngc.unfreeze\n"
                  "print gc.frozen\nprint gc.garbage\n",
                  "gc.threshold: (700, 10, 10)\ngc.isenabled: True\ngc.isenabled: False\ngc.isenabled: True\n"
                  "gc.threshold: (50, 3, 4)\ngc.count: (0, 0, 0)\ngc.count: (1, 0, 0)\ngc.count: (0, 1, 0)\n"
                  "gc.frozen: 1\ngc.frozen: 0\ngc.garbage: 0\n");
}

static void statistics_are_printed_as_python_prints_them(void **state)
{
    (void)state;
    assert_prints("a = list 1\na[0] = a\ndel a\nprint gc.collect 1\nprint gc.stats\n",
                  "gc.collect 1: 1\ngc.stats: [{'collections': 0, 'collected': 0, 'uncollectable': 0}, "
                  "{'collections': 1, 'collected': 1, 'uncollectable': 0}, "
                  "{'collections': 0, 'collected': 0, 'uncollectable': 0}]\n");
}

static void saveall_keeps_garbage(void **state)
{
    (void)state;
    assert_prints("gc.set_debug saveall\na = list 1\na[0] = a\ndel a\nprint gc.collect\nprint gc.garbage\n"
                  "gc.set_debug none\n",
                  "gc.collect: 1\ngc.garbage: 1\n");
}

static void blocks_count_from_the_scripts_start(void **state)
{
    (void)state;
    assert_prints(
        "print blocks\na = float 1.5\nprint blocks\nb = bytes 1000\nprint blocks\ndel b\ndel a\nprint blocks\n"
        "d = dict\nd.some_key = d\ndel d.some_key\ndel d\nprint blocks\n",
        "blocks: 0\nblocks: 1\nblocks: 2\nblocks: 1\nblocks: 3\n");
}

static void lists_are_tracked_and_tuples_of_atoms_are_not_for_long(void **state)
{
    (void)state;
    assert_prints("a = list 0\nprint tracked a\nb = int 1\nprint tracked b\nc = tuple b\nprint tracked c\n"
                  "gc.collect\nprint tracked c\nd = dict\nprint tracked d\nd.k = b\nprint tracked d\nd.k = a\n"
                  "print tracked d\n",
                  "tracked a: True\ntracked b: False\ntracked c: True\ntracked c: False\ntracked d: False\n"
                  "tracked d: False\ntracked d: True\n");
}

/* ---- Errors ---- */

static void type_errors_name_line_column_and_what_was_expected(void **state)
{
    (void)state;
    static const struct {
        const char *script, *failure;
    } wrong[] = {
        {"x = y\n", "1:5: 'y' holds nothing here; a name that was given a value is expected"},
        {"del x\n", "1:5: 'x' holds nothing here"},
        {"x = int 5\ny = x[0]\n", "2:5: 'x' is an int; an item is taken from a list, a tuple or an object with slots"},
        {"x = list 2\ny = x[2]\n", "2:7: index 2 is out of range: 'x' has 2 items"},
        {"x = slots 2\ny = x[2]\n", "2:7: index 2 is out of range: 'x' has 2 slots"},
        {"x = slots 2\ny = x[1]\n", "2:7: slot 1 of 'x' is empty"},
        {"x = slots 2\ndel x[1]\n", "2:7: slot 1 of 'x' is empty already"},
        {"x = None\ny = tuple x\ny[0] = x\n", "3:1: 'y' is a tuple; items of a list or an object with slots change"},
        {"x = list 1\nx[1] = x\n", "2:3: index 1 is out of range: 'x' has 1 items"},
        {"x = dict\ny = x.k\n", "2:7: 'x' has no key 'k'"},
        {"x = object\ndel x.k\n", "2:7: 'x' has no key 'k'"},
        {"x = list 1\nx.k = x\n", "2:1: 'x' is a list; a key belongs to a dict or an object"},
        {"x = object\nx.__class__ = x\n", "2:3: '__class__' belongs to the class of objects"},
        {"x = dict\nappend x x\n", "2:8: 'x' is a dict; append takes a list and a value"},
        {"x = list 1\nw = weakref x\n", "2:13: 'x' is a list; a weak reference goes to an object, a set or a function"},
        {"x = list 1\nw = deref x\n", "2:11: 'x' is a list; deref takes a weak reference"},
        {"x = list 1\nprint alive x\n", "2:13: 'x' is a list; alive takes a weak reference"},
        {"x = list 1\nfinalizer x \"x\"\n", "2:11: 'x' is a list; finalizer takes an object"},
        {"x = float 1\nprint len x\n", "2:11: 'x' is a float; len takes a list"},
        {"x = int 1\ny = list 1\nz = set x y\n", "3:11: 'y' cannot be in a set"},
        {"y = list 1\nx = tuple y\nz = set x\n", "3:9: 'x' cannot be in a set"},
        {"x = int 1\ny = tuple x z\n", "2:13: 'z' holds nothing here"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fails(wrong[i].script, wrong[i].failure);
}

static void a_failed_script_prints_nothing_more(void **state)
{
    (void)state;
    assert_fails("x = object\nfinalizer x \"x\" resurrect y\nframe\nz = object\nfinalizer z \"z\"\nprint \"last\"\n"
                 "del nothing\nend\n",
                 "7:5: 'nothing' holds nothing here");
    assert_string_equal(outcome.out, "last\n");
}

static void more_names_than_slots_are_refused(void **state)
{
    (void)state;
    enum { NAMES = MUTATOR_SLOTS };
    char *text = malloc((size_t)NAMES * 24);
    assert_non_null(text);
    size_t used = 0;
    for (int i = 0; i < NAMES; i++)
        used += (size_t)sprintf(text + used, "n%d = None\n", i);
    assert_fails(text, "1:1: the script has more names than");
    free(text);
}

static void a_frame_with_one_name_bound_often_needs_one_slot(void **state)
{
    (void)state;
    enum { LINES = MUTATOR_SLOTS + 10 };
    char *text = malloc((size_t)LINES * 80 + 100);
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "frame\n");
    for (int i = 0; i < LINES; i++)
        used += (size_t)sprintf(text + used, "a = None\nframe\na = None\nend\n");
    sprintf(text + used, "print \"done\"\nend\n");
    assert_prints(text, "done\n");
    free(text);
}

/* ---- As a workload ---- */

static const char busy_script[] =
    "k = list 0\nrepeat 50\nframe\na = object\nb = object\na.peer = b\nb.peer = a\nfinalizer a \"{i}\"\nw = weakref b "
    "\"w\"\n"
    "s = str \"text {i}\"\nt = tuple a b s\nd = dict\nd.t = t\nf = function d s\ne = set s f\nappend k s\nprint len k\n"
    "print sizeof k\nend\nend\nprint \"sum\"\n";

static void the_checksum_is_the_same_with_and_without_output_and_on_every_tuning(void **state)
{
    (void)state;
    static struct outcome loud, silent, tuned;
    run_as(busy_script, &(struct setting){.silent = false}, &loud);
    run_as(busy_script, &(struct setting){.silent = true}, &silent);
    run_as(busy_script, &(struct setting){.silent = true, .threshold0 = 5}, &tuned);
    assert_int_equal(loud.result, 0);
    assert_int_equal(silent.length, 0);
    assert_true(loud.checksum != 0);
    assert_int_equal(loud.checksum, silent.checksum);
    assert_int_equal(loud.checksum, tuned.checksum);
    run_as("print \"other\"\n", &(struct setting){.silent = true}, &tuned);
    assert_true(loud.checksum != tuned.checksum);
}

static void every_value_is_rooted_while_anything_is_allocated(void **state)
{
    (void)state;
    static struct outcome o;
    run_as(busy_script, &(struct setting){.debug = true}, &o);
    assert_int_equal(o.result, 0);
}

/* A finalizer takes away the names whose values a new tuple is made of. */
static void operands_outlive_a_finalizer_that_rebinds_their_names(void **state)
{
    (void)state;
    static struct outcome o;
    run_as("a = list 1\nc = object\nc.me = c\nfinalizer c \"c\" resurrect a\ndel c\nrepeat 4\nt = tuple a a\nend\n"
           "print refcount a\nu = t[0]\nprint len u\n",
           &(struct setting){.debug = true}, &o);
    assert_int_equal(o.result, EINVAL); /* u is the object by then: `a` was bound anew */
    assert_non_null(strstr(o.out, "finalize c\n"));
}

static const char every_kind[] =
    "a = int 1000\nb = float 1.5\nc = str \"a text\"\nd = intern \"an interned one\"\ne = bytes 600\nl = list 2\n"
    "l[0] = a\nappend l b\nappend l c\nappend l d\nappend l e\nt = tuple a b c\nk = dict\nk.one = a\nk.two = l\n"
    "k.three = t\nk.four = k\nk.five = e\nk.six = a\nk.seven = b\no = object\nfinalizer o \"o\" resurrect back\n"
    "o.x = o\no.y = l\ns = slots 2\ns[0] = o\nf = function a s\nw = weakref o\nv = weakref f \"f\"\n"
    "g = set a b c f\nx = deref w\nprint same x o\ndel x\nframe\nh = object\nfinalizer h \"h\"\nh.x = h\nend\n"
    "del o\ndel s\ndel f\ndel g\nprint gc.collect\nprint refcount back\ndel l[0]\ndel k.one\nprint \"last\"\n";

static void every_allocation_may_fail_and_nothing_is_left_or_printed_afterwards(void **state)
{
    (void)state;
    static struct outcome whole, cut;
    struct failing failing = {0};
    run_as(every_kind, &(struct setting){.failing = &failing}, &whole);
    assert_int_equal(whole.result, 0);
    assert_non_null(strstr(whole.out, "finalize o\n"));
    assert_non_null(strstr(whole.out, "callback f\n"));
    uint64_t calls = failing.calls;
    for (uint64_t i = 1; i <= calls; i++) {
        failing = (struct failing){.fail_at = i};
        run_as(every_kind, &(struct setting){.failing = &failing}, &cut);
        assert_int_equal(failing.blocks, 0);
        if (cut.result == 0)
            continue; /* what failed could be done without */
        assert_int_equal(cut.result, ENOMEM);
        assert_memory_equal(cut.out, whole.out, cut.length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms_are_shared_as_python_shares_them),
        cmocka_unit_test(sizes_are_those_of_python),
        cmocka_unit_test(lengths_are_told_of_what_has_one),
        cmocka_unit_test(an_assignment_makes_the_new_value_before_it_drops_the_old),
        cmocka_unit_test(a_name_holds_exactly_one_reference),
        cmocka_unit_test(slots_and_keys_are_set_read_and_deleted),
        cmocka_unit_test(what_is_bound_in_a_frame_is_dropped_at_its_end_in_order_of_binding),
        cmocka_unit_test(a_rebound_local_keeps_its_place_even_after_del),
        cmocka_unit_test(a_bound_global_is_rebound_from_a_frame),
        cmocka_unit_test(an_inner_frame_rebinds_the_local_of_an_outer_one),
        cmocka_unit_test(a_frame_in_a_repeat_begins_anew_each_time),
        cmocka_unit_test(a_finalizer_may_bind_a_global_that_hides_behind_a_local),
        cmocka_unit_test(a_deleted_local_uncovers_the_global),
        cmocka_unit_test(repeats_nest_and_count_from_0),
        cmocka_unit_test(an_index_in_a_text_makes_strings_of_their_own),
        cmocka_unit_test(a_request_is_a_pass_of_an_outermost_repeat_or_a_statement_outside),
        cmocka_unit_test(weak_references_without_a_label_are_shared),
        cmocka_unit_test(callbacks_come_newest_first_with_the_index_of_their_making),
        cmocka_unit_test(weak_references_go_to_sets_and_functions_too),
        cmocka_unit_test(a_finalizer_runs_once),
        cmocka_unit_test(a_second_finalizer_replaces_the_first),
        cmocka_unit_test(a_new_object_at_a_dead_ones_address_has_no_finalizer),
        cmocka_unit_test(resurrection_may_drop_another_that_is_finalized),
        cmocka_unit_test(a_cycle_is_finalized_by_the_collector),
        cmocka_unit_test(thousands_of_labels_are_kept_apart),
        cmocka_unit_test(nothing_is_printed_after_the_last_statement),
        cmocka_unit_test(the_collectors_calls_do_what_the_gc_module_does),
        cmocka_unit_test(statistics_are_printed_as_python_prints_them),
        cmocka_unit_test(saveall_keeps_garbage),
        cmocka_unit_test(blocks_count_from_the_scripts_start),
        cmocka_unit_test(lists_are_tracked_and_tuples_of_atoms_are_not_for_long),
        cmocka_unit_test(type_errors_name_line_column_and_what_was_expected),
        cmocka_unit_test(a_failed_script_prints_nothing_more),
        cmocka_unit_test(more_names_than_slots_are_refused),
        cmocka_unit_test(a_frame_with_one_name_bound_often_needs_one_slot),
        cmocka_unit_test(the_checksum_is_the_same_with_and_without_output_and_on_every_tuning),
        cmocka_unit_test(every_value_is_rooted_while_anything_is_allocated),
        cmocka_unit_test(operands_outlive_a_finalizer_that_rebinds_their_names),
        cmocka_unit_test(every_allocation_may_fail_and_nothing_is_left_or_printed_afterwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
