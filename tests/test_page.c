/* The page in a browser: it opens without a complaint, sorts, answers, fits a phone, and asks no host for anything. */
#include <time.h>

#include "tests/report_folder.h"

enum { BROWSER_SECONDS = 90 };

static const char *find_browser(void)
{
    static const char *const places[] = {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static void need_browser(void)
{
    need_gnuplot();
    if (find_browser() == NULL) {
        print_message("no chromium: the page is not tried in a browser\n");
        skip();
    }
}

/* Ends with SIGKILL what takes too long. */
static void await_in_time(struct started *s, struct command *c)
{
    siginfo_t info = {0};

    for (int i = 0; i < BROWSER_SECONDS * 10 && info.si_pid == 0; i++) {
        nanosleep(&(struct timespec){0, 100000000}, NULL);
        if (waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            break;
    }
    if (info.si_pid == 0)
        kill(s->pid, SIGKILL);
    command_await(s, c);
}

/* The document after the scripts ran, in c->out; what was written to the console, in c->error. */
static void browse(const char *page, struct command *c)
{
    char profile[128], url[256];

    snprintf(profile, sizeof profile, "--user-data-dir=%s/profile", folder);
    snprintf(url, sizeof url, "file://%s/%s", folder, page);
    const char *const words[] = {"--headless=new",
                                 "--no-sandbox", /* a test runs as root, too */
                                 "--disable-gpu",
                                 "--disable-dev-shm-usage",
                                 "--no-first-run",
                                 "--disable-background-networking",
                                 "--disable-component-update",
                                 "--allow-file-access-from-files",
                                 "--enable-logging=stderr",
                                 "--virtual-time-budget=5000",
                                 profile,
                                 "--dump-dom",
                                 url,
                                 NULL};
    for (int turn = 0; turn < 3; turn++) { /* on a busy machine a browser may not come up in time */
        struct started s = command_start(find_browser(), words);
        await_in_time(&s, c);
        if (c->status == 0)
            return;
        folder_remove(strdup(in_folder(folder, "profile")));
    }
}

static void copy_driver(void)
{
    char path[128], *text = read_file("tests/data", "page_driver.html");

    assert_non_null(text);
    snprintf(path, sizeof path, "%s/driver.html", folder);
    file_write(path, text, 0600);
    free(text);
}

static void holds(const struct command *c, const char *line)
{
    if (strstr(c->out, line) == NULL)
        fail_msg("the page in the browser: no '%s' in: %s\n%s", line,
                 strstr(c->out, "<pre") ? strstr(c->out, "<pre") : "", c->error);
}

static void a_page_opens_sorts_answers_and_fits_a_phone(void **state)
{
    static const char *const lines[] = {
        "fits=true\n",
        "images=true\n",
        "sorted before=false\n",
        "sorted by a click=true\n",
        "aria-sort=ascending\n",
        "sorted by a second click=true\n",
        "aria-sort then=descending\n",
        "rows kept=true\n",
        "least tuning=700,10,10\n",
        "aria-sort of the other=none\n",
        "points=48\n",
        "tooltip hidden=true\n",
        "tooltip shown=true\n",
        " / longest pause ",
        " / peak RSS ",
        " / throughput ",
        "tooltip gone=true\n",
        "tooltip by focus=true\n",
        "arrow goes on=true\n",
        "escape hides=true\n",
        "figures to save=true\n",
        "asked for=0\n",
        "done=true\n",
    };
    (void)state;

    need_browser();
    struct result_set results = synthetic_results(&synthetic_bench);
    struct command *c = malloc(sizeof *c);
    report_of(&results, true);
    synthetic_free(&results);
    copy_driver();
    browse("driver.html", c);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        holds(c, lines[i]);
    if (strstr(c->error, "CONSOLE") != NULL)
        fail_msg("the page complains: %s", strstr(c->error, "CONSOLE"));
    free(c);
}

/* What a hostile results file says is text in every place of the page, titles of points and file names included. */
static void a_hostile_name_runs_no_script(void **state)
{
    (void)state;

    need_browser();
    struct result_set results = synthetic_results(&synthetic_bench);
    struct command *c = malloc(sizeof *c);
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        if (strcmp(r->tuning, "disabled") == 0)
            strcpy(r->tuning, "</title></script><img src=x onerror=document.title='bad'>");
        if (strcmp(r->allocator, "jemalloc") == 0)
            strcpy(r->allocator, "\"><script>document.title='bad'</script>");
    }
    report_of(&results, true);
    synthetic_free(&results);
    copy_driver();
    browse("driver.html", c);
    holds(c, "done=true\n");
    holds(c, "fits=true\n");
    if (strstr(c->error, "CONSOLE") != NULL)
        fail_msg("the page complains: %s", strstr(c->error, "CONSOLE"));
    browse("report.html", c);
    holds(c, "<title>gcsweep: Collector");
    free(c);
}

/* Whatever the browser: every address in the page is a place in itself, a file beside it, or data. */
static void a_page_names_no_host(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    static const char *const attributes[] = {" src=\"", " href=\""};
    (void)state;

    report_of(&results, true);
    synthetic_free(&results);
    char *text = read_file(folder, "report.html");
    assert_non_null(strstr(text, "default-src 'none'"));
    assert_null(strstr(text, "url("));
    assert_null(strstr(text, "@import"));
    assert_null(strstr(text, "://"));
    for (size_t k = 0; k < 2; k++)
        for (const char *at = text; (at = strstr(at, attributes[k])) != NULL; at++) {
            const char *address = at + strlen(attributes[k]);
            if (*address != '#' && strncmp(address, "data:", 5) != 0 && strncmp(address, "results.json", 12) != 0)
                fail_msg("an address: %.60s", address);
        }
    free(text);
}

static bool is_id(const char *text, const char *id, size_t length, const char *but)
{
    for (const char *at = text; (at = strstr(at, " id=\"")) != NULL; at++)
        if (at != but && strncmp(at + 5, id, length) == 0 && at[5 + length] == '"')
            return true;
    return false;
}

/* Each place has one name, and each link of the page leads to one. */
static void a_page_names_each_place_once(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    (void)state;

    file_write(in_folder(folder, "hyperfine.json"), HYPERFINE_TIMES, 0644);
    report_of(&results, true);
    synthetic_free(&results);
    char *text = read_file(folder, "report.html");
    assert_non_null(strstr(text, " href=\"#hyperfine\""));
    for (const char *at = text; (at = strstr(at, " id=\"")) != NULL; at++)
        if (is_id(text, at + 5, strcspn(at + 5, "\""), at))
            fail_msg("twice: %.60s", at);
    for (const char *at = text; (at = strstr(at, " href=\"#")) != NULL; at++)
        if (!is_id(text, at + 8, strcspn(at + 8, "\""), NULL))
            fail_msg("leads nowhere: %.60s", at);
    free(text);
}

static void every_heading_is_in_the_contents(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    size_t headings = 0;
    (void)state;

    file_write(in_folder(folder, "hyperfine.json"), HYPERFINE_TIMES, 0644);
    report_of(&results, false);
    synthetic_free(&results);
    char *text = read_file(folder, "report.html"), *end = strstr(text, "</nav>"), link[80];
    assert_non_null(end);
    char *contents = strndup(text, (size_t)(end - text));
    for (const char *at = text; (at = strstr(at, "<h2 id=\"")) != NULL; at++, headings++) {
        const char *id = at + strlen("<h2 id=\"");
        snprintf(link, sizeof link, " href=\"#%.*s\"", (int)strcspn(id, "\""), id);
        if (strstr(contents, link) == NULL)
            fail_msg("not in the contents: %.80s", at);
    }
    assert_true(headings > 8);
    free(contents);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_opens_sorts_answers_and_fits_a_phone),
        TEST(a_hostile_name_runs_no_script),
        TEST(a_page_names_no_host),
        TEST(a_page_names_each_place_once),
        TEST(every_heading_is_in_the_contents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
