/* call_faults.h - a program whose calls to the kernel fail, or that is killed at one of them.
 *
 * The kernel stops the program before each call of the chosen kinds (seccomp,
 * user notification) and asks what to do. Nothing is preloaded, so stdio and
 * SQLite are met alike. Only files below one folder count, and only calls of
 * the program itself, not of what it starts.
 */
#ifndef GCSWEEP_TESTS_CALL_FAULTS_H
#define GCSWEEP_TESTS_CALL_FAULTS_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tests/command.h"

enum call_kind {
    CALL_WRITE = 1,  /* bytes into a file, or its length */
    CALL_SYNC = 2,   /* to the disk */
    CALL_CREATE = 4, /* a new file or folder, or a new name */
    CALL_READ = 8,
};

struct call_fault {
    const char *below; /* an absolute path: files in this folder count */
    unsigned kinds;
    long first, last; /* which of the counted calls, from 1 on; none: 0 */
    int error;        /* what they fail with; 0: the program is killed there */
};

struct call_row {
    int number;
    enum call_kind kind;
    int path; /* the argument that is a path; -1: the first is a descriptor */
};

static const struct call_row call_rows[] = {
    {__NR_write, CALL_WRITE, -1},     {__NR_pwrite64, CALL_WRITE, -1},  {__NR_writev, CALL_WRITE, -1},
    {__NR_ftruncate, CALL_WRITE, -1}, {__NR_fallocate, CALL_WRITE, -1}, {__NR_fsync, CALL_SYNC, -1},
    {__NR_fdatasync, CALL_SYNC, -1},  {__NR_openat, CALL_CREATE, 1},    {__NR_mkdirat, CALL_CREATE, 1},
    {__NR_renameat2, CALL_CREATE, 1}, {__NR_read, CALL_READ, -1},       {__NR_pread64, CALL_READ, -1},
#ifdef __NR_mkdir
    {__NR_mkdir, CALL_CREATE, 0},     {__NR_rename, CALL_CREATE, 0},
#endif
};
enum { CALL_ROWS = sizeof call_rows / sizeof *call_rows };

/* ---- In the program-to-be ---- */

/* A descriptor on which the kernel asks about the calls of these kinds; -1 where it does not offer that. */
static inline int call_listener(unsigned kinds)
{
    struct sock_filter code[2 * CALL_ROWS + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    unsigned short length = 1;
    for (size_t i = 0; i < CALL_ROWS; i++) {
        if (!(call_rows[i].kind & kinds))
            continue;
        code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call_rows[i].number, 0, 1);
        code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = length, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

union call_control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static inline bool call_send(int socket, int fd)
{
    char byte = 'x';
    union call_control control = {.header = {
                                      .cmsg_len = CMSG_LEN(sizeof fd),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS,
                                  }};
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    struct iovec vector = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    return sendmsg(socket, &message, 0) == 1;
}

static inline int call_receive(int socket)
{
    char byte;
    union call_control control;
    struct iovec vector = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    int fd = -1;
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

/* ---- Beside it ---- */

static inline const struct call_row *call_row_of(int number)
{
    for (size_t i = 0; i < CALL_ROWS; i++)
        if (call_rows[i].number == number)
            return &call_rows[i];
    return NULL;
}

/* The file that a call is about; false when that cannot be told. */
static inline bool call_path(const struct seccomp_notif *asked, const struct call_row *row, char path[PATH_MAX])
{
    char place[64];
    bool by_name = row->path >= 0;
    if (by_name)
        snprintf(place, sizeof place, "/proc/%u/mem", asked->pid);
    else
        snprintf(place, sizeof place, "/proc/%u/fd/%d", asked->pid, (int)asked->data.args[0]);
    ssize_t n;
    if (by_name) {
        int memory = open(place, O_RDONLY | O_CLOEXEC);
        n = memory < 0 ? -1 : pread(memory, path, PATH_MAX - 1, (off_t)asked->data.args[row->path]);
        if (memory >= 0)
            close(memory);
    } else {
        n = readlink(place, path, PATH_MAX - 1);
    }
    path[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static inline bool call_counts(const struct seccomp_notif *asked, const struct call_row *row,
                               const struct call_fault *f, pid_t program)
{
    char path[PATH_MAX];
    size_t length = strlen(f->below);
    if ((pid_t)asked->pid != program || (row->number == __NR_openat && !(asked->data.args[2] & O_CREAT)))
        return false;
    return call_path(asked, row, path) && strncmp(path, f->below, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

/* Answers one question. */
static inline void call_answer(int listener, const struct call_fault *f, pid_t program, long *count)
{
    struct seccomp_notif asked = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
        return;
    struct seccomp_notif_resp answer = {.id = asked.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    const struct call_row *row = call_row_of(asked.data.nr);
    if (row && call_counts(&asked, row, f, program)) {
        ++*count;
        if (*count >= f->first && *count <= f->last) {
            answer.flags = 0;
            answer.error = -f->error;
            if (f->error == 0)
                kill(program, SIGKILL);
        }
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* Until the program has ended: how many calls counted. */
static inline long call_watch(int listener, const struct call_fault *f, pid_t program)
{
    long count = 0;
    int ended = pidfd_open(program, 0);
    struct pollfd fds[2] = {{.fd = ended, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[0].revents)
            break;
        if (fds[1].revents & POLLIN)
            call_answer(listener, f, program, &count);
    }
    close(ended);
    return count;
}

static inline void call_become(const char *program, const char *const *words, int out, int error, int socket,
                               unsigned kinds)
{
    char *arguments[COMMAND_WORDS + 2] = {(char *)(size_t)program};
    for (size_t i = 0; i < COMMAND_WORDS && words[i]; i++)
        arguments[i + 1] = (char *)(size_t)words[i];
    int listener = -1;
    if (dup2(out, STDOUT_FILENO) >= 0 && dup2(error, STDERR_FILENO) >= 0)
        listener = call_listener(kinds);
    if (listener >= 0 && call_send(socket, listener))
        execv(program, arguments);
    _exit(127);
}

/* As command_run, with the fault: how many calls counted, or -1 where the kernel does not offer this. */
static inline long command_run_failing(struct command *c, const char *program, const char *const *words,
                                       const struct call_fault *f)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return -1;
    struct started s = {.out = scratch_file(), .error = scratch_file()};
    s.pid = fork();
    if (s.pid == 0)
        call_become(program, words, s.out, s.error, sockets[1], f->kinds);
    close(sockets[1]);
    int listener = call_receive(sockets[0]);
    close(sockets[0]);
    long count = listener < 0 ? -1 : call_watch(listener, f, s.pid);
    if (listener >= 0)
        close(listener);
    command_await(&s, c);
    return count;
}

#endif
