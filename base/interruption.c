#include "base/interruption.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/* All that a signal handler can tell: which signal asked the process to end, and how often. */
static volatile sig_atomic_t last_signal, signal_count;

static void remember_signal(int number)
{
    last_signal = number;
    if (signal_count < SIG_ATOMIC_MAX)
        signal_count++;
}

void interruption_catch(void)
{
    struct sigaction action = {.sa_handler = remember_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* not under nohup */
        sigaction(SIGHUP, &action, NULL);
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &usual, NULL); /* where a parent ignored it, no exit status can be had */
}

int interruption_signal(void)
{
    return last_signal;
}

int interruption_count(void)
{
    return signal_count;
}
