/* script_values.c - fresh values for names, each as its kind promises. */
#include <inttypes.h>

#include "harness/stress/script_writer.h"

#define PICK(w, table) table[draw((w), sizeof table / sizeof table[0])]

/* Identifiers, characters that are shared and that are not, each width of a
 * character, escapes, and lengths on both sides of 512 bytes. */
static const char *const texts[] = {
    "",
    "spam",
    "k0",
    "k3",
    "a_longer_identifier_0123456789",
    "x",
    "é",
    "ÿ",
    "Ā",
    "two words",
    "0",
    "naïve café",
    "žluťoučký kůň",
    "日本語 の 文字列",
    "🐍",
    "emoji 🐍 in a text",
    "line\\nbreak",
    "a \\\"quoted\\\" word",
    "back\\\\slash",
    "{i}",
    "x{i}",
    "item {i} of many",
    "é{i}",
    ("a text that is longer than most, so that its object is not in one of the smallest of all classes of sizes, and "
     "then some more of it to pass two hundred and fifty six bytes with its header; a text that is longer than most, "
     "so that its object is not in one of the smallest of all classes of sizes"),
};

static const char *const labels[] = {"A", "B", "one", "pass {i}", "{i}", "two words", "é {i}", "with \\\"quotes\\\""};

const char *any_text(struct script_writer *w)
{
    return PICK(w, texts);
}

const char *any_label(struct script_writer *w)
{
    return PICK(w, labels);
}

/* Both sides of what is shared, and of each number of 30-bit digits. */
static const char *const integers[] = {
    "0",
    "1",
    "-1",
    "-5",
    "-6",
    "256",
    "257",
    "1000",
    "1073741823",
    "1073741824",
    "-1073741824",
    "1152921504606846975",
    "1152921504606846976",
    "9223372036854775807",
    "-9223372036854775808",
};
static const char *const floats[] = {"0.0", "1.0", "1.5", "-2.25", "1000000.0", "1e300", "257.0"};
static const unsigned byte_counts[] = {0, 1, 2, 8, 15, 16, 100, 250, 478, 479, 480, 481, 600, 5000};
static const unsigned list_lengths[] = {2, 2, 2, 3, 4, 5, 8, 16, 40, 62, 63, 64, 65, 500};

static void write_number(struct script_writer *w, const struct name *n)
{
    switch (draw(w, 6)) {
    case 0:
        write_line(w, "%s = None", n->text);
        break;
    case 1:
        write_line(w, "%s = float %s", n->text, PICK(w, floats));
        break;
    case 2:
        write_line(w, "%s = int %d", n->text, (int)draw(w, 400) - 60);
        break;
    default:
        write_line(w, "%s = int %s", n->text, PICK(w, integers));
    }
}

static void write_text(struct script_writer *w, const struct name *n)
{
    switch (draw(w, 6)) {
    case 0:
    case 1:
        write_line(w, "%s = bytes %u", n->text, PICK(w, byte_counts));
        break;
    case 2:
        write_line(w, "%s = intern \"%s\"", n->text, any_text(w));
        break;
    default:
        write_line(w, "%s = str \"%s\"", n->text, any_text(w));
    }
}

/* `NAME = KEYWORD operand ...` of anything. */
static void write_group(struct script_writer *w, const struct name *n, const char *keyword, unsigned count)
{
    char line[256];
    int used = snprintf(line, sizeof line, "%s = %s", n->text, keyword);
    for (unsigned i = 0; i < count; i++) {
        struct name x = need_any(w);
        used += snprintf(line + used, sizeof line - (size_t)used, " %s", x.text);
    }
    write_line(w, "%s", line);
}

/* The same of atoms, and among them `one` where it is not NULL. */
static void write_atoms(struct script_writer *w, const struct name *n, const char *keyword, unsigned count,
                        const struct name *one)
{
    char line[256];
    int used = snprintf(line, sizeof line, "%s = %s", n->text, keyword);
    unsigned place = (unsigned)draw(w, count + 1);
    for (unsigned i = 0; i <= count; i++) {
        if (one && i == place)
            used += snprintf(line + used, sizeof line - (size_t)used, " %s", one->text);
        if (i == count)
            break;
        struct name x = need(w, one_in(w, 2) ? NAME_NUMBER : NAME_TEXT);
        used += snprintf(line + used, sizeof line - (size_t)used, " %s", x.text);
    }
    write_line(w, "%s", line);
}

static const enum name_kind hashed_by_address[] = {NAME_OBJECT, NAME_BARE_OBJECT, NAME_SLOTS2,
                                                   NAME_SLOTS5, NAME_SLOTS0,      NAME_FUNCTION};
enum { HASHED_BY_ADDRESS = sizeof hashed_by_address / sizeof hashed_by_address[0] };

