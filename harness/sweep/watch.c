/* watch.c - watching one worker from its start to its end. */
#include "harness/sweep/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/sweep/host.h"
#include "harness/sweep/sleeper.h"
#include "harness/worker/worker.h"

/* The memory limit is looked at no less often than this. */
#define MEMORY_TICK_NS UINT64_C(10000000)

/* As much as a pipe can hold at once; one who writes without end does not keep us from looking at the clock. */
enum { READ_BYTES = 65536, MOST_READS = 32 };

/* ---- What it writes ---- */

static int keep_record(struct watch *w, const char *bytes, size_t count)
{
    struct run_facts *f = &w->facts;
    if (f->record_length + count > WORKER_RECORD_BYTES) {
        f->record_cut = true;
        return 0;
    }
    if (f->record_length + count > w->record_size) {
        size_t size = 2 * (f->record_length + count);
        char *grown = realloc(w->record, size);
        if (!grown)
            return ENOMEM;
        w->record = grown;
        w->record_size = size;
        f->record = grown;
    }
    memcpy(w->record + f->record_length, bytes, count);
    f->record_length += count;
    return 0;
}

/* Keeps the end: the last line is what counts. */
static int keep_text(struct watch *w, const char *bytes, size_t count)
{
    struct run_facts *f = &w->facts;
    if (count >= WATCH_TEXT_BYTES) {
        bytes += count - WATCH_TEXT_BYTES;
        count = WATCH_TEXT_BYTES;
    }
    if (f->text_length + count > WATCH_TEXT_BYTES) {
        size_t dropped = f->text_length + count - WATCH_TEXT_BYTES;
        memmove(w->text, w->text + dropped, f->text_length - dropped);
        f->text_length -= dropped;
    }
    memcpy(w->text + f->text_length, bytes, count);
    f->text_length += count;
    return 0;
}

/* Reads what is there, within limits; closes the pipe at its end. */
static int drain(struct watch *w, int *fd, int (*keep)(struct watch *, const char *, size_t))
{
    char bytes[READ_BYTES];
    for (int i = 0; i < MOST_READS && *fd >= 0; i++) {
        ssize_t n = read(*fd, bytes, sizeof bytes);
        if (n > 0) {
            int result = keep(w, bytes, (size_t)n);
            if (result != 0)
                return result;
        } else if (n == 0) {
            close(*fd);
            *fd = -1;
        } else if (errno != EINTR) {
            return errno == EAGAIN ? 0 : errno;
        }
    }
    return 0;
}

static int drain_both(struct watch *w, struct worker_process *process)
{
    int result = drain(w, &process->record_fd, keep_record);
    return result != 0 ? result : drain(w, &process->error_fd, keep_text);
}

/* ---- What it takes ---- */

/* Resident bytes; 0 when the process is past having any. */
static uint64_t resident_bytes(int statm_fd)
{
    char text[128];
    ssize_t n = statm_fd < 0 ? -1 : pread(statm_fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    char *second;
    strtoull(text, &second, 10);
    return strtoull(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void look(struct watch *w, const struct worker_process *process, const struct watch_limits *limits)
{
    struct run_facts *f = &w->facts;
    uint64_t bytes = resident_bytes(process->statm_fd), now = host_now_ns();
    if (bytes > 0)
        sampler_see(&w->sampler, now, bytes);
    w->look_ns = w->sampler.next_ns < now + MEMORY_TICK_NS ? w->sampler.next_ns : now + MEMORY_TICK_NS;
    if (f->over_memory || f->timed_out)
        return; /* killed already */
    f->over_memory = limits->memory_bytes > 0 && bytes > limits->memory_bytes;
    f->timed_out = !f->over_memory && now - process->start_ns >= limits->timeout_ns;
    if (f->over_memory || f->timed_out)
        launch_kill(process);
}

/* ---- Until it ends ---- */

/* When to wake unless something happens before. */
static uint64_t next_waking(const struct watch *w, const struct worker_process *process,
                            const struct watch_limits *limits, uint64_t now)
{
    uint64_t next = w->look_ns, deadline = process->start_ns + limits->timeout_ns;
    if (limits->hiccups && next > now + HICCUP_STEP_NS)
        next = now + HICCUP_STEP_NS;
    return next > deadline && deadline > now ? deadline : next;
}

/* Waits for what the process writes, its end, or the next waking: how many of `fds` have something, or -1. */
static int wait_for(struct pollfd *fds, nfds_t count, const struct watch *w, const struct worker_process *process,
                    const struct watch_limits *limits)
{
    uint64_t now = host_now_ns(), due = next_waking(w, process, limits, now);
    uint64_t wait = due > now ? due - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000000), .tv_nsec = (long)(wait % 1000000000)};
    int ready = ppoll(fds, count, &timeout, NULL);
    if (ready == 0 && wait > 0 && limits->hiccups)
        hiccups_note(limits->hiccups, due, host_now_ns());
    return ready;
}

/* 0 when the process has ended, else why the watch ends before. */
static int watch_until_end(struct watch *w, struct worker_process *process, const struct watch_limits *limits)
{
    for (;;) {
        struct pollfd fds[] = {
            {.fd = process->pidfd, .events = POLLIN},
            {.fd = process->record_fd, .events = POLLIN},
            {.fd = process->error_fd, .events = POLLIN},
        };
        if (wait_for(fds, 3, w, process, limits) < 0 && errno != EINTR)
            return errno;
        if (limits->interrupted && *limits->interrupted)
            return WATCH_INTERRUPTED;
        int result = drain_both(w, process);
        if (result != 0 || fds[0].revents)
            return result;
        if (w->facts.record_cut)
            launch_kill(process); /* it may write for ever */
        uint64_t now = host_now_ns();
        if (now >= w->look_ns || now - process->start_ns >= limits->timeout_ns)
            look(w, process, limits);
    }
}

static int await(struct watch *w, const struct worker_process *process)
{
    siginfo_t info;
    launch_kill(process); /* ended or not: what it started goes with it */
    int result;
    do
        result = waitid(P_PIDFD, (id_t)process->pidfd, &info, WEXITED);
    while (result != 0 && errno == EINTR);
    if (result != 0)
        return errno;
    bool exited = info.si_code == CLD_EXITED;
    w->facts.exit_code = exited ? info.si_status : -1;
    w->facts.exit_signal = exited ? 0 : info.si_status;
    return 0;
}

int watch_worker(struct watch *w, struct worker_process *process, const struct watch_limits *limits)
{
    memset(w, 0, sizeof *w);
    w->facts.timeout_ns = limits->timeout_ns;
    w->facts.memory_bytes = limits->memory_bytes;
    w->facts.text = w->text;
    uint64_t oom_kills = host_oom_kills();
    sampler_start(&w->sampler, process->start_ns, limits->grid_ns);
    w->look_ns = process->start_ns;

    sleeper_be_exact(true);
    int result = watch_until_end(w, process, limits);
    sleeper_be_exact(false);
    w->end_ns = host_now_ns();
    int waited = await(w, process);
    if (result == 0)
        result = waited != 0 ? waited : drain_both(w, process);
    w->facts.peak_bytes = w->sampler.peak_bytes;
    w->facts.kernel_killed_for_memory = w->facts.exit_signal == SIGKILL && host_oom_kills() > oom_kills;
    launch_close(process);
    return result;
}

void watch_free(struct watch *w)
{
    free(w->record);
    w->record = NULL;
}
