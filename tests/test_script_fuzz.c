/* test_script_fuzz.c - a million texts that are no heap scripts, and some that still are, through the parser.
 *
 * Each comes from a seed of its own, so that a failure can be looked at again:
 * `test_script_fuzz SEED` parses that one alone and prints it. */
#include "tests/parsed_script.h"

#include <glob.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/random.h"

#ifdef GCSWEEP_SANITIZED
enum { MALFORMED = 1000000 };
#else
enum { MALFORMED = 200000 };
#endif

enum { MOST_SEEDS = 128, MOST_BYTES = 1024 };

/* Every form, and each kind of thing that a form holds. */
static const char every_form[] =
    "# every form\n"
    "n = None\ni = int -5\nf = float 1.5e-3\ns = str \"a \\\"b\\\\\\n{i}\"\n"
    "k = intern \"text with blanks\"\nb = bytes 100\nx = list 3\n"
    "y = tuple a b c\nd = dict\no = object\np = slots 2\nq = set n i\ng = function x y\n"
    "z = x\nz = x[2]\nz = d.key\nx[2] = y\nd.key = y\nappend x y\n"
    "del x[2]\ndel d.key\ndel x\nw = weakref o\nw = weakref o \"label\"\nv = deref w\n"
    "finalizer o \"label\"\nfinalizer o \"label {i}\" resurrect y\n"
    "frame\n  repeat 3 # times\n    t = str \"{i}\"\n  end\nend\n"
    "gc.collect\ngc.collect 0\ngc.enable\ngc.disable\ngc.set_threshold 700 10 10\n"
    "gc.freeze\ngc.unfreeze\ngc.set_debug saveall\ngc.set_debug none\n"
    "print \"t\xC3\xA4xt\"\nprint refcount x\nprint sizeof x\nprint tracked x\n"
    "print finalized x\nprint  same x  y\nprint alive w\nprint len x\n"
    "print gc.collect\nprint gc.collect 1\nprint gc.count\nprint gc.threshold\n"
    "print gc.stats\nprint gc.garbage\nprint gc.frozen\nprint gc.isenabled\nprint blocks\n";

struct text {
    char bytes[MOST_BYTES];
    size_t length;
};

/* What the malformed texts are made from. */
static struct text seeds[MOST_SEEDS];
static size_t seed_count;

static void add_seed(const char *bytes, size_t length)
{
    struct text *t = &seeds[seed_count];

    if (seed_count == MOST_SEEDS)
        return;
    t->length = length < MOST_BYTES ? length : MOST_BYTES;
    memcpy(t->bytes, bytes, t->length);
    seed_count++;
}

/* Long examples are cut at a size that keeps a million of them quick: as two seeds, begin and end. */
static void add_example(const char *path)
{
    static char bytes[1 << 16];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    add_seed(bytes, length);
    if (length > MOST_BYTES)
        add_seed(bytes + length - MOST_BYTES, MOST_BYTES);
}

