/* interrupt.c - Ctrl-C as a flag that loops look at. */
#include "harness/sweep/interrupt.h"

#include <stddef.h>

enum { SIGNALS = 3 };
static const int watched[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

static volatile sig_atomic_t interrupted;
static struct sigaction former[SIGNALS];

static void note(int signal_number)
{
    interrupted = signal_number;
}

const volatile sig_atomic_t *interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = note};
    sigemptyset(&action.sa_mask);
    interrupted = 0;
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(watched[i], &action, &former[i]);
    return &interrupted;
}

void interrupt_release(void)
{
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(watched[i], &former[i], NULL);
}
