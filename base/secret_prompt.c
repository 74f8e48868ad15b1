#include "base/secret_prompt.h"

#include "base/interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { WAIT_MS = 100 }; /* closes the race between a signal and poll() */

static bool set_terminal(int terminal, const struct termios *settings)
{
    int failed;
    do
        failed = tcsetattr(terminal, TCSAFLUSH, settings);
    while (failed != 0 && errno == EINTR);
    return failed == 0;
}

/* The same terminal, silent but for the newline. Keys that would stop or end this process while its
 * terminal is silent are switched off, but for the one that interrupts: that is caught. */
static struct termios silent(const struct termios *usual)
{
    struct termios settings = *usual;
    settings.c_lflag &= ~(tcflag_t)ECHO;
    settings.c_lflag |= ICANON | ECHONL;
    settings.c_cc[VSUSP] = _POSIX_VDISABLE;
    settings.c_cc[VQUIT] = _POSIX_VDISABLE;
    return settings;
}

static bool write_question(int terminal, const char *question)
{
    const size_t bytes = strlen(question);
    return write(terminal, question, bytes) == (ssize_t)bytes;
}

/* Reads up to the newline. Whatever exceeds the capacity is read and counted, but not kept. */
static bool read_line(int terminal, uint8_t *secret, size_t capacity, size_t *ret_bytes,
                      struct diag_list *diags)
{
    size_t bytes = 0;
    for (;;) {
        if (interruption_signal())
            return diag_error(diags, "interrupted", NOWHERE, "interrupted");
        struct pollfd waiting = {terminal, POLLIN, 0};
        if (poll(&waiting, 1, WAIT_MS) <= 0)
            continue;
        uint8_t beyond = 0;
        uint8_t *to = bytes < capacity ? &secret[bytes] : &beyond;
        const ssize_t got = read(terminal, to, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return diag_error(diags, "prompt-no-answer", NOWHERE,
                              "the terminal's input ended before an answer");
        if (*to == '\n')
            break;
        bytes++;
    }
    if (bytes > capacity)
        return diag_error(diags, "prompt-too-long", NOWHERE,
                          "the answer is longer than the limit of %zu bytes", capacity);
    *ret_bytes = bytes;
    return true;
}

bool secret_prompt(const char *question, uint8_t *secret, size_t capacity, size_t *ret_bytes,
                   struct diag_list *diags)
{
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios usual;
    if (terminal < 0 || tcgetattr(terminal, &usual) != 0) {
        const int error = errno;
        if (terminal >= 0)
            close(terminal);
        return diag_error(diags, "prompt-no-terminal", NOWHERE,
                          "there is no terminal to prompt on: %s", strerror(error));
    }
    const struct termios settings = silent(&usual);
    const bool ok = (set_terminal(terminal, &settings) && write_question(terminal, question)) ||
                    diag_error(diags, "prompt-no-terminal", NOWHERE,
                               "the terminal cannot be used: %s", strerror(errno));
    const bool is_read = ok && read_line(terminal, secret, capacity, ret_bytes, diags);
    (void)set_terminal(terminal, &usual); /* nothing better can be done */
    close(terminal);
    return is_read;
}
