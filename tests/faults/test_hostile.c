/* test_hostile.c - texts that would act on a terminal, a page, a shell, gnuplot or SQL: in every text of a results
 * file, and in the names of scripts and folders. What every subcommand writes of them is read for what would act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/exporters/exporter.h"
#include "harness/store/store.h"
#include "tests/command.h"
#include "tests/synthetic.h"

/* A title for the terminal, a script for the page, commands for shells and gnuplot, an end of SQL, a cell's end. */
#define EVIL \
    "\033]0;evil\007<script>evil()</script>`touch pwned`$(touch pwned)|\"';--<img src=x onerror=evil()>\xc2\x9b"

/* ---- What would act ---- */

static void is_harmless_text(const char *text, const char *where)
{
    for (const unsigned char *s = (const unsigned char *)text; *s; s++)
        if ((*s < ' ' && *s != '\n' && *s != '\t' && !(s[0] == '\r' && s[1] == '\n')) || *s == 0x7F ||
            (s[0] == 0xC2 && s[1] >= 0x80 && s[1] < 0xA0))
            fail_msg("%s: character %d reaches the terminal: %.80s", where, *s, (const char *)s);
}

static void is_harmless_markup(const char *text, const char *where)
{
    static const char *const acting[] = {"<script>evil", "<img src=x", "`touch"};
    /* A backtick acts in Markdown alone. */
    size_t count = sizeof acting / sizeof *acting - (strstr(where, ".md") ? 0 : 1);
    is_harmless_text(text, where);
    for (size_t i = 0; i < count; i++)
        if (strstr(text, acting[i]))
            fail_msg("%s: %s stands there as it is", where, acting[i]);
}

/* Markdown's code lines, four blanks in, show what they hold: they are taken out. */
static void blank_code_lines(char *text)
{
    for (char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, "    ", 4) == 0)
            memset(line, ' ', strcspn(line, "\n"));
}

static void nothing_was_run(const char *where)
{
    if (access("pwned", F_OK) == 0)
        fail_msg("%s: a command out of the results was run", where);
}

/* ---- A results file full of it ---- */

static void add_evil(struct run_record *r)
{
    char *const texts[] = {r->message,          r->version_allocator, r->version_gcsweep, r->version_kernel,
                           r->version_compiler, r->version_python,    r->started};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        snprintf(texts[i], RECORD_TEXT_BYTES, "%s", EVIL);
    snprintf(r->params[0].name, sizeof r->params[0].name, "\033[1m<script>evil()");
    snprintf(r->params[0].text, sizeof r->params[0].text, "`touch pwned`");
}

static const char *const evil_words[] = {EVIL, NULL};
static const char *const evil_tunings[] = {"700,10,10", "2000,10,10", EVIL, NULL};
static const char *const evil_allocators[] = {"pymalloc", EVIL, NULL};

#define EVIL_JSON "\\u001b]0;evil\\u0007<script>evil()</script>`touch pwned`<img src=x>"
static const char environment[] =
    "{\"date\":\"" EVIL_JSON "\",\"gcsweep\":\"" EVIL_JSON "\",\"compiler\":\"" EVIL_JSON "\",\"kernel\":\"" EVIL_JSON
    "\",\"libc\":\"" EVIL_JSON "\",\"cpu\":{\"model\":\"" EVIL_JSON "\",\"cores\":2,\"governor\":\"" EVIL_JSON
    "\"},\"memory\":{\"huge_pages\":\"" EVIL_JSON "\"},\"allocators\":[{\"name\":\"" EVIL_JSON
    "\",\"library\":\"" EVIL_JSON "\"}]}";

