/* web_requests.c - a server: long-lived caches, and per request a small graph, part of it cyclic.
 *
 * Model     set-up fills a table of `sessions` sessions (dicts with a user
 *           name, a list of the eight latest paths, a profile instance). A request
 *           (plain instance) parses `headers` header lines into a dict, finds
 *           its session, reads `rows` rows (dicts of column names), renders
 *           them into strings in a list, and answers. With probability
 *           `callback_fraction` a deferred callback is left behind whose
 *           closure holds the request that holds it; with `error_fraction` an
 *           exception whose traceback holds the frame that holds it; and with
 *           `login_fraction` the session is replaced by a new one.
 * Stresses  young graphs that die at once, beside a large live set, with enough
 *           cyclic garbage that collection cannot be left out.
 * Source    our own, after what frameworks do between accept and response; its
 *           proportions are made up, none is measured at a real site.
 */
#include "workloads/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { REQUEST, PROFILE, EXCEPTION, FRAME };
enum { EXCEPTION_FRAME, EXCEPTION_SLOTS };
enum { FRAME_LOCALS, FRAME_SLOTS };

static const struct workload_class web_requests_classes[] = {
    {.name = "Request", .dict = true},
    {.name = "Profile", .dict = true},
    {.name = "Exception", .slots = EXCEPTION_SLOTS},
    {.name = "Frame", .slots = FRAME_SLOTS},
    {0},
};

struct web_requests_params {
    uint64_t sessions, requests, headers, rows;
    double callback_fraction, error_fraction, login_fraction;
};

static const struct workload_param web_requests_params[] = {
    WORKLOAD_INTEGER(struct web_requests_params, sessions, 20000, 1, 1e9, "sessions kept"),
    WORKLOAD_INTEGER(struct web_requests_params, requests, 20000, 0, 1e12, "requests served"),
    WORKLOAD_INTEGER(struct web_requests_params, headers, 12, 0, 64, "header lines of a request"),
    WORKLOAD_INTEGER(struct web_requests_params, rows, 20, 0, 1000000, "rows read for a request"),
    WORKLOAD_FRACTION(struct web_requests_params, callback_fraction, 0.3, 0, 1, "share that leaves a callback cycle"),
    WORKLOAD_FRACTION(struct web_requests_params, error_fraction, 0.05, 0, 1, "share that leaves an exception cycle"),
    WORKLOAD_FRACTION(struct web_requests_params, login_fraction, 0.02, 0, 1, "share that replaces its session"),
    {0},
};

static const struct workload_setting web_requests_reduced[] = {
    {"sessions", "100"}, {"requests", "1500"}, {"headers", "4"}, {"rows", "5"}, {0}};

/* ---- Names of attributes, columns and headers, made once ---- */

enum { COLUMNS = 5, MOST_HEADERS = 64 };
enum {
    KEY_USER,
    KEY_RECENT,
    KEY_PROFILE,
    KEY_LANGUAGE,
    KEY_PATH,
    KEY_HEADERS,
    KEY_SESSION,
    KEY_CALLBACK,
    KEY_BODY,
    KEY_COLUMN,
    KEY_HEADER = KEY_COLUMN + COLUMNS,
    KEYS = KEY_HEADER + MOST_HEADERS
};
enum { ROOT_SESSIONS, ROOT_KEYS, ROOTS = ROOT_KEYS + KEYS };

static void make_keys(struct mutator *m, value *key)
{
    static const char *const names[KEY_COLUMN] = {"user",    "recent",  "profile",  "language", "path",
                                                  "headers", "session", "callback", "body"};
    char name[32];
    for (int i = 0; i < KEYS; i++) {
        if (i < KEY_COLUMN)
            snprintf(name, sizeof name, "%s", names[i]);
        else
            snprintf(name, sizeof name, "%s_%d", i < KEY_HEADER ? "column" : "header", i);
        key[i] = new_interned(m, name, strlen(name));
    }
}

static value make_text(struct mutator *m, const char *what, uint64_t number)
{
    char text[96];
    return new_str(m, text, (size_t)snprintf(text, sizeof text, "%s number %" PRIu64, what, number));
}

/* ---- Sessions ---- */

static value make_session(struct mutator *m, const value *key, uint64_t number)
{
    value *session = mutator_push(m, 1);
    session[0] = new_dict(m);
    value_key_set(m, session[0], key[KEY_USER], make_text(m, "user", number));
    value_key_set(m, session[0], key[KEY_RECENT], new_list(m, 0));
    value_key_set(m, session[0], key[KEY_PROFILE], new_object(m, PROFILE));
    value profile = value_key_get(m, session[0], key[KEY_PROFILE]);
    value_key_set(m, profile, key[KEY_LANGUAGE], new_int(m, (int64_t)(number % 40)));
    value_key_set(m, profile, key[KEY_USER], value_keep(value_key_get(m, session[0], key[KEY_USER])));
    value made = value_take(session);
    mutator_pop(m);
    return made;
}

enum { RECENT_PATHS = 8 };