static int find_seeds(void **state)
{
    glob_t found;

    (void)state;
    _Static_assert(sizeof every_form / 2 < MOST_BYTES, "the built-in seed is cut");
    add_seed(every_form, sizeof every_form / 2);
    add_seed(every_form + sizeof every_form / 2, sizeof every_form / 2);
    if (glob("examples/*.heap", 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            add_example(found.gl_pathv[i]);
    globfree(&found);
    return 0;
}

/* ---- Changes ---- */

static size_t below(struct random *r, size_t n)
{
    return n ? (size_t)random_next_below(r, n) : 0;
}

/* Replaces bytes [start, end) by those given, as far as there is room. */
static void splice(struct text *t, size_t start, size_t end, const char *bytes, size_t length)
{
    size_t tail = t->length - end;
    char *copy = malloc(length + 1);

    assert_non_null(copy);
    memcpy(copy, bytes, length); /* they may come from the text itself */
    if (start + length + tail <= MOST_BYTES) {
        memmove(t->bytes + start + length, t->bytes + end, tail);
        memcpy(t->bytes + start, copy, length);
        t->length = start + length + tail;
    }
    free(copy);
}

/* The line, or the word, around a random place: [*start, *end). */
static void pick(struct random *r, const struct text *t, bool word, size_t *start, size_t *end)
{
    *start = *end = below(r, t->length);
    while (*start > 0 && t->bytes[*start - 1] != '\n' && (!word || t->bytes[*start - 1] != ' '))
        --*start;
    while (*end < t->length && t->bytes[*end] != '\n' && (!word || t->bytes[*end] != ' '))
        ++*end;
    if (!word && *end < t->length)
        ++*end;
}

static void flip_bit(struct random *r, struct text *t)
{
    if (t->length > 0)
        t->bytes[below(r, t->length)] ^= (char)(1u << below(r, 8));
}

static void insert_byte(struct random *r, struct text *t)
{
    static const char telling[] = "\"\\#[]=.{}-+\n\r\t \0\xEF\xBB\xBF\xFF\xC3\x80"
                                  "09ex_";
    char c = below(r, 2) ? telling[below(r, sizeof telling - 1)] : (char)below(r, 256);
    size_t at = below(r, t->length + 1);

    splice(t, at, at, &c, 1);
}

static void truncate_text(struct random *r, struct text *t)
{
    t->length = below(r, t->length + 1);
}

static void delete_line(struct random *r, struct text *t)
{
    size_t start, end;

    pick(r, t, false, &start, &end);
    splice(t, start, end, "", 0);
}

static void duplicate_line(struct random *r, struct text *t)
{
    size_t start, end;

    pick(r, t, false, &start, &end);
    splice(t, start, start, t->bytes + start, end - start);
}

/* Exchanges two lines, or two words. */
static void exchange(struct random *r, struct text *t, bool words)
{
    static struct text old;
    size_t start[2], end[2];

    pick(r, t, words, &start[0], &end[0]);
    pick(r, t, words, &start[1], &end[1]);
    int low = start[0] <= start[1] ? 0 : 1, high = 1 - low;
    if (end[low] > start[high])
        return;

    size_t low_length = end[low] - start[low], high_length = end[high] - start[high];
    size_t between = start[high] - end[low];
    char *to = t->bytes + start[low];
    old = *t;
    memcpy(to, old.bytes + start[high], high_length);
    memcpy(to + high_length, old.bytes + end[low], between);
    memcpy(to + high_length + between, old.bytes + start[low], low_length);
}

static void exchange_lines(struct random *r, struct text *t)
{
    exchange(r, t, false);
}

static void exchange_words(struct random *r, struct text *t)
{
    exchange(r, t, true);
}

/* A word of another script in place of one. */
static void borrow_word(struct random *r, struct text *t)
{
    const struct text *other = &seeds[below(r, seed_count)];
    size_t start, end, from, to;

    pick(r, t, true, &start, &end);
    pick(r, other, true, &from, &to);
    splice(t, start, end, other->bytes + from, to - from);
}

static void borrow_line(struct random *r, struct text *t)
{
    const struct text *other = &seeds[below(r, seed_count)];
    size_t start, end, from, to;

    pick(r, t, false, &start, &end);
    pick(r, other, false, &from, &to);
    splice(t, start, start, other->bytes + from, to - from);
}

static void large_number(struct random *r, struct text *t)
{
    static const char *const numbers[] = {"99999999999999999999", "1099511627776", "-1", "9223372036854775807",
                                          "1e308"};
    const char *number = numbers[below(r, sizeof numbers / sizeof *numbers)];
    size_t start, end;

    pick(r, t, true, &start, &end);
    splice(t, start, end, number, strlen(number));
}

typedef void change(struct random *r, struct text *t);
static change *const changes[] = {
    flip_bit,    insert_byte,    truncate_text,  delete_line, duplicate_line, exchange_lines,
    borrow_word, exchange_words, exchange_words, borrow_line, large_number,
};

/* ---- Texts ---- */

static void random_bytes(struct random *r, struct text *t)
{
    bool letters = below(r, 2);

    t->length = below(r, 200);
    for (size_t i = 0; i < t->length; i++)
        t->bytes[i] = letters ? " \n\"=.[]#\\{i}-0129abcxendframepyt"[below(r, 32)] : (char)below(r, 256);
}

static void make_text(struct text *t, uint64_t seed)
{
    struct random r;

    random_seed(&r, seed);
    if (below(&r, 16) == 0) {
        random_bytes(&r, t);
        return;
    }
    *t = seeds[below(&r, seed_count)];
    for (size_t left = 1 + below(&r, 8); left > 0; left--)
        changes[below(&r, sizeof changes / sizeof *changes)](&r, t);
}

/* ---- Parsing them ---- */

struct outcome {
    size_t taken, refused;
};

/* The text ends where its array ends, and the memory at a page that cannot be
 * touched, as the sanitizer's red zones would have it; but they are reused. */
struct bench {
    char *memory_end, *text_end;
};

static char *guarded(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t whole = (bytes + page - 1) / page * page;
    char *start = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(start != MAP_FAILED);
    assert_int_equal(mprotect(start + whole, page, PROT_NONE), 0);
    return start + whole;
}

static void bench_open(struct bench *b)
{
    b->memory_end = guarded(script_memory_bytes(MOST_BYTES));
    b->text_end = guarded(MOST_BYTES);
}

static void parse_text(const struct bench *b, const struct text *t, struct outcome *outcome, uint64_t seed)
{
    size_t bytes = script_memory_bytes(t->length);
    char *memory = b->memory_end - bytes;
    char *text = b->text_end - t->length;
    struct script_error error = {0};
    struct script s;

    memset(memory, 0, bytes);
    memcpy(text, t->bytes, t->length);
    int result = script_parse(&s, text, t->length, memory, &error);

    outcome->taken += result == 0;
    outcome->refused += result == -1;
    if (result == 0 ? !script_holds(&s)
                    : result != -1 || !is_one_printable_line(error.message) || !position_holds(&error, text, t->length))
        fail_msg("seed %llu: result %d, %u:%u: %s", (unsigned long long)seed, result, error.line, error.column,
                 error.message);
}

static void malformed_texts_are_taken_whole_or_refused_in_one_line(void **state)
{
    static struct text t;
    struct outcome outcome = {0, 0};
    struct bench bench;

    (void)state;
    bench_open(&bench);
    for (uint64_t seed = 0; outcome.refused < MALFORMED && seed < 4 * MALFORMED; seed++) {
        make_text(&t, seed);
        parse_text(&bench, &t, &outcome, seed);
    }
    print_message("%zu texts taken, %zu refused\n", outcome.taken, outcome.refused);
    assert_int_equal(outcome.refused, MALFORMED);
    assert_true(outcome.taken > MALFORMED / 50);
}

static void every_beginning_of_every_seed_is_taken_whole_or_refused_in_one_line(void **state)
{
    static struct text t;
    struct outcome outcome = {0, 0};
    struct bench bench;

    (void)state;
    bench_open(&bench);
    for (size_t i = 0; i < seed_count; i++)
        for (size_t length = 0; length <= seeds[i].length; length++) {
            t = seeds[i];
            t.length = length;
            parse_text(&bench, &t, &outcome, i);
        }
    assert_true(outcome.taken > 0 && outcome.refused > 0);
}

static int show(uint64_t seed)
{
    static struct text t;
    struct outcome outcome = {0, 0};
    struct bench bench;

    find_seeds(NULL);
    bench_open(&bench);
    make_text(&t, seed);
    fwrite(t.bytes, 1, t.length, stdout);
    fflush(stdout);
    parse_text(&bench, &t, &outcome, seed);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_texts_are_taken_whole_or_refused_in_one_line),
        cmocka_unit_test(every_beginning_of_every_seed_is_taken_whole_or_refused_in_one_line),
    };
    if (argc > 1)
        return show(strtoull(argv[1], NULL, 10));
    return cmocka_run_group_tests(tests, find_seeds, NULL);
}