static void make_hostile_results(const char *folder)
{
    static const struct synthetic made = {evil_words, evil_words, evil_allocators, evil_tunings, 6, true};
    struct result_set results = synthetic_results(&made);
    struct store *s;
    char error[1024];
    assert_int_equal(mkdir(folder, 0700), 0);
    if (store_create(folder, "{\"rounds\": 1, \"workloads\": [{\"name\": \"empty\"}]}", environment, &s, error,
                     sizeof error) != 0)
        fail_msg("%s", error);
    for (size_t i = 0; i < results.run_count; i++) {
        add_evil(&results.runs[i]);
        if (i % 7 == 3)
            snprintf(results.runs[i].status, sizeof results.runs[i].status, "%s", i % 2 ? "failed" : EVIL);
        if (store_add_run(s, &results.runs[i], error, sizeof error) != 0)
            fail_msg("%s", error);
    }
    static const char *const facts[] = {"command", "stopped", "half_width_of", "tune", "script:" EVIL, EVIL};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_int_equal(store_set_fact(s, facts[i], EVIL, error, sizeof error), 0);
    assert_int_equal(store_close(s, error, sizeof error), 0);
    synthetic_free(&results);
}

struct place {
    char *folder;
    const char *results, *other;
    char here[PATH_MAX];
};

static int open_place(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    p->folder = folder_make();
    p->results = in_folder(p->folder, "results");
    p->other = in_folder(p->folder, "other");
    make_hostile_results(p->results);
    make_hostile_results(p->other);
    /* Where what is run out of the results would leave its trace. */
    if (!getcwd(p->here, sizeof p->here) || chdir(p->folder) != 0)
        return -1;
    *state = p;
    return 0;
}

static int close_place(void **state)
{
    struct place *p = *state;
    int result = chdir(p->here);
    folder_remove(p->folder);
    free(p);
    return result;
}

/* ---- Commands that print ---- */

static void every_command_prints_a_hostile_store_harmlessly(void **state)
{
    struct place *p = *state;
    const char *const commands[][8] = {
        {"report", "--no-pictures", p->results},
        {"report", p->results},
        {"compare", p->results, p->other},
        {"compare", "--format", "csv", p->results, p->other},
        {"compare", "--format", "json", p->results, p->other},
        {"recommend", p->results},
        {"recommend", "--format", "json", p->results},
        {"recommend", p->results, "--max-pause", "1ns"},
        {"sweep", "--resume", "--out", p->results},
        {"sweep", "--like", p->results, "--out", "new"},
        {"tune", "--resume", "--out", p->results},
        {"merge", p->results, p->other, "--out", "merged"},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct command c;
        command_run(&c, built("gcsweep"), commands[i]);
        if (c.status > 3)
            fail_msg("%s: exit status %d", commands[i][0], c.status);
        is_harmless_text(c.out, commands[i][0]);
        is_harmless_text(c.error, commands[i][0]);
        nothing_was_run(commands[i][0]);
    }
}

static void every_export_of_a_hostile_store_is_harmless(void **state)
{
    struct place *p = *state;
    for (size_t i = 0; i < exporter_count; i++) {
        struct command c;
        const char *name = exporters[i]->name;
        GCSWEEP(&c, "export", "--format", name, p->results);
        if (c.status > 2)
            fail_msg("%s: exit status %d", name, c.status);
        is_harmless_text(c.out, name);
        is_harmless_text(c.error, name);
        GCSWEEP(&c, "export", "--format", name, "--configuration", EVIL, p->results);
        is_harmless_text(c.out, name);
        is_harmless_text(c.error, name);
        GCSWEEP(&c, "export", "--format", name, "--out", in_folder(p->folder, "exported"), p->results);
        is_harmless_text(c.error, name);
        nothing_was_run(name);
    }
}

/* ---- Files that are written ---- */

static char *text_of(const char *path)
{
    FILE *in = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (in && getdelim(&text, &size, '\0', in) < 0)
        text[0] = '\0';
    if (in)
        fclose(in);
    return text;
}