/* Of a user who has been here for a while. */
static void add_recent_paths(struct mutator *m, const value *key, value session)
{
    for (uint64_t i = 0; i < RECENT_PATHS; i++)
        value_list_append(m, value_key_get(m, session, key[KEY_RECENT]), make_text(m, "/shop/item", i));
}

static void web_requests_setup(struct mutator *m)
{
    const struct web_requests_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    make_keys(m, &root[ROOT_KEYS]);
    root[ROOT_SESSIONS] = new_list(m, p->sessions);
    for (uint64_t i = 0; i < p->sessions; i++) {
        value_list_set(m, root[ROOT_SESSIONS], i, make_session(m, &root[ROOT_KEYS], i));
        add_recent_paths(m, &root[ROOT_KEYS], value_list_get(root[ROOT_SESSIONS], i));
    }
}

/* ---- A request ---- */

static void parse_headers(struct mutator *m, const struct web_requests_params *p, const value *key, value request,
                          uint64_t number)
{
    value_key_set(m, request, key[KEY_PATH], make_text(m, "/shop/item", number));
    value_key_set(m, request, key[KEY_HEADERS], new_dict(m));
    value headers = value_key_get(m, request, key[KEY_HEADERS]);
    for (uint64_t i = 0; i < p->headers; i++)
        value_key_set(m, headers, key[KEY_HEADER + i], make_text(m, "value of header", i));
}

/* The paths that the session remembers now. */
static uint64_t remember_path(struct mutator *m, const value *key, value session, value request)
{
    value recent = value_key_get(m, session, key[KEY_RECENT]);
    value_list_append(m, recent, value_keep(value_key_get(m, request, key[KEY_PATH])));
    if (value_list_length(recent) > RECENT_PATHS)
        value_list_delete(m, recent, 0);
    return value_list_length(recent);
}

/* Rows live until they are rendered; the characters of the body. */
static uint64_t render(struct mutator *m, const struct web_requests_params *p, const value *key, value request,
                       uint64_t number)
{
    value *row = mutator_push(m, 1);
    value_key_set(m, request, key[KEY_BODY], new_list(m, 0));
    value body = value_key_get(m, request, key[KEY_BODY]);
    uint64_t characters = 0;
    for (uint64_t r = 0; r < p->rows; r++) {
        value_replace(m, row, new_dict(m));
        for (uint64_t c = 0; c < COLUMNS; c++)
            value_key_set(m, row[0], key[KEY_COLUMN + c], new_int(m, (int64_t)(number * 1000 + r + c)));
        value first = value_key_get(m, row[0], key[KEY_COLUMN]);
        value_list_append(m, body, make_text(m, "<td>row", (uint64_t)value_int(first)));
        characters += value_length(value_list_get(body, r));
    }
    mutator_pop(m);
    return characters;
}

/* request -> callback -> closure -> cell -> request */
static void leave_callback(struct mutator *m, const value *key, value request)
{
    value_key_set(m, request, key[KEY_CALLBACK], new_function(m, &request, 1));
}

/* exception -> frame -> locals -> exception and request */
static void leave_exception(struct mutator *m, value request)
{
    value *exception = mutator_push(m, 1);
    exception[0] = new_slots(m, EXCEPTION);
    value_slot_set(m, exception[0], EXCEPTION_FRAME, new_slots(m, FRAME));
    value frame = value_slot_get(exception[0], EXCEPTION_FRAME);
    value_slot_set(m, frame, FRAME_LOCALS, new_list(m, 0));
    value_list_append(m, value_slot_get(frame, FRAME_LOCALS), value_keep(exception[0]));
    value_list_append(m, value_slot_get(frame, FRAME_LOCALS), value_keep(request));
    mutator_pop(m);
}

static void serve(struct mutator *m, const struct web_requests_params *p, value *root, uint64_t number)
{
    const value *key = &root[ROOT_KEYS];
    value *request = mutator_push(m, 1);
    request[0] = new_object(m, REQUEST);
    parse_headers(m, p, key, request[0], number);
    uint64_t user = random_below(m, p->sessions);
    if (random_chance(m, p->login_fraction))
        value_list_set(m, root[ROOT_SESSIONS], user, make_session(m, key, user));
    value session = value_list_get(root[ROOT_SESSIONS], user);
    value_key_set(m, request[0], key[KEY_SESSION], value_keep(session));
    mutator_observe(m, remember_path(m, key, session, request[0]));
    mutator_observe(m, render(m, p, key, request[0], number));
    if (random_chance(m, p->callback_fraction))
        leave_callback(m, key, request[0]);
    if (random_chance(m, p->error_fraction))
        leave_exception(m, request[0]);
    mutator_pop(m);
}

static void web_requests_run(struct mutator *m)
{
    const struct web_requests_params *p = mutator_params(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->requests); i < n; i++) {
        serve(m, p, mutator_all_roots(m), i);
        mutator_request_done(m);
    }
}

const struct workload workload_web_requests = {
    .name = "web-requests",
    .stresses = "young graphs, partly cyclic, beside long-lived caches",
    .source = "our own",
    .params = web_requests_params,
    .params_size = sizeof(struct web_requests_params),
    .reduced = web_requests_reduced,
    .classes = web_requests_classes,
    .setup = web_requests_setup,
    .run = web_requests_run,
};