static void write_plain(struct script_writer *w, const struct name *n)
{
    if (one_in(w, 3)) {
        struct name one = need_one_of(w, hashed_by_address, HASHED_BY_ADDRESS);
        write_atoms(w, n, "tuple", (unsigned)draw(w, 4), &one);
    } else {
        write_atoms(w, n, "tuple", (unsigned)draw(w, 6), NULL);
    }
}

static void write_set(struct script_writer *w, const struct name *n)
{
    struct name one;
    unsigned atoms = (unsigned)draw(w, one_in(w, 6) ? 24 : 6);
    switch (draw(w, 3)) {
    case 0:
        write_atoms(w, n, "set", atoms, NULL);
        break;
    case 1:
        one = need(w, NAME_PLAIN);
        write_atoms(w, n, "set", atoms, &one);
        break;
    default:
        one = need_one_of(w, hashed_by_address, HASHED_BY_ADDRESS);
        write_atoms(w, n, "set", atoms, &one);
    }
}

/* A dict or object that has its key k0 before anything can read it. */
static void write_with_key(struct script_writer *w, const struct name *n, const char *keyword)
{
    struct name x = need_any(w);
    write_line(w, "%s = %s", n->text, keyword);
    if (one_in(w, 4))
        write_line(w, "print sizeof %s", n->text);
    write_line(w, "%s.k0 = %s", n->text, one_in(w, 8) ? n->text : x.text);
}

static void write_weakref(struct script_writer *w, const struct name *n)
{
    static const enum name_kind referable[] = {NAME_OBJECT, NAME_BARE_OBJECT, NAME_BARE_OBJECT, NAME_SET,
                                               NAME_FUNCTION};
    struct name x = need_one_of(w, referable, sizeof referable / sizeof referable[0]);
    if (one_in(w, 2))
        write_line(w, "%s = weakref %s", n->text, x.text);
    else
        write_line(w, "%s = weakref %s \"%s\"", n->text, x.text, any_label(w));
}

/* What other kinds do not promise: empty things, large things, what a weak reference leads to. */
static void write_anything(struct script_writer *w, const struct name *n)
{
    struct name x;
    switch (draw(w, 9)) {
    case 0:
        write_line(w, "%s = list %u", n->text, (unsigned)draw(w, 2));
        break;
    case 1:
        write_line(w, "%s = list %u", n->text, 1000 + (unsigned)draw(w, 3000));
        break;
    case 2:
        write_line(w, "%s = %s", n->text, one_in(w, 2) ? "tuple" : "set");
        break;
    case 3:
        write_line(w, "%s = %s", n->text, one_in(w, 2) ? "dict" : "object");
        break;
    case 4:
        write_line(w, "%s = slots %u", n->text, one_in(w, 8) ? 64 : (unsigned)draw(w, 12));
        break;
    case 5:
        write_group(w, n, "tuple", (unsigned)draw(w, 24));
        break;
    case 6:
        x = need(w, NAME_WEAKREF);
        write_line(w, "%s = deref %s", n->text, x.text);
        break;
    default:
        x = need_any(w);
        write_line(w, "%s = %s", n->text, x.text);
    }
}

static void write_slotted(struct script_writer *w, const struct name *n, unsigned slots)
{
    struct name x = need_any(w);
    write_line(w, "%s = slots %u", n->text, slots);
    if (slots > 0)
        write_line(w, "%s[0] = %s", n->text, x.text);
}

void write_value(struct script_writer *w, const struct name *n)
{
    switch (n->kind) {
    case NAME_NUMBER:
        write_number(w, n);
        break;
    case NAME_TEXT:
        write_text(w, n);
        break;
    case NAME_LIST:
        write_line(w, "%s = list %u", n->text, PICK(w, list_lengths));
        break;
    case NAME_TUPLE:
        write_group(w, n, "tuple", (unsigned)draw(w, 5));
        break;
    case NAME_PLAIN:
        write_plain(w, n);
        break;
    case NAME_DICT:
        write_with_key(w, n, "dict");
        break;
    case NAME_BARE_DICT:
        write_line(w, "%s = dict", n->text);
        break;
    case NAME_OBJECT:
        write_with_key(w, n, "object");
        break;
    case NAME_BARE_OBJECT:
        write_line(w, "%s = object", n->text);
        break;
    case NAME_SLOTS2:
        write_slotted(w, n, 2);
        break;
    case NAME_SLOTS5:
        write_slotted(w, n, 5);
        break;
    case NAME_SLOTS0:
        write_slotted(w, n, 0);
        break;
    case NAME_SET:
        write_set(w, n);
        break;
    case NAME_FUNCTION:
        write_group(w, n, "function", (unsigned)draw(w, 4));
        break;
    case NAME_WEAKREF:
        write_weakref(w, n);
        break;
    case NAME_ANY:
        write_anything(w, n);
        break;
    case NAME_RESURRECTED:
    case NAME_KINDS:
        write_line(w, "%s = None", n->text);
        break;
    }
    bind(w, n);
}