static void every_file_of_a_hostile_stores_report_is_harmless(void **state)
{
    static const char *const files[] = {"report.html", "report.md"}, *const others[] = {"summary.csv", "results.json"};
    struct place *p = *state;
    struct command c;
    GCSWEEP(&c, "report", p->results);
    assert_in_range(c.status, 0, 1);
    for (size_t i = 0; i < 2; i++) {
        char *text = text_of(in_folder(p->results, files[i]));
        assert_non_null(text);
        is_harmless_text(text, files[i]);
        if (i == 1)
            blank_code_lines(text);
        is_harmless_markup(text, files[i]);
        free(text);
        text = text_of(in_folder(p->results, others[i]));
        assert_non_null(text);
        is_harmless_text(text, others[i]);
        free(text);
    }
    DIR *open = opendir(in_folder(p->results, "plots"));
    struct dirent *entry;
    while (open && (entry = readdir(open))) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || (strcmp(dot, ".svg") != 0 && strcmp(dot, ".tsv") != 0))
            continue;
        char path[2 * PATH_MAX];
        snprintf(path, sizeof path, "%s/plots/%s", p->results, entry->d_name);
        char *text = text_of(path);
        assert_non_null(text);
        if (strcmp(dot, ".svg") == 0)
            is_harmless_markup(text, entry->d_name);
        else
            is_harmless_text(text, entry->d_name);
        free(text);
    }
    if (open)
        closedir(open);
    nothing_was_run("report");
}

/* ---- Names that the user types, or that a shell's * gives ---- */

static void a_hostile_name_of_a_script_is_harmless_everywhere(void **state)
{
    static const char name[] = "\033]0;evil\007<script>evil()<img src=x onerror=evil()>`touch pwned`.heap";
    /* Without control characters, which the path of a swept script may not have. */
    static const char markup[] = "<script>evil()<img src=x onerror=evil()>`touch pwned`.heap";
    static const char swept[] = "script:<script>evil()<img src=x onerror=evil()>`touch pwned`.heap";
    static const char word[] = "script:\033]0;evil\007<script>evil()<img src=x onerror=evil()>`touch pwned`.heap";
    static const char *const commands[][12] = {
        {"run", word},
        {"run", word, "--format", "json"},
        {"run", "script:\033[31mnone.heap"},
        {"script", name},
        {"graph", name},
        {"verify", word},
        {"list", "\033[31mworkloads"},
        {"list", "workloads", "--card", "\033[31m"},
        {"sweep", "--workload", word, "--out", "refused"},
        {"sweep", "--workload", swept, "--rounds", "2", "--threshold0", "700,2000", "--out", "\033[31mswept"},
        {"report", "\033[31mswept"},
        {"recommend", "\033[31mswept"},
        {"compare", "\033[31mswept:700,10,10", "\033[31mswept:2000,10,10"},
        {"export", "--format", "csv", "\033[31mswept"},
        {"sweep", "--resume", "--out", "\033[31mnothing"},
        {"tune", "\033[31m", "--out", "\033[31mtuned"},
        {"merge", "\033[31mswept", "\033[31mnothing", "--out", "\033[31mmerged"},
        {"stress", "--replay", "\033[31mnothing"},
        {"\033[31mcommand"},
        {"run", "chain", "--allocator", "\033[31m/nowhere.so"},
        {"run", "chain", "--tuning", "\033[31m"},
        {"run", "chain", "--param", "\033[31m=1"},
        {"run", "chain", "--timeline", "\033[31m/nowhere"},
        {"run", "chain", "--\033[31m"},
    };
    struct place *p = *state;
    file_write(in_folder(p->folder, markup), "x = list 3\nx[0] = x\nprint refcount x\n", 0600);
    file_write(in_folder(p->folder, name), "x = list 3\nx[0] = x\nprint refcount x\n", 0600);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct command c;
        char where[64];
        command_run(&c, built("gcsweep"), commands[i]);
        snprintf(where, sizeof where, "command %zu, %s", i, commands[i][0]);
        if (c.status > 3)
            fail_msg("%s: exit status %d: %s", where, c.status, c.error);
        is_harmless_text(c.out, where);
        is_harmless_text(c.error, where);
        nothing_was_run(where);
    }
    char *page = text_of(in_folder(p->folder, "\033[31mswept/report.html"));
    assert_non_null(page);
    is_harmless_markup(page, "report.html");
    free(page);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_place, close_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_command_prints_a_hostile_store_harmlessly),
        TEST(every_export_of_a_hostile_store_is_harmless),
        TEST(every_file_of_a_hostile_stores_report_is_harmless),
        TEST(a_hostile_name_of_a_script_is_harmless_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
