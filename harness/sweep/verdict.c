/* verdict.c - how a run ended. */
#include "harness/sweep/verdict.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "harness/record/steady.h"
#include "harness/sweep/line.h"
#include "harness/sweep/units.h"

static void set_status(struct run_record *out, const char *status, const char *message)
{
    snprintf(out->status, sizeof out->status, "%s", status);
    snprintf(out->message, sizeof out->message, "%s", message);
}

static void say_timeout(const struct run_facts *f, struct run_record *out)
{
    char limit[UNITS_TEXT_BYTES], message[RECORD_TEXT_BYTES];
    units_write_duration(f->timeout_ns, limit);
    snprintf(message, sizeof message, "did not end within %s", limit);
    set_status(out, "timeout", message);
}

static void say_over_memory(const struct run_facts *f, struct run_record *out)
{
    char limit[UNITS_TEXT_BYTES], seen[UNITS_TEXT_BYTES], message[RECORD_TEXT_BYTES];
    units_show_size(f->memory_bytes, limit);
    units_show_size(f->peak_bytes, seen);
    snprintf(message, sizeof message, "%s resident, over the limit of %s", seen, limit);
    set_status(out, "out-of-memory", message);
}

/* What the worker last said, behind a colon; nothing when it said nothing. */
static void add_last_words(const struct run_facts *f, char *message, size_t size)
{
    char last[RECORD_TEXT_BYTES];
    line_last(f->text, f->text_length, last, sizeof last);
    if (last[0])
        line_append(message, size, "%s%s", message[0] ? ": " : "", last);
}

static void say_signal(const struct run_facts *f, struct run_record *out)
{
    char message[2 * RECORD_TEXT_BYTES] = "";
    if (f->exit_signal == SIGKILL && f->kernel_killed_for_memory) {
        set_status(out, "out-of-memory",
                   "signal 9 (Killed) while the kernel's out-of-memory killer was at work; probably by it");
        return;
    }
    const char *name = strsignal(f->exit_signal);
    line_append(message, sizeof message, "signal %d (%s)", f->exit_signal, name ? name : "unknown");
    if (f->exit_signal == SIGKILL)
        line_append(message, sizeof message, ", sent from outside");
    add_last_words(f, message, sizeof message);
    set_status(out, "crashed", message);
}

static void say_exit_status(const struct run_facts *f, struct run_record *out)
{
    char message[2 * RECORD_TEXT_BYTES] = "";
    add_last_words(f, message, sizeof message);
    if (!message[0])
        line_append(message, sizeof message, "the worker ended with exit status %d and said nothing", f->exit_code);
    set_status(out, "failed", message);
}

static void say_bad_record(const struct run_facts *f, const char *why, struct run_record *out)
{
    char message[2 * RECORD_TEXT_BYTES] = "";
    line_append(message, sizeof message, "the worker's record cannot be used: %s", why);
    add_last_words(f, message, sizeof message);
    set_status(out, "failed", message);
}

/* 0 when the record is whole and tells a status that a worker may tell. */
static int take_record(const struct run_facts *f, struct run_record *out, char *why, size_t size)
{
    size_t length = f->record_length;
    if (length == 0)
        return line_error(why, size, "empty");
    if (record_read(f->record, length, out, why, size) != 0) {
        record_clear(out);
        return -1;
    }
    out->steady = is_steady(out->floating, out->floating_count, out->wall_ns);
    if (strcmp(out->status, "ok") == 0 || strcmp(out->status, "out-of-memory") == 0 ||
        strcmp(out->status, "failed") == 0)
        return 0;
    record_free(out);
    record_clear(out);
    return line_error(why, size, "it names no status");
}

void run_verdict(const struct run_facts *f, struct run_record *out)
{
    char why[RECORD_TEXT_BYTES] = "";
    record_clear(out);
    if (f->timed_out)
        say_timeout(f, out);
    else if (f->over_memory)
        say_over_memory(f, out);
    else if (f->record_cut)
        say_bad_record(f, "too long", out);
    else if (f->exit_signal != 0)
        say_signal(f, out);
    else if (f->exit_code != 0)
        say_exit_status(f, out);
    else if (take_record(f, out, why, sizeof why) != 0)
        say_bad_record(f, why, out);
    out->exit_code = f->exit_code >= 0 ? f->exit_code : RECORD_UNKNOWN_SIGNED;
    out->exit_signal = f->exit_signal != 0 ? f->exit_signal : RECORD_UNKNOWN_SIGNED;
}
